"""Bundles brought by hand: the bundle proves whose it is, the same intake takes it."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from sync.wire.courier import Answer, read_carried, seal_bundle, verify_answer
from sync.wire.signing import parse_ack
from terminal.domain.journal import Entry
from tests.helpers.bare_terminal import Terminal, error, tasks
from tests.helpers.central import Central


def bundle(terminal: Terminal, entries: list[Entry], **changes: Any) -> bytes:
    keys: dict[str, Any] = {
        "platform_key": terminal.platform_key,
        "vault_key": bytes.fromhex(terminal.enrolment["vault_key"]["key"]),
    }
    return seal_bundle(
        [entry.to_wire() for entry in entries],
        created_at="2026-11-21T09:00:00.000Z",
        signer=terminal.key.sign,
        **(keys | changes),
    )


def bring(carrier: Terminal, data: bytes) -> requests.Response:
    return carrier.post("/v1/courier", {"bundle": base64.b64encode(data).decode()})


def answer(terminal: Terminal, response: requests.Response) -> Answer:
    assert response.status_code == 200, response.text
    read = read_carried(base64.b64decode(response.json()["answer"]))
    assert isinstance(read, Answer)
    verify_answer(read, terminal.platform_key)
    assert parse_ack(read.record["ack"], terminal.platform_key) == read.header.ack
    return read


@pytest.fixture
def carrier(central: Central) -> Iterator[Terminal]:
    made = Terminal(central, central.code(terminal_no=3))
    yield made
    made.session.close()


def test_any_terminal_brings_what_another_one_sealed(terminal: Terminal, carrier: Terminal) -> None:
    entries = [terminal.add({"order": number}) for number in range(5)]
    first = answer(terminal, bring(carrier, bundle(terminal, entries[:3]))).header
    assert (first.code, first.ack.seq, first.ack.hash) == ("", 3, entries[2].hash)
    assert first.ack.terminal_id == terminal.id
    assert terminal.ack(terminal.upload(entries)).count == 5


def test_the_operator_brings_one_with_the_token_and_nobody_without(
    terminal: Terminal, central: Central
) -> None:
    data = bundle(terminal, [terminal.add()])
    body = {"bundle": base64.b64encode(data).decode()}
    url = f"{central.url}/v1/courier"
    post = terminal.session.post
    denied = post(url, json=body, headers={"X-Admin": "guess"}, timeout=10)
    assert error(denied) == (401, "admin.denied")
    assert error(post(url, json=body, timeout=10)) == (401, "request.unsigned")
    taken = post(url, json=body, headers={"X-Admin": central.admin_token}, timeout=10)
    assert answer(terminal, taken).header.ack.seq == 1


def test_a_replayed_or_overlapping_bundle_books_nothing_twice(
    terminal: Terminal, carrier: Terminal, central: Central
) -> None:
    postings = [{"account": "cash:T02", "fen": 500}, {"account": "sales:x", "fen": -500}]
    entries = [terminal.add({"postings": postings}) for _ in range(6)]
    early = bundle(terminal, entries[:4])
    for data in (early, early, bundle(terminal, entries[2:]), bundle(terminal, entries), early):
        assert answer(terminal, bring(carrier, data)).header.code == ""
    assert central.books()["accounts"] == {"cash:T02": 3000, "sales:x": -3000}
    last = answer(terminal, bring(carrier, early)).header
    assert (last.last_seq, last.ack.seq) == (4, 6), "an old bundle is answered with today's head"


def test_a_bundle_that_came_too_early_is_told_what_is_missing(
    terminal: Terminal, carrier: Terminal
) -> None:
    entries = [terminal.add() for _ in range(4)]
    header = answer(terminal, bring(carrier, bundle(terminal, entries[2:]))).header
    assert (header.code, header.params) == ("journal.gap", {"expected_seq": 1})
    assert header.ack.seq == 0
    assert answer(terminal, bring(carrier, bundle(terminal, entries[:2]))).header.code == ""
    assert answer(terminal, bring(carrier, bundle(terminal, entries[2:]))).header.ack.seq == 4


def test_a_second_history_is_a_fork_for_a_person_and_the_first_stays(
    terminal: Terminal, carrier: Terminal
) -> None:
    first = [terminal.add() for _ in range(3)]
    assert answer(terminal, bring(carrier, bundle(terminal, first))).header.code == ""
    terminal.entries = first[:1]
    second = [*first[:1], terminal.add({"note": "other"}), terminal.add()]
    header = answer(terminal, bring(carrier, bundle(terminal, second))).header
    assert (header.code, header.params["seq"]) == ("journal.fork", 2)
    assert header.ack.hash == first[-1].hash
    assert tasks(terminal) == [(2, "journal.fork")]


def test_an_entry_that_was_changed_is_refused_and_the_sound_ones_before_it_stay(
    terminal: Terminal, carrier: Terminal
) -> None:
    entries = [terminal.add() for _ in range(2)]
    wire = [entry.to_wire() for entry in entries]
    wire[1] = {**wire[1], "body": {"changed": True}}
    data = seal_bundle(
        wire,
        created_at="",
        signer=terminal.key.sign,
        platform_key=terminal.platform_key,
        vault_key=bytes.fromhex(terminal.enrolment["vault_key"]["key"]),
    )
    header = answer(terminal, bring(carrier, data)).header
    assert (header.code, header.ack.seq) == ("journal.bad_hash", 1)


def test_more_than_one_upload_holds_goes_in_at_once(terminal: Terminal, carrier: Terminal) -> None:
    entries = [terminal.add() for _ in range(501)]
    header = answer(terminal, bring(carrier, bundle(terminal, entries))).header
    assert (header.code, header.ack.seq) == ("", 501)


def test_a_revoked_terminal_is_told_so_and_nothing_is_stored(
    terminal: Terminal, carrier: Terminal, central: Central
) -> None:
    data = bundle(terminal, [terminal.add()])
    central.faults(revoked=[terminal.id])
    header = answer(terminal, bring(carrier, data)).header
    assert (header.code, header.ack.seq) == ("terminal.revoked", 0)
    central.faults()
    assert answer(terminal, bring(carrier, data)).header.ack.seq == 1


def test_what_is_no_sound_bundle_of_ours_is_refused(terminal: Terminal, carrier: Terminal) -> None:
    entries = [terminal.add()]
    sound = bundle(terminal, entries)
    answered = base64.b64decode(bring(carrier, sound).json()["answer"])
    stranger = bytes(range(32))
    cases = {
        "courier.damaged": sound[:-1],
        "courier.not_a_bundle": b"hello",
        "courier.newer_version": b"PTC9" + sound[4:],
        "courier.other_platform": bundle(terminal, entries, platform_key=stranger),
        "courier.not_opened": bundle(terminal, entries, vault_key=stranger),
    }
    for code, data in cases.items():
        assert error(bring(carrier, data)) == (422, code)
    assert error(bring(carrier, answered)) == (422, "courier.not_a_bundle")
    unknown, terminal.entries = terminal.add(terminal_id="61020303-09-NOBODY"), []
    assert error(bring(carrier, bundle(terminal, [unknown]))) == (422, "courier.unknown_terminal")
    other = carrier.add()
    terminal_of, carrier.key = carrier.key, terminal.key
    forged = bundle(carrier, [other])
    carrier.key = terminal_of
    assert error(bring(carrier, forged)) == (422, "courier.bad_signature")
    for text in ("A", "AAA", "%"):
        assert error(carrier.post("/v1/courier", {"bundle": text})) == (422, "wire.malformed")
