"""Giving back (退款, 退货, 冲正): what a stored sale allows, and the negation of its postings.

Nothing is entered anew: amounts come out of the sale's own entry, so a sign cannot be typed wrong.
Parts are counted up from the beginning: what a return of some pieces gives back is the difference
between two shares of the whole, so any sequence of returns ends at exactly what was paid, to the
fen. Source: reliability.md §3 "Reversals", peer-lessons.md row 20, postal-domain.md §2.22, §3.1.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from terminal.domain import ledger
from terminal.domain.errors import BugError, UserError
from terminal.domain.ledger import Posting
from terminal.domain.tender import tender_of

Manner = Literal["return", "reversal"]
"""退货: chosen lines and pieces. 冲正: the whole sale on its own day, because it was a mistake."""

JIAO: Final = 10
"""Cash is given back in whole jiao where the outlet rounds, in the customer's favour."""

CASH_LEG: Final = "cash"


@dataclass(frozen=True, slots=True)
class SoldLine:
    """One line of a sale.

    Args:
        account: income account it was booked to.
        refundable: False for stamps and postage, which the law does not let us take back for cash.
        quantity: pieces, or grams when ``weighed``; > 0.
        fen: what the line cost.
    """

    line_id: str
    sku: str
    name_zh: str
    name_en: str
    business_code: str
    account: str
    refundable: bool
    weighed: bool
    quantity: int
    unit_fen: int
    fen: int


@dataclass(frozen=True, slots=True)
class Leg:
    """One way the money came.

    Args:
        key: ``cash``, the payment number of a channel, or ``<account>#<place>``.
        kind: tender kind of the sale.
        name: scheme, else the kind: its words are ``tender.<name>``.
        account: what it was posted to, ``cash:<till>`` for cash.
        fen: what was kept of it.
    """

    key: str
    kind: str
    name: str
    account: str
    fen: int

    @property
    def by_channel(self) -> bool:
        """Whether a channel has to give it back, under the number ``key``."""
        return self.account == ledger.PAYMENTS_HELD

    @property
    def comes_back(self) -> bool:
        """Whether it goes back for goods: stamps on a letter do not, only with the letter."""
        return tender_of(self.kind).back != "nothing"


@dataclass(frozen=True, slots=True)
class Sold:
    """A sale as its entry says it.

    Args:
        legs: in the order in which they are given back: channels as they were charged, then what
            was neither channel nor cash, cash last.
        rounding_fen: zero or negative, taken off for cash.
    """

    order_no: str
    till_id: str
    lines: tuple[SoldLine, ...]
    legs: tuple[Leg, ...]
    rounding_fen: int

    @property
    def total_fen(self) -> int:
        """What the lines cost."""
        return sum(line.fen for line in self.lines)

    def line(self, line_id: str) -> SoldLine:
        """A line of the sale.

        Raises:
            UserError: ``refund.unknown_line``.
        """
        found = next((line for line in self.lines if line.line_id == line_id), None)
        if found is None:
            raise UserError("refund.unknown_line")
        return found


@dataclass(frozen=True, slots=True)
class GivenBack:
    """What was given back of a sale before.

    Args:
        lines: pieces (or grams) and fen by line.
        legs: fen by leg.
    """

    lines: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    legs: Mapping[str, int] = field(default_factory=dict)

    def quantity(self, line_id: str) -> int:
        """Pieces or grams of a line."""
        return self.lines[line_id][0] if line_id in self.lines else 0

    def fen(self, line_id: str) -> int:
        """What was given back of a line had cost so much."""
        return self.lines[line_id][1] if line_id in self.lines else 0

    def of_leg(self, key: str) -> int:
        """Fen of a leg."""
        return self.legs.get(key, 0)

    def with_(self, other: GivenBack) -> GivenBack:
        """Both together."""
        lines = {
            line: (self.quantity(line) + other.quantity(line), self.fen(line) + other.fen(line))
            for line in {*self.lines, *other.lines}
        }
        legs = {leg: self.of_leg(leg) + other.of_leg(leg) for leg in {*self.legs, *other.legs}}
        return GivenBack(lines, legs)

    @property
    def goods_fen(self) -> int:
        """What the goods given back so far had cost."""
        return sum(fen for _, fen in self.lines.values())

    @property
    def money_fen(self) -> int:
        """What went back of the money, over all ways."""
        return sum(self.legs.values())

    @property
    def nothing(self) -> bool:
        """Whether the sale is as it was."""
        return not self.lines


