"""A counter without a line: onto the stick by keys, and the answers back in."""

from __future__ import annotations

import base64
from collections.abc import Callable
from pathlib import Path

import requests

from tests.helpers.central import Central
from tests.qt.conftest import Screen
from tests.qt.test_queue_by_keys import in_sight
from ui.hands import spoken_focus
from ui.viewmodels.courier import CourierPane

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def _bring_to(platform: Central, folder: Path) -> None:
    """The platform's operator takes in every bundle and puts the answers beside them."""
    with requests.Session() as session:
        session.trust_env = False
        for bundle in sorted(folder.glob("*.ptc")):
            answer = session.post(
                f"{platform.url}/v1/courier",
                json={"bundle": base64.b64encode(bundle.read_bytes()).decode()},
                headers={"X-Admin": platform.admin_token},
                timeout=10,
            ).json()["answer"]
            bundle.with_suffix(".answer.ptc").write_bytes(base64.b64decode(answer))


def _said(pane: CourierPane) -> str:
    return " ".join(row.text for row in pane.told.rows)


def test_what_waits_goes_onto_a_stick_and_the_answers_come_back_by_keys(
    open_face: Callable[..., Screen], platform: Central, tmp_path: Path, pictures: Path
) -> None:
    stick = tmp_path / "TOWN BUS"
    stick.mkdir()
    screen = open_face(devices={"media": [str(stick), str(tmp_path / "none")]})
    screen.begin_day()
    screen.counter.settings.choose("language", "en")
    screen.hands.press("F5")
    queue, pane = screen.counter.queue, screen.counter.courier
    screen.until(lambda: queue.rows.count >= 3, "entries")
    assert screen.counter.key("F12", field_is_empty=True), "without the pane nothing is taken in"
    assert not pane.open
    screen.hands.press("F2")
    screen.until(lambda: pane.chosen == str(stick), "the stick")
    screen.until(lambda: spoken_focus().startswith("Stick TOWN BUS"), "the keyboard in the pane")
    screen.until(lambda: "2 entries wait" in pane.waitingText, "how much waits")
    screen.hands.press("F2")
    screen.until(lambda: "entries 2 to 3 (2). Files: 1" in _said(pane), "what was written")
    screen.hands.picture(pictures / "courier-written.png")
    folder = stick / "postal-courier"
    told = {"issuer": "演示省公司", "title_zh": "合计差一分", "title_en": "One fen off"}
    told |= {"text_zh": "账目正确。", "text_en": "The books are right."}
    platform.admin("POST", "/v1/admin/notices", told)
    _bring_to(platform, folder)
    screen.hands.press("F12")
    screen.until(lambda: "confirmed entries up to 3" in _said(pane), "the answer")
    assert "brought 1 message of the centre" in _said(pane)
    screen.hands.picture(pictures / "courier-brought.png")
    screen.until(lambda: {row.tone for row in queue.rows.rows} == {"ok"}, "confirmed entries")
    screen.until(lambda: "Nothing needs to be carried" in pane.waitingText, "nothing waits")
    screen.tab_to("Write to the stick")
    screen.hands.press("Return")
    screen.until(lambda: "The platform has every entry" in _said(pane), "nothing to write")
    assert list(folder.glob("*.ptc")) == [], "what the platform has is tidied away"
    screen.hands.press("Esc")
    assert (pane.open, screen.counter.page) == (False, "queue")
    screen.until(lambda: not spoken_focus().startswith("Write"), "the keyboard back in the list")
    screen.hands.press("Ctrl+D")
    page = screen.counter.directives
    screen.until(lambda: [row.title for row in page.rows.rows] == ["One fen off"], "the notice")


def test_a_stick_that_is_not_there_damaged_or_pulled_out_is_told(
    open_face: Callable[..., Screen], tmp_path: Path, pictures: Path
) -> None:
    stick = tmp_path / "U盘"
    screen = open_face(devices={"media": [str(stick)]})
    screen.begin_day()
    screen.hands.press("F5")
    screen.hands.press("F2")
    pane = screen.counter.courier
    screen.until(lambda: pane.open, "the pane")
    screen.hands.press("F2")
    screen.until(lambda: "请插入U盘" in _said(pane), "no stick")
    stick.mkdir()
    screen.until(lambda: pane.chosen == str(stick), "the stick is seen by itself")
    screen.hands.press("F12")
    screen.until(lambda: "U盘可能已拔出" in _said(pane), "nothing was ever written there")
    (stick / "postal-courier").mkdir()
    screen.hands.press("F12")
    screen.until(lambda: "还没有回执" in _said(pane), "no answers yet")
    (stick / "postal-courier" / "half.ptc").write_bytes(b"PTC1 half of a file")
    screen.hands.press("F12")
    screen.until(lambda: "文件已损坏" in _said(pane), "a damaged file")
    screen.hands.picture(pictures / "courier-damaged.png")
    screen.counter.settings.choose("text_scale", "200")
    screen.hands.pause(400)
    screen.hands.picture(pictures / "courier-large.png")
    for _ in range(10):
        screen.hands.press("Tab")
        screen.until(in_sight, f"{spoken_focus()} is in sight")
    screen.hands.picture(pictures / "courier-large.png")
    screen.counter.settings.choose("language", "en")
    screen.until(lambda: "damaged or cut off" in _said(pane), "the other language")
    screen.hands.press("F1")
    screen.until(lambda: not pane.open, "another page puts it away")
