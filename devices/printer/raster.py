"""Pictures in the printer's raster language, for what it cannot say as text.

Pillow is imported only when a line of text has to be drawn; QR codes are packed without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from devices.printer.text_layout import char_columns, text_columns
from terminal.domain.document import Align, Style
from terminal.ports.printer import PrinterProfile


def raster_commands(rows: Sequence[bytes], most_lines: int) -> bytes:
    """Rows of dots as ``GS v 0`` commands.

    Args:
        rows: one ``bytes`` a dot line, all of the same length, first dot in the highest bit.
        most_lines: most dot lines in one command; cheap printers lose data beyond their buffer.
    """
    job = bytearray()
    for start in range(0, len(rows), most_lines):
        piece = rows[start : start + most_lines]
        size = len(piece[0]).to_bytes(2, "little") + len(piece).to_bytes(2, "little")
        job += b"\x1dv0\x00" + size
        job += b"".join(piece)
    return bytes(job)


@lru_cache(maxsize=256)
def raster_text(text: str, style: Style, profile: PrinterProfile) -> tuple[bytes, ...]:
    """A line of text drawn on the printer's own grid.

    Args:
        text: cleaned text, not wider than the paper in this style.
        style: as the printer would print it.
        profile: the paper.

    Returns:
        Rows of dots over the whole width, as high as a printed line.
    """
    from PIL import Image, ImageDraw

    from devices.typeface import CELL_DOTS, glyph

    column = profile.column_dots * style.width
    length = text_columns(text) * column
    left = _left(style.align, profile.dots - length)
    ink_height = CELL_DOTS * style.height
    height = max(profile.line_dots, ink_height)
    canvas = Image.new("L", (profile.dots, height), 0)
    place = left
    for char in text:
        columns = char_columns(char)
        shown = glyph(char, columns or 1, style.width, style.height, style.bold)
        if columns:
            canvas.paste(shown, (place, 0), shown)
            place += columns * column
        elif char.isprintable():
            canvas.paste(255, (place - shown.width, 0), shown)
    pen = ImageDraw.Draw(canvas)
    if style.underline and length:
        pen.rectangle((left, ink_height - 2, left + length - 1, ink_height - 1), fill=255)
    if style.inverse:
        box = (left, 0, left + length, ink_height)
        canvas.paste(canvas.crop(box).point([255 - level for level in range(256)]), box[:2])
    packed = canvas.convert("1").tobytes()
    stride = (profile.dots + 7) // 8
    return tuple(packed[start : start + stride] for start in range(0, len(packed), stride))


def _left(align: Align, missing: int) -> int:
    if align is Align.LEFT:
        return 0
    return missing if align is Align.RIGHT else missing // 2


def raster_qr(data: str, module: int, dots: int) -> tuple[bytes, ...]:
    """A QR code in the middle of the paper.

    Args:
        data: the content.
        module: size of one module in dots.
        dots: width of the paper.
    """
    import segno

    code = segno.make_qr(data, error="m", boost_error=False)
    matrix = [bytes(row) for row in code.matrix]
    left = (dots - len(matrix) * module) // 2
    rows: list[bytes] = []
    for line in matrix:
        rows.extend([_pack(line, module, left, dots)] * module)
    return tuple(rows)


def _pack(line: bytes, module: int, left: int, dots: int) -> bytes:
    """One line of modules as dots."""
    bits = "0" * left + "".join(("1" if dark else "0") * module for dark in line)
    stride = (dots + 7) // 8
    return int(bits.ljust(stride * 8, "0"), 2).to_bytes(stride, "big")
