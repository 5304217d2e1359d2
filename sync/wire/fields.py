"""What a field may hold: one declaration each, read by the parser and shown by the contract.

A message is a frozen dataclass. The annotation of a field says its shape; what an annotation alone
cannot say stands in ``Annotated``. Unknown fields are ignored, wrong ones are named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    Protocol,
    Self,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

from sync.wire.refusal import Refusal
from terminal.domain.canonical import MAX_SAFE_INTEGER, Json, JsonObject


def malformed(field: str) -> Refusal:
    """The refusal of a message whose ``field`` is missing or has another shape."""
    return Refusal(422, "wire.malformed", {"field": field})


def as_object(value: Json, field: str) -> JsonObject:
    """The value, when it is a JSON object.

    Raises:
        Refusal: ``wire.malformed``.
    """
    if not isinstance(value, dict):
        raise malformed(field)
    return value


class Shape(Protocol):
    """What one value may be."""

    def read(self, value: Json, field: str) -> Any:
        """The value as a message holds it.

        Args:
            value: as it travelled; None when it is absent.
            field: its name, for the refusal.

        Raises:
            Refusal: ``wire.malformed``.
        """

    def schema(self) -> JsonObject:
        """The JSON Schema that accepts the same values."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text of at most ``longest`` characters that fits ``pattern`` completely."""

    pattern: str = ""
    longest: int = 16_384

    def read(self, value: Json, field: str) -> str:
        """See ``Shape``."""
        if not isinstance(value, str) or len(value) > self.longest:
            raise malformed(field)
        if self.pattern and not re.fullmatch(self.pattern, value):
            raise malformed(field)
        return value

    def schema(self) -> JsonObject:
        """See ``Shape``."""
        if self.pattern:
            return {"type": "string", "pattern": f"^(?:{self.pattern})$"}
        return {"type": "string", "maxLength": self.longest}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number from ``lo`` to ``hi``."""

    lo: int = 0
    hi: int = MAX_SAFE_INTEGER

    def read(self, value: Json, field: str) -> int:
        """See ``Shape``."""
        if type(value) is not int or not self.lo <= value <= self.hi:
            raise malformed(field)
        return value

    def schema(self) -> JsonObject:
        """See ``Shape``."""
        return {"type": "integer", "minimum": self.lo, "maximum": self.hi}


@dataclass(frozen=True, slots=True)
class Share:
    """A probability from 0 to 1; it counts no money."""

    def read(self, value: object, field: str) -> float:
        """See ``Shape``."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            raise malformed(field)
        return value

    def schema(self) -> JsonObject:
        """See ``Shape``."""
        return {"type": "number", "minimum": 0, "maximum": 1}


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    def read(self, value: Json, field: str) -> bool:
        """See ``Shape``."""
        if not isinstance(value, bool):
            raise malformed(field)
        return value

    def schema(self) -> JsonObject:
        """See ``Shape``."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of some texts."""

    values: tuple[str, ...]

    def read(self, value: Json, field: str) -> str:
        """See ``Shape``."""
        if value not in self.values:
            raise malformed(field)
        return value

    def schema(self) -> JsonObject:
        """See ``Shape``."""
        return {"type": "string", "enum": list(self.values)}


@dataclass(frozen=True, slots=True)
class AnyObject:
    """A JSON object whose members are somebody else's affair."""

    def read(self, value: Json, field: str) -> JsonObject:
        """See ``Shape``."""
        return as_object(value, field)

    def schema(self) -> JsonObject:
        """See ``Shape``."""
        return {"type": "object"}


@dataclass(frozen=True, slots=True)
class Listed:
    """``least`` to ``most`` values of one shape; more are ``wire.too_many`` (413)."""

    item: Shape
    least: int = 0
    most: int = 10_000

    def read(self, value: Json, field: str) -> tuple[Any, ...]:
        """See ``Shape``."""
        if not isinstance(value, list) or len(value) < self.least:
            raise malformed(field)
        if len(value) > self.most:
            raise Refusal(413, "wire.too_many", {"limit": self.most})
        return tuple(self.item.read(item, field) for item in value)

    def schema(self) -> JsonObject:
        """See ``Shape``."""
        items = self.item.schema()
        return {"type": "array", "items": items, "minItems": self.least, "maxItems": self.most}


@dataclass(frozen=True, slots=True)
class Span:
    """Two whole numbers up to ``most``, the first not above the second."""

    most: int

    def read(self, value: Json, field: str) -> tuple[int, int]:
        """See ``Shape``."""
        if not isinstance(value, list) or len(value) != 2:
            raise malformed(field)
        lo = Whole(0, self.most).read(value[0], field)
        return lo, Whole(lo, self.most).read(value[1], field)

    def schema(self) -> JsonObject:
        """See ``Shape``."""
        items = Whole(0, self.most).schema()
        return {"type": "array", "items": items, "minItems": 2, "maxItems": 2}


