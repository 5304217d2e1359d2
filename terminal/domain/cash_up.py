"""Cashing a till up (轧帐): what a shift's money is made of, and which step comes next.

A period of a till begins after its last closing and ends with the next. Its count is booked in the
moment it is committed: the till's account becomes what was counted, and what is over or short lies
on the till's suspense account until it is taken over or disputed. So a difference is an entry or
does not exist, and every figure a screen shows is the sum of entries.

Source: postal-domain.md §2.15, reliability.md §3 (Horizon 1, 3 and 10).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Literal

from terminal.domain.errors import EnvironmentFault
from terminal.domain.ledger import Posting

COUNTED: Final = "cash_up.counted"
BOOKED: Final = "cash_up.booked"
DISPUTED: Final = "cash_up.disputed"
VERIFIED: Final = "cash_up.verified"
CLOSED: Final = "cash_up.closed"
HANDED_OVER: Final = "cash_up.handed_over"
HANDOVER_DIFFERED: Final = "cash_up.handover_differed"
INTERIM: Final = "cash_up.interim"
OUTLET: Final = "outlet.cashed_up"

KINDS: Final = frozenset(
    {COUNTED, BOOKED, DISPUTED, VERIFIED, CLOSED, HANDED_OVER, HANDOVER_DIFFERED, INTERIM, OUTLET}
)
"""Journal kinds of cashing up."""

Disposition = Literal["even", "over", "short", "stock", "disputed"]


class Step(StrEnum):
    """Where a cash-up stands; the values are what view-models and texts call it."""

    RESOLVE = "resolve"
    COUNT = "count"
    DIFFERENCE = "difference"
    VERIFY = "verify"
    HAND_OVER = "hand_over"


@dataclass(frozen=True, slots=True)
class CashUp:
    """The cash-up of one period of one till as the journal tells it; 0 where nothing is yet.

    Args:
        till_id: the till.
        period: from 1, one more with every closing.
        first_seq: the first entry of the period.
        opening_fen: what the till held when it began.
        counts: how often it was counted.
        counted_seq: entry of the last count.
        counted_fen: what it found.
        expected_fen: what the books said then.
        booked_seq: entry that took the difference over.
        disputed_seq: entry that disputed the last count.
        disputed_fen: what of this period lies disputed on the suspense account, debit positive;
            what a later count finds again is not disputed any more.
        verified_seq: entry by which a second person vouched for it.
        verifier: who that was.
        closed_seq: entry that closed the period.
        stock_off: pieces of stock the last count found missing or too many.
        dispute_seq: the newest dispute of the period, of this count or of one before it.
    """

    till_id: str
    period: int
    first_seq: int
    opening_fen: int
    counts: int = 0
    counted_seq: int = 0
    counted_fen: int = 0
    expected_fen: int = 0
    booked_seq: int = 0
    disputed_seq: int = 0
    disputed_fen: int = 0
    verified_seq: int = 0
    verifier: str = ""
    closed_seq: int = 0
    stock_off: int = 0
    dispute_seq: int = 0

    @property
    def difference_fen(self) -> int:
        """Counted minus expected: positive is over (长款), negative is short (短款)."""
        return self.counted_fen - self.expected_fen

    @property
    def differs(self) -> bool:
        """Whether the count found other cash or other stock than there should be."""
        return bool(self.difference_fen or self.stock_off)

    @property
    def disposition(self) -> Disposition:
        """What became of the difference, or what it is; ``stock`` when cash alone is even.

        Of a count after a dispute it is about the rest: what was disputed before stays so.
        """
        if self.disputed_seq:
            return "disputed"
        rest_fen = self.difference_fen + self.disputed_fen
        if self.stock_off and not rest_fen:
            return "stock"
        return "disputed" if self.disputed_fen and not rest_fen else disposition_of(rest_fen)

    @property
    def recounted(self) -> bool:
        """Whether a count before the present one was disputed: that one does not stand."""
        return bool(self.dispute_seq and not self.disputed_seq)

    def step(self, *, unknown: int, moved_since_count: bool) -> Step:
        """Which step comes next.

        Args:
            unknown: payments of this terminal whose outcome nobody knows.
            moved_since_count: whether cash or stock of this till moved after the last count: then
                it has to be counted again.
        """
        if unknown:
            return Step.RESOLVE
        if not self.counted_seq or moved_since_count:
            return Step.COUNT
        if self.verified_seq:
            return Step.HAND_OVER
        if self.booked_seq or self.disputed_seq:
            return Step.VERIFY
        return Step.DIFFERENCE


def still_disputed(disputed_fen: int, suspense_fen: int) -> int:
    """What stays disputed after another count: no more than what is still missing, or too much.

    Args:
        disputed_fen: what was disputed, debit positive.
        suspense_fen: what counts of the period now leave on the suspense account.
    """
    lo, hi = min(0, suspense_fen), max(0, suspense_fen)
    return min(max(disputed_fen, lo), hi)


def disposition_of(difference_fen: int) -> Literal["even", "over", "short"]:
    """``over`` for more than expected, ``short`` for less, ``even`` for neither."""
    if difference_fen > 0:
        return "over"
    return "short" if difference_fen else "even"


def count_postings(till_id: str, book_fen: int, counted_fen: int) -> tuple[Posting, ...]:
    """The till becomes what was counted; the rest lies in suspense. None when it is even.

    Args:
        till_id: the till.
        book_fen: what its account holds before.
        counted_fen: what is in it.
    """
    more = counted_fen - book_fen
    if not more:
        return ()
    return (Posting(f"cash:{till_id}", more), Posting(f"suspense:{till_id}", -more))


def booking_postings(till_id: str, suspense_fen: int) -> tuple[Posting, ...]:
    """The difference leaves suspense and becomes over or short (长短款).

    Args:
        till_id: the till.
        suspense_fen: what this period left on its suspense account, debit positive.
    """
    if not suspense_fen:
        return ()
    return (
        Posting(f"suspense:{till_id}", -suspense_fen),
        Posting(f"over_short:{till_id}", suspense_fen),
    )


def giving_back_postings(till_id: str, taken_fen: int) -> tuple[Posting, ...]:
    """What was taken over lies in suspense again.

    Args:
        till_id: the till.
        taken_fen: what this period left on its over and short account, debit positive.
    """
    taken = booking_postings(till_id, taken_fen)
    return tuple(Posting(posting.account, -posting.fen) for posting in taken)


@dataclass(frozen=True, slots=True)
class Movement:
    """Cash of a till moved by one kind of entry in one direction.

    Args:
        kind: kind of the entries.
        entries: how many.
        fen: their sum, debit positive.
        received_fen: of sales, what customers handed over; 0 otherwise.
        change_fen: of sales, what went back to them, not negative; 0 otherwise.
        changed: of sales, how many got change.
    """

    kind: str
    entries: int
    fen: int
    received_fen: int = 0
    change_fen: int = 0
    changed: int = 0


@dataclass(frozen=True, slots=True)
class CashLine:
    """One component of what a till should hold.

    Args:
        code: ``float``, ``cash_in``, ``change`` or a name of ``_CODES``; a kind nobody has named
            yet is told by its own name.
        kind: kind of the entries behind it, "" for what the period began with.
        entries: how many.
        fen: signed.
    """

    code: str
    kind: str
    entries: int
    fen: int

    @property
    def comes_in(self) -> bool:
        """Whether it is money that came; a kind that moves both ways has a line for each."""
        return self.fen >= 0


_CODES: Final = {
    "till.funded": "pay_in",
    "pouch.received": "pay_in",
    "pouch.sent": "hand_in",
    "refund.completed": "refund",
    "refund.rerouted": "refund",
    "sale.refunded": "refund",
    "sale.reversed": "reversal",
}
_ORDER: Final = ("float", "cash_in", "change", "refund", "reversal", "pay_in", "hand_in")


def cash_lines(opening_fen: int, movements: Iterable[Movement]) -> tuple[CashLine, ...]:
    """What a till should hold, line by line; entries of cashing up itself are none of them.

    Args:
        opening_fen: what the period began with.
        movements: what moved since, of each kind and direction.
    """
    lines = [CashLine("float", "", 0, opening_fen)]
    for movement in movements:
        if movement.kind in KINDS:
            continue
        if movement.received_fen or movement.change_fen:
            lines.append(
                CashLine("cash_in", movement.kind, movement.entries, movement.received_fen)
            )
            lines.append(CashLine("change", movement.kind, movement.changed, -movement.change_fen))
        else:
            code = _CODES.get(movement.kind, movement.kind)
            lines.append(CashLine(code, movement.kind, movement.entries, movement.fen))
    return tuple(sorted((line for line in lines if line.fen or not line.kind), key=_place))


_OF_A_VAULT: Final = {
    ("", True): "vault_opening",
    ("pouch.received", True): "vault_received",
    ("pouch.sent", False): "vault_sent",
    ("till.funded", True): "vault_funded",
    ("till.funded", False): "vault_returned",
}


def line_name(line: CashLine, *, vault: bool) -> str:
    """How a line is called: a vault issues to tills and gets from the bank what drawers do not."""
    return _OF_A_VAULT.get((line.kind, line.comes_in), line.code) if vault else line.code


def share_in(movement: Movement, line: CashLine) -> int:
    """What of a movement is in a line of ``cash_lines``; of all movements it adds up to the line.

    Args:
        movement: of one entry, or of many of one kind and direction.
        line: the line; only which one it is counts, not its sum.
    """
    shares = cash_lines(0, (movement,))
    return sum(
        share.fen
        for share in shares
        if (share.code, share.kind, share.comes_in) == (line.code, line.kind, line.comes_in)
    )


def _place(line: CashLine) -> tuple[int, str, int]:
    place = _ORDER.index(line.code) if line.code in _ORDER else len(_ORDER)
    return place, line.code, -line.fen


def expected_fen(lines: Iterable[CashLine]) -> int:
    """The sum of the components."""
    return sum(line.fen for line in lines)


@dataclass(frozen=True, slots=True)
class Control:
    """One account as one way of adding it up finds it.

    Args:
        source: who added: ``journal``, ``postings`` or ``balances``.
        account: the account.
        fen: its sum over all entries, debit positive.
        entries: how many postings.
        last_seq: the last entry that moved it.
    """

    source: str
    account: str
    fen: int
    entries: int
    last_seq: int

    @property
    def figures(self) -> tuple[int, int, int]:
        """What has to be the same, whoever adds."""
        return self.fen, self.entries, self.last_seq


def cross_foot(loaders: Sequence[Sequence[Control]]) -> None:
    """Compare independent ways of adding the same accounts up; any mismatch stops the closing.

    Args:
        loaders: the accounts as each way finds them; the first is the journal itself.

    Raises:
        EnvironmentFault: ``cash_up.totals_differ`` with ``account``, ``source`` (which way
            disagrees with the journal), both sums and both counts.
    """
    journal, *others = loaders
    truth = {control.account: control for control in journal}
    for other in others:
        found = {control.account: control for control in other}
        for account in sorted({*truth, *found}):
            left, right = truth.get(account), found.get(account)
            if left is None or right is None or left.figures != right.figures:
                raise _differ(account, left, right)


def check_components(
    account: str, opening_fen: int, movements: Sequence[Movement], held_fen: int
) -> None:
    """The components explain the account to the last fen, and sales are received less change.

    Args:
        account: the till's cash.
        opening_fen: what the period began with.
        movements: all of the period, those of cashing up too.
        held_fen: what the account holds.

    Raises:
        EnvironmentFault: ``cash_up.totals_differ``.
    """
    sales = [move for move in movements if move.received_fen or move.change_fen]
    sold = sum(move.fen for move in sales)
    paid = sum(move.received_fen - move.change_fen for move in sales)
    told = opening_fen + sum(move.fen for move in movements)
    entries = sum(move.entries for move in movements)
    for left, right in ((sold, paid), (held_fen, told)):
        if left != right:
            raise _differ(
                account,
                Control("journal", account, left, entries, 0),
                Control("components", account, right, entries, 0),
            )


def _differ(account: str, left: Control | None, right: Control | None) -> EnvironmentFault:
    return EnvironmentFault(
        "cash_up.totals_differ",
        {
            "account": account,
            "source": right.source if right else "missing",
            "journal_fen": left.fen if left else 0,
            "other_fen": right.fen if right else 0,
            "journal_entries": left.entries if left else 0,
            "other_entries": right.entries if right else 0,
        },
        retry=False,
        hint=f"{left} is not {right}",
    )
