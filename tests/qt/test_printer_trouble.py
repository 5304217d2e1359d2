"""The printer fails: the order is safe, the words say so, the slip comes later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from devices.printer.profiles import load_profile
from devices.simulators.virtual_printer import VirtualPrinter
from devices.simulators.virtual_scanner import VirtualScanner
from tests.qt.conftest import Screen

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def open_with(open_face: Callable[..., Screen], machine: VirtualPrinter) -> Screen:
    """A counter at work with that printer."""
    printer = {"url": f"tcp://127.0.0.1:{machine.port}", "profile": "escpos-80"}
    screen = open_face(devices={"printer": printer})
    screen.begin_day()
    return screen


def sell(screen: Screen) -> None:
    screen.add("nf")
    screen.begin_payment()
    screen.hands.press("F11")
    screen.until(lambda: screen.counter.payment.done, "the sale")


def lamp(screen: Screen, device: str) -> tuple[str, str]:
    """Tone and words of a lamp in the top bar."""
    rows = screen.counter.topBar.lamps.rows
    row = next(row for row in rows if row.name == device)
    return row.tone, row.state_text


def test_paper_out_says_what_is_safe_and_prints_by_itself(
    open_face: Callable[..., Screen], pictures: Path
) -> None:
    with VirtualPrinter(load_profile("escpos-80")) as machine:
        machine.set_faults(paper_out=True)
        screen = open_with(open_face, machine)
        counter = screen.counter
        sell(screen)
        screen.until(lambda: counter.notices.text.startswith("打印机缺纸。订单已保存"), "words")
        order_no = counter.last.order_no()
        assert f"订单已保存（{order_no}），换纸后自动补打。" in counter.notices.text
        screen.until(lambda: lamp(screen, "printer") == ("danger", "缺纸"), "the lamp")
        screen.hands.picture(pictures / "paper-out.zh-1366.png")
        screen.hands.press("F4")
        screen.until(lambda: counter.last.slips.count == 1, "the waiting slip")
        machine.set_faults(paper_out=False)
        screen.until(lambda: len(machine.slips) == 1, "the slip")
        screen.until(lambda: counter.last.slips.count == 0, "nothing waits")
        screen.until(lambda: lamp(screen, "printer")[0] == "ok", "the lamp")
        assert not counter.notices.text.startswith("打印机")
        screen.hands.press("F9")
        screen.until(lambda: counter.settings.devices.rows[0].tone == "ok", "the device")
        screen.hands.pause(150)
        screen.hands.picture(pictures / "settings-printer.zh-1366.png")


def test_a_slip_that_may_be_on_paper_is_asked_about_and_reprinted_by_key(
    open_face: Callable[..., Screen], pictures: Path
) -> None:
    with VirtualPrinter(load_profile("escpos-80")) as machine:
        screen = open_with(open_face, machine)
        counter = screen.counter
        machine.set_faults(drop_after_bytes=400)
        sell(screen)
        screen.until(lambda: "Ctrl+P" in counter.notices.text, "the question")
        assert counter.last.order_no() in counter.notices.text
        screen.hands.press("F4")
        screen.until(lambda: counter.last.slips.count == 1, "the unsure slip")
        screen.hands.pause(100)
        screen.hands.picture(pictures / "last-slip-unsure.zh-1366.png")
        machine.set_faults(drop_after_bytes=0)
        before = len(machine.slips)
        screen.hands.press("Ctrl+P")
        screen.until(lambda: len(machine.slips) > before, "the copy")
        assert "补打" in "".join(machine.slips[-1].lines)
        screen.until(lambda: counter.last.slips.count == 0, "nothing unsure")


def test_a_scanner_that_is_pulled_out_and_put_back_shows_on_its_lamp(
    open_face: Callable[..., Screen], tmp_path: Path
) -> None:
    with VirtualScanner(tmp_path / "scanner") as scanner:
        port = {"name": "scanner", "port": scanner.url}
        screen = open_face(devices={"scanners": [port]})
        screen.begin_day()
        screen.until(lambda: lamp(screen, "scanner")[0] == "ok", "the scanner")
        scanner.unplug()
        screen.until(lambda: lamp(screen, "scanner") == ("wait", "离线"), "its absence")
        scanner.plug_in()
        screen.until(lambda: lamp(screen, "scanner")[0] == "ok", "the scanner again")
        scanner.send("6921168509256")
        screen.until(lambda: screen.counter.basket.lines.count == 1, "the scanned line")
