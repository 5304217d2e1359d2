"""The outlet's cash-up (网点轧帐): the closings summed up, beside the platform's word."""

from __future__ import annotations

from typing import Any, Final

from terminal.app.cash_up_period import Period
from terminal.app.context import Context
from terminal.app.own_tills import own_tills
from terminal.documents.outlet_cash_up_slip import (
    OutletCashUpContent,
    build_outlet_cash_up_slip,
)
from terminal.domain.cash_up import OUTLET
from terminal.domain.china_time import clock_text
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry, EntryDraft
from terminal.ports.books import PrintJob, Transaction

_TILL: Final = ("till_id", "clerk", "counted_fen", "difference_fen", "disposition")


def book_outlet_cash_up(context: Context, tx: Transaction, clerk_id: str) -> None:
    """Sum the day's tills up and print the slip, in the transaction that closes the day.

    A day on which no cash moved has nothing to sum up.
    """
    body = outlet_body(context)
    if body["tills"] or body["not_cashed_up"]:
        date = context.books.day().business_date
        entry = tx.append(EntryDraft(OUTLET, new_uuid7(), date, clerk_id, body))
        tx.add_print_job(_slip(context, entry))


def _slip(context: Context, entry: Entry) -> PrintJob:
    language = context.books.preference("language") or context.profile.language
    body: Any = entry.body
    content = OutletCashUpContent(
        outlet_name=context.profile.outlet_name(language),
        business_date=entry.business_date,
        time_text=clock_text(entry.recorded_at),
        clerk_id=entry.clerk_id,
        entry_number=f"{entry.terminal_id} #{entry.seq}",
        short_hash=entry.hash[:16].upper(),
        tills=tuple(tuple(row[key] for key in _TILL) for row in body["tills"]),
        over_fen=body["over_fen"],
        short_fen=body["short_fen"],
        disputed_fen=body["disputed_fen"],
        not_cashed_up=tuple(body["not_cashed_up"]),
        platform=body["platform"],
        differing=tuple(body["differing"]),
    )
    document = build_outlet_cash_up_slip(content, language).to_json()
    return PrintJob(entry.intent_id, "", "cash_up", document, "queued", "", entry.recorded_at)


def outlet_body(context: Context) -> dict[str, Any]:
    """What ``outlet.cashed_up`` says of a business day. Store thread only.

    Args:
        context: for the books.
    """
    day, compared = context.books.day(), context.compared
    closed = context.books.cash_ups.closed_on(day.business_date)
    differences = [row.cash_up.difference_fen for row in closed]
    return {
        "tills": [
            {
                "till_id": row.cash_up.till_id,
                "period": row.cash_up.period,
                "clerk": row.clerk_id,
                "counted_fen": row.cash_up.counted_fen,
                "difference_fen": row.cash_up.difference_fen,
                "disposition": row.cash_up.disposition,
                "closed_seq": row.cash_up.closed_seq,
            }
            for row in closed
        ],
        "over_fen": sum(fen for fen in differences if fen > 0),
        "short_fen": -sum(fen for fen in differences if fen < 0),
        "disputed_fen": sum(row.cash_up.disputed_fen for row in closed),
        "not_cashed_up": [
            till.till_id for till in own_tills(context) if Period(context, till.till_id).due()
        ],
        "platform": compared.verdict,
        "compared_to": compared.last_seq,
        "differing": list(compared.seqs),
    }
