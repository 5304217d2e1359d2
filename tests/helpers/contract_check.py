"""The part of JSON Schema that our contract uses: values that fit it, and whether an answer does.

Written anew from the published rules, apart from the code that writes the contract.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

_KNOWN = frozenset(
    {"type", "properties", "required", "items", "$ref", "enum", "pattern", "anyOf"}
    | {"minimum", "maximum", "minItems", "maxItems", "maxLength"}
    | {"description", "contentMediaType"}
)
_TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}
# JSON can spell lone surrogates, which no UTF-8 can carry on.
words = st.text(st.characters(), max_size=12)
CORNERS: list[Any] = [
    0.5,
    float("inf"),
    "\ud800",
    "\x00",
    2**53,
    -(2**63) - 1,
    10**400,
    {"\ud800": 1},
    json.loads("[" * 200 + "]" * 200),
]
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


@dataclass(frozen=True)
class Schemas:
    """The named schemas of one contract."""

    named: Mapping[str, Any]

    def plain(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """The schema itself, when it is only a reference to one."""
        unknown = schema.keys() - _KNOWN
        assert not unknown, f"the checker does not know {unknown}"
        while "$ref" in schema:
            schema = self.named[schema["$ref"].rpartition("/")[2]]
        return schema

    def faults(self, value: Any, schema: Mapping[str, Any], at: str = "$") -> Iterator[str]:
        """Everything in which a value does not fit."""
        schema = self.plain(schema)
        if "anyOf" in schema:
            if all(list(self.faults(value, option, at)) for option in schema["anyOf"]):
                yield f"{at}: fits no option"
            return
        wanted = schema["type"]
        if not isinstance(value, _TYPES[wanted]) or (
            isinstance(value, bool) and wanted != "boolean"
        ):
            yield f"{at}: not of type {wanted}"
            return
        yield from self._bounds(value, schema, at)
        if isinstance(value, dict):
            for name in schema.get("required", ()):
                if name not in value:
                    yield f"{at}.{name}: missing"
            for name, inner in schema.get("properties", {}).items():
                if name in value:
                    yield from self.faults(value[name], inner, f"{at}.{name}")
        if isinstance(value, list):
            for place, item in enumerate(value):
                yield from self.faults(item, schema["items"], f"{at}[{place}]")

    @staticmethod
    def _bounds(value: Any, schema: Mapping[str, Any], at: str) -> Iterator[str]:
        if "enum" in schema and value not in schema["enum"]:
            yield f"{at}: not one of {schema['enum']}"
        if "pattern" in schema and not re.search(schema["pattern"], value):
            yield f"{at}: does not match"
        if "minimum" in schema and value < schema["minimum"]:
            yield f"{at}: too small"
        if "maximum" in schema and value > schema["maximum"]:
            yield f"{at}: too large"
        size = len(value) if isinstance(value, str | list) else 0
        if size > schema.get("maxLength", size) or size > schema.get("maxItems", size):
            yield f"{at}: too long"
        if isinstance(value, list) and size < schema.get("minItems", 0):
            yield f"{at}: too short"

    def fitting(self, schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        """Values that fit, as far as a schema can tell."""
        schema = self.plain(schema)
        if "anyOf" in schema:
            return st.one_of([self.fitting(option) for option in schema["anyOf"]])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        match schema["type"]:
            case "object":
                return self._object(schema)
            case "array":
                least = schema.get("minItems", 0)
                most = min(least + 2, schema.get("maxItems", least + 2))
                return st.lists(self.fitting(schema["items"]), min_size=least, max_size=most)
            case "string" if "pattern" in schema:
                return st.from_regex(re.compile(schema["pattern"], re.ASCII))
            case "string":
                return words
            case "boolean":
                return st.booleans()
            case "integer":
                return st.integers(schema.get("minimum"), schema.get("maximum"))
            case _:
                return st.floats(schema.get("minimum"), schema.get("maximum"))

    def _object(self, schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        if "properties" not in schema:
            return st.dictionaries(words, anything, max_size=3)
        needed = schema.get("required", [])
        members = {name: self.fitting(inner) for name, inner in schema["properties"].items()}
        return st.fixed_dictionaries(
            {name: members[name] for name in needed},
            optional={name: inner for name, inner in members.items() if name not in needed},
        )

    def nearly(self, schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
        """Values that fit but for one member, and values of any shape."""
        plain = self.plain(schema)
        spoilt = st.tuples(
            self.fitting(schema),
            st.sampled_from([*plain.get("properties", {"x": {}})]),
            anything,
        ).map(lambda parts: {**parts[0], parts[1]: parts[2]})
        # Corners that chance seldom finds: a part, half a character, a null byte, depth, size.
        more = st.tuples(self.fitting(schema), st.sampled_from(CORNERS)).map(
            lambda parts: {**parts[0], "unheard_of": parts[1]}
        )
        cornered = st.tuples(
            self.fitting(schema),
            st.sampled_from([*plain.get("properties", {"x": {}})]),
            st.sampled_from(CORNERS),
        ).map(lambda parts: {**parts[0], parts[1]: parts[2]})
        return st.one_of(self.fitting(schema), spoilt, more, cornered, anything)
