"""The power goes at any moment: what was acknowledged is there, and the books are whole."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.outlet import Template
from tests.helpers.soak_run import random_seed
from tests.powercut.events import Event, EventWriter, Flushed, Said, Written, read_events
from tests.powercut.recording import SOAK, Recording, make_base, record
from tests.powercut.recovery import Bench, Verdict, bench
from tests.powercut.replay import SECTOR, crashes, cuts

pytest_plugins = ["tests.helpers.outlet_fixtures"]

CUTS = 110
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


def _judged(
    recording: Recording,
    crashed: Bench,
    number: int,
    *,
    flushes_count: bool = True,
    sell_on_every: int = sys.maxsize,
) -> Iterator[Verdict]:
    chances = random.Random(random_seed())
    moments = cuts(recording, number, chances)
    cut = crashes(recording, moments, chances, flushes_count=flushes_count)
    for turn, crash in enumerate(cut):
        yield crashed.judge(crash, sell_on=turn % sell_on_every == sell_on_every - 1)


def _nothing_lost(recording: Recording, crashed: Bench, number: int) -> None:
    verdicts = list(_judged(recording, crashed, number, sell_on_every=SELL_ON_EVERY))
    assert [v for v in verdicts if v.lost or v.damage] == [], f"POSTAL_SEED={random_seed()}"
    assert len(verdicts) == number


def test_a_hundred_power_cuts_lose_and_damage_nothing(
    formatted: Path, crashed: Bench, tmp_path: Path
) -> None:
    recording = record(formatted, tmp_path / "run", orders=ORDERS)
    assert sum(isinstance(event, Said) for event in recording.events) == ORDERS
    _nothing_lost(recording, crashed, CUTS)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(8))
def test_two_thousand_power_cuts_lose_and_damage_nothing(
    formatted: Path, crashed: Bench, tmp_path: Path, seed: int
) -> None:
    recording = record(formatted, tmp_path / "run", orders=ORDERS, words=("--seed", str(seed)))
    _nothing_lost(recording, crashed, 250)


@pytest.mark.parametrize(
    ("program", "words"),
    [
        pytest.param(SOAK, ("--synchronous", "NORMAL"), id="synchronous=NORMAL"),
        pytest.param((*WEAK, "synchronous=OFF"), (), id="synchronous=OFF"),
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
    verdicts = _judged(recording, crashed, 600)
    assert any(verdict.lost for verdict in verdicts), "no cut lost a sale: the harness is blind"


def test_a_disk_that_only_says_it_flushed_is_caught(
    formatted: Path, crashed: Bench, tmp_path: Path
) -> None:
    recording = record(formatted, tmp_path / "run", orders=20)
    verdicts = list(_judged(recording, crashed, 10, flushes_count=False))
    assert any(verdict.damage for verdict in verdicts)
    assert any(verdict.lost for verdict in verdicts)


def _replayed(
    events: list[Event], moment: int, *, flushes_count: bool = True
) -> tuple[bytes, list[str]]:
    recording = Recording(bytes(64 * SECTOR), events)
    crash = next(crashes(recording, [moment], random.Random(3), flushes_count=flushes_count))
    return bytes(crash.image[8 * SECTOR :]), crash.said


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
    with log.open("wb") as file:
        writer = EventWriter(file)
        writer.written(4096, b"\0\1")
        writer.said("ACK 订单")
        writer.flushed()
    assert list(read_events(log)) == [Written(4096, b"\0\1"), Said("ACK 订单"), Flushed()]
