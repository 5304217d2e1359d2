"""Practice over a real home, without the window and the agent's process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from terminal.app.equipment import Equipment, context_of
from terminal.app.usecases import UseCases, make_use_cases
from terminal.domain.training import SECRET
from terminal.practice import TrainingSite


@contextmanager
def practising(home: Path) -> Iterator[tuple[UseCases, Equipment]]:
    """The use cases of practice, unlocked for who began it; thrown away at the end."""
    equipment = TrainingSite(home).open()
    try:
        cases = make_use_cases(context_of(equipment))
        cases.ranges.take_over()
        cases.session.unlock(SECRET)
        yield cases, equipment
    finally:
        equipment.books.close()
        equipment.release()
