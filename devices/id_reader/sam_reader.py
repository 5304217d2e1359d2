"""The driver of resident ID readers; the ``IdReader`` port."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Final

from devices.id_reader.sdt import SdtAnswer, SdtCommand, SdtParser, SdtStatus, read_card, sdt_frame
from devices.transport.link import Link
from terminal.domain.errors import EnvironmentFault
from terminal.ports.id_reader import IdCard

_NONE_THERE: Final = (SdtStatus.NO_CARD, SdtStatus.SELECT_FAILED)


class SamReader:
    """Asks the module in three steps: find, select, read.

    Thread rule: see ``IdReader``; callers are serialised by a lock.

    Args:
        make_link: a fresh link; called when there is none or the last one broke.
        answer_s: longest wait for one answer, in seconds; a read takes about one.
    """

    def __init__(self, make_link: Callable[[], Link], *, answer_s: float = 3.0) -> None:
        self._make_link = make_link
        self._answer_s = answer_s
        self._lock = threading.Lock()
        self._link: Link | None = None

    def read(self) -> IdCard | None:
        """See ``IdReader.read``."""
        with self._lock:
            try:
                return self._read()
            except EnvironmentFault:
                self._drop()
                raise

    def close(self) -> None:
        """See ``IdReader.close``."""
        with self._lock:
            self._drop()

    def _drop(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    def _read(self) -> IdCard | None:
        if self._link is None:
            link = self._make_link()
            link.open()
            self._link = link
        for command, wanted in (
            (SdtCommand.FIND, SdtStatus.FOUND),
            (SdtCommand.SELECT, SdtStatus.OK),
        ):
            status = self._ask(self._link, command).status
            if status in _NONE_THERE:
                return None
            if status is not wanted:
                raise _failed(status)
        answer = self._ask(self._link, SdtCommand.READ)
        if answer.status is not SdtStatus.OK:
            raise _failed(answer.status)
        card = read_card(answer.data)
        if card is None:
            raise EnvironmentFault("id_reader.read_failed", hint="not a resident identity card")
        return card

    def _ask(self, link: Link, command: SdtCommand) -> SdtAnswer:
        parser = SdtParser(command)
        link.read(0)  # an answer that came too late belongs to another card
        link.write(sdt_frame(command.value))
        deadline = time.monotonic() + self._answer_s
        while (left := deadline - time.monotonic()) > 0:
            for event in parser.feed(link.read(left)):
                if isinstance(event, SdtAnswer):
                    return event
        raise EnvironmentFault("id_reader.silent", {"step": command.name.lower()})


def _failed(status: SdtStatus) -> EnvironmentFault:
    return EnvironmentFault("id_reader.read_failed", {"status": status.name.lower()})
