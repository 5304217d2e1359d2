"""Frames of card terminals on a serial line: a pure parser of the one format published in full.

``55 AA type ack id length(2) data xor CC 33``; the exclusive or runs from type to data. Terminals
of other makers differ; the rule for results in ``card_desk`` holds for all of them.

Source: developer.codepay.us/docs/SerialCommunicationProtocol.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from devices.transport.frames import WAIT, FrameParser, starts_like, xor_of

_START: Final = b"\x55\xaa"
_END: Final = b"\xcc\x33"
_HEAD: Final = 7
_AROUND: Final = _HEAD + 3
MAX_DATA: Final = 1024 - _AROUND


class EcrKind(IntEnum):
    """Type of a message; a normal one without data is a heartbeat or an acknowledgement."""

    NORMAL = 0
    HANDSHAKE = 1
    HANDSHAKE_CONFIRMED = 2


@dataclass(frozen=True, slots=True)
class EcrFrame:
    """One message, in either direction.

    Args:
        kind: its type.
        ack: number of the message it acknowledges, 0 for none.
        number: its own number, 1 to 255; 0 without data.
        data: at most ``MAX_DATA`` bytes; may name a card, so it never shows.
    """

    kind: EcrKind
    ack: int = 0
    number: int = 0
    data: bytes = field(default=b"", repr=False)


def ecr_frame(frame: EcrFrame) -> bytes:
    """The bytes of a message."""
    body = bytes((frame.kind, frame.ack, frame.number))
    body += len(frame.data).to_bytes(2, "big") + frame.data
    return _START + body + bytes((xor_of(body),)) + _END


class EcrParser(FrameParser[EcrFrame]):
    """Splits a stream into messages."""

    def _length(self, pending: bytearray) -> int | None:
        if not starts_like(pending, _START):
            return None
        if len(pending) < _HEAD:
            return WAIT
        length = int.from_bytes(pending[5:_HEAD], "big")
        return length + _AROUND if length <= MAX_DATA else None

    def _is_sound(self, frame: bytes) -> bool:
        return frame.endswith(_END) and xor_of(frame[len(_START) : -2]) == 0

    def _read(self, frame: bytes) -> EcrFrame | None:
        kind, ack, number = frame[2:5]
        data = frame[_HEAD:-3]
        if kind not in list(EcrKind) or bool(data) != bool(number):
            return None
        return EcrFrame(EcrKind(kind), ack, number, data)
