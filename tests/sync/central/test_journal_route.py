"""Journals on the platform: stored once, given back, gaps and forgeries refused."""

from __future__ import annotations

import gzip
import hashlib
import json
import time
from typing import Any

import pytest

from sync.wire.messages import MAX_ENTRIES
from sync.wire.signing import parse_ack
from terminal.domain.canonical import canonical_bytes
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import GENESIS_HASH, Entry
from tests.helpers.bare_terminal import CUT, Terminal, error, tasks

PAGE_S = 2.0
"""A page takes as long at the end of a journal as at its start."""


def test_journal_is_stored_once_and_given_back_byte_for_byte(terminal: Terminal) -> None:
    entries = [terminal.add({"order": number, "name": "邮票"}) for number in range(5)]
    assert terminal.ack(terminal.upload(entries[:3])).seq == 3
    ack = terminal.ack(terminal.upload(entries))
    assert (ack.seq, ack.hash, ack.count) == (5, entries[-1].hash, 5)
    held = terminal.call("GET", f"/v1/terminals/{terminal.id}/journal?from_seq=2&limit=2").json()
    assert [Entry.from_wire(entry) for entry in held["entries"]] == entries[1:3]
    assert parse_ack(held["head"], terminal.platform_key).seq == 5


@pytest.mark.parametrize("running", ["sqlite"], indirect=True)
def test_journal_of_ten_thousand_entries_is_given_back_page_by_page(terminal: Terminal) -> None:
    terminal.ack(terminal.upload([terminal.add()]))
    # Ten thousand uploads would test the upload once more: the rest is copied from the first.
    terminal.central.execute(
        "INSERT INTO entries SELECT terminal_id, n, hash, intent_id,"
        " CAST(replace(CAST(wire AS TEXT), '\"seq\":1,', '\"seq\":' || n || ',') AS BLOB)"
        " FROM entries, (WITH RECURSIVE c(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM c"
        f" WHERE n < 10000) SELECT n FROM c) WHERE terminal_id = '{terminal.id}'"
    )
    held: list[int] = []
    slowest_s = 0.0
    while True:
        begun = time.monotonic()
        target = f"/v1/terminals/{terminal.id}/journal?from_seq={len(held) + 1}&limit=9999"
        page = terminal.call("GET", target).json()
        slowest_s = max(slowest_s, time.monotonic() - begun)
        if not page["entries"]:
            break
        assert len(page["entries"]) == MAX_ENTRIES
        held += [entry["seq"] for entry in page["entries"]]
    assert held == list(range(1, 10_001))
    assert parse_ack(page["head"], terminal.platform_key).seq == 1
    assert slowest_s < PAGE_S


def test_head_of_an_empty_journal_is_signed(terminal: Terminal) -> None:
    ack = terminal.ack(terminal.call("GET", f"/v1/terminals/{terminal.id}/head"))
    assert (ack.seq, ack.hash) == (0, GENESIS_HASH)


def test_gap_fork_and_forgery_are_refused_and_the_sound_prefix_stays(terminal: Terminal) -> None:
    first, second, third = terminal.add(), terminal.add(), terminal.add()
    gap = terminal.upload([second])
    assert error(gap) == (409, "journal.gap")
    assert gap.json()["error"]["params"] == {"expected_seq": 1}
    terminal.ack(terminal.upload([first]))
    terminal.entries = [first]
    other = terminal.add({"other": True})
    terminal.ack(terminal.upload([second]))
    assert error(terminal.upload([other])) == (409, "journal.fork")
    broken = third.to_wire() | {"body": {"changed": True}}
    target = f"/v1/terminals/{terminal.id}/journal"
    assert error(terminal.post(target, {"entries": [broken]})) == (422, "journal.bad_hash")
    unsigned = third.to_wire() | {"signature": "0" * 128}
    answer = terminal.post(target, {"entries": [unsigned]})
    assert error(answer) == (422, "journal.bad_signature")
    assert answer.json()["error"]["params"]["seq"] == 3
    assert terminal.ack(terminal.upload([third])).seq == 3
    assert {code for _, code in tasks(terminal)} == {"journal.fork"}


def test_unreadable_facts_become_tasks_and_balanced_ones_sums(terminal: Terminal) -> None:
    def postings(*fen: int) -> dict[str, Any]:
        return {"postings": [{"account": "cash:T02", "fen": amount} for amount in fen]}

    terminal.add({"postings": [*postings(7)["postings"], {"account": "sales:G01", "fen": -7}]})
    strange = terminal.add(kind="moon.landed")
    unbalanced = strange.header() | {
        "seq": 3,
        "intent_id": new_uuid7(),
        "prev_hash": strange.hash,
        "kind": "sale.completed",
        "body": postings(1),
    }
    digest = hashlib.sha256(canonical_bytes(unbalanced)).digest()
    signed = Entry.from_wire(
        unbalanced | {"hash": digest.hex(), "signature": terminal.key.sign(digest).hex()}
    )
    assert terminal.ack(terminal.upload([*terminal.entries, signed])).seq == 3
    assert tasks(terminal) == [(2, "journal.unknown_kind"), (3, "journal.unbalanced")]
    assert terminal.central.books()["accounts"] == {"cash:T02": 7, "sales:G01": -7}


def test_journal_survives_kill_and_lost_answers(terminal: Terminal) -> None:
    central = terminal.central
    entries = [terminal.add() for _ in range(3)]
    central.faults(lose_answer=1)
    with pytest.raises(CUT):
        terminal.upload(entries)
    central.faults()
    central.restart()
    ack = terminal.ack(terminal.upload(entries))
    assert (ack.seq, ack.count) == (3, 3)


BAD_BODIES: list[tuple[bytes, str, tuple[int, str]]] = [
    (b"{", "", (400, "wire.not_json")),
    (b"[" * 100_000, "", (400, "wire.not_json")),
    (b"\xff", "", (400, "wire.not_json")),
    (b"[]", "", (422, "wire.malformed")),
    (b'{"entries": []}', "", (422, "wire.malformed")),
    (b'{"entries": [1]}', "", (422, "wire.malformed")),
    (b'{"entries": [{}]}', "", (422, "journal.malformed")),
    (json.dumps({"entries": [{}] * 501}).encode(), "", (413, "wire.too_many")),
    (b"plain", "gzip", (400, "wire.bad_packing")),
    (gzip.compress(b"{}")[:-9], "gzip", (400, "wire.bad_packing")),
    (gzip.compress(b"0" * 9_000_000), "gzip", (413, "wire.too_large")),
    (b"0" * 9_000_000, "", (413, "wire.too_large")),
    (b"{}", "br", (415, "wire.bad_packing")),
]


def test_bad_bodies_get_clean_errors(terminal: Terminal) -> None:
    for body, packing, expected in BAD_BODIES:
        headers = {"Content_Encoding": packing} if packing else {}
        answer = terminal.call("POST", f"/v1/terminals/{terminal.id}/journal", body, **headers)
        assert error(answer) == expected, body[:20]
