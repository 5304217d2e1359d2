"""Pouches that arrive: found by slip, number or notice, and taken in once, whatever is in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from terminal.app.announced_pouches import AnnouncedPouches
from terminal.app.authorising import Authorising
from terminal.app.cash_up_stock import AskedStock, StockCounts, stock_body
from terminal.app.context import Context
from terminal.app.pouch_limits import require_believable
from terminal.app.till_booking import TillBooking, TillDone, refuse_received
from terminal.app.till_slips import till_job
from terminal.domain import pouch as pouches
from terminal.domain.authority import Grant, Question
from terminal.domain.cash_count import counted
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry
from terminal.domain.peer import counter_name
from terminal.domain.pouch import RECEIVED, Pouch
from terminal.domain.stock_count import compared


@dataclass(frozen=True, slots=True)
class WrongForm:
    """What two people found in a pouch that does not hold what its slip says.

    Args:
        intent_id: made when the form opened.
        code: the pouch's number, or the whole code of its slip.
        pieces: denomination in fen → pieces.
        stock: item → what was typed, pieces or ranges of numbers.
    """

    intent_id: str
    code: str
    pieces: Mapping[int, int]
    stock: Mapping[str, str] = field(default_factory=dict)


class Pouches:
    """Use cases of receiving pouches. Store thread only."""

    def __init__(self, context: Context, authorising: Authorising) -> None:
        self._context = context
        self._authorising = authorising
        self._booking = TillBooking(context, authorising)
        self._stock = StockCounts(context)
        self._announced = AnnouncedPouches(context)

    def find(self, text: str) -> Pouch:
        """The pouch that a slip's code or a typed number means.

        Raises:
            UserError: ``pouch.unreadable``; ``pouch.unknown`` for a number that was not sent here,
                not announced by the platform, and comes without the rest of the code;
                ``pouch.received_elsewhere`` with ``counter``, when it was and the platform told;
                ``pouch.too_large``, ``pouch.too_many`` when nothing but the code says so much;
                ``pouch.training`` for a slip of training at the real counter and
                ``pouch.not_training`` the other way round;
                ``pouch.already_received`` with ``at``; ``pouch.other_till`` with ``till``.
        """
        cleaned = text.strip()
        if pouches.is_pouch_number(cleaned.upper()):
            pouch = self._known(cleaned.upper())
        else:
            pouch = pouches.read_code(cleaned)
            self._must_be_of_here(pouch)
            if pouch != self._vouched(pouch.number):
                require_believable(self._context, pouch)
        refuse_received(self._context.books.tills.receipt(pouch.number))
        if pouch.target not in {till.till_id for till in self._booking.reader.own()}:
            raise UserError("pouch.other_till", {"till": pouch.target, "pouch": pouch.number})
        return pouch

    def receive(
        self, intent_id: str, code: str, authoriser: str = "", secret: str = ""
    ) -> TillDone:
        """Take a pouch into the till it is addressed to: once; into a vault by two.

        Args:
            intent_id: made when the form opened.
            code: its number, or the whole code of the slip.
            authoriser: of a pouch for a vault, who takes it in as well, and did not pack it.
            secret: hers.

        Raises:
            UserError: as ``find``; ``permission.*``, ``session.*``.
        """
        saved = self._booking.saved(intent_id)
        if saved is not None:
            return saved
        clerk_id = self._context.allow("till_move")
        pouch = self.find(code)
        grant = self._into_vault(pouch, authoriser, secret)
        return self._booking.book(
            RECEIVED, intent_id, clerk_id, pouches.received_body(pouch), grant
        )

    def to_count(self, code: str) -> tuple[AskedStock, ...]:
        """The stock on a pouch's slip, to be counted.

        Raises:
            UserError: as ``find``.
        """
        numbered = {row.item: bool(row.lo) for row in self.find(code).bundles}
        return tuple(self._stock.named(item, numbered[item]) for item in numbered)

    def receive_wrong(self, form: WrongForm, checker: str, secret: str) -> TillDone:
        """Take in a pouch that does not hold what its slip says: by two, with what they counted.

        The till gets what is there. What is missing or too much lies in suspense under the pouch's
        number; the platform makes it a task at both terminals.

        Raises:
            UserError: as ``find``; ``pouch.nothing_wrong``, ``cash_count.*``,
                ``stock_count.not_counted`` with ``item``, ``permission.*``, ``session.*``.
        """
        saved = self._booking.saved(form.intent_id)
        if saved is not None:
            return saved
        clerk_id = self._context.allow("till_move")
        pouch, count = self.find(form.code), counted(form.pieces)
        found = self._stock.read(self.to_count(form.code), form.stock)
        lines = [
            compared(should, one) for should, one in zip(pouches.claimed(pouch), found, strict=True)
        ]
        if count.total_fen == pouch.cash_fen and not any(line.off for line in lines):
            raise UserError("pouch.nothing_wrong", {"pouch": pouch.number})
        question = Question(
            "till_check", subject=pouch.number, before=pouch.cash_fen, after=count.total_fen
        )
        packed_by = self._packed_by(pouch)
        grant = self._authorising.grant(question, checker, secret, besides=packed_by)
        body = pouches.wrong_body(pouch, count, grant.authoriser, lines) | stock_body(lines)
        return self._booking.book(RECEIVED, form.intent_id, clerk_id, body, grant)

    def reprint(self, number: str) -> TillDone:
        """Print the slip of a pouch that was sent here again, marked 补打; journaled.

        Raises:
            UserError: ``pouch.unknown``, ``permission.*``, ``session.*``.
        """
        context = self._context
        clerk_id = context.allow("slip_reprint")
        entry = self._sent_here(number)
        if entry is None:
            raise UserError("pouch.unknown", {"pouch": number})
        body: dict[str, Any] = {
            "slip": "pouch",
            "reference": number,
            "copy": context.books.copies_of(number) + 1,
            "original_seq": entry.seq,
        }
        with context.books.transaction() as tx:
            draft = context.draft("slip.reprinted", new_uuid7(), clerk_id, body)
            copy = tx.append(replace(draft, version=2))
            tx.add_print_job(till_job(context, entry, reprint=copy))
        context.wake_printing()
        context.wake_sync()
        done = self._booking.done(entry)
        return replace(done, kind=copy.kind, seq=copy.seq, at=copy.recorded_at)

    def _into_vault(self, pouch: Pouch, authoriser: str, secret: str) -> Grant | None:
        """Who packed a pouch does not say alone that its cash is in the vault (库款双人)."""
        if self._booking.own(pouch.target).kind != "vault":
            return None
        question = Question(
            "vault_move",
            size=pouch.cash_fen,
            subject=f"{pouch.number} → {pouch.target}",
            after=pouch.cash_fen,
        )
        packed_by = self._packed_by(pouch)
        return self._authorising.grant(question, authoriser, secret, besides=packed_by)

    def _packed_by(self, pouch: Pouch) -> tuple[str, ...]:
        """Who sent it, when that was here; the slip of another counter does not say."""
        entry = self._sent_here(pouch.number)
        return (entry.clerk_id,) if entry is not None else ()

    def _must_be_of_here(self, pouch: Pouch) -> None:
        """Practice stays among itself: nothing is in its pouches."""
        if pouch.practice and not self._context.training:
            raise UserError("pouch.training", {"pouch": pouch.number})
        if self._context.training and not pouch.practice:
            raise UserError("pouch.not_training", {"pouch": pouch.number})

    def _known(self, number: str) -> Pouch:
        pouch = self._vouched(number)
        if pouch is not None:
            return pouch
        refuse_received(self._context.books.tills.receipt(number))
        taker = self._announced.gone().get(number)
        if taker is not None:
            told = {"pouch": number, "counter": counter_name(taker)}
            raise UserError("pouch.received_elsewhere", told)
        raise UserError("pouch.unknown", {"pouch": number})

    def _vouched(self, number: str) -> Pouch | None:
        """The pouch that these books or the platform know by its number."""
        entry = self._sent_here(number)
        if entry is not None:
            return pouches.pouch_of(entry.body, practice=self._context.training)
        expected = self._announced.expected()
        return next((one.pouch for one in expected if one.pouch.number == number), None)

    def _sent_here(self, number: str) -> Entry | None:
        row = self._context.books.tills.pouch(number)
        return self._context.books.entry(row.sent_seq) if row else None
