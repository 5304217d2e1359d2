"""The paper of a simulated printer: dots in the places where the bytes put them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw

from devices.printer.text_layout import char_columns
from devices.typeface import CELL_DOTS, glyph
from terminal.ports.printer import PrinterProfile

_GROWTH = 1024
_INVERT = [255 - level for level in range(256)]


@dataclass(frozen=True, slots=True)
class Modes:
    """The modes that commands select and ``ESC @`` resets."""

    align: int = 0
    bold: bool = False
    underline: int = 0
    hanzi_underline: int = 0
    inverse: bool = False
    width: int = 1
    height: int = 1
    hanzi: bool = False

    def with_size(self, size: int) -> Modes:
        """After ``GS !``: width in the high and height in the low half byte."""
        return replace(self, width=(size >> 4 & 7) + 1, height=(size & 7) + 1)


class Paper:
    """An endless roll, cut into slips.

    Args:
        profile: width and grid of the printer.
    """

    def __init__(self, profile: PrinterProfile) -> None:
        self.profile = profile
        self.overflows = 0
        self._start()

    def _start(self) -> None:
        self._canvas = Image.new("L", (self.profile.dots, _GROWTH), 0)
        self._y = 0
        self._line: list[tuple[str, Modes]] = []
        self._used = 0
        self.lines: list[str] = []

    @property
    def length_dots(self) -> int:
        """Paper used since the last cut."""
        return self._y

    @property
    def is_blank(self) -> bool:
        """Whether the slip bears no ink yet."""
        return not self._line and self._canvas.getbbox() is None

    def add(self, char: str, modes: Modes) -> None:
        """Put a character into the line; a full line prints itself first, as printers do."""
        columns = char_columns(char) or 1
        dots = columns * self.profile.column_dots * modes.width
        if self._used + dots > self.profile.dots:
            self.overflows += 1
            self.end_line(modes)
        self._line.append((char, modes))
        self._used += dots

    def end_line(self, modes: Modes) -> None:
        """Print the line and move on by one line."""
        height = max((CELL_DOTS * mode.height for _, mode in self._line), default=0)
        self._room(height)
        missing = self.profile.dots - self._used
        place = (0, missing // 2, missing)[modes.align]
        for char, mode in self._line:
            place += self._draw(char, mode, place, height)
        self.lines.append("".join(char for char, _ in self._line))
        self._line, self._used = [], 0
        self._y += max(height, self.profile.line_dots)

    def _draw(self, char: str, mode: Modes, place: int, height: int) -> int:
        columns = char_columns(char) or 1
        small = glyph(char, columns)
        if mode.bold:
            heavier = small.copy()
            heavier.paste(255, (1, 0), small)
            small = heavier
        size = (columns * self.profile.column_dots * mode.width, CELL_DOTS * mode.height)
        shown = small.resize(size, Image.Resampling.NEAREST)
        underline = mode.hanzi_underline if columns == 2 else mode.underline
        if underline:
            box = (0, size[1] - underline, size[0], size[1])
            ImageDraw.Draw(shown).rectangle(box, fill=255)
        if mode.inverse:
            shown = shown.point(_INVERT)
        self._canvas.paste(shown, (place, self._y + height - size[1]))
        return size[0]

    def raster(self, rows: Sequence[bytes], modes: Modes) -> None:
        """Print dot rows; dots beyond the edge are lost."""
        if not rows:
            return
        width = len(rows[0]) * 8
        picture = Image.frombytes("1", (width, len(rows)), b"".join(rows)).convert("L")
        self._place(picture, modes)

    def modules(self, rows: Sequence[Sequence[bool]], scale: tuple[int, int], modes: Modes) -> None:
        """Print a code made of modules, each ``scale`` dots wide and high."""
        small = Image.new("L", (len(rows[0]), len(rows)))
        small.putdata([255 if dark else 0 for row in rows for dark in row])
        size = (small.width * scale[0], small.height * scale[1])
        self._place(small.resize(size, Image.Resampling.NEAREST), modes)

    def _place(self, picture: Image.Image, modes: Modes) -> None:
        self._room(picture.height)
        missing = max(0, self.profile.dots - picture.width)
        self._canvas.paste(picture, ((0, missing // 2, missing)[modes.align], self._y))
        self._y += picture.height

    def feed(self, dots: int) -> None:
        """Move the paper."""
        self._room(dots)
        self._y += dots

    def _room(self, dots: int) -> None:
        if self._y + dots + _GROWTH // 2 > self._canvas.height:
            taller = Image.new("L", (self._canvas.width, self._y + dots + 2 * _GROWTH), 0)
            taller.paste(self._canvas, (0, 0))
            self._canvas = taller

    def picture(self, margin: int = 0) -> Image.Image:
        """The slip as black on white.

        Args:
            margin: white dots added on each side.
        """
        used = self._canvas.crop((0, 0, self.profile.dots, max(1, self._y))).point(_INVERT)
        page = Image.new("L", (used.width + 2 * margin, used.height + 2 * margin), 255)
        page.paste(used, (margin, margin))
        return page

    def tear(self) -> None:
        """Begin a new slip."""
        self._start()
