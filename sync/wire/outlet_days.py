"""What other terminals of an outlet booked about a business day: opened, cashed up, closed."""

from __future__ import annotations

from dataclasses import dataclass

from sync.wire.fields import Label, Message
from terminal.domain.canonical import JsonObject


@dataclass(frozen=True, slots=True)
class TerminalDay(Message):
    """One terminal; ``entries`` as it sealed them, oldest first, none when it was not opened."""

    terminal_id: Label
    entries: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True)
class OutletDay(Message):
    """Every other terminal of the outlet, as far as it has uploaded."""

    terminals: tuple[TerminalDay, ...]
