"""What cashing a till up reads from the books."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from terminal.domain.cash_up import CashUp, Control, Movement
from terminal.domain.journal import Entry


@dataclass(frozen=True, slots=True)
class SoldRow:
    """A sale by one of its tenders; amounts in fen, ``kept_fen`` after change.

    Args:
        cash: whether that tender was cash.
        sale_intent: intent of the sale, which its payment attempts name too.
    """

    seq: int
    order_no: str
    recorded_at: str
    kept_fen: int
    received_fen: int
    change_fen: int
    cash: bool
    sale_intent: str


@dataclass(frozen=True, slots=True)
class FailedCode:
    """A payer code that brought no money in the end."""

    seq: int
    sale_intent: str
    fen: int


@dataclass(frozen=True, slots=True)
class SalesTotals:
    """What was sold in a period; together the tenders are ``sold_fen`` plus ``rounding_fen``."""

    orders: int = 0
    sold_fen: int = 0
    rounding_fen: int = 0
    first_order: str = ""
    last_order: str = ""
    tenders: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class ClosedCashUp:
    """A closed period and when."""

    cash_up: CashUp
    business_date: str
    clerk_id: str
    remaining_fen: int


@dataclass(frozen=True, slots=True)
class Span:
    """The entries of a period so far.

    Args:
        first_seq: the first that may be of it.
        since_date: no entry of it has an earlier business date.
        since_at: when its first entry of a business day was made, UTC; "" before there is one.
    """

    first_seq: int
    since_date: str
    since_at: str = ""


class CashUpReading(Protocol):
    """Periods of tills, and what moved in them. Store thread only."""

    def current(self, till_id: str) -> CashUp:
        """The period that is open now; a till that was never closed is in its first."""
        ...

    def span(self, cash_up: CashUp) -> Span:
        """The entries of an open period."""
        ...

    def last_dispute(self, till_id: str) -> int:
        """The newest entry that disputed a count of a till in any period; 0 for none."""
        ...

    def closed_on(self, business_date: str) -> Sequence[ClosedCashUp]:
        """Periods that were closed on a day, oldest first."""
        ...

    def movements(self, till_id: str, span: Span) -> Sequence[Movement]:
        """What moved the till's cash, by kind and direction."""
        ...

    def moved_after(self, till_id: str, seq: int, since_date: str, *, besides: str = "") -> bool:
        """Whether anything but a cash-up, and entries of one kind, moved the till's cash later.

        Args:
            till_id: the till.
            seq: only entries after this one.
            since_date: business date of the first of them.
            besides: a kind of entries that does not count, "" for none.
        """
        ...

    def left_by_counts(self, account: str, span: Span) -> int:
        """Fen that counts and their bookings of a period left on an account.

        What a directive did to the account in the meantime is no difference of this period.
        """
        ...

    def entries_behind(self, till_id: str, kind: str, span: Span) -> Iterator[tuple[int, Movement]]:
        """All that ``movements`` adds up for one kind: entry and what it moved, newest first."""
        ...

    def controls(self, span: Span, opening: Iterable[Control]) -> Sequence[Sequence[Control]]:
        """Every account added up in three independent ways, the journal's own first.

        Args:
            span: the period.
            opening: what the last closing, a signed entry, said of each account.

        Raises:
            EnvironmentFault: ``cash_up.entries_missing`` when the period's entries are not all
                there.
        """
        ...

    def opening_controls(self, cash_up: CashUp) -> Sequence[Control]:
        """What the entry that closed the last period said of every account."""
        ...

    def sold(self, span: Span) -> Sequence[SoldRow]:
        """Sales of a period by tender, oldest first."""
        ...

    def failed_codes(self, span: Span) -> Sequence[FailedCode]:
        """Payer codes of a period that were refused or given back."""
        ...

    def with_voided_lines(self, span: Span) -> Sequence[Entry]:
        """Sales of a period from which a line was taken before payment."""
        ...

    def sales(self, span: Span) -> SalesTotals:
        """What was sold in a period."""
        ...

    def of_kinds(self, kinds: Iterable[str], span: Span) -> Sequence[Entry]:
        """Entries of some kinds in a period, oldest first."""
        ...

    def slice(self, first_seq: int, last_seq: int) -> Iterable[Entry]:
        """Consecutive entries, oldest first, read as they are consumed."""
        ...
