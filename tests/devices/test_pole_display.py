"""Customer displays: what is told to them, and what is to be seen on a simulated one."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from devices.display.faces import FACES, TOO_LARGE, Cd5220Face, Led8nFace
from devices.display.pole_display import PoleDisplay
from devices.simulators.virtual_display import VirtualDisplay
from devices.simulators.virtual_line import PtyLine, TcpLine, VirtualLine
from devices.transport.link import make_link
from terminal.domain.money import Money
from terminal.ports.customer_display import CustomerDisplay


def _becomes(condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 5
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.005)
    return True


@pytest.mark.parametrize("kind", ["pty", "tcp"])
def test_total_and_change_are_to_be_seen(kind: str, tmp_path: Path) -> None:
    shown = VirtualDisplay()
    line: VirtualLine = PtyLine(shown, tmp_path / "pole") if kind == "pty" else TcpLine(shown)
    with line:
        display: CustomerDisplay = PoleDisplay(
            lambda: make_link(line.url, device="display"), FACES["cd5220"]
        )
        assert _becomes(lambda: shown.upper.startswith("欢迎光临"))
        display.show_total(Money(1250))
        assert _becomes(lambda: shown.upper == "应付" + " " * 11 + "12.50")
        assert shown.lower.strip() == ""
        display.show_change(Money(2000), Money(750))
        assert _becomes(lambda: shown.lower == "找零" + " " * 12 + "7.50")
        assert shown.upper.endswith("20.00")
        display.show_welcome()
        assert _becomes(lambda: "中国邮政" in shown.lower)
        display.close()


def test_display_plugged_in_again_shows_what_is_to_be_seen_now(tmp_path: Path) -> None:
    shown = VirtualDisplay()
    with PtyLine(shown, tmp_path / "pole") as line:
        display = PoleDisplay(
            lambda: make_link(line.url, device="display"), FACES["led8n"], retry_s=0.02
        )
        display.show_total(Money(100))
        assert _becomes(lambda: (shown.upper, shown.lamp) == ("1.00", 2))
        line.unplug()
        shown.upper, shown.initialised = "", False
        display.show_change(Money(500), Money(400))
        line.plug_in()
        assert _becomes(lambda: (shown.upper, shown.lamp) == ("4.00", 4))
        assert shown.initialised
        display.close()


def test_display_that_never_was_there_holds_nothing_up(tmp_path: Path) -> None:
    display = PoleDisplay(
        lambda: make_link(str(tmp_path / "missing"), device="display"),
        FACES["cd5220"],
        retry_s=0.01,
    )
    started = time.monotonic()
    for fen in range(1000):
        display.show_total(Money(fen))
    assert time.monotonic() - started < 1
    display.close()


def test_lines_of_a_pole_display_are_gbk_full_width_and_cleared_before() -> None:
    data = Cd5220Face().change(Money(2000), Money(750))
    assert data == b"\x0c\x1bQA" + "实收           20.00".encode("gbk") + b"\r\x1bQB" + (
        "找零            7.50".encode("gbk") + b"\r"
    )
    for face in (Cd5220Face(), Cd5220Face(hanzi=False)):
        for line in face.total(Money(10**13)).split(b"\x1bQ")[1:]:
            assert len(line[1:-1]) == 20


def test_display_without_hanzi_is_told_ascii_only() -> None:
    face = Cd5220Face(hanzi=False)
    for data in (face.welcome(), face.total(Money(1)), face.change(Money(2), Money(1))):
        assert data.isascii()


@pytest.mark.parametrize(
    ("binary", "total", "change", "dark"),
    [(False, b"\x1bs2", b"\x1bs4", b"\x1bs0"), (True, b"\x1bs\x02", b"\x1bs\x04", b"\x1bs\x00")],
)
def test_both_kinds_of_number_displays_light_their_lamps(
    binary: bool, total: bytes, change: bytes, dark: bytes
) -> None:
    face = Led8nFace(binary)
    assert face.total(Money(1250)) == b"\x1bQA12.50\r" + total
    assert face.change(Money(2000), Money(750)) == b"\x1bQA7.50\r" + change
    assert face.welcome() == b"\x0c" + dark


def test_amount_with_too_many_digits_is_dashes_and_not_cut() -> None:
    assert b"999999.99" in Led8nFace().total(Money(99_999_999))
    assert TOO_LARGE.encode() in Led8nFace().total(Money(100_000_000))
