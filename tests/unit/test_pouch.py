"""Pouches: numbers, codes, and both sides of sending and receiving."""

from __future__ import annotations

from dataclasses import replace

import pytest

from terminal.domain import ledger, pouch, stock
from terminal.domain.canonical import JsonObject
from terminal.domain.cash_count import counted
from terminal.domain.errors import UserError
from terminal.domain.pouch import Bundle, Pouch
from terminal.domain.till import NO_SALE_REASONS, Sold, Till, purpose_of, sold_rows, tills_of

INTENT = "0198a9c0-0000-7000-8000-00003fffffff"
FULL = Pouch("P02-260801-7K3QF9", "V01", "T02", 50_000, (Bundle("S1", 20), Bundle("V1", 10, 101)))


def test_number_comes_from_the_intent_alone() -> None:
    assert pouch.pouch_number(2, "2026-08-01", INTENT) == "P02-260801-ZZZZZZ"
    assert pouch.is_pouch_number("P02-260801-ZZZZZZ")
    assert not pouch.is_pouch_number("P02-260801-IIIIII")


def test_sent_and_received_leave_nothing_on_the_way() -> None:
    sent, received = FULL.sent(), FULL.received()
    both = [*ledger.from_body(sent), *ledger.from_body(received)]
    ledger.check_balanced(both)
    assert ledger.balances([_Fact(sent), _Fact(received)]) == {
        "cash:V01": -50_000,
        "cash:T02": 50_000,
        f"transit:{FULL.number}": 0,
    }
    stock.check_stock([*stock.from_body(sent), *stock.from_body(received)])
    assert [line.place for line in stock.from_body(sent)][:2] == [
        "till:V01",
        f"transit:{FULL.number}",
    ]


def test_a_pouch_without_stock_or_without_cash_says_nothing_of_it() -> None:
    cash = Pouch(FULL.number, "V01", "T02", 100)
    assert "stock" not in cash.sent()
    paper = Pouch(FULL.number, "V01", "T02", 0, (Bundle("S1", 1),))
    assert paper.sent()["postings"] == []


def test_code_of_the_slip_comes_back_equal() -> None:
    assert FULL.code().startswith("PTP1*P02-260801-7K3QF9*V01*T02*50000*S1:20/V1:10@101*")
    assert pouch.read_code(f" {FULL.code()} ") == FULL
    assert pouch.is_pouch_code(FULL.code())
    practice = replace(FULL, practice=True)
    assert practice.code().startswith("PTT1*P02-260801-7K3QF9*V01*")
    assert pouch.read_code(practice.code()) == practice
    assert pouch.is_pouch_code(practice.code())
    assert pouch.is_pouch_code(FULL.number)
    assert not pouch.is_pouch_code("6921168509256")
    assert pouch.read_code(Pouch(FULL.number, "T01", "T02", 5).code()).bundles == ()


@pytest.mark.parametrize("place", range(0, 60, 3))
def test_one_letter_misread_is_noticed(place: int) -> None:
    code = FULL.code()
    wrong = code[:place] + ("Y" if code[place] != "Y" else "X") + code[place + 1 :]
    with pytest.raises(UserError) as refused:
        pouch.read_code(wrong)
    assert refused.value.code == "pouch.unreadable"


def test_stock_that_no_pouch_holds_is_unreadable_even_with_a_right_check() -> None:
    text = "PTP1*P02-260801-7K3QF9*V01*T02*5*S1:0"
    with pytest.raises(UserError):
        pouch.read_code(f"{text}*{pouch._check(text)}")


def test_bodies_name_both_tills_and_are_read_back() -> None:
    body = pouch.sent_body(FULL, "issue", counted({10_000: 5}))
    assert pouch.pouch_of(body) == FULL
    assert (body["purpose"], body["count"]) == ("issue", [{"fen": 10_000, "pieces": 5}])
    assert pouch.pouch_of(pouch.received_body(FULL)) == FULL


def test_funding_goes_both_ways() -> None:
    into = pouch.funded("V01", "bank", 500, (Bundle("S1", 3),), True)
    out = pouch.funded("V01", "bank", -500, (Bundle("S1", 3),), False)
    assert ledger.balances([_Fact(into), _Fact(out)]) == {"funding:bank": 0, "cash:V01": 0}
    assert [line.pieces for line in stock.from_body(into)] == [-3, 3]
    assert [line.place for line in stock.from_body(out)] == ["till:V01", "source:bank"]


def test_purpose_follows_from_the_two_tills() -> None:
    vault, mine, other = tills_of(
        [
            {"till_id": "V01", "kind": "vault"},
            {"till_id": "T01", "kind": "clerk"},
            {"till_id": "K01", "kind": "kiosk"},
        ]
    )
    assert purpose_of(vault, mine) == "issue"
    assert purpose_of(mine, vault) == "hand_in"
    assert purpose_of(mine, other) == "transfer"
    assert vault == Till("V01", "vault")
    assert len(set(NO_SALE_REASONS)) == len(NO_SALE_REASONS)


def test_numbers_are_sold_lowest_first_and_never_more_than_there_are() -> None:
    sold = [Sold("V1", 4, True), Sold("S1", 9, False), Sold("X", 1, False)]
    rows = sold_rows("T02", sold, {"V1", "S1"}, {"V1": ((3, 4), (9, 20))})
    assert stock.from_body({"stock": rows}) == (
        *stock.moved_range("till:T02", "sold", "V1", 3, 4),
        *stock.moved_range("till:T02", "sold", "V1", 9, 10),
        *stock.moved("till:T02", "sold", "S1", 9),
    )
    assert sold_rows("T02", [Sold("V1", 4, True)], {"V1"}, {}) == []


class _Fact:
    def __init__(self, body: JsonObject) -> None:
        self.body = body
