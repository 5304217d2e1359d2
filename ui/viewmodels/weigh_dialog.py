"""Weighing loose goods: what the scale says, live; typed only when a second person allows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from terminal.domain.errors import OutletError
from ui.common.neighbours import BasketOnCounter
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.second_person import Asked, SecondPersonForm
from ui.common.typed_quantity import quantity_from
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.authorising import Need
    from terminal.app.basket_view import BasketView
    from terminal.app.weighing import PanView


@view_model
class WeighDialog(Pane):
    """One dialog, three steps: the live weight, a weight typed with a reason, the second person.

    Signals:
        finished: the dialog may close.
    """

    changed = Signal()
    finished = Signal()

    reads = frozenset({"devices"})

    def __init__(
        self,
        operations: Operations,
        words: Words,
        basket: BasketOnCounter,
        second: SecondPersonForm,
    ) -> None:
        super().__init__(operations, words)
        self._basket = basket
        self._second = second
        self._pan: PanView | None = None
        self._sku = self._name = self._line_id = ""
        self._open = self._by_hand = False
        self._problem: tuple[str, Mapping[str, object]] | None = None
        operations.happened.connect(self._on_event)

    @Property(bool, notify=changed)
    def attached(self) -> bool:
        """Whether this counter has a scale; without one the quantity dialog asks."""
        return bool(self._pan and self._pan.attached)

    @Property(str, notify=changed)
    def name(self) -> str:
        """The goods on the scale."""
        return self._name

    @Property(str, notify=changed)
    def weight(self) -> str:
        """What the scale says, kilograms; a dash while it says nothing."""
        if self._pan is None or self._pan.reason == "scale.silent":
            return "—"
        sign = "−" if self._pan.shown_grams < 0 else ""
        kilograms, grams = divmod(abs(self._pan.shown_grams), 1000)
        return f"{sign}{kilograms}.{grams:03d}"

    @Property(bool, notify=changed)
    def ready(self) -> bool:
        """Whether this weight may be charged."""
        return bool(self._pan and self._pan.grams)

    @Property(str, notify=changed)
    def state(self) -> str:
        """At rest, or why nothing may be charged, in a few words."""
        if self._pan is None:
            return ""
        return self.words.text(f"weigh.{self._pan.reason or 'scale.ready'}")

    @Property(bool, notify=changed)
    def byHand(self) -> bool:
        """Whether the weight is typed."""
        return self._by_hand

    @Property(str, notify=changed)
    def message(self) -> str:
        """Why it was refused, "" for nothing."""
        return self.words.error(*self._problem) if self._problem else ""

    def refresh(self) -> None:
        """Read what the scale says."""
        self.operations.run(lambda use: use.weighing.view(), self._show)

    def begin(self, sku: str, name: str, line_id: str = "") -> None:
        """Weigh loose goods.

        Args:
            sku: article number.
            name: as the clerk reads it.
            line_id: the line that is weighed again, "" for new goods.
        """
        self._sku, self._name, self._line_id = sku, name, line_id
        self._open, self._by_hand, self._problem = True, False, None
        self._second.close()
        self.refresh()
        self.changed.emit()

    def end(self) -> None:
        """The dialog is closed: the scale is not listened to."""
        self._open = False
        self._second.close()

    def back(self) -> bool:
        """Esc: one step back.

        Returns:
            Whether there was one; the dialog closes otherwise.
        """
        if self._second.open:
            self._second.close()
        elif self._by_hand:
            self._by_hand, self._problem = False, None
            self.changed.emit()
        else:
            return False
        return True

    @Slot()
    def take(self) -> None:
        """Charge what lies on the scale."""
        sku, line_id = self._sku, self._line_id
        self.operations.run(
            lambda use: use.weighing.take(sku, line_id), self._taken, self._refused, "weigh"
        )

    @Slot()
    def typeIt(self) -> None:
        """The scale cannot be used: type the weight."""
        self._by_hand, self._problem = True, None
        self.changed.emit()

    @Slot(str, str)
    def submit(self, text: str, reason: str) -> None:
        """A weight was typed; ask what it needs."""
        grams = quantity_from(text, weighed=True)
        if grams is None or not reason.strip():
            code = "weight.not_one" if grams is None else "weight.reason_missing"
            self._problem = (code, {})
            self.changed.emit()
            return
        self.operations.run(
            lambda use: use.weighing.need(grams), lambda need: self._ask(need, grams, reason)
        )

    def scanned(self, text: str) -> bool:
        """A badge may be read while the second person is asked."""
        return self._second.scanned(text)

    def _ask(self, need: Need, grams: int, reason: str) -> None:
        sku, line_id = self._sku, self._line_id

        def deed(number: str, secret: str) -> None:
            self.operations.run(
                lambda use: use.weighing.take_typed(sku, grams, reason, number, secret, line_id),
                self._taken,
                self._second.refuse,
                "weigh",
            )

        if need.level == "alone":
            deed("", "")
            return
        after = f"{grams // 1000}.{grams % 1000:03d} kg"
        asked = Asked("manual_weight", self._name, reason, "", after, need.roles)
        self._second.ask(asked, deed)

    def _taken(self, view: BasketView) -> None:
        self._basket.show(view)
        self.end()
        self.finished.emit()

    def _refused(self, error: OutletError) -> None:
        self._problem = (error.code, error.params)
        self.changed.emit()

    def _show(self, pan: PanView) -> None:
        self._pan = pan
        self.changed.emit()

    def _on_event(self, kind: str, _data: object) -> None:
        if self._open and kind == "weight":
            self.refresh()
