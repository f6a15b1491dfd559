"""What is wrong with an installation, and what to do about it. One function a thing that can be wrong."""

from __future__ import annotations

import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

from collector.community import areas
from collector.community.venues import EXAMPLE, all_venues
from collector.db import Database, connect
from collector.db.migrations import pending, refuse_newer
from collector.errors import CollectorError
from collector.languages import registry
from collector.languages.catalogue import Catalogues
from collector.responses.keys import load_sealer
from collector.responses.store import held_counts
from collector.responses.versions import asked_now, current
from collector.settings import Settings

LOW_DISK = 500 * 1024 * 1024


Kind = Literal["machine", "duty", "note"]
"""`machine`: the program cannot keep its promises (WRONG, `/healthz` answers 503). `duty`: a person has to act
(WRONG, never 503). `note`: worth knowing."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at, and what to do about it."""

    what: str
    cure: str
    kind: Kind

    @property
    def serious(self) -> bool:
        """True for what `doctor` calls WRONG."""
        return self.kind != "note"


def examine(settings: Settings, today: date) -> list[Finding]:
    """Everything found, serious first."""
    found: list[Finding] = []
    for look in LOOKS:
        try:
            found += look(settings, today)
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
    database = connect(settings.database)
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
    held = sum(count for _, _, count in held_counts(database))
    if held:
        yield Finding(
            f"{held} answers are held.", "Look at `collector held list` and admit those that are real.", "note"
        )


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
    for folder in (_existing(settings.data), _existing(settings.exports)):
        free = shutil.disk_usage(folder).free
        if free < LOW_DISK:
            yield Finding(f"Only {free // 1024 // 1024} MB are free for {folder.name}.", "Make room.", "machine")


def _existing(path: Path) -> Path:
    return path if path.exists() or path == path.parent else _existing(path.parent)


def _data_files(settings: Settings, today: date) -> Iterator[Finding]:
    areas.load(settings.areas)
    catalogues = Catalogues(registry.load(settings.translations), settings.translations)
    offered = catalogues.offered(settings.draft_languages)
    if len(offered) == 1:
        cure = "Have two people sign a translation, or set COLLECTOR_DRAFT_LANGUAGES=all; pages then say `draft`."
        yield Finding("Only English is offered.", cure, "note")


def _practice(settings: Settings, today: date) -> Iterator[Finding]:
    """What practice leaves behind in an installation that asks real people."""
    database = connect(settings.database)
    if settings.example or pending(database) or database.one("SELECT 1 FROM installation WHERE synthetic = 1"):
        return
    catalogues = Catalogues(registry.load(settings.translations), settings.translations)
    signed = set(catalogues.offered("none"))
    drafts = [lang.tag for lang in catalogues.offered(settings.draft_languages) if lang not in signed]
    if drafts:
        cure = "Have two people sign each, or set COLLECTOR_DRAFT_LANGUAGES=none (in the folder: draft_languages)."
        yield Finding(f"Languages that nobody has signed are offered: {', '.join(drafts)}.", cure, "note")
    for place in all_venues(database):
        if place.name == EXAMPLE and not place.closed:
            cure = f"Run `collector venue close {place.code}`."
            yield Finding(f"The example place, {place.name}, takes answers as if it were real.", cure, "duty")


def _jobs(settings: Settings, today: date) -> Iterator[Finding]:
    database = connect(settings.database)
    if pending(database):
        return
    failed = database.rows(
        """SELECT job, detail FROM job_run AS last
           WHERE outcome = 'failed' AND due = (SELECT max(due) FROM job_run WHERE job = last.job)"""
    )
    for job, detail in failed:
        yield Finding(f"The job {job} failed: {detail}.", f"Mend it, then `collector jobs run {job}`.", "note")
    newest = database.one("SELECT max(started) FROM job_run WHERE job = 'backup' AND outcome = 'done'")
    since = datetime.fromisoformat(newest[0]).date() if newest and newest[0] else None
    if since is None or today - since > timedelta(days=2):
        yield Finding(
            "There is no backup of the last two days.", "Let `collector serve` or `collector work` run.", "note"
        )


LOOKS: tuple[Callable[[Settings, date], Iterator[Finding]], ...] = (
    _settings,
    _database,
    _secret,
    _disk,
    _data_files,
    _practice,
    _jobs,
)
