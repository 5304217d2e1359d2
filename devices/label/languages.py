"""Labels in ZPL and TSPL: text as pictures, codes in the printer's own commands.

Source: Zebra, ZPL II programming guide (^FO, ^GF, ^BC, ^BQ, ~HS); TSC, TSPL/TSPL2 programming
manual (SIZE, GAP, BITMAP, BARCODE, QRCODE, <ESC>!?).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from devices.label.drawing import dots, text_rows
from devices.label.status import TsplStatusParser, ZplStatusParser
from terminal.domain.label import Label, LabelBars, LabelPart, LabelRule, LabelText

_RULE_DOTS: Final = 2
_ZPL_QR_DROP: Final = 10
"""Zebra prints a QR code that many dots lower than it is told."""


@dataclass(frozen=True, slots=True)
class LabelLanguage:
    """How one family of printers is told and asked.

    Args:
        name: as it stands in the device table.
        encode: the bytes of one label.
        ask: the question for its state.
        make_parser: a fresh parser of the answers.
    """

    name: str
    encode: Callable[[Label], bytes]
    ask: bytes
    make_parser: Callable[[], Any]


def encode_zpl(label: Label) -> bytes:
    """One label in ZPL."""
    head = f"^XA^CI28^PW{dots(label.width_mm)}^LL{dots(label.height_mm)}^LH0,0\n"
    body = "".join(map(_zpl_part, label.parts))
    return f"{head}{body}^PQ1^XZ\n".encode()


def _zpl_part(part: LabelPart) -> str:
    at = f"^FO{dots(part.x_mm)},{dots(part.y_mm)}"
    if isinstance(part, LabelText):
        rows = text_rows(part)
        stride = len(rows[0])
        total = stride * len(rows)
        return f"{at}^GFA,{total},{total},{stride},{b''.join(rows).hex().upper()}^FS\n"
    if isinstance(part, LabelRule):
        return f"{at}^GB{dots(part.width_mm)},{_RULE_DOTS},{_RULE_DOTS}^FS\n"
    if isinstance(part, LabelBars):
        height = dots(part.height_mm)
        data = _zpl_field(part.text.replace(">", ">0"))
        return f"{at}^BY{part.module_dots}^BCN,{height},N,N,N^FH^FD>:{data}^FS\n"
    at = f"^FO{dots(part.x_mm)},{dots(part.y_mm) - _ZPL_QR_DROP}"
    return f"{at}^BQN,2,{part.module_dots}^FH^FDMA,{_zpl_field(part.text)}^FS\n"


def _zpl_field(text: str) -> str:
    """What would be a command stands as hex."""
    return "".join(f"_{ord(char):02X}" if char in "^~_" else char for char in text)


def encode_tspl(label: Label) -> bytes:
    """One label in TSPL."""
    head = f"SIZE {label.width_mm} mm,{label.height_mm} mm\r\nGAP 2 mm,0\r\nDIRECTION 1\r\nCLS\r\n"
    return head.encode() + b"".join(map(_tspl_part, label.parts)) + b"PRINT 1\r\n"


def _tspl_part(part: LabelPart) -> bytes:
    at = f"{dots(part.x_mm)},{dots(part.y_mm)}"
    if isinstance(part, LabelText):
        rows = text_rows(part)
        # In TSPL a dot that is 0 is black.
        picture = bytes(byte ^ 0xFF for row in rows for byte in row)
        return f"BITMAP {at},{len(rows[0])},{len(rows)},0,".encode() + picture + b"\r\n"
    if isinstance(part, LabelRule):
        return f"BAR {at},{dots(part.width_mm)},{_RULE_DOTS}\r\n".encode()
    if isinstance(part, LabelBars):
        sizes = f"{dots(part.height_mm)},0,0,{part.module_dots},{part.module_dots}"
        return f'BARCODE {at},"128",{sizes},"{_tspl_field(part.text)}"\r\n'.encode()
    return f'QRCODE {at},M,{part.module_dots},A,0,"{_tspl_field(part.text)}"\r\n'.encode()


def _tspl_field(text: str) -> str:
    return text.replace('"', '\\["]')


LANGUAGES: Final = {
    "zpl": LabelLanguage("zpl", encode_zpl, b"~HS", ZplStatusParser),
    "tspl": LabelLanguage("tspl", encode_tspl, b"\x1b!?", TsplStatusParser),
}
