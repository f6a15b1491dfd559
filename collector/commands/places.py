"""Venues, and answers that are held because too many came on one code."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import click

from collector import qr
from collector.commands import changes
from collector.commands.changes import named_by, tags
from collector.commands.context import (
    CODE,
    DAY,
    act,
    agree,
    installation,
    json_option,
    show,
    today,
    yes_option,
)
from collector.commands.files import NEW_FILE
from collector.community import venues
from collector.errors import CommunityError
from collector.installation import Installation
from collector.responses import store

HERE_ONLY = "COLLECTOR_PUBLIC_URL is not set, so this address opens on this machine only."


def address(here: Installation, code: str, host: str = "127.0.0.1", port: int = 0) -> str:
    """The address that a venue's poster shows."""
    return f"{here.settings.public_url or f'http://{host}:{port or here.settings.port}'}/v/{code}"


@click.group()
def venue() -> None:
    """Places where people are asked."""


for command in (changes.close, changes.reopen, changes.edit, changes.move, changes.remove):
    venue.add_command(command)


@venue.command("add")
@click.option("--name", required=True, help="Its name, as people know it.")
@click.option("--kind", required=True, type=click.Choice(venues.KINDS), help="What it is.")
@click.option("--area", required=True, metavar="AREA", help="Code of its area, such as E09000022.")
@click.option("--languages", default="en", metavar="TAGS", help="Its languages, first ones first: en,bn,ur.")
@click.option("--another", is_flag=True, help="It is another place than the one of the same name in this area.")
@json_option
def venue_add(name: str, kind: str, area: str, languages: str, another: bool, as_json: bool) -> None:
    """Add a place where people are asked.

    It prints the code and the address of the place. `collector venue areas` lists the codes of areas.

    \b
    Example:
      collector venue add --name "Fade Kings" --kind barbershop --area E09000022 --languages en,bn,ur
    """
    here = installation()
    known = frozenset(here.languages.languages)
    with here.database.transaction():
        added = venues.add(
            here.database, name, kind, area, tags(languages), here.areas, known, act(),
            secrets.choice, another,
        )  # fmt: skip
    place = address(here, added.code)
    lines = [f"{added.code}  {place}", *([] if here.settings.public_url else [HERE_ONLY])]
    show(as_json, {"code": added.code, "address": place}, lambda: iter(lines))


@venue.command("list")
@json_option
def venue_list(as_json: bool) -> None:
    """List places: code, area, languages.

    \b
    Example:
      collector venue list --json
    """
    here = installation()
    areas, found = venues.area_of(here.database, today()), venues.all_venues(here.database)
    moves = venues.moves(here.database, today())
    data = [
        {
            "code": v.code,
            "name": v.name,
            "kind": v.kind,
            "area": areas[v.code],
            "languages": list(v.languages),
            "closed_on": v.closed_on,
            "moves_to": dict(zip(("area", "from"), moves[v.code], strict=True)) if v.code in moves else None,
            "address": address(here, v.code),
        }
        for v in found
    ]

    def lines() -> Iterator[str]:
        for v in found:
            ended = f"  closed {v.closed_on}" if v.closed_on else ""
            moved = "  moves to {} on {}".format(*moves[v.code]) if v.code in moves else ""
            yield f"{v.code}  {areas[v.code]}  {v.name} ({v.kind})  {','.join(v.languages)}{moved}{ended}"
        if not found:
            yield "No place yet. Add one with `collector venue add`."

    show(as_json, data, lines)


@venue.command("qr")
@click.argument("code", type=CODE)
@click.argument("file", type=NEW_FILE)
@click.option("--local", is_flag=True, help="For practice: a code that opens on this machine only.")
def venue_qr(code: str, file: Path, local: bool) -> None:
    """Make the picture of a place's QR code.

    The name of FILE ends in .svg, which prints well at any size, or in .png. Before you print many, point a phone at one
    that uses its own connection, not your network.

    \b
    Example:
      collector venue qr gz87dm poster.svg
    """
    here = installation()
    place = named_by(here, code)
    if file.suffix.lower() not in (".svg", ".png"):
        raise CommunityError(f"{file} is neither .svg nor .png. Choose one of the two.")
    if not local:
        _refuse_local(here)
    qr.picture(address(here, code), file)
    click.echo(f"{file}: {place}, {address(here, code)}")


