"""The scale driver against a simulated scale, and the rule of which weights may be sold."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devices.scale.dialects import DIALECTS
from devices.scale.grams import grams_of
from devices.scale.serial_scale import SerialScale
from devices.simulators.virtual_line import LineFaults, PtyLine, TcpLine, VirtualLine
from devices.simulators.virtual_scale import SAYINGS, VirtualScale
from devices.transport.link import make_link
from terminal.domain.errors import UserError
from terminal.ports.printer import DeviceState
from terminal.ports.scale import MAX_AGE_MS, Scale, Weight, saleable_grams

Heard = queue.Queue[Weight | bool]
DEADLINE_S = 5


@contextmanager
def _weighing(
    line: VirtualLine, dialect: str, silence_s: float = 3.0
) -> Iterator[tuple[SerialScale, Heard]]:
    heard: Heard = queue.Queue()
    driver = SerialScale(
        lambda: make_link(line.url, device="scale"),
        DIALECTS[dialect],
        poll_s=0.03,
        silence_s=silence_s,
        retry_s=0.02,
    )
    scale: Scale = driver
    scale.start(heard.put, heard.put)
    try:
        yield driver, heard
    finally:
        scale.stop()


def _next_weight(heard: Heard, grams: int) -> Weight:
    """The next weight of that many grams; earlier ones are passed over."""
    while True:
        item = heard.get(timeout=DEADLINE_S)
        if isinstance(item, Weight) and item.grams == grams:
            return item


def _next_connection(heard: Heard) -> bool:
    while True:
        item = heard.get(timeout=DEADLINE_S)
        if isinstance(item, bool):
            return item


@pytest.mark.parametrize("dialect", SAYINGS)
def test_weight_on_the_plate_is_heard_in_every_dialect(dialect: str) -> None:
    scale = VirtualScale(dialect, Weight(1250, stable=True))
    with TcpLine(scale) as line, _weighing(line, dialect) as (driver, heard):
        first = _next_weight(heard, 1250)
        assert saleable_grams(first, first.at_ms) == 1250
        scale.weight = Weight(7, stable=True)
        assert _next_weight(heard, 7).stable
        enabled = driver.state
    assert (enabled, driver.state) == (DeviceState.ENABLED, DeviceState.CLOSED)


@pytest.mark.parametrize("dialect", ["cas", "toledo-8217-7e1"])
@pytest.mark.parametrize(
    "faults",
    [LineFaults(garble=2), LineFaults(split=1), LineFaults(duplicate=1), LineFaults(late=20)],
    ids=str,
)
def test_no_wrong_weight_comes_through_a_bad_line(
    dialect: str, faults: LineFaults, tmp_path: Path
) -> None:
    scale = VirtualScale(dialect, Weight(4321, stable=True))
    with PtyLine(scale, tmp_path / "scale", faults) as line, _weighing(line, dialect) as (_, heard):
        assert heard.get(timeout=DEADLINE_S) is True
        for _ in range(8):
            weight = heard.get(timeout=DEADLINE_S)
            assert isinstance(weight, Weight)
            assert (weight.grams, weight.stable) == (4321, True)


@pytest.mark.parametrize("kind", ["pty", "tcp"])
def test_unplugged_scale_is_told_once_and_weighs_again_when_back(kind: str, tmp_path: Path) -> None:
    scale = VirtualScale("cas", Weight(500, stable=True))
    line: VirtualLine = PtyLine(scale, tmp_path / "scale") if kind == "pty" else TcpLine(scale)
    with line, _weighing(line, "cas") as (driver, heard):
        _next_weight(heard, 500)
        line.unplug()
        assert _next_connection(heard) is False
        assert driver.state is DeviceState.OFFLINE
        scale.weight = Weight(600, stable=True)
        line.plug_in()
        assert _next_connection(heard) is True
        _next_weight(heard, 600)


def test_line_pulled_in_the_middle_of_frames_gives_no_half_weight(tmp_path: Path) -> None:
    scale = VirtualScale("cas", Weight(1234, stable=True))
    faults = LineFaults(cut=5)
    with PtyLine(scale, tmp_path / "scale", faults) as line, _weighing(line, "cas") as (_, heard):
        cuts = 0
        while cuts < 3:
            item = heard.get(timeout=DEADLINE_S)
            cuts += item is False
            assert isinstance(item, bool) or item.grams == 1234


class _Mute:
    def receive(self, data: bytes) -> list[bytes]:
        return []

    def quiet(self) -> list[bytes]:
        return []


def test_scale_that_is_there_and_says_nothing_counts_as_gone() -> None:
    with TcpLine(_Mute()) as line, _weighing(line, "toledo-8217", 0.3) as (driver, heard):
        assert _next_connection(heard) is False
        assert driver.state is DeviceState.OFFLINE


@pytest.mark.parametrize(
    ("weight", "code"),
    [
        (None, "scale.silent"),
        (Weight(100, stable=True, at_ms=1000 - MAX_AGE_MS - 1), "scale.silent"),
        (Weight(100, stable=True, at_ms=1001), "scale.silent"),
        (Weight(0, stable=False, over=True, at_ms=1000), "scale.over"),
        (Weight(-18, stable=True, under=True, at_ms=1000), "scale.under_zero"),
        (Weight(-18, stable=True, at_ms=1000), "scale.under_zero"),
        (Weight(100, stable=False, at_ms=1000), "scale.moving"),
        (Weight(0, stable=True, at_ms=1000), "scale.empty"),
    ],
)
def test_weight_that_is_not_sure_is_not_sold(weight: Weight | None, code: str) -> None:
    with pytest.raises(UserError) as refused:
        saleable_grams(weight, 1000)
    assert refused.value.code == code


def test_fresh_stable_weight_is_sold_by_the_gram() -> None:
    assert saleable_grams(Weight(356, stable=True, at_ms=1000 - MAX_AGE_MS), 1000) == 356


@pytest.mark.parametrize(
    ("number", "unit", "grams"),
    [
        ("1.250", "kg", 1250),
        ("0.0004", "kg", 0),
        ("0.0005", "kg", 1),
        ("100.00", "g", 100),
        ("12.5", "g", 13),
        ("30", "kg", 30_000),
        ("1.250", "lb", None),
        ("1.2.3", "kg", None),
        ("", "g", None),
        ("١", "g", None),
    ],
)
def test_digits_become_whole_grams(number: str, unit: str, grams: int | None) -> None:
    assert grams_of(number, unit) == grams
