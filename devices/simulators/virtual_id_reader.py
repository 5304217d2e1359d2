"""A resident ID reader without hardware, and invented cards for it.

The cards name areas that do not exist (999999), so nobody has their numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from devices.id_reader.sdt import (
    PHOTO_BYTES,
    TEXT_BYTES,
    SdtAsked,
    SdtCommand,
    SdtParser,
    SdtStatus,
    sdt_frame,
)

_SIZES: Final = (30, 2, 4, 16, 70, 36, 30, 16, 16)
_ANSWERS: Final = {
    SdtCommand.FIND: (SdtStatus.FOUND, bytes(4), SdtStatus.NO_CARD),
    SdtCommand.SELECT: (SdtStatus.OK, bytes(8), SdtStatus.SELECT_FAILED),
    SdtCommand.READ: (SdtStatus.OK, b"", SdtStatus.READ_FAILED),
    SdtCommand.MODULE_STATUS: (SdtStatus.OK, b"", SdtStatus.OK),
}


def invented_number(birth: str = "19900307", order: int = 1) -> str:
    """A resident number of no area, with the right check character."""
    body = f"999999{birth}{order:03d}"
    total = sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True))
    return body + "10X98765432"[total % 11]


_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def invented_fields(name: str = "测试甲", birth: str = "19900307", order: int = 1) -> list[str]:
    """The nine text fields of a card that does not exist."""
    number = invented_number(birth, order)
    address = "虚构省示例市样本区不存在路1号"
    return [name, "1", "01", birth, address, number, "样本公安局", "20200101", "20400101"]


def card_data(fields: Sequence[str]) -> bytes:
    """Header, text and a photo of zeros, as a module gives them."""
    text = b"".join(
        field.ljust(size // 2).encode("utf-16-le")
        for field, size in zip(fields, _SIZES, strict=True)
    )
    return b"\x01\x00\x04\x00" + text.ljust(TEXT_BYTES, b"\0") + bytes(PHOTO_BYTES)


class VirtualIdReader:
    """The machine behind a line.

    Args:
        fields: the card that lies on it, or None; may be changed at any time.
    """

    def __init__(self, fields: Sequence[str] | None = None) -> None:
        self.fields = fields
        self._parser = SdtParser()

    def receive(self, data: bytes) -> list[bytes]:
        """See ``Machine.receive``."""
        return [
            self._answer(event.command)
            for event in self._parser.feed(data)
            if isinstance(event, SdtAsked)
        ]

    def _answer(self, command: SdtCommand) -> bytes:
        success, content, refusal = _ANSWERS.get(
            command, (SdtStatus.COMMAND_WRONG, b"", SdtStatus.COMMAND_WRONG)
        )
        if self.fields is None:
            return sdt_frame(bytes((0, 0, refusal)))
        if command is SdtCommand.READ:
            content = card_data(self.fields)
        return sdt_frame(bytes((0, 0, success)) + content)

    def quiet(self) -> list[bytes]:
        """See ``Machine.quiet``."""
        return []
