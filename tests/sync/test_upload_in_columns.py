"""Long uploads travel as columns where the platform reads them, and as JSON where it does not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sync.client.agent import run_once
from sync.client.journal_reader import JOURNAL_FILE, JournalReader
from sync.wire import packed_journal
from terminal.store.database import open_database
from tests.helpers.enrolled_terminal import (
    EnrolledTerminal,
    RestorablePlatform,
    restorable_platform,
)
from tests.helpers.tampering_proxy import Alter, Passing, tampering_proxy, with_body

JOURNAL = "/journal"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RestorablePlatform]:
    with restorable_platform(tmp_path_factory.mktemp("platform"), demo=True) as running:
        yield running


def test_many_entries_come_in_columns_and_are_held_byte_for_byte(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    terminal.append(60)
    reader = JournalReader(terminal.home / JOURNAL_FILE, terminal.keys.db_key)
    small, large = (
        reader.packed(1, limit=n, max_packed_bytes=1 << 20, in_columns=True) for n in (9, 60)
    )
    reader.close()
    assert small is not None
    assert large is not None
    assert (small.in_columns, large.in_columns) == (False, True)
    assert run_once(terminal.home).code == ""
    assert terminal.confirmed() == terminal.count()
    assert terminal.held() == [entry.to_wire() for entry in terminal.written]


def _without_forms(passing: Passing) -> Passing:
    """A platform of an earlier version."""
    if not passing.path.endswith("/session"):
        return passing
    body = json.loads(passing.body)
    del body["upload_forms"]
    return with_body(passing, json.dumps(body).encode())


def _refusing(code: str, status: int) -> Alter:
    """Refuses the first upload, as one that cannot read it does."""
    seen: list[str] = []

    def alter(passing: Passing) -> Passing:
        if not passing.path.endswith(JOURNAL) or seen:
            return passing
        seen.append(passing.path)
        error = {"error": {"code": code, "params": {}, "retry": False}}
        return replace(with_body(passing, json.dumps(error).encode()), status=status)

    return alter


@pytest.mark.parametrize(
    ("alter", "uploads"),
    [
        (_without_forms, 1),
        (_refusing("wire.malformed", 422), 2),
        (_refusing("wire.bad_packing", 415), 2),
        (_refusing("journal.bad_signature", 422), 2),
    ],
    ids=["earlier version", "malformed", "packing", "misread"],
)
def test_platform_that_does_not_read_columns_gets_json(
    terminal: EnrolledTerminal, platform: RestorablePlatform, alter: Alter, uploads: int
) -> None:
    terminal.append(40)
    with tampering_proxy(platform.url) as proxy, terminal.through(proxy.url):
        proxy.alter = alter
        assert run_once(terminal.home).code == ""
        assert sum(path.endswith(JOURNAL) for path in proxy.seen) == uploads
    assert terminal.confirmed() == terminal.count()
    with terminal.reader() as reader:
        assert list(reader.parked()) == []


def test_entry_changed_on_the_disk_is_refused_in_columns_too(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    terminal.append(40)
    connection = open_database(terminal.home / JOURNAL_FILE, terminal.keys.db_key)
    connection.execute("DROP TRIGGER journal_no_update")
    connection.execute("UPDATE journal SET clerk_id = '0666' WHERE seq = 20")
    connection.close()
    assert run_once(terminal.home).code in ("journal.bad_hash", "journal.bad_signature")
    assert terminal.confirmed() < 20
    assert all(entry["clerk_id"] != "0666" for entry in terminal.held())


def test_unlinked_entries_travel_with_their_own_hashes(
    terminal: EnrolledTerminal, platform: RestorablePlatform
) -> None:
    terminal.append(40)
    connection = open_database(terminal.home / JOURNAL_FILE, terminal.keys.db_key)
    connection.execute("DROP TRIGGER journal_no_update")
    connection.execute("UPDATE journal SET prev_hash = hash WHERE seq = 20")
    connection.close()
    reader = JournalReader(terminal.home / JOURNAL_FILE, terminal.keys.db_key)
    packed = reader.packed(1, limit=40, max_packed_bytes=1 << 20, in_columns=True)
    reader.close()
    assert packed is not None
    assert not packed.in_columns
    assert packed.headers.get("Content-Type") != packed_journal.MEDIA_TYPE
