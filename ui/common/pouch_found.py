"""The pouch that somebody scanned, typed or chose, before it is taken in."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from terminal.domain.money import Money
from ui.common.figures import yuan
from ui.common.operation import Operations
from ui.common.words import Words
from ui.qt import Property, Signal, view_model

if TYPE_CHECKING:
    from terminal.app.till_booking import TillDone
    from terminal.app.usecases import UseCases
    from terminal.domain.errors import OutletError
    from terminal.domain.pouch import Pouch


@view_model
class PouchFound(QObject):
    """What its slip says; nothing while none is found."""

    changed = Signal()

    def __init__(self, operations: Operations, words: Words, parent: QObject) -> None:
        super().__init__(parent)
        self._operations, self._words = operations, words
        self._code = ""
        self._pouch: Pouch | None = None

    @property
    def code(self) -> str:
        """What was scanned, typed or chosen, once it is known to be a pouch for here."""
        return self._code if self._pouch is not None else ""

    @property
    def number(self) -> str:
        """What it is called, "" for none."""
        return self._pouch.number if self._pouch is not None else ""

    @property
    def amount(self) -> str:
        """Its cash in yuan."""
        return Money(self._pouch.cash_fen).text if self._pouch is not None else ""

    def taken_in(self, intent: str) -> Callable[[UseCases, str, str], TillDone] | None:
        """Take it in, with the number and secret of a second person or "" for none.

        Args:
            intent: of the form.

        Returns:
            None while no pouch is found.
        """
        code = self.code
        if not code:
            return None
        return lambda use, number, secret: use.pouches.receive(intent, code, number, secret)

    def for_one_of(self, tills: Collection[str]) -> bool:
        """Whether it is addressed to one of these."""
        return self._pouch is not None and self._pouch.target in tills

    @Property(str, notify=changed)
    def text(self) -> str:
        """The pouch in words, "" for none."""
        pouch = self._pouch
        if pouch is None:
            return ""
        pieces = sum(bundle.pieces for bundle in pouch.bundles)
        more = "  ·  " + self._words.text("till.with_stock", count=str(pieces)) if pieces else ""
        amount = yuan(Money(pouch.cash_fen).text)
        return f"{pouch.number}  ·  {pouch.origin} → {pouch.target}  ·  {amount}{more}"

    def forget(self) -> None:
        """None is found."""
        self._code, self._pouch = "", None
        self.changed.emit()

    def find(
        self, code: str, done: Callable[[], None], refused: Callable[[OutletError], None]
    ) -> None:
        """Look a pouch up.

        Args:
            code: its number, or what its slip's code says.
            done: called once it is found.
            refused: hears why there is none to take in.
        """
        self.forget()
        self._code = code

        def found(pouch: Pouch) -> None:
            self._pouch = pouch
            self.changed.emit()
            done()

        self._operations.run(lambda use: use.pouches.find(code), found, refused)
