"""Scales that stream CAS frames, which OS2 scales (顶尖) do as well.

``SOH STX status sign weight(6) unit(2) BCC ETX EOT``; BCC is the exclusive or of status to unit.

Source: CAS SW-II manual; frame captured from an OS2 scale, cnblogs.com/yizhuqing/p/17988086.
"""

from __future__ import annotations

from typing import Final

from devices.scale.grams import grams_of
from devices.scale.scale_parser import ScaleParser
from devices.transport.frames import starts_like, xor_of
from terminal.ports.scale import Weight

_START: Final = b"\x01\x02"
_END: Final = b"\x03\x04"
_LENGTH: Final = 15


class CasParser(ScaleParser):
    """Splits a stream into weights."""

    def _length(self, pending: bytearray) -> int | None:
        return _LENGTH if starts_like(pending, _START) else None

    def _is_sound(self, frame: bytes) -> bool:
        return frame.endswith(_END) and xor_of(frame[2:12]) == frame[12]

    def _weigh(self, frame: bytes) -> Weight | None:
        status, sign = frame[2:3], frame[3:4]
        unit = frame[10:12].decode("latin-1").strip().lower()
        grams = grams_of(frame[4:10].decode("latin-1").strip(), unit)
        if status not in (b"S", b"U") or sign not in (b" ", b"-", b"F"):
            return None
        if sign == b"F":
            return Weight(0, stable=False, over=True)
        if grams is None:
            return None
        negative = sign == b"-" and grams > 0
        return Weight(-grams if negative else grams, status == b"S", under=negative)
