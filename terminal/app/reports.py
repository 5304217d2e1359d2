"""Reports (报表): any day the journal holds, on the screen, on paper and as a file.

Figures are derived when they are asked for, from the entries themselves, and compared with what
the books keep beside; where the two differ both stand on every form of the report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from terminal.app.blind_till import blind_since
from terminal.app.context import Context
from terminal.documents.report_csv import report_csv
from terminal.documents.report_slip import ReportContent, build_report_slip
from terminal.documents.report_tables import Names
from terminal.domain.china_time import local_time
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import Entry
from terminal.domain.ledger import Posting
from terminal.domain.money import Money
from terminal.domain.report import (
    UNSORTED,
    Control,
    Dimension,
    Part,
    Report,
    make_report,
    without_cash,
)
from terminal.ports.books import PrintJob


@dataclass(frozen=True, slots=True)
class DayView:
    """A business day that the journal holds."""

    business_date: str
    entries: int


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One entry behind a total.

    Args:
        seq: the entry.
        kind: of the entry.
        at_text: UTC.
        clerk_id: who answers for it.
        order_no: "" when it has none.
        amount_text: yuan with two decimals; "" for an entry that moves nothing.
    """

    seq: int
    kind: str
    at_text: str
    clerk_id: str
    order_no: str
    amount_text: str


@dataclass(frozen=True, slots=True)
class ReportView:
    """A report and the names its keys have.

    Args:
        report: the figures.
        days: every day there is, newest first.
        businesses: names by business code, Chinese and English.
        clerks: names by clerk number.
        is_open: whether the day goes on, so that figures may still grow.
    """

    report: Report
    days: tuple[DayView, ...]
    businesses: Mapping[str, tuple[str, str]]
    clerks: Mapping[str, str]
    is_open: bool


