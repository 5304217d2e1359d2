"""Numbers leased to terminals: forward only, with an end, and none of them to two.

Order numbers stand beside outlet and terminal number on a slip: each place counts for itself, and a
machine that takes another one's place goes on behind everything that was ever leased there.
Waybills and vouchers have no place in their numbers: all terminals draw from one pool.

What a terminal did not use comes back by its own journal alone: the entry stands behind every use,
signed, so whoever holds it holds the proof. Until then, and until the lease has ended, nobody gets
any of it: an older disk of that terminal may still have it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from sync.central import schema
from sync.wire.messages import NumberRange, RangeRequest
from sync.wire.refusal import Refusal
from terminal.domain import leases
from terminal.domain.outlet_time import utc_text

LIFE_MS: Final = 180 * 86_400_000
"""How long a lease lasts: a terminal that asks for no renewal in half a year is not there."""

_LOOK_AGAIN_MS: Final = 7 * 86_400_000
_LOOKED_THROUGH: Final = 500
"""Newest entries of a journal among which a return is looked for; further back nobody gets any."""


@dataclass(frozen=True, slots=True)
class _Space:
    """One kind of numbers.

    Args:
        size: of a lease. A counter sells for weeks without a network: the numbers it holds must
            never be what stops it.
        pooled: whether all terminals draw from one space.
        after_restore: how many numbers are skipped when the platform comes back from a backup: it
            has forgotten what it leased since.
    """

    size: int
    pooled: bool
    after_restore: int


_SPACES: Final = {
    leases.ORDER: _Space(100_000, pooled=False, after_restore=200_000),
    "waybill": _Space(10_000, pooled=True, after_restore=100_000_000),
    "voucher": _Space(10_000, pooled=True, after_restore=100_000_000),
}


def first_ranges(connection: Connection, terminal_id: str, now_ms: int) -> tuple[NumberRange, ...]:
    """What a new terminal begins with: numbers of every kind."""
    return tuple(lease(connection, terminal_id, RangeRequest(kind, 0), now_ms) for kind in _SPACES)


def lease(
    connection: Connection, terminal_id: str, request: RangeRequest, now_ms: int
) -> NumberRange:
    """Numbers that nobody else has, or more time for those of a lease.

    Args:
        connection: of the transaction.
        terminal_id: who asks; a later life of the same place continues its numbers.
        request: what for; a platform restored from a backup jumps past all the terminal knows.
        now_ms: our time, Unix milliseconds.

    Raises:
        Refusal: ``range.unknown_kind`` (404).
    """
    space = _SPACES.get(request.kind)
    if space is None:
        raise Refusal(404, "range.unknown_kind", {"kind": request.kind})
    known = _answered(connection, terminal_id, request) or _renewed(
        connection, terminal_id, request, now_ms
    )
    if known is not None:
        return known
    lo, hi = _free_tail(connection, terminal_id, request.kind, now_ms) or _fresh(
        connection, terminal_id, request, space
    )
    expires_ms = now_ms + LIFE_MS
    connection.execute(
        insert(schema.leases).values(
            terminal_id=terminal_id,
            kind=request.kind,
            lo=lo,
            hi=hi,
            expires_ms=expires_ms,
            request_id=request.request_id,
            state="held",
            looked_ms=expires_ms,
        )
    )
    return _range(request.kind, lo, hi, expires_ms)


def after_restore(connection: Connection) -> None:
    """A backup does not know what was leased since: skip more than that can have been.

    Nor does it know which tails were given to somebody; terminals that still hold theirs get fresh
    numbers when they ask for more time.
    """
    connection.execute(update(schema.leases).values(state="gone"))
    heads = schema.range_heads
    for kind, space in _SPACES.items():
        skipped = heads.c.next + space.after_restore
        connection.execute(update(heads).where(heads.c.kind == kind).values(next=skipped))


def _answered(
    connection: Connection, terminal_id: str, request: RangeRequest
) -> NumberRange | None:
    """The lease that this very request was given before, its answer being lost."""
    if not request.request_id:
        return None
    same = _mine(terminal_id, request.kind) & (schema.leases.c.request_id == request.request_id)
    row = connection.execute(select(schema.leases).where(same & _is("held"))).one_or_none()
    return _range(row.kind, row.lo, row.hi, row.expires_ms) if row else None


def _renewed(
    connection: Connection, terminal_id: str, request: RangeRequest, now_ms: int
) -> NumberRange | None:
    """The terminal's own lease with a later end; None when it has ended, or is not held."""
    columns = schema.leases.c
    asked = _mine(terminal_id, request.kind) & (columns.lo == request.renews)
    row: Row[Any] | None = connection.execute(
        select(schema.leases).where(asked & _is("held") & (columns.expires_ms > now_ms))
    ).one_or_none()
    if row is None:
        return None
    expires_ms = max(row.expires_ms, now_ms + LIFE_MS)
    longer = {"expires_ms": expires_ms, "looked_ms": expires_ms}
    connection.execute(update(schema.leases).where(asked).values(**longer))
    return _range(row.kind, row.lo, row.hi, expires_ms)


