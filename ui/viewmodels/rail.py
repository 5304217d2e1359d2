"""The rail at the left: the pages with their keys, made from the table of places."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject

from ui.common.keys import BINDINGS
from ui.common.places import PAYMENT, PLACES, SELLING
from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, view_model


@dataclass(frozen=True, slots=True)
class RailRow:
    """One page.

    Args:
        key: "" while the keyboard belongs to something else.
        waiting: how much waits there, 0 for nothing.
    """

    page: str
    icon: str
    words: str
    key: str
    waiting: int
    chosen: bool


@view_model
class Rail(QObject):
    """Which pages there are and which one is open."""

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._page, self._keys_work = SELLING, True
        self._waiting: dict[str, int] = {}
        self._rows = RowsModel(RailRow, "page", self)
        words.changed.connect(self._write)
        self._write()

    @Property(RowsModel, constant=True)
    def rows(self) -> RowsModel:
        """The pages from top to bottom."""
        return self._rows

    def show(self, page: str, *, keys_work: bool) -> None:
        """Another page is open; while money is being taken the keys belong to the payment."""
        self._page = SELLING if page == PAYMENT else page
        self._keys_work = keys_work
        self._write()

    def count(self, page: str, waiting: int) -> None:
        """So much waits on a page."""
        if self._waiting.get(page, 0) != waiting:
            self._waiting[page] = waiting
            self._write()

    def _write(self) -> None:
        self._rows.show(
            [
                RailRow(
                    page=place.page,
                    icon=place.icon,
                    words=self._words.text(f"rail.{place.page}"),
                    key=_rail_key(place.page) if self._keys_work else "",
                    waiting=self._waiting.get(place.page, 0),
                    chosen=place.page == self._page,
                )
                for place in PLACES
            ]
        )


def _rail_key(page: str) -> str:
    """The shortest key that opens a page: a function key where there is one."""
    keys = [binding.combo for binding in BINDINGS if binding.action == f"open_{page}"]
    return min(keys, key=len, default="")
