"""The driver of scanners on a serial or USB-COM port."""

from __future__ import annotations

from collections.abc import Callable

from devices.scanner.scan_parser import ScanParser
from devices.transport.kept_link import KeptLink, Presence
from devices.transport.link import Link
from terminal.ports.printer import DeviceState
from terminal.ports.scanner import ConnectionHandler, ScanHandler

_POLL_S = 0.2


class SerialScanner:
    """A scanner that sends what it reads; the ``Scanner`` port.

    It may be unplugged and plugged in again at any time: the thread goes on trying.

    Thread rule: see ``Scanner``.

    Args:
        make_link: a fresh link to the port; called for every attempt to connect.
        parser: splits the bytes into codes.
        retry_s: pause between attempts to connect, in seconds.
    """

    def __init__(
        self, make_link: Callable[[], Link], parser: ScanParser, *, retry_s: float = 1.0
    ) -> None:
        self._link = KeptLink(make_link, "scanner", retry_s=retry_s)
        self._presence = Presence()
        self._parser = parser

    @property
    def state(self) -> DeviceState:
        """``ENABLED`` while the device is there, ``OFFLINE`` while it is not."""
        return self._presence.state

    def start(self, on_scan: ScanHandler, on_connection: ConnectionHandler) -> None:
        """See ``Scanner.start``."""
        self._link.start(
            lambda link: self._read(link, on_scan, on_connection),
            lambda _fault: self._presence.turn(DeviceState.OFFLINE, on_connection),
        )

    def stop(self) -> None:
        """See ``Scanner.stop``."""
        self._link.stop()
        self._presence.state = DeviceState.CLOSED

    def _read(self, link: Link, on_scan: ScanHandler, on_connection: ConnectionHandler) -> None:
        self._parser.idle()  # what the last link brought half is over
        self._presence.turn(DeviceState.ENABLED, on_connection)
        while not self._link.ended:
            data = link.read(_POLL_S)
            if not data:
                self._parser.idle()
            for scan in self._parser.feed(data):
                on_scan(scan)
