"""The denomination count: pieces in, money out, the cursor on to the next."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication

from terminal.domain.cash_count import BUNDLE, counted
from ui.common.denominations import Denominations, denomination_name
from ui.common.words import Words


def test_enter_goes_from_the_largest_to_the_smallest_and_then_is_done(
    qapp: QGuiApplication,
) -> None:
    count = Denominations(Words())
    turned: list[int] = []
    done: list[bool] = []
    count.turned.connect(turned.append)
    count.finished.connect(lambda: done.append(True))
    count.begin()
    assert [row.name for row in count.rows.rows][:2] == ["100 元", "50 元"]
    assert count.rows.rows[-1].name == "1 角"
    for place in range(8):
        count.type(place, "2" if place else "19+1")
        count.enter(place)
    assert turned == [0, 1, 2, 3, 4, 5, 6, 7]
    assert done == [True]
    assert count.count().total_fen == 20 * 10_000 + 2 * 8_660
    assert count.total == "¥\u202f2\u202f173.20"
    assert count.totalInWords == "贰仟壹佰柒拾叁元贰角整"
    assert count.touched


def test_what_is_no_number_of_pieces_keeps_the_cursor_and_says_why(qapp: QGuiApplication) -> None:
    count = Denominations(Words())
    count.begin([10_000, 100])
    turned: list[int] = []
    count.turned.connect(turned.append)
    count.type(1, "1.5")
    count.enter(1)
    assert turned == []
    assert "张数" in count.message
    assert count.rows.rows[1].wrong
    assert not count.sound()
    assert turned == [1]
    count.type(1, f"{BUNDLE}+35")
    assert count.count().total_fen == 13_500
    count.type(1, "")
    assert count.sound()
    assert count.message == ""


def test_a_count_that_is_known_fills_the_rows(qapp: QGuiApplication) -> None:
    count = Denominations(Words("en"))
    count.begin()
    assert not count.touched
    assert count.totalInWords == ""
    known = counted({10_000: 3, 50: 2})
    count.fill(known)
    assert count.count().total_fen == known.total_fen == 30_100
    assert denomination_name(Words("en"), 50) == "5 jiao"