@dataclass(frozen=True, slots=True)
class BackLine:
    """Some pieces of a line; ``quantity`` and ``fen`` are positive."""

    line: SoldLine
    quantity: int
    fen: int


@dataclass(frozen=True, slots=True)
class BackLeg:
    """Money that goes back one way; ``fen`` is positive."""

    leg: Leg
    fen: int


@dataclass(frozen=True, slots=True)
class Refund:
    """What is given back now; all amounts positive, ``postings`` has the signs."""

    sold: Sold
    manner: Manner
    lines: tuple[BackLine, ...]
    legs: tuple[BackLeg, ...]

    @property
    def goods_fen(self) -> int:
        """What the goods had cost."""
        return sum(back.fen for back in self.lines)

    @property
    def money_fen(self) -> int:
        """What the customer gets back, over all ways."""
        return sum(back.fen for back in self.legs)

    @property
    def cash_fen(self) -> int:
        """What is counted out of the drawer."""
        return sum(back.fen for back in self.legs if back.leg.key == CASH_LEG)

    def postings(self, till_id: str) -> tuple[Posting, ...]:
        """The negation of what the sale posted for these pieces.

        Args:
            till_id: the till that pays the cash.

        Raises:
            BugError: ``ledger.unbalanced`` when the refund itself does not add up.
        """
        rows: dict[str, int] = {}
        for back in self.legs:
            cash = back.leg.key == CASH_LEG
            account = ledger.cash(till_id) if cash else back.leg.account
            rows[account] = rows.get(account, 0) - back.fen
        rounding = self.money_fen - self.goods_fen
        rows[ledger.ROUNDING] = rounding
        for line in self.lines:
            rows[line.line.account] = rows.get(line.line.account, 0) + line.fen
        postings = tuple(Posting(account, fen) for account, fen in rows.items() if fen)
        ledger.check_balanced(postings)
        return postings


def sold_from(body: Mapping[str, Any]) -> Sold:
    """Read a sale out of the body of its ``sale.completed`` entry.

    Raises:
        BugError: ``refund.unreadable_sale`` when lines and postings do not fit together.
    """
    postings = ledger.from_body(body)
    booked = {row.account for row in postings if _income(row)}
    lines = tuple(
        SoldLine(
            line_id=line["line_id"],
            sku=line["sku"],
            name_zh=line["name_zh"],
            name_en=line["name_en"],
            business_code=line["business_code"],
            account=_account_of(line, booked),
            refundable=bool(line["refundable"]),
            weighed=bool(line["weighed"]),
            quantity=line["quantity"],
            unit_fen=line["unit_fen"],
            fen=line["amount_fen"],
        )
        for line in body["lines"]
    )
    sold = Sold(
        order_no=body["order_no"],
        till_id=body["till_id"],
        lines=lines,
        legs=_legs(body, postings),
        rounding_fen=body["rounding_fen"],
    )
    if sum(leg.fen for leg in sold.legs) != sold.total_fen + sold.rounding_fen:
        raise BugError("refund.unreadable_sale", {"order": sold.order_no})
    return sold


def _account_of(line: Mapping[str, Any], booked: Collection[str]) -> str:
    """Where the sale put what the line brought; before, tax-free postage was in ``sales:``."""
    business = line["business_code"]
    account = ledger.income(business, line["tax"])
    return account if account in booked else ledger.sales(business)


def _income(row: Posting) -> bool:
    return bool(ledger.income_tax(row.account))


