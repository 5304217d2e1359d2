"""The rules that rank what may have caused a difference."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

from terminal.domain.cash_count import DENOMINATIONS_FEN
from terminal.domain.difference import (
    CERTAIN,
    FAINT,
    FAIR,
    LIKELY,
    SLIGHT,
    Cause,
    Excluded,
    Explanation,
    Facts,
    Trace,
    TraceKind,
)
from terminal.domain.difference_typing import (
    decimal_point,
    digits,
    float_amount,
    missed_bundle,
)

CLOSE_S: Final = 15
"""Two sales closer than this are served in a hurry."""

DOUBLE_WITHIN_S: Final = 60
"""The same sale twice within this time may be one customer booked twice."""

MOST_OF_A_KIND: Final = 3
"""Causes of one kind that are shown at most; more would hide the others."""


def explain(facts: Facts) -> Explanation:
    """Rank what may have caused a difference.

    Args:
        facts: of the shift.

    Returns:
        Causes by falling score and, of every kind without one, that it can be excluded; nothing at
        all when there is no difference.
    """
    if not facts.difference_fen:
        return Explanation()
    causes: list[Cause] = []
    excluded: list[Excluded] = []
    for code, rule, looks_at in _RULES:
        found = sorted(rule(facts), key=_rank)[:MOST_OF_A_KIND]
        causes += found
        if not found:
            asked = code == "platform" and facts.platform == "match"
            excluded.append(Excluded(code, len(facts.of(*looks_at)) + asked))
    return Explanation(tuple(sorted(causes, key=_rank)), tuple(excluded))


def _rank(cause: Cause) -> tuple[int, str, tuple[int, ...]]:
    return -cause.score, cause.code, cause.seqs


def _unknown_payment(facts: Facts) -> Iterator[Cause]:
    for trace in facts.of("open_code"):
        exact = trace.fen == facts.amount_fen
        yield Cause(
            "unknown_payment",
            CERTAIN + 20 if exact else SLIGHT,
            (trace.seq,),
            "exact" if exact else "possible",
            (("amount", trace.fen),),
        )


def _platform(facts: Facts) -> Iterator[Cause]:
    if facts.platform == "differs":
        yield Cause("platform", CERTAIN, fit="arithmetic")


def _pouch(facts: Facts) -> Iterator[Cause]:
    for trace in facts.of("pouch_out", "pouch_in"):
        exact = trace.fen == facts.amount_fen
        if not (exact or trace.open):
            continue
        yield Cause(
            "pouch",
            (CERTAIN if exact else SLIGHT - 100) - (0 if trace.open else 200),
            (trace.seq,),
            "exact" if exact else "possible",
            (("amount", trace.fen),),
            (("pouch", trace.reference),),
        )


def _wrong_tender(facts: Facts) -> Iterator[Cause]:
    """Booked as cash and paid by code, or the other way round."""
    booked: TraceKind = "cash_sale" if facts.short else "code_sale"
    failed = {trace.basket: trace for trace in facts.of("failed_code") if trace.basket}
    for sale in facts.of(booked):
        if sale.fen != facts.amount_fen:
            continue
        code = failed.get(sale.basket) if facts.short else None
        yield Cause(
            "wrong_tender",
            LIKELY + 80 if code else SLIGHT,
            tuple(sorted({code.seq, sale.seq})) if code else (sale.seq,),
            "exact",
            (("amount", sale.fen),),
            (("order", sale.reference), ("evidence", "code" if code else "")),
        )


def _wrong_change(facts: Facts) -> Iterator[Cause]:
    """Change handed out twice, or not at all."""
    for sale, neighbour in _with_neighbour(facts):
        if sale.change_fen != facts.amount_fen:
            continue
        yield Cause(
            "wrong_change",
            LIKELY if neighbour else LIKELY - 120,
            _seqs(sale, neighbour),
            "close" if neighbour else "exact",
            (("change", sale.change_fen), ("received", sale.received_fen)),
            (("order", sale.reference), ("gap", _gap(sale, neighbour))),
        )


def _swapped_note(facts: Facts) -> Iterator[Cause]:
    """One note taken, or handed out, for another."""
    pairs = [
        (more, less)
        for more in DENOMINATIONS_FEN
        for less in DENOMINATIONS_FEN
        if more - less == facts.amount_fen and less >= 100
    ]
    for more, less in pairs:
        for sale, neighbour in _with_neighbour(facts):
            handed = sale.received_fen == (more if facts.short else less)
            enough = sale.fen <= less if facts.short else sale.fen <= sale.received_fen
            if not (handed and enough):
                continue
            yield Cause(
                "swapped_note",
                FAIR + (100 if neighbour else 0),
                _seqs(sale, neighbour),
                "close" if neighbour else "arithmetic",
                (("more", more), ("less", less)),
                (("order", sale.reference), ("gap", _gap(sale, neighbour))),
            )


def _double_booking(facts: Facts) -> Iterator[Cause]:
    """The same sale twice: the second was never paid, so the till is short."""
    if not facts.short:
        return
    for first, second in pairwise(facts.of("cash_sale")):
        gap = second.second - first.second
        if first.fen == second.fen == facts.amount_fen and gap <= DOUBLE_WITHIN_S:
            yield Cause(
                "double_booking",
                LIKELY + (60 if gap <= CLOSE_S else 0),
                (first.seq, second.seq),
                "close",
                (("amount", first.fen),),
                (("order", second.reference), ("gap", str(gap))),
            )


def _twice_amount(facts: Facts) -> Iterator[Cause]:
    """Paid in instead of out, or out instead of in: the difference is twice the amount."""
    for trace in facts.of("refund", "pouch_in", "pouch_out", "float", "cash_sale"):
        if trace.fen and trace.fen * 2 == facts.amount_fen:
            typed = trace.kind != "cash_sale"
            yield Cause(
                "twice_amount",
                LIKELY + 40 if typed else SLIGHT - 140,
                (trace.seq,),
                "arithmetic",
                (("amount", trace.fen),),
                (("order", trace.reference),),
            )


def _same_amount(code: str, kind: TraceKind, score: int) -> Callable[[Facts], Iterator[Cause]]:
    """A rule for what explains a difference of exactly its amount."""

    def rule(facts: Facts) -> Iterator[Cause]:
        for trace in facts.of(kind):
            if trace.fen == facts.amount_fen:
                yield Cause(
                    code,
                    score,
                    (trace.seq,),
                    "exact",
                    (("amount", trace.fen),),
                    (("order", trace.reference),),
                )

    return rule


def _no_sale(facts: Facts) -> Iterator[Cause]:
    """The drawer was opened without a sale."""
    opened = facts.of("no_sale")
    if opened:
        lonely = [trace for trace in opened if not _sale_near(facts, trace)]
        yield Cause(
            "no_sale",
            SLIGHT + (60 if lonely else 0) + (20 if facts.short else 0),
            tuple(trace.seq for trace in opened),
            "possible",
            (),
            (("reason", opened[0].reason), ("count", str(len(opened)))),
        )


def _unsynced(facts: Facts) -> Iterator[Cause]:
    """Says nothing about the drawer; told because the centre cannot see these entries yet."""
    if facts.unsynced:
        yield Cause("unsynced", FAINT, (), "possible", (), (("count", str(facts.unsynced)),))


def _with_neighbour(facts: Facts) -> Iterator[tuple[Trace, Trace | None]]:
    """Each cash sale with the sale served right before or after it, when that was in a hurry."""
    sales = facts.of("cash_sale", "code_sale")
    for place, sale in enumerate(sales):
        if sale.kind != "cash_sale":
            continue
        beside = sales[place + 1 : place + 2] + sales[max(0, place - 1) : place]
        near = [other for other in beside if abs(other.second - sale.second) <= CLOSE_S]
        yield sale, near[0] if near else None


def _sale_near(facts: Facts, trace: Trace) -> bool:
    return any(
        abs(sale.second - trace.second) <= DOUBLE_WITHIN_S
        for sale in facts.of("cash_sale", "code_sale")
    )


def _seqs(sale: Trace, neighbour: Trace | None) -> tuple[int, ...]:
    return tuple(sorted({sale.seq, *((neighbour.seq,) if neighbour else ())}))


def _gap(sale: Trace, neighbour: Trace | None) -> str:
    return str(abs(neighbour.second - sale.second)) if neighbour else ""


Rule = Callable[[Facts], Iterator[Cause]]

_RULES: Final[tuple[tuple[str, Rule, tuple[TraceKind, ...]], ...]] = (
    ("unknown_payment", _unknown_payment, ("open_code",)),
    ("platform", _platform, ()),
    ("pouch", _pouch, ("pouch_out", "pouch_in")),
    ("wrong_tender", _wrong_tender, ("failed_code",)),
    ("wrong_change", _wrong_change, ("cash_sale",)),
    ("swapped_note", _swapped_note, ("cash_sale",)),
    ("double_booking", _double_booking, ("cash_sale",)),
    ("twice_amount", _twice_amount, ("refund", "pouch_out", "pouch_in")),
    ("refund", _same_amount("refund", "refund", LIKELY), ("refund",)),
    ("void", _same_amount("void", "void", LIKELY - 60), ("void",)),
    ("reprint", _same_amount("reprint", "reprint", SLIGHT + 80), ("reprint",)),
    ("no_sale", _no_sale, ("no_sale",)),
    ("float", float_amount, ("float",)),
    ("missed_bundle", missed_bundle, ()),
    ("digits", digits, ()),
    ("decimal_point", decimal_point, ()),
    ("unsynced", _unsynced, ()),
)

CODES: Final = tuple(code for code, _, _ in _RULES)
"""Every kind of cause; a screen has words for each, found or excluded."""
