"""Text of labels as dots: label printers have no Chinese to rely on, so every line is a picture."""

from __future__ import annotations

from typing import Final

from devices.printer.raster import raster_text
from devices.printer.text_layout import clean, wrap
from terminal.domain.document import Style
from terminal.domain.label import LabelText
from terminal.ports.printer import HanziRom, PrinterProfile

DOTS_PER_MM: Final = 8
"""203 dpi, what nearly every label printer of a counter has."""

_COLUMN_DOTS: Final = 12
_LINE_DOTS: Final = 28


def dots(millimetres: int) -> int:
    """Whole dots."""
    return millimetres * DOTS_PER_MM


def text_rows(part: LabelText) -> tuple[bytes, ...]:
    """A text as rows of dots, ink is 1, first dot in the highest bit; as wide as its room."""
    size = 2 if part.double else 1
    width = dots(part.width_mm) // 8 * 8
    grid = PrinterProfile(
        "label", width, width // _COLUMN_DOTS, line_dots=_LINE_DOTS * size, hanzi_rom=HanziRom.NONE
    )
    style = Style(bold=part.bold, width=size, height=size)
    lines = wrap(clean(part.text), grid.columns // size)[: part.lines]
    return tuple(row for line in lines for row in raster_text(line, style, grid))
