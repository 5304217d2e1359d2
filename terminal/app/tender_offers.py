"""What the payment form offers: each tender, what it may pay now, what works without the platform.

Source: peer-lessons.md §3 no. 15 (works until …, for each service and not for the whole counter).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from terminal.app.code_payments import CodePayments
from terminal.app.context import Context
from terminal.app.ordering import Ordering
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.domain.money import ZERO, Money
from terminal.domain.sale import due
from terminal.domain.tender import (
    TENDERS,
    Tender,
    masked,
    most_payable,
    scheme_of,
    tender_of,
    worth,
)

WORTHLESS: Final = ("unknown", "spent", "blocked")
"""What the platform may say of a number that pays nothing."""


@dataclass(frozen=True, slots=True)
class OwnerView:
    """A courier or a customer that a payment may be put down to; ``left_text`` of a limit."""

    owner: str
    name_zh: str
    name_en: str
    left_text: str = ""


@dataclass(frozen=True, slots=True)
class TenderChoice:
    """One tender on the form.

    Args:
        kind: which; its words are ``tender.<kind>``.
        most_text: yuan that it may pay now.
        usable: whether it can be used at all now.
        note_code: why not, or what has to be known; "" for nothing.
        works_offline: whether it needs nobody outside the counter.
        owners: whom it may be put down to, empty where nobody has to be chosen.
    """

    kind: str
    most_text: str
    usable: bool
    note_code: str
    works_offline: bool
    owners: tuple[OwnerView, ...] = ()


@dataclass(frozen=True, slots=True)
class WorthView:
    """What a card, an account, points or a voucher is worth, and what it would pay now."""

    kind: str
    masked: str
    value_text: str
    pays_text: str
    lapses_text: str


class TenderOffers:
    """Use cases of choosing a tender. Store thread only."""

    def __init__(self, context: Context, ordering: Ordering, codes: CodePayments) -> None:
        self._context = context
        self._ordering = ordering
        self._codes = codes

    def choices(self) -> tuple[TenderChoice, ...]:
        """Every tender for the basket on the counter, in the order of the form."""
        online = self._context.sync.line_state().online
        return tuple(self._choice(tender, online) for tender in TENDERS)

    def most(self, tender: Tender) -> Money:
        """What a tender may still pay of the basket on the counter."""
        basket = self._ordering.basket
        remaining = due(basket, self._codes.paid_of(basket), rounds_cash=False).remaining
        postage = basket.postage(self._context.mail)
        return most_payable(tender, remaining=remaining, postage=postage, affixed=basket.affixed)

    def owners(self, tender: Tender) -> tuple[OwnerView, ...]:
        """Whom a payment may be put down to, as the platform says."""
        if tender.needs == "courier":
            rows = self._context.setting("couriers", [])
            return tuple(OwnerView(row["no"], row["name_zh"], row["name_en"]) for row in rows)
        if tender.needs == "customer":
            return tuple(self._customer(tender, row) for row in self._customers())
        return ()

    def left_of(self, tender: Tender, owner: str) -> Money:
        """What a customer may still put on account here.

        Raises:
            UserError: ``tender.owner_unknown``.
        """
        row = next((row for row in self._customers() if row["no"] == owner), None)
        if row is None:
            raise UserError("tender.owner_unknown", {"owner": owner})
        owes = self._context.books.balances().get(tender.account_of(owner), 0)
        return max(Money(int(row["limit_fen"]) - owes), ZERO)

    def scheme_to_ask(self, kind: str, number: str) -> str:
        """Which scheme to ask for the worth of a number.

        Raises:
            UserError: ``tender.number_missing``, ``session.*``.
        """
        self._context.on_duty()
        if not number.strip():
            raise UserError("tender.number_missing")
        return scheme_of(tender_of(kind))

    def worth(self, form_id: str, kind: str, number: str, reply: Mapping[str, Any]) -> WorthView:
        """What a number would pay of the form, from the platform's answer.

        Raises:
            UserError: ``tender.worth.<state>`` for a number that cannot pay; ``payment.*``.
            EnvironmentFault: ``tender.worth_unknown`` while the platform does not answer.
        """
        if reply["outcome"] != "ok":
            raise EnvironmentFault("tender.worth_unknown", {"code": str(reply.get("code", ""))})
        state = str(reply["result"]["state"])
        if state != "usable":
            why = state if state in WORTHLESS else "unknown"
            raise UserError(f"tender.worth.{why}")
        tender, value = tender_of(kind), Money(int(reply["result"]["available_fen"]))
        payable = self._codes.chargeable(form_id, kind)
        pays, lapses = worth(tender, value=value, payable=payable)
        return WorthView(kind, masked(number.strip()), value.text, pays.text, lapses.text)

    def _choice(self, tender: Tender, online: bool) -> TenderChoice:
        most, owners = self.most(tender), self.owners(tender)
        note = self._obstacle(tender, most, owners, online)
        return TenderChoice(
            kind=tender.kind,
            most_text=most.text,
            usable=not note,
            note_code=note,
            works_offline=tender.works_offline,
            owners=owners,
        )

    def _obstacle(
        self, tender: Tender, most: Money, owners: Sequence[OwnerView], online: bool
    ) -> str:
        if tender.road == "card_terminal" and not self._context.has_card_terminal:
            return "tender.note.no_card_terminal"
        if tender.road == "platform" and not online:
            return "tender.note.needs_platform"
        if tender.pays == "postage" and not most:
            return "tender.note.no_postage"
        if tender.needs in {"courier", "customer"} and not owners:
            return "tender.note.nobody_named"
        return ""

    def _customer(self, tender: Tender, row: Mapping[str, Any]) -> OwnerView:
        left = self.left_of(tender, row["no"])
        return OwnerView(row["no"], row["name_zh"], row["name_en"], left.text)

    def _customers(self) -> Sequence[Mapping[str, Any]]:
        rows: Sequence[Mapping[str, Any]] = self._context.setting("account_customers", [])
        return rows
