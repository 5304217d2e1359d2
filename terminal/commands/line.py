"""Parses the command line, runs the command, turns errors into words and exit codes."""

from __future__ import annotations

import argparse
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import NoReturn

from terminal.commands.output import show_error, unexpected
from terminal.domain.errors import BugError, EnvironmentFault, OutletError, UserError

DEFAULT_HOME = Path.home() / ".postal-terminal"
COMMANDS = (
    "run",
    "enrol",
    "platform",
    "demo",
    "sync",
    "journal",
    "mirror",
    "doctor",
    "retire",
    "update",
    "devices",
    "soak",
)


def main(arguments: list[str]) -> int:
    """Run one command.

    Args:
        arguments: everything after the program's name.

    Returns:
        The exit code, see ``terminal.__main__``.
    """
    try:
        options = _parser(arguments).parse_args(arguments)
    except WrongUsageError as error:
        if "--json" not in arguments:
            print(error.usage, end="", file=sys.stderr)
        show_error(error, as_json="--json" in arguments)
        return 2
    try:
        code: int = import_module(f"terminal.commands.{options.command}").execute(options)
    except KeyboardInterrupt:
        return 130
    except Exception as error:  # noqa: BLE001 - the last place that can say it, and it says it all
        known = _known(error)
        if isinstance(known, BugError):
            traceback.print_exc()
        show_error(known, as_json=getattr(options, "json", False))
        return exit_code(known)
    return code


class WrongUsageError(UserError):
    """The words on the command line make no sense.

    Args:
        usage: how the command is used, with a line break at its end.
        reason: what is wrong with these words.
    """

    def __init__(self, usage: str, reason: str) -> None:
        super().__init__("usage.wrong", hint=reason)
        self.usage = usage


class CommandParser(argparse.ArgumentParser):
    """A parser that leaves it to ``main`` how an error is told."""

    def error(self, message: str) -> NoReturn:
        """Tell of wrong usage.

        Raises:
            WrongUsageError: always.
        """
        raise WrongUsageError(self.format_usage(), f"{self.prog}: error: {message}")


def _known(error: Exception) -> OutletError:
    """What went wrong, as one of our errors."""
    if isinstance(error, OutletError):
        return error
    if isinstance(error, OSError):
        # A file that cannot be written, a port that is taken: the environment's trouble.
        return EnvironmentFault("environment.os", retry=False, hint=str(error))
    return unexpected(error)


def exit_code(error: OutletError) -> int:
    """1 refused, 3 environment, 4 bug."""
    if isinstance(error, EnvironmentFault):
        return 3
    return 4 if isinstance(error, BugError) else 1


def _parser(arguments: list[str]) -> argparse.ArgumentParser:
    parser = CommandParser(
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
        sub.add_argument("--home", type=Path, default=DEFAULT_HOME, help=_home_of(name))
        if module is not None:
            module.add_arguments(sub)
    return parser


def _home_of(command: str) -> str:
    if command == "platform":
        return "folder of the platform, never a terminal's; ~/.postal-platform when not given"
    return "folder of the terminal"


SUMMARIES = {
    "run": "open the counter",
    "enrol": "make this machine a terminal with a one-time code",
    "platform": "run the reference platform",
    "demo": "platform, virtual devices and the counter; without a display a guided business day",
    "sync": "upload and download without opening the counter",
    "journal": "verify, export and prove the journal",
    "mirror": "a second copy of the journal: status, check, restore, serve",
    "doctor": "say whether this machine is fit and what to do",
    "retire": "end a terminal's work, or only check that its folder may be left",
    "update": "take a newer program from the publisher or a stick, or go back",
    "devices": "list drivers, decode captured bytes, simulate a device, draw a slip",
    "soak": "sell without a screen, one ACK line for each durable sale",
}
