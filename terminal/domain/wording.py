"""Filling a text of the translations: names in braces, and words that depend on how many there are.

``{count} {count:entry waits|entries wait}`` says "1 entry waits" and "2 entries wait". A language
whose words do not change with the number, such as Chinese, needs none of these.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_CHOICE: Final = re.compile(r"\{(\w+):([^{}|]*)\|([^{}|]*)\}")


def filled(template: str, values: Mapping[str, object]) -> str:
    """A text with its places filled.

    Args:
        template: with ``{name}`` for a value and ``{name:one|many}`` for a choice by a number.
        values: what is named; a number may come as it is or as its digits.

    Returns:
        The text; places that nobody named stay, so that they are seen.
    """
    text = template
    if "|" in template:
        text = _CHOICE.sub(lambda found: _chosen(found, values), template)
    for name, value in values.items():
        text = text.replace("{" + name + "}", str(value))
    return text


def _chosen(found: re.Match[str], values: Mapping[str, object]) -> str:
    name, one, many = found.groups()
    if name not in values:
        return found[0]
    return one if str(values[name]) == "1" else many
