"""Rows of the fault matrix for a second person at another counter: asked, answered, called off."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sync.client.approvals import Approvals
from sync.client.http import PlatformLine
from sync.client.pace import Pace
from sync.client.signing import signer_from
from terminal.domain.approval import ANSWERED, answer_body
from terminal.domain.canonical import JsonObject
from terminal.domain.identifiers import new_uuid7
from terminal.domain.journal import GENESIS_HASH, EntryDraft, seal
from tests.helpers.enrolled_terminal import EnrolledTerminal, enrolled_terminal

if TYPE_CHECKING:
    from tests.helpers.fault_cells import Cell

_PACE = Pace(read_s=0.3, charge_s=0.3, query_s=0.3, rest_s=0.05)
_TRIES = 4


@dataclass(frozen=True)
class Both:
    """Two terminals of one outlet.

    Args:
        faulty: the calls that meet the fault.
        asking: of the terminal that asks, straight.
        there: of the other one, straight.
        other: the other one.
        question: what is asked.
    """

    faulty: Approvals
    asking: Approvals
    there: Approvals
    other: EnrolledTerminal
    question: Mapping[str, Any]

    def shown(self) -> list[Any]:
        """What the other one's screen has of it."""
        found = self.there.call("approval.waiting", {})["result"]["requests"]
        asked = [one["request"] for one in found]
        return [one for one in asked if one["request_id"] == self.question["request_id"]]

    def standing(self) -> Any:
        """How it stands for the one who asked."""
        return self.asking.call("approval.look", self.question)["result"]

    def signed(self, *, allowed: bool) -> JsonObject:
        """The other one's entry that answers."""
        body = answer_body(self.question["request"], "0315", "pin", allowed=allowed)
        return seal(
            EntryDraft(ANSWERED, new_uuid7(), "2026-12-01", "0315", body),
            terminal_id=self.other.terminal_id,
            epoch=1,
            seq=1,
            recorded_at="2026-12-01T02:00:00.000Z",
            prev_hash=GENESIS_HASH,
            signer=signer_from(self.other.keys.seed),
        ).to_wire()


def ask(cell: Cell, terminal: EnrolledTerminal) -> None:
    """The other counter shows the question once, whatever befalls it."""
    with _both(cell, terminal) as both:
        cell.spring()
        _until_ok(cell, both.faulty, "ask", both.question)
        cell.road.deliver_late()
        assert both.shown() == [both.question["request"]], cell.label
        assert both.standing()["state"] == "waiting", cell.label


def answer(cell: Cell, terminal: EnrolledTerminal) -> None:
    """One answer arrives, the first one; a second one is refused."""
    with _both(cell, terminal, answers=True) as both:
        _until_ok(cell, both.asking, "ask", both.question)
        yes, no = (both.signed(allowed=allowed) for allowed in (True, False))
        cell.spring()
        _until_ok(cell, both.faulty, "answer", {**both.question, "entry": yes})
        cell.road.deliver_late()
        found = both.standing()
        assert (found["state"], found["entry"]) == ("answered", yes), cell.label
        second = both.there.call("approval.answer", {**both.question, "entry": no})
        assert second["code"] == "approval.answered", cell.label


def cancel(cell: Cell, terminal: EnrolledTerminal) -> None:
    """The question is gone from the other screen and takes no answer."""
    with _both(cell, terminal) as both:
        _until_ok(cell, both.asking, "ask", both.question)
        cell.spring()
        _until_ok(cell, both.faulty, "cancel", both.question)
        cell.road.deliver_late()
        assert both.shown() == [], cell.label
        assert both.standing()["state"] == "cancelled", cell.label
        entry = both.signed(allowed=True)
        late = both.there.call("approval.answer", {**both.question, "entry": entry})
        assert late["code"] == "approval.cancelled", cell.label


@contextmanager
def _both(cell: Cell, terminal: EnrolledTerminal, *, answers: bool = False) -> Iterator[Both]:
    request_id = new_uuid7()
    request = {"request_id": request_id, "terminal_id": terminal.terminal_id, "operator": "0312"}
    question = {"request_id": request_id, "request": request, "valid_s": 60}
    with (
        enrolled_terminal(cell.folder / f"there {cell.code}", cell.platform) as other,
        _calls(other if answers else terminal, cell.road.url) as faulty,
        _calls(terminal, cell.platform.url) as asking,
        _calls(other, cell.platform.url) as there,
    ):
        yield Both(faulty, asking, there, other, question)


@contextmanager
def _calls(terminal: EnrolledTerminal, url: str) -> Iterator[Approvals]:
    signer = signer_from(terminal.keys.seed)
    with closing(PlatformLine(url, terminal.terminal_id, signer)) as line:
        yield Approvals(line, _PACE)


def _until_ok(cell: Cell, calls: Approvals, what: str, params: Mapping[str, Any]) -> None:
    for _ in range(_TRIES):
        if calls.call(f"approval.{what}", params)["outcome"] == "ok":
            return
    raise AssertionError(f"never done: {cell.label}")
