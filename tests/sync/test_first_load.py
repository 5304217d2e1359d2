"""The first load with the platform's search index: the same as without, and never needed."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sync.central import snapshots
from sync.client.agent import run_once
from tests.helpers.bare_terminal import Terminal, error
from tests.helpers.enrolled_terminal import (
    EnrolledTerminal,
    RestorablePlatform,
    restorable_platform,
)
from tests.helpers.tampering_proxy import Alter, Passing, tampering_proxy, with_body

_INDEX = "/v1/snapshot/index"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestorablePlatform]:
    with restorable_platform(tmp_path_factory.mktemp("platform"), demo=True) as running:
        yield running


@pytest.fixture
def bare(platform: RestorablePlatform) -> Iterator[Terminal]:
    made = Terminal(platform, platform.code(terminal_no=8))
    yield made
    made.session.close()


def _index_kept(platform: RestorablePlatform) -> list[Path]:
    """Index what was served, as a worker does with a big catalogue by itself."""
    kept = list((platform.home / "snapshots").glob("*.gz"))
    for snapshot in kept:
        snapshots.make_index(snapshot)
    return kept


def _load_again(terminal: EnrolledTerminal) -> dict[str, object]:
    """Take the first load anew; what it made."""
    for file in terminal.home.glob("reference*.db*"):
        file.unlink()
    assert run_once(terminal.home).code == ""
    return _made(terminal.home)


def _made(home: Path) -> dict[str, object]:
    book = sqlite3.connect(home / "reference.db")
    query = (
        "SELECT term, docs, postings.id % 4096, bits FROM terms"
        " JOIN postings ON postings.id / 4096 = terms.id ORDER BY 1, 3"
    )
    found: dict[str, object] = {"index": book.execute(query).fetchall()}
    found["items"] = book.execute("SELECT * FROM items ORDER BY id").fetchall()
    found["schema"] = book.execute("SELECT name, sql FROM sqlite_schema ORDER BY 1").fetchall()
    book.close()
    return found


def test_fetched_index_is_the_one_a_terminal_makes(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    with tampering_proxy(platform.url) as proxy, terminal.through(proxy.url):
        assert run_once(terminal.home).code == ""
        here = _made(terminal.home)
        assert not any(_INDEX in path for path in proxy.seen)
        _index_kept(platform)
        there = _load_again(terminal)
        assert sum(_INDEX in path for path in proxy.seen) == 1
    assert here["index"]
    assert there == here
    left = {file.name for file in terminal.home.iterdir() if "snapshot" in file.name}
    assert left == set()


def _at_index(change: Callable[[Passing], Passing]) -> Alter:
    return lambda passing: change(passing) if _INDEX in passing.path else passing


def _another_snapshots(passing: Passing) -> Passing:
    """The header names bytes that the index does not; the snapshot itself stays proven."""
    return replace(passing, headers={**passing.headers, "X-Snapshot-Sha256": "0" * 64})


@pytest.mark.parametrize(
    "change",
    [
        lambda passing: with_body(passing, passing.body[:-1] + b"x"),
        lambda passing: replace(passing, cut_at=100),
        lambda passing: replace(passing, status=404),
        _another_snapshots,
    ],
    ids=["spoiled", "cut", "gone", "unproven"],
)
def test_index_that_does_not_come_whole_and_signed_is_made_here(
    terminal: EnrolledTerminal,
    platform: RestorablePlatform,
    change: Callable[[Passing], Passing],
) -> None:
    run_once(terminal.home)
    here = _made(terminal.home)
    _index_kept(platform)
    with tampering_proxy(platform.url) as proxy, terminal.through(proxy.url):
        proxy.alter = _at_index(change)
        assert _load_again(terminal) == here
        assert any(_INDEX in path for path in proxy.seen)


def test_line_too_thin_for_the_index_is_spared_it(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    def bigger(passing: Passing) -> Passing:
        return replace(passing, headers={**passing.headers, "X-Snapshot-Index": "9" * 12})

    run_once(terminal.home)
    _index_kept(platform)
    with tampering_proxy(platform.url) as proxy, terminal.through(proxy.url):
        proxy.alter = bigger
        _load_again(terminal)
        assert not any(_INDEX in path for path in proxy.seen)


def test_index_belongs_to_one_snapshot_and_is_refused_before_it_is_made(
    terminal: EnrolledTerminal, platform: RestorablePlatform, bare: Terminal
) -> None:
    answer = bare.call("GET", "/v1/snapshot")
    cursor = answer.headers["X-Snapshot-Cursor"]
    for index in (platform.home / "snapshots").glob("*.index"):
        index.unlink()
    assert error(bare.call("GET", f"{_INDEX}?cursor={cursor}")) == (404, "snapshot.no_index")
    assert error(bare.call("GET", f"{_INDEX}?cursor=AAAA")) == (410, "feed.cursor_expired")
    with snapshots._making:
        # One is being made already: this wish is nobody's.
        _index_kept(platform)
    assert error(bare.call("GET", f"{_INDEX}?cursor={cursor}")) == (404, "snapshot.no_index")
    _index_kept(platform)
    assert bare.call("GET", f"{_INDEX}?cursor={cursor}").status_code == 200
    assert int(bare.call("GET", "/v1/snapshot").headers["X-Snapshot-Index"]) > 1000


def test_disk_that_takes_no_index_costs_no_terminal_its_snapshot(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    snapshots.make_index(tmp_path / "nowhere" / "e-1.gz")
    assert "terminals make the index themselves" in caplog.text
    assert snapshots._making.acquire(blocking=False)
    snapshots._making.release()
