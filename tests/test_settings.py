"""Settings: one table; a wrong one is named and the program does not start; the README shows the same table."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import SettingsError
from collector.settings import SETTINGS, TOML, load, read_toml, table, write_toml

ROOT = Path(__file__).parent.parent

WRONG = {
    "COLLECTOR_DAILY_QUOTA": "many",
    "COLLECTOR_DRAFT_LANGUAGES": "some",
    "COLLECTOR_PUBLIC_URL": "trust.example.org",
    "COLLECTOR_RELEASE_TIME": "half nine",
    "COLLECTOR_HOST": "two\nlines",
    "COLLECTOR_WORKERS": "0",
    "COLLECTOR_KEEP_TEXT_MONTHS": "13",
}


@pytest.mark.parametrize(("name", "value"), WRONG.items())
def test_a_wrong_setting_is_named_with_what_to_write(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=name):
        load({"COLLECTOR_DATA": str(tmp_path), name: value})


def test_the_readme_lists_every_setting_as_it_is() -> None:
    assert table() in (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_environment_comes_before_the_file_and_the_file_before_the_default(tmp_path: Path) -> None:
    write_toml(tmp_path / TOML, {"host": "From file", "daily_quota": "70"})
    loaded = load({"COLLECTOR_DATA": str(tmp_path), "COLLECTOR_HOST": "From environment"})
    assert (loaded.host, loaded.daily_quota, loaded.threads) == ("From environment", 70, 4)


def test_an_unknown_setting_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / TOML).write_text('hosst = "x"\n')
    with pytest.raises(SettingsError, match="hosst"):
        load({"COLLECTOR_DATA": str(tmp_path)})


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=60))
def test_any_words_survive_the_file(words: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / TOML
        write_toml(path, {"host": words})
        assert read_toml(path) == {"host": words}
        assert path.stat().st_mode & 0o077 == 0


def test_what_others_must_know_is_missing_until_it_is_set(tmp_path: Path) -> None:
    nowhere = {"COLLECTOR_DATA": str(tmp_path)}
    assert load(nowhere).missing() == [s.name for s in SETTINGS if s.asked]
    assert load({**nowhere, **{f"COLLECTOR_{s.name.upper()}": "x" for s in SETTINGS if s.asked}}).missing() == []
