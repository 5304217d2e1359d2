"""The driver of a card terminal on a serial line: one question, one answer, or "unknown"."""

from __future__ import annotations

import time
from collections.abc import Callable

from devices.card_terminal.codepay import EcrFrame, EcrKind, EcrParser, ecr_frame
from devices.transport.link import Link
from terminal.domain.errors import EnvironmentFault


class EcrTerminal:
    """Carries messages; what they say is the acquirer's affair.

    Thread rule: ``ask`` blocks for as long as the customer takes; one caller at a time.

    Args:
        make_link: a fresh link; called for every question.
        greeting_s: longest wait for the handshake, in seconds.
        answer_s: longest wait for the answer, in seconds.
    """

    def __init__(
        self,
        make_link: Callable[[], Link],
        *,
        greeting_s: float = 2.0,
        answer_s: float = 120.0,
    ) -> None:
        self._make_link = make_link
        self._greeting_s = greeting_s
        self._answer_s = answer_s
        self._number = 0

    def ask(self, message: bytes) -> bytes:
        """Send a message and wait for what the terminal answers.

        Args:
            message: at most ``codepay.MAX_DATA`` bytes.

        Raises:
            EnvironmentFault: ``card.unreachable``, ``card.connection_lost`` or ``card.silent``
                while nothing has been sent: asking again is safe. ``card.result_unknown`` once the
                message has begun to leave: ask for the status, never charge again.
        """
        link = self._make_link()
        parser = EcrParser()
        try:
            link.open()
            link.write(ecr_frame(EcrFrame(EcrKind.HANDSHAKE)))
            if self._wait(link, parser, _is_greeting, self._greeting_s) is None:
                raise EnvironmentFault("card.silent")
            return self._send(link, parser, message)
        finally:
            link.close()

    def _send(self, link: Link, parser: EcrParser, message: bytes) -> bytes:
        self._number = self._number % 255 + 1
        try:
            link.write(ecr_frame(EcrFrame(EcrKind.NORMAL, 0, self._number, message)))
            answer = self._wait(link, parser, _has_data, self._answer_s)
        except EnvironmentFault as fault:
            raise _unknown(fault.code) from fault
        if answer is None:
            raise _unknown("card.silent")
        try:
            link.write(ecr_frame(EcrFrame(EcrKind.NORMAL, answer.number)))
        except EnvironmentFault:
            return answer.data  # it will say it again; the result is known all the same
        return answer.data

    def _wait(
        self, link: Link, parser: EcrParser, fits: Callable[[EcrFrame], bool], limit_s: float
    ) -> EcrFrame | None:
        deadline = time.monotonic() + limit_s
        while (left := deadline - time.monotonic()) > 0:
            for frame in parser.feed(link.read(left)):
                if fits(frame):
                    return frame
        return None


def _is_greeting(frame: EcrFrame) -> bool:
    return frame.kind is EcrKind.HANDSHAKE_CONFIRMED


def _has_data(frame: EcrFrame) -> bool:
    return frame.kind is EcrKind.NORMAL and bool(frame.data)


def _unknown(cause: str) -> EnvironmentFault:
    return EnvironmentFault("card.result_unknown", {"cause": cause}, retry=False)
