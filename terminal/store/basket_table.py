"""Baskets on disk: a header row each and one row a line, so that a scan writes one row only."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from terminal.domain.basket import (
    Basket,
    Line,
    basket_from_json,
    header_to_json,
    line_to_json,
)
from terminal.domain.errors import UserError
from terminal.store.database import Connection


class BasketTable:
    """The tables ``baskets`` and ``basket_lines`` of one connection; store thread only."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._on_disk: Basket | None = None

    def current(self) -> Basket | None:
        """The basket on the counter."""
        row = self._connection.execute(
            "SELECT basket_id, content FROM baskets WHERE state = 'open'"
        ).fetchone()
        return self._read(*row) if row else None

    def parked(self) -> list[tuple[Basket, str, str]]:
        """Suspended baskets with time and clerk, in the order they were parked."""
        rows = self._connection.execute(
            "SELECT basket_id, content, parked_at, clerk_id FROM baskets WHERE state = 'parked' "
            "ORDER BY rowid"
        ).fetchall()
        return [(self._read(number, content), at, clerk) for number, content, at, clerk in rows]

    def put(self, basket: Basket) -> None:
        """Store the basket on the counter: only what differs from what is on disk already."""
        known = self._on_disk
        if known is None or known.basket_id != basket.basket_id:
            self.clear()
            self._insert(basket, "open", "", "")
        else:
            self._write_differences(known, basket)
        self._on_disk = basket

    def clear(self) -> None:
        """Take the basket off the counter."""
        self._connection.execute(
            "DELETE FROM basket_lines WHERE basket_id IN "
            "(SELECT basket_id FROM baskets WHERE state = 'open')"
        )
        self._connection.execute("DELETE FROM baskets WHERE state = 'open'")
        self._on_disk = None

    def park(self, basket: Basket, parked_at: str, clerk_id: str) -> None:
        """Suspend a basket that is not on the counter."""
        self._insert(basket, "parked", parked_at, clerk_id)

    def unpark(self, basket_id: str) -> Basket:
        """Take a suspended basket out.

        Raises:
            UserError: ``basket.not_parked``.
        """
        row = self._connection.execute(
            "SELECT content FROM baskets WHERE state = 'parked' AND basket_id = ?", (basket_id,)
        ).fetchone()
        if row is None:
            raise UserError("basket.not_parked")
        basket = self._read(basket_id, row[0])
        for table in ("basket_lines", "baskets"):
            self._connection.execute(
                f"DELETE FROM {table} WHERE basket_id = ?",  # noqa: S608 - two constants
                (basket_id,),
            )
        return basket

    def forget(self) -> None:
        """What was written last did not happen: the next ``put`` writes everything."""
        self._on_disk = None

    def _read(self, basket_id: str, content: str) -> Basket:
        lines = self._connection.execute(
            "SELECT content FROM basket_lines WHERE basket_id = ? ORDER BY place", (basket_id,)
        )
        body: dict[str, Any] = json.loads(content)
        return basket_from_json({**body, "lines": [json.loads(line) for (line,) in lines]})

    def _insert(self, basket: Basket, state: str, parked_at: str, clerk_id: str) -> None:
        self._connection.execute(
            "INSERT INTO baskets VALUES (?, ?, ?, ?, ?)",
            (basket.basket_id, state, _text(header_to_json(basket)), parked_at, clerk_id),
        )
        self._append(basket.basket_id, basket.lines)

    def _append(self, basket_id: str, lines: Iterable[Line]) -> None:
        self._connection.executemany(
            "INSERT INTO basket_lines (basket_id, line_id, content) VALUES (?, ?, ?)",
            [(basket_id, line.line_id, _text(line_to_json(line))) for line in lines],
        )

    def _write_differences(self, known: Basket, basket: Basket) -> None:
        header = header_to_json(basket)
        if header != header_to_json(known):
            self._connection.execute(
                "UPDATE baskets SET content = ? WHERE basket_id = ?",
                (_text(header), basket.basket_id),
            )
        before = {line.line_id: line for line in known.lines}
        # A line that did not change is the same object: baskets are values made from one another.
        changed = [line for line in basket.lines if before.get(line.line_id) is not line]
        self._connection.executemany(
            "UPDATE basket_lines SET content = ? WHERE basket_id = ? AND line_id = ?",
            [
                (_text(line_to_json(line)), basket.basket_id, line.line_id)
                for line in changed
                if line.line_id in before
            ],
        )
        self._append(basket.basket_id, [line for line in changed if line.line_id not in before])
        gone = before.keys() - {line.line_id for line in basket.lines}
        self._connection.executemany(
            "DELETE FROM basket_lines WHERE basket_id = ? AND line_id = ?",
            [(basket.basket_id, line_id) for line_id in gone],
        )


def _text(body: dict[str, Any]) -> str:
    return json.dumps(body, ensure_ascii=False)
