"""Sealing, reading and checking single entries, short chains and receipt proofs."""

from __future__ import annotations

import math
import subprocess
import sys
from typing import Any

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from terminal.domain import journal, proof
from terminal.domain.canonical import MAX_DEPTH, MAX_SAFE_INTEGER, Json, JsonObject, canonical_bytes
from terminal.domain.errors import BugError, EnvironmentFault
from terminal.domain.journal import ChainHead, Entry, EntryDraft

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
QR_ALPHABET = set("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


def intent(number: int) -> str:
    return f"01890a5d-ac96-774b-bcce-{number:012x}"


def draft(number: int = 1, body: JsonObject | None = None) -> EntryDraft:
    return EntryDraft("sale.completed", intent(number), "2026-11-21", "0312", body or {"order": 1})


def seal(change: EntryDraft | None = None, **overrides: Any) -> Entry:
    place: dict[str, Any] = {
        "terminal_id": "61020303-T02",
        "epoch": 1,
        "seq": 1,
        "recorded_at": "2026-11-21T08:30:00.123Z",
        "prev_hash": journal.GENESIS_HASH,
        "signer": KEY.sign,
    }
    return journal.seal(change or draft(), **(place | overrides))


def _recovery(last: Entry) -> EntryDraft:
    body: JsonObject = {"old_epoch": last.epoch, "old_seq": last.seq, "old_hash": last.hash}
    return EntryDraft("terminal.recovered", intent(2), "2026-11-21", "", body)


def chain(length: int) -> list[Entry]:
    entries: list[Entry] = []
    for seq in range(1, length + 1):
        prev = entries[-1].hash if entries else journal.GENESIS_HASH
        entries.append(seal(draft(seq), seq=seq, prev_hash=prev))
    return entries


def forged(entry: Entry, **changes: Any) -> Entry:
    """The entry with other fields, hashed and signed again with the terminal's own key."""
    header = entry.header() | changes
    digest = journal.entry_hash(Entry(**header, hash="", signature=""))
    return Entry(**header, hash=digest.hex(), signature=KEY.sign(digest).hex())


class TestCanonical:
    @pytest.mark.parametrize(
        "value",
        [
            {"b": 1, "a": [True, None, "é\n\u0007\u2028"], "": {}},
            {"\u20ac": 1, "\U0001f600": 2, "\ufb33": 3, "1": 4},
            MAX_SAFE_INTEGER,
            -MAX_SAFE_INTEGER,
        ],
    )
    def test_bytes_are_those_of_rfc_8785(self, value: Json) -> None:
        assert canonical_bytes(value) == rfc8785.dumps(value)

    def test_key_order_follows_utf16_units(self) -> None:
        keys = "".join(chr(point) for point in (0x1F600, 0xFB33))
        value: JsonObject = {keys[1]: 1, keys[0]: 2}
        assert canonical_bytes(value) == f'{{"{keys[0]}":2,"{keys[1]}":1}}'.encode()

    @pytest.mark.parametrize(
        "value",
        [
            1.0,
            math.nan,
            MAX_SAFE_INTEGER + 1,
            -MAX_SAFE_INTEGER - 1,
            (1, 2),
            {"a": {"b": [0.5]}},
            {1: "a"},
            "\ud800",
            {"\ud800": 1},
            b"bytes",
        ],
    )
    def test_what_json_cannot_keep_exact_is_refused(self, value: Any) -> None:
        with pytest.raises(BugError) as refused:
            canonical_bytes(value)
        assert refused.value.code == "journal.not_canonical"

    def test_nesting_deeper_than_the_bound_is_refused(self) -> None:
        value: Json = 1
        for _ in range(MAX_DEPTH):
            value = [value]
        assert canonical_bytes(value).startswith(b"[[")
        with pytest.raises(BugError):
            canonical_bytes([value])


class TestSealing:
    def test_sealed_entry_verifies_and_round_trips(self) -> None:
        entry = seal()
        journal.verify_entry(entry, PUBLIC)
        assert Entry.from_wire(entry.to_wire()) == entry
        assert set(entry.to_wire()) == set(entry.header()) | {"hash", "signature"}
        assert len(entry.header()) == 11

    @pytest.mark.parametrize(
        ("field", "overrides"),
        [
            ("terminal_id", {"terminal_id": "lower"}),
            ("epoch", {"epoch": 0}),
            ("seq", {"seq": True}),
            ("seq", {"seq": MAX_SAFE_INTEGER + 1}),
            ("recorded_at", {"recorded_at": "2026-11-21T08:30:00Z"}),
            ("recorded_at", {"recorded_at": "2026-02-30T08:30:00.000Z"}),
            ("prev_hash", {"prev_hash": "00"}),
            ("kind", {"change": EntryDraft("Sale", intent(1), "2026-11-21", "", {})}),
            ("intent_id", {"change": EntryDraft("sale.completed", "1", "2026-11-21", "", {})}),
            (
                "business_date",
                {"change": EntryDraft("sale.completed", intent(1), "2026-13-01", "", {})},
            ),
            (
                "clerk_id",
                {"change": EntryDraft("sale.completed", intent(1), "2026-11-21", "a b", {})},
            ),
        ],
    )
    def test_misshapen_fact_is_never_signed(self, field: str, overrides: dict[str, Any]) -> None:
        def never(_digest: bytes) -> bytes:
            pytest.fail("signed")

        with pytest.raises(BugError) as refused:
            seal(**(overrides | {"signer": never}))
        assert refused.value.code == "journal.malformed"
        assert refused.value.params == {"field": field}

    def test_unbalanced_value_is_never_sealed(self) -> None:
        body: JsonObject = {"postings": [{"account": "cash:T02", "fen": 1}]}
        with pytest.raises(BugError) as refused:
            seal(draft(1, body))
        assert refused.value.code == "ledger.unbalanced"

    def test_reading_entries_does_not_load_the_crypto_library(self) -> None:
        code = "import sys, terminal.domain.journal; print('cryptography' in sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
        assert done.stdout.strip() == b"False"


class TestReading:
    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("terminal_id", 5),
            ("terminal_id", "A" * 41),
            ("epoch", 1.0),
            ("seq", "1"),
            ("version", None),
            ("body", []),
            ("hash", "A" * 64),
            ("signature", ""),
            ("prev_hash", None),
        ],
    )
    def test_wrong_shape_names_the_field(self, field: str, value: Json) -> None:
        with pytest.raises(EnvironmentFault) as refused:
            Entry.from_wire(seal().to_wire() | {field: value})
        assert refused.value.code == "journal.malformed"
        assert refused.value.params == {"field": field}
        assert not refused.value.retry

    def test_missing_and_unknown_fields_are_refused(self) -> None:
        wire = seal().to_wire()
        with pytest.raises(EnvironmentFault) as unknown:
            Entry.from_wire(wire | {"note": "outside the hash"})
        assert unknown.value.params == {"field": "unknown"}
        del wire["seq"]
        with pytest.raises(EnvironmentFault) as missing:
            Entry.from_wire(wire)
        assert missing.value.params == {"field": "seq"}

    def test_changed_body_is_a_bad_hash_and_foreign_key_a_bad_signature(self) -> None:
        entry = Entry.from_wire(seal().to_wire() | {"body": {"order": 2}})
        with pytest.raises(EnvironmentFault) as changed:
            journal.verify_entry(entry, PUBLIC)
        assert changed.value.code == "journal.bad_hash"
        with pytest.raises(EnvironmentFault) as foreign:
            journal.verify_entry(
                seal(), Ed25519PrivateKey.generate().public_key().public_bytes_raw()
            )
        assert foreign.value.code == "journal.bad_signature"
        assert foreign.value.params == {"seq": 1}

    def test_body_that_was_never_canonical_is_a_bad_hash(self) -> None:
        inexact: dict[str, Any] = {"body": {"fen": 0.1}}
        entry = Entry.from_wire(seal().to_wire() | inexact)
        with pytest.raises(EnvironmentFault) as refused:
            journal.verify_entry(entry, PUBLIC)
        assert refused.value.code == "journal.bad_hash"

    def test_key_of_wrong_length_is_named(self) -> None:
        with pytest.raises(EnvironmentFault) as refused:
            journal.verify_entry(seal(), b"short")
        assert refused.value.code == "journal.bad_public_key"


