"""No edit of an entry or of a chain stays unseen."""

from __future__ import annotations

import json
from dataclasses import fields
from typing import Any, cast

import pytest
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from terminal.domain import journal, proof
from terminal.domain.canonical import MAX_SAFE_INTEGER, Json, JsonObject, canonical_bytes
from terminal.domain.errors import OutletError
from terminal.domain.journal import Entry, EntryDraft

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()

safe_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
json_values: st.SearchStrategy[Any] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(min_value=-MAX_SAFE_INTEGER, max_value=MAX_SAFE_INTEGER)
    | safe_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(safe_text, inner, max_size=4),
    max_leaves=12,
)
RULED = {"postings", "stock"}
"""Rows that an entry is not sealed with unless they are what they should be."""
bodies = st.dictionaries(safe_text.filter(lambda key: key not in RULED), json_values, max_size=4)


def sealed(number: int, body: JsonObject, prev: Entry | None) -> Entry:
    draft = EntryDraft(
        "sale.completed", f"01890a5d-ac96-774b-bcce-{number:012x}", "2026-11-21", "0312", body
    )
    return journal.seal(
        draft,
        terminal_id="61020303-T02",
        epoch=1,
        seq=number,
        recorded_at="2026-11-21T08:30:00.123Z",
        prev_hash=prev.hash if prev else journal.GENESIS_HASH,
        signer=KEY.sign,
    )


def chain_of(payloads: list[Any]) -> list[Entry]:
    entries: list[Entry] = []
    for number, body in enumerate(payloads, start=1):
        entries.append(sealed(number, body, entries[-1] if entries else None))
    return entries


CHAIN = chain_of([{"order": number} for number in range(1, 9)])
PROOF = proof.proof_text(CHAIN[0])


@given(json_values)
def test_canonical_bytes_are_those_of_rfc_8785(value: Json) -> None:
    assert canonical_bytes(value) == rfc8785.dumps(cast(Any, value))
    assert json.loads(canonical_bytes(value)) == value


@given(bodies)
@settings(max_examples=200)
def test_entry_survives_the_wire_as_text(body: JsonObject) -> None:
    entry = sealed(1, body, None)
    read = Entry.from_wire(json.loads(json.dumps(entry.to_wire())))
    assert read == entry
    journal.verify_entry(read, PUBLIC)


@given(st.sampled_from([field.name for field in fields(Entry)]), json_values)
@settings(max_examples=400)
def test_replacing_any_field_of_an_entry_is_detected(field: str, value: Json) -> None:
    wire = CHAIN[0].to_wire()
    assume(value != wire[field] or type(value) is not type(wire[field]))
    with pytest.raises(OutletError):
        journal.verify_entry(Entry.from_wire(wire | {field: value}), PUBLIC)


TEXT = json.dumps(CHAIN[0].to_wire())


@given(st.integers(min_value=0, max_value=len(TEXT) - 1), st.characters(codec="ascii"))
@settings(max_examples=800)
def test_changing_any_character_of_the_wire_text_is_detected(place: int, character: str) -> None:
    text = TEXT[:place] + character + TEXT[place + 1 :]
    try:
        data = json.loads(text)
    except ValueError:
        return
    assume(data != CHAIN[0].to_wire())
    with pytest.raises(OutletError):
        journal.verify_entry(Entry.from_wire(data), PUBLIC)


@given(st.integers(min_value=0, max_value=len(PROOF) - 1), st.characters(codec="ascii"))
@settings(max_examples=400)
def test_changing_any_character_of_hash_or_signature_on_paper_is_detected(
    place: int, character: str
) -> None:
    text = PROOF[:place] + character + PROOF[place + 1 :]
    assume(text.upper() != PROOF)
    try:
        proven = proof.verify_proof(text, PUBLIC)
    except OutletError:
        return
    # The terminal's name and the number are labels; what was signed is untouched.
    assert (proven.hash, proven.signature) == (CHAIN[0].hash, CHAIN[0].signature)


@given(st.permutations(range(len(CHAIN))), st.integers(min_value=1, max_value=len(CHAIN)))
@settings(max_examples=400)
def test_reordered_or_dropped_entries_are_detected(order: list[int], length: int) -> None:
    kept = order[:length]
    assume(kept != list(range(length)))
    report = journal.verify_chain([CHAIN[index] for index in kept], PUBLIC)
    first_wrong = next(place for place, index in enumerate(kept) if index != place)
    assert report.count == first_wrong
    assert not report.sound


@given(st.integers(min_value=0, max_value=len(CHAIN) - 1), bodies, st.booleans())
@settings(max_examples=300)
def test_rewritten_entry_breaks_the_chain_even_when_signed_again(
    place: int, body: JsonObject, signed: bool
) -> None:
    assume(body != CHAIN[place].body)
    entries = list(CHAIN)
    entries[place] = (
        sealed(place + 1, body, entries[place - 1] if place else None)
        if signed
        else Entry.from_wire(entries[place].to_wire() | {"body": body})
    )
    report = journal.verify_chain(entries, PUBLIC)
    if not signed:
        assert (report.bad_seq, report.reason) == (place + 1, "bad_hash")
    elif place + 1 < len(CHAIN):
        assert (report.bad_seq, report.reason) == (place + 2, "broken_link")
    else:
        # The newest entry has no successor: only the platform's signed head tells it apart.
        assert report.head.hash != CHAIN[-1].hash


@given(st.integers(min_value=0, max_value=len(CHAIN) - 1), st.integers(min_value=0, max_value=7))
@settings(max_examples=200)
def test_inserted_copy_of_an_entry_is_detected(place: int, copied: int) -> None:
    entries = [*CHAIN[:place], CHAIN[copied], *CHAIN[place:]]
    report = journal.verify_chain(entries, PUBLIC)
    assert not report.sound
    assert report.count <= place + 1
