"""Slips read back from the paper: text by GBK, codes by a decoder, pictures dot by dot."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import pytest
from PIL import Image

from devices.printer.escpos import QR_CAPACITY_M, EscposEncoder
from devices.printer.profiles import load_profile, make_profile, profile_names
from devices.printer.raster import raster_text
from devices.printer.text_layout import text_columns, wrap
from devices.simulators.virtual_printer import PrintedSlip, VirtualPrinter
from terminal.documents.receipt import build_receipt
from terminal.documents.session_slip import build_test_page
from terminal.domain.document import Align, Barcode, Block, Cut, Document, Qr, Rule, Style, Text
from terminal.domain.errors import BugError, UserError
from tests.helpers.printers import PROOF, read_codes, receipt_content, spoken_text


def print_paper(document: Document, name: str) -> PrintedSlip:
    """What comes out of the simulated printer."""
    profile = load_profile(name)
    with VirtualPrinter(profile) as machine:
        machine.interpreter.feed(EscposEncoder().encode(document, profile) + b"\x1dr\x01")
        assert machine.unknown == ()
        assert machine.overflows == 0
        return machine.wait_for_slips(1)[0]


def ink(slip: PrintedSlip) -> Image.Image:
    """The slip without its margin, black = 255."""
    page = slip.picture
    inner = page.crop((32, 32, page.width - 32, page.height - 32))
    return inner.point([255 - level for level in range(256)])


def document_of(*blocks: Block) -> Document:
    return Document("test", (*blocks, Cut()))


@pytest.mark.parametrize("name", profile_names())
@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_receipt_comes_out_whole_on_every_printer(name: str, language: str) -> None:
    slip = print_paper(build_receipt(receipt_content(), language), name)
    assert read_codes(slip.picture)["QRCode"] == PROOF
    if load_profile(name).hanzi_rom != "none":
        text = "\n".join(slip.lines)
        assert ("合计" if language == "zh_CN" else "TOTAL") in text
        assert "￥55.10" in text


@pytest.mark.parametrize("name", ["escpos-58", "escpos-80", "escpos-80-180dpi"])
def test_amounts_end_at_the_right_edge(name: str) -> None:
    columns = load_profile(name).columns
    slip = print_paper(build_receipt(receipt_content()), name)
    subtotal = next(line for line in slip.lines if line.startswith("小计"))
    assert subtotal.endswith("57.13")
    assert len(subtotal.encode("gbk")) == columns


def test_text_of_the_receipt_is_strict_gbk() -> None:
    job = EscposEncoder().encode(build_receipt(receipt_content()), load_profile("escpos-80"))
    text = spoken_text(job)
    for expected in ("天府新区邮政支局", "熊猫明信片套装（10枚）", "￥55.10", "伍拾伍元壹角整"):
        assert expected in text


@pytest.mark.parametrize(
    ("name", "speaks", "draws"),
    [
        ("escpos-80", "〇¥￥镕喆·—…", "䶮㛃𠮷😀€ñ"),
        ("escpos-80-gb2312", "¥￥中·—…", "〇镕喆䶮𠮷😀"),
        ("escpos-80-180dpi", "〇¥镕䶮㛃", "𠮷😀€"),
        ("escpos-80-no-hanzi", "A1", "中〇¥䶮😀"),
    ],
)
def test_each_character_is_spoken_or_drawn_as_the_memory_allows(
    name: str, speaks: str, draws: str
) -> None:
    profile = load_profile(name)
    for char in speaks:
        job = EscposEncoder().encode(document_of(Text(char)), profile)
        assert b"\x1dv0" not in job, char
        assert print_paper(document_of(Text(char)), name).lines == (char.replace("¥", "￥"),)
    for char in draws:
        assert b"\x1dv0" in EscposEncoder().encode(document_of(Text(char)), profile), char


def test_only_the_line_with_the_rare_character_is_drawn() -> None:
    document = document_of(Text("王小明"), Text("王䶮"), Text("李四"))
    job = EscposEncoder().encode(document, load_profile("escpos-80"))
    assert job.count(b"\x1dv0") == 1
    assert spoken_text(job).split() == ["王小明", "李四"]


def test_modes_are_said_again_after_a_picture() -> None:
    bold = Style(bold=True, width=2, height=2, align=Align.CENTRE)
    document = document_of(Text("前", bold), Text("䶮", bold), Text("后", bold))
    job = EscposEncoder().encode(document, load_profile("escpos-80"))
    after = job[job.index("后".encode("gbk")) - 30 :]
    for mode in (b"\x1c&", b"\x1ba\x01", b"\x1bE\x01", b"\x1d!\x11"):
        assert mode in after


@pytest.mark.parametrize("name", ["escpos-58", "escpos-80", "escpos-80-180dpi"])
@pytest.mark.parametrize("char", ["𠮷", "😀", "€"])
@pytest.mark.parametrize("style", [Style(), Style(Align.RIGHT, bold=True, width=2, height=2)])
def test_picture_on_paper_equals_the_drawn_line_dot_by_dot(
    name: str, char: str, style: Style
) -> None:
    profile = load_profile(name)
    rows = raster_text(f"字{char}A", style, profile)
    drawn = Image.frombytes("1", (profile.dots, len(rows)), b"".join(rows)).convert("L")
    paper = ink(print_paper(document_of(Text(f"字{char}A", style)), name))
    assert paper.crop((0, 0, profile.dots, len(rows))).tobytes() == drawn.tobytes()
    assert drawn.getbbox() is not None


@pytest.mark.parametrize("char", list("䶮〇￥镕𠮷😀㛃€éñ"))
def test_rare_character_has_a_glyph_of_its_own(char: str) -> None:
    profile = replace(load_profile("escpos-80-no-hanzi"))
    missing = raster_text("\U0010fffd", Style(), profile)
    assert raster_text(char, Style(), profile) != missing
    assert any(any(row) for row in raster_text(char, Style(), profile))


@pytest.mark.parametrize("style", [Style(underline=True), Style(inverse=True)])
def test_a_line_without_any_width_has_nothing_to_underline(style: Style) -> None:
    profile = load_profile("escpos-80")
    assert not any(b"".join(raster_text("\u200b", style, profile)))


def test_high_picture_goes_out_in_slices() -> None:
    job = EscposEncoder().encode(document_of(Qr(PROOF)), load_profile("escpos-58-gb2312"))
    heights, at = [], job.find(b"\x1dv0\x00")
    while at >= 0:
        stride = int.from_bytes(job[at + 4 : at + 6], "little")
        heights.append(int.from_bytes(job[at + 6 : at + 8], "little"))
        at = job.find(b"\x1dv0\x00", at + 8 + stride * heights[-1])
    assert len(heights) > 1
    assert max(heights) <= 128


@pytest.mark.parametrize("length", [1, 20, 100, 250, 600, 1000])
@pytest.mark.parametrize("name", ["escpos-58", "escpos-58-gb2312", "escpos-80"])
def test_qr_of_any_length_fits_and_reads(length: int, name: str) -> None:
    data = (PROOF * 10)[:length]
    assert read_codes(print_paper(document_of(Qr(data)), name).picture)["QRCode"] == data


def test_qr_capacities_are_those_of_the_standard() -> None:
    import segno

    for version, most in enumerate(QR_CAPACITY_M, start=1):
        code = segno.make_qr(b"\xff" * most, error="m", boost_error=False)
        assert code.version == version


@pytest.mark.parametrize("data", ["0123456789", "10-0042", "a{b}C", "XA123456785CN"])
def test_barcode_reads(data: str) -> None:
    slip = print_paper(document_of(Barcode(data)), "escpos-80")
    assert read_codes(slip.picture) == {"Code128": data}
    assert data in slip.lines


def test_barcode_too_long_for_the_paper_prints_its_text_only() -> None:
    slip = print_paper(document_of(Barcode("A" * 40)), "escpos-58")
    assert read_codes(slip.picture) == {}
    assert "".join(slip.lines).startswith("A" * 32)


def test_code_reader_sees_no_code_on_a_slip_without_one() -> None:
    assert read_codes(print_paper(document_of(Text("无码"), Rule()), "escpos-80").picture) == {}


def test_control_characters_never_reach_the_printer_as_commands() -> None:
    attack = "A\x1b@\x1dV\x00\x10\x04\x01\x1bp\x00\x32\x32B"
    slip = print_paper(document_of(Text(attack)), "escpos-80")
    assert slip.lines == ("A@Vp22B",)


def test_closing_mark_does_not_begin_a_line() -> None:
    assert wrap("一二三四，五六七八。", 8) == ("一二三", "四，五六", "七八。")


def test_words_break_at_spaces_and_long_ones_where_the_line_ends() -> None:
    assert wrap("keep this slip", 9) == ("keep this", "slip")
    assert wrap("4200001234", 4) == ("4200", "0012", "34")


def test_line_broken_at_a_zero_width_mark_is_broken_again_where_it_ends() -> None:
    assert max(map(text_columns, wrap("\u0301字、", 2))) <= 2
    assert "".join(wrap("\u0301字、", 2)) == "\u0301字、"


def test_test_page_shows_the_rare_characters_and_both_codes() -> None:
    slip = print_paper(build_test_page("escpos-58", "2026-11-21"), "escpos-58")
    assert read_codes(slip.picture) == {
        "QRCode": "POSTAL-TERMINAL TEST PAGE",
        "Code128": "TEST-0123",
    }


def test_plain_receipt_needs_no_picture_library() -> None:
    program = (
        "import sys\n"
        "from devices.printer.escpos import EscposEncoder\n"
        "from devices.printer.profiles import load_profile\n"
        "from terminal.domain.document import Document, Qr, Text\n"
        "slip = Document('x', (Text('中文'), Qr('A')))\n"
        "EscposEncoder().encode(slip, load_profile('escpos-80'))\n"
        "print(sorted({'PIL', 'segno', 'serial'} & set(sys.modules)))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout.strip() == "[]", done.stderr


def test_profile_data_is_checked() -> None:
    with pytest.raises(UserError, match="profile_unknown"):
        load_profile("no such model")
    for wrong in ({"dots": 100, "columns": 48}, {"dots": 576}, {"dots": "576", "columns": 48}):
        with pytest.raises(BugError, match="profile_malformed"):
            make_profile("wrong", wrong)
    with pytest.raises(BugError, match="profile_malformed"):
        make_profile("wrong", {"dots": 576, "columns": 48, "hanzi_rom": "big5"})
