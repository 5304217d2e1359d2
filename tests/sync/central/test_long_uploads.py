"""Long uploads are stored on their newest signature; every other one is looked at afterwards."""

from __future__ import annotations

import hashlib
import random

import pytest

from sync.central.checking import EACH_UP_TO, check, read_upload, sealed_bytes
from terminal.domain.canonical import canonical_bytes
from terminal.domain.journal import Entry, entry_hash
from terminal.domain.sealed_text import header_text, wire_text
from tests.helpers.bare_terminal import Terminal, error, tasks
from tests.helpers.journal_writer import until
from tests.sync.central.test_metrics_route import scrape

FORGED = "0" * 128
LONG = EACH_UP_TO + 8


def spoilt(entry: Entry) -> Entry:
    return Entry.from_wire({**entry.to_wire(), "signature": FORGED})


def test_a_bad_signature_amid_a_long_upload_becomes_a_task_and_stops_nobody(
    terminal: Terminal,
) -> None:
    entries = [terminal.add() for _ in range(LONG)]
    sent = [*entries[:5], spoilt(entries[5]), *entries[6:]]
    assert terminal.ack(terminal.upload(sent)).seq == LONG
    until(lambda: tasks(terminal), "the audit")
    assert tasks(terminal) == [(6, "journal.bad_signature")]
    until(
        lambda: scrape(terminal.central)["postal_journal_unaudited_entries"] == 0, "the audit's end"
    )


def test_of_a_long_upload_whose_newest_signature_is_bad_the_rest_stays(terminal: Terminal) -> None:
    entries = [terminal.add() for _ in range(LONG)]
    answer = terminal.upload([*entries[:-1], spoilt(entries[-1])])
    assert error(answer) == (422, "journal.bad_signature")
    head = terminal.ack(terminal.call("GET", f"/v1/terminals/{terminal.id}/head"))
    assert head.seq == LONG - 1
    assert terminal.ack(terminal.upload(entries)).seq == LONG


@pytest.mark.parametrize("place", [3, EACH_UP_TO - 1])
def test_of_a_short_upload_every_signature_is_checked_before_it_is_stored(
    terminal: Terminal, place: int
) -> None:
    entries = [terminal.add() for _ in range(EACH_UP_TO)]
    sent = [*entries[:place], spoilt(entries[place]), *entries[place + 1 :]]
    answer = terminal.upload(sent)
    assert error(answer) == (422, "journal.bad_signature")
    head = terminal.ack(terminal.call("GET", f"/v1/terminals/{terminal.id}/head"))
    assert (head.seq, tasks(terminal)) == (place, [])


def test_entries_that_do_not_hang_together_are_each_checked(terminal: Terminal) -> None:
    """The newest signature vouches for nothing that its hash does not reach."""
    key = terminal.key.public_key().public_bytes_raw()
    entries = [terminal.add() for _ in range(LONG)]
    apart = [*entries[:4], spoilt(entries[4]), *entries[6:]]
    batch = check(terminal.id, key, [(entry.to_wire(), "") for entry in apart])
    assert batch.refusal is not None
    assert (batch.refusal.code, len(batch.entries)) == ("journal.bad_signature", 4)


def test_a_head_behind_its_own_entries_books_nothing_twice(terminal: Terminal) -> None:
    lines = [{"account": "cash:H02", "fen": 3}, {"account": "sales:H02", "fen": -3}]
    entries = [terminal.add({"postings": lines}) for _ in range(30)]
    first = entries[0]
    terminal.ack(terminal.upload(entries))
    moved = (
        f"UPDATE terminals SET seq = 1, hash = '{first.hash}' WHERE terminal_id = '{terminal.id}'"
    )
    if (terminal.central.home / "platform.db").exists():
        terminal.central.execute(moved)
        assert terminal.ack(terminal.upload(entries)).seq == 30
        assert terminal.central.books()["accounts"] == {"cash:H02": 90, "sales:H02": -90}


def test_bytes_put_together_from_parts_are_the_canonical_ones(terminal: Terminal) -> None:
    dice = random.Random(5)
    for _ in range(50):
        key = "".join(dice.choice('aé"字\\\x01𝄞z') for _ in range(4))
        entry = terminal.add({key: [key, None, True, dice.randrange(2**53)], "a": {"b": key}})
        header, wire = sealed_bytes(entry)
        assert hashlib.sha256(header).digest() == entry_hash(entry)
        assert wire == canonical_bytes(entry.to_wire())


def as_sent(entries: list[Entry]) -> bytes:
    """An upload as our terminals write it."""
    return b'{"entries":[' + b",".join(canonical_bytes(one.to_wire()) for one in entries) + b"]}"


def test_entries_travel_as_the_bytes_that_were_sealed_and_are_stored_so(terminal: Terminal) -> None:
    entries = [terminal.add({"name": "邮票", "n": number}) for number in range(LONG)]
    body = as_sent(entries)
    sent = read_upload(body)
    assert sent is not None
    assert [row for row, _ in sent] == [entry.to_wire() for entry in entries]
    batch = check(terminal.id, terminal.key.public_key().public_bytes_raw(), sent)
    assert [one.wire for one in batch.entries] == [canonical_bytes(e.to_wire()) for e in entries]
    target = f"/v1/terminals/{terminal.id}/journal"
    assert terminal.ack(terminal.call("POST", target, body)).seq == LONG
    assert terminal.call("GET", target).json()["entries"] == [e.to_wire() for e in entries]


def test_a_text_that_is_not_what_was_sealed_is_refused(terminal: Terminal) -> None:
    entries = [terminal.add({"n": number}) for number in range(LONG)]
    body = as_sent(entries).replace(b'{"n":5}', b'{"n":6}')
    answer = terminal.call("POST", f"/v1/terminals/{terminal.id}/journal", body)
    assert error(answer) == (422, "journal.bad_hash")


def test_a_body_sealed_in_no_canonical_form_is_found_by_the_audit(terminal: Terminal) -> None:
    entries = [terminal.add({"n": number}) for number in range(LONG)]
    odd = entries[-1]
    fields = odd.to_wire()
    header = header_text('{ "n":1}', fields)
    digest = hashlib.sha256(header.encode()).digest()
    fields |= {"hash": digest.hex(), "signature": terminal.key.sign(digest).hex()}
    body = as_sent(entries[:-1])[:-2] + b"," + wire_text('{ "n":1}', fields).encode() + b"]}"
    answer = terminal.call("POST", f"/v1/terminals/{terminal.id}/journal", body)
    assert terminal.ack(answer).seq == LONG
    until(lambda: tasks(terminal), "the audit")
    assert tasks(terminal) == [(LONG, "journal.bad_hash")]


ODD_BODIES = [
    b"",
    b"{}",
    b'{"entries":[]}',
    b'{"entries":[1]}',
    b'{"entries":[{}{}]}',
    b'{"entries":[{},]}',
    b'{"entries":[{"a":1.5}]}',
    b'{"entries":[{"a":NaN}]}',
    b'{"entries":[{"a":1}]]}',
    b'{"entries":[\xff]}',
    b'{"entries":[' + b"[" * 100_000 + b"]}",
    b'{"entries":[' + b",".join([b"{}"] * 501) + b"]}",
]


@pytest.mark.parametrize("body", ODD_BODIES, ids=range(len(ODD_BODIES)))
def test_what_our_terminals_do_not_write_is_read_in_general(body: bytes) -> None:
    assert not read_upload(body)
