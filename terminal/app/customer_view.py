"""What the customer sees: what the clerk's screen was told, and nothing else of it but amounts."""

from __future__ import annotations

from terminal.app.basket_view import BasketView
from terminal.app.paying import PaymentView
from terminal.app.scanning import ScanView
from terminal.domain.money import Money
from terminal.ports.customer_display import CustomerDisplay


class CustomerView:
    """Follows the results of use cases on the customer display. Store thread, but ``detach``."""

    def __init__(self) -> None:
        self._display: CustomerDisplay | None = None

    def attach(self, display: CustomerDisplay) -> None:
        """Show on this display from now on."""
        self._display = display

    def detach(self) -> None:
        """Give the display back."""
        display, self._display = self._display, None
        if display is not None:
            display.close()

    def follow(self, result: object) -> None:
        """Show what a use case answered, when it is of the customer's concern.

        Args:
            result: what any use case returned.
        """
        display = self._display
        if display is None:
            return
        basket = result.basket if isinstance(result, ScanView) else result
        if isinstance(basket, BasketView):
            _show_basket(display, basket)
        elif isinstance(result, PaymentView):
            _show_payment(display, result)


def _show_basket(display: CustomerDisplay, basket: BasketView) -> None:
    if basket.count:
        display.show_total(Money(basket.total_fen))
    else:
        display.show_welcome()


def _show_payment(display: CustomerDisplay, form: PaymentView) -> None:
    done = form.done
    if done is None:
        display.show_total(Money.parse(form.cash_remaining_text))
    elif not done.already_saved:
        change = Money(done.change_fen)
        display.show_change(Money.parse(done.taken_text) + change, change)
