"""What was given back of every sale, by line and by way of payment, whichever counter did it.

A counter that can be heard claims first what it is about to give back; a claim is granted once and
never above what was sold. A counter without a line gives back provisionally. Facts are never
rejected: when entries arrive that together exceed a sale, a task names all of them.

Source: docs/adr/0022-refunds-across-counters.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, text, update

from sync.central import schema
from sync.central.database import turn
from sync.central.platform import now_ms
from sync.wire.refunds import ClaimAnswer, ClaimRequest, LegBack, LineBack, SaleAnswer
from sync.wire.refusal import Refusal
from terminal.domain.errors import BugError
from terminal.domain.journal import Entry
from terminal.domain.refund import GivenBack, Sold, sold_from

HELD_MS: Final = 24 * 3600 * 1000
"""How long a claim keeps its pieces without the entry that books it."""
EXCEEDED: Final = "refund.more_than_sold"
UNREADABLE: Final = "refund.unreadable"
_SALE, _BOOKED, _WITHDRAWN = "sale.completed", "refund.completed", "refund.withdrawn"
_LONGEST: Final = 64
_CLAIMS, _LINES, _LEGS = schema.refund_claims, schema.refund_claim_lines, schema.refund_claim_legs
_NEW_SALE = text(
    "INSERT INTO sales (order_no, terminal_id, seq) VALUES (:order_no, :terminal_id, :seq)"
    " ON CONFLICT DO NOTHING"
)

Note = tuple[int, str, str]
"""About which entry of the uploading terminal, why, and what a person has to see."""


@dataclass(frozen=True, slots=True)
class SaleName:
    """Which entry is the sale."""

    terminal_id: str
    seq: int

    @property
    def key(self) -> str:
        """Whose turn has to be taken before anything is decided about it."""
        return f"refund {self.terminal_id} {self.seq}"


def look(connection: Connection, asking: str, sale: SaleName) -> SaleAnswer:
    """A sale of the asking terminal's outlet, and what others gave back of it.

    Raises:
        Refusal: ``refund.unknown_sale`` (404): the entry is not here, is no sale, or another
            outlet's.
    """
    entry = _sale(connection, asking, sale)
    others = _given(connection, sale, (_CLAIMS.c.terminal_id != asking,))
    return SaleAnswer(
        entry.to_wire(),
        tuple(LineBack(line, *back) for line, back in sorted(others.lines.items())),
        tuple(LegBack(leg, fen) for leg, fen in sorted(others.legs.items())),
    )


def numbered(connection: Connection, asking: str, order_no: str) -> SaleName:
    """Where the sale with this number stands; the newest when there are several.

    Raises:
        Refusal: ``refund.unknown_sale`` (404).
    """
    columns = schema.sales.c
    found = connection.execute(
        select(columns.terminal_id, columns.seq)
        .where(columns.order_no == order_no)
        .order_by(columns.seq.desc())
    ).all()
    for row in found:
        if _same_outlet(connection, row.terminal_id, asking):
            return SaleName(row.terminal_id, row.seq)
    raise Refusal(404, "refund.unknown_sale")


def claim(connection: Connection, asking: str, request: ClaimRequest) -> ClaimAnswer:
    """Keep pieces of a sale for one refund; the caller has the sale's turn.

    Asked again it is the same claim.

    Raises:
        Refusal: ``refund.unknown_sale`` (404), ``refund.more_than_sold`` with ``line_id`` and
            ``left``, ``refund.withdrawn``, ``refund.claim_used`` (409).
    """
    sale = SaleName(request.terminal_id, request.seq)
    entry = _sale(connection, asking, sale)
    if entry.hash != request.hash:
        raise Refusal(404, "refund.unknown_sale")
    wanted = _wanted(request)
    held = _claim_row(connection, request.claim_id)
    if held is not None:
        return _again(connection, asking, request, held)
    given = _given(connection, sale)
    _check_room(_sold(entry), given, wanted)
    _put(connection, request.claim_id, asking, (sale, request.hash), "reserved")
    _put_parts(connection, request.claim_id, wanted)
    return ClaimAnswer("reserved", request.claim_id)


def arrived(connection: Connection, terminal_id: str, entries: Sequence[Entry]) -> list[Note]:
    """Take new entries of one journal into the ledger.

    Returns:
        What a person has to look at.
    """
    notes: list[Note] = []
    sales = [entry for entry in entries if entry.kind == _SALE and _has_number(entry)]
    if sales:
        rows = [
            {"order_no": entry.body["order_no"], "terminal_id": terminal_id, "seq": entry.seq}
            for entry in sales
        ]
        connection.execute(_NEW_SALE, rows)
        notes += _awaited(connection, terminal_id, sales)
    for entry in entries:
        if entry.kind == _BOOKED:
            notes += _booked(connection, entry)
        elif entry.kind == _WITHDRAWN:
            _withdraw(connection, entry)
    return notes


def _has_number(entry: Entry) -> bool:
    return _is_name(entry.body.get("order_no"))


def _is_name(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _LONGEST


def _sale(connection: Connection, asking: str, sale: SaleName) -> Entry:
    if not _same_outlet(connection, sale.terminal_id, asking):
        raise Refusal(404, "refund.unknown_sale")
    entry = _entry(connection, sale)
    if entry is None or entry.kind != _SALE:
        raise Refusal(404, "refund.unknown_sale")
    return entry


def _entry(connection: Connection, name: SaleName) -> Entry | None:
    columns = schema.entries.c
    wire = connection.scalar(
        select(columns.wire).where(columns.terminal_id == name.terminal_id, columns.seq == name.seq)
    )
    return None if wire is None else Entry.from_wire(json.loads(bytes(wire)))


def _same_outlet(connection: Connection, one: str, other: str) -> bool:
    terminals = schema.terminals.c
    wanted = select(terminals.terminal_id, terminals.outlet)
    rows = connection.execute(wanted.where(terminals.terminal_id.in_((one, other)))).all()
    return {one, other} == {row.terminal_id for row in rows} and len({r.outlet for r in rows}) == 1


def _sold(entry: Entry) -> Sold:
    try:
        return sold_from(entry.body)
    except (BugError, KeyError, TypeError, ValueError) as problem:
        raise Refusal(404, "refund.unknown_sale") from problem


def _claim_row(connection: Connection, claim_id: str) -> Row[Any] | None:
    return connection.execute(select(_CLAIMS).where(_CLAIMS.c.claim_id == claim_id)).one_or_none()


def _again(
    connection: Connection, asking: str, request: ClaimRequest, held: Row[Any]
) -> ClaimAnswer:
    if held.state == "withdrawn":
        raise Refusal(409, "refund.withdrawn")
    mine = (held.terminal_id, held.sale_terminal_id, held.sale_seq)
    same = mine == (asking, request.terminal_id, request.seq)
    if not same or _parts(connection, (request.claim_id,)) != _wanted(request):
        raise Refusal(409, "refund.claim_used")
    return ClaimAnswer(held.state, held.claim_id)


def _wanted(request: ClaimRequest) -> GivenBack:
    lines = {line.line_id: (line.quantity, line.fen) for line in request.lines}
    return GivenBack(lines, {leg.leg: leg.fen for leg in request.legs})


def _given(connection: Connection, sale: SaleName, more: Iterable[Any] = ()) -> GivenBack:
    """What is booked or kept for somebody of a sale."""
    kept = (_CLAIMS.c.state == "reserved") & (_CLAIMS.c.at_ms > now_ms() - HELD_MS)
    return _parts(connection, _ids(connection, sale, (or_(_booked_state(), kept), *more)))


def _booked_state() -> Any:
    return _CLAIMS.c.state == "booked"


def _ids(connection: Connection, sale: SaleName, which: Iterable[Any]) -> Sequence[str]:
    columns = _CLAIMS.c
    wanted = select(columns.claim_id).where(
        columns.sale_terminal_id == sale.terminal_id, columns.sale_seq == sale.seq, *which
    )
    return connection.scalars(wanted).all()


def _parts(connection: Connection, claim_ids: Sequence[str]) -> GivenBack:
    lines, legs = _LINES.c, _LEGS.c
    by_line = connection.execute(
        select(lines.line_id, func.sum(lines.quantity), func.sum(lines.fen))
        .where(lines.claim_id.in_(claim_ids))
        .group_by(lines.line_id)
    )
    by_leg = connection.execute(
        select(legs.leg, func.sum(legs.fen)).where(legs.claim_id.in_(claim_ids)).group_by(legs.leg)
    )
    return GivenBack(
        {line: (int(quantity), int(fen)) for line, quantity, fen in by_line},
        {leg: int(fen) for leg, fen in by_leg},
    )


def _check_room(sold: Sold, given: GivenBack, wanted: GivenBack) -> None:
    for line_id, left in _beyond(sold, given.with_(wanted), wanted).items():
        raise Refusal(409, EXCEEDED, {"line_id": line_id, "left": left})


def _beyond(sold: Sold, given: GivenBack, about: GivenBack) -> dict[str, int]:
    """Lines (and ways of payment) of which more is given than there was, with what was left."""
    lines = {line.line_id: line for line in sold.lines}
    legs = {leg.key: leg.fen for leg in sold.legs}
    found: dict[str, int] = {}
    for line_id in about.lines:
        line = lines.get(line_id)
        most = (line.quantity, line.fen) if line else (0, 0)
        if given.quantity(line_id) > most[0] or given.fen(line_id) > most[1]:
            before = given.quantity(line_id) - about.quantity(line_id)
            found[line_id] = max(0, most[0] - before)
    for leg in about.legs:
        if given.of_leg(leg) > legs.get(leg, 0):
            found[leg] = 0
    return found


def _put(
    connection: Connection,
    claim_id: str,
    terminal_id: str,
    sale: tuple[SaleName, str],
    state: str,
    entry_seq: int = 0,
) -> None:
    name, sale_hash = sale
    row = {
        "terminal_id": terminal_id,
        "sale_terminal_id": name.terminal_id,
        "sale_seq": name.seq,
        "sale_hash": sale_hash,
        "state": state,
        "entry_seq": entry_seq,
        "at_ms": now_ms(),
    }
    mine = _CLAIMS.c.claim_id == claim_id
    if not connection.execute(update(_CLAIMS).where(mine).values(**row)).rowcount:
        connection.execute(insert(_CLAIMS).values(claim_id=claim_id, **row))


def _put_parts(connection: Connection, claim_id: str, parts: GivenBack) -> None:
    for table in (_LINES, _LEGS):
        connection.execute(delete(table).where(table.c.claim_id == claim_id))
    lines = [
        {"claim_id": claim_id, "line_id": line, "quantity": quantity, "fen": fen}
        for line, (quantity, fen) in parts.lines.items()
    ]
    legs = [{"claim_id": claim_id, "leg": leg, "fen": fen} for leg, fen in parts.legs.items()]
    if lines:
        connection.execute(insert(_LINES), lines)
    if legs:
        connection.execute(insert(_LEGS), legs)


def _booked(connection: Connection, entry: Entry) -> list[Note]:
    """A refund's entry: it counts whatever was claimed, and whatever it exceeds."""
    try:
        name, sale_hash, parts = _fact(entry.body)
    except (KeyError, TypeError, ValueError):
        return [(entry.seq, UNREADABLE, entry.intent_id)]
    turn(connection, name.key)
    claim_id = str(entry.body.get("claim_id") or entry.intent_id)
    held = _claim_row(connection, claim_id)
    if held is not None and held.terminal_id != entry.terminal_id:
        claim_id = entry.intent_id
    sale = (name, sale_hash)
    _put(connection, claim_id, entry.terminal_id, sale, "booked", entry.seq)
    _put_parts(connection, claim_id, parts)
    return _exceeded(connection, name, entry.seq, parts)


