"""Tills, pouches, no-sale openings, counting: rules of the money model over drawer and vault."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from terminal.app.till_booking import TillDone
from terminal.app.till_checks import CheckForm
from terminal.app.tills import MoveForm
from terminal.domain.money import Money
from tests.helpers.money_counter import MoneyCounter
from tests.helpers.outlet import SENIOR, SENIOR_PIN, TILL

DRAWER, VAULT = TILL.partition(":")[2], "V01"
PIECES = st.sampled_from([{100: 1}, {100: 3}, {500: 1, 100: 2}, {1000: 2}, {10_000: 3}])


class Moving(MoneyCounter):
    """Cash goes from the bank to the vault, to the drawer and back, in pouches received once."""

    def __init__(self) -> None:
        super().__init__()
        self.pouches: dict[str, tuple[str, str, int]] = {}
        """Number of a pouch → from, to, fen, while it is on its way."""
        self.arrived: set[str] = set()
        self.old_moves: list[MoveForm] = []

    @rule(pieces=PIECES, inward=st.booleans())
    def fund(self, pieces: dict[int, int], inward: bool) -> None:
        """The vault gets cash from the bank, or gives some back; two people."""
        form = MoveForm(self.cases.tills.begin(), VAULT, "bank", pieces, inward=inward)

        def move() -> None:
            done = self.cases.tills.fund(form, SENIOR, SENIOR_PIN)
            assert not done.already_saved
            fen = _fen(pieces) if inward else -_fen(pieces)
            self.pencil.move(f"cash:{VAULT}", fen)
            self.pencil.move("funding", -fen)
            again = self.cases.tills.fund(form, SENIOR, SENIOR_PIN)
            assert again.already_saved

        self.or_refused(move)

    @rule(pieces=PIECES, to_vault=st.booleans())
    def send(self, pieces: dict[int, int], to_vault: bool) -> None:
        """A pouch is packed: what is in it is in no till until it is received."""
        origin, target = (DRAWER, VAULT) if to_vault else (VAULT, DRAWER)
        form = MoveForm(self.cases.tills.begin(), origin, target, pieces)

        def move() -> None:
            done = self.cases.tills.send(form, SENIOR, SENIOR_PIN)
            self._note_sent(done, origin, target, _fen(pieces))
            self.old_moves.append(form)

        self.or_refused(move)

    @precondition(lambda self: self.old_moves)
    @rule(place=st.integers(0, 5))
    def press_send_again(self, place: int) -> None:
        """A key press that was on its way for minutes sends nothing twice."""
        form = self.old_moves[place % len(self.old_moves)]
        assert self.cases.tills.send(form, SENIOR, SENIOR_PIN).already_saved

    @precondition(lambda self: self.pouches)
    @rule(place=st.integers(0, 5))
    def receive(self, place: int) -> None:
        """A pouch arrives where it was sent to."""
        number = list(self.pouches)[place % len(self.pouches)]

        self.or_refused(lambda: self.take_in(number))

    def take_in(self, number: str) -> None:
        """What was in it is in the till now."""
        form = self.cases.tills.begin()
        self.cases.pouches.receive(form, number, SENIOR, SENIOR_PIN)
        _, target, fen = self.pouches.pop(number)
        self.pencil.move("transit", -fen)
        self.pencil.move(f"cash:{target}", fen)
        self.arrived.add(number)

    @precondition(lambda self: self.arrived)
    @rule(place=st.integers(0, 5))
    def receive_again(self, place: int) -> None:
        """The same pouch is scanned once more: it was received, and nothing else."""
        number = sorted(self.arrived)[place % len(self.arrived)]
        self.must_refuse(lambda: self.cases.pouches.receive(self.cases.tills.begin(), number))

    @rule()
    def open_the_drawer(self) -> None:
        """空开钱箱: no money moves."""
        form = self.cases.tills.begin()
        checks = self.cases.till_checks
        self.or_refused(lambda: checks.open_drawer(form, "change", SENIOR, SENIOR_PIN))

    @rule(pieces=PIECES)
    def check(self, pieces: dict[int, int]) -> None:
        """查库: what was counted is written down, and settles nothing."""
        form = CheckForm(self.cases.tills.begin(), DRAWER, pieces, self.typed_stock())
        self.or_refused(lambda: self.cases.till_checks.check(form, SENIOR, SENIOR_PIN))

    def _note_sent(self, done: TillDone, origin: str, target: str, fen: int) -> None:
        assert done.pouch not in self.pouches
        assert done.pouch not in self.arrived
        assert Money.parse(done.amount_text).fen == fen
        self.pouches[done.pouch] = (origin, target, fen)
        self.pencil.move(f"cash:{origin}", -fen)
        self.pencil.move("transit", fen)


def _fen(pieces: dict[int, int]) -> int:
    return sum(value * count for value, count in pieces.items())
