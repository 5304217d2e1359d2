"""What a clerk fills in on the payment form, as it goes to the use cases."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ask:
    """What a channel other than a payer code's is asked for.

    Args:
        form_id: of the open form.
        kind: the tender.
        number: of card, account or voucher, "" where there is none; kept in memory only.
        amount_text: yuan of the chosen part, "" for all that is missing.
    """

    form_id: str
    kind: str
    number: str = ""
    amount_text: str = ""


@dataclass(frozen=True, slots=True)
class LayDown:
    """What the clerk has seen herself: stamps affixed, cash on delivery, on account.

    Args:
        kind: the tender.
        amount_text: yuan, "" for as much as it may pay.
        owner: courier or customer, "" where nobody is to be named.
    """

    kind: str
    amount_text: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class SecondPerson:
    """Who allows what the clerk may not do alone."""

    clerk_no: str
    secret: str
    reason: str = ""
