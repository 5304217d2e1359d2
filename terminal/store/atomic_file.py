"""Replacing a small file so that a power cut leaves the old or the new one, never half of it."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from terminal.domain.errors import EnvironmentFault


def write_atomically(path: Path, data: bytes, *, mode: int = 0o644) -> None:
    """Write a file durably under its final name.

    The bytes are synced before the rename and the folder after it: a rename alone can be lost with
    the power.

    Args:
        path: final name; its folder is made when missing.
        data: whole content.
        mode: permission bits of the file, set before the first byte is written.

    Raises:
        EnvironmentFault: ``file.not_written`` when the disk refuses.
    """
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            _write_synced(draft, data, mode)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
        sync_folder(path.parent)
    except OSError as error:
        raise EnvironmentFault("file.not_written", {"file": path.name}, hint=str(error)) from error


def _write_synced(draft: Path, data: bytes, mode: int) -> None:
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


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
