"""Where a second copy is kept: a folder of this machine, and what every such place can do.

Nothing here knows a key or an entry: a place keeps files. ``postal-terminal mirror serve`` offers
the same folder to another machine, ``sync.client.mirror_lan`` reaches it.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Protocol

from sync.client.mirror_records import INDEX, SEGMENT_NAME, look_at
from terminal.domain.errors import EnvironmentFault, UserError
from terminal.store.atomic_file import sync_folder, write_atomically

COPY_NAME: Final = re.compile(r"[0-9A-Z][0-9A-Z.-]{0,39}")
_CODES: Final = {
    errno.ENOSPC: "mirror.full",
    errno.EDQUOT: "mirror.full",
    errno.EFBIG: "mirror.full",
    errno.EROFS: "mirror.read_only",
    errno.EACCES: "mirror.read_only",
    errno.EPERM: "mirror.read_only",
    errno.ENOENT: "mirror.away",
    errno.ENOTDIR: "mirror.away",
    errno.ENODEV: "mirror.away",
    errno.ESTALE: "mirror.away",
}


class MirrorPlace(Protocol):
    """Files of one copy. Every call may be slow and may raise ``EnvironmentFault`` ``mirror.*``."""

    @property
    def name(self) -> str:
        """The place as people are told of it."""
        ...

    def distant(self) -> bool:
        """Whether it is certainly not on the disk of the journal."""
        ...

    def segments(self) -> Sequence[str]:
        """Names of the segments, lowest first."""
        ...

    def look(self, name: str) -> str:
        """How a segment is: ``open``, ``closed`` or ``bad``, see ``mirror_records.look_at``."""
        ...

    def read(self, name: str) -> bytes:
        """A file, empty when there is none."""
        ...

    def append(self, name: str, at: int, data: bytes) -> None:
        """Write behind the first ``at`` bytes, cut off what was there, all of it durably."""
        ...

    def put(self, name: str, data: bytes) -> None:
        """Replace a file durably: a power cut leaves the old or the new one."""
        ...

    def set_aside(self) -> str:
        """Keep what is here under another name and begin afresh; the name."""
        ...


@contextmanager
def place_faults(item: str) -> Iterator[None]:
    """Turn what a disk says into our errors.

    Raises:
        EnvironmentFault: ``mirror.full``, ``mirror.read_only``, ``mirror.away``, ``mirror.disk``.
    """
    try:
        yield
    except EnvironmentFault as fault:
        cause = fault.__cause__
        if not isinstance(cause, OSError):
            raise
        raise _told(cause, item) from fault
    except OSError as error:
        raise _told(error, item) from error


def _told(error: OSError, item: str) -> EnvironmentFault:
    return EnvironmentFault(_CODES.get(error.errno or 0, "mirror.disk"), {"item": item})


def checked_name(name: str) -> str:
    """A file name a copy may have.

    Raises:
        UserError: ``mirror.bad_name``.
    """
    if name != INDEX and not SEGMENT_NAME.fullmatch(name):
        raise UserError("mirror.bad_name", {"item": name})
    return name


class FolderPlace:
    """A folder, on a stick or another disk.

    Args:
        root: it must be there; nothing makes it, so that a stick that was pulled out is not
            replaced by a folder of the machine's own disk.
        copy: whose copy, becomes a folder in it.
        home: the terminal's folder, for telling whether both are on one disk; None where there is
            no journal.
    """

    def __init__(self, root: Path, copy: str, home: Path | None = None) -> None:
        if not COPY_NAME.fullmatch(copy):
            raise UserError("mirror.bad_name", {"item": copy})
        self._root = root
        self._copy = copy
        self._home = home

    @property
    def name(self) -> str:
        """The folder as it was set up."""
        return str(self._root)

    def distant(self) -> bool:
        """See ``MirrorPlace.distant``."""
        with place_faults(self.name):
            return self._home is None or self._root.stat().st_dev != self._home.stat().st_dev

    def segments(self) -> list[str]:
        """See ``MirrorPlace.segments``."""
        with place_faults(self.name):
            if not stat.S_ISDIR(self._root.stat().st_mode):
                raise NotADirectoryError(errno.ENOTDIR, self.name)
            folder = self._folder()
            names = os.listdir(folder) if folder.exists() else []  # noqa: PTH208 - names alone
            return sorted(name for name in names if SEGMENT_NAME.fullmatch(name))

    def look(self, name: str) -> str:
        """See ``MirrorPlace.look``."""
        return look_at(self.read(name))

    def read(self, name: str) -> bytes:
        """See ``MirrorPlace.read``."""
        file = self._folder() / checked_name(name)
        with place_faults(self.name):
            self._root.stat()
            return file.read_bytes() if file.exists() else b""

    def append(self, name: str, at: int, data: bytes) -> None:
        """See ``MirrorPlace.append``."""
        file = self._folder() / checked_name(name)
        with place_faults(self.name):
            self._begin()
            new = not file.exists()
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "wb") as stream:
                stream.truncate(at)
                stream.seek(at)
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
            if new:
                sync_folder(self._folder())

    def put(self, name: str, data: bytes) -> None:
        """See ``MirrorPlace.put``."""
        with place_faults(self.name):
            self._begin()
            write_atomically(self._folder() / checked_name(name), data, mode=0o600)

    def set_aside(self) -> str:
        """See ``MirrorPlace.set_aside``."""
        number = 1
        while (aside := self._root / f"{self._copy}.aside-{number}").exists():
            number += 1
        with place_faults(self.name):
            self._folder().rename(aside)
            sync_folder(self._root)
        return aside.name

    def _folder(self) -> Path:
        return self._root / self._copy

    def _begin(self) -> None:
        if not self._folder().exists():
            # Not its parents: they are the stick.
            self._folder().mkdir(mode=0o700)
            sync_folder(self._root)
