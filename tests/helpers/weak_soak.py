"""The soak over books that acknowledge before they commit: what the kill harness has to catch.

A negative control of the tests only: nothing in the product can be switched to behave like this.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from terminal.commands.line import main
from terminal.domain.basket import Basket
from terminal.store import books
from terminal.store.database import database_faults

COMMIT_EVERY = 25


class ForgetfulBooks(books.SqlBooks):
    """Says "done" when the block ends and makes it durable some blocks later."""

    _blocks = 0

    @contextmanager
    def transaction(self) -> Iterator[books.SqlTransaction]:
        with database_faults(books.FILE):
            if not self._connection.in_transaction:
                self._connection.execute("BEGIN IMMEDIATE")
            yield self._transaction
            self._blocks += 1
            if self._blocks % COMMIT_EVERY == 0:
                self._connection.execute("COMMIT")

    def keep_basket(self, basket: Basket) -> None:
        with self.transaction() as tx:
            tx.put_basket(basket)

    def checkpoint(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("COMMIT")
        super().checkpoint()


def sell(words: Sequence[str]) -> int:
    """The soak over such books."""
    books.SqlBooks = ForgetfulBooks  # type: ignore[misc]
    return main(["soak", *words])
