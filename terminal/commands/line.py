"""Parses the command line, runs the command, turns errors into words and exit codes."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path

from terminal.commands.output import explain
from terminal.domain.errors import BugError, EnvironmentFault, OutletError

DEFAULT_HOME = Path.home() / ".postal-terminal"
COMMANDS = ("run", "enrol", "platform", "demo", "sync", "journal", "doctor", "devices", "soak")


def main(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: everything after the program's name.

    Returns:
        The exit code, see ``terminal.__main__``.
    """
    options = _parser(arguments).parse_args(arguments)
    try:
        code: int = import_module(f"terminal.commands.{options.command}").execute(options)
    except OutletError as error:
        print(explain(error), file=sys.stderr)
        return exit_code(error)
    except OSError as error:
        # A file that cannot be written, a port that is taken: the environment's trouble.
        print(f"{error} [environment.os]", file=sys.stderr)
        return 3
    except KeyboardInterrupt:
        return 130
    return code


def exit_code(error: OutletError) -> int:
    """1 refused, 3 environment, 4 bug."""
    if isinstance(error, EnvironmentFault):
        return 3
    return 4 if isinstance(error, BugError) else 1


def _parser(arguments: list[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="postal-terminal",
        description="The post-office counter: sell, print, work offline, sync, prove.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    wanted = [name for name in arguments if name in COMMANDS][:1]
    for name in COMMANDS:
        # Only the command that is used pays for its imports; the others need one line of help.
        module = import_module(f"terminal.commands.{name}") if name in wanted else None
        summary = SUMMARIES[name]
        sub = commands.add_parser(name, help=summary, description=summary)
        sub.add_argument("--home", type=Path, default=DEFAULT_HOME, help="folder of the terminal")
        if module is not None:
            module.add_arguments(sub)
    return parser


SUMMARIES = {
    "run": "open the counter",
    "enrol": "make this machine a terminal with a one-time code",
    "platform": "run the reference platform",
    "demo": "platform, virtual devices and the counter; without a display a guided business day",
    "sync": "upload and download without opening the counter",
    "journal": "verify, export and prove the journal",
    "doctor": "say whether this machine is fit and what to do",
    "devices": "list drivers, decode captured bytes, simulate a device, draw a slip",
    "soak": "sell without a screen, one ACK line for each durable sale",
}
