"""A card terminal without hardware: shakes hands, beats its heart, answers, or keeps silent."""

from __future__ import annotations

from collections.abc import Callable

from devices.card_terminal.codepay import EcrFrame, EcrKind, EcrParser, ecr_frame


class VirtualCardTerminal:
    """The machine behind a line.

    Args:
        answer: what it says to every message, or what makes the answer; None is silence.
        silent: takes messages and acts on them, but says nothing.

    Attributes:
        messages: what it was told, each once.
    """

    def __init__(
        self,
        answer: bytes | Callable[[bytes], bytes | None] = b'{"result":"approved"}',
        *,
        silent: bool = False,
    ) -> None:
        self.messages: list[bytes] = []
        self.silent = silent
        self._answer = answer
        self._parser = EcrParser()
        self._quiet_ticks = 0

    def answers_with(self, answer: Callable[[bytes], bytes | None]) -> None:
        """Say from now on what somebody else makes of each message."""
        self._answer = answer

    def receive(self, data: bytes) -> list[bytes]:
        """See ``Machine.receive``."""
        frames: list[bytes] = []
        for frame in self._parser.feed(data):
            if frame.kind is EcrKind.HANDSHAKE:
                frames.append(ecr_frame(EcrFrame(EcrKind.HANDSHAKE_CONFIRMED)))
            elif frame.data:
                self.messages.append(frame.data)
                frames += self._say(frame.number, frame.data)
        return frames

    def _say(self, number: int, message: bytes) -> list[bytes]:
        answer = self._answer(message) if callable(self._answer) else self._answer
        if self.silent or answer is None:
            return []
        return [
            ecr_frame(EcrFrame(EcrKind.NORMAL, ack=number)),
            ecr_frame(EcrFrame(EcrKind.NORMAL, 0, 1, answer)),
        ]

    def quiet(self) -> list[bytes]:
        """A heartbeat every hundred ticks, two seconds."""
        self._quiet_ticks += 1
        return [] if self._quiet_ticks % 100 else [ecr_frame(EcrFrame(EcrKind.NORMAL))]
