"""Settings: one table; a wrong one is named and the program does not start; the README shows the same table."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collector.errors import SettingsError
from collector.settings import SETTINGS, TOML, check, load, read_toml, rename_former, table, write_toml

ROOT = Path(__file__).parent.parent

WRONG = {
    "COLLECTOR_DAILY_QUOTA": "many",
    "COLLECTOR_DRAFT_LANGUAGES": "some",
    "COLLECTOR_PUBLIC_URL": "trust.example.org",
    "COLLECTOR_RELEASE_TIME": "half nine",
    "COLLECTOR_ORGANISATION": "two\nlines",
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
    write_toml(tmp_path / TOML, {"organisation": "From file", "daily_quota": "70"})
    loaded = load({"COLLECTOR_DATA": str(tmp_path), "COLLECTOR_ORGANISATION": "From environment"})
    assert (loaded.organisation, loaded.daily_quota, loaded.threads) == ("From environment", 70, 4)


def test_an_unknown_setting_in_the_file_is_named(tmp_path: Path) -> None:
    (tmp_path / TOML).write_text('organisatoin = "x"\n')
    with pytest.raises(SettingsError, match="organisatoin"):
        load({"COLLECTOR_DATA": str(tmp_path)})


@given(st.text(st.characters(categories=["L", "N", "P", "Zs"]), max_size=60))
def test_any_words_survive_the_file(words: str) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / TOML
        write_toml(path, {"organisation": words})
        assert read_toml(path) == {"organisation": words}
        assert path.stat().st_mode & 0o077 == 0


def test_a_misspelled_variable_is_refused_with_the_name_that_was_meant(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"COLLECTOR_DRAFT_LANGUAGE is no setting. Did you mean COLLECTOR_DRAFT_LA"):
        load({"COLLECTOR_DATA": str(tmp_path), "COLLECTOR_DRAFT_LANGUAGE": "all"})
    with pytest.raises(SettingsError, match=r"COLLECTOR_XYZZY is no setting. Remove it"):
        load({"COLLECTOR_DATA": str(tmp_path), "COLLECTOR_XYZZY": ""})
    with pytest.raises(SettingsError, match="enableServiceLinks"):
        load({"COLLECTOR_DATA": str(tmp_path), "COLLECTOR_PORT_8000_TCP": "tcp://10.0.0.1:8000"})
    (tmp_path / TOML).write_text('draft_language = "all"\n')
    with pytest.raises(SettingsError, match=r"unknown setting `draft_language`. Did you mean draft_languages\?"):
        load({"COLLECTOR_DATA": str(tmp_path)})


def test_what_the_upgrade_may_be_told_is_not_taken_for_a_misspelled_setting(tmp_path: Path) -> None:
    script = (ROOT / "deploy" / "upgrade.sh").read_text()
    told = set(re.findall(r"\$\{(COLLECTOR_\w+)", script)) - {setting.env for setting in SETTINGS}
    assert told
    load({"COLLECTOR_DATA": str(tmp_path), **dict.fromkeys(told, "x")})


def test_the_former_name_of_the_organisation_is_refused_in_the_environment_with_the_new_ones(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"COLLECTOR_ORGANISATION .* COLLECTOR_LISTEN"):
        load({"COLLECTOR_DATA": str(tmp_path), "COLLECTOR_HOST": "0.0.0.0"})


def test_former_names_in_the_folder_are_rewritten_and_all_else_stays(tmp_path: Path) -> None:
    before = '# Mine: host = nobody\nhost = "Our House" # yes\nfunder = "host = x"\n'
    (tmp_path / TOML).write_text(before)
    with pytest.raises(SettingsError, match=r"`host` is called `organisation` now. Run `collector migrate`"):
        load({"COLLECTOR_DATA": str(tmp_path)})
    (said,) = rename_former(tmp_path)
    assert "`host` is called `organisation` now" in said
    assert (tmp_path / TOML).read_text() == before.replace("\nhost", "\norganisation")
    assert (tmp_path / TOML).stat().st_mode & 0o077 == 0
    assert rename_former(tmp_path) == []
    assert load({"COLLECTOR_DATA": str(tmp_path)}).organisation == "Our House"


@pytest.mark.parametrize(("listen", "fits"), [("::1", True), ("0.0.0.0", True), ("localhost", True), ("here", False)])
def test_the_address_to_listen_on_is_one(listen: str, fits: bool, tmp_path: Path) -> None:
    env = {"COLLECTOR_DATA": str(tmp_path), "COLLECTOR_LISTEN": listen, "COLLECTOR_PORT": "80"}
    if fits:
        assert (load(env).listen, load(env).port) == (listen, 80)
    else:
        with pytest.raises(SettingsError, match="COLLECTOR_LISTEN"):
            load(env)


def test_each_thing_that_init_asks_has_an_example_that_fits() -> None:
    for setting in SETTINGS:
        if setting.asked:
            assert setting.sample
            check(setting.name, setting.sample)


def test_the_program_has_a_name_of_its_own_among_packages_and_needs_no_extra_of_a_stranger() -> None:
    config = ConfigParser()
    config.read(ROOT / "setup.cfg")
    assert config["metadata"]["name"] == "trust-collector"
    assert "openpyxl" in config["options"]["install_requires"]
    assert list(config["options.extras_require"]) == ["test"]


def test_what_others_must_know_is_missing_until_it_is_set(tmp_path: Path) -> None:
    nowhere = {"COLLECTOR_DATA": str(tmp_path)}
    assert load(nowhere).missing() == [s.name for s in SETTINGS if s.asked]
    assert load({**nowhere, **{f"COLLECTOR_{s.name.upper()}": "x" for s in SETTINGS if s.asked}}).missing() == []


FACTS = """
organisation = "Brixton Health Project"
lawful_basis = "You choose to take part"
lawful_basis.bn = "আপনি নিজে বেছে নেন"
lawful_basis.pa-Guru = "ਤੁਹਾਡੀ ਮਰਜ਼ੀ"

