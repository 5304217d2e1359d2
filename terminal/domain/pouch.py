"""Pouches (款袋): cash and stock on the way from one till to another.

A pouch is sent once and received once. It is addressed to one till, and a till is bound to one
terminal, so exactly one terminal may receive it, also offline. Between the two entries its cash is
on the account ``transit:<pouch>`` and its stock at the place of the same name: nothing is in two
tills and nothing in none. Source: postal-domain.md §2.15 (现金调拨, 柜员调剂, 上缴).
"""

from __future__ import annotations

import hashlib
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from terminal.domain import ledger, stock
from terminal.domain.cash_count import CashCount
from terminal.domain.errors import UserError
from terminal.domain.ledger import Posting
from terminal.domain.stock import Movement
from terminal.domain.stock_count import Stock, StockLine, set_aside

SENT: Final = "pouch.sent"
RECEIVED: Final = "pouch.received"
FUNDED: Final = "till.funded"

_PREFIX: Final = "PTP1"
_PRACTICE: Final = "PTT1"
"""Begins the code of a pouch that was packed in training."""
_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER: Final = re.compile(r"P[0-9]{2}-[0-9]{6}-[0-9A-HJKMNP-TV-Z]{6}")
_TILL: Final = r"[0-9A-Za-z][0-9A-Za-z_.-]{0,31}"
_CODE: Final = re.compile(
    rf"(?P<prefix>{_PREFIX}|{_PRACTICE})\*(?P<number>{_NUMBER.pattern})\*(?P<origin>{_TILL})\*(?P<target>{_TILL})"
    r"\*(?P<fen>0|[1-9][0-9]{0,12})\*(?P<stock>[^*]{0,600})\*(?P<check>[0-9A-F]{8})"
)
_BUNDLE: Final = re.compile(
    rf"(?P<item>{_TILL}):(?P<pieces>[1-9][0-9]{{0,8}})(?:@(?P<lo>[1-9][0-9]{{0,14}}))?"
)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Stock of one item that moves together.

    Args:
        item: stock-keeping unit.
        pieces: 1 or more.
        lo: first number of numbered stock, 0 for other.
    """

    item: str
    pieces: int
    lo: int = 0

    @property
    def hi(self) -> int:
        """Last number, 0 for stock without."""
        return self.lo + self.pieces - 1 if self.lo else 0

    def moved(self, origin: str, target: str) -> tuple[Movement, Movement]:
        """Both sides of moving it from place to place."""
        if self.lo:
            return stock.moved_range(origin, target, self.item, self.lo, self.hi)
        return stock.moved(origin, target, self.item, self.pieces)


@dataclass(frozen=True, slots=True)
class Pouch:
    """What is on its way.

    Args:
        number: see ``pouch_number``.
        origin: till that sends.
        target: till that may receive.
        cash_fen: cash inside, 0 or more.
        bundles: stock inside.
        practice: whether it was packed in training: nothing is in it.
    """

    number: str
    origin: str
    target: str
    cash_fen: int
    bundles: tuple[Bundle, ...] = ()
    practice: bool = False

    def sent(self) -> dict[str, Any]:
        """Postings and stock of sending it."""
        return _moves(
            ledger.cash(self.origin),
            ledger.transit(self.number),
            self.cash_fen,
            stock.till(self.origin),
            stock.in_transit(self.number),
            self.bundles,
        )

    def received(self) -> dict[str, Any]:
        """Postings and stock of receiving it."""
        return _moves(
            ledger.transit(self.number),
            ledger.cash(self.target),
            self.cash_fen,
            stock.in_transit(self.number),
            stock.till(self.target),
            self.bundles,
        )

    def code(self) -> str:
        """What the slip carries to be scanned: all that the receiving terminal has to know.

        The check is against misreading, not against forgers: who receives a pouch answers for what
        she books, and the platform sets both sides against each other.
        """
        bundles = "/".join(
            f"{row.item}:{row.pieces}" + (f"@{row.lo}" if row.lo else "") for row in self.bundles
        )
        fields = (self.number, self.origin, self.target, str(self.cash_fen), bundles)
        text = "*".join((_PRACTICE if self.practice else _PREFIX, *fields))
        return f"{text}*{_check(text)}"


def funded(
    till_id: str, source: str, cash_fen: int, bundles: tuple[Bundle, ...], inward: bool
) -> dict[str, Any]:
    """Postings and stock of getting cash and stock from outside the outlet, or giving it back.

    Args:
        till_id: a vault.
        source: ``bank`` or ``centre``.
        cash_fen: positive into the vault, negative out of it.
        bundles: stock that moves along.
        inward: whether stock goes into the vault.
    """
    outside, vault = stock.source(source), stock.till(till_id)
    places = (outside, vault) if inward else (vault, outside)
    return _moves(
        ledger.funding(source), ledger.cash(till_id), cash_fen, places[0], places[1], bundles
    )


def _moves(
    credit: str, debit: str, fen: int, origin: str, target: str, bundles: tuple[Bundle, ...]
) -> dict[str, Any]:
    postings = (Posting(credit, -fen), Posting(debit, fen)) if fen else ()
    rows = [line for bundle in bundles for line in bundle.moved(origin, target)]
    body: dict[str, Any] = {"postings": ledger.to_body(postings)}
    return {**body, "stock": stock.to_body(rows)} if rows else body


def pouch_number(terminal_no: int, business_date: str, intent_id: str) -> str:
    """The number of a pouch: made from its intent, so that a second press makes no second number.

    Args:
        terminal_no: 1 to 99, of the terminal that sends.
        business_date: ``YYYY-MM-DD``.
        intent_id: UUIDv7 of the form.

    Returns:
        For example ``P02-260801-7K3QF9``; the last 30 bits of the intent are random.
    """
    bits = uuid.UUID(intent_id).int
    tail = "".join(_LETTERS[bits >> shift & 31] for shift in (25, 20, 15, 10, 5, 0))
    return f"P{terminal_no:02d}-{business_date[2:].replace('-', '')}-{tail}"


def is_pouch_number(text: str) -> bool:
    """Whether somebody typed or scanned the number alone."""
    return _NUMBER.fullmatch(text) is not None


def is_pouch_code(text: str) -> bool:
    """Whether a scan claims to be the code of a pouch slip."""
    cleaned = text.strip().upper()
    return cleaned.startswith((f"{_PREFIX}*", f"{_PRACTICE}*")) or is_pouch_number(cleaned)


def is_practice_code(text: str) -> bool:
    """Whether it is the code of a pouch that was packed in training."""
    return text.startswith(f"{_PRACTICE}*")


def read_code(text: str) -> Pouch:
    """What the code of a slip says.

    Raises:
        UserError: ``pouch.unreadable`` when it is damaged.
    """
    cleaned = text.strip()
    match = _CODE.fullmatch(cleaned)
    if match is None or match["check"] != _check(cleaned.rpartition("*")[0]):
        raise UserError("pouch.unreadable")
    rows = [_BUNDLE.fullmatch(part) for part in match["stock"].split("/") if part]
    bundles = [Bundle(row["item"], int(row["pieces"]), int(row["lo"] or 0)) for row in rows if row]
    if len(bundles) != len(rows):
        raise UserError("pouch.unreadable")
    return Pouch(
        match["number"],
        match["origin"],
        match["target"],
        int(match["fen"]),
        tuple(bundles),
        match["prefix"] == _PRACTICE,
    )


def pouch_of(body: dict[str, Any], *, practice: bool = False) -> Pouch:
    """The pouch that a ``pouch.sent`` or ``pouch.received`` entry is about.

    Args:
        body: of the entry.
        practice: whether it is an entry of training.
    """
    arriving = [line for line in stock.from_body(body) if line.pieces > 0]
    return Pouch(
        body["pouch"],
        body["from_till"],
        body["to_till"],
        body["cash_fen"],
        tuple(Bundle(line.item, line.pieces, line.lo) for line in arriving),
        practice,
    )


def sent_body(pouch: Pouch, purpose: str, count: CashCount) -> dict[str, Any]:
    """The body of ``pouch.sent``.

    Args:
        pouch: what is sent.
        purpose: ``issue``, ``hand_in`` or ``transfer``.
        count: denominations inside; their sum is the cash.
    """
    return {**_named(pouch), "purpose": purpose, "count": count.to_body(), **pouch.sent()}


def received_body(pouch: Pouch) -> dict[str, Any]:
    """The body of ``pouch.received``."""
    return {**_named(pouch), **pouch.received()}


def wrong_body(
    pouch: Pouch, count: CashCount, checker: str, lines: Sequence[StockLine]
) -> dict[str, Any]:
    """The body of ``pouch.received`` for a pouch that does not hold what its slip says.

    The pouch is wholly received; the till gets what was counted, and the rest lies in suspense
    under the pouch's own number: neither side answers for it until a person has looked.

    Args:
        pouch: as its slip says.
        count: the cash that was found.
        checker: who counted it with the taker.
        lines: the stock on the slip, beside what was found.
    """
    more = count.total_fen - pouch.cash_fen
    postings = (
        Posting(ledger.transit(pouch.number), -pouch.cash_fen),
        Posting(ledger.cash(pouch.target), count.total_fen),
        Posting(ledger.suspense(pouch.number), -more),
    )
    place, aside = stock.till(pouch.target), stock.in_suspense(pouch.number)
    arrived = stock.from_body(pouch.received())
    rows = [*arrived, *(row for line in lines for row in set_aside(place, aside, line))]
    return {
        **_named(pouch),
        "slip_code": pouch.code(),
        "count": count.to_body(),
        "counted_fen": count.total_fen,
        "expected_fen": pouch.cash_fen,
        "difference_fen": more,
        "checker": checker,
        "postings": ledger.to_body(line for line in postings if line.fen),
        **({"stock": stock.to_body(rows)} if rows else {}),
    }


def claimed(pouch: Pouch) -> tuple[Stock, ...]:
    """The stock on a pouch's slip, item by item."""
    items: dict[str, list[Bundle]] = {}
    for row in pouch.bundles:
        items.setdefault(row.item, []).append(row)
    return tuple(
        Stock(
            item,
            sum(row.pieces for row in rows),
            stock.joined((), [(row.lo, row.hi) for row in rows if row.lo]),
        )
        for item, rows in items.items()
    )


def _named(pouch: Pouch) -> dict[str, Any]:
    return {
        "pouch": pouch.number,
        "from_till": pouch.origin,
        "to_till": pouch.target,
        "cash_fen": pouch.cash_fen,
    }


def _check(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8].upper()
