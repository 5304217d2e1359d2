"""A carried file proves itself: any changed byte, any stranger, any mixture is refused."""

from __future__ import annotations

import base64
import hashlib
import json
import random
import zlib
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from sync.wire import courier, courier_frames
from sync.wire.courier import (
    BUNDLE_ENTRIES,
    BUNDLE_PLAIN_BYTES,
    Answer,
    Bundle,
    answer_file,
    open_bundle,
    pieces,
    read_carried,
    seal_bundle,
    verify_answer,
)
from sync.wire.messages import CourierDelivery, CourierReceipt
from sync.wire.refusal import Refusal
from sync.wire.sealed_box import public_of, seal
from sync.wire.signing import sign_ack, sign_record
from terminal.domain.canonical import Json, JsonObject, canonical_bytes

TERMINAL = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = TERMINAL.public_key().public_bytes_raw()
PLATFORM = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
PLATFORM_KEY = PLATFORM.public_key().public_bytes_raw()
SECRET = bytes(range(2, 34))
STRANGER = Ed25519PrivateKey.from_private_bytes(bytes(range(3, 35)))


def entry(seq: int, **body: Json) -> JsonObject:
    return {"terminal_id": "61020303-02-AB", "epoch": 1, "seq": seq, "body": body}


def sealed(entries: list[JsonObject], signer: Any = TERMINAL.sign) -> bytes:
    return seal_bundle(
        entries,
        created_at="2026-03-02T08:00:00.000Z",
        platform_key=PLATFORM_KEY,
        vault_key=public_of(SECRET),
        signer=signer,
    )


def bundle_of(data: bytes) -> Bundle:
    carried = read_carried(data)
    assert isinstance(carried, Bundle)
    return carried


def answered(data: bytes, **more: Any) -> bytes:
    ack = sign_ack("61020303-02-AB", at="2026-03-03T08:00:00.000Z", signer=PLATFORM.sign)
    return answer_file(bundle_of(data), ack, signer=PLATFORM.sign, **more)


SEALED = sealed([entry(seq, note="邮票") for seq in range(4, 9)])
ANSWERED = answered(SEALED)


def refused(data: bytes) -> str:
    with pytest.raises(Refusal) as refusal:
        open_bundle(bundle_of(data), PUBLIC, SECRET)
    return refusal.value.code


def forged(payload: bytes, **changes: Json) -> bytes:
    """A file with a true signature and digest over whatever is in it."""
    record: JsonObject = {
        **bundle_of(SEALED).record,
        "payload_sha256": hashlib.sha256(payload).hexdigest(),
        **changes,
    }
    return courier._file(sign_record(record, TERMINAL.sign), payload)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), min_size=1))
def test_entries_come_out_as_they_went_in(notes: list[str]) -> None:
    entries = [entry(seq, note=note) for seq, note in enumerate(notes, 7)]
    bundle = bundle_of(sealed(entries))
    assert (bundle.header.first_seq, bundle.header.last_seq) == (7, 6 + len(notes))
    assert open_bundle(bundle, PUBLIC, SECRET) == entries


@settings(max_examples=300)
@given(st.integers(0, len(SEALED) - 1), st.integers(1, 255))
def test_any_changed_byte_of_a_bundle_is_refused(at: int, by: int) -> None:
    data = bytearray(SEALED)
    data[at] ^= by
    with pytest.raises(Refusal, match=r"courier\."):
        read_carried(bytes(data))


@settings(max_examples=300)
@given(st.integers(0, len(ANSWERED) - 1), st.integers(1, 255))
def test_any_changed_byte_of_an_answer_is_refused(at: int, by: int) -> None:
    data = bytearray(ANSWERED)
    data[at] ^= by
    with pytest.raises(Refusal, match=r"courier\."):
        read_carried(bytes(data))


@given(st.sampled_from([SEALED, ANSWERED]), st.data())
def test_a_file_cut_off_or_grown_is_refused(whole: bytes, data: st.DataObject) -> None:
    kept = data.draw(st.integers(0, len(whole) - 1))
    for changed in (whole[:kept], whole + whole[:1], whole + whole):
        with pytest.raises(Refusal, match=r"courier\."):
            read_carried(changed)


@settings(max_examples=200)
@given(st.integers(0, 10**6), st.integers(1, 255))
def test_who_mends_the_digest_still_cannot_change_a_byte(at: int, by: int) -> None:
    """Somebody who knows the format has no key."""
    content = bytearray(SEALED[:-32])
    content[4 + at % (len(content) - 4)] ^= by
    data = bytes(content) + hashlib.sha256(content).digest()
    with pytest.raises(Refusal, match=r"courier\.(damaged|bad_signature)"):
        open_bundle(bundle_of(data), PUBLIC, SECRET)


