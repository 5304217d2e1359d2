"""``devices test``, ``find``, ``export``, ``import``: an engineer, and devices on real lines."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from devices.discovery import usb_kind
from devices.printer.profiles import load_profile
from devices.simulators.virtual_display import VirtualDisplay
from devices.simulators.virtual_id_reader import VirtualIdReader, invented_fields
from devices.simulators.virtual_line import PtyLine, TcpLine
from devices.simulators.virtual_printer import VirtualPrinter
from devices.simulators.virtual_scale import VirtualScale
from devices.simulators.virtual_scanner import VirtualScanner
from devices.transport.link import make_link
from devices.transport.printer_links import FileLink
from terminal.attached import DEVICES_FILE, device_table
from terminal.commands.line import main
from terminal.domain.errors import EnvironmentFault
from terminal.ports.scale import Weight


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Path, VirtualPrinter, VirtualDisplay]]:
    """A home folder whose table names one of each, all of them there."""
    display = VirtualDisplay()
    scale = VirtualScale("cas", Weight(1250, stable=True))
    reader = VirtualIdReader(invented_fields())
    with (
        VirtualPrinter(load_profile("escpos-80")) as printer,
        PtyLine(scale, tmp_path / "scale") as scale_line,
        TcpLine(display) as display_line,
        TcpLine(reader) as reader_line,
        VirtualScanner(tmp_path / "scanner") as scanner,
    ):
        table = {
            "printer": {"url": f"tcp://127.0.0.1:{printer.port}"},
            "scanners": [{"name": "till scanner", "port": scanner.url}],
            "scale": {"port": scale_line.url, "driver": "cas"},
            "display": {"port": display_line.url, "driver": "cd5220"},
            "id_reader": {"port": reader_line.url},
        }
        (tmp_path / DEVICES_FILE).write_text(json.dumps(table), encoding="utf-8")
        yield tmp_path, printer, display


def _said(
    capsys: pytest.CaptureFixture[str], home: Path, *words: str, code: int = 0
) -> dict[str, Any]:
    assert main(["devices", *words, "--home", str(home), "--json"]) == code
    told: dict[str, Any] = json.loads(capsys.readouterr().out)
    return told


Desk = tuple[Path, VirtualPrinter, VirtualDisplay]


def test_every_named_device_says_how_it_is(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    home, printer, display = desk
    told = _said(capsys, home, "test", "--paper")["devices"]
    assert {one["device"]: one["level"] for one in told} == dict.fromkeys(
        ("printer", "till scanner", "scale", "display", "id_reader"), "ok"
    )
    words = {one["device"]: one["text"] for one in told}
    assert words["scale"] == "1250 g, at rest"
    assert words["id_reader"] == "answers, a card was read"
    assert "打印测试" in "".join(printer.wait_for_slips(1)[0].lines)
    assert display.initialised
    assert main(["devices", "test", "scale", "--home", str(home)]) == 0
    assert capsys.readouterr().out == "OK    scale: 1250 g, at rest\n"


def test_what_is_wrong_is_said_and_ends_with_one(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    home, printer, _ = desk
    printer.set_faults(paper_out=True)
    told = _said(capsys, home, "test", "printer", code=1)["devices"]
    assert told[0]["level"] == "bad"
    assert "printer.paper_out" in told[0]["text"]
    table = dict(device_table(home), scale={"port": str(home / "gone"), "driver": "cas"})
    (home / DEVICES_FILE).write_text(json.dumps(table), encoding="utf-8")
    (silent,) = _said(capsys, home, "test", "scale", code=1)["devices"]
    assert silent["code"] == "scale.silent"
    assert _said(capsys, home, "test", "kettle", code=1)["error"]["code"] == ("devices.none_named")


def test_a_table_goes_to_another_terminal_as_one_file(
    desk: Desk, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    home, _, _ = desk
    file, other = tmp_path / "devices-of-outlet.json", tmp_path / "other"
    _said(capsys, home, "export", "--out", str(file))
    _said(capsys, other, "import", str(file))
    assert device_table(other) == device_table(home)
    file.write_text('{"scale": {"port": "/dev/ttyUSB1"}}', encoding="utf-8")
    refused = _said(capsys, other, "import", str(file), code=3)["error"]
    assert refused["code"] == "devices.table_wrong"
    assert "driver" in refused["message"]
    file.write_text("{", encoding="utf-8")
    broken = _said(capsys, other, "import", str(file), code=3)["error"]
    assert broken["code"] == "devices.file_damaged"
    assert device_table(other) == device_table(home)


def test_find_knows_a_printer_by_its_answer(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    home, printer, _ = desk
    here = f"127.0.0.1:{printer.port}"
    told = _said(capsys, home, "find", "--host", here, "--host", "127.0.0.1:9")["found"]
    network = [one for one in told if one["address"].startswith("tcp://")]
    assert [(one["address"], one["kind"]) for one in network] == [(f"tcp://{here}", "printer")]


def test_usb_ids_name_makers_and_converters() -> None:
    assert usb_kind("1a86:7523") == ("port", "converter WCH CH340")
    assert usb_kind("04b8:0202") == ("printer", "Epson")
    assert usb_kind("ffff:0001") == ("port", "")


def test_a_printer_file_takes_bytes_and_answers(tmp_path: Path) -> None:
    scale = VirtualScale("mt-sics", Weight(500, stable=True))
    with PtyLine(scale, tmp_path / "lp0") as line:
        printer_file = FileLink(line.url)
        printer_file.open()
        printer_file.open()  # harmless
        printer_file.write(b"SI\r\n")
        assert printer_file.read(2.0).startswith(b"S S")
        assert printer_file.read(0.01) == b""
        line.unplug()
        with pytest.raises(EnvironmentFault, match=r"printer\.connection_lost"):
            printer_file.write(b"SI\r\n")
        printer_file.close()
    with pytest.raises(EnvironmentFault, match=r"printer\.unreachable"):
        make_link("/dev/usb/lp-none").open()
    with pytest.raises(EnvironmentFault, match=r"printer\.connection_lost"):
        printer_file.write(b"x")


def test_a_queue_of_the_spooler_gets_the_bytes_raw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The spooler's own commands, as short programs that note what they were given."""
    with pytest.raises(EnvironmentFault, match=r"printer\.unreachable"):
        monkeypatch.setenv("PATH", str(tmp_path))
        make_link("spool:slips").open()
    _program(tmp_path / "lpstat", f'echo "$@" >> {tmp_path}/asked; [ "$2" = slips ]')
    _program(tmp_path / "lp", f'echo "$@" >> {tmp_path}/asked; /bin/cat > {tmp_path}/job')
    link = make_link("spool:slips")
    link.open()
    link.write(b"\x1b@\xff\x00 slip")
    assert (tmp_path / "job").read_bytes() == b"\x1b@\xff\x00 slip"
    assert "-d slips -o raw" in (tmp_path / "asked").read_text()
    assert link.read(0.0) == b""
    with pytest.raises(EnvironmentFault, match=r"printer\.unreachable"):
        make_link("spool:elsewhere").open()
    assert threading.active_count() == 1


def _program(path: Path, line: str) -> None:
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
