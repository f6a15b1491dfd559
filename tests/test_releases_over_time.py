"""Quarters, changes, breaks, years and corrections on the pages of figures."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from collector.disclosure.rules import PLAINLY
from collector.periods import Quarter
from collector.releases.published import index
from collector.survey.definition import Survey
from tests.conftest import CheckedClient
from tests.released import BRENT, HIDDEN, NAME, SPRING, SUMMER, Row, only, put_folder, put_release
from tests.world import TINY, World, tiny


@pytest.fixture(autouse=True)
def look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request looks at the folder, so that tests need not wait a second."""
    monkeypatch.setattr(index, "FRESH", 0.0)


def test_a_change_is_told_only_in_the_words_of_the_file(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey, only("UN", {"change_vs_previous": ""}), period=SPRING)
    put_release(world.settings.exports, world.survey, only("UN", {"value": 95, "change_vs_previous": "up"}))
    glance = client.get(BRENT).text
    assert re.search(r'<th scope="row">Understanding</th>.*?<td class="words">Clearly higher</td>', glance)
    assert "50 points" not in glance
    spring = client.get("/figures?period=2026-27-Q1&area=E09000005").text
    assert re.search(r'<th scope="row">Understanding</th>[^\n]*<td class="words"></td>', spring)


def test_the_smallest_clear_change_is_on_the_page(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey)
    rows = re.findall(r'<th scope="row">(\d+)</th><td>(\d+)</td>', client.get(BRENT).text)
    assert rows[:5] == [("30", "30"), ("50", "25"), ("100", "15"), ("200", "10"), ("400", "7")]
    assert PLAINLY in client.get(BRENT).text.partition('class="lead"')[2][:400], "said first"


def test_quarters_stand_beside_each_other(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey, only("UN", HIDDEN), period=SPRING)
    put_release(world.settings.exports, world.survey)
    page = client.get(BRENT).text
    assert "Understanding. Jun 2026: hidden to protect people; Sep 2026: 45%, range 35 to 56%" in page
    assert "[b]" not in page
    assert "There is no earlier quarter" in client.get("/figures?period=2026-27-Q1").text


def test_a_new_major_version_breaks_the_series_in_chart_and_table(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey, period=SPRING)
    put_release(world.settings.exports, replace(world.survey, version="1.1.0"))
    assert "[b]" not in client.get("/figures").text
    put_release(world.settings.exports, tiny(TINY.replace("1.0.0", "2.0.0")), period=SUMMER.next)
    page = client.get("/figures").text
    assert "Sep 2026: 45%, range 35 to 56%; [b] a new version of the survey begins" in page
    assert '<th scope="col" class="new">[b] Dec 2026</th>' in page
    assert '<td class="new">45%' in page
    assert "do not compare figures across the break" in page
    assert "[b]" not in client.get("/figures?period=2026-27-Q2").text


def test_figures_of_an_older_version_in_the_same_period_are_not_mixed_in(client: CheckedClient, world: World) -> None:
    def older(row: Row) -> Row:
        return {**row, "survey_version": "0.9.0", "value": 80} if row["area_code"] == "E09000005" else row

    folder = put_release(world.settings.exports / "aside", world.survey, older)
    rows = (folder / f"{NAME}.csv").read_bytes().splitlines(keepends=True)
    old = b"".join(row for row in rows if b",0.9.0," in row)
    tidy = put_release(world.settings.exports / "aside2", world.survey) / f"{NAME}.csv"
    book = (tidy.parent / "codebook_trust-core_1.1.0.csv").read_bytes()
    files = {f"{NAME}.csv": tidy.read_bytes() + old, "codebook_trust-core_1.1.0.csv": book}
    put_folder(world.settings.exports / NAME, files)
    page = client.get(BRENT).text
    assert "<title>Understanding: 45%, range 35 to 56%</title>" in page
    assert "Some people answered version 0 of the survey" in page


