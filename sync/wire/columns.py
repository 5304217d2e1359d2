"""Many JSON objects of a few shapes, told column by column.

Orders repeat one another: the same names, the same goods, times that follow each other. Told row
by row, a packer has to find that out again for every field. Here each field is a column of its own:
one value when all rows have it, a choice among few, a difference to the row before, or, where it
follows from another column, nothing. What is random (identifiers, signatures) goes as bytes.

The packet: four bytes of length, so many bytes of zlib, the random bytes. Inside the zlib: four
bytes of length, the columns as JSON, then the choices as bytes. Values come back equal, objects
with their members in the same order.
"""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice, pairwise
from typing import Any, Final

from terminal.domain.canonical import Json, JsonObject

_LEVEL: Final = 6
_FEW: Final = 256
_LEADERS: Final = 4
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MS: Final = timedelta(milliseconds=1)
_UUIDS: Final = re.compile(r"(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\n)*")
_TIMES: Final = re.compile(
    r"(?:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z\n)*"
)
_HEX: Final = re.compile(r"[0-9a-f\n]*")
_LEAST_HEX: Final = 32


class TooLarge(ValueError):
    """More than the reader wants to hold."""


def _no_float(text: str) -> float:
    raise ValueError(text)


_decoder: Final = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)


def pack(rows: Sequence[JsonObject], times: Sequence[str]) -> bytes:
    """The packet of some objects.

    Args:
        rows: at least one; no floats.
        times: a UTC time of each, ``YYYY-MM-DDTHH:MM:SS.mmmZ``: other times are often near it.
    """
    writer = _Writer()
    near = [_ms_of(at) for at in times]
    columns = {"count": len(near), "times": _told(near), "rows": writer.table(list(rows), near)}
    text = json.dumps(columns, ensure_ascii=False, separators=(",", ":")).encode()
    packed = zlib.compress(len(text).to_bytes(4, "big") + text + writer.choices, _LEVEL)
    return len(packed).to_bytes(4, "big") + packed + writer.random


def unpack(data: bytes, *, most_bytes: int, most_values: int) -> list[JsonObject]:
    """The objects of a packet.

    Args:
        data: from anybody.
        most_bytes: bytes at most after unpacking.
        most_values: values at most that they hold together, members of members counted.

    Raises:
        TooLarge: beyond one of the bounds.
        ValueError: for anything else that ``pack`` does not write.
    """
    try:
        size = int.from_bytes(data[:4], "big")
        unpacker = zlib.decompressobj()
        plain = unpacker.decompress(data[4 : 4 + size], most_bytes)
        if unpacker.unconsumed_tail:
            raise TooLarge("bytes")
        if not unpacker.eof or unpacker.unused_data:
            raise ValueError("packing")
        length = int.from_bytes(plain[:4], "big")
        columns = _decoder.decode(plain[4 : 4 + length].decode())
        reader = _Reader(plain[4 + length :], data[4 + size :], most_values)
        times = reader.numbers(columns["times"], columns["count"])
        rows: list[JsonObject] = reader.table(columns["rows"], times)
        reader.end()
        return rows
    except (KeyError, TypeError, IndexError, OverflowError, RecursionError, zlib.error) as problem:
        raise ValueError("columns") from problem


def _ms_of(text: str) -> int:
    return (datetime.fromisoformat(text) - _EPOCH) // _MS


def _text_of(ms: int) -> str:
    return f"{(_EPOCH + ms * _MS).isoformat(timespec='milliseconds')[:-6]}Z"


def _told(numbers: list[int]) -> Json:
    """Whole numbers in the shortest of three ways: a run, themselves, or their differences."""
    steps = [after - before for before, after in pairwise(numbers)]
    if len(set(steps)) <= 1:
        return [numbers[0], *steps[:1]]
    plain, differences = (",".join(map(str, told)) for told in (numbers, [numbers[0], *steps]))
    return {"d": differences} if len(differences) < len(plain) else {"n": plain}


