"""Sealed personal data and attachments at the platform: whole, once, readable, or refused."""

from __future__ import annotations

import threading
import uuid
from hashlib import sha256
from typing import Any

import pytest
import requests

from sync.wire.deposits import (
    CHUNK_BYTES,
    MAX_CHUNK_BYTES,
    MAX_SEALED_ATTACHMENT,
    MAX_SEALED_RECORD,
    AttachmentState,
    packed,
    parse_receipt,
)
from sync.wire.sealed_box import seal
from terminal.domain.vault import (
    ATTACHMENTS,
    VAULT,
    Lane,
    digest_of,
    purpose_of,
    record_content,
)
from tests.helpers.bare_terminal import Terminal, error
from tests.helpers.central import Central


def _sealed(terminal: Terminal, content: bytes, lane: Lane, item: str = "") -> bytes:
    key = bytes.fromhex(terminal.enrolment["vault_key"]["key"])
    return seal(content, key, purpose=purpose_of(lane, terminal.id, item))


def _record(terminal: Terminal, name: str = "甲") -> tuple[str, dict[str, Any]]:
    """A record's name, and what is sent of it."""
    record_id, content = str(uuid.uuid4()), record_content({"name": name}, b"s" * 32)
    sealed = packed(_sealed(terminal, content, VAULT, record_id))
    return record_id, {"digest": digest_of(content), "sealed": sealed}


def _send(terminal: Terminal, record_id: str, body: object) -> requests.Response:
    return terminal.post(f"/v1/terminals/{terminal.id}/vault/{record_id}", body)


def _piece(
    terminal: Terminal, whole: bytes, offset: int = 0, length: int = CHUNK_BYTES, **changes: Any
) -> requests.Response:
    address = changes.pop("address", sha256(whole).hexdigest())
    body = {
        "size": len(whole),
        "offset": offset,
        "data": packed(whole[offset : offset + length]),
        "kind": "support",
        "name": "bundle.zip",
    }
    return terminal.post(f"/v1/terminals/{terminal.id}/attachments/{address}", body | changes)


def _state(terminal: Terminal, address: str) -> AttachmentState:
    answer = terminal.call("GET", f"/v1/terminals/{terminal.id}/attachments/{address}")
    return AttachmentState.parse(answer.json())


def test_record_again_gives_the_same_receipt(terminal: Terminal) -> None:
    record_id, body = _record(terminal)
    first = _send(terminal, record_id, body).json()["receipt"]
    assert _send(terminal, record_id, body).json()["receipt"] == first
    receipt = parse_receipt(first, terminal.platform_key)
    assert (receipt.lane, receipt.item, receipt.terminal_id) == (VAULT, record_id, terminal.id)


def test_records_sent_at_once_by_two_roads_are_one(terminal: Terminal) -> None:
    record_id, body = _record(terminal)
    answers: list[requests.Response] = []
    senders = [
        threading.Thread(target=lambda: answers.append(_send(terminal, record_id, body)))
        for _ in range(4)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.json()["receipt"]["at"] for answer in answers}) == 1


def test_record_the_platform_could_not_use_is_refused(terminal: Terminal) -> None:
    """A receipt lets the terminal erase its only copy."""
    record_id, body = _record(terminal)
    elsewhere, _ = _record(terminal)
    assert error(_send(terminal, elsewhere, body)) == (422, "sealed_box.not_opened")
    wrong = body | {"digest": "0" * 64}
    assert error(_send(terminal, record_id, wrong)) == (422, "vault.bad_digest")
    assert error(_send(terminal, record_id, body | {"sealed": "AAA"})) == (422, "wire.malformed")
    large = body | {"sealed": packed(b"x" * (MAX_SEALED_RECORD + 1))}
    assert error(_send(terminal, record_id, large)) == (413, "vault.too_large")
    assert _send(terminal, record_id, body).status_code == 200
    content = record_content({"name": "乙"}, b"t" * 32)
    other = packed(_sealed(terminal, content, VAULT, record_id))
    changed = {"digest": digest_of(content), "sealed": other}
    assert error(_send(terminal, record_id, changed)) == (409, "vault.other_content")