def _legs(body: Mapping[str, Any], postings: tuple[Posting, ...]) -> tuple[Leg, ...]:
    channels: list[Leg] = []
    parts: list[Leg] = []
    cash: list[Leg] = []
    aside = [
        row
        for row in postings
        if not _income(row)
        and row.account not in (ledger.PAYMENTS_HELD, ledger.ROUNDING)
        and not row.account.startswith("cash:")
    ]
    for tender in body["tenders"]:
        kind, fen = tender["kind"], tender["fen"]
        name = tender.get("scheme") or kind
        if kind == "cash":
            cash.append(Leg(CASH_LEG, kind, name, ledger.cash(body["till_id"]), fen))
        elif tender.get("out_trade_no"):
            number = tender["out_trade_no"]
            channels.append(Leg(number, kind, name, ledger.PAYMENTS_HELD, fen))
        elif len(parts) < len(aside):
            account = aside[len(parts)].account
            parts.append(Leg(f"{account}#{len(parts)}", kind, name, account, fen))
    return (*channels, *parts, *cash)


def left_of(line: SoldLine, given: GivenBack) -> int:
    """Pieces or grams of a line that were not given back yet."""
    return line.quantity - given.quantity(line.line_id)


def returned(
    sold: Sold, given: GivenBack, wished: Mapping[str, int], *, rounds_cash: bool
) -> Refund:
    """Chosen lines and pieces (退货).

    Args:
        sold: the sale.
        given: what was given back of it before.
        wished: pieces or grams by line; lines with 0 are not meant.
        rounds_cash: whether the outlet rounds cash to whole jiao.

    Raises:
        UserError: ``refund.nothing_chosen``, ``refund.unknown_line``, ``refund.more_than_sold``
            with ``left``, ``refund.not_refundable``.
    """
    lines = []
    for line_id, quantity in wished.items():
        line = sold.line(line_id)
        if quantity == 0:
            continue
        if not line.refundable:
            raise UserError("refund.not_refundable", {"name": line.name_zh})
        lines.append(_back_line(line, given, quantity))
    return _refund(sold, given, "return", tuple(lines), rounds_cash=rounds_cash)


def reversed_whole(sold: Sold, given: GivenBack, *, same_day: bool) -> Refund:
    """The whole sale, undone as if it had not been (冲正).

    Args:
        sold: the sale.
        given: must be nothing.
        same_day: whether the sale's business day is still the open one.

    Raises:
        UserError: ``refund.already_given_back``, ``refund.other_day``.
    """
    if not given.nothing:
        raise UserError("refund.already_given_back", {"order": sold.order_no})
    if not same_day:
        raise UserError("refund.other_day", {"order": sold.order_no})
    lines = tuple(_back_line(line, given, line.quantity) for line in sold.lines)
    return _refund(sold, given, "reversal", lines, rounds_cash=False)


def _back_line(line: SoldLine, given: GivenBack, quantity: int) -> BackLine:
    before = given.quantity(line.line_id)
    left = left_of(line, given)
    if quantity not in range(1, left + 1):
        raise UserError("refund.more_than_sold", {"name": line.name_zh, "left": left})
    # Two counters that did not hear of one another may each have given back the first piece.
    fen = max(0, _share(line, before + quantity) - given.fen(line.line_id))
    return BackLine(line, quantity, fen)


def _share(line: SoldLine, quantity: int) -> int:
    """What the first pieces of a line cost, rounded down; all of them cost the whole line."""
    return line.fen * quantity // line.quantity


def _refund(
    sold: Sold,
    given: GivenBack,
    manner: Manner,
    lines: tuple[BackLine, ...],
    *,
    rounds_cash: bool,
) -> Refund:
    if not lines:
        raise UserError("refund.nothing_chosen")
    goods = given.goods_fen + sum(back.fen for back in lines)
    legs = []
    for leg in sold.legs:
        if manner == "return" and not leg.comes_back:
            # They pay postage only, and postage does not go back: other money paid the goods.
            continue
        reached = min(goods, leg.fen)
        goods -= reached
        if leg.key == CASH_LEG:
            reached = _cash(leg, reached, rounds=rounds_cash or bool(sold.rounding_fen))
        fen = max(0, reached - given.of_leg(leg.key))
        if fen:
            legs.append(BackLeg(leg, fen))
    return Refund(sold, manner, lines, tuple(legs))


def _cash(leg: Leg, goods_fen: int, *, rounds: bool) -> int:
    """Cash for goods of that worth: whole jiao upwards where it rounds, at most what was kept."""
    step = JIAO if rounds else 1
    return min(leg.fen, -(-goods_fen // step) * step)
