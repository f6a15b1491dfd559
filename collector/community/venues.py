"""Venues: places where people are asked. A code names one; it is printed on a poster and is not a secret."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from collector.audit import log
from collector.audit.act import Act
from collector.community.areas import Areas
from collector.db import Database
from collector.errors import CommunityError

KINDS = ("barbershop", "salon", "faith", "community", "library", "market", "clinic", "other")
CODE_LETTERS = "bcdfghjkmnpqrstvwxz23456789"
CODE_LENGTH = 6
MAX_NAME = 80
EXAMPLE = "Example Barbershop"
"""The place that `init --example` makes. No real installation has it open."""
ANSWERED = (
    "SELECT 1 FROM response WHERE venue = :code",
    "SELECT 1 FROM submission WHERE venue = :code",
    "SELECT 1 FROM day_count WHERE venue = :code",
)
"""What is left of an answer, also of one that was taken back."""
REMOVE = (
    "DELETE FROM venue_quota WHERE venue = :code",
    "DELETE FROM venue_area WHERE venue = :code",
    "DELETE FROM venue WHERE code = :code",
)


@dataclass(frozen=True, slots=True)
class Venue:
    """One venue. `languages` are its own, offered first in the picker."""

    code: str
    name: str
    kind: str
    languages: tuple[str, ...]
    opened_on: date
    closed_on: date | None

    @property
    def closed(self) -> bool:
        return self.closed_on is not None


def add(
    database: Database,
    name: str,
    kind: str,
    area: str,
    languages: tuple[str, ...],
    areas: Areas,
    known_languages: frozenset[str],
    act: Act,
    choose: Callable[[str], str],
    another: bool = False,
) -> Venue:
    """Add a venue in an area, inside a transaction; `choose` picks a letter by chance. Raises CommunityError.

    A place that is there already is refused unless it is said to be `another`: two codes would halve its answers.
    """
    name = _name(name)
    _check_kind(kind)
    if areas.get(area, act.at) is None:
        raise CommunityError(f"{area!r} is not an area today. `collector venue areas` lists those that are.")
    _check_languages(languages, known_languages)
    if not another:
        _refuse_again(database, name, area, act.at)
    venue = Venue(_new_code(database, choose), name, kind, languages, act.at, None)
    _insert(database, venue, area)
    log.write(database, act, "venue add", venue.code, area)
    return venue


def _refuse_again(database: Database, name: str, area: str, today: date) -> None:
    """Raise CommunityError when a place of this name is in the area, however its name is written."""
    areas = area_of(database, today)
    for there in all_venues(database):
        if _letters(there.name) == _letters(name) and areas[there.code] == area:
            if there.closed:
                way = f"`collector venue reopen {there.code}` opens it again with its printed code"
            else:
                way = "use its code"
            raise CommunityError(
                f"{there.name} is there already, in {area} with the code {there.code}: {way}. "
                "If this is another place of the same name, say --another."
            )


def _letters(name: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", name).casefold() if c.isalnum()) or name


def _check_kind(kind: str) -> None:
    if kind not in KINDS:
        raise CommunityError(f"{kind!r} is not a kind of venue. Use one of: {', '.join(KINDS)}.")


def _check_languages(languages: tuple[str, ...], known: frozenset[str]) -> None:
    unknown = [tag for tag in languages if tag not in known]
    if unknown:
        raise CommunityError(f"{unknown[0]!r} is not a language of the list. Use: {', '.join(sorted(known))}.")


def _name(name: str) -> str:
    name = " ".join(unicodedata.normalize("NFC", name).split())
    if not name or len(name) > MAX_NAME or not all(c.isprintable() for c in name):
        raise CommunityError(f"A venue needs a name of 1 to {MAX_NAME} plain characters.")
    return name


def _new_code(database: Database, choose: Callable[[str], str]) -> str:
    while True:
        code = "".join(choose(CODE_LETTERS) for _ in range(CODE_LENGTH))
        if not database.one("SELECT 1 FROM venue WHERE code = :code", {"code": code}):
            return code


def _insert(database: Database, venue: Venue, area: str) -> None:
    database.execute(
        """INSERT INTO venue (code, name, kind, languages, opened_on)
           VALUES (:code, :name, :kind, :languages, :opened_on)""",
        {
            "code": venue.code,
            "name": venue.name,
            "kind": venue.kind,
            "languages": ",".join(venue.languages),
            "opened_on": venue.opened_on.isoformat(),
        },
    )
    database.execute(
        "INSERT INTO venue_area (venue, area, valid_from) VALUES (:venue, :area, :valid_from)",
        {"venue": venue.code, "area": area, "valid_from": "2000-01-01"},
    )


def all_venues(database: Database) -> list[Venue]:
    """Every venue by name, closed ones too."""
    rows = database.rows("SELECT code, name, kind, languages, opened_on, closed_on FROM venue ORDER BY name, code")
    return [_venue(*row) for row in rows]


def _venue(code: str, name: str, kind: str, languages: str, opened_on: str, closed_on: str | None) -> Venue:
    tags = tuple(tag for tag in languages.split(",") if tag)
    ended = date.fromisoformat(closed_on) if closed_on else None
    return Venue(code, name, kind, tags, date.fromisoformat(opened_on), ended)


def one(database: Database, code: str) -> Venue:
    """The venue with a code. Raises CommunityError when there is none."""
    found = [venue for venue in all_venues(database) if venue.code == code]
    if not found:
        raise CommunityError(f"There is no venue {code!r}. `collector venue list` shows them.")
    return found[0]


def close(database: Database, code: str, act: Act) -> None:
    """Close a venue, inside a transaction: its address then says so kindly. Raises CommunityError."""
    if one(database, code).closed:
        raise CommunityError(f"{code} is closed already. `collector venue list` shows since when.")
    database.execute(
        "UPDATE venue SET closed_on = :today WHERE code = :code", {"code": code, "today": act.at.isoformat()}
    )
    log.write(database, act, "venue close", code)


def reopen(database: Database, code: str, act: Act) -> None:
    """Open a closed venue again, inside a transaction: its printed code works as before. Raises CommunityError."""
    if not one(database, code).closed:
        raise CommunityError(f"{code} is open. There is nothing to reopen.")
    database.execute("UPDATE venue SET closed_on = NULL WHERE code = :code", {"code": code})
    log.write(database, act, "venue reopen", code)


def edit(
    database: Database,
    code: str,
    name: str | None,
    kind: str | None,
    languages: tuple[str, ...] | None,
    known_languages: frozenset[str],
    act: Act,
) -> Venue:
    """Change what is said of a venue, inside a transaction; None leaves a thing as it is. Raises CommunityError."""
    before = one(database, code)
    _check_kind(kind or before.kind)
    _check_languages(languages or (), known_languages)
    after = replace(
        before,
        name=_name(before.name if name is None else name),
        kind=kind or before.kind,
        languages=before.languages if languages is None else languages,
    )
    changed = [field for field in ("name", "kind", "languages") if getattr(before, field) != getattr(after, field)]
    if not changed:
        raise CommunityError(f"{code} is so already. Say what to change with --name, --kind or --languages.")
    database.execute(
        "UPDATE venue SET name = :name, kind = :kind, languages = :languages WHERE code = :code",
        {"code": code, "name": after.name, "kind": after.kind, "languages": ",".join(after.languages)},
    )
    log.write(database, act, "venue edit", code, " ".join(changed))
    return after


def move(
    database: Database,
    code: str,
    area: str,
    start: date,
    first: date,
    areas: Areas,
    act: Act,
) -> str:
    """Let a venue count in another area from a quarter's `start` on, inside a transaction; the area before.

    `first` is where the earliest quarter that is not frozen starts: before it, figures are final. Raises CommunityError.
    """
    one(database, code)
    if (start.month % 3, start.day) != (1, 1) or start < first:
        raise CommunityError(
            f"A venue moves at the start of a quarter, for one quarter of it counts in one area. "
            f"Choose {first.isoformat()} or a later start: 1 January, April, July or October."
        )
    if areas.get(area, start) is None:
        raise CommunityError(f"{area!r} is not an area on {start.isoformat()}. `collector venue areas` lists them.")
    before = area_of(database, start)[code]
    if before == area:
        raise CommunityError(f"{code} is in {area} on {start.isoformat()} already.")
    where = {"venue": code, "start": start.isoformat()}
    database.execute("DELETE FROM venue_area WHERE venue = :venue AND valid_from >= :start", where)
    database.execute(
        "UPDATE venue_area SET valid_to = :last WHERE venue = :venue AND (valid_to IS NULL OR valid_to >= :start)",
        {**where, "last": (start - timedelta(days=1)).isoformat()},
    )
    database.execute(
        "INSERT INTO venue_area (venue, area, valid_from) VALUES (:venue, :area, :start)", {**where, "area": area}
    )
    log.write(database, act, "venue move", code, f"{start.isoformat()} {before} {area}")
    return before


def has_answers(database: Database, code: str) -> bool:
    """True when somebody has answered at a venue, also when it was taken back."""
    return any(database.one(statement, {"code": code}) for statement in ANSWERED)


def remove(database: Database, code: str, act: Act) -> None:
    """Remove a venue at which nobody has answered, inside a transaction; its code is then unknown. Raises CommunityError."""
    one(database, code)
    if has_answers(database, code):
        raise CommunityError(f"People have answered at {code}, so it stays. `collector venue close {code}` closes it.")
    for statement in REMOVE:
        database.execute(statement, {"code": code})
    log.write(database, act, "venue remove", code)


def set_quota(database: Database, code: str, day: date, quota: int, act: Act) -> None:
    """Raise or lower the quota of a venue for one day, inside a transaction. Raises CommunityError."""
    one(database, code)
    if not 1 <= quota <= 100_000:
        raise CommunityError("A quota is a number from 1 to 100000.")
    database.execute(
        """INSERT INTO venue_quota (venue, day, quota) VALUES (:venue, :day, :quota)
           ON CONFLICT (venue, day) DO UPDATE SET quota = excluded.quota""",
        {"venue": code, "day": day.isoformat(), "quota": quota},
    )
    log.write(database, act, "venue quota", code, f"{day.isoformat()} {quota}")


def area_of(database: Database, day: date) -> dict[str, str]:
    """Each venue's area on a day, by venue code."""
    rows = database.rows(
        """SELECT venue, area FROM venue_area
           WHERE valid_from <= :day AND (valid_to IS NULL OR valid_to >= :day)""",
        {"day": day.isoformat()},
    )
    return dict(rows)


def moves(database: Database, today: date) -> dict[str, tuple[str, date]]:
    """The next area of venues that will move, and from when, by venue code."""
    rows = database.rows(
        "SELECT venue, area, valid_from FROM venue_area WHERE valid_from > :today ORDER BY valid_from DESC",
        {"today": today.isoformat()},
    )
    return {venue: (area, date.fromisoformat(start)) for venue, area, start in rows}
