"""The truth about the last operation of any kind: one verdict from three places.

The journal says that it happened, the platform that it has it, the channel that it has the money.
The verdict never advises to do anything again: whatever is missing comes by itself or is a task.
Source: experience.md "Last transaction", peer-lessons.md §3 no. 3 and row 8.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from terminal.app.context import Context
from terminal.domain.journal import Entry
from terminal.domain.money import Money
from terminal.domain.tender import tender_words

_STEPS: Final = (
    "payment.",
    "authorisation.",
    "slip.",
    "clerk.",
    "terminal.",
    "vault.",
    "journal.",
    "entry.",
    "gap.",
    "task.",
    "training.",
)
"""How entries begin that belong to an operation or to nobody's money, and are none themselves."""

_NOT_ASKED_FOR: Final = frozenset(
    {
        "outlet.signed_on",
        "outlet.signed_off",
        "basket.abandoned",
        "numbers.returned",
        "attachment.kept",
    }
)
_NUMBERS: Final = ("order_no", "refund_no", "pouch", "number", "original_order_no", "till_id")
_AMOUNTS: Final = ("taken_fen", "amount_fen", "cash_fen", "counted_fen", "fen")
_PAGE: Final = 50
_LOOKED_AT: Final = 1_000
"""How far back the last operation is looked for, entries."""


@dataclass(frozen=True, slots=True)
class LastTransaction:
    """One verdict on the last operation, in codes the screen turns into plain words.

    Args:
        order_no: number of the sale, "" for another operation.
        total_text: yuan that moved, "" when it is about no amount.
        at_text: when it was booked, UTC.
        verdict_code: what is certain.
        params: values of the verdict's text.
        tenders: key of the words and yuan of each tender.
        print_state: of its slip, "" without one.
        kind_code: key of the operation's name, ``entry.<kind>``.
        number: its own number: of a pouch, a refund, a till; "" for a sale and for none.
        channel_code: what the payment channels say, "" when none was asked.
    """

    order_no: str
    total_text: str
    at_text: str
    verdict_code: str
    params: dict[str, str] = field(default_factory=dict)
    tenders: tuple[tuple[str, str], ...] = ()
    print_state: str = ""
    kind_code: str = ""
    number: str = ""
    channel_code: str = ""


def last_transaction(context: Context) -> LastTransaction:
    """Look at the journal, the platform and the channels, in this order. Store thread only."""
    in_doubt = context.books.open_attempts()
    if in_doubt:
        amount = Money(in_doubt[-1].amount_fen).text
        late = in_doubt[-1].state == "paid_late"
        code = "last.payment_late" if late else "last.payment_unknown"
        return LastTransaction("", amount, "", code, {"amount": amount})
    entry = next(_operations(context), None)
    if entry is None:
        return LastTransaction("", "", "", "last.none")
    body: dict[str, Any] = entry.body
    receipt = context.sync.receipt_for(entry.epoch, entry.seq)
    parked = {item.item: item.code for item in context.sync.parked() if item.lane == "journal"}
    order_no = str(body["order_no"]) if entry.kind == "sale.completed" else ""
    number = next((str(body[name]) for name in _NUMBERS if body.get(name)), "")
    return LastTransaction(
        order_no=order_no,
        total_text=_amount(entry),
        at_text=entry.recorded_at,
        verdict_code=_verdict(parked.get(str(entry.seq), ""), receipt is not None),
        params={"seq": str(entry.seq), "at": str(receipt["at"]) if receipt else ""},
        tenders=tuple(_tenders(body)),
        print_state=_print_state(context, entry, order_no),
        kind_code=f"entry.{entry.kind}",
        number="" if order_no else number,
        channel_code=_channels(context, body),
    )


def _operations(context: Context) -> Iterator[Entry]:
    """Operations, newest first."""
    before: int | None = None
    for _ in range(_LOOKED_AT // _PAGE):
        page = context.books.entries(limit=_PAGE, before_seq=before)
        if not page:
            return
        yield from (entry for entry in page if is_operation(entry.kind))
        before = page[-1].seq


def is_operation(kind: str) -> bool:
    """Whether entries of a kind are something a clerk would ask about: money, goods, tills.

    Whatever nobody has named a mere step counts: a new kind of operation is never left out.
    """
    return not kind.startswith(_STEPS) and kind not in _NOT_ASKED_FOR


def _verdict(parked: str, confirmed: bool) -> str:
    if parked:
        return "last.saved_parked"
    return "last.saved_confirmed" if confirmed else "last.saved_waiting"


def _amount(entry: Entry) -> str:
    body: dict[str, Any] = entry.body
    if "total_fen" in body:
        return Money(body["total_fen"] + body.get("rounding_fen", 0)).text
    told = next((body[name] for name in _AMOUNTS if type(body.get(name)) is int), None)
    return "" if told is None else Money(told).text


def _tenders(body: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for tender in body.get("tenders", ()):
        if isinstance(tender, dict) and type(tender.get("fen")) is int:
            words = tender_words(str(tender.get("kind", "")), str(tender.get("scheme", "")))
            yield words, Money(tender["fen"]).text


def _channels(context: Context, body: dict[str, Any]) -> str:
    """What the channels of the operation say; an open one was told before anything else."""
    numbers = [tender.get("out_trade_no") for tender in body.get("tenders", ())]
    asked = [context.books.attempt(number) for number in numbers if number]
    return "last.channel.settled" if any(asked) else ""


def _print_state(context: Context, entry: Entry, order_no: str) -> str:
    jobs = context.books.print_jobs(limit=200)
    mine = [job for job in jobs if (order_no and job.order_no == order_no)]
    mine = mine or [job for job in jobs if job.job_id == entry.intent_id]
    return mine[0].state if mine else ""