def _refuse_local(here: Installation) -> None:
    """Raise CommunityError when a printed code would lead nowhere: to the phone itself, or to a name of examples."""
    name = urlsplit(here.settings.public_url).hostname or ""
    what = ""
    if name in ("", "localhost", "::1") or name.startswith("127."):
        what = "leads to this machine only" if name else "is not set"
    elif re.search(r"(^|\.)example\.(org|com|net)$", name):
        what = f"is an example ({name})"
    if what:
        raise CommunityError(
            f"COLLECTOR_PUBLIC_URL {what}, so nobody's phone could open the code. "
            "Set it to the address that people open, such as https://trust.example.org; for practice say --local."
        )


@venue.command("quota")
@click.argument("code", type=CODE)
@click.argument("number", type=int)
@click.option("--day", type=DAY, help="The day, such as 2026-12-05; today if not given.")
def venue_quota(code: str, number: int, day: datetime | None) -> None:
    """Take more answers at a place on one day, for an event.

    Those beyond the quota are held: kept, but not counted until you admit them.

    \b
    Example:
      collector venue quota gz87dm 200 --day 2026-12-05
    """
    here = installation()
    with here.database.transaction():
        venues.set_quota(here.database, code, _day(day), number, act())
    click.echo(f"{named_by(here, code)}: {number} answers on {_day(day)} before further ones are held.")


def _day(day: datetime | None) -> date:
    return day.date() if day else today()


@venue.command("areas")
@json_option
def venue_areas(as_json: bool) -> None:
    """List the areas of today and their codes.

    \b
    Example:
      collector venue areas
    """
    valid = list(installation().areas.on(today()).values())
    data = [{"code": a.code, "name": a.name, "type": a.type, "parent": a.parent, "note": a.note} for a in valid]
    show(as_json, data, lambda: (f"{a.code:10} {a.type:8} {a.name}{f'  ({a.note})' if a.note else ''}" for a in valid))


@click.group()
def held() -> None:
    """Answers that wait because more came than usual.

    They came beyond a place's quota of the day. They are kept, but not counted until somebody admits them.
    """


@held.command("list")
@json_option
def held_list(as_json: bool) -> None:
    """How many answers are held, by place and day.

    \b
    Example:
      collector held list
    """
    found = store.held_counts(installation().database)
    data = [{"venue": venue_code, "day": day, "held": count} for venue_code, day, count in found]
    show(as_json, data, lambda: (f"{v}  {d}  {n}" for v, d, n in found) if found else iter(["Nothing is held."]))


@held.command("admit")
@click.argument("code", type=CODE)
@click.argument("day", type=DAY)
@yes_option
def held_admit(code: str, day: datetime, yes: bool) -> None:
    """Let the held answers of a place and day count. Ask the place first: this cannot be undone.

    \b
    Example:
      collector held admit gz87dm 2026-12-05
    """
    here, on = installation(), day.date()
    waiting = sum(n for v, d, n in store.held_counts(here.database) if (v, d) == (code, on.isoformat()))
    if waiting:
        agree(f"Count {waiting} held answers at {named_by(here, code)} on {on}? They then count for good.", yes)
    with here.database.transaction():
        count = store.admit(here.database, code, day.date(), act())
    click.echo(f"{count} answers now count.")


@held.command("discard")
@click.argument("code")
@click.argument("day", type=DAY)
@click.option("--reason", required=True, help="Why, in a few words without names. The audit log keeps it.")
@click.confirmation_option("--yes", prompt="These answers are deleted for good. Go on?")
def held_discard(code: str, day: datetime, reason: str) -> None:
    """Delete the held answers of a place and day.

    For good: invented ones, for example.

    \b
    Example:
      collector held discard gz87dm 2026-12-05 --reason "sent by a machine" --yes
    """
    here = installation()
    file = here.settings.withdrawn_file
    count = store.discard(here.database, file, code, day.date(), act(reason))
    click.echo(f"{count} held answers of {code} on {day.date()} are deleted.")


@venue.command("strike")
@click.argument("code")
@click.argument("day", type=DAY)
@click.option("--reason", required=True, help="Why, in a few words without names. The audit log keeps it.")
@click.confirmation_option(
    "--yes", prompt="All answers that came by this page on that day are deleted for good. Go on?"
)
def venue_strike(code: str, day: datetime, reason: str) -> None:
    """Delete all that came by a place's page on a day.

    For good, and only until its quarter is frozen. Answers from paper stay.

    \b
    Example:
      collector venue strike gz87dm 2026-12-05 --reason "a joke: sixty in a minute" --yes
    """
    here = installation()
    file = here.settings.withdrawn_file
    count = store.strike(here.database, file, code, day.date(), act(reason))
    click.echo(f"{count} answers of {code} on {day.date()} are deleted.")
