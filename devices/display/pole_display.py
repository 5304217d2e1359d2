"""The driver of customer displays; the ``CustomerDisplay`` port."""

from __future__ import annotations

import threading
from collections.abc import Callable

from devices.display.faces import INITIALISE, Face
from devices.transport.kept_link import Presence
from devices.transport.link import Link
from terminal.domain.errors import EnvironmentFault
from terminal.domain.money import Money
from terminal.ports.customer_display import ConnectionHandler
from terminal.ports.printer import DeviceState


class PoleDisplay:
    """Shows the newest thing; what came before and was never shown is dropped.

    It may be unplugged at any time: when it is back, it shows what is to be seen now.

    Thread rule: see ``CustomerDisplay``.

    Args:
        make_link: a fresh link; called for every attempt to connect.
        face: the bytes of the model.
        retry_s: pause between attempts to connect, in seconds.
    """

    def __init__(self, make_link: Callable[[], Link], face: Face, *, retry_s: float = 1.0) -> None:
        self._make_link = make_link
        self._face = face
        self._retry_s = retry_s
        self._changed = threading.Condition()
        self._wanted = face.welcome()
        self._shown = b""
        self._ended = False
        self._presence = Presence()
        self._told: ConnectionHandler = lambda _there: None
        self._thread = threading.Thread(target=self._run, name="customer-display", daemon=True)
        self._thread.start()

    def show_welcome(self) -> None:
        """See ``CustomerDisplay.show_welcome``."""
        self._want(self._face.welcome())

    def show_total(self, total: Money) -> None:
        """See ``CustomerDisplay.show_total``."""
        self._want(self._face.total(total))

    def show_change(self, received: Money, change: Money) -> None:
        """See ``CustomerDisplay.show_change``."""
        self._want(self._face.change(received, change))

    def watch(self, on_connection: ConnectionHandler) -> None:
        """See ``CustomerDisplay.watch``; what is known already is told at once."""
        with self._changed:
            self._told, state = on_connection, self._presence.state
        if state is not DeviceState.CLOSED:
            on_connection(state is DeviceState.ENABLED)

    def close(self) -> None:
        """See ``CustomerDisplay.close``."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()
        self._thread.join()

    def _want(self, data: bytes) -> None:
        with self._changed:
            self._wanted = data
            self._changed.notify_all()

    def _run(self) -> None:
        while not self._ended:
            link = self._make_link()
            self._shown = b""
            try:
                link.open()
                link.write(INITIALISE)  # some stay dark without it
                self._turn(DeviceState.ENABLED)
                self._show(link)
            except EnvironmentFault:
                self._turn(DeviceState.OFFLINE)
                with self._changed:
                    self._changed.wait_for(lambda: self._ended, self._retry_s)
            finally:
                link.close()

    def _turn(self, state: DeviceState) -> None:
        with self._changed:
            told = self._told
        self._presence.turn(state, told)

    def _show(self, link: Link) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(
                    lambda: self._ended or self._wanted != self._shown, self._retry_s
                )
                data, ended = self._wanted, self._ended
            if ended:
                return
            if data != self._shown:
                link.write(data)
                self._shown = data
            link.read(0)  # displays say nothing; this is how an unplugged one is noticed
