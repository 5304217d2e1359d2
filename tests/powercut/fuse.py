"""FUSE file systems of one file each, spoken to the kernel directly: no library, no package.

The mount point is itself the file: the kernel allows a regular file as root. Requests are
answered one at a time, over all files, in the order the kernel sends them, which makes the order of
writes and flushes exact.
Source: linux/fuse.h, protocol 7.31.
"""

from __future__ import annotations

import errno
import os
import select
import stat
import struct
from collections.abc import Callable, Sequence
from enum import IntEnum
from pathlib import Path
from typing import Protocol

from tests.powercut import kernel

_IN = struct.Struct("=IIQQIIIHH")
_OUT = struct.Struct("=IiQ")
_INIT_IN = struct.Struct("=IIII")
_INIT_OUT = struct.Struct("=IIIIHHIIHHI28x")
_SETATTR_IN = struct.Struct("=IIQQ")
_SIZE_IS_SET = 1 << 3
_ATTR_OUT = struct.Struct("=QII 6Q 10I")
_OPEN_OUT = struct.Struct("=QII")
_TRANSFER_IN = struct.Struct("=QQIIQII")
_WRITE_OUT = struct.Struct("=II")
_STATFS_OUT = struct.Struct("=5Q 4I 24x")


class _Op(IntEnum):
    FORGET = 2
    GETATTR = 3
    SETATTR = 4
    OPEN = 14
    READ = 15
    WRITE = 16
    STATFS = 17
    RELEASE = 18
    FSYNC = 20
    FLUSH = 25
    INIT = 26
    INTERRUPT = 36
    DESTROY = 38
    BATCH_FORGET = 42


_SILENT = frozenset({_Op.FORGET, _Op.INTERRUPT, _Op.BATCH_FORGET})
_BIG_WRITES, _MAX_PAGES = 1 << 5, 1 << 22
_PAGES = 256
_MAX_WRITE = _PAGES * 4096
_HOUR_S = 3600


class Store(Protocol):
    """What the file keeps its bytes in."""

    def size(self) -> int:
        """Bytes."""

    def read(self, offset: int, length: int) -> bytes:
        """The bytes there."""

    def write(self, offset: int, data: bytes) -> None:
        """Keep the bytes; they are not durable yet."""

    def resize(self, size: int) -> None:
        """Cut or lengthen the file; not durable yet either."""

    def flush(self) -> None:
        """Everything written so far is durable when this returns."""


def serve(files: Sequence[tuple[Store, Path]], ready: Callable[[], None]) -> None:
    """Mount files and answer until all are unmounted.

    Args:
        files: the bytes, and an existing ordinary file that the mount covers.
        ready: called when the mounts are there.

    Raises:
        OSError: no right to mount, or no /dev/fuse.
    """
    devices = select.poll()
    stores: dict[int, Store] = {}
    try:
        for store, mount_point in files:
            device = os.open("/dev/fuse", os.O_RDWR | os.O_CLOEXEC)
            stores[device] = store
            _mount(device, mount_point)
            devices.register(device, select.POLLIN)
        ready()
        buffer = bytearray(_MAX_WRITE + 4096)
        while stores:
            for device, _ in devices.poll():
                if not _answer_one(device, stores[device], buffer):
                    devices.unregister(device)
                    del stores[device]
                    os.close(device)
    finally:
        for device in stores:
            os.close(device)


def _mount(device: int, mount_point: Path) -> None:
    options = f"fd={device},rootmode={stat.S_IFREG | 0o600:o},user_id={os.getuid()},group_id=0"
    kernel.mount("postal-log-disk", mount_point, "fuse", options)


def _answer_one(device: int, store: Store, buffer: bytearray) -> bool:
    """Answer the next request; False when the file was unmounted."""
    try:
        length = os.readv(device, [buffer])
        _, operation, unique, *_ = _IN.unpack_from(buffer)
        if operation in _SILENT:
            return True
        answer = _answer(store, operation, memoryview(buffer)[_IN.size : length])
        fault = -answer if isinstance(answer, int) else 0
        body = b"" if isinstance(answer, int) else answer
        os.writev(device, [_OUT.pack(_OUT.size + len(body), fault, unique), body])
    except OSError as problem:
        # No entry: whoever asked went away, before we read the question or while we answered.
        if problem.errno not in (errno.ENODEV, errno.ENOENT):
            raise
        return problem.errno == errno.ENOENT
    return True


def _answer(store: Store, operation: int, body: memoryview) -> bytes | int:
    """The answer's bytes, or the error number."""
    match operation:
        case _Op.WRITE:
            _, offset, size, *_ = _TRANSFER_IN.unpack_from(body)
            store.write(offset, bytes(body[_TRANSFER_IN.size : _TRANSFER_IN.size + size]))
            return _WRITE_OUT.pack(size, 0)
        case _Op.READ:
            _, offset, size, *_ = _TRANSFER_IN.unpack_from(body)
            return store.read(offset, size)
        case _Op.FSYNC:
            store.flush()
            return b""
        case _Op.INIT:
            return _initial(body)
        case _Op.SETATTR:
            changed, _, _, size = _SETATTR_IN.unpack_from(body)
            if changed & _SIZE_IS_SET:
                store.resize(size)
            return _attributes(store.size())
        case _Op.GETATTR:
            return _attributes(store.size())
        case _Op.OPEN:
            return _OPEN_OUT.pack(1, 0, 0)
        case _Op.STATFS:
            return _STATFS_OUT.pack(0, 0, 0, 0, 0, 4096, 255, 4096, 0)
        case _Op.RELEASE | _Op.FLUSH | _Op.DESTROY:
            return b""
    # The kernel remembers that an operation is not there and does without.
    return errno.ENOSYS


def _initial(body: memoryview) -> bytes:
    _, _, read_ahead, offered = _INIT_IN.unpack_from(body)
    wanted = offered & (_BIG_WRITES | _MAX_PAGES)
    return _INIT_OUT.pack(7, 31, read_ahead, wanted, 16, 12, _MAX_WRITE, 1, _PAGES, 0, 0)


def _attributes(size: int) -> bytes:
    mode = stat.S_IFREG | 0o600
    times = (0, 0, 0)
    return _ATTR_OUT.pack(
        _HOUR_S, 0, 0, 1, size, size // 512, *times, *times, mode, 1, 0, 0, 0, 4096, 0
    )
