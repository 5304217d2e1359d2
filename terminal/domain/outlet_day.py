"""An outlet's business day at its other terminals, out of entries that they sealed.

Nobody's word is taken for it: an entry counts when the key of its terminal signed it. Whatever
cannot be proven, or was not asked for, is named and never taken for even.
Source: postal-domain.md §2.15 (网点轧账).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal

from terminal.domain.canonical import Json
from terminal.domain.cash_up import CLOSED, OUTLET
from terminal.domain.errors import EnvironmentFault
from terminal.domain.journal import Entry, verify_entry

SIGNED_ON: Final = "outlet.signed_on"
SIGNED_OFF: Final = "outlet.signed_off"
KINDS: Final = frozenset({SIGNED_ON, CLOSED, OUTLET, SIGNED_OFF})
"""Entries that tell of a terminal's business day."""

State = Literal["closed", "open", "idle", "unproven", "unasked"]


@dataclass(frozen=True, slots=True)
class ClosedTill:
    """A till's closed period; amounts in fen, ``disputed_fen`` of what is missing positive."""

    till_id: str
    period: int
    clerk: str
    counted_fen: int
    difference_fen: int
    disposition: str
    closed_seq: int
    disputed_fen: int = 0


@dataclass(frozen=True, slots=True)
class TillCash:
    """What is in a till that was cashed up, when its terminal closes the day."""

    till_id: str
    fen: int


@dataclass(frozen=True, slots=True)
class OutletSum:
    """What a cash-up adds up: closings, cash in tills that were cashed up, and differences, fen."""

    tills: int = 0
    cash_fen: int = 0
    difference_fen: int = 0


NOTHING: Final = OutletSum()


@dataclass(frozen=True, slots=True)
class OtherTerminal:
    """Another terminal of the outlet on a day.

    Args:
        state: ``closed`` its day; ``open``: opened and not closed yet; ``idle``: not opened;
            ``unproven``: what was told is not what it signed, or not all of it; ``unasked``:
            nobody could tell.
        tills: its closed periods, oldest first.
        not_cashed_up: tills it named itself.
        cash: of its other tills, once it has closed its day.
    """

    terminal_id: str
    state: State
    tills: tuple[ClosedTill, ...] = ()
    not_cashed_up: tuple[str, ...] = ()
    cash: tuple[TillCash, ...] = ()


@dataclass(frozen=True, slots=True)
class OutletDay:
    """What the platform told of a day; ``business_date`` "" when nobody asked, or got no answer."""

    business_date: str = ""
    others: tuple[OtherTerminal, ...] = ()


NOT_TOLD: Final = OutletDay()


def read_terminal(
    terminal_id: str, date: str, entries: Iterable[Mapping[str, Json]], key: bytes | None
) -> OtherTerminal:
    """One terminal's day.

    Args:
        terminal_id: whose entries they should be.
        date: the business date.
        entries: as they came, oldest first.
        key: its public key; None for a terminal that the platform did not introduce.
    """
    told = list(entries)
    if not told:
        return OtherTerminal(terminal_id, "idle")
    proven = _proven(terminal_id, date, told, key) if key is not None else None
    if proven is None:
        return OtherTerminal(terminal_id, "unproven")
    try:
        return _told(terminal_id, proven)
    except (KeyError, TypeError):
        # Another program says it otherwise: what cannot be read is not added up.
        return OtherTerminal(terminal_id, "unproven")


def _told(terminal_id: str, proven: Sequence[Entry]) -> OtherTerminal:
    if not _whole(proven):
        return OtherTerminal(terminal_id, "unproven")
    ends = [entry.kind for entry in proven if entry.kind in (SIGNED_ON, SIGNED_OFF)]
    named: Any = next((one.body for one in reversed(proven) if one.kind == OUTLET), {"cash": ()})
    closed = bool(ends) and ends[-1] == SIGNED_OFF
    return OtherTerminal(
        terminal_id,
        "closed" if closed else "open",
        tuple(_till(entry) for entry in proven if entry.kind == CLOSED),
        tuple(named.get("not_cashed_up", ())),
        # What is there is said at the end only: until then it goes from till to till.
        tuple(TillCash(row["till_id"], row["fen"]) for row in named["cash"] if closed),
    )


def _proven(
    terminal_id: str, date: str, told: Sequence[Mapping[str, Json]], key: bytes
) -> list[Entry] | None:
    proven = []
    for row in told:
        try:
            entry = Entry.from_wire(dict(row))
            verify_entry(entry, key)
        except EnvironmentFault:
            return None
        mine = (entry.terminal_id, entry.business_date) == (terminal_id, date)
        if not mine or entry.kind not in KINDS:
            return None
        proven.append(entry)
    rising = all(one.seq < two.seq for one, two in pairwise(proven))
    return proven if rising else None


def _whole(proven: Sequence[Entry]) -> bool:
    """Whether nothing was left out that the signed entries themselves tell of.

    A terminal's cash-up lists its closings. A day's end names the entry before it, and the cash-up
    stands between the two or not at all.
    """
    closings = {entry.seq for entry in proven if entry.kind == CLOSED}
    cash_ups = {entry.seq for entry in proven if entry.kind == OUTLET}
    for entry in proven:
        body: Any = entry.body
        if entry.kind == OUTLET:
            listed = {row["closed_seq"] for row in body["tills"]}
            if listed != {seq for seq in closings if seq < entry.seq}:
                return False
        if entry.kind == SIGNED_OFF:
            before = entry.seq - 1
            if before > body["head_seq"] and before not in cash_ups:
                return False
    return True


def _till(entry: Entry) -> ClosedTill:
    body: Any = entry.body
    return ClosedTill(
        body["till_id"],
        body["period"],
        entry.clerk_id,
        body["counted_fen"],
        body["difference_fen"],
        body["disposition"],
        entry.seq,
        _disputed(body),
    )


def _disputed(body: Mapping[str, Any]) -> int:
    """What of a period lies disputed: the last count's difference, or what was not taken over."""
    if "disputed_fen" in body:
        return int(body["disputed_fen"])
    if "dispute_before" in body:
        return int(body["dispute_before"]["fen"])
    return -int(body["difference_fen"]) if body["disposition"] == "disputed" else 0
