"""A lane: one kind of work on a thread of its own, woken by events, slowed by failures."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Literal

from sync.client.backoff import BackOff
from terminal.domain.errors import OutletError

Verdict = Literal["done", "failed", "held"]

_log = logging.getLogger(__name__)


class Lane:
    """Runs its work at the start, when woken, and on a timer.

    A wake-up during a back-off waits for its end, except when the line has come back: then
    everything goes at once.

    Args:
        name: for the thread and the log.
        work: does one run; gets True when nothing but the timer woke it.
        idle_s: seconds between runs when all is well.
        held_s: seconds between runs while a person has to act.
        backoff: delays after failures.
        leave_alone_s: how much longer the platform wants to be left alone, seconds.
    """

    def __init__(
        self,
        name: str,
        work: Callable[[bool], Verdict],
        *,
        idle_s: float,
        held_s: float,
        backoff: BackOff,
        leave_alone_s: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self._name = name
        self._work = work
        self._idle_s = idle_s
        self._held_s = held_s
        self._backoff = backoff
        self._leave_alone_s = leave_alone_s
        self._changed = threading.Condition()
        self._woken = False
        self._returned = False
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name=f"lane-{name}", daemon=True)

    def start(self) -> None:
        """Begin with a first run."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to do."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def line_returned(self) -> None:
        """The platform answers again: do not sit out the rest of a delay."""
        with self._changed:
            self._returned = True
            self._changed.notify_all()

    def stop(self) -> None:
        """Ask the lane to end after its current run."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def join(self, timeout_s: float) -> bool:
        """Wait for the end.

        Args:
            timeout_s: seconds to wait at most.

        Returns:
            Whether it ended in time.
        """
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        by_timer = True
        while True:
            verdict = self._run_once(by_timer)
            if verdict == "failed":
                delay_s, patient = self._backoff.next_delay_s(), True
                self._forget_return()
            else:
                self._backoff.reset()
                delay_s = self._held_s if verdict == "held" else self._idle_s
                patient = verdict == "held"
            outcome = self._wait(delay_s, patient)
            if outcome == "stop":
                return
            by_timer = outcome == "timer"

    def _run_once(self, by_timer: bool) -> Verdict:
        try:
            return self._work(by_timer)
        except OutletError as error:
            # Our own disk is in trouble; the lane goes on, the entries stay where they are.
            _log.error("lane %s: %s", self._name, error)
            return "failed"
        except Exception:  # noqa: BLE001 - a lane that ends is a queue that waits for ever
            _log.exception("lane %s", self._name)
            return "failed"

    def _forget_return(self) -> None:
        """The line came back during the run and failed again in it: that is no return."""
        with self._changed:
            self._returned = False

    def _wait(self, delay_s: float, patient: bool) -> Literal["stop", "timer", "woken"]:
        # Asked for patience, a fleet still comes back spread over its own delays.
        alone_until = time.monotonic() + self._leave_alone_s()
        deadline = max(alone_until + (delay_s if patient else 0.0), time.monotonic() + delay_s)
        with self._changed:
            while not self._stopped:
                if time.monotonic() < alone_until:
                    self._changed.wait(alone_until - time.monotonic())
                    continue
                if self._returned or (self._woken and not patient):
                    self._woken = self._returned = False
                    return "woken"
                left = deadline - time.monotonic()
                if left <= 0:
                    woken, self._woken = self._woken, False
                    return "woken" if woken else "timer"
                self._changed.wait(left)
            return "stop"