def _fact(body: Mapping[str, Any]) -> tuple[SaleName, str, GivenBack]:
    original = body["original"]
    name = SaleName(original["terminal_id"], original["seq"])
    lines = {
        line["line_id"]: (_amount(line["quantity"]), _amount(line["amount_fen"]))
        for line in body["lines"]
    }
    legs: dict[str, int] = {}
    for tender in body["tenders"]:
        legs[tender["leg"]] = legs.get(tender["leg"], 0) + _amount(tender["fen"])
    names = (name.terminal_id, original["hash"], *lines)
    if type(name.seq) is not int or not all(map(_is_name, names)):
        raise ValueError("names")
    return name, original["hash"], GivenBack(lines, legs)


def _amount(value: object) -> int:
    """What an entry writes as negative."""
    if type(value) is not int:
        raise TypeError("amount")
    return -value


def _exceeded(connection: Connection, name: SaleName, seq: int, parts: GivenBack) -> list[Note]:
    """A task when what was booked of a sale is more than was sold; nothing while it is unknown."""
    sale = _entry(connection, name)
    if sale is None:
        return []
    booked = _ids(connection, name, (_booked_state(),))
    given = _parts(connection, booked)
    hashes = {row.sale_hash for row in _rows(connection, booked)}
    try:
        sold = sold_from(sale.body) if sale.kind == _SALE and hashes <= {sale.hash} else None
    except (BugError, KeyError, TypeError, ValueError):
        sold = None
    beyond = _beyond(sold, given, parts) if sold else dict.fromkeys(parts.lines, 0)
    if not beyond:
        return []
    evidence: dict[str, Any] = {
        "sale": [name.terminal_id, name.seq],
        "order_no": sale.body.get("order_no"),
        "entries": sorted([row.terminal_id, row.entry_seq] for row in _rows(connection, booked)),
        "beyond": sorted(beyond),
    }
    return [(seq, EXCEEDED, json.dumps(evidence, sort_keys=True))]


