"""The line of a simulated device: a pseudo-terminal or a TCP port, with a dial for its faults.

Pseudo-terminals work on Linux only. A machine without a line is pure: bytes in, frames out.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
import threading
import tty
from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

_READ = 4096


@dataclass(frozen=True, slots=True)
class LineFaults:
    """What the line does to the frames of the device; all zero is a good line.

    Args:
        garble: every n-th frame has one wrong bit.
        duplicate: every n-th frame comes twice.
        cut: in the middle of every n-th frame the line is pulled, and plugged in again.
        split: frames come in pieces of that many bytes.
        late: every frame comes that many milliseconds late.
    """

    garble: int = 0
    duplicate: int = 0
    cut: int = 0
    split: int = 0
    late: int = 0


class Machine(Protocol):
    """The device behind the line. Called on the line's thread."""

    def receive(self, data: bytes) -> list[bytes]:
        """Take what was sent to the device, give back the frames it answers."""
        ...

    def quiet(self) -> list[bytes]:
        """Nothing has come for a tick: frames it sends by itself."""
        ...


class VirtualLine(ABC):
    """Plugs a machine in and serves it.

    Args:
        machine: the device.
        faults: may be changed at any time.
        tick_s: longest pause before ``Machine.quiet``, in seconds.

    Attributes:
        delivered: frames sent so far.
    """

    def __init__(
        self, machine: Machine, faults: LineFaults = LineFaults(), tick_s: float = 0.02
    ) -> None:
        self.faults = faults
        self.delivered = 0
        self._machine = machine
        self._tick_s = tick_s
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> VirtualLine:
        self.plug_in()
        return self

    def __exit__(self, *_: object) -> None:
        self.unplug()

    @property
    @abstractmethod
    def url(self) -> str:
        """Address for the driver."""

    def plug_in(self) -> None:
        """Appear."""
        if self._thread is None:
            self._ended.clear()
            self._open()
            self._thread = threading.Thread(target=self._serve, name="virtual-line", daemon=True)
            self._thread.start()

    def unplug(self) -> None:
        """Disappear; whoever holds the line open gets an error."""
        if self._thread is not None:
            self._ended.set()
            self._thread.join()
            self._thread = None
            self._close()

    def _serve(self) -> None:
        while not self._ended.is_set():
            data = self._receive(self._tick_s)
            for frame in self._machine.receive(data) if data else self._machine.quiet():
                self._deliver(frame)

    def _deliver(self, frame: bytes) -> None:
        faults = self.faults
        self.delivered += 1
        self._ended.wait(faults.late / 1000)
        if self._is_turn(faults.garble):
            frame = _with_wrong_bit(frame, self.delivered * 7)
        if self._is_turn(faults.cut):
            self._send(frame[: len(frame) // 2])
            self._close()
            self._open()
            return
        step = faults.split or len(frame)
        for _ in range(1 + self._is_turn(faults.duplicate)):
            for at in range(0, len(frame), step):
                self._send(frame[at : at + step])

    def _is_turn(self, every: int) -> bool:
        return every > 0 and self.delivered % every == 0

    @abstractmethod
    def _open(self) -> None: ...

    @abstractmethod
    def _close(self) -> None: ...

    @abstractmethod
    def _receive(self, timeout_s: float) -> bytes: ...

    @abstractmethod
    def _send(self, data: bytes) -> None: ...


def _with_wrong_bit(frame: bytes, bit: int) -> bytes:
    bit %= len(frame) * 8
    changed = bytearray(frame)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


class PtyLine(VirtualLine):
    """A pseudo-terminal.

    Args:
        machine: the device.
        link: path of a symbolic link that stays the same when the device is plugged in again, as
            with the names of udev.
        faults: see ``VirtualLine``.
    """

    def __init__(self, machine: Machine, link: Path, faults: LineFaults = LineFaults()) -> None:
        super().__init__(machine, faults)
        self._link = link
        self._master = self._port = -1

    @property
    def url(self) -> str:
        """See ``VirtualLine.url``."""
        return str(self._link)

    def _open(self) -> None:
        self._master, self._port = os.openpty()
        tty.setraw(self._port)
        os.set_blocking(self._master, False)
        self._link.symlink_to(os.ttyname(self._port))

    def _close(self) -> None:
        self._link.unlink()
        os.close(self._master)
        os.close(self._port)

    def _receive(self, timeout_s: float) -> bytes:
        ready, _, _ = select.select([self._master], [], [], timeout_s)
        return os.read(self._master, _READ) if ready else b""

    def _send(self, data: bytes) -> None:
        with contextlib.suppress(BlockingIOError):  # nobody reads: the bytes are lost, as on a wire
            os.write(self._master, data)


class TcpLine(VirtualLine):
    """A TCP port of this machine, as serial converters have it; one connection at a time.

    Args:
        machine: the device.
        port: 0 for any free one; it stays the same when the device is plugged in again.
        faults: see ``VirtualLine``.
    """

    def __init__(self, machine: Machine, port: int = 0, faults: LineFaults = LineFaults()) -> None:
        super().__init__(machine, faults)
        self._number = port
        self._server: socket.socket | None = None
        self._connection: socket.socket | None = None

    @property
    def url(self) -> str:
        """See ``VirtualLine.url``."""
        return f"tcp://127.0.0.1:{self._number}"

    def _open(self) -> None:
        self._server = socket.create_server(("127.0.0.1", self._number))
        self._number = self._server.getsockname()[1]

    def _close(self) -> None:
        self._hang_up()
        if self._server is not None:
            self._server.close()
            self._server = None

    def _hang_up(self) -> None:
        if self._connection is not None:
            reset = struct.pack("ii", 1, 0)
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
            self._connection.close()
            self._connection = None

    def _receive(self, timeout_s: float) -> bytes:
        waiting = self._connection or self._server
        if waiting is None or not select.select([waiting], [], [], timeout_s)[0]:
            return b""
        if self._connection is None:
            self._connection, _ = waiting.accept()
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return b""
        data = b""
        with contextlib.suppress(OSError):  # reset by the other side: the same as closed
            data = self._connection.recv(_READ)
        if not data:
            self._hang_up()
        return data

    def _send(self, data: bytes) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):  # the other side has hung up
                self._connection.sendall(data)
