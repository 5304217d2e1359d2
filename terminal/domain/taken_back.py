"""What was given back, out of the entries: one sum for the slip of signing off and for X and Z."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from terminal.domain.journal import Entry
from terminal.domain.report import REROUTED, rerouted
from terminal.domain.tender import tender_words

REFUNDED: Final = "refund.completed"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What refunds come to, amounts in fen; together the tenders are ``fen`` plus ``rounding_fen``.

    Args:
        count: refunds, returns and reversals.
        fen: what the goods had cost, zero or negative.
        rounding_fen: what rounding had taken off of them, zero or positive.
        tenders: how the money went back, negative; what a channel refused stands where it went.
    """

    count: int
    fen: int
    rounding_fen: int
    tenders: Mapping[str, int]


def taken_back(entries: Iterable[Entry]) -> TakenBack:
    """Sum up the entries of refunds; others count for nothing."""
    count = fen = rounding_fen = 0
    tenders: Counter[str] = Counter()
    for entry in entries:
        body: Any = entry.body
        if entry.kind == REROUTED:
            tenders.update(rerouted(body))
        elif entry.kind == REFUNDED:
            count += 1
            fen += body["total_fen"]
            rounding_fen += body["rounding_fen"]
            for tender in body["tenders"]:
                words = tender_words(tender["kind"], tender.get("scheme", ""))
                tenders[words.removeprefix("tender.")] += tender["fen"]
    return TakenBack(count, fen, rounding_fen, tenders)


def cash_first(tenders: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    """The rows of a slip: cash leads, the others by name."""
    return tuple(sorted(tenders.items(), key=lambda row: (row[0] != "cash", row[0])))
