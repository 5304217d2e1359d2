"""A home folder whose terminal is told which language to speak."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from terminal.app.desk import Equipment
from terminal.bootstrap import HomeSite


class SpeakingSite(HomeSite):
    """A site that sets the language of screens and slips whenever it opens.

    Args:
        home: the terminal's folder.
        language: ``zh_CN`` or ``en``; "" leaves what the terminal has kept.
        options: as for ``HomeSite``.
    """

    def __init__(self, home: Path, language: str, **options: Any) -> None:
        super().__init__(home, **options)
        self._language = language

    def open(self) -> Equipment:
        """Open as ever, then speak: a preference kept earlier does not outlive what was asked for.

        Raises:
            EnvironmentFault: see ``HomeSite.open``.
        """
        equipment = super().open()
        if self._language:
            with equipment.books.transaction() as tx:
                tx.set_preference("language", self._language)
        return equipment
