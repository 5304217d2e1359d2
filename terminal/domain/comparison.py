"""The day's books beside the platform's: they agree, or the entries that differ are named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from terminal.domain.outlet_day import NOT_TOLD, NOTHING, OutletDay, OutletSum

Verdict = Literal["match", "differs", "unasked"]
NAMED_AT_MOST: Final = 50
"""Entries that are named; more say that something else is wrong."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What comparing said.

    Args:
        verdict: ``match``, ``differs``, or ``unasked`` when the platform did not answer.
        first_seq: first entry that was compared.
        last_seq: the last one.
        seqs: entries that differ.
        accounts: accounts whose sums differ, with ours and theirs in fen.
        code: why it was not asked, "" otherwise.
        outlet: what the platform told of the outlet's other terminals.
        total: what the outlet's cash-up would add up now, those among it.
    """

    verdict: Verdict
    first_seq: int = 0
    last_seq: int = 0
    seqs: tuple[int, ...] = ()
    accounts: tuple[tuple[str, int, int], ...] = ()
    code: str = ""
    outlet: OutletDay = NOT_TOLD
    total: OutletSum = NOTHING
    changes: frozenset[str] = frozenset({"cash_up"})


@dataclass(frozen=True, slots=True)
class OwnBooks:
    """A stretch of our own journal: sums by account; hash and debits of each entry."""

    first_seq: int
    last_seq: int
    accounts: Mapping[str, int]
    entries: Mapping[int, tuple[str, int]]


def judge(own: OwnBooks, theirs: Mapping[str, Any]) -> Compared:
    """Our books against theirs.

    Args:
        own: ours.
        theirs: ``accounts`` and ``rows`` of the platform's answer.
    """
    held = {row["seq"]: (row["hash"], row["moved_fen"]) for row in theirs["rows"]}
    seqs = sorted(seq for seq in {*own.entries, *held} if own.entries.get(seq) != held.get(seq))
    accounts = tuple(
        (name, own.accounts.get(name, 0), theirs["accounts"].get(name, 0))
        for name in sorted({*own.accounts, *theirs["accounts"]})
        if own.accounts.get(name, 0) != theirs["accounts"].get(name, 0)
    )
    verdict: Verdict = "differs" if seqs or accounts else "match"
    stretch = (own.first_seq, own.last_seq)
    return Compared(verdict, *stretch, tuple(seqs[:NAMED_AT_MOST]), accounts)


UNASKED: Final = Compared("unasked")
"""Nobody asked the platform yet."""
