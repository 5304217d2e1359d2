"""Documents in ESC/POS, the language of slip printers.

Chinese goes out as strict GBK in hanzi mode (``FS &``). A line that the printer cannot say
itself (a rare surname, an emoji) is drawn as a picture, that line only, because pictures are
many times slower over a serial cable.

Source: Epson ESC/POS application programming guide; the faults of common libraries that this
    avoids are those of
mixed code pages, of hanzi counted as one column and of the yen sign sent as four bytes of GB18030.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from devices.printer.text_layout import arrange, rom_bytes, wrap
from terminal.domain.document import (
    PLAIN,
    Align,
    Barcode,
    Block,
    Columns,
    Cut,
    Document,
    Feed,
    Gap,
    KickDrawer,
    Qr,
    Rule,
    RuleKind,
    Style,
    Text,
)
from terminal.ports.printer import Cutter, HanziRom, PrinterProfile

INITIALISE: Final = b"\x1b@"
DRAWER_PULSE: Final = bytes((50, 250))
"""100 ms on, 500 ms off, in units of 2 ms."""

_ALIGN: Final = {Align.LEFT: b"\x1ba\x00", Align.CENTRE: b"\x1ba\x01", Align.RIGHT: b"\x1ba\x02"}
_RULES: Final = {
    RuleKind.THIN: ("─", "-"),
    RuleKind.BOLD: ("━", "="),
    RuleKind.DASHED: ("┄", "-"),
}
_TEAR_OFF_LINES: Final = 4
_BAR_MODULE: Final = 2

QR_CAPACITY_M: Final = (
    14, 26, 42, 62, 84, 106, 122, 152, 180, 213, 251, 287, 331, 362, 412, 450, 504, 560, 624, 666,
    711, 779, 857, 911, 997, 1059,
)  # fmt: skip
"""Bytes that QR versions 1, 2, 3 … hold with error correction M (ISO/IEC 18004, table 7)."""


class EscposEncoder:
    """The ``SlipEncoder`` for ESC/POS. Thread rule: any thread."""

    def encode(self, document: Document, profile: PrinterProfile) -> bytes:
        """Encode a whole document as one job.

        Args:
            document: the slip.
            profile: the printer it goes to.

        Returns:
            Bytes that begin with ``ESC @`` and leave no mode behind that the next job would
            inherit.
        """
        return _Job(profile).write(document)


def drawer_command(pin: int) -> bytes:
    """The pulse that opens the drawer on connector pin 2 or 5."""
    return b"\x1bp" + (b"\x01" if pin == 5 else b"\x00") + DRAWER_PULSE


class _Job:
    """The bytes of one job and the modes the printer is in after them."""

    def __init__(self, profile: PrinterProfile) -> None:
        self._profile = profile
        self._out = bytearray()
        self._style: Style | None = None
        self._writers: dict[type, Callable[..., None]] = {
            Text: self._text,
            Columns: self._columns,
            Rule: self._rule,
            Qr: self._qr,
            Barcode: self._barcode,
            Feed: self._feed,
            Gap: self._gap,
            Cut: self._cut,
            KickDrawer: self._kick,
        }

    def write(self, document: Document) -> bytes:
        self._out += INITIALISE
        self._hanzi_mode()
        self._style = PLAIN
        for block in document.blocks:
            self._block(block)
        return bytes(self._out)

    def _block(self, block: Block) -> None:
        self._writers[type(block)](block)

    def _hanzi_mode(self) -> None:
        if self._profile.hanzi_rom is HanziRom.NONE:
            self._out += b"\x1c.\x1bt" + bytes((self._profile.code_page,))
        else:
            self._out += b"\x1c&"

    def _text(self, block: Text) -> None:
        for line in wrap(block.text, self._profile.columns // block.style.width):
            self._line(line, block.style)

    def _columns(self, block: Columns) -> None:
        for line in arrange(block, self._profile.columns // block.style.width):
            self._line(line, block.style)

    def _rule(self, block: Rule) -> None:
        line, plain = _RULES[block.kind]
        says_lines = self._profile.hanzi_rom is not HanziRom.NONE
        columns = self._profile.columns
        self._line(line * (columns // 2) if says_lines else plain * columns, PLAIN)

    def _line(self, line: str, style: Style) -> None:
        encoded = rom_bytes(line, self._profile.hanzi_rom)
        if encoded is None:
            self._picture_line(line, style)
            return
        self._select(style)
        self._out += encoded
        self._out += b"\n"

    def _picture_line(self, line: str, style: Style) -> None:
        from devices.printer.raster import raster_commands, raster_text

        self._select(PLAIN)
        rows = raster_text(line, style, self._profile)
        self._out += raster_commands(rows, self._profile.raster_lines)
        self._reselect()

    def _reselect(self) -> None:
        """Say every mode again: some printers fall back to single bytes after a picture."""
        self._hanzi_mode()
        self._style = None

    def _select(self, style: Style) -> None:
        """Change from the current modes to those of a style, sending only what differs."""
        current = self._style
        if style == current:
            return
        out = self._out
        if current is None or current.align is not style.align:
            out += _ALIGN[style.align]
        if current is None or current.bold != style.bold:
            out += b"\x1bE" + bytes((style.bold,))
        resized = current is None or (current.width, current.height) != (style.width, style.height)
        if resized:
            wide, tall = style.width - 1, style.height - 1
            # GS ! is the rule; some clones listen only to FS ! for hanzi.
            out += b"\x1d!" + bytes((wide << 4 | tall,))
            out += b"\x1c!" + bytes((wide << 2 | tall << 3,))
        if current is None or current.underline != style.underline or (resized and style.underline):
            # Latin and hanzi have an underline of their own, and FS ! has just ended the latter.
            out += b"\x1b-" + bytes((2 * style.underline,))
            out += b"\x1c-" + bytes((2 * style.underline,))
        if current is None or current.inverse != style.inverse:
            out += b"\x1dB" + bytes((style.inverse,))
        self._style = style

    def _qr(self, block: Qr) -> None:
        data = block.data.encode("utf-8", "replace")
        module = self._qr_module(len(data), block.module)
        if not self._profile.native_qr:
            from devices.printer.raster import raster_commands, raster_qr

            self._select(PLAIN)
            rows = raster_qr(data.decode("utf-8"), module, self._profile.dots)
            self._out += raster_commands(rows, self._profile.raster_lines)
            self._reselect()
            return
        self._select(Style(align=Align.CENTRE))
        self._out += b"\x1d(k\x04\x001A2\x00"
        self._out += b"\x1d(k\x03\x001C" + bytes((module,))
        self._out += b"\x1d(k\x03\x001E1"
        self._out += b"\x1d(k" + (len(data) + 3).to_bytes(2, "little") + b"1P0" + data
        self._out += b"\x1d(k\x03\x001Q0"

    def _qr_module(self, length: int, wanted: int) -> int:
        """The largest module size up to the wanted one that leaves room for the quiet zone."""
        version = next(
            number for number, most in enumerate(QR_CAPACITY_M, start=1) if length <= most
        )
        return max(2, min(wanted, self._profile.dots // (17 + 4 * version + 8)))

    def _barcode(self, block: Barcode) -> None:
        packed = _code128(block.data)
        modules = 11 * (len(packed) - 2 + 2) + 13 + 20
        if modules * _BAR_MODULE <= self._profile.dots:
            self._select(Style(align=Align.CENTRE))
            self._out += b"\x1dh" + bytes((block.height,)) + b"\x1dw" + bytes((_BAR_MODULE,))
            self._out += b"\x1dH\x00\x1dkI" + bytes((len(packed),)) + packed
        # A code too long for the paper would come out unreadable; its text still helps.
        self._text(Text(block.data, Style(align=Align.CENTRE)))

    def _feed(self, block: Feed) -> None:
        self._out += b"\x1bd" + bytes((block.lines,))

    def _gap(self, block: Gap) -> None:
        self._out += b"\x1bJ" + bytes((block.dots,))

    def _cut(self, _block: Cut) -> None:
        if self._profile.cutter is Cutter.NONE:
            self._out += b"\x1bd" + bytes((_TEAR_OFF_LINES,))
        else:
            mode = 65 if self._profile.cutter is Cutter.FULL else 66
            self._out += b"\x1dV" + bytes((mode, 0))

    def _kick(self, block: KickDrawer) -> None:
        self._out += drawer_command(block.pin or self._profile.drawer_pin)


def _code128(data: str) -> bytes:
    """Data for ``GS k 73``: pairs of digits in set C, else set B with ``{`` doubled."""
    if data.isdigit() and len(data) % 2 == 0:
        return b"{C" + bytes(int(data[at : at + 2]) for at in range(0, len(data), 2))
    return b"{B" + data.replace("{", "{{").encode("ascii")
