"""What waits written onto a stick, and files of a stick taken at a terminal, for tests."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sync.client.courier import carried_in, outgoing_beside_a_counter
from sync.client.session import Session
from sync.client.taken import Taken
from tests.helpers.enrolled_terminal import (
    EnrolledTerminal,
)
from tests.helpers.journal_writer import wire_text

NOWHERE = "http://127.0.0.1:9"


def write(terminal: EnrolledTerminal, folder: Path) -> Any:
    """Write what waits at a terminal onto a stick."""
    return outgoing_beside_a_counter(terminal.home, terminal.keys).to_folder(folder)


def bring(
    terminal: EnrolledTerminal, files: Sequence[tuple[str, bytes | Path]] | Path, url: str = ""
) -> list[Taken]:
    """Import at a terminal; without ``url`` it reaches nobody."""
    found = carried_in(files) if isinstance(files, Path) else files
    with (
        terminal.through(url or NOWHERE),
        closing(Session(terminal.home, terminal.keys)) as session,
    ):
        if url:
            session.uploader.run(probe=True)
        return session.courier.take(found)


def states(taken: list[Taken]) -> list[str]:
    """What became of each file."""
    return [item.state for item in taken]


def journal_bytes(terminal: EnrolledTerminal) -> list[str]:
    """Every entry a terminal wrote, as the platform has to hold it."""
    return [wire_text(entry) for entry in terminal.written]


def wire_text_of(entry: dict[str, Any]) -> str:
    """An entry the platform holds, to be compared."""
    return json.dumps(entry, sort_keys=True, ensure_ascii=False)
