"""Replacing a small file so that a power cut leaves the old or the new one, never half of it."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from terminal.domain.errors import EnvironmentFault


def write_atomically(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file durably under its final name.

    Args:
        path: final name; its folder is made when missing.
        data: whole content.
        mode: permission bits of the file, set before the first byte is written.

    Raises:
        EnvironmentFault: ``file.not_written`` when the disk refuses.
    """
    with written_atomically(path, mode=mode) as stream:
        stream.write(data)


@contextmanager
def written_atomically(path: Path, *, mode: int = 0o644) -> Iterator[BinaryIO]:
    """Write a file in pieces; it gets its final name when the block has ended well.

    The bytes are synced before the rename and the folder after it: a rename alone can be lost with
    the power. When the block fails, what stood under the name before still does.

    Args:
        path: final name; its folder is made when missing.
        mode: permission bits of the file, set before the first byte is written.

    Raises:
        EnvironmentFault: ``file.not_written`` when the disk refuses.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(descriptor, "wb") as stream:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise EnvironmentFault("file.not_written", {"file": path.name}, hint=str(error)) from error


def sync_folder(folder: Path) -> None:
    """Make renames and new names in a folder durable.

    Args:
        folder: an existing folder. Windows has no such call and needs none.

    Raises:
        OSError: the disk refused.
    """
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
