"""Rows of the refund page in the words of the chosen language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from terminal.domain.money import Money
from terminal.domain.tender import scheme_words
from ui.common.figures import moment, yuan
from ui.common.refund_choice import RefundChoice
from ui.common.second_person import Asked
from ui.common.words import Words

if TYPE_CHECKING:
    from terminal.app.refund_view import FoundSale, Quote, RefundDone, RefundForm
    from terminal.domain.refund_payment import RefundPayment


@dataclass(frozen=True, slots=True)
class SaleRow:
    """One of the last sales."""

    order_no: str
    detail: str
    amount: str
    badge: str


@dataclass(frozen=True, slots=True)
class RefundLineRow:
    """One line of the open sale.

    Args:
        wish: how much of it goes back now.
        note: why it cannot, "" when it can.
    """

    line_id: str
    name: str
    detail: str
    amount: str
    wish: str
    note: str
    open: bool


@dataclass(frozen=True, slots=True)
class PartRow:
    """One way the money goes back."""

    place: int
    name: str
    amount: str
    standing: str
    hue: str


@dataclass(frozen=True, slots=True)
class PendingRow:
    """Money of an earlier refund that is not back yet."""

    number: str
    title: str
    amount: str
    standing: str
    hue: str
    refused: bool
    exhausted: bool


_TONES = {"refunded": "ok", "refused": "danger", "replaced": "info"}


def sale_rows(words: Words, found: tuple[FoundSale, ...]) -> list[SaleRow]:
    """The list of the last sales."""
    return [
        SaleRow(
            sale.order_no,
            f"{moment(sale.at_text)} · {sale.clerk_id}",
            yuan(sale.amount_text),
            words.text(f"refund.{sale.refunded}") if sale.refunded else "",
        )
        for sale in found
    ]


def line_rows(words: Words, choice: RefundChoice) -> list[RefundLineRow]:
    """The lines of the open sale."""
    rows, whole = [], choice.whole
    for line in choice.lines:
        wish = line.left if whole else choice.wishes.get(line.line_id, 0)
        note = "" if line.refundable or whole else words.text("refund.not_for_cash")
        if not line.left:
            note = words.text("refund.whole")
        sold = words.text("refund.sold", sold=line.sold_text, left=line.left_text)
        shown = f"{wish // 1000}.{wish % 1000:03d}kg" if line.weighed else str(wish)
        free = bool(line.left) and (line.refundable or whole)
        name = words.named(line.name_zh, line.name_en)
        amount = yuan(line.amount_text)
        rows.append(RefundLineRow(line.line_id, name, sold, amount, shown, note, free))
    return rows


def part_rows(words: Words, quote: Quote | None) -> list[PartRow]:
    """By which ways the money would go back."""
    return [
        PartRow(place, words.text(part.name_code), yuan(part.amount_text), "", "")
        for place, part in enumerate(quote.parts if quote else ())
    ]


def done_rows(words: Words, done: RefundDone) -> list[PartRow]:
    """By which ways the money of a booked refund goes, and how far it is."""
    return [
        PartRow(
            place,
            words.text(part.name_code),
            yuan(part.amount_text),
            words.text(f"refund.state.{part.state}") if part.state else "",
            _TONES.get(part.state, "wait") if part.state else "",
        )
        for place, part in enumerate(done.parts)
    ]


def pending_rows(words: Words, pending: tuple[RefundPayment, ...]) -> list[PendingRow]:
    """Money of earlier refunds that is not back yet."""
    return [
        PendingRow(
            payment.number,
            f"{words.text(scheme_words(payment.scheme))} · {payment.refund_no}",
            yuan(Money(payment.amount_fen).text),
            words.text(
                "refund.state.exhausted"
                if payment.state == "refused" and payment.code == "refund.exceeds_paid"
                else f"refund.state.{payment.state}"
            ),
            _TONES.get(payment.state, "wait"),
            payment.state == "refused",
            payment.code == "refund.exceeds_paid",
        )
        for payment in pending
    ]


def about_sale(words: Words, form: RefundForm) -> str:
    """When the sale was, what it came to, what went back before."""
    told = words.text(
        "refund.about", at=moment(form.at_text), clerk=form.clerk_id, sum=yuan(form.total_text)
    )
    if form.earlier:
        back = sum(Money.parse(row.amount_text).fen for row in form.earlier)
        told += "  " + words.text("refund.earlier", sum=yuan(Money(back).text))
    if form.others_text != "0.00":
        told += "  " + words.text("refund.others", sum=yuan(form.others_text))
    return told


def standing_text(words: Words, choice: RefundChoice, done: RefundDone | None) -> str:
    """Whose sale it is and how far that is known; "" where nothing has to be said."""
    standing = (done or choice).standing
    if standing not in ("confirmed", "provisional"):
        return ""
    counter = choice.form.counter if choice.form else ""
    step = "booked" if done else "open"
    whose = standing if counter else "own_provisional"
    return words.text(f"refund.{whose}.{step}", counter=counter, cap=yuan(choice.cap_text))


def need_text(words: Words, quote: Quote | None) -> str:
    """Whether a second person will be asked, or that nobody may; "" when the clerk may alone."""
    if quote is None or quote.level == "alone":
        return ""
    day = ".day" if quote.action == "refund_day" else ""
    return words.text(f"refund.level.{quote.level}{day}", most=quote.most_text)


def named_reasons(words: Words, reasons: Iterable[Mapping[str, object]]) -> dict[str, str]:
    """Reasons by their codes, in the order they are offered."""
    return {
        str(row["code"]): words.named(str(row["name_zh"]), str(row["name_en"])) for row in reasons
    }


def saved_text(words: Words, done: RefundDone) -> str:
    """``已保存 14:02 · 流水 #31 a1b2c3``; to a second press, that nothing was given back twice."""
    key = "refund.already_saved" if done.already_saved else "refund.saved"
    return words.text(key, time=moment(done.at_text), seq=done.entry_seq, hash=done.hash_short)


def asked(words: Words, quote: Quote, order_no: str, reason: str) -> Asked:
    """What a second person sees: the sale, why, and what the outlet keeps before and after."""
    return Asked(
        action=quote.action,
        subject=order_no,
        reason=reason,
        before=words.text("refund.kept", sum=yuan(Money(quote.before_fen).text)),
        after=words.text("refund.kept", sum=yuan(Money(quote.after_fen).text)),
        roles=quote.roles,
    )
