"""A second person at another counter, by keys: asked here, answered there, no scan disturbed."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sync.client.agent import run_once
from tests.helpers.central import Central, running_central
from tests.helpers.neighbours import Neighbour
from tests.helpers.outlet import MANAGER, MANAGER_PIN, SENIOR, SENIOR_PIN, Outlet, connect
from tests.qt.conftest import Screen, focus_name
from tests.qt.test_accessibility import window_of
from tests.qt.test_refund_page import PEN, entries, open_sale, sell
from tests.qt.test_screens import LOOKS, Album, shown
from tests.qt.test_till_page import form, page
from tests.sync.test_approvals import QUESTION, answered, ask, driving, seen

pytest_plugins = ["tests.helpers.outlet_fixtures", "tests.helpers.neighbours_fixtures"]


@contextmanager
def two_counters(
    open_face: Callable[..., Screen], template: Path, folder: Path, **look: object
) -> Iterator[tuple[Screen, Neighbour]]:
    """A face over counter b and counter a beside it, with their platform."""
    shutil.copytree(template, folder, symlinks=True)
    with running_central(folder / "platform", demo=True) as central:
        outlet = Outlet(folder / "a")
        connect(outlet.home, central)
        outlet.open_day()
        beside = Neighbour(outlet, central, central.url)
        assert run_once(outlet.home).code == ""

        def move_in(home: Path) -> None:
            shutil.rmtree(home)
            shutil.copytree(folder / "b", home, symlinks=True)
            connect(home, central)

        screen = open_face(prepare=move_in, **look)
        screen.begin_day()
        online(screen, central)
        try:
            yield screen, beside
        finally:
            outlet.close()


def online(screen: Screen, _central: Central) -> None:
    """The agent has spoken to the platform."""
    desk = screen.app.face.operations.desk
    assert desk is not None
    screen.until(lambda: desk.ask(lambda use: use.approving.can_ask()), "the line")


def begin_reversal(screen: Screen) -> None:
    """A sale keyed wrong: the second person's form is open, and others can be asked."""
    open_sale(screen, sell(screen, PEN, 2))
    screen.hands.press("F8")
    screen.hands.press("F2")
    page, second = screen.counter.refund, screen.counter.second
    screen.until(lambda: page.need != "", "the need of a second person")
    screen.hands.press("F12")
    screen.until(lambda: second.open and second.canAskElsewhere, "the second person's form")


def ask_by_keys(screen: Screen) -> None:
    """Tab to the button, Enter."""
    screen.tab_to("请其他终端授权")
    screen.hands.press("Return")
    screen.until(lambda: screen.counter.second.askedElsewhere, "the question elsewhere")


def test_the_operator_asks_and_somebody_at_the_other_counter_allows_it(
    open_face: Callable[..., Screen], neighbours_template: Path, tmp_path: Path
) -> None:
    with two_counters(open_face, neighbours_template, tmp_path / "outlet") as (screen, beside):
        begin_reversal(screen)
        ask_by_keys(screen)
        with driving(beside) as there:
            asked = seen(there, beside)
            assert (asked.action, asked.counter) == ("reversal", "3")
            answered(there, asked, (SENIOR, SENIOR_PIN))
        page = screen.counter.refund
        screen.until(lambda: page.step == "refund_done", "the reversal")
        assert not screen.counter.second.open
        assert entries(screen, "refund.completed") == 1
        assert entries(screen, "authorisation.granted") == 1


def test_a_refusal_is_said_in_the_form_and_esc_calls_a_question_off(
    open_face: Callable[..., Screen], neighbours_template: Path, tmp_path: Path
) -> None:
    with two_counters(open_face, neighbours_template, tmp_path / "outlet") as (screen, beside):
        begin_reversal(screen)
        second = screen.counter.second
        with driving(beside) as there:
            ask_by_keys(screen)
            answered(there, seen(there, beside), (SENIOR, SENIOR_PIN), allowed=False)
            screen.until(lambda: SENIOR in second.message, "the refusal")
            screen.until(lambda: not second.askedElsewhere, "the form as before")
            ask_by_keys(screen)
            screen.until(lambda: bool(there.requests), "the second question")
            screen.hands.press("Escape")
            screen.until(lambda: not there.requests, "the question gone")
        assert not second.open
        assert entries(screen, "refund.completed") == 0


