"""The journal of a day while it grows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.scenarios.day_words import GENESIS, SECONDS, TERMINAL, Entry

Seal = Callable[[Entry], Entry]


@dataclass
class Journal:
    """Entries, and the sums somebody keeps beside them.

    Args:
        seal: gives an entry hash and signature.
    """

    seal: Seal
    entries: list[Entry] = field(default_factory=list)
    accounts: Counter[str] = field(default_factory=Counter)
    by_tax: Counter[str] = field(default_factory=Counter)
    date: str = "2026-11-21"
    clerk: str = ""
    epoch: int = 1
    made: int = 0
    cards: list[int] = field(default_factory=list)
    """Numbers of the cards in the till."""

    def append(
        self, kind: str, body: Entry, *, clerk: str | None = None, version: int = 1
    ) -> Entry:
        before = self.entries[-1] if self.entries else None
        for posting in body.get("postings", ()):
            self.accounts[posting["account"]] += posting["fen"]
        entry = self.seal(
            {
                "terminal_id": TERMINAL,
                "epoch": self.epoch,
                "seq": len(self.entries) + 1,
                "kind": kind,
                "version": version,
                "intent_id": body.pop("_intent", None) or self.name(),
                "business_date": self.date,
                "recorded_at": self.now(),
                "clerk_id": self.clerk if clerk is None else clerk,
                "body": body,
                "prev_hash": before["hash"] if before else GENESIS,
            }
        )
        self.entries.append(entry)
        return entry

    def name(self) -> str:
        self.made += 1
        return f"01a1f3c0-0000-7000-8000-{self.made:012x}"

    def now(self) -> str:
        began = datetime.fromisoformat(f"{self.date}T01:00:00+00:00")
        today = sum(entry["business_date"] == self.date for entry in self.entries)
        at = began + timedelta(seconds=SECONDS * today)
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
