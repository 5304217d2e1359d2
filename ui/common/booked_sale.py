"""What is said of a sale once it is booked: by what it was paid, the change, that it is saved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.common.figures import moment, yuan
from ui.common.rows import RowsModel
from ui.common.tender_words import TenderRow, tender_row
from ui.common.words import Words
from ui.qt import Property, Signal, view_model

if TYPE_CHECKING:
    from terminal.app.payment_view import SaleView


@view_model
class BookedSale(QObject):
    """The sale a form became.

    Args:
        words: the texts.
    """

    changed = Signal()

    def __init__(self, words: Words, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = words
        self._sale: SaleView | None = None
        self._again: SaleView | None = None
        self._tenders = RowsModel(TenderRow, "place", self)
        words.changed.connect(self._reword)

    @Property(RowsModel, constant=True)
    def tenders(self) -> RowsModel:
        """By what it was paid."""
        return self._tenders

    @Property(str, notify=changed)
    def change(self) -> str:
        """What the customer gets back."""
        return yuan(self._sale.change_text) if self._sale else ""

    @Property(bool, notify=changed)
    def hasChange(self) -> bool:
        """Whether there is anything to give back."""
        return bool(self._sale and self._sale.change_fen > 0)

    @Property(str, notify=changed)
    def taken(self) -> str:
        """What the outlet keeps of it."""
        return yuan(self._sale.taken_text) if self._sale else ""

    @Property(str, notify=changed)
    def total(self) -> str:
        """What the sale came to."""
        return yuan(self._sale.total_text) if self._sale else ""

    @Property(str, notify=changed)
    def rounding(self) -> str:
        """What cash rounding took off, "" for nothing."""
        text = self._sale.rounding_text if self._sale else ""
        return "" if text in {"", "0.00"} else yuan("-" + text.lstrip("-"))

    @Property(str, notify=changed)
    def savedText(self) -> str:
        """``已保存 14:02 · 单号 10-0042 · 流水 #31 a1b2c3``."""
        sale = self._sale
        if sale is None:
            return ""
        return self._words.text(
            "payment.saved",
            time=moment(sale.at_text),
            order=sale.order_no,
            seq=sale.entry_seq,
            hash=sale.hash_short,
        )

    @Property(str, notify=changed)
    def alreadyText(self) -> str:
        """The answer to a second press, "" when there was none."""
        if self._again is None:
            return ""
        return self._words.text(
            "payment.already_saved", time=moment(self._again.at_text), order=self._again.order_no
        )

    def show(self, sale: SaleView | None) -> None:
        """Show the sale of a form, None while it is not booked."""
        self._sale = sale
        if sale is None:
            self._again = None
        elif sale.already_saved:
            self._again = sale
        self._reword()

    def say_already_saved(self) -> None:
        """A second press booked nothing: say so."""
        if self._sale is not None:
            self._again = replace(self._sale, already_saved=True)
            self.changed.emit()

    def _reword(self) -> None:
        parts = self._sale.tenders if self._sale else ()
        self._tenders.show(
            [tender_row(self._words, place, part, free=False) for place, part in enumerate(parts)]
        )
        self.changed.emit()
