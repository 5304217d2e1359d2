"""Lives of a terminal's journal: after an old disk was brought back a new epoch begins.

The first entry of a new epoch names the last entry of the one before, so that nobody can begin a
new life without saying where the old one ended. Source: architecture.md §4.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Protocol

from terminal.domain.canonical import Json, JsonObject

RECOVERED: Final = "terminal.recovered"
"""The only kind that may begin a new epoch."""

REPLACED: Final = "terminal.replaced"
"""A machine took the place of another one: says what of the old one may be missing."""

DOUBLE_REFUSED: Final = "entry.double_refused"
"""A fact found twice after a fork; the one that came second counts nowhere."""

GAP_SHOWN: Final = "gap.shown"
"""Somebody was told what may be missing."""

RESENT_OF: Final = "resent_of"
"""In the body of an entry sealed again: ``epoch``, ``seq`` and ``hash`` of its first seal."""


class Sealed(Protocol):
    """What is asked of an entry here."""

    @property
    def epoch(self) -> int:
        """Life of the disk that sealed it."""
        ...

    @property
    def seq(self) -> int:
        """Its number."""
        ...

    @property
    def hash(self) -> str:
        """What it was sealed with, hex."""
        ...

    @property
    def kind(self) -> str:
        """What happened."""
        ...

    @property
    def body(self) -> JsonObject:
        """The fact."""
        ...


def may_follow(epoch: int, seq: int, digest: str, entry: Sealed) -> bool:
    """Whether an entry may stand in its epoch after another one.

    Args:
        epoch: of the entry before.
        seq: of the entry before, 0 at the beginning.
        digest: hash of the entry before.
        entry: joins it by number and hash.
    """
    if entry.epoch == epoch:
        return True
    told = tuple(entry.body.get(name) for name in ("old_epoch", "old_seq", "old_hash"))
    return entry.kind == RECOVERED and told == (epoch, seq, digest)


def facts_of(kind: str, intent_id: str, body: Mapping[str, Json]) -> frozenset[str]:
    """What an entry claims to have happened, for finding the same fact in another entry.

    A form becomes one entry; a payment's outcome is the channel's word on one number, whoever
    asked for it.
    """
    facts = {f"intent {intent_id}"}
    if kind == "payment.outcome":
        facts.add(f"outcome {body['out_trade_no']}")
    return frozenset(facts)


def sealed_again(entry: Sealed, changes: Mapping[str, Json]) -> JsonObject:
    """The body with which a fact is sealed again, naming its first seal.

    Args:
        entry: as it was sealed first.
        changes: what cannot stay, for example an order number that was given twice.
    """
    first: JsonObject = {"epoch": entry.epoch, "seq": entry.seq, "hash": entry.hash}
    return {**entry.body, **changes, RESENT_OF: entry.body.get(RESENT_OF, first)}
