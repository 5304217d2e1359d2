"""Pouches that other terminals sent here, as far as the platform has said so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from terminal.app.context import Context
from terminal.app.signed_records import SignedRecords
from terminal.domain.canonical import Json
from terminal.domain.pouch_notice import GONE, KIND, Announced, read_announcement, read_gone


class AnnouncedPouches:
    """Reads the platform's notices of pouches. Store thread only."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._signed = SignedRecords(context)

    def expected(self) -> tuple[Announced, ...]:
        """Those that were not received here, oldest first; only what the platform signed."""
        found: dict[str, Announced] = {}
        for record in self._told(KIND):
            notice = read_announcement(record)
            if notice is not None and notice.terminal_id == self._here():
                found[notice.pouch.number] = notice
        receipt, gone = self._context.books.tills.receipt, self.gone()
        return tuple(
            notice
            for number, notice in found.items()
            if receipt(number) is None and number not in gone
        )

    def gone(self) -> Mapping[str, str]:
        """Pouches that another terminal took in for a till of this one: number → which terminal."""
        notices = [read_gone(record) for record in self._told(GONE)]
        return {
            notice.number: notice.received_by
            for notice in notices
            if notice is not None and notice.terminal_id == self._here()
        }

    def _here(self) -> str:
        newest = self._context.books.entries(limit=1)
        return newest[0].terminal_id if newest else ""

    def _told(self, kind: str) -> Iterator[Mapping[str, Json]]:
        """Records of a kind that the platform signed, oldest first."""
        for one in self._context.sync.received():
            if one.record.get("kind") == kind and self._signed.genuine(one.record):
                yield one.record
