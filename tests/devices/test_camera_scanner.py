"""The camera as a scanner: real pictures through its own process and protocol."""

from __future__ import annotations

import json
import os
import queue
import signal
from pathlib import Path

import numpy as np
import psutil
import pytest
from PIL import Image

from devices.scanner.camera.agreement import GONE_MS, Agreement, stands_for_money
from devices.scanner.camera.camera_scanner import CameraScanner
from devices.scanner.camera.picture import Grey
from terminal import attached
from terminal.commands.line import main
from terminal.ports.printer import DeviceState
from terminal.ports.scanner import Scan
from tests.helpers.code_pictures import draw, noisy, turned

GOODS, OTHER, PAYER = "6901028075763", "9787302511236", "134812345678901234"
DEADLINE_S = 60


def _reel(folder: Path, frames: list[Grey | None]) -> str:
    """Frames as a camera gives them; None is a frame without a code."""
    for number, code in enumerate(frames):
        frame = np.full((480, 640), 180, np.uint8)
        if code is not None:
            frame[40 : 40 + code.shape[0], 40 : 40 + code.shape[1]] = code
        Image.fromarray(noisy(frame, 8, number)).save(folder / f"f_{number:03d}.png")
    return str(folder / "f_%03d.png")


class _Heard:
    def __init__(self) -> None:
        self.scans: queue.Queue[Scan] = queue.Queue()
        self.there: queue.Queue[bool] = queue.Queue()

    def start(self, scanner: CameraScanner) -> None:
        scanner.start(self.scans.put, self.there.put)

    def next_text(self) -> str:
        return self.scans.get(timeout=DEADLINE_S).text


def test_real_pictures_become_scans_each_once_while_in_view(tmp_path: Path) -> None:
    goods, payer = draw("EAN-13", GOODS), draw("QR", PAYER)
    tilted = turned(draw("Code 128", "RA123456785CN", 2), 35, 180)
    frames = [None, *[goods] * 4, None, *[payer] * 4, None, *[tilted] * 4]
    heard = _Heard()
    scanner = CameraScanner(_reel(tmp_path, frames), "lens", lambda _text: False)
    heard.start(scanner)
    texts = [heard.next_text() for _ in range(3)]
    assert heard.there.get(timeout=DEADLINE_S) is True
    assert heard.there.get(timeout=DEADLINE_S) is False  # the reel ends: as if it were unplugged
    assert heard.next_text() == GOODS  # plugged in again: it goes on without a restart
    scanner.stop()
    assert texts == [GOODS, PAYER, "RA123456785CN"]
    assert scanner.state is DeviceState.CLOSED


def test_a_camera_that_is_not_there_is_told_and_looked_for_again(tmp_path: Path) -> None:
    source, heard = str(tmp_path / "f_%03d.png"), _Heard()
    scanner = CameraScanner(source, "lens", lambda _text: False, retry_s=0.05)
    heard.start(scanner)
    assert heard.there.get(timeout=DEADLINE_S) is False
    _reel(tmp_path, [draw("EAN-13", GOODS)] * 30)
    assert heard.there.get(timeout=DEADLINE_S) is True
    assert heard.next_text() == GOODS
    scanner.stop()


def test_a_process_that_dies_is_replaced_and_ends_with_the_counter(tmp_path: Path) -> None:
    source, heard = _reel(tmp_path, [draw("EAN-13", GOODS)] * 90), _Heard()
    scanner = CameraScanner(source, "lens", lambda _text: False, retry_s=0.05)
    heard.start(scanner)
    assert heard.next_text() == GOODS
    (eye,) = _eyes()
    os.kill(eye.pid, signal.SIGKILL)
    assert [heard.there.get(timeout=DEADLINE_S) for _ in range(3)] == [True, False, True]
    assert heard.next_text() == GOODS
    (second,) = _eyes()
    assert second.pid != eye.pid
    scanner.stop()
    assert _eyes() == []


def test_a_camera_of_the_device_table_is_a_scanner_of_the_counter(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = {"camera": {"source": _reel(tmp_path, [draw("EAN-13", GOODS)] * 20)}}
    (tmp_path / attached.DEVICES_FILE).write_text(json.dumps(table), encoding="utf-8")
    assert attached.addresses(table) == {"camera": table["camera"]["source"]}
    ((name, scanner),) = attached.scanners(attached.device_table(tmp_path), KNOWN)
    heard = _Heard()
    scanner.start(heard.scans.put, heard.there.put)
    assert heard.scans.get(timeout=DEADLINE_S) == Scan(GOODS, "camera")
    scanner.stop()
    assert name == "camera"
    assert main(["devices", "test", "camera", "--home", str(tmp_path)]) == 0
    assert capsys.readouterr().out.startswith("OK    camera: frames come from")
    table["camera"]["source"] = str(tmp_path / "none_%03d.png")
    (tmp_path / attached.DEVICES_FILE).write_text(json.dumps(table), encoding="utf-8")
    assert main(["devices", "test", "camera", "--home", str(tmp_path)]) == 1
    assert "camera.unreachable" in capsys.readouterr().out


def _eyes() -> list[psutil.Process]:
    children = psutil.Process().children(recursive=True)
    return [child for child in children if "devices.scanner.camera.process" in child.cmdline()]


KNOWN = {GOODS}.__contains__


def test_bars_count_when_a_second_frame_agrees() -> None:
    agreement = Agreement(KNOWN)
    assert agreement.look([("EAN-13", OTHER)], 0) == []
    assert agreement.look([("EAN-13", OTHER)], 60) == [OTHER]
    assert agreement.look([("EAN-13", OTHER)], 120) == []


def test_goods_of_the_catalogue_count_at_once() -> None:
    assert Agreement(KNOWN).look([("EAN-13", GOODS)], 0) == [GOODS]
    assert Agreement(KNOWN).look([("Code 128", GOODS)], 0) == []


def test_looks_too_far_apart_do_not_agree() -> None:
    agreement = Agreement(KNOWN)
    assert agreement.look([("EAN-13", OTHER)], 0) == []
    assert agreement.look([("EAN-13", OTHER)], 1_200) == []
    assert agreement.look([("EAN-13", OTHER)], 1_260) == [OTHER]


@pytest.mark.parametrize("text", [PAYER, "281234567890123456", "PTC1*voucher"])
def test_what_stands_for_money_is_seen_twice(text: str) -> None:
    assert stands_for_money(text)
    agreement = Agreement(KNOWN)
    assert agreement.look([("QR", text)], 0) == []
    assert agreement.look([("QR", text)], 60) == [text]


def test_another_qr_counts_at_once_and_again_when_it_was_away() -> None:
    agreement = Agreement(KNOWN)
    assert agreement.look([("QR", "https://example.com")], 0) == ["https://example.com"]
    assert agreement.look([("QR", "https://example.com")], 1_000) == []
    assert agreement.look([], 1_100) == []
    later = 1_000 + GONE_MS + 1
    assert agreement.look([("QR", "https://example.com")], later) == ["https://example.com"]


def test_a_reading_that_changes_from_frame_to_frame_is_no_scan() -> None:
    """The control: one look alone would sell three different things."""
    agreement = Agreement(KNOWN)
    wrong = ("8492312848081", "9180140173923", "7784816073993")
    scans = [agreement.look([("EAN-13", text)], 60 * n) for n, text in enumerate(wrong)]
    assert scans == [[], [], []]
