"""Tills by their use cases, on real books: pouches, the vault, the drawer, the surprise check."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from terminal.app.entry_account import account_of
from terminal.app.till_booking import TillDone
from terminal.app.till_checks import CheckForm
from terminal.app.tills import MoveForm
from terminal.domain import stock
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.pouch import Bundle, Pouch
from tests.helpers.cash_ups import show_tills
from tests.helpers.outlet import CLERK, PIN, SENIOR, SENIOR_PIN, STAMP, TILL, Outlet
from tests.unit.test_refunding import give_back

pytest_plugins = ["tests.helpers.outlet_fixtures"]
VAULT = "cash:V01"
POSTCARD = "P0032"


def fund(counter: Outlet, fen: int = 1_000_000, *bundles: Bundle) -> TillDone:
    """Cash from the bank into the vault."""
    form = MoveForm(
        new_uuid7(), "V01", "bank", {10_000: fen // 10_000} if fen else {}, bundles, inward=True
    )
    return counter.cases.tills.fund(form, SENIOR, SENIOR_PIN)


def issue(counter: Outlet, pieces: dict[int, int], *bundles: Bundle) -> TillDone:
    """From the vault to the drawer at this counter, and received there."""
    tills = counter.cases.tills
    form = MoveForm(new_uuid7(), "V01", "T02", pieces, bundles)
    sent = tills.send(form, SENIOR, SENIOR_PIN)
    return counter.cases.pouches.receive(new_uuid7(), sent.pouch)


def refused(counter: Outlet, form: MoveForm, *two: str) -> UserError:
    with pytest.raises(UserError) as error:
        counter.cases.tills.send(form, *two)
    return error.value


def hand_in(counter: Outlet, fen_pieces: dict[int, int]) -> MoveForm:
    return MoveForm(counter.cases.tills.begin(), "T02", "V01", fen_pieces)


def test_float_goes_from_the_bank_over_the_vault_into_the_drawer(counter: Outlet) -> None:
    fund(counter)
    done = issue(counter, {10_000: 5, 1_000: 10})
    assert (done.kind, done.amount_text) == ("pouch.received", "600.00")
    balances = counter.books.balances()
    assert balances["funding:bank"] == -1_000_000
    assert balances[VAULT] == 940_000
    assert balances[TILL] == 60_000
    assert balances[f"transit:{done.pouch}"] == 0
    assert counter.books.read_model_differences() == []


def test_every_figure_of_a_till_is_the_sum_of_what_it_opens(counter: Outlet) -> None:
    fund(counter)
    issue(counter, {10_000: 5})
    counter.sell(quantity=3)
    counter.cases.tills.send(hand_in(counter, {10_000: 2}))
    show_tills(counter.cases)
    view = counter.cases.tills.view()
    assert [till.till_id for till in view.tills] == ["T02", "V01"]
    for till in view.tills:
        amounts = [Decimal(figure.amount_text) for figure in till.figures]
        assert f"{sum(amounts):.2f}" == till.cash_text
        for figure in till.figures:
            listing = counter.cases.tills.listing(till.till_id, figure.kind)
            assert listing.total_text == figure.amount_text
            assert len(listing.lines) == figure.entries
    kinds = {figure.kind: figure.amount_text for figure in view.tills[0].figures}
    assert kinds == {
        "": "0.00",
        "pouch.received": "500.00",
        "sale.completed": "3.60",
        "pouch.sent": "-200.00",
    }
    (line,) = counter.cases.tills.listing("T02", "pouch.sent").lines
    assert line.clerk_id == CLERK


def test_the_opening_of_the_next_day_opens_into_the_days_before(counter: Outlet) -> None:
    from datetime import timedelta

    counter.sell(quantity=5)
    counter.cases.session.sign_off()
    counter.cases.session.close_outlet("0301", "112233", acknowledge_waiting=True)
    counter.clock.advance(timedelta(days=1))
    counter.open_day()
    show_tills(counter.cases)
    (till, _) = counter.cases.tills.view().tills
    assert [(figure.kind, figure.amount_text) for figure in till.figures] == [("", "6.00")]
    listing = counter.cases.tills.listing("T02", "")
    assert [line.amount_text for line in listing.lines] == ["6.00"]


def test_a_pouch_waits_on_the_way_until_it_is_received_once(counter: Outlet) -> None:
    counter.sell(quantity=100)
    sent = counter.cases.tills.send(hand_in(counter, {10_000: 1}))
    (waiting,) = counter.cases.tills.view().on_the_way
    assert (waiting.number, waiting.amount_text, waiting.mine) == (sent.pouch, "100.00", True)
    received = counter.cases.pouches.receive(new_uuid7(), sent.pouch, SENIOR, SENIOR_PIN)
    assert counter.cases.tills.view().on_the_way == ()
    with pytest.raises(UserError) as again:
        counter.cases.pouches.receive(new_uuid7(), sent.pouch)
    assert again.value.code == "pouch.already_received"
    assert again.value.params == {"seq": received.seq, "at": received.at}
    assert counter.books.balances()[VAULT] == 10_000


def test_the_second_press_of_one_form_says_when_it_was_saved(counter: Outlet) -> None:
    counter.sell(quantity=100)
    form = hand_in(counter, {1_000: 3})
    first = counter.cases.tills.send(form)
    second = counter.cases.tills.send(form)
    assert not first.already_saved
    assert second == replace(first, already_saved=True)
    assert counter.books.balances()[TILL] == 12_000 - 3_000
    receive = counter.cases.tills.begin()
    counter.cases.pouches.receive(receive, first.pouch, SENIOR, SENIOR_PIN)
    assert counter.cases.pouches.receive(receive, first.pouch).already_saved
    assert counter.books.balances()[VAULT] == 3_000


def test_a_form_whose_intent_became_something_else_is_gone(counter: Outlet) -> None:
    counter.cases.ordering.add_item(STAMP, 1)
    form = counter.cases.paying.begin()
    counter.cases.paying.tender_cash(form.form_id, "1.20")
    with pytest.raises(UserError) as gone:
        counter.cases.pouches.receive(form.form_id, "P02-260801-000000")
    assert gone.value.code == "till.form_gone"


def test_no_till_gives_more_than_it_holds(counter: Outlet) -> None:
    counter.sell(quantity=1)
    show_tills(counter.cases)
    error = refused(counter, hand_in(counter, {100: 2}))
    assert (error.code, error.params["held"]) == ("till.not_enough", "1.20")
    assert refused(counter, hand_in(counter, {})).code == "till.nothing"
    form = hand_in(counter, {100: 1})
    assert refused(counter, replace(form, partner="T02")).code == "till.same"
    assert refused(counter, replace(form, partner="T77")).code == "till.unknown"
    assert refused(counter, replace(form, till_id="T01")).code == "till.not_here"
    assert refused(counter, replace(form, pieces={7: 1})).code == "cash_count.unknown_denomination"
    assert counter.books.balances()[TILL] == 120


def test_cash_of_the_vault_moves_only_by_two_people(counter: Outlet) -> None:
    fund(counter)
    assert counter.cases.tills.needs_two("V01")
    assert not counter.cases.tills.needs_two("T02")
    form = MoveForm(new_uuid7(), "V01", "T02", {10_000: 1})
    assert refused(counter, form).code == "permission.second_needed"
    assert refused(counter, form, CLERK, PIN).code == "permission.same_person"
    assert refused(counter, form, SENIOR, "000000").code == "session.wrong_secret"
    counter.cases.tills.send(form, SENIOR, SENIOR_PIN)
    granted = [e for e in counter.books.entries(limit=10) if e.kind == "authorisation.granted"]
    body: Any = granted[0].body
    assert (body["action"], body["authoriser"]) == ("vault_move", SENIOR)
    assert (body["subject"], body["amount_fen"]) == ("V01 → T02", 10_000)
    assert not {"before_fen", "after_fen"} & set(body), "the vault is counted blind as well"


def test_funding_is_for_vaults_and_goes_back_the_same_way(counter: Outlet) -> None:
    fund(counter, 50_000)
    back = MoveForm(new_uuid7(), "V01", "bank", {10_000: 2})
    done = counter.cases.tills.fund(back, SENIOR, SENIOR_PIN)
    assert counter.cases.tills.fund(back, SENIOR, SENIOR_PIN).already_saved
    assert done.amount_text == "-200.00"
    assert counter.books.balances()["funding:bank"] == -30_000
    for form, code in (
        (replace(back, intent_id=new_uuid7(), till_id="T02"), "till.not_a_vault"),
        (replace(back, intent_id=new_uuid7(), partner="moon"), "till.unknown"),
        (replace(back, intent_id=new_uuid7(), pieces={10_000: 4}), "till.holds_less"),
    ):
        with pytest.raises(UserError) as error:
            counter.cases.tills.fund(form, SENIOR, SENIOR_PIN)
        assert error.value.code == code


def test_a_pouch_of_another_terminal_is_received_from_its_code_alone(counter: Outlet) -> None:
    far = Pouch("P03-260801-7K3QF9", "T03", "T02", 12_345, (Bundle(POSTCARD, 10, 101),))
    done = counter.cases.pouches.receive(new_uuid7(), far.code())
    assert (done.from_till, done.amount_text) == ("T03", "123.45")
    balances = counter.books.balances()
    assert (balances[TILL], balances[f"transit:{far.number}"]) == (12_345, -12_345)
    assert counter.books.stock.ranges(stock.till("T02"), POSTCARD) == ((101, 110),)
    for text, code in (
        (far.code(), "pouch.already_received"),
        (replace(far, number="P03-260801-000000", target="T09").code(), "pouch.other_till"),
        (far.code()[:-1] + "!", "pouch.unreadable"),
        ("P03-260801-7K3QFA", "pouch.unknown"),
    ):
        with pytest.raises(UserError) as error:
            counter.cases.pouches.find(text)
        assert error.value.code == code


def test_stamps_and_numbers_are_issued_sold_and_handed_in(counter: Outlet) -> None:
    fund(counter, 0, Bundle(STAMP, 100), Bundle(POSTCARD, 50, 1001))
    issue(counter, {}, Bundle(STAMP, 40), Bundle(POSTCARD, 20, 1011))
    counter.sell(STAMP, 3)
    counter.sell(POSTCARD, 2)
    drawer = stock.till("T02")
    assert counter.books.stock.pieces(drawer) == {STAMP: 37, POSTCARD: 18}
    assert counter.books.stock.ranges(drawer, POSTCARD) == ((1013, 1030),)
    assert counter.books.stock.ranges(stock.SOLD, POSTCARD) == ((1011, 1012),)
    back = MoveForm(new_uuid7(), "T02", "V01", {}, (Bundle(POSTCARD, 10, 1021),))
    packed = counter.cases.tills.send(back).pouch
    counter.cases.pouches.receive(new_uuid7(), packed, SENIOR, SENIOR_PIN)
    assert counter.books.stock.ranges(stock.till("V01"), POSTCARD) == ((1001, 1010), (1021, 1050))
    show_tills(counter.cases)
    (shown, _) = counter.cases.tills.view().tills
    assert {row.item: (row.pieces, row.ranges) for row in shown.stock if row.pieces} == {
        STAMP: (37, ()),
        POSTCARD: (8, ((1013, 1020),)),
    }
    assert counter.books.read_model_differences() == []


def test_a_number_comes_from_the_centre_once_until_it_was_given_back(counter: Outlet) -> None:
    fund(counter, 0, Bundle(POSTCARD, 40, 1001))
    issue(counter, {}, Bundle(POSTCARD, 10, 1001))
    counter.sell(POSTCARD, 2)
    head = counter.books.head()
    for bundles in (
        (Bundle(POSTCARD, 1, 1001),),
        (Bundle(POSTCARD, 1, 1005),),
        (Bundle(POSTCARD, 5, 1040),),
        (Bundle(POSTCARD, 3, 999),),
        (Bundle(POSTCARD, 5, 2001), Bundle(POSTCARD, 5, 2005)),
    ):
        with pytest.raises(UserError) as known:
            fund(counter, 0, *bundles)
        assert known.value.code == "till.numbers_known"
    assert counter.books.head() == head
    form = MoveForm(new_uuid7(), "V01", "bank", {}, (Bundle(POSTCARD, 10, 1031),))
    counter.cases.tills.fund(form, SENIOR, SENIOR_PIN)
    fund(counter, 0, Bundle(POSTCARD, 5, 1031), Bundle(POSTCARD, 5, 2001), Bundle(STAMP, 100))
    assert counter.books.stock.pieces("till:V01") == {POSTCARD: 30, STAMP: 100}


def test_a_sale_undone_as_a_mistake_puts_its_numbers_back_into_the_till(counter: Outlet) -> None:
    fund(counter, 0, Bundle(POSTCARD, 50, 1001))
    issue(counter, {}, Bundle(POSTCARD, 20, 1011))
    form = counter.cases.refunding.begin(counter.sell(POSTCARD, 3))
    two = (SENIOR, SENIOR_PIN)
    give_back(counter, form, manner="reversal", reason="keyed_wrong", second=two)
    assert counter.books.stock.ranges(stock.till("T02"), POSTCARD) == ((1011, 1030),)
    assert counter.books.stock.ranges(stock.SOLD, POSTCARD) == ()
    assert counter.books.read_model_differences() == []


@pytest.mark.parametrize(
    "bundle",
    [
        Bundle(POSTCARD, 5, 2001),
        Bundle(POSTCARD, 5),
        Bundle(STAMP, 1, 7),
        Bundle(STAMP, 0),
        Bundle(STAMP, 1000),
    ],
)
def test_stock_that_is_not_there_is_not_sent(counter: Outlet, bundle: Bundle) -> None:
    fund(counter, 0, Bundle(STAMP, 100), Bundle(POSTCARD, 50, 1001))
    form = MoveForm(new_uuid7(), "V01", "T02", {}, (bundle,))
    assert refused(counter, form, SENIOR, SENIOR_PIN).code == "till.no_stock"


def test_goods_that_no_till_was_issued_move_no_stock(counter: Outlet) -> None:
    counter.sell(STAMP, 3)
    (entry,) = counter.books.entries(limit=1)
    assert entry.kind == "sale.completed"
    assert "stock" not in entry.body
    assert counter.books.stock.pieces(stock.till("T02")) == {}


def test_a_sale_beyond_the_limit_asks_to_hand_in_and_books_all_the_same(counter: Outlet) -> None:
    counter.sell(quantity=4_166)
    assert counter.cases.tills.over_limit() is None
    counter.sell(quantity=10)
    over = counter.cases.tills.over_limit()
    assert over is not None
    assert over.limit_text == "5000.00"
    till = counter.cases.tills.view().tills[0]
    assert (till.over, till.over_text) == (True, "")
    show_tills(counter.cases)
    till = counter.cases.tills.view().tills[0]
    assert (till.over, till.over_text) == (True, "11.20")


def test_what_tills_book_is_told_in_words(counter: Outlet) -> None:
    words = json.loads(Path("assets/translations/zh_CN.json").read_text("utf-8"))
    fund(counter, 100_000, Bundle(STAMP, 5))
    issue(counter, {10_000: 5})
    checks = counter.cases.till_checks
    checks.open_drawer(new_uuid7(), "change", SENIOR, SENIOR_PIN)
    form = CheckForm(new_uuid7(), "T02", {10_000: 5})
    checks.check(form, SENIOR, SENIOR_PIN)
    told = {}
    for entry in counter.books.entries(limit=20):
        facts = account_of(counter.cases.context, entry).facts
        told[entry.kind] = {words[fact.label_code]: fact.value for fact in facts}
        coded = [fact.value for fact in facts if fact.form == "words"]
        assert all(part in words for value in coded for part in value.split())
    assert told["pouch.sent"]["调拨现金"] == "500.00"
    assert told["drawer.opened"]["原因"] == "till.reason.change"
    assert told["till.checked"]["差额"] == "0.00"
    assert told["till.funded"]["对方"] == "source.bank"


def test_the_drawer_opens_without_a_sale_by_reason_and_second_person(counter: Outlet) -> None:
    checks, intent = counter.cases.till_checks, counter.cases.tills.begin()
    with pytest.raises(UserError) as no_reason:
        checks.open_drawer(intent, "curious", SENIOR, SENIOR_PIN)
    assert no_reason.value.code == "till.no_reason"
    with pytest.raises(UserError) as alone:
        checks.open_drawer(intent, "change", "", "")
    assert alone.value.code == "permission.second_needed"
    done = checks.open_drawer(intent, "change", SENIOR, SENIOR_PIN)
    assert checks.open_drawer(intent, "change", SENIOR, SENIOR_PIN) == replace(
        done, already_saved=True
    )
    body: Any = counter.books.entry(done.seq)
    assert body.body["reason"] == "change"
    job = counter.books.print_job(intent)
    assert job is not None
    assert job.document["blocks"][0]["type"] == "kick_drawer"
    assert counter.books.balances().get(TILL, 0) == 0


def test_a_surprise_check_books_the_difference_and_settles_nothing(counter: Outlet) -> None:
    counter.sell(quantity=100)
    intent = counter.cases.tills.begin()
    done = counter.cases.till_checks.check(
        CheckForm(intent, "T02", {10_000: 1, 1_000: 1}), SENIOR, SENIOR_PIN
    )
    assert done.amount_text == "-10.00"
    body: Any = counter.books.entry(done.seq)
    assert body.body["expected_fen"] == 12_000
    assert body.body["counted_fen"] == 11_000
    assert body.body["checker"] == SENIOR
    assert "postings" not in body.body
    assert counter.books.balances()[TILL] == 12_000
    again = counter.cases.till_checks.check(
        CheckForm(intent, "T02", {10_000: 9}), SENIOR, SENIOR_PIN
    )
    assert again == replace(done, already_saved=True)
    with pytest.raises(UserError) as herself:
        counter.cases.till_checks.check(CheckForm(new_uuid7(), "T02", {}), CLERK, PIN)
    assert herself.value.code == "permission.same_person"
