"""What the customer sees: what the clerk's screen was told, and nothing else of it but amounts."""

from __future__ import annotations

from terminal.app.basket_view import BasketView
from terminal.app.payment_view import PaymentView
from terminal.app.scanning import ScanView
from terminal.domain.money import Money
from terminal.ports.customer_display import CustomerDisplay


class CustomerView:
    """Follows the results of use cases on the customer display. Store thread, but ``detach``."""

    def __init__(self) -> None:
        self._display: CustomerDisplay | None = None
        self._change_shown = False

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
            self._show_basket(display, basket)
        elif isinstance(result, PaymentView):
            self._show_payment(display, result)

    def _show_basket(self, display: CustomerDisplay, basket: BasketView) -> None:
        """The change stays to be seen until there is something for the next customer."""
        if basket.count:
            self._change_shown = False
            display.show_total(Money(basket.total_fen))
        elif not self._change_shown:
            display.show_welcome()

    def _show_payment(self, display: CustomerDisplay, form: PaymentView) -> None:
        done = form.done
        if done is None:
            display.show_total(Money.parse(form.cash_remaining_text))
        elif not done.already_saved:
            change = Money(done.change_fen)
            display.show_change(Money.parse(done.taken_text) + change, change)
            self._change_shown = True
