"""A slip printer without hardware: speaks ESC/POS over TCP, draws the paper, and fails on demand.

    python -m devices.simulators.virtual_printer --port 9100 --out slips --profile escpos-80

Tests use it as a context manager. It listens on this machine only and serves one connection at a
time, as printers do.
"""

from __future__ import annotations

import argparse
import contextlib
import selectors
import signal
import socket
import struct
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from devices.printer.profiles import load_profile, profile_names
from devices.simulators.escpos_interpreter import EscposInterpreter
from devices.simulators.paper import Paper
from terminal.ports.printer import Cutter, PrinterProfile

if TYPE_CHECKING:
    from PIL import Image

_SLOW_CHUNK = 64
_MARGIN_DOTS = 32


@dataclass(frozen=True, slots=True)
class PrinterFaults:
    """What is wrong with the printer.

    Args:
        paper_out: no paper: nothing prints until it is back.
        near_end: little paper left.
        cover_open: nothing prints until it is closed.
        offline: taken off line at the machine.
        silent: bytes are taken and never answered.
        drop_after_bytes: the connection is reset after that many bytes of it; 0 never.
        paper_left_dots: paper runs out after that many dots; 0 never.
        slow_ms: pause for every 64 bytes.
        drawer_open: drawer sense line.
    """

    paper_out: bool = False
    near_end: bool = False
    cover_open: bool = False
    offline: bool = False
    silent: bool = False
    drop_after_bytes: int = 0
    paper_left_dots: int = 0
    slow_ms: int = 0
    drawer_open: bool = False


@dataclass(frozen=True, slots=True)
class PrintedSlip:
    """One slip that came out.

    Args:
        number: from 1.
        data: the bytes that made it.
        lines: the text lines on it, in the printer's own characters.
        picture: the paper, black on white, ``L``.
    """

    number: int
    data: bytes
    lines: tuple[str, ...]
    picture: Image.Image


