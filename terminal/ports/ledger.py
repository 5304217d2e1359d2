"""Accounts as screens and slips see them: a total, and the postings it is the sum of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PostingRow:
    """One posting of one entry.

    Args:
        seq: the entry.
        account: see docs/money.md.
        fen: whole fen, debit positive.
        business_date: the entry's day.
        kind: the entry's kind.
        clerk_id: who answers for it.
    """

    seq: int
    account: str
    fen: int
    business_date: str
    kind: str
    clerk_id: str


class LedgerReading(Protocol):
    """What accounts hold, and why."""

    def balance(self, account: str) -> int:
        """Fen of one account over all days; 0 when nothing was ever posted to it."""
        ...

    def balances_of(self, kind: str) -> Mapping[str, int]:
        """Fen by account of one kind that has owners, for example all ``cash:…``."""
        ...

    def postings(self, account: str, *, after_seq: int = 0) -> Sequence[PostingRow]:
        """Every posting to an account in entries after ``after_seq``, oldest first.

        Their sum over all entries is ``balance``; no total is shown that this does not explain.
        """
        ...

    def postings_on(self, business_date: str) -> Sequence[PostingRow]:
        """Every posting of one business day, oldest first."""
        ...
