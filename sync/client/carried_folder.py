"""Files that wait in this terminal for somebody to carry them on.

A terminal that is online may bring what another one wrote: the other one's bundles wait here until
the platform has them, the platform's answers until they are written to a stick again.
"""

from __future__ import annotations

import logging
from pathlib import Path

from sync.wire.courier import SUFFIX, Answer, Bundle, read_carried
from sync.wire.refusal import Refusal
from terminal.store.atomic_file import write_atomically

FOLDER = "courier"
REFUSED = ".refused"

_log = logging.getLogger(__name__)


def file_name(carried: Bundle | Answer) -> str:
    """What a file is called: whose entries, which, and whether it is the answer to them."""
    header = carried.header
    kind = ".answer" if isinstance(carried, Answer) else ""
    return f"{header.terminal_id}-{header.first_seq:07}-{header.last_seq:07}{kind}{SUFFIX}"


class CarriedFolder:
    """One kind of waiting files.

    Args:
        home: the terminal's folder.
        name: ``bundles`` or ``answers``.
    """

    def __init__(self, home: Path, name: str) -> None:
        self._folder = home / FOLDER / name

    def keep(self, carried: Bundle | Answer, data: bytes) -> Path:
        """Write a file; one of the same entries is replaced.

        Raises:
            EnvironmentFault: ``file.not_written``.
        """
        path = self._folder / file_name(carried)
        write_atomically(path, data, mode=0o600)
        return path

    def read(self, path: Path) -> Bundle | Answer | None:
        """What a waiting file is; a damaged one is set aside, its writer still has all of it."""
        try:
            return read_carried(path.read_bytes())
        except Refusal as refusal:
            _log.error("%s: %s", path.name, refusal)
            self.refuse(path)
            return None

    def files(self) -> list[Path]:
        """What waits, by name."""
        return sorted(self._folder.glob(f"*{SUFFIX}"))

    def refuse(self, path: Path) -> None:
        """Keep a file that the platform will never take, but do not offer it again."""
        path.rename(path.with_name(path.name + REFUSED))
