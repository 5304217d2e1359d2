"""A label printer without hardware: draws what ZPL or TSPL says, dot by dot, and fails on demand.

Written from the manuals; it shares no code with our encoder. What it draws is also the preview.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import segno
from PIL import Image

from devices.simulators.code128 import code128_modules

_INK, _BLANK = 0, 255
_DOTS_PER_MM: Final = 8
_HEX: Final = re.compile(r"_([0-9A-Fa-f]{2})")
_QR_DROP: Final = 10
_TSPL_LINE: Final = re.compile(rb'((?:"(?:\\\["\]|[^"])*"|[^"\r\n])*)\r\n')
_BITMAP: Final = re.compile(rb"BITMAP (\d+),(\d+),(\d+),(\d+),0,")


@dataclass(slots=True)
class _Sheet:
    """The label that is being drawn."""

    picture: Image.Image = field(default_factory=lambda: Image.new("L", (8, 8), _BLANK))

    def size(self, width: int, height: int) -> None:
        self.picture = Image.new("L", (width, height), _BLANK)

    def bits(self, x: int, y: int, stride: int, data: bytes) -> None:
        """Rows of dots, 1 is ink; what is blank leaves what is there."""
        rows = Image.frombytes("1", (stride * 8, len(data) // stride), data)
        self.picture.paste(_INK, (x, y), rows)

    def box(self, x: int, y: int, width: int, height: int) -> None:
        self.picture.paste(_INK, (x, y, x + width, y + height))

    def bars(self, x: int, y: int, height: int, module: int, text: str) -> None:
        data = b"{B" + text.replace("{", "{{").encode("ascii")
        for place, dark in enumerate(code128_modules(data)):
            if dark:
                self.box(x + place * module, y, module, height)

    def qr(self, x: int, y: int, module: int, text: str) -> None:
        for down, line in enumerate(segno.make_qr(text, error="m", boost_error=False).matrix):
            for across, dark in enumerate(line):
                if dark:
                    self.box(x + across * module, y + down * module, module, module)


class VirtualLabelPrinter:
    """The machine behind a line.

    Args:
        language: ``zpl`` or ``tspl``.

    Attributes:
        labels: what came out.
        unknown: commands it did not understand.
        paper_out: no labels left; may be turned at any time, like the others.
        head_open: its cover is open.
        ribbon_out: no ribbon left.
        paused: pause was pressed.
        silent: takes bytes and answers nothing.
        slow: so many questions are answered "busy" after a label.
    """

    def __init__(self, language: str) -> None:
        self.labels: list[Image.Image] = []
        self.unknown: list[str] = []
        self.paper_out = self.head_open = self.ribbon_out = self.paused = self.silent = False
        self.slow = 0
        self._busy = 0
        self._zpl = language == "zpl"
        self._waiting = b""
        self._sheet = _Sheet()

    def receive(self, data: bytes) -> list[bytes]:
        """See ``Machine.receive``."""
        self._waiting += data
        answers = list(self._zpl_steps() if self._zpl else self._tspl_steps())
        return [] if self.silent else answers

    def quiet(self) -> list[bytes]:
        """See ``Machine.quiet``."""
        return []

    def _print(self) -> None:
        if not (self.paper_out or self.head_open or self.ribbon_out or self.paused):
            self.labels.append(self._sheet.picture)
            self._busy = self.slow

    def _still_busy(self) -> bool:
        busy, self._busy = self._busy > 0, max(0, self._busy - 1)
        return busy

    # ZPL

    def _zpl_steps(self) -> Iterator[bytes]:
        while b"~HS" in self._waiting or b"^XZ" in self._waiting:
            asked, ended = self._waiting.find(b"~HS"), self._waiting.find(b"^XZ")
            if asked >= 0 and (ended < 0 or asked < ended):
                self._waiting = self._waiting[:asked] + self._waiting[asked + 3 :]
                yield self._zpl_state()
                continue
            page, self._waiting = self._waiting[:ended], self._waiting[ended + 3 :]
            self._zpl_page(page.decode("utf-8"))

    def _zpl_state(self) -> bytes:
        left = int(self._still_busy())
        lines = (
            f"030,{self.paper_out:d},{self.paused:d},1040,000,0,0,0,000,0,0,0",
            f"000,0,{self.head_open:d},{self.ribbon_out:d},0,2,6,0,{left:08d},1,000",
            "1234,0",
        )
        return "".join(f"\x02{line}\x03\r\n" for line in lines).encode()

    def _zpl_page(self, text: str) -> None:
        state: dict[str, int] = {"x": 0, "y": 0, "module": 2, "height": 10}
        size, field_kind, data, escaped = {"PW": 8, "LL": 8}, "", "", False
        for command in text.split("^")[1:]:
            name, rest = command[:2], command[2:].rstrip("\n")
            if name in size:
                size[name] = int(rest)
                self._sheet.size(size["PW"], size["LL"])
            elif name == "FO":
                state["x"], state["y"] = map(int, rest.split(","))
                field_kind, data, escaped = "", "", False
            elif name == "BY":
                state["module"] = int(rest)
            elif name in ("BC", "BQ", "GB", "GF"):
                field_kind, data = name, rest
            elif name == "FH":
                escaped = True
            elif name == "FD":
                data += "\0" + (_HEX.sub(lambda m: chr(int(m[1], 16)), rest) if escaped else rest)
            elif name == "FS":
                self._zpl_field(field_kind, data, state)
            elif name == "PQ":
                self._print()
            elif name not in ("XA", "CI", "LH"):
                self.unknown.append(command)

    def _zpl_field(self, kind: str, data: str, state: dict[str, int]) -> None:
        x, y = state["x"], state["y"]
        words, _, content = data.partition("\0")
        if kind == "GF":
            _, _, total, stride, dots = words.split(",")
            self._sheet.bits(x, y, int(stride), bytes.fromhex(dots)[: int(total)])
        elif kind == "GB":
            width, height, _ = map(int, words.split(","))
            self._sheet.box(x, y, width, height)
        elif kind == "BC":
            text = content.removeprefix(">:").replace(">0", ">")
            self._sheet.bars(x, y, int(words.split(",")[1]), state["module"], text)
        elif kind == "BQ":
            module = int(words.split(",")[2])
            self._sheet.qr(x, y + _QR_DROP, module, content.removeprefix("MA,"))

    # TSPL

    def _tspl_steps(self) -> Iterator[bytes]:
        while self._waiting:
            if self._waiting.startswith(b"\x1b!?"):
                self._waiting = self._waiting[3:]
                yield self._tspl_state()
            elif picture := _BITMAP.match(self._waiting):
                x, y, stride, rows = map(int, picture.groups())
                end = picture.end() + stride * rows
                if len(self._waiting) < end + 2:
                    return
                dots = bytes(byte ^ 0xFF for byte in self._waiting[picture.end() : end])
                self._sheet.bits(x, y, stride, dots)
                self._waiting = self._waiting[end + 2 :]
            elif self._waiting.startswith(b"BITMAP") or not (
                line := _TSPL_LINE.match(self._waiting)
            ):
                return  # the rest is still on its way
            else:
                self._waiting = self._waiting[line.end() :]
                self._tspl_line(line[1].decode("utf-8"))

    def _tspl_state(self) -> bytes:
        bits = self.head_open | self.paper_out << 2 | self.ribbon_out << 3 | self.paused << 4
        return bytes((bits | self._still_busy() << 5,))

    def _tspl_line(self, line: str) -> None:
        name, _, rest = line.partition(" ")
        words, _, quoted = rest.partition(',"')
        text = quoted.removesuffix('"').replace('\\["]', '"')
        deeds: dict[str, Callable[[], None]] = {
            "SIZE": lambda: self._tspl_size(rest),
            "BAR": lambda: self._sheet.box(*map(int, rest.split(","))),
            "BARCODE": lambda: self._tspl_bars(rest),
            "QRCODE": lambda: self._tspl_qr(words, text),
            "PRINT": self._print,
        }
        if name in deeds:
            deeds[name]()
        elif name not in ("GAP", "CLS", "DIRECTION"):
            self.unknown.append(line)

    def _tspl_size(self, rest: str) -> None:
        width, height = (int(word.removesuffix(" mm")) for word in rest.split(","))
        self._sheet.size(width * _DOTS_PER_MM, height * _DOTS_PER_MM)

    def _tspl_bars(self, rest: str) -> None:
        """``x,y,"128",height,0,0,narrow,wide,"text"``."""
        place, _, more = rest.partition(',"128",')
        sizes, _, quoted = more.partition(',"')
        x, y = map(int, place.split(","))
        height, _, _, module, _ = map(int, sizes.split(","))
        text = quoted.removesuffix('"').replace('\\["]', '"')
        self._sheet.bars(x, y, height, module, text)

    def _tspl_qr(self, words: str, text: str) -> None:
        x, y, _, module = words.split(",")[:4]
        self._sheet.qr(int(x), int(y), int(module), text)
