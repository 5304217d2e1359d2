"""Journals full of orders of six lines, as a counter that was alone for weeks has them."""

from __future__ import annotations

import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sync.client.signing import signer_from
from terminal.bootstrap import open_keys
from terminal.commands.soak import PIN
from terminal.domain import ledger
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import ChainHead, EntryDraft, seal
from terminal.domain.money import Money
from terminal.store import journal_table
from terminal.store.database import open_database, write_transaction
from tests.bench.counters import at_work, codes_of

LINES: Final = 6
_SAMPLES: Final = 8
_BETWEEN_S: Final = 60.0


def sell_samples(home: Path) -> list[dict[str, Any]]:
    """Real sales of different goods on the real counter; their bodies."""
    codes = codes_of(home, _SAMPLES * LINES)
    with at_work(home) as cases:
        cases.session.unlock(PIN)
        for number in range(_SAMPLES):
            for place in range(LINES):
                cases.scanning.scan(codes[(number * LINES + place) % len(codes)], "wedge")
            form = cases.paying.begin()
            owed = Money.parse(form.cash_remaining_text)
            given = Money(-(-max(owed.fen, 1) // 1000) * 1000).text
            cases.paying.tender_cash(form.form_id, given)
        entries = cases.context.books.all_entries()  # type: ignore[attr-defined]
        return [entry.body for entry in entries if entry.kind == "sale.completed"]


class OrderBook:
    """Appends orders to a journal without a counter: sealed, chained and signed like its own.

    Args:
        home: an enrolled terminal's folder; nobody else writes there.
        samples: bodies of real sales; goods are drawn from their lines.
    """

    def __init__(self, home: Path, samples: list[dict[str, Any]]) -> None:
        keys = open_keys(home)
        self._samples = samples
        self._lines = [line for body in samples for line in body["lines"]]
        self._dice = random.Random(11)
        self._sign = signer_from(keys.seed)
        self._connection = open_database(home / "journal.db", keys.db_key)
        row = self._connection.execute(
            "SELECT epoch, seq, hash, terminal_id FROM journal ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        self._head = ChainHead(*row[:3])
        self._terminal_id: str = row[3]
        self._now = datetime.now(UTC)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def append(self, count: int) -> None:
        """Append orders in one transaction."""
        with write_transaction(self._connection, "journal.db"):
            for _ in range(count):
                self._now += timedelta(seconds=self._dice.expovariate(1 / _BETWEEN_S))
                entry = seal(
                    self._draft(),
                    terminal_id=self._terminal_id,
                    epoch=self._head.epoch,
                    seq=self._head.seq + 1,
                    recorded_at=_text(self._now),
                    prev_hash=self._head.hash,
                    signer=self._sign,
                )
                journal_table.insert(self._connection, entry)
                self._head = ChainHead(entry.epoch, entry.seq, entry.hash)

    def _draft(self) -> EntryDraft:
        lines = [self._line(number) for number in range(LINES)]
        total = sum(line["amount_fen"] for line in lines)
        given = -(-total // 1000) * 1000
        taken: Counter[str] = Counter()
        for line in lines:
            taken[ledger.income(line["business_code"], line["tax"])] -= line["amount_fen"]
        postings = [{"account": "cash:T02", "fen": total}]
        postings += [{"account": name, "fen": fen} for name, fen in sorted(taken.items())]
        tender = {"change_fen": given - total, "fen": total, "kind": "cash", "received_fen": given}
        number = f"{self._terminal_id[:11]}-{100_000 + self._head.seq:06d}"
        body = self._samples[0] | {
            "basket_id": new_uuid7(),
            "lines": lines,
            "opened_at": _text(self._now - timedelta(seconds=30)),
            "order_no": number,
            "postings": postings,
            "subtotal_fen": total,
            "tenders": [tender],
            "total_fen": total,
        }
        return EntryDraft("sale.completed", new_uuid7(), _text(self._now)[:10], "0312", body)

    def _line(self, number: int) -> dict[str, Any]:
        since = self._now - timedelta(seconds=30 - number * 3, milliseconds=self._dice.random())
        changed = {"line_id": new_uuid7(), "price_since": _text(since)}
        return {**self._dice.choice(self._lines), **changed}


def floor_bytes(samples: list[dict[str, Any]]) -> float:
    """What an order cannot be said in less than: what nobody can know beforehand, bytes.

    The signature; 74 random bits of each UUIDv7 (form, basket, lines); which goods and in which
    order; to the millisecond when; and with how much it was paid. Hashes follow from the rest.
    """
    goods = {line["sku"] for body in samples for line in body["lines"]}
    bits = 64 * 8 + (2 + LINES) * 74 + LINES * (len(goods) - 1).bit_length()
    times = 17 + LINES * 10
    return (bits + times + 4) / 8


def plain_bytes(home: Path, count: int) -> float:
    """Size of an order as JSON, bytes, over the newest ones."""
    keys = open_keys(home)
    connection = open_database(home / "journal.db", keys.db_key, read_only=True)
    rows = list(journal_table.select(connection, "ORDER BY seq DESC LIMIT ?", (count,)))
    connection.close()
    text = [json.dumps(entry.to_wire(), ensure_ascii=False) for entry in rows]
    return sum(len(one.encode()) for one in text) / len(text)


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
