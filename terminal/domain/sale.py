"""Settling a basket: rounding, change, and the postings that make it a balanced fact.

Source: postal-domain.md §2.15–2.16, peer-lessons.md row 10 (expected cash = in − change, in whole
    fen).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from terminal.domain import ledger
from terminal.domain.basket import Basket, line_to_json
from terminal.domain.errors import BugError
from terminal.domain.ledger import Posting
from terminal.domain.money import ZERO, Money, rounding_to_jiao
from terminal.domain.tender import Part


@dataclass(frozen=True, slots=True)
class CodeTender:
    """A payment that its channel has confirmed.

    Args:
        out_trade_no: number of the attempt.
        scheme: the channel: ``wechat``, ``card``, ``points`` …
        amount: what it pays.
        kind: means of payment, see ``terminal.domain.tender``.
        reference: masked number of what paid, "" for none.
    """

    out_trade_no: str
    scheme: str
    amount: Money
    kind: str = "payer_code"
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """What is still to be paid for a basket.

    Args:
        total: sum of the lines.
        paid: confirmed channel payments, other parts, and cash already laid down.
        remaining: what is missing if no cash is used for it.
        cash_remaining: what is missing if it is paid in cash now, after rounding.
        rounding: zero or negative; applies only when the rest is paid in cash.
    """

    total: Money
    paid: Money
    remaining: Money
    cash_remaining: Money
    rounding: Money


@dataclass(frozen=True, slots=True)
class Settlement:
    """A basket fully paid.

    Args:
        cash_received: notes and coins taken, before change.
        change: given back, only ever from cash.
        rounding: zero or negative, taken off the total for cash.
    """

    basket: Basket
    codes: tuple[CodeTender, ...]
    cash_received: Money
    change: Money
    rounding: Money

    @property
    def cash_kept(self) -> Money:
        """What the till gained."""
        return self.cash_received - self.change

    def postings(self, till_id: str) -> tuple[Posting, ...]:
        """Balanced postings: where the money came from against what was sold.

        Args:
            till_id: the till that took the cash, for example ``T02``.

        Returns:
            Postings that sum to zero, without zero rows, in a fixed order.

        Raises:
            BugError: ``ledger.unbalanced`` when the settlement itself does not add up.
        """
        held = sum((code.amount for code in self.codes), ZERO)
        sides = [
            Posting(ledger.cash(till_id), self.cash_kept.fen),
            Posting(ledger.PAYMENTS_HELD, held.fen),
            *(Posting(part.account, part.amount.fen) for part in self.basket.parts),
            Posting(ledger.ROUNDING, -self.rounding.fen),
        ]
        sides += [Posting(account, -fen) for account, fen in _income(self.basket)]
        postings = tuple(side for side in sides if side.fen)
        ledger.check_balanced(postings)
        return postings


def _income(basket: Basket) -> list[tuple[str, int]]:
    """What each income account gets; a business may have lines of both tax treatments."""
    income: dict[str, int] = {}
    for line in basket.lines:
        account = ledger.income(line.business_code, line.tax)
        income[account] = income.get(account, 0) + line.amount.fen
    return sorted(income.items())


def due(basket: Basket, codes: Iterable[CodeTender], *, rounds_cash: bool) -> Due:
    """What is still to be paid.

    Args:
        basket: with the cash parts already laid down.
        codes: confirmed code payments of this basket.
        rounds_cash: whether the outlet takes off the fen when cash is used (抹零).
    """
    without_cash = sum((code.amount for code in codes), _in_parts(basket))
    cash = basket.cash
    owed = max(basket.total - without_cash, ZERO)
    remaining = max(owed - cash, ZERO)
    # Rounded once over all the cash, as ``settle`` does: a part of 0.01 must not change the sum.
    rounding = rounding_to_jiao(owed) if rounds_cash and remaining else ZERO
    return Due(
        total=basket.total,
        paid=without_cash + cash,
        remaining=remaining,
        cash_remaining=max(remaining + rounding, ZERO),
        rounding=rounding,
    )


def settle(
    basket: Basket, codes: tuple[CodeTender, ...], *, rounds_cash: bool
) -> Settlement | None:
    """Settle the basket with the confirmed codes and the cash parts it holds.

    Returns:
        The settlement, or None while something is still missing.

    Raises:
        BugError: ``sale.codes_exceed_total`` when more is paid without cash than the basket costs.
    """
    without_cash = sum((code.amount for code in codes), _in_parts(basket))
    if without_cash > basket.total:
        raise BugError("sale.codes_exceed_total", {"fen": (without_cash - basket.total).fen})
    cash = basket.cash
    owed = basket.total - without_cash
    # Cash of nothing is cash too: a few fen are rounded off whole.
    rounding = rounding_to_jiao(owed) if rounds_cash and basket.cash_parts else ZERO
    change = cash - (owed + rounding)
    if change < ZERO:
        return None
    return Settlement(basket, codes, cash, change, rounding)


def sale_body(
    settlement: Settlement, *, order_no: str, till_id: str, channel: str
) -> dict[str, Any]:
    """The body of the ``sale.completed`` entry: everything a reader needs, amounts in fen.

    Raises:
        BugError: ``sale.empty`` for a basket without lines.
    """
    basket = settlement.basket
    if not basket.lines:
        raise BugError("sale.empty")
    return {
        "order_no": order_no,
        "basket_id": basket.basket_id,
        "opened_at": basket.opened_at,
        "channel": channel,
        "till_id": till_id,
        "member_level": basket.member_level,
        "lines": [line_to_json(line) for line in basket.lines],
        "voided": [line_to_json(line) for line in basket.voided],
        "tenders": _tenders(settlement),
        "subtotal_fen": basket.subtotal.fen,
        "total_fen": basket.total.fen,
        "rounding_fen": settlement.rounding.fen,
        "postings": ledger.to_body(settlement.postings(till_id)),
    }


def _in_parts(basket: Basket) -> Money:
    return sum((part.amount for part in basket.parts), ZERO)


def _tenders(settlement: Settlement) -> list[dict[str, Any]]:
    tenders = [_channel_tender(code) for code in settlement.codes]
    tenders += [_part_tender(part) for part in settlement.basket.parts]
    if settlement.cash_received:
        tenders.append(
            {
                "kind": "cash",
                "fen": settlement.cash_kept.fen,
                "received_fen": settlement.cash_received.fen,
                "change_fen": settlement.change.fen,
            }
        )
    return tenders


def _channel_tender(code: CodeTender) -> dict[str, Any]:
    tender: dict[str, Any] = {
        "kind": code.kind,
        "scheme": code.scheme,
        "fen": code.amount.fen,
        "out_trade_no": code.out_trade_no,
    }
    return tender | ({"reference": code.reference} if code.reference else {})


def _part_tender(part: Part) -> dict[str, Any]:
    tender: dict[str, Any] = {"kind": part.kind, "fen": part.amount.fen}
    told = {"owner": part.owner, "authoriser": part.authoriser}
    return tender | {name: value for name, value in told.items() if value}
