"""From a ``sale.completed`` entry to the slip: the paper says what the journal says.

The job of a sale only names it. Its slip is laid out when it is sent: the customer waits for the
disk, and nobody for the layout.
"""

from __future__ import annotations

from typing import Any

from terminal.app.context import Context
from terminal.app.quantities import quantity_text
from terminal.app.refund_slip import refunds_told
from terminal.documents.receipt import ReceiptContent, ReceiptLine, ReceiptTender, build_receipt
from terminal.documents.words import slip_words
from terminal.domain.china_time import clock_text, local_time
from terminal.domain.document import Document
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry
from terminal.domain.money import Money
from terminal.domain.proof import sale_proof_text
from terminal.domain.tender import tender_words
from terminal.ports.books import PrintJob

_LANGUAGE = "language"
"""The only member of a document that is laid out later."""


def receipt_job(context: Context, entry: Entry, *, reprint: Entry | None = None) -> PrintJob:
    """The print job of a sale.

    Args:
        context: for the outlet, the language and the notices.
        entry: the ``sale.completed`` entry.
        reprint: the ``slip.reprinted`` entry of a copy, which is marked 补打 and opens no drawer.
    """
    language = context.books.preference("language") or context.profile.language
    document: dict[str, object] = {_LANGUAGE: language}
    if reprint is not None:
        content = receipt_content(context, entry, language, reprint)
        document = build_receipt(content, language).to_json()
    return PrintJob(
        job_id=new_uuid7(),
        order_no=str(entry.body["order_no"]),
        kind="receipt",
        document=document,
        state="queued",
        reason="",
        created_at=(reprint or entry).recorded_at,
        copy=_ordinal(reprint),
    )


def laid_out(context: Context, job: PrintJob) -> Document:
    """What a job puts on paper.

    Raises:
        BugError: ``document.*`` for what nobody can draw.
        UserError: ``order.unknown`` for a job of a sale that is not in the journal.
    """
    language = job.document.get(_LANGUAGE)
    if language is None:
        return Document.from_json(job.document)
    entry = sale_entry(context, job.order_no)
    return build_receipt(receipt_content(context, entry, language, None), language)


def sale_entry(context: Context, order_no: str) -> Entry:
    """The journal's entry of a sale; of the last one for "".

    Raises:
        UserError: ``order.unknown``.
    """
    order = context.books.order(order_no) if order_no else context.books.last_order()
    entry = context.books.entry(order.seq) if order else None
    if entry is None:
        raise UserError("order.unknown")
    return entry


def receipt_content(
    context: Context, entry: Entry, language: str, reprint: Entry | None
) -> ReceiptContent:
    """What stands on the receipt of a sale."""
    body: Any = entry.body
    profile = context.profile
    cash = [tender for tender in body["tenders"] if tender["kind"] == "cash"]
    return ReceiptContent(
        outlet_name=profile.outlet_name(language),
        outlet_address=profile.address(language),
        outlet_phone=profile.phone,
        business_date=entry.business_date,
        time_text=clock_text(entry.recorded_at),
        clerk_id=entry.clerk_id,
        till_id=body["till_id"],
        order_number=body["order_no"],
        lines=tuple(_line(line, language) for line in body["lines"]),
        subtotal_fen=body["total_fen"],
        rounding_fen=body["rounding_fen"],
        total_fen=body["total_fen"] + body["rounding_fen"],
        tenders=tuple(_tender(tender) for tender in body["tenders"]),
        received_fen=sum(tender["received_fen"] for tender in cash),
        change_fen=sum(tender["change_fen"] for tender in cash),
        entry_number=f"{entry.terminal_id} #{entry.seq}",
        short_hash=entry.hash[:16].upper(),
        proof=sale_proof_text(entry),
        compensation=_compensation(context, body["lines"]),
        notices=(
            *_saved(body["subtotal_fen"] - body["total_fen"], language),
            *(refunds_told(context, body["order_no"], language) if reprint else ()),
        ),
        copy_number=_ordinal(reprint),
        reprinted_at=_moment(reprint.recorded_at) if reprint else "",
        reprinted_by=reprint.clerk_id if reprint else "",
        kick_drawer=bool(cash) and reprint is None,
    )


def _moment(utc_text: str) -> str:
    return local_time(utc_text).strftime("%Y-%m-%d %H:%M:%S")


def _ordinal(reprint: Entry | None) -> int:
    body: Any = reprint.body if reprint else {}
    return int(body.get("copy", 0))


def _compensation(context: Context, lines: list[dict[str, Any]]) -> str:
    """The rules on compensation, when mail is accepted on this slip: goods have nothing of them.

    Source: postal law §47. Which business lines accept mail, ``business_codes`` says.
    """
    accepted = any(line["business_code"] in context.mail for line in lines)
    return str(context.setting("compensation_zh", "")) if accepted else ""


def _saved(fen: int, language: str) -> tuple[str, ...]:
    """What the lines already leave out against the list prices; the lines add up without it."""
    return (f"{slip_words(language)['saved']} {Money(fen).text}",) if fen > 0 else ()


def _line(line: dict[str, Any], language: str) -> ReceiptLine:
    words = slip_words(language)
    name = line["name_en"] if language == "en" and line["name_en"] else line["name_zh"]
    notes = []
    before = f"{words['list_price']} {Money(line['list_fen']).text}"
    if line["level"] and line["unit_fen"] != line["list_fen"]:
        notes.append(f"{words['member_price']} {before}")
    if "override" in line:
        notes.append(f"{words['price_changed']} {line['override']['authoriser']} {before}")
    return ReceiptLine(
        name=name,
        quantity_text=quantity_text(line["quantity"], line["weighed"]),
        unit_price_fen=line["unit_fen"],
        amount_fen=line["amount_fen"],
        notes=tuple(notes),
    )


def _tender(tender: dict[str, Any]) -> ReceiptTender:
    words = tender_words(tender["kind"], tender.get("scheme", "")).removeprefix("tender.")
    told = (tender.get("reference"), tender.get("out_trade_no"), tender.get("owner"))
    return ReceiptTender(words, tender["fen"], "  ".join(part for part in told if part))
