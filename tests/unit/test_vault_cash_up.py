"""The vault is counted blind and cashed up like any till, at the counter it is bound to."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest

from terminal.app.cash_up_view import CashUpView
from terminal.app.hand_over import Found
from terminal.app.tills import MoveForm
from terminal.domain.cash_up import Step
from terminal.domain.document import Document
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.stock import span_text
from tests.helpers.cash_ups import POSTCARD, filled_tills, pieces
from tests.helpers.documents import words_of
from tests.helpers.outlet import CLERK, MANAGER, MANAGER_PIN, PIN, SENIOR, SENIOR_PIN, STAMP, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]

VAULT = "V01"


@pytest.fixture
def filled(counter: Outlet) -> Outlet:
    """A vault that was funded and issued floats; a drawer that sold."""
    filled_tills(counter.cases)
    counter.sell(STAMP, 3)
    return counter


def held(outlet: Outlet, account: str) -> int:
    """What an account holds."""
    return outlet.books.ledger.balance(account)


def count_vault(outlet: Outlet, off_fen: int = 0, stamps_off: int = 0) -> CashUpView:
    """Count what the books say, and a little more or less."""
    stock = outlet.books.stock
    found = {
        STAMP: str(stock.pieces("till:V01")[STAMP] + stamps_off),
        POSTCARD: span_text(stock.ranges("till:V01", POSTCARD)),
    }
    typed = pieces(held(outlet, "cash:V01") + off_fen)
    return outlet.cases.cash_ups.count(
        outlet.cases.cash_ups.view(till_id=VAULT).form_id, typed, found
    )


def close_vault(outlet: Outlet, off_fen: int = 0) -> CashUpView:
    """The whole way to its closing report."""
    cash_ups = outlet.cases.cash_ups
    view = cash_ups.book(count_vault(outlet, off_fen).form_id)
    return cash_ups.close(cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN).form_id)


def test_the_vault_is_counted_blind_with_its_cash_and_its_numbers(filled: Outlet) -> None:
    view = filled.cases.cash_ups.view(till_id=VAULT)
    assert (view.till_id, view.vault, view.step) == (VAULT, True, Step.COUNT)
    assert view.tills == ("T02", VAULT)
    assert [(row.item, row.numbered) for row in view.stock] == [(STAMP, False), (POSTCARD, True)]
    told = repr(asdict(view)) + repr(asdict(filled.cases.tills.view().tills[1]))
    assert not [secret for secret in ("14000.00", "310", "1041", "1100") if secret in told]
    outcome = count_vault(filled, -200, stamps_off=-1).outcome
    assert outcome is not None
    assert (outcome.expected_text, outcome.difference_text) == ("14000.00", "2.00")
    assert outcome.disposition == "short"
    assert [line.name for line in outcome.lines] == ["vault_opening", "vault_funded", "vault_sent"]
    assert (held(filled, "suspense:V01"), held(filled, "suspense:T02")) == (200, 0)
    assert filled.books.stock.pieces("suspense:V01") == {STAMP: 1}


def test_every_line_of_the_vault_opens_its_own_entries(filled: Outlet) -> None:
    outcome = count_vault(filled).outcome
    assert outcome is not None
    for line in outcome.lines[1:]:
        behind = filled.cases.cash_up_behind.line(
            line.code, line.kind, comes_in=line.comes_in, till_id=VAULT
        )
        assert len(behind.rows) == line.entries
        assert {row.kind_code for row in behind.rows} == {line.kind}
    stamps = filled.cases.cash_up_behind.stock(STAMP, VAULT)
    assert [row.pieces for row in stamps.rows] == [-90, 400]


def test_sales_of_the_counter_neither_explain_nor_belong_to_the_vault(filled: Outlet) -> None:
    outcome = count_vault(filled, -3_60).outcome
    assert outcome is not None
    seqs = {seq for cause in outcome.explanation.causes for seq in cause.seqs}
    kinds = {entry.kind for seq in seqs if (entry := filled.books.entry(seq)) is not None}
    assert kinds <= {"pouch.sent", "pouch.received", "till.funded"}


def test_its_closing_is_its_own_and_the_drawer_has_still_to_be_counted(filled: Outlet) -> None:
    close_vault(filled, -200)
    closing: Any = filled.books.entries(limit=1)[0].body
    assert (closing["till_id"], closing["period"], closing["hand"]) == (VAULT, 1, "kept")
    assert (closing["orders"], closing["sold_fen"], closing["tenders"]) == (0, 0, [])
    assert closing["verifier"] == SENIOR
    assert held(filled, "over_short:V01") == 200
    slip = words_of(Document.from_json(filled.books.print_jobs(limit=1)[0].document))
    assert "V01" in slip
    assert "1041" not in slip
    assert "期初库存现金" in slip
    assert "订单数" not in slip
    assert filled.cases.cash_ups.due()
    assert filled.cases.cash_ups.view(till_id=VAULT).period == 2
    assert not filled.cases.tills.view().tills[1].blind
    assert filled.books.read_model_differences() == []


def test_a_dispute_at_the_vault_leaves_the_stock_of_the_drawer_alone(filled: Outlet) -> None:
    cash_ups, stock = filled.cases.cash_ups, filled.books.stock
    typed = {STAMP: "86", POSTCARD: "1001-1040"}
    form = cash_ups.view().form_id
    drawer = cash_ups.count(form, pieces(held(filled, "cash:T02")), typed)
    cash_ups.dispute(count_vault(filled, -100).form_id, "不是金库少的")
    cash_ups.book(drawer.form_id)
    assert stock.pieces("suspense:T02") == {}
    assert stock.pieces("over_short:T02") == {STAMP: 1}
    assert held(filled, "suspense:V01") == 100


def test_the_vault_is_not_handed_over_at_the_counter(filled: Outlet) -> None:
    cash_ups = filled.cases.cash_ups
    view = cash_ups.book(count_vault(filled).form_id)
    form = cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN).form_id
    with pytest.raises(UserError, match=r"cash_up\.vault_stays"):
        cash_ups.hand_over(form, SENIOR, SENIOR_PIN, Found("14000.00"))
    assert filled.books.day().clerk_id == CLERK


def test_a_till_of_another_terminal_is_not_counted_here(counter: Outlet) -> None:
    with pytest.raises(UserError, match=r"till\.not_here"):
        counter.cases.cash_ups.view(till_id="T01")
    profile = counter.cases.context.profile
    settings = {**profile.settings, "tills": []}
    counter.cases.context.profile = replace(profile, settings=settings)
    assert counter.cases.cash_ups.view().tills == ("T02",)
    with pytest.raises(UserError, match=r"till\.not_here"):
        counter.cases.cash_ups.view(till_id=VAULT)


def test_the_outlet_names_a_vault_that_was_not_cashed_up_and_sums_one_that_was(
    filled: Outlet,
) -> None:
    close_vault(filled, 50)
    session = filled.cases.session
    session.sign_off()
    session.close_outlet(MANAGER, MANAGER_PIN, True)
    body: Any = filled.books.entries(limit=2)[1].body
    assert [(row["till_id"], row["difference_fen"]) for row in body["tills"]] == [(VAULT, 50)]
    assert (body["over_fen"], body["not_cashed_up"]) == (50, ["T02"])


def test_an_issue_after_the_closing_makes_the_vault_due_again(counter: Outlet) -> None:
    filled_tills(counter.cases)
    close_vault(counter)
    counter.cases.session.sign_off()
    counter.cases.session.sign_on(CLERK, PIN)
    form = MoveForm(new_uuid7(), VAULT, "T02", {10_000: 1})
    counter.cases.tills.send(form, SENIOR, SENIOR_PIN)
    assert counter.cases.cash_ups.view(till_id=VAULT).step is Step.COUNT
    assert counter.cases.tills.view().tills[1].blind
