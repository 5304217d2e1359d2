"""The newest dispute of a till on the cash-up page: told, printed again, and taken along."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ui.common.evidence_export import Written, export_evidence
from ui.common.figures import moment, yuan
from ui.common.operation import Operations
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.cash_up_view import CashUpView


@view_model
class DisputeEvidence(QObject):
    """What was disputed; empty for a till nobody ever disputed.

    Signals:
        told(str, dict, str): a notice, as a page's.
        refused(OutletError): why nothing was printed.
    """

    changed = Signal()
    told = Signal(str, object, str)
    refused = Signal(object)

    def __init__(self, operations: Operations, words: Words, parent: QObject) -> None:
        super().__init__(parent)
        self._operations, self._words = operations, words
        self._view: CashUpView | None = None
        words.changed.connect(self.changed)

    @Property(str, notify=changed)
    def text(self) -> str:
        """When which count was disputed, and by how much it was off; "" for none."""
        dispute = self._view.dispute if self._view else None
        if dispute is None:
            return ""
        side = "stock" if dispute.amount_text == "0.00" else "short" if dispute.short else "over"
        return self._words.text(
            "cash_up.dispute.newest",
            at=moment(dispute.at_text),
            seq=dispute.seq,
            side=self._words.text(f"cash_up.{side}"),
            amount="" if side == "stock" else yuan(dispute.amount_text),
        )

    @Property(str, notify=changed)
    def before(self) -> str:
        """Which count was disputed and which one stands; "" when no other was disputed."""
        view = self._view
        dispute, outcome = (view.dispute, view.outcome) if view else (None, None)
        if dispute is None or outcome is None or not dispute.frozen_text:
            return ""
        key = "before" if dispute.frozen_text != "0.00" else "before_even"
        return self._words.text(
            f"cash_up.dispute.{key}",
            disputed=dispute.count_seq,
            amount=yuan(dispute.frozen_text),
            stands=outcome.seq,
        )

    def show(self, view: CashUpView) -> None:
        """Show what a view says of disputes."""
        self._view = view
        self.changed.emit()

    @Slot()
    def takeAlong(self) -> None:
        """Print the slip again and write the evidence, also after the period was closed."""
        view = self._view
        if view is not None and view.dispute is not None:
            till = view.till_id
            self._operations.run(
                lambda use: use.cash_ups.print_dispute(till),
                lambda _view: self.export(till),
                self.refused.emit,
                "cash_up",
            )

    def export(self, till: str) -> None:
        """Write the evidence of a till's newest dispute."""
        export_evidence(self._operations, till, self._written)

    def _written(self, written: Written) -> None:
        key = "cash_up.evidence_on_stick" if written.on_stick else "cash_up.evidence_kept"
        self.told.emit(key, {"place": written.place, "name": written.name}, "ok")
