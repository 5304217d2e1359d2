"""Carries questions to the other counters of the outlet and their answers back.

It decides nothing: an answer counts when ``terminal.domain.approval`` says so.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

from terminal.app.approving import Asked
from terminal.app.refund_driver import Store
from terminal.domain.approval import VALID_S
from terminal.domain.errors import OutletError, UserError, unexpected
from terminal.ports.sync_state import PlatformCalls

LOOK_S: Final = 1.0
"""Between two looks for the answer to a question of this counter."""
LISTEN_S: Final = 3.0
"""Between two looks for what others ask."""

_log = logging.getLogger(__name__)

Failed = Callable[[OutletError], None]


class ApprovalDriver:
    """Two threads: one waits for an answer, one listens to what others ask.

    Args:
        store: store-thread access.
        calls: the platform.
        changed: told when what others ask has changed.
        speed: factor on waiting times.
    """

    def __init__(
        self,
        store: Store,
        calls: PlatformCalls,
        changed: Callable[[], None],
        *,
        speed: float = 1.0,
    ) -> None:
        self._store = store
        self._calls = calls
        self._changed = changed
        self._speed = speed
        self._stopping = threading.Event()
        self._called_off: set[str] = set()
        self._requests: tuple[Mapping[str, Any], ...] = ()
        self._acts = ThreadPoolExecutor(max_workers=2, thread_name_prefix="approval")
        self._thread = threading.Thread(target=self._listen, name="approvals", daemon=True)

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    @property
    def requests(self) -> tuple[Mapping[str, Any], ...]:
        """What the other counters ask: ``request`` and ``left_s``, oldest first. Any thread."""
        return self._requests

    def ask(self, request_id: str, done: Callable[[str], None], failed: Failed) -> None:
        """Show a request elsewhere and wait for the answer; ``done`` gets its number."""
        self._run(lambda: self._asked(request_id), done, failed)

    def call_off(self, request_id: str) -> None:
        """Wait no longer, and take the question from the other screens."""
        self._called_off.add(request_id)
        self._run(
            lambda: self._calls.call("approval.cancel", {"request_id": request_id}),
            lambda _reply: None,
            lambda _error: None,
        )

    def answer(
        self,
        asked: Asked,
        who: tuple[str, str],
        allowed: bool,
        done: Callable[[str], None],
        failed: Failed,
    ) -> None:
        """Answer a question of another counter with number (or badge) and secret."""

        def work() -> str:
            entry = self._store.ask(
                lambda cases: cases.approving.answer(asked, *who, allowed=allowed)
            )
            told = {"request_id": asked.request_id, "entry": entry}
            reply = self._calls.call("approval.answer", told)
            if reply["outcome"] == "unknown":
                reply = self._calls.call("approval.answer", told)
            self._look()
            if reply["outcome"] != "ok":
                raise UserError("approval.not_delivered", {"code": str(reply["code"])})
            return asked.request_id

        self._run(work, done, failed)

    def stop(self) -> None:
        """End; a question that is open ends by itself."""
        self._stopping.set()
        self._acts.shutdown(cancel_futures=True)
        if self._thread.is_alive():
            self._thread.join(timeout=5)

    def _run(self, work: Callable[[], Any], done: Callable[[Any], None], failed: Failed) -> None:
        def run() -> None:
            try:
                result = work()
            except OutletError as error:
                failed(error)
            except Exception as error:  # a bug of ours must reach the screen, not leave it waiting
                failed(unexpected(error))
                raise
            else:
                done(result)

        self._acts.submit(run)

    def _asked(self, request_id: str) -> str:
        request = self._store.ask(lambda cases: cases.approving.request(request_id))
        reply = self._calls.call("approval.ask", request)
        deadline = time.monotonic() + VALID_S * max(self._speed, 0.05)
        while time.monotonic() < deadline and not self._stopping.is_set():
            state = str(reply["result"].get("state", ""))
            if request_id in self._called_off or state == "cancelled":
                raise UserError("approval.called_off")
            if reply["outcome"] == "refused" and not state:
                raise UserError("approval.no_platform")
            if state == "answered":
                return self._taken(request_id, reply["result"]["entry"])
            if state == "expired":
                break
            self._stopping.wait(LOOK_S * self._speed)
            again = "approval.look" if state else "approval.ask"
            reply = self._calls.call(again, {"request_id": request_id} if state else request)
        raise UserError("approval.expired")

    def _taken(self, request_id: str, told: Mapping[str, Any]) -> str:
        self._store.ask(lambda cases: cases.approving.take(request_id, dict(told)))
        return request_id

    def _listen(self) -> None:
        told = ""
        while not self._stopping.wait(LISTEN_S * self._speed):
            try:
                listens = self._store.ask(_listens)
            except OutletError as error:
                # What waits stays as it was and the next look tries again; said once for a cause.
                if error.code != told:
                    _log.warning("other counters are not heard: %s", error)
                told = error.code
                continue
            told = ""
            if listens:
                self._look()
            else:
                self._show(())

    def _look(self) -> None:
        reply = self._calls.call("approval.waiting", {})
        # Without a line nothing can be answered here.
        self._show(tuple(reply["result"].get("requests", ())))

    def _show(self, requests: tuple[Mapping[str, Any], ...]) -> None:
        before = [one["request"] for one in self._requests]
        self._requests = requests
        if before != [one["request"] for one in requests]:
            self._changed()


def _listens(cases: Any) -> bool:
    """Somebody is signed on here, there are other counters, and the platform can be heard."""
    context = cases.context
    return bool(
        context.books.day().clerk_id
        and context.sync.line_state().online
        and cases.approving.has_neighbours()
    )
