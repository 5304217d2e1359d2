"""What the counter says of a stick when the sync program says yes, no or nothing."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath
from typing import Any

import pytest

from terminal.app.carrying import FOLDER, Carrying
from terminal.domain.errors import OutletError
from terminal.ports.media import Medium

STICK = Medium("TOWN BUS", "/media/clerk/TOWN BUS", 10**9)


class Agent:
    """Answers every call alike and remembers it."""

    def __init__(self, outcome: str, code: str, result: Mapping[str, Any]) -> None:
        self.reply = {"outcome": outcome, "code": code, "result": result}
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    def call(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        self.asked.append((name, params))
        return self.reply


def test_ours_lies_in_a_folder_of_its_own() -> None:
    agent = Agent("ok", "", {"files": []})
    assert Carrying(agent, lambda: (STICK,)).take(STICK) == ()
    assert agent.asked == [("courier.take", {"folder": str(PurePath(STICK.folder) / FOLDER)})]


def test_a_refusal_comes_through_with_what_its_words_need() -> None:
    told = {"needed_kb": 7, "free_kb": 1, "written": 0}
    with pytest.raises(OutletError) as refused:
        Carrying(Agent("refused", "courier.no_space", {"params": told}), tuple).write(STICK)
    assert (refused.value.code, refused.value.params) == ("courier.no_space", told)


@pytest.mark.parametrize(
    ("outcome", "code"),
    [("unknown", "agent.no_answer"), ("unknown", "agent.died"), ("refused", "agent.not_running")],
)
def test_silence_says_that_it_may_be_done_again(outcome: str, code: str) -> None:
    with pytest.raises(OutletError) as silent:
        Carrying(Agent(outcome, code, {}), tuple).write(STICK)
    assert silent.value.code == "courier.no_answer"
