"""Our code on paper (收款码), for a customer who cannot reach the screen with her phone."""

from __future__ import annotations

from terminal.documents.slip_parts import CENTRED, LARGE, pair, slip_head
from terminal.documents.words import slip_words
from terminal.domain.document import Block, Cut, Document, Feed, Gap, Qr, Text
from terminal.domain.money import Money


def build_code_slip(
    outlet_name: str, amount_fen: int, shown_code: str, out_trade_no: str, language: str = "zh_CN"
) -> Document:
    """Lay the slip out.

    Args:
        outlet_name: in the language of the slip.
        amount_fen: what is asked for.
        shown_code: what the customer scans.
        out_trade_no: number of the payment.
        language: ``zh_CN`` or ``en``.
    """
    words = slip_words(language)
    blocks: list[Block] = [
        *slip_head(words, words["merchant_code"], outlet_name),
        pair(words["amount"], "￥" + Money(amount_fen).text, LARGE),
        Gap(12),
        Qr(shown_code),
        Gap(12),
        Text(words["scan_to_pay"], CENTRED),
        Text(out_trade_no, CENTRED),
        Feed(1),
        Cut(),
    ]
    return Document(f"code {out_trade_no}", tuple(blocks))
