"""A device that may be unplugged and plugged in again at any time: one thread goes on trying."""

from __future__ import annotations

import threading
from collections.abc import Callable

from devices.transport.link import Link
from terminal.domain.errors import EnvironmentFault
from terminal.ports.printer import DeviceState


class KeptLink:
    """Keeps a link open on a thread of its own; opens a fresh one whenever it breaks.

    Thread rule: ``start`` and ``stop`` on one thread; the rest on the link's own.

    Args:
        make_link: a fresh link; called for every attempt to connect.
        name: of the thread.
        retry_s: pause between attempts to connect, in seconds.
    """

    def __init__(self, make_link: Callable[[], Link], name: str, *, retry_s: float) -> None:
        self._make_link = make_link
        self._name = name
        self._retry_s = retry_s
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def ended(self) -> bool:
        """Whether the work with the link is over; ``serve`` returns then."""
        return self._ended.is_set()

    def start(
        self, serve: Callable[[Link], None], on_fault: Callable[[EnvironmentFault], None]
    ) -> None:
        """Begin; nothing when begun already.

        Args:
            serve: works with an open link until ``ended``; whatever breaks it makes a new link.
            on_fault: hears what broke a link or kept it from opening.
        """
        if self._thread is not None:
            return
        self._ended.clear()
        self._thread = threading.Thread(
            target=self._run, args=(serve, on_fault), name=self._name, daemon=True
        )
        self._thread.start()

    def pause(self, seconds: float) -> bool:
        """Wait; True when the work is over."""
        return self._ended.wait(seconds)

    def stop(self) -> None:
        """End the thread and wait for it."""
        if self._thread is not None:
            self._ended.set()
            self._thread.join()
            self._thread = None

    def _run(
        self, serve: Callable[[Link], None], on_fault: Callable[[EnvironmentFault], None]
    ) -> None:
        while not self._ended.is_set():
            link = self._make_link()
            try:
                link.open()
                serve(link)
            except EnvironmentFault as fault:
                on_fault(fault)
                self._ended.wait(self._retry_s)
            finally:
                link.close()


class Presence:
    """Whether a device is there; a change is told once, and so is one missing from the start."""

    def __init__(self) -> None:
        self.state = DeviceState.CLOSED

    def turn(self, state: DeviceState, tell: Callable[[bool], None]) -> None:
        """The device came or went."""
        if state is not self.state:
            self.state = state
            tell(state is DeviceState.ENABLED)
