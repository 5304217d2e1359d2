"""A card terminal without hardware: shakes hands, beats its heart, answers, or keeps silent."""

from __future__ import annotations

from devices.card_terminal.codepay import EcrFrame, EcrKind, EcrParser, ecr_frame


class VirtualCardTerminal:
    """The machine behind a line.

    Args:
        answer: what it says to every message.
        silent: takes messages and acts on them, but says nothing.

    Attributes:
        messages: what it was told, each once.
    """

    def __init__(self, answer: bytes = b'{"result":"approved"}', *, silent: bool = False) -> None:
        self.messages: list[bytes] = []
        self.silent = silent
        self._answer = answer
        self._parser = EcrParser()
        self._quiet_ticks = 0

    def receive(self, data: bytes) -> list[bytes]:
        """See ``Machine.receive``."""
        frames: list[bytes] = []
        for frame in self._parser.feed(data):
            if frame.kind is EcrKind.HANDSHAKE:
                frames.append(ecr_frame(EcrFrame(EcrKind.HANDSHAKE_CONFIRMED)))
            elif frame.data:
                self.messages.append(frame.data)
                frames += [] if self.silent else self._say(frame.number)
        return frames

    def _say(self, number: int) -> list[bytes]:
        return [
            ecr_frame(EcrFrame(EcrKind.NORMAL, ack=number)),
            ecr_frame(EcrFrame(EcrKind.NORMAL, 0, 1, self._answer)),
        ]

    def quiet(self) -> list[bytes]:
        """A heartbeat every hundred ticks, two seconds."""
        self._quiet_ticks += 1
        return [] if self._quiet_ticks % 100 else [ecr_frame(EcrFrame(EcrKind.NORMAL))]