def test_attachment_comes_in_pieces_and_in_any_order_of_repeats(terminal: Terminal) -> None:
    whole = _sealed(terminal, b"z" * (2 * CHUNK_BYTES), ATTACHMENTS)
    address = sha256(whole).hexdigest()
    assert _state(terminal, address) == AttachmentState(0)
    gap = _piece(terminal, whole, CHUNK_BYTES)
    assert error(gap) == (409, "attachment.gap")
    assert gap.json()["error"]["params"] == {"offset": 0}
    for _ in range(2):
        assert _piece(terminal, whole).json()["offset"] == CHUNK_BYTES
    assert _piece(terminal, whole, CHUNK_BYTES).json()["offset"] == 2 * CHUNK_BYTES
    assert _state(terminal, address) == AttachmentState(2 * CHUNK_BYTES)
    last = _piece(terminal, whole, 2 * CHUNK_BYTES).json()
    receipt = parse_receipt(last["receipt"], terminal.platform_key)
    assert (receipt.sha256, receipt.size) == (address, len(whole))
    assert _state(terminal, address).receipt == receipt
    assert _piece(terminal, whole).json()["receipt"] == last["receipt"]


def test_pieces_that_cannot_be_are_refused(terminal: Terminal) -> None:
    whole = _sealed(terminal, b"z" * CHUNK_BYTES, ATTACHMENTS)
    assert error(_piece(terminal, whole, size=MAX_SEALED_ATTACHMENT + 1))[1] == (
        "attachment.too_large"
    )
    large = packed(b"x" * (MAX_CHUNK_BYTES + 1))
    assert error(_piece(terminal, whole, data=large)) == (413, "attachment.too_large")
    assert error(_piece(terminal, whole, size=4)) == (422, "wire.malformed")
    assert error(_piece(terminal, whole, address="no-hash")) == (422, "wire.malformed")
    assert _piece(terminal, whole, length=4).status_code == 200
    assert error(_piece(terminal, whole, 4, size=5)) == (422, "wire.malformed")


@pytest.mark.parametrize("fits", [True, False])
def test_whole_that_nobody_could_read_leaves_nothing_behind(terminal: Terminal, fits: bool) -> None:
    whole = b"not a sealed box" + terminal.id.encode()
    address = sha256(whole).hexdigest() if fits else "0" * 64
    code = "sealed_box.not_opened" if fits else "attachment.bad_hash"
    for _ in range(2):
        assert error(_piece(terminal, whole, address=address)) == (422, code)
    assert _state(terminal, address) == AttachmentState(0)


def test_operator_reads_what_is_whole(central: Central, terminal: Terminal) -> None:
    whole = _sealed(terminal, b"for support", ATTACHMENTS)
    address = sha256(whole).hexdigest()
    door = f"/v1/admin/attachments/{terminal.id}/{address}/content"
    headers = {"X-Admin": central.admin_token}
    assert _piece(terminal, whole, length=8).status_code == 200
    not_yet = terminal.session.get(central.url + door, headers=headers, timeout=10)
    assert error(not_yet) == (404, "attachment.not_found")
    rows = central.admin("GET", "/v1/admin/attachments")["attachments"]
    (row,) = (row for row in rows if row["address"] == address)
    assert (row["held"], row["at"], row["name"]) == (8, "", "bundle.zip")
    assert _piece(terminal, whole, 8).status_code == 200
    content = terminal.session.get(central.url + door, headers=headers, timeout=10)
    assert content.content == b"for support"
    assert error(terminal.session.get(central.url + door, timeout=10)) == (401, "admin.denied")


def test_another_terminals_things_are_nobody_elses(central: Central, terminal: Terminal) -> None:
    other = Terminal(central, central.code())
    record_id, body = _record(terminal)
    target = f"/v1/terminals/{terminal.id}/vault/{record_id}"
    assert error(other.post(target, body)) == (403, "terminal.other")
    other.session.close()
