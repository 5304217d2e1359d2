"""Label printers: what is on the label, read back from the dots; and what the driver believes."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import zxingcpp
from PIL import Image

from devices.label.drawing import dots, text_rows
from devices.label.label_printer import LabelPrinter
from devices.label.languages import LANGUAGES
from devices.label.status import LabelStatus, TsplStatusParser, ZplStatusParser
from devices.simulators.virtual_label_printer import VirtualLabelPrinter
from devices.simulators.virtual_line import LineFaults, TcpLine
from devices.transport.link import make_link
from terminal.documents.label import build_shelf_label, sample_label
from terminal.domain.errors import BugError
from terminal.domain.label import SIZES_MM, Label, LabelBars, LabelQr, LabelText
from terminal.domain.money import Money
from terminal.ports.printer import PrintOutcome

ANSWER = (
    b"\x02030,0,0,1040,000,0,0,0,000,0,0,0\x03\r\n"
    b"\x02000,0,0,0,0,2,6,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"
)
TROUBLES = {
    "paper_out": "label_printer.paper_out",
    "head_open": "label_printer.cover_open",
    "ribbon_out": "label_printer.ribbon_out",
    "paused": "label_printer.paused",
}


@pytest.fixture(params=sorted(LANGUAGES))
def language(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def machine(language: str) -> VirtualLabelPrinter:
    return VirtualLabelPrinter(language)


@pytest.fixture
def line(machine: VirtualLabelPrinter) -> Iterator[TcpLine]:
    with TcpLine(machine) as line:
        assert isinstance(line, TcpLine)
        yield line


@pytest.fixture
def printer(line: TcpLine, language: str) -> LabelPrinter:
    return _driver(line, language)


def _driver(line: TcpLine, language: str) -> LabelPrinter:
    return LabelPrinter(
        lambda: make_link(line.url, device="label_printer"),
        LANGUAGES[language],
        answer_s=1.5,
        finish_s=4.0,
    )


def _drawn(label: Label, language: str, piece: int = 0) -> Image.Image:
    """The label as the machine draws it, its bytes fed whole or in pieces."""
    machine, data = VirtualLabelPrinter(language), LANGUAGES[language].encode(label)
    step = piece or len(data)
    for start in range(0, len(data), step):
        machine.receive(data[start : start + step])
    assert machine.unknown == []
    (picture,) = machine.labels
    return picture


@pytest.mark.parametrize("size", SIZES_MM)
def test_codes_on_every_size_are_read_back(language: str, size: tuple[int, int]) -> None:
    picture = _drawn(sample_label(*size), language)
    assert picture.size == (size[0] * 8, size[1] * 8)
    texts = {code.text for code in zxingcpp.read_barcodes(picture)}
    assert texts == ({"6901028075763"} if size[0] == 60 else {"RA000000000CN"})
    kinds = {code.format for code in zxingcpp.read_barcodes(picture)}
    assert len(kinds) == (1 if size[0] == 60 else 2)


@pytest.mark.parametrize("size", SIZES_MM)
def test_both_languages_draw_the_same_dots(size: tuple[int, int]) -> None:
    zpl, tspl = (_drawn(sample_label(*size), name) for name in ("zpl", "tspl"))
    assert zpl.tobytes() == tspl.tobytes()


def test_chinese_is_a_picture_of_every_dot(language: str) -> None:
    """Also what no printer's memory has: a rare surname."""
    part = LabelText(5, 6, 40, "䶮𠮷 收件人 ¥12.50", bold=True)
    picture = _drawn(Label(60, 40, (part,)), language)
    rows = text_rows(part)
    wanted = Image.frombytes("1", (len(rows[0]) * 8, len(rows)), b"".join(rows))
    box = (dots(5), dots(6), dots(5) + wanted.width, dots(6) + wanted.height)
    assert picture.crop(box).point([255 - level for level in range(256)]).tobytes() == (
        wanted.convert("L").tobytes()
    )
    assert wanted.getbbox() is not None


def test_bytes_may_come_in_any_pieces(language: str) -> None:
    label = sample_label(60, 40)
    whole = _drawn(label, language).tobytes()
    assert all(_drawn(label, language, piece).tobytes() == whole for piece in (1, 7, 256))


@pytest.mark.parametrize("text", ['A^B~C_D"E>F{G', "RA123456785CN", "a\\b,c"])
def test_no_text_becomes_a_command(language: str, text: str) -> None:
    label = Label(100, 150, (LabelBars(5, 5, 12, text), LabelQr(20, 40, text + "中")))
    texts = {code.text for code in zxingcpp.read_barcodes(_drawn(label, language))}
    assert texts == {text, text + "中"}