@dataclass(frozen=True, slots=True)
class RecordKey:
    """The key of a record: a text, or the texts of a compound key."""

    def read(self, value: Json, field: str) -> str | list[str]:
        """See ``Shape``."""
        parts = value if isinstance(value, list) else [value]
        if not parts or not all(isinstance(part, str) for part in parts):
            raise malformed(field)
        return cast("str | list[str]", value)

    def schema(self) -> JsonObject:
        """See ``Shape``."""
        texts: JsonObject = {"type": "array", "items": {"type": "string"}, "minItems": 1}
        return {"anyOf": [{"type": "string"}, texts]}


@dataclass(frozen=True, slots=True)
class _Nested:
    kind: type[Any]

    def read(self, value: Json, field: str) -> Any:
        return _read(self.kind, as_object(value, field))

    def schema(self) -> JsonObject:
        return {"$ref": f"#/components/schemas/{self.kind.__name__}"}


@dataclass(frozen=True, slots=True)
class _Maybe:
    item: Shape

    def read(self, value: Json, field: str) -> Any:
        return None if value is None else self.item.read(value, field)

    def schema(self) -> JsonObject:
        return self.item.schema()


LABEL: Final = Text(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,63}")
SIGNATURE: Final = Text("[0-9a-f]{128}")

Label = Annotated[str, LABEL]
"""A name without blanks: terminals, numbers, kinds, nonces."""

Hash = Annotated[str, Text("[0-9a-f]{64}")]
"""SHA-256 or an Ed25519 public key in hex."""

Signature = Annotated[str, SIGNATURE]
"""Ed25519 in hex."""

_PLAIN: Final[dict[object, Shape]] = {str: Text(), int: Whole(), bool: Flag(), float: Share()}


def shape_of(hint: Any) -> Shape:
    """The shape an annotation stands for."""
    origin, parts = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return cast(Shape, parts[1])
    if origin is Literal:
        return OneOf(parts)
    if origin in (Union, UnionType):
        (held,) = (part for part in parts if part is not NoneType)
        return _Maybe(shape_of(held))
    if origin is tuple:
        return Listed(shape_of(parts[0]))
    if origin is dict:
        return AnyObject()
    return _PLAIN.get(hint) or _Nested(hint)


_shapes: Final[dict[type[Any], Mapping[str, tuple[Shape, Field[Any]]]]] = {}


def shapes(kind: type[Any]) -> Mapping[str, tuple[Shape, Field[Any]]]:
    """The shape of every field of a dataclass, by name."""
    if kind not in _shapes:
        # ``Json`` names itself in its own definition; what is inside an object has no shape here.
        hints = get_type_hints(kind, localns={"Json": object}, include_extras=True)
        _shapes[kind] = {field.name: (shape_of(hints[field.name]), field) for field in fields(kind)}
    return _shapes[kind]


def inside(kind: type[Any]) -> list[type[Any]]:
    """The dataclasses that the fields of one hold: singly, in lists, or where one may be absent."""
    held = (shape for shape, _ in shapes(kind).values())
    items = (shape.item if isinstance(shape, Listed | _Maybe) else shape for shape in held)
    return [shape.kind for shape in items if isinstance(shape, _Nested)]


def _read(kind: type[Any], data: JsonObject) -> Any:
    return kind(
        **{
            name: shape.read(data.get(name), name)
            for name, (shape, field) in shapes(kind).items()
            if name in data or field.default is MISSING
        }
    )


def schema(kind: type[Any]) -> JsonObject:
    """The JSON Schema of a dataclass as it travels."""
    known = shapes(kind)
    required: list[Json] = [
        name
        for name, (shape, field) in known.items()
        if field.default is MISSING and not isinstance(shape, _Maybe)
    ]
    properties: JsonObject = {name: shape.schema() for name, (shape, _) in known.items()}
    return {"type": "object", "properties": properties, "required": required}


class Message:
    """What travels: read by ``parse``, written by ``format``, both from the declared fields."""

    __slots__ = ()

    @classmethod
    def parse(cls, value: Json) -> Self:
        """Read a body, or a part of one.

        Raises:
            Refusal: ``wire.malformed`` with ``field``; ``wire.too_many`` with ``limit``.
        """
        message: Self = _read(cls, as_object(value, "body"))
        return message

    def format(self) -> JsonObject:
        """The message as a JSON object; what is None does not travel."""
        held = {name: getattr(self, name) for name in shapes(type(self))}
        return {name: _plain(value) for name, value in held.items() if value is not None}


def _plain(value: Any) -> Json:
    if isinstance(value, Message):
        return value.format()
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return cast(Json, value)
