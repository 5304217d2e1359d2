"""The slip of a refund, return or reversal: negative lines, the original's number, who and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from terminal.documents.receipt import ReceiptLine, ReceiptTender
from terminal.documents.slip_parts import BOLD, LARGE, copy_banner, pair, slip_head, slip_proof
from terminal.documents.words import is_chinese, slip_words
from terminal.domain.chinese_amount import chinese_amount
from terminal.domain.document import (
    Block,
    Cell,
    Columns,
    Cut,
    Document,
    Feed,
    Gap,
    KickDrawer,
    Rule,
    RuleKind,
    Text,
)
from terminal.domain.money import Money


@dataclass(frozen=True, slots=True)
class RefundContent:
    """Everything that stands on the slip; amounts in fen, what the customer gets negative.

    Args:
        manner: ``return`` or ``reversal``.
        outlet_name: name of the outlet.
        business_date: ``YYYY-MM-DD`` of the refund.
        time_text: local time, ``HH:MM:SS``.
        clerk_id: who gave back.
        authoriser_id: who allowed it, "" when nobody had to.
        till_id: whose drawer.
        refund_no: number of this slip.
        order_no: number of the original.
        original_date: its business date, "" when it is not told.
        counter: the terminal that sold, "" for this one.
        provisional: whether nobody could be asked what others gave back.
        reason: in the language of the slip.
        lines: what came back; quantity and amount negative.
        rounding_fen: of the cash.
        total_fen: what the customer gets, negative.
        tenders: by which ways.
        waiting: whether a channel has not confirmed its part yet.
        entry_number: number of the journal entry.
        short_hash: short form of its hash.
        proof: text of the proof code.
        copy_number: 0 for the original, n for the n-th reprint.
        kick_drawer: opens the drawer before the slip is printed.
    """

    manner: str
    outlet_name: str
    business_date: str
    time_text: str
    clerk_id: str
    authoriser_id: str
    till_id: str
    refund_no: str
    order_no: str
    original_date: str
    reason: str
    lines: tuple[ReceiptLine, ...]
    rounding_fen: int
    total_fen: int
    tenders: tuple[ReceiptTender, ...]
    waiting: bool
    entry_number: str
    short_hash: str
    proof: str
    counter: str = ""
    provisional: bool = False
    copy_number: int = 0
    kick_drawer: bool = False


def build_refund_slip(content: RefundContent, language: str = "zh_CN") -> Document:
    """Lay the slip out.

    Returns:
        The document; the same content gives the same document.
    """
    words = slip_words(language)
    blocks: list[Block] = [KickDrawer()] if content.kick_drawer else []
    blocks.extend(_heading(content, words))
    blocks.extend(_facts(content, words))
    blocks.extend(_lines(content, words))
    blocks.extend(_sums(content, words, language))
    blocks.extend(_foot(content, words))
    blocks.append(Cut())
    return Document(f"refund {content.refund_no}", tuple(blocks))


def _heading(content: RefundContent, words: Mapping[str, str]) -> Iterator[Block]:
    yield from copy_banner(content.copy_number, words)
    yield from slip_head(words, words[f"refund_{content.manner}"], content.outlet_name)


def _facts(content: RefundContent, words: Mapping[str, str]) -> Iterator[Block]:
    yield pair(words["refund_no"], content.refund_no, BOLD)
    yield pair(words["original_no"], content.order_no, BOLD)
    if content.original_date:
        yield pair(words["original_date"], content.original_date)
    if content.counter:
        yield pair(words["original_counter"], content.counter)
    yield pair(words["date"], f"{content.business_date} {content.time_text}")
    yield pair(f"{words['till']}/{words['clerk']}", f"{content.till_id}/{content.clerk_id}")
    if content.authoriser_id:
        yield pair(words["authorised_by"], content.authoriser_id)
    yield pair(words["reason"], content.reason)
    if content.provisional:
        yield Gap(6)
        yield Text(words["refund_provisional"], BOLD)


def _lines(content: RefundContent, words: Mapping[str, str]) -> Iterator[Block]:
    yield Rule()
    yield pair(words["item"], words["amount"], BOLD)
    yield Rule(RuleKind.DASHED)
    for line in content.lines:
        yield Text(line.name)
        price = f"  {line.quantity_text} x {Money(line.unit_price_fen).text}"
        yield pair(price, Money(line.amount_fen).text)


def _sums(content: RefundContent, words: Mapping[str, str], language: str) -> Iterator[Block]:
    yield Rule()
    if content.rounding_fen:
        yield pair(words["rounding"], Money(content.rounding_fen).text)
    yield Gap(8)
    yield pair(words["refund_total"], "￥" + Money(content.total_fen).text, LARGE)
    yield Gap(8)
    if is_chinese(language):
        yield pair(words["in_words"], chinese_amount(content.total_fen))
    yield Rule()
    for tender in content.tenders:
        label = words.get(tender.kind, tender.kind)
        yield pair(f"{words['given_back_by']} {label}", Money(tender.fen).text)
        if tender.reference:
            yield Columns((Cell(" ", share=0), Cell(tender.reference)))
    if content.waiting:
        yield Text(words["refund_on_its_way"])


def _foot(content: RefundContent, words: Mapping[str, str]) -> Iterator[Block]:
    yield Rule()
    yield Feed(1)
    yield Text(f"{words['customer_signature']}: ____________________")
    yield Feed(1)
    yield from slip_proof(words, content.proof, content.entry_number, content.short_hash)
    yield Feed(1)
