"""Tablets that are taken along, and the visits that they make."""

from __future__ import annotations

import io
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime

import click
import segno

from collector.commands.changes import tags
from collector.commands.context import (
    OPERATOR,
    Work,
    agree,
    entry_id,
    json_option,
    new_id,
    show,
    today,
    work,
    yes_option,
)
from collector.commands.places import HERE_ONLY
from collector.community.venues import all_venues
from collector.errors import TabletError
from collector.responses.keys import Sealer, load_sealer
from collector.tablets import devices, key, visits
from collector.tablets.devices import Tablet

NEEDS_HTTPS = (
    "Tablets need https: without it no browser keeps pages or seals answers. Set COLLECTOR_PUBLIC_URL to an address "
    "that begins with https:// (docs/deploy.md). For practice on this machine leave it empty."
)


@click.group()
def tablet() -> None:
    """Tablets that are taken to places, also without signal."""


@click.group()
def visit() -> None:
    """Outings with a tablet: one place, one day."""


@tablet.command("add")
@click.option("--name", required=True, help="What you call it, such as `Tablet 1`. No name of a person.")
@click.option(
    "--venues", required=True, metavar="CODES", help="Codes of the places that it may be taken to: gz87dm,kxt4pq."
)
@click.option("--language", default="en", metavar="TAG", help="Language of the person who takes it along.")
@json_option
def tablet_add(name: str, venues: str, language: str, as_json: bool) -> None:
    """Add a tablet, and show the code that pairs it.

    The code works once, for 15 minutes. Scan it with the tablet, or type the nine digits there.

    \b
    Example:
      collector tablet add --name "Tablet 1" --venues gz87dm --language bn
    """
    ready = work()
    sealer, codes = _sealer(ready), tuple(code.lower() for code in tags(venues))
    known, address = frozenset(ready.languages.languages), ready.settings.public_url
    with ready.database.transaction() as database:
        added = devices.add(
            database, name, codes, language, known, address, new_id(), OPERATOR, today(), entry_id()
        )  # fmt: skip
        code = devices.new_code(database, sealer, added, _digit, datetime.now(UTC))
    _show(ready, added, code, as_json)


@tablet.command("again")
@click.argument("name")
@json_option
def tablet_again(name: str, as_json: bool) -> None:
    """Show a new code for a tablet: it was reset, or stopped and found, or the address has changed.

    When the code is used, whatever was paired under this name before can send nothing any more.

    \b
    Example:
      collector tablet again "Tablet 1"
    """
    ready = work()
    sealer, known = _sealer(ready), devices.named(ready.database, name)
    with ready.database.transaction() as database:
        devices.again(database, known, OPERATOR, today(), entry_id())
        code = devices.new_code(database, sealer, known, _digit, datetime.now(UTC))
    _show(ready, known, code, as_json)


@tablet.command("stop")
@click.argument("name")
@yes_option
def tablet_stop(name: str, yes: bool) -> None:
    """Let a tablet send nothing any more: it is lost, or was stolen.

    What is locked on it stays locked: only this server can open it.

    \b
    Example:
      collector tablet stop "Tablet 1"
    """
    ready = work()
    known = devices.named(ready.database, name)
    agree(f"Stop {known.name}? What is locked on it and has not arrived stays there.", yes)
    with ready.database.transaction() as database:
        devices.stop(database, known, OPERATOR, today(), entry_id())
    click.echo(f'{known.name} is stopped. If it is found: `collector tablet again "{known.name}"`.')


@tablet.command("list")
@json_option
def tablet_list(as_json: bool) -> None:
    """List tablets: where they go, and when they were last heard of.

    \b
    Example:
      collector tablet list
    """
    found = [one for one in devices.all_tablets(work().database) if one.name]
    data = [
        {
            "name": one.name, "venues": list(one.venues), "language": one.language, "paired": one.paired,
            "added_on": one.added_on, "seen_on": one.seen_on, "stopped_on": one.stopped_on,
        }
        for one in found
    ]  # fmt: skip

    def lines() -> Iterator[str]:
        for one in found:
            yield f"{one.name}  {','.join(one.venues)}  {one.language}  {_state(one)}"
        if not found:
            yield "No tablet yet. Add one with `collector tablet add`."

    show(as_json, data, lines)


def _state(one: Tablet) -> str:
    if one.stopped:
        return f"stopped {one.stopped_on}"
    return f"last heard of {one.seen_on}" if one.paired else "not paired yet"


@visit.command("list")
@json_option
def visit_list(as_json: bool) -> None:
    """List visits: the day, the place, and how many boxes were locked and have arrived.

    Boxes, not answers: what is in one is not shown here. `aside` are boxes that arrived and could not be taken.

    \b
    Example:
      collector visit list
    """
    ready = work()
    found = visits.all_visits(ready.database)
    names = {one.id: one.name or "stopped" for one in devices.all_tablets(ready.database)}
    places = {venue.code: venue.name for venue in all_venues(ready.database)}
    data = [
        {
            "visit": one.id, "day": one.day, "venue": one.venue, "tablet": names[one.tablet], "closed": one.closed,
            "locked": one.sealed, "arrived": one.arrived, "aside": one.aside, "said_no": one.said_no, "struck": one.struck,
        }
        for one in found
    ]  # fmt: skip

    def lines() -> Iterator[str]:
        for one in found:
            more = [f"{one.aside} aside"] * bool(one.aside) + [f"said no: {one.said_no}"] * bool(one.said_no)
            more += ["open"] * (not one.closed) + ["struck"] * one.struck
            place = places.get(one.venue, "unknown place")
            told = f"{one.sealed} locked, {one.arrived} arrived"
            yield f"{one.day}  {one.venue}  {place}  {names[one.tablet]}  {', '.join([told, *more])}"
        if not found:
            yield "No visit yet."

    show(as_json, data, lines)


def _sealer(ready: Work) -> Sealer:
    """What makes the hash of a code, once all is there that a tablet needs. Raises TabletError or StoreError."""
    if ready.settings.public_url and not ready.settings.secure:
        raise TabletError(NEEDS_HTTPS)
    key.load(ready.settings.queue_file)
    return load_sealer(ready.settings.secret_file)


def _digit() -> str:
    return secrets.choice("0123456789")


def _show(ready: Work, one: Tablet, code: str, as_json: bool) -> None:
    start = f"{ready.settings.public_url or f'http://127.0.0.1:{ready.settings.port}'}/t/pair"
    address = f"{start}#{code}"

    def lines() -> Iterator[str]:
        picture = io.StringIO()
        segno.make(address, error="m").terminal(picture, border=2, compact=True)
        yield picture.getvalue().rstrip("\n")
        yield f"{one.name}: scan this with the tablet, or open {start} there and type"
        yield f"    {' '.join(code[first : first + 3] for first in range(0, len(code), 3))}"
        yield "It works once, for 15 minutes. On an iPad put the page on the Home Screen first, and type the digits there."
        yield from [] if ready.settings.public_url else [HERE_ONLY]

    show(as_json, {"name": one.name, "code": code, "address": address}, lines)
