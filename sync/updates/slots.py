"""Two places for programs beside the installed one: the next is laid down while this one works.

The folder ``program`` has ``a`` and ``b``, each a whole program, and ``state.json``, which says
which one is started; ``""`` stands for the program of the package. A program that was put in use
is on trial until its counter was open once; the launcher (``installer/debian/launcher.py``)
counts its starts and goes back to the one before when they are used up. Books are in neither.
"""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from terminal.domain.errors import EnvironmentFault, PlatformRejection, UserError
from terminal.domain.release import PROGRAM_STATE, Release

VERSION_FILE = "version"
STARTS = 3
"""How often a new program may be started without its counter coming to open."""
MOST_BYTES = 600 * 1024 * 1024
"""Most that a program may take when it is unpacked."""
_SLOTS = ("a", "b")


@dataclass(frozen=True, slots=True)
class SlotState:
    """Which program is started.

    Args:
        active: its slot; ``""`` for the program of the package.
        previous: the slot to go back to.
        confirmed: whether the counter of the active one has been open.
        starts_left: starts it still has while it is not confirmed.
        failed: the version that was left again, "" for none; it is not taken a second time.
    """

    active: str = ""
    previous: str = ""
    confirmed: bool = True
    starts_left: int = 0
    failed: str = ""


class Slots:
    """The folder of programs.

    Args:
        program: the folder; made when the first program is laid down.
        packaged: version of the package's own program.
    """

    def __init__(self, program: Path, packaged: str) -> None:
        self._program = program
        self._packaged = packaged

    @property
    def state(self) -> SlotState:
        """What is in use; the package's program when nothing is written or it cannot be read."""
        try:
            said = json.loads((self._program / PROGRAM_STATE).read_text(encoding="utf-8"))
            state = SlotState(**said)
        except (OSError, ValueError, TypeError):
            return SlotState()
        return state if {state.active, state.previous} <= {"", *_SLOTS} else SlotState()

    @property
    def version(self) -> str:
        """Version of the program in use."""
        return self.version_of(self.state.active)

    def version_of(self, slot: str) -> str:
        """Version of the program in a slot; "" when there is none."""
        if not slot:
            return self._packaged
        try:
            return (self._program / slot / VERSION_FILE).read_text(encoding="utf-8").strip()
        except OSError:
            return ""

    def folder(self, slot: str) -> Path:
        """Where the program of a slot lies."""
        return self._program / slot

    def lay_down(self, release: Release, archive: Path) -> str:
        """Unpack a program into the slot that is not in use.

        Nothing is started from there until ``put_in_use``.

        Returns:
            The slot.

        Raises:
            PlatformRejection: ``update.unpacked_badly`` for an archive that is none, that reaches
                outside its folder, or that is too large.
            EnvironmentFault: ``update.no_room``.
        """
        state = self.state
        slot = "b" if state.active == "a" else "a"
        if state.previous == slot:
            # There is no way back to a program that is being replaced.
            self._write(replace(state, previous=""))
        fresh = self._program / f"{slot}.fresh"
        for stale in (fresh, self._program / slot):
            shutil.rmtree(stale, ignore_errors=True)
        try:
            fresh.mkdir(parents=True)
            _unpack(archive, fresh)
            (fresh / VERSION_FILE).write_text(release.version + "\n", encoding="utf-8")
            fresh.rename(self._program / slot)
        except (tarfile.TarError, EOFError, ValueError) as error:
            shutil.rmtree(fresh, ignore_errors=True)
            raise PlatformRejection("update.unpacked_badly", hint=str(error)) from error
        except OSError as error:
            shutil.rmtree(fresh, ignore_errors=True)
            raise EnvironmentFault("update.no_room", hint=str(error)) from error
        return slot

    def put_in_use(self, slot: str) -> None:
        """Start this program from now on; the one before stays for going back."""
        self._write(SlotState(slot, self.state.active, confirmed=False, starts_left=STARTS))

    def confirm(self) -> bool:
        """The counter of the program in use is open: it stays.

        Returns:
            Whether it had not been confirmed yet.
        """
        state = self.state
        if state.confirmed:
            return False
        self._write(SlotState(state.active, state.previous))
        return True

    def go_back(self) -> str:
        """Start the program before again.

        Returns:
            Its version.

        Raises:
            UserError: ``update.nothing_before``.
        """
        state = self.state
        if not state.active:
            raise UserError("update.nothing_before")
        self._write(SlotState(state.previous, failed=self.version_of(state.active)))
        return self.version_of(state.previous)

    def _write(self, state: SlotState) -> None:
        path = self._program / PROGRAM_STATE
        fresh = path.with_suffix(".fresh")
        with fresh.open("w", encoding="utf-8") as file:
            file.write(json.dumps(asdict(state)) + "\n")
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
        folder = os.open(self._program, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _unpack(archive: Path, folder: Path) -> None:
    """Unpack files and folders only, inside the folder only, and not more than fits a program."""
    total = 0
    with tarfile.open(archive, "r:gz") as tar:
        for member in tar:
            total += member.size
            if not (member.isfile() or member.isdir()) or total > MOST_BYTES:
                raise ValueError(f"{member.name} has no place in a program")
            tar.extract(member, folder, filter="data")
    if not (folder / "app" / "terminal").is_dir():
        raise ValueError("there is no program in it")
