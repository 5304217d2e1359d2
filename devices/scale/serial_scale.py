"""The driver of scales on a serial port or behind a converter; the ``Scale`` port."""

from __future__ import annotations

import time
from collections.abc import Callable

from devices.scale.dialects import Dialect
from devices.transport.kept_link import KeptLink, Presence
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
        self._link = KeptLink(make_link, "scale", retry_s=retry_s)
        self._presence = Presence()
        self._question = dialect.question
        self._parser = dialect.make_parser()
        self._poll_s = poll_s
        self._silence_s = silence_s

    @property
    def state(self) -> DeviceState:
        """``ENABLED`` while the scale speaks, ``OFFLINE`` while it does not."""
        return self._presence.state

    def start(self, on_weight: WeightHandler, on_connection: ConnectionHandler) -> None:
        """See ``Scale.start``."""
        self._link.start(
            lambda link: self._weigh(link, on_weight, on_connection),
            lambda _fault: self._presence.turn(DeviceState.OFFLINE, on_connection),
        )

    def stop(self) -> None:
        """See ``Scale.stop``."""
        self._link.stop()
        self._presence.state = DeviceState.CLOSED

    def _weigh(
        self, link: Link, on_weight: WeightHandler, on_connection: ConnectionHandler
    ) -> None:
        self._parser.idle()  # what the last link brought half is over
        heard = time.monotonic()
        asked = heard - self._poll_s
        while not self._link.ended:
            now = time.monotonic()
            if self._question and now - asked >= self._poll_s:
                asked = now
                link.write(self._question)
            data = link.read(self._poll_s)
            for weight in self._parser.feed(data) if data else self._parser.idle():
                heard = time.monotonic()
                self._presence.turn(DeviceState.ENABLED, on_connection)
                on_weight(weight)
            if time.monotonic() - heard > self._silence_s:
                raise EnvironmentFault("scale.silent")
