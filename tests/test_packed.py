"""Count tables, figures and long files are kept packed: they read as what was put in, a piece at a time."""

from __future__ import annotations

import hashlib
import random
import zlib
from fractions import Fraction

import pytest

from collector.disclosure.figure import HIDDEN, Figure, Place, beside
from collector.releases.kept import Long, long, packed_figures, pieces, sized
from collector.summaries.counts import Count, Key, Topic
from collector.summaries.packed import PIECE, PackedCounts, unpacked_lines

KEY, OTHER = Key("A", "sex", "female"), Key("B", "all", "all")
COUNTS = {Topic("pillar", "UN"): Count(9, 8, 3, Fraction(1225, 3), 1, 0, 0), Topic("overall", "OV"): Count(9, 9, 9, Fraction(900), 0, 0, 0)}  # fmt: skip


def figure(area: str, value: int | None = 40) -> Figure:
    return Figure(Place(area, "all", "all", "overall", "OV", "pct_favourable"), "all", value, "" if value else HIDDEN)


def test_packed_counts_are_a_mapping_like_any_other() -> None:
    packed = PackedCounts()
    packed.put(KEY, COUNTS)
    assert packed == {KEY: COUNTS}
    assert (KEY in packed, OTHER in packed, packed.get(OTHER)) == (True, False, None)


def test_lines_are_whole_however_the_pieces_fall() -> None:
    chance = random.Random(1)
    lines = [chance.randbytes(chance.randrange(9000)).replace(b"\n", b"") for _ in range(60)]
    assert sum(map(len, lines)) > 3 * PIECE
    assert [*unpacked_lines(zlib.compress(b"".join(line + b"\n" for line in lines)))] == lines


def test_packed_lines_that_were_cut_off_are_refused() -> None:
    with pytest.raises(zlib.error):
        [*unpacked_lines(zlib.compress(b"one\ntwo\n" * 100)[:-6])]


def test_figures_are_read_as_they_were_packed() -> None:
    own = [figure("A"), figure("B", None)]
    kept = packed_figures(("trust", "1", "2026-27-Q1"), own)
    assert [*kept] == own
    assert (len(kept), kept.head) == (2, ["trust", "1", "2026-27-Q1"])
    assert kept == packed_figures(("trust", "1", "2026-27-Q1"), own)
    assert kept != packed_figures(("trust", "1", "2026-27-Q1"), own[:1])


def test_a_figure_stands_beside_that_of_its_own_area_whichever_areas_came_or_went() -> None:
    now, then = [figure(area) for area in "BCE"], [figure(area, 10) for area in "ABDE"]
    assert [*beside(now, then)] == [(now[0], then[1]), (now[1], None), (now[2], then[3])]
    assert [was for _, was in beside(now, [])] == [None] * 3


def test_a_long_file_has_the_size_the_sum_and_the_bytes_of_its_pieces() -> None:
    own = [b"one,two\r\n" * 20_000, b"", b"end"]
    whole = b"".join(own)
    kept = long(own)
    assert isinstance(kept, Long)
    assert b"".join(pieces(kept)) == whole
    assert max(map(len, pieces(kept))) <= PIECE
    assert sized(kept) == sized(whole) == (len(whole), hashlib.sha256(whole).hexdigest())
