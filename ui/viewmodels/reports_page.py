"""Reports (报表): any day, table by table; every sum opens the entries it is the sum of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from terminal.documents.report_tables import figure
from terminal.domain.money import Money
from ui.common.figures import yuan
from ui.common.operation import Operations
from ui.common.page import Page
from ui.common.report_export import Exported
from ui.common.report_rows import (
    BehindRow,
    SumRow,
    TabRow,
    behind_row,
    journal_row,
    sum_rows,
)
from ui.common.report_taking import ReportTaking
from ui.common.rows import RowsModel
from ui.common.second_person_form import SecondPerson
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.reports import EntryLine, ReportView
    from terminal.domain.report import Dimension, Mismatch

TABS = ("business", "tender", "clerk", "hour", "channel", "tax", "commission", "journal")


@view_model
class ReportsPage(Page):
    """One day, one table, and the entries behind one of its rows."""

    changed = Signal()
    told = Signal(str, object, str)
    wanted = Signal(str)
    moved = Signal()

    reads = frozenset({"orders", "session", "till"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._view: ReportView | None = None
        self._in_view = False
        self._day = ""
        self._tab = TABS[0]
        self._open_key = ""
        self._lines: tuple[EntryLine, ...] = ()
        self._second = SecondPerson(operations, words)
        self._taking = ReportTaking(operations, words, self._second, self._exported)
        self._tabs = RowsModel(TabRow, "table", self)
        self._rows = RowsModel(SumRow, "key", self)
        self._entries = RowsModel(BehindRow, "seq", self)

    def turn(self, *, in_view: bool) -> None:
        """The page is opened or left; it opens on the newest day."""
        came, self._in_view = in_view and not self._in_view, in_view
        if not in_view:
            self._second.close()
        if came:
            self._day, self._open_key = "", ""
            self.refresh()

    def deeds(self) -> Mapping[str, Callable[[], None]]:
        """What the page's own keys do."""
        return {
            "report_before": self.before,
            "report_after": self.after,
            "report_print": self.printSlip,
            "report_export": self.exportFiles,
        }

    def back(self) -> bool:
        """From the second person to the page, from the entries to the table."""
        if self._second.open:
            self._second.close()
            return True
        if not self._open_key:
            return False
        self._close()
        return True

    def scanned(self, text: str) -> bool:
        """A badge for the second person."""
        return self._second.scanned(text)

    def refresh(self) -> None:
        """Make the report anew; a page that nobody sees reads nothing."""
        if self._in_view:
            day = self._day
            self.operations.run(lambda use: use.reports.report(day), self._show)

    def reworded(self) -> None:
        """Write everything in the chosen language."""
        self._write()

    @Property(SecondPerson, constant=True)
    def second(self) -> SecondPerson:
        """Who allows that files are taken away."""
        return self._second

    @Property(RowsModel, constant=True)
    def tabs(self) -> RowsModel:
        """The tables there are."""
        return self._tabs

    @Property(RowsModel, constant=True)
    def rows(self) -> RowsModel:
        """The sums of the chosen table."""
        return self._rows

    @Property(RowsModel, constant=True)
    def entries(self) -> RowsModel:
        """The entries behind the open row."""
        return self._entries

    @Property(str, notify=changed)
    def tab(self) -> str:
        """The chosen table."""
        return self._tab

    @Property(str, notify=changed)
    def dayText(self) -> str:
        """The day, and whether it goes on."""
        if self._view is None:
            return ""
        key = "reports.day_open" if self._view.is_open else "reports.day"
        return self.words.text(key, day=self._view.report.business_date)

    @Property(str, notify=changed)
    def totalText(self) -> str:
        """Everything sold that day; "" while the till is counted blind."""
        if self._view is None or self.blind:
            return ""
        return yuan(Money(self._view.report.total_fen).text)

    @Property(str, notify=changed)
    def tableTotalText(self) -> str:
        """What the chosen table adds up to."""
        if self._view is None or self._tab == "journal":
            return ""
        report = self._view.report
        fen = report.commission_fen if self._tab == "commission" else report.total_fen
        return yuan(Money(fen).text)

    @Property(str, notify=changed)
    def mismatchText(self) -> str:
        """What does not add up, with both figures; "" when all does."""
        found = self._view.report.mismatches if self._view else ()
        if not found:
            return ""
        listed = "; ".join(self._differs(one) for one in found[:4])
        return self.words.text("reports.mismatch", list=listed)

    @Property(bool, notify=changed)
    def blind(self) -> bool:
        """Whether the till has yet to be counted, so that nothing here tells its cash."""
        return self._view is not None and self._view.report.blind

    @Property(str, notify=changed)
    def openTitle(self) -> str:
        """What the open row is the sum of, "" when none is open."""
        place = self.selected
        return self._rows.rows[place].label if place >= 0 else ""

    @Property(str, notify=changed)
    def openTotal(self) -> str:
        """The sum of the entries listed: the row's own figure."""
        place = self.selected
        return self._rows.rows[place].amount if place >= 0 else ""

    @Property(int, notify=changed)
    def selected(self) -> int:
        """Place of the open row, -1 for none."""
        return self._rows.row_of(self._open_key) if self._open_key else -1

    @Property(bool, notify=changed)
    def hasBefore(self) -> bool:
        """Whether there is an earlier day."""
        return self._neighbour(1) != ""

    @Property(bool, notify=changed)
    def hasAfter(self) -> bool:
        """Whether there is a later day."""
        return self._neighbour(-1) != ""

    @Slot()
    def before(self) -> None:
        """The day before."""
        self._go(self._neighbour(1))

    @Slot()
    def after(self) -> None:
        """The day after."""
        self._go(self._neighbour(-1))

    @Slot(int)
    def turnTab(self, step: int) -> None:
        """The next table, or the one before."""
        self.chooseTab(TABS[(TABS.index(self._tab) + step) % len(TABS)])

    @Slot(str)
    def chooseTab(self, key: str) -> None:
        """Another table."""
        self._tab = key
        self._close()
        if key == "journal" and self._view is not None:
            day = self._view.report.business_date
            self.operations.run(lambda use: use.reports.journal(day), self._show_journal)

    @Slot(int)
    def open(self, place: int) -> None:
        """Open the entries a sum is made of."""
        rows = self._rows.rows
        if self._view is None or self._tab == "journal" or not 0 <= place < len(rows):
            return
        day, key, tab = self._view.report.business_date, rows[place].key, self._tab
        self._open_key = key
        if tab == "commission":
            self.operations.run(
                lambda use: use.reports.entries_of_commission(day, key), self._show_entries
            )
            return
        dimension: Dimension = tab  # type: ignore[assignment]
        self.operations.run(
            lambda use: use.reports.entries_behind(day, dimension, key), self._show_entries
        )

    @Slot(int)
    def follow(self, place: int) -> None:
        """Another row was chosen while one is open."""
        if self._open_key and place != self.selected:
            self.open(place)

    @Slot()
    def printSlip(self) -> None:
        """Print the report as a slip."""
        day = self._shown_day()
        self.operations.run(
            lambda use: use.reports.slip(day),
            lambda _job: self.told.emit("notice.report_printed", {"day": day}, "ok"),
            once="report",
        )

    @Slot()
    def exportFiles(self) -> None:
        """Write CSV and PDF onto the stick that is plugged in, else into the exports folder."""
        self._taking.take(self._shown_day())

    def _exported(self, files: Exported) -> None:
        key = "notice.report_on_stick" if files.on_stick else "notice.report_exported"
        self.told.emit(key, {"place": files.place}, "ok")

    def _shown_day(self) -> str:
        return self._view.report.business_date if self._view else ""

    def _neighbour(self, step: int) -> str:
        """The day so many places further back; "" when there is none."""
        if self._view is None:
            return ""
        days = [day.business_date for day in self._view.days]
        place = days.index(self._view.report.business_date) + step
        return days[place] if 0 <= place < len(days) else ""

    def _go(self, day: str) -> None:
        if day:
            self._day, self._open_key = day, ""
            self.refresh()

    def _close(self) -> None:
        self._open_key, self._lines = "", ()
        self._entries.show([])
        self._write()
        self.moved.emit()

    def _show(self, view: ReportView) -> None:
        self._view = view
        self._write()
        if self._tab == "journal":
            self.chooseTab("journal")

    def _show_entries(self, lines: tuple[EntryLine, ...]) -> None:
        self._lines = lines
        self._entries.show([behind_row(self.words, line) for line in lines])
        self.changed.emit()
        self.moved.emit()

    def _show_journal(self, lines: tuple[EntryLine, ...]) -> None:
        if self._tab == "journal":
            self._rows.show([journal_row(self.words, line) for line in lines])
            self.changed.emit()

    def _write(self) -> None:
        self._tabs.show(
            [TabRow(key, self.words.text(f"reports.by.{key}"), key == self._tab) for key in TABS]
        )
        if self._tab != "journal":
            self._rows.show(sum_rows(self.words, self._view, self._tab) if self._view else [])
        self._entries.show([behind_row(self.words, line) for line in self._lines])
        self.changed.emit()

    def _differs(self, found: Mismatch) -> str:
        """What differs, with both figures; without any while the till is counted blind."""
        what = self._what(found.what)
        if self.blind:
            return what
        return f"{what} {figure(found.what, found.shown)} ≠ {figure(found.what, found.kept)}"

    def _what(self, what: str) -> str:
        key = f"reports.by.{what}"
        return self.words.text(key) if self.words.has(key) else what
