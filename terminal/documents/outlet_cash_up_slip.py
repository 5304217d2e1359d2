"""The slip of the outlet's cash-up: every till, the sums, and what the platform says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from terminal.documents.cash_up_words import cash_up_words
from terminal.documents.slip_parts import BOLD, TALL, pair, slip_head
from terminal.domain.document import Block, Cut, Document, Feed, Rule, RuleKind, Text
from terminal.domain.money import Money


@dataclass(frozen=True, slots=True)
class OutletCashUpContent:
    """What stands on the slip; amounts in fen.

    Args:
        tills: till, clerk, counted, difference and disposition of each closed period.
        not_cashed_up: tills with cash that moved and was not counted.
        platform: ``match``, ``differs`` or ``unasked``.
        differing: entries that differ.
    """

    outlet_name: str
    business_date: str
    time_text: str
    clerk_id: str
    entry_number: str
    short_hash: str
    tills: tuple[tuple[str, str, int, int, str], ...]
    over_fen: int
    short_fen: int
    disputed_fen: int
    not_cashed_up: tuple[str, ...]
    platform: str
    differing: tuple[int, ...] = ()


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
    for till_id, clerk, counted, difference, disposition in content.tills:
        yield pair(f"{till_id}  {words['clerk']} {clerk}", "￥" + Money(counted).text, BOLD)
        told = f" {Money(abs(difference)).text}" if difference else ""
        word = words["stock_differs" if disposition == "stock" else disposition]
        yield pair(f"  {word}", told.strip())
    for till_id in content.not_cashed_up:
        yield pair(words["not_cashed_up"], till_id, BOLD)
    yield Rule(RuleKind.DASHED)
    yield pair(words["over"], Money(content.over_fen).text, TALL)
    yield pair(words["short"], Money(content.short_fen).text, TALL)
    if content.disputed_fen:
        yield pair(words["disputed"], Money(content.disputed_fen).text, BOLD)


def _platform(content: OutletCashUpContent, words: Mapping[str, str]) -> Iterator[Block]:
    yield Rule()
    told = words[f"platform_{content.platform}"]
    named = " ".join(f"#{seq}" for seq in content.differing)
    yield Text(f"{told} {named}".strip(), BOLD)
