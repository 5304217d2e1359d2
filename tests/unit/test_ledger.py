"""The chart of accounts and the rule that postings sum to zero."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from terminal.domain import ledger
from terminal.domain.canonical import JsonObject
from terminal.domain.errors import BugError
from terminal.domain.ledger import Posting
from terminal.domain.tender import BANK_CARD


@dataclass(frozen=True)
class _Fact:
    body: JsonObject = field(default_factory=dict)


def test_every_account_with_an_owner_has_a_constructor() -> None:
    made = {
        ledger.cash("T02"),
        BANK_CARD.account_of(),
        ledger.cod("C7"),
        ledger.deposits("power"),
        ledger.float_of("village-9"),
        ledger.funding("bank"),
        ledger.over_short("T02"),
        ledger.postage("letters"),
        ledger.receivable("K1"),
        ledger.sales("goods"),
        ledger.suspense("T02"),
        ledger.transit("P-2-17"),
        ledger.vouchers("gift"),
    }
    assert {name.partition(":")[0] for name in made} == ledger._OWNED
    plain = {ledger.PAYMENTS_HELD, ledger.ROUNDING, ledger.POINTS, ledger.AFFIXED}
    assert {ledger.known_account(name) for name in plain} == ledger._PLAIN


def test_income_is_tax_free_only_where_the_platform_says_exempt() -> None:
    assert ledger.income("letters", "exempt") == "postage:letters"
    assert ledger.income("goods", "taxable") == "sales:goods"
    assert ledger.income("goods", "") == "sales:goods"
    assert ledger.income_tax("postage:letters") == "exempt"
    assert ledger.income_tax("sales:goods") == "taxable"
    assert ledger.income_tax("cash:T02") == ""


def test_account_constructors_name_the_owner() -> None:
    assert ledger.cash("T02") == "cash:T02"
    assert ledger.sales("G01") == "sales:G01"
    assert ledger.known_account(ledger.PAYMENTS_HELD) == "payments_held"
    assert ledger.known_account(ledger.ROUNDING) == "rounding"


@pytest.mark.parametrize(
    ("tax", "account"),
    [("exempt", "postage:mail"), ("taxable", "sales:mail"), ("", "sales:mail")],
)
def test_income_is_booked_by_tax_and_only_what_is_exempt_is_tax_free(
    tax: str, account: str
) -> None:
    assert ledger.income("mail", tax) == account
    assert ledger.income_tax(account) == (tax or "taxable")


def test_only_income_has_a_tax() -> None:
    assert [kind for kind in sorted(ledger.KINDS) if ledger.income_tax(f"{kind}:x")] == [
        "postage",
        "sales",
    ]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "cash",
        "cash:",
        "cash:T 2",
        "cash:钱",
        "till:T02",
        "rounding:",
        "rounding:x",
        "Cash:T02",
        "cash:T:2",
    ],
)
def test_account_outside_the_chart_is_refused(name: str) -> None:
    with pytest.raises(BugError) as refused:
        ledger.check_balanced([Posting(name, 0)])
    assert refused.value.code == "ledger.unknown_account"
    assert refused.value.params == {"account": name}


def test_one_fen_missing_is_unbalanced() -> None:
    with pytest.raises(BugError) as refused:
        ledger.check_balanced([Posting("cash:T02", 500), Posting("sales:G01", -499)])
    assert refused.value.code == "ledger.unbalanced"
    assert refused.value.params == {"fen": 1}


@pytest.mark.parametrize("fen", [True, 1.0])
def test_anything_but_whole_fen_is_refused(fen: int) -> None:
    with pytest.raises(BugError) as refused:
        ledger.check_balanced([Posting("cash:T02", fen)])
    assert refused.value.code == "ledger.not_whole_fen"
    assert refused.value.params == {"account": "cash:T02"}


def test_body_form_comes_back_equal() -> None:
    postings = (Posting("cash:T02", 500), Posting("sales:G01", -500))
    assert ledger.to_body(postings) == [
        {"account": "cash:T02", "fen": 500},
        {"account": "sales:G01", "fen": -500},
    ]
    assert ledger.from_body({"postings": ledger.to_body(postings)}) == postings


@pytest.mark.parametrize(
    "rows",
    [
        None,
        {},
        "cash",
        ["cash"],
        [{"account": "rounding"}],
        [{"account": 1, "fen": 1}],
        [{"account": "rounding", "fen": True}],
        [{"account": "rounding", "fen": "1"}],
        [{"account": "rounding", "fen": 1, "more": 1}],
    ],
)
def test_malformed_postings_are_refused(rows: object) -> None:
    with pytest.raises(BugError) as refused:
        ledger.from_body({"postings": rows})  # type: ignore[dict-item]
    assert refused.value.code == "ledger.malformed"


def test_balances_count_every_entry_that_moves_value() -> None:
    sale = _Fact({"postings": ledger.to_body([Posting("cash:T02", 3), Posting("rounding", -3)])})
    assert ledger.balances([sale, _Fact(), sale]) == {"cash:T02": 6, "rounding": -6}
