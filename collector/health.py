"""What is wrong with an installation, and what to do about it. One function a thing that can be wrong."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from datetime import date, datetime, time, timedelta
from functools import partial

from collector import machine
from collector.community import areas
from collector.community.venues import EXAMPLE, all_venues
from collector.db import Database, connect
from collector.db.migrations import pending, refuse_newer
from collector.errors import CollectorError
from collector.finding import Finding
from collector.installation import Installation
from collector.proxies import proxy_seen
from collector.releases.secret import missing
from collector.responses.keys import load_sealer
from collector.responses.periods import parse
from collector.responses.store import held_counts, held_to_go
from collector.responses.versions import asked_now, current, number
from collector.settings import TOML, Settings
from collector.survey.read import read_folder
from collector.timetable import LONDON

LOW_DISK = 500 * 1024 * 1024
HELD = timedelta(days=1)
WARNED = timedelta(days=14)


def examine(settings: Settings, today: date, now: datetime | None = None) -> list[Finding]:
    """Everything found, serious first. The moment is noon of the day unless it is given."""
    if not any(path.exists() for path in (settings.database, settings.secret_file, settings.data / TOML)):
        return [Finding(f"Collector is not set up in {settings.data}.", "Run `collector init`.", "machine")]
    moment = now or datetime.combine(today, time(12), LONDON)
    return _found(
        [partial(look, settings, today) for look in LOOKS] + [partial(look, settings, moment) for look in machine.LOOKS]
    )


def cheap(settings: Settings, now: datetime) -> list[Finding]:
    """What is wrong with the machine, as far as it is cheap to see: for `/healthz`."""
    looks = [partial(look, settings, now.astimezone(LONDON).date()) for look in CHEAP]
    found = _found(looks + [partial(look, settings, now) for look in machine.LOOKS])
    return [finding for finding in found if finding.kind == "machine"]


def _found(looks: Sequence[Callable[[], Iterable[Finding]]]) -> list[Finding]:
    found: list[Finding] = []
    for look in looks:
        try:
            found += look()
        except (CollectorError, sqlite3.Error, OSError) as error:
            found.append(Finding(str(error), "", "machine"))
    return sorted(dict.fromkeys(found), key=lambda finding: not finding.serious)


def _settings(settings: Settings, today: date) -> Iterator[Finding]:
    missing = settings.missing()
    if missing:
        cure = "Run `collector init` to set them; until then only this machine may connect."
        yield Finding(f"Not set: {', '.join(missing)}.", cure, "machine")
    if settings.example:
        yield Finding(
            "The settings are examples.", "Run `collector init` with real ones before asking anybody.", "note"
        )
    if not settings.public_url:
        yield Finding(
            "COLLECTOR_PUBLIC_URL is not set.", "Set it, so that QR codes lead here and cookies are secure.", "note"
        )
    elif not settings.secure:
        yield Finding(
            "COLLECTOR_PUBLIC_URL is not https.", "Put a proxy with a certificate in front (docs/deploy.md).", "machine"
        )


def _database(settings: Settings, today: date) -> Iterator[Finding]:
    with closing(connect(settings.database)) as database:
        if pending(database):
            yield Finding("The database is from an older version.", "Run `collector migrate`.", "machine")
            return
        refuse_newer(database)
        if not _is_sound(database):
            yield Finding("The database is damaged.", "Restore the last backup with `collector restore`.", "machine")
            return
        shown = current(database).survey.code
        asked = asked_now(database)
        if len(asked) > 1:
            cure = "Publish the one that you want with `collector publish FOLDER --instead`."
            yield Finding(f"{len(asked)} surveys are published ({', '.join(asked)}); pages show {shown}.", cure, "duty")
        if not [venue for venue in all_venues(database) if not venue.closed]:
            yield Finding("There is no open venue.", "Add one with `collector venue add`.", "note")


def _is_sound(database: Database) -> bool:
    try:
        return database.one("PRAGMA quick_check") == ("ok",)
    except sqlite3.DatabaseError:
        return False


def _secret(settings: Settings, today: date) -> Iterator[Finding]:
    load_sealer(settings.secret_file)
    for path in (settings.data, settings.secret_file, settings.database):
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            yield Finding(f"{path.name} can be read by others.", f"Run `chmod go-rwx {path}`.", "machine")


def _disk(settings: Settings, today: date) -> Iterator[Finding]:
    for folder in dict.fromkeys((machine.existing(settings.data), machine.existing(settings.exports))):
        free = shutil.disk_usage(folder).free
        if free < LOW_DISK:
            yield Finding(f"Only {free // 1024 // 1024} MB are free for {folder.name}.", "Make room.", "machine")


def _data_files(settings: Settings, today: date) -> Iterator[Finding]:
    here = Installation(settings)
    areas.load(settings.areas)
    offered = here.catalogues.offered(settings.draft_languages)
    if len(offered) == 1:
        cure = "Have two people sign a translation, or set COLLECTOR_DRAFT_LANGUAGES=all; pages then say `draft`."
        yield Finding("Only English is offered.", cure, "note")


def _held(settings: Settings, today: date) -> Iterator[Finding]:
    """Held answers wait for a person: the evening and the day after are time enough."""
    with machine.opened(settings) as database:
        counts = held_counts(database) if database else []
        gone = held_to_go(database) if database else None
    held = sum(count for _, _, count in counts)
    if held:
        waited = min(day for _, day, _ in counts) < (today - HELD).isoformat()
        cure = "Look at `collector held list` and admit those that are real."
        yield Finding(f"{held} answers are held.", cure, "duty" if waited else "note")
    if gone and today >= parse(gone[0]).appears - WARNED:
        code, count = gone
        cure = "Look at `collector held list` and admit those that are real before that day."
        what = f"{count} held answers will be deleted on {parse(code).appears}, when {code} is frozen."
        yield Finding(what, cure, "duty")


def _proxies(settings: Settings, today: date) -> Iterator[Finding]:
    """A note only: anybody can send such a header."""
    header = "" if settings.trusted_proxies else proxy_seen(settings.data, today)
    if header:
        yield Finding(
            f"Requests come through a proxy (with the header {header}), and COLLECTOR_TRUSTED_PROXIES is 0.",
            "Set it to how many proxies stand in front (docs/deploy.md); else all visitors look like one.",
            "note",
        )


def _practice(settings: Settings, today: date) -> Iterator[Finding]:
    """What practice leaves behind in an installation that asks real people."""
    with machine.opened(settings) as database:
        if database is None or settings.example:
            return
        places = all_venues(database)
    with closing(Installation(settings)) as here:
        if here.synthetic:
            return
    signed = set(here.catalogues.offered("none"))
    drafts = [lang.tag for lang in here.catalogues.offered(settings.draft_languages) if lang not in signed]
    if drafts:
        cure = "Have two people sign each, or set COLLECTOR_DRAFT_LANGUAGES=none (in the folder: draft_languages)."
        yield Finding(f"Languages that nobody has signed are offered: {', '.join(drafts)}.", cure, "note")
    for place in places:
        if place.name == EXAMPLE and not place.closed:
            cure = f"Run `collector venue close {place.code}`."
            yield Finding(f"The example place, {place.name}, takes answers as if it were real.", cure, "duty")


def _survey(settings: Settings, today: date) -> Iterator[Finding]:
    """A newer version in the files waits until the host publishes it: an upgrade changes no question by itself."""
    database = connect(settings.database)
    if pending(database):
        return
    shown = current(database).survey
    for _, survey in read_folder(settings.forms)[0]:
        if survey.code == shown.code and number(survey.version) > number(shown.version):
            what = f"{survey.code} {survey.version} is not published yet; pages show {shown.version}."
            yield Finding(what, "Read CHANGELOG.md, then run `collector publish`.", "note")


def _period_secrets(settings: Settings, today: date) -> Iterator[Finding]:
    database = connect(settings.database)
    for period in [] if pending(database) else missing(database):
        cure = "Restore a backup that has it, with `collector restore`: releases cannot be proved or corrected without."
        yield Finding(f"The secret of {period} is missing.", cure, "machine")


LOOKS: tuple[Callable[[Settings, date], Iterator[Finding]], ...] = (
    _settings,
    _database,
    _secret,
    _disk,
    _data_files,
    _held,
    _proxies,
    _survey,
    _period_secrets,
    _practice,
)
CHEAP = (_settings, _secret, _disk)
