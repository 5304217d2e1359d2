"""What label printers say of themselves: pure parsers of ``~HS`` (ZPL) and ``<ESC>!?`` (TSPL).

Source: Zebra, ZPL II programming guide, ~HS; TSC, TSPL/TSPL2 programming manual, <ESC>!?.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from devices.transport.frames import WAIT, FrameParser, starts_like

_STX: Final = b"\x02"
_END: Final = b"\x03\r\n"
_LINES: Final = 3
_LONGEST: Final = 120
_ANSWER: Final = re.compile(
    r"\x02[0-9]{3},(?P<paper>[01]),(?P<pause>[01]),[0-9]{4},(?P<formats>[0-9]{3}),[01],[01],[01],"
    r"000,(?P<faults>[01],[01],[01])\x03\r\n"
    r"\x02[0-9]{3},[0-9],(?P<head>[01]),(?P<ribbon>[01]),[0-9],[0-9],[0-9],[0-9],"
    r"(?P<left>[0-9]{8}),[0-9],[0-9]{3}\x03\r\n"
    r"\x02[0-9]{4},[0-9]\x03\r\n"
)
_TSPL_KNOWN: Final = 0xBF


@dataclass(frozen=True, slots=True)
class LabelStatus:
    """A part of what a label printer answered, or all of it.

    Args:
        paper_out: no labels left.
        head_open: its head or cover is open.
        ribbon_out: no ribbon left.
        paused: somebody pressed pause.
        failed: another fault: jam, temperature.
        busy: labels are still to be printed.
    """

    paper_out: bool = False
    head_open: bool = False
    ribbon_out: bool = False
    paused: bool = False
    failed: bool = False
    busy: bool = False

    @property
    def code(self) -> str:
        """What is wrong first, "" when nothing is."""
        return next((code for code, wrong in self._troubles() if wrong), "")

    def _troubles(self) -> tuple[tuple[str, bool], ...]:
        return (
            ("label_printer.cover_open", self.head_open),
            ("label_printer.paper_out", self.paper_out),
            ("label_printer.ribbon_out", self.ribbon_out),
            ("label_printer.paused", self.paused),
            ("label_printer.error", self.failed),
        )


class ZplStatusParser(FrameParser[LabelStatus]):
    """Three lines in answer to one question are one frame."""

    def _length(self, pending: bytearray) -> int | None:
        if not starts_like(pending, _STX):
            return None
        end = -1
        for _ in range(_LINES):
            end = pending.find(_END, end + 1)
            if end < 0:
                return WAIT if len(pending) < _LONGEST else None
        return end + len(_END)

    def _is_sound(self, frame: bytes) -> bool:
        return True  # there is no sum; the shape of every field is looked at in ``_read``

    def _read(self, frame: bytes) -> LabelStatus | None:
        said = _ANSWER.fullmatch(frame.decode("latin-1"))
        if said is None:
            return None
        return LabelStatus(
            paper_out=said["paper"] == "1",
            head_open=said["head"] == "1",
            ribbon_out=said["ribbon"] == "1",
            paused=said["pause"] == "1",
            failed="1" in said["faults"],
            busy=said["formats"] != "000" or said["left"] != "00000000",
        )


class TsplStatusParser:
    """One byte in answer to one question.

    Attributes:
        rejected: bytes that say nothing.
    """

    def __init__(self) -> None:
        self.rejected = 0

    def feed(self, data: bytes) -> list[LabelStatus]:
        """Take bytes as they arrived, give back what each says."""
        sound = [byte for byte in data if byte & ~_TSPL_KNOWN == 0]
        self.rejected += len(data) - len(sound)
        return [
            LabelStatus(
                paper_out=bool(bits & 0x04),
                head_open=bool(bits & 0x01),
                ribbon_out=bool(bits & 0x08),
                paused=bool(bits & 0x10),
                failed=bool(bits & 0x82),
                busy=bool(bits & 0x20),
            )
            for bits in sound
        ]
