"""``postal-terminal devices``: what an engineer types and reads."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from devices.card_terminal.codepay import EcrFrame, EcrKind, ecr_frame
from devices.cash.id003 import Ask, Say, id003_frame
from devices.display.faces import FACES
from devices.id_reader.sdt import SdtCommand, SdtStatus, sdt_frame
from devices.label.languages import LANGUAGES
from devices.printer.driver import connect_printer
from devices.printer.escpos import EscposEncoder
from devices.printer.profiles import load_profile
from devices.simulators.virtual_id_reader import card_data, invented_fields
from devices.simulators.virtual_line import TcpLine
from devices.simulators.virtual_scale import VirtualScale
from devices.transport.link import Link, make_link
from terminal.commands.device_simulation import machine_of
from terminal.commands.devices import parser_of
from terminal.commands.line import main
from terminal.documents.label import sample_label
from terminal.documents.receipt import build_receipt
from terminal.domain.money import Money
from terminal.ports.scale import Weight
from tests.helpers.code_pictures import draw
from tests.helpers.printers import read_codes, receipt_content

ROOT = Path(__file__).parents[2]


def _said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(["devices", *words]) == code
    return capsys.readouterr().out


def test_list_names_drivers_and_configured_devices(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "devices.json").write_text('{"printer": {"url": "tcp://192.0.2.7:9100"}}')
    said = json.loads(_said(capsys, "list", "--json", "--home", str(tmp_path)))
    assert "OS2" in said["drivers"]["cas"]
    assert said["configured"]["printer"]["url"] == "tcp://192.0.2.7:9100"
    assert "OS2" in _said(capsys, "list", "--home", str(tmp_path))


def test_every_driver_that_decodes_is_listed_and_makes_a_parser(
    capsys: pytest.CaptureFixture[str],
) -> None:
    drivers = json.loads(_said(capsys, "list", "--json"))["drivers"]
    decoding = [name for name in drivers if not name.startswith(("cd5220", "led8n"))]
    assert len(decoding) == 16
    for name in decoding:
        assert parser_of(name).feed(b"") == []


def test_decode_says_what_the_bytes_mean(capsys: pytest.CaptureFixture[str]) -> None:
    said = json.loads(
        _said(capsys, "decode", "--driver", "toledo-8217", "--hex", "02 3f 04 0d", "--json")
    )
    assert said["events"][0]["under"] is True
    assert said["rejected"] == 0
    text = _said(capsys, "decode", "--driver", "mdb", "--hex", "350136")
    assert "notes: escrow, stack" in text
    scanned = _said(capsys, "decode", "--driver", "scanner", "--hex", "363930310d")
    assert "6901" in scanned
    status = _said(capsys, "decode", "--driver", "escpos-status", "--hex", "12")
    assert "RealTimeAnswer" in status


def test_decode_says_whether_a_weight_may_be_charged(capsys: pytest.CaptureFixture[str]) -> None:
    scale = VirtualScale("cas", Weight(0, stable=False))
    told = []
    for weight in (Weight(1250, stable=True), Weight(1250, stable=False), Weight(0, stable=True)):
        scale.weight = weight
        frame = scale.quiet()[0].hex()
        said = json.loads(_said(capsys, "decode", "--driver", "cas", "--hex", frame, "--json"))
        told.append((said["events"][0]["saleable_grams"], said["events"][0]["not_saleable"]))
    assert told == [(1250, ""), (None, "scale.moving"), (None, "scale.empty")]


def test_decode_of_nothing_and_of_no_hex_fails(capsys: pytest.CaptureFixture[str]) -> None:
    said = _said(capsys, "decode", "--driver", "cas", "--hex", "0102", "--json", code=1)
    assert json.loads(said) == {"driver": "cas", "events": [], "rejected": 1}
    assert main(["devices", "decode", "--driver", "cas", "--hex", "xyz"]) == 1
    assert "devices.not_hex" in capsys.readouterr().err


def test_decode_shows_nothing_of_a_card(capsys: pytest.CaptureFixture[str]) -> None:
    fields = invented_fields()
    frame = sdt_frame(b"\x00\x00\x90" + card_data(fields))
    said = _said(capsys, "decode", "--driver", "sdt", "--hex", frame.hex(), "--json")
    assert json.loads(said)["events"][0]["data"] == "1284 bytes, not shown"
    assert fields[5].encode("utf-16-le").hex() not in said
    assert fields[5] not in said


def test_render_draws_every_slip_of_a_file(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    job = EscposEncoder().encode(build_receipt(receipt_content()), load_profile("escpos-80"))
    (tmp_path / "slip.bin").write_bytes(job + job + b"\x1b@no cut\n")
    out = tmp_path / "slip.png"
    said = _said(
        capsys, "render", "--slip", str(tmp_path / "slip.bin"), "--png", str(out), "--json"
    )
    assert json.loads(said)["slips"] == 3
    with Image.open(out) as page:
        assert read_codes(page)


@pytest.mark.parametrize(
    ("data", "code", "exit_code"),
    [(b"\x1b@", "devices.nothing_printed", 1), (None, "devices.file_unreadable", 3)],
)
def test_render_of_nothing_says_so(
    data: bytes | None,
    code: str,
    exit_code: int,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    slip = tmp_path / "slip.bin"
    if data is not None:
        slip.write_bytes(data)
    words = ["devices", "render", "--slip", str(slip), "--png", str(tmp_path / "slip.png")]
    assert main(words) == exit_code
    assert code in capsys.readouterr().err


def test_unknown_fault_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", "simulate", "cas", "--fault", "explode=1"]) == 1
    assert "devices.fault_unknown" in capsys.readouterr().err


def test_simulated_devices_obey_what_is_typed(capsys: pytest.CaptureFixture[str]) -> None:
    scale, weigh = machine_of("cas")
    weigh("42")
    assert [w.grams for w in parser_of("cas").feed(scale.quiet()[0])] == [42]
    reader, lay = machine_of("id-reader")
    find = sdt_frame(SdtCommand.FIND.value)
    for word, status in (("none", SdtStatus.NO_CARD), ("card", SdtStatus.FOUND)):
        lay(word)
        (answer,) = parser_of("sdt").feed(reader.receive(find)[0])
        assert answer.status is status
    acceptor, put = machine_of("note-acceptor")
    acceptor.receive(id003_frame(Ask.INHIBIT, b"\x00"))
    put("102")
    put("power")
    (said,) = parser_of("id003").feed(acceptor.receive(id003_frame(Ask.STATUS))[0])
    assert said.code == Say.POWER_UP_NOTE_IN_ACCEPTOR
    terminal, hush = machine_of("card-terminal")
    message = ecr_frame(EcrFrame(EcrKind.NORMAL, 0, 1, b"{}"))
    assert terminal.receive(message)
    hush("silent")
    assert terminal.receive(message) == []
    display, look = machine_of("display")
    display.receive(FACES["cd5220"].total(Money(1250)))
    look("")
    assert "12.50" in capsys.readouterr().out


def test_simulated_scale_speaks_until_it_is_ended() -> None:
    words = [sys.executable, "-m", "terminal", "devices", "simulate", "cas", "--fault", "split=1"]
    with subprocess.Popen(
        words, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=os.environ
    ) as program:
        assert program.stdout is not None
        assert program.stdin is not None
        url = program.stdout.readline().removeprefix("listening: ").strip()
        link = make_link(url, device="scale")
        link.open()
        assert _weighed(link, 1250)
        program.stdin.write("nonsense\n777\n")
        program.stdin.flush()
        assert _weighed(link, 777)
        link.close()
        program.send_signal(signal.SIGTERM)
        assert program.wait(timeout=10) == 130


def _weighed(link: Link, grams: int) -> bool:
    parser = parser_of("cas")
    for _ in range(20_000):
        for weight in parser.feed(link.read(5.0)):
            assert isinstance(weight, Weight)
            if weight.grams == grams:
                return True
    return False


def test_read_image_says_what_where_and_how_long(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, blank = tmp_path / "code.png", tmp_path / "blank.png"
    Image.fromarray(draw("EAN-13", "6901028075763")).save(code)
    Image.new("L", (200, 100), 255).save(blank)
    (told,) = json.loads(_said(capsys, "read-image", str(code), "--json"))["pictures"]
    with Image.open(code) as picture:
        assert (told["width"], told["height"]) == picture.size
    (found,) = told["codes"]
    assert (found["symbology"], found["text"]) == ("EAN-13", "6901028075763")
    assert len(found["position"]) == 4
    assert told["ms"] > 0
    words = _said(capsys, "read-image", str(code), str(blank), code=1)
    assert "EAN-13 '6901028075763' at [[" in words
    assert "blank.png: no code" in words


def test_read_image_tells_which_file_is_no_picture_and_reads_the_others(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, words = tmp_path / "code.png", tmp_path / "words.txt"
    Image.fromarray(draw("QR", "10-0042")).save(code)
    words.write_text("no picture")
    said = json.loads(_said(capsys, "read-image", str(words), str(code), "--json", code=3))
    broken, read = said["pictures"]
    assert broken["error"] == "devices.no_picture"
    assert "words.txt" in broken["message"]
    assert read["codes"][0]["text"] == "10-0042"
    assert "40 million" in _said(capsys, "read-image", str(words), code=3)


def test_a_label_is_drawn_as_the_printer_would(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    label, png = sample_label(100, 150), tmp_path / "label.png"
    for name, language in LANGUAGES.items():
        slip = tmp_path / f"label.{name}"
        slip.write_bytes(language.encode(label))
        words = ("render", "--slip", str(slip), "--png", str(png), "--profile", f"label-{name}")
        _said(capsys, *words)
        with Image.open(png) as picture:
            assert picture.size == (800, 1200)
            assert "RA000000000CN" in read_codes(picture).values()
    slip.write_bytes(b"SIZE what\r\nPRINT 1\r\n")
    refused = json.loads(_said(capsys, *words, "--json", code=1))
    assert refused["error"]["code"] == "devices.nothing_printed"


def test_a_label_printer_of_the_table_is_tried(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    machine, deed = machine_of("label-tspl")
    with TcpLine(machine) as line:
        table = {"label_printer": {"url": line.url, "language": "tspl", "size": "60x40"}}
        (tmp_path / "devices.json").write_text(json.dumps(table))
        home = ("--home", str(tmp_path))
        assert "ready at" in _said(capsys, "test", *home)
        assert "a sample was printed" in _said(capsys, "test", "--paper", *home)
        deed("paper_out")
        assert "label_printer.paper_out" in _said(capsys, "test", *home, code=1)
    table["label_printer"]["language"] = "epl"
    (tmp_path / "devices.json").write_text(json.dumps(table))
    assert "devices.entry_wrong" in _said(capsys, "test", *home, code=1)


def test_simulated_printer_has_faults_that_are_turned_by_hand(tmp_path: Path) -> None:
    words = [sys.executable, "-m", "terminal", "devices", "simulate", "printer"]
    with subprocess.Popen(
        [*words, "--fault", "paper_out"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    ) as program:
        assert program.stdout is not None
        assert program.stdin is not None
        assert program.stderr is not None
        url = program.stdout.readline().removeprefix("listening: ").strip()
        printer = connect_printer(make_link(url), load_profile("escpos-80"), "test")
        assert printer.status().code == "printer.paper_out"
        print("paper_out", file=program.stdin, flush=True)
        assert program.stdout.readline() == "0 slips\n"
        assert printer.status().code == ""
        print("fire", file=program.stdin, flush=True)
        assert "cover_open" in program.stderr.readline()
        printer.close()
        program.send_signal(signal.SIGTERM)
    assert program.returncode == 130
