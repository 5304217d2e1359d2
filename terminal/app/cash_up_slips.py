"""Print jobs of cashing up: the paper says what the entry says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from terminal.app.cash_up_stock import StockCounts
from terminal.app.context import Context
from terminal.app.known_faults import named_notice
from terminal.documents.cash_up_slip import CashSection, CashUpContent, build_cash_up_slip
from terminal.documents.words import is_chinese
from terminal.domain.cash_count import from_body
from terminal.domain.cash_up import CashLine, line_name
from terminal.domain.china_time import clock_text
from terminal.domain.journal import Entry
from terminal.domain.money import Money
from terminal.domain.stock import span_text
from terminal.ports.books import PrintJob


def cash_up_job(context: Context, entry: Entry, lines: Sequence[CashLine]) -> PrintJob:
    """The slip of an interim report, a closing report or a dispute.

    Args:
        context: for the outlet and the language.
        entry: what it tells.
        lines: what the till should hold; empty before the count, when nothing of it may be told.
    """
    profile, body = context.profile, _body(entry)
    language = context.books.preference("language") or profile.language
    content = CashUpContent(
        kind=entry.kind,
        outlet_name=profile.outlet_name(language),
        business_date=entry.business_date,
        time_text=clock_text(entry.recorded_at),
        clerk_id=entry.clerk_id,
        till_id=body["till_id"],
        number=body["period"],
        entry_number=f"{entry.terminal_id} #{entry.seq}",
        short_hash=entry.hash[:16].upper(),
        sells=_sells(context, body),
        orders=body.get("orders", 0),
        refunds=body.get("refunds", 0),
        refunded_fen=body.get("refunded_fen", 0),
        total_fen=sum(body.get(key, 0) for key in ("sold_fen", "refunded_fen", "rounding_fen")),
        tenders=tuple((row["kind"], row["fen"]) for row in body.get("tenders", ())),
        cash=_cash(context, body, lines, language) if lines else None,
        facts=tuple(_facts(context, entry, language)),
        parked=_parked(context, body),
        in_doubt=tuple((row["out_trade_no"][-6:], row["fen"]) for row in body.get("in_doubt", ())),
        reason=body.get("reason", ""),
    )
    return PrintJob(
        job_id=entry.intent_id,
        order_no="",
        kind="cash_up",
        document=build_cash_up_slip(content, language).to_json(),
        state="queued",
        reason="",
        created_at=entry.recorded_at,
    )


def _cash(
    context: Context, body: dict[str, Any], lines: Sequence[CashLine], language: str
) -> CashSection:
    counted_seq = body.get("counted_seq", 0)
    counted = context.books.entry(counted_seq) if counted_seq else None
    facts = _body(counted) if counted else body
    return CashSection(
        lines=tuple(
            (line_name(line, vault=not _sells(context, body)), line.entries, line.fen)
            for line in lines
        ),
        expected_fen=facts.get("expected_fen", sum(line.fen for line in lines)),
        counted_fen=facts.get("counted_fen", 0),
        disposition=body.get("disposition", ""),
        count=tuple((line.fen, line.pieces) for line in from_body(facts["count"]).lines)
        if "count" in facts
        else (),
        stock=tuple(_stock(context, facts, language)),
        dispute_before=_dispute_before(body),
    )


def _dispute_before(body: dict[str, Any]) -> tuple[int, int, int]:
    told = body.get("dispute_before")
    return (told["counted_seq"], told["fen"], body["counted_seq"]) if told else (0, 0, 0)


def _stock(
    context: Context, facts: dict[str, Any], language: str
) -> Iterator[tuple[str, int, int, str, str]]:
    for view in StockCounts(context).views(facts):
        line = view.line
        name = (language == "en" and view.name_en) or view.name_zh
        yield name, line.expected, line.counted, span_text(line.missing), span_text(line.extra)


def _parked(context: Context, body: dict[str, Any]) -> tuple[tuple[str, int], ...]:
    """Baskets that are carried over, by the end of their number and their total."""
    totals = {row.basket.basket_id: row.basket.total.fen for row in context.books.parked()}
    return tuple((name[-6:].upper(), totals[name]) for name in body.get("parked", ()))


def _facts(context: Context, entry: Entry, language: str) -> list[tuple[str, str]]:
    body = _body(entry)
    rows = []
    fault = named_notice(context, body["notice"]) if "notice" in body else None
    if fault is not None:
        rows.append(("known_fault", fault.title_zh if is_chinese(language) else fault.title_en))
    if "above_fen" in body:
        rows.append(("above", "￥" + Money(body["above_fen"]).text))
    if body.get("first_seq"):
        rows.append(("entries", f"#{body['first_seq']} – #{body['last_seq']}"))
    if body.get("verifier"):
        rows.append(("verifier", body["verifier"]))
    if body.get("to_clerk"):
        rows.append(("next_clerk", body["to_clerk"]))
    if body.get("held_fen"):
        rows.append(("payments_held", "￥" + Money(body["held_fen"]).text))
    if "remaining_fen" in body:
        rows.append(("remaining", Money(body["remaining_fen"]).text))
    return rows


def _sells(context: Context, body: dict[str, Any]) -> bool:
    return bool(body["till_id"] == context.profile.till_id)


def _body(entry: Entry) -> dict[str, Any]:
    return entry.body
