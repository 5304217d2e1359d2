"""What these books bound an accepted correction by: cash of a till, what is left of its sale.

What was given back of a sale and corrected before is gone from it. A correction may name the sale's
own entry, or one of its refunds. What other counters gave back is not in these books; the platform
knows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from terminal.domain import ledger
from terminal.domain.directive import Directive
from terminal.domain.directive_reach import takes_back_fen
from terminal.domain.errors import UserError
from terminal.domain.journal import Entry
from terminal.domain.ledger import Posting
from terminal.domain.money import Money
from terminal.ports.books import Books

_SALE, _REFUND = "sale.completed", "refund.completed"


@dataclass(frozen=True, slots=True)
class SaleLeft:
    """What took something of a sale back, and what is left of it.

    Args:
        before: refunds and accepted corrections, oldest first.
        left_fen: what the sale brought, less theirs.
    """

    before: tuple[Entry, ...]
    left_fen: int


def sale_left(books: Books, about: Entry | None) -> SaleLeft | None:
    """What is left of the sale that an entry is, or is a refund of; None when it is neither.

    Args:
        books: of this counter.
        about: the entry that a correction names.
    """
    sale = _sale_of(books, about)
    if sale is None:
        return None
    refunds = [row.seq for row in books.refunds.of_order(str(sale.body["order_no"]))]
    named = [sale.seq, *refunds]
    corrections = [seq for one in named for seq in books.refunds.corrections(one)]
    before = _entries(books, sorted({*refunds, *corrections}))
    taken = sum(takes_back_fen(ledger.from_body(entry.body)) for entry in before)
    return SaleLeft(before, -takes_back_fen(ledger.from_body(sale.body)) - taken)


def require_bookable(books: Books, asked: Directive) -> None:
    """Refuse what these books cannot take, for now or for ever; the clerk may dispute it.

    Raises:
        UserError: ``directive.till_short`` with ``till``, ``directive.more_than_left`` with
            ``left``.
    """
    _tills_can_pay(books, asked.postings)
    taken = takes_back_fen(asked.postings)
    sale = sale_left(books, books.entry(asked.about_seq)) if taken > 0 else None
    if sale is not None and taken > sale.left_fen:
        raise UserError("directive.more_than_left", {"left": Money(max(0, sale.left_fen)).text})


def _tills_can_pay(books: Books, postings: Sequence[Posting]) -> None:
    cash: dict[str, int] = {}
    for row in postings:
        if row.account.startswith("cash:"):
            cash[row.account] = cash.get(row.account, 0) + row.fen
    for account, fen in cash.items():
        if fen < 0 and books.ledger.balance(account) + fen < 0:
            # How much is there is not told: the till may not be counted yet.
            raise UserError("directive.till_short", {"till": account.partition(":")[2]})


def _sale_of(books: Books, about: Entry | None) -> Entry | None:
    if about is not None and about.kind == _REFUND:
        original: Any = about.body.get("original", {})
        here = original.get("terminal_id") == about.terminal_id
        about = books.entry(int(original["seq"])) if here else None
    return about if about is not None and about.kind == _SALE else None


def _entries(books: Books, seqs: Sequence[int]) -> tuple[Entry, ...]:
    found = (books.entry(seq) for seq in seqs)
    return tuple(entry for entry in found if entry is not None)
