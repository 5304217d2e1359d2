"""Moving cash and stock between tills: sending pouches, funding the vault, limits.

Every form has its intent from the moment it opens: however often it is pressed, it becomes one
entry, and every later press hears when it was saved. Entry, read models and slip are one
transaction. Source: postal-domain.md §2.15, reliability.md §3 (Horizon 2 and 4).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from terminal.app.authorising import Authorising
from terminal.app.context import Context
from terminal.app.pouch_limits import require_packable
from terminal.app.stock_items import numbered_items
from terminal.app.till_booking import TillBooking, TillDone
from terminal.app.till_views import ListingView, TillsView
from terminal.domain import pouch as pouches
from terminal.domain import stock
from terminal.domain.authority import Grant, Question
from terminal.domain.cash_count import CashCount, counted
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.money import Money
from terminal.domain.pouch import FUNDED, SENT, Bundle, Pouch
from terminal.domain.till import SOURCES, Till, purpose_of


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
class LimitView:
    """A till that holds more than it may; how much is not said to whoever counts it blind."""

    till_id: str
    limit_text: str


class Tills:
    """Use cases of the till page. Store thread only."""

    def __init__(self, context: Context, authorising: Authorising) -> None:
        self._context = context
        self._authorising = authorising
        self._booking = TillBooking(context, authorising)
        self.reader = self._booking.reader

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
        return LimitView(till.till_id, Money(limit).text)

    def needs_two(self, till_id: str) -> bool:
        """Whether sending from a till needs a second person: cash of the vault does (库款双人)."""
        return self._booking.own(till_id).kind == "vault"

    def send(self, form: MoveForm, authoriser: str = "", secret: str = "") -> TillDone:
        """Pack a pouch: cash and stock leave the till and are on their way.

        Raises:
            UserError: ``till.not_here``, ``till.unknown``, ``till.same``, ``till.nothing``,
                ``till.not_enough`` with ``held`` or ``till.holds_less``, ``till.no_stock`` with
                ``item``, ``till.pouch_too_large``, ``till.pouch_too_many``,
                ``refund.under_way``, ``cash_count.*``, ``permission.*``, ``session.*``.
        """
        saved = self._booking.saved(form.intent_id)
        if saved is not None:
            return saved
        clerk_id = self._context.allow("till_move")
        origin, target = self._booking.own(form.till_id), self._booking.known(form.partner)
        if origin.till_id == target.till_id:
            raise UserError("till.same")
        count = self._content(form)
        if origin.till_id == self._context.profile.till_id:
            self._context.no_refund_asked()
        require_packable(self._context, count.total_fen, form.bundles)
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
        return self._booking.book(SENT, form.intent_id, clerk_id, body, grant)

    def fund(self, form: MoveForm, authoriser: str = "", secret: str = "") -> TillDone:
        """Cash and stock from the bank or the centre into a vault, or back; always by two.

        Raises:
            UserError: as ``send``; ``till.not_a_vault``, ``till.numbers_known`` with ``item``,
                ``lo``, ``hi`` and ``place`` for numbers that came before and were not given back.
        """
        saved = self._booking.saved(form.intent_id)
        if saved is not None:
            return saved
        clerk_id = self._context.allow("till_move")
        vault = self._booking.own(form.till_id)
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
        return self._booking.book(FUNDED, form.intent_id, clerk_id, body, grant)

    def _two(
        self, till: Till, form: MoveForm, fen: int, authoriser: str, secret: str
    ) -> Grant | None:
        if till.kind != "vault":
            return None
        giver, taker = till.till_id, form.partner
        if form.inward:
            giver, taker = taker, giver
        # What the vault holds is in no question: it is counted blind as well.
        question = Question(
            "vault_move", size=fen, subject=f"{giver} → {taker}", more={"amount_fen": fen}
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
        if fen > held and self.reader.blind(till.till_id):
            raise UserError("till.holds_less", {"till": till.till_id})
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
