"""Giving back: by hand, to the fen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from terminal.domain.errors import BugError, OutletError
from terminal.domain.refund import (
    GivenBack,
    Leg,
    Sold,
    SoldLine,
    returned,
    reversed_whole,
    sold_from,
)
from terminal.domain.refund_payment import RefundPayment, after_answer, wait_s

ORDER = "61020303-02-000001"


def sale(**over: Any) -> dict[str, Any]:
    """Three pens at 4.12 for 12.36: 5.00 by WeChat, 7.30 in cash, 0.06 rounded off."""
    values: dict[str, Any] = {
        "order_no": ORDER,
        "till_id": "T02",
        "lines": [line("l1", 3, 1236)],
        "tenders": [
            {"kind": "payer_code", "scheme": "wechat", "fen": 500, "out_trade_no": "a" * 32},
            {"kind": "cash", "fen": 730, "received_fen": 1000, "change_fen": 270},
        ],
        "total_fen": 1236,
        "rounding_fen": -6,
        "postings": [
            {"account": "cash:T02", "fen": 730},
            {"account": "payments_held", "fen": 500},
            {"account": "rounding", "fen": 6},
            {"account": "sales:goods", "fen": -1236},
        ],
    }
    return {**values, **over}


def line(line_id: str, quantity: int, fen: int, **over: Any) -> dict[str, Any]:
    """A line as an entry has it."""
    return {
        "line_id": line_id,
        "sku": "P0011",
        "name_zh": "笔",
        "name_en": "Pen",
        "business_code": "goods",
        "tax": "taxable",
        "refundable": True,
        "weighed": False,
        "quantity": quantity,
        "unit_fen": fen // quantity,
        "amount_fen": fen,
        **over,
    }


def code_of(deed: Callable[[], object]) -> str:
    """The refusal's code."""
    with pytest.raises(OutletError) as caught:
        deed()
    return caught.value.code


def rows(refund: Any, till: str = "T02") -> dict[str, int]:
    """Postings by account."""
    return {row.account: row.fen for row in refund.postings(till)}


def test_a_sale_is_read_out_of_its_entry_as_it_was() -> None:
    body = sale(
        lines=[
            line("l1", 3, 1236, tax="exempt"),
            line(
                "l2",
                250,
                0,
                business_code="rice",
                tax="exempt",
                weighed=True,
                unit_fen=880,
                refundable=False,
            ),
        ],
        tenders=[
            {"kind": "cash", "fen": 230, "received_fen": 1000, "change_fen": 770},
            {"kind": "on_account", "owner": "K1", "fen": 500},
            {"kind": "payer_code", "scheme": "wechat", "fen": 500, "out_trade_no": "a" * 32},
            # Postings of a means of payment nobody knows: nothing goes back to it.
            {"kind": "affixed", "fen": 7},
        ],
        postings=[
            {"account": "cash:T02", "fen": 230},
            {"account": "receivable:K1", "fen": 500},
            {"account": "payments_held", "fen": 500},
            {"account": "rounding", "fen": 6},
            {"account": "postage:goods", "fen": -1236},
        ],
    )
    pens = SoldLine("l1", "P0011", "笔", "Pen", "goods", "postage:goods", True, False, 3, 412, 1236)
    # Nothing was posted for it: before, tax-free postage was in ``sales:`` too.
    rice = SoldLine("l2", "P0011", "笔", "Pen", "rice", "sales:rice", False, True, 250, 880, 0)
    assert sold_from(body) == Sold(
        ORDER,
        "T02",
        (pens, rice),
        (
            Leg("a" * 32, "payer_code", "wechat", "payments_held", 500),
            Leg("receivable:K1#0", "on_account", "on_account", "receivable:K1", 500),
            Leg("cash", "cash", "cash", "cash:T02", 230),
        ),
        -6,
    )


def test_one_pen_goes_back_through_the_channel_first() -> None:
    sold = sold_from(sale())
    refund = returned(sold, GivenBack(), {"l1": 1}, rounds_cash=True)
    assert (refund.sold, refund.manner) == (sold, "return")
    assert rows(refund) == {"payments_held": -412, "sales:goods": 412}
    assert (refund.goods_fen, refund.money_fen, refund.cash_fen) == (412, 412, 0)


