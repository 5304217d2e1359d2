"""The slip of the outlet's cash-up: every till, the sums, and what the platform says."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from terminal.documents.cash_up_words import cash_up_words
from terminal.documents.slip_parts import BOLD, TALL, pair, slip_head
from terminal.domain.document import Block, Cut, Document, Feed, Rule, RuleKind, Text
from terminal.domain.money import Money


@dataclass(frozen=True, slots=True)
class TillSum:
    """One closed period of a till; amounts in fen."""

    till_id: str
    clerk: str
    counted_fen: int
    difference_fen: int
    disposition: str


@dataclass(frozen=True, slots=True)
class OtherTills:
    """What another terminal of the outlet cashed up.

    Args:
        counter: its number.
        state: ``closed``, ``open``, ``idle``, ``unproven`` or ``unasked``.
        tills: its closed periods.
        not_cashed_up: tills it named as not counted.
        cash: what lies in the others, by till.
    """

    counter: str
    state: str
    tills: tuple[TillSum, ...] = ()
    not_cashed_up: tuple[str, ...] = ()
    cash: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class OutletCashUpContent:
    """What stands on the slip; amounts in fen.

    Args:
        tills: closed periods of this terminal.
        others: those of the outlet's other terminals.
        cash: what lies in the tills of this terminal that were cashed up.
        cash_fen: what lies in all of the outlet that is listed.
        difference_fen: of all closings that are listed.
        not_cashed_up: tills with cash that moved and was not counted.
        platform: ``match``, ``differs`` or ``unasked``.
        differing: entries that differ.
        compared: the first and the last entry that was compared.
        seq: the entry this slip is of.
    """

    outlet_name: str
    business_date: str
    time_text: str
    clerk_id: str
    entry_number: str
    short_hash: str
    tills: tuple[TillSum, ...]
    over_fen: int
    short_fen: int
    disputed_fen: int
    not_cashed_up: tuple[str, ...]
    platform: str
    others: tuple[OtherTills, ...] = ()
    cash: tuple[tuple[str, int], ...] = ()
    cash_fen: int = 0
    difference_fen: int = 0
    differing: tuple[int, ...] = ()
    compared: tuple[int, int] = (0, 0)
    seq: int = 0


def build_outlet_cash_up_slip(content: OutletCashUpContent, language: str = "zh_CN") -> Document:
    """Lay the slip out."""
    words = cash_up_words(language)
    return Document(
        f"outlet.cashed_up {content.business_date}",
        (
            *slip_head(words, words["outlet.cashed_up"], content.outlet_name),
            pair(words["business_date"], content.business_date, BOLD),
            pair(words["time"], content.time_text),
            pair(words["clerk"], content.clerk_id),
            *_tills(content, words),
            *_platform(content, words),
            Rule(),
            pair(words["entry"], content.entry_number),
            pair(words["hash"], content.short_hash),
            Feed(1),
            Text(f"{words['signature']}: ____________________"),
            Feed(1),
            Cut(),
        ),
    )


def _tills(content: OutletCashUpContent, words: Mapping[str, str]) -> Iterator[Block]:
    yield Rule()
    yield from _closed(content.tills, content.cash, content.not_cashed_up, words)
    for other in content.others:
        yield Rule(RuleKind.DASHED)
        yield pair(f"{words['counter']} {other.counter}", words[f"counter_{other.state}"], BOLD)
        yield from _closed(other.tills, other.cash, other.not_cashed_up, words)
    yield Rule(RuleKind.DASHED)
    for key, fen in (("cash_there", content.cash_fen), ("difference", content.difference_fen)):
        yield pair(f"{words['in_all']} {words[key]}", "￥" + Money(fen).text, BOLD)
    yield pair(words["over"], Money(content.over_fen).text, TALL)
    yield pair(words["short"], Money(content.short_fen).text, TALL)
    if content.disputed_fen:
        yield pair(words["disputed"], Money(content.disputed_fen).text, BOLD)


def _closed(
    tills: Iterable[TillSum],
    cash: Iterable[tuple[str, int]],
    not_cashed_up: Iterable[str],
    words: Mapping[str, str],
) -> Iterator[Block]:
    for till in tills:
        counted = "￥" + Money(till.counted_fen).text
        yield pair(f"{till.till_id}  {words['clerk']} {till.clerk}", counted, BOLD)
        word = words["stock_differs" if till.disposition == "stock" else till.disposition]
        off = abs(till.difference_fen)
        yield pair(f"  {word}", Money(off).text if off else "")
    for till_id, fen in cash:
        yield pair(f"{till_id}  {words['cash_there']}", "￥" + Money(fen).text)
    for till_id in not_cashed_up:
        yield pair(words["not_cashed_up"], till_id, BOLD)


def _platform(content: OutletCashUpContent, words: Mapping[str, str]) -> Iterator[Block]:
    yield Rule()
    told = words[f"platform_{content.platform}"]
    named = " ".join(f"#{seq}" for seq in content.differing)
    yield Text(f"{told} {named}".strip(), BOLD)
    first, last = content.compared
    if content.platform != "unasked" and first <= last:
        yield pair(words["compared"], f"#{first}–#{last}")
        yield pair(words["not_compared"], f"#{last + 1}–#{content.seq}")