class VirtualPrinter:
    """The simulated machine; also the ``Mechanism`` of its interpreter.

    Args:
        profile: the model it plays.
        port: TCP port, 0 for any free one.
        out: folder for ``N.bin`` and ``N.png``; None keeps slips in memory only.
    """

    def __init__(self, profile: PrinterProfile, port: int = 0, out: Path | None = None) -> None:
        self.profile = profile
        self.slips: list[PrintedSlip] = []
        self.kicks: list[int] = []
        self.cuts = 0
        self.paper = Paper(profile)
        self.interpreter = EscposInterpreter(profile, self.paper, self)
        self._faults = PrinterFaults()
        self._out = out
        self._asb = 0
        self._connection: socket.socket | None = None
        self._received = 0
        self._changed = threading.Condition(threading.RLock())
        self._server = socket.create_server(("127.0.0.1", port))
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="virtual-printer", daemon=True)

    @property
    def port(self) -> int:
        """The TCP port it listens on."""
        number: int = self._server.getsockname()[1]
        return number

    @property
    def unknown(self) -> Sequence[bytes]:
        """Commands it did not understand."""
        return tuple(self.interpreter.unknown)

    @property
    def overflows(self) -> int:
        """Lines that were wider than the paper."""
        return self.paper.overflows

    def __enter__(self) -> VirtualPrinter:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to serve."""
        if self._out is not None:
            self._out.mkdir(parents=True, exist_ok=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and wait for the thread."""
        self._wake.send(b"x")
        self._thread.join()
        for connection in (self._server, self._wake, self._woken):
            connection.close()

    @property
    def faults(self) -> PrinterFaults:
        """The fault dial."""
        return self._faults

    def set_faults(self, **changes: bool | int) -> None:
        """Turn the fault dial; the printer reports the change when it was asked to.

        Args:
            **changes: fields of ``PrinterFaults``.
        """
        with self._changed:
            self._turn(changes)
            self.interpreter.feed(b"")

    def _turn(self, changes: Mapping[str, bool | int]) -> None:
        self._faults = replace(self._faults, **changes)  # type: ignore[arg-type]
        if self._asb:
            self.answer(self._status_back())

    def wait_for_slips(self, count: int, timeout_s: float = 10.0) -> list[PrintedSlip]:
        """Wait until ``count`` slips have come out.

        Raises:
            TimeoutError: when they do not come in time.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.slips) >= count, timeout_s):
                raise TimeoutError(f"{len(self.slips)} of {count} slips")
            return list(self.slips)

    def wait_for_paper(self, dots: int, timeout_s: float = 10.0) -> None:
        """Wait until the slip in the printer is at least so long.

        Raises:
            TimeoutError: when it does not grow that long in time.
        """
        with self._changed:
            if not self._changed.wait_for(lambda: self.paper.length_dots >= dots, timeout_s):
                raise TimeoutError(f"{self.paper.length_dots} of {dots} dots")

    # The mechanism: what the interpreter asks of the machine.

    @property
    def stopped(self) -> bool:
        """Whether it takes no commands now."""
        return self._faults.paper_out or self._faults.cover_open or self._faults.offline

    def real_time_answer(self, request: int) -> bytes:
        """One byte for DLE EOT."""
        faults = self._faults
        if request == 1:
            return bytes((0x12 | 0x04 * faults.drawer_open | 0x08 * self.stopped,))
        if request == 2:
            return bytes((0x12 | 0x04 * faults.cover_open | 0x20 * faults.paper_out,))
        if request == 4:
            low = self.profile.near_end_sensor and (faults.near_end or faults.paper_out)
            return bytes((0x12 | 0x0C * low | 0x60 * faults.paper_out,))
        return b"\x12"

    def paper_answer(self) -> bytes:
        """One byte for GS r 1; where there is no cutter the driver asks it at the end of a slip."""
        if self.profile.cutter is Cutter.NONE:
            self._finish_slip()
        return bytes((0x03 * self._faults.near_end | 0x0C * self._faults.paper_out,))

    def drawer_answer(self) -> bytes:
        """One byte for GS r 2."""
        return bytes((0x01 * self._faults.drawer_open,))

    def _status_back(self) -> bytes:
        faults = self._faults
        first = 0x10 | 0x04 * faults.drawer_open | 0x08 * self.stopped | 0x20 * faults.cover_open
        third = 0x03 * (faults.near_end or faults.paper_out) | 0x0C * faults.paper_out
        return bytes((first, 0, third, 0))

    def report_changes(self, mask: int) -> None:
        """Automatic status on or off."""
        self._asb = mask
        if mask:
            self.answer(self._status_back())

    def initialised(self) -> None:
        """ESC @ ends automatic status; what came before a slip's first ESC @ is not part of it."""
        self._asb = 0
        if self.paper.is_blank:
            del self.interpreter.executed[:-2]

    def kicked(self, pin: int) -> None:
        """The drawer opens."""
        self.kicks.append(pin)

    def fed(self) -> None:
        """Paper moved: it may have run out."""
        with self._changed:
            self._changed.notify_all()
        left = self._faults.paper_left_dots
        if left and self.paper.length_dots >= left:
            self._turn({"paper_out": True, "paper_left_dots": 0})

    def cut(self) -> None:
        """The knife."""
        self.cuts += 1
        self._finish_slip()

    def answer(self, data: bytes) -> None:
        """Send bytes back unless the printer is silent."""
        if self._connection is not None and not self._faults.silent:
            with contextlib.suppress(OSError):  # the other side has hung up
                self._connection.sendall(data)

    def _finish_slip(self) -> None:
        """Tear the slip off and keep it; blank paper is no slip."""
        data = bytes(self.interpreter.executed)
        self.interpreter.executed.clear()
        if self.paper.is_blank:
            self.paper.tear()
            return
        with self._changed:
            lines = tuple(self.paper.lines)
            slip = PrintedSlip(len(self.slips) + 1, data, lines, self.paper.picture(_MARGIN_DOTS))
            if self._out is not None:
                (self._out / f"{slip.number}.bin").write_bytes(slip.data)
                slip.picture.save(self._out / f"{slip.number}.png")
            self.paper.tear()
            self.slips.append(slip)
            self._changed.notify_all()

    # The line: one connection at a time.

    def _serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._woken, selectors.EVENT_READ)
            selector.register(self._server, selectors.EVENT_READ)
            while True:
                ready = {key.fileobj for key, _ in selector.select()}
                if self._woken in ready:
                    break
                if self._connection is None:
                    self._accept(selector)
                elif self._connection in ready and not self._receive(self._connection):
                    self._hang_up(selector)
            if self._connection is not None:
                self._hang_up(selector)

    def _accept(self, selector: selectors.BaseSelector) -> None:
        self._connection, _ = self._server.accept()
        self._received = 0
        selector.unregister(self._server)
        selector.register(self._connection, selectors.EVENT_READ)

    def _hang_up(self, selector: selectors.BaseSelector) -> None:
        connection = self._connection
        if connection is None:
            return
        selector.unregister(connection)
        selector.register(self._server, selectors.EVENT_READ)
        with self._changed:
            self._connection = None
            self._asb = 0
            connection.close()
            self._finish_slip()

    def _receive(self, connection: socket.socket) -> bool:
        """Take what has come; False when the connection is over."""
        slow = self._faults.slow_ms
        try:
            data = connection.recv(_SLOW_CHUNK if slow else 65536)
        except OSError:
            return False
        if slow:
            time.sleep(slow / 1000)
        limit = self._faults.drop_after_bytes
        dropped = bool(limit) and self._received + len(data) >= limit
        if dropped:
            data = data[: limit - self._received]
        self._received += len(data)
        with self._changed:
            self.interpreter.feed(data)
            if self.stopped:
                self._answer_while_stopped()
        if dropped:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        return bool(data) and not dropped

    def _answer_while_stopped(self) -> None:
        """Real-time requests are heard in the stream even when nothing else is executed."""
        waiting = self.interpreter.waiting
        while (at := waiting.find(b"\x10\x04")) >= 0 and at + 2 < len(waiting):
            request = waiting[at + 2]
            del waiting[at : at + 3]
            self.answer(self.real_time_answer(request))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a printer until it is interrupted."""
    parser = argparse.ArgumentParser(
        prog="virtual_printer", description="A simulated slip printer."
    )
    parser.add_argument("--port", type=int, default=9100, help="0 takes any free port")
    parser.add_argument("--out", type=Path, default=Path("slips"), help="folder for N.bin, N.png")
    parser.add_argument("--profile", default="escpos-80", choices=profile_names())
    options = parser.parse_args(arguments)
    printer = VirtualPrinter(load_profile(options.profile), options.port, options.out)
    printer.start()
    print(f"LISTENING {printer.port}", flush=True)
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    ended.wait()
    printer.stop()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
