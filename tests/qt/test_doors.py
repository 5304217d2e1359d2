"""Coming in and going out: enrolment typed to its end, lockout, idle lock, closing the day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication

from tests.helpers.central import Central, running_central
from tests.helpers.inbox import tell_setting
from tests.helpers.outlet import (
    CLERK,
    MANAGER,
    MANAGER_PIN,
    PIN,
    SENIOR,
    SENIOR_PIN,
    Outlet,
    OutletClock,
    Template,
)
from tests.qt.conftest import Screen
from tests.qt.test_screens import LOOKS, Album
from ui.common.words import Words
from ui.hands import spoken_focus
from ui.viewmodels.enrolment import Enrolment

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def stage_is(screen: Screen, stage: str) -> bool:
    return screen.app.face.stage == stage


def says(card: Enrolment, text: str) -> bool:
    return card.message == text


def enrol_with(screen: Screen, code: str) -> None:
    """Type over what stands in the code field and press Enter."""
    focus = QGuiApplication.focusObject()
    assert focus is not None
    focus.setProperty("text", "")
    screen.hands.write(code)
    screen.hands.press("Return")


def test_enrolment_is_typed_to_its_end_and_refusals_are_said_in_words(
    open_face: Callable[..., Screen], tmp_path: Path
) -> None:
    with running_central(tmp_path / "platform", demo=True) as platform:
        screen = open_face(enrolled=False)
        words = Words()
        screen.until(lambda: screen.app.face.stage == "enrolment", "the enrolment form")
        screen.hands.pause(200)
        screen.until(lambda: spoken_focus() == words.text("enrolment.platform"), "the first field")
        screen.hands.write(platform.url)
        screen.hands.press("Return")
        card = screen.app.face.enrolment
        assert isinstance(card, Enrolment)
        expired = platform.code(ttl_s=1)
        screen.hands.pause(1200)
        for code, error in (("WRONG-0000", "code_unknown"), (expired, "code_expired")):
            enrol_with(screen, code)
            screen.until(partial(says, card, words.error(f"enrolment.{error}")), error)
        enrol_with(screen, platform.code(terminal_no=3))
        screen.until(lambda: screen.app.face.stage == "sign_on", "the sign-on card")
        screen.open_core()
        screen.open_outlet()
        screen.sign_on()
        screen.add("nf")


def test_what_is_no_address_of_a_platform_is_said_before_anything_is_sent(
    open_face: Callable[..., Screen],
) -> None:
    screen, words = open_face(enrolled=False), Words()
    screen.until(partial(stage_is, screen, "enrolment"), "the enrolment form")
    screen.until(lambda: spoken_focus() == words.text("enrolment.platform"), "the first field")
    screen.hands.write("platform.example")
    screen.hands.press("Return")
    card = screen.app.face.enrolment
    assert isinstance(card, Enrolment)
    enrol_with(screen, "ABCD-2026")
    told = words.error("enrolment.bad_address", {"address": "platform.example"})
    screen.until(partial(says, card, told), "what an address looks like")
    assert "https://" in told
    assert (card.tone, card.busy) == ("danger", False)
    assert not (screen.home / "keys.sealed").exists()


def test_a_used_code_is_said_so(open_face: Callable[..., Screen], platform: Central) -> None:
    code = platform.code(terminal_no=4)
    first, second = open_face(enrolled=False), open_face(enrolled=False)
    for screen in (first, second):
        screen.until(partial(stage_is, screen, "enrolment"), "the enrolment form")
    first_card, second_card = first.app.face.enrolment, second.app.face.enrolment
    assert isinstance(first_card, Enrolment)
    assert isinstance(second_card, Enrolment)
    first_card.submit(platform.url, code)
    first.until(lambda: first.app.face.core_state == "ready", "the first terminal")
    second_card.submit(platform.url, code)
    text = Words().error("enrolment.code_used")
    second.until(lambda: second_card.message == text, "the refusal")


def test_a_lockout_counts_down_on_the_card(screen: Screen) -> None:
    screen.open_core()
    screen.open_outlet()
    sign_on = screen.app.face.signOn
    for _ in range(5):
        screen.until(lambda: not sign_on.busy, "the last check")
        sign_on.submit(CLERK, "000000")
    screen.until(lambda: sign_on.lockedOut, "the lockout")
    first = sign_on.message
    screen.until(lambda: sign_on.lockedOut and sign_on.message != first, "the countdown")


def test_an_idle_counter_locks_itself_and_keeps_the_basket(
    open_face: Callable[..., Screen], outlet_template: Template
) -> None:
    screen = open_face()
    screen.begin_day()
    screen.add("nf")
    tell_setting(screen.home, outlet_template.platform, "idle_lock_s", 1)
    screen.app.face.session.refresh()
    screen.until(lambda: screen.app.face.signOn.mode == "unlock", "the lock")
    screen.hands.write(PIN)
    screen.hands.press("Return")
    screen.until(lambda: screen.app.face.stage == "counter", "the counter again")
    assert screen.counter.basket.lines.count == 1


def test_the_day_closes_by_keyboard_while_entries_wait(
    open_face: Callable[..., Screen], platform: Central
) -> None:
    platform.faults(offline=True)
    screen = open_face(platform=platform)
    screen.begin_day()
    screen.hands.press("F6")
    screen.until(lambda: screen.counter.dialog == "leave", "the question")
    screen.hands.press("Return")
    sign_on, words = screen.app.face.signOn, Words()
    screen.until(lambda: sign_on.mode == "clerk", "the card")
    screen.tab_to(words.text("sign_on.close_outlet"))
    screen.hands.press("Return")
    screen.until(lambda: sign_on.queueWarning != "", "the warning")
    screen.tab_to(words.text("sign_on.acknowledge"))
    screen.hands.press("Return")
    screen.until(lambda: sign_on.acknowledged, "the acknowledgement")
    screen.tab_to(words.text("sign_on.number"))
    screen.hands.write(MANAGER)
    screen.hands.press("Return")
    screen.hands.write(MANAGER_PIN)
    screen.hands.press("Return")
    screen.until(lambda: sign_on.mode == "outlet", "the closed day")


@pytest.mark.parametrize("look", ["zh-1366", "large-en-1366"])
def test_a_closed_day_is_opened_again_by_two_at_the_card(
    open_face: Callable[..., Screen], pictures: Path, look: str
) -> None:
    size, language, theme, text_scale = LOOKS[look]

    def closed(home: Path) -> None:
        outlet = Outlet(home)
        outlet.clock = OutletClock()
        outlet.clock.set_wall(timedelta(days=-1))
        outlet.cases.session.open_outlet(MANAGER, MANAGER_PIN)
        outlet.cases.session.close_outlet(MANAGER, MANAGER_PIN, acknowledge_waiting=True)
        for name, value in (("theme", theme), ("text_scale", text_scale), ("language", language)):
            outlet.cases.settings.set_preference(name, value)
        outlet.close()

    screen = open_face(size=size, language=language, prepare=closed)
    album, sign_on, words = Album(screen, pictures, look), screen.app.face.signOn, Words(language)
    screen.open_core()

    def write(number: str, secret: str) -> None:
        screen.hands.write(number)
        screen.hands.press("Return")
        screen.hands.write(secret)
        screen.hands.press("Return")

    write(MANAGER, MANAGER_PIN)
    screen.until(lambda: sign_on.mode == "reopen", "the question for a second person")
    album.take("day-reopen")
    write(MANAGER, MANAGER_PIN)
    refusal = words.error("permission.same_person")
    screen.until(lambda: sign_on.message == refusal, "the refusal")
    screen.tab_to(words.text("dialog.cancel"))
    screen.hands.press("Return")
    screen.until(lambda: sign_on.mode == "outlet", "the first person again")
    write(SENIOR, SENIOR_PIN)
    screen.until(lambda: sign_on.mode == "reopen", "the question again")
    write(MANAGER, MANAGER_PIN)
    screen.until(lambda: sign_on.mode == "clerk", "the open outlet")


def test_the_waiting_count_follows_the_platform(
    open_face: Callable[..., Screen], platform: Central
) -> None:
    platform.faults(offline=True)
    screen = open_face(platform=platform)
    screen.begin_day()
    screen.app.face.session.refresh()
    screen.until(lambda: screen.app.face.session.waitingEntries > 0, "entries that wait")
    platform.faults()
    screen.until(lambda: screen.app.face.session.waitingEntries == 0, "none that waits")


def test_a_scan_before_sign_on_is_answered_on_the_card(screen: Screen) -> None:
    screen.open_core()
    screen.hands.scan("6921168509256")
    text = Words().text("notice.scan_needs_clerk")
    screen.until(lambda: screen.app.face.signOn.message == text, "the answer")
    assert screen.app.face.notices.text == ""
