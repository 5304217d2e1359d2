"""The verdict on the last operation: journal, platform, channel, whatever the operation was."""

from __future__ import annotations

import json

import pytest

from terminal.app.last_transaction import is_operation
from terminal.app.payment_forms import LayDown
from terminal.domain.attempt import Answer
from terminal.domain.identifiers import new_uuid7
from terminal.domain.ledger import Posting, to_body
from tests.helpers.outlet import STAMP, Outlet
from tests.static.sources import ROOT

pytest_plugins = ["tests.helpers.outlet_fixtures"]

CODE = "134512345678901200"
STEPS = {
    "terminal.enrolled",
    "terminal.recovered",
    "terminal.replaced",
    "outlet.signed_on",
    "outlet.signed_off",
    "outlet.cashed_up",
    "clerk.signed_on",
    "clerk.signed_off",
    "authorisation.answered",
    "authorisation.granted",
    "basket.abandoned",
    "payment.intended",
    "payment.outcome",
    "payment.left_in_doubt",
    "slip.reprinted",
    "numbers.returned",
    "vault.kept",
    "attachment.kept",
    "entry.double_refused",
    "gap.shown",
    "task.settled",
    "training.began",
    "training.ended",
}


def test_every_kind_of_entry_is_an_operation_or_a_known_step() -> None:
    texts = json.loads((ROOT / "assets/translations/en.json").read_text(encoding="utf-8"))
    kinds = {".".join(key.split(".")[1:3]) for key in texts if key.startswith("entry.")}
    steps = {kind for kind in kinds if not is_operation(kind)}
    assert steps <= STEPS
    assert {"sale.completed", "pouch.sent", "cash_up.closed", "outlet.cashed_up"} <= kinds - steps


@pytest.mark.parametrize("kind", ["sale.completed", "pouch.sent", "drawer.opened"])
def test_an_operation_of_whatever_kind_is_told(counter: Outlet, kind: str) -> None:
    counter.sell()
    body = {
        "pouch": "P0007",
        "from_till": "T02",
        "to_till": "V01",
        "purpose": "hand_in",
        "cash_fen": 700,
        "postings": to_body((Posting("cash:T02", -700), Posting("transit:P0007", 700))),
    }
    if kind != "sale.completed":
        with counter.books.transaction() as tx:
            tx.append(counter.cases.context.draft(kind, new_uuid7(), "0312", body))
    last = counter.cases.queue.last_transaction()
    sold = kind == "sale.completed"
    assert (last.kind_code, last.verdict_code) == (f"entry.{kind}", "last.saved_waiting")
    assert (last.total_text, last.number) == (("1.20", "") if sold else ("7.00", "P0007"))
    assert bool(last.order_no) == sold


def test_steps_after_an_operation_do_not_hide_it(counter: Outlet) -> None:
    order_no = counter.sell()
    counter.cases.slips.reprint(order_no)
    counter.cases.session.sign_off()
    last = counter.cases.queue.last_transaction()
    assert (last.order_no, last.kind_code) == (order_no, "entry.sale.completed")


def test_a_sale_says_what_its_channel_says(counter: Outlet) -> None:
    counter.cases.ordering.add_item(STAMP, 5)
    form, codes = counter.cases.paying.begin(), counter.cases.codes
    order = codes.arm(form.form_id, CODE, "2.00")
    codes.record(order.attempt.out_trade_no, "charge", Answer("ok", "paid", 200))
    what = LayDown("cash_on_delivery", owner="K07")
    assert counter.cases.paying.lay_down(form.form_id, what).done is not None
    last = counter.cases.queue.last_transaction()
    assert last.channel_code == "last.channel.settled"
    assert last.tenders == (("tender.wechat", "2.00"), ("tender.cash_on_delivery", "4.00"))


def test_a_sale_in_cash_asks_no_channel(counter: Outlet) -> None:
    counter.sell()
    assert counter.cases.queue.last_transaction().channel_code == ""