def put_year(exports: Path, survey: Survey, value: int, period: Quarter, revision: int = 0) -> None:
    """A quarter's release with a file of the year in it."""
    year: Row = {"period_type": "year", "period": "2026-27", "period_start": "2026-04-01", "value": value}
    aside = put_release(exports / ".aside", survey, lambda row: {**row, **year}, period=period, revision=revision)
    tidy = aside / f"{aside.name}.csv"
    named = f"{aside.name.replace(period.code, '2026-27')}.csv"
    put_release(exports, survey, period=period, revision=revision, more={named: tidy.read_bytes()})
    shutil.rmtree(exports / ".aside")


def test_a_release_that_tells_of_the_year_too_is_named_by_its_quarter(client: CheckedClient, world: World) -> None:
    put_year(world.settings.exports, world.survey, 60, SUMMER)
    assert "<h1>Trust in health services: <bdi>London</bdi>, July to September 2026</h1>" in client.get("/figures").text
    page = client.get("/figures?period=2026-27&area=E09000029").text
    assert "<bdi>Sutton</bdi>, April to September 2026</h1>" in page
    assert ">July to September 2026</h2>" in client.get("/releases").text.replace(
        " (practice data: invented answers)", ""
    )


def test_a_year_is_that_of_the_latest_release_that_tells_of_it(client: CheckedClient, world: World) -> None:
    put_year(world.settings.exports, world.survey, 50, SPRING, revision=1)
    put_year(world.settings.exports, world.survey, 60, SUMMER)
    assert "<title>Understanding: 60%" in client.get("/figures?period=2026-27&area=E09000029").text


REASON = b"# Changes\n\n## Revision 1\n\nTwo visits were <entered> twice.\n\n## Revision 2\n\nOther.\n"


def test_a_correction_is_in_force_with_its_reason_and_the_first_edition_can_still_be_read(
    client: CheckedClient, world: World
) -> None:
    put_release(world.settings.exports, world.survey)
    corrected = only("UN", {"value": 60})
    put_release(world.settings.exports, world.survey, corrected, revision=1, more={"changes.md": REASON})
    page = client.get(BRENT).text
    assert "Understanding: 60%" in page
    assert "Corrected (revision 1).</strong> Why: <bdi>Two visits were &lt;entered&gt; twice.</bdi>" in page
    assert "Two visits were &lt;entered&gt; twice." in client.get("/releases").text
    former = re.findall(r'href="([^"]+revision=0)"', page)[0].replace("&amp;", "&")
    old = client.get(former).text
    assert "Understanding: 45%" in old
    assert "This is revision 0, as it was. It has been corrected." in old
    assert client.get(f"{BRENT}&revision=1").text == page
    for wrong in ("2", "-1", "x", ""):
        assert client.get(f"{BRENT}&revision={wrong}").status_code == 404
    for revision in (0, 1):
        assert client.get(f"/releases/{NAME[:-1]}{revision}/methods.md").status_code == 200


def test_a_correction_without_a_reason_in_its_files_points_to_them(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey)
    for more in ({}, {"changes.md": b"# Changes\n\n## Revision 1\n\n## Revision 2\n"}):
        folder = put_release(world.settings.exports, world.survey, revision=1, more=more)
        assert "The file changes.md says what changed and why." in client.get(BRENT).text
        shutil.rmtree(folder)


def test_a_note_on_the_figures_is_told_and_is_no_correction(client: CheckedClient, world: World) -> None:
    told = b"# Changes\n\n## Revision 1\n\nSome answers were missed. Fewer than ten people are concerned.\n"
    put_release(world.settings.exports, world.survey)
    put_release(world.settings.exports, world.survey, revision=1, status="final", more={"changes.md": told})
    page, shelf_page = client.get(BRENT).text, client.get("/releases").text
    assert "A note on these figures (revision 1).</strong> Why: <bdi>Some answers were missed." in page
    assert "A note on it:</strong> <bdi>Some answers were missed." in shelf_page
    assert "orrected (revision" not in page
    assert "revision 1, corrected" not in shelf_page
    assert "There is a note on it." in client.get(f"{BRENT}&revision=0").text
