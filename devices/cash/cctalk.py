"""Frames of coin acceptors that speak ccTalk: a pure parser.

``destination, length, source, header, data, sum``; all bytes add up to 0 modulo 256. There is no
start byte and a sum of eight bits is weak, so a frame is believed only alone between two pauses (a
gap of 10 ms ends a frame, ccTalk 4.7).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from devices.transport.frames import BurstParser

HOST: Final = 1
_AROUND: Final = 5

HEADERS: Final = {
    1: "reset device",
    229: "read buffered credit",
    231: "modify inhibit status",
    245: "request equipment category",
    254: "simple poll",
}


@dataclass(frozen=True, slots=True)
class CcTalkFrame:
    """One frame, in either direction.

    Args:
        destination: who is spoken to, 1 is the host.
        source: who speaks.
        header: the command, 0 in an answer.
        data: at most 252 bytes.
    """

    destination: int
    source: int
    header: int
    data: bytes = b""

    @property
    def asked(self) -> str:
        """Name of the command, ``""`` for an answer or one not known."""
        return HEADERS.get(self.header, "")


def cctalk_frame(frame: CcTalkFrame) -> bytes:
    """The bytes of a frame."""
    body = bytes((frame.destination, len(frame.data), frame.source, frame.header)) + frame.data
    return body + bytes((-sum(body) & 0xFF,))


class CcTalkParser(BurstParser[CcTalkFrame]):
    """Reads the frames between pauses."""

    def _read(self, burst: bytes) -> CcTalkFrame | None:
        if len(burst) < _AROUND or len(burst) != burst[1] + _AROUND or sum(burst) & 0xFF:
            return None
        if (burst[0] == HOST) == (burst[2] == HOST):
            return None  # one of the two is the host: devices never speak to each other
        return CcTalkFrame(burst[0], burst[2], burst[3], burst[4:-1])
