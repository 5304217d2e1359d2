"""The plug is pulled at every byte of what a device says, and put back: nothing is restarted."""

from __future__ import annotations

import queue
import time

import pytest

from devices.display.faces import FACES
from devices.display.pole_display import PoleDisplay
from devices.id_reader.sam_reader import SamReader
from devices.label.label_printer import LabelPrinter
from devices.label.languages import LANGUAGES
from devices.printer.driver import connect_printer
from devices.printer.profiles import load_profile
from devices.scale.dialects import DIALECTS
from devices.scale.serial_scale import SerialScale
from devices.simulators.virtual_display import VirtualDisplay
from devices.simulators.virtual_id_reader import VirtualIdReader, invented_fields
from devices.simulators.virtual_label_printer import VirtualLabelPrinter
from devices.simulators.virtual_line import Machine, TcpLine
from devices.simulators.virtual_printer import VirtualPrinter
from devices.simulators.virtual_scale import SAYINGS, VirtualScale
from devices.transport.link import TcpLink, make_link
from terminal.domain.errors import EnvironmentFault
from terminal.ports.printer import PrintOutcome
from terminal.ports.scale import Weight

SOON_S = 2.0
"""The state is right within this time."""

PATIENCE_S = 15.0
"""Longest wait for what comes at once on a machine with nothing else to do."""


class PulledLine(TcpLine):
    """Comes off after a number of bytes of the next frame, and stays off."""

    def __init__(self, machine: Machine) -> None:
        super().__init__(machine)
        self.pull_at = -1

    def _deliver(self, frame: bytes) -> None:
        if self.pull_at < 0:
            super()._deliver(frame)
            return
        self._send(frame[: self.pull_at])
        self.pull_at = -1
        self._close()
        self._ended.set()


def _put_back(line: PulledLine) -> None:
    """The line's own thread has ended by itself."""
    line.unplug()
    line.plug_in()


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_scale_pulled_at_every_byte(dialect: str) -> None:
    weight = Weight(1250, stable=True)
    weights: queue.Queue[Weight] = queue.Queue()
    there: queue.Queue[bool] = queue.Queue()
    with PulledLine(VirtualScale(dialect, weight)) as line:
        assert isinstance(line, PulledLine)
        scale = SerialScale(
            lambda: make_link(line.url, device="scale"), DIALECTS[dialect], retry_s=0.02
        )
        scale.start(weights.put, there.put)
        assert there.get(timeout=PATIENCE_S) is True
        for place in range(0, len(SAYINGS[dialect][0](weight)), 2):
            line.pull_at = place
            assert there.get(timeout=PATIENCE_S) is False
            weights = _emptied(weights)
            _put_back(line)
            assert there.get(timeout=PATIENCE_S) is True
            assert weights.get(timeout=PATIENCE_S).grams == 1250
        scale.stop()


def _emptied(weights: queue.Queue[Weight]) -> queue.Queue[Weight]:
    while not weights.empty():
        weights.get_nowait()
    return weights


def test_an_id_reader_pulled_at_any_byte_reads_the_next_time() -> None:
    with PulledLine(VirtualIdReader(invented_fields())) as line:
        assert isinstance(line, PulledLine)
        reader = SamReader(lambda: make_link(line.url, device="id_reader"), answer_s=0.5)
        for place in (0, 1, 5, 7, 10, 14):
            line.pull_at = place
            with pytest.raises(EnvironmentFault, match=r"id_reader\."):
                reader.read()
            _put_back(line)
            assert reader.read() is not None
        reader.close()


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_label_printer_pulled_while_it_answers(name: str) -> None:
    with PulledLine(VirtualLabelPrinter(name)) as line:
        assert isinstance(line, PulledLine)
        printer = LabelPrinter(
            lambda: make_link(line.url, device="label_printer"), LANGUAGES[name], answer_s=0.4
        )
        for place in (0, 1, 20) if name == "zpl" else (0,):
            line.pull_at = place
            began = time.monotonic()
            assert printer.status() in ("label_printer.connection_lost", "label_printer.silent")
            assert time.monotonic() - began < SOON_S
            _put_back(line)
            assert printer.status() == ""


def test_a_slip_printer_pulled_after_any_number_of_bytes() -> None:
    job = b"\x1b@" + b"slip\n" * 12 + b"\x1dV\x01"
    with VirtualPrinter(load_profile("escpos-80")) as machine:
        printer = connect_printer(
            TcpLink("127.0.0.1", machine.port), load_profile("escpos-80"), "test"
        )
        for place in range(1, len(job) + 12, 7):
            printer.disable()
            printer.enable()
            machine.set_faults(drop_after_bytes=place)
            began = time.monotonic()
            result = printer.print_job(job)
            assert result.outcome is not PrintOutcome.PRINTED
            assert time.monotonic() - began < SOON_S
            machine.set_faults(drop_after_bytes=0)
            # Half a command may be left in the printer and swallow the next question.
            outcomes = [printer.print_job(job).outcome for _ in range(3)]
            assert outcomes[1:] == [PrintOutcome.PRINTED] * 2
            assert outcomes[0] is not PrintOutcome.UNCONFIRMED
        printer.close()


def test_a_customer_display_tells_that_it_is_gone_and_back() -> None:
    there: queue.Queue[bool] = queue.Queue()
    with TcpLine(VirtualDisplay()) as line:
        display = PoleDisplay(
            lambda: make_link(line.url, device="display"), FACES["cd5220"], retry_s=0.2
        )
        display.watch(there.put)
        assert there.get(timeout=PATIENCE_S) is True
        for _ in range(2):
            line.unplug()
            assert there.get(timeout=PATIENCE_S) is False
            line.plug_in()
            assert there.get(timeout=PATIENCE_S) is True
        display.close()


def test_a_driver_that_hears_nothing_is_caught() -> None:
    """The control: a display whose driver never tells is not taken for one that is there."""
    there: queue.Queue[bool] = queue.Queue()
    with TcpLine(VirtualDisplay()) as line:
        display = PoleDisplay(lambda: make_link(line.url, device="display"), FACES["cd5220"])
        with pytest.raises(queue.Empty):
            there.get(timeout=0.3)
        display.watch(there.put)
        assert there.get(timeout=PATIENCE_S) is True
        display.close()
