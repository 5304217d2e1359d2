"""From a ``refund.completed`` entry to its slip, and what a sale's reprint says of its refunds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from terminal.app.context import Context
from terminal.app.quantities import quantity_text
from terminal.documents.receipt import ReceiptLine, ReceiptTender
from terminal.documents.refund_slip import RefundContent, build_refund_slip
from terminal.documents.words import is_chinese, slip_words
from terminal.domain.china_time import clock_text
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry
from terminal.domain.money import Money
from terminal.domain.proof import proof_text
from terminal.domain.tender import scheme_words
from terminal.ports.books import PrintJob

REFUND_SLIP = "refund"


def refund_job(context: Context, entry: Entry, *, reprint: Entry | None = None) -> PrintJob:
    """The print job of a refund.

    Args:
        context: for the outlet and the language.
        entry: the ``refund.completed`` entry.
        reprint: the ``slip.reprinted`` entry of a copy, which opens no drawer.
    """
    language = context.books.preference("language") or context.profile.language
    body: Any = entry.body
    copy = int(reprint.body["copy"]) if reprint else 0  # type: ignore[arg-type]
    document = build_refund_slip(_content(context, entry, language, copy), language)
    return PrintJob(
        job_id=new_uuid7(),
        order_no=str(body["refund_no"]),
        kind=REFUND_SLIP,
        document=document.to_json(),
        state="queued",
        reason="",
        created_at=(reprint or entry).recorded_at,
        copy=copy,
    )


def refund_copy(context: Context, refund_no: str) -> PrintJob:
    """Print a refund's slip again, marked and journaled.

    Raises:
        UserError: ``order.unknown``, ``permission.denied``, ``session.*``.
    """
    clerk_id = context.allow("slip_reprint")
    row = context.books.refunds.refund(refund_no)
    entry = context.books.entry(row.seq) if row else None
    if entry is None:
        raise UserError("order.unknown")
    body: dict[str, Any] = {
        "slip": REFUND_SLIP,
        "reference": refund_no,
        "copy": context.books.copies_of(refund_no) + 1,
        "original_seq": entry.seq,
    }
    with context.books.transaction() as tx:
        draft = context.draft("slip.reprinted", new_uuid7(), clerk_id, body)
        job = refund_job(context, entry, reprint=tx.append(replace(draft, version=2)))
        tx.add_print_job(job)
    context.wake_printing()
    context.wake_sync()
    return job


def refunds_told(context: Context, order_no: str, language: str) -> tuple[str, ...]:
    """What a copy of a sale's slip says of what was given back since."""
    words = slip_words(language)
    return tuple(
        f"{words['was_refunded']} {row.refund_no} {Money(-row.paid_fen).text}"
        for row in context.books.refunds.of_order(order_no)
    )


def _content(context: Context, entry: Entry, language: str, copy: int) -> RefundContent:
    body: Any = entry.body
    payments = context.books.refunds.payments(body["refund_no"])
    sold_at = body.get("original", {}).get("terminal_id", "")
    cash = any(tender["kind"] == "cash" for tender in body["tenders"])
    return RefundContent(
        manner=body["manner"],
        outlet_name=context.profile.outlet_name(language),
        business_date=entry.business_date,
        time_text=clock_text(entry.recorded_at),
        clerk_id=entry.clerk_id,
        authoriser_id=body["authoriser"],
        till_id=body["till_id"],
        refund_no=body["refund_no"],
        order_no=body["order_no"],
        original_date=body.get("original", {}).get("business_date", ""),
        reason=reason_name(context, body["reason"], language),
        lines=tuple(_line(line, language) for line in body["lines"]),
        rounding_fen=body["rounding_fen"],
        total_fen=body["paid_fen"],
        tenders=tuple(
            ReceiptTender(_word(tender), tender["fen"], tender.get("out_trade_no", ""))
            for tender in body["tenders"]
        ),
        waiting=any(payment.state != "refunded" for payment in payments),
        entry_number=f"{entry.terminal_id} #{entry.seq}",
        short_hash=entry.hash[:16].upper(),
        proof=proof_text(entry),
        counter="" if sold_at in ("", entry.terminal_id) else sold_at,
        provisional=body["standing"] == "provisional",
        copy_number=copy,
        kick_drawer=cash and not copy,
    )


def reason_name(context: Context, code: str, language: str) -> str:
    """A reason of the platform's list in a language; the code when it is not there any more."""
    for row in context.setting("refund_reasons", []):
        if row["code"] == code:
            return str(row["name_zh"] if is_chinese(language) else row["name_en"])
    return code


def _word(tender: dict[str, Any]) -> str:
    return scheme_words(tender.get("scheme", tender["kind"])).removeprefix("tender.")


def _line(line: dict[str, Any], language: str) -> ReceiptLine:
    name = line["name_en"] if not is_chinese(language) and line["name_en"] else line["name_zh"]
    return ReceiptLine(
        name=name,
        quantity_text="-" + quantity_text(-line["quantity"], line["weighed"]),
        unit_price_fen=line["unit_fen"],
        amount_fen=line["amount_fen"],
    )
