"""One exact byte form for every JSON value we hash or sign.

Source: RFC 8785 (JSON Canonicalization Scheme), restricted to what a journal may hold: no floats,
no integers a JavaScript reader would round. The C encoder of the standard library produces these
bytes for ASCII keys four times faster than a pure Python one; only the order of other keys
(RFC 8785 sorts UTF-16 units) needs the ``rfc8785`` package, the tests' oracle for both paths.
"""

from __future__ import annotations

import json
from typing import Any, TypeAlias, cast

from terminal.domain.errors import BugError

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = dict[str, Json]

MAX_SAFE_INTEGER = 2**53 - 1
"""Largest integer every JSON reader keeps exact (RFC 8785 §3.2.2.3, I-JSON)."""

MAX_DEPTH = 64
"""Deepest nesting of objects and lists accepted, in levels."""

_encode = json.JSONEncoder(
    ensure_ascii=False, check_circular=False, allow_nan=False, sort_keys=True, separators=(",", ":")
).encode


def canonical_bytes(value: Json) -> bytes:
    """The RFC 8785 form of a JSON value.

    Args:
        value: ``dict`` with string keys, ``list``, ``str``, ``int`` within ±(2**53 - 1), ``bool``
            or ``None``, nested at most ``MAX_DEPTH`` levels. Subclasses, tuples and floats are
            refused: they would not come back equal.

    Returns:
        UTF-8 bytes, the same for equal values whatever the order of keys.

    Raises:
        BugError: ``journal.not_canonical`` with ``type`` or ``reason`` when the value has no exact
            JSON form.
    """
    ascii_keys = _check(value, MAX_DEPTH)
    try:
        if ascii_keys:
            return _encode(value).encode("utf-8")
        import rfc8785

        return rfc8785.dumps(cast("dict[str, Any]", value))
    except ValueError as problem:
        # Half a surrogate pair is text that has no UTF-8 form.
        raise BugError("journal.not_canonical", {"reason": "not_unicode"}) from problem


def _check(value: Json, depth: int) -> bool:
    """Refuse what has no exact form; tell whether every key is ASCII."""
    kind = type(value)
    if kind is str:
        return True
    if kind is int:
        if not -MAX_SAFE_INTEGER <= cast(int, value) <= MAX_SAFE_INTEGER:
            raise BugError("journal.not_canonical", {"reason": "integer_beyond_2_53"})
        return True
    if kind is dict or kind is list:
        if depth == 0:
            raise BugError("journal.not_canonical", {"reason": "too_deep"})
        return _check_members(value, depth - 1)
    if value is None or kind is bool:
        return True
    raise BugError("journal.not_canonical", {"type": kind.__name__})


def _check_members(value: Json, depth: int) -> bool:
    ascii_keys = True
    if type(value) is list:
        for item in value:
            ascii_keys &= _check(item, depth)
        return ascii_keys
    for key, item in cast(JsonObject, value).items():
        if type(key) is not str:
            raise BugError("journal.not_canonical", {"type": type(key).__name__})
        ascii_keys &= key.isascii() & _check(item, depth)
    return ascii_keys
