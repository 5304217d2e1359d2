"""Entries told column by column come back as they were, and nobody's bytes do harm."""

from __future__ import annotations

import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.wire import columns, packed_journal
from sync.wire.refusal import Refusal
from terminal.domain.canonical import MAX_SAFE_INTEGER, canonical_bytes
from terminal.domain.identifiers import new_uuid7

BOUNDS: dict[str, int] = {"most_bytes": 1 << 20, "most_values": 100_000}
AT = "2026-11-30T08:15:00.123Z"
TIMES = st.datetimes().map(lambda at: f"{at.isoformat(timespec='milliseconds')}Z")
TEXTS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=5),
    st.sampled_from(["", "a", "b", "x\ny", "2026-02-31T00:00:00.000Z", "0" * 32, "ab" * 32]),
    st.uuids().map(str),
    TIMES,
    st.binary(min_size=16, max_size=32).map(bytes.hex),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER),
    st.integers(0, 3),
    TEXTS,
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner),
    max_leaves=12,
)
ROWS = st.lists(st.dictionaries(st.sampled_from("abcd"), VALUES), min_size=1, max_size=12)


@st.composite
def alike(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rows of one shape, each member from a source of its own: what columns are made for."""
    sources: list[st.SearchStrategy[Any]] = [
        TEXTS,
        SCALARS,
        st.uuids().map(str),
        TIMES,
        st.integers(0, 2),
        st.booleans(),
    ]
    sources += [st.lists(st.integers(0, 5), max_size=3), st.sampled_from(["x", "y"])]
    chosen = draw(st.lists(st.sampled_from(sources), min_size=1, max_size=6))
    row = st.fixed_dictionaries({f"k{place}": one for place, one in enumerate(chosen)})
    return draw(st.lists(row, min_size=1, max_size=12))


def _back(rows: list[dict[str, Any]], times: list[str]) -> list[Any]:
    return list(columns.unpack(columns.pack(rows, times), **BOUNDS))


@given(rows=ROWS | alike(), at=st.data())
def test_objects_come_back_with_their_members_in_order(rows: Any, at: st.DataObject) -> None:
    times = at.draw(st.lists(TIMES, min_size=len(rows), max_size=len(rows)))
    back = _back(rows, times)
    # As text: equal values of other kinds (1 and true) or in another order would be another hash.
    assert json.dumps(back) == json.dumps(rows)


@given(rows=alike(), spoil=st.data())
def test_spoiled_packets_are_refused_or_read_as_something_and_nothing_else(
    rows: Any, spoil: st.DataObject
) -> None:
    packet = bytearray(columns.pack(rows, [AT] * len(rows)))
    size = int.from_bytes(packet[:4], "big")
    plain = bytearray(zlib.decompress(packet[4 : 4 + size]))
    place = spoil.draw(st.integers(0, len(plain) - 1))
    plain[place] = spoil.draw(st.integers(0, 255))
    packed = zlib.compress(plain)
    spoiled = len(packed).to_bytes(4, "big") + packed + packet[4 + size :]
    try:
        found = columns.unpack(spoiled, **BOUNDS)
    except ValueError:
        found = []
    assert all(type(row) is dict for row in found)
    for data in (bytes(packet[:-1]), bytes(packet) + b"x"):
        with pytest.raises(ValueError):
            columns.unpack(data, **BOUNDS)


def _packet(told: Any, choices: bytes = b"", random: bytes = b"") -> bytes:
    text = json.dumps(told).encode()
    packed = zlib.compress(len(text).to_bytes(4, "big") + text + choices)
    return len(packed).to_bytes(4, "big") + packed + random


def _one(column: Any, count: int = 2) -> dict[str, Any]:
    rows = {"shapes": [[["k"], [column]]], "which": [0, 0]}
    return {"count": count, "times": [0, 0], "rows": rows}


@pytest.mark.parametrize(
    "told",
    [
        [],
        {},
        _one(["=", 1.5]),
        _one(["=", float("nan")]),
        _one(["?", 1]),
        _one(["few", ["a"]]),
        _one(["from", 0, ["a"]]),
        _one(["int", {"n": "1"}]),
        _one(["int", {"n": "1,x"}]),
        _one(["int", [1.0, 0]]),
        _one(["int", [True]]),
        _one(["text", "a\nb\nc"]),
        _one(["json", [1]]),
        _one(["json", 5]),
        _one(["uuid", [0, 0], 0]),
        _one(["uuid", [-1, 0], 0]),
        _one(["time", [10**18, 0], 0]),
        _one(["hex", 0]),
        _one(["hex", 10**9]),
        _one(["lists", [-1, 0], None]),
        _one(["lists", [1, 0], None]),
        _one(["=", 1], count=0),
        _one(["=", 1], count=True),
        {"count": 2, "times": [0, 0], "rows": {"shapes": [[["k", "k"], [["=", 1]] * 2]]}},
        {"count": 2, "times": [0], "rows": {"shapes": [[[1], [["=", 1]]]], "which": [0]}},
        {"count": 2, "times": [0], "rows": {"shapes": [], "which": [0]}},
        {"count": 2, "times": [0], "rows": {"shapes": [[[], []], [[], []]], "which": [5]}},
    ],
)
def test_columns_that_do_not_fit_are_refused(told: Any) -> None:
    with pytest.raises(ValueError):
        columns.unpack(_packet(told), **BOUNDS)
    assert columns.unpack(_packet(_one(["=", 1])), **BOUNDS) == [{"k": 1}] * 2


@pytest.mark.parametrize(
    "told",
    [
        _one(["=", 1], count=10**9),
        _one(["lists", [10**9, 0], ["=", 1]]),
        _one(["=", "x" * (1 << 21)]),
    ],
    ids=["rows", "members", "bytes"],
)
def test_few_bytes_do_not_become_a_house(told: Any) -> None:
    with pytest.raises(columns.TooLarge):
        columns.unpack(_packet(told), **BOUNDS)


def test_packing_with_something_behind_it_is_refused() -> None:
    good = _packet(_one(["=", 1]))
    size = int.from_bytes(good[:4], "big")
    for data in (
        (size + 1).to_bytes(4, "big") + good[4:] + b"x",
        (size - 1).to_bytes(4, "big") + good[4:],
        _packet(_one(["=", 1]), choices=b"x"),
        b"",
    ):
        with pytest.raises(ValueError):
            columns.unpack(data, **BOUNDS)


def _entry(number: int, body: Any) -> dict[str, Any]:
    return {
        "body": body,
        "business_date": "2026-11-30",
        "clerk_id": "0312",
        "epoch": 1,
        "intent_id": new_uuid7(),
        "kind": "sale.completed",
        "recorded_at": AT,
        "seq": number,
        "signature": "ab" * 64,
        "version": 1,
    }


def test_entries_come_back_as_the_texts_that_were_sealed() -> None:
    bodies: list[Any] = [{"names": ["邮票", '\x7f"\\ \x01'], "n": place} for place in range(3)]
    rows = [_entry(place, json.loads(canonical_bytes(body))) for place, body in enumerate(bodies)]
    found = packed_journal.unpack(packed_journal.pack("cd" * 32, rows), "T1")
    before = "cd" * 32
    for (entry, text), row in zip(found, rows, strict=True):
        assert entry["prev_hash"] == before
        assert text.encode() == canonical_bytes({**row, **entry})
        before = str(entry["hash"])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "wire.malformed"),
        (bytes(32) + _packet(_one(["=", 1])), "wire.malformed"),
        (bytes(32) + _packet(_one(["=", 1], count=10**9)), "wire.too_large"),
        (packed_journal.pack("00" * 32, [_entry(n, {}) for n in range(501)]), "wire.too_many"),
        (
            packed_journal.pack("00" * 32, [_entry(n, {"t": "x" * 40_000}) for n in range(300)]),
            "wire.too_large",
        ),
    ],
    ids=["nothing", "no entries", "too many values", "too many", "too large"],
)
def test_what_is_no_upload_is_refused_by_name(data: bytes, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        packed_journal.unpack(data, "T1")
    assert refused.value.code == code


def test_every_way_to_tell_a_column_is_used_and_comes_back() -> None:
    rows: list[dict[str, Any]] = [
        {
            "same": None,
            "chosen": "abc"[place % 3],
            "following": "ABC"[place % 3] * 2,
            "other": place % 2,
            "third": "uv"[place // 2 % 2],
            "fourth": "pqrs"[place // 3 % 4],
            "fifth": (place // 5) % 2,
            "running": place,
            "numbers": place**3 % 7919,
            "text": f"n{place}",
            "lines\n": f"n\n{place}",
            "mixed": place if place % 2 else None,
            "id": new_uuid7(),
            "hex": f"{place:032x}",
            "short": f"{place:030x}",
            "uneven": "0" * (31 + place % 5) + f"{place % 16:x}",
            "at": f"2026-11-30T08:{place:02d}:00.123Z",
            "never": f"2026-02-30T08:{place:02d}:00.123Z",
            "nothing": [],
            "members": [{"a": place}] * (place % 3),
            "shapes": {"x": place} if place % 2 else {"y": place, "z": {}},
        }
        for place in range(40)
    ]
    times = [f"2026-11-30T08:{place:02d}:00.100Z" for place in range(40)]
    packet = columns.pack(rows, times)
    plain = zlib.decompress(packet[4 : 4 + int.from_bytes(packet[:4], "big")])
    for kind in columns._KINDS:
        assert f'["{kind}",'.encode() in plain, kind
    assert _back(rows, times) == rows
    # The same from another program: nothing in it depends on this one's memory.
    assert columns.pack(rows, times) == packet