def _rows(connection: Connection, claim_ids: Sequence[str]) -> Sequence[Row[Any]]:
    wanted = select(_CLAIMS).where(_CLAIMS.c.claim_id.in_(claim_ids))
    return connection.execute(wanted).all()


def _awaited(connection: Connection, terminal_id: str, sales: Sequence[Entry]) -> list[Note]:
    """Refunds that were here before their sale: now it can be told whether they exceed it."""
    columns = _CLAIMS.c
    wanted = select(columns.sale_seq, columns.claim_id).where(
        columns.sale_terminal_id == terminal_id,
        columns.sale_seq.between(sales[0].seq, sales[-1].seq),
        _booked_state(),
    )
    found: dict[int, list[str]] = {}
    for row in connection.execute(wanted):
        found.setdefault(row.sale_seq, []).append(row.claim_id)
    notes: list[Note] = []
    for seq, claim_ids in found.items():
        name = SaleName(terminal_id, seq)
        turn(connection, name.key)
        notes += _exceeded(connection, name, seq, _parts(connection, claim_ids))
    return notes


def _withdraw(connection: Connection, entry: Entry) -> None:
    """Nothing came of a claim; one that is still on its way finds that it is too late."""
    claim_id = entry.body.get("claim_id")
    if not _is_name(claim_id):
        return
    held = _claim_row(connection, str(claim_id))
    if held is None:
        nothing = (SaleName("", 0), "")
        _put(connection, str(claim_id), entry.terminal_id, nothing, "withdrawn")
    elif (held.terminal_id, held.state) == (entry.terminal_id, "reserved"):
        mine = _CLAIMS.c.claim_id == claim_id
        connection.execute(update(_CLAIMS).where(mine).values(state="withdrawn"))
