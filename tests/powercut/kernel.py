"""The few Linux calls the standard library lacks: mounting, and a loop device under a mount.

No mount command and no losetup: a thousand cuts would start thousands of processes.
Source: mount(2), umount2(2), loop(4), linux/loop.h.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_libc = ctypes.CDLL(None, use_errno=True)
_MS_NOSUID, _MS_NODEV, _MS_NOATIME = 2, 4, 1024
_MNT_DETACH = 2
_LOOP_CONTROL = "/dev/loop-control"
_LOOP_CONFIGURE = 0x4C0A
_LOOP_GET_FREE = 0x4C82
_AUTOCLEAR = 4
# struct loop_config: fd, block size, then loop_info64 whose flags stand after five u64, two u32 and
# one u32, then its names and keys, then eight reserved u64.
_LOOP_CONFIG = struct.Struct("=II 5Q 3I I 180x 64x")
_UNMOUNT_DEADLINE_S = 20.0


def mount(source: str, target: Path, kind: str, options: str = "") -> None:
    """Mount a file system.

    Raises:
        OSError: what the kernel says; ``EUCLEAN`` or ``EINVAL`` for a damaged one.
    """
    flags = _MS_NOSUID | _MS_NODEV | _MS_NOATIME
    words = (source.encode(), bytes(target), kind.encode())
    if _libc.mount(*words, ctypes.c_ulong(flags), options.encode()):
        raise _failure(str(target))


def unmount(target: Path) -> None:
    """Unmount, after whoever still looks at it has gone; by force when nobody goes.

    Raises:
        OSError: what the kernel says.
    """
    deadline = time.monotonic() + _UNMOUNT_DEADLINE_S
    while _libc.umount2(bytes(target), 0):
        failure = _failure(str(target))
        if failure.errno != errno.EBUSY or time.monotonic() > deadline:
            _libc.umount2(bytes(target), _MNT_DETACH)
            raise failure
        time.sleep(0.01)


@contextmanager
def ext4_mounted(image: int, target: Path) -> Iterator[None]:
    """An ext4 image mounted through a loop device, unmounted (and so written out) at the end.

    Args:
        image: descriptor of the image, readable and writable.
        target: an empty folder.

    Raises:
        OSError: no right to do so, no loop device, or a damaged file system.
    """
    device, name = _attach(image)
    try:
        mount(name, target, "ext4", "nodiscard")
    finally:
        # The mount keeps the device; without one it goes with this descriptor.
        os.close(device)
    try:
        yield
    finally:
        unmount(target)


def _attach(image: int) -> tuple[int, str]:
    config = _LOOP_CONFIG.pack(image, 0, 0, 0, 0, 0, 0, 0, 0, 0, _AUTOCLEAR)
    control = os.open(_LOOP_CONTROL, os.O_RDWR | os.O_CLOEXEC)
    try:
        while True:
            name = f"/dev/loop{fcntl.ioctl(control, _LOOP_GET_FREE)}"
            device = os.open(name, os.O_RDWR | os.O_CLOEXEC)
            try:
                fcntl.ioctl(device, _LOOP_CONFIGURE, config)
            except OSError as problem:
                os.close(device)
                if problem.errno != errno.EBUSY:
                    raise
                # Another test took it in between.
                continue
            return device, name
    finally:
        os.close(control)


def _failure(place: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number), place)
