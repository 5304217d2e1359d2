"""Tills on the screen: what they hold, why, and moving it by pouches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from terminal.domain.errors import OutletError
from terminal.domain.money import Money
from terminal.domain.pouch import is_pouch_code
from terminal.domain.till import NO_SALE_REASONS
from ui.common import till_form
from ui.common.denominations import Denominations
from ui.common.figures import moment, yuan
from ui.common.operation import Operations
from ui.common.page import Page
from ui.common.second_person import Asked
from ui.common.second_person_form import SecondPerson
from ui.common.till_tables import TillTables
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.till_views import ListingView, TillsView, TillView
    from terminal.app.tills import MoveForm, TillDone
    from terminal.app.usecases import UseCases
    from terminal.domain.pouch import Pouch

Deed = Callable[["UseCases", str, str], "TillDone"]


@view_model
class TillPage(Page):
    """The page 尾箱.

    Signals:
        ready: the count is done: what confirms it takes the keyboard.
        formOpened: a form has taken the page.
    """

    changed = Signal()
    ready = Signal()
    formOpened = Signal()
    reads = frozenset({"tills", "orders", "session", "settings", "cash_up"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._view: TillsView | None = None
        self._in_view = False
        self._till, self._form, self._intent, self._partner = "", "", "", ""
        self._listing: ListingView | None = None
        self._found: Pouch | None = None
        self._code = ""
        self._typed: dict[str, str] = {}
        self._error: OutletError | None = None
        self._count = Denominations(words, self)
        self._count.finished.connect(self.ready)
        self._second = SecondPerson(operations, words)
        self._tables = TillTables(words, self)

    @Property(str, notify=changed)
    def form(self) -> str:
        """``move``, ``receive``, ``drawer``, ``check``; "" for the overview."""
        return self._form

    @Property(TillTables, constant=True)
    def tables(self) -> TillTables:
        """Every list of the page."""
        return self._tables

    @Property(Denominations, constant=True)
    def count(self) -> Denominations:
        """The cash of the form."""
        return self._count

    @Property(SecondPerson, constant=True)
    def second(self) -> SecondPerson:
        """The second person's form."""
        return self._second

    @Property(str, notify=changed)
    def title(self) -> str:
        """What the open form does, for which till."""
        words = self.words.text(f"till.form.{self._form}") if self._form else ""
        return f"{words}  ·  {self._till}" if words else ""

    @Property(str, notify=changed)
    def cash(self) -> str:
        """What the chosen till holds: the sum of its figures."""
        till = self._chosen()
        return yuan(Money(till.cash_fen).text) if till else ""

    @Property(str, notify=changed)
    def linesTitle(self) -> str:
        """What the open list is behind, "" for none."""
        if self._listing is None:
            return ""
        kind = self._listing.kind
        return self.words.text(f"entry.{kind}" if kind else "till.opening")

    @Property(str, notify=changed)
    def linesTotal(self) -> str:
        """The sum of the open list."""
        return yuan(self._listing.total_text) if self._listing else ""

    @Property(str, notify=changed)
    def foundText(self) -> str:
        """The pouch that was scanned or chosen, in words; "" for none."""
        if self._found is None:
            return ""
        amount = yuan(Money(self._found.cash_fen).text)
        pieces = sum(bundle.pieces for bundle in self._found.bundles)
        more = "  ·  " + self.words.text("till.with_stock", count=str(pieces)) if pieces else ""
        way = f"{self._found.origin} → {self._found.target}"
        return f"{self._found.number}  ·  {way}  ·  {amount}{more}"

    @Property(str, notify=changed)
    def message(self) -> str:
        """Why something was refused, "" for nothing."""
        if self._error is None:
            return ""
        params = dict(self._error.params)
        if "at" in params:
            params["at"] = moment(str(params["at"]))
        return self.words.error(self._error.code, params)

    def turn(self, *, in_view: bool) -> None:
        """Read when the page is opened; leave no form behind when it is left."""
        if in_view and not self._in_view:
            self._in_view = in_view
            self.refresh()
        elif not in_view and self._in_view:
            self._in_view = in_view
            self._second.close()
            self._open("")

    def refresh(self) -> None:
        """Read the tills again while somebody sees them."""
        if self._in_view:
            self.operations.run(lambda use: use.tills.view(), self._show)

    def _on_changes(self, flags: frozenset[str]) -> None:
        super()._on_changes(flags)
        if "orders" in flags:
            # Calmly, after the sale: the customer is not kept waiting for it.
            self.operations.run(lambda use: use.tills.over_limit(), self._warn)

    def reworded(self) -> None:
        """Write everything in the chosen language."""
        self._write()

    def place(self) -> str:
        """The open form."""
        return f"till_{self._form}" if self._form else ""

    def deeds(self) -> Mapping[str, Callable[[], None]]:
        """The page's own keys."""
        return {
            "till_send": lambda: self.begin("move"),
            "till_take": lambda: self.begin("receive"),
            "till_open_drawer": lambda: self.begin("drawer"),
            "till_count": lambda: self.begin("check"),
            "till_go": self.go,
        }

    def back(self) -> bool:
        """Close the second person's form, the form, or the open list."""
        if self._second.open:
            self._second.close()
        elif self._form:
            self._open("")
        elif self._listing is not None:
            self._listing = None
            self._write()
        else:
            return False
        return True

    def scanned(self, text: str) -> bool:
        """A badge for the second person, or a pouch."""
        if self._second.open:
            return self._second.scanned(text)
        if not is_pouch_code(text):
            return False
        if self._form != "receive":
            self.begin("receive")
        self.find(text)
        return True

    @Slot(str)
    def choose(self, till: str) -> None:
        """Look at another till."""
        self._till, self._listing = till, None
        self._write()

    @Slot(str)
    def openFigure(self, kind: str) -> None:
        """Open the entries behind a figure."""
        till = self._till
        self.operations.run(lambda use: use.tills.listing(till, kind), self._list)

    @Slot(str)
    def begin(self, form: str) -> None:
        """Open a form: its intent is made now, and it becomes one entry however often pressed."""
        self._typed, self._found, self._code = {}, None, ""
        self._count.begin(self._view.denominations if self._view else ())
        self.operations.run(lambda use: use.tills.begin(), self._begun)
        till = self._chosen()
        self._partner = ""
        if form == "move" and self._view and till:
            self._partner = till_form.partners(self.words, self._view, till, "")[0].code
        self._open(form)

    @Slot(str)
    def choosePartner(self, code: str) -> None:
        """Choose whom to deal with, or why the drawer is opened."""
        self._partner = code
        self._write()
        if self._form == "drawer":
            self.go()

    @Slot(str, str)
    def typeStock(self, item: str, text: str) -> None:
        """Pieces or a range of numbers were typed."""
        self._typed[item] = text

    @Slot(str)
    def find(self, code: str) -> None:
        """A pouch was scanned, typed or chosen."""
        self._code, self._found = code, None

        def found(pouch: Pouch) -> None:
            self._found, self._error = pouch, None
            self.changed.emit()
            self.ready.emit()

        self.operations.run(lambda use: use.tills.find_pouch(code), found, self._refused)

    @Slot()
    def closeSecond(self) -> None:
        """Nobody allowed it: back to the form."""
        self._second.close()

    @Slot()
    def go(self) -> None:
        """Do what the open form is for."""
        if not self._intent or self._second.open:
            return
        forms = {
            "move": self._move,
            "receive": self._receive,
            "drawer": self._open_drawer,
            "check": self._check,
        }
        if self._form in forms:
            forms[self._form]()

    def _move(self) -> None:
        till = self._chosen()
        if till is None or not self._count.sound():
            return
        try:
            form = self._move_form(till)
        except OutletError as error:
            self._refused(error)
            return
        outside = ":" in self._partner

        def deed(use: UseCases, number: str, secret: str) -> TillDone:
            act = use.tills.fund if outside else use.tills.send
            return act(form, number, secret)

        if till.kind == "vault":
            self._ask("vault_move", f"{till.till_id} · {self._partner_name()}", deed)
        else:
            self._run(deed)

    def _move_form(self, till: TillView) -> MoveForm:
        from terminal.app.tills import MoveForm

        way, _, source = self._partner.rpartition(":")
        return MoveForm(
            intent_id=self._intent,
            till_id=till.till_id,
            partner=source,
            pieces={line.fen: line.pieces for line in self._count.count().lines if line.pieces},
            bundles=till_form.bundles(till.stock, self._typed),
            inward=way == "in",
        )

    def _receive(self) -> None:
        if self._found is None:
            return
        intent, code = self._intent, self._code
        self._run(lambda use, _number, _secret: use.tills.receive(intent, code))

    def _open_drawer(self) -> None:
        if self._partner not in NO_SALE_REASONS:
            return
        intent, reason = self._intent, self._partner
        self._ask(
            "no_sale",
            self._till,
            lambda use, number, secret: use.tills.open_drawer(intent, reason, number, secret),
            self.words.text(f"till.reason.{reason}"),
        )

    def _check(self) -> None:
        if not self._count.sound():
            return
        intent, till = self._intent, self._till
        pieces = {line.fen: line.pieces for line in self._count.count().lines}
        self._ask(
            "till_check",
            till,
            lambda use, number, secret: use.tills.check(intent, till, pieces, number, secret),
        )

    def _ask(self, action: str, subject: str, deed: Deed, reason: str = "") -> None:
        after = self._count.total if self._form != "drawer" else ""
        asked = Asked(action, subject=subject, reason=reason, after=after)
        self._second.ask(asked, lambda number, secret: self._run(deed, number, secret))
        self.changed.emit()

    def _run(self, deed: Deed, number: str = "", secret: str = "") -> None:
        self.operations.run(
            lambda use: deed(use, number, secret), self._done, self._refused, "till_go"
        )

    def _done(self, done: TillDone) -> None:
        self._second.allowed()
        self._open("")
        names = {
            "pouch": done.pouch,
            "from": done.from_till,
            "to": done.to_till,
            "amount": yuan(done.amount_text),
            "at": moment(done.at),
        }
        even = done.kind != "till.checked" or done.amount_text == "0.00"
        key = "notice.till.already" if done.already_saved else f"notice.{done.kind}"
        self.told.emit(key, names, "ok" if even else "wait")

    def _refused(self, error: OutletError) -> None:
        if self._second.open:
            self._second.refuse(error)
        self._error = error
        self.changed.emit()

    def _begun(self, intent: str) -> None:
        self._intent = intent

    def _open(self, form: str) -> None:
        self._form, self._error, self._listing = form, None, None
        if not form:
            self._intent = ""
        self._write()
        self.moved.emit()
        self.formOpened.emit()

    def _chosen(self) -> TillView | None:
        if self._view is None:
            return None
        return next((till for till in self._view.tills if till.till_id == self._till), None)

    def _partner_name(self) -> str:
        return next((row.name for row in self._tables.choices.rows if row.taken), "")

    def _warn(self, over: object) -> None:
        from terminal.app.tills import LimitView

        if isinstance(over, LimitView):
            names = {"till": over.till_id, "cash": yuan(over.cash_text)}
            self.told.emit(
                "notice.till.over_limit", {**names, "limit": yuan(over.limit_text)}, "wait"
            )

    def _list(self, listing: ListingView) -> None:
        self._listing = listing
        self._write()

    def _show(self, view: TillsView) -> None:
        self._view = view
        if self._chosen() is None:
            self._till = view.tills[0].till_id
        self._write()

    def _write(self) -> None:
        view, till = self._view, self._chosen()
        if view is not None and till is not None:
            self._tables.show(view, till, self._form, self._partner, self._typed)
            self._tables.open(till, self._listing)
        self.changed.emit()
