"""The driver of ID003 note acceptors; the ``CashDevice`` port."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final

from devices.cash.id003 import (
    SIGNALS,
    TROUBLES,
    Ask,
    Id003Frame,
    Id003Parser,
    Say,
    id003_frame,
)
from devices.transport.kept_link import KeptLink
from devices.transport.link import Link
from terminal.domain.errors import EnvironmentFault
from terminal.domain.money import Money
from terminal.ports.cash_device import (
    NoteEvent,
    NoteFate,
    NoteHandler,
    NoteNews,
    NoteSignal,
    NoteStage,
    TroubleHandler,
    fate_of,
)

_NOTHING: Final = Money(0)
_NEWS: Final = {
    NoteFate.BOOK: NoteNews.BOOKED,
    NoteFate.RETURNED: NoteNews.RETURNED,
    NoteFate.COUNT: NoteNews.TO_COUNT,
}
_WOKE: Final = (Say.POWER_UP, Say.POWER_UP_NOTE_IN_ACCEPTOR, Say.POWER_UP_NOTE_IN_STACKER)


class NoteAcceptor:
    """Polls an acceptor and says of every note what became of it, once.

    It may be unplugged or lose power at any moment: the thread goes on trying, and a note under way
    is settled by what the machine says when it is back.

    Thread rule: see ``CashDevice``.

    Args:
        make_link: a fresh link; called for every attempt to connect.
        values: face value of each escrow code of the acceptor's note table.
        under_way: the note the journal knows of, with its stage; it survives a restart of ours.
        poll_s: pause between two questions, in seconds.
        answer_s: longest wait for an answer, in seconds.
    """

    def __init__(
        self,
        make_link: Callable[[], Link],
        values: Mapping[int, Money],
        *,
        under_way: tuple[NoteStage, Money] = (NoteStage.NONE, _NOTHING),
        poll_s: float = 0.1,
        answer_s: float = 0.5,
    ) -> None:
        self._link = KeptLink(make_link, "note-acceptor", retry_s=poll_s)
        self._values = values
        self._stage, self._value = under_way
        self._poll_s = poll_s
        self._answer_s = answer_s
        self._wanted: Ask | None = None
        self._parser = Id003Parser()
        self._last: Id003Frame | None = None
        self._trouble = ""

    def start(self, on_note: NoteHandler, on_trouble: TroubleHandler) -> None:
        """See ``CashDevice.start``."""
        self._link.start(
            lambda link: self._poll(link, on_note, on_trouble),
            lambda fault: self._tell(fault.code, on_trouble),
        )

    def keep(self) -> None:
        """See ``CashDevice.keep``."""
        self._wanted = Ask.STACK

    def give_back(self) -> None:
        """See ``CashDevice.give_back``."""
        self._wanted = Ask.RETURN

    def stop(self) -> None:
        """See ``CashDevice.stop``."""
        self._link.stop()

    def _poll(self, link: Link, on_note: NoteHandler, on_trouble: TroubleHandler) -> None:
        self._parser.idle()  # what the last link brought half is over
        while not self._link.pause(self._poll_s):
            self._tell(self._round(link, on_note), on_trouble)

    def _tell(self, trouble: str, on_trouble: TroubleHandler) -> None:
        if trouble != self._trouble:
            self._trouble = trouble
            on_trouble(trouble)

    def _round(self, link: Link, on_note: NoteHandler) -> str:
        """Ask once and act on the answer; gives the trouble it tells of."""
        frame = self._exchange(link, Ask.STATUS)
        if frame != self._last:
            # A state said again, also after the line was cut, settles nothing twice.
            self._last = frame
            self._settle(frame, on_note)
        if frame.code == Say.VEND_VALID:
            link.write(id003_frame(Ask.ACKNOWLEDGE))
        elif frame.code in (Say.ESCROW, Say.HOLDING):
            self._decide(link)
        elif frame.code in _WOKE:
            self._exchange(link, Ask.RESET)
        elif frame.code in (Say.DISABLED, Say.INITIALISING):
            self._exchange(link, Ask.ENABLE, b"\x00\x00")
            self._exchange(link, Ask.INHIBIT, b"\x00")
        return TROUBLES.get(frame.code, "")

    def _settle(self, frame: Id003Frame, on_note: NoteHandler) -> None:
        signal = SIGNALS.get(frame.code)
        if signal is None:
            return
        if signal is NoteSignal.ESCROW:
            self._offer(frame, on_note)
            return
        fate = fate_of(self._stage, signal)
        if fate is not NoteFate.OPEN:
            self._close(fate, on_note)

    def _close(self, fate: NoteFate, on_note: NoteHandler) -> None:
        value = self._value
        self._stage, self._value = NoteStage.NONE, _NOTHING
        on_note(NoteEvent(_NEWS[fate], value))

    def _offer(self, frame: Id003Frame, on_note: NoteHandler) -> None:
        value = self._values.get(frame.data[0]) if len(frame.data) == 1 else None
        if self._stage is not NoteStage.NONE:
            if value == self._value:
                return  # the same note, seen again after the line was cut
            self._close(fate_of(self._stage, NoteSignal.READY), on_note)
        self._wanted = None if value else Ask.RETURN
        if value:
            self._stage, self._value = NoteStage.ESCROW, value
            on_note(NoteEvent(NoteNews.OFFERED, value))

    def _decide(self, link: Link) -> None:
        """Carry out what was decided about the note in escrow, or hold it a little longer."""
        if self._stage is NoteStage.ESCROW and self._wanted is Ask.STACK:
            # Before the byte leaves: from here on only the machine knows where the note is.
            self._stage = NoteStage.STACKING
        if self._stage is NoteStage.STACKING:
            self._exchange(link, Ask.STACK)  # said again when the first one was lost
        else:
            self._exchange(link, self._wanted or Ask.HOLD)

    def _exchange(self, link: Link, ask: Ask, data: bytes = b"") -> Id003Frame:
        self._parser.feed(link.read(0))  # an answer that came too late is no answer to this
        self._parser.idle()
        link.write(id003_frame(ask, data))
        deadline = time.monotonic() + self._answer_s
        while (left := deadline - time.monotonic()) > 0:
            frames = self._parser.feed(link.read(left))
            if frames:
                return frames[-1]
        self._parser.idle()
        raise EnvironmentFault("cash.silent", {"ask": ask.name.lower()})