@given(st.binary(max_size=200))
def test_anything_else_is_no_bundle(data: bytes) -> None:
    for start in (b"", b"PTC1"):
        with pytest.raises(Refusal, match=r"courier\."):
            read_carried(start + data)


def test_the_finder_of_a_stick_reads_nothing() -> None:
    entries = [entry(seq, note="a secret nobody may read") for seq in range(1, 30)]
    data = sealed(entries)
    assert b"secret" not in data
    assert zlib.compress(b"\n".join(map(canonical_bytes, entries)), 9, wbits=31)[20:60] not in data


def test_a_stranger_signs_for_nobody_else() -> None:
    assert refused(sealed([entry(1)], STRANGER.sign)) == "courier.bad_signature"


def test_a_bundle_for_another_key_is_not_opened() -> None:
    with pytest.raises(Refusal, match=r"courier\.not_opened"):
        open_bundle(bundle_of(SEALED), PUBLIC, bytes(range(9, 41)))


def test_a_box_does_not_open_under_another_claim() -> None:
    """Who signs the box of other entries as his own gets it nowhere."""
    payload = bundle_of(SEALED).payload
    assert refused(forged(payload, terminal_id="61020303-03-CD")) == "courier.not_opened"
    assert refused(forged(payload, first_seq=3)) == "courier.not_opened"


@pytest.mark.parametrize(
    "plain",
    [
        b"no gzip",
        zlib.compress(b"{}", wbits=31)[:-4],
        zlib.compress(b"{}\n{}", wbits=31),
        zlib.compress(b"{}\n{}\n{}\n{}\n{", wbits=31),
        zlib.compress(b"{}\n{}\n{}\n{}\n1", wbits=31),
        zlib.compress(b"{}\n{}\n{}\n{}\n" + b"[" * 100_000, wbits=31),
        zlib.compress(bytes(9 * 1024 * 1024), wbits=31),
    ],
)
def test_a_signed_box_with_something_else_in_it_is_refused(plain: bytes) -> None:
    purpose = b"courier 61020303-02-AB 4 8"
    assert refused(forged(seal(plain, public_of(SECRET), purpose=purpose))) == "courier.damaged"


@pytest.mark.parametrize(
    "changes",
    [
        {"form": "else"},
        {"form": "courier.answer"},
        {"last_seq": 3},
        {"last_seq": 4 + BUNDLE_ENTRIES},
        {"epoch": 0},
        {"payload_sha256": "0" * 64},
    ],
)
def test_a_header_that_makes_no_sense_is_refused(changes: JsonObject) -> None:
    with pytest.raises(Refusal, match=r"courier\.damaged"):
        read_carried(forged(bundle_of(SEALED).payload, **changes))


@pytest.mark.parametrize("head", [b"[]", b'{ "a":1}', b'{"a":1.5}', b"[" * 5000, b"\xff"])
def test_a_header_that_is_no_exact_record_is_refused(head: bytes) -> None:
    content = b"PTC1" + len(head).to_bytes(4, "big") + head
    with pytest.raises(Refusal, match=r"courier\.damaged"):
        read_carried(content + hashlib.sha256(content).digest())


def test_a_header_too_long_to_be_one_is_refused() -> None:
    head = canonical_bytes({"form": "x" * 20_000})
    content = b"PTC1" + len(head).to_bytes(4, "big") + head
    with pytest.raises(Refusal, match=r"courier\.damaged"):
        read_carried(content + hashlib.sha256(content).digest())


def test_a_later_form_is_named_as_such() -> None:
    with pytest.raises(Refusal, match=r"courier\.newer_version"):
        read_carried(b"PTC2" + SEALED[4:])
    with pytest.raises(Refusal, match=r"courier\.not_a_bundle"):
        read_carried(b"PTCX" + SEALED[4:])


def test_a_field_of_a_later_version_is_covered_and_ignored() -> None:
    later = forged(bundle_of(SEALED).payload, weather="rain")
    assert len(open_bundle(bundle_of(later), PUBLIC, SECRET)) == 5


