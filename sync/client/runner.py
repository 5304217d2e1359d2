"""The agent's lanes and calls, without its pipes: runs inside the agent process or alone."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from sync.client.backoff import BackOff
from sync.client.inbox import ARRIVED
from sync.client.lane import Lane, Verdict
from sync.client.lock import agent_lock
from sync.client.mirror_lane import MirrorLane
from sync.client.pace import Pace
from sync.client.session import Session, pull
from sync.client.uploader import UploadReport
from terminal.domain.errors import OutletError
from terminal.store.keystore import Keys

Emit = Callable[[Mapping[str, Any]], None]
CALL_THREADS = 4
_UNSEEN = frozenset({"at", "rtt_ms", "clock_offset_ms"})
"""Different after every request: no news by themselves."""

_log = logging.getLogger(__name__)


class Runner:
    """Owns sync.db and reference.db of one home folder while it runs.

    Args:
        home: an enrolled terminal's folder.
        keys: its secrets.
        emit: gets every event; called from several threads.
        pace: how often the lanes run.

    Raises:
        EnvironmentFault: ``agent.already_running``, ``identity.*``, ``database.*``.
    """

    def __init__(self, home: Path, keys: Keys, emit: Emit, pace: Pace | None = None) -> None:
        pace = pace or Pace()
        self._emit = emit
        self._lock = agent_lock(home)
        try:
            self._session = Session(
                home,
                keys,
                on_return=self._line_returned,
                on_progress=self._report_status,
                pace=pace,
                money_first=self._money_first,
            )
        except BaseException:
            self._lock.release()
            raise
        self._state_lock = threading.Lock()
        self._last_status: dict[str, Any] = {}
        self._last_report: UploadReport | None = None
        self._calls_ended = threading.Condition()
        self._open_calls = 0
        self._calls = ThreadPoolExecutor(CALL_THREADS, thread_name_prefix="call")
        self._mirror = MirrorLane(home, keys.db_key, self._session)
        self._beside = self._lane("deposits", self._deposit, pace.idle_s, pace)
        self._lanes = (
            self._lane("journal", self._upload, pace.idle_s, pace),
            self._lane("mirror", self._mirror_entries, pace.idle_s, pace),
            self._lane("feeds", self._pull, pace.feeds_s, pace),
            self._beside,
        )

    def _lane(self, name: str, work: Callable[[bool], Verdict], idle_s: float, pace: Pace) -> Lane:
        return Lane(
            name,
            work,
            idle_s=idle_s,
            held_s=pace.held_s,
            backoff=BackOff(base_s=pace.base_s, cap_s=pace.cap_s),
            leave_alone_s=self._session.line.connectivity.leave_alone_s,
        )

    def start(self) -> None:
        """Start the lanes."""
        for lane in self._lanes:
            lane.start()

    def wake(self) -> None:
        """The journal has grown."""
        for lane in self._lanes[:2]:
            lane.wake()

    def call(self, number: int, name: str, params: Mapping[str, Any]) -> None:
        """Make one online call on a thread of its own; its reply is an event.

        Args:
            number: the caller's id for the reply.
            name: see `Session.call`.
            params: see `Session.call`.
        """
        with self._calls_ended:
            self._open_calls += 1
        self._calls.submit(self._answer, number, name, dict(params)).add_done_callback(
            self._call_ended
        )

    def stop(self, timeout_s: float = 2.0) -> bool:
        """End the lanes, then let go of the files.

        Args:
            timeout_s: seconds to wait for each lane's current request.

        Returns:
            Whether everything ended in time. When not, a request still hangs and the files stay
            open until the process ends: SQLite and the platform's receipts make that safe.
        """
        for lane in self._lanes:
            lane.stop()
        ended = [lane.join(timeout_s) for lane in self._lanes]
        self._calls.shutdown(wait=False, cancel_futures=True)
        with self._calls_ended:
            quiet = self._calls_ended.wait_for(lambda: self._open_calls == 0, timeout_s)
        if not (all(ended) and quiet):
            return False
        self._mirror.close()
        self._session.close()
        self._lock.release()
        return True

    def _call_ended(self, ended: Future[None]) -> None:
        del ended
        with self._calls_ended:
            self._open_calls -= 1
            self._calls_ended.notify_all()
        self._beside.wake()

    def _answer(self, number: int, name: str, params: dict[str, Any]) -> None:
        reply: dict[str, Any]
        try:
            reply = self._session.call(name, params)
        except (KeyError, TypeError, ValueError) as error:
            # Raised while the request was being put together: nothing was sent.
            _log.error("call %s refused: %s", name, type(error).__name__)
            reply = {"outcome": "refused", "code": "agent.bad_call", "result": {}}
        except OutletError as error:
            reply = {"outcome": "unknown", "code": error.code, "result": {}}
        _log.info("call %s: %s %s", name, reply["outcome"], reply["code"])
        brought = reply["result"].get("files", ()) if name == "courier.take" else ()
        if any(file["records"] for file in brought):
            self._emit({"event": "changed", "flags": [ARRIVED]})
        self._emit({"event": "reply", "id": number, **reply})
        self._report_status()

    def _upload(self, by_timer: bool) -> Verdict:
        self._mirror.watch()
        report = self._session.uploader.run(probe=by_timer)
        self._last_report = report
        if report.code:
            _log.warning("upload stopped: %s, %d pending", report.code, report.pending)
        elif report.uploaded:
            _log.info("uploaded %d, head %d", report.uploaded, report.confirmed_seq)
        if not report.code:
            self._session.courier.deliver_held()
        self._report_status()
        if not self._money_first():
            self._beside.wake()
        if report.awaits_books:
            # The core wakes this lane when it has taken over what was prepared.
            return "done"
        if report.held:
            return "held"
        return "failed" if report.code else "done"

    def _money_first(self) -> bool:
        """Entries go before everything else, and so do calls about money; a held journal waits."""
        report = self._last_report
        if report is None or self._open_calls:
            return True
        return not report.held and self._session.deposits.entries_wait()

    def _deposit(self, by_timer: bool) -> Verdict:
        del by_timer
        report = self._session.deposits.run()
        if report.code:
            _log.warning("deposits stopped: %s, %d left", report.code, report.left)
        elif report.sent:
            _log.info("deposited %d, %d left", report.sent, report.left)
        return "failed" if report.code else "done"

    def _mirror_entries(self, by_timer: bool) -> Verdict:
        del by_timer
        before = self._mirror.code
        verdict = self._mirror.run()
        if self._mirror.code != before:
            self._report_status()
        return verdict

    def _pull(self, by_timer: bool) -> Verdict:
        del by_timer
        report = pull(self._session)
        if report.flags:
            self._emit({"event": "changed", "flags": sorted(report.flags)})
        if report.code:
            _log.warning("feeds stopped: %s", report.code)
        self._report_status()
        if report.code == "terminal.revoked":
            return "held"
        return "failed" if report.code else "done"

    def _line_returned(self) -> None:
        for lane in self._lanes:
            lane.line_returned()

    def _report_status(self) -> None:
        with self._state_lock:
            status = self._session.keep_state(self._last_report)
            status["mirror"] = self._mirror.code
            shown = {key: value for key, value in status.items() if key not in _UNSEEN}
            if shown == self._last_status:
                return
            self._last_status = shown
            self._emit({"event": "status", **status})
