"""Who speaks for a terminal: one machine at a time, so that a copied disk cannot sell beside it.

The terminal's agent writes a fresh token down, asks to go on with it and drops the one before. A
copy of the disk holds a token that somebody else has dropped; both cannot continue. A lost answer
is no copy: the same wish again is granted again.

Source: docs/adr/0016-lives-of-a-disk.md.
"""

from __future__ import annotations

import json
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from sync.central import schema
from sync.central.platform import Platform, now_ms, utc_text
from sync.wire.messages import SessionRequest
from sync.wire.refusal import Refusal
from terminal.domain.journal import ChainHead

LEASE_MS: Final = 90_000
"""Who has not spoken for so long may be followed by another copy: three missed heartbeats."""


def renew(platform: Platform, terminal_id: str, request: SessionRequest, skew_ms: int) -> ChainHead:
    """Let the machine go on speaking, or say that another one does.

    Args:
        platform: this worker.
        terminal_id: proven by the request's signature.
        request: what it holds and wants.
        skew_ms: what its clock is wrong by.

    Returns:
        Where its journal ends here.

    Raises:
        Refusal: ``terminal.cloned`` (409) with the ``seconds`` until the silence of the other
            machine is long enough, 0 when only the operator can help.
    """

    def work(connection: Connection) -> ChainHead:
        row = _row(connection, terminal_id)
        _check(row, request)
        if row.session and (
            row.session not in (request.current, request.next) or row.machine != request.machine
        ):
            evidence = {"machine_before": row.machine, "machine": request.machine}
            _note(connection, row, "terminal.session_taken_over", evidence, request.next)
        before = row.session_before if row.session == request.next else row.session
        connection.execute(
            _mine(terminal_id).values(
                session=request.next,
                session_before=before,
                machine=request.machine,
                spoke_ms=now_ms(),
                skew_ms=skew_ms,
            )
        )
        return ChainHead(row.epoch, row.seq, row.hash)

    return platform.database.ordered(terminal_id, work)


def _check(row: Row[Any], request: SessionRequest) -> None:
    goes_on = row.session in ("", request.current, request.next)
    same_machine = row.machine in ("", request.machine)
    left_ms = row.spoke_ms + LEASE_MS - now_ms()
    # A disk that moved goes on where it was; an old disk came back to its own machine. Neither can
    # be told from a copy while the other one speaks.
    silent = left_ms <= 0
    if (goes_on and same_machine) or (silent and (goes_on or same_machine)):
        return
    curable = goes_on or same_machine
    raise Refusal(409, "terminal.cloned", {"seconds": max(0, left_ms // 1000 + 1) * curable})


def check_speaker(row: Any, held: str, target: str) -> None:
    """Let only the machine change anything that speaks for the terminal.

    Args:
        row: with the terminal's ``session`` and ``session_before``.
        held: the token of the call.
        target: a journal is sent by the thread that renews, so the token before does not do there;
            other calls may run beside a renewal.

    Raises:
        Refusal: ``terminal.cloned`` (409).
    """
    near = held == row.session_before and not target.endswith("/journal")
    if row.session and held != row.session and not near:
        raise Refusal(409, "terminal.cloned", {"seconds": 0})


def release(platform: Platform, terminal_id: str) -> None:
    """Let the next machine that speaks for the terminal go on, whichever it is.

    Raises:
        Refusal: ``terminal.unknown`` (404).
    """
    freed = platform.database.transaction(
        lambda connection: connection.execute(_mine(terminal_id).values(schema.NO_SESSION)).rowcount
    )
    if not freed:
        raise Refusal(404, "terminal.unknown")


def _row(connection: Connection, terminal_id: str) -> Row[Any]:
    wanted = select(schema.terminals).where(schema.terminals.c.terminal_id == terminal_id)
    return connection.execute(wanted.with_for_update()).one()


def _mine(terminal_id: str) -> Any:
    return update(schema.terminals).where(schema.terminals.c.terminal_id == terminal_id)


def _note(
    connection: Connection, row: Row[Any], code: str, evidence: dict[str, str], token: str
) -> None:
    told = json.dumps({**evidence, "token": token[:8]})
    connection.execute(
        insert(schema.tasks).values(
            terminal_id=row.terminal_id, seq=row.seq, code=code, evidence=told, at=utc_text()
        )
    )
