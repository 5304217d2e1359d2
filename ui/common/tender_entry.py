"""One means of payment being entered: what is read or chosen for it, what it is worth, who allows.

Nothing here waits and nothing here decides: the form's intent makes one sale of it or none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from terminal.app.payment_forms import Ask, LayDown
from terminal.app.payment_forms import SecondPerson as Allowed
from terminal.domain.errors import OutletError
from terminal.domain.tender import CASH, PAYER_CODE, tender_of
from ui.common.figures import yuan
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.rows import RowsModel
from ui.common.second_person import Asked
from ui.common.second_person_form import SecondPerson
from ui.common.tender_choices import TenderChoiceRow, choice_row
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.tender_offers import OwnerView, TenderChoice, WorthView

_SECOND = "permission.second_needed"


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """A courier or customer that may be chosen."""

    owner: str
    name: str
    chosen: bool


@view_model
class TenderEntry(Pane):
    """The tender that is being entered on the payment form.

    Signals:
        paid(PaymentView): the form has moved on.
        cleared: every field is emptied.
        proposed(str): the amount field shows this.
    """

    changed = Signal()
    paid = Signal(object)
    cleared = Signal()
    proposed = Signal(str)

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._kind = self._form = self._message = self._owner = self._number = ""
        self._choice: TenderChoice | None = None
        self._worth: WorthView | None = None
        self._second = SecondPerson(operations, words)
        self._amount = ""
        self._owners = RowsModel(OwnerRow, "owner", self)
        self._offered: tuple[TenderChoice, ...] = ()
        self._choices = RowsModel(TenderChoiceRow, "kind", self)

    @Property(str, notify=changed)
    def kind(self) -> str:
        """The tender, "" while none is being entered."""
        return self._kind

    @Property(bool, notify=changed)
    def open(self) -> bool:
        """Whether a tender is being entered."""
        return bool(self._kind) and self._kind != CASH.kind

    @Property(str, notify=changed)
    def title(self) -> str:
        """What it is called."""
        return self.words.text(f"tender.{self._kind}") if self._kind else ""

    @Property(str, notify=changed)
    def hint(self) -> str:
        """What to do with it, in one sentence; its worth says more once it is known."""
        asked = self._kind and self._worth is None
        return self.words.text(f"tender.hint.{self._kind}") if asked else ""

    @Property(bool, notify=changed)
    def takesNumber(self) -> bool:
        """Whether a number is read or typed for it; not once its worth is known."""
        needs = tender_of(self._kind).needs if self._kind and self._worth is None else ""
        return needs in {"number", "payer_code"}

    @Property(bool, notify=changed)
    def takesAmount(self) -> bool:
        """Whether a part may be chosen; of what has a worth, once that is known."""
        if not self._kind:
            return False
        tender = tender_of(self._kind)
        return tender.may_be_part and (self._worth is not None or not tender.has_value)

    @Property(str, notify=changed)
    def most(self) -> str:
        """What it may pay at most, ``¥ 6.00``."""
        return yuan(self._choice.most_text) if self._choice else ""

    @Property(RowsModel, constant=True)
    def owners(self) -> RowsModel:
        """Whom it may be put down to."""
        return self._owners

    @Property(str, notify=changed)
    def worthText(self) -> str:
        """What it is worth and what it pays, "" until that is known."""
        worth = self._worth
        if worth is None:
            return ""
        lapses = worth.lapses_text != "0.00"
        return self.words.text(
            "tender.worth.lapses" if lapses else "tender.worth",
            number=worth.masked,
            value=yuan(worth.value_text),
            pays=yuan(worth.pays_text),
            lapses=yuan(worth.lapses_text),
        )

    @Property(SecondPerson, constant=True)
    def second(self) -> SecondPerson:
        """Who confirms what the clerk may not take alone."""
        return self._second

    @Property(str, notify=changed)
    def message(self) -> str:
        """Why it was refused, "" for nothing."""
        return self._message

    @Property(str, notify=changed)
    def deed(self) -> str:
        """What Enter does."""
        if not self._kind:
            return ""
        if tender_of(self._kind).has_value and self._worth is None:
            return self.words.text("tender.look_up")
        has_own = self.words.has(f"tender.deed.{self._kind}")
        return self.words.text(f"tender.deed.{self._kind}" if has_own else "tender.deed")

    @Property(RowsModel, constant=True)
    def choices(self) -> RowsModel:
        """The tenders beside cash: key, what each may pay, what works offline."""
        return self._choices

    def offer(self, form_id: str, choices: tuple[TenderChoice, ...]) -> None:
        """Show what the form offers now."""
        self._form, self._offered = form_id, choices
        whole = next((choice.most_text for choice in choices if choice.kind == CASH.kind), "")
        self._choices.show(
            [
                choice_row(self.words, choice, whole)
                for choice in choices
                if choice.kind != CASH.kind
            ]
        )

    def begin(self, kind: str, amount: str = "") -> None:
        """Enter a tender.

        Args:
            kind: which.
            amount: yuan typed before its key was pressed, "" for all it may pay.
        """
        choice = next((choice for choice in self._offered if choice.kind == kind), None)
        if choice is None:
            return
        self._kind, self._choice = kind, choice
        self._worth, self._message, self._owner = None, "", ""
        self._amount = amount.strip()
        if choice.note_code:
            self._message = self.words.text(choice.note_code)
        self._show_owners()
        self.changed.emit()
        self.cleared.emit()
        self.proposed.emit(self._amount)

    def much_cash(self, amount: str) -> None:
        """Cash above the limit is never refused: a second person counts it with the clerk."""
        self.begin(CASH.kind, amount)
        self._lay_down()

    @Slot()
    def close(self) -> None:
        """Enter nothing: back to cash."""
        self._kind = ""
        self._worth, self._message = None, ""
        self._second.close()
        self.changed.emit()

    def step_back(self) -> None:
        """Esc: without the second person, else no other tender."""
        if self._second.open and self._kind != CASH.kind:
            self._second.close()
        else:
            self.close()

    @Slot(str)
    def choose(self, owner: str) -> None:
        """Put it down to that courier or customer."""
        self._owner = owner
        self._show_owners()
        self.changed.emit()

    @Slot(str)
    def edited(self, amount: str) -> None:
        """The amount field was typed into."""
        self._amount = amount.strip()

    @Slot(str)
    def submit(self, number: str) -> None:
        """Enter: look it up, charge it, or lay it down; a second press does nothing more."""
        if not self._kind:
            return
        tender, number = tender_of(self._kind), number.strip()
        if tender.road == "counter":
            self._lay_down()
        elif tender.kind == PAYER_CODE.kind:
            self._pay_by_code(number)
        elif tender.has_value and self._worth is None:
            self._look_up(number)
        else:
            self._charge(number)

    def take(self, text: str) -> bool:
        """A scanner read something: a badge, or this tender's number where it needs one.

        Returns:
            Whether it was for this tender.
        """
        if self._second.open:
            return self._second.scanned(text)
        if not self._kind or tender_of(self._kind).needs != "number":
            return False
        self._look_up(text.strip())
        return True

    @property
    def part(self) -> str:
        """Yuan that a payer code pays when one is read now, "" for all that is missing."""
        return self._amount if self._kind == PAYER_CODE.kind else ""

    def _pay_by_code(self, auth_code: str) -> None:
        form, amount = self._form, self.part
        self.operations.call(
            lambda desk, done, failed: desk.charges.pay_by_code(
                form, auth_code, amount, done, failed
            ),
            self._done,
            self._refused,
            once="tender",
        )

    def reworded(self) -> None:
        """Name everything in the chosen language."""
        self.offer(self._form, self._offered)
        self._show_owners()
        self.changed.emit()

    def _lay_down(self, second: Allowed | None = None) -> None:
        form, amount, what = self._form, self._amount, self._what
        if self._kind == CASH.kind:
            self.operations.run(
                lambda use: use.paying.tender_cash(form, amount, second),
                self._done,
                self._refused,
                once="tender",
            )
        else:
            self.operations.run(
                lambda use: use.paying.lay_down(form, what, second),
                self._done,
                self._refused,
                once="tender",
            )

    @property
    def _what(self) -> LayDown:
        return LayDown(self._kind, self._amount, self._owner)

    def _look_up(self, number: str) -> None:
        self._number = number
        ask = Ask(self._form, self._kind, number)
        self.operations.call(
            lambda desk, done, failed: desk.charges.look_up(ask, done, failed),
            self._looked_up,
            self._refused,
            once="look_up",
        )

    def _charge(self, number: str) -> None:
        worth = self._worth
        amount = self._amount or (worth.pays_text if worth else "")
        ask = Ask(self._form, self._kind, self._number if worth else number, amount)
        self.operations.call(
            lambda desk, done, failed: desk.charges.pay(ask, done, failed),
            self._done,
            self._refused,
            once="tender",
        )

    def _looked_up(self, worth: WorthView) -> None:
        if worth.kind != self._kind:
            return
        self._worth, self._message = worth, ""
        self._amount = self._amount or worth.pays_text
        self.changed.emit()
        self.proposed.emit(self._amount)

    def _done(self, view: object) -> None:
        self.close()
        self.paid.emit(view)

    def _refused(self, error: OutletError) -> None:
        if error.code == _SECOND:
            self._ask_second(error)
        elif self._second.open:
            self._second.refuse(error)
        else:
            self._message = self.words.error(error.code, error.params)
            self.changed.emit()

    def _ask_second(self, error: OutletError) -> None:
        amount = self._amount or (self._choice.most_text if self._choice else "")
        owner = next((row.name for row in self._owners.rows if row.chosen), "")
        asked = Asked(
            str(error.params.get("action", "")),
            subject="  ".join(part for part in (yuan(amount), owner) if part),
            roles=tuple(str(error.params.get("roles", "")).split(",")),
        )
        self._second.ask(asked, lambda number, secret: self._lay_down(Allowed(number, secret)))

    def _show_owners(self) -> None:
        owners = self._choice.owners if self._choice and self._kind else ()
        if owners and not self._owner:
            self._owner = owners[0].owner
        self._owners.show(
            [OwnerRow(row.owner, self._named(row), row.owner == self._owner) for row in owners]
        )

    def _named(self, row: OwnerView) -> str:
        name = self.words.named(row.name_zh, row.name_en)
        if not row.left_text:
            return name
        return self.words.text("tender.owner_left", name=name, left=yuan(row.left_text))
