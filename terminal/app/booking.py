"""Booking a sale whose payer codes are paid, also on a disk that takes it only later."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from terminal.app.payment_view import PaymentView
from terminal.app.usecases import UseCases
from terminal.domain.errors import EnvironmentFault, OutletError


class Submit(Protocol):
    """Runs a use case on the store thread; one of the two hears how it ended, there."""

    def __call__(
        self,
        work: Callable[[UseCases], PaymentView | None],
        done: Callable[[PaymentView | None], None],
        failed: Callable[[OutletError], None],
        /,
    ) -> None:
        """Hand it over."""
        ...


class Booking:
    """Completes the sale of a basket once its codes cover it, and tries again until it is booked.

    Events: ``sold`` {view}; ``unbooked`` {basket_id, code}: the money is there and the sale is not
    in the books, because of ``code``; told once for each reason, with the code "" when it is over.

    Args:
        submit: store-thread access.
        emit: hears the events, on the store thread.
    """

    def __init__(self, submit: Submit, emit: Callable[[str, Mapping[str, Any]], None]) -> None:
        self._submit = submit
        self._emit = emit
        self._waits = ("", "")

    def book(self, basket_id: str) -> None:
        """Complete the sale of a basket, unless it is booked or put aside. Any thread."""
        self._submit(
            lambda cases: _finish(cases, basket_id),
            self._settled,
            lambda error: self._refused(basket_id, error),
        )

    def again(self) -> None:
        """Try what the disk did not take; one sale, however often this is called. Any thread."""
        basket_id, _ = self._waits
        if basket_id:
            self.book(basket_id)

    def _settled(self, view: PaymentView | None) -> None:
        basket_id, _ = self._waits
        self._waits = ("", "")
        if view is not None and view.done is not None:
            self._emit("sold", {"view": view})
        if basket_id:
            self._emit("unbooked", {"basket_id": basket_id, "code": ""})

    def _refused(self, basket_id: str, error: OutletError) -> None:
        told = self._waits
        # What is a fault of ours does not go away by trying; opening the form tries it again.
        self._waits = (basket_id if isinstance(error, EnvironmentFault) else "", error.code)
        if told != (basket_id, error.code):
            self._emit("unbooked", {"basket_id": basket_id, "code": error.code})


def _finish(cases: UseCases, basket_id: str) -> PaymentView | None:
    """Complete the sale of the basket on the counter once its codes cover it."""
    basket = cases.ordering.basket
    return cases.paying.finish(basket.sale_intent) if basket.basket_id == basket_id else None
