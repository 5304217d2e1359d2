"""Frames of note acceptors that speak ID003: a pure parser.

``FC LEN CMD DATA CRC``; LEN counts the whole frame, the CRC is CRC-16/KERMIT, low byte first.

Source: devices.md §6; names of the codes from public drivers of JCM acceptors.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from devices.transport.frames import WAIT, FrameParser, crc16_kermit
from terminal.ports.cash_device import NoteSignal

START: Final = 0xFC
_SHORTEST, _LONGEST = 5, 64


class Ask(IntEnum):
    """What we say."""

    STATUS = 0x11
    RESET = 0x40
    STACK = 0x41
    RETURN = 0x43
    HOLD = 0x44
    ACKNOWLEDGE = 0x50
    ENABLE = 0xC0
    INHIBIT = 0xC3


class Say(IntEnum):
    """What the acceptor says."""

    IDLING = 0x11
    ACCEPTING = 0x12
    ESCROW = 0x13
    STACKING = 0x14
    VEND_VALID = 0x15
    STACKED = 0x16
    REJECTING = 0x17
    RETURNING = 0x18
    HOLDING = 0x19
    DISABLED = 0x1A
    INITIALISING = 0x1B
    POWER_UP = 0x40
    POWER_UP_NOTE_IN_ACCEPTOR = 0x41
    POWER_UP_NOTE_IN_STACKER = 0x42
    STACKER_FULL = 0x43
    STACKER_OPEN = 0x44
    JAM_IN_ACCEPTOR = 0x45
    JAM_IN_STACKER = 0x46
    PAUSED = 0x47
    CHEATED = 0x48
    FAILURE = 0x49
    LINE_ERROR = 0x4A
    ACKNOWLEDGED = 0x50


SIGNALS: Final[Mapping[int, NoteSignal]] = {
    Say.IDLING: NoteSignal.READY,
    Say.ESCROW: NoteSignal.ESCROW,
    Say.VEND_VALID: NoteSignal.IN_BOX,
    Say.REJECTING: NoteSignal.COMING_BACK,
    Say.RETURNING: NoteSignal.COMING_BACK,
    Say.POWER_UP: NoteSignal.WOKE_EMPTY,
    Say.POWER_UP_NOTE_IN_ACCEPTOR: NoteSignal.WOKE_HOLDING,
    Say.POWER_UP_NOTE_IN_STACKER: NoteSignal.WOKE_STACKED,
}

TROUBLES: Final[Mapping[int, str]] = {
    Say.STACKER_FULL: "cash.box_full",
    Say.STACKER_OPEN: "cash.box_open",
    Say.JAM_IN_ACCEPTOR: "cash.jam",
    Say.JAM_IN_STACKER: "cash.jam",
    Say.CHEATED: "cash.cheated",
    Say.PAUSED: "cash.paused",
    Say.FAILURE: "cash.failure",
    Say.LINE_ERROR: "cash.failure",
}


@dataclass(frozen=True, slots=True)
class Id003Frame:
    """One frame, in either direction.

    Args:
        code: 0 to 255; ``Ask`` when we sent it, ``Say`` when the acceptor did.
        data: what follows the code.
    """

    code: int
    data: bytes = b""

    @property
    def asked(self) -> str:
        """Its name if we sent it, ``""`` for none known."""
        return Ask(self.code).name.lower() if self.code in list(Ask) else ""

    @property
    def said(self) -> str:
        """Its name if the acceptor sent it, ``""`` for none known."""
        return Say(self.code).name.lower() if self.code in list(Say) else ""


def id003_frame(code: int, data: bytes = b"") -> bytes:
    """The bytes of a frame."""
    body = bytes((START, len(data) + _SHORTEST, code)) + data
    return body + crc16_kermit(body).to_bytes(2, "little")


class Id003Parser(FrameParser[Id003Frame]):
    """Splits a stream into ID003 frames."""

    def _length(self, pending: bytearray) -> int | None:
        if pending[0] != START:
            return None
        if len(pending) < 2:
            return WAIT
        return pending[1] if _SHORTEST <= pending[1] <= _LONGEST else None

    def _is_sound(self, frame: bytes) -> bool:
        return crc16_kermit(frame[:-2]) == int.from_bytes(frame[-2:], "little")

    def _read(self, frame: bytes) -> Id003Frame | None:
        return Id003Frame(frame[2], frame[3:-2])
