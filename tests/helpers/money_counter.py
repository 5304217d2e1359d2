"""A counter under arbitrary hands, and beside it somebody with a pencil who never sees the books.

The pencil notes what the screen said was taken, given back, accepted. After every step the books
must say the same: postings sum to zero, the drawer holds what went in less what went out, no total
is another one than its entries, and read models derived a second time are equal. Rules are in
mixins, one for each group of things a clerk can do, so that new ones join by one more mixin.
"""

from __future__ import annotations

import itertools
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, invariant
from sqlcipher3 import dbapi2

from terminal.app.usecases import UseCases
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.domain.journal import Entry, verify_chain
from terminal.store import journal_table, projections
from tests.helpers.outlet import CLERK, SECRETS, TILL
from tests.helpers.quick_outlet import QuickOutlet, Ready

_REFUSALS = ("range.", "day.")
"""Environment faults that are a clear no, not a failure: numbers ran out, the clock is behind."""


GROUPS: Mapping[str, tuple[str, ...]] = {
    "income": ("sales:", "postage:"),
    "channels": ("channel:",),
    "affixed": ("affixed",),
    "cod": ("cod:",),
    "points": ("points",),
    "vouchers": ("vouchers:",),
    "receivable": ("receivable:",),
    "transit": ("transit:",),
    "funding": ("funding:",),
    "suspense": ("suspense:",),
    "over_short": ("over_short:",),
}
"""What a person notes in one sum, and the accounts that are together that sum; income is what was
sold, and a credit."""


class Pencil:
    """What a person at the counter notes down, by account; she knows of no journal."""

    def __init__(self) -> None:
        self.fen: Counter[str] = Counter()
        self.numbers = 0
        """Numbers that were taken, for sales and for what is given back."""
        self.last_order = 0
        """The number of the last sale."""

    def move(self, account: str, fen: int) -> None:
        """Something came (positive) or went."""
        self.fen[account] += fen

    def holds(self, account: str) -> int:
        """What she thinks an account holds."""
        return self.fen[account]


class SecondBooks:
    """Read models derived again, entry by entry, in a database of their own in memory."""

    def __init__(self) -> None:
        self._connection = dbapi2.connect(":memory:", isolation_level=None)
        projections.create(self._connection)
        self._seq = 0

    def take(self, entries: Sequence[Entry]) -> None:
        """Derive on."""
        for entry in entries:
            assert entry.seq == self._seq + 1
            projections.apply(self._connection, entry)
            self._seq = entry.seq

    @property
    def seq(self) -> int:
        """The last entry taken."""
        return self._seq

    def differences(self, other: Any) -> list[str]:
        """Tables that hold anything else than the same tables of other books."""
        return [
            table
            for table in projections.TABLES
            if _rows(self._connection, table) != _rows(other, table)
        ]

    def close(self) -> None:
        """Forget all."""
        self._connection.close()


def _rows(connection: Any, table: str) -> list[Any]:
    return sorted(connection.execute(f"SELECT * FROM {table}").fetchall())


class MoneyCounter(RuleBasedStateMachine):
    """The counter, the pencil, and what must hold after every step."""

    ready: Ready
    folder: Path
    _runs = itertools.count()
    steps = itertools.count()
    """Rules tried in all runs of this process."""
    happened: ClassVar[Counter[str]] = Counter()
    """How often each rule did something, in all runs of this process."""
    refused: ClassVar[Counter[str]] = Counter()
    """How often each rule heard which no."""

    def __init__(self) -> None:
        super().__init__()
        home = Path(tempfile.mkdtemp(dir=self.folder)) / "home"
        self.outlet = QuickOutlet(self.ready, home)
        self.clerk = CLERK
        self.cases.session.unlock(SECRETS[self.clerk])
        self.pencil = Pencil()
        self.second = SecondBooks()
        self._checked = 0

    @property
    def cases(self) -> UseCases:
        """The use cases of the books as they are open now."""
        return self.outlet.cases

    @invariant()
    def postings_sum_to_zero_and_the_pencil_agrees(self) -> None:
        """Every account a person can count holds what she noted."""
        next(MoneyCounter.steps)
        balances = self.outlet.books.balances()
        assert sum(balances.values()) == 0
        for group, prefixes in GROUPS.items():
            held = sum(fen for name, fen in balances.items() if name.startswith(prefixes))
            sign = -1 if group == "income" else 1
            assert sign * held == self.pencil.holds(group), group
        for account in {TILL, *self.pencil.fen} - set(GROUPS):
            assert balances.get(account, 0) == self.pencil.holds(account), account

    @invariant()
    def read_models_derived_again_are_the_same(self) -> None:
        """Only when the journal grew: nothing else can change them."""
        head, _ = self.outlet.books.head()
        if head == self._checked:
            return
        connection = self.outlet.books._connection
        fresh = journal_table.select(connection, "WHERE seq > ? ORDER BY seq", (self.second.seq,))
        entries = tuple(fresh)
        self.second.take(entries)
        self.heard_of(entries)
        assert self.second.differences(connection) == []
        self._checked = head

    def heard_of(self, entries: Sequence[Entry]) -> None:
        """Entries that came into the journal with the last step, for whoever follows more."""

    def typed_stock(self) -> dict[str, str]:
        """What somebody finds who counts the stock of the drawer: nothing where there is none."""
        return {}

    @invariant()
    def order_numbers_have_no_gap(self) -> None:
        """The last sale carries the number of how many numbers were taken by then."""
        last = self.outlet.books.last_order()
        assert (last.order_no if last else "-000000").endswith(f"-{self.pencil.last_order:06d}")

    def teardown(self) -> None:
        """At the end everything once more, from the bytes."""
        try:
            entries = tuple(self.outlet.books.all_entries())
            assert verify_chain(entries, self.ready.public_key).sound
            assert self.outlet.books.read_model_differences() == []
        finally:
            self.second.close()
            self.outlet.books._connection.close()
            self.outlet._let_go()
            shutil.rmtree(self.outlet.home.parent)

    def die_and_open(self) -> None:
        """The process ends without a word and starts again."""
        head = self.outlet.books.head()
        self.outlet.crash()
        assert self.outlet.books.head() == head
        self.or_refused(lambda: self.cases.session.unlock(SECRETS[self.clerk]))
        self.cases.codes.resume()

    def or_refused(self, act: Callable[[], object]) -> None:
        """Do it, or hear a clear no: anything else is a bug. What was done is counted by rule."""
        rule_name = sys._getframe(1).f_code.co_name
        try:
            act()
            MoneyCounter.happened[rule_name] += 1
        except UserError as refused:
            MoneyCounter.refused[f"{rule_name}: {refused.code}"] += 1
        except EnvironmentFault as fault:
            if not fault.code.startswith(_REFUSALS):
                raise
            MoneyCounter.refused[f"{rule_name}: {fault.code}"] += 1

    @staticmethod
    def must_refuse(act: Callable[[], object]) -> None:
        """It has to be a clear no."""
        try:
            act()
        except UserError:
            return
        raise AssertionError("what must be refused was done")
