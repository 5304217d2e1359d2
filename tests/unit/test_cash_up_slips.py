"""Slips of cashing up as they come out of the printer: what is on the paper is what is booked."""

from __future__ import annotations

import os
from pathlib import Path

from devices.printer.escpos import EscposEncoder
from devices.printer.profiles import load_profile
from devices.simulators.virtual_printer import PrintedSlip, VirtualPrinter
from terminal.domain.document import Document
from tests.helpers.cash_ups import count, verified
from tests.helpers.outlet import MANAGER, MANAGER_PIN, SENIOR, SENIOR_PIN, STAMP, Outlet

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def printed(outlet: Outlet, name: str) -> str:
    """The text of the newest cash-up slip; with POSTAL_SLIPS its picture is kept."""
    job = next(job for job in outlet.books.print_jobs(limit=5) if job.kind == "cash_up")
    slip = _print(Document.from_json(job.document))
    if "POSTAL_SLIPS" in os.environ:
        slip.picture.save(Path(os.environ["POSTAL_SLIPS"]) / f"{name}.png")
    return "\n".join(slip.lines)


def _print(document: Document) -> PrintedSlip:
    profile = load_profile("escpos-80")
    with VirtualPrinter(profile) as machine:
        machine.interpreter.feed(EscposEncoder().encode(document, profile) + b"\x1dr\x01")
        assert machine.unknown == ()
        assert machine.overflows == 0
        return machine.wait_for_slips(1)[0]


def test_the_interim_report_tells_no_cash_and_the_closing_report_tells_all(
    counter: Outlet,
) -> None:
    counter.sell(STAMP, 5)
    counter.cases.cash_ups.interim()
    interim = printed(counter, "interim-report")
    assert "临时小结" in interim
    assert "6.00" not in interim
    counter.cases.ordering.add_item(STAMP, 2)
    counter.cases.ordering.suspend("")
    view = verified(counter.cases, -50)
    counter.cases.cash_ups.close(view.form_id)
    closing = printed(counter, "closing-report")
    basket = view.parked[0][0][-6:].upper()
    for told in ("日终结", "6.00", "5.50", "短款", "0.50", "留存本尾箱", SENIOR, basket):
        assert told in closing, told
    counter.cases.session.sign_off()
    counter.cases.session.close_outlet(MANAGER, MANAGER_PIN, True)
    outlet = printed(counter, "outlet-cash-up")
    for told in ("网点轧帐单", "T02", "5.50", "0.50", "未核对"):
        assert told in outlet, told


def test_a_disputed_slip_says_that_nobody_answers_for_it_yet(counter: Outlet) -> None:
    counter.sell(STAMP, 5)
    view = counter.cases.cash_ups.dispute(count(counter.cases, -70).form_id, "没有收过这笔")
    slip = printed(counter, "disputed-cash-up")
    for told in ("轧帐异议单", "没有收过这笔", "已冻结", "0.70", "未由任何人承担"):
        assert told in slip, told
    counter.cases.cash_ups.verify(view.form_id, SENIOR, SENIOR_PIN)
