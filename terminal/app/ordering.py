"""Filling the basket: add, change, void, park, price by member level or by hand.

Every change is on disk before it is shown, so that a crash or power cut gives the basket back.
"""

from __future__ import annotations

from dataclasses import replace

from terminal.app.authorising import Authorising
from terminal.app.basket_view import (
    BasketView,
    LineView,
    SuspendedView,
    line_view,
    suspended_view,
)
from terminal.app.context import Context
from terminal.app.left_in_doubt import leave_in_doubt
from terminal.domain.attempt import AT_REST, Attempt
from terminal.domain.authority import Question
from terminal.domain.basket import Basket, Line, PriceOverride, line_to_json
from terminal.domain.catalogue import ORDINARY, CatalogueItem, InStoreReading, grams_for
from terminal.domain.errors import UserError
from terminal.domain.identifiers import new_uuid7
from terminal.domain.money import Money
from terminal.domain.tender import POINTS, most_by_points

BASKET = frozenset({"basket"})
PARKED = frozenset({"basket", "parked", "session"})
BY_SCALE = "scale"
TYPED = "typed"
"""Sources of a weight at a counter with a scale; the latter was allowed by a second person."""


class Ordering:
    """Use cases of the basket. Store thread only."""

    def __init__(self, context: Context, authorising: Authorising) -> None:
        self._context = context
        self._authorising = authorising
        self._shown: dict[str, tuple[Line, LineView]] = {}
        self.hold(context.books.current_basket() or self._new())

    @property
    def basket(self) -> Basket:
        """The basket on the counter."""
        return self._basket

    def view(self, changes: frozenset[str] = frozenset()) -> BasketView:
        """The basket as it stands."""
        basket = self._basket
        subtotal, total = basket.subtotal, basket.total
        return BasketView(
            basket_id=basket.basket_id,
            lines=self._line_views(basket),
            count=len(basket.lines),
            subtotal_text=total.text,
            discount_text=(subtotal - total).text,
            total_text=total.text,
            total_fen=total.fen,
            member_level=basket.member_level,
            frozen=self.is_frozen(),
            selected_line_id=self._selected,
            suspended_count=self._context.books.parked_count(),
            changes=changes,
        )

    def _line_views(self, basket: Basket) -> tuple[LineView, ...]:
        """Views of all lines; a line that did not change keeps its view: a scan costs one."""
        kept = self._shown
        self._shown = {}
        for line in basket.lines:
            known = kept.get(line.line_id)
            fresh = known if known is not None and known[0] is line else (line, line_view(line))
            self._shown[line.line_id] = fresh
        return tuple(view for _, view in self._shown.values())

    def add_item(
        self, sku: str, quantity: int = 1, source: str = "key", raw: str = ""
    ) -> BasketView:
        """Add goods from the catalogue.

        Args:
            sku: article number or PLU.
            quantity: pieces, or grams for loose goods.
            source: where the input came from.
            raw: exactly what was read.

        Raises:
            UserError: ``item.unknown``, ``item.withdrawn``, ``item.no_price``,
                ``quantity.out_of_range``, ``basket.frozen``.
        """
        item = self._context.catalogue.by_code(sku)
        if item is None:
            raise UserError("item.unknown", {"code": sku})
        return self.add(item, quantity, source=source, raw=raw)

    def add(
        self,
        item: CatalogueItem,
        quantity: int,
        *,
        source: str,
        raw: str,
        label: InStoreReading | None = None,
    ) -> BasketView:
        """Add an item, or what an in-store label says of it.

        Raises:
            UserError: ``weight.by_scale`` for loose goods whose weight was neither on a label, nor
                weighed, nor allowed by a second person, at a counter with a scale.
        """
        self._changeable()
        if item.weighed and label is None:
            self._weighed_by(source)
        if not item.sellable:
            raise UserError("item.withdrawn", {"name": item.name_zh})
        line = self._priced_line(item, quantity, source, raw)
        if label is not None:
            line = _labelled(line, label)
        basket, line_id = self._basket.with_added(line)
        return self._keep(basket, line_id)

    def add_weighed(self, sku: str, grams: int, source: str, line_id: str = "") -> BasketView:
        """Add loose goods, or give a line another weight.

        Args:
            sku: article number.
            grams: the weight.
            source: ``BY_SCALE``, or ``TYPED`` when a second person has allowed it.
            line_id: the line, "" for a new one.

        Raises:
            UserError: as ``add_item``.
        """
        if not line_id:
            return self.add_item(sku, grams, source, f"{grams} g")
        self._changeable()
        basket = self._basket.with_quantity(line_id, grams).with_source(line_id, source)
        return self._keep(basket, line_id)

    def set_quantity(self, line_id: str, quantity: int) -> BasketView:
        """Set pieces, or grams for loose goods.

        Raises:
            UserError: ``weight.by_scale`` for loose goods at a counter with a scale.
        """
        self._changeable()
        if self._basket.line(line_id).weighed:
            self._weighed_by("key")
        return self._keep(self._basket.with_quantity(line_id, quantity), line_id)

    def change_quantity(self, line_id: str, delta: int) -> BasketView:
        """Raise or lower the pieces; lowering the last piece voids the line."""
        line = self._basket.line(line_id)
        if line.quantity + delta <= 0:
            return self.void_line(line_id)
        return self.set_quantity(line_id, line.quantity + delta)

    def void_line(self, line_id: str) -> BasketView:
        """Take a line out; the sale remembers that it was there."""
        self._changeable()
        return self._keep(self._basket.with_void(line_id))

    def clear(self, reason: str) -> BasketView:
        """Give the whole basket up; what was in it is journaled.

        Raises:
            UserError: ``basket.empty``, ``basket.frozen``, ``basket.paid_in_part``.
        """
        clerk_id = self._changeable()
        basket = self._basket
        if basket.is_empty:
            raise UserError("basket.empty")
        self._nothing_paid()
        lines = [line_to_json(line) for line in (*basket.lines, *basket.voided)]
        body = {"basket_id": basket.basket_id, "reason": reason, "lines": lines}
        with self._context.books.transaction() as tx:
            tx.append(self._context.draft("basket.abandoned", basket.sale_intent, clerk_id, body))
            tx.clear_basket()
        self.start_next()
        self._context.wake_sync()
        return self.view(BASKET | {"sync"})

    def suspend(self, note: str = "") -> BasketView:
        """Park the basket (挂单) and start an empty one.

        Raises:
            UserError: ``basket.empty``, ``payment.attempt_open`` while a payment is on its way.
        """
        clerk_id = self._context.on_duty()
        if self._basket.is_empty:
            raise UserError("basket.empty")
        if any(attempt.state not in AT_REST for attempt in self._open_attempts()):
            raise UserError("payment.attempt_open")
        if self._basket.laid_down:
            raise UserError("basket.paid_in_part")
        with self._context.books.transaction() as tx:
            told = leave_in_doubt(self._context, tx, self._basket, clerk_id)
            tx.clear_basket()
            tx.park(replace(self._basket, note=note), clerk_id)
        if told:
            self._context.wake_printing()
            self._context.wake_sync()
        self.start_next()
        return self.view(PARKED)

    def suspended(self) -> tuple[SuspendedView, ...]:
        """The parked baskets, oldest first."""
        return tuple(suspended_view(parked) for parked in self._context.books.parked())

    def recall(self, basket_id: str) -> BasketView:
        """Bring a parked basket back (取单). A basket on the counter is parked in its place.

        Raises:
            UserError: ``basket.not_parked``, ``payment.attempt_open``.
        """
        self._context.on_duty()
        if basket_id not in {row.basket.basket_id for row in self._context.books.parked()}:
            raise UserError("basket.not_parked")
        voided: tuple[Line, ...] = ()
        if self._basket.is_empty:
            # Taken out again before anything was parked: still part of what this clerk did.
            voided = self._basket.voided
        else:
            self.suspend()
        with self._context.books.transaction() as tx:
            parked = tx.unpark(basket_id)
            basket = replace(parked, voided=(*parked.voided, *voided))
            tx.put_basket(basket)
        self.hold(basket)
        return self.view(PARKED)

    def set_member_level(self, level: str) -> BasketView:
        """Price the basket for a member level; "" for ordinary customers."""
        self._changeable()
        known = {entry["level"] for entry in self._context.setting("member_levels", [])}
        if level != ORDINARY and level not in known:
            raise UserError("member.unknown_level", {"level": level})
        now = self._context.now()
        catalogue = self._context.catalogue
        repriced = self._basket.with_level(level, lambda sku, lv: catalogue.price_at(sku, lv, now))
        return self._keep(repriced, self._selected)

    def override_price(
        self,
        line_id: str,
        new_price_text: str,
        reason: str,
        authoriser_no: str,
        authoriser_secret: str,
    ) -> BasketView:
        """Change a price by hand (改价); a second person allows it and both are journaled.

        Raises:
            UserError: ``override.reason_missing``, ``money.not_an_amount``, ``permission.*``,
                ``session.*``.
        """
        operator = self._changeable()
        line = self._basket.line(line_id)
        price = Money.parse(new_price_text)
        self._may_override(line, price, reason)
        probe = PriceOverride(reason.strip(), operator, "", "")
        basket = self._basket.with_override(line_id, price, probe)
        self._still_covers_codes(basket)
        grant = self._authorising.grant(
            _override_question(line, price, reason, basket.basket_id),
            authoriser_no,
            authoriser_secret,
        )
        override = PriceOverride(reason.strip(), operator, grant.authoriser, grant.intent_id)
        basket = self._basket.with_override(line_id, price, override)
        with self._context.books.transaction() as tx:
            self._authorising.note(tx, grant)
            tx.put_basket(basket)
        self.hold(basket, line_id)
        self._context.wake_sync()
        return self.view(BASKET | {"sync"})

    def hold(self, basket: Basket, selected: str = "") -> None:
        """Show another state of the basket; the caller has made it durable before."""
        self._basket = basket
        self._selected = selected or (basket.lines[-1].line_id if basket.lines else "")

    def start_next(self) -> None:
        """Show an empty basket; the caller has taken the old one off the books before."""
        self.hold(self._new())

    def is_frozen(self) -> bool:
        """Whether a payment of unknown outcome forbids changes."""
        return bool(self._basket.codes) and bool(self._open_attempts())

    def _open_attempts(self) -> list[Attempt]:
        attempts = self._context.books.attempts_of(self._basket.basket_id)
        return [attempt for attempt in attempts if attempt.is_open]

    def _new(self) -> Basket:
        return Basket(new_uuid7(), new_uuid7(), self._context.clock.now_utc())

    def _changeable(self) -> str:
        clerk_id = self._context.on_duty()
        if not self._context.books.day().outlet_open:
            raise UserError("session.outlet_not_open")
        if self.is_frozen():
            raise UserError("basket.frozen")
        return clerk_id

    def _weighed_by(self, source: str) -> None:
        if self._context.has_scale and source not in (BY_SCALE, TYPED):
            raise UserError("weight.by_scale")

    def _may_override(self, line: Line, price: Money, reason: str) -> None:
        if not reason.strip():
            raise UserError("override.reason_missing")
        most = self._context.limit("price_override_percent", 100)
        if abs((line.list_price - price).fen) * 100 > most * line.list_price.fen:
            raise UserError("override.beyond_limit", {"percent": most})

    def _nothing_paid(self) -> None:
        if self._basket.laid_down or self._paid_by_code():
            raise UserError("basket.paid_in_part")

    def _paid_by_code(self) -> int:
        """Fen that are paid for the basket without cash."""
        in_parts = sum(part.amount.fen for part in self._basket.parts)
        return in_parts + sum(attempt.amount_fen for attempt in self._paid_attempts())

    def _paid_attempts(self) -> list[Attempt]:
        if not self._basket.codes:
            return []
        attempts = self._context.books.attempts_of(self._basket.basket_id)
        return [attempt for attempt in attempts if attempt.state == "paid"]

    def _still_covers_codes(self, basket: Basket) -> None:
        """No change from codes, no goods for stamps, points for their share of the sum only."""
        paid, stamps, percent = self._paid_by_code(), basket.affixed, self._context.points_percent
        points = sum(one.amount_fen for one in self._paid_attempts() if one.kind == POINTS.kind)
        uncovered = basket.total.fen < paid
        unposted = bool(stamps) and stamps > basket.postage(self._context.mail)
        if paid and (uncovered or unposted or points > most_by_points(basket.total, percent).fen):
            # First the payment goes back, then the goods.
            raise UserError("basket.paid_in_part")

    def _keep(self, basket: Basket, selected: str = "") -> BasketView:
        self._still_covers_codes(basket)
        self._context.books.keep_basket(basket)
        self.hold(basket, selected)
        return self.view(BASKET)

    def _priced_line(self, item: CatalogueItem, quantity: int, source: str, raw: str) -> Line:
        now, catalogue = self._context.now(), self._context.catalogue
        level = self._basket.member_level
        ordinary = catalogue.price_at(item.sku, ORDINARY, now)
        price = catalogue.price_at(item.sku, level, now) if level else ordinary
        return Line(
            line_id=new_uuid7(),
            sku=item.sku,
            gtin=item.gtin,
            name_zh=item.name_zh,
            name_en=item.name_en,
            unit_zh=item.unit_zh,
            business_code=item.business_code,
            tax=item.tax,
            refundable=item.refundable,
            weighed=item.weighed,
            quantity=quantity,
            list_price=ordinary,
            unit_price=price,
            price_since=now,
            level=level,
            source=source,
            raw=raw,
        )


def _override_question(line: Line, price: Money, reason: str, basket_id: str) -> Question:
    """What the second person is asked: this price instead of that one, and why."""
    listed = line.list_price.fen
    percent = -(-abs(listed - price.fen) * 100 // listed) if listed else 0
    return Question(
        action="price_override",
        size=percent,
        subject=line.sku,
        reason=reason.strip(),
        before=line.unit_price.fen,
        after=price.fen,
        more={"basket_id": basket_id},
    )


def _labelled(line: Line, label: InStoreReading) -> Line:
    """The line as the label of the outlet's scale says: its weight, or its price."""
    if label.amount is not None:
        grams = grams_for(line.unit_price, label.amount)
        return replace(line, quantity=grams, fixed_amount=label.amount)
    return replace(line, quantity=label.grams or 0)
