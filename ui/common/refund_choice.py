"""What the clerk has chosen of an open sale: lines, how much, why, or the whole of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from terminal.app.refund_view import Quote, RefundForm, SaleLine
    from terminal.app.refunding import Wish

GRAMS_AT_ONCE = 100


class RefundChoice:
    """One open sale and what is wanted of it; books nothing and asks nobody.

    Args:
        form: the sale; None while none is open.
    """

    def __init__(self, form: RefundForm | None = None) -> None:
        self.form = form
        self.wishes: dict[str, int] = {}
        self.reason, self.whole = "", False
        self.quote: Quote | None = None

    @property
    def lines(self) -> tuple[SaleLine, ...]:
        """The lines of the sale."""
        return self.form.lines if self.form else ()

    @property
    def can_reverse(self) -> bool:
        """Whether the whole sale may be undone."""
        return bool(self.form and self.form.can_reverse)

    @property
    def standing(self) -> str:
        """How far the sale is known here; "" while none is open."""
        return self.quote.standing if self.quote else self.form.standing if self.form else ""

    @property
    def cap_text(self) -> str:
        """What may still be given back without anybody to ask."""
        return self.quote.cap_text if self.quote else self.form.cap_text if self.form else ""

    @property
    def complete(self) -> bool:
        """Whether it can be told what it comes to."""
        return bool(self.form and self.reason and (self.whole or any(self.wishes.values())))

    def step(self, place: int, step: int) -> None:
        """More or fewer of the line at a place, by pieces or by a hundred grams."""
        if self.lines and not self.whole:
            line = self.lines[min(place, len(self.lines) - 1)]
            self.more(line.line_id, step * (GRAMS_AT_ONCE if line.weighed else 1))

    def more(self, line_id: str, step: int) -> None:
        """More or fewer of a line; never more than is left."""
        for line in self.lines:
            if line.line_id == line_id:
                now = self.wishes.get(line_id, 0)
                self.wishes[line_id] = max(0, min(line.left, now + step))

    def take_all(self) -> None:
        """All that is left of every line that may go back."""
        self.wishes = {line.line_id: line.left for line in self.lines if line.refundable}

    def turn_whole(self, reasons: Sequence[Mapping[str, object]]) -> None:
        """Undo the whole sale instead of returning lines, or the other way round."""
        if self.can_reverse:
            self.whole = not self.whole
            if self.reason not in {row["code"] for row in self.fitting(reasons)}:
                self.reason = ""

    def fitting(self, reasons: Sequence[Mapping[str, object]]) -> list[Mapping[str, object]]:
        """The reasons that may be given for it."""
        return [row for row in reasons if row.get("correction") or not self.whole]

    def next_reason(self, codes: Sequence[str]) -> None:
        """The reason after the chosen one."""
        if codes:
            place = codes.index(self.reason) + 1 if self.reason in codes else 0
            self.reason = codes[place % len(codes)]

    def wish(self) -> Wish | None:
        """What the core is asked for; None while no sale is open."""
        from terminal.app.refunding import Wish

        if self.form is None:
            return None
        chosen = {name: count for name, count in self.wishes.items() if count}
        if self.whole:
            return Wish(self.form.form_id, "reversal", {}, self.reason)
        return Wish(self.form.form_id, "return", chosen, self.reason)
