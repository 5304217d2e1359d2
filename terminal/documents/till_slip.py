"""Slips of moving cash and stock: two people sign them, and one side travels with the pouch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from terminal.documents.slip_parts import (
    BOLD,
    CENTRED,
    TALL,
    copy_banner,
    pair,
    slip_head,
)
from terminal.documents.words import is_chinese, slip_words
from terminal.domain.cash_count import CountLine
from terminal.domain.chinese_amount import chinese_amount
from terminal.domain.document import (
    Align,
    Barcode,
    Block,
    Cell,
    Columns,
    Cut,
    Document,
    Feed,
    Gap,
    KickDrawer,
    Qr,
    Rule,
    RuleKind,
    Text,
)
from terminal.domain.money import Money


@dataclass(frozen=True, slots=True)
class TillSlipContent:
    """What stands on the slip of one entry about tills.

    Args:
        event: kind of the entry with ``_`` for the dot; its words are the headline.
        facts: word of the slip's own table (``from_till``, ``reason`` …) and value.
        amount_fen: cash moved or counted; None for none.
        count: denominations, none when they are not known.
        stock: name, pieces and numbers of stock that moved.
        pouch: number of the pouch, "" for none.
        code: what a scanner reads to receive it, "" for none.
        signers: words of who signs (``giver``, ``taker``, ``checker`` …).
        kick_drawer: whether the drawer opens with it.
        copy_number: 0 for the original, n for the n-th reprint.
        reprinted_at: local date and time of that reprint, "" on the original.
        reprinted_by: number of the clerk who asked for it.
    """

    event: str
    outlet_name: str
    business_date: str
    time_text: str
    clerk_id: str
    entry_number: str
    short_hash: str
    facts: tuple[tuple[str, str], ...] = ()
    amount_fen: int | None = None
    count: tuple[CountLine, ...] = ()
    stock: tuple[tuple[str, str, str], ...] = ()
    pouch: str = ""
    code: str = ""
    signers: tuple[str, ...] = ()
    kick_drawer: bool = False
    copy_number: int = 0
    reprinted_at: str = ""
    reprinted_by: str = ""


def build_till_slip(content: TillSlipContent, language: str = "zh_CN") -> Document:
    """Lay the slip out.

    Raises:
        KeyError: for an event or fact that has no words.
    """
    words = slip_words(language)
    blocks: list[Block] = [KickDrawer()] if content.kick_drawer else []
    blocks += copy_banner(content.copy_number, words)
    blocks += slip_head(words, words[content.event], content.outlet_name)
    if content.pouch:
        blocks += [pair(words["pouch"], content.pouch, BOLD)]
    blocks += [pair(words[name], value) for name, value in content.facts]
    blocks += [
        pair(words["business_date"], content.business_date),
        pair(words["time"], content.time_text),
        pair(words["clerk"], content.clerk_id),
    ]
    blocks += _amount(content, words, language)
    blocks += _stock(content, words)
    blocks += _code(content, words)
    blocks += [
        Rule(),
        pair(words["entry"], content.entry_number),
        pair(words["hash"], content.short_hash),
    ]
    if content.copy_number:
        blocks += [
            pair(words["reprinted_at"], content.reprinted_at, BOLD),
            pair(words["reprinted_by"], content.reprinted_by, BOLD),
        ]
    for signer in content.signers:
        blocks += [Feed(1), Text(f"{words[signer]}: ____________________")]
    blocks += [Feed(1), Cut()]
    return Document(f"{content.event} {content.pouch or content.business_date}", tuple(blocks))


def _amount(content: TillSlipContent, words: Mapping[str, str], language: str) -> Iterator[Block]:
    if content.amount_fen is None:
        return
    yield Rule()
    for line in content.count:
        if line.pieces:
            name = denomination(line.fen, language)
            yield Columns(
                (
                    Cell(name, share=2),
                    Cell(f"× {line.pieces}", Align.RIGHT, share=2),
                    Cell(Money(line.total_fen).text, Align.RIGHT, share=3),
                )
            )
    yield Gap(8)
    yield pair(words["cash"], "￥" + Money(content.amount_fen).text, TALL)
    yield Gap(8)
    if is_chinese(language):
        yield Text(f"{words['in_words']}: {chinese_amount(content.amount_fen)}")


def _stock(content: TillSlipContent, words: Mapping[str, str]) -> Iterator[Block]:
    if not content.stock:
        return
    yield Rule(RuleKind.DASHED)
    yield Text(words["stock"], BOLD)
    for name, pieces, numbers in content.stock:
        yield pair(name, pieces)
        if numbers:
            yield pair(f"  {words['numbers']}", numbers)


def _code(content: TillSlipContent, words: Mapping[str, str]) -> Iterator[Block]:
    if not content.code:
        return
    yield Rule(RuleKind.DASHED)
    yield Gap(8)
    yield Qr(content.code)
    yield Gap(8)
    yield Barcode(content.pouch)
    yield Gap(8)
    yield Text(words["pouch_once"], CENTRED)


def denomination(fen: int, language: str) -> str:
    """A note or coin as the slip names it."""
    if not is_chinese(language):
        return f"¥{Money(fen).text}"
    size, unit = (100, "元") if fen >= 100 else (10, "角") if fen >= 10 else (1, "分")
    return f"{fen // size}{unit}"
