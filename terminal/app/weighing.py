"""Weighing at the counter: what the scale says is taken; what is typed instead is allowed by two."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from terminal.app.basket_view import BasketView
from terminal.app.context import Context
from terminal.app.ordering import Ordering
from terminal.app.session import SessionDesk
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
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
        self, context: Context, session: SessionDesk, ordering: Ordering, pan: Pan
    ) -> None:
        self._context = context
        self._session = session
        self._ordering = ordering
        self._pan = pan

    def view(self) -> PanView:
        """What lies on the scale."""
        return self._pan.view()

    def take(self, sku: str) -> BasketView:
        """Add loose goods by the weight that the scale says at this moment.

        Raises:
            UserError: ``scale.*``; as ``Ordering.add_item``.
        """
        grams = self._pan.grams()
        return self._ordering.add_item(sku, grams, "scale", f"{grams} g")

    def take_typed(
        self, sku: str, grams: int, reason: str, authoriser_no: str, authoriser_secret: str
    ) -> BasketView:
        """Add loose goods by a weight somebody typed.

        Where there is a scale a second person allows it, and both are journaled with the reason.
        The line's source says ``key``, so the books always tell a typed weight from a weighed one.

        Args:
            sku: article number.
            grams: as typed, more than 0.
            reason: why the scale was not used; needed where there is one.
            authoriser_no: number of the second person.
            authoriser_secret: her PIN.

        Raises:
            UserError: ``weight.reason_missing``, ``permission.*``, ``session.*``; as
                ``Ordering.add_item``.
        """
        if not self._pan.attached:
            return self._ordering.add_item(sku, grams, "key", f"{grams} g")
        operator = self._context.allow("sell")
        if not reason.strip():
            raise UserError("weight.reason_missing")
        authoriser = self._session.authorise(authoriser_no, authoriser_secret, ACTION)
        body: dict[str, Any] = {
            "action": ACTION,
            "authoriser": authoriser.clerk_id,
            "operator": operator,
            "reason": reason.strip(),
            "basket_id": self._ordering.basket.basket_id,
            "sku": sku,
            "before_g": self._pan.view().shown_grams,
            "after_g": grams,
        }
        with self._context.books.transaction() as tx:
            tx.append(self._context.draft("authorisation.granted", new_uuid7(), operator, body))
        self._context.wake_sync()
        return self._ordering.add_item(sku, grams, "key", f"{grams} g")
