"""All use cases of a counter, wired once over one context."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from terminal.app.approving import Approving
from terminal.app.authorising import Authorising
from terminal.app.code_payments import CodePayments
from terminal.app.context import Context
from terminal.app.directives import Directives
from terminal.app.doubts import Doubts
from terminal.app.offline_outlook import OfflineOutlook
from terminal.app.ordering import Ordering
from terminal.app.paying import Paying
from terminal.app.queue import QueueBook
from terminal.app.ranges import NumberRanges
from terminal.app.recovery import Recovering
from terminal.app.refunding import Refunding
from terminal.app.scanning import Scanning
from terminal.app.search import ItemSearch
from terminal.app.session import SessionDesk
from terminal.app.settings import DeviceView, SettingsBook
from terminal.app.slips import Slips
from terminal.app.tender_offers import TenderOffers
from terminal.app.training import Training
from terminal.app.vault import Keeping
from terminal.app.weighing import Pan, Weighing
from terminal.domain.journal import Entry

if TYPE_CHECKING:
    from terminal.app.cash_up import CashUps
    from terminal.app.cash_up_behind import CashUpBehind
    from terminal.app.pouches import Pouches
    from terminal.app.refund_money import RefundMoney
    from terminal.app.refund_refused import RefusedRefunds
    from terminal.app.reports import Reports
    from terminal.app.taking_away import TakingAway
    from terminal.app.till_checks import TillChecks
    from terminal.app.tills import Tills


@dataclass(frozen=True)
class UseCases:
    """What a face may do. Store thread only.

    What is used a few times a day comes when it is first asked for: a counter that only sells does
    not carry it.
    """

    context: Context
    session: SessionDesk
    authorising: Authorising
    approving: Approving
    ordering: Ordering
    search: ItemSearch
    scanning: Scanning
    weighing: Weighing
    codes: CodePayments
    tenders: TenderOffers
    doubts: Doubts
    paying: Paying
    refunding: Refunding
    slips: Slips
    queue: QueueBook
    directives: Directives
    outlook: OfflineOutlook
    settings: SettingsBook
    ranges: NumberRanges
    recovering: Recovering
    keeping: Keeping | None
    training: Training

    @cached_property
    def tills(self) -> Tills:
        """Tills and what is in them."""
        from terminal.app.tills import Tills

        return Tills(self.context, self.authorising)

    @cached_property
    def till_checks(self) -> TillChecks:
        """Surprise checks, and the drawer opened without a sale."""
        from terminal.app.till_checks import TillChecks

        return TillChecks(self.context, self.authorising)

    @cached_property
    def pouches(self) -> Pouches:
        """What moves between tills."""
        from terminal.app.pouches import Pouches

        return Pouches(self.context, self.authorising)

    @cached_property
    def refund_money(self) -> RefundMoney:
        """Money of a refund that a channel did not give back."""
        from terminal.app.refund_money import RefundMoney

        return RefundMoney(self.context, self.authorising)

    @cached_property
    def refund_refused(self) -> RefusedRefunds:
        """A refund that its channel refused."""
        from terminal.app.refund_refused import RefusedRefunds

        return RefusedRefunds(self.context, self.authorising, self.refund_money)

    @cached_property
    def reports(self) -> Reports:
        """What a day came to."""
        from terminal.app.reports import Reports

        return Reports(self.context)

    @cached_property
    def cash_ups(self) -> CashUps:
        """Cashing a till up."""
        from terminal.app.cash_up import CashUps

        return CashUps(
            self.context, self.session, self.authorising, self.codes, self.directives.notices
        )

    @cached_property
    def cash_up_behind(self) -> CashUpBehind:
        """The entries behind its figures."""
        from terminal.app.cash_up_behind import CashUpBehind

        return CashUpBehind(self.context)

    @cached_property
    def taking_away(self) -> TakingAway:
        """What may leave the counter as a file."""
        from terminal.app.taking_away import TakingAway

        return TakingAway(self.context, self.authorising)

    def catch_up(self) -> Entry | None:
        """Bring old books up to date when the agent has everything they lack.

        Nothing is left of what was remembered of them: the screen is locked and the basket is the
        books' again. While the outcome of a payment is asked for it waits.

        Returns:
            The first entry of the new epoch; None when there was nothing to do.
        """
        if not self.recovering.look() or self.context.books.open_attempts():
            return None
        first = self.recovering.take_over()
        basket = self.context.books.current_basket()
        if basket is None:
            self.ordering.start_next()
        else:
            self.ordering.hold(basket)
        self.context.locked = bool(self.context.books.day().clerk_id)
        return first


def make_use_cases(
    context: Context,
    devices: Callable[[], Sequence[DeviceView]] = tuple,
    pan: Pan | None = None,
    *,
    speed: float = 1.0,
) -> UseCases:
    """Put the use cases together.

    Args:
        context: ports and shared state.
        devices: tells the devices and their states.
        pan: what lies on the scale; None for a counter without one.
        speed: factor on the waiting times of payments; 1 in production.
    """
    session = SessionDesk(context)
    approving = Approving(context, session)
    authorising = Authorising(context, session, approving)
    queue = QueueBook(context)
    ordering = Ordering(context, authorising)
    search = ItemSearch(context)
    codes = CodePayments(context, ordering, speed=speed)
    tenders = TenderOffers(context, ordering, codes)
    directives = Directives(context)
    return UseCases(
        context=context,
        session=session,
        authorising=authorising,
        approving=approving,
        ordering=ordering,
        search=search,
        scanning=Scanning(context, ordering, search),
        weighing=Weighing(context, authorising, ordering, pan or Pan(lambda: None)),
        codes=codes,
        tenders=tenders,
        doubts=Doubts(context, codes, authorising),
        paying=Paying(context, ordering, codes, tenders, authorising),
        refunding=Refunding(context, authorising),
        slips=Slips(context),
        queue=queue,
        directives=directives,
        outlook=OfflineOutlook(context, queue),
        settings=SettingsBook(context, devices),
        ranges=NumberRanges(context),
        recovering=Recovering(context),
        keeping=Keeping(context, context.safe) if context.safe else None,
        training=Training(context, session),
    )
