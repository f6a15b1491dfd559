"""An installation is made once and opened in one way, whoever opens it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

import collector
from collector.db.store import create
from collector.errors import StoreError
from collector.installation import Installation, make, open_database
from tests.world import TODAY, World, make_world, tiny

PACKAGE = Path(collector.__file__).parent


@pytest.fixture
def small(tmp_path: Path) -> World:
    return make_world(tmp_path, tiny())


def test_one_module_makes_an_installation_and_knows_whose_answers_are_in_it() -> None:
    knows = {
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        if any(words in path.read_text(encoding="utf-8") for words in ("INTO installation", "synthetic FROM"))
    }
    assert knows == {"installation.py"}


def test_what_is_read_is_kept_and_what_is_closed_opens_again(small: World) -> None:
    here = small.here
    assert (here.database, here.areas, here.catalogues) == (here.database, here.areas, here.catalogues)
    before = here.database
    here.close()
    here.close()
    assert here.database is not before
    assert here.synthetic is False
    here.close()


def test_the_day_is_the_local_one(small: World) -> None:
    late = Installation(small.settings, lambda: datetime(2026, 7, 1, 23, 30, tzinfo=UTC))
    assert late.today() == date(2026, 7, 2)


def test_making_it_again_changes_nothing(small: World) -> None:
    secret = small.settings.secret_file.read_bytes()
    make(small.settings, date(2030, 1, 1))
    assert small.settings.secret_file.read_bytes() == secret
    assert small.database.rows("SELECT made_on, synthetic FROM installation") == [(TODAY.isoformat(), 0)]


def test_real_answers_never_become_synthetic(small: World) -> None:
    with pytest.raises(StoreError, match="cannot become synthetic"):
        make(small.settings, TODAY, synthetic=True)
    assert small.here.synthetic is False


def test_the_secret_of_a_database_is_never_made_anew(small: World) -> None:
    small.settings.secret_file.unlink()
    with pytest.raises(StoreError, match="Restore both"):
        make(small.settings, TODAY)
    assert not small.settings.secret_file.exists()


def test_a_new_secret_is_for_its_owner_alone(tmp_path: Path, small: World) -> None:
    small.settings.secret_file.unlink()
    small.settings.database.unlink()
    make(small.settings, TODAY)
    assert small.settings.secret_file.stat().st_mode & 0o777 == 0o600
    assert len(small.here.sealer.secret) == 32


def test_a_database_of_an_older_version_is_not_used(tmp_path: Path) -> None:
    create(tmp_path / "old.db").close()
    with pytest.raises(StoreError, match="collector migrate"):
        open_database(tmp_path / "old.db")
