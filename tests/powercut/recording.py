"""The real soak, selling into a home on a disk that remembers."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
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
# ext4 spreads its own superblock and the checksum over it on two sectors and has no defence against
# half of it; a start-up check of the file system is what repairs that. It is not ours to prove.
_FIRST_BLOCK = 4096
JOURNAL_FILES = ("journal.db", "journal.db-wal")
SOAK = ("-m", "terminal", "soak")


@dataclass(frozen=True)
class Recording:
    """A run of the soak as its disk saw it.

    Args:
        base: what was there before the run, all of it durable: the disk, or each file.
        events: what happened, in order.
        whole_first_bytes: the first so many bytes are never torn.
    """

    base: list[bytes]
    events: list[Event]
    whole_first_bytes: int = 0


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
    log, place, image = folder / "events", folder / "disk", folder / "disk.img"
    place.mkdir()
    image.touch()
    voice, mouth = os.pipe()
    try:
        with (
            log_disk([(base, image)], log, voice),
            _opened(image) as descriptor,
            kernel.ext4_mounted(descriptor, place),
        ):
            _sell(place / "home", orders, program, words, mouth, folder / "errors")
    finally:
        os.close(voice)
        os.close(mouth)
    return Recording([base.read_bytes()], list(read_events(log)), _FIRST_BLOCK)


def record_files(
    home: Path, folder: Path, *, orders: int, words: tuple[str, ...] = ()
) -> Recording:
    """The same without a disk: what the soak does to the journal's two files.

    What a file system makes of it is left out, and so is all help it gives: only what was flushed
    of the very file is sure, and nothing is said about the order of the rest. The soak runs twice:
    the first one ends with a checkpoint, the second writes over the log from its start.

    Args:
        home: an enrolled home of its own; it stays as it was.
        folder: an empty folder to work in.
        orders: sales to make each time.
        words: more options for the soak.

    Raises:
        OSError: no right to mount, or no FUSE.
    """
    folder.mkdir()
    log = folder / "events"
    files = [(folder / name, home / name) for name in JOURNAL_FILES]
    for copied, file in files:
        file.touch()
        shutil.copyfile(file, copied)
    voice, mouth = os.pipe()
    try:
        with log_disk(files, log, voice):
            for _ in range(2):
                _sell(home, orders, SOAK, words, mouth, folder / "errors")
    finally:
        os.close(voice)
        os.close(mouth)
    return Recording([copied.read_bytes() for copied, _ in files], list(read_events(log)))


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
def log_disk(files: Sequence[tuple[Path, Path]], log: Path, voice: int) -> Iterator[None]:
    """The log disk at work; ``files`` are pairs of image and mount point."""
    command = [sys.executable, "-m", "tests.powercut.log_disk", str(log), str(voice)]
    command += [str(path) for pair in files for path in pair]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, pass_fds=[voice])
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n", "the disk did not start"
        try:
            yield
        finally:
            for _, mount_point in files:
                kernel.unmount(mount_point)
        assert process.wait(DEADLINE_S) == 0
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()
