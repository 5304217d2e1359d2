"""A report is taken away as files, once a second person has allowed it where the platform asks."""

from __future__ import annotations

from collections.abc import Callable

from terminal.domain.errors import OutletError
from ui.common.operation import Operations
from ui.common.report_export import Exported, export_report
from ui.common.second_person import Asked, SecondPersonForm
from ui.common.words import Words

ACTION = "data_export"


class ReportTaking:
    """Asks, then writes.

    Args:
        operations: the bridge to the core.
        words: the texts.
        second: the second person's form over the page.
        done: hears where the files lie.
    """

    def __init__(
        self,
        operations: Operations,
        words: Words,
        second: SecondPersonForm,
        done: Callable[[Exported], None],
    ) -> None:
        self._operations, self._words = operations, words
        self._second, self._done = second, done

    def take(self, day: str) -> None:
        """Write both files of a day, alone or with the second person that is asked for then."""
        if not self._second.open:
            self._try(day, "", "", lambda error: self._ask(day, error))

    def _ask(self, day: str, error: OutletError) -> None:
        if error.code != "permission.second_needed":
            self._operations.refused.emit(error)
            return
        roles = tuple(str(error.params["roles"]).split(","))
        self._second.ask(
            Asked(ACTION, self._words.text("reports.files_of", day=day), roles=roles),
            lambda number, secret: self._try(day, number, secret, self._second.refuse),
        )

    def _try(
        self, day: str, number: str, secret: str, failed: Callable[[OutletError], None]
    ) -> None:
        def allowed(_changes: frozenset[str]) -> None:
            self._second.allowed()
            export_report(self._operations, self._words, day, self._done)

        self._operations.run(
            lambda use: use.taking_away.report(day, number, secret), allowed, failed, once="allow"
        )