def test_whoever_counts_is_here_so_a_surprise_check_offers_no_other_counter(
    open_face: Callable[..., Screen], neighbours_template: Path, tmp_path: Path
) -> None:
    with two_counters(open_face, neighbours_template, tmp_path / "outlet") as (screen, _beside):
        till = page(screen)
        screen.hands.press("Ctrl+T")
        screen.until(lambda: till.tables.tills.count == 1, "the tills")
        screen.hands.pause(80)
        form(screen, "F8", "drawer")
        screen.hands.press("Return")
        screen.until(lambda: till.second.open and till.second.canAskElsewhere, "the other way")
        screen.hands.press("Escape")
        screen.hands.press("Escape")
        form(screen, "F11", "check")
        screen.hands.write("1")
        screen.hands.press("F12")
        screen.until(lambda: till.second.open, "the second person's form")
        screen.hands.pause(300)
        assert not till.second.canAskElsewhere
        seen_here = shown(window_of(screen).contentItem())
        assert "请其他终端授权" not in {str(one.property("text")) for one in seen_here}


def test_a_question_from_beside_is_told_without_taking_the_scan_field_and_answered_by_keys(
    open_face: Callable[..., Screen], neighbours_template: Path, tmp_path: Path
) -> None:
    with two_counters(open_face, neighbours_template, tmp_path / "outlet") as (screen, beside):
        counter, approval = screen.counter, screen.counter.approval
        screen.hands.write("29000000")
        request_id = ask(beside)
        told: list[str] = []
        with driving(beside) as asking:
            asking.ask(request_id, told.append, lambda error: told.append(error.code))
            screen.until(lambda: approval.waiting, "the question")
            assert "2 号台" in counter.notices.text
            assert "Ctrl+Y" in counter.notices.text
            # Whoever is scanning goes on: the field has the keyboard and what was typed.
            assert focus_name() == "scan"
            assert counter.dialog == ""
            screen.hands.write("00117")
            screen.hands.press("Return")
            screen.until(lambda: counter.basket.lines.count == 1, "the pen")
            screen.hands.press("Ctrl+Y")
            screen.until(lambda: counter.dialog == "approve", "the dialog")
            assert QUESTION.subject in approval.action
            assert approval.reason == "拿错商品"
            screen.hands.scan(f"PB1*{SENIOR}")
            screen.hands.pause(80)
            screen.hands.write(SENIOR_PIN)
            screen.hands.press("Return")
            screen.until(lambda: told == [request_id], "the answer at the asking counter")
        screen.until(lambda: counter.dialog == "", "the dialog gone")
        screen.until(lambda: not approval.waiting, "nothing asked any more")
        assert counter.basket.lines.count == 1
        assert entries(screen, "authorisation.answered") == 1


@pytest.mark.parametrize("look", ["zh-1366", "en-1920", "large-1366", "large-en-1366"])
def test_both_forms_fit_in_every_look(
    open_face: Callable[..., Screen],
    neighbours_template: Path,
    tmp_path: Path,
    pictures: Path,
    look: str,
) -> None:
    size, language, theme, text_scale = LOOKS[look]
    with two_counters(
        open_face, neighbours_template, tmp_path / "outlet", size=size, language=language
    ) as (screen, beside):
        for name, value in (("theme", theme), ("text_scale", text_scale), ("language", language)):
            screen.counter.settings.choose(name, value)
        album, hands = Album(screen, pictures, look), screen.hands
        with driving(beside) as asking:
            asking.ask(ask(beside), lambda _id: None, lambda _error: None)
            screen.until(lambda: screen.counter.approval.waiting, "the question")
            hands.pause(150)
            album.take("approval-notice")
            hands.press("Ctrl+Y")
            screen.until(lambda: screen.counter.dialog == "approve", "the dialog")
            hands.pause(150)
            album.take("approval")
            hands.write(MANAGER)
            hands.press("Return")
            hands.write(MANAGER_PIN)
            hands.press("Return")
            screen.until(lambda: screen.counter.dialog == "", "the answer")
        begin_reversal(screen)
        screen.counter.second.askElsewhere()
        screen.until(lambda: screen.counter.second.askedElsewhere, "the question elsewhere")
        hands.pause(150)
        album.take("second-person-elsewhere")
