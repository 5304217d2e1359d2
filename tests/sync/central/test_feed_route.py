"""Reference data from the platform: a snapshot, then one stream of changes."""

from __future__ import annotations

import gzip
import hashlib
import sqlite3

import requests

from sync.wire.messages import Change, FeedPage
from sync.wire.signing import record_is_signed
from tests.helpers.bare_terminal import Terminal, error


def test_snapshot_then_changes_and_tombstones_in_one_stream(terminal: Terminal) -> None:
    central = terminal.central
    price = {"sku": "A", "level": "", "effective_from": "2026-01-01T00:00:00Z", "fen": 200}
    central.admin("PUT", "/v1/admin/items", {"upsert": [{"sku": "A"}, {"sku": "B"}]})
    central.admin("PUT", "/v1/admin/prices", {"upsert": [price]})
    clerk = {"clerk_id": "0999", "name": "演示", "roles": "[]", "verifier": "x", "level": 1}
    clerk["expires_at"] = "2027-01-01T00:00:00.000Z"
    central.admin("PUT", "/v1/admin/clerks", {"upsert": [clerk]})
    answer = terminal.call("GET", "/v1/snapshot")
    assert hashlib.sha256(answer.content).hexdigest() == answer.headers["X-Snapshot-Sha256"]
    assert terminal.call("GET", "/v1/snapshot").content == answer.content
    book = sqlite3.connect(":memory:")
    book.deserialize(gzip.decompress(answer.content))
    assert book.execute("SELECT sku FROM items ORDER BY sku").fetchall() == [("A",), ("B",)]
    assert book.execute("SELECT fen FROM prices").fetchall() == [(200,)]
    book.close()
    central.admin("PUT", "/v1/admin/items", {"delete": ["A"], "upsert": [{"sku": "C"}]})
    central.admin("PUT", "/v1/admin/clerks", {"upsert": [clerk]})
    cursor, seen, more = answer.headers["X-Snapshot-Cursor"], [], True
    while more:
        page = FeedPage.parse(terminal.call("GET", f"/v1/feeds?cursor={cursor}&limit=1").json())
        seen += [Change.parse(change) for change in page.changes]
        cursor, more = page.cursor, page.more
    assert [(change.feed, change.key) for change in seen] == [
        ("items", "C"),
        ("items", "A"),
        ("clerks", "0999"),
    ]
    assert seen[1].data is None
    assert record_is_signed(seen[2].data or {}, terminal.platform_key)


def test_cursor_of_another_epoch_or_made_up_is_expired(terminal: Terminal) -> None:
    cursor = terminal.call("GET", "/v1/snapshot").headers["X-Snapshot-Cursor"]
    assert terminal.call("GET", f"/v1/feeds?cursor={cursor}").status_code == 200
    for other in ("", "AAAA", cursor[:-3] + "AAA", "é"):
        target = requests.Request("GET", "http://h/v1/feeds", params={"cursor": other}).prepare()
        answer = terminal.call("GET", str(target.path_url))
        assert error(answer) == (410, "feed.cursor_expired")
    terminal.central.admin("POST", "/v1/admin/new-epoch")
    answer = terminal.call("GET", f"/v1/feeds?cursor={cursor}")
    assert error(answer) == (410, "feed.cursor_expired")
    assert answer.headers["X-Server-Epoch"] != terminal.enrolment["server_epoch"]
