"""Comparing the day's books with the platform's, and asking it about the other terminals.

The work on the books belongs to the store thread, the question to a thread of its own. Entries that
the platform has not confirmed are not compared: it cannot have them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from terminal.app.context import Context
from terminal.app.outlet_day import ask_day, read_day
from terminal.app.usecases import UseCases
from terminal.domain.comparison import Compared, OwnBooks, judge
from terminal.domain.errors import OutletError
from terminal.ports.sync_state import PlatformCalls


def own_books(context: Context) -> OwnBooks:
    """The open business day as far as the platform confirmed it. Store thread only."""
    books = context.books
    date = books.day().business_date
    first = next((row.first_seq for row in books.reports.days() if row.business_date == date), 1)
    last = min(context.sync.confirmed_head().seq, books.head()[0])
    accounts: dict[str, int] = {}
    entries: dict[int, tuple[str, int]] = {}
    for entry in books.cash_ups.slice(first, last):
        body: Any = entry.body
        postings = body.get("postings", ())
        entries[entry.seq] = (entry.hash, sum(max(0, row["fen"]) for row in postings))
        for row in postings:
            accounts[row["account"]] = accounts.get(row["account"], 0) + row["fen"]
    return OwnBooks(first, last, accounts, entries)


def compare(own: OwnBooks, calls: PlatformCalls) -> Compared:
    """Ask the platform and compare; blocks, so never on the store or the UI thread."""
    if own.last_seq < own.first_seq:
        return Compared("unasked", own.first_seq, own.last_seq, code="compare.nothing_confirmed")
    told = calls.call("journal.totals", {"from_seq": own.first_seq, "to_seq": own.last_seq})
    if told["outcome"] != "ok":
        return Compared("unasked", own.first_seq, own.last_seq, code=str(told["code"]))
    return judge(own, told["result"])


def compare_day(
    ask: Callable[[Callable[[UseCases], Any]], Any],
    calls: PlatformCalls,
    done: Callable[[Compared], None],
    failed: Callable[[OutletError], None],
) -> None:
    """Compare on a thread of its own; what it said is kept for the sign-off and the cash-up.

    Args:
        ask: runs work on the store thread and waits.
        calls: the sync agent.
        done: hears what it said, there.
        failed: hears what the books refused.
    """

    def run() -> None:
        try:
            own = ask(lambda cases: own_books(cases.context))
            date = ask(lambda cases: cases.context.books.day().business_date)
            alone, told = compare(own, calls), ask_day(calls, date)
            outlet = ask(lambda cases: read_day(cases.context, date, told))
            compared = ask(lambda cases: _kept(cases, replace(alone, outlet=outlet)))
        except OutletError as error:
            failed(error)
        else:
            done(compared)

    threading.Thread(target=run, name="compare", daemon=True).start()


def _kept(cases: UseCases, compared: Compared) -> Compared:
    """Kept for whoever asks next, with what it all comes to."""
    # Not before the first frame: a day is closed once.
    from terminal.app.outlet_cash_up import outlet_total

    cases.cash_ups.compared(compared)
    summed = replace(compared, total=outlet_total(cases.context))
    cases.cash_ups.compared(summed)
    return summed
