"""The driver against the simulated printer over a real socket, healthy and in trouble."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.printer.driver import EscposPrinter, PrinterTiming, connect_printer
from devices.printer.escpos import EscposEncoder
from devices.printer.profiles import load_profile
from devices.printer.status import (
    AnswerParser,
    RealTimeAnswer,
    StatusBack,
    WorkedOff,
    trouble_of_status_back,
)
from devices.simulators.virtual_printer import VirtualPrinter
from devices.transport.link import TcpLink, make_link
from terminal.documents.receipt import build_receipt
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.ports.printer import Cover, DeviceState, DrawerSense, Paper, PrintOutcome, PrintResult
from tests.helpers.printers import QUICK, printer_pair, receipt_content

Pair = tuple[EscposPrinter, VirtualPrinter]


@pytest.fixture
def pair() -> Iterator[Pair]:
    with printer_pair() as both:
        yield both


def receipt_job(profile_name: str = "escpos-80") -> bytes:
    return EscposEncoder().encode(build_receipt(receipt_content()), load_profile(profile_name))


def test_healthy_printer_confirms_the_job_and_kicks_the_drawer(pair: Pair) -> None:
    driver, machine = pair
    assert driver.status().state is DeviceState.ENABLED
    assert driver.print_job(receipt_job()) == PrintResult(PrintOutcome.PRINTED)
    slip = machine.wait_for_slips(1)[0]
    assert "天府新区邮政支局" in slip.lines
    assert slip.data.startswith(b"\x1b@")
    assert (machine.cuts, machine.kicks) == (1, [2])


def test_printer_without_cutter_keeps_slips_apart() -> None:
    with printer_pair("escpos-58") as (driver, machine):
        for _ in range(2):
            assert driver.print_job(receipt_job("escpos-58")).outcome is PrintOutcome.PRINTED
        first, second = machine.wait_for_slips(2)
        assert first.lines == second.lines


def test_slips_are_kept_as_bytes_and_as_picture(tmp_path: Path) -> None:
    profile = load_profile("escpos-80")
    with VirtualPrinter(profile, 0, tmp_path) as machine:
        driver = EscposPrinter(TcpLink("127.0.0.1", machine.port), profile, QUICK)
        driver.open()
        driver.claim("tests")
        driver.enable()
        driver.print_job(receipt_job())
        machine.wait_for_slips(1)
        driver.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.bin", "1.png"]


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"paper_out": True}, "printer.paper_out"),
        ({"cover_open": True}, "printer.cover_open"),
        ({"offline": True}, "printer.offline"),
        ({"silent": True}, "printer.silent"),
    ],
)
def test_printer_in_trouble_refuses_and_prints_again_afterwards(
    pair: Pair, fault: dict[str, bool], code: str
) -> None:
    driver, machine = pair
    machine.set_faults(**fault)
    assert driver.print_job(receipt_job()) == PrintResult(PrintOutcome.REFUSED, code)
    assert machine.slips == []
    machine.set_faults(**dict.fromkeys(fault, False))
    assert driver.print_job(receipt_job()).outcome is PrintOutcome.PRINTED


def test_silence_is_unknown_and_never_ok(pair: Pair) -> None:
    driver, machine = pair
    machine.set_faults(silent=True)
    status = driver.status()
    assert (status.state, status.paper, status.cover, status.drawer) == (
        DeviceState.OFFLINE,
        Paper.UNKNOWN,
        Cover.UNKNOWN,
        DrawerSense.UNKNOWN,
    )


def test_paper_that_ends_in_the_middle_leaves_the_job_unconfirmed(pair: Pair) -> None:
    driver, machine = pair
    machine.set_faults(paper_left_dots=300)
    expected = PrintResult(PrintOutcome.UNCONFIRMED, "printer.paper_out")
    assert driver.print_job(receipt_job()) == expected
    assert driver.status().paper is Paper.OUT
    machine.set_faults(paper_out=False)
    assert driver.print_job(receipt_job()).outcome is PrintOutcome.PRINTED


def test_cover_opened_in_the_middle_leaves_the_job_unconfirmed(pair: Pair) -> None:
    driver, machine = pair
    machine.set_faults(slow_ms=20)
    results: list[PrintResult] = []
    printing = threading.Thread(target=lambda: results.append(driver.print_job(receipt_job())))
    printing.start()
    machine.wait_for_paper(200)
    machine.set_faults(cover_open=True, slow_ms=0)
    printing.join()
    assert results == [PrintResult(PrintOutcome.UNCONFIRMED, "printer.cover_open")]
    assert driver.status().cover is Cover.OPEN


def test_connection_reset_in_the_middle_leaves_the_job_unconfirmed(pair: Pair) -> None:
    driver, machine = pair
    machine.set_faults(drop_after_bytes=500)
    result = driver.print_job(receipt_job())
    assert result == PrintResult(PrintOutcome.UNCONFIRMED, "printer.connection_lost")
    assert driver.state is DeviceState.OFFLINE
    machine.set_faults(drop_after_bytes=0)
    assert driver.print_job(receipt_job()).outcome is PrintOutcome.PRINTED


def test_printer_that_falls_silent_after_the_job_leaves_it_unconfirmed() -> None:
    with printer_pair(timing=PrinterTiming(0.3, 0.5, 0.5)) as (driver, machine):
        machine.set_faults(slow_ms=200)
        result = driver.print_job(receipt_job())
        assert result.outcome is PrintOutcome.UNCONFIRMED


def test_slow_printer_is_waited_for(pair: Pair) -> None:
    driver, machine = pair
    machine.set_faults(slow_ms=5)
    assert driver.print_job(receipt_job()).outcome is PrintOutcome.PRINTED


def test_restarted_printer_is_found_again() -> None:
    profile = load_profile("escpos-80")
    with VirtualPrinter(profile) as machine:
        port = machine.port
        driver = EscposPrinter(TcpLink("127.0.0.1", port), profile, QUICK)
        driver.open()
        driver.claim("tests")
        assert driver.enable().state is DeviceState.ENABLED
    assert driver.print_job(receipt_job()).code in ("printer.unreachable", "printer.silent")
    with VirtualPrinter(profile, port):
        assert driver.print_job(receipt_job()).outcome is PrintOutcome.PRINTED
        driver.close()


def test_nobody_at_the_address_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    link = make_link(f"tcp://127.0.0.1:{port}")
    with pytest.raises(EnvironmentFault, match="unreachable"):
        link.open()


@pytest.mark.parametrize("url", ["tcp://", "tcp://host", "tcp://host:0", "/dev/no-such-port"])
def test_unusable_address_is_unreachable(url: str) -> None:
    with pytest.raises(EnvironmentFault, match="unreachable"):
        make_link(url).open()


def test_near_end_prints_and_says_so(pair: Pair) -> None:
    driver, machine = pair
    machine.set_faults(near_end=True)
    status = driver.status()
    assert (status.paper, status.code) == (Paper.NEAR_END, "printer.paper_near_end")
    assert driver.print_job(receipt_job()).outcome is PrintOutcome.PRINTED


def test_drawer_opens_and_its_sense_line_is_read(pair: Pair) -> None:
    driver, machine = pair
    assert driver.open_drawer() == PrintResult(PrintOutcome.PRINTED)
    assert machine.kicks == [2]
    assert driver.status().drawer is DrawerSense.CLOSED
    machine.set_faults(drawer_open=True)
    assert driver.status().drawer is DrawerSense.OPEN


def test_printer_that_never_answers_by_nature_stays_unconfirmed() -> None:
    with printer_pair("escpos-58-mute") as (driver, machine):
        machine.set_faults(silent=True)
        result = driver.print_job(receipt_job("escpos-58-mute"))
        assert result == PrintResult(PrintOutcome.UNCONFIRMED, "printer.silent")
        assert driver.status().paper is Paper.UNKNOWN
        driver.close()
        machine.wait_for_slips(1)


def state_of(driver: EscposPrinter) -> DeviceState:
    """The state now; a call, so that type checkers do not think it constant."""
    return driver.state


def test_life_of_the_device_is_closed_opened_claimed_enabled() -> None:
    with VirtualPrinter(load_profile("escpos-80")) as machine:
        driver = EscposPrinter(TcpLink("127.0.0.1", machine.port), machine.profile, QUICK)
        assert state_of(driver) is DeviceState.CLOSED
        with pytest.raises(UserError, match="closed"):
            driver.claim("counter")
        driver.open()
        with pytest.raises(UserError, match="not_claimed"):
            driver.enable()
        assert driver.print_job(b"\x1b@").code == "printer.not_enabled"
        driver.claim("counter")
        with pytest.raises(UserError, match="claimed"):
            driver.claim("kiosk")
        driver.enable()
        driver.release("kiosk")
        assert state_of(driver) is DeviceState.ENABLED
        driver.release("counter")
        assert state_of(driver) is DeviceState.OPENED
        driver.close()


ANSWERS = b"\x12\x16\x10\x00\x00\x00\x00\x1c\x00\x0f\x00\x11\x0c\x1e"


@pytest.mark.parametrize("cut", range(len(ANSWERS) + 1))
def test_answers_are_the_same_wherever_the_bytes_are_cut(cut: int) -> None:
    parser = AnswerParser()
    answers = parser.feed(ANSWERS[:cut]) + parser.feed(ANSWERS[cut:])
    assert answers == [
        RealTimeAnswer(0x12),
        RealTimeAnswer(0x16),
        StatusBack(b"\x10\x00\x00\x00"),
        WorkedOff(0x00),
        StatusBack(b"\x1c\x00\x0f\x00"),
        WorkedOff(0x0C),
        RealTimeAnswer(0x1E),
    ]


def test_noise_is_no_answer() -> None:
    assert AnswerParser().feed(b"\xff\x93\x80\x11") == []


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_paper_is_the_same_however_the_job_is_split(size: int) -> None:
    job = receipt_job()
    pictures = []
    for step in (len(job), size):
        with VirtualPrinter(load_profile("escpos-80")) as machine:
            for at in range(0, len(job), step):
                machine.interpreter.feed(job[at : at + step])
            pictures.append(machine.wait_for_slips(1)[0].picture.tobytes())
    assert pictures[0] == pictures[1]


def test_virtual_printer_names_a_command_it_does_not_know() -> None:
    with VirtualPrinter(load_profile("escpos-80")) as machine:
        machine.interpreter.feed(b"\x1bz\x01")
        assert machine.unknown == (b"\x1bz",)


def test_simulator_runs_as_a_program_and_keeps_its_slips(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "devices.simulators.virtual_printer"]
    command += ["--port", "0", "--out", str(tmp_path), "--profile", "escpos-58"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as program:
        assert program.stdout is not None
        port = int(program.stdout.readline().split()[1])
        driver = connect_printer(
            make_link(f"tcp://127.0.0.1:{port}"), load_profile("escpos-58"), "tests"
        )
        assert driver.print_job(receipt_job("escpos-58")) == PrintResult(PrintOutcome.PRINTED)
        driver.close()
        program.terminate()
        assert program.wait(10) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1.bin", "1.png"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (b"\x14\x00\x00\x00", ""),
        (b"\x1c\x00\x0f\x00", "printer.paper_out"),
        (b"\x38\x00\x00\x00", "printer.cover_open"),
        (b"\x18\x08\x00\x00", "printer.error"),
        (b"\x18\x00\x00\x00", "printer.offline"),
        (b"\x10\x00\x03\x00", ""),
    ],
)
def test_automatic_status_names_what_stops_the_printer(answer: bytes, code: str) -> None:
    assert trouble_of_status_back(StatusBack(answer)) == code


def test_serial_link_prints() -> None:
    profile = load_profile("escpos-80")
    with VirtualPrinter(profile) as machine:
        driver = EscposPrinter(make_link(f"socket://127.0.0.1:{machine.port}"), profile, QUICK)
        driver.open()
        driver.claim("tests")
        driver.enable()
        assert driver.print_job(receipt_job()) == PrintResult(PrintOutcome.PRINTED)
        driver.close()


def test_drawer_of_a_printer_in_trouble_is_refused(pair: Pair) -> None:
    driver, machine = pair
    machine.set_faults(offline=True)
    assert driver.open_drawer() == PrintResult(PrintOutcome.REFUSED, "printer.offline")
    assert machine.kicks == []


def test_disabled_printer_stays_claimed_and_prints_nothing(pair: Pair) -> None:
    driver, machine = pair
    driver.disable()
    assert driver.print_job(receipt_job()).code == "printer.not_enabled"
    driver.enable()
    assert driver.print_job(receipt_job()).outcome is PrintOutcome.PRINTED
    assert len(machine.wait_for_slips(1)) == 1
