"""Frames of resident ID readers (SDT, SAM): a pure parser.

``AA AA AA 96 69``, two bytes of length, content, exclusive or of length and content. The length
counts the content and the check. We send a command and a parameter; the module answers with three
status bytes and data. The photo is in a vendor's format and stays unread.

Source: yzsam.com, softs.im, GA/T 490; devices.md §6. Personal data never shows in a ``repr``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from enum import Enum, IntEnum
from typing import Final

from devices.transport.frames import WAIT, FrameParser, starts_like, xor_of
from terminal.domain.checks import is_resident_id
from terminal.ports.id_reader import IdCard

_START: Final = b"\xaa\xaa\xaa\x96\x69"
_HEAD: Final = len(_START) + 2
_COMMAND_LENGTH: Final = 3
_BARE: Final = 4
TEXT_BYTES: Final = 256
PHOTO_BYTES: Final = 1024
_FINGERPRINT_BYTES: Final = 1024
_TEXT_AND_PHOTO: Final = b"\x01\x00\x04\x00"
_CARD: Final = _BARE + 4 + TEXT_BYTES + PHOTO_BYTES
_CARD_WITH_FINGERPRINT: Final = _CARD + 2 + _FINGERPRINT_BYTES


class SdtCommand(Enum):
    """What we ask; the value is command and parameter."""

    FIND = b"\x20\x01"
    SELECT = b"\x20\x02"
    READ = b"\x30\x01"
    READ_WITH_FINGERPRINT = b"\x30\x10"
    READ_NEW_ADDRESS = b"\x30\x03"
    MODULE_STATUS = b"\x11\xff"
    MODULE_NUMBER = b"\x12\xff"


class SdtStatus(IntEnum):
    """Third status byte."""

    CHECK_WRONG = 0x10
    LENGTH_WRONG = 0x11
    COMMAND_WRONG = 0x21
    CARD_REFUSED = 0x31
    MODULE_REFUSED = 0x32
    READ_FAILED = 0x41
    SELF_TEST_FAILED = 0x60
    UNAUTHORISED = 0x66
    NO_CARD = 0x80
    SELECT_FAILED = 0x81
    OK = 0x90
    NO_NEW_ADDRESS = 0x91
    FOUND = 0x9F


_LENGTHS: Final = {
    SdtCommand.FIND: (SdtStatus.FOUND, _BARE + 4),
    SdtCommand.SELECT: (SdtStatus.OK, _BARE + 8),
    SdtCommand.READ: (SdtStatus.OK, _CARD),
    SdtCommand.READ_WITH_FINGERPRINT: (SdtStatus.OK, _CARD_WITH_FINGERPRINT),
    SdtCommand.READ_NEW_ADDRESS: (SdtStatus.OK, _BARE + 70),
    SdtCommand.MODULE_STATUS: (SdtStatus.OK, _BARE),
    SdtCommand.MODULE_NUMBER: (SdtStatus.OK, _BARE + 16),
}
"""The status of success and the length that goes with it; every refusal has the bare length."""

_SUCCESSES: Final = frozenset(_LENGTHS.values())


@dataclass(frozen=True, slots=True)
class SdtAsked:
    """A command of ours."""

    command: SdtCommand


@dataclass(frozen=True, slots=True)
class SdtAnswer:
    """An answer of the module.

    Args:
        status: third status byte.
        data: what follows; for a card it is personal, so it never shows.
    """

    status: SdtStatus
    data: bytes = field(default=b"", repr=False)


SdtEvent = SdtAsked | SdtAnswer


def sdt_frame(content: bytes) -> bytes:
    """The bytes of a frame around a command, or around status bytes and data."""
    body = (len(content) + 1).to_bytes(2, "big") + content
    return _START + body + bytes((xor_of(body),))


class SdtParser(FrameParser[SdtEvent]):
    """Splits a stream into frames.

    Args:
        command: the question that is to be answered: then only its answers pass, each with its one
            length, so that a length with one wrong bit cannot pass by chance. None takes all.
    """

    def __init__(self, command: SdtCommand | None = None) -> None:
        super().__init__()
        successes = _SUCCESSES if command is None else {_LENGTHS[command]}
        self._successes = successes
        self._lengths = {_BARE, *(length for _, length in successes)}
        if command is None:
            self._lengths.add(_COMMAND_LENGTH)

    def _length(self, pending: bytearray) -> int | None:
        if not starts_like(pending, _START):
            return None
        if len(pending) < _HEAD:
            return WAIT
        length = int.from_bytes(pending[len(_START) : _HEAD], "big")
        return _HEAD + length if length in self._lengths else None

    def _is_sound(self, frame: bytes) -> bool:
        return xor_of(frame[len(_START) :]) == 0

    def _read(self, frame: bytes) -> SdtEvent | None:
        content = frame[_HEAD:-1]
        if len(content) == 2:
            known = content in {command.value for command in SdtCommand}
            return SdtAsked(SdtCommand(content)) if known else None
        status = content[2]
        if content[:2] != b"\x00\x00" or status not in list(SdtStatus):
            return None
        length = len(content) + 1
        succeeded = status in {success for success, _ in self._successes}
        if (status, length) not in self._successes and (succeeded or length != _BARE):
            return None
        return SdtAnswer(SdtStatus(status), content[3:])


_FIELDS: Final = (30, 2, 4, 16, 70, 36, 30, 16, 16)
"""Bytes of name, sex, nation, birth, address, number, authority, from and to."""
_DAY: Final = re.compile(r"[0-9]{8}")


def read_card(data: bytes) -> IdCard | None:
    """The text of a card from the data of a read answer; the photo is passed over.

    Returns:
        The card, or None when it is no resident identity card: other lengths, no valid number, a
        date of birth that is not the number's. Permits of foreigners have another layout.
    """
    text = data[4 : 4 + TEXT_BYTES]
    if data[:4] != _TEXT_AND_PHOTO or len(text) != TEXT_BYTES:
        return None
    values, at = [], 0
    for size in _FIELDS:
        try:
            values.append(text[at : at + size].decode("utf-16-le").rstrip(" \0"))
        except UnicodeDecodeError:
            return None
        at += size
    card = IdCard(*values)
    dated = _DAY.fullmatch(card.valid_from) and (
        card.valid_to == "长期" or _DAY.fullmatch(card.valid_to)
    )
    right = is_resident_id(card.number, date.max) and card.birth == card.number[6:14]
    return card if dated and right and card.sex_code in {"0", "1", "2", "9"} else None
