"""Training on the screen: unmistakable everywhere, worked by keys, and left by one of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import zxingcpp

from devices.printer.profiles import load_profile
from devices.simulators.virtual_printer import VirtualPrinter
from terminal.domain.errors import EnvironmentFault
from terminal.domain.proof import verify_proof
from terminal.domain.training import BEGAN, ENDED, SECRET, TERMINAL_ID
from tests.helpers.outlet import PIN, Outlet
from tests.qt.conftest import Screen, focus_name
from tests.qt.test_screens import LOOKS, Album
from ui.common.words import Words

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def begun(home: Path) -> None:
    """A clerk of this home has gone over to practice."""
    outlet = Outlet(home)
    outlet.open_day()
    outlet.cases.training.begin()
    outlet.close()


def unlock(screen: Screen) -> None:
    """The PIN of practice opens the counter."""
    screen.open_core()
    screen.hands.write(SECRET)
    screen.hands.press("Return")
    screen.until(lambda: screen.app.face.stage == "counter", "the counter")
    screen.until(lambda: focus_name() == "scan", "the scan field's focus")


@pytest.mark.parametrize("look", ["zh-1366", "dark-1366", "contrast-1366", "large-en-1366"])
def test_practice_says_so_on_every_screen_in_every_look(
    open_face: Callable[..., Screen], pictures: Path, look: str
) -> None:
    size, language, theme, text_scale = LOOKS[look]

    def prepared(home: Path) -> None:
        begun(home)
        outlet = Outlet(home)
        for name, value in (("theme", theme), ("text_scale", text_scale), ("language", language)):
            outlet.cases.settings.set_preference(name, value)
        outlet.close()

    screen = open_face(size=size, language=language, prepare=prepared, training=True)
    album = Album(screen, pictures, look)
    screen.open_core()
    screen.until(lambda: screen.app.face.appearance.themeName == theme, "her own look")
    album.take("training-sign-on")
    unlock(screen)
    banner = screen.app.face.training.banner
    assert all(word in banner for word in ("练习", "TRAINING", SECRET))
    screen.add("nf")
    album.take("training")
    screen.hands.press("F12")
    screen.until(lambda: screen.counter.payment.due != "", "the form")
    album.take("training-payment")


def test_a_whole_practice_by_keys_sells_for_nothing_and_prints_no_receipt(
    open_face: Callable[..., Screen], pictures: Path
) -> None:
    pictures.mkdir(parents=True, exist_ok=True)
    with VirtualPrinter(load_profile("escpos-80")) as machine:
        printer = {"url": f"tcp://127.0.0.1:{machine.port}", "profile": "escpos-80"}
        screen = open_face(devices={"printer": printer}, prepare=begun, training=True)
        unlock(screen)
        screen.add("nf")
        screen.begin_payment()
        screen.hands.scan("134512345678901200")
        screen.until(lambda: screen.counter.payment.done, "the sale by payer code")
        desk = screen.app.face.operations.desk
        assert desk is not None
        sale = desk.ask(lambda use: use.context.books.last_order())
        assert sale is not None
        assert sale.order_no.startswith(TERMINAL_ID)
        (slip,) = machine.wait_for_slips(1)
        slip.picture.save(pictures / "training-slip.zh-1366.png")
    codes = [code.text for code in zxingcpp.read_barcodes(slip.picture)]
    assert [code.split("*")[:2] for code in codes] == [["PT1", TERMINAL_ID]]
    printed = "".join(slip.lines)
    assert printed.count("TRAINING") >= 4
    with pytest.raises(EnvironmentFault, match=r"proof\.training"):
        verify_proof(codes[0], bytes(32))
    assert machine.kicks == []
    ended = []
    screen.app.switched.connect(lambda: ended.append(True))
    screen.hands.press("Ctrl+Q")
    assert ended == [True]


def test_from_the_leave_dialog_a_clerk_goes_over_to_practice(counter_screen: Screen) -> None:
    went: list[bool] = []
    counter_screen.app.switched.connect(lambda: went.append(True))
    counter_screen.hands.press("Ctrl+Q")
    counter_screen.add("nf")
    counter_screen.hands.press("F6")
    counter_screen.until(lambda: counter_screen.counter.dialog == "leave", "the dialog")
    counter_screen.hands.press("F9")
    words = Words()
    refusal = words.error("session.basket_not_empty")
    counter_screen.until(lambda: counter_screen.app.face.notices.text == refusal, "the refusal")
    counter_screen.hands.press("Esc")
    counter_screen.hands.press("Del")
    counter_screen.until(lambda: counter_screen.counter.basket.empty, "an empty basket")
    counter_screen.hands.press("F6")
    counter_screen.until(lambda: counter_screen.counter.dialog == "leave", "the dialog")
    assert not went
    counter_screen.hands.press("F9")
    counter_screen.until(lambda: bool(went), "practice")
    desk = counter_screen.app.face.operations.desk
    assert desk is not None
    last = desk.ask(lambda use: use.context.books.entries(limit=1))[0]
    assert (last.kind, last.clerk_id) == (BEGAN, "0312")
    assert desk.ask(lambda use: use.session.view()).locked


_THERE_AND_BACK = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from terminal.bootstrap import make_desk
from terminal.practice import make_training_desk
from ui import main
from ui.hands import Hands
from ui.run import run_face
from ui.start import FaceOptions

class Window(main.CounterFace):
    def __init__(self, *parts):
        super().__init__(*parts)
        windows.append(self)

windows, main.CounterFace = [], Window
home, pin, practice = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
seen = []

def work():
    hands, face = Hands(windows[-1].window), windows[-1].face
    hands.until(lambda: face.session.view is not None, "the session")
    seen.append((face.training.on, face.session.view.locked))
    if len(seen) == 3:
        QGuiApplication.exit(0)
        return
    hands.write(practice if face.training.on else pin)
    hands.press("Return")
    hands.until(lambda: face.stage == "counter", "the counter")
    if face.training.on:
        hands.press("Ctrl+Q")
        return
    hands.until(lambda: face.training.mayBegin, "the right")
    hands.press("F6")
    hands.until(lambda: face.counter.dialog == "leave", "the dialog")
    hands.press("F9")

options = FaceOptions(on_first_frame=lambda: QTimer.singleShot(0, work))
code = run_face(lambda: make_desk(home), options, lambda: make_training_desk(home))
print(code, seen)
"""


def test_there_and_back_is_three_windows_of_one_process(outlet: Outlet) -> None:
    outlet.open_day()
    outlet.close()
    words = [sys.executable, "-c", _THERE_AND_BACK, str(outlet.home), PIN, SECRET]
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        words, capture_output=True, text=True, check=False, timeout=40, env=environment
    )
    assert done.stdout.strip() == "0 [(False, True), (True, True), (False, True)]", done.stderr
    kinds = [entry.kind for entry in outlet.books.entries(limit=2)]
    assert kinds == [ENDED, BEGAN]
    assert not (outlet.home / "training").exists()
