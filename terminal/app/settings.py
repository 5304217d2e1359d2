"""Preferences of this terminal, its devices, and what works until when."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from terminal.app.context import Context
from terminal.domain.errors import UserError

SCALES = frozenset({"100", "125", "150", "175", "200"})
ALLOWED: dict[str, frozenset[str]] = {
    "theme": frozenset({"light", "dark", "contrast"}),
    "text_scale": SCALES,
    "reduce_motion": frozenset({"0", "1"}),
    "language": frozenset({"zh_CN", "en"}),
}
FREE = frozenset({"scanner_prefix", "scanner_suffix"})
LONGEST = 8


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device and its state (closed, opened, claimed, enabled, error, offline).

    Args:
        detail: why it is so, a reason's code; "" when there is nothing to say.
        last_event_at: when it was last heard of, UTC; "" since the start.
        model: name of its profile, "" when it has none.
        address: where it is reached, ``tcp://…`` or ``/dev/…``.
    """

    device: str
    kind: str
    state: str
    detail: str
    last_event_at: str
    model: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class ServiceView:
    """What a business line can do now: ``ok``, ``limited`` or ``off``, and until when."""

    service_code: str
    state: str
    until_text: str


class SettingsBook:
    """Use cases of the settings page. Store thread only.

    Args:
        devices: tells the devices of this terminal and their states.
    """

    def __init__(self, context: Context, devices: Callable[[], Sequence[DeviceView]]) -> None:
        self._context = context
        self._devices = devices

    def devices(self) -> tuple[DeviceView, ...]:
        """The devices of this terminal."""
        return tuple(self._devices())

    def preference(self, key: str, default: str = "") -> str:
        """A preference, or the default."""
        return self._context.books.preference(key) or default

    def preferences(self) -> dict[str, str]:
        """All preferences with their defaults."""
        defaults = {
            "theme": "light",
            "text_scale": "100",
            "reduce_motion": "0",
            "language": self._context.profile.language,
            "scanner_prefix": "",
            "scanner_suffix": "",
        }
        return {key: self.preference(key, default) for key, default in defaults.items()}

    def set_preference(self, key: str, value: str) -> frozenset[str]:
        """Remember a preference.

        Raises:
            UserError: ``settings.not_allowed`` for an unknown key or value.
        """
        known = value in ALLOWED.get(key, frozenset()) or (key in FREE and len(value) <= LONGEST)
        if not known:
            raise UserError("settings.not_allowed", {"key": key})
        with self._context.books.transaction() as tx:
            tx.set_preference(key, value)
        return frozenset({"settings", "session"})

    def availability(self) -> tuple[ServiceView, ...]:
        """What works: goods for cash always; payer codes only with the platform."""
        line = self._context.sync.line_state()
        numbers = self._context.books.numbers_left("order", self._context.time.sure())
        return (
            ServiceView("goods", "ok" if numbers else "off", ""),
            ServiceView("payer_code", "ok" if line.online else "off", line.last_contact),
        )
