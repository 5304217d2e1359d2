"""``postal-terminal run``: open the counter.

Imports as little as possible before the window stands.
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from terminal.commands.display import has_display, require_display

if TYPE_CHECKING:
    import argparse

    from terminal.app.desk import Desk


def main(arguments: list[str]) -> int:
    """The fast way in: only when nothing needs an explanation."""
    home = _home_of(arguments)
    if home is None or not has_display():
        from terminal.commands.line import main as line

        return line(["run", *arguments])
    return _open(home)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options beside ``--home``."""
    parser.add_argument(
        "--profile", choices=["counter"], default="counter", help="which face to show"
    )


def execute(options: argparse.Namespace) -> int:
    """Open the counter of ``options.home``.

    Raises:
        EnvironmentFault: ``display.missing``.
    """
    require_display()
    return _open(options.home)


def _home_of(arguments: list[str]) -> Path | None:
    """The home folder when the arguments are just ``[--home DIR] [--profile counter]``."""
    pairs = dict(zip(arguments[::2], arguments[1::2], strict=False))
    if len(arguments) % 2 or set(pairs) - {"--home", "--profile"}:
        return None
    if pairs.get("--profile", "counter") != "counter":
        return None
    return Path(pairs["--home"]) if "--home" in pairs else Path.home() / ".postal-terminal"


def _open(home: Path) -> int:
    # Imports leave nothing to collect; the face collects again after its first frame.
    gc.disable()
    from ui.qt_support import leave_sources_alone, use_compiled

    use_compiled()
    leave_sources_alone()
    from ui.run import run_face

    def desk_at_home() -> Desk:
        from terminal.bootstrap import make_desk
        from terminal.commands.update import confirm_program

        desk = make_desk(home)
        desk.on_event(lambda event: confirm_program() if event.kind == "ready" else None)
        return desk

    def training_desk() -> Desk:
        from terminal.practice import make_training_desk

        return make_training_desk(home)

    return run_face(desk_at_home, make_training_desk=training_desk)
