"""Cashing up on the screen: five steps, one at a time; what is expected comes after the count."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from terminal.domain.errors import OutletError
from ui.common import cash_up_rows as rows
from ui.common.cash_up_behind import CashUpBehind
from ui.common.cash_up_figures import CashUpFigures
from ui.common.denominations import Denominations
from ui.common.dispute_evidence import DisputeEvidence
from ui.common.figures import moment
from ui.common.keys import DIFFERENCE, DISPUTE, DRAWER, RECOUNT, TILLS
from ui.common.known_faults import KnownFaults
from ui.common.operation import Operations
from ui.common.page import Page
from ui.common.places import place_of
from ui.common.rows import RowsModel
from ui.common.stock_counting import StockCounting
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.cash_up_view import CashUpView
    from terminal.app.usecases import UseCases


@view_model
class CashUp(Page):
    """The page 轧帐. Whatever it shows was read after it was booked.

    Signals:
        cleared: what was typed into forms is emptied.
        ready: the commit of the count takes the keyboard.
    """

    changed = Signal()
    cleared = Signal()
    ready = Signal()

    reads = frozenset({"cash_up", "payment", "session"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._view: CashUpView | None = None
        self._in_view = False
        self._asking, self._till = "", ""
        self._error: OutletError | None = None
        self._step, self._goes_on = "", "open_selling"
        self._count = Denominations(words, self)
        self._count.finished.connect(self.ready)
        self._steps = RowsModel(rows.StepRow, "name", self)
        self._figures = CashUpFigures(words, self)
        self._unknown = RowsModel(rows.UnknownRow, "key", self)
        self._behind = CashUpBehind(operations, words, self._figures, lambda: self._till, self)
        self._behind.refused.connect(self._refused)
        self._stock = StockCounting(words, self)
        self._faults = KnownFaults(words, self)
        self._evidence = DisputeEvidence(operations, words, self)
        self._evidence.told.connect(self.told)
        self._evidence.refused.connect(self._refused)

    @Property(str, notify=changed)
    def step(self) -> str:
        """``resolve``, ``count``, ``difference``, ``verify``, ``hand_over``; "" while it loads."""
        return self._step

    @Property(RowsModel, constant=True)
    def steps(self) -> RowsModel:
        """The steps with how far each is."""
        return self._steps

    @Property(RowsModel, constant=True)
    def unknown(self) -> RowsModel:
        """Payments that have to be resolved first."""
        return self._unknown

    @Property(Denominations, constant=True)
    def count(self) -> Denominations:
        """The count under way."""
        return self._count

    @Property(StockCounting, constant=True)
    def stock(self) -> StockCounting:
        """Stamps and numbered papers to count, blind as well."""
        return self._stock

    @Property(KnownFaults, constant=True)
    def faults(self) -> KnownFaults:
        """Known faults of the system that a dispute can name."""
        return self._faults

    @Property(DisputeEvidence, constant=True)
    def evidence(self) -> DisputeEvidence:
        """What was disputed, to be taken along."""
        return self._evidence

    @Property(CashUpFigures, constant=True)
    def figures(self) -> CashUpFigures:
        """What the count found."""
        return self._figures

    @Property(CashUpBehind, constant=True)
    def behind(self) -> CashUpBehind:
        """The entries behind what was opened."""
        return self._behind

    @Property(str, notify=changed)
    def headline(self) -> str:
        """Till, clerk and since when."""
        return rows.headline(self.words, self._view) if self._view else ""

    @Property(str, notify=changed)
    def countHint(self) -> str:
        """Why it is counted (again)."""
        return rows.count_hint(self.words, self._view) if self._view else ""

    @Property(str, notify=changed)
    def parkedText(self) -> str:
        """Baskets and payments in doubt that are carried over, "" for none."""
        view = self._view
        return rows.carried_text(self.words, view) if view else ""

    @Property(str, notify=changed)
    def verifier(self) -> str:
        """Who vouched for it, "" before."""
        return self._view.verifier if self._view else ""

    @Property(bool, notify=changed)
    def frozen(self) -> bool:
        """Whether it is disputed."""
        return bool(self._view and self._view.frozen)

    @Property(bool, notify=changed)
    def vault(self) -> bool:
        """Whether it is no drawer: nobody takes it over, and its cash is in the vault already."""
        return bool(self._view and self._view.vault)

    @Property(str, notify=changed)
    def otherTill(self) -> str:
        """The till that can be counted here instead, "" for none."""
        return rows.next_till(self._view) if self._view else ""

    @Property(str, notify=changed)
    def asking(self) -> str:
        """The form over the page: ``dispute``, ``hand_over``, "" for none."""
        return self._asking

    @Property(str, notify=changed)
    def message(self) -> str:
        """Why something was refused, "" for nothing."""
        return self._stock.message(self._error) if self._error else ""

    @Property(bool, notify=changed)
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self.operations.is_under_way("cash_up")

    def turn(self, *, in_view: bool) -> None:
        """See ``Page``."""
        came, self._in_view = in_view and not self._in_view, in_view
        if came:
            self._asking, self._error = "", None
            # Whatever was counted before, the page begins with the drawer at this counter.
            self._till, self._view = "", None if self._till else self._view
            self._behind.close()
            self.refresh()

    def refresh(self) -> None:
        """Read where the cash-up stands; a form in which somebody types stays as it is."""
        if self._in_view and not self._recounting():
            till = self._till
            self.operations.run(lambda use: use.cash_ups.view(till_id=till), self._show)

    def reworded(self) -> None:
        """See ``Pane``."""
        self._write()

    def place(self) -> str:
        """See ``Page``."""
        return f"cash_up_{self._step}" if self._step else ""

    def lacks(self) -> frozenset[str]:
        """See ``Page``."""
        missing = {
            TILLS: not self.otherTill,
            DRAWER: self.vault,
            DISPUTE: not self._evidence.text,
            DIFFERENCE: self._figures.even,
            RECOUNT: self.frozen,
        }
        return frozenset(need for need, lacking in missing.items() if lacking)

    def deeds(self) -> Mapping[str, Callable[[], None]]:
        """See ``Page``."""
        return {
            "cash_up_go": self.go,
            "cash_up_recount": self.recount,
            "cash_up_dispute": self.askDispute,
            "cash_up_interim": self.interim,
            "cash_up_hand_over": self.askHandOver,
            "cash_up_vault": self.closeForVault,
            "cash_up_till": self.nextTill,
            "cash_up_evidence": self._evidence.takeAlong,
        }

    def back(self) -> bool:
        """See ``Page``."""
        if self._asking:
            self._asking, self._error = "", None
        elif not self._behind.close():
            if not self._recounting():
                return False
            self._view = None
            self.refresh()
        self.changed.emit()
        return True

    @Slot()
    def nextTill(self) -> None:
        """Go on to another till of this counter; a count that somebody types is not thrown away."""
        if self._step == "count" and (self._count.touched or self._stock.typed):
            self.told.emit("cash_up.finish_count", {}, "info")
        elif self.otherTill and not self._asking:
            self._till, self._view, self._error = self.otherTill, None, None
            self._behind.close()
            self.refresh()

    @Slot()
    def fold(self) -> None:
        """One step back inside the page."""
        self.back()

    @Slot()
    def go(self) -> None:
        """The one main act of the step."""
        if self._step == "count":
            self._commit_count()
        elif self._step == "difference":
            self._commit(lambda use, form: use.cash_ups.book(form))
        elif self._step == "hand_over":
            self._commit(lambda use, form: use.cash_ups.close(form), self._closed)

    @Slot(str)
    def dispute(self, reason: str) -> None:
        """The clerk does not agree."""
        fault = self._faults.chosen
        self._commit(lambda use, form: use.cash_ups.dispute(form, reason, fault), self._disputed)

    @Slot(str, str)
    def verify(self, number: str, secret: str) -> None:
        """A second person vouches for the count."""
        if number.strip() and secret:
            self._commit(lambda use, form: use.cash_ups.verify(form, number, secret))
        self.cleared.emit()

    @Slot(str, str, str)
    def handOver(self, number: str, secret: str, counted: str) -> None:
        """The next clerk counted and takes the till."""
        if number.strip() and secret and counted.strip():
            from terminal.app.hand_over import Found

            found = Found(counted, dict(self._stock.typed))
            self._commit(
                lambda use, form: use.cash_ups.hand_over(form, number, secret, found),
                self._closed,
            )
        self.cleared.emit()

    @Slot()
    def recount(self) -> None:
        """Count once more; what was counted stays."""
        if self._step in ("difference", "verify", "hand_over"):
            till = self._till
            self.operations.run(
                lambda use: use.cash_ups.recount(till), self._show, self._refused, "cash_up"
            )

    @Slot()
    def askDispute(self) -> None:
        """Ask for the reason."""
        if self._step == "difference" and not self._figures.even:
            self._faults.begin(self._view.notices if self._view else ())
            self._ask("dispute")

    @Slot()
    def askHandOver(self) -> None:
        """Ask for the next clerk."""
        if self._step == "hand_over" and self._view is not None and not self.vault:
            self._stock.begin(self._view.stock)
            self._ask("hand_over")

    @Slot()
    def closeForVault(self) -> None:
        """Close, and go on to hand the cash in."""
        if self._step == "hand_over" and not self.vault:
            self._goes_on = "open_till" if place_of("till") else "open_selling"
            self.go()

    @Slot()
    def interim(self) -> None:
        """Print the interim report."""
        till = self._till
        self.operations.run(
            lambda use: use.cash_ups.interim(till), self._interim, self._refused, "cash_up"
        )

    def _ask(self, form: str) -> None:
        self._asking, self._error = form, None
        self.changed.emit()

    def _commit_count(self) -> None:
        if not self._count.sound():
            return
        typed = {line.fen: str(line.pieces) for line in self._count.count().lines}
        stock = dict(self._stock.typed)
        self._commit(lambda use, form: use.cash_ups.count(form, typed, stock), self._counted)

    def _commit(
        self,
        work: Callable[[UseCases, str], CashUpView],
        done: Callable[[CashUpView], None] | None = None,
    ) -> None:
        """Book something, once: what is under way takes no second press."""
        if self._view is None:
            return
        form = self._view.form_id
        self._error = None
        self.operations.run(
            lambda use: work(use, form), done or self._moved_on, self._refused, "cash_up"
        )
        self.changed.emit()

    def _moved_on(self, view: CashUpView) -> None:
        self._asking = ""
        self._behind.close()
        self._show(view)
        if view.saved_seq:
            saved = {"seq": view.saved_seq, "at": moment(view.saved_at)}
            self.told.emit("cash_up.already", saved, "info")

    def _counted(self, view: CashUpView) -> None:
        self._moved_on(view)
        # What the platform's books say is asked beside; the page reads again when it has answered.
        self.operations.call(lambda desk, ok, no: desk.compare_day(ok, no), once="compare")

    def _closed(self, view: CashUpView) -> None:
        self._moved_on(view)
        # A notice belongs to the page it is told on.
        self.wanted.emit(self._goes_on)
        self._goes_on = "open_selling"
        self.told.emit("cash_up.closed_notice", {"number": view.last_closed}, "ok")

    def _disputed(self, view: CashUpView) -> None:
        self._moved_on(view)
        self._evidence.export(view.till_id)

    def _interim(self, view: CashUpView) -> None:
        if not self._recounting():
            self._show(view)
        self.told.emit("cash_up.interim_notice", {}, "ok")

    def _refused(self, error: OutletError) -> None:
        self._error = error
        self.changed.emit()

    def _recounting(self) -> bool:
        """Whether another count is being typed, or the first one: it must not be emptied."""
        return (
            self._step == "count"
            and self._view is not None
            and (self._count.touched or bool(self._stock.typed) or bool(self._view.counts))
        )

    def _show(self, view: CashUpView) -> None:
        before, self._view = self._view, view
        self._step = str(view.step)
        if self._step == "count" and (before is None or before.form_id != view.form_id):
            self._stock.begin(view.stock)
            self._count.begin(view.denominations)
        self._write()
        self.moved.emit()

    def _write(self) -> None:
        view = self._view
        if view is not None:
            self._steps.show(rows.step_rows(self.words, self._step, len(view.unknown)))
            self._unknown.show([rows.unknown_row(self.words, attempt) for attempt in view.unknown])
            self._figures.show(view.outcome)
            self._evidence.show(view)
        self._faults.write()
        self.changed.emit()
