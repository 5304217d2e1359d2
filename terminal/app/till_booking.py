"""How a form about tills becomes one entry: once, with its slip, and heard of at every press."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from terminal.app.authorising import Authorising
from terminal.app.context import Context
from terminal.app.own_tills import own_till
from terminal.app.till_slips import till_job
from terminal.app.till_views import TillReader
from terminal.domain.authority import Grant
from terminal.domain.errors import UserError
from terminal.domain.journal import Entry
from terminal.domain.money import Money
from terminal.domain.pouch import FUNDED, RECEIVED, SENT
from terminal.domain.till import Till

CHECKED: Final = "till.checked"
OPENED: Final = "drawer.opened"
CHANGED: Final = frozenset({"tills", "print", "sync"})
SHOWN: Final = frozenset({SENT, RECEIVED, FUNDED, CHECKED, OPENED})


@dataclass(frozen=True, slots=True)
class TillDone:
    """What was booked.

    Args:
        kind: kind of the entry.
        pouch: number of the pouch, "" for none.
        amount_text: yuan; of a check the difference, signed; "" when nothing moved.
        already_saved: whether an earlier press did it.
        difference_text: of a check or a pouch with the wrong content, in yuan, signed; else "".
        stock_off: of these, pieces of stock that are missing or too many.
    """

    kind: str
    seq: int
    pouch: str
    from_till: str
    to_till: str
    amount_text: str
    at: str
    already_saved: bool = False
    difference_text: str = ""
    stock_off: int = 0
    changes: frozenset[str] = frozenset()


class TillBooking:
    """Books entries about tills. Store thread only."""

    def __init__(self, context: Context, authorising: Authorising) -> None:
        self._context = context
        self._authorising = authorising
        self.reader = TillReader(context)

    def saved(self, intent_id: str) -> TillDone | None:
        """What an earlier press of the same form booked.

        Raises:
            UserError: ``till.form_gone`` when the form became something else.
        """
        entry = self._context.books.entry_for_intent(intent_id)
        if entry is None:
            return None
        if entry.kind not in SHOWN:
            raise UserError("till.form_gone")
        return replace(self.done(entry), already_saved=True)

    def book(
        self, kind: str, intent_id: str, clerk_id: str, body: dict[str, Any], grant: Grant | None
    ) -> TillDone:
        """Append the entry, who allowed it, and its slip, in one transaction.

        Raises:
            UserError: ``pouch.already_received`` with ``seq`` and ``at``.
        """
        context = self._context
        with context.books.transaction() as tx:
            if kind == RECEIVED:
                # Once more where nobody else can write: the look before was without this lock.
                refuse_received(tx.tills.receipt(body["pouch"]))
            if grant is not None:
                self._authorising.note(tx, grant)
            entry = tx.append(context.draft(kind, intent_id, clerk_id, body))
            tx.add_print_job(till_job(context, entry))
        context.wake_printing()
        context.wake_sync()
        return self.done(entry)

    def done(self, entry: Entry) -> TillDone:
        """What an entry about tills booked."""
        body: Any = entry.body
        difference = body.get("difference_fen")
        fen = difference if entry.kind == CHECKED else body.get("counted_fen", body.get("cash_fen"))
        return TillDone(
            kind=entry.kind,
            seq=entry.seq,
            pouch=str(body.get("pouch", "")),
            from_till=str(body.get("from_till", body.get("till_id", ""))),
            to_till=str(body.get("to_till", body.get("source", ""))),
            amount_text="" if fen is None else Money(fen).text,
            at=entry.recorded_at,
            difference_text="" if difference is None else Money(difference).text,
            stock_off=int(body.get("stock_off", 0)),
            changes=CHANGED,
        )

    def own(self, till_id: str) -> Till:
        """A till of this terminal.

        Raises:
            UserError: ``till.not_here``.
        """
        return own_till(self._context, till_id)

    def known(self, till_id: str) -> Till:
        """A till of the outlet.

        Raises:
            UserError: ``till.unknown``.
        """
        for till in self.reader.outlet():
            if till.till_id == till_id:
                return till
        raise UserError("till.unknown", {"till": till_id})


def refuse_received(receipt: tuple[int, str] | None) -> None:
    """Refuse a pouch that was received here.

    Raises:
        UserError: ``pouch.already_received`` with ``seq`` and ``at``.
    """
    if receipt is not None:
        seq, at = receipt
        raise UserError("pouch.already_received", {"seq": seq, "at": at})
