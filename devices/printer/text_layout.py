"""Text on the grid of a slip printer: a hanzi takes two columns and is never cut in half."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Final

from terminal.domain.document import Align, Cell, Columns
from terminal.ports.printer import HanziRom

MIN_SHARED_COLUMNS: Final = 4
"""Narrower than this a cell is no cell: the row is stacked instead."""

_NEVER_FIRST: Final = frozenset("，。、；：？！）》〉」』】〕”’…—·,.;:?!)]}%")
_NEVER_LAST: Final = frozenset("（《〈「『【〔“‘([{￥$")
_GB2312_TWINS: Final = str.maketrans("·—", "・―")


@lru_cache(maxsize=8192)
def rom_bytes(text: str, rom: HanziRom) -> bytes | None:
    """The bytes with which a printer says the text itself, or None when it cannot.

    Args:
        text: cleaned text of one line.
        rom: what the printer's memory holds.
    """
    if text.isascii():
        return text.encode("ascii")
    if rom is HanziRom.NONE:
        return None
    try:
        if rom is HanziRom.GB18030:
            return _gb18030(text)
        encoded = text.encode("gbk")
        if rom is HanziRom.GBK:
            return encoded
        # Python knows two of the GB2312 marks by other code points than GBK does.
        return encoded if text.translate(_GB2312_TWINS).encode("gb2312") == encoded else None
    except UnicodeEncodeError:
        return None


def _gb18030(text: str) -> bytes | None:
    """GBK, and extension A in four bytes: the memories hold no glyph for the rest."""
    speakable = all(_in_gbk(char) or "\u3400" <= char <= "\u4db5" for char in text)
    return text.encode("gb18030") if speakable else None


@lru_cache(maxsize=8192)
def clean(text: str) -> str:
    """Text without anything that is a command or has no place on paper.

    Control characters go (a line feed is handled before), half surrogates become ``?``, the
    narrow yen sign becomes the wide one that every Chinese printer knows, and composed forms
    replace decomposed ones where needed.
    """
    if text.isprintable() and "¥" not in text and rom_bytes(text, HanziRom.GBK) is not None:
        return text
    text = "".join(_clean_char(char) for char in text)
    if rom_bytes(text, HanziRom.GBK) is None:
        text = unicodedata.normalize("NFC", text)
    return text


def _clean_char(char: str) -> str:
    if char == "¥":
        return "￥"
    category = unicodedata.category(char)
    if category == "Cc":
        return " " if char == "\t" else ""
    if category == "Cs":
        return "?"
    return " " if category in ("Zl", "Zp") or char == "\xa0" else char


@lru_cache(maxsize=8192)
def char_columns(char: str) -> int:
    """Columns of one cleaned character: 0 for a mark or joiner, 2 for a wide one, else 1."""
    if char.isascii():
        return 1
    if _in_gbk(char):
        return 2
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    wide = unicodedata.east_asian_width(char) in ("W", "F")
    return 2 if wide or "\u2190" <= char <= "\u2bff" else 1


@lru_cache(maxsize=8192)
def _in_gbk(char: str) -> bool:
    return rom_bytes(char, HanziRom.GBK) is not None


@lru_cache(maxsize=8192)
def text_columns(text: str) -> int:
    """Columns of a cleaned line."""
    encoded = rom_bytes(text, HanziRom.GBK)
    return len(encoded) if encoded is not None else sum(map(char_columns, text))


@lru_cache(maxsize=2048)
def wrap(text: str, width: int) -> tuple[str, ...]:
    """Break text into lines.

    Breaks stand at spaces and beside hanzi, not before closing or after opening marks; a word
    longer than the line is broken where the line ends.

    Args:
        text: any text; line feeds start new lines.
        width: columns of a line, at least 2.

    Returns:
        At least one line, none wider than ``width``.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        paragraph = clean(paragraph)
        fits = text_columns(paragraph) <= width
        lines.extend((paragraph,) if fits else _wrap_paragraph(paragraph, width))
    return tuple(lines)


def _wrap_paragraph(text: str, width: int) -> list[str]:
    lines: list[str] = []
    start, used, may_break = 0, 0, 0
    for index, char in enumerate(text):
        columns = char_columns(char)
        if index > start and _may_break_before(text, index):
            may_break = index
        while used + columns > width and index > start and char != " ":
            cut = may_break if may_break > start else index
            lines.append(text[start:cut].rstrip(" "))
            start = cut
            used = text_columns(text[start:index])
        used += columns
    lines.append(text[start:].rstrip(" "))
    return lines


def _may_break_before(text: str, index: int) -> bool:
    char, before = text[index], text[index - 1]
    if char == " " or char in _NEVER_FIRST or before in _NEVER_LAST or not char_columns(char):
        return False
    return before == " " or char_columns(char) == 2 or char_columns(before) == 2


def arrange(row: Columns, width: int) -> tuple[str, ...]:
    """The lines of a row of cells, padded with spaces.

    A row that has no room for its cells is stacked, a cell a paragraph.

    Args:
        row: the cells.
        width: columns of the paper in the row's own character size.
    """
    widths = _cell_widths(row.cells, width)
    if widths is None:
        return tuple(
            _pad(line, cell.align, width).rstrip(" ")
            for cell in row.cells
            for line in wrap(cell.text, width)
        )
    wrapped = [wrap(cell.text, columns) for cell, columns in zip(row.cells, widths, strict=True)]
    lines = []
    for number in range(max(map(len, wrapped))):
        pieces = [
            _pad(lines_of[number] if number < len(lines_of) else "", cell.align, columns)
            for cell, columns, lines_of in zip(row.cells, widths, wrapped, strict=True)
        ]
        lines.append(" ".join(pieces).rstrip(" "))
    return tuple(lines)


def _cell_widths(cells: tuple[Cell, ...], width: int) -> tuple[int, ...] | None:
    """Columns of each cell, or None when they do not fit side by side."""
    shares = tuple([cell.share for cell in cells])
    wanted = tuple([0 if cell.share else _natural_columns(cell.text) for cell in cells])
    return _share_out(shares, wanted, width)


@lru_cache(maxsize=1024)
def _share_out(
    shares: tuple[int, ...], wanted: tuple[int, ...], width: int
) -> tuple[int, ...] | None:
    """Cells without a share get what they want, the others divide the rest."""
    rest = width - sum(wanted) - (len(shares) - 1)
    sharing = [index for index, share in enumerate(shares) if share]
    if rest < len(sharing) * MIN_SHARED_COLUMNS:
        return None
    total = sum(shares)
    widths = [
        max(2, rest * share // total) if share else natural
        for share, natural in zip(shares, wanted, strict=True)
    ]
    if sharing:
        widths[sharing[-1]] += width - sum(widths) - (len(shares) - 1)
    return tuple(widths) if min([widths[index] for index in sharing], default=2) >= 2 else None


@lru_cache(maxsize=2048)
def _natural_columns(text: str) -> int:
    return max(1, max(text_columns(clean(line)) for line in text.split("\n")))


def _pad(line: str, align: Align, width: int) -> str:
    missing = width - text_columns(line)
    if align is Align.LEFT:
        return line + " " * missing
    if align is Align.RIGHT:
        return " " * missing + line
    return " " * (missing // 2) + line + " " * (missing - missing // 2)
