"""Causes of a difference that lie in counting and typing: bundles, digits, decimal points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from terminal.domain.cash_count import BUNDLE, DENOMINATIONS_FEN
from terminal.domain.difference import FAIR, LIKELY, SLIGHT, Cause, Facts, Trace

YUAN: Final = 100
"""Coins below a yuan are not bundled."""

MOST_BUNDLES: Final = 5
"""More bundles than that nobody overlooks."""


def float_amount(facts: Facts) -> Iterator[Cause]:
    """The float was left out of the count, or counted twice."""
    floats = facts.of("float")
    if facts.opening_fen == facts.amount_fen or any(
        trace.fen == facts.amount_fen for trace in floats
    ):
        seqs = tuple(trace.seq for trace in floats if trace.fen == facts.amount_fen)
        yield Cause("float", LIKELY - 60, seqs, "exact", (("amount", facts.amount_fen),))


def missed_bundle(facts: Facts) -> Iterator[Cause]:
    """A bundle, a note or a whole compartment that was not counted, or counted twice."""
    for fen in DENOMINATIONS_FEN:
        pieces, rest = divmod(facts.amount_fen, fen)
        if rest or fen < 10:
            continue
        held = facts.count.pieces_of(fen)
        if fen >= YUAN and pieces % BUNDLE == 0 and pieces <= MOST_BUNDLES * BUNDLE:
            yield _notes("missed_bundle", FAIR, fen, pieces)
        elif pieces == 1:
            yield _notes("missed_bundle", SLIGHT + 20, fen, pieces)
        elif facts.short and not held and pieces <= 2 * BUNDLE:
            yield _notes("missed_bundle", SLIGHT - 20, fen, pieces)
        elif not facts.short and pieces == held:
            yield _notes("missed_bundle", FAIR + 20, fen, pieces)


def _notes(code: str, score: int, fen: int, pieces: int) -> Cause:
    words = (("pieces", str(pieces)),)
    return Cause(code, score, (), "arithmetic", (("note", fen),), words)


def digits(facts: Facts) -> Iterator[Cause]:
    """Two digits the wrong way round make a difference that nine divides."""
    if facts.amount_fen % 9:
        return
    for line in facts.count.lines:
        swapped = [other for other in _swaps(line.pieces) if _explains(facts, line.fen, other)]
        for pieces in swapped:
            amounts = (("note", line.fen),)
            words = (("typed", str(line.pieces)), ("meant", str(pieces)))
            yield Cause("digits", FAIR + 60, (), "arithmetic", amounts, words)
    for trace in _typed(facts):
        amount = trace.received_fen or trace.fen
        if any(abs(amount - other) == facts.amount_fen for other in _swaps(amount)):
            yield _typing("digits", FAIR - 20, trace, amount)


def _explains(facts: Facts, fen: int, pieces: int) -> bool:
    """Whether the count is right when there are this many pieces of a denomination."""
    return (pieces - facts.count.pieces_of(fen)) * fen == -facts.difference_fen


def decimal_point(facts: Facts) -> Iterator[Cause]:
    """Ten times too much or too little was typed."""
    for trace in _typed(facts):
        amount = trace.received_fen or trace.fen
        if amount and facts.amount_fen in (
            amount * 9,
            amount * 9 // 10 if amount % 10 == 0 else -1,
        ):
            yield _typing("decimal_point", FAIR, trace, amount)


def _typing(code: str, score: int, trace: Trace, amount: int) -> Cause:
    words = (("order", trace.reference),)
    return Cause(code, score, (trace.seq,), "arithmetic", (("amount", amount),), words)


def _typed(facts: Facts) -> Iterable[Trace]:
    """Traces whose amount somebody typed."""
    return facts.of("cash_sale", "refund", "pouch_in", "pouch_out", "float")


def _swaps(number: int) -> set[int]:
    """The numbers that two neighbouring digits the other way round make."""
    digits = str(number)
    found = {
        int(digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :])
        for place in range(len(digits) - 1)
    }
    return found - {number}
