"""Starts the program that is in use: the package's own, or one that came as an update.

An update whose counter has never been open has a few starts; when they are used up the program
before it is started again. Knows nothing but the file ``state.json`` (``sync/updates/slots.py``),
so that no update can break the way back. POSTAL_TERMINAL_PROGRAM names another folder.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

PROGRAM = "/var/lib/postal-terminal/program"


def chosen(program: Path, *, starting: bool) -> Path | None:
    """The folder of the program to start; None for the package's own.

    Args:
        program: the folder with the slots and ``state.json``.
        starting: whether the counter is started, which an unconfirmed program may do a few times.
    """
    path = program / "state.json"
    try:
        state = json.loads(path.read_text(encoding="utf-8"))
        slot, left = state["active"], state["starts_left"]
        if slot and starting and not state["confirmed"]:
            if left > 0:
                _write(path, {**state, "starts_left": left - 1})
            else:
                failed = (program / slot / "version").read_text(encoding="utf-8").strip()
                slot = state["previous"]
                back = {"active": slot, "previous": "", "confirmed": True, "starts_left": 0}
                _write(path, {**back, "failed": failed})
    except (OSError, ValueError, KeyError, TypeError):
        return None
    folder = program / slot if slot in ("a", "b") else None
    return folder if folder and (folder / "app" / "terminal").is_dir() else None


def _write(path: Path, state: dict[str, object]) -> None:
    fresh = path.with_suffix(".fresh")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(json.dumps(state) + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def main() -> int:
    """Put the program's folders before the package's and start it."""
    program = Path(os.environ.get("POSTAL_TERMINAL_PROGRAM", PROGRAM))
    folder = chosen(program, starting=sys.argv[1:2] == ["run"])
    if folder:
        sys.path[:0] = [str(folder / part) for part in ("app", "packages")]
    from terminal.__main__ import main as start

    return start()


if __name__ == "__main__":
    sys.exit(main())
