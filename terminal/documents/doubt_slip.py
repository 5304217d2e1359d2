"""What a customer takes home when nobody can say yet whether she has paid."""

from __future__ import annotations

from dataclasses import dataclass

from terminal.documents.slip_parts import BOLD, CENTRED, LARGE, pair, slip_head
from terminal.documents.words import slip_words
from terminal.domain.document import Block, Cut, Document, Feed, Gap, Qr, Rule, RuleKind, Text
from terminal.domain.money import Money


@dataclass(frozen=True, slots=True)
class DoubtContent:
    """What stands on the slip; no name, no number of a person or a card beyond its last four.

    Args:
        outlet_name: in the language of the slip.
        outlet_phone: "" leaves the line out.
        date_text: business date.
        since_text: local date and time at which the payment began.
        clerk_id: number of the clerk.
        tender: word of the tender, ``wechat``, ``bank_card`` …
        reference: masked number, "" for none.
        amount_fen: what was asked for.
        out_trade_no: number of the payment.
        goods: ``kept`` or ``handed_over``.
        entry_number: number of the journal entry.
        short_hash: short form of its hash.
        proof: text of the proof code.
    """

    outlet_name: str
    outlet_phone: str
    date_text: str
    since_text: str
    clerk_id: str
    tender: str
    reference: str
    amount_fen: int
    out_trade_no: str
    goods: str
    entry_number: str
    short_hash: str
    proof: str


def build_doubt_slip(content: DoubtContent, language: str = "zh_CN") -> Document:
    """Lay the slip out; the same content gives the same document."""
    words = slip_words(language)
    phone = f"{words['phone']} {content.outlet_phone}" if content.outlet_phone else ""
    blocks: list[Block] = [
        *slip_head(words, words["doubt_title"], content.outlet_name, phone),
        pair(words["business_date"], content.date_text),
        pair(words["doubt_since"], content.since_text, BOLD),
        pair(words["clerk"], content.clerk_id),
        Rule(),
        pair(" ".join(part for part in (words[content.tender], content.reference) if part), ""),
        pair(words["amount"], "￥" + Money(content.amount_fen).text, LARGE),
        Gap(8),
        pair(words["doubt_number"], ""),
        Text(content.out_trade_no),
        Gap(8),
        Text(words[f"doubt_goods_{content.goods}"], BOLD),
        Rule(),
        Text(words["doubt_explain"]),
        Rule(RuleKind.BOLD),
        Gap(12),
        Qr(content.proof),
        Gap(12),
        Text(words["proof"], CENTRED),
        Text(f"{words['entry']} {content.entry_number}", CENTRED),
        Text(f"{words['hash']} {content.short_hash}", CENTRED),
        Feed(1),
        Cut(),
    ]
    return Document(f"doubt {content.out_trade_no}", tuple(blocks))
