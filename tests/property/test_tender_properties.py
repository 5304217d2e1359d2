"""Any split over any tenders settles to zero, change comes from cash, reversed it is nothing."""

from __future__ import annotations

from dataclasses import dataclass, replace

from hypothesis import given
from hypothesis import strategies as st

from terminal.domain import ledger
from terminal.domain.basket import Basket
from terminal.domain.canonical import Json, JsonObject
from terminal.domain.ledger import Posting
from terminal.domain.money import ZERO, Money
from terminal.domain.sale import CodeTender, sale_body, settle
from terminal.domain.tender import TENDERS, Part, most_payable, scheme_of, tender_of, worth
from tests.helpers.baskets import baskets

CHANNELS = [tender for tender in TENDERS if tender.road != "counter"]
LAID_DOWN = [tender for tender in TENDERS if tender.road == "counter" and not tender.gives_change]


@dataclass(frozen=True)
class Fact:
    """Something with a body."""

    body: JsonObject


@st.composite
def splits(draw: st.DrawFn) -> tuple[Basket, tuple[CodeTender, ...]]:
    """A basket paid to the last fen by a mixture in any order; cash may be more than is missing."""
    basket = draw(baskets(least=1))
    left, codes, parts = basket.total.fen, [], []
    for number in range(draw(st.integers(0, 4))):
        if not left:
            break
        fen = draw(st.integers(1, left))
        left -= fen
        if draw(st.booleans()):
            tender = draw(st.sampled_from(CHANNELS))
            scheme = "wechat" if tender.kind == "payer_code" else scheme_of(tender)
            codes.append(CodeTender(f"{number:032x}", scheme, Money(fen), tender.kind, "…0018"))
        else:
            tender = draw(st.sampled_from(LAID_DOWN))
            owner = "" if tender.needs == "nothing" else f"N{number}"
            parts.append(Part(tender.kind, Money(fen), owner))
    cash = (Money(left + draw(st.integers(0, 500))),) if left else ()
    return replace(basket, cash_parts=cash, parts=tuple(parts)), tuple(codes)


@given(splits(), st.booleans())
def test_any_split_settles_to_zero(
    split: tuple[Basket, tuple[CodeTender, ...]], rounds: bool
) -> None:
    basket, codes = split
    settled = settle(basket, codes, rounds_cash=rounds)
    assert settled is not None
    body = sale_body(settled, order_no="1", till_id="T02", channel="counter")
    ledger.check_balanced(ledger.from_body(body))
    tenders = body["tenders"]
    assert sum(tender["fen"] for tender in tenders) == body["total_fen"] + body["rounding_fen"]
    assert {tender["kind"] for tender in tenders if "change_fen" in tender} <= {"cash"}
    assert settled.change == ZERO or basket.cash_parts
    assert not settled.rounding or basket.cash_parts
    held = {part.account: 0 for part in basket.parts}
    for part in basket.parts:
        held[part.account] += part.amount.fen
    balances = ledger.balances([Fact(body)])
    assert {account: balances[account] for account in held} == held


@given(splits(), st.data())
def test_reversing_any_part_of_a_split_nets_to_zero(
    split: tuple[Basket, tuple[CodeTender, ...]], data: st.DataObject
) -> None:
    """What a channel took and gave back leaves no trace in any account."""
    _, codes = split
    back = data.draw(st.lists(st.sampled_from(codes), unique=True)) if codes else []
    rows: list[Json] = [
        {"account": posting.account, "fen": sign * posting.fen}
        for sign, tenders in ((1, codes), (-1, back))
        for code in tenders
        for posting in _arriving(code)
    ]
    balances = ledger.balances([Fact({"postings": rows})])
    kept = sum(code.amount.fen for code in codes if code not in back)
    assert sum(balances.values()) == 0
    assert balances.get(ledger.PAYMENTS_HELD, 0) == -kept


def _arriving(code: CodeTender) -> tuple[Posting, Posting]:
    account = tender_of(code.kind).account_of(code.scheme)
    fen = code.amount.fen
    return Posting(account, fen), Posting(ledger.PAYMENTS_HELD, -fen)


@given(st.integers(0, 10_000), st.integers(0, 10_000), st.integers(0, 10_000))
def test_no_tender_pays_more_than_it_may_and_nothing_is_invented(
    remaining: int, postage: int, value: int
) -> None:
    for tender in TENDERS:
        most = most_payable(
            tender, remaining=Money(remaining), postage=Money(postage), affixed=ZERO
        )
        assert ZERO <= most <= Money(remaining)
        assert tender.pays == "everything" or most <= Money(postage)
        pays, lapses = worth(tender, value=Money(value), payable=most)
        assert pays + lapses <= Money(value)
        assert not lapses or (tender.lapses and pays == most)
