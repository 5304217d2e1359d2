"""How far a directive may reach, however well it is signed: tills, kinds of account, amount.

The platform's signature says who asks, not that the asking is sane: a slip of the hand at the
centre must not put a million into a drawer or cash into a till that does not exist. What reaches
too far is refused here, shown to the clerk with its reason, and told to the centre as an entry.

Source: architecture.md §3; reliability.md §3, the row "Remote access".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final, Literal

from terminal.domain import ledger
from terminal.domain.directive import Directive
from terminal.domain.ledger import Posting
from terminal.domain.till import SOURCES

UNKNOWN_TILL: Final = "directive.unknown_till"
WRONG_ACCOUNT: Final = "directive.wrong_account"
TOO_MUCH: Final = "directive.too_much"
TOO_FAR: Final = frozenset({UNKNOWN_TILL, WRONG_ACCOUNT, TOO_MUCH})

LIMIT: Final = "directive_fen"
"""The limit of the platform's signed settings that one directive must keep to."""
MOST_FEN: Final = 1_000_000
"""What one directive may move when the platform sets no limit."""

_OF_TILLS: Final = frozenset({"cash", "over_short", "suspense"})
_OF_BUSINESS: Final = frozenset({"postage", "sales"})


@dataclass(frozen=True, slots=True)
class Reach:
    """What this terminal knows that bounds a directive.

    Args:
        tills: the tills whose books these are.
        has_vault: whether one of them is a vault; only a vault deals with bank and centre.
        used: accounts these books ever posted to.
        most_fen: what one directive may move.
    """

    tills: Collection[str]
    has_vault: bool
    used: Collection[str]
    most_fen: int


def takes_back_fen(postings: Iterable[Posting]) -> int:
    """What postings take of income back, over all kinds of business; negative when they bring some.

    What only goes from one business to another takes nothing back.
    """
    return sum(row.fen for row in postings if ledger.income_tax(row.account))


def too_far(
    directive: Directive, reach: Reach
) -> Literal["directive.unknown_till", "directive.wrong_account", "directive.too_much"] | None:
    """Why a directive reaches too far; None when the clerk may decide.

    A pouch on its way is settled by receiving it, never by a directive. Income may go to a business
    that these books did not know; every other account with an owner must have been used before.
    """
    for posting in directive.postings:
        kind, _, owner = posting.account.partition(":")
        # What a pouch lacked lies in suspense under the pouch's number.
        lies_here = kind == "suspense" and posting.account in reach.used
        if kind in _OF_TILLS and owner not in reach.tills and not lies_here:
            return UNKNOWN_TILL
        if not _makes_sense(posting.account, kind, owner, reach):
            return WRONG_ACCOUNT
    return TOO_MUCH if directive.amount_fen > reach.most_fen else None


def _makes_sense(account: str, kind: str, owner: str, reach: Reach) -> bool:
    if kind == "transit":
        return False
    if kind == "funding":
        return reach.has_vault and owner in SOURCES
    return not owner or kind in _OF_TILLS | _OF_BUSINESS or account in reach.used
