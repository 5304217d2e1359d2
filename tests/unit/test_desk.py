"""The desk as a whole: one running counter, connected to the real platform."""

from __future__ import annotations

from pathlib import Path

from terminal.domain.errors import OutletError
from tests.helpers.outlet import STAMP, LiveDesk, Outlet, Template

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def test_a_cash_sale_at_a_live_desk_reaches_the_platform(live_desk: LiveDesk) -> None:
    live_desk.desk.ask(lambda cases: cases.ordering.add_item(STAMP, 5))
    form = live_desk.desk.ask(lambda cases: cases.paying.begin())
    view = live_desk.desk.ask(lambda cases: cases.paying.tender_cash(form.form_id, "10"))
    assert view.done is not None
    seq = view.done.entry_seq
    live_desk.await_event("sync", lambda event: event.data["confirmed_seq"] >= seq)


def test_a_payer_code_completes_the_sale_by_itself(live_desk: LiveDesk) -> None:
    live_desk.desk.ask(lambda cases: cases.ordering.add_item(STAMP, 3))
    form = live_desk.desk.ask(lambda cases: cases.paying.begin())
    live_desk.desk.pay_by_code(form.form_id, "134512345678901200")
    sold = live_desk.await_event("sold").data["view"]
    assert sold.done.total_text == "3.60"
    assert sold.done.drawer is False


def test_a_counter_sells_offline(counter: Outlet) -> None:
    assert counter.sell() == "61020303-02-000001"
    assert counter.books.balances() == {"cash:T02": 120, "sales:postage": -120}


def test_a_folder_without_identity_says_so(tmp_path: Path) -> None:
    live = LiveDesk(tmp_path / "empty")
    live.desk.start()
    live.await_event("not_enrolled")
    live.desk.stop()


def test_a_damaged_folder_is_reported_and_not_opened(
    outlet_template: Template, tmp_path: Path
) -> None:
    home = outlet_template.copy_home(tmp_path / "home")
    (home / "keys.sealed").write_bytes(b"not a sealed file")
    live = LiveDesk(home)
    live.desk.start()
    event = live.await_event("failed")
    assert str(event.data["code"]).startswith("keystore.")
    live.desk.stop()


def test_errors_of_use_cases_reach_the_caller(live_desk: LiveDesk) -> None:
    errors: list[OutletError] = []
    done: list[object] = []
    live_desk.desk.submit(lambda cases: cases.paying.begin(), done.append, errors.append)
    live_desk.desk.ask(lambda cases: cases.session.view())
    assert done == []
    assert [error.code for error in errors] == ["basket.empty"]
