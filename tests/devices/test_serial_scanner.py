"""The scanner driver over a pseudo-terminal, and its parser alone."""

from __future__ import annotations

import queue
from collections.abc import Iterator
from pathlib import Path

import pytest

from devices.scanner.scan_parser import ScanFraming, ScanParser
from devices.scanner.serial_scanner import SerialScanner
from devices.simulators.virtual_scanner import VirtualScanner
from devices.transport.link import SerialLink
from terminal.domain.errors import BugError
from terminal.ports.printer import DeviceState
from terminal.ports.scanner import Scan

CODE = "6901234567892"


@pytest.fixture
def heard() -> queue.Queue[Scan | bool]:
    return queue.Queue()


@pytest.fixture
def device(tmp_path: Path) -> Iterator[VirtualScanner]:
    with VirtualScanner(tmp_path / "scanner") as scanner:
        yield scanner


@pytest.fixture
def driver(device: VirtualScanner, heard: queue.Queue[Scan | bool]) -> Iterator[SerialScanner]:
    scanner = SerialScanner(
        lambda: SerialLink(device.url, device="scanner"), ScanParser("front"), retry_s=0.02
    )
    scanner.start(heard.put, heard.put)
    yield scanner
    scanner.stop()


def test_code_is_published_once(
    device: VirtualScanner, driver: SerialScanner, heard: queue.Queue[Scan | bool]
) -> None:
    assert heard.get(timeout=5) is True
    device.send(CODE)
    assert heard.get(timeout=5) == Scan(CODE, "front")
    driver.stop()
    assert heard.empty()


def test_unplugged_scanner_is_told_once_and_reads_again_when_back(
    device: VirtualScanner, driver: SerialScanner, heard: queue.Queue[Scan | bool]
) -> None:
    assert heard.get(timeout=5) is True
    device.send_bytes(b"6901")
    device.unplug()
    assert heard.get(timeout=5) is False
    assert driver.state is DeviceState.OFFLINE
    device.plug_in()
    assert heard.get(timeout=5) is True
    device.send(CODE)
    assert heard.get(timeout=5) == Scan(CODE, "front")


def test_scanner_missing_from_the_start_is_told_once(tmp_path: Path) -> None:
    heard: queue.Queue[Scan | bool] = queue.Queue()
    attempts: queue.Queue[None] = queue.Queue()

    def make_link() -> SerialLink:
        attempts.put(None)
        return SerialLink(str(tmp_path / "missing"), device="scanner")

    scanner = SerialScanner(make_link, ScanParser("front"), retry_s=0.01)
    scanner.start(heard.put, heard.put)
    for _ in range(4):
        attempts.get(timeout=5)
    scanner.stop()
    assert [heard.get_nowait()] == [False]
    assert heard.empty()


STREAM = b"6901\r\n\r\n\x1b[A\r\nABC\x1dDEF\r\n" + "中文".encode("gbk") + b"\r\n"


@pytest.mark.parametrize("cut", range(len(STREAM) + 1))
def test_codes_are_the_same_wherever_the_bytes_are_cut(cut: int) -> None:
    parser = ScanParser("s")
    scans = parser.feed(STREAM[:cut]) + parser.feed(STREAM[cut:])
    assert [scan.text for scan in scans] == ["6901", "ABC\x1dDEF", "中文"]
    assert parser.rejected == 1


def test_code_too_long_is_dropped_whole_and_the_next_one_is_read() -> None:
    parser = ScanParser("s", ScanFraming(max_length=10))
    scans = parser.feed(b"9" * 5000 + b"\r\n" + b"1234567890\r\n12345678901\r\n")
    assert [scan.text for scan in scans] == ["1234567890"]
    assert parser.rejected == 2


def test_prefix_separates_codes_from_noise() -> None:
    parser = ScanParser("s", ScanFraming(prefix=b"\x02", suffixes=(b"\x03",)))
    scans = parser.feed(b"noise\x026901\x03no prefix\x03\x02\x03")
    assert [scan.text for scan in scans] == ["6901"]
    assert parser.rejected == 2


def test_half_a_code_does_not_glue_to_the_next_after_a_pause() -> None:
    parser = ScanParser("s")
    parser.feed(b"690")
    parser.idle()
    assert [scan.text for scan in parser.feed(b"777\r")] == ["777"]


def test_framing_without_an_end_is_refused() -> None:
    with pytest.raises(BugError):
        ScanFraming(suffixes=())
