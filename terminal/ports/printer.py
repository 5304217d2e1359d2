"""The slip printer as the core sees it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from terminal.domain.document import Document


class HanziRom(StrEnum):
    """Which Chinese characters a printer can say by itself."""

    NONE = "none"
    GB2312 = "gb2312"
    GBK = "gbk"
    GB18030 = "gb18030"


class Cutter(StrEnum):
    """What ends a slip."""

    NONE = "none"
    PARTIAL = "partial"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class PrinterProfile:
    """Capabilities of one printer model.

    Args:
        name: name of the profile, such as ``escpos-80``.
        dots: printable width in dots.
        columns: columns of the ordinary font (a hanzi takes two); ``columns * column_dots <=
            dots``.
        column_dots: width of one column in dots.
        line_dots: height of a line of text with its spacing, in dots.
        hanzi_rom: Chinese characters in the printer's own memory.
        cutter: how a slip ends.
        native_qr: whether the printer draws QR codes itself.
        drawer_pin: pin of the drawer connector, 2 or 5.
        drawer_open_level: level of the drawer sense line when the drawer is open, 0 or 1.
        near_end_sensor: whether the printer knows that paper runs low.
        answers_status: False for clones that never answer: their jobs stay unconfirmed.
        code_page: number for ``ESC t`` where there is no hanzi ROM.
        raster_lines: most dot lines in one raster command.
    """

    name: str
    dots: int
    columns: int
    column_dots: int = 12
    line_dots: int = 30
    hanzi_rom: HanziRom = HanziRom.GBK
    cutter: Cutter = Cutter.PARTIAL
    native_qr: bool = True
    drawer_pin: int = 2
    drawer_open_level: int = 1
    near_end_sensor: bool = True
    answers_status: bool = True
    code_page: int = 0
    raster_lines: int = 128


class DeviceState(StrEnum):
    """Life of a device in the words of UnifiedPOS."""

    CLOSED = "closed"
    OPENED = "opened"
    CLAIMED = "claimed"
    ENABLED = "enabled"
    ERROR = "error"
    OFFLINE = "offline"


class Paper(StrEnum):
    """What is known of the paper."""

    OK = "ok"
    NEAR_END = "near_end"
    OUT = "out"
    UNKNOWN = "unknown"


class Cover(StrEnum):
    """What is known of the cover."""

    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"


class DrawerSense(StrEnum):
    """What is known of the cash drawer."""

    CLOSED = "closed"
    OPEN = "open"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What the printer answered; silence is ``unknown`` and ``OFFLINE``, never ``ok``.

    Args:
        state: life of the device; ``ENABLED`` is the only state that prints.
        paper: paper sensor.
        cover: cover switch.
        drawer: drawer sense line.
        code: dotted code of the first thing wrong, ``""`` when ready;
            ``printer.paper_near_end`` still prints.
    """

    state: DeviceState
    paper: Paper = Paper.UNKNOWN
    cover: Cover = Cover.UNKNOWN
    drawer: DrawerSense = DrawerSense.UNKNOWN
    code: str = ""


class PrintOutcome(StrEnum):
    """How a job ended.

    ``REFUSED``: nothing was sent, printing later doubles nothing. ``UNCONFIRMED``: the paper
    may hold all, part or nothing; printing again must be marked as a reprint.
    """

    PRINTED = "printed"
    UNCONFIRMED = "unconfirmed"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class PrintResult:
    """Outcome of one job.

    Args:
        outcome: see ``PrintOutcome``.
        code: dotted reason, ``""`` when printed: ``printer.paper_out``, ``printer.cover_open``,
            ``printer.offline``, ``printer.error``, ``printer.silent``, ``printer.unreachable``,
            ``printer.connection_lost``, ``printer.not_enabled``.
    """

    outcome: PrintOutcome
    code: str = ""


class Printer(Protocol):
    """A slip printer.

    Thread rule: the methods block on the device, so they are called from the print thread and
    never from the UI or the store thread; an implementation serialises its callers.
    """

    @property
    def profile(self) -> PrinterProfile:
        """Capabilities of the printer."""
        ...

    def status(self) -> PrinterStatus:
        """Ask the device. Never raises for a device in trouble: the trouble is the answer."""
        ...

    def print_job(self, payload: bytes) -> PrintResult:
        """Print one encoded document and wait until the printer has worked it off.

        Args:
            payload: what ``SlipEncoder.encode`` returned for this printer's profile.
        """
        ...

    def open_drawer(self) -> PrintResult:
        """Kick the cash drawer; ``PRINTED`` means that the printer took the command."""
        ...

    def close(self) -> None:
        """Give the device back; may be called in any state."""
        ...


class SlipEncoder(Protocol):
    """Turns documents into the bytes of a printer language. Thread rule: any thread."""

    def encode(self, document: Document, profile: PrinterProfile) -> bytes:
        """Encode a whole document as one job."""
        ...
