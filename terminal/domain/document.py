"""Slips as values: what stands on the paper, not how a printer is told.

A document is a title and a tuple of frozen blocks. Print jobs are persisted as the JSON form of
a document, so an order can be printed after a crash, on another printer and on another width of
paper.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final, TypeVar, cast

from terminal.domain.errors import BugError

FORMAT_VERSION: Final = 1
"""Version of the JSON form; a reader refuses any other."""

T = TypeVar("T")

MAX_QR_BYTES: Final = 1000
MAX_BARCODE_LENGTH: Final = 60


def _malformed(reason: str) -> BugError:
    return BugError("document.malformed", {"reason": reason})


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise _malformed(reason)


class Align(StrEnum):
    """Where text stands in its width."""

    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


class RuleKind(StrEnum):
    """Weight of a line across the paper."""

    THIN = "thin"
    BOLD = "bold"
    DASHED = "dashed"


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks.

    Args:
        align: place in the line; a ``Columns`` block takes it from its cells instead.
        bold: heavier strokes.
        underline: a line under the text.
        inverse: white on black.
        width: 1 or 2 times the ordinary width.
        height: 1 or 2 times the ordinary height.
    """

    align: Align = Align.LEFT
    bold: bool = False
    underline: bool = False
    inverse: bool = False
    width: int = 1
    height: int = 1

    def __post_init__(self) -> None:
        _require(self.width in (1, 2) and self.height in (1, 2), "style.size")


PLAIN: Final = Style()


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph; wraps at the width of the paper, a line feed starts a new line."""

    text: str
    style: Style = PLAIN


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a ``Columns`` row.

    Args:
        text: wraps inside the cell.
        align: place inside the cell.
        share: part of the width left over, relative to the other cells; 0 makes the cell as
            wide as its text.
    """

    text: str
    align: Align = Align.LEFT
    share: int = 1

    def __post_init__(self) -> None:
        _require(0 <= self.share <= 100, "cell.share")


@dataclass(frozen=True, slots=True)
class Columns:
    """Cells side by side, one column of space between them."""

    cells: tuple[Cell, ...]
    style: Style = PLAIN

    def __post_init__(self) -> None:
        _require(0 < len(self.cells) <= 8, "columns.cells")


@dataclass(frozen=True, slots=True)
class Rule:
    """A line across the paper."""

    kind: RuleKind = RuleKind.THIN


@dataclass(frozen=True, slots=True)
class Qr:
    """A centred QR code, error correction M.

    Args:
        data: 1 to 1000 bytes of UTF-8; upper-case letters and digits give the smallest code.
        module: wanted size of one module in dots, 2 to 12; made smaller when the paper is too
            narrow.
    """

    data: str
    module: int = 6

    def __post_init__(self) -> None:
        _require(2 <= self.module <= 12, "qr.module")
        _require(0 < len(self.data.encode("utf-8", "replace")) <= MAX_QR_BYTES, "qr.data")


@dataclass(frozen=True, slots=True)
class Barcode:
    """A centred linear code with its text below.

    Args:
        data: 1 to 60 printable ASCII characters.
        symbology: only ``code128`` so far.
        height: height of the bars in dots, 24 to 255.
    """

    data: str
    symbology: str = "code128"
    height: int = 64

    def __post_init__(self) -> None:
        _require(self.symbology == "code128", "barcode.symbology")
        _require(24 <= self.height <= 255, "barcode.height")
        printable = self.data.isascii() and self.data.isprintable()
        _require(printable and 0 < len(self.data) <= MAX_BARCODE_LENGTH, "barcode.data")


@dataclass(frozen=True, slots=True)
class Feed:
    """Empty paper.

    Args:
        lines: 1 to 20 lines of text height.
    """

    lines: int = 1

    def __post_init__(self) -> None:
        _require(1 <= self.lines <= 20, "feed.lines")


@dataclass(frozen=True, slots=True)
class Gap:
    """Less than a line of empty paper.

    Args:
        dots: 1 to 255 dots (8 dots are about one millimetre).
    """

    dots: int

    def __post_init__(self) -> None:
        _require(1 <= self.dots <= 255, "gap.dots")


@dataclass(frozen=True, slots=True)
class Cut:
    """The end of the slip; a printer without a cutter feeds to its tear bar."""


