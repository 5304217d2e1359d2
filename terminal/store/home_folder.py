"""The home folder is for one account: verifiers of six-digit PINs must not be read by others."""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path

from terminal.domain.errors import EnvironmentFault, UserError

TRAINING_FOLDER = "training"
FOLDER_MODE = 0o700
FILE_MODE = 0o600
_OF_A_PLATFORM = "platform.key"
_OF_A_TERMINAL = ("identity.json", "keys.sealed", "journal.db")


def refuse_platforms_folder(home: Path) -> None:
    """Keep a terminal out of a platform's folder: each would close the other's files to it.

    Raises:
        UserError: ``enrolment.platforms_folder``; nothing was changed.
    """
    if (home / _OF_A_PLATFORM).exists():
        raise UserError("enrolment.platforms_folder", {"folder": str(home)})


def refuse_terminals_folder(home: Path) -> None:
    """Keep a platform out of a terminal's folder.

    Raises:
        UserError: ``platform.terminals_folder``; nothing was changed.
    """
    if any((home / name).exists() for name in _OF_A_TERMINAL):
        raise UserError("platform.terminals_folder", {"folder": str(home)})


def forget_training(home: Path) -> None:
    """Delete the books of practice; nobody has their key any more."""
    # What a disk refuses to delete is unreadable, and is tried again at the next opening.
    shutil.rmtree(home / TRAINING_FOLDER, ignore_errors=True)


def keep_private(home: Path) -> None:
    """Make the folder when it is missing, and close it and its files to other accounts.

    Args:
        home: the terminal's folder. On Windows the rights of the account's own folders do this.

    Raises:
        EnvironmentFault: ``home.not_private`` when the disk refuses.
    """
    try:
        home.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if os.name == "nt":
            return
        _close(home, FOLDER_MODE)
        for path in home.iterdir():
            if path.is_file() and not path.is_symlink():
                _close(path, FILE_MODE)
    except OSError as error:
        hint = f"({error.strerror})"
        raise EnvironmentFault("home.not_private", {"folder": home.name}, hint=hint) from error


def _close(path: Path, mode: int) -> None:
    try:
        open_to_others = stat.S_IMODE(path.stat().st_mode) & ~mode
    except FileNotFoundError:
        return  # an agent at work has just replaced it
    if open_to_others:
        path.chmod(mode)
