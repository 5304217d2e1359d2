"""The power goes at any moment: what was acknowledged is there, and the books are whole."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.outlet import Template
from tests.helpers.soak_run import random_seed
from tests.powercut.events import Event, EventWriter, Flushed, Resized, Said, Written, read_events
from tests.powercut.recording import SOAK, Recording, make_base, record, record_files
from tests.powercut.recovery import Bench, Verdict, bench
from tests.powercut.replay import SECTOR, Crash, crashes, cuts

pytest_plugins = ["tests.helpers.outlet_fixtures"]

CUTS = 110
FILE_CUTS = 200
FILE_ORDERS = 25
# Past the soak's checkpoint, so that cuts meet one at work and a log that is written over again.
ORDERS = 215
WEAK = ("-m", "tests.powercut.weak_soak")
SELL_ON_EVERY = 40


@pytest.fixture(scope="session")
def formatted(outlet_template: Template, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An ext4 image with an enrolled home; skips where this machine cannot cut power."""
    if not Path("/dev/fuse").exists():
        pytest.skip("no power cuts here: /dev/fuse is missing")
    try:
        return make_base(outlet_template.home, tmp_path_factory.mktemp("power-cut"))
    except (PermissionError, FileNotFoundError) as problem:
        pytest.skip(f"no power cuts here: they need root, mkfs.ext4 and loop devices ({problem})")


@pytest.fixture
def crashed(tmp_path: Path) -> Iterator[Bench]:
    """Where crashed disks are looked at."""
    with bench(tmp_path) as made:
        yield made


def _crashes(recording: Recording, number: int, *, flushes_count: bool = True) -> Iterator[Crash]:
    chances = random.Random(random_seed())
    moments = cuts(recording, number, chances)
    return crashes(recording, moments, chances, flushes_count=flushes_count)


def _judged(recording: Recording, crashed: Bench, number: int) -> Iterator[Verdict]:
    for turn, crash in enumerate(_crashes(recording, number), 1):
        yield crashed.judge(crash, sell_on=turn % SELL_ON_EVERY == 0)


def _nothing_lost(recording: Recording, verdicts: list[Verdict], number: int) -> None:
    assert sum(isinstance(event, Said) for event in recording.events) > 0
    assert [v for v in verdicts if v.lost or v.damage] == [], f"POSTAL_SEED={random_seed()}"
    assert len(verdicts) == number


def test_a_hundred_power_cuts_lose_and_damage_nothing(
    formatted: Path, crashed: Bench, tmp_path: Path
) -> None:
    recording = record(formatted, tmp_path / "run", orders=ORDERS)
    _nothing_lost(recording, list(_judged(recording, crashed, CUTS)), CUTS)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(8))
def test_two_thousand_power_cuts_lose_and_damage_nothing(
    formatted: Path, crashed: Bench, tmp_path: Path, seed: int
) -> None:
    recording = record(formatted, tmp_path / "run", orders=ORDERS, words=("--seed", str(seed)))
    _nothing_lost(recording, list(_judged(recording, crashed, 250)), 250)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        pytest.param(SOAK, ("--synchronous", "NORMAL"), id="synchronous=NORMAL"),
        pytest.param(SOAK, ("--synchronous", "OFF"), id="synchronous=OFF"),
        pytest.param(
            (*WEAK, "journal_mode=DELETE"), (), id="journal_mode=DELETE", marks=pytest.mark.soak
        ),
    ],
)
def test_books_that_write_less_carefully_are_caught_losing_sales(
    formatted: Path,
    crashed: Bench,
    tmp_path: Path,
    program: tuple[str, ...],
    words: tuple[str, ...],
) -> None:
    recording = record(formatted, tmp_path / "run", orders=40, program=program, words=words)
    verdicts = (crashed.judge(crash) for crash in _crashes(recording, 600))
    assert any(verdict.lost for verdict in verdicts), "no cut lost a sale: the harness is blind"


