"""Glyphs for paper: one character in its cell of the receipt grid, from the product's own fonts.

Imports Pillow: import this module only where a picture is really needed.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, NamedTuple

from PIL import Image, ImageDraw, ImageFont

from devices.asset_files import ASSETS

CELL_DOTS: Final = 24
"""Height of a character and width of a hanzi, in dots."""

INK_LEVEL: Final = 112
"""Coverage (0–255) from which a dot is black."""

_BASELINE: Final = 0.88
_NARROW: Final = ("PostalMono", "PostalSans", "PostalSansFurther", "PostalSans-Rare")
_WIDE: Final = ("PostalSans", "PostalSansFurther", "PostalSans-Rare")


@lru_cache(maxsize=4096)
def glyph(
    char: str, columns: int, width: int = 1, height: int = 1, bold: bool = False
) -> Image.Image:
    """A character as a one-bit picture, ink = 255.

    Args:
        char: one character.
        columns: columns it takes, 1 or 2.
        width: 1 or 2 times the ordinary width.
        height: 1 or 2 times the ordinary height.
        bold: the bold cut, or printed twice one dot apart where there is none.

    Returns:
        An ``L`` picture of ``columns * 12 * width`` by ``24 * height`` dots with values 0 and 255.
    """
    size = CELL_DOTS * max(width, height)
    cell = (columns * CELL_DOTS // 2 * width, CELL_DOTS * height)
    font = _font_for(char, columns, size, bold)
    advance = max(1, round(font.cut.getlength(char)))
    natural = columns * size // 2
    canvas = Image.new("L", (max(natural, advance), size), 0)
    left = (canvas.width - advance) // 2
    ink = ImageDraw.Draw(canvas)
    # A family of one cut is made bold by printing it once more beside itself.
    for step in range(1 + (bold and not font.bold) * size // CELL_DOTS):
        ink.text((left + step, round(size * _BASELINE)), char, 255, font.cut, anchor="ls")
    if canvas.size != cell:
        canvas = canvas.resize(cell, Image.Resampling.LANCZOS)
    return canvas.point(_to_ink)


_to_ink: Final = [255 if level >= INK_LEVEL else 0 for level in range(256)]


class _Font(NamedTuple):
    """A cut of a family.

    Attributes:
        cut: the font.
        bold: whether it is the bold cut.
    """

    cut: ImageFont.FreeTypeFont
    bold: bool


def _font_for(char: str, columns: int, size: int, bold: bool) -> _Font:
    families = _NARROW if columns == 1 else _WIDE
    for family in families:
        font = _font(family, size, bold)
        if bytes(font.cut.getmask(char)) != _missing(family, size, bold) or char.isspace():
            return font
    return _font(families[0], size, bold)


@lru_cache(maxsize=32)
def _missing(family: str, size: int, bold: bool) -> bytes:
    """What the font draws for a character it does not have."""
    return bytes(_font(family, size, bold).cut.getmask("\uffff"))


@lru_cache(maxsize=32)
def _font(family: str, size: int, bold: bool) -> _Font:
    rare = family.endswith("-Rare")
    style = "" if rare else "-Bold" if bold else "-Regular"
    path = ASSETS / "fonts" / f"{family}{style}.otf"
    cut = ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)
    return _Font(cut, bold and not rare)
