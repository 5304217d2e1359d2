"""From an entry about tills to its slip: the paper says what the journal says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from terminal.app.context import Context
from terminal.documents.till_slip import TillSlipContent, build_till_slip
from terminal.documents.words import slip_words
from terminal.domain import stock
from terminal.domain.cash_count import from_body
from terminal.domain.china_time import clock_text, local_time
from terminal.domain.journal import Entry
from terminal.domain.money import Money
from terminal.domain.pouch import FUNDED, RECEIVED, SENT, pouch_of
from terminal.ports.books import PrintJob

_SIGNERS = {
    SENT: ("giver", "taker"),
    RECEIVED: ("giver", "taker"),
    FUNDED: ("taker", "checker"),
    "till.checked": ("signature", "checker"),
    "drawer.opened": ("signature", "checker"),
}
_TOLD = ("from_till", "to_till", "till_id", "source", "reason", "authoriser", "checker")


def till_job(context: Context, entry: Entry, *, reprint: Entry | None = None) -> PrintJob:
    """The print job of an entry about tills; it goes by the entry's intent.

    Args:
        context: for the outlet and the language.
        entry: what it tells.
        reprint: the ``slip.reprinted`` entry of a copy, which is marked 补打 and opens no drawer.
    """
    language = context.books.preference("language") or context.profile.language
    content = till_content(context, entry, language)
    if reprint is not None:
        content = replace(
            content,
            kick_drawer=False,
            copy_number=_body(reprint)["copy"],
            reprinted_at=local_time(reprint.recorded_at).strftime("%Y-%m-%d %H:%M"),
            reprinted_by=reprint.clerk_id,
        )
    told = reprint or entry
    return PrintJob(
        job_id=told.intent_id,
        order_no="",
        kind="till",
        document=build_till_slip(content, language).to_json(),
        state="queued",
        reason="",
        created_at=told.recorded_at,
        copy=content.copy_number,
    )


def till_content(context: Context, entry: Entry, language: str) -> TillSlipContent:
    """What stands on the slip of an entry about tills."""
    body: Any = entry.body
    return TillSlipContent(
        event="pouch_wrong" if _is_wrong(entry) else entry.kind.replace(".", "_"),
        outlet_name=context.profile.outlet_name(language),
        business_date=entry.business_date,
        time_text=clock_text(entry.recorded_at),
        clerk_id=entry.clerk_id,
        entry_number=f"{entry.terminal_id} #{entry.seq}",
        short_hash=entry.hash[:16].upper(),
        facts=_facts(body, language),
        amount_fen=_amount(entry),
        count=from_body(body["count"]).lines if "count" in body else (),
        stock=_stock(context, entry, language),
        pouch=str(body.get("pouch", "")),
        code=pouch_of(body, practice=context.training).code() if entry.kind == SENT else "",
        signers=("checker", "taker") if _is_wrong(entry) else _SIGNERS[entry.kind],
        kick_drawer=_opens_drawer(context, entry),
    )


def _amount(entry: Entry) -> int | None:
    body: Any = entry.body
    if entry.kind == "drawer.opened":
        return None
    return int(body.get("counted_fen", abs(body.get("cash_fen", 0))))


def _is_wrong(entry: Entry) -> bool:
    """Whether it tells of a pouch that did not hold what its slip says."""
    return entry.kind == RECEIVED and "slip_code" in entry.body


def _body(entry: Entry) -> Any:
    return entry.body


def _facts(body: Any, language: str) -> tuple[tuple[str, str], ...]:
    words = slip_words(language)
    facts = [(name, str(body[name])) for name in _TOLD if body.get(name)]
    told = [
        (name, words.get(f"{name}_{value}", value) if name in ("reason", "source") else value)
        for name, value in facts
    ]
    if "difference_fen" in body:
        told.append(("expected", Money(body["expected_fen"]).text))
        told.append(("difference", Money(body["difference_fen"]).text))
    if "inward" in body:
        told.append(("direction", words["inward" if body["inward"] else "outward"]))
    return tuple(told)


def _stock(context: Context, entry: Entry, language: str) -> tuple[tuple[str, str, str], ...]:
    rows = []
    for line in stock.from_body(entry.body):
        if line.pieces < 0:
            continue
        record = context.catalogue.by_code(line.item)
        name = line.item
        if record is not None:
            name = (language == "en" and record.name_en) or record.name_zh
        numbers = f"{line.lo}-{line.hi}" if line.numbered else ""
        rows.append((name, str(line.pieces), numbers))
    return tuple(rows)


def _opens_drawer(context: Context, entry: Entry) -> bool:
    body: Any = entry.body
    drawer = context.profile.till_id
    if entry.kind == "drawer.opened":
        return True
    moved = {body.get("from_till"), body.get("to_till")}
    return bool(drawer in moved and body.get("cash_fen"))
