"""Until when each service of the counter works without the platform, and what ends it.

Every date shown here was signed by the platform or follows from what it leased: a clock that is set
moves none of them. Whether one has passed is asked of the same time as the rule itself
(``OutletTime``), so this page never promises what the counter would refuse.
Source: docs/adr/0013-time-nobody-can-turn-back.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from terminal.app.context import Context
from terminal.app.queue import QueueBook, QueueSummary
from terminal.app.ranges import KIND
from terminal.app.session import lock_name
from terminal.domain.catalogue import instant
from terminal.domain.errors import EnvironmentFault
from terminal.domain.lockout import ONLINE_ONLY_AFTER
from terminal.domain.permission import Clerk

SOON = timedelta(days=3)
"""What ends within this time is shown as limited."""
SCARCE_NUMBERS = 1000
"""Fewer unused order numbers than this are shown as limited."""


@dataclass(frozen=True, slots=True)
class ServiceOutlook:
    """One service without the platform.

    Args:
        service_code: ``selling``, ``payer_code``, ``unlock``, ``sign_on``, ``day``, ``numbers``,
            ``prices`` or ``certificate``.
        state: ``ok``, ``limited`` (works, but ends soon or needs the line) or ``off``.
        until: UTC text of the moment it ends, "" where no date ends it.
        limit_code: what ends it, or ended it.
        params: for the words of the limit.
    """

    service_code: str
    state: str
    until: str
    limit_code: str
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outlook:
    """What waits and why, and what goes on meanwhile.

    Args:
        waiting: entries the platform has not confirmed.
        waiting_since: UTC text of the oldest of them, "" when none waits.
        reason_code: why they wait: ``""`` (nothing waits), ``sending``, ``away`` or ``held`` (a
            person has to act; ``QueueBook.holds`` says what).
    """

    waiting: int
    waiting_since: str
    reason_code: str
    services: tuple[ServiceOutlook, ...]


class OfflineOutlook:
    """Use case of the queue page's second half. Store thread only.

    Args:
        queue: knows what waits.
    """

    def __init__(self, context: Context, queue: QueueBook) -> None:
        self._context = context
        self._queue = queue

    def view(self) -> Outlook:
        """Everything as it stands now."""
        summary, now = self._queue.summary(), instant(self._context.now())
        clerks = self._clerks()
        on_duty = self._context.books.day().clerk_id
        services = (
            self._selling(clerks, now),
            self._payer_code(summary),
            *self._unlock([clerk for clerk in clerks if clerk.clerk_id == on_duty], on_duty, now),
            self._of_many("sign_on", self._may(clerks, "clerk_sign_on"), now),
            self._day(clerks, now),
            self._numbers(),
            self._prices(),
            *self._certificate(now),
        )
        return Outlook(
            waiting=summary.waiting,
            waiting_since=self._recorded_at(summary.confirmed_seq + 1) if summary.waiting else "",
            reason_code=_reason(summary),
            services=services,
        )

    def _selling(self, clerks: Sequence[Clerk], now: datetime) -> ServiceOutlook:
        """Selling goods for cash: the first thing that ends it."""
        context, numbers = self._context, self._numbers()
        for stands, code in (
            (context.recovering, "recovering"),
            (not context.catalogue.state().loaded, "no_catalogue"),
            (numbers.state == "off", "numbers_used_up"),
        ):
            if stands:
                return ServiceOutlook("selling", "off", "", code)
        outlook = self._by_clerks(clerks, now)
        dated = numbers.until and outlook.until
        if not dated or instant(outlook.until) <= instant(numbers.until):
            return outlook
        return ServiceOutlook("selling", numbers.state, numbers.until, "numbers_end")

    def _by_clerks(self, clerks: Sequence[Clerk], now: datetime) -> ServiceOutlook:
        """Selling, as far as it hangs on who may sign on and unlock."""
        context = self._context
        outlook = self._of_many("selling", self._may(clerks, "sell"), now)
        on_duty = context.books.day().clerk_id
        if on_duty and context.locked:
            # Nobody but her can open the screen, also to hand over.
            own = self._of_many("selling", [c for c in clerks if c.clerk_id == on_duty], now)
            return own if own.state == "off" else outlook
        if on_duty and outlook.state == "off":
            return ServiceOutlook("selling", "limited", "", "until_locked")
        return outlook

    def _payer_code(self, summary: QueueSummary) -> ServiceOutlook:
        state = "limited" if summary.online else "off"
        return ServiceOutlook("payer_code", state, "", "needs_platform")

    def _unlock(
        self, clerks: Sequence[Clerk], on_duty: str, now: datetime
    ) -> tuple[ServiceOutlook, ...]:
        """Unlocking the screen: only the clerk on duty can; nothing while nobody is."""
        return (self._of_many("unlock", clerks, now),) if on_duty else ()

    def _of_many(self, service: str, clerks: Sequence[Clerk], now: datetime) -> ServiceOutlook:
        """What some clerk must be able to do: until the last credential of them runs out."""
        if not clerks:
            return ServiceOutlook(service, "off", "", "nobody")
        last = max(clerks, key=lambda clerk: instant(clerk.expires_at))
        return _dated(service, last.expires_at, "credential", now, {"clerk": last.clerk_id})

    def _day(self, clerks: Sequence[Clerk], now: datetime) -> ServiceOutlook:
        """Opening and closing the business day: whichever ends first."""
        both = [
            self._of_many("day", self._may(clerks, action), now)
            for action in ("outlet_sign_on", "outlet_sign_off")
        ]
        return min(both, key=lambda one: instant(one.until))

    def _numbers(self) -> ServiceOutlook:
        """How many are left and when their last lease ends, by the time that leases go by."""
        sure = self._context.time.sure()
        leases = [one for one in self._context.books.leases(KIND) if one.left > 0]
        usable = [one for one in leases if not one.is_over(sure)]
        left = sum(lease.left for lease in usable)
        ends = [lease.expires_at for lease in usable]
        until = max(ends, default="") if all(ends) else ""
        told = {"count": f"{left:,}"}
        if not usable:
            return ServiceOutlook("numbers", "off", "", "numbers", told)
        scarce = left < SCARCE_NUMBERS or bool(until and instant(until) - instant(sure) < SOON)
        return ServiceOutlook("numbers", "limited" if scarce else "ok", until, "numbers", told)

    def _prices(self) -> ServiceOutlook:
        """Prices never run out by age; what was known ahead comes into force by itself."""
        known = self._context.catalogue.state()
        if not known.loaded:
            return ServiceOutlook("prices", "off", "", "no_catalogue")
        return ServiceOutlook("prices", "ok", "", "prices", {"at": known.changed_at})

    def _certificate(self, now: datetime) -> tuple[ServiceOutlook, ...]:
        until = self._context.certificate_end()
        return (_dated("certificate", until, "certificate", now, {}),) if until else ()

    def _clerks(self) -> tuple[Clerk, ...]:
        """Everybody whose secret the counter would take, now or until a lock runs down."""
        found = []
        for clerk_id in self._context.catalogue.clerk_ids():
            try:
                clerk = self._context.clerk(clerk_id)
            except EnvironmentFault:
                continue  # not signed by the platform: she cannot sign on, the holds say so
            fails = self._context.books.lockout(lock_name(clerk)).fails
            if fails < ONLINE_ONLY_AFTER:
                found.append(clerk)
        return tuple(found)

    def _may(self, clerks: Sequence[Clerk], action: str) -> tuple[Clerk, ...]:
        allowed = frozenset(self._context.permissions.get(action, ()))
        return tuple(clerk for clerk in clerks if allowed.intersection(clerk.roles))

    def _recorded_at(self, seq: int) -> str:
        entry = self._context.books.entry(seq)
        return entry.recorded_at if entry else ""


def _dated(
    service: str, until: str, limit: str, now: datetime, params: Mapping[str, str]
) -> ServiceOutlook:
    end = instant(until)
    state = "off" if end < now else "limited" if end - now < SOON else "ok"
    return ServiceOutlook(service, state, until, limit, params)


def _reason(summary: QueueSummary) -> str:
    if not summary.waiting:
        return ""
    if summary.held:
        return "held"
    # Not getting through has many codes and one meaning.
    return "sending" if summary.online and not summary.last_error else "away"