class TestChain:
    def test_sound_chain_ends_at_its_head(self) -> None:
        entries = chain(5)
        report = journal.verify_chain(entries, PUBLIC)
        assert report.sound
        assert report.bad_seq is None
        assert report.count == 5
        assert report.head == ChainHead(1, 5, entries[-1].hash)

    def test_empty_journal_is_sound(self) -> None:
        assert journal.verify_chain([], PUBLIC).head == ChainHead()

    def test_checking_can_start_in_the_middle(self) -> None:
        entries = chain(5)
        start = ChainHead(1, 2, entries[1].hash)
        assert journal.verify_chain(entries[2:], PUBLIC, start=start).count == 3
        assert journal.verify_chain(entries[3:], PUBLIC, start=start).reason == "gap"

    def test_new_epoch_continues_the_numbers_and_never_falls(self) -> None:
        first = seal()
        second = seal(_recovery(first), epoch=2, seq=2, prev_hash=first.hash)
        third = seal(draft(3), epoch=1, seq=3, prev_hash=second.hash)
        assert journal.verify_chain([first, second], PUBLIC).head.epoch == 2
        report = journal.verify_chain([first, second, third], PUBLIC)
        assert (report.bad_seq, report.reason, report.count) == (3, "broken_link", 2)

    def test_new_epoch_has_to_say_where_the_old_one_ended(self) -> None:
        first = seal()
        other = seal(draft(7))
        for change in (draft(2), _recovery(other)):
            second = seal(change, epoch=2, seq=2, prev_hash=first.hash)
            report = journal.verify_chain([first, second], PUBLIC)
            assert (report.bad_seq, report.reason, report.count) == (2, "bad_epoch", 1)

    @pytest.mark.parametrize(
        ("reason", "changes"),
        [
            ("gap", {"seq": 9}),
            ("broken_link", {"prev_hash": "1" * 64}),
            ("broken_link", {"terminal_id": "OTHER"}),
            ("duplicate_intent", {"intent_id": intent(1)}),
            ("unbalanced", {"body": {"postings": [{"account": "rounding", "fen": 1}]}}),
            ("unbalanced", {"body": {"postings": 1}}),
        ],
    )
    def test_break_made_with_the_right_key_is_found(
        self, reason: str, changes: dict[str, Any]
    ) -> None:
        entries = chain(3)
        entries[1] = forged(entries[1], **changes)
        report = journal.verify_chain(entries, PUBLIC)
        assert (report.reason, report.count) == (reason, 1)
        assert report.bad_seq == entries[1].seq
        assert report.head.seq == 1
        assert not report.sound


