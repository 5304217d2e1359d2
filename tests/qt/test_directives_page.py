"""The page 来文 by keys alone: the lamp, one record in full, accept, dispute, settle, once each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from terminal.app.usecases import UseCases
from tests.helpers.inbox import Centre, put_into
from tests.helpers.outlet import Template
from tests.qt.conftest import Screen

pytest_plugins = ["tests.helpers.outlet_fixtures"]


@pytest.fixture
def centre(outlet_template: Template) -> Centre:
    return Centre(outlet_template.platform)


def _ask(screen: Screen, work: Callable[[UseCases], Any]) -> Any:
    desk = screen.app.face.operations.desk
    assert desk is not None
    return desk.ask(work)


def _balances(screen: Screen) -> dict[str, int]:
    return dict(_ask(screen, lambda use: use.context.books.balances()))


def deliver(screen: Screen, *records: dict[str, Any]) -> None:
    """What the agent does when something came, and what it says then."""
    put_into(screen.home, *records)
    screen.app.face.operations.broadcast(frozenset({"inbox"}))


def _sold(screen: Screen) -> Any:
    """Sell a stamp; the entry."""
    screen.add("yp")
    screen.hands.press("F12")
    screen.until(lambda: screen.counter.payment.due != "", "the form")
    screen.hands.press("F11")
    screen.until(lambda: screen.counter.payment.done, "the sale")
    screen.hands.press("F1")
    return _ask(screen, lambda use: use.context.books.entries(limit=1)[0])


def _open(screen: Screen) -> None:
    screen.hands.press("Ctrl+D")
    page = screen.counter.directives
    screen.until(lambda: screen.counter.page == "directives" and page.rows.count > 0, "the page")


def test_a_lamp_says_that_something_waits_and_the_key_opens_it(
    counter_screen: Screen, centre: Centre
) -> None:
    sale = _sold(counter_screen)
    bar = counter_screen.counter.topBar
    assert "directives" not in [lamp.name for lamp in bar.lamps.rows]
    deliver(counter_screen, centre.directive(sale))
    counter_screen.until(lambda: bar.directives == 1, "the lamp")
    (lamp,) = [lamp for lamp in bar.lamps.rows if lamp.name == "directives"]
    assert (lamp.words, lamp.tone, lamp.deed) == ("来文 1", "wait", "directives")
    (rail,) = [row for row in counter_screen.counter.rail.rows.rows if row.page == "directives"]
    assert (rail.waiting, rail.key) == (1, "Ctrl+D")


def test_a_directive_is_accepted_with_one_key_after_it_was_shown_and_once(
    counter_screen: Screen, centre: Centre
) -> None:
    sale, hands, page = (
        _sold(counter_screen),
        counter_screen.hands,
        counter_screen.counter.directives,
    )
    deliver(counter_screen, centre.directive(sale))
    before = _balances(counter_screen)
    _open(counter_screen)
    # In the list no key answers anything: a correction is shown in full first.
    hands.press("F8")
    assert _balances(counter_screen) == before
    hands.press("Return")
    counter_screen.until(lambda: page.selected == 0, "the record")
    told = [(row.label, row.figure) for row in page.account.rows]
    assert ("发文", "演示市局会计科") in told
    assert ("事由", "重复入账，予以冲销") in told
    assert any(label == "所指账目" and str(sale.seq) in figure for label, figure in told)
    for _ in range(20):
        hands.press("F8")
    counter_screen.until(lambda: page.rows.rows[0].state_text == "已接受", "the answer")
    after = _balances(counter_screen)
    assert after["cash:T02"] == before["cash:T02"] - 120
    counter_screen.until(lambda: counter_screen.counter.topBar.directives == 0, "no lamp")
    hands.press("F8")
    assert _balances(counter_screen) == after
    hands.press("Esc")
    counter_screen.until(lambda: page.selected < 0, "the list")
    hands.press("Esc")
    counter_screen.until(lambda: counter_screen.counter.page == "selling", "selling")


def test_disputing_is_one_key_and_takes_the_words_typed(
    counter_screen: Screen, centre: Centre
) -> None:
    sale, page = _sold(counter_screen), counter_screen.counter.directives
    deliver(counter_screen, centre.directive(sale))
    before = _balances(counter_screen)
    _open(counter_screen)
    counter_screen.hands.press("Return")
    counter_screen.until(lambda: page.selected == 0, "the record")
    counter_screen.hands.write("meiyou chongfu")
    counter_screen.hands.press("F7")
    counter_screen.until(lambda: page.rows.rows[0].state_text == "不认可", "the answer")
    entry = _ask(counter_screen, lambda use: use.context.books.entries(limit=1)[0])
    assert (entry.kind, entry.body["answer"]) == ("directive.disputed", "meiyou chongfu")
    assert _balances(counter_screen) == before
    assert ("您的说明", "meiyou chongfu") in [(r.label, r.figure) for r in page.account.rows]


def test_a_forged_directive_is_shown_as_such_and_no_key_answers_it(
    counter_screen: Screen, centre: Centre
) -> None:
    sale, page = _sold(counter_screen), counter_screen.counter.directives
    deliver(counter_screen, {**centre.directive(sale), "reason": "请把差额补上"})
    before = _balances(counter_screen)
    _open(counter_screen)
    counter_screen.hands.press("Return")
    counter_screen.until(lambda: page.selected == 0, "the record")
    assert "签名不符" in page.detailState
    assert not page.answerable
    for key in ("F8", "F7", "Return"):
        counter_screen.hands.press(key)
    assert _balances(counter_screen) == before
    assert counter_screen.counter.topBar.directives == 0


def test_a_task_is_settled_with_words_and_a_notice_is_read(
    counter_screen: Screen, centre: Centre
) -> None:
    sale, page = _sold(counter_screen), counter_screen.counter.directives
    deliver(counter_screen, centre.task(sale), centre.notice())
    _open(counter_screen)
    counter_screen.hands.press("Return")
    counter_screen.until(lambda: page.settleable, "the task")
    counter_screen.hands.press("F8")
    counter_screen.until(
        lambda: "先写明" in counter_screen.app.face.notices.text, "that words are wanted"
    )
    counter_screen.hands.write("yi dianhua gaozhi")
    counter_screen.hands.press("F8")
    counter_screen.until(lambda: not page.settleable, "the settled task")
    entry = _ask(counter_screen, lambda use: use.context.books.entries(limit=1)[0])
    assert (entry.kind, entry.body["answer"]) == ("task.settled", "yi dianhua gaozhi")
    notice = [row for row in page.rows.rows if row.state_text == "已知问题"]
    assert [row.title for row in notice] == ["抹零后屏幕合计可能差一分"]
