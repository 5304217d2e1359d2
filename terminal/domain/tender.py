"""The means of payment (支付方式): one value each, and everything that differs between them.

Nothing else in the program asks *which* tender it has before it; it asks what this one may do: what
it pays, who says yes, whether a part or change is possible, which account it posts to, how it goes
back. A new means of payment is one more value here.

Source: peer-lessons.md rows 9, 10, 20; postal-domain.md §2.12, §2.16, §2.21; 人民币管理条例 §3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from terminal.domain.errors import BugError
from terminal.domain.ledger import known_account
from terminal.domain.money import ZERO, Money

Road = Literal["counter", "platform", "card_terminal"]
"""Who says that it is paid: the clerk who sees it, the platform, or the card terminal."""

Pays = Literal["everything", "postage"]
"""What a tender may pay: any line, or only postage of mail accepted here."""

WayBack = Literal["hand_back", "channel", "account", "nothing"]
"""How a payment goes back: cash over the counter, through the channel that took it, off what
somebody owes, or not at all."""

Needs = Literal["nothing", "payer_code", "number", "customer", "courier"]
"""What the clerk has to read or choose before it can be asked for."""


_WITHOUT_OWNER: Final = frozenset({"points", "affixed"})
"""Accounts there is one of."""


@dataclass(frozen=True, slots=True)
class Tender:
    """One means of payment.

    Args:
        kind: its name in the journal; its words are ``tender.<kind>``, its icon has its name.
        road: who says that it is paid.
        account: kind of the account it posts to.
        owner: owner of that account where it is always the same, "" where each payment names one.
        back: how it goes back.
        needs: what the clerk reads or chooses for it.
        pays: what it may pay.
        gives_change: whether more than the sum may be taken and the rest given back.
        may_be_part: whether the clerk may choose a part of the sum.
        has_value: whether it has a value of its own that is looked up before it is charged.
        lapses: whether what is left of its value is lost: a voucher has no change.
        action: permission the clerk needs beside ``sell``, "" for none; without it a second person.
    """

    kind: str
    road: Road
    account: str
    back: WayBack
    owner: str = ""
    needs: Needs = "nothing"
    pays: Pays = "everything"
    gives_change: bool = False
    may_be_part: bool = True
    has_value: bool = False
    lapses: bool = False
    action: str = ""

    @property
    def works_offline(self) -> bool:
        """Whether it needs nobody outside the counter."""
        return self.road != "platform"

    def account_of(self, owner: str = "") -> str:
        """Account that holds what was paid with it, debit positive.

        Args:
            owner: scheme, courier, customer or till, for those without an owner of their own.

        Raises:
            BugError: ``ledger.unknown_account``.
        """
        named = "" if self.account in _WITHOUT_OWNER else self.owner or owner
        return known_account(f"{self.account}:{named}" if named else self.account)


CASH: Final = Tender("cash", "counter", "cash", "hand_back", gives_change=True)
PAYER_CODE: Final = Tender("payer_code", "platform", "channel", "channel", needs="payer_code")
MERCHANT_CODE: Final = Tender(
    "merchant_code", "platform", "channel", "channel", owner="merchant_code"
)
BANK_CARD: Final = Tender("bank_card", "card_terminal", "channel", "channel", owner="card")
PREPAID_CARD: Final = Tender(
    "prepaid_card",
    "platform",
    "channel",
    "channel",
    owner="prepaid_card",
    needs="number",
    has_value=True,
)
VIRTUAL_ACCOUNT: Final = Tender(
    "virtual_account",
    "platform",
    "channel",
    "channel",
    owner="virtual_account",
    needs="number",
    has_value=True,
)
POINTS: Final = Tender("points", "platform", "points", "channel", needs="number", has_value=True)
VOUCHER: Final = Tender(
    "voucher",
    "platform",
    "vouchers",
    "channel",
    owner="platform",
    needs="number",
    may_be_part=False,
    has_value=True,
    lapses=True,
)
AFFIXED: Final = Tender("affixed", "counter", "affixed", "nothing", pays="postage")
CASH_ON_DELIVERY: Final = Tender("cash_on_delivery", "counter", "cod", "account", needs="courier")
ON_ACCOUNT: Final = Tender(
    "on_account", "counter", "receivable", "account", needs="customer", action="on_account"
)

TENDERS: Final = (
    CASH,
    PAYER_CODE,
    MERCHANT_CODE,
    BANK_CARD,
    PREPAID_CARD,
    VIRTUAL_ACCOUNT,
    POINTS,
    VOUCHER,
    CASH_ON_DELIVERY,
    AFFIXED,
    ON_ACCOUNT,
)
"""All of them, in the order in which the payment form offers them."""

_BY_KIND: Final = {tender.kind: tender for tender in TENDERS}


def tender_of(kind: str) -> Tender:
    """The tender with that name.

    Raises:
        BugError: ``tender.unknown``.
    """
    found = _BY_KIND.get(kind)
    if found is None:
        raise BugError("tender.unknown", {"kind": kind})
    return found


def account_of_scheme(scheme: str) -> str:
    """Account on which a channel stands, by what the channel calls itself.

    Raises:
        BugError: ``ledger.unknown_account``.
    """
    # Schemes that are no tender's own name are those of payer codes, and the card's.
    return _BY_KIND.get(scheme, PAYER_CODE).account_of(scheme)


def tender_words(kind: str, scheme: str = "") -> str:
    """Key of the words for a payment: payer codes go by their scheme, all others by their kind."""
    return f"tender.{scheme if kind == PAYER_CODE.kind and scheme else kind}"


def scheme_of(tender: Tender) -> str:
    """What a channel calls itself where the tender always goes to the same one."""
    return tender.owner if tender.account == "channel" and tender.owner else tender.kind


_OWN_WORDS: Final = {scheme_of(tender): tender.kind for tender in TENDERS}


def scheme_words(name: str) -> str:
    """Key of the words for a payment of which only its scheme, or its kind, is known."""
    return f"tender.{_OWN_WORDS.get(name, name)}"


@dataclass(frozen=True, slots=True)
class Part:
    """A payment that the clerk herself has seen: laid on the basket, booked with the sale.

    Args:
        kind: ``cash_on_delivery``, ``affixed`` or ``on_account``.
        amount: what it pays, > 0.
        owner: courier or customer, "" where the tender needs none.
        authoriser: who allowed it beside the clerk, "" where nobody had to.
    """

    kind: str
    amount: Money
    owner: str = ""
    authoriser: str = ""

    @property
    def account(self) -> str:
        """Account it posts to."""
        return tender_of(self.kind).account_of(self.owner)


def most_payable(tender: Tender, *, remaining: Money, postage: Money, affixed: Money) -> Money:
    """What a tender may still pay.

    Args:
        tender: which.
        remaining: what is missing of the whole sum.
        postage: sum of the lines that are postage of accepted mail.
        affixed: what affixed stamps pay of it already.
    """
    if tender.pays == "everything":
        return remaining
    return min(remaining, max(postage - affixed, ZERO))


def worth(tender: Tender, *, value: Money, payable: Money) -> tuple[Money, Money]:
    """What a payment with a value of its own pays, and what of it lapses.

    Args:
        tender: one with a value.
        value: what the platform says it is worth.
        payable: the most that it may pay now.

    Returns:
        The amount that is charged, and what is lost because there is no change.
    """
    paid = min(value, payable)
    return paid, value - paid if tender.lapses else ZERO


def most_by_points(total: Money, percent: int) -> Money:
    """What of a sum may be paid with points.

    Args:
        total: the whole sum.
        percent: the platform's cap, 0 to 100.

    Raises:
        BugError: ``tender.bad_cap``.
    """
    if not 0 <= percent <= 100:
        raise BugError("tender.bad_cap", {"percent": percent})
    return Money(total.fen * percent // 100)


def masked(number: str) -> str:
    """A number as it may be kept and printed: its last four, with a mark that more were there."""
    return f"…{number[-4:]}" if len(number) > _SHOWN else "…"


_SHOWN: Final = 4


def part_to_json(part: Part) -> dict[str, str | int]:
    """The part as plain JSON values, amount in fen."""
    return {
        "kind": part.kind,
        "fen": part.amount.fen,
        "owner": part.owner,
        "authoriser": part.authoriser,
    }


def part_from_json(body: Mapping[str, str | int]) -> Part:
    """The part again; the inverse of ``part_to_json``."""
    return Part(
        str(body["kind"]), Money(int(body["fen"])), str(body["owner"]), str(body["authoriser"])
    )
