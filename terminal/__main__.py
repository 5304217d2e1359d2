"""The command line: ``postal-terminal COMMAND …``."""

from __future__ import annotations

import sys


def main() -> int:
    """Run one command; the process's exit code.

    0 done · 1 refused or something found wrong · 2 wrong usage · 3 the environment is in trouble ·
    4 a bug of ours · 5 nothing found wrong, but what was asked cannot be told.
    """
    if sys.argv[1:2] == ["run"]:
        # The counter's first frame must not wait for the parser of nine commands.
        from terminal.commands.run import main as run

        return run(sys.argv[2:])
    from terminal.commands.line import main as line

    return line(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