def test_an_answer_names_its_bundle_and_is_the_platforms() -> None:
    answer = read_carried(answered(SEALED, code="journal.gap", params={"expected_seq": 2}))
    assert isinstance(answer, Answer)
    verify_answer(answer, PLATFORM_KEY)
    header = answer.header
    assert header.bundle_sha256 == bundle_of(SEALED).digest
    assert (header.code, header.params) == ("journal.gap", {"expected_seq": 2})
    with pytest.raises(Refusal, match=r"courier\.other_platform"):
        verify_answer(answer, STRANGER.public_key().public_bytes_raw())
    changed = replace(answer, record={**answer.record, "code": ""})
    with pytest.raises(Refusal, match=r"courier\.bad_signature"):
        verify_answer(changed, PLATFORM_KEY)


def test_entries_are_cut_by_number_and_by_size() -> None:
    many = list(pieces(entry(seq) for seq in range(1, 2 * BUNDLE_ENTRIES + 2)))
    assert [len(piece) for piece in many] == [BUNDLE_ENTRIES, BUNDLE_ENTRIES, 1]
    assert [piece[0]["seq"] for piece in many] == [1, BUNDLE_ENTRIES + 1, 2 * BUNDLE_ENTRIES + 1]
    third = "x" * (BUNDLE_PLAIN_BYTES // 3)
    whole = "x" * (BUNDLE_PLAIN_BYTES + 1)
    large = [entry(1, note=third), entry(2, note=third), entry(3, note=third), entry(4, note=whole)]
    assert [len(piece) for piece in pieces(large)] == [2, 1, 1]
    assert list(pieces([])) == []


@given(st.binary(max_size=5_000), st.randoms(use_true_random=False))
def test_frames_in_any_order_and_with_repeats_make_the_file(
    data: bytes, chances: random.Random
) -> None:
    texts = courier_frames.frames(data or b"x")
    shown = [*texts, *chances.choices(texts, k=2)]
    chances.shuffle(shown)
    typed = [f" {text.lower()}\r\n" for text in shown]
    assert all(map(courier_frames.is_frame, typed))
    assert courier_frames.put_together(typed) == [data or b"x"]


def test_missing_frames_are_named() -> None:
    texts = courier_frames.frames(bytes(5 * courier_frames.FRAME_BYTES))
    with pytest.raises(Refusal, match=r"courier\.frames_missing") as refusal:
        courier_frames.put_together([texts[0], texts[2], texts[3]])
    assert refusal.value.params == {"missing": "2, 5", "of": 5}


def test_frames_of_two_files_make_two_files() -> None:
    first, second = bytes(1_000), bytes(1_001)
    texts = [*courier_frames.frames(first), *courier_frames.frames(second)]
    assert courier_frames.put_together(texts) == [first, second]


def test_frames_that_do_not_belong_together_make_nothing() -> None:
    one, two = courier_frames.frames(bytes(range(200)) * 4)
    swapped = one[:25] + courier_frames.frames(bytes(800))[0][25:]
    for texts in ([swapped, two], [one, swapped, two]):
        with pytest.raises(Refusal, match=r"courier\.frames_mixed"):
            courier_frames.put_together(texts)


@pytest.mark.parametrize("text", ["", "hello", "PTC1F" + "0" * 16 + "0001A", "PTC1F" + "0" * 16])
def test_what_is_no_frame_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match=r"courier\.frame_damaged"):
        courier_frames.put_together([text])


@pytest.mark.parametrize("numbers", ["0001", "0201"])
def test_a_frame_outside_its_count_is_refused(numbers: str) -> None:
    with pytest.raises(Refusal, match=r"courier\.frame_damaged"):
        courier_frames.put_together([f"PTC1F{'0' * 16}{numbers}AA"])


def test_a_file_for_too_many_codes_says_how_many_it_would_be() -> None:
    with pytest.raises(Refusal, match=r"courier\.too_large_for_qr") as refusal:
        courier_frames.frames(bytes(100 * courier_frames.FRAME_BYTES))
    assert refusal.value.params == {"frames": 100, "most": 99}


def test_the_name_in_a_frame_sees_a_single_bit() -> None:
    data = bytearray(json.dumps(entry(1)).encode())
    before = courier_frames.frames(bytes(data))[0][:21]
    data[0] ^= 1
    assert courier_frames.frames(bytes(data))[0][:21] != before


@given(st.binary(max_size=300))
def test_a_file_travels_as_text(data: bytes) -> None:
    text = base64.b64encode(data).decode()
    assert CourierDelivery.parse({"bundle": text}).data == data
    assert CourierReceipt.parse({"answer": text}).data == data


@pytest.mark.parametrize("text", ["A", "AAA", "A=", "AA\n="])
def test_a_text_that_is_no_file_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match=r"wire\.malformed"):
        CourierDelivery.parse({"bundle": text}).data  # noqa: B018 - reading it is what fails
