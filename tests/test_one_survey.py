"""One survey is asked at a time, at every place: another one takes its place only when somebody says so."""

from __future__ import annotations

import json
from pathlib import Path

from collector.responses.versions import asked_now, current
from tests.desk import Desk, desk
from tests.world import TINY

__all__ = ["desk"]


def forms(desk: Desk, **files: str) -> Path:
    """A folder of forms with the shipped promises."""
    folder = desk.folder / "forms"
    folder.mkdir(exist_ok=True)
    (folder / "promises.yaml").write_text((desk.world.settings.forms / "promises.yaml").read_text())
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text)
    return folder


def test_another_survey_is_refused_and_the_way_on_is_named(desk: Desk) -> None:
    forms(desk, tiny=TINY)
    said = desk.fails("publish", "forms")
    assert "trust-core is asked now, at every place. To ask tiny instead of it, say --instead." in said
    assert asked_now(desk.database) == ["trust-core"]


def test_another_survey_takes_its_place_when_that_is_said_and_goes_back_the_same_way(desk: Desk) -> None:
    forms(desk, tiny=TINY)
    assert "tiny is asked instead of trust-core." in desk.ok("publish", "forms", "--instead", "--yes")
    assert asked_now(desk.database) == ["tiny"]
    assert current(desk.database).survey.code == "tiny"
    assert "tiny 1.0.0 was published before." in desk.ok("publish", "forms")
    assert "tiny is asked now" in desk.fails("publish")
    assert "trust-core is asked instead of tiny." in desk.ok("publish", "--instead", "--yes")
    assert asked_now(desk.database) == ["trust-core"]


def test_setting_up_again_leaves_the_survey_that_was_chosen(desk: Desk) -> None:
    forms(desk, tiny=TINY)
    desk.ok("publish", "forms", "--instead", "--yes")
    desk.ok("init", "--funder", "Another Council")
    assert asked_now(desk.database) == ["tiny"]


def test_a_new_version_of_the_survey_that_is_asked_needs_no_word(desk: Desk) -> None:
    forms(desk, tiny=TINY)
    desk.ok("publish", "forms", "--instead", "--yes")
    forms(desk, tiny=TINY.replace("version: 1.0.0", "version: 1.1.0"))
    assert "Nothing was changed" in desk.fails("publish", "forms")
    said = desk.ok("publish", "forms", typed="y\n")
    assert "Publish tiny 1.1.0? It is asked at every place from now on, and can no longer be changed." in said
    assert "tiny 1.1.0 is published." in said


def test_a_folder_with_two_surveys_is_refused_whatever_is_said(desk: Desk) -> None:
    forms(desk, tiny=TINY, other=TINY.replace("survey: tiny", "survey: other"))
    assert "the folder holds 2: other, tiny" in desk.fails("publish", "forms", "--instead")
    assert json.loads(desk.ok("audit", "list", "--json", "--verb", "publish instead")) == []


def test_an_installation_with_two_surveys_can_still_be_set_up_and_mended(desk: Desk) -> None:
    forms(desk, tiny=TINY)
    desk.ok("publish", "forms", "--instead", "--yes")
    desk.database.execute("UPDATE survey_version SET superseded_on = NULL")
    assert "2 surveys are published (tiny, trust-core); pages show tiny." in desk.type("doctor")[1]
    desk.ok("init", "--funder", "Another Council")
    desk.ok("publish", "--instead", "--yes")
    assert asked_now(desk.database) == ["trust-core"]
