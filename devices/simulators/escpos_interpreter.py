"""An interpreter of ESC/POS as printers have it: bytes in, dots on paper and answers out.

It is written from the manuals and shares no code with our encoder, so the two check each other. A
command may arrive in any number of pieces: the interpreter is a generator that waits wherever the
bytes end.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field, replace
from typing import Protocol

from devices.simulators.code128 import code128_modules
from devices.simulators.paper import Modes, Paper
from terminal.ports.printer import HanziRom, PrinterProfile

_DLE, _ESC, _FS, _GS = 0x10, 0x1B, 0x1C, 0x1D
_MISSING_GLYPH = "□"

Steps = Generator[None, None, None]


class Mechanism(Protocol):
    """What the interpreter needs of the machine around it."""

    @property
    def stopped(self) -> bool:
        """Whether the machine takes no more commands for now."""
        ...

    def real_time_answer(self, request: int) -> bytes:
        """The answer to DLE EOT ``request``."""
        ...

    def paper_answer(self) -> bytes:
        """The answer to GS r 1."""
        ...

    def drawer_answer(self) -> bytes:
        """The answer to GS r 2."""
        ...

    def report_changes(self, mask: int) -> None:
        """Automatic status on (mask not zero) or off."""
        ...

    def initialised(self) -> None:
        """ESC @ was executed."""
        ...

    def kicked(self, pin: int) -> None:
        """The drawer got its pulse."""
        ...

    def fed(self) -> None:
        """Paper moved."""
        ...

    def cut(self) -> None:
        """The slip was cut."""
        ...

    def answer(self, data: bytes) -> None:
        """Send bytes back."""
        ...


@dataclass(slots=True)
class EscposInterpreter:
    """Executes a stream of commands.

    Args:
        profile: what the printer knows; a hanzi outside its memory prints as an empty box.
        paper: where the dots go.
        mechanism: the rest of the machine.
        unknown: commands that it did not know, in order.
        executed: bytes executed so far; the machine empties it between slips.
    """

    profile: PrinterProfile
    paper: Paper
    mechanism: Mechanism
    unknown: list[bytes] = field(default_factory=list)
    executed: bytearray = field(default_factory=bytearray)
    _buffer: bytearray = field(default_factory=bytearray)
    _modes: Modes = field(default_factory=Modes)
    _qr: dict[str, int] = field(default_factory=dict)
    _qr_data: bytes = b""
    _bar: dict[str, int] = field(default_factory=dict)
    _steps: Steps | None = None

    def feed(self, data: bytes) -> None:
        """Take bytes and execute what is complete, unless the machine is stopped."""
        self._buffer += data
        if self._steps is None:
            self._steps = self._run()
        next(self._steps)

    @property
    def waiting(self) -> bytearray:
        """Bytes that are not executed yet; the machine looks for real-time requests in them."""
        return self._buffer

    def _byte(self) -> Generator[None, None, int]:
        while not self._buffer or self.mechanism.stopped:
            yield
        byte = self._buffer[0]
        del self._buffer[:1]
        self.executed.append(byte)
        return byte

    def _bytes(self, count: int) -> Generator[None, None, bytes]:
        while len(self._buffer) < count or self.mechanism.stopped:
            yield
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        self.executed += taken
        return taken

    def _run(self) -> Steps:
        self._initialise()
        while True:
            byte = yield from self._byte()
            if byte == _ESC:
                yield from self._escape()
            elif byte == _GS:
                yield from self._group()
            elif byte == _FS:
                yield from self._hanzi_command()
            elif byte == _DLE:
                yield from self._real_time()
            elif byte == 0x0A:
                self._end_line()
            elif byte >= 0x20:
                yield from self._character(byte)
            elif byte != 0x0D:
                self.unknown.append(bytes((byte,)))

    def _initialise(self) -> None:
        self._modes = Modes()
        self._qr = {"module": 3, "level": 0x30}
        self._qr_data = b""
        self._bar = {"height": 162, "width": 3, "text": 0}

    def _end_line(self) -> None:
        self.paper.end_line(self._modes)
        self.mechanism.fed()

    def _character(self, first: int) -> Steps:
        if not self._modes.hanzi or first < 0x81:
            # Code pages have no glyphs here: an upper byte outside hanzi mode shows as a fault.
            self.paper.add(chr(first) if first < 0x80 else "?", self._modes)
            return
        second = yield from self._byte()
        code = bytes((first, second))
        if self.profile.hanzi_rom is HanziRom.GB18030 and 0x30 <= second <= 0x39:
            code += yield from self._bytes(2)
        self.paper.add(self._hanzi(code), self._modes)

    def _hanzi(self, code: bytes) -> str:
        rom = self.profile.hanzi_rom
        try:
            char = code.decode("gb18030" if rom is HanziRom.GB18030 else "gbk")
            if rom is HanziRom.GB2312:
                code.decode("gb2312")
        except UnicodeDecodeError:
            return _MISSING_GLYPH
        return char

    def _escape(self) -> Steps:
        command = yield from self._byte()
        if command == ord("@"):
            self._initialise()
            self.mechanism.initialised()
        elif command == ord("p"):
            pin, _on, _off = yield from self._bytes(3)
            self.mechanism.kicked(5 if pin & 1 else 2)
        elif command != ord("2"):
            value = yield from self._byte()
            self._escape_value(command, value)

    def _escape_value(self, command: int, value: int) -> None:
        modes = self._modes
        if command == ord("a"):
            self._modes = replace(modes, align=value & 3 if value & 3 < 3 else 0)
        elif command == ord("E"):
            self._modes = replace(modes, bold=bool(value & 1))
        elif command == ord("-"):
            self._modes = replace(modes, underline=value & 3)
        elif command == ord("!"):
            width, height = 1 + (value >> 5 & 1), 1 + (value >> 4 & 1)
            self._modes = replace(
                modes,
                bold=bool(value & 8),
                width=width,
                height=height,
                underline=value >> 7,
            )
        elif command == ord("d"):
            for _ in range(value):
                self._end_line()
        elif command == ord("J"):
            self.paper.feed(value)
            self.mechanism.fed()
        elif command not in (ord("t"), ord("3"), ord("R"), ord("M")):
            self.unknown.append(bytes((_ESC, command)))

    def _hanzi_command(self) -> Steps:
        command = yield from self._byte()
        if command == ord("&"):
            has_hanzi = self.profile.hanzi_rom is not HanziRom.NONE
            self._modes = replace(self._modes, hanzi=has_hanzi)
        elif command == ord("."):
            self._modes = replace(self._modes, hanzi=False)
        elif command == ord("!"):
            value = yield from self._byte()
            width, height = 1 + (value >> 2 & 1), 1 + (value >> 3 & 1)
            underline = value >> 7
            self._modes = replace(
                self._modes, width=width, height=height, hanzi_underline=underline
            )
        elif command == ord("-"):
            value = yield from self._byte()
            self._modes = replace(self._modes, hanzi_underline=value & 3)
        else:
            self.unknown.append(bytes((_FS, command)))

    def _real_time(self) -> Steps:
        kind = yield from self._byte()
        request = yield from self._byte()
        if kind == 0x04:
            self.mechanism.answer(self.mechanism.real_time_answer(request))
        else:
            self.unknown.append(bytes((_DLE, kind)))

    def _group(self) -> Steps:
        command = yield from self._byte()
        steps: dict[int, Callable[[], Steps]] = {
            ord("v"): self._raster,
            ord("("): self._extended,
            ord("k"): self._barcode,
            ord("V"): self._cut,
        }
        if command in steps:
            yield from steps[command]()
            return
        value = yield from self._byte()
        if command == ord("!"):
            self._modes = self._modes.with_size(value)
        elif command == ord("B"):
            self._modes = replace(self._modes, inverse=bool(value & 1))
        elif command == ord("a"):
            self.mechanism.report_changes(value)
        elif command == ord("r"):
            paper = value in (1, 49)
            mechanism = self.mechanism
            mechanism.answer(mechanism.paper_answer() if paper else mechanism.drawer_answer())
        elif command in (ord("h"), ord("w"), ord("H")):
            self._bar[{"h": "height", "w": "width", "H": "text"}[chr(command)]] = value
        else:
            self.unknown.append(bytes((_GS, command)))

    def _cut(self) -> Steps:
        mode = yield from self._byte()
        if mode in (65, 66):
            dots = yield from self._byte()
            self.paper.feed(dots)
        self.mechanism.cut()

    def _raster(self) -> Steps:
        head = yield from self._bytes(6)
        stride, count = int.from_bytes(head[2:4], "little"), int.from_bytes(head[4:6], "little")
        rows: list[bytes] = []
        for _ in range(count):
            row = yield from self._bytes(stride)
            rows.append(row)
        self.paper.raster(rows, self._modes)
        self.mechanism.fed()

    def _barcode(self) -> Steps:
        kind = yield from self._byte()
        length = yield from self._byte()
        data = yield from self._bytes(length)
        modules = code128_modules(data) if kind == 73 else []
        if not modules:
            self.unknown.append(bytes((_GS, ord("k"), kind)))
            return
        self.paper.modules([modules], (self._bar["width"], self._bar["height"]), self._modes)
        self.mechanism.fed()

    def _extended(self) -> Steps:
        head = yield from self._bytes(3)
        body = yield from self._bytes(int.from_bytes(head[1:3], "little"))
        if head[0] != ord("k") or body[:1] != b"1":
            self.unknown.append(bytes((_GS, ord("("), head[0])))
            return
        function, values = body[1], body[2:]
        if function == ord("C"):
            self._qr["module"] = values[0]
        elif function == ord("E"):
            self._qr["level"] = values[0]
        elif function == ord("P"):
            self._qr_data = values[1:]
        elif function == ord("Q"):
            self._print_qr()

    def _print_qr(self) -> None:
        import segno

        if not self.profile.native_qr or not self._qr_data:
            self.unknown.append(b"\x1d(k")
            return
        level = "lmqh"[self._qr["level"] - 0x30]
        code = segno.make_qr(self._qr_data, error=level, boost_error=False)
        rows = [[bool(module) for module in row] for row in code.matrix]
        module = self._qr["module"]
        self.paper.modules(rows, (module, module), self._modes)
        self.mechanism.fed()