def test_the_second_pen_takes_the_rest_of_the_channel_and_cash_in_whole_jiao() -> None:
    sold = sold_from(sale())
    before = GivenBack({"l1": (1, 412)}, {"a" * 32: 412})
    refund = returned(sold, before, {"l1": 1}, rounds_cash=True)
    assert rows(refund) == {
        "payments_held": -88,
        "cash:T02": -330,
        "rounding": 6,
        "sales:goods": 412,
    }
    last = returned(
        sold, GivenBack({"l1": (2, 824)}, {"a" * 32: 500, "cash": 330}), {"l1": 1}, rounds_cash=True
    )
    assert rows(last) == {"cash:T02": -400, "rounding": -12, "sales:goods": 412}
    assert last.cash_fen == 400


def test_cash_of_a_sale_that_was_not_rounded_goes_back_to_the_fen() -> None:
    body = sale(
        rounding_fen=0,
        tenders=[{"kind": "cash", "fen": 1236, "received_fen": 1236, "change_fen": 0}],
        postings=[{"account": "cash:T02", "fen": 1236}, {"account": "sales:goods", "fen": -1236}],
    )
    refund = returned(sold_from(body), GivenBack(), {"l1": 1}, rounds_cash=False)
    assert rows(refund) == {"cash:T02": -412, "sales:goods": 412}
    rounded = returned(sold_from(body), GivenBack(), {"l1": 1}, rounds_cash=True)
    assert rows(rounded)["cash:T02"] == -420


def test_a_sale_that_was_rounded_is_rounded_when_it_goes_back_too() -> None:
    before = GivenBack({"l1": (1, 412)}, {"a" * 32: 412})
    refund = returned(sold_from(sale()), before, {"l1": 1}, rounds_cash=False)
    assert rows(refund)["cash:T02"] == -330


def test_pieces_that_do_not_divide_add_up_to_the_whole_line() -> None:
    body = sale(
        lines=[line("l1", 3, 100)],
        total_fen=100,
        rounding_fen=0,
        tenders=[{"kind": "cash", "fen": 100, "received_fen": 100, "change_fen": 0}],
        postings=[{"account": "cash:T02", "fen": 100}, {"account": "sales:goods", "fen": -100}],
    )
    sold, before, paid = sold_from(body), GivenBack(), []
    for piece in range(1, 4):
        refund = returned(sold, before, {"l1": 1}, rounds_cash=False)
        paid.append(refund.money_fen)
        before = GivenBack({"l1": (piece, sum(paid))}, {"cash": sum(paid)})
    assert paid == [33, 33, 34]


def test_stamps_are_not_taken_back_but_a_mistake_is_undone() -> None:
    body = sale(lines=[line("l1", 3, 1236, refundable=False)])
    sold = sold_from(body)
    assert code_of(lambda: returned(sold, GivenBack(), {"l1": 1}, rounds_cash=True)) == (
        "refund.not_refundable"
    )
    undone = reversed_whole(sold, GivenBack(), same_day=True)
    assert (undone.sold, undone.manner) == (sold, "reversal")
    assert rows(undone) == {
        "payments_held": -500,
        "cash:T02": -730,
        "rounding": -6,
        "sales:goods": 1236,
    }


def test_a_reversal_is_for_a_whole_sale_of_today() -> None:
    sold = sold_from(sale())
    some = GivenBack({"l1": (1, 412)}, {})
    assert code_of(lambda: reversed_whole(sold, some, same_day=True)) == (
        "refund.already_given_back"
    )
    assert code_of(lambda: reversed_whole(sold, GivenBack(), same_day=False)) == "refund.other_day"


def test_what_is_not_there_cannot_go_back() -> None:
    sold = sold_from(sale())

    def refusal(wished: dict[str, int]) -> str:
        return code_of(lambda: returned(sold, GivenBack(), wished, rounds_cash=True))

    assert refusal({}) == refusal({"l1": 0}) == "refund.nothing_chosen"
    assert refusal({"l9": 1}) == "refund.unknown_line"
    assert refusal({"l1": 4}) == refusal({"l1": -1}) == "refund.more_than_sold"


