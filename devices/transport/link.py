"""Byte links to devices: TCP and serial, with time limits and faults of our own error family."""

from __future__ import annotations

import contextlib
import re
import select
import socket
from typing import TYPE_CHECKING, Protocol

from terminal.domain.errors import BugError, EnvironmentFault

if TYPE_CHECKING:
    import serial

READ_SIZE = 4096
_PRINTER_FILES = "/dev/usb/lp"
_FRAMING = re.compile("[5-8][NEO][12]")


class Link(Protocol):
    """A two-way stream of bytes. Thread rule: one thread at a time."""

    def open(self) -> None:
        """Connect.

        Raises:
            EnvironmentFault: ``<device>.unreachable``.
        """
        ...

    def close(self) -> None:
        """Disconnect; harmless when closed."""
        ...

    def write(self, data: bytes) -> None:
        """Send all bytes.

        Raises:
            EnvironmentFault: ``<device>.silent`` when the device takes no more within the time
                limit, ``<device>.connection_lost`` when the link breaks.
        """
        ...

    def read(self, timeout_s: float) -> bytes:
        """What has arrived, or ``b""`` when nothing came within ``timeout_s`` seconds.

        Raises:
            EnvironmentFault: ``<device>.connection_lost``.
        """
        ...


class TcpLink:
    """A raw TCP port, normally 9100.

    Args:
        host: name or address.
        port: 1 to 65535.
        device: first part of the error codes.
        connect_timeout_s: time limit for connecting, in seconds.
        write_timeout_s: time limit for one write, in seconds.
    """

    def __init__(
        self,
        host: str,
        port: int = 9100,
        *,
        device: str = "printer",
        connect_timeout_s: float = 2.0,
        write_timeout_s: float = 10.0,
    ) -> None:
        self._address = (host, port)
        self._device = device
        self._connect_timeout_s = connect_timeout_s
        self._write_timeout_s = write_timeout_s
        self._socket: socket.socket | None = None

    def open(self) -> None:
        """See ``Link.open``."""
        if self._socket is not None:
            return
        try:
            self._socket = socket.create_connection(self._address, self._connect_timeout_s)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except OSError as error:
            raise EnvironmentFault(f"{self._device}.unreachable", hint=str(error)) from error

    def close(self) -> None:
        """See ``Link.close``."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def write(self, data: bytes) -> None:
        """See ``Link.write``."""
        connection = self._connected()
        try:
            connection.settimeout(self._write_timeout_s)
            connection.sendall(data)
        except TimeoutError as error:
            raise EnvironmentFault(f"{self._device}.silent", hint="write timed out") from error
        except OSError as error:
            raise self._lost(str(error)) from error

    def read(self, timeout_s: float) -> bytes:
        """See ``Link.read``."""
        connection = self._connected()
        try:
            ready, _, _ = select.select([connection], [], [], timeout_s)
            if not ready:
                return b""
            data = connection.recv(READ_SIZE)
        except OSError as error:
            raise self._lost(str(error)) from error
        if not data:
            raise self._lost("closed by the device")
        return data

    def _connected(self) -> socket.socket:
        if self._socket is None:
            raise self._lost("not open")
        return self._socket

    def _lost(self, hint: str) -> EnvironmentFault:
        return EnvironmentFault(f"{self._device}.connection_lost", hint=hint)


class SerialLink:
    """A serial port or any URL that pyserial knows.

    Args:
        url: ``/dev/ttyUSB0``, ``COM3``, ``socket://host:port`` …
        baud: bits per second.
        device: first part of the error codes.
        framing: data bits, parity (``N`` none, ``E`` even, ``O`` odd) and stop bits, as in ``8E1``.
        write_timeout_s: time limit for one write, in seconds.

    Raises:
        BugError: ``link.bad_framing``.
    """

    def __init__(
        self,
        url: str,
        baud: int = 9600,
        *,
        device: str = "printer",
        framing: str = "8N1",
        write_timeout_s: float = 10.0,
    ) -> None:
        if not _FRAMING.fullmatch(framing):
            raise BugError("link.bad_framing", {"framing": framing})
        self._url = url
        self._baud = baud
        self._framing = framing
        self._device = device
        self._write_timeout_s = write_timeout_s
        self._port: serial.Serial | None = None

    def open(self) -> None:
        """See ``Link.open``."""
        import serial

        if self._port is not None:
            return
        try:
            self._port = serial.serial_for_url(
                self._url,
                self._baud,
                bytesize=int(self._framing[0]),
                parity=self._framing[1],
                stopbits=int(self._framing[2]),
                timeout=0,
                write_timeout=self._write_timeout_s,
            )
        except (serial.SerialException, OSError, ValueError) as error:
            raise EnvironmentFault(f"{self._device}.unreachable", hint=str(error)) from error

    def close(self) -> None:
        """See ``Link.close``."""
        import serial

        if self._port is not None:
            with contextlib.suppress(serial.SerialException, OSError):  # it is gone already
                self._port.close()
            self._port = None

    def write(self, data: bytes) -> None:
        """See ``Link.write``."""
        import serial

        port = self._connected()
        try:
            port.write(data)
        except serial.SerialTimeoutException as error:
            raise EnvironmentFault(f"{self._device}.silent", hint="write timed out") from error
        except (serial.SerialException, OSError) as error:
            raise self._lost(str(error)) from error

    def read(self, timeout_s: float) -> bytes:
        """See ``Link.read``."""
        import serial

        port = self._connected()
        try:
            port.timeout = timeout_s
            first = port.read(1)
            waiting = min(port.in_waiting, READ_SIZE) if first else 0
            return bytes(first) + bytes(port.read(waiting) if waiting else b"")
        except (serial.SerialException, OSError, TypeError) as error:
            # pyserial raises TypeError when the port is closed under a reader.
            raise self._lost(str(error)) from error

    def _connected(self) -> serial.Serial:
        if self._port is None:
            raise self._lost("not open")
        return self._port

    def _lost(self, hint: str) -> EnvironmentFault:
        return EnvironmentFault(f"{self._device}.connection_lost", hint=hint)


def make_link(url: str, *, device: str = "printer", baud: int = 9600, framing: str = "8N1") -> Link:
    """A link for an address from the settings.

    ``tcp://host:9100``, ``spool:QUEUE`` of the system's spooler, a printer's file such as
    ``/dev/usb/lp0``, else a serial port.

    Args:
        url: see above.
        device: first part of the error codes.
        baud: of a serial port, bits per second; a converter behind TCP has its own.
        framing: of a serial port, see ``SerialLink``.

    Raises:
        BugError: ``link.bad_framing``.
        EnvironmentFault: ``<device>.unreachable`` for a TCP address without a usable port.
    """
    if url.startswith(("spool:", _PRINTER_FILES)):
        from devices.transport.printer_links import FileLink, SpoolLink

        if url.startswith("spool:"):
            return SpoolLink(url.removeprefix("spool:"), device=device)
        return FileLink(url, device=device)
    if not url.startswith("tcp://"):
        return SerialLink(url, baud, device=device, framing=framing)
    host, _, port = url.removeprefix("tcp://").rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise EnvironmentFault(f"{device}.unreachable", {"url": url}, retry=False)
    return TcpLink(host, int(port), device=device)
