"""What an ESC/POS printer says about itself: a pure parser of its answers.

Source: Epson reference pages DLE EOT, GS r and GS a. Every kind of answer has fixed bits that tell
it from the others; what fits none is noise and is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from terminal.ports.printer import Cover, DrawerSense, Paper, PrinterProfile

ASK_PRINTER: Final = b"\x10\x04\x01"
ASK_OFFLINE_CAUSE: Final = b"\x10\x04\x02"
ASK_PAPER: Final = b"\x10\x04\x04"
REPORT_CHANGES: Final = b"\x1da\xff"
REPORT_NOTHING: Final = b"\x1da\x00"
ASK_WORKED_OFF: Final = b"\x1dr\x01"


@dataclass(frozen=True, slots=True)
class RealTimeAnswer:
    """One byte in answer to DLE EOT."""

    bits: int


@dataclass(frozen=True, slots=True)
class StatusBack:
    """Four bytes of automatic status (ASB)."""

    bits: bytes


@dataclass(frozen=True, slots=True)
class WorkedOff:
    """The answer to GS r 1: everything sent before it has been processed."""

    bits: int


Answer = RealTimeAnswer | StatusBack | WorkedOff


@dataclass(slots=True)
class AnswerParser:
    """Splits the printer's byte stream into answers, whatever the pieces it arrives in."""

    _pending: bytearray = field(default_factory=bytearray)

    def feed(self, data: bytes) -> list[Answer]:
        """Take bytes as they arrived, give back the answers they completed."""
        self._pending += data
        answers: list[Answer] = []
        while self._pending:
            first = self._pending[0]
            if first & 0x93 == 0x10:
                if not self._status_back(answers):
                    break
                continue
            del self._pending[0]
            if first & 0x93 == 0x12:
                answers.append(RealTimeAnswer(first))
            elif first & 0x90 == 0x00:
                answers.append(WorkedOff(first))
        return answers

    def _status_back(self, answers: list[Answer]) -> bool:
        """Take four bytes of ASB from the front; False while they are not all here."""
        rest = self._pending[1:4]
        if any(byte & 0x90 for byte in rest):
            del self._pending[0]  # a lone byte that only looks like the first of four
            return True
        if len(rest) < 3:
            return False
        answers.append(StatusBack(bytes(self._pending[:4])))
        del self._pending[:4]
        return True


def trouble_of_status_back(answer: StatusBack) -> str:
    """The dotted code of what stops the printer according to its automatic status, or ``""``."""
    first, second, third, _fourth = answer.bits
    if first & 0x20:
        return "printer.cover_open"
    if third & 0x0C:
        return "printer.paper_out"
    if second & 0x6C:
        return "printer.error"
    return "printer.offline" if first & 0x08 else ""


def cover_of(offline_cause: int) -> Cover:
    """Cover according to DLE EOT 2."""
    return Cover.OPEN if offline_cause & 0x04 else Cover.CLOSED


def paper_of(paper: int, offline_cause: int, profile: PrinterProfile) -> Paper:
    """Paper according to DLE EOT 4 and 2."""
    if paper & 0x60 or offline_cause & 0x20:
        return Paper.OUT
    near_end = paper & 0x0C and profile.near_end_sensor
    return Paper.NEAR_END if near_end else Paper.OK


def drawer_of(printer: int, profile: PrinterProfile) -> DrawerSense:
    """Drawer according to DLE EOT 1; the level that means open depends on the drawer."""
    level = 1 if printer & 0x04 else 0
    return DrawerSense.OPEN if level == profile.drawer_open_level else DrawerSense.CLOSED


def trouble_of(cover: Cover, paper: Paper, offline_cause: int, printer: int) -> str:
    """The dotted code of the first thing wrong, what a person can see first."""
    if cover is Cover.OPEN:
        return "printer.cover_open"
    if paper is Paper.OUT:
        return "printer.paper_out"
    if offline_cause & 0x40:
        return "printer.error"
    if printer & 0x08:
        return "printer.offline"
    return "printer.paper_near_end" if paper is Paper.NEAR_END else ""
