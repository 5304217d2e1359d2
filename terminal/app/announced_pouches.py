"""Pouches that other terminals sent here, as far as the platform has said so."""

from __future__ import annotations

from terminal.app.context import Context
from terminal.app.signed_records import SignedRecords
from terminal.domain.pouch_notice import KIND, Announced, read_announcement


class AnnouncedPouches:
    """Reads the platform's notices of pouches. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._signed = SignedRecords(context)

    def expected(self) -> tuple[Announced, ...]:
        """Those that were not received here, oldest first; only what the platform signed."""
        newest = self._context.books.entries(limit=1)
        here = newest[0].terminal_id if newest else ""
        found: dict[str, Announced] = {}
        for one in self._context.sync.received():
            told = one.record.get("kind") == KIND and self._signed.genuine(one.record)
            notice = read_announcement(one.record) if told else None
            if notice is not None and notice.terminal_id == here:
                found[notice.pouch.number] = notice
        receipt = self._context.books.tills.receipt
        return tuple(notice for number, notice in found.items() if receipt(number) is None)