@dataclass(frozen=True, slots=True)
class KickDrawer:
    """Open the cash drawer.

    Args:
        pin: pin of the drawer connector, 2 or 5; 0 takes the one of the printer's profile.
    """

    pin: int = 0

    def __post_init__(self) -> None:
        _require(self.pin in (0, 2, 5), "kick.pin")


Block = Text | Columns | Rule | Qr | Barcode | Feed | Gap | Cut | KickDrawer

_BLOCKS: Final[dict[str, type[Block]]] = {
    "text": Text,
    "columns": Columns,
    "rule": Rule,
    "qr": Qr,
    "barcode": Barcode,
    "feed": Feed,
    "gap": Gap,
    "cut": Cut,
    "kick_drawer": KickDrawer,
}
_NAMES: Final = {kind: name for name, kind in _BLOCKS.items()}
_PLANS: Final[dict[type, tuple[tuple[str, object], ...]]] = {
    kind: tuple((field.name, field.default) for field in fields(kind))
    for kind in (Style, Cell, *_BLOCKS.values())
}
"""Name and default of every field."""


@dataclass(frozen=True, slots=True)
class Document:
    """A slip.

    Args:
        title: for lists and logs, such as ``receipt 10-0042``; never printed, never personal data.
        blocks: from the top of the paper to its end.
    """

    title: str
    blocks: tuple[Block, ...]

    def to_json(self) -> dict[str, object]:
        """The persistent form: version, title and blocks, each a plain object with a ``type``."""
        return {
            "version": FORMAT_VERSION,
            "title": self.title,
            "blocks": [{"type": _NAMES[type(block)], **_pack(block)} for block in self.blocks],
        }

    @staticmethod
    def from_json(data: object) -> Document:
        """Read the persistent form back.

        Raises:
            BugError: ``document.malformed`` with ``reason`` for anything that ``to_json`` does
                not write; ``document.version`` for another format version.
        """
        top = _mapping(data, "document")
        if top.get("version") != FORMAT_VERSION:
            raise BugError("document.version", {"found": str(top.get("version"))})
        _require(set(top) == {"version", "title", "blocks"}, "document.keys")
        title, blocks = top["title"], top["blocks"]
        if not isinstance(title, str) or not isinstance(blocks, list):
            raise _malformed("document.types")
        return Document(title, tuple(_block(item) for item in blocks))


def _block(data: object) -> Block:
    mapping = dict(_mapping(data, "block"))
    kind = _BLOCKS.get(str(mapping.pop("type", "")))
    if kind is None:
        raise _malformed("block.type")
    return _unpack(kind, mapping)


def _pack(value: Any) -> dict[str, object]:
    packed: dict[str, object] = {}
    for name, default in _PLANS[type(value)]:
        item = getattr(value, name)
        # Most are the default itself: a slip is packed while a customer waits.
        if item is not default and item != default:
            packed[name] = _pack_value(item)
    return packed


def _pack_value(item: object) -> object:
    kind = type(item)
    if kind is tuple:
        return [_pack(part) for part in cast("tuple[Cell, ...]", item)]
    if kind is Style:
        return dict(_pack_style(cast("Style", item)))
    return str(item) if isinstance(item, StrEnum) else item


@lru_cache(maxsize=64)
def _pack_style(style: Style) -> dict[str, object]:
    return _pack(style)


def _unpack(kind: type[T], data: Mapping[str, object]) -> T:
    known = {field.name: field for field in fields(cast("Any", kind))}
    _require(set(data) <= set(known), f"{kind.__name__}.unknown_field")
    required = {name for name, field in known.items() if field.default is MISSING}
    _require(required <= set(data), f"{kind.__name__}.missing_field")
    values = {name: _value(str(known[name].type), item) for name, item in data.items()}
    return kind(**values)


def _value(declared: str, item: object) -> object:
    if declared == "Style":
        return _unpack(Style, _mapping(item, "style"))
    if declared == "tuple[Cell, ...]":
        cells = item if isinstance(item, list) else []
        return tuple(_unpack(Cell, _mapping(cell, "cell")) for cell in cells)
    if declared in ("Align", "RuleKind"):
        kind = Align if declared == "Align" else RuleKind
        _require(item in list(kind), declared)
        return kind(str(item))
    _require(type(item).__name__ == declared, f"{declared}.expected")
    return item


def _mapping(data: object, what: str) -> Mapping[str, object]:
    if not isinstance(data, Mapping):
        raise _malformed(what)
    return data
