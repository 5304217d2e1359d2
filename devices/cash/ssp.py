"""Frames of note acceptors that speak SSP: a pure parser.

``7F SEQ/ID LEN DATA CRC``; the CRC runs over SEQ/ID to DATA, low byte first; a 7F inside a frame is
sent twice. The top bit of SEQ/ID turns with every new frame, so that a repeated one is known.

Source: NV9 manual, devices.md §6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from devices.transport.frames import crc16_ssp

START: Final = 0x7F
_AROUND = 4


COMMANDS: Final = {
    0x01: "reset",
    0x02: "set inhibits",
    0x07: "poll",
    0x08: "reject note",
    0x09: "disable",
    0x0A: "enable",
    0x11: "sync",
}


@dataclass(frozen=True, slots=True)
class SspFrame:
    """One frame, in either direction.

    Args:
        address: 0 to 125.
        sequence: 0 or 1; the same as before means that the other side did not hear us.
        data: a command of ours, or F0 and what the acceptor has to tell.
    """

    address: int
    sequence: int
    data: bytes

    @property
    def asked(self) -> str:
        """Name of the command, ``""`` for none known."""
        return COMMANDS.get(self.data[0], "")


def ssp_frame(frame: SspFrame) -> bytes:
    """The bytes of a frame."""
    body = bytes((frame.sequence << 7 | frame.address, len(frame.data))) + frame.data
    body += crc16_ssp(body).to_bytes(2, "little")
    return bytes((START,)) + body.replace(b"\x7f", b"\x7f\x7f")


class SspParser:
    """Splits a stream into SSP frames.

    Attributes:
        rejected: frames dropped so far: wrong CRC, empty, cut short.
    """

    def __init__(self) -> None:
        self.rejected = 0
        self._frame: bytearray | None = None
        self._escaped = False

    def feed(self, data: bytes) -> list[SspFrame]:
        """Take bytes as they arrived, give back the frames they completed."""
        frames: list[SspFrame] = []
        for byte in data:
            if self._begins_or_ends_escape(byte) or self._frame is None:
                continue
            self._frame.append(byte)
            if len(self._frame) >= 2 and len(self._frame) == self._frame[1] + _AROUND:
                self._finish(bytes(self._frame), frames)
        return frames

    def idle(self) -> list[SspFrame]:
        """Nothing has come for a while: half a frame is none."""
        self.rejected += bool(self._frame)
        self._frame, self._escaped = None, False
        return []

    def _begins_or_ends_escape(self, byte: int) -> bool:
        """Handle 7F and the byte after it; True when the byte is no content."""
        if not self._escaped:
            self._escaped = byte == START
            return self._escaped
        if byte == START:
            # Between frames nothing is stuffed: the second one is the start.
            self._escaped = self._frame is None
            return self._escaped
        self._escaped = False
        self.rejected += bool(self._frame)
        self._frame = bytearray()
        return False

    def _finish(self, body: bytes, frames: list[SspFrame]) -> None:
        self._frame = None
        sound = crc16_ssp(body[:-2]) == int.from_bytes(body[-2:], "little")
        if not sound or len(body) == _AROUND:
            self.rejected += 1
            return
        frames.append(SspFrame(body[0] & 0x7F, body[0] >> 7, body[2:-2]))
