"""The receipt a customer takes home (小票)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from terminal.documents.slip_parts import (
    BOLD,
    CENTRED,
    LARGE,
    copy_banner,
    pair,
    slip_head,
    slip_proof,
)
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
class ReceiptLine:
    """One order line.

    Args:
        name: name of the item in the language of the slip.
        quantity_text: quantity with its unit when it has one, ``2`` or ``0.356kg``.
        unit_price_fen: price of one unit that was charged.
        amount_fen: price of the line.
        notes: what else belongs to the line: void, member level, override with the number of the
            clerk who authorised it.
    """

    name: str
    quantity_text: str
    unit_price_fen: int
    amount_fen: int
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiptTender:
    """One means of payment.

    Args:
        kind: a tender or, for payer codes, its scheme; or a ready label.
        fen: amount settled with it.
        reference: masked number, number at the channel, courier or customer; never a payer code.
    """

    kind: str
    fen: int
    reference: str = ""


@dataclass(frozen=True, slots=True)
class ReceiptContent:
    """Everything that stands on a receipt; plain values, no names of people.

    Args:
        outlet_name: name of the outlet in the language of the slip.
        outlet_address: ``""`` leaves the line out.
        outlet_phone: ``""`` leaves the line out.
        business_date: ``YYYY-MM-DD``.
        time_text: local time of the sale, ``HH:MM:SS``.
        clerk_id: number of the clerk.
        till_id: till or counter position, such as ``T02``.
        order_number: number of the order.
        lines: order lines from first to last.
        subtotal_fen: sum of the lines before discount and rounding.
        discount_fen: signed, normally zero or negative.
        rounding_fen: signed, zero or -9 to -1 (抹零).
        total_fen: what had to be paid.
        tenders: means of payment.
        received_fen: cash handed over; 0 leaves received and change out.
        change_fen: cash given back.
        entry_number: number of the journal entry.
        short_hash: short form of its hash.
        proof: text of the proof code, at most 1000 characters; ``""`` prints none.
        compensation: rules on compensation for a slip that accepts mail, where they only bind
            when they stand on it (postal law §47); ``""`` on a slip of goods.
        notices: further lines at the end.
        copy_number: 0 for the original, n for the n-th reprint.
        reprinted_at: local date and time of that reprint; empty on the original.
        reprinted_by: number of the clerk who asked for it.
        kick_drawer: opens the cash drawer before the slip is printed.
    """

    outlet_name: str
    business_date: str
    time_text: str
    clerk_id: str
    order_number: str
    lines: tuple[ReceiptLine, ...]
    subtotal_fen: int
    total_fen: int
    tenders: tuple[ReceiptTender, ...]
    entry_number: str
    short_hash: str
    till_id: str = ""
    outlet_address: str = ""
    outlet_phone: str = ""
    discount_fen: int = 0
    rounding_fen: int = 0
    received_fen: int = 0
    change_fen: int = 0
    proof: str = ""
    compensation: str = ""
    notices: tuple[str, ...] = ()
    copy_number: int = 0
    reprinted_at: str = ""
    reprinted_by: str = ""
    kick_drawer: bool = False


def build_receipt(content: ReceiptContent, language: str = "zh_CN") -> Document:
    """Lay a receipt out.

    Args:
        content: what stands on it.
        language: ``zh_CN`` or ``en``.

    Returns:
        The document; the same content gives the same document.
    """
    words = slip_words(language)
    blocks: list[Block] = []
    if content.kick_drawer:
        blocks.append(KickDrawer())
    blocks.extend(copy_banner(content.copy_number, words))
    blocks.extend(_heading(content, words))
    blocks.extend(_reprint(content, words))
    blocks.extend(_lines(content, words))
    blocks.extend(_sums(content, words, language))
    blocks.extend(_tenders(content, words))
    blocks.extend(_small_print(content, words))
    blocks.extend(_proof(content, words))
    blocks.extend(copy_banner(content.copy_number, words))
    blocks.append(Cut())
    return Document(f"receipt {content.order_number}", tuple(blocks))


def _yuan(fen: int) -> str:
    return Money(fen).text


def _heading(content: ReceiptContent, words: Mapping[str, str]) -> Iterator[Block]:
    phone = f"{words['phone']} {content.outlet_phone}" if content.outlet_phone else ""
    yield from slip_head(words, content.outlet_name, content.outlet_address, phone)
    yield pair(words["order"], content.order_number, BOLD)
    yield pair(words["date"], f"{content.business_date} {content.time_text}")
    place = "/".join(part for part in (content.till_id, content.clerk_id) if part)
    label = f"{words['till']}/{words['clerk']}" if content.till_id else words["clerk"]
    yield pair(label, place)


def _reprint(content: ReceiptContent, words: Mapping[str, str]) -> Iterator[Block]:
    """When the copy was made and who asked for it; the lines above tell of the sale."""
    if content.copy_number:
        yield Rule(RuleKind.DASHED)
        yield pair(words["reprinted_at"], content.reprinted_at, BOLD)
        yield pair(words["reprinted_by"], content.reprinted_by, BOLD)


def _lines(content: ReceiptContent, words: Mapping[str, str]) -> Iterator[Block]:
    yield Rule()
    yield pair(words["item"], words["amount"], BOLD)
    yield Rule(RuleKind.DASHED)
    for line in content.lines:
        yield Text(line.name)
        price = f"  {line.quantity_text} x {_yuan(line.unit_price_fen)}"
        yield pair(price, _yuan(line.amount_fen))
        for note in line.notes:
            yield Columns((Cell(" ", share=0), Cell(note)))


def _sums(content: ReceiptContent, words: Mapping[str, str], language: str) -> Iterator[Block]:
    yield Rule()
    if content.subtotal_fen != content.total_fen:
        yield pair(words["subtotal"], _yuan(content.subtotal_fen))
    if content.discount_fen:
        yield pair(words["discount"], _yuan(content.discount_fen))
    if content.rounding_fen:
        yield pair(words["rounding"], _yuan(content.rounding_fen))
    yield Gap(8)
    yield pair(words["total"], "￥" + _yuan(content.total_fen), LARGE)
    yield Gap(8)
    if is_chinese(language):
        yield pair(words["in_words"], chinese_amount(content.total_fen))


def _tenders(content: ReceiptContent, words: Mapping[str, str]) -> Iterator[Block]:
    yield Rule()
    for tender in content.tenders:
        yield pair(words.get(tender.kind, tender.kind), _yuan(tender.fen))
        if tender.reference:
            yield Columns((Cell(" ", share=0), Cell(tender.reference)))
    if content.received_fen:
        yield pair(words["received"], _yuan(content.received_fen))
        yield pair(words["change"], _yuan(content.change_fen), BOLD)


def _small_print(content: ReceiptContent, words: Mapping[str, str]) -> Iterator[Block]:
    if content.compensation or content.notices:
        yield Rule()
    if content.compensation:
        yield Text(words["compensation"], BOLD)
        yield Text(content.compensation)
    for notice in content.notices:
        yield Text(notice)


def _proof(content: ReceiptContent, words: Mapping[str, str]) -> Iterator[Block]:
    yield from slip_proof(words, content.proof, content.entry_number, content.short_hash)
    yield Gap(12)
    yield Text(words["thanks"], CENTRED)
    yield Feed(1)
