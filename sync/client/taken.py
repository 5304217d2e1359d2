"""What became of one file that somebody brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sync.wire.courier import Answer, Bundle

State = Literal["confirmed", "known", "stopped", "delivered", "held", "own", "refused"]


@dataclass(frozen=True, slots=True)
class Taken:
    """One file.

    Args:
        file: its name.
        state: ``confirmed``: an answer for us that confirms more than we knew; ``known``: one that
            says nothing new; ``stopped``: one that says why the platform stopped, see ``code``;
            ``delivered``: another terminal's bundle is at the platform; ``held``: a file for
            somebody else waits here to be carried on; ``own``: our own bundle, for the platform;
            ``refused``: nothing was done with it, see ``code``.
        terminal_id: whose entries, "" when the file does not say.
        first_seq: first of them.
        last_seq: last of them.
        confirmed_seq: the platform's head of that journal, 0 where nobody said it.
        code: dotted code, "" when there is nothing to say.
        params: what its text needs.
        answer: name of the answer's file that was written, "" for none.
        records: directives, notices and tasks of the centre that it brought and we did not have.
    """

    file: str
    state: State
    terminal_id: str = ""
    first_seq: int = 0
    last_seq: int = 0
    confirmed_seq: int = 0
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    answer: str = ""
    records: int = 0


def taken(
    file: str,
    state: State,
    carried: Bundle | Answer,
    *,
    code: str = "",
    params: Mapping[str, Any] | None = None,
    answer: str = "",
) -> Taken:
    """What became of a file that could be read."""
    header = carried.header
    told = carried.header.params if isinstance(carried, Answer) and params is None else params
    return Taken(
        file,
        state,
        header.terminal_id,
        header.first_seq,
        header.last_seq,
        carried.header.ack.seq if isinstance(carried, Answer) else 0,
        code,
        dict(told or {}),
        answer,
    )
