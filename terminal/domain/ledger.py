"""Double entry: every fen that moves leaves one account and reaches another.

Debit is positive. Cash in the till is an asset (positive), sales are income (negative). An account
name is a kind, for some kinds followed by a colon and what it belongs to: ``cash:T02``,
``sales:G01``, ``rounding``. Balances are always derived from postings; nothing can set one.
The chart with what each account means: docs/money.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

from terminal.domain.booked_rows import Names, rows_in
from terminal.domain.canonical import Json, JsonObject
from terminal.domain.errors import BugError

PAYMENTS_HELD = "payments_held"
"""What customers have paid by code for baskets not completed yet (our debt to them)."""

ROUNDING = "rounding"
"""What rounding cash to whole jiao took off in the customer's favour."""

POINTS = "points"
"""Points that customers spent as money: what the points scheme owes us."""

AFFIXED = "affixed"
"""Postage paid earlier with stamps that are stuck on the item (贴票): what they stood for."""

EXEMPT: Final = "exempt"
"""Tax treatment of a line that VAT is not charged on: universal postal service."""

TAXABLE: Final = "taxable"
"""Tax treatment of every other line."""

_TAX_BY_FAMILY: Final = {"sales": TAXABLE, "postage": EXEMPT}
_PLAIN = frozenset({PAYMENTS_HELD, ROUNDING, POINTS, AFFIXED})
_OWNED = frozenset(
    {
        "cash",
        "channel",
        "cod",
        "deposits",
        "float",
        "funding",
        "over_short",
        "postage",
        "receivable",
        "sales",
        "suspense",
        "transit",
        "vouchers",
    }
)
_NAMES: Final = Names("account", "ledger.unknown_account", _PLAIN, _OWNED)

KINDS: Final = _PLAIN | _OWNED
"""Every kind of account; the screen and the slips have words for each."""


@dataclass(frozen=True, slots=True)
class Posting:
    """One side of a movement of value.

    Args:
        account: account name, see the module text.
        fen: whole fen, debit positive, credit negative.
    """

    account: str
    fen: int


class CarriesBody(Protocol):
    """Anything with a journal entry's body."""

    @property
    def body(self) -> JsonObject:
        """The entry's JSON object, which may hold ``postings``."""
        ...


def cash(till_id: str) -> str:
    """Account of the banknotes and coins in one till, for example ``cash:T02``."""
    return known_account(f"cash:{till_id}")


def cod(courier: str) -> str:
    """Account of what a courier collects from receivers on our behalf (代收货款)."""
    return known_account(f"cod:{courier}")


def deposits(payee: str) -> str:
    """Account of what is collected for others and still held (代收); negative while we hold it."""
    return known_account(f"deposits:{payee}")


def float_of(agent: str) -> str:
    """Account of the money an agent laid down beforehand (备付金); negative while we hold it."""
    return known_account(f"float:{agent}")


def funding(source: str) -> str:
    """Account where a vault's cash comes from and goes to, ``bank`` or ``centre``."""
    return known_account(f"funding:{source}")


def over_short(till_id: str) -> str:
    """Account of counted differences of a till (长短款): positive short, negative over."""
    return known_account(f"over_short:{till_id}")


def postage(business_code: str) -> str:
    """Income account of tax-free postage, for example ``postage:letters``."""
    return known_account(f"postage:{business_code}")


def receivable(customer: str) -> str:
    """Account of what a contract customer has to pay later (记欠)."""
    return known_account(f"receivable:{customer}")


def sales(business_code: str) -> str:
    """Income account of one kind of taxable business, for example ``sales:G01``."""
    return known_account(f"sales:{business_code}")


def income(business_code: str, tax: str) -> str:
    """Account that what a line brings is booked to: tax-free income has accounts of its own.

    Args:
        business_code: business of the line.
        tax: what the platform says of its article; only ``exempt`` is tax-free.
    """
    return postage(business_code) if tax == EXEMPT else sales(business_code)


def income_tax(account: str) -> str:
    """How what an account holds is taxed: ``exempt``, ``taxable``; "" for no income.

    Entries written before tax-free postage had accounts of its own hold both in ``sales:``.
    """
    return _TAX_BY_FAMILY.get(account.partition(":")[0], "")


def suspense(till_id: str) -> str:
    """Account of differences of a till that somebody disputes, until they are explained."""
    return known_account(f"suspense:{till_id}")


def transit(pouch: str) -> str:
    """Account of the cash in one pouch between two tills."""
    return known_account(f"transit:{pouch}")


def vouchers(kind: str) -> str:
    """Account of what vouchers taken as payment stand for, for example ``vouchers:gift``."""
    return known_account(f"vouchers:{kind}")


def known_account(name: str) -> str:
    """The name itself, when the chart of accounts has it.

    Raises:
        BugError: ``ledger.unknown_account``.
    """
    return _NAMES.known(name)


def check_balanced(postings: Iterable[Posting]) -> None:
    """Prove that no fen appears or vanishes.

    Args:
        postings: all postings of one entry; none at all is balanced.

    Raises:
        BugError: ``ledger.unknown_account``, ``ledger.not_whole_fen``, or ``ledger.unbalanced``
            with the sum in ``fen``.
    """
    total = 0
    for posting in postings:
        known_account(posting.account)
        if type(posting.fen) is not int:
            raise BugError("ledger.not_whole_fen", {"account": posting.account})
        total += posting.fen
    if total:
        raise BugError("ledger.unbalanced", {"fen": total})


def negate(postings: Iterable[Posting]) -> tuple[Posting, ...]:
    """The postings that undo the given ones; together they sum to zero in every account."""
    return tuple(Posting(posting.account, -posting.fen) for posting in postings)


def to_body(postings: Iterable[Posting]) -> list[Json]:
    """What an entry's body carries under ``postings``: ``[{"account": str, "fen": int}, …]``."""
    return [{"account": posting.account, "fen": posting.fen} for posting in postings]


def from_body(body: Mapping[str, Json]) -> tuple[Posting, ...]:
    """The postings of an entry's body; empty when it moves no value.

    Raises:
        BugError: ``ledger.malformed`` when ``postings`` is not a list of account and whole fen.
    """
    rows = rows_in(body, "postings", "ledger.malformed", _well_formed)
    return tuple(Posting(row["account"], row["fen"]) for row in rows)


def _well_formed(row: Json) -> bool:
    return (
        type(row) is dict
        and set(row) == {"account", "fen"}
        and type(row["account"]) is str
        and type(row["fen"]) is int
    )


def balances(entries: Iterable[CarriesBody]) -> dict[str, int]:
    """What every account holds after the given entries.

    Args:
        entries: journal entries in any order; those without postings count nothing.

    Returns:
        Fen by account name, debit positive; accounts never posted to are absent.

    Raises:
        BugError: ``ledger.malformed``.
    """
    totals: dict[str, int] = {}
    for entry in entries:
        for posting in from_body(entry.body):
            totals[posting.account] = totals.get(posting.account, 0) + posting.fen
    return totals
