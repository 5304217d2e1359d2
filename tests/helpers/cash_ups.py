"""Cashing up in tests: counting an amount, and the whole way from count to closing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from terminal.app.cash_up_view import CashUpView
from terminal.app.tills import MoveForm
from terminal.app.usecases import UseCases
from terminal.domain.cash_count import DENOMINATIONS_FEN
from terminal.domain.china_time import CHINA
from terminal.domain.identifiers import new_uuid7
from terminal.domain.pouch import Bundle
from tests.helpers.outlet import SENIOR, SENIOR_PIN, STAMP, Outlet

POSTCARD = "P0032"
"""Stock by number."""
_LASTS = timedelta(minutes=15)


def pieces(fen: int) -> Mapping[int, str]:
    """A count that comes to an amount, in as few pieces as possible."""
    typed = {}
    for note in DENOMINATIONS_FEN:
        number, fen = divmod(fen, note)
        typed[note] = str(number)
    return typed


def book_fen(cases: UseCases) -> int:
    """What the till's account holds; a clerk never sees it before the count."""
    return cases.context.books.ledger.balance(f"cash:{cases.context.profile.till_id}")


def show_tills(cases: UseCases) -> None:
    """The platform lets a clerk see what her till should hold before she has counted it."""
    profile = cases.context.profile
    cases.context.profile = replace(profile, settings={**profile.settings, "blind_tills": False})


def count(cases: UseCases, off_fen: int = 0) -> CashUpView:
    """Count what the books hold, and a little more or less."""
    form = cases.cash_ups.view().form_id
    return cases.cash_ups.count(form, pieces(book_fen(cases) + off_fen))


def verified(cases: UseCases, off_fen: int = 0) -> CashUpView:
    """Count, take the difference over, and let the senior vouch for it."""
    view = cases.cash_ups.book(count(cases, off_fen).form_id)
    return cases.cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN)


def closed(cases: UseCases, off_fen: int = 0) -> CashUpView:
    """The whole way to the closing report."""
    return cases.cash_ups.close(verified(cases, off_fen).form_id)


def busy_shift(home: Path, now: datetime | None = None) -> None:
    """A quarter of an hour at the counter, up to now: twenty customers, one of them in a hurry.

    Just after midnight they come faster: a shift of yesterday could not be gone on with today.

    Args:
        home: the enrolled terminal.
        now: when it ends, "now" for ``None``.
    """
    now = (now or datetime.now(UTC)).astimezone(CHINA)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    pace = min(1.0, (now - midnight) / _LASTS)
    outlet = Outlet(home)
    outlet.clock.set_wall(now - pace * _LASTS - datetime.fromisoformat(outlet.clock.now_utc()))
    outlet.open_day()
    papers = (Bundle(STAMP, 300), Bundle(POSTCARD, 40, 1001))
    tills, begin = outlet.cases.tills, outlet.cases.tills.begin
    tills.fund(MoveForm(begin(), "V01", "centre", {}, papers, inward=True), SENIOR, SENIOR_PIN)
    sent = tills.send(MoveForm(begin(), "V01", "T02", {}, papers), SENIOR, SENIOR_PIN)
    outlet.cases.pouches.receive(begin(), sent.pouch)
    for number in range(20):
        outlet.clock.advance(pace * timedelta(seconds=37))
        pay(outlet, STAMP, 3 + number % 5, "20")
    pay(outlet, STAMP, 41, "100")
    outlet.clock.advance(pace * timedelta(seconds=9))
    pay(outlet, STAMP, 1, "1.20")
    outlet.cases.slips.reprint()
    outlet.cases.ordering.add_item(STAMP, 2)
    outlet.cases.ordering.suspend("")
    outlet.close()


def pay(outlet: Outlet, sku: str, quantity: int, handed: str) -> None:
    """One sale with change."""
    outlet.cases.ordering.add_item(sku, quantity)
    form = outlet.cases.paying.begin()
    assert outlet.cases.paying.tender_cash(form.form_id, handed).done is not None


def filled_tills(cases: UseCases) -> None:
    """A vault with cash and stock, a float and stock in the drawer, a pouch on the way."""
    stock = (Bundle(STAMP, 400), Bundle(POSTCARD, 100, 1001))
    fund = MoveForm(new_uuid7(), "V01", "bank", {10_000: 200}, stock, inward=True)
    cases.tills.fund(fund, SENIOR, SENIOR_PIN)
    issued = (Bundle(STAMP, 90), Bundle(POSTCARD, 40, 1001))
    issue = MoveForm(new_uuid7(), "V01", "T02", {10_000: 55}, issued)
    sent = cases.tills.send(issue, SENIOR, SENIOR_PIN)
    cases.pouches.receive(new_uuid7(), sent.pouch)
    cases.tills.send(MoveForm(new_uuid7(), "V01", "T02", {1_000: 50}), SENIOR, SENIOR_PIN)
