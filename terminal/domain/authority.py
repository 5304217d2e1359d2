"""How much somebody may do alone, what needs a second person, and what nobody may do here.

The limits come from the platform, one rule an action: up to ``alone`` the operator acts by herself,
up to ``second`` with a second person, above that not at all. An action without a rule needs a
second person every time. The second person is never the operator, and says so with her own secret.

Source: postal-domain.md §2.22 "Roles" (dual control).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from terminal.domain.canonical import JsonObject
from terminal.domain.errors import UserError
from terminal.domain.journal import EntryDraft

Level = Literal["alone", "second", "refused"]
Means = Literal["pin", "badge", "terminal"]

BODY_VERSION: Final = 2
"""Shape of ``authorisation.granted``; version 1 knew price overrides only."""

ELSEWHERE: Final = "@"
"""Instead of a clerk's number: the second person is at another counter."""

HERE_ONLY: Final = frozenset({"till_check"})
"""What the second person does with her own hands: she counts, so she is at this counter."""

_BADGE: Final = re.compile(r"PB1\*(?P<clerk>[0-9A-Za-z]{1,16})")


@dataclass(frozen=True, slots=True)
class Rule:
    """The limits of one action.

    Args:
        alone: up to this size, included, nobody else is needed; -1 for never.
        second: up to this size, included, a second person may allow it; None for any size.
    """

    alone: int = -1
    second: int | None = None

    def level(self, size: int) -> Level:
        """What an act of this size needs.

        Args:
            size: how much it is about, 0 or more: fen, or per cent of a price; 0 where there is
                nothing to count.
        """
        if size <= self.alone:
            return "alone"
        return "second" if self.second is None or size <= self.second else "refused"


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be allowed.

    Args:
        action: name of the permission, for example ``refund``.
        size: see ``Rule.level``.
        subject: what it is about: an order number, a till, goods.
        reason: why, in the operator's words or a code of the platform's list.
        before: what was so before: fen, or a text; no personal data.
        after: what will be so.
        more: further fields of the entry's body.
    """

    action: str
    size: int = 0
    subject: str = ""
    reason: str = ""
    before: int | str = ""
    after: int | str = ""
    more: JsonObject = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grant:
    """A question that was allowed.

    Args:
        question: what was asked.
        operator: who acts.
        authoriser: the second person, "" when none was needed.
        means: how she said so, "" when she was not needed.
        intent_id: of the entry that says so.
        approval: the signed entry of another counter that says so, "terminal" being the means.
    """

    question: Question
    operator: str
    authoriser: str
    means: str
    intent_id: str
    approval: JsonObject = field(default_factory=dict)

    @property
    def by_two(self) -> bool:
        """Whether a second person allowed it: then it is journaled."""
        return bool(self.authoriser)

    def body(self) -> JsonObject:
        """The body of ``authorisation.granted``: who, why, before and after."""
        told: JsonObject = {
            "operator": self.operator,
            "authoriser": self.authoriser,
            "means": self.means,
            **question_body(self.question),
        }
        return {**told, "approval": self.approval} if self.approval else told

    def draft(self, business_date: str) -> EntryDraft:
        """The entry that says so; of a grant by two only."""
        return EntryDraft(
            "authorisation.granted",
            self.intent_id,
            business_date,
            self.operator,
            self.body(),
            BODY_VERSION,
        )


def question_body(question: Question) -> JsonObject:
    """What is to be allowed, as entries and requests say it."""
    return {
        "action": question.action,
        "reason": question.reason,
        "subject": question.subject,
        "size": question.size,
        **_told("before", question.before),
        **_told("after", question.after),
        **question.more,
    }


def _told(name: str, value: int | str) -> JsonObject:
    """Fen and texts have names of their own; nothing is left out silently but an empty text."""
    if isinstance(value, int):
        return {f"{name}_fen": value}
    return {f"{name}_text": value} if value else {}


def rule_of(rules: Mapping[str, Any], action: str) -> Rule:
    """The rule of an action as the platform wrote it.

    Args:
        rules: the setting ``dual_control``: by action ``{"alone": int, "second": int}``, both
            optional.
        action: for example ``refund``.
    """
    known = rules.get(action) or {}
    second = known.get("second")
    return Rule(int(known.get("alone", -1)), None if second is None else int(second))


def require_level(rule: Rule, question: Question) -> Level:
    """What the act needs.

    Raises:
        UserError: ``permission.above_limit`` with ``action`` and ``most`` (same unit as the size).
    """
    level = rule.level(question.size)
    if level == "refused":
        raise UserError(
            "permission.above_limit", {"action": question.action, "most": int(rule.second or 0)}
        )
    return level


def who_says(text: str) -> tuple[str, Means]:
    """The clerk number that was typed, or the one on a badge that was read.

    Args:
        text: ``0315``, or ``PB1*0315`` from the badge. The badge names a person; only the secret
            proves that it is she. ``@`` asks at the other counters, ``@<request>`` uses what was
            allowed there.
    """
    if text.startswith(ELSEWHERE):
        return text.removeprefix(ELSEWHERE), "terminal"
    match = _BADGE.fullmatch(text.strip().upper())
    return (match["clerk"], "badge") if match else (text.strip(), "pin")
