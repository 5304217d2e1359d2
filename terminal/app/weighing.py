"""Weighing at the counter: what the scale says counts; what is typed instead is allowed by two.

Source: peer-lessons.md row 19.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from terminal.app.authorising import Authorising, Need
from terminal.app.basket_view import BasketView
from terminal.app.context import Context
from terminal.app.ordering import BY_SCALE, TYPED, Ordering
from terminal.app.quantities import quantity_text
from terminal.domain.authority import Question
from terminal.domain.errors import UserError
from terminal.ports.scale import Weight, saleable_grams

ACTION = "manual_weight"


@dataclass(frozen=True, slots=True)
class PanView:
    """What lies on the scale.

    Args:
        attached: whether this counter has a scale at all.
        grams: what may be charged now; 0 while nothing may.
        shown_grams: what the scale says, also while it may not be charged.
        reason: why nothing may be charged, ``scale.moving`` …; "" when it may.
    """

    attached: bool
    grams: int = 0
    shown_grams: int = 0
    reason: str = ""


class Pan:
    """The newest weight. Any thread.

    Args:
        tell: called after every change, on the scale's thread.
        now_ms: monotonic milliseconds, the clock of the weights.
    """

    def __init__(
        self,
        tell: Callable[[], None],
        now_ms: Callable[[], int] = lambda: time.monotonic_ns() // 1_000_000,
    ) -> None:
        self._tell = tell
        self._now_ms = now_ms
        self._lock = threading.Lock()
        self._attached = False
        self._weight: Weight | None = None

    def attach(self) -> None:
        """There is a scale; it has not spoken yet."""
        self._attached = True

    def put(self, weight: Weight) -> None:
        """The scale said a weight; the same one again is not told anew."""
        with self._lock:
            before, self._weight = self._weight, weight
        if before is None or _face(before) != _face(weight):
            self._tell()

    def lift(self) -> None:
        """The scale is gone: what it said last may belong to another parcel."""
        with self._lock:
            self._weight = None
        self._tell()

    def grams(self) -> int:
        """What may be charged now.

        Raises:
            UserError: ``scale.*``.
        """
        with self._lock:
            return saleable_grams(self._weight, self._now_ms())

    def view(self) -> PanView:
        """What is to be seen of it."""
        with self._lock:
            shown = self._weight.grams if self._weight is not None else 0
        try:
            return PanView(self._attached, self.grams(), shown)
        except UserError as error:
            return PanView(self._attached, 0, shown, error.code)

    @property
    def attached(self) -> bool:
        """Whether this counter has a scale."""
        return self._attached


def _face(weight: Weight) -> tuple[object, ...]:
    return (weight.grams, weight.stable, weight.over, weight.under)


class Weighing:
    """Use cases of loose goods. Store thread only."""

    def __init__(
        self, context: Context, authorising: Authorising, ordering: Ordering, pan: Pan
    ) -> None:
        self._context = context
        self._authorising = authorising
        self._ordering = ordering
        self._pan = pan

    def view(self) -> PanView:
        """What lies on the scale."""
        return self._pan.view()

    def take(self, sku: str, line_id: str = "") -> BasketView:
        """Add loose goods by what the scale says at this moment, or weigh a line again.

        Args:
            sku: article number.
            line_id: the line to weigh again, "" for a new one.

        Raises:
            UserError: ``scale.*``; as ``Ordering.add_weighed``.
        """
        return self._ordering.add_weighed(sku, self._pan.grams(), BY_SCALE, line_id)

    def need(self, grams: int) -> Need:
        """What a typed weight needs, for the screen."""
        return self._authorising.need(ACTION, grams)

    def take_typed(
        self,
        sku: str,
        grams: int,
        reason: str,
        authoriser_no: str,
        secret: str,
        line_id: str = "",
    ) -> BasketView:
        """Add loose goods by a weight somebody typed although there is a scale.

        A second person allows it; both are journaled with the reason, and the line's source says
        ``typed``, so the books always tell a typed weight from a weighed one.

        Args:
            sku: article number.
            grams: as typed, more than 0.
            reason: why the scale was not used.
            authoriser_no: number or badge of the second person.
            secret: her PIN.
            line_id: the line whose weight is typed, "" for a new one.

        Raises:
            UserError: ``weight.reason_missing``, ``permission.*``, ``session.*``; as
                ``Ordering.add_weighed``.
        """
        if not reason.strip():
            raise UserError("weight.reason_missing")
        question = Question(
            ACTION,
            grams,
            sku,
            reason.strip(),
            quantity_text(self._pan.view().shown_grams, weighed=True),
            quantity_text(grams, weighed=True),
            {"basket_id": self._ordering.basket.basket_id},
        )
        grant = self._authorising.grant(question, authoriser_no, secret)
        with self._context.books.transaction() as tx:
            self._authorising.note(tx, grant)
        self._context.wake_sync()
        return self._ordering.add_weighed(sku, grams, TYPED, line_id)