class _Writer:
    """Makes columns; ``choices`` and ``random`` grow beside them."""

    def __init__(self) -> None:
        self.choices = bytearray()
        self.random = bytearray()

    def table(self, rows: list[Any], times: list[int]) -> Json:
        """Objects by their shapes."""
        shapes: dict[tuple[str, ...], int] = {}
        which = [shapes.setdefault(tuple(row), len(shapes)) for row in rows]
        told: list[Json] = []
        for keys, number in shapes.items():
            places = [place for place, shape in enumerate(which) if shape == number]
            mine = rows if len(shapes) == 1 else [rows[place] for place in places]
            near = times if len(shapes) == 1 else [times[place] for place in places]
            leaders: list[tuple[bytes, int]] = []
            columns = [self._column([row[key] for row in mine], near, leaders) for key in keys]
            told.append([list(keys), columns])
        return {"shapes": told, "which": _told(which)}

    def _column(
        self, column: list[Any], times: list[int], leaders: list[tuple[bytes, int]]
    ) -> Json:
        kinds = set(map(type, column))
        if kinds == {dict}:
            return ["rows", self.table(column, times)]
        if kinds == {list}:
            return self._lists(column, times)
        if len(kinds) == 1 and column.count(column[0]) == len(column):
            return ["=", column[0]]
        if kinds == {str}:
            return self._random(column, times) or self._few(column, leaders) or _texts(column)
        if kinds == {int}:
            return self._few(column, leaders) or ["int", _told(column)]
        return ["json", column]

    def _lists(self, column: list[list[Any]], times: list[int]) -> Json:
        members = [member for held in column for member in held]
        near = [at for held, at in zip(column, times, strict=True) for _ in held]
        told = self._column(members, near, []) if members else None
        return ["lists", _told([len(held) for held in column]), told]

    def _random(self, column: list[str], times: list[int]) -> Json:
        """Identifiers, signatures and times; None for other texts."""
        joined = "\n".join(column) + "\n"
        if joined.count("\n") != len(column):
            return None
        if _UUIDS.fullmatch(joined):
            self.random += bytes.fromhex("".join([v[14:18] + v[19:23] + v[24:] for v in column]))
            return ["uuid", *_near([int(v[:8] + v[9:13], 16) for v in column], times)]
        if _TIMES.fullmatch(joined):
            try:
                return ["time", *_near([_ms_of(at) for at in column], times)]
            except ValueError:
                return None  # the 31st of February is a text like any other
        width = len(column[0])
        if width < _LEAST_HEX or width % 2 or not _HEX.fullmatch(joined):
            return None
        if any(len(text) != width for text in column):
            return None
        self.random += bytes.fromhex("".join(column))
        return ["hex", width // 2]

    def _few(self, column: list[Any], leaders: list[tuple[bytes, int]]) -> Json:
        """A choice among few values, or what follows from another column's choice."""
        for place, (codes, many) in enumerate(leaders):
            if len(set(zip(codes, column, strict=True))) == many:
                follows = dict(zip(codes, column, strict=True))
                return ["from", place, [follows[code] for code in range(many)]]
        values = {value: code for code, value in enumerate(dict.fromkeys(column))}
        if len(values) > min(_FEW, len(column) // 2):
            return None
        codes = bytes([values[value] for value in column])
        self.choices += codes
        if len(leaders) < _LEADERS:
            leaders.append((codes, len(values)))
        return ["few", list(values)]


def _near(numbers: list[int], times: list[int]) -> list[Json]:
    """Numbers as they are or as what they are after ``times``, whichever is said shorter."""
    plain, after = _told(numbers), _told([n - at for n, at in zip(numbers, times, strict=True)])
    return [after, 1] if len(str(after)) < len(str(plain)) else [plain, 0]


def _texts(column: list[str]) -> Json:
    joined = "\n".join(column)
    return ["text", joined] if joined.count("\n") == len(column) - 1 else ["json", list(column)]


class _Reader:
    """Reads columns; whatever does not fit is a ``ValueError`` or one that ``unpack`` turns."""

    def __init__(self, choices: bytes, random: bytes, most_values: int) -> None:
        self._choices = choices
        self._random = random
        self._left = most_values

    def end(self) -> None:
        """Nothing may be over."""
        if self._choices or self._random:
            raise ValueError("left over")

    def numbers(self, told: Any, count: int) -> list[int]:
        """Whole numbers, see ``_told``."""
        self._take(count)
        if isinstance(told, list):
            start, step = map(_whole, told if len(told) == 2 else (*told, 0))
            found = [start + step * place for place in range(count)]
        elif "n" in told:
            found = [int(text) for text in told["n"].split(",")]
        else:
            found = list(accumulate(int(text) for text in told["d"].split(",")))
        if len(found) != count:
            raise ValueError("count")
        return found

    def table(self, told: Any, times: list[int]) -> list[Any]:
        """Objects, see ``_Writer.table``."""
        which = self.numbers(told["which"], len(times))
        if len(told["shapes"]) == 1:
            keys, columns = told["shapes"][0]
            return self._rows(keys, columns, times)
        rows: list[Any] = [None] * len(times)
        for number, (keys, columns) in enumerate(told["shapes"]):
            places = [place for place, shape in enumerate(which) if shape == number]
            mine = self._rows(keys, columns, [times[place] for place in places])
            for place, row in zip(places, mine, strict=True):
                rows[place] = row
        if None in rows:
            raise ValueError("shape")
        return rows

    def _rows(self, keys: list[Any], columns: list[Any], times: list[int]) -> list[Any]:
        if len(set(keys)) != len(columns) or any(type(key) is not str for key in keys):
            raise ValueError("keys")
        if not keys:
            return [{} for _ in times]
        leaders: list[bytes] = []
        members = [self._column(told, times, leaders) for told in columns]
        return [dict(zip(keys, row, strict=True)) for row in zip(*members, strict=True)]

    def _column(self, told: Any, times: list[int], leaders: list[bytes]) -> list[Any]:
        kind, *more = told
        count = len(times)
        self._take(count)
        found: list[Any] = _KINDS[kind](self, times, leaders, *more)
        if len(found) != count:
            raise ValueError("count")
        return found

    def _take(self, count: int) -> None:
        if _whole(count) <= 0:
            raise ValueError("count")
        if count > self._left:
            raise TooLarge("values")
        self._left -= count

    def _bytes(self, count: int) -> bytes:
        taken, self._random = self._random[:count], self._random[count:]
        if len(taken) != count:
            raise ValueError("too short")
        return taken

    def same(self, times: list[int], _leaders: list[bytes], value: Json) -> list[Any]:
        return [value] * len(times)

    def few(self, times: list[int], leaders: list[bytes], values: list[Any]) -> list[Any]:
        codes, self._choices = self._choices[: len(times)], self._choices[len(times) :]
        if len(leaders) < _LEADERS:
            leaders.append(codes)
        return [values[code] for code in codes]

    def follows(
        self, _times: list[int], leaders: list[bytes], place: int, values: list[Any]
    ) -> list[Any]:
        return [values[code] for code in leaders[place]]

    def ints(self, times: list[int], _leaders: list[bytes], told: Any) -> list[int]:
        return self.numbers(told, len(times))

    def texts(self, _times: list[int], _leaders: list[bytes], joined: str) -> list[str]:
        return joined.split("\n")

    def plain(self, _times: list[int], _leaders: list[bytes], column: list[Any]) -> list[Any]:
        return [*column]

    def objects(self, times: list[int], _leaders: list[bytes], told: Any) -> list[Any]:
        return self.table(told, times)

    def lists(
        self, times: list[int], _leaders: list[bytes], lengths: Any, told: Any
    ) -> list[list[Any]]:
        many = self.numbers(lengths, len(times))
        if min(many) < 0:
            raise ValueError("lengths")
        if sum(many) > self._left:
            raise TooLarge("values")
        near = [at for length, at in zip(many, times, strict=True) for _ in range(length)]
        members = iter(self._column(told, near, []) if near else [])
        return [list(islice(members, length)) for length in many]

    def uuids(self, times: list[int], _leaders: list[bytes], told: Any, near: int) -> list[str]:
        stamps = self._after(times, told, near)
        if min(stamps) < 0 or max(stamps) >= 1 << 48:
            raise ValueError("stamp")
        rest = self._bytes(10 * len(times)).hex()
        ends = [rest[at : at + 20] for at in range(0, len(rest), 20)]
        return [
            f"{(head := f'{stamp:012x}')[:8]}-{head[8:]}-{end[:4]}-{end[4:8]}-{end[8:]}"
            for stamp, end in zip(stamps, ends, strict=True)
        ]

    def moments(self, times: list[int], _leaders: list[bytes], told: Any, near: int) -> list[str]:
        return [_text_of(ms) for ms in self._after(times, told, near)]

    def hexes(self, times: list[int], _leaders: list[bytes], width: int) -> list[str]:
        if not 0 < _whole(width) <= len(self._random):
            raise ValueError("width")
        digits = self._bytes(width * len(times)).hex()
        return [digits[at : at + 2 * width] for at in range(0, len(digits), 2 * width)]

    def _after(self, times: list[int], told: Any, near: int) -> list[int]:
        numbers = self.numbers(told, len(times))
        return [n + at for n, at in zip(numbers, times, strict=True)] if near else numbers


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise ValueError("number")
    return value


_KINDS: Final[dict[str, Any]] = {
    "=": _Reader.same,
    "few": _Reader.few,
    "from": _Reader.follows,
    "int": _Reader.ints,
    "text": _Reader.texts,
    "json": _Reader.plain,
    "rows": _Reader.objects,
    "lists": _Reader.lists,
    "uuid": _Reader.uuids,
    "time": _Reader.moments,
    "hex": _Reader.hexes,
}