[funder]
en = "Lambeth Council"
ur = "لیمبتھ کونسل"
"""


def test_what_a_host_says_of_itself_stands_in_several_languages_in_the_file(tmp_path: Path) -> None:
    (tmp_path / TOML).write_text(FACTS, encoding="utf-8")
    settings = load({"COLLECTOR_DATA": str(tmp_path)})
    assert settings.fact("lawful_basis", "en") == "You choose to take part"
    assert settings.fact("lawful_basis", "bn") == "আপনি নিজে বেছে নেন"
    assert settings.fact("lawful_basis", "pa-Guru") == "ਤੁਹਾਡੀ ਮਰਜ਼ੀ"
    assert settings.fact("lawful_basis", "ur") == ""
    assert [settings.fact("funder", tag) for tag in ("en", "ur", "bn")] == ["Lambeth Council", "لیمبتھ کونسل", ""]


def test_languages_of_a_fact_stay_when_the_file_is_written_again(tmp_path: Path) -> None:
    (tmp_path / TOML).write_text(FACTS, encoding="utf-8")
    before = read_toml(tmp_path / TOML)
    write_toml(tmp_path / TOML, {**before, "daily_quota": "70"})
    assert read_toml(tmp_path / TOML) == {**before, "daily_quota": "70"}


@pytest.mark.parametrize("line", ['port.bn = "1"', 'lawful_basis.b = "x"', '[organisation]\nbn = "x"'])
def test_only_what_a_host_says_of_itself_may_have_a_language(tmp_path: Path, line: str) -> None:
    (tmp_path / TOML).write_text(line, encoding="utf-8")
    with pytest.raises(SettingsError):
        load({"COLLECTOR_DATA": str(tmp_path)})
