"""What changes about a place once it is there: close, reopen, edit, move, remove."""

from __future__ import annotations

from datetime import datetime

import click

from collector.commands.context import CODE, DAY, act, agree, installation, yes_option
from collector.community import venues
from collector.installation import Installation
from collector.responses.periods import frozen_periods, parse, period_of


@click.command("close")
@click.argument("code", type=CODE)
@yes_option
def close(code: str, yes: bool) -> None:
    """Close a place.

    Its address then thanks people and takes no answers. `collector venue reopen` opens it again.

    \b
    Example:
      collector venue close gz87dm
    """
    here = installation()
    place = venues.one(here.database, code)
    if not place.closed:
        agree(f"Close {named(place)}? Its printed code takes no answers until you reopen it.", yes)
    with here.database.transaction():
        venues.close(here.database, code, act())
    click.echo(f"{named(place)} is closed. `collector venue reopen {code}` opens it again.")


@click.command("reopen")
@click.argument("code", type=CODE)
def reopen(code: str) -> None:
    """Open a closed place again. The code on its posters works as before.

    \b
    Example:
      collector venue reopen gz87dm
    """
    here = installation()
    with here.database.transaction():
        venues.reopen(here.database, code, act())
    click.echo(f"{named(venues.one(here.database, code))} is open again.")


@click.command("edit")
@click.argument("code", type=CODE)
@click.option("--name", help="Its name, as people know it.")
@click.option("--kind", type=click.Choice(venues.KINDS), help="What it is.")
@click.option("--languages", metavar="TAGS", help="Its languages, first ones first: en,bn,ur.")
def edit(code: str, name: str | None, kind: str | None, languages: str | None) -> None:
    """Change the name, kind or languages of a place.

    Its code and address stay. The area is changed by `collector venue move`.

    \b
    Example:
      collector venue edit gz87dm --name "Fade Kings Brixton" --languages en,bn
    """
    here = installation()
    wanted = None if languages is None else tags(languages)
    known = frozenset(here.languages.languages)
    with here.database.transaction():
        after = venues.edit(here.database, code, name, kind, wanted, known, act())
    click.echo(f"{named(after)} is a {after.kind} with the languages {','.join(after.languages) or 'of everybody'}.")


@click.command("move")
@click.argument("code", type=CODE)
@click.option("--area", required=True, metavar="AREA", help="Code of the new area; `collector venue areas` lists them.")
@click.option("--from", "start", required=True, type=DAY, help="First day of a quarter, such as 2027-01-01.")
def move(code: str, area: str, start: datetime) -> None:
    """Count a place in another area from a quarter on.

    Earlier quarters stay where they are. A move that has not begun is changed by another one.

    \b
    Example:
      collector venue move gz87dm --area E09000030 --from 2027-01-01
    """
    here = installation()
    first = start.date()
    earliest = max((parse(frozen).next for frozen in frozen_periods(here.database)), default=period_of(first)).start
    with here.database.transaction():
        before = venues.move(
            here.database, code, area, first, earliest, here.areas, act()
        )  # fmt: skip
    place = named(venues.one(here.database, code))
    click.echo(
        f"{place} counts in {area} from {first}, the first day of {period_of(first).code}; until then in {before}."
    )


@click.command("remove")
@click.argument("code", type=CODE)
@yes_option
def remove(code: str, yes: bool) -> None:
    """Remove a place that was added by mistake.

    Only while nobody has answered there. Its code is then unknown for good.

    \b
    Example:
      collector venue remove gz87dm
    """
    here = installation()
    place = venues.one(here.database, code)
    agree(f"Remove {named(place)} for good? A printed code of it will lead nowhere.", yes)
    with here.database.transaction():
        venues.remove(here.database, code, act())
    click.echo(f"{named(place)} is removed.")


def named(place: venues.Venue) -> str:
    """A place as messages name it."""
    return f"{place.name} ({place.code})"


def named_by(here: Installation, code: str) -> str:
    """A place as messages name it, by its code. Raises CommunityError when there is none."""
    return named(venues.one(here.database, code))


def tags(languages: str) -> tuple[str, ...]:
    """Language tags as they are typed, with commas or spaces between them, each once."""
    return tuple(dict.fromkeys(languages.replace(",", " ").split()))
