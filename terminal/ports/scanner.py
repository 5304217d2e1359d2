"""The barcode scanner as the core sees it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Scan:
    """One code as it was read.

    Args:
        text: the data without prefix and suffix; group separators of GS1 codes (U+001D) stay.
        source: name of the device.
    """

    text: str
    source: str


ScanHandler = Callable[[Scan], None]
ConnectionHandler = Callable[[bool], None]


class Scanner(Protocol):
    """A scanner that pushes codes.

    Thread rule: handlers are called on the scanner's own thread and must return at once.
    """

    def start(self, on_scan: ScanHandler, on_connection: ConnectionHandler) -> None:
        """Begin to read.

        Args:
            on_scan: hears every code.
            on_connection: hears True when the device is there and False when it is gone.
        """
        ...

    def stop(self) -> None:
        """Stop reading and wait until the thread has ended; no handler is called afterwards."""
        ...
