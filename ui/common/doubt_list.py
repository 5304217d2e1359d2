"""Payments without a certain outcome: amount, since when, what is safe, what happens next.

The one thing a person decides here is what becomes of money that came late; nobody can declare a
payment paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from terminal.app.payment_forms import SecondPerson as Allowed
from terminal.domain.errors import OutletError
from ui.common.figures import yuan
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.rows import RowsModel
from ui.common.second_person import Asked
from ui.common.second_person_form import SecondPerson
from ui.common.tender_words import begun_text
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.doubts import DoubtView

_SECOND = "permission.second_needed"


@dataclass(frozen=True, slots=True)
class DoubtRow:
    """One payment; ``for_a_person`` when it waits for a decision."""

    out_trade_no: str
    title: str
    since: str
    safe: str
    next_step: str
    for_a_person: bool


@view_model
class DoubtList(Pane):
    """The list, and a second person's decision about a payment that came late."""

    changed = Signal()

    reads = frozenset({"payment"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._views: tuple[DoubtView, ...] = ()
        self._rows = RowsModel(DoubtRow, "out_trade_no", self)
        self._second = SecondPerson(operations, words)

    @Property(RowsModel, constant=True)
    def rows(self) -> RowsModel:
        """The payments, oldest first."""
        return self._rows

    @Property(SecondPerson, constant=True)
    def second(self) -> SecondPerson:
        """Who decides beside the clerk."""
        return self._second

    def refresh(self) -> None:
        """Read what is in doubt."""
        self.operations.run(lambda use: use.doubts.all(), self._show)

    def reworded(self) -> None:
        """Write the rows in the chosen language."""
        self._show(self._views)

    @Slot(str)
    def accept(self, out_trade_no: str) -> None:
        """It pays for its basket."""
        self._decide(out_trade_no, accept=True)

    @Slot(str)
    def giveBack(self, out_trade_no: str) -> None:
        """It goes back to the customer."""
        self._decide(out_trade_no, accept=False)

    @Slot(result=bool)
    def back(self) -> bool:
        """Esc: the form of the second person goes; whether there was one."""
        if not self._second.open:
            return False
        self._second.close()
        return True

    def _decide(self, out_trade_no: str, *, accept: bool) -> None:
        view = next((one for one in self._views if one.out_trade_no == out_trade_no), None)
        if view is None or not view.for_a_person:
            return
        asked = Asked(
            "payment_late",
            subject=self._title(view),
            before=self.words.text(f"tender.state.{view.state}"),
            after=self.words.text("doubt.accept" if accept else "doubt.give_back"),
        )

        def deed(number: str, secret: str) -> None:
            self._ask(out_trade_no, Allowed(number, secret), accept=accept)

        self._second.ask(asked, deed)

    def _ask(self, out_trade_no: str, second: Allowed, *, accept: bool) -> None:
        self.operations.call(
            lambda desk, done, failed: desk.charges.decide(
                lambda use: use.doubts.decide(out_trade_no, second, accept=accept), done, failed
            ),
            lambda _nothing: self._decided(),
            self._refused,
            once="decide_late",
        )

    def _decided(self) -> None:
        self._second.allowed()
        self.refresh()

    def _refused(self, error: OutletError) -> None:
        self._second.refuse(error)
        if error.code != _SECOND:
            self.refresh()

    def _show(self, views: tuple[DoubtView, ...]) -> None:
        self._views = views
        self._rows.show([self._row(view) for view in views])
        self.changed.emit()

    def _row(self, view: DoubtView) -> DoubtRow:
        state = "late" if view.for_a_person else "refund" if view.refunding else "asking"
        safe = self.words.text(f"doubt.safe.{state}")
        if view.goods:
            safe = f"{safe} {self.words.text(f'doubt.goods.{view.goods}')}"
        since = " · ".join(
            part
            for part in (
                begun_text(self.words, view.out_trade_no),
                self.words.text(f"tender.state.{view.state}"),
                view.out_trade_no[-8:].upper(),
            )
            if part
        )
        return DoubtRow(
            view.out_trade_no,
            self._title(view),
            since,
            safe,
            self.words.text(f"doubt.next.{state}"),
            view.for_a_person,
        )

    def _title(self, view: DoubtView) -> str:
        name = self.words.text(view.name_code)
        return "  ".join(part for part in (name, view.reference, yuan(view.amount_text)) if part)
