"""Which devices there are and how they are: what the top bar and the settings page show."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from terminal.app.settings import DeviceView


class DeviceBoard:
    """Device states by name. Any thread.

    Args:
        tell: hears {device, state, detail} after every change.
    """

    def __init__(self, tell: Callable[[Mapping[str, Any]], None]) -> None:
        self._tell = tell
        self._lock = threading.Lock()
        self._views: dict[str, DeviceView] = {}

    def add(self, device: str, kind: str, *, model: str = "", address: str = "") -> None:
        """A device of this terminal, opened but not heard of yet.

        Args:
            device: its name here.
            kind: ``receipt_printer`` or ``scanner``.
            model: name of its profile, "" when it has none.
            address: where it is reached, ``tcp://…`` or ``/dev/…``.
        """
        with self._lock:
            self._views[device] = DeviceView(device, kind, "opened", "", "", model, address)

    def set(self, device: str, state: str, detail: str) -> None:
        """A device said how it is."""
        with self._lock:
            known = self._views[device]
            at = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
            self._views[device] = replace(known, state=state, detail=detail, last_event_at=at)
        if (known.state, known.detail) != (state, detail):
            self._tell({"device": device, "state": state, "detail": detail})

    def views(self) -> tuple[DeviceView, ...]:
        """All devices."""
        with self._lock:
            return tuple(self._views.values())
