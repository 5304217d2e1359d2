"""Carrying by hand: what waits goes onto a stick, what comes back is taken in.

The work is the sync agent's; here it is asked for and told. Not on the store thread: a stick is
slow, and a delivery waits for the line.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any, Final, TypeVar

from terminal.domain.errors import EnvironmentFault, OutletError, UserError
from terminal.ports.exports import Exports
from terminal.ports.media import ListMedia, Medium
from terminal.ports.sync_state import PlatformCalls

T = TypeVar("T")

FOLDER: Final = "postal-courier"
"""Folder on the stick, so that nobody's own files lie between ours."""


@dataclass(frozen=True, slots=True)
class WrittenView:
    """What was written onto a stick; ``others`` are files of other terminals."""

    files: int
    first_seq: int
    last_seq: int
    entries: int
    size_bytes: int
    others: int


@dataclass(frozen=True, slots=True)
class TakenView:
    """What became of one file that was brought.

    Args:
        state_code: ``confirmed``, ``known``, ``stopped``, ``delivered``, ``held``, ``own`` or
            ``refused``.
        reason_code: dotted code of what is to be said beside it, "" for nothing.
        params: what the texts need.
        reason_params: what the text of the reason needs.
    """

    state_code: str
    reason_code: str
    params: Mapping[str, Any]
    reason_params: Mapping[str, Any]


class Carrying:
    """Sticks and what goes over them. Any thread but the store's.

    Args:
        calls: the sync agent.
        media: lists what is plugged in.
        exports: where files go that a person asks for; None where there is no such place.
    """

    def __init__(
        self, calls: PlatformCalls, media: ListMedia, exports: Exports | None = None
    ) -> None:
        self._calls = calls
        self._media = media
        self._exports = exports

    def begin(
        self,
        work: Callable[[Carrying], T],
        done: Callable[[T], None],
        failed: Callable[[OutletError], None],
    ) -> None:
        """Do something here on a thread of its own; ``done`` or ``failed`` hears its end there."""

        def run() -> None:
            try:
                result = work(self)
            except OutletError as error:
                failed(error)
            else:
                done(result)

        threading.Thread(target=run, name="carry", daemon=True).start()

    def media(self) -> Sequence[Medium]:
        """What can be written to now."""
        return self._media()

    def write(self, medium: Medium) -> WrittenView:
        """Write what the platform does not have yet, sealed for it, and what waits for others.

        Raises:
            OutletError: ``courier.*``, ``file.not_written``, ``database.*``.
        """
        wrote = self._ask("courier.write", medium)
        return WrittenView(
            len(wrote["files"]),
            wrote["first_seq"],
            wrote["last_seq"],
            wrote["entries"],
            wrote["size"],
            wrote["others"],
        )

    def take(self, medium: Medium) -> tuple[TakenView, ...]:
        """Take in answers; pass on what other terminals wrote.

        Raises:
            OutletError: ``courier.no_folder``, ``courier.no_answer``, ``database.*``.
        """
        files = self._ask("courier.take", medium)["files"]
        return tuple(TakenView(item["state"], item["code"], item, item["params"]) for item in files)

    def keep(self, name: str, data: bytes, medium: Medium | None = None) -> str:
        """Write a file a person asked for onto a stick, or into the terminal's own folder.

        Returns:
            Where it is.

        Raises:
            EnvironmentFault: ``file.not_written``.
            UserError: ``exports.no_place`` where this terminal keeps no files.
        """
        if self._exports is None:
            raise UserError("exports.no_place")
        return self._exports.write(name, data, medium)

    def _ask(self, name: str, medium: Medium) -> Mapping[str, Any]:
        reply = self._calls.call(name, {"folder": str(PurePath(medium.folder) / FOLDER)})
        result: Mapping[str, Any] = reply["result"]
        code = str(reply["code"])
        if reply["outcome"] == "unknown" or code.startswith("agent."):
            # Both may be done again without harm, so nobody need know how far it came.
            raise EnvironmentFault("courier.no_answer", hint=code)
        if reply["outcome"] != "ok":
            raise OutletError(code, result.get("params", {}))
        return result