def test_a_refusal_names_what_it_is_about() -> None:
    sold = sold_from(sale())
    some = GivenBack({"l1": (1, 412)}, {})
    stamps = sold_from(sale(lines=[line("l1", 3, 1236, refundable=False)]))
    refusals: dict[Callable[[], object], dict[str, Any]] = {
        lambda: returned(sold, some, {"l1": 3}, rounds_cash=True): {"name": "笔", "left": 2},
        lambda: returned(stamps, some, {"l1": 1}, rounds_cash=True): {"name": "笔"},
        lambda: reversed_whole(sold, some, same_day=True): {"order": ORDER},
        lambda: reversed_whole(sold, GivenBack(), same_day=False): {"order": ORDER},
        lambda: sold_from(sale(tenders=[])): {"order": ORDER},
    }
    for deed, named in refusals.items():
        with pytest.raises(OutletError) as caught:
            deed()
        assert caught.value.params == named


def test_another_till_pays_out_of_its_own_drawer() -> None:
    refund = reversed_whole(sold_from(sale()), GivenBack(), same_day=True)
    assert rows(refund, "T07")["cash:T07"] == -730


def test_what_two_counters_gave_back_is_one_sum() -> None:
    here = GivenBack({"l1": (1, 33), "l2": (2, 50)}, {"cash": 83})
    there = GivenBack({"l1": (2, 67), "l3": (4, 9)}, {"cash": 30, "b" * 32: 4})
    both = here.with_(there)
    assert both.lines == {"l1": (3, 100), "l2": (2, 50), "l3": (4, 9)}
    assert both.legs == {"cash": 113, "b" * 32: 4}
    assert (both.quantity("l1"), both.fen("l1"), both.fen("l9")) == (3, 100, 0)
    assert here.with_(GivenBack()).lines == here.lines


def test_counters_that_did_not_hear_of_one_another_are_evened_out_by_the_next() -> None:
    def next_piece(quantity: int, fen: int, given: tuple[int, int]) -> int:
        tenders = [{"kind": "cash", "fen": fen, "received_fen": fen, "change_fen": 0}]
        postings = [
            {"account": "cash:T02", "fen": fen},
            {"account": "sales:goods", "fen": -fen},
        ]
        sold = sold_from(
            sale(
                lines=[line("l1", quantity, fen)],
                tenders=tenders,
                total_fen=fen,
                rounding_fen=0,
                postings=postings,
            )
        )
        back = GivenBack({"l1": given}, {"cash": given[1]})
        return returned(sold, back, {"l1": 1}, rounds_cash=False).lines[0].fen

    # Pieces cost 25, 26, 25, 26: both counters gave the second one for 26.
    assert next_piece(4, 102, (2, 51)) == 25
    assert next_piece(4, 102, (3, 77)) == 25
    assert next_piece(4, 102, (3, 76)) == 26
    # Ten pieces for five fen: two fen are gone for two of them, and the third costs nothing.
    assert next_piece(10, 5, (2, 2)) == 0
    assert next_piece(10, 5, (2, 1)) == 0
    assert next_piece(10, 5, (3, 1)) == 1


def test_other_means_of_payment_go_back_to_the_account_they_came_from() -> None:
    body = sale(
        lines=[line("l1", 3, 1236, tax="exempt")],
        tenders=[
            {"kind": "on_account", "owner": "K1", "fen": 500},
            {"kind": "cash", "fen": 730, "received_fen": 730, "change_fen": 0},
        ],
        postings=[
            {"account": "cash:T02", "fen": 730},
            {"account": "receivable:K1", "fen": 500},
            {"account": "rounding", "fen": 6},
            {"account": "postage:goods", "fen": -1236},
        ],
    )
    refund = reversed_whole(sold_from(body), GivenBack(), same_day=True)
    assert rows(refund) == {
        "receivable:K1": -500,
        "cash:T02": -730,
        "rounding": -6,
        "postage:goods": 1236,
    }
    assert [back.leg.by_channel for back in refund.legs] == [False, False]


