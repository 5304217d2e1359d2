"""Signing the outlet and its clerks on and off (机构签到/签退, 柜员签到/签退), offline as well.

Source: postal-domain.md §2.15, feature-map.md §1.1, reliability.md §5 "Offline sign-in".
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from terminal.app.blind_till import counted_blind
from terminal.app.cash_up_period import cash_up_due
from terminal.app.context import Context
from terminal.app.recovery import show_gap
from terminal.app.session_slip import session_job
from terminal.domain.attempt import AT_REST
from terminal.domain.authority import Grant, Question, require_level, rule_of, who_says
from terminal.domain.catalogue import instant
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import EntryDraft
from terminal.domain.ledger import cash
from terminal.domain.lockout import ONLINE_ONLY_AFTER, Lockout
from terminal.domain.permission import Clerk, require, require_second_person, require_uninvolved
from terminal.ports.books import DayState, Transaction

CHANGED = frozenset({"session", "basket", "parked", "sync"})


@dataclass(frozen=True, slots=True)
class SessionView:
    """Where the day and the person at the screen stand."""

    enrolled: bool
    outlet_code: str
    outlet_name_zh: str
    outlet_name_en: str
    terminal_no: int
    till_id: str
    language: str
    outlet_open: bool
    business_date: str
    clerk_no: str
    clerk_name: str
    clerk_roles: tuple[str, ...]
    locked: bool
    idle_lock_s: int
    waiting_entries: int
    suspended_count: int
    cash_up_due: bool = False
    changes: frozenset[str] = frozenset()


def lock_name(clerk: Clerk) -> str:
    """Under which name failed tries are counted.

    A renewed verifier starts afresh: the platform has seen the person.
    """
    return f"{clerk.clerk_id}:{clerk.verifier[-12:]}"


class SessionDesk:
    """Use cases of signing on and off. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context
        context.locked = bool(context.books.day().clerk_id)

    def view(self, changes: frozenset[str] = frozenset()) -> SessionView:
        """Where things stand."""
        context, profile = self._context, self._context.profile
        day = context.books.day()
        clerk = self._name_on_screen(day.clerk_id)
        return SessionView(
            enrolled=True,
            outlet_code=profile.outlet_code,
            outlet_name_zh=profile.outlet_name_zh,
            outlet_name_en=profile.outlet_name_en,
            terminal_no=profile.terminal_no,
            till_id=profile.till_id,
            language=context.books.preference("language") or profile.language,
            outlet_open=day.outlet_open,
            business_date=day.business_date,
            clerk_no=day.clerk_id,
            clerk_name=clerk.name if clerk else "",
            clerk_roles=clerk.roles if clerk else (),
            locked=context.locked,
            idle_lock_s=int(context.setting("idle_lock_s", 300)),
            waiting_entries=self._waiting(),
            suspended_count=context.books.parked_count(),
            cash_up_due=bool(day.clerk_id) and cash_up_due(context),
            changes=changes,
        )

    def open_outlet(
        self, clerk_no: str, secret: str, second: tuple[str, str] = ("", "")
    ) -> SessionView:
        """Open the outlet's business day.

        A day that was signed off already is opened again by two people (``day_reopen``).

        Args:
            clerk_no: who opens it.
            secret: hers.
            second: number or badge, and secret, of the second person.

        The day is today's date, never earlier than the last one: a clock set back cannot re-open
        the past. A last one that was opened on a clock running ahead yields to the platform's time.

        Raises:
            UserError: ``session.outlet_already_open``, ``session.*``, ``permission.denied``;
                ``permission.second_needed`` and the like to open a day again; once
                ``gap.replaced`` or ``gap.recovered``, what may be missing here.
            EnvironmentFault: ``day.clock_behind`` when the machine's date is before the last
                business day, or before the date of the platform's last signed time.
        """
        clerk = self._identify(clerk_no, secret)
        context = self._context
        require(context.permissions, "outlet_sign_on", clerk.roles)
        show_gap(context, clerk.clerk_id)
        day = context.books.day()
        if day.outlet_open:
            raise UserError("session.outlet_already_open", {"date": day.business_date})
        today, earliest = context.clock.local_date(), context.time.earliest_day(day.business_date)
        if today < earliest:
            raise EnvironmentFault("day.clock_behind", {"today": today, "last": earliest})
        body: dict[str, Any] = {
            "outlet": context.profile.outlet_code,
            "terminal_no": context.profile.terminal_no,
            "reopened": today == day.business_date,
        }
        if today < day.business_date:
            body["corrects"] = day.business_date
        again = self._reopening(clerk, second, today) if body["reopened"] else None
        self._append("outlet.signed_on", clerk.clerk_id, body, business_date=today, allowed=again)
        return self.view(CHANGED)

    def sign_on(self, clerk_no: str, secret: str) -> SessionView:
        """Sign a clerk on to this terminal's till.

        Raises:
            UserError: ``session.outlet_not_open``, ``session.clerk_still_on``, ``session.*``,
                ``permission.denied``.
        """
        day = self._open_day()
        if day.clerk_id:
            raise UserError("session.clerk_still_on", {"clerk": day.clerk_id})
        clerk = self._identify(clerk_no, secret)
        require(self._context.permissions, "clerk_sign_on", clerk.roles)
        body: dict[str, Any] = {
            "till_id": self._context.profile.till_id,
            "roles": list(clerk.roles),
        }
        self._append("clerk.signed_on", clerk.clerk_id, body)
        self._context.locked = False
        return self.view(CHANGED)

    def sign_off(self) -> SessionView:
        """Sign the clerk off; parked baskets are carried over and listed on the slip.

        Raises:
            UserError: ``session.basket_not_empty``, ``session.payment_open``, ``refund.under_way``.
        """
        context = self._context
        clerk_id = context.on_duty()
        self.nothing_in_hand()
        parked = [row.basket.basket_id for row in context.books.parked()]
        till_id = context.profile.till_id
        body: dict[str, Any] = {"till_id": till_id, "parked": parked}
        if not counted_blind(context):
            body["cash_fen"] = context.books.ledger.balance(cash(till_id))
        if cash_up_due(context):
            # She may have to leave; the next one finds the till as it is, and this says so.
            body["not_cashed_up"] = True
        self._append("clerk.signed_off", clerk_id, body, slip=True)
        return self.view(CHANGED)

    def relieve(self, tx: Transaction, clerk: Clerk, cash_fen: int) -> None:
        """The next clerk takes the till over from the one on duty, in the transaction that says so.

        Args:
            tx: of the hand-over.
            clerk: the next one; her secret was checked.
            cash_fen: what both counted.
        """
        context, till_id = self._context, self._context.profile.till_id
        parked = [row.basket.basket_id for row in context.books.parked()]
        off = {"till_id": till_id, "parked": parked, "cash_fen": cash_fen}
        day = context.books.day()
        gone = context.draft("clerk.signed_off", new_uuid7(), day.clerk_id, off)
        tx.add_print_job(session_job(context, tx.append(gone)))
        on = {"till_id": till_id, "roles": list(clerk.roles)}
        tx.append(context.draft("clerk.signed_on", new_uuid7(), clerk.clerk_id, on))

    def nothing_in_hand(self) -> None:
        """Nobody leaves a customer at the counter.

        Raises:
            UserError: ``session.payment_open``, ``session.basket_not_empty``,
                ``refund.under_way``.
        """
        self._context.no_refund_asked()
        books = self._context.books
        if any(attempt.state not in AT_REST for attempt in books.open_attempts()):
            raise UserError("session.payment_open")
        basket = books.current_basket()
        if basket is not None and not basket.is_empty:
            raise UserError("session.basket_not_empty")

    def close_outlet(self, clerk_no: str, secret: str, acknowledge_waiting: bool) -> SessionView:
        """Close the outlet's business day.

        Entries that the platform has not confirmed do not stop it, but somebody has to say that
        they saw them.

        Raises:
            UserError: ``session.outlet_not_open``, ``session.clerk_still_on``,
                ``session.payment_open``,
                ``session.queue_waiting`` with ``count``, ``permission.denied``.
        """
        day = self._open_day()
        if day.clerk_id:
            raise UserError("session.clerk_still_on", {"clerk": day.clerk_id})
        self.nothing_in_hand()
        clerk = self._identify(clerk_no, secret)
        require(self._context.permissions, "outlet_sign_off", clerk.roles)
        waiting = self._waiting()
        if waiting and not acknowledge_waiting:
            raise UserError("session.queue_waiting", {"count": waiting})
        head_seq, head_hash = self._context.books.head()
        body: dict[str, Any] = {"waiting": waiting, "head_seq": head_seq, "head_hash": head_hash}
        self._append("outlet.signed_off", clerk.clerk_id, body, slip=True, cashes_up=True)
        return self.view(CHANGED)

    def lock(self) -> SessionView:
        """Lock the screen; the basket stays as it is."""
        self._context.locked = bool(self._context.books.day().clerk_id)
        return self.view(frozenset({"session"}))

    def unlock(self, secret: str) -> SessionView:
        """Unlock the screen for the clerk who is signed on.

        Raises:
            UserError: ``session.not_signed_on``, ``session.wrong_secret``, ``session.locked_out``.
        """
        clerk_id = self._context.books.day().clerk_id
        if not clerk_id:
            raise UserError("session.not_signed_on")
        self._identify(clerk_id, secret)
        self._context.locked = False
        return self.view(frozenset({"session"}))

    def authorise(
        self, clerk_no: str, secret: str, action: str, *, besides: Collection[str] = ()
    ) -> Clerk:
        """A second person allows an action; how much of it may be is for ``Authorising``.

        Args:
            clerk_no: typed, or read from her badge.
            secret: her own.
            action: name of the permission, for example ``price_override``.
            besides: who may not be the one, because it is about her own work.

        Raises:
            UserError: ``permission.same_person``, ``permission.involved``,
                ``permission.denied``, ``session.*``.
        """
        number, _ = who_says(clerk_no)
        operator = self._context.on_duty()
        return self.second_person(number, secret, action, operator, besides=besides)

    def second_person(
        self,
        number: str,
        secret: str,
        action: str,
        operator: str,
        *,
        besides: Collection[str] = (),
    ) -> Clerk:
        """Somebody else than the operator, wherever that one is, with the right and her secret.

        Raises:
            UserError: ``permission.same_person``, ``permission.involved``,
                ``permission.denied``, ``session.*``.
        """
        require_second_person(operator, number)
        require_uninvolved(besides, number)
        clerk = self._identify(number, secret)
        require({action: self.authorisers(action)}, action, clerk.roles)
        return clerk

    def authorisers(self, action: str) -> tuple[str, ...]:
        """The roles that may be the second person for an action."""
        return tuple(self._context.permissions.get(action, ()))

    def _reopening(self, clerk: Clerk, second: tuple[str, str], date: str) -> Grant:
        """Who allowed that a day that was signed off goes on; nobody is on duty yet."""
        question = Question("day_reopen", subject=date)
        rule = rule_of(self._context.setting("dual_control", {}), question.action)
        if require_level(rule, question) == "alone":
            return Grant(question, clerk.clerk_id, "", "", new_uuid7())
        number, means = who_says(second[0])
        if not number or means == "terminal":
            roles = ",".join(self.authorisers(question.action))
            raise UserError("permission.second_needed", {"action": question.action, "roles": roles})
        other = self.second_person(number, second[1], question.action, clerk.clerk_id)
        return Grant(question, clerk.clerk_id, other.clerk_id, means, new_uuid7())

    def _identify(self, clerk_no: str, secret: str) -> Clerk:
        """Check a secret; counting and locking survive restarts and clock changes."""
        context = self._context
        clerk = context.clerk(clerk_no.strip())
        lock_key = lock_name(clerk)
        lockout = self._lockout_now(lock_key)
        self._may_try(lockout)
        expiry = instant(clerk.expires_at)
        if expiry < instant(context.now()):
            # A refusal is no entry: without this, setting the clock back would undo it.
            context.time.keep()
            raise UserError("session.verifier_expired", {"since": clerk.expires_at})
        if context.secrets.matches(clerk.verifier, secret):
            if lockout.fails:
                self._remember(lock_key, Lockout())
            return clerk
        failed = lockout.after_wrong_secret(context.clock.running())
        self._remember(lock_key, failed)
        self._may_try(failed)
        raise UserError("session.wrong_secret", {"left": failed.tries_left})

    def _lockout_now(self, lock_key: str) -> Lockout:
        """The lockout as of this moment of running time."""
        kept = self._context.books.lockout(lock_key)
        lockout = kept.at(self._context.clock.running())
        if lockout.remaining_ms and lockout.seen.boot_id != kept.seen.boot_id:
            # Time counts again only from a look in this boot: without it a lock would never end.
            self._remember(lock_key, lockout)
        return lockout

    def _may_try(self, lockout: Lockout) -> None:
        if lockout.fails >= ONLINE_ONLY_AFTER:
            raise UserError("session.locked_until_renewed")
        if lockout.seconds_left:
            raise UserError("session.locked_out", {"seconds": lockout.seconds_left})

    def _remember(self, lock_key: str, lockout: Lockout) -> None:
        with self._context.books.transaction() as tx:
            tx.put_lockout(lock_key, lockout)

    def _open_day(self) -> DayState:
        day = self._context.books.day()
        if not day.outlet_open:
            raise UserError("session.outlet_not_open")
        return day

    def _waiting(self) -> int:
        return max(0, self._context.books.head()[0] - self._context.sync.confirmed_head().seq)

    def _name_on_screen(self, clerk_id: str) -> Clerk | None:
        """The clerk on duty; None for nobody, or somebody withdrawn meanwhile."""
        if not clerk_id or self._context.catalogue.clerk(clerk_id) is None:
            return None
        return self._context.clerk(clerk_id)

    def _append(
        self,
        kind: str,
        clerk_id: str,
        body: dict[str, Any],
        *,
        business_date: str = "",
        slip: bool = False,
        cashes_up: bool = False,
        allowed: Grant | None = None,
    ) -> None:
        context = self._context
        with context.books.transaction() as tx:
            if cashes_up:
                from terminal.app.outlet_cash_up import book_outlet_cash_up

                book_outlet_cash_up(context, tx, clerk_id)
            date = business_date or context.books.day().business_date
            if allowed is not None and allowed.by_two:
                tx.append(allowed.draft(date))
            entry = tx.append(EntryDraft(kind, new_uuid7(), date, clerk_id, body))
            if slip:
                tx.add_print_job(session_job(context, entry))
        context.wake_sync()
        if slip:
            context.wake_printing()
