"""The second copy as the engineer and the agent use it: set up, run, asked by commands."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

from sync.client.mirror_lane import MirrorLane
from sync.client.session import Session
from terminal.bootstrap import open_keys
from terminal.commands.line import main as command_line
from tests.helpers.commands import DONE


def set_up(home: Path, **place: str) -> None:
    """What the engineer writes."""
    (home / "devices.json").write_text(json.dumps({"mirror": place}))


def mirror_once(home: Path) -> str:
    """One run of the agent's lane; what it says."""
    keys = open_keys(home)
    session = Session(home, keys)
    lane = MirrorLane(home, keys.db_key, session)
    try:
        lane.run()
        return lane.code
    finally:
        lane.close()
        session.close()


def told(*words: str, home: Path, code: int = DONE) -> str:
    """Run one command in this process; what it prints."""
    printed = io.StringIO()
    with redirect_stdout(printed):
        assert command_line([*words, "--home", str(home)]) == code, printed.getvalue()
    return printed.getvalue()


def said(*words: str, home: Path, code: int = DONE) -> dict[str, Any]:
    """Run one command in this process; its line of JSON."""
    answer: dict[str, Any] = json.loads(told(*words, "--json", home=home, code=code))
    return answer


def export(home: Path) -> list[str]:
    """The journal, line by line."""
    return told("journal", "export", "--jsonl", home=home).splitlines()


def lose_books(home: Path) -> None:
    """The disk's journal is gone; the keys and what the platform said are still there."""
    for file in home.glob("journal.db*"):
        file.unlink()
