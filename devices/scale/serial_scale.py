"""The driver of scales on a serial port or behind a converter; the ``Scale`` port."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from devices.scale.dialects import Dialect
from devices.transport.link import Link
from terminal.domain.errors import EnvironmentFault
from terminal.ports.printer import DeviceState
from terminal.ports.scale import ConnectionHandler, WeightHandler


class SerialScale:
    """A scale that streams or is asked.

    It may be unplugged and plugged in again at any time: the thread goes on trying. A scale that is
    there and says nothing counts as gone after ``silence_s``.

    Thread rule: see ``Scale``.

    Args:
        make_link: a fresh link; called for every attempt to connect.
        dialect: what the scale speaks.
        poll_s: longest wait for bytes before the next question, in seconds.
        silence_s: longest silence of a scale that is there, in seconds.
        retry_s: pause between attempts to connect, in seconds.
    """

    def __init__(
        self,
        make_link: Callable[[], Link],
        dialect: Dialect,
        *,
        poll_s: float = 0.15,
        silence_s: float = 1.5,
        retry_s: float = 1.0,
    ) -> None:
        self._make_link = make_link
        self._question = dialect.question
        self._parser = dialect.make_parser()
        self._poll_s = poll_s
        self._silence_s = silence_s
        self._retry_s = retry_s
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        self._state = DeviceState.CLOSED

    @property
    def state(self) -> DeviceState:
        """``ENABLED`` while the scale speaks, ``OFFLINE`` while it does not."""
        return self._state

    def start(self, on_weight: WeightHandler, on_connection: ConnectionHandler) -> None:
        """See ``Scale.start``."""
        if self._thread is not None:
            return
        self._ended.clear()
        self._thread = threading.Thread(
            target=self._run, args=(on_weight, on_connection), name="scale", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """See ``Scale.stop``."""
        if self._thread is not None:
            self._ended.set()
            self._thread.join()
            self._thread = None
            self._state = DeviceState.CLOSED

    def _run(self, on_weight: WeightHandler, on_connection: ConnectionHandler) -> None:
        while not self._ended.is_set():
            link = self._make_link()
            try:
                link.open()
                self._weigh(link, on_weight, on_connection)
            except EnvironmentFault:
                self._turn(DeviceState.OFFLINE, on_connection)
                self._ended.wait(self._retry_s)
            finally:
                link.close()
                self._parser.idle()

    def _turn(self, state: DeviceState, on_connection: ConnectionHandler) -> None:
        """Tell a change, and that a scale was missing from the start, once."""
        if state is not self._state:
            self._state = state
            on_connection(state is DeviceState.ENABLED)

    def _weigh(
        self, link: Link, on_weight: WeightHandler, on_connection: ConnectionHandler
    ) -> None:
        heard = time.monotonic()
        asked = heard - self._poll_s
        while not self._ended.is_set():
            now = time.monotonic()
            if self._question and now - asked >= self._poll_s:
                asked = now
                link.write(self._question)
            data = link.read(self._poll_s)
            for weight in self._parser.feed(data) if data else self._parser.idle():
                heard = time.monotonic()
                self._turn(DeviceState.ENABLED, on_connection)
                on_weight(weight)
            if time.monotonic() - heard > self._silence_s:
                raise EnvironmentFault("scale.silent")
