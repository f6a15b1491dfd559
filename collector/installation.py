"""One installation: made once, and opened by every way in: pages, commands, jobs, looks at its health, tests.

It is a data folder with its settings. What it holds is read when it is first asked for, and then kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path

from collector import files
from collector.community import areas
from collector.db import Database, connect
from collector.db.migrations import migrate, pending, refuse_newer
from collector.db.store import create
from collector.errors import StoreError
from collector.governance import promises
from collector.languages import registry
from collector.languages.catalogue import Catalogues
from collector.languages.sound import Recordings
from collector.responses.keys import Sealer, load_sealer
from collector.settings import Settings
from collector.timetable import LONDON


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Installation:
    """An installation in use. `now` comes from outside where a test or a job says what time it is."""

    settings: Settings
    now: Callable[[], datetime] = _now

    @cached_property
    def database(self) -> Database:
        """The open database. Raises StoreError when it is not there, not set up or not of this version."""
        return open_database(self.settings.database)

    @cached_property
    def synthetic(self) -> bool:
        """True when this installation holds invented answers only. Raises StoreError when it was never set up."""
        row = self.database.one("SELECT synthetic FROM installation WHERE id = 1")
        if row is None:
            raise StoreError("The data folder is not set up. Run `collector init`.")
        return bool(row[0])

    @cached_property
    def areas(self) -> areas.Areas:
        """Areas of England, and which were valid when."""
        return areas.load(self.settings.areas)

    @cached_property
    def languages(self) -> registry.Registry:
        """Every language of the list, offered or not."""
        return registry.load(self.settings.translations)

    @cached_property
    def catalogues(self) -> Catalogues:
        """Words in every language."""
        return Catalogues(self.languages, self.settings.translations)

    @cached_property
    def recordings(self) -> Recordings:
        """Questions and promises as they were read aloud."""
        return Recordings(self.settings.translations)

    @cached_property
    def sealer(self) -> Sealer:
        """What makes keyed hashes. Raises StoreError when its secret cannot be read."""
        return load_sealer(self.settings.secret_file)

    @cached_property
    def promises(self) -> tuple[promises.Promise, ...]:
        """What people are promised before they answer."""
        return promises.load(self.settings.forms)

    def today(self) -> date:
        """The local day: the only thing about time that a response keeps."""
        return self.now().astimezone(LONDON).date()

    def close(self) -> None:
        """Close the database, if it was opened."""
        if "database" in vars(self):
            self.database.close()
            del self.database


def open_database(path: Path) -> Database:
    """A database of this version. Raises StoreError when it is not there, older or newer."""
    database = connect(path)
    if pending(database):
        database.close()
        raise StoreError("The database is from an older Collector. Run `collector migrate` (it is quick and safe).")
    refuse_newer(database)
    return database


def make(settings: Settings, today: date, *, synthetic: bool = False) -> None:
    """Make the secret and the database of an installation whose folder is there. Safe to repeat.

    Raises StoreError when the secret of a database is lost, and when real answers would become synthetic.
    """
    if not settings.secret_file.exists():
        if settings.database.exists():
            raise StoreError("The data folder has a database but no secret.key. Restore both from a backup.")
        with files.new(settings.secret_file) as out:
            out.write(secrets.token_hex(32).encode())
    make_database(settings.database, today, synthetic=synthetic).close()


def make_database(path: Path, today: date, *, synthetic: bool = False) -> Database:
    """Make the database, or bring it up to date, and say once and for all whose answers it is for; open."""
    database = create(path)
    migrate(database)
    with database.transaction():
        row = database.one("SELECT synthetic FROM installation WHERE id = 1")
        if row is None:
            database.execute(
                "INSERT INTO installation (id, made_on, synthetic) VALUES (1, :today, :synthetic)",
                {"today": today.isoformat(), "synthetic": int(synthetic)},
            )
        elif synthetic and not row[0]:
            raise StoreError("This data folder is for real answers and cannot become synthetic. Use another folder.")
    return database
