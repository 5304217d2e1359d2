"""The real soak, selling into a home on a disk that remembers."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.powercut import kernel
from tests.powercut.events import Event, read_events

ROOT = Path(__file__).resolve().parents[2]
IMAGE_BYTES = 48 * 2**20
DEADLINE_S = 120.0
_FORMAT = ("mkfs.ext4", "-q", "-F", "-b", "4096", "-m", "0", "-N", "256", "-J", "size=4")
_FORMAT_WHOLE = ("-O", "^resize_inode", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard")
SOAK = ("-m", "terminal", "soak")


@dataclass(frozen=True)
class Recording:
    """A run of the soak as its disk saw it.

    Args:
        base: the image before the run, with an enrolled home in ``home``, all of it durable.
        events: what happened, in order.
    """

    base: bytes
    events: list[Event]


def make_base(home: Path, folder: Path) -> Path:
    """A formatted image that holds a copy of a home.

    Args:
        home: an enrolled home.
        folder: where to work.

    Raises:
        OSError: no right to mount, or no loop device.
    """
    image, place = folder / "base.img", folder / "base"
    with image.open("wb") as file:
        file.truncate(IMAGE_BYTES)
    environment = {**os.environ, "PATH": f"{os.environ['PATH']}:/usr/sbin:/sbin"}
    subprocess.run([*_FORMAT, *_FORMAT_WHOLE, str(image)], check=True, env=environment)
    place.mkdir()
    with _opened(image) as descriptor, kernel.ext4_mounted(descriptor, place):
        subprocess.run(["cp", "-a", str(home), str(place / "home")], check=True)
    return image


def record(
    base: Path,
    folder: Path,
    *,
    orders: int,
    program: tuple[str, ...] = SOAK,
    words: tuple[str, ...] = (),
) -> Recording:
    """Let the soak sell and write down what reaches its disk.

    Args:
        base: from `make_base`.
        folder: an empty folder to work in.
        orders: sales to make.
        program: what to start, after the interpreter's name.
        words: more options for it.

    Raises:
        OSError: no right to mount, or no FUSE.
    """
    folder.mkdir()
    log, place = folder / "events", folder / "disk"
    place.mkdir()
    voice, mouth = os.pipe()
    try:
        with (
            _log_disk(base, folder / "disk.img", log, voice) as image,
            _opened(image) as descriptor,
            kernel.ext4_mounted(descriptor, place),
        ):
            _sell(place / "home", orders, program, words, mouth, folder / "errors")
    finally:
        os.close(voice)
        os.close(mouth)
    return Recording(base.read_bytes(), list(read_events(log)))


def _sell(
    home: Path,
    orders: int,
    program: tuple[str, ...],
    words: tuple[str, ...],
    mouth: int,
    errors: Path,
) -> None:
    command = [sys.executable, *program, "--home", str(home), "--orders", str(orders), *words]
    with errors.open("wb") as err:
        done = subprocess.run(
            command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=mouth, stderr=err,
            timeout=DEADLINE_S, check=False,
        )  # fmt: skip
    assert done.returncode == 0, errors.read_text()


@contextmanager
def _opened(image: Path) -> Iterator[int]:
    descriptor = os.open(image, os.O_RDWR | os.O_CLOEXEC)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


@contextmanager
def _log_disk(base: Path, mount_point: Path, log: Path, voice: int) -> Iterator[Path]:
    mount_point.touch()
    command = [sys.executable, "-m", "tests.powercut.log_disk"]
    command += [str(base), str(mount_point), str(log), str(voice)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, pass_fds=[voice])
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n", "the disk did not start"
        try:
            yield mount_point
        finally:
            kernel.unmount(mount_point)
        assert process.wait(DEADLINE_S) == 0
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
