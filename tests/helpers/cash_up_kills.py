"""A cash-up in a process of its own, killed (-9) while it does one SQL statement or another."""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from terminal.app.cash_up_view import CashUpView
from terminal.app.usecases import UseCases
from terminal.domain.cash_up import Step
from tests.helpers.cash_ups import book_fen, pieces
from tests.helpers.outlet import PIN, SENIOR, SENIOR_PIN, Outlet

SHORT_FEN = 30
DEADLINE_S = 60.0
NEVER = 0

_STEPS: dict[Step, Callable[[UseCases, str], CashUpView]] = {
    Step.COUNT: lambda cases, form: cases.cash_ups.count(form, pieces(book_fen(cases) - SHORT_FEN)),
    Step.DIFFERENCE: lambda cases, form: cases.cash_ups.book(form),
    Step.VERIFY: lambda cases, form: cases.cash_ups.verify(form, SENIOR, SENIOR_PIN),
    Step.HAND_OVER: lambda cases, form: cases.cash_ups.close(form),
}


def goes_on(outlet: Outlet, show: Callable[[CashUpView], None] = lambda _view: None) -> None:
    """Cash up from wherever it stands to the closing report.

    Args:
        outlet: with its clerk at the counter.
        show: hears what the screen would show after each step.
    """
    while outlet.cases.cash_ups.view().period == 1:
        view = outlet.cases.cash_ups.view()
        show(_STEPS[view.step](outlet.cases, view.form_id))


def killed_at(home: Path, statement: int, told: Path) -> int:
    """Let a process cash up and kill itself at its n-th statement.

    Args:
        home: with its day open and something sold.
        statement: from 1; ``NEVER`` lets it finish.
        told: where it notes, line by line, what it has shown.

    Returns:
        How many statements it did.
    """
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([__name__])
    process = server.Process(target=_program, args=(home, statement, told))
    process.start()
    process.join(DEADLINE_S)
    expected = 0 if statement == NEVER else -signal.SIGKILL
    assert process.exitcode == expected, f"it ended with {process.exitcode}"
    return int(json.loads(told.read_text("utf-8").splitlines()[-1])["statements"])


def shown(told: Path) -> list[dict[str, Any]]:
    """What the process showed before it was killed."""
    lines = [json.loads(line) for line in told.read_text("utf-8").splitlines()]
    return [line for line in lines if "step" in line]


def _program(home: Path, statement: int, told: Path) -> None:
    outlet = Outlet(home)
    outlet.clock.advance(timedelta(hours=1))
    outlet.cases.session.unlock(PIN)
    done = 0
    with told.open("a", encoding="utf-8", buffering=1) as notes:

        def count(_sql: str) -> None:
            nonlocal done
            done += 1
            if done == statement:
                notes.write(json.dumps({"statements": done}) + "\n")
                os.kill(os.getpid(), signal.SIGKILL)

        def show(view: CashUpView) -> None:
            counted = view.outcome.counted_text if view.outcome else ""
            seen = {"step": view.step, "period": view.period, "counted": counted}
            notes.write(json.dumps(seen) + "\n")

        outlet.books._connection.set_trace_callback(count)
        goes_on(outlet, show)
        outlet.books._connection.set_trace_callback(None)
        notes.write(json.dumps({"statements": done}) + "\n")
    outlet.close()
