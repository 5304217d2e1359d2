"""Writing the evidence of a dispute, off the screen's and the store's threads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from ui.common.operation import Operations

if TYPE_CHECKING:
    from terminal.app.carrying import Carrying
    from terminal.app.evidence import Evidence


@dataclass(frozen=True, slots=True)
class Written:
    """Where the file lies: a folder, or the name of a stick."""

    name: str
    place: str
    on_stick: bool


def export_evidence(operations: Operations, till: str, done: Callable[[Written], None]) -> None:
    """Write the evidence onto the first stick, else into the terminal's own folder.

    Args:
        operations: the bridge to the core.
        till: whose newest dispute.
        done: hears where it lies; UI thread. Trouble goes to ``operations.refused``.
    """

    def write(evidence: Evidence) -> None:
        def work(carrying: Carrying) -> Written:
            media = carrying.media()
            stick = media[0] if media else None
            where = carrying.keep(evidence.name, evidence.data, stick)
            place = stick.name if stick else str(PurePath(where).parent)
            return Written(evidence.name, place, bool(stick))

        operations.call(lambda desk, ok, no: desk.carrying.begin(work, ok, no), done)

    operations.run(lambda use: use.cash_ups.evidence(till), write)