def test_a_shelf_says_name_price_and_number() -> None:
    label = build_shelf_label("天府茶", Money(1250), "6901028075763")
    words = [part.text for part in label.parts if isinstance(part, LabelText | LabelBars)]
    assert words == ["天府茶", "¥12.50", "6901028075763", "6901028075763"]


def test_a_label_that_cannot_be_is_refused() -> None:
    with pytest.raises(BugError, match=r"label\.malformed"):
        LabelBars(0, 0, 10, "运单")
    with pytest.raises(BugError, match=r"label\.malformed"):
        Label(50, 30, ())


def test_a_label_is_printed_when_nothing_is_left_to_print(
    printer: LabelPrinter, machine: VirtualLabelPrinter
) -> None:
    machine.slow = 2
    assert printer.status() == ""
    assert printer.print_label(build_shelf_label("茶", Money(1250), "6901028075763")).outcome is (
        PrintOutcome.PRINTED
    )
    assert len(machine.labels) == 1


@pytest.mark.parametrize("fault", TROUBLES)
def test_trouble_is_told_before_anything_is_sent(
    printer: LabelPrinter, machine: VirtualLabelPrinter, fault: str
) -> None:
    setattr(machine, fault, True)
    assert printer.status() == TROUBLES[fault]
    result = printer.print_label(sample_label(60, 40))
    assert (result.outcome, result.code) == (PrintOutcome.REFUSED, TROUBLES[fault])
    assert machine.labels == []
    setattr(machine, fault, False)
    assert printer.print_label(sample_label(60, 40)).outcome is PrintOutcome.PRINTED


def test_silence_is_never_printed(printer: LabelPrinter, machine: VirtualLabelPrinter) -> None:
    machine.silent = True
    assert printer.status() == "label_printer.silent"
    assert printer.print_label(sample_label(60, 40)).outcome is PrintOutcome.REFUSED
    machine.silent, machine.slow = False, 10_000
    result = printer.print_label(sample_label(60, 40))
    assert (result.outcome, result.code) == (PrintOutcome.UNCONFIRMED, "label_printer.silent")


def test_unplugged_it_is_gone_and_plugged_in_it_prints_again(
    printer: LabelPrinter, line: TcpLine
) -> None:
    line.unplug()
    assert printer.status() == "label_printer.unreachable"
    line.plug_in()
    assert printer.print_label(sample_label(60, 40)).outcome is PrintOutcome.PRINTED


def test_pulled_out_in_the_middle_it_is_unconfirmed(
    printer: LabelPrinter, machine: VirtualLabelPrinter, line: TcpLine
) -> None:
    machine.slow = 10_000
    puller = threading.Timer(0.5, line.unplug)
    puller.start()
    result = printer.print_label(sample_label(60, 40))
    puller.join()
    assert result.outcome is PrintOutcome.UNCONFIRMED
    assert result.code in ("label_printer.connection_lost", "label_printer.silent")


def test_split_and_late_answers_are_the_same_answers(
    machine: VirtualLabelPrinter, line: TcpLine, printer: LabelPrinter
) -> None:
    line.faults = LineFaults(split=1, late=30)
    machine.paused = True
    assert printer.status() == "label_printer.paused"


def test_zpl_answers_are_read_byte_by_byte_after_noise_and_twice() -> None:
    parser = ZplStatusParser()
    events = [event for byte in b"\x00\x02 9" + ANSWER * 2 for event in parser.feed(bytes((byte,)))]
    assert events == [LabelStatus()] * 2
    for place in range(len(ANSWER)):
        parser = ZplStatusParser()
        assert parser.feed(ANSWER[:place]) + parser.feed(ANSWER[place:]) == [LabelStatus()]


def test_zpl_fields_of_another_shape_are_rejected() -> None:
    parser = ZplStatusParser()
    assert parser.feed(ANSWER.replace(b"1040", b"10x0")) + parser.idle() == []
    assert parser.rejected > 0
    busy = ANSWER.replace(b"00000000", b"00000002")
    assert ZplStatusParser().feed(busy) == [LabelStatus(busy=True)]
    hot = ANSWER.replace(b"000,0,0,0\x03", b"000,0,0,1\x03", 1)
    assert ZplStatusParser().feed(hot)[0].code == "label_printer.error"


def test_tspl_bits() -> None:
    parser = TsplStatusParser()
    assert [status.code for status in parser.feed(b"\x00\x01\x04\x08\x10\x02\x80")] == [
        "",
        "label_printer.cover_open",
        "label_printer.paper_out",
        "label_printer.ribbon_out",
        "label_printer.paused",
        "label_printer.error",
        "label_printer.error",
    ]
    assert parser.feed(b"\x20") == [LabelStatus(busy=True)]
    assert parser.feed(b"\x40") == []
    assert parser.rejected == 1
