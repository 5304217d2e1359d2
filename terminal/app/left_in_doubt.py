"""A customer goes while nobody can say whether she has paid: what is written down, what she gets.

Whether the goods go with her is no choice of the moment: the platform's limit decides, and the
entry and her slip say which. Source: reliability.md §4.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from terminal.app.context import Context
from terminal.documents.doubt_slip import DoubtContent, build_doubt_slip
from terminal.domain.attempt import AT_REST, Attempt
from terminal.domain.basket import Basket
from terminal.domain.china_time import CHINA
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry
from terminal.domain.proof import proof_text
from terminal.domain.tender import tender_words
from terminal.ports.books import PrintJob, Transaction

LEFT_IN_DOUBT = "payment.left_in_doubt"


def leave_in_doubt(context: Context, tx: Transaction, basket: Basket, clerk_id: str) -> bool:
    """Write down every payment of a basket that is put aside without a verdict, once each.

    Args:
        context: for the limit and the slip.
        tx: the transaction that puts the basket aside.
        basket: which.
        clerk_id: who does it.

    Returns:
        Whether a slip was queued.
    """
    attempts = context.books.attempts_of(basket.basket_id)
    doubts = [one for one in attempts if one.state in AT_REST and not one.goods]
    for attempt in doubts:
        body = {
            "out_trade_no": attempt.out_trade_no,
            "kind": attempt.kind,
            "scheme": attempt.scheme,
            "reference": attempt.reference,
            "amount_fen": attempt.amount_fen,
            "basket_id": basket.basket_id,
            "state": attempt.state,
            "goods": goods_rule(context, attempt),
        }
        entry = tx.append(context.draft(LEFT_IN_DOUBT, new_uuid7(), clerk_id, body))
        tx.add_print_job(doubt_job(context, entry))
    return bool(doubts)


def goods_rule(context: Context, attempt: Attempt) -> str:
    """``handed_over`` up to the platform's limit for goods in doubt, else ``kept``."""
    small = attempt.amount_fen <= context.limit("goods_in_doubt_fen", 0)
    return "handed_over" if small else "kept"


def doubt_job(context: Context, entry: Entry) -> PrintJob:
    """The slip for the customer."""
    body: Any = entry.body
    profile = context.profile
    language = context.books.preference("language") or profile.language
    content = DoubtContent(
        outlet_name=profile.outlet_name(language),
        outlet_phone=profile.phone,
        date_text=entry.business_date,
        since_text=begun_at(body["out_trade_no"]).strftime("%Y-%m-%d %H:%M:%S"),
        clerk_id=entry.clerk_id,
        tender=tender_words(body["kind"], body["scheme"]).removeprefix("tender."),
        reference=body["reference"],
        amount_fen=body["amount_fen"],
        out_trade_no=body["out_trade_no"],
        goods=body["goods"],
        entry_number=f"{entry.terminal_id} #{entry.seq}",
        short_hash=entry.hash[:16].upper(),
        proof=proof_text(entry),
    )
    document = build_doubt_slip(content, language).to_json()
    return PrintJob(
        job_id=entry.intent_id,
        order_no="",
        kind="doubt",
        document=document,
        state="queued",
        reason="",
        created_at=entry.recorded_at,
    )


def begun_at(out_trade_no: str) -> datetime:
    """When an attempt was armed, outlet time: its number says so."""
    since_ms = uuid.UUID(out_trade_no).int >> 80
    return datetime.fromtimestamp(since_ms / 1000, UTC).astimezone(CHINA)
