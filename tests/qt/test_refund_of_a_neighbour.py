"""A slip of another counter scanned where one sells: its sale opens, and how far it is known."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtQuick import QQuickWindow

from sync.client.agent import run_once
from terminal.domain.proof import proof_text, sale_proof_text
from tests.helpers.central import Central, running_central
from tests.helpers.outlet import Outlet, connect
from tests.qt.conftest import Screen, focus_name
from tests.qt.test_refund_page import PEN, entries, sell
from tests.qt.test_screens import LOOKS, Album, shown

pytest_plugins = ["tests.helpers.outlet_fixtures", "tests.helpers.neighbours_fixtures"]


@dataclass
class Beside:
    """A counter that sold something, and the home of the one beside it."""

    sold: str
    slip: str
    short: str
    home: Path
    platform: Path

    def move_in(self, home: Path) -> None:
        """The face runs over the neighbour's home."""
        shutil.rmtree(home)
        shutil.copytree(self.home, home, symlinks=True)


@pytest.fixture
def beside(neighbours_template: Path, tmp_path: Path) -> Iterator[Beside]:
    """Counter a has sold three pens; counter b is free for the face."""
    folder = tmp_path / "outlet"
    shutil.copytree(neighbours_template, folder, symlinks=True)
    outlet = Outlet(folder / "a")
    outlet.open_day()
    number = outlet.sell("P0011", 3)
    (entry,) = outlet.books.entries(limit=1)
    yield Beside(
        number, sale_proof_text(entry), proof_text(entry), folder / "b", folder / "platform"
    )
    outlet.close()


def test_a_slip_scanned_while_selling_opens_its_sale_as_a_provisional_refund(
    open_face: Callable[..., Screen], beside: Beside
) -> None:
    screen = open_face(prepare=beside.move_in)
    screen.begin_day()
    sell(screen, PEN, 4)
    screen.hands.scan(beside.slip)
    page = screen.counter.refund
    screen.until(lambda: page.step == "refund_form", "the neighbour's sale")
    assert screen.counter.page == "refund"
    assert page.title == beside.sold
    assert page.provisional
    assert "暂定退款" in page.standing
    assert "200.00" in page.standing
    window = screen.app.window
    assert isinstance(window, QQuickWindow)
    told = [item.property("text") for item in shown(window.contentItem())]
    assert page.standing in told
    assert not page.canReverse
    screen.hands.press("+")
    screen.hands.press("F2")
    screen.until(lambda: page.parts.count == 1, "what it comes to")
    screen.hands.press("F12")
    screen.until(lambda: page.step == "refund_done", "the refund")
    assert page.provisional
    assert entries(screen, "refund.completed") == 1
    screen.hands.press("Escape")
    screen.hands.press("Escape")
    screen.until(lambda: screen.counter.page == "selling", "selling again")
    screen.until(lambda: focus_name() == "scan", "the scan field's focus")


def test_a_slip_that_cannot_be_checked_says_so_and_what_to_do(
    open_face: Callable[..., Screen], beside: Beside
) -> None:
    screen = open_face(prepare=beside.move_in)
    screen.begin_day()
    screen.hands.scan(beside.short)
    finding = screen.counter.refund.finding
    screen.until(lambda: finding.message != "", "the refusal")
    assert "联系不上平台" in finding.message
    screen.hands.scan(beside.slip[:-20] + "A" * 20)
    screen.until(lambda: "不是所写终端签发" in finding.message, "the forged slip")
    assert screen.counter.refund.step == "refund"


@pytest.mark.parametrize("look", ["zh-1366", "en-1920", "large-1366", "contrast-1366"])
def test_the_neighbours_sale_fits_in_every_look(
    open_face: Callable[..., Screen], beside: Beside, pictures: Path, look: str
) -> None:
    size, language, theme, text_scale = LOOKS[look]
    screen = open_face(prepare=beside.move_in, size=size, language=language)
    screen.begin_day()
    for name, value in (("theme", theme), ("text_scale", text_scale), ("language", language)):
        screen.counter.settings.choose(name, value)
    sell(screen, PEN, 4)
    screen.hands.scan(beside.slip)
    page = screen.counter.refund
    screen.until(lambda: page.step == "refund_form", "the neighbour's sale")
    screen.hands.press("F7")
    screen.hands.press("F2")
    screen.until(lambda: page.parts.count == 1, "what it comes to")
    screen.hands.pause(150)
    album = Album(screen, pictures, look)
    album.take("refund-provisional")


def test_with_the_platform_the_pieces_are_kept_before_they_are_booked(
    open_face: Callable[..., Screen], beside: Beside
) -> None:
    with running_central(beside.platform, demo=True) as central:
        uploaded(beside, central)

        def move_in(home: Path) -> None:
            beside.move_in(home)
            connect(home, central)

        screen = open_face(prepare=move_in)
        screen.begin_day()
        sell(screen, PEN, 4)
        desk = screen.app.face.operations.desk
        assert desk is not None
        screen.until(lambda: desk.ask(lambda use: use.context.sync.line_state().online), "the line")
        screen.hands.scan(beside.short)
        page = screen.counter.refund
        screen.until(lambda: page.step == "refund_form", "the neighbour's sale")
        assert not page.provisional
        assert "平台会锁定" in page.standing
        screen.hands.press("F7")
        screen.hands.press("F2")
        screen.until(lambda: page.parts.count == 1, "what it comes to")
        for _ in range(4):
            screen.hands.press("F12")
        screen.until(lambda: page.step == "refund_done", "the refund")
        assert entries(screen, "refund.completed") == 1
        assert entries(screen, "refund.intended") == 1


def uploaded(beside: Beside, central: Central) -> None:
    """The selling counter's agent has sent the sale."""
    connect(beside.home.parent / "a", central)
    assert run_once(beside.home.parent / "a").code == ""
