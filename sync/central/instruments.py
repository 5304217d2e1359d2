"""What the sandbox keeps for customers: prepaid cards, virtual accounts, points, vouchers.

A charge takes from them and a reversal puts back, in the transaction of the payment. A voucher is
worth something once: whatever a payment leaves of it is gone, there is no change.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, get_args

from sqlalchemy import Connection, Row, Select, insert, select, update

from sync.central import schema
from sync.wire.messages import BalanceAnswer, BalanceRequest, HeldScheme

HELD: Final[frozenset[str]] = frozenset(get_args(HeldScheme))
VOUCHER: Final = "voucher"

DEMO: Final[Mapping[tuple[str, str], tuple[int, str]]] = {
    ("prepaid_card", "690000000018"): (20_000, "usable"),
    ("prepaid_card", "690000000026"): (350, "usable"),
    ("prepaid_card", "690000000034"): (5_000, "blocked"),
    ("virtual_account", "790000000015"): (100_000, "usable"),
    ("points", "880000000012"): (1_500, "usable"),
    ("voucher", "QA20260001"): (1_000, "usable"),
    ("voucher", "QA20260002"): (500, "usable"),
    ("voucher", "QA20260003"): (500, "spent"),
}
"""Invented ones of the demonstration: worth in fen, and their state."""


def seed(connection: Connection) -> None:
    """Give the demonstration its cards, accounts, points and vouchers."""
    rows = [
        {
            "scheme": scheme,
            "number": number,
            "value_fen": fen,
            "available_fen": fen,
            "state": state,
        }
        for (scheme, number), (fen, state) in DEMO.items()
    ]
    connection.execute(insert(schema.instruments), rows)


def balance(connection: Connection, request: BalanceRequest) -> BalanceAnswer:
    """What a number is worth; one that nobody knows is worth nothing and says so."""
    held = connection.execute(_wanted(request.scheme, request.number)).one_or_none()
    if held is None:
        return BalanceAnswer(request.scheme, "unknown", 0)
    worth = held.available_fen if held.state == "usable" else 0
    return BalanceAnswer(request.scheme, held.state, worth)


def take(connection: Connection, scheme: str, number: str, fen: int) -> str:
    """Take an amount; "" when it was taken, else why not, as a dotted code."""
    held = _held(connection, scheme, number)
    if held is None:
        return "payment.number_unknown"
    if held.state != "usable":
        return f"payment.number_{held.state}"
    if held.available_fen < fen:
        return "payment.not_enough"
    left = 0 if scheme == VOUCHER else held.available_fen - fen
    state = "spent" if scheme == VOUCHER else "usable"
    _change(connection, scheme, number, {"available_fen": left, "state": state})
    return ""


def put_back(connection: Connection, scheme: str, number: str, fen: int) -> None:
    """Put an amount back; a voucher is as good as new."""
    held = _held(connection, scheme, number)
    if held is None:
        return
    if scheme == VOUCHER:
        values: dict[str, str | int] = {"available_fen": held.value_fen, "state": "usable"}
    else:
        values = {"available_fen": held.available_fen + fen}
    _change(connection, scheme, number, values)


def _held(connection: Connection, scheme: str, number: str) -> Row[tuple[object, ...]] | None:
    return connection.execute(_wanted(scheme, number).with_for_update()).one_or_none()


def _wanted(scheme: str, number: str) -> Select[tuple[Any, ...]]:
    table = schema.instruments
    return select(table).where(table.c.scheme == scheme, table.c.number == number)


def _change(connection: Connection, scheme: str, number: str, values: dict[str, str | int]) -> None:
    table = schema.instruments
    wanted = update(table).where(table.c.scheme == scheme, table.c.number == number)
    connection.execute(wanted.values(**values))
