"""The one scan field: whatever is scanned or typed lands in the right place.

Source: postal-domain.md §2.19, experience.md "One scan field for everything".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from terminal.app.basket_view import BasketView
from terminal.app.context import Context
from terminal.app.ordering import Ordering
from terminal.app.search import ItemRow, ItemSearch
from terminal.domain.catalogue import CatalogueItem, in_store_patterns
from terminal.domain.errors import UserError
from terminal.domain.scan import ScanClass, ScanContext, ScanKind, classify

Verdict = Literal["added", "results", "payer_code", "unknown", "refused", "receipt"]

_REFUSED = {
    ScanKind.PAYER_CODE_EARLY: "scan.payer_code_early",
    ScanKind.BANK_CARD_REFUSED: "scan.card_refused",
    ScanKind.RESIDENT_ID: "scan.resident_id_not_here",
    ScanKind.WAYBILL_S10: "scan.waybill_not_here",
    ScanKind.PLATFORM_CODE: "scan.platform_code_not_here",
    ScanKind.URL: "scan.url_not_opened",
    ScanKind.RECEIPT_PROOF_NOT_NOW: "scan.receipt_not_now",
}


@dataclass(frozen=True, slots=True)
class ScanView:
    """What became of a scan; a ``receipt`` has its ``proof`` among the parameters."""

    kind: Verdict
    message_code: str = ""
    params: dict[str, str] = field(default_factory=dict)
    basket: BasketView | None = None
    results: tuple[ItemRow, ...] = ()
    changes: frozenset[str] = frozenset()


class Scanning:
    """Use cases of the scan field. Store thread only."""

    def __init__(self, context: Context, ordering: Ordering, search: ItemSearch) -> None:
        self._context = context
        self._ordering = ordering
        self._search = search
        self._patterns = in_store_patterns(context.setting("in_store_patterns", []))

    def scan(self, text: str, source: str, context: str = "selling") -> ScanView:
        """Route what was read.

        Args:
            text: as read or typed, ``3*6921168509256`` included.
            source: ``key``, ``wedge``, ``serial`` or ``touch``.
            context: ``selling``, ``payment`` or ``search``.

        Raises:
            UserError: as ``Ordering.add`` when goods were recognised but cannot be added.
        """
        today = date.fromisoformat(self._context.clock.local_date())
        verdict = classify(text, ScanContext(context), today=today, in_store=self._patterns)
        if verdict.kind is ScanKind.PAYER_CODE:
            return ScanView("payer_code")
        if verdict.kind is ScanKind.RECEIPT_PROOF:
            return ScanView("receipt", params={"proof": verdict.text})
        if verdict.kind in _REFUSED:
            return ScanView("refused", _REFUSED[verdict.kind])
        return self._goods(verdict, source, text)

    def _goods(self, verdict: ScanClass, source: str, raw: str) -> ScanView:
        item = self._item(verdict)
        if item is not None:
            if item.weighed and verdict.in_store is None:
                return ScanView("results", "scan.weigh_first", {}, None, self._search.rows([item]))
            basket = self._ordering.add(
                item, verdict.quantity, source=source, raw=raw, label=verdict.in_store
            )
            return ScanView("added", basket=basket, changes=basket.changes)
        found = self._search.find(verdict.text).rows if verdict.text else ()
        if found:
            return ScanView("results", results=found)
        return ScanView("unknown", "scan.not_found", {"text": verdict.log_text})

    def _item(self, verdict: ScanClass) -> CatalogueItem | None:
        catalogue = self._context.catalogue
        if verdict.kind is ScanKind.IN_STORE and verdict.in_store is not None:
            item = catalogue.by_code(verdict.in_store.plu)
            if item is None or not item.weighed:
                raise UserError("item.unknown", {"code": verdict.in_store.plu})
            return item
        if verdict.kind is ScanKind.GTIN:
            return catalogue.by_gtin(verdict.text)
        if verdict.kind in (ScanKind.CODE, ScanKind.TEXT):
            return catalogue.by_code(verdict.text)
        return None