class Reports:
    """Use cases of the page 报表. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def days(self) -> tuple[DayView, ...]:
        """Every business day of the journal, newest first."""
        rows = self._context.books.reports.days()
        return tuple(DayView(row.business_date, row.entries) for row in rows)

    def report(self, business_date: str = "") -> ReportView:
        """The report of one day.

        Args:
            business_date: ``YYYY-MM-DD``; "" for the newest.

        Raises:
            UserError: ``report.no_such_day`` with ``day``.
        """
        days = self.days()
        wanted = business_date or (days[0].business_date if days else "")
        if wanted not in {day.business_date for day in days}:
            raise UserError("report.no_such_day", {"day": wanted})
        state = self._context.books.day()
        report = self._report(wanted, days)
        return ReportView(
            report=report,
            days=days,
            businesses=self._businesses(),
            clerks=self._clerks(row.key for row in report.tables["clerk"]),
            is_open=state.outlet_open and state.business_date == wanted,
        )

    def entries_behind(
        self, business_date: str, dimension: Dimension, key: str
    ) -> tuple[EntryLine, ...]:
        """The entries one row is the sum of, each with what it adds; none for an unknown row."""
        report = self._report(business_date, self.days())
        row = next((row for row in report.tables[dimension] if row.key == key), None)
        return self._lines(row.parts if row else ())

    def entries_of_commission(self, business_date: str, business: str) -> tuple[EntryLine, ...]:
        """The entries one line of commission is the sum of."""
        report = self._report(business_date, self.days())
        row = next((row for row in report.commission if row.business == business), None)
        return self._lines(row.parts if row else ())

    def journal(self, business_date: str) -> tuple[EntryLine, ...]:
        """The day's journal: every entry, also those that move nothing, oldest first."""
        return tuple(_line(entry, _value_of(entry)) for entry in self._entries(business_date))

    def csv(self, business_date: str, called: Callable[[str], str] = str) -> bytes:
        """The report as a file for a table program, in the language of the terminal.

        Args:
            business_date: ``YYYY-MM-DD``.
            called: what a kind of entry is called; runs on the store thread.
        """
        view = self.report(business_date)
        lines = self.journal(view.report.business_date)
        return report_csv(
            view.report,
            [
                (
                    str(line.seq),
                    local_time(line.at_text).strftime("%Y-%m-%d %H:%M:%S"),
                    line.kind,
                    called(line.kind),
                    line.clerk_id,
                    line.order_no,
                    line.amount_text,
                )
                for line in lines
            ],
            self._names(view),
            self._language(),
        )

    def slip(self, business_date: str) -> PrintJob:
        """Queue the report as a slip.

        Raises:
            UserError: ``session.not_signed_on``, ``session.locked``, ``report.no_such_day``.
        """
        context = self._context
        clerk_id = context.on_duty()
        view = self.report(business_date)
        now = context.clock.now_utc()
        language = self._language()
        content = ReportContent(
            report=view.report,
            names=self._names(view),
            outlet_name=context.profile.outlet_name(language),
            made_at=local_time(now).strftime("%Y-%m-%d %H:%M:%S"),
            clerk_id=clerk_id,
            is_open=view.is_open,
            head=_head_text(context),
        )
        document = build_report_slip(content, language).to_json()
        job = PrintJob(new_uuid7(), "", "report", document, "queued", "", now)
        with context.books.transaction() as tx:
            tx.add_print_job(job)
        context.wake_printing()
        return job

    def _report(self, business_date: str, days: Iterable[DayView]) -> Report:
        books = self._context.books
        posted = books.ledger.postings_on(business_date)
        control = Control(
            entries=sum(day.entries for day in days if day.business_date == business_date),
            postings=tuple(Posting(row.account, row.fen) for row in posted),
            all_postings=books.reports.posted_by_account(),
            balances=books.balances(),
        )
        rates = {
            str(code): int(permille)
            for code, permille in self._context.setting("commission_permille", {}).items()
        }
        report = make_report(
            business_date, self._entries(business_date), control, rates, self._tax_of()
        )
        since = blind_since(self._context)
        return report if since is None or business_date < since else without_cash(report)

    def _tax_of(self) -> Callable[[str], str]:
        """How an article is taxed; looked up once in a report."""

        @cache
        def tax(sku: str) -> str:
            item = self._context.catalogue.by_code(sku) if sku else None
            return item.tax if item is not None and item.sku == sku else UNSORTED

        return tax

    def _entries(self, business_date: str) -> Iterable[Entry]:
        return self._context.books.reports.entries_on(business_date)

    def _lines(self, parts: Iterable[Part]) -> tuple[EntryLine, ...]:
        found = ((self._context.books.entry(part.seq), part.fen) for part in parts)
        return tuple(_line(entry, fen) for entry, fen in found if entry is not None)

    def _businesses(self) -> dict[str, tuple[str, str]]:
        rows = self._context.setting("business_codes", [])
        return {row["code"]: (row["name_zh"], row["name_en"]) for row in rows}

    def _clerks(self, numbers: Iterable[str]) -> dict[str, str]:
        found = {number: self._context.catalogue.clerk(number) for number in numbers if number}
        return {number: str(record["name"]) for number, record in found.items() if record}

    def _names(self, view: ReportView) -> Names:
        """What codes are called in the language of the slip."""
        place = 1 if self._language().startswith("en") else 0
        businesses = {code: names[place] for code, names in view.businesses.items()}
        return Names(businesses, view.clerks)

    def _language(self) -> str:
        return self._context.books.preference("language") or self._context.profile.language


def _value_of(entry: Entry) -> int | None:
    """What an entry moved: the sum of its debits; None when it moves nothing."""
    rows: Any = entry.body.get("postings", ())
    return sum(row["fen"] for row in rows if row["fen"] > 0) if rows else None


def _line(entry: Entry, fen: int | None) -> EntryLine:
    return EntryLine(
        seq=entry.seq,
        kind=entry.kind,
        at_text=entry.recorded_at,
        clerk_id=entry.clerk_id,
        order_no=str(entry.body.get("order_no", "")),
        amount_text="" if fen is None else Money(fen).text,
    )


def _head_text(context: Context) -> str:
    seq, digest = context.books.head()
    return f"#{seq} {digest[:16].upper()}"