def _free_tail(
    connection: Connection, terminal_id: str, kind: str, now_ms: int
) -> tuple[int, int] | None:
    """What another terminal gave back of the pool, its lease having ended."""
    columns = schema.leases.c
    if not _SPACES[kind].pooled:
        return None
    ended = (columns.kind == kind) & _is("held") & (columns.looked_ms <= now_ms - _LOOK_AGAIN_MS)
    # Its own disk of before may have used them: they are somebody else's or nobody's.
    others = ended & (columns.expires_ms <= now_ms) & (columns.terminal_id != terminal_id)
    row = connection.execute(
        select(schema.leases).where(others).order_by(columns.looked_ms).limit(1).with_for_update()
    ).one_or_none()
    if row is None:
        return None
    used_to = _used_to(connection, row)
    change = {"looked_ms": now_ms} if used_to is None else {"state": "gone"}
    this = _mine(row.terminal_id, kind) & (columns.lo == row.lo)
    connection.execute(update(schema.leases).where(this).values(**change))
    return (used_to + 1, row.hi) if used_to is not None and used_to < row.hi else None


def _used_to(connection: Connection, lease_row: Row[Any]) -> int | None:
    """The last number used of a lease, by the journal entry that gives the rest back.

    The entry is in the chain behind every use. Without it here nobody knows, and nobody gets any.
    """
    columns = schema.entries.c
    newest = (
        select(columns.wire)
        .where(columns.terminal_id == lease_row.terminal_id)
        .order_by(columns.seq.desc())
        .limit(_LOOKED_THROUGH)
    )
    for wire in connection.scalars(newest):
        entry: dict[str, Any] = json.loads(bytes(wire))
        told = leases.returned(entry["body"]) if entry["kind"] == leases.RETURNED else None
        if told is not None and told[:3] == (lease_row.kind, lease_row.lo, lease_row.hi):
            return told[3]
    return None


def _fresh(
    connection: Connection, terminal_id: str, request: RangeRequest, space: _Space
) -> tuple[int, int]:
    """The next numbers of the space; what was leased once is never leased again this way."""
    heads = schema.range_heads
    outlet, terminal_no = ("", 0) if space.pooled else _place(connection, terminal_id)
    mine = (heads.c.outlet == outlet) & (heads.c.terminal_no == terminal_no)
    mine &= heads.c.kind == request.kind
    leased_to = connection.scalar(select(heads.c.next).where(mine).with_for_update())
    lo = max(leased_to or 1, request.used_to + 1, request.held_to + 1)
    if leased_to is None:
        row = {"outlet": outlet, "terminal_no": terminal_no, "kind": request.kind}
        connection.execute(insert(heads).values(**row, next=lo + space.size))
    else:
        connection.execute(update(heads).where(mine).values(next=lo + space.size))
    return lo, lo + space.size - 1


def _place(connection: Connection, terminal_id: str) -> tuple[str, int]:
    columns = schema.terminals.c
    wanted = select(columns.outlet, columns.terminal_no).where(columns.terminal_id == terminal_id)
    outlet, terminal_no = connection.execute(wanted).one()
    return outlet, terminal_no


def _mine(terminal_id: str, kind: str) -> Any:
    columns = schema.leases.c
    return (columns.terminal_id == terminal_id) & (columns.kind == kind)


def _is(state: str) -> Any:
    return schema.leases.c.state == state


def _range(kind: str, lo: int, hi: int, expires_ms: int) -> NumberRange:
    return NumberRange(kind, lo, hi, utc_text(datetime.fromtimestamp(expires_ms / 1000, UTC)))
