"""Looking into a drawer: opening it without a sale, the surprise check (查库). Nothing moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from terminal.app.authorising import Authorising
from terminal.app.cash_up_period import require_nothing_laid_down
from terminal.app.cash_up_stock import AskedStock, StockCounts, stock_body
from terminal.app.context import Context
from terminal.app.till_booking import CHECKED, OPENED, TillBooking, TillDone
from terminal.domain.authority import Question
from terminal.domain.cash_count import counted
from terminal.domain.errors import UserError
from terminal.domain.stock_count import compared
from terminal.domain.till import NO_SALE_REASONS


@dataclass(frozen=True, slots=True)
class CheckForm:
    """What a second person counted in a till.

    Args:
        intent_id: made when the form opened.
        till_id: the till.
        pieces: denomination in fen → pieces.
        stock: item → what was typed, pieces or ranges of numbers.
    """

    intent_id: str
    till_id: str
    pieces: Mapping[int, int]
    stock: Mapping[str, str] = field(default_factory=dict)


class TillChecks:
    """Use cases of looking into tills. Store thread only."""

    def __init__(self, context: Context, authorising: Authorising) -> None:
        self._context = context
        self._authorising = authorising
        self._booking = TillBooking(context, authorising)
        self._stock = StockCounts(context)

    def open_drawer(self, intent_id: str, reason: str, authoriser: str, secret: str) -> TillDone:
        """Open the drawer without a sale (空开钱箱): with a reason and a second person.

        Raises:
            UserError: ``till.no_reason``, ``permission.*``, ``session.*``.
        """
        saved = self._booking.saved(intent_id)
        if saved is not None:
            return saved
        clerk_id = self._context.on_duty()
        if reason not in NO_SALE_REASONS:
            raise UserError("till.no_reason")
        till = self._booking.reader.own()[0]
        question = Question("no_sale", subject=till.till_id, reason=reason)
        grant = self._authorising.grant(question, authoriser, secret)
        body = {
            "till_id": till.till_id,
            "reason": reason,
            "authoriser": grant.authoriser,
        }
        return self._booking.book(OPENED, intent_id, clerk_id, body, grant)

    def asked(self, till_id: str) -> tuple[AskedStock, ...]:
        """The stock that a check of a till counts; how much there should be is not said.

        Raises:
            UserError: ``till.not_here``.
        """
        return self._stock.asked(self._booking.own(till_id).till_id, 0)

    def check(self, form: CheckForm, checker: str, secret: str) -> TillDone:
        """Book what a second person counted in a till (查库); nothing is settled by it.

        Raises:
            UserError: ``till.not_here``, ``cash_up.laid_down``, ``cash_count.*``,
                ``stock_count.not_counted`` with ``item``, ``permission.*``, ``session.*``.
        """
        saved = self._booking.saved(form.intent_id)
        if saved is not None:
            return saved
        clerk_id = self._context.on_duty()
        till, count = self._booking.own(form.till_id), counted(form.pieces)
        if till.till_id == self._context.profile.till_id:
            require_nothing_laid_down(self._context)
        found = self._stock.read(self.asked(till.till_id), form.stock)
        lines = [compared(self._stock.booked(till.till_id, one.item), one) for one in found]
        expected = self._booking.reader.held(till.till_id)
        # What should be there is in no question: whoever hears it knows what to count.
        question = Question("till_check", subject=till.till_id, after=count.total_fen)
        grant = self._authorising.grant(question, checker, secret)
        body = {
            "till_id": till.till_id,
            "checker": grant.authoriser,
            "count": count.to_body(),
            "counted_fen": count.total_fen,
            "expected_fen": expected,
            "difference_fen": count.total_fen - expected,
            **stock_body(lines),
        }
        return self._booking.book(CHECKED, form.intent_id, clerk_id, body, grant)
