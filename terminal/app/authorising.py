"""Dual control: one way for every page to ask whether an act may be, and to write down who said so.

A page asks ``need`` first and shows what it hears; the act itself calls ``grant`` and, inside the
transaction that books it, ``note``. So an act is booked together with who allowed it, or not at
all. Source: postal-domain.md §2.22.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from terminal.app.approving import Approving
from terminal.app.context import Context
from terminal.app.session import SessionDesk
from terminal.domain.authority import (
    HERE_ONLY,
    Grant,
    Question,
    Rule,
    require_level,
    rule_of,
    who_says,
)
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.permission import require, require_uninvolved
from terminal.ports.books import Transaction


@dataclass(frozen=True, slots=True)
class Need:
    """What an act needs.

    Args:
        level: ``alone``, ``second`` or ``refused``.
        alone: up to this size nobody else is needed; -1 for never.
        most: above this size nobody may; None for no bound.
        roles: who may be the second person.
    """

    level: str
    alone: int
    most: int | None
    roles: tuple[str, ...]


class Authorising:
    """Use cases of dual control. Store thread only."""

    def __init__(self, context: Context, session: SessionDesk, approving: Approving) -> None:
        self._context = context
        self._session = session
        self._approving = approving

    def need(self, action: str, size: int = 0) -> Need:
        """What an act of this size needs, for the screen."""
        rule = self._rule(action)
        return Need(rule.level(size), rule.alone, rule.second, self._authorisers(action))

    def grant(
        self,
        question: Question,
        authoriser_no: str = "",
        secret: str = "",
        *,
        besides: Collection[str] = (),
    ) -> Grant:
        """Allow an act: alone when it is small enough, else by the second person who says so.

        Args:
            question: what is to be allowed.
            authoriser_no: number typed or badge read, or what ``who_says`` knows of the other
                counters; "" for nobody.
            secret: her own.
            besides: who may not be the second person, because it is about her own work.

        Raises:
            UserError: ``permission.denied`` when the operator may not act at all,
                ``permission.above_limit``, ``permission.second_needed`` with ``roles``,
                ``permission.same_person``, ``permission.involved``, ``session.*``;
                ``approval.asked`` with ``request_id`` when the other counters are to be asked,
                ``approval.here_only`` for what only somebody at this counter can vouch for,
                ``approval.*`` when what was allowed there does not do.
        """
        operator = self._context.on_duty()
        self._operator_may(question.action, operator)
        level = require_level(self._rule(question.action), question)
        if level == "alone":
            return Grant(question, operator, "", "", new_uuid7())
        number, means = who_says(authoriser_no)
        if means == "terminal":
            grant = self._elsewhere(question, operator, number)
            require_uninvolved(besides, grant.authoriser)
            return grant
        if not number:
            roles = ",".join(self._authorisers(question.action))
            raise UserError("permission.second_needed", {"action": question.action, "roles": roles})
        authoriser = self._session.authorise(number, secret, question.action, besides=besides)
        return Grant(question, operator, authoriser.clerk_id, means, new_uuid7())

    def _elsewhere(self, question: Question, operator: str, request_id: str) -> Grant:
        if question.action in HERE_ONLY:
            raise UserError("approval.here_only")
        if not request_id:
            asked = self._approving.new(question, operator)
            raise UserError("approval.asked", {"request_id": asked})
        given = self._approving.use(request_id, question, operator)
        # The request's own number is the intent: the journal takes it once.
        return Grant(
            question, operator, given.authoriser, "terminal", request_id, given.reference()
        )

    def note(self, tx: Transaction, grant: Grant) -> None:
        """Write down who allowed it, in the transaction that books the act."""
        if grant.by_two:
            tx.append(grant.draft(self._context.books.day().business_date))

    def _rule(self, action: str) -> Rule:
        return rule_of(self._context.setting("dual_control", {}), action)

    def _authorisers(self, action: str) -> tuple[str, ...]:
        return self._session.authorisers(action)

    def _operator_may(self, action: str, operator: str) -> None:
        """An action with operators of its own is for them alone; others are for whoever sells."""
        operators = self._context.setting("operators", {})
        if action in operators:
            require(operators, action, self._context.clerk(operator).roles)