def test_a_disk_that_only_says_it_flushed_is_caught(
    formatted: Path, crashed: Bench, tmp_path: Path
) -> None:
    recording = record(formatted, tmp_path / "run", orders=20)
    cut = _crashes(recording, 10, flushes_count=False)
    verdicts = [crashed.judge(crash) for crash in cut]
    assert any(verdict.damage for verdict in verdicts)
    assert any(verdict.lost for verdict in verdicts)


@pytest.fixture
def selling(formatted: Path, outlet_template: Template, tmp_path: Path) -> Path:
    """A home of its own, on a machine that can mount."""
    assert formatted.exists()
    return outlet_template.copy_home(tmp_path / "selling")


def test_cuts_between_the_journals_own_files_lose_and_damage_nothing(
    selling: Path, crashed: Bench, tmp_path: Path
) -> None:
    _files_survive(selling, crashed, tmp_path, FILE_CUTS, seed=1)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(8))
def test_ten_thousand_cuts_between_the_journals_own_files_lose_and_damage_nothing(
    selling: Path, crashed: Bench, tmp_path: Path, seed: int
) -> None:
    _files_survive(selling, crashed, tmp_path, 1_250, seed=seed)


def _files_survive(home: Path, crashed: Bench, folder: Path, number: int, *, seed: int) -> None:
    words = ("--seed", str(seed))
    recording = record_files(home, folder / "run", orders=FILE_ORDERS, words=words)
    verdicts = [crashed.judge_files(home, crash) for crash in _crashes(recording, number)]
    _nothing_lost(recording, verdicts, number)


@pytest.mark.parametrize("synchronous", ["NORMAL", "OFF"])
def test_careless_writing_of_the_files_is_caught(
    selling: Path, crashed: Bench, tmp_path: Path, synchronous: str
) -> None:
    words = ("--synchronous", synchronous)
    recording = record_files(selling, tmp_path / "run", orders=FILE_ORDERS, words=words)
    verdicts = [crashed.judge_files(selling, crash) for crash in _crashes(recording, 40)]
    assert any(verdict.lost for verdict in verdicts)
    if synchronous == "NORMAL":
        # It loses the end, but never tears the middle; OFF may do both, by chance.
        assert not any(verdict.damage for verdict in verdicts)


def _replayed(
    events: list[Event], moment: int, *, flushes_count: bool = True
) -> tuple[bytes, list[str]]:
    recording = Recording([bytes(64 * SECTOR)], events)
    crash = next(crashes(recording, [moment], random.Random(3), flushes_count=flushes_count))
    return bytes(crash.images[0][8 * SECTOR :]), crash.said


def test_what_was_flushed_survives_and_what_was_not_is_torn_by_sectors() -> None:
    firm, loose = b"F" * 8 * SECTOR, b"L" * 24 * SECTOR
    events: list[Event] = [
        Written(8 * SECTOR, firm),
        Flushed(),
        Said("sold"),
        Written(8 * SECTOR, loose),
        Said("no"),
    ]
    image, said = _replayed(events, 4)
    assert said == ["sold"]
    sectors = [image[at : at + SECTOR] for at in range(0, len(image), SECTOR)]
    whole = {bytes([letter]) * SECTOR for letter in b"FL\0"}
    assert set(sectors) == whole
    assert {sectors[at] for at in range(8)} == {b"F" * SECTOR, b"L" * SECTOR}
    before, _ = _replayed(events, 2)
    assert before == firm + bytes(48 * SECTOR)
    doubtful, _ = _replayed(events, 2, flushes_count=False)
    assert doubtful != before


def test_events_come_back_as_they_were_written(tmp_path: Path) -> None:
    log = tmp_path / "events"
    events: list[Event] = [Written(4096, b"\0\1", 1), Resized(7, 1), Said("ACK 订单"), Flushed(1)]
    with log.open("wb") as file:
        writer = EventWriter(file)
        for event in events:
            writer.add(event)
    assert list(read_events(log)) == events
