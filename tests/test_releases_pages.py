"""The pages of published figures and files: nothing but what the files say, and nothing at all of what is hidden."""

from __future__ import annotations

import ast
import gzip
import hashlib
import re
from pathlib import Path

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from werkzeug.test import Client

import collector.web
from collector.web import charts, shelf
from collector.web.figures_page import Spread
from collector.web.pages import OFFICE_STYLE, policy
from collector.web.reading import Reading, in_ten
from tests.conftest import CheckedClient, check_page
from tests.released import HIDDEN, SPRING, SUMMER, Row, put_folder, put_release
from tests.world import TINY, World, make_world, tiny

NAME = "trust-summary_synthetic_E12000007_2026-27-Q2_r0"
BRENT = "/figures?period=2026-27-Q2&area=E09000005"
PAGES = ["/figures", BRENT, "/figures?by=ethnic6", "/figures?by=language", "/releases"]


@pytest.fixture(autouse=True)
def look_again(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request looks at the folder, so that tests need not wait a second."""
    monkeypatch.setattr(shelf, "FRESH", 0.0)


def only(where: str, what: Row) -> object:
    """Change the rows in which some cell is `where`."""
    return lambda row: {**row, **what} if where in row.values() else row


def test_before_the_first_release_the_pages_say_so(client: CheckedClient) -> None:
    assert "Nothing has been published yet" in client.get("/figures").text
    assert "Nothing has been published yet" in client.get("/releases").text


def test_a_draft_is_never_shown_wherever_it_lies(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports / "draft", world.survey)
    put_release(world.settings.exports, world.survey, status="draft")
    (world.settings.exports / ".hidden").mkdir()
    assert "Nothing has been published yet" in client.get("/releases").text
    assert client.get(f"/releases/{NAME}/methods.md").status_code == 404
    assert client.get("/releases/draft/methods.md").status_code == 404


def test_a_release_with_one_draft_row_is_not_shown(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey, only("E09000029", {"status": "draft"}))
    assert "Nothing has been published yet" in client.get("/releases").text


@pytest.mark.parametrize("name", [f"{NAME}.csv", "methods.md", "checksums.txt"])
def test_a_release_of_which_a_byte_has_changed_is_gone(client: CheckedClient, world: World, name: str) -> None:
    folder = put_release(world.settings.exports, world.survey)
    assert client.get("/figures").status_code == 200
    (folder / name).write_bytes((folder / name).read_bytes()[:-1] + b"?")
    assert "Nothing has been published yet" in client.get("/releases").text
    assert client.get(f"/releases/{NAME}/methods.md").status_code == 404


def test_a_folder_that_is_no_release_does_no_harm(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey)
    put_folder(world.settings.exports / "notes", {"notes.csv": b"a,b\r\n1,2\r\n"})
    put_folder(world.settings.exports / "empty", {"empty.csv": b""})
    (world.settings.exports / "link").symlink_to(world.settings.exports / NAME)
    assert client.get("/releases").text.count("<section") == 1


def test_each_file_can_be_downloaded_and_is_what_its_checksum_says(client: CheckedClient, world: World) -> None:
    folder = put_release(world.settings.exports, world.survey)
    page = client.get("/releases").text
    links = re.findall(r'href="(/releases/[^"]+)"', page)
    assert len(links) == 4
    for link in links:
        answer = client.get(link)
        name = link.rpartition("/")[2]
        assert answer.data == (folder / name).read_bytes()
        assert answer.headers["Content-Disposition"] == f"attachment; filename={name}"
        assert hashlib.sha256(answer.data).hexdigest() in page
        assert answer.headers["ETag"] == f'"{hashlib.sha256(answer.data).hexdigest()}"'
        assert client.get(link, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert client.get(links[0]).headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("name", "kind"),
    [(f"{NAME}.csv", "text/csv; charset=utf-8; header=present"), ("methods.md", "text/markdown; charset=utf-8")],
)
def test_a_download_has_the_right_type(client: CheckedClient, world: World, name: str, kind: str) -> None:
    put_release(world.settings.exports, world.survey)
    assert client.get(f"/releases/{NAME}/{name}").headers["Content-Type"] == kind


@pytest.mark.parametrize("name", ["counts.json", "..%2f..%2fdata%2fsecret", "../secret", "", "METHODS.MD"])
def test_no_file_but_those_listed_can_be_had(client: CheckedClient, world: World, name: str) -> None:
    folder = put_release(world.settings.exports, world.survey)
    (folder / "counts.json").write_text("{}")
    assert client.get(f"/releases/{NAME}/{name}").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_well_made_and_may_hold_no_style_attribute(client: CheckedClient, world: World, page: str) -> None:
    put_release(world.settings.exports, world.survey)
    answer = client.get(page)
    assert answer.status_code == 200
    assert answer.headers.getlist("Content-Security-Policy") == [policy(OFFICE_STYLE)]
    assert f"<style>{OFFICE_STYLE}</style>" in answer.text
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
    glance = page[page.index('id="glance"') : page.index('id="clear"')]
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


def test_who_was_not_heard_is_said_in_words(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey, only("ur", HIDDEN))
    page = client.get(BRENT).text
    assert re.search(r"Who we did not hear, or not enough to show:</strong> <bdi>Urdu</bdi>\.</p>", page)


def test_bounds_and_small_groups_are_drawn_as_what_they_are() -> None:
    most = charts.range_bar(Reading("Trust", 95, bound="gte", low=88, high=100))
    assert "<title>Trust: 95% or more, range 88 to 100%</title>" in most
    assert "onwards" in most
    assert "<circle" not in most
    few = charts.range_bar(Reading("Trust", 40, few=True))
    assert 'class="few"' in few
    assert "few people" in few
    assert 'class="band"' not in few


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
    assert rows[:5] == [("30", "27"), ("50", "20"), ("100", "14"), ("200", "10"), ("400", "7")]


def test_quarters_stand_beside_each_other_and_another_series_does_not(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey, only("UN", HIDDEN), period=SPRING)
    put_release(world.settings.exports, world.survey)
    assert "Understanding. Jun 2026: hidden to protect people; Sep 2026: 45%, range 35 to 56%" in client.get(BRENT).text
    put_release(world.settings.exports, tiny(TINY.replace("1.0.0", "2.0.0")), period=SUMMER.next)
    after = client.get("/figures").text
    assert "<title>Understanding. Dec 2026:" in after


def test_a_release_that_tells_of_the_half_year_too_is_named_by_its_quarter(client: CheckedClient, world: World) -> None:
    half: Row = {"period_type": "half-year", "period": "2026-27-H1", "period_start": "2026-04-01"}
    put_release(world.settings.exports, world.survey, only("E09000029", half))
    assert "<h1>Trust in health services: <bdi>London</bdi>, July to September 2026</h1>" in client.get("/figures").text
    page = client.get("/figures?period=2026-27-H1&area=E09000029").text
    assert "<bdi>Sutton</bdi>, April to September 2026</h1>" in page
    assert ">July to September 2026</h2>" in client.get("/releases").text.replace(
        " (practice data: invented answers)", ""
    )


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
    assert f"<bdi>{escape(name)}</bdi>" in page
    assert "<b title" not in page
    assert "<title>Understanding: 45%" in page


def test_an_unknown_period_place_or_breakdown_is_no_page(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey)
    for query in ("period=2020-21-Q1", "area=E99", "by=venue", "by=../x", "period=&area=%00"):
        assert client.get(f"/figures?{query}").status_code == 404


def test_a_place_without_figures_in_a_period_gets_a_kind_page(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey)
    put_release(world.settings.exports, world.survey, period=SPRING, areas=(("E12000007", "region", "London"),))
    answer = client.get("/figures?period=2026-27-Q1&area=E09000005")
    assert "Choose another one" in answer.text
    assert '<option value="E09000005" selected>Brent' in answer.text


def test_a_correction_is_in_force_and_the_first_edition_can_still_be_had(client: CheckedClient, world: World) -> None:
    put_release(world.settings.exports, world.survey)
    put_release(world.settings.exports, world.survey, only("UN", {"value": 60}), revision=1)
    page = client.get(BRENT).text
    assert "Understanding: 60%" in page
    assert "Corrected (revision 1)" in page
    assert "changes.md" in page
    for revision in (0, 1):
        assert client.get(f"/releases/{NAME[:-1]}{revision}/methods.md").status_code == 200


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
    again = client.get("/figures", headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_pages_know_nothing_but_published_files() -> None:
    """The modules that draw figures import neither the database nor counts nor disclosure control."""
    for name in ("releases", "charts", "figures_page", "published", "reading", "shelf"):
        tree = ast.parse((Path(collector.web.__file__).parent / f"{name}.py").read_text())
        found = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        for module in found:
            assert not re.match(r"collector\.(summaries|responses|db|governance|survey|community)", module), name


@pytest.mark.parametrize(
    ("value", "bound", "words"),
    [
        (60, "", "about 6 in 10 people"), (48, "", "about 5 in 10 people"), (45, "", "4 to 5 in 10 people"),
        (33, "", "about 3 in 10 people"), (95, "gte", "more than 9 in 10 people"), (90, "gte", "9 in 10 people or more"),
        (5, "lte", "fewer than 1 in 10 people"), (20, "lte", "2 in 10 people or fewer"),
    ],
)  # fmt: skip
def test_a_share_is_told_as_people_in_ten(value: int, bound: str, words: str) -> None:
    assert in_ten(value, bound) == words


READINGS = st.builds(
    Reading,
    label=st.text(max_size=20),
    value=st.none() | st.integers(0, 100),
    marker=st.sampled_from(["", "[c]", "[u]", "[x]"]),
    bound=st.sampled_from(["", "gte", "lte"]),
    few=st.booleans(),
).map(lambda one: Reading(one.label, None, marker="[c]") if one.marker == "[c]" else one)


@given(st.lists(st.tuples(st.sampled_from(["left", "middle", "right"]), READINGS), min_size=1, max_size=7))
def test_no_mark_leaves_its_chart(pieces: list[tuple[str, Reading]]) -> None:
    drawn = charts.spread_bar(Spread(Reading("?"), tuple(pieces)))
    drawn += charts.over_time("?", [("Sep 2026", figure) for _, figure in pieces])
    drawn += charts.count_bar(pieces[0][1], 50) + charts.range_bar(pieces[0][1])
    for place in re.findall(r'\s(?:x|x1|x2|cx|width)="([^"]*)%"', drawn):
        assert 0 <= float(place) <= 100


@given(st.integers(2, 4), st.integers(0, 3))
def test_a_hidden_answer_takes_the_same_room_in_every_bar(options: int, hidden: int) -> None:
    def bar(value: int) -> set[str]:
        shown = [Reading(str(i), value) for i in range(options)]
        shown.insert(min(hidden, options), Reading("x", None, marker="[c]"))
        return set(
            re.findall(
                r'width="([^"]*)"[^>]*class="part hid"',
                charts.spread_bar(Spread(Reading("?"), tuple(("left", one) for one in shown))),
            )
        )

    assert bar(5) == bar(10) != set()
