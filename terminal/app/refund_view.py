"""What the refund page shows: a sale, what a choice comes to, a refund that is booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from terminal.app.authorising import Need
from terminal.app.quantities import quantity_text
from terminal.app.refund_origin import Origin
from terminal.domain.authority import Question
from terminal.domain.journal import Entry
from terminal.domain.money import Money
from terminal.domain.peer import counter_name
from terminal.domain.refund import GivenBack, Refund, Sold, left_of
from terminal.domain.refund_payment import RefundPayment
from terminal.domain.tender import scheme_words
from terminal.ports.books import OrderRow
from terminal.ports.refunds import RefundRow


@dataclass(frozen=True, slots=True)
class FoundSale:
    """One sale in the list of the last ones.

    Args:
        refunded: ``""``, ``part`` or ``whole``.
    """

    order_no: str
    at_text: str
    amount_text: str
    clerk_id: str
    refunded: str


@dataclass(frozen=True, slots=True)
class SaleLine:
    """One line that may go back.

    Args:
        left: pieces, or grams, that were not given back yet.
    """

    line_id: str
    name_zh: str
    name_en: str
    sold_text: str
    left: int
    left_text: str
    amount_text: str
    refundable: bool
    weighed: bool


@dataclass(frozen=True, slots=True)
class MoneyPart:
    """Money of one tender; ``name_code`` is a key of the translations."""

    name_code: str
    amount_text: str
    state: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class EarlierRefund:
    """A refund this sale already had."""

    refund_no: str
    at_text: str
    amount_text: str
    standing: str


@dataclass(frozen=True, slots=True)
class RefundForm:
    """The open form.

    Args:
        form_id: its intent.
        can_reverse: whether the whole sale may still be undone today.
        counter: name of the terminal that sold, "" for this one.
        standing: see ``terminal.app.refund_origin.Standing``.
        cap_text: what may still be given back provisionally today.
        others_text: what other counters gave back of it.
        changes: what a screen has to read again.
    """

    form_id: str
    order_no: str
    at_text: str
    business_date: str
    clerk_id: str
    total_text: str
    can_reverse: bool
    lines: tuple[SaleLine, ...]
    tenders: tuple[MoneyPart, ...]
    earlier: tuple[EarlierRefund, ...]
    counter: str = ""
    standing: str = "own"
    cap_text: str = ""
    others_text: str = ""
    changes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Quote:
    """What a choice comes to.

    Args:
        action: what a second person is asked to allow.
        standing: see ``RefundForm``.
        cap_text: see ``RefundForm``.
        level: ``alone``, ``second`` or ``refused``, see ``terminal.domain.authority``.
        roles: who may be the second person.
        before_fen: what the outlet keeps of the sale now.
        after_fen: what it will keep.
    """

    money_text: str
    rounding_text: str
    parts: tuple[MoneyPart, ...]
    level: str
    most_text: str
    roles: tuple[str, ...]
    before_fen: int
    after_fen: int
    action: str = "refund"
    standing: str = "own"
    cap_text: str = ""


@dataclass(frozen=True, slots=True)
class RefundDone:
    """A booked refund, or the one an earlier press booked.

    Args:
        cash_text: what is counted out of the drawer, "0.00" for nothing.
        standing: see ``terminal.ports.refunds.RefundRow``.
        parts: by which ways the money goes, with the state of each.
    """

    refund_no: str
    order_no: str
    manner: str
    money_text: str
    cash_text: str
    standing: str
    parts: tuple[MoneyPart, ...]
    at_text: str
    entry_seq: int
    hash_short: str
    already_saved: bool
    changes: frozenset[str] = frozenset()


def open_form(
    form_id: str, origin: Origin, rows: Sequence[RefundRow], reversible: bool, cap_fen: int
) -> RefundForm:
    """The form of a sale.

    Args:
        form_id: its intent.
        origin: the sale.
        rows: what this counter gave back of it.
        reversible: whether it may be undone as a whole, when nothing went back yet.
        cap_fen: what may be given back provisionally.
    """
    sold, entry, given = origin.sold, origin.entry, origin.given
    return RefundForm(
        form_id=form_id,
        order_no=sold.order_no,
        at_text=entry.recorded_at,
        business_date=entry.business_date,
        clerk_id=entry.clerk_id,
        total_text=Money(sold.total_fen + sold.rounding_fen).text,
        can_reverse=given.nothing and reversible,
        lines=sale_lines(sold, given),
        tenders=sale_tenders(sold, given),
        earlier=tuple(earlier(row) for row in rows),
        counter="" if origin.here else counter_name(entry.terminal_id),
        standing=origin.standing,
        cap_text=Money(cap_fen).text,
        others_text=Money(sum(origin.others.legs.values())).text,
    )


def quote_view(
    origin: Origin, refund: Refund, question: Question, need: Need, cap_fen: int
) -> Quote:
    """What a choice comes to, and what it needs."""
    return Quote(
        money_text=Money(refund.money_fen).text,
        rounding_text=Money(refund.money_fen - refund.goods_fen).text,
        parts=refund_parts(refund),
        level=need.level,
        most_text="" if need.most is None else Money(need.most).text,
        roles=need.roles,
        before_fen=int(question.before),
        after_fen=int(question.after),
        action=question.action,
        standing=origin.standing,
        cap_text=Money(cap_fen).text,
    )


def found_sale(row: OrderRow, given: GivenBack) -> FoundSale:
    """One row of the list."""
    whole = given.goods_fen >= row.total_fen and not given.nothing
    return FoundSale(
        order_no=row.order_no,
        at_text=row.recorded_at,
        amount_text=Money(row.total_fen + row.rounding_fen).text,
        clerk_id=row.clerk_id,
        refunded="" if given.nothing else "whole" if whole else "part",
    )


def sale_lines(sold: Sold, given: GivenBack) -> tuple[SaleLine, ...]:
    """The lines of a sale with what is left of each."""
    return tuple(
        SaleLine(
            line_id=line.line_id,
            name_zh=line.name_zh,
            name_en=line.name_en,
            sold_text=quantity_text(line.quantity, line.weighed),
            left=left_of(line, given),
            left_text=quantity_text(left_of(line, given), line.weighed),
            amount_text=Money(line.fen).text,
            refundable=line.refundable,
            weighed=line.weighed,
        )
        for line in sold.lines
    )


def sale_tenders(sold: Sold, given: GivenBack) -> tuple[MoneyPart, ...]:
    """How a sale was paid, in the order in which it goes back, with what is left of each."""
    return tuple(
        MoneyPart(scheme_words(leg.name), Money(leg.fen - given.of_leg(leg.key)).text)
        for leg in sold.legs
    )


def refund_parts(refund: Refund) -> tuple[MoneyPart, ...]:
    """By which ways the money of a refund goes."""
    return tuple(
        MoneyPart(scheme_words(back.leg.name), Money(back.fen).text) for back in refund.legs
    )


def earlier(row: RefundRow) -> EarlierRefund:
    """A refund this sale already had."""
    return EarlierRefund(row.refund_no, row.recorded_at, Money(row.paid_fen).text, row.standing)


def done_view(
    entry: Entry,
    standing: str,
    payments: tuple[RefundPayment, ...],
    *,
    already_saved: bool,
    changes: frozenset[str] = frozenset(),
) -> RefundDone:
    """A booked refund with how far its money got."""
    body: Any = entry.body
    states = {payment.number: payment for payment in payments}
    parts = [_booked(tender, states) for tender in body["tenders"]]
    cash = sum(-tender["fen"] for tender in body["tenders"] if tender["kind"] == "cash")
    return RefundDone(
        refund_no=body["refund_no"],
        order_no=body["order_no"],
        manner=body["manner"],
        money_text=Money(-body["paid_fen"]).text,
        cash_text=Money(cash).text,
        standing=standing,
        parts=tuple(parts),
        at_text=entry.recorded_at,
        entry_seq=entry.seq,
        hash_short=entry.hash[:8].upper(),
        already_saved=already_saved,
        changes=changes,
    )


def _booked(tender: dict[str, Any], states: dict[str, RefundPayment]) -> MoneyPart:
    name = scheme_words(tender.get("scheme") or tender["kind"])
    payment = states.get(tender.get("refund_out_no", ""))
    return MoneyPart(
        name,
        Money(-tender["fen"]).text,
        payment.state if payment else "",
        payment.number if payment else "",
    )
