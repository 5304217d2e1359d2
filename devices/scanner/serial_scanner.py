"""The driver of scanners on a serial or USB-COM port."""

from __future__ import annotations

import threading
from collections.abc import Callable

from devices.scanner.scan_parser import ScanParser
from devices.transport.link import Link
from terminal.domain.errors import EnvironmentFault
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
        self._make_link = make_link
        self._parser = parser
        self._retry_s = retry_s
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._state = DeviceState.CLOSED

    @property
    def state(self) -> DeviceState:
        """``ENABLED`` while the device is there, ``OFFLINE`` while it is not."""
        return self._state

    def start(self, on_scan: ScanHandler, on_connection: ConnectionHandler) -> None:
        """See ``Scanner.start``."""
        if self._thread is not None:
            return
        self._ended.clear()
        self._thread = threading.Thread(
            target=self._run, args=(on_scan, on_connection), name="scanner", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """See ``Scanner.stop``."""
        if self._thread is not None:
            self._ended.set()
            self._thread.join()
            self._thread = None
            self._state = DeviceState.CLOSED

    def _run(self, on_scan: ScanHandler, on_connection: ConnectionHandler) -> None:
        told = True  # so that a device missing from the start is told once
        while not self._ended.is_set():
            link = self._make_link()
            try:
                link.open()
                self._state = DeviceState.ENABLED
                told = True
                on_connection(True)
                self._read(link, on_scan)
            except EnvironmentFault:
                self._state = DeviceState.OFFLINE
                if told:
                    on_connection(False)
                told = False
                self._ended.wait(self._retry_s)
            finally:
                link.close()
                self._parser.idle()

    def _read(self, link: Link, on_scan: ScanHandler) -> None:
        while not self._ended.is_set():
            data = link.read(_POLL_S)
            if not data:
                self._parser.idle()
            for scan in self._parser.feed(data):
                on_scan(scan)
