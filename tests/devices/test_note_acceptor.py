"""Notes: each is in the box and booked, or given back and not booked, whatever fails when."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from devices.cash.id003 import Id003Frame, Say
from devices.cash.note_acceptor import NoteAcceptor
from devices.simulators.virtual_line import LineFaults, PtyLine, TcpLine, VirtualLine
from devices.simulators.virtual_note_acceptor import VirtualNoteAcceptor
from devices.transport.link import make_link
from terminal.domain.money import Money
from terminal.ports.cash_device import (
    CashDevice,
    NoteEvent,
    NoteFate,
    NoteHandler,
    NoteNews,
    NoteSignal,
    NoteStage,
    fate_of,
)

TEN, HUNDRED = 0x63, 0x66
PATIENT_S = 2.0
"""Longer than a busy machine takes for an answer: where no answer is lost, none may be missed."""
VALUES = {TEN: Money(1000), HUNDRED: Money(10_000)}
Notes = queue.Queue[NoteEvent]


@contextmanager
def _taking(
    line: VirtualLine,
    under_way: tuple[NoteStage, Money] = (NoteStage.NONE, Money(0)),
    make: type[NoteAcceptor] = NoteAcceptor,
    answer_s: float = 0.08,
) -> Iterator[tuple[CashDevice, Notes, list[str]]]:
    notes: Notes = queue.Queue()
    troubles: list[str] = []
    driver: CashDevice = make(
        lambda: make_link(line.url, device="cash"),
        VALUES,
        under_way=under_way,
        poll_s=0.002,
        answer_s=answer_s,
    )
    driver.start(notes.put, troubles.append)
    try:
        yield driver, notes, troubles
    finally:
        driver.stop()


def _until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 5
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.001)


def _offer(machine: VirtualNoteAcceptor, notes: Notes, code: int = HUNDRED) -> None:
    _until(lambda: machine.insert(code))
    assert notes.get(timeout=5) == NoteEvent(NoteNews.OFFERED, VALUES[code])


@pytest.mark.parametrize("kind", ["pty", "tcp"])
def test_kept_note_is_in_the_box_and_booked_once(kind: str, tmp_path: Path) -> None:
    machine = VirtualNoteAcceptor()
    line: VirtualLine = PtyLine(machine, tmp_path / "n") if kind == "pty" else TcpLine(machine)
    with line, _taking(line, answer_s=PATIENT_S) as (driver, notes, troubles):
        for code in (HUNDRED, TEN):
            _offer(machine, notes, code)
            driver.keep()
            assert notes.get(timeout=5) == NoteEvent(NoteNews.BOOKED, VALUES[code])
        _until(lambda: machine.state is Say.IDLING)
    assert machine.box == [HUNDRED, TEN]
    assert notes.empty()
    assert troubles == []


def test_refused_note_is_given_back_and_not_booked(tmp_path: Path) -> None:
    machine = VirtualNoteAcceptor()
    with PtyLine(machine, tmp_path / "n") as line, _taking(line) as (driver, notes, _):
        _offer(machine, notes)
        driver.give_back()
        assert notes.get(timeout=5).news is NoteNews.RETURNED
        _until(lambda: machine.returned == [HUNDRED])
    assert machine.box == []


def test_note_of_no_known_value_comes_back_unasked(tmp_path: Path) -> None:
    machine = VirtualNoteAcceptor()
    with PtyLine(machine, tmp_path / "n") as line, _taking(line) as (_, notes, _troubles):
        _until(lambda: machine.insert(0x68))
        _until(lambda: machine.returned == [0x68])
        _until(lambda: machine.state is Say.IDLING)
        assert notes.empty()


def test_decision_about_the_last_note_is_none_about_the_next(tmp_path: Path) -> None:
    machine = VirtualNoteAcceptor()
    with PtyLine(machine, tmp_path / "n") as line, _taking(line) as (driver, notes, _):
        driver.keep()
        _offer(machine, notes)
        answered = line.delivered
        _until(lambda: line.delivered > answered + 6)
        assert machine.state in (Say.ESCROW, Say.HOLDING)
        driver.give_back()
        assert notes.get(timeout=5).news is NoteNews.RETURNED


def _outcomes(notes: Notes) -> list[NoteEvent]:
    return [event for event in list(notes.queue) if event.news is not NoteNews.OFFERED]


@pytest.mark.parametrize("fault", ["garble", "cut", "duplicate"])
@pytest.mark.parametrize("every", [2, 3, 5])
def test_on_a_bad_line_the_books_and_the_box_agree(fault: str, every: int, tmp_path: Path) -> None:
    machine = VirtualNoteAcceptor()
    with PtyLine(machine, tmp_path / "n") as line, _taking(line) as (driver, notes, _):
        _offer(machine, notes)
        line.faults = LineFaults(**{fault: every})
        driver.keep()
        outcome = notes.get(timeout=5)
        line.faults = LineFaults()
        _until(lambda: machine.state is Say.IDLING)
        assert outcome in (
            NoteEvent(NoteNews.BOOKED, VALUES[HUNDRED]),
            NoteEvent(NoteNews.TO_COUNT, VALUES[HUNDRED]),
        )
    assert machine.box == [HUNDRED]
    assert _outcomes(notes) == []


def _assert_power_cut_settles_the_note(
    at: Say, fell: bool, folder: Path, make: type[NoteAcceptor] = NoteAcceptor
) -> None:
    machine = VirtualNoteAcceptor()
    with PtyLine(machine, folder / "n") as line:
        with _taking(line) as (_, notes, _troubles):
            _offer(machine, notes)
        # The driver is gone: its stage is what the journal kept. The machine went on alone.
        stage = NoteStage.ESCROW if at is Say.ESCROW else NoteStage.STACKING
        line.unplug()
        machine.state = at
        machine.lose_power(note_fell=fell)
        line.plug_in()
        with _taking(line, (stage, VALUES[HUNDRED]), make) as (_, notes, _troubles):
            outcome = notes.get(timeout=5)
            _until(lambda: machine.state is Say.IDLING)
            assert notes.empty()
    assert (outcome.news is NoteNews.BOOKED) == (machine.box == [HUNDRED])
    assert (outcome.news is NoteNews.RETURNED) == (machine.returned == [HUNDRED])
    assert outcome.value == VALUES[HUNDRED]


@pytest.mark.parametrize(
    ("at", "fell"),
    [
        (Say.ESCROW, False),
        (Say.STACKING, False),
        (Say.STACKING, True),
        (Say.VEND_VALID, True),
    ],
)
def test_power_cut_at_every_stage_settles_the_note_once(
    at: Say, fell: bool, tmp_path: Path
) -> None:
    _assert_power_cut_settles_the_note(at, fell, tmp_path)


class _Optimist(NoteAcceptor):
    """Takes every note under way as kept when the machine wakes up."""

    def _settle(self, frame: Id003Frame, on_note: NoteHandler) -> None:
        if frame.code == Say.POWER_UP_NOTE_IN_ACCEPTOR:
            self._close(NoteFate.BOOK, on_note)
        else:
            super()._settle(frame, on_note)


def test_driver_that_books_a_note_it_gives_back_is_caught(tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        _assert_power_cut_settles_the_note(Say.STACKING, False, tmp_path, _Optimist)


def test_machine_that_loses_power_under_a_living_driver_gives_the_note_back(
    tmp_path: Path,
) -> None:
    machine = VirtualNoteAcceptor()
    with PtyLine(machine, tmp_path / "n") as line, _taking(line) as (driver, notes, _):
        _offer(machine, notes)
        line.unplug()
        machine.lose_power()
        driver.keep()
        line.plug_in()
        assert notes.get(timeout=5) == NoteEvent(NoteNews.RETURNED, VALUES[HUNDRED])
        _offer(machine, notes, TEN)
        driver.keep()
        assert notes.get(timeout=5) == NoteEvent(NoteNews.BOOKED, VALUES[TEN])
        # Booked is said before the machine hears it: until then the note is in its mouth.
        _until(lambda: machine.box)
    assert (machine.returned, machine.box) == ([HUNDRED], [TEN])


def test_machine_that_forgot_a_note_leaves_it_to_a_person(tmp_path: Path) -> None:
    machine = VirtualNoteAcceptor()
    with (
        PtyLine(machine, tmp_path / "n") as line,
        _taking(line, (NoteStage.STACKING, VALUES[TEN])) as (_, notes, _troubles),
    ):
        assert notes.get(timeout=5) == NoteEvent(NoteNews.TO_COUNT, VALUES[TEN])


def test_unplugged_and_full_machines_are_told_and_go_on_when_well(tmp_path: Path) -> None:
    machine = VirtualNoteAcceptor()
    with (
        PtyLine(machine, tmp_path / "n") as line,
        _taking(line, answer_s=PATIENT_S) as (driver, notes, troubles),
    ):
        _until(lambda: machine.state is Say.IDLING)
        machine.state = Say.STACKER_FULL
        _until(lambda: troubles == ["cash.box_full"])
        machine.state = Say.IDLING
        _until(lambda: troubles[-1] == "")
        line.unplug()
        _until(lambda: troubles[-1] != "")
        line.plug_in()
        _until(lambda: troubles[-1] == "")
        _offer(machine, notes)
        driver.keep()
        assert notes.get(timeout=5).news is NoteNews.BOOKED


@pytest.mark.parametrize("signal", NoteSignal)
def test_note_in_escrow_is_never_booked_before_it_is_in_the_box(signal: NoteSignal) -> None:
    in_box = signal in (NoteSignal.IN_BOX, NoteSignal.WOKE_STACKED)
    assert (fate_of(NoteStage.ESCROW, signal) is NoteFate.BOOK) == in_box
    assert (fate_of(NoteStage.STACKING, signal) is NoteFate.BOOK) == in_box
    assert fate_of(NoteStage.NONE, signal) is (NoteFate.COUNT if in_box else NoteFate.OPEN)
