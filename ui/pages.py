"""The panes of the counter as typed properties: what ``CounterView`` and its pages are handed.

A new page is a view-model made and shown here; where it stands and which file shows it is a row in
``ui.common.places``. Those that fill the work area are made when they are first opened: most of
them stay closed all day, and what they would bring along is a tenth of what the counter holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar, cast

from PySide6.QtCore import QObject

from ui.common.appearance import Appearance
from ui.common.operation import Operations
from ui.common.page import Page
from ui.common.pane import Pane
from ui.common.places import CASH_UP, DIRECTIVES, REFUND, REPORTS, TILL
from ui.common.rows import camel
from ui.common.till_limit import TillLimit
from ui.common.words import Words
from ui.qt import Property, Signal, view_model
from ui.viewmodels.approval_dialog import ApprovalDialog
from ui.viewmodels.basket_pane import BasketPane
from ui.viewmodels.courier import CourierPane
from ui.viewmodels.key_hints import KeyHints
from ui.viewmodels.last_transaction import LastTransaction
from ui.viewmodels.member_dialog import MemberDialog
from ui.viewmodels.notices import Notices
from ui.viewmodels.outlook import OutlookPane
from ui.viewmodels.override_dialog import OverrideDialog
from ui.viewmodels.parked_baskets import ParkedBaskets
from ui.viewmodels.payment_pane import PaymentPane
from ui.viewmodels.quantity_dialog import QuantityDialog
from ui.viewmodels.queue_page import QueuePage
from ui.viewmodels.rail import Rail
from ui.viewmodels.scan_field import ScanField
from ui.viewmodels.second_person import SecondPerson
from ui.viewmodels.session_pane import SessionPane
from ui.viewmodels.settings_page import SettingsPage
from ui.viewmodels.top_bar import TopBar
from ui.viewmodels.training_pane import TrainingPane
from ui.viewmodels.weigh_dialog import WeighDialog

if TYPE_CHECKING:
    from ui.viewmodels.cash_up import CashUp
    from ui.viewmodels.directives_page import DirectivesPage
    from ui.viewmodels.refund_page import RefundPage
    from ui.viewmodels.reports_page import ReportsPage
    from ui.viewmodels.till_page import TillPage

PageT = TypeVar("PageT", bound=Page)


@view_model
class CounterPages(Pane):
    """Everything that can be in the counter's window; ``Counter`` says what is.

    Signals:
        pageMade(Page): a page was opened for the first time.
    """

    pageMade = Signal(object)

    def __init__(
        self,
        operations: Operations,
        words: Words,
        session: SessionPane,
        appearance: Appearance,
        notices: Notices,
        training: TrainingPane,
    ) -> None:
        super().__init__(operations, words)
        self._session, self._notices, self._training = session, notices, training
        self._pages: dict[str, Page] = {}
        self._hints = KeyHints(words, self)
        self._rail = Rail(words, self)
        self._top_bar = TopBar(operations, words)
        self._scan_field = ScanField(operations, words)
        self._basket = BasketPane(operations, words)
        self._limit = TillLimit(operations, words)
        self._payment = PaymentPane(operations, words)
        self._parked = ParkedBaskets(operations, words)
        self._quantity = QuantityDialog(operations, words, self._basket, self._scan_field)
        self._second = SecondPerson(operations, words)
        self._weigh = WeighDialog(operations, words, self._basket, self._second)
        self._member = MemberDialog(operations, words, self._basket)
        self._override = OverrideDialog(operations, words, self._basket)
        self._approval = ApprovalDialog(operations, words)
        self._last = LastTransaction(operations, words)
        self._queue = QueuePage(operations, words)
        self._outlook = OutlookPane(operations, words)
        self._courier = CourierPane(operations, words)
        self._settings = SettingsPage(operations, words, appearance)

    @Property(KeyHints, constant=True)
    def hints(self) -> KeyHints:
        """What the keys do here."""
        return self._hints

    @Property(SessionPane, constant=True)
    def session(self) -> SessionPane:
        """Who works where on which day."""
        return self._session

    @Property(TrainingPane, constant=True)
    def training(self) -> TrainingPane:
        """Going over to practice and back."""
        return self._training

    @Property(Notices, constant=True)
    def notices(self) -> Notices:
        """What happened."""
        return self._notices

    @Property(Rail, constant=True)
    def rail(self) -> Rail:
        """The pages at the left."""
        return self._rail

    @Property(TopBar, constant=True)
    def topBar(self) -> TopBar:
        """The bar at the top."""
        return self._top_bar

    @Property(ScanField, constant=True)
    def scanField(self) -> ScanField:
        """The one field."""
        return self._scan_field

    @Property(BasketPane, constant=True)
    def basket(self) -> BasketPane:
        """The basket."""
        return self._basket

    @Property(PaymentPane, constant=True)
    def payment(self) -> PaymentPane:
        """The payment form."""
        return self._payment

    @Property(ParkedBaskets, constant=True)
    def parked(self) -> ParkedBaskets:
        """Suspended baskets."""
        return self._parked

    @Property(QuantityDialog, constant=True)
    def quantity(self) -> QuantityDialog:
        """Quantity entry."""
        return self._quantity

    @Property(WeighDialog, constant=True)
    def weigh(self) -> WeighDialog:
        """The scale."""
        return self._weigh

    @Property(SecondPerson, constant=True)
    def second(self) -> SecondPerson:
        """Who allows what a dialog asks."""
        return self._second

    @Property(MemberDialog, constant=True)
    def member(self) -> MemberDialog:
        """Price level choice."""
        return self._member

    @Property(OverrideDialog, constant=True)
    def override(self) -> OverrideDialog:
        """Price override."""
        return self._override

    @Property(ApprovalDialog, constant=True)
    def approval(self) -> ApprovalDialog:
        """What another counter asks."""
        return self._approval

    @Property(LastTransaction, constant=True)
    def last(self) -> LastTransaction:
        """The last transaction."""
        return self._last

    @Property(QueuePage, constant=True)
    def queue(self) -> QueuePage:
        """The journal and its receipts."""
        return self._queue

    @Property(OutlookPane, constant=True)
    def outlook(self) -> OutlookPane:
        """What works without the platform."""
        return self._outlook

    @Property(CourierPane, constant=True)
    def courier(self) -> CourierPane:
        """What is carried by stick."""
        return self._courier

    @property
    def directives(self) -> DirectivesPage:
        """What the centre sent."""
        from ui.viewmodels.directives_page import DirectivesPage

        return self._made(DIRECTIVES, lambda: DirectivesPage(self.operations, self.words))

    @property
    def refund(self) -> RefundPage:
        """Giving back."""
        from ui.viewmodels.refund_page import RefundPage

        return self._made(REFUND, lambda: RefundPage(self.operations, self.words, self._second))

    @property
    def reports(self) -> ReportsPage:
        """What a day came to."""
        from ui.viewmodels.reports_page import ReportsPage

        return self._made(REPORTS, lambda: ReportsPage(self.operations, self.words))

    @property
    def till(self) -> TillPage:
        """Tills and what moves between them."""
        from ui.viewmodels.till_page import TillPage

        return self._made(TILL, lambda: TillPage(self.operations, self.words))

    @Property(SettingsPage, constant=True)
    def settings(self) -> SettingsPage:
        """Devices and preferences."""
        return self._settings

    @property
    def cashUp(self) -> CashUp:
        """Cashing the till up."""
        from ui.viewmodels.cash_up import CashUp

        return self._made(CASH_UP, lambda: CashUp(self.operations, self.words))

    def model_of(self, page: str) -> QObject | None:
        """The view-model that is handed to the file of a page; None for the payment form."""
        model: QObject | None = getattr(self, camel(page), None)
        return model

    def page_deeds(self) -> Mapping[str, Callable[[], None]]:
        """What the pages' own keys do."""
        pages = self._pages.values()
        return {name: deed for page in pages for name, deed in page.deeds().items()}

    def _made(self, name: str, make: Callable[[], PageT]) -> PageT:
        page = self._pages.get(name)
        if page is None:
            page = self._pages[name] = make()
            self.pageMade.emit(page)
        return cast("PageT", page)
