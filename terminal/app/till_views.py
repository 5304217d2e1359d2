"""What the till page shows: every figure is the sum of rows that can be opened."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from terminal.app.announced_pouches import AnnouncedPouches
from terminal.app.blind_till import counted_blind
from terminal.app.context import Context
from terminal.app.own_tills import own_tills
from terminal.app.stock_items import numbered_items
from terminal.domain import ledger, stock
from terminal.domain.errors import UserError
from terminal.domain.money import Money
from terminal.domain.pouch_notice import Announced
from terminal.domain.stock import Ranges
from terminal.domain.till import Till, tills_of
from terminal.ports.tills import PouchRow

LIMITS: Mapping[str, str] = {"vault": "vault_fen", "clerk": "till_fen", "kiosk": "till_fen"}
UNLIMITED = 0


@dataclass(frozen=True, slots=True)
class FigureView:
    """One sum of a till's day.

    Args:
        kind: kind of the entries behind it; "" for what the day began with.
        entries: how many, of the opening how many days.
        amount_text: signed yuan with two decimals, "" while the till is counted blind.
    """

    kind: str
    entries: int
    amount_text: str


@dataclass(frozen=True, slots=True)
class LineView:
    """One row behind a figure.

    Args:
        seq: the entry; of a day gone by its last one.
        kind: "" for a day.
    """

    seq: int
    business_date: str
    kind: str
    clerk_id: str
    recorded_at: str
    amount_text: str


@dataclass(frozen=True, slots=True)
class ListingView:
    """The rows behind one figure; their sum is the figure."""

    till_id: str
    kind: str
    lines: tuple[LineView, ...]
    total_text: str


@dataclass(frozen=True, slots=True)
class StockView:
    """Stock of one item in a till.

    Args:
        pieces: how many; None while the till is counted blind.
        numbered: whether single pieces have numbers.
        ranges: those numbers.
    """

    item: str
    name_zh: str
    name_en: str
    pieces: int | None
    numbered: bool
    ranges: Ranges


@dataclass(frozen=True, slots=True)
class TillView:
    """One till of this terminal.

    Args:
        cash_text: what it holds, in yuan; "" while it is counted blind.
        limit_text: what it may hold, "" for no limit.
        over: whether it holds more than it may.
        over_text: how much more, "" while it is counted blind.
        figures: today's sums, the opening first; together they are the cash.
    """

    till_id: str
    kind: str
    cash_text: str
    limit_text: str
    over: bool
    over_text: str
    figures: tuple[FigureView, ...]
    stock: tuple[StockView, ...]

    @property
    def blind(self) -> bool:
        """Whether what it should hold is kept from whoever has to count it."""
        return not self.cash_text


@dataclass(frozen=True, slots=True)
class PouchView:
    """A pouch on its way that was not received here.

    Args:
        mine: whether it is for a till of this terminal.
        announced: whether another terminal sent it, and the platform said so.
    """

    number: str
    from_till: str
    to_till: str
    amount_text: str
    sent_at: str
    mine: bool
    announced: bool = False


@dataclass(frozen=True, slots=True)
class TillsView:
    """The till page.

    Args:
        tills: those of this terminal.
        others: all of the outlet, for addressing.
        on_the_way: pouches that this terminal sent, and those the platform says come here.
        denominations: what is counted, in fen.
    """

    tills: tuple[TillView, ...]
    others: tuple[Till, ...]
    on_the_way: tuple[PouchView, ...]
    denominations: tuple[int, ...]
    changes: frozenset[str] = frozenset()


class TillReader:
    """Looks at the tills. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._announced = AnnouncedPouches(context)

    def own(self) -> tuple[Till, ...]:
        """The tills that are bound to this terminal, its drawer first."""
        return own_tills(self._context)

    def outlet(self) -> tuple[Till, ...]:
        """All tills of the outlet."""
        return tills_of(self._context.setting("outlet_tills", ())) or self.own()

    def view(self, changes: frozenset[str] = frozenset()) -> TillsView:
        """Everything as it stands."""
        own = self.own()
        mine = {till.till_id for till in own}
        return TillsView(
            tills=tuple(self._till(till) for till in own),
            others=self.outlet(),
            on_the_way=(
                *(_announced(one) for one in self._announced.expected()),
                *(_pouch(row, mine) for row in self._context.books.tills.pouches_on_the_way()),
            ),
            denominations=tuple(self._context.setting("denominations_fen", ())),
            changes=changes,
        )

    def listing(self, till_id: str, kind: str) -> ListingView:
        """Open one figure.

        Args:
            till_id: the till.
            kind: as the figure says it; "" for the opening.

        Raises:
            UserError: ``till.blind`` while the till is counted blind.
        """
        if self.blind(till_id):
            raise UserError("till.blind", {"till": till_id})
        account, today = ledger.cash(till_id), self._context.books.day().business_date
        tills = self._context.books.tills
        rows = tills.movements(account, today, kind) if kind else tills.earlier_days(account, today)
        lines = tuple(
            LineView(
                seq=row.seq,
                business_date=row.business_date,
                kind=row.kind,
                clerk_id=row.clerk_id,
                recorded_at=row.recorded_at,
                amount_text=Money(row.fen).text,
            )
            for row in rows
        )
        return ListingView(till_id, kind, lines, Money(sum(row.fen for row in rows)).text)

    def limit_of(self, till: Till) -> int:
        """What a till may hold in fen, 0 for no limit."""
        return self._context.limit(LIMITS.get(till.kind, "till_fen"), UNLIMITED)

    def held(self, till_id: str) -> int:
        """Cash of a till in fen."""
        return self._context.books.ledger.balance(ledger.cash(till_id))

    def blind(self, till_id: str) -> bool:
        """Whether what a till should hold is not told: the clerk at it has to count it first.

        See ``counted_blind``; a till of another counter is not told of at all.
        """
        here = any(till.till_id == till_id for till in self.own())
        return here and counted_blind(self._context, till_id)

    def _till(self, till: Till) -> TillView:
        blind = self.blind(till.till_id)
        held, limit = self.held(till.till_id), self.limit_of(till)
        over = max(0, held - limit) if limit else 0
        return TillView(
            till_id=till.till_id,
            kind=till.kind,
            cash_text="" if blind else Money(held).text,
            limit_text=Money(limit).text if limit else "",
            over=bool(over),
            over_text=Money(over).text if over and not blind else "",
            figures=tuple(self._figures(ledger.cash(till.till_id), blind=blind)),
            stock=self._stock(till.till_id, blind=blind),
        )

    def _figures(self, account: str, *, blind: bool) -> Sequence[FigureView]:
        tills, today = self._context.books.tills, self._context.books.day().business_date
        rows = [("", 0, tills.before(account, today))]
        rows += [(row.kind, row.entries, row.fen) for row in tills.sums(account, today)]
        return [
            FigureView(kind, entries, "" if blind else Money(fen).text)
            for kind, entries, fen in rows
        ]

    def _stock(self, till_id: str, *, blind: bool) -> tuple[StockView, ...]:
        reading, place = self._context.books.stock, stock.till(till_id)
        numbered = numbered_items(self._context)
        held = reading.pieces(place)
        views = []
        for item in dict.fromkeys((*numbered, *held)):
            record = self._context.catalogue.by_code(item)
            views.append(
                StockView(
                    item=item,
                    name_zh=record.name_zh if record else item,
                    name_en=record.name_en if record else item,
                    pieces=None if blind else held.get(item, 0),
                    numbered=numbered.get(item, False),
                    ranges=() if blind else reading.ranges(place, item),
                )
            )
        return tuple(views)


def _pouch(row: PouchRow, mine: set[str]) -> PouchView:
    return PouchView(
        number=row.number,
        from_till=row.from_till,
        to_till=row.to_till,
        amount_text=Money(row.cash_fen).text,
        sent_at=row.sent_at,
        mine=row.to_till in mine,
    )


def _announced(notice: Announced) -> PouchView:
    pouch = notice.pouch
    return PouchView(
        number=pouch.number,
        from_till=pouch.origin,
        to_till=pouch.target,
        amount_text=Money(pouch.cash_fen).text,
        sent_at=notice.sent_at,
        mine=True,
        announced=True,
    )