class TestReceiptProof:
    def test_proof_fits_a_small_qr_code_and_verifies(self) -> None:
        entry = seal(terminal_id="Z" * 40, seq=MAX_SAFE_INTEGER)
        text = proof.proof_text(entry)
        assert len(text) <= 250
        assert set(text) <= QR_ALPHABET
        proven = proof.verify_proof(f" {text.lower()}\r\n", PUBLIC)
        assert (proven.terminal_id, proven.seq) == (entry.terminal_id, entry.seq)
        assert (proven.hash, proven.signature) == (entry.hash, entry.signature)

    @pytest.mark.parametrize("text", ["", "PT1", "PT2*T*1*A*B"])
    def test_other_text_is_no_proof(self, text: str) -> None:
        with pytest.raises(EnvironmentFault) as refused:
            proof.verify_proof(text, PUBLIC)
        assert refused.value.code == "proof.malformed"

    def test_second_spelling_of_the_same_bytes_is_no_proof(self) -> None:
        head, mark, signature = proof.proof_text(seal()).rpartition("*")
        spelled = signature[:-1] + chr(ord(signature[-1]) + 1)
        with pytest.raises(EnvironmentFault) as refused:
            proof.verify_proof(head + mark + spelled, PUBLIC)
        assert refused.value.code == "proof.malformed"

    def test_foreign_signature_is_refused(self) -> None:
        other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
        with pytest.raises(EnvironmentFault) as refused:
            proof.verify_proof(proof.proof_text(seal()), other)
        assert refused.value.code == "proof.bad_signature"
