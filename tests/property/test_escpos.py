"""Whatever the text: no crash, nothing wider than the paper, and bytes that are GBK."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from devices.printer.escpos import EscposEncoder
from devices.printer.profiles import load_profile, profile_names
from devices.printer.text_layout import arrange, clean, text_columns, wrap
from devices.simulators.virtual_printer import VirtualPrinter
from terminal.domain.document import Align, Cell, Columns, Cut, Document, Style, Text
from tests.helpers.printers import spoken_text

WILD = st.text(max_size=60)
"""Any text at all, half surrogates and control characters included."""
CHINESE = st.text("中国邮政支局，。（）¥￥·—…abcXYZ 0189.-é€䶮𠮷😀\u0301\u200d", max_size=80)
TEXTS = st.one_of(WILD, CHINESE)
STYLES = st.builds(
    Style,
    align=st.sampled_from(Align),
    bold=st.booleans(),
    underline=st.booleans(),
    inverse=st.booleans(),
    width=st.integers(1, 2),
    height=st.integers(1, 2),
)
ROWS = st.builds(
    Columns,
    st.lists(
        st.builds(Cell, TEXTS, st.sampled_from(Align), st.integers(0, 3)), min_size=1, max_size=5
    ).map(tuple),
    STYLES,
)
PROFILES = st.sampled_from(profile_names())


@given(TEXTS, st.integers(2, 48))
def test_no_line_is_wider_than_its_width_and_nothing_but_spaces_is_lost(
    text: str, width: int
) -> None:
    lines = wrap(text, width)
    assert max(map(text_columns, lines)) <= width
    kept = "".join(lines).replace(" ", "")
    assert kept == "".join(map(clean, text.split("\n"))).replace(" ", "")


@given(ROWS, st.sampled_from([16, 32, 42, 48]))
def test_no_row_is_wider_than_the_paper(row: Columns, width: int) -> None:
    assert max(map(text_columns, arrange(row, width))) <= width


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.builds(Text, TEXTS, STYLES), ROWS), max_size=4), PROFILES)
def test_any_document_encodes_and_its_text_is_gbk(blocks: list[Text | Columns], name: str) -> None:
    profile = load_profile(name)
    job = EscposEncoder().encode(Document("any", (*blocks, Cut())), profile)
    assert job.startswith(b"\x1b@\x1c&" if profile.hanzi_rom != "none" else b"\x1b@\x1c.")
    if profile.hanzi_rom != "gb18030":
        spoken_text(job.replace(b"\x1bt\x00", b""))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.one_of(st.builds(Text, TEXTS, STYLES), ROWS), max_size=3), PROFILES)
def test_printer_never_breaks_a_line_itself_and_knows_every_command(
    blocks: list[Text | Columns], name: str
) -> None:
    profile = load_profile(name)
    machine = VirtualPrinter(profile)
    try:
        machine.interpreter.feed(EscposEncoder().encode(Document("any", tuple(blocks)), profile))
        assert machine.overflows == 0
        assert machine.unknown == ()
        assert not machine.interpreter.waiting
    finally:
        machine.start()
        machine.stop()


def test_overflow_counter_sees_a_line_too_wide() -> None:
    with VirtualPrinter(load_profile("escpos-58")) as machine:
        machine.interpreter.feed(b"\x1b@" + b"x" * 33 + b"\n")
        assert machine.overflows == 1


def test_strict_reader_sees_bytes_that_are_not_gbk() -> None:
    with pytest.raises(UnicodeDecodeError):
        spoken_text(b"\x1b@\x1c&\x81\x30\x84\x36\n")
