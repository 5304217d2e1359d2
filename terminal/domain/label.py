"""Labels as values: what stands where on the label, in millimetres, not how a printer is told."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from terminal.domain.errors import BugError

SIZES_MM: Final = ((76, 130), (100, 150), (60, 40))
"""Width and height of the stock in use: two for parcels, one for shelves."""


@dataclass(frozen=True, slots=True)
class LabelText:
    """Lines of text.

    Args:
        x_mm: left edge.
        y_mm: top edge.
        width_mm: room for the text; what is wider goes on in the next line.
        text: any characters.
        lines: most lines; what does not fit is left out.
        double: twice as high and wide: 6 mm instead of 3 mm.
        bold: heavier strokes.
    """

    x_mm: int
    y_mm: int
    width_mm: int
    text: str
    lines: int = 1
    double: bool = False
    bold: bool = False


@dataclass(frozen=True, slots=True)
class LabelBars:
    """A Code 128.

    Args:
        x_mm: left edge of the first bar.
        y_mm: top edge.
        height_mm: of the bars.
        text: printable ASCII.
        module_dots: width of the narrowest bar, in dots.
    """

    x_mm: int
    y_mm: int
    height_mm: int
    text: str
    module_dots: int = 2

    def __post_init__(self) -> None:
        if not self.text or not self.text.isascii() or not self.text.isprintable():
            raise BugError("label.malformed", {"part": "bars"})


@dataclass(frozen=True, slots=True)
class LabelQr:
    """A QR code with error correction M.

    Args:
        x_mm: left edge of the first module.
        y_mm: top edge.
        text: the content.
        module_dots: width of a module, in dots.
    """

    x_mm: int
    y_mm: int
    text: str
    module_dots: int = 4


@dataclass(frozen=True, slots=True)
class LabelRule:
    """A line across."""

    x_mm: int
    y_mm: int
    width_mm: int


LabelPart = LabelText | LabelBars | LabelQr | LabelRule


@dataclass(frozen=True, slots=True)
class Label:
    """One label.

    Args:
        width_mm: of the stock, one of ``SIZES_MM``.
        height_mm: of the stock.
        parts: from top to bottom.
    """

    width_mm: int
    height_mm: int
    parts: tuple[LabelPart, ...]

    def __post_init__(self) -> None:
        if (self.width_mm, self.height_mm) not in SIZES_MM:
            raise BugError("label.malformed", {"part": "size"})