def test_a_sale_whose_tenders_do_not_cover_it_is_not_read() -> None:
    with pytest.raises(BugError) as caught:
        sold_from(sale(tenders=[{"kind": "voucher", "fen": 1230}]))
    assert caught.value.code == "refund.unreadable_sale"


def payment(state: Any = "armed") -> RefundPayment:
    """Money on its way back."""
    return RefundPayment("b" * 32, "R1", ORDER, "a" * 32, "wechat", 412, state)


def reply(outcome: str, code: str = "", **result: Any) -> dict[str, Any]:
    """What the call came back with."""
    return {"outcome": outcome, "code": code, "result": result}


def test_only_a_word_about_this_refund_ends_it() -> None:
    asked = payment()
    done: dict[str, Any] = {"state": "refunded", "refund_no": "b" * 32, "amount_fen": 412}
    ended = after_answer(payment("unknown"), reply("ok", "payment.unknown", **done))
    assert (ended.state, ended.code) == ("refunded", "")
    assert after_answer(asked, reply("unknown", **done)).state == "unknown"
    assert after_answer(asked, reply("ok", **{**done, "state": "processing"})).state == "unknown"
    for other in ({"refund_no": "c" * 32}, {"amount_fen": 411}, {"amount_fen": None}):
        after = after_answer(asked, reply("ok", **{**done, **other}))
        assert (after.state, after.code) == ("unknown", "refund.other_answer")
    refused = after_answer(asked, reply("refused", "refund.channel_refused"))
    assert (refused.state, refused.code) == ("refused", "refund.channel_refused")
    for unclear in (
        reply("refused", "platform.resting"),
        reply("refused", "payment.not_found"),
        reply("unknown", "refund.processing"),
        reply("ok", state="processing"),
        reply("unknown"),
        {},
    ):
        assert after_answer(asked, unclear).state == "unknown"
    assert after_answer(asked, reply("unknown")).code == "payment.unknown"


def test_who_is_open_and_how_long_one_waits() -> None:
    states = ("armed", "unknown", "refunded", "refused", "replaced")
    assert [payment(state).is_open for state in states] == [True, True, False, False, False]
    assert [wait_s(asked) for asked in (1, 2, 3, 4, 5, 99)] == [3, 5, 10, 30, 60, 60]


def letter_and_pens() -> Sold:
    """A letter of 1.20 with stamps stuck on for 1.00, and two pens of 0.50 in cash."""
    return sold_from(
        sale(
            lines=[
                line("l1", 1, 120, business_code="mail", tax="exempt", refundable=False),
                line("l2", 2, 100),
            ],
            tenders=[
                {"kind": "affixed", "fen": 100},
                {"kind": "cash", "fen": 120, "received_fen": 120, "change_fen": 0},
            ],
            total_fen=220,
            rounding_fen=0,
            postings=[
                {"account": "cash:T02", "fen": 120},
                {"account": "affixed", "fen": 100},
                {"account": "postage:mail", "fen": -120},
                {"account": "sales:goods", "fen": -100},
            ],
        )
    )


def test_goods_go_back_in_cash_although_a_letter_beside_them_was_paid_with_stamps() -> None:
    sold = letter_and_pens()
    one = returned(sold, GivenBack(), {"l2": 1}, rounds_cash=True)
    assert rows(one) == {"cash:T02": -50, "sales:goods": 50}
    other = returned(sold, GivenBack({"l2": (1, 50)}, {"cash": 50}), {"l2": 1}, rounds_cash=True)
    assert rows(other) == {"cash:T02": -50, "sales:goods": 50}


def test_a_letter_that_was_a_mistake_goes_back_with_its_stamps() -> None:
    whole = reversed_whole(letter_and_pens(), GivenBack(), same_day=True)
    assert rows(whole) == {
        "affixed": -100,
        "cash:T02": -120,
        "postage:mail": 120,
        "sales:goods": 100,
    }
