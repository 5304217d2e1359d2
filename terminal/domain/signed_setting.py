"""Settings of the platform (roles, permissions, limits, thresholds …), one signed record each.

A record is ``key``, ``value`` (JSON text; ``null`` withdraws the setting), ``version`` and
``signature``. Versions of a key only rise, so that an older record, genuine as it is, never counts
again. The rule is the same for the agent that takes a record and for the counter that goes by it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

MALFORMED: Final = "setting.malformed"
FORGED: Final = "setting.bad_signature"
REPLAYED: Final = "setting.replayed"
_FIELDS: Final = frozenset({"key", "value", "version", "signature"})
_LONGEST_KEY: Final = 64


@dataclass(frozen=True, slots=True)
class SignedSetting:
    """A setting that may count.

    Args:
        key: its name, for example ``limits``.
        value: what the platform says; None when it was withdrawn.
        version: from 1, rising.
        text: the record as JSON, always the same for the same record.
    """

    key: str
    value: Any
    version: int
    text: str


def judged(
    record: Mapping[str, Any],
    genuine: Callable[[Mapping[str, Any]], bool],
    newest: SignedSetting | None = None,
) -> SignedSetting | str:
    """A record that may count, else the dotted code of why it may not.

    Args:
        record: as it came, or as it was kept.
        genuine: whether the platform signed this record as it is.
        newest: what counts now of this key; None for nothing. The same record again is itself.
    """
    if set(record) != _FIELDS or type(record["version"]) is not int or record["version"] < 1:
        return MALFORMED
    key, text = record["key"], record["value"]
    if type(key) is not str or not 0 < len(key) <= _LONGEST_KEY or type(text) is not str:
        return MALFORMED
    if type(record["signature"]) is not str or not genuine(record):
        return FORGED
    try:
        value = json.loads(text)
    except ValueError:
        return MALFORMED
    kept = json.dumps(dict(record), ensure_ascii=False, sort_keys=True)
    setting = SignedSetting(key, value, record["version"], kept)
    if newest is not None and setting != newest and setting.version <= newest.version:
        return REPLAYED
    return setting
