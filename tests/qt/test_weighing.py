"""Loose goods on a scale that speaks the real protocol, and what the customer sees, by keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from devices.simulators.virtual_display import VirtualDisplay
from devices.simulators.virtual_line import TcpLine, VirtualLine
from devices.simulators.virtual_scale import VirtualScale
from terminal.ports.scale import Weight
from tests.helpers.outlet import RICE, SENIOR, SENIOR_PIN
from tests.qt.conftest import Screen
from ui.viewmodels.weigh_dialog import WeighDialog

pytest_plugins = ["tests.helpers.outlet_fixtures"]


class Bench:
    """A counter with a scale and a customer display on real sockets."""

    def __init__(
        self,
        screen: Screen,
        scale: VirtualScale,
        line: VirtualLine,
        shown: VirtualDisplay,
        display_line: VirtualLine,
    ):
        self.screen, self.scale, self.line = screen, scale, line
        self.shown, self.display_line = shown, display_line

    @property
    def dialog(self) -> WeighDialog:
        return self.screen.counter.weigh

    def lay_on(self, grams: int, **how: bool) -> None:
        """Something lies on the scale."""
        self.scale.weight = Weight(grams, stable=how.pop("stable", True), **how)

    def ask_for_rice(self) -> None:
        """Find loose rice and press Enter: the scale is asked."""
        self.screen.hands.write(RICE)
        field = self.screen.counter.scanField
        self.screen.until(lambda: field.results.count > 0 and field._searched == RICE, "rice")
        self.screen.hands.press("Return")
        self.screen.until(lambda: self.screen.counter.dialog == "weigh", "the scale's dialog")

    def seen(self) -> tuple[str, str]:
        """The two lines of the customer display."""
        return self.shown.upper.strip(), self.shown.lower.strip()


@pytest.fixture
def bench(open_face: Callable[..., Screen]) -> Iterator[Bench]:
    scale, shown = VirtualScale("cas"), VirtualDisplay()
    with TcpLine(scale) as scale_line, TcpLine(shown) as display_line:
        devices = {
            "scale": {"port": scale_line.url, "driver": "cas"},
            "display": {"port": display_line.url, "driver": "cd5220"},
        }
        screen = open_face(devices=devices)
        screen.begin_day()
        made = Bench(screen, scale, scale_line, shown, display_line)
        screen.until(lambda: made.dialog.attached, "the scale")
        yield made


def test_goods_are_charged_by_what_the_scale_says_and_the_customer_sees_it(bench: Bench) -> None:
    screen, counter = bench.screen, bench.screen.counter
    bench.lay_on(1350)
    bench.ask_for_rice()
    screen.until(lambda: bench.dialog.weight == "1.350" and bench.dialog.ready, "the weight")
    screen.hands.press("Return")
    screen.until(lambda: counter.basket.lines.count == 1, "the line")
    assert counter.dialog == ""
    assert "1.350" in counter.basket.lines.rows[0].detail
    screen.until(lambda: bench.seen()[0] == "应付            8.07", "the total for the customer")
    screen.begin_payment()
    screen.hands.write("10")
    screen.hands.press("Return")
    screen.until(lambda: counter.payment.done, "the sale")
    screen.until(
        lambda: bench.seen() == ("实收           10.00", "找零            2.00"),
        "the change for the customer",
    )


@pytest.mark.parametrize(
    ("laid", "said"),
    [
        (Weight(500, stable=False), "还没有稳定"),
        (Weight(0, stable=True), "请放上商品"),
        (Weight(0, stable=True, over=True), "超出量程"),
        (Weight(-20, stable=True, under=True), "秤在零以下"),
    ],
)
def test_a_weight_that_may_not_be_charged_says_why_and_enter_adds_nothing(
    bench: Bench, laid: Weight, said: str
) -> None:
    bench.scale.weight = laid
    bench.ask_for_rice()
    bench.screen.until(lambda: bench.dialog.state.startswith(said), said)
    bench.screen.hands.press("Return")
    bench.screen.hands.pause(50)
    assert bench.screen.counter.basket.empty
    assert not bench.dialog.ready


def test_a_scale_pulled_out_and_put_back_goes_on_without_a_restart(bench: Bench) -> None:
    bench.lay_on(500)
    bench.ask_for_rice()
    bench.screen.until(lambda: bench.dialog.ready, "the weight")
    bench.line.unplug()
    bench.screen.until(lambda: bench.dialog.state.startswith("电子秤没有回音"), "no answer")
    assert bench.dialog.weight == "—"
    bench.line.plug_in()
    bench.screen.until(lambda: bench.dialog.ready, "the weight again")


def test_a_customer_display_pulled_out_is_shown_as_gone_and_the_sale_goes_on(bench: Bench) -> None:
    screen, counter = bench.screen, bench.screen.counter

    def display_is(tone: str) -> bool:
        rows = counter.settings.devices.rows
        return any(row.device == "display" and row.tone == tone for row in rows)

    screen.until(lambda: display_is("ok"), "the display")
    bench.display_line.unplug()
    screen.until(lambda: display_is("wait"), "the display is gone")
    bench.lay_on(1350)
    bench.ask_for_rice()
    screen.until(lambda: bench.dialog.ready, "the weight")
    screen.hands.press("Return")
    screen.until(lambda: counter.basket.lines.count == 1, "the line")
    bench.display_line.plug_in()
    screen.until(lambda: display_is("ok"), "the display again")
    screen.until(lambda: bench.seen()[0] == "应付            8.07", "what is to be seen now")


def test_a_typed_weight_needs_a_reason_and_a_second_person_and_is_marked(bench: Bench) -> None:
    screen, counter = bench.screen, bench.screen.counter
    bench.ask_for_rice()
    screen.hands.press("F8")
    screen.until(lambda: bench.dialog.byHand, "typing")
    screen.hands.write("0.5")
    screen.hands.press("Return")
    screen.hands.press("Return")
    screen.until(lambda: "没有写原因" in bench.dialog.message, "the missing reason")
    screen.hands.write("秤坏了")
    screen.hands.press("Return")
    screen.until(lambda: counter.second.open, "the second person")
    screen.hands.write(SENIOR)
    screen.hands.press("Return")
    screen.hands.write(SENIOR_PIN)
    screen.hands.press("Return")
    screen.until(lambda: counter.basket.lines.count == 1, "the line")
    desk = screen.app.face.operations.desk
    assert desk is not None
    (line,) = desk.ask(lambda use: use.ordering.basket.lines)
    entry = desk.ask(lambda use: use.context.books.entries(limit=1))[0]
    assert (line.quantity, line.source) == (500, "typed")
    assert entry.kind == "authorisation.granted"
    assert entry.body["action"] == "manual_weight"
    assert (entry.body["authoriser"], entry.body["reason"]) == (SENIOR, "秤坏了")


def test_escape_goes_back_one_step_at_a_time(bench: Bench) -> None:
    screen, counter = bench.screen, bench.screen.counter
    bench.ask_for_rice()
    screen.hands.press("F8")
    screen.until(lambda: bench.dialog.byHand, "typing")
    screen.hands.press("Escape")
    screen.until(lambda: not bench.dialog.byHand, "the scale again")
    assert counter.dialog == "weigh"
    screen.hands.press("Escape")
    screen.until(lambda: counter.dialog == "", "no dialog")


def test_a_line_is_weighed_again_and_not_typed_over(bench: Bench) -> None:
    screen, counter = bench.screen, bench.screen.counter
    bench.lay_on(1000)
    bench.ask_for_rice()
    screen.until(lambda: bench.dialog.ready, "the weight")
    screen.hands.press("Return")
    screen.until(lambda: counter.basket.lines.count == 1, "the line")
    bench.lay_on(250)
    screen.hands.press("*")
    screen.until(lambda: counter.dialog == "weigh" and bench.dialog.weight == "0.250", "less rice")
    screen.hands.press("Return")
    screen.until(lambda: "0.250" in counter.basket.lines.rows[0].detail, "the new weight")
    assert counter.basket.lines.count == 1


def test_pictures_of_the_scale(bench: Bench, pictures: Path) -> None:
    screen = bench.screen
    bench.lay_on(1350)
    bench.ask_for_rice()
    screen.until(lambda: bench.dialog.ready, "the weight")
    screen.hands.picture(pictures / "dialog-weigh.zh-1366.png")
    screen.hands.press("F8")
    screen.until(lambda: bench.dialog.byHand, "typing")
    screen.hands.picture(pictures / "dialog-weigh-typed.zh-1366.png")
    assert (pictures / "dialog-weigh.zh-1366.png").stat().st_size > 10_000
