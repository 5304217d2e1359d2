"""Slips of signing off: what the clerk takes along as her own record.

Every figure is a sum over entries of the journal, none is kept anywhere else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import takewhile
from typing import Any

from terminal.app.blind_till import counted_blind
from terminal.app.context import Context
from terminal.documents.session_slip import (
    SessionContent,
    SessionTotals,
    build_session_slip,
    marked_copy,
)
from terminal.domain.china_time import clock_text, local_time
from terminal.domain.document import Document
from terminal.domain.journal import Entry
from terminal.domain.taken_back import cash_first, taken_back
from terminal.domain.tender import tender_words
from terminal.ports.books import PrintJob, Reading

PAGE = 500


def session_job(context: Context, entry: Entry) -> PrintJob:
    """The print job of a ``clerk.signed_off`` or ``outlet.signed_off`` entry."""
    profile = context.profile
    language = context.books.preference("language") or profile.language
    body: Any = entry.body
    content = SessionContent(
        event=entry.kind.replace(".", "_"),
        outlet_name=profile.outlet_name(language),
        business_date=entry.business_date,
        time_text=clock_text(entry.recorded_at),
        clerk_id=entry.clerk_id,
        till_id=str(body.get("till_id", "")),
        entry_number=f"{entry.terminal_id} #{entry.seq}",
        short_hash=entry.hash[:16].upper(),
        totals=_totals(context, entry),
    )
    return PrintJob(
        # The slip of an entry goes by the entry's own number: a copy finds what it is a copy of.
        job_id=entry.intent_id,
        order_no="",
        kind="session",
        document=build_session_slip(content, language).to_json(),
        state="queued",
        reason="",
        created_at=entry.recorded_at,
    )


def session_copy(context: Context, original: PrintJob, reprint: Entry) -> PrintJob:
    """The print job of a copy: every figure as it was then, and a mark.

    Args:
        context: for the language.
        original: the first job of the slip.
        reprint: the ``slip.reprinted`` entry.
    """
    body: Any = reprint.body
    document = marked_copy(
        Document.from_json(original.document),
        int(body["copy"]),
        local_time(reprint.recorded_at).strftime("%Y-%m-%d %H:%M:%S"),
        reprint.clerk_id,
        context.books.preference("language") or context.profile.language,
    )
    return replace(
        original,
        job_id=reprint.intent_id,
        document=document.to_json(),
        state="queued",
        reason="",
        created_at=reprint.recorded_at,
        copy=int(body["copy"]),
    )


def session_totals(
    day: Iterable[Entry], *, clerk_id: str = "", confirmed_seq: int, blind: bool = False
) -> SessionTotals:
    """What a session comes to.

    Args:
        day: every entry of the business day, the sign-off too, in any order.
        clerk_id: only what this clerk answers for; "" for the outlet, which also answers for what
            waits from earlier days.
        confirmed_seq: number of the last entry the platform has confirmed.
        blind: whether a till has yet to be counted, so that cash is left out.
    """
    day = sorted(day, key=lambda entry: entry.seq)
    mine = [entry for entry in day if clerk_id in ("", entry.clerk_id)]
    sales: list[Any] = [entry.body for entry in mine if entry.kind == "sale.completed"]
    tenders: dict[str, int] = {}
    for sale in sales:
        for tender in sale["tenders"]:
            kind = tender_words(tender["kind"], tender.get("scheme", "")).removeprefix("tender.")
            tenders[kind] = tenders.get(kind, 0) + tender["fen"]
    back = taken_back(mine)
    for kind, fen in back.tenders.items():
        tenders[kind] = tenders.get(kind, 0) + fen
    first_seq = day[0].seq if day else 1
    waiting = sum(entry.seq > confirmed_seq for entry in mine)
    if blind:
        tenders.pop("cash", None)
    return SessionTotals(
        orders=len(sales),
        blind=blind,
        sold_fen=sum(sale["total_fen"] for sale in sales),
        rounding_fen=sum(sale["rounding_fen"] for sale in sales) + back.rounding_fen,
        refunds=back.count,
        refunded_fen=back.fen,
        tenders=cash_first(tenders),
        first_order=sales[0]["order_no"] if sales else "",
        last_order=sales[-1]["order_no"] if sales else "",
        confirmed=len(mine) - waiting,
        waiting=waiting,
        waiting_before=0 if clerk_id else max(0, first_seq - 1 - confirmed_seq),
    )


def _totals(context: Context, entry: Entry) -> SessionTotals:
    return session_totals(
        _business_day(context.books, entry),
        clerk_id=entry.clerk_id if entry.kind == "clerk.signed_off" else "",
        confirmed_seq=context.sync.confirmed_head().seq,
        blind=counted_blind(context),
    )


def _business_day(books: Reading, last: Entry) -> Iterator[Entry]:
    """Every entry of its business day up to this one; days follow one another in the journal."""
    return takewhile(
        lambda entry: entry.business_date == last.business_date, _backwards(books, last.seq)
    )


def _backwards(books: Reading, seq: int) -> Iterator[Entry]:
    """Entries from this number down to the first."""
    before = seq + 1
    while page := books.entries(limit=PAGE, before_seq=before):
        yield from page
        before = page[-1].seq
