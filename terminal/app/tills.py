"""Moving cash and stock between tills: sending and receiving pouches, funding the vault, checking.

Every form has its intent from the moment it opens: however often it is pressed, it becomes one
entry, and every later press hears when it was saved. Entry, read models and slip are one
transaction. Source: postal-domain.md §2.15, reliability.md §3 (Horizon 2 and 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from terminal.app.authorising import Authorising
from terminal.app.cash_up_period import require_nothing_laid_down
from terminal.app.context import Context
from terminal.app.till_slips import till_job
from terminal.app.till_views import ListingView, TillReader, TillsView, numbered_items
from terminal.domain import pouch as pouches
from terminal.domain import stock
from terminal.domain.authority import Grant, Question
from terminal.domain.cash_count import CashCount, counted
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry
from terminal.domain.money import Money
from terminal.domain.pouch import FUNDED, RECEIVED, SENT, Bundle, Pouch
from terminal.domain.till import NO_SALE_REASONS, SOURCES, Till, purpose_of
from terminal.ports.books import Transaction

CHECKED = "till.checked"
OPENED = "drawer.opened"
CHANGED = frozenset({"tills", "print", "sync"})
SHOWN = frozenset({SENT, RECEIVED, FUNDED, CHECKED, OPENED})


@dataclass(frozen=True, slots=True)
class MoveForm:
    """What a clerk filled in to move cash or stock.

    Args:
        intent_id: made when the form opened.
        till_id: the till at this terminal that gives; of money from outside the one that gets.
        partner: the till that gets, or ``bank`` or ``centre``.
        pieces: denomination in fen → pieces.
        bundles: stock that moves along.
        inward: from outside into the vault rather than out of it.
    """

    intent_id: str
    till_id: str
    partner: str
    pieces: Mapping[int, int]
    bundles: tuple[Bundle, ...] = ()
    inward: bool = False


@dataclass(frozen=True, slots=True)
class TillDone:
    """What was booked.

    Args:
        kind: kind of the entry.
        pouch: number of the pouch, "" for none.
        amount_text: yuan; of a check the difference, signed.
        already_saved: whether an earlier press did it.
    """

    kind: str
    seq: int
    pouch: str
    from_till: str
    to_till: str
    amount_text: str
    at: str
    already_saved: bool
    changes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class LimitView:
    """A till that holds more than it may."""

    till_id: str
    cash_text: str
    limit_text: str
    over_text: str


class Tills:
    """Use cases of the till page. Store thread only."""

    def __init__(self, context: Context, authorising: Authorising) -> None:
        self._context = context
        self._authorising = authorising
        self.reader = TillReader(context)

    def view(self) -> TillsView:
        """The page as it stands."""
        return self.reader.view()

    def listing(self, till_id: str, kind: str) -> ListingView:
        """The entries behind one figure of a till."""
        return self.reader.listing(till_id, kind)

    def begin(self) -> str:
        """Open a form: its intent."""
        return new_uuid7()

    def over_limit(self) -> LimitView | None:
        """Whether the drawer at this counter holds more than it may: cash should be handed in."""
        till = self.reader.own()[0]
        held, limit = self.reader.held(till.till_id), self.reader.limit_of(till)
        if not limit or held <= limit:
            return None
        return LimitView(
            till.till_id, Money(held).text, Money(limit).text, Money(held - limit).text
        )

    def needs_two(self, till_id: str) -> bool:
        """Whether sending from a till needs a second person: cash of the vault does (库款双人)."""
        return self._own(till_id).kind == "vault"

    def send(self, form: MoveForm, authoriser: str = "", secret: str = "") -> TillDone:
        """Pack a pouch: cash and stock leave the till and are on their way.

        Raises:
            UserError: ``till.not_here``, ``till.unknown``, ``till.same``, ``till.nothing``,
                ``till.not_enough`` with ``held``, ``till.no_stock`` with ``item``,
                ``cash_count.*``, ``permission.*``, ``session.*``.
        """
        saved = self._saved(form.intent_id)
        if saved is not None:
            return saved
        clerk_id = self._context.allow("till_move")
        origin, target = self._own(form.till_id), self._known(form.partner)
        if origin.till_id == target.till_id:
            raise UserError("till.same")
        count = self._content(form)
        self._must_hold(origin, count.total_fen, form.bundles)
        grant = self._two(origin, form, count.total_fen, authoriser, secret)
        day = self._context.books.day().business_date
        pouch = Pouch(
            pouches.pouch_number(self._context.profile.terminal_no, day, form.intent_id),
            origin.till_id,
            target.till_id,
            count.total_fen,
            form.bundles,
        )
        body = pouches.sent_body(pouch, purpose_of(origin, target), count)
        return self._book(SENT, form.intent_id, clerk_id, body, grant)

    def fund(self, form: MoveForm, authoriser: str = "", secret: str = "") -> TillDone:
        """Cash and stock from the bank or the centre into a vault, or back; always by two.

        Raises:
            UserError: as ``send``; ``till.not_a_vault``, ``till.numbers_known`` with ``item``,
                ``lo``, ``hi`` and ``place`` for numbers that came before and were not given back.
        """
        saved = self._saved(form.intent_id)
        if saved is not None:
            return saved
        clerk_id = self._context.allow("till_move")
        vault = self._own(form.till_id)
        if vault.kind != "vault":
            raise UserError("till.not_a_vault")
        if form.partner not in SOURCES:
            raise UserError("till.unknown", {"till": form.partner})
        count = self._content(form)
        if form.inward:
            self._must_be_new(form.bundles)
        else:
            self._must_hold(vault, count.total_fen, form.bundles)
        grant = self._two(vault, form, count.total_fen, authoriser, secret)
        fen = count.total_fen if form.inward else -count.total_fen
        body = {
            "till_id": vault.till_id,
            "source": form.partner,
            "inward": form.inward,
            "cash_fen": fen,
            "count": count.to_body(),
            **pouches.funded(vault.till_id, form.partner, fen, form.bundles, form.inward),
        }
        return self._book(FUNDED, form.intent_id, clerk_id, body, grant)

    def find_pouch(self, text: str) -> Pouch:
        """The pouch that a slip's code or a typed number means.

        Raises:
            UserError: ``pouch.unreadable``; ``pouch.unknown`` for a number that is not known here
                and comes without the rest of the code; ``pouch.already_received`` with ``at``;
                ``pouch.other_till`` with ``till``.
        """
        cleaned = text.strip()
        if pouches.is_pouch_number(cleaned.upper()):
            pouch = self._sent_here(cleaned.upper())
        else:
            pouch = pouches.read_code(cleaned)
        self._may_receive(self._context.books.tills.receipt(pouch.number), pouch)
        return pouch

    def receive(self, intent_id: str, code: str) -> TillDone:
        """Take a pouch into the till it is addressed to: once.

        Args:
            intent_id: made when the form opened.
            code: its number, or the whole code of the slip.

        Raises:
            UserError: as ``find_pouch``; ``permission.*``, ``session.*``.
        """
        saved = self._saved(intent_id)
        if saved is not None:
            return saved
        clerk_id = self._context.allow("till_move")
        pouch = self.find_pouch(code)
        return self._book(RECEIVED, intent_id, clerk_id, pouches.received_body(pouch), None)

    def open_drawer(self, intent_id: str, reason: str, authoriser: str, secret: str) -> TillDone:
        """Open the drawer without a sale (空开钱箱): with a reason and a second person.

        Raises:
            UserError: ``till.no_reason``, ``permission.*``, ``session.*``.
        """
        saved = self._saved(intent_id)
        if saved is not None:
            return saved
        clerk_id = self._context.on_duty()
        if reason not in NO_SALE_REASONS:
            raise UserError("till.no_reason")
        till = self.reader.own()[0]
        question = Question("no_sale", subject=till.till_id, reason=reason)
        grant = self._authorising.grant(question, authoriser, secret)
        body = {
            "till_id": till.till_id,
            "reason": reason,
            "authoriser": grant.authoriser,
            "cash_fen": self.reader.held(till.till_id),
        }
        return self._book(OPENED, intent_id, clerk_id, body, grant)

    def check(
        self, intent_id: str, till_id: str, pieces: Mapping[int, int], checker: str, secret: str
    ) -> TillDone:
        """Book what a second person counted in a till (查库); nothing is settled by it.

        Raises:
            UserError: ``till.not_here``, ``cash_up.laid_down``, ``cash_count.*``,
                ``permission.*``, ``session.*``.
        """
        saved = self._saved(intent_id)
        if saved is not None:
            return saved
        clerk_id = self._context.on_duty()
        till, count = self._own(till_id), counted(pieces)
        if till.till_id == self._context.profile.till_id:
            require_nothing_laid_down(self._context)
        expected = self.reader.held(till.till_id)
        question = Question(
            "till_check", subject=till.till_id, before=expected, after=count.total_fen
        )
        grant = self._authorising.grant(question, checker, secret)
        body = {
            "till_id": till.till_id,
            "checker": grant.authoriser,
            "count": count.to_body(),
            "counted_fen": count.total_fen,
            "expected_fen": expected,
            "difference_fen": count.total_fen - expected,
        }
        return self._book(CHECKED, intent_id, clerk_id, body, grant)

    def _book(
        self, kind: str, intent_id: str, clerk_id: str, body: dict[str, Any], grant: Grant | None
    ) -> TillDone:
        context = self._context
        with context.books.transaction() as tx:
            if kind == RECEIVED:
                # Once more where nobody else can write: the look before was without this lock.
                self._may_receive(tx.tills.receipt(body["pouch"]), None)
            entry = self._append(tx, kind, intent_id, clerk_id, body, grant)
            tx.add_print_job(till_job(context, entry))
        context.wake_printing()
        context.wake_sync()
        return _done(entry, already_saved=False)

    def _append(
        self,
        tx: Transaction,
        kind: str,
        intent_id: str,
        clerk_id: str,
        body: dict[str, Any],
        grant: Grant | None,
    ) -> Entry:
        if grant is not None:
            self._authorising.note(tx, grant)
        return tx.append(self._context.draft(kind, intent_id, clerk_id, body))

    def _saved(self, intent_id: str) -> TillDone | None:
        entry = self._context.books.entry_for_intent(intent_id)
        if entry is None:
            return None
        if entry.kind not in SHOWN:
            raise UserError("till.form_gone")
        return _done(entry, already_saved=True)

    def _two(
        self, till: Till, form: MoveForm, fen: int, authoriser: str, secret: str
    ) -> Grant | None:
        if till.kind != "vault":
            return None
        held = self.reader.held(till.till_id)
        question = Question(
            "vault_move",
            size=fen,
            subject=f"{till.till_id} {form.partner}",
            before=held,
            after=held + (fen if form.inward else -fen),
        )
        return self._authorising.grant(question, authoriser, secret)

    def _content(self, form: MoveForm) -> CashCount:
        count = counted(form.pieces)
        numbered = numbered_items(self._context)
        for bundle in form.bundles:
            if bundle.pieces < 1 or numbered.get(bundle.item, False) != bool(bundle.lo):
                raise UserError("till.no_stock", {"item": bundle.item})
        if not count.total_fen and not form.bundles:
            raise UserError("till.nothing")
        return count

    def _must_hold(self, till: Till, fen: int, bundles: tuple[Bundle, ...]) -> None:
        held = self.reader.held(till.till_id)
        if fen > held:
            raise UserError("till.not_enough", {"till": till.till_id, "held": Money(held).text})
        place, reading = stock.till(till.till_id), self._context.books.stock
        pieces = reading.pieces(place)
        wanted: dict[str, int] = {}
        for bundle in bundles:
            wanted[bundle.item] = wanted.get(bundle.item, 0) + bundle.pieces
            ranges = reading.ranges(place, bundle.item)
            there = not bundle.lo or stock.holds(ranges, bundle.lo, bundle.hi)
            if not there or wanted[bundle.item] > pieces.get(bundle.item, 0):
                raise UserError("till.no_stock", {"item": bundle.item})

    def _must_be_new(self, bundles: tuple[Bundle, ...]) -> None:
        """A number is issued once: it may come again only after it was given back."""
        numbered = [bundle for bundle in bundles if bundle.lo]
        for at, bundle in enumerate(numbered):
            item, lo, hi = bundle.item, bundle.lo, bundle.hi
            places = self._context.books.stock.places_of(item, lo, hi)
            known = [place for place in places if not place.startswith("source:")]
            others = [one for one in numbered[:at] if one.item == item]
            if known or any(one.lo <= hi and lo <= one.hi for one in others):
                where = known[0] if known else "—"
                told: dict[str, str | int] = {"item": item, "lo": lo, "hi": hi, "place": where}
                raise UserError("till.numbers_known", told)

    def _sent_here(self, number: str) -> Pouch:
        row = self._context.books.tills.pouch(number)
        entry = self._context.books.entry(row.sent_seq) if row else None
        if entry is None:
            raise UserError("pouch.unknown", {"pouch": number})
        return pouches.pouch_of(entry.body)

    def _may_receive(self, receipt: tuple[int, str] | None, pouch: Pouch | None) -> None:
        if receipt is not None:
            seq, at = receipt
            raise UserError("pouch.already_received", {"seq": seq, "at": at})
        own = {till.till_id for till in self.reader.own()}
        if pouch is not None and pouch.target not in own:
            raise UserError("pouch.other_till", {"till": pouch.target, "pouch": pouch.number})

    def _own(self, till_id: str) -> Till:
        for till in self.reader.own():
            if till.till_id == till_id:
                return till
        raise UserError("till.not_here", {"till": till_id})

    def _known(self, till_id: str) -> Till:
        for till in self.reader.outlet():
            if till.till_id == till_id:
                return till
        raise UserError("till.unknown", {"till": till_id})


def _done(entry: Entry, *, already_saved: bool) -> TillDone:
    body: Any = entry.body
    fen = body["difference_fen"] if entry.kind == CHECKED else body["cash_fen"]
    return TillDone(
        kind=entry.kind,
        seq=entry.seq,
        pouch=str(body.get("pouch", "")),
        from_till=str(body.get("from_till", body.get("till_id", ""))),
        to_till=str(body.get("to_till", body.get("source", ""))),
        amount_text=Money(fen).text,
        at=entry.recorded_at,
        already_saved=already_saved,
        changes=CHANGED,
    )
