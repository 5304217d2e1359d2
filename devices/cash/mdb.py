"""Blocks of MDB coin and note acceptors behind a serial bridge: a pure parser.

A block is up to 35 bytes and their sum modulo 256. The ninth bit that begins a block does not come
through a bridge, so a block is believed only alone between two pauses. The sum finds every wrong
bit; of blocks cut short it lets one in 256 pass, so whoever asks must know the answer's length.

Source: MDB/ICP 4.3, devices.md §6.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from devices.transport.frames import BurstParser

_LONGEST: Final = 36

COMMANDS: Final = {
    0x08: "coins: reset",
    0x09: "coins: setup",
    0x0A: "coins: tube status",
    0x0B: "coins: poll",
    0x0C: "coins: coin type",
    0x0D: "coins: dispense",
    0x0F: "coins: expansion",
    0x30: "notes: reset",
    0x31: "notes: setup",
    0x33: "notes: poll",
    0x34: "notes: bill type",
    0x35: "notes: escrow",
    0x36: "notes: stacker",
    0x37: "notes: expansion",
}


@dataclass(frozen=True, slots=True)
class MdbBlock:
    """One block, in either direction.

    Args:
        data: what stands before the sum, 1 to 35 bytes.
    """

    data: bytes

    @property
    def asked(self) -> str:
        """Name of the command if we sent it, ``""`` for none known."""
        if self.data[0] == 0x35:
            return "notes: escrow, stack" if self.data[1:] == b"\x01" else "notes: escrow, return"
        return COMMANDS.get(self.data[0], "")


def mdb_block(data: bytes) -> bytes:
    """The bytes of a block."""
    return data + bytes((sum(data) & 0xFF,))


class MdbParser(BurstParser[MdbBlock]):
    """Reads the blocks between pauses."""

    def _read(self, burst: bytes) -> MdbBlock | None:
        sound = 2 <= len(burst) <= _LONGEST and sum(burst[:-1]) & 0xFF == burst[-1]
        return MdbBlock(burst[:-1]) if sound else None
