"""Tills on the screen: what they hold, why, and moving it by pouches."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from terminal.domain.errors import OutletError
from terminal.domain.pouch import is_pouch_code
from terminal.domain.till import NO_SALE_REASONS
from ui.common import till_form
from ui.common.denominations import Denominations
from ui.common.keys import POUCH
from ui.common.operation import Operations
from ui.common.page import Page
from ui.common.pouch_found import PouchFound
from ui.common.pouches_on_the_way import PouchesOnTheWay
from ui.common.second_person import Asked
from ui.common.second_person_form import SecondPerson
from ui.common.stock_counting import StockCounting
from ui.common.till_listing import TillListing
from ui.common.till_rows import done_notice
from ui.common.till_tables import TillTables
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.till_booking import TillDone
    from terminal.app.till_views import TillsView, TillView
    from terminal.app.usecases import UseCases

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
    reads = frozenset({"tills", "orders", "session", "settings", "cash_up", "inbox"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._view: TillsView | None = None
        self._in_view = False
        self._till, self._form, self._intent, self._partner = "", "", "", ""
        self._typed: dict[str, str] = {}
        self._error: OutletError | None = None
        self._count = Denominations(words, self)
        self._count.finished.connect(self.ready)
        self._second = SecondPerson(operations, words)
        self._tables = TillTables(words, self)
        self._found = PouchFound(operations, words, self)
        self._stock = StockCounting(words, self)
        self._on_the_way = PouchesOnTheWay(operations, words, self)
        self._listing = TillListing(operations, words, self)
        self._listing.changed.connect(self._write)

    @Property(str, notify=changed)
    def form(self) -> str:
        """``move``, ``receive``, ``wrong``, ``drawer``, ``check``; "" for the overview."""
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

    @Property(TillListing, constant=True)
    def listing(self) -> TillListing:
        """The entries behind the open figure."""
        return self._listing

    @Property(PouchFound, constant=True)
    def found(self) -> PouchFound:
        """The pouch that was scanned or chosen."""
        return self._found

    @Property(PouchesOnTheWay, constant=True)
    def onTheWay(self) -> PouchesOnTheWay:
        """Pouches that were sent and not received here."""
        return self._on_the_way

    @Property(StockCounting, constant=True)
    def stock(self) -> StockCounting:
        """The stock that is counted blind."""
        return self._stock

    @Property(str, notify=changed)
    def message(self) -> str:
        """Why something was refused, "" for nothing."""
        return self._stock.message(self._error) if self._error else ""

    def turn(self, *, in_view: bool) -> None:
        """Read when the page is opened; leave no form behind when it is left."""
        if in_view and not self._in_view:
            # Whatever was looked at before, the page begins with the drawer at this counter.
            self._in_view, self._till = in_view, ""
            self.refresh()
        elif not in_view and self._in_view:
            self._in_view = in_view
            self._second.close()
            self._open("")

    def refresh(self) -> None:
        """Read the tills again while somebody sees them."""
        if self._in_view:
            self.operations.run(lambda use: use.tills.view(), self._show)

    def reworded(self) -> None:
        """Write everything in the chosen language."""
        self._write()

    def place(self) -> str:
        """The open form."""
        return f"till_{self._form}" if self._form else ""

    def lacks(self) -> frozenset[str]:
        """See ``Page``."""
        return frozenset() if self._on_the_way.reprintable else frozenset({POUCH})

    def deeds(self) -> Mapping[str, Callable[[], None]]:
        """The page's own keys."""
        return {
            "till_send": lambda: self.begin("move"),
            "till_take": lambda: self.begin("receive"),
            "till_open_drawer": lambda: self.begin("drawer"),
            "till_count": lambda: self.begin("check"),
            "till_wrong": self.beginWrong,
            "till_reprint": self._reprint,
            "till_go": self.go,
        }

    def back(self) -> bool:
        """Close the second person's form, the form, or the open list."""
        if self._second.open:
            self._second.close()
        elif self._form:
            self._open("")
        else:
            return self._listing.close()
        return True

    def scanned(self, text: str) -> bool:
        """A badge for the second person, or a pouch."""
        if self._second.open:
            return self._second.scanned(text)
        if not is_pouch_code(text):
            return False
        if self._form == "wrong":
            # What two people have counted is not thrown away by a scan.
            return True
        if self._form != "receive":
            self.begin("receive")
        self.find(text)
        return True

    @Slot(str)
    def choose(self, till: str) -> None:
        """Look at another till."""
        self._till = till
        self._listing.close()

    @Slot(str)
    def openFigure(self, kind: str) -> None:
        """Open the entries behind a figure."""
        if not self._tables.blind:
            self._listing.open(self._till, kind)

    @Slot(str)
    def begin(self, form: str) -> None:
        """Open a form: its intent is made now, and it becomes one entry however often pressed."""
        self._typed = {}
        self._found.forget()
        self._stock.begin(())
        self._count.begin(self._view.denominations if self._view else ())
        self.operations.run(lambda use: use.tills.begin(), self._begun)
        till = self._chosen()
        self._partner = ""
        if form == "move" and self._view and till:
            self._partner = till_form.partners(self.words, self._view, till, "")[0].code
        if form == "check":
            chosen = self._till
            self.operations.run(lambda use: use.till_checks.asked(chosen), self._stock.begin)
        self._open(form)

    @Slot()
    def beginWrong(self) -> None:
        """The pouch that was found does not hold what its slip says: count what is there.

        It is still the same form: taken in whole or as counted, it becomes one entry.
        """
        code = self._found.code
        if self._form == "receive" and code:
            self._count.begin(self._view.denominations if self._view else ())
            self.operations.run(lambda use: use.pouches.to_count(code), self._stock.begin)
            self._open("wrong", self._intent)

    @Slot(str)
    def openPouch(self, number: str) -> None:
        """Look at a pouch that comes here before it is taken in."""
        if self._on_the_way.comes_here(number):
            self.begin("receive")
            self.find(number)

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

        def found() -> None:
            self._error = None
            self.changed.emit()
            self.ready.emit()

        self._found.find(code, found, self._refused)

    @Slot()
    def go(self) -> None:
        """Do what the open form is for."""
        if not self._intent or self._second.open:
            return
        forms = {
            "move": self._move,
            "receive": self._receive,
            "wrong": self._receive_wrong,
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
            pieces = self._count.count()
            form = till_form.move_form(self._intent, till, self._partner, pieces, self._typed)
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

    def _receive(self) -> None:
        deed = self._found.taken_in(self._intent)
        if deed is not None and self._found.for_one_of(till_form.vaults(self._view)):
            self._ask("vault_move", self._found.number, deed)
        elif deed is not None:
            self._run(deed)

    def _receive_wrong(self) -> None:
        if not self._sound():
            return
        count = self._count.count()
        form = till_form.wrong_form(self._intent, self._found.code, count, self._stock.typed)
        self._ask(
            "till_check",
            self._found.number,
            lambda use, number, secret: use.pouches.receive_wrong(form, number, secret),
        )

    def _open_drawer(self) -> None:
        if self._partner not in NO_SALE_REASONS:
            return
        intent, reason = self._intent, self._partner
        self._ask(
            "no_sale",
            self._till,
            lambda use, number, secret: use.till_checks.open_drawer(intent, reason, number, secret),
            self.words.text(f"till.reason.{reason}"),
        )

    def _check(self) -> None:
        if not self._sound():
            return
        count = self._count.count()
        form = till_form.check_form(self._intent, self._till, count, self._stock.typed)
        self._ask(
            "till_check",
            form.till_id,
            lambda use, number, secret: use.till_checks.check(form, number, secret),
        )

    def _sound(self) -> bool:
        """Whether everything was counted; nobody is called to sign what is not."""
        if not self._count.sound():
            return False
        self._error = self._stock.error()
        self.changed.emit()
        return self._error is None

    def _ask(self, action: str, subject: str, deed: Deed, reason: str = "") -> None:
        named = {"drawer": "", "receive": self._found.amount}
        after = named.get(self._form, self._count.total)
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
        self.told.emit(*done_notice(done))

    def _refused(self, error: OutletError) -> None:
        if self._second.open:
            self._second.refuse(error)
        self._error = error
        self.changed.emit()

    def _reprint(self) -> None:
        """Print a pouch's slip again; without one the key does what it does everywhere."""
        if not self._on_the_way.reprint(self._reprinted):
            self.wanted.emit("reprint")

    def _reprinted(self, done: TillDone) -> None:
        self.told.emit("notice.pouch.reprinted", {"pouch": done.pouch}, "ok")

    def _begun(self, intent: str) -> None:
        self._intent = intent

    def _open(self, form: str, intent: str = "") -> None:
        self._form, self._error = form, None
        self._intent = intent if form else ""
        self._listing.close()
        self.moved.emit()
        self.formOpened.emit()

    def _chosen(self) -> TillView | None:
        if self._view is None:
            return None
        return next((till for till in self._view.tills if till.till_id == self._till), None)

    def _partner_name(self) -> str:
        return next((row.name for row in self._tables.choices.rows if row.taken), "")

    def _show(self, view: TillsView) -> None:
        self._view = view
        if self._chosen() is None:
            self._till = view.tills[0].till_id
        self._write()

    def _write(self) -> None:
        view, till = self._view, self._chosen()
        if view is not None and till is not None:
            self._tables.show(view, till, self._form, self._partner, self._typed)
            self._tables.open(till, self._listing.view)
            self._on_the_way.show(view.on_the_way)
        self.changed.emit()
