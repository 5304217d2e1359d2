"""What a refund's entries say: the intent before the platform is asked, and the refund itself."""

from __future__ import annotations

import uuid
from typing import Any

from terminal.app.refund_origin import Origin
from terminal.domain import ledger, stock
from terminal.domain.canonical import JsonObject
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry
from terminal.domain.profile import Profile
from terminal.domain.refund import BackLine, Leg, Manner, Refund


def claim_params(claim_id: str, origin: Origin, refund: Refund) -> JsonObject:
    """What the platform is asked to keep, see ``sync.wire.refunds.ClaimRequest``."""
    entry = origin.entry
    return {
        "claim_id": claim_id,
        "terminal_id": entry.terminal_id,
        "seq": entry.seq,
        "hash": entry.hash,
        "lines": [
            {"line_id": back.line.line_id, "quantity": back.quantity, "fen": back.fen}
            for back in refund.lines
        ],
        "legs": [{"leg": back.leg.key, "fen": back.fen} for back in refund.legs],
    }


def refund_body(
    profile: Profile, origin: Origin, refund: Refund, refund_no: str, told: JsonObject
) -> dict[str, Any]:
    """The body of ``refund.completed``.

    Args:
        profile: of this terminal; its till pays the cash.
        origin: the sale.
        refund: what goes back.
        refund_no: number of the slip.
        told: what the form says besides: ``reason``, ``note``, ``authoriser``, ``claim_id`` …
    """
    entry = origin.entry
    return {
        "refund_no": refund_no,
        "manner": refund.manner,
        "standing": origin.standing,
        "order_no": refund.sold.order_no,
        "original": {
            "terminal_id": entry.terminal_id,
            "seq": entry.seq,
            "hash": entry.hash,
            "business_date": entry.business_date,
        },
        "till_id": profile.till_id,
        "channel": profile.channel,
        **told,
        "lines": [_line(back) for back in refund.lines],
        "tenders": [_tender(back.leg, back.fen) for back in refund.legs],
        "total_fen": -refund.goods_fen,
        "rounding_fen": refund.goods_fen - refund.money_fen,
        "paid_fen": -refund.money_fen,
        "postings": ledger.to_body(refund.postings(profile.till_id)),
        **_stock_back(entry, refund.manner),
    }


def _line(back: BackLine) -> JsonObject:
    line = back.line
    return {
        "line_id": line.line_id,
        "sku": line.sku,
        "name_zh": line.name_zh,
        "name_en": line.name_en,
        "business_code": line.business_code,
        "weighed": line.weighed,
        "unit_fen": line.unit_fen,
        "quantity": -back.quantity,
        "amount_fen": -back.fen,
    }


def _stock_back(sale: Entry, manner: Manner) -> dict[str, Any]:
    """Stamps and numbered pieces of a sale that was a mistake are in the till again."""
    rows = stock.negate(stock.from_body(sale.body))
    return {"stock": stock.to_body(rows)} if rows and manner == "reversal" else {}


def _tender(leg: Leg, fen: int) -> dict[str, Any]:
    """One way the money goes back, negative; a channel gets a number of its own to ask with."""
    tender: dict[str, Any] = {"leg": leg.key, "kind": leg.kind, "fen": -fen}
    if leg.name != leg.kind:
        tender["scheme"] = leg.name
    if leg.by_channel:
        tender |= {
            "scheme": leg.name,
            "out_trade_no": leg.key,
            "refund_out_no": uuid.UUID(new_uuid7()).hex,
        }
    return tender
