"""Giving back at one counter: booked once, to the fen, with who and why, offline as well."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from terminal.app.refund_view import RefundDone, RefundForm
from terminal.app.refunding import Wish
from terminal.domain.attempt import Answer
from terminal.domain.errors import OutletError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import EntryDraft
from terminal.domain.proof import MOST_CHARACTERS, proof_text, sale_proof_text
from tests.helpers.cash_ups import show_tills
from tests.helpers.inbox import Centre, deliver
from tests.helpers.outlet import CLERK, PIN, SENIOR, SENIOR_PIN, TILL, Outlet, Template

pytest_plugins = ["tests.helpers.outlet_fixtures"]

PEN, STAMP = "P0011", "P0001"


def code_of(deed: Callable[[], object]) -> str:
    with pytest.raises(OutletError) as caught:
        deed()
    return caught.value.code


def give_back(
    outlet: Outlet,
    form: RefundForm,
    quantities: Mapping[str, int] | None = None,
    *,
    manner: Any = "return",
    reason: str = "wrong_goods",
    second: tuple[str, str] = ("", ""),
) -> RefundDone:
    """Book a refund: the whole of each line unless told otherwise."""
    wished = {line.line_id: line.left for line in form.lines} if quantities is None else quantities
    wish = Wish(form.form_id, manner, wished, reason)
    return outlet.cases.refunding.complete(wish, *second)


def test_a_returned_pen_takes_its_money_out_of_the_drawer(counter: Outlet) -> None:
    order = counter.sell(PEN, 3)
    before = counter.books.balances()
    form = counter.cases.refunding.begin(order)
    (line,) = form.lines
    assert (line.left, line.refundable, form.can_reverse) == (3, True, True)
    done = give_back(counter, form, {line.line_id: 1})
    after = counter.books.balances()
    moved = {name: after[name] - before.get(name, 0) for name in after}
    assert sum(moved.values()) == 0
    assert moved[TILL] == -round(float(done.cash_text) * 100)
    assert counter.books.refunds.given_back(order).quantity(line.line_id) == 1
    assert counter.cases.refunding.begin(order[-6:]).lines[0].left == 2


def test_a_second_press_says_what_was_saved_and_books_nothing(counter: Outlet) -> None:
    form = counter.cases.refunding.begin(counter.sell(PEN, 2))
    first = give_back(counter, form, {form.lines[0].line_id: 1})
    head = counter.books.head()
    again = give_back(counter, form, {form.lines[0].line_id: 1})
    assert (again.already_saved, again.refund_no) == (True, first.refund_no)
    assert counter.books.head() == head
    assert not first.already_saved


def test_nobody_gives_back_more_than_was_sold_whatever_forms_are_open(counter: Outlet) -> None:
    order = counter.sell(PEN, 2)
    refunding = counter.cases.refunding
    stale = refunding.begin(order)
    fresh = refunding.begin(order)
    assert code_of(lambda: give_back(counter, stale)) == "refund.form_gone"
    give_back(counter, fresh)
    spent = refunding.begin(order)
    assert spent.lines[0].left == 0
    line_id = spent.lines[0].line_id
    assert code_of(lambda: give_back(counter, spent, {line_id: 1})) == "refund.more_than_sold"
    assert spent.earlier[0].amount_text != "0.00"


def test_a_crash_before_and_after_the_booking_leaves_one_refund_or_none(counter: Outlet) -> None:
    form = counter.cases.refunding.begin(counter.sell(PEN, 1))
    counter.clock.dies_at_next_reading = True
    with pytest.raises(SystemExit):
        give_back(counter, form)
    cases = counter.crash()
    assert cases.refunding.saved(form.form_id) is None
    assert cases.context.books.refunds.last() is None
    cases.session.unlock(PIN)
    done = give_back(counter, cases.refunding.begin(form.order_no))
    saved = counter.crash().refunding.saved(counter.books.refunds.last().intent_id)  # type: ignore[union-attr]
    assert saved is not None
    assert (saved.refund_no, saved.already_saved) == (done.refund_no, True)


def test_stamps_go_back_only_as_a_mistake_that_two_people_undo_today(counter: Outlet) -> None:
    order = counter.sell(STAMP, 2)
    refunding = counter.cases.refunding
    form = refunding.begin(order)
    assert not form.lines[0].refundable
    assert code_of(lambda: give_back(counter, form)) == "refund.not_refundable"

    def undo(reason: str, second: tuple[str, str] = ("", "")) -> RefundDone:
        return give_back(counter, form, manner="reversal", reason=reason, second=second)

    assert code_of(lambda: undo("customer_wish")) == "refund.reason_not_a_mistake"
    assert code_of(lambda: undo("")) == "refund.reason_missing"
    assert code_of(lambda: undo("keyed_wrong")) == "permission.second_needed"
    before = counter.books.balances()
    undo("keyed_wrong", (SENIOR, SENIOR_PIN))
    after = counter.books.balances()
    assert before[TILL] > 0
    assert set(after.values()) == {0}
    grant = counter.books.entry(counter.books.head()[0] - 1)
    assert grant is not None
    assert grant.kind == "authorisation.granted"
    assert (grant.body["action"], grant.body["subject"]) == ("reversal", order)
    assert (grant.body["before_fen"], grant.body["after_fen"]) == (before[TILL], 0)


def test_a_great_refund_needs_a_second_person_and_a_greater_one_is_refused(counter: Outlet) -> None:
    order = counter.sell(PEN, 600)
    refunding = counter.cases.refunding
    form = refunding.begin(order)
    line_id = form.lines[0].line_id
    wish = Wish(form.form_id, "return", {line_id: 600}, "wrong_goods")
    quote = refunding.quote(wish)
    assert quote.level == "second"
    assert code_of(lambda: refunding.complete(wish)) == "permission.second_needed"
    assert counter.books.refunds.given_back(order).nothing
    assert refunding.complete(wish, SENIOR, SENIOR_PIN).money_text == quote.money_text


def test_the_slip_of_another_counter_is_told_from_ours(counter: Outlet) -> None:
    counter.sell(PEN)
    refunding = counter.cases.refunding
    (entry,) = counter.books.entries(limit=1)
    assert refunding.begin(proof_text(entry).lower()).order_no == entry.body["order_no"]
    first = counter.books.entry(1)
    assert first is not None
    assert code_of(lambda: refunding.begin(proof_text(first))) == "refund.not_a_sale"
    other = proof_text(entry).replace(entry.terminal_id, "61020303-09-00000000")
    assert code_of(lambda: refunding.begin(other)) == "refund.unknown_counter"
    forged = proof_text(first).replace(f"*{first.seq}*", f"*{entry.seq}*")
    for unsigned in (forged, f"PT1*{entry.terminal_id}*999999*A*B"):
        assert code_of(lambda wanted=unsigned: refunding.begin(wanted)) == "refund.proof_forged"  # type: ignore[misc]
    for unknown in ("0000", "7", "x" * 60):
        assert code_of(lambda wanted=unknown: refunding.begin(wanted)) == "refund.unknown_sale"  # type: ignore[misc]
    elsewhere = "61020303-09-000001"
    assert code_of(lambda: refunding.begin(elsewhere)) == "refund.needs_platform"


def test_money_that_is_not_in_the_drawer_is_not_given_back(counter: Outlet) -> None:
    order = counter.sell(PEN, 2)
    with counter.books.transaction() as tx:
        body: Any = {
            "postings": [
                {"account": TILL, "fen": -counter.books.balances()[TILL]},
                {"account": "funding:bank", "fen": counter.books.balances()[TILL]},
            ]
        }
        tx.append(counter.cases.context.draft("drawer.emptied", new_uuid7(), "0312", body))
    form = counter.cases.refunding.begin(order)
    assert code_of(lambda: give_back(counter, form)) == "refund.not_enough_cash"


def test_the_slip_says_what_went_back_and_the_copy_of_the_sale_says_so_too(
    counter: Outlet,
) -> None:
    order = counter.sell(PEN, 2)
    done = give_back(counter, counter.cases.refunding.begin(order))
    job = counter.books.print_jobs(limit=1)[0]
    text = str(job.document)
    for part in ("退货退款单", order, done.refund_no, "拿错商品", "-" + done.money_text, "负"):
        assert part in text
    assert "PT1*" in text
    assert "KickDrawer" in text or "drawer" in text
    counter.cases.slips.reprint(order)
    copy = str(counter.books.print_jobs(limit=1)[0].document)
    assert f"已退款 {done.refund_no} -{done.money_text}" in copy
    with counter.books.transaction() as tx:
        tx.set_print_state(job.job_id, "unconfirmed", "print.interrupted")
    again = counter.cases.slips.retry(job.job_id)
    assert (again.kind, again.copy) == ("refund", 1)
    assert "第1次补打" in str(counter.books.print_jobs(limit=1)[0].document)


def test_signing_off_counts_what_was_given_back(counter: Outlet) -> None:
    show_tills(counter.cases)
    order = counter.sell(PEN, 2)
    give_back(counter, counter.cases.refunding.begin(order))
    counter.cases.session.sign_off()
    text = str(counter.books.print_jobs(limit=1)[0].document)
    assert "退款笔数" in text
    assert "退款金额" in text


def test_the_read_models_of_refunds_are_what_the_journal_says(counter: Outlet) -> None:
    order = counter.sell(PEN, 3)
    form = counter.cases.refunding.begin(order)
    give_back(counter, form, {form.lines[0].line_id: 1})
    give_back(counter, counter.cases.refunding.begin(order))
    assert counter.books.read_model_differences() == []
    assert [row.refunded for row in counter.cases.refunding.recent()] == ["whole"]


@pytest.mark.parametrize(
    ("kind", "account"),
    [
        ("points", "points"),
        ("voucher", "vouchers:platform"),
        ("prepaid_card", "channel:prepaid_card"),
        ("merchant_code", "channel:merchant_code"),
    ],
)
def test_what_a_channel_gave_back_leaves_every_account_as_before_the_sale(
    counter: Outlet, kind: str, account: str
) -> None:
    before = counter.books.balances()
    cases = counter.cases
    cases.ordering.add_item("S0001", 2)
    intent = cases.ordering.basket.sale_intent
    order = cases.codes.arm_tender(intent, kind, "6217000000000001")
    paid = Answer("ok", "paid", order.attempt.amount_fen)
    cases.codes.record(order.attempt.out_trade_no, "charge", paid)
    if order.attempt.amount_fen < cases.ordering.basket.total.fen:
        cases.paying.tender_cash(intent, cases.paying.view().cash_remaining_text)
    else:
        cases.paying.finish(intent)
    sale = counter.books.last_order()
    assert sale is not None
    assert counter.books.balances()[account] == order.attempt.amount_fen
    form = cases.refunding.begin(sale.order_no)
    cases.refunding.complete(Wish(form.form_id, "reversal", {}, "keyed_wrong"), SENIOR, SENIOR_PIN)
    (payment,) = cases.refund_money.to_ask()
    told = {"refund_no": payment.number, "amount_fen": payment.amount_fen, "state": "refunded"}
    cases.refund_money.record(payment.number, {"outcome": "ok", "result": told})
    after = counter.books.balances()
    assert {name: fen for name, fen in after.items() if fen} == {
        name: fen for name, fen in before.items() if fen
    }


def test_a_slip_of_an_entry_that_a_recovery_sealed_again_still_opens_its_sale(
    counter: Outlet,
) -> None:
    counter.sell(PEN)
    (entry,) = counter.books.entries(limit=1)
    lost = replace(entry, seq=entry.seq + 70, hash="ab" * 32)
    assert code_of(lambda: counter.cases.refunding.begin(proof_text(lost))) == (
        "refund.proof_forged"
    )
    body: dict[str, Any] = {
        **entry.body,
        "order_no": "61020303-02-000900",
        "resent_of": {"epoch": 1, "seq": lost.seq, "hash": lost.hash},
    }
    draft = EntryDraft("sale.completed", new_uuid7(), entry.business_date, CLERK, body)
    with counter.books.transaction() as tx:
        tx.append(draft)
    assert counter.cases.refunding.begin(proof_text(lost)).order_no == "61020303-02-000900"


def test_a_long_sale_is_named_by_its_slip_and_not_carried(counter: Outlet) -> None:
    for sku in ("P0001", "P0011", "P0002", "P0003", "P0012", "P0013", "P0031"):
        counter.cases.ordering.add_item(sku, 1)
    form = counter.cases.paying.begin()
    counter.cases.paying.tender_cash(form.form_id, form.cash_remaining_text)
    (entry,) = counter.books.entries(limit=1)
    assert sale_proof_text(entry) == proof_text(entry)
    counter.sell(PEN)
    (entry,) = counter.books.entries(limit=1)
    text = sale_proof_text(entry)
    assert text.startswith(proof_text(entry) + "*")
    assert 400 < len(text) <= MOST_CHARACTERS


def test_many_small_forms_of_one_sale_need_the_second_person_of_a_great_one(
    counter: Outlet,
) -> None:
    order = counter.sell(PEN, 600)
    refunding = counter.cases.refunding

    def some(pieces: int, second: tuple[str, str] = ("", "")) -> RefundDone:
        form = refunding.begin(order)
        return give_back(counter, form, {form.lines[0].line_id: pieces}, second=second)

    assert some(150).money_text == "75.00"
    assert some(50).money_text == "25.00"
    # 100.00 is what a clerk gives back of a sale alone: neither now nor tomorrow a jiao more.
    assert code_of(lambda: some(1)) == "permission.second_needed"
    counter.clock.advance(timedelta(days=1))
    assert code_of(lambda: some(1)) == "permission.second_needed"
    assert some(1, (SENIOR, SENIOR_PIN)).money_text == "0.50"
    grant = next(e for e in counter.books.entries(limit=3) if e.kind == "authorisation.granted")
    assert (grant.body["size"], grant.body["before_fen"]) == (10_050, 20_000)
    assert code_of(lambda: some(1)) == "permission.second_needed"


def test_what_a_correction_of_the_centre_took_back_is_not_given_back_again(
    counter: Outlet, outlet_template: Template
) -> None:
    order, other = counter.sell(PEN, 4), counter.sell(PEN, 4)
    sale = counter.books.entry(counter.books.order(order).seq)  # type: ignore[union-attr]
    assert sale is not None
    open_before = counter.cases.refunding.begin(order)
    postings = [
        {"account": TILL, "fen": -200},
        {"account": "sales:postal_supplies", "fen": 200},
    ]
    record = Centre(outlet_template.platform).directive(sale, 200, postings=postings)
    deliver(counter, record)
    assert counter.cases.refunding.quote(_all(open_before)).money_text == "2.00"
    counter.cases.directives.accept(record["directive_id"])
    held = counter.books.balances()
    assert code_of(lambda: give_back(counter, open_before)) == "refund.corrected"
    assert code_of(lambda: counter.cases.refunding.begin(order)) == "refund.corrected"
    assert counter.books.balances() == held
    assert give_back(counter, counter.cases.refunding.begin(other)).money_text == "2.00"


def _all(form: RefundForm) -> Wish:
    return Wish(form.form_id, "return", {form.lines[0].line_id: 4}, "wrong_goods")


@pytest.mark.parametrize("figures", ["²", "0", "-1", "9" * 17, "9" * 20, "9" * 5_000])
def test_a_code_with_odd_figures_is_nobodys_slip(counter: Outlet, figures: str) -> None:
    counter.sell(PEN)
    head = counter.books.entry(counter.books.head()[0])
    assert head is not None
    genuine = proof_text(head).split("*")
    odd = "*".join([*genuine[:2], figures, *genuine[3:]])
    assert counter.cases.refunding.question(odd) is None
    assert code_of(lambda: counter.cases.refunding.begin(odd)) == "refund.proof_forged"
