"""Slips of cashing up: interim report (X), closing report (Z), disputed cash-up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from terminal.documents.cash_up_words import cash_up_words
from terminal.documents.slip_parts import BANNER, BOLD, TALL, pair, slip_head
from terminal.domain.document import PLAIN, Block, Cut, Document, Feed, Gap, Rule, RuleKind, Text
from terminal.domain.money import Money


@dataclass(frozen=True, slots=True)
class CashSection:
    """What the till should hold, what it holds, and the difference; amounts in fen.

    Args:
        lines: code, entries and signed amount of each component.
        disposition: ``even``, ``over``, ``short``, ``stock`` or ``disputed``.
        count: denomination in fen and pieces.
        dispute_before: entry of the count that was disputed, what of it stays disputed, and entry
            of the count that stands; zeros when no earlier count was disputed.
        stock: name, pieces expected, pieces counted, numbers missing and numbers too many.
    """

    lines: tuple[tuple[str, int, int], ...]
    expected_fen: int
    counted_fen: int
    disposition: str
    count: tuple[tuple[int, int], ...] = ()
    stock: tuple[tuple[str, int, int, str, str], ...] = ()
    dispute_before: tuple[int, int, int] = (0, 0, 0)


@dataclass(frozen=True, slots=True)
class CashUpContent:
    """What stands on a slip of cashing up.

    Args:
        kind: ``cash_up.interim``, ``cash_up.closed`` or ``cash_up.disputed``.
        number: which period of the till.
        time_text: local time, ``HH:MM:SS``.
        sells: whether customers pay into the till; a vault's slip has no sales.
        refunds: refunds, returns and reversals.
        refunded_fen: what the goods given back had cost, zero or negative.
        total_fen: what was kept: sold, less given back, rounded.
        tenders: kind and sum kept, fen.
        cash: the cash; None while it must not be told.
        facts: further rows: key of the words and what stands beside.
        parked: baskets that are carried over: how they are called, and their totals.
        in_doubt: the same of payments nobody can tell about.
        reason: of a dispute.
    """

    kind: str
    outlet_name: str
    business_date: str
    time_text: str
    clerk_id: str
    till_id: str
    number: int
    entry_number: str
    short_hash: str
    sells: bool = True
    orders: int = 0
    refunds: int = 0
    refunded_fen: int = 0
    total_fen: int = 0
    tenders: tuple[tuple[str, int], ...] = ()
    cash: CashSection | None = None
    facts: tuple[tuple[str, str], ...] = field(default=())
    parked: tuple[tuple[str, int], ...] = ()
    in_doubt: tuple[tuple[str, int], ...] = ()
    reason: str = ""


def build_cash_up_slip(content: CashUpContent, language: str = "zh_CN") -> Document:
    """Lay a slip of cashing up out."""
    words = cash_up_words(language)
    return Document(
        f"{content.kind} {content.till_id} {content.number}",
        (
            *_head(content, words),
            *_sales(content, words),
            *_cash(content, words),
            *_facts(content, words),
            *_foot(content, words),
        ),
    )


def _head(content: CashUpContent, words: Mapping[str, str]) -> Iterator[Block]:
    yield from slip_head(words, words[content.kind], content.outlet_name)
    yield pair(words["till"], content.till_id, BOLD)
    yield pair(words["number"], str(content.number), BOLD)
    yield pair(words["business_date"], content.business_date)
    yield pair(words["time"], content.time_text)
    yield pair(words["clerk"], content.clerk_id)


def _sales(content: CashUpContent, words: Mapping[str, str]) -> Iterator[Block]:
    if content.kind == "cash_up.disputed":
        return
    hidden = content.cash is None
    if not content.sells:
        if hidden:
            yield Text(words["cash_hidden"])
        return
    yield Rule()
    yield pair(words["orders"], str(content.orders), BOLD)
    if content.refunds:
        yield pair(words["refunds"], str(content.refunds), BOLD)
    if content.refunded_fen:
        yield pair(words["refunded"], Money(content.refunded_fen).text)
    if not hidden:
        yield pair(words["total"], "￥" + Money(content.total_fen).text, BOLD)
    for kind, fen in content.tenders:
        yield pair(f"  {words.get(kind, kind)}", Money(fen).text)
    if hidden:
        yield Text(words["cash_hidden"])


def _cash(content: CashUpContent, words: Mapping[str, str]) -> Iterator[Block]:
    cash = content.cash
    if cash is None:
        return
    yield Rule()
    for code, entries, fen in cash.lines:
        name = words.get("change_out" if code == "change" else code, code)
        count = f" {entries}" if entries else ""
        yield pair(f"{name}{count}", _signed(fen))
    yield Rule(RuleKind.DASHED)
    yield pair(words["should_hold"], "￥" + Money(cash.expected_fen).text, BOLD)
    yield pair(words["counted"], "￥" + Money(cash.counted_fen).text, BOLD)
    difference = cash.counted_fen - cash.expected_fen
    yield Gap(8)
    if difference:
        side = "over" if difference > 0 else "short"
        yield pair(words[side], "￥" + Money(abs(difference)).text, TALL)
    else:
        yield Text(words["even"], TALL)
    yield Gap(8)
    if cash.disposition == "disputed":
        yield Text(f" {words['disputed']} ", BANNER)
        yield Gap(8)
    disputed, frozen_fen, stands = cash.dispute_before
    if disputed:
        yield pair(
            f"{words['disputed_count']} #{disputed}", f"￥{Money(abs(frozen_fen)).text}", BOLD
        )
        yield pair(words["count_stands"], f"#{stands}", BOLD)
    if cash.count:
        yield Rule(RuleKind.DASHED)
        yield Text(words["denominations"], BOLD)
    for note, pieces in cash.count:
        if pieces:
            yield pair(f"  {Money(note).text} × {pieces}", Money(note * pieces).text)
    yield from _stock(cash, words)


def _stock(cash: CashSection, words: Mapping[str, str]) -> Iterator[Block]:
    if not cash.stock:
        return
    yield Rule(RuleKind.DASHED)
    yield pair(words["stock"], words["stock_columns"], BOLD)
    for name, expected, counted, missing, extra in cash.stock:
        off = counted - expected
        told = f"{expected} / {counted}" + (f"  {off:+d}" if off else "")
        yield pair(f"  {name}", told, BOLD if off or missing or extra else PLAIN)
        for key, numbers in (("missing", missing), ("extra", extra)):
            if numbers:
                yield pair(f"    {words[key]}", numbers)


def _facts(content: CashUpContent, words: Mapping[str, str]) -> Iterator[Block]:
    if content.reason or content.facts or content.parked or content.in_doubt:
        yield Rule()
    if content.reason:
        yield Text(f"{words['reason']}: {content.reason}", BOLD)
        yield Gap(6)
        yield Text(words["neutral"])
    for key, value in content.facts:
        yield pair(words[key], value)
    for key, rows in (("parked", content.parked), ("in_doubt", content.in_doubt)):
        if rows:
            yield pair(words[key], str(len(rows)), BOLD)
        for name, fen in rows:
            yield pair(f"  …{name}", "￥" + Money(fen).text)


def _foot(content: CashUpContent, words: Mapping[str, str]) -> Iterator[Block]:
    yield Rule()
    yield pair(words["entry"], content.entry_number)
    yield pair(words["hash"], content.short_hash)
    yield Feed(1)
    yield Text(f"{words['clerk']} {words['signature']}: ________________")
    yield Feed(1)
    if content.kind != "cash_up.interim":
        yield Text(f"{words['verifier']} {words['signature']}: ________________")
        yield Feed(1)
    yield Cut()


def _signed(fen: int) -> str:
    return ("+" if fen >= 0 else "") + Money(fen).text
