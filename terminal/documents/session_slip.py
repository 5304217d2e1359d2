"""Slips that are not receipts: signing on and off, and the printer's test page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from terminal.documents.slip_parts import (
    BANNER,
    BOLD,
    CENTRED,
    HEADLINE,
    LARGE,
    TALL,
    copy_mark,
    pair,
    slip_head,
)
from terminal.documents.words import slip_words
from terminal.domain.document import (
    Barcode,
    Block,
    Cut,
    Document,
    Feed,
    Gap,
    Qr,
    Rule,
    RuleKind,
    Style,
    Text,
)
from terminal.domain.money import Money

RARE_CHARACTERS = "䶮〇¥镕𠮷😀"
"""Characters that cheap printers get wrong: outside GB2312, outside GBK, outside the first
plane."""


@dataclass(frozen=True, slots=True)
class SessionTotals:
    """What was sold in a session and where its entries stand; sums over journal entries.

    Args:
        orders: completed sales.
        sold_fen: what the goods cost, before rounding.
        rounding_fen: sum of the roundings of cash (抹零), zero or negative.
        tenders: kind (``cash``, ``wechat`` …) and sum kept, in fen; together ``sold_fen`` plus
            ``rounding_fen`` plus ``refunded_fen``.
        first_order: number of the first sale, "" without one.
        last_order: number of the last sale.
        confirmed: entries the platform has confirmed.
        waiting: entries it has not, the sign-off among them.
        waiting_before: entries of earlier days that it has not confirmed either.
        refunds: refunds, returns and reversals.
        refunded_fen: what the goods given back had cost, zero or negative.
    """

    orders: int
    sold_fen: int
    rounding_fen: int
    tenders: tuple[tuple[str, int], ...]
    first_order: str
    last_order: str
    confirmed: int
    waiting: int
    waiting_before: int = 0
    refunds: int = 0
    refunded_fen: int = 0
    blind: bool = False


@dataclass(frozen=True, slots=True)
class SessionContent:
    """What stands on a sign-on or sign-off slip.

    Args:
        event: ``outlet_signed_on``, ``outlet_signed_off``, ``clerk_signed_on`` or
            ``clerk_signed_off``.
        outlet_name: name of the outlet.
        business_date: ``YYYY-MM-DD``.
        time_text: local time, ``HH:MM:SS``.
        clerk_id: number of the clerk; never a name.
        till_id: till, ``""`` for none.
        entry_number: number of the journal entry.
        short_hash: short form of its hash.
        totals: what a sign-off sums up; None at a sign-on.
    """

    event: str
    outlet_name: str
    business_date: str
    time_text: str
    clerk_id: str
    entry_number: str
    short_hash: str
    till_id: str = ""
    totals: SessionTotals | None = None


def build_session_slip(content: SessionContent, language: str = "zh_CN") -> Document:
    """Lay a sign-on or sign-off slip out.

    Raises:
        KeyError: for an event that has no words.
    """
    words = slip_words(language)
    blocks: list[Block] = [
        *slip_head(words, words[content.event], content.outlet_name),
        pair(words["business_date"], content.business_date, BOLD),
        pair(words["time"], content.time_text),
        pair(words["clerk"], content.clerk_id),
    ]
    if content.till_id:
        blocks.append(pair(words["till"], content.till_id))
    if content.totals is not None:
        blocks += _sales(content.totals, words)
        blocks += _entries(content.totals, words)
    blocks += [
        Rule(),
        pair(words["entry"], content.entry_number),
        pair(words["hash"], content.short_hash),
        Feed(1),
        Text(f"{words['signature']}: ____________________"),
        Feed(1),
        Cut(),
    ]
    return Document(f"{content.event} {content.business_date}", tuple(blocks))


def marked_copy(
    original: Document, number: int, at_text: str, clerk_id: str, language: str = "zh_CN"
) -> Document:
    """The slip as it was, with a mark that tells it from the original.

    Args:
        original: the slip's own document.
        number: which copy, from 1.
        at_text: local date and time of the reprint.
        clerk_id: number of the clerk who asked for it.
        language: ``zh_CN`` or ``en``.
    """
    words = slip_words(language)
    mark = (
        Text(f" {copy_mark(number, words)} ", BANNER),
        Gap(12),
        pair(words["reprinted_at"], at_text, BOLD),
        pair(words["reprinted_by"], clerk_id, BOLD),
        Rule(RuleKind.DASHED),
        Gap(6),
    )
    return replace(original, blocks=(*mark, *original.blocks))


def _sales(totals: SessionTotals, words: Mapping[str, str]) -> Iterator[Block]:
    yield Rule()
    yield pair(words["orders"], str(totals.orders), BOLD)
    if totals.orders:
        yield pair(words["first_order"], totals.first_order)
        yield pair(words["last_order"], totals.last_order)
    if totals.refunds:
        yield pair(words["refunds"], str(totals.refunds), BOLD)
    yield Rule(RuleKind.DASHED)
    if totals.blind:
        # Whoever knows the cash sales, or all of them, knows what to count.
        yield Text(words["cash_hidden"])
    else:
        yield from _sums(totals, words)
    for kind, fen in totals.tenders:
        yield pair(f"  {words.get(kind, kind)}", Money(fen).text)


def _sums(totals: SessionTotals, words: Mapping[str, str]) -> Iterator[Block]:
    if totals.rounding_fen or totals.refunded_fen:
        yield pair(words["subtotal"], Money(totals.sold_fen).text)
    if totals.refunded_fen:
        yield pair(words["refunded"], Money(totals.refunded_fen).text)
    if totals.rounding_fen:
        yield pair(words["rounding"], Money(totals.rounding_fen).text)
    kept = totals.sold_fen + totals.refunded_fen + totals.rounding_fen
    yield Gap(8)
    yield pair(words["total"], "￥" + Money(kept).text, TALL)
    yield Gap(8)


def _entries(totals: SessionTotals, words: Mapping[str, str]) -> Iterator[Block]:
    yield Rule()
    yield pair(words["confirmed_entries"], str(totals.confirmed))
    yield pair(words["waiting_entries"], str(totals.waiting))
    if totals.waiting_before:
        yield pair(words["waiting_before"], str(totals.waiting_before))


def build_test_page(printer_name: str, time_text: str, language: str = "zh_CN") -> Document:
    """A page that shows the engineer every ability of the printer.

    Args:
        printer_name: name of the profile in use.
        time_text: date and time of the test.
        language: ``zh_CN`` or ``en``.
    """
    words = slip_words(language)
    return Document(
        f"test page {printer_name}",
        (
            Text(words["test_page"], HEADLINE),
            Gap(10),
            Rule(RuleKind.BOLD),
            pair(words["printer"], printer_name),
            pair(words["time"], time_text),
            Rule(),
            *_every_style(words),
            Rule(RuleKind.DASHED),
            Text(f"{words['rare_characters']} {RARE_CHARACTERS}"),
            pair("0123456789", "￥1,234.50"),
            Rule(),
            Gap(12),
            Qr("POSTAL-TERMINAL TEST PAGE"),
            Gap(12),
            Barcode("TEST-0123"),
            Gap(12),
            Rule(RuleKind.BOLD),
            Text(words["test_done"], CENTRED),
            Feed(1),
            Cut(),
        ),
    )


def _every_style(words: Mapping[str, str]) -> Iterator[Block]:
    yield Text(words["styles"], BOLD)
    yield Text(words["bold"], BOLD)
    yield Text(words["underlined"], Style(underline=True))
    yield Text(f" {words['inverted']} ", Style(inverse=True))
    yield Gap(8)
    yield Text(words["wide"], Style(width=2))
    yield Gap(8)
    yield Text(words["tall"], TALL)
    yield Gap(8)
    yield Text(words["large"], LARGE)
    yield Gap(10)
