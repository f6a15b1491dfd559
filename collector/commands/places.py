"""Venues, and answers that are held because too many came on one code."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import click
import segno

from collector.commands.context import OPERATOR, Work, entry_id, json_option, show, today, work
from collector.community import venues
from collector.errors import CommunityError
from collector.responses import store

DAY = click.DateTime(["%Y-%m-%d"])


def address(ready: Work, code: str, host: str = "127.0.0.1", port: int = 8000) -> str:
    """The address that a venue's poster shows."""
    return f"{ready.settings.public_url or f'http://{host}:{port}'}/v/{code}"


@click.group()
def venue() -> None:
    """Places where people are asked."""


@venue.command("add")
@click.option("--name", required=True, help="Its name, as people know it.")
@click.option("--kind", required=True, type=click.Choice(venues.KINDS), help="What it is.")
@click.option("--area", required=True, metavar="CODE", help="Code of its area, such as E09000022.")
@click.option("--languages", default="en", metavar="TAGS", help="Its languages, first ones first: en,bn,ur.")
@json_option
def venue_add(name: str, kind: str, area: str, languages: str, as_json: bool) -> None:
    """Add a venue; prints its code and address.

    \b
    Example:
      collector venue add --name "Fade Kings" --kind barbershop --area E09000022 --languages en,bn,ur
    """
    ready = work()
    tags = tuple(dict.fromkeys(tag.strip() for tag in languages.split(",") if tag.strip()))
    known = frozenset(ready.languages.languages)
    with ready.database.transaction():
        added = venues.add(
            ready.database, name, kind, area, tags, ready.areas, known, OPERATOR, today(), entry_id(), secrets.choice
        )
    place = address(ready, added.code)
    show(as_json, {"code": added.code, "address": place}, lambda: iter([f"{added.code}  {place}"]))


@venue.command("list")
@json_option
def venue_list(as_json: bool) -> None:
    """List venues with code, area and languages.

    \b
    Example:
      collector venue list --json
    """
    ready = work()
    areas, found = venues.area_of(ready.database), venues.all_venues(ready.database)
    data = [
        {
            "code": v.code,
            "name": v.name,
            "kind": v.kind,
            "area": areas[v.code],
            "languages": list(v.languages),
            "closed_on": v.closed_on,
            "address": address(ready, v.code),
        }
        for v in found
    ]

    def lines() -> Iterator[str]:
        for v in found:
            ended = f"  closed {v.closed_on}" if v.closed_on else ""
            yield f"{v.code}  {areas[v.code]}  {v.name} ({v.kind})  {','.join(v.languages)}{ended}"
        if not found:
            yield "No venue yet. Add one with `collector venue add`."

    show(as_json, data, lines)


@venue.command("qr")
@click.argument("code")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def venue_qr(code: str, file: Path) -> None:
    """Write the QR code of a venue's address to a picture: .svg for print, or .png.

    \b
    Example:
      collector venue qr gz87dm poster.svg
    """
    ready = work()
    if code not in {v.code for v in venues.all_venues(ready.database)}:
        raise CommunityError(f"There is no venue {code!r}. `collector venue list` shows them.")
    if file.suffix not in (".svg", ".png"):
        raise CommunityError(f"{file.name} is neither .svg nor .png. Choose one of the two.")
    segno.make(address(ready, code), error="m").save(str(file), scale=8, border=4)
    click.echo(f"{file}: {address(ready, code)}")


@venue.command("close")
@click.argument("code")
def venue_close(code: str) -> None:
    """Close a venue: its address then thanks people and takes nothing.

    \b
    Example:
      collector venue close gz87dm
    """
    ready = work()
    with ready.database.transaction():
        venues.close(ready.database, code, OPERATOR, today(), entry_id())
    click.echo(f"{code} is closed.")


@venue.command("quota")
@click.argument("code")
@click.argument("number", type=int)
@click.option("--day", type=DAY, help="The day; today if not given.")
def venue_quota(code: str, number: int, day: datetime | None) -> None:
    """Take more answers on one day, for an event, before further ones are held.

    \b
    Example:
      collector venue quota gz87dm 200 --day 2026-12-05
    """
    ready = work()
    with ready.database.transaction():
        venues.set_quota(ready.database, code, _day(day), number, OPERATOR, today(), entry_id())
    click.echo(f"{code}: {number} answers on {_day(day)}.")


def _day(day: datetime | None) -> date:
    return day.date() if day else today()


@venue.command("areas")
@json_option
def venue_areas(as_json: bool) -> None:
    """List the areas that are valid today.

    \b
    Example:
      collector venue areas
    """
    valid = list(work().areas.on(today()).values())
    data = [{"code": a.code, "name": a.name, "type": a.type, "parent": a.parent, "note": a.note} for a in valid]
    show(as_json, data, lambda: (f"{a.code:10} {a.type:8} {a.name}{f'  ({a.note})' if a.note else ''}" for a in valid))


@click.group()
def held() -> None:
    """Answers beyond a venue's daily quota: kept, but not counted until somebody admits them."""


@held.command("list")
@json_option
def held_list(as_json: bool) -> None:
    """How many answers are held, by venue and day.

    \b
    Example:
      collector held list
    """
    found = store.held_counts(work().database)
    data = [{"venue": venue_code, "day": day, "held": count} for venue_code, day, count in found]
    show(as_json, data, lambda: (f"{v}  {d}  {n}" for v, d, n in found) if found else iter(["Nothing is held."]))


@held.command("admit")
@click.argument("code")
@click.argument("day", type=DAY)
def held_admit(code: str, day: datetime) -> None:
    """Let the held answers of a venue and day count.

    \b
    Example:
      collector held admit gz87dm 2026-12-05
    """
    ready = work()
    with ready.database.transaction():
        count = store.admit(ready.database, code, day.date(), OPERATOR, today(), entry_id())
    click.echo(f"{count} answers now count.")


@held.command("discard")
@click.argument("code")
@click.argument("day", type=DAY)
@click.option("--reason", required=True, help="Why, in a few words without names. The audit log keeps it.")
@click.confirmation_option("--yes", prompt="These answers are deleted for good. Go on?")
def held_discard(code: str, day: datetime, reason: str) -> None:
    """Delete the held answers of a venue and day for good: invented ones, for example.

    \b
    Example:
      collector held discard gz87dm 2026-12-05 --reason "sent by a machine" --yes
    """
    ready = work()
    file = ready.settings.withdrawn_file
    count = store.discard(ready.database, file, code, day.date(), reason, OPERATOR, today(), entry_id())
    click.echo(f"{count} held answers of {code} on {day.date()} are deleted.")


@venue.command("strike")
@click.argument("code")
@click.argument("day", type=DAY)
@click.option("--reason", required=True, help="Why, in a few words without names. The audit log keeps it.")
@click.confirmation_option(
    "--yes", prompt="All answers that came by this page on that day are deleted for good. Go on?"
)
def venue_strike(code: str, day: datetime, reason: str) -> None:
    """Delete all that came by the page of a venue on a day, until its quarter is frozen. Paper answers stay.

    \b
    Example:
      collector venue strike gz87dm 2026-12-05 --reason "a joke: sixty in a minute" --yes
    """
    ready = work()
    file = ready.settings.withdrawn_file
    count = store.strike(ready.database, file, code, day.date(), reason, OPERATOR, today(), entry_id())
    click.echo(f"{count} answers of {code} on {day.date()} are deleted.")
