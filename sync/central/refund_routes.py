"""Doors for giving back what another counter of the outlet sold."""

from __future__ import annotations

from typing import Final

from fastapi import Response

from sync.central import refund_ledger
from sync.central.calls import Call, json_answer, sender
from sync.central.contract import Route
from sync.central.platform import Platform
from sync.central.refund_ledger import SaleName
from sync.wire import refunds as wire
from sync.wire.fields import LABEL
from sync.wire.refusal import Refusal

_BY_NUMBER: Final = "/v1/sales/{order_no}"
_BY_ENTRY: Final = "/v1/sales/{seller}/{seq}"
_UNKNOWN: Final = "404 refund.unknown_sale"
_MOST_DIGITS: Final = 15


class RefundRoutes:
    """The ledger of refunds as terminals see it."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def routes(self) -> list[Route]:
        """This part of the contract."""
        sale, refused = wire.SaleAnswer, (_UNKNOWN, "422 wire.malformed")
        claimed = (_UNKNOWN, *(f"409 refund.{why}" for why in ("claim_used", "withdrawn")))
        exceeds = "409 refund.more_than_sold"
        return [
            Route("GET", _BY_NUMBER, self.sale_by_number, "terminal", sale, refuses=refused),
            Route("GET", _BY_ENTRY, self.sale_by_entry, "terminal", sale, refuses=refused),
            Route(
                "POST",
                "/v1/refunds",
                self.claim,
                "terminal",
                wire.ClaimAnswer,
                wire.ClaimRequest,
                (*claimed, exceeds),
            ),
        ]

    def sale_by_number(self, call: Call) -> Response:
        """A sale of the outlet by its order number, and what others gave back of it."""
        terminal_id = sender(self._platform, call)
        order_no = LABEL.read(call.path["order_no"], "order_no")
        answer = self._platform.database.look(
            lambda connection: refund_ledger.look(
                connection, terminal_id, refund_ledger.numbered(connection, terminal_id, order_no)
            )
        )
        return json_answer(answer.format())

    def sale_by_entry(self, call: Call) -> Response:
        """A sale of the outlet by the entry its slip names, and what others gave back of it."""
        terminal_id = sender(self._platform, call)
        seller, seq = LABEL.read(call.path["seller"], "seller"), call.path["seq"]
        if not (seq.isascii() and seq.isdigit() and len(seq) <= _MOST_DIGITS):
            raise Refusal(422, "wire.malformed", {"field": "seq"})
        answer = self._platform.database.look(
            lambda connection: refund_ledger.look(
                connection, terminal_id, SaleName(seller, int(seq))
            )
        )
        return json_answer(answer.format())

    def claim(self, call: Call) -> Response:
        """Keep pieces of a sale for a refund that is about to be booked, once for each claim."""
        terminal_id = sender(self._platform, call)
        request = wire.ClaimRequest.parse(call.json())
        sale = SaleName(request.terminal_id, request.seq)
        answer = self._platform.database.ordered(
            sale.key, lambda connection: refund_ledger.claim(connection, terminal_id, request)
        )
        return json_answer(answer.format())
