"""The outlet's cash-up (网点轧帐): the closings of all its terminals, beside the platform's word.

It always completes. Whatever the platform could not tell is named in the entry and on the slip.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from terminal.app.cash_up_period import Period
from terminal.app.context import Context
from terminal.app.outlet_day import others_on
from terminal.app.own_tills import own_tills
from terminal.documents.outlet_cash_up_slip import (
    OtherTills,
    OutletCashUpContent,
    TillSum,
    build_outlet_cash_up_slip,
)
from terminal.domain.cash_up import OUTLET
from terminal.domain.china_time import clock_text
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry, EntryDraft
from terminal.domain.outlet_day import ClosedTill, OtherTerminal, OutletSum, TillCash
from terminal.domain.peer import counter_name
from terminal.ports.books import PrintJob, Transaction
from terminal.ports.cash_ups import ClosedCashUp

_TILL: Final = ("till_id", "clerk", "counted_fen", "difference_fen", "disposition")
_VERSION: Final = 2
"""Shape of ``outlet.cashed_up``; version 1 had no ``cash`` and added up what closings counted."""


def book_outlet_cash_up(context: Context, tx: Transaction, clerk_id: str) -> None:
    """Sum the day's tills up and print the slip, in the transaction that closes the day.

    A day on which no cash moved, here or as far as is known elsewhere, has nothing to sum up.
    """
    body = outlet_body(context)
    elsewhere = any(one["tills"] or one["not_cashed_up"] for one in body.get("others", ()))
    # The other terminals ask what lies here, also when none of it moved.
    lies_here = "others" in body and any(row["fen"] for row in body["cash"])
    if body["tills"] or body["not_cashed_up"] or elsewhere or lies_here:
        date = context.books.day().business_date
        entry = tx.append(EntryDraft(OUTLET, new_uuid7(), date, clerk_id, body, _VERSION))
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
        tills=_tills(body["tills"]),
        others=tuple(
            OtherTills(
                counter_name(one["terminal_id"]),
                one["state"],
                _tills(one["tills"]),
                tuple(one["not_cashed_up"]),
                _held(one["cash"]),
            )
            for one in body.get("others", ())
        ),
        cash=_held(body["cash"]),
        cash_fen=body["sum"]["cash_fen"],
        difference_fen=body["sum"]["difference_fen"],
        over_fen=body["over_fen"],
        short_fen=body["short_fen"],
        disputed_fen=body["disputed_fen"],
        not_cashed_up=tuple(body["not_cashed_up"]),
        platform=body["platform"],
        compared=(body["compared_from"], body["compared_to"]),
        seq=entry.seq,
        differing=tuple(body["differing"]),
    )
    document = build_outlet_cash_up_slip(content, language).to_json()
    return PrintJob(entry.intent_id, "", "cash_up", document, "queued", "", entry.recorded_at)


def _held(rows: Sequence[Mapping[str, Any]]) -> tuple[tuple[str, int], ...]:
    return tuple((row["till_id"], row["fen"]) for row in rows)


def _tills(rows: Sequence[Mapping[str, Any]]) -> tuple[TillSum, ...]:
    return tuple(TillSum(*(row[key] for key in _TILL)) for row in rows)


def outlet_body(context: Context) -> dict[str, Any]:
    """What ``outlet.cashed_up`` says of a business day. Store thread only.

    Differences are added up over all closings that are listed: each was booked once. Cash is not,
    for it may have gone on to another till that was closed later, or have been closed twice: the
    sum is what lies in the tills that were cashed up. An outlet with one terminal has no
    ``others``.

    Args:
        context: for the books.
    """
    day, compared = context.books.day(), context.compared
    own = [_own(row) for row in context.books.cash_ups.closed_on(day.business_date)]
    others = others_on(context, day.business_date)
    theirs = [till for other in others for till in other.tills]
    tills = [*own, *theirs]
    due = [till.till_id for till in own_tills(context) if Period(context, till.till_id).due()]
    cash = [
        TillCash(till.till_id, context.books.ledger.balance(f"cash:{till.till_id}"))
        for till in own_tills(context)
        if till.till_id not in due
    ]
    there = [*cash, *(row for other in others for row in other.cash)]
    return {
        "tills": [_row(till) for till in own],
        "cash": [_cash(row) for row in cash],
        "over_fen": sum(max(0, till.difference_fen) for till in tills),
        "short_fen": sum(max(0, -till.difference_fen) for till in tills),
        "disputed_fen": sum(till.disputed_fen for till in tills),
        "not_cashed_up": due,
        "platform": compared.verdict,
        "compared_from": compared.first_seq,
        "compared_to": compared.last_seq,
        "differing": list(compared.seqs),
        "sum": {
            "tills": len(tills),
            "cash_fen": sum(row.fen for row in there),
            "difference_fen": sum(till.difference_fen for till in tills),
        },
        **({"others": [_other(one) for one in others]} if others else {}),
    }


def outlet_total(context: Context) -> OutletSum:
    """What ``outlet.cashed_up`` would add up now. Store thread only."""
    return OutletSum(**outlet_body(context)["sum"])


def _own(row: ClosedCashUp) -> ClosedTill:
    cash_up = row.cash_up
    return ClosedTill(
        cash_up.till_id,
        cash_up.period,
        row.clerk_id,
        cash_up.counted_fen,
        cash_up.difference_fen,
        cash_up.disposition,
        cash_up.closed_seq,
        cash_up.disputed_fen,
    )


def _row(till: ClosedTill) -> dict[str, Any]:
    return {
        "till_id": till.till_id,
        "period": till.period,
        "clerk": till.clerk,
        "counted_fen": till.counted_fen,
        "difference_fen": till.difference_fen,
        "disposition": till.disposition,
        "closed_seq": till.closed_seq,
    }


def _other(one: OtherTerminal) -> dict[str, Any]:
    return {
        "terminal_id": one.terminal_id,
        "state": one.state,
        "tills": [_row(till) for till in one.tills],
        "not_cashed_up": list(one.not_cashed_up),
        "cash": [_cash(row) for row in one.cash],
    }


def _cash(row: TillCash) -> dict[str, Any]:
    return {"till_id": row.till_id, "fen": row.fen}
