"""The pages of published figures: nothing but what the files say, and nothing at all of what is hidden."""

from __future__ import annotations

import ast
import gzip
import re
from pathlib import Path

import brotli
import pytest
from markupsafe import escape
from werkzeug.test import Client

import collector
from collector.releases.escaping import written
from collector.releases.published import index
from collector.web.pages import FIGURES_STYLE, policy
from tests.conftest import CheckedClient, check_page
from tests.released import BRENT, HIDDEN, SPRING, Row, only, put_release
from tests.world import World, make_world

ONE_PAGE = BRENT.replace("/figures", "/figures/one-page")
PACKAGE = Path(collector.__file__).parent
PAGE_MODULES = (
    *sorted((PACKAGE / "web" / "figures").glob("*.py")),
    *sorted((PACKAGE / "releases" / "published").glob("*.py")),
)
PAGES = ["/figures", BRENT, "/figures?by=ethnic6", "/figures?by=language", ONE_PAGE, "/releases"]


@pytest.fixture(autouse=True)
def look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request looks at the folder, so that tests need not wait a second."""
    monkeypatch.setattr(index, "FRESH", 0.0)


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_well_made_and_may_hold_no_style_attribute(client: CheckedClient, world: World, page: str) -> None:
    put_release(world.settings.exports, world.survey)
    answer = client.get(page)
    assert answer.status_code == 200
    assert answer.headers.getlist("Content-Security-Policy") == [policy(FIGURES_STYLE)]
    assert f"<style>{FIGURES_STYLE}</style>" in answer.text
    assert "<script" not in answer.text
    assert not re.search(r"\sstyle=", answer.text)
    for name in re.findall(r"url\(#(\w+)\)", answer.text):
        assert f'id="{name}"' in answer.text


def test_overall_trust_and_the_pillars_stand_side_by_side_and_are_never_one(
    client: CheckedClient, world: World
) -> None:
    put_release(world.settings.exports, world.survey, only("UN", {"value": 70, "range_low": 60, "range_high": 79}))
    page = client.get(BRENT).text
    names = ["Overall trust", "Understanding", "Communication", "Inclusion", "Data generation"]
    glance = page[page.index('id="glance"') : page.index('id="time"')]
    places = [glance.index(f"<title>{name}: ") for name in names]
    assert places == sorted(places)
    assert "<title>Understanding: 70%, range 60 to 79%</title>" in glance
    assert "never added into one score" in glance
    assert glance.count("<svg") == 6


def test_a_chart_has_a_table_beneath_with_the_same_figures(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey)
    for address in (BRENT, "/figures?by=age3"):
        for card in client.get(address).text.split('<section class="card"')[1:]:
            assert ('role="img"' in card) <= ("<table>" in card.partition("</ul>")[2])
    topic = re.search(r"<tr><th scope=\"row\">Do health services treat you.*?</tr>", client.get(BRENT).text)
    assert topic
    assert re.findall(r"<td[^>]*>(.*?)</td>", topic[0]) == [
        "45% <small>35 to 56%</small>",
        "100",
        "15%",
        "No clear change",
    ]


def test_every_question_and_every_element_of_more_than_one_is_there_in_order(
    client: CheckedClient, world: World
) -> None:
    put_release(world.settings.exports, world.survey)
    page = client.get(BRENT).text
    own = page[page.index('id="questions"') : page.index('id="answers"')]
    assert "Accountability: its questions together" in own
    for question in world.survey.asked:
        assert (f">{escape(question.msgid)}<" in own) == (question.type == "scale" and bool(question.pillar))


def test_hidden_stays_hidden_whatever_a_file_holds_beside_the_mark(tmp_path: Path) -> None:
    """R13: two releases that differ only in what hidden rows should not have give the same pages, byte for byte."""
    pages: list[list[str]] = []
    for leaked in ({}, {"value": 83, "base_rounded": 7, "visits": 2, "range_low": 71, "change_vs_previous": "up"}):
        made = make_world(tmp_path / str(len(pages)), synthetic=True)

        def hide(row: Row, leaked: Row = leaked) -> Row:
            small = row["breakdown_code"] in ("asian", "sex", "female") or row["code"] in ("UN_ACC1", "IN", "OV1.never")
            return {**row, **HIDDEN, **leaked} if small else row

        put_release(made.settings.exports, made.survey, hide)
        client = CheckedClient(made.app())
        pages.append([client.get(page).text for page in PAGES[:-1]])
        made.database.close()
    assert pages[0] == pages[1]
    for page in pages[1]:
        assert not re.search(
            r"\b(83|71)( or|%|<)", re.sub(r'<style>.*?</style>|[a-z0-9]+="[\d.]+%?"', "", page, flags=re.S)
        )


def test_hidden_is_drawn_as_hidden_with_the_reason(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey, only("UN", HIDDEN))
    page = client.get(BRENT).text
    assert "<title>Understanding: hidden to protect people</title>" in page
    assert re.search(r'class="hid"/>.*?<text class="on"[^>]*>hidden to protect people</text>', page)
    assert '<td><abbr title="hidden to protect people">[c]</abbr></td><td></td>' in page


def test_where_nothing_of_a_choice_is_shown_words_stand_for_its_rows(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey)
    shown = client.get(BRENT).text
    put_release(world.settings.exports, world.survey, only("channel", HIDDEN), revision=1)
    hidden = client.get(BRENT).text
    assert "t-channels" in shown
    assert "Not shown here: who was picked" not in shown
    assert "t-channels" not in hidden
    assert "Not shown here: who was picked" in hidden


def test_who_was_not_heard_is_said_in_words(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey, only("ur", HIDDEN))
    page = client.get(BRENT).text
    assert re.search(r"Who we did not hear, or not enough to show:</strong> <bdi>Urdu</bdi>\.</p>", page)


def test_who_answered_stands_beside_the_census_as_the_release_gives_it(client: CheckedClient, world: World) -> None:
    header = b"period,area_code,area_name,breakdown,breakdown_code,breakdown_label,census_2021_percent,source\r\n"
    row = b"2026-27-Q2,E09000005,Brent,ethnic6,asian,Asian,32.1,ONS\r\n"
    put_release(world.settings.exports, world.survey, more={"who-answered_x.csv": header + row})
    page = client.get(BRENT).text
    assert '<th scope="row"><bdi>Asian or Asian British</bdi></th><td>30</td><td>32.1%</td>' in page
    assert "Source: ONS" in page
    assert "Census" not in client.get(BRENT.replace("09000005", "09000029")).text


def test_nothing_is_sorted_by_its_figure(client: CheckedClient, world: World) -> None:
    groups = ["asian", "black", "mixed", "other", "white_british", "white_minority", "unsaid"]

    def falling(row: Row) -> Row:
        code = str(row["breakdown_code"])
        return {**row, "value": 10 + 10 * groups.index(code)} if code in groups else row

    put_release(world.settings.exports, world.survey, falling)
    page = client.get(f"{BRENT}&by=ethnic6").text
    labels = re.findall(r"<li[^>]*><p><bdi>(.*?)</bdi>", page)[:8]
    assert labels[:3] == [
        "Everybody who answered",
        "Asian or Asian British",
        "Black, Black British, Caribbean or African",
    ]
    assert re.findall(r'<option value="E\d+"[^>]*>(\w+)<', page) == ["London", "Brent", "Sutton"]


def test_the_words_describe_services_and_never_groups(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey)
    for address in PAGES:
        words = client.get(address).text.lower()
        for wrong in (
            "less trusting",
            "more trusting",
            "worst",
            "best performing",
            "bame",
            "validated tool",
            "anonymous",
        ):
            assert wrong not in words
    assert "people who chose to answer at these places" in client.get(BRENT).text
    assert "Experiences differ" in client.get(f"{BRENT}&by=sex").text


@pytest.mark.parametrize("page", PAGES)
def test_made_up_figures_say_so_on_every_page_and_real_ones_do_not(
    client: CheckedClient, world: World, page: str
) -> None:
    assert world.app().site.synthetic is False
    put_release(world.settings.exports, world.survey, synthetic=True, period=SPRING)
    assert re.search("(?i)practice data: invented answers", client.get(page.replace("Q2", "Q1")).text)
    put_release(world.settings.exports, world.survey, synthetic=False)
    if page != "/releases":
        assert "ractice data" not in client.get(page).text


@pytest.mark.parametrize(
    "name",
    ['<b title="x">&amp;', "=cmd|' /C calc'!A0", "\u202eevil\u2069", 'a\nb\r\nc,"d"', "x" * 10_000, "\u2028,\x0b"],
)
def test_a_hostile_name_is_only_a_name(tmp_path: Path, name: str) -> None:
    made = make_world(tmp_path)
    put_release(made.settings.exports, made.survey, only("E09000005", {"area_name": name}))
    client = CheckedClient(made.app())
    page = client.get(BRENT).text
    made.database.close()
    assert f"<bdi>{escape(written(name))}</bdi>" in page
    assert "<b title" not in page
    assert "<title>Understanding: 45%" in page


def test_an_unknown_period_place_or_breakdown_is_no_page(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey)
    for query in (
        "period=2020-21-Q1",
        "period=2026-27",
        "period=2026-27-H1",
        "area=E99",
        "by=venue",
        "by=../x",
        "period=&area=%00",
    ):
        assert client.get(f"/figures?{query}").status_code == 404


def test_a_place_without_figures_in_a_period_gets_a_kind_page(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey)
    put_release(world.settings.exports, world.survey, period=SPRING, areas=(("E12000007", "region", "London"),))
    answer = client.get("/figures?period=2026-27-Q1&area=E09000005")
    assert "Choose another one" in answer.text
    assert '<option value="E09000005" selected>Brent' in answer.text


def test_visits_that_are_not_given_are_said_to_be_so(client: CheckedClient, world: World) -> None:
    def some(row: Row) -> Row:
        visits = {"E09000005": "", "E09000029": 0}.get(str(row["area_code"]), 75)
        return {**row, "visits": visits}

    put_release(world.settings.exports, world.survey, some)
    told = {
        "E09000005": ("The number of visits is not given, to protect people.", "not given"),
        "E09000029": ("in a few visits to places", "a few"),
        "E12000007": ("in about 75 visits to places", "75"),
    }
    for area, (words, cell) in told.items():
        for path in ("/figures", "/figures/one-page"):
            page = client.get(f"{path}?area={area}").text
            assert words in page
            row = re.search(r'<th scope="row">Understanding</th>(.*?)</tr>', page)
            assert row
            assert re.findall(r"<td[^>]*>(.*?)</td>", row[1])[2] == cell


def test_a_figure_with_empty_cells_is_still_a_page(client: CheckedClient, world: World) -> None:
    empty = dict.fromkeys(
        ("base_rounded", "visits", "reliability", "change_vs_previous", "range_low", "range_high"), ""
    )
    put_release(world.settings.exports, world.survey, lambda row: {**row, **empty})
    for page in PAGES:
        assert client.get(page).status_code == 200
    assert "<td>not given</td>" in client.get(BRENT).text


def test_one_page_says_all_that_it_must(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey, only("ur", HIDDEN))
    page = client.get(ONE_PAGE).text
    for words in ("4 to 5 in 10 people", "Who answered", "Not heard, or too few to show: <bdi>Urdu</bdi>", "Data generation",
                  "What this page cannot say", "It is not about all residents", "not validated"):  # fmt: skip
        assert words in page
    assert page.count('role="img"') == 5
    assert client.get("/figures/one-page?period=2026-27-Q2&area=E99").status_code == 404


def test_one_page_tells_where_to_read_more_in_words_and_as_a_code(tmp_path: Path) -> None:
    made = make_world(tmp_path, COLLECTOR_PUBLIC_URL="https://trust.example.org")
    put_release(made.settings.exports, made.survey)
    page = CheckedClient(made.app()).get(ONE_PAGE).text
    made.database.close()
    assert "https://trust.example.org/figures?period=2026-27-Q2&amp;area=E09000005" in page
    assert 'class="qr"' in page


def test_a_page_is_small_made_once_and_the_same_in_each_encoding(world: World) -> None:
    put_release(world.settings.exports, world.survey, only("E09000005", {"base_rounded": 250}))
    client = Client(world.app())
    plain = client.get("/figures").data
    check_page(plain.decode())
    for name, opened in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        answer = client.get("/figures", headers={"Accept-Encoding": f"{name}, deflate"})
        assert answer.headers["Content-Encoding"] == name
        assert answer.headers["Vary"] == "Accept-Encoding"
        assert len(answer.data) + len(str(answer.headers)) <= 25_000
        assert opened(answer.data) == plain
    again = client.get("/figures", headers={"Accept-Encoding": "gzip", "If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_pages_know_nothing_but_published_files() -> None:
    """The modules that draw figures import neither the database nor counts nor disclosure control."""
    for path in PAGE_MODULES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        for module in found:
            assert not re.match(r"collector\.(summaries|responses|db|governance|survey|community)", module), path.name


def test_reading_what_is_out_knows_no_web_page() -> None:
    for path in (PACKAGE / "releases" / "published").glob("*.py"):
        assert not re.search(r"\b(flask|wtforms|collector\.web)\b", path.read_text(encoding="utf-8")), path.name
