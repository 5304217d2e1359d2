"""A note acceptor without hardware that speaks ID003, with a box that can be counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from devices.cash.id003 import Ask, Id003Frame, Id003Parser, Say, id003_frame

_AFTER: Final = {
    Say.INITIALISING: Say.DISABLED,
    Say.ACCEPTING: Say.ESCROW,
    Say.HOLDING: Say.ESCROW,
    Say.STACKING: Say.VEND_VALID,
    Say.STACKED: Say.IDLING,
    Say.RETURNING: Say.IDLING,
}
"""What it does by itself, one step for each question."""
_DECISIONS: Final[Mapping[int, Say]] = {
    Ask.STACK: Say.STACKING,
    Ask.RETURN: Say.RETURNING,
    Ask.HOLD: Say.HOLDING,
}


class VirtualNoteAcceptor:
    """The machine behind a line.

    Attributes:
        state: what it would say now.
        box: codes of the notes that lie in the box.
        returned: codes of the notes that came back.
    """

    def __init__(self) -> None:
        self.state = Say.POWER_UP
        self.box: list[int] = []
        self.returned: list[int] = []
        self._note = 0
        self._parser = Id003Parser()

    def insert(self, code: int) -> bool:
        """Put a note in; False when it does not take one now."""
        if self.state is not Say.IDLING:
            return False
        self._note, self.state = code, Say.ACCEPTING
        return True

    def lose_power(self, *, note_fell: bool = False) -> None:
        """Power goes and comes back; a note under way stays where it is, or falls into the box."""
        if not self._note:
            self.state = Say.POWER_UP
        elif note_fell or self.state is Say.VEND_VALID:
            self._stack()
            self.state = Say.POWER_UP_NOTE_IN_STACKER
        else:
            self.state = Say.POWER_UP_NOTE_IN_ACCEPTOR

    def receive(self, data: bytes) -> list[bytes]:
        """See ``Machine.receive``."""
        return [answer for frame in self._parser.feed(data) if (answer := self._answer(frame))]

    def quiet(self) -> list[bytes]:
        """See ``Machine.quiet``."""
        return []

    def _answer(self, frame: Id003Frame) -> bytes:
        if frame.code == Ask.STATUS:
            said = self.state
            data = bytes((self._note,)) if said is Say.ESCROW else b""
            self.state = _AFTER.get(said, said)
            if said is Say.RETURNING:
                self._give_back()
            return id003_frame(said, data)
        if frame.code == Ask.ACKNOWLEDGE:
            self._acknowledged()
            return b""
        self._obey(frame)
        if frame.code in (Ask.ENABLE, Ask.INHIBIT):
            return id003_frame(frame.code, frame.data)
        return id003_frame(Say.ACKNOWLEDGED)

    def _obey(self, frame: Id003Frame) -> None:
        if frame.code == Ask.RESET:
            self._give_back()
            self.state = Say.INITIALISING
        elif frame.code == Ask.INHIBIT:
            self.state = Say.DISABLED if frame.data == b"\x01" else Say.IDLING
        elif self.state in (Say.ESCROW, Say.HOLDING) and frame.code in _DECISIONS:
            self.state = _DECISIONS[frame.code]

    def _acknowledged(self) -> None:
        if self.state is Say.VEND_VALID:
            self._stack()
            self.state = Say.STACKED

    def _stack(self) -> None:
        self.box.append(self._note)
        self._note = 0

    def _give_back(self) -> None:
        if self._note:
            self.returned.append(self._note)
            self._note = 0
