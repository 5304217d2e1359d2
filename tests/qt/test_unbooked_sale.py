"""A paid sale that the disk did not take is said wherever the clerk is."""

from __future__ import annotations

from tests.qt.conftest import Screen
from ui.common.words import Words

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def test_it_is_said_on_any_page_and_after_unlocking_until_it_is_booked(
    counter_screen: Screen,
) -> None:
    screen, words = counter_screen, Words()
    notices, face = screen.app.face.notices, screen.app.face
    told = words.text("notice.unbooked")
    screen.hands.press("F5")
    face.operations.happened.emit("unbooked", {"basket_id": "b", "code": "database.full"})
    assert (notices.text, notices.tone) == (told, "danger")
    screen.hands.press("F10")
    screen.until(lambda: face.stage == "sign_on", "the lock")
    screen.hands.write("246810")
    screen.hands.press("Return")
    screen.until(lambda: face.stage == "counter", "the counter")
    assert notices.text == told
    face.operations.happened.emit("unbooked", {"basket_id": "b", "code": ""})
    assert notices.text == words.text("notice.booked_after_all")


def test_a_fault_of_ours_is_named_and_one_that_never_was_is_not_called_over(
    counter_screen: Screen,
) -> None:
    happened, notices = counter_screen.app.face.operations.happened, counter_screen.app.face.notices
    happened.emit("unbooked", {"basket_id": "b", "code": ""})
    assert notices.text == ""
    happened.emit("unbooked", {"basket_id": "b", "code": "bug.unexpected"})
    assert notices.text == Words().error("bug.unexpected")
