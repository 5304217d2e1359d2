"""Files with an outlet's figures that leave the counter (导出数据): two people, written down.

Evidence of a dispute is no such file: a clerk needs nobody's leave to prove her own books.
"""

from __future__ import annotations

from typing import Final

from terminal.app.authorising import Authorising
from terminal.app.context import Context
from terminal.domain.authority import Question

ACTION: Final = "data_export"
NOTHING_CHANGED: Final = frozenset[str]()
ONE_MORE_ENTRY: Final = frozenset({"sync", "orders"})


class TakingAway:
    """Use cases of files that are carried away. Store thread only."""

    def __init__(self, context: Context, authorising: Authorising) -> None:
        self._context = context
        self._authorising = authorising

    def report(self, business_date: str, authoriser: str = "", secret: str = "") -> frozenset[str]:
        """Allow the files of a day's report to be written, before they are.

        Args:
            business_date: ``YYYY-MM-DD``.
            authoriser: number or badge of the second person, "" for nobody.
            secret: hers.

        Raises:
            UserError: ``permission.*``, ``session.*``, ``approval.*``.
        """
        question = Question(ACTION, subject=business_date)
        grant = self._authorising.grant(question, authoriser, secret)
        if not grant.by_two:
            return NOTHING_CHANGED
        with self._context.books.transaction() as tx:
            self._authorising.note(tx, grant)
        self._context.wake_sync()
        return ONE_MORE_ENTRY
