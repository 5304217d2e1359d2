"""The two readers behind one face: zxing-cpp, and zbar where its library is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import numpy as np
import zxingcpp

from devices.scanner.camera.picture import Grey

Corners = tuple[tuple[float, float], ...]

_F = zxingcpp.BarcodeFormat
LINEAR: Final = (_F.EAN13, _F.EAN8, _F.UPCA, _F.UPCE, _F.Code128, _F.Code39, _F.ITF)
MATRIX: Final = (_F.QRCode, _F.DataMatrix, _F.Aztec, _F.PDF417)
STACKED: Final = (_F.PDF417,)
_NAMES: Final = {
    _F.EAN13: "EAN-13",
    _F.EAN8: "EAN-8",
    _F.UPCA: "UPC-A",
    _F.UPCE: "UPC-E",
    _F.Code128: "Code 128",
    _F.Code39: "Code 39",
    _F.ITF: "ITF",
    _F.QRCode: "QR",
    _F.DataMatrix: "Data Matrix",
    _F.Aztec: "Aztec",
    _F.PDF417: "PDF417",
}
_ZBAR: Final = {"EAN13": "EAN-13", "CODE128": "Code 128", "CODE39": "Code 39"}
"""What zbar is asked for: its UPC and ITF are wrong too often, its QR mistakes kanji."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One code that a reader saw.

    Args:
        symbology: ``EAN-13``, ``QR`` …
        text: the content; the separators of GS1 codes (U+001D) stay.
        corners: four points x, y in dots, around the code from its top left.
    """

    symbology: str
    text: str
    corners: Corners

    @property
    def linear(self) -> bool:
        """Whether it is made of bars: only a check digit, if anything, guards it."""
        return self.symbology not in ("QR", "Data Matrix", "Aztec", "PDF417")


def read_zxing(
    grey: Grey, formats: Sequence[Any], *, thorough: bool, whole_histogram: bool = False
) -> list[Reading]:
    """What zxing-cpp sees.

    Args:
        grey: rows of brightness.
        formats: members of ``LINEAR`` and ``MATRIX``.
        thorough: also turned by 90°, smaller and inverse.
        whole_histogram: one threshold for the whole picture instead of one for each place.
    """
    binarizer = zxingcpp.Binarizer
    found = zxingcpp.read_barcodes(
        np.ascontiguousarray(grey),
        formats=zxingcpp.BarcodeFormats(formats),
        try_rotate=thorough,
        try_downscale=thorough,
        try_invert=thorough,
        text_mode=zxingcpp.TextMode.Plain,
        binarizer=binarizer.GlobalHistogram if whole_histogram else binarizer.LocalAverage,
    )
    return [
        Reading(_NAMES.get(code.format, str(code.format)), code.text, _corners(code.position))
        for code in found
    ]


def read_zbar(grey: Grey) -> list[Reading]:
    """What zbar sees; nothing where its library is not installed."""
    zbar = _zbar()
    if zbar is None:
        return []
    height, width = grey.shape
    symbols = [zbar.ZBarSymbol[name] for name in _ZBAR]
    found = zbar.decode((np.ascontiguousarray(grey).tobytes(), width, height), symbols=symbols)
    return [
        Reading(_ZBAR[code.type], code.data.decode("ascii", "replace"), _box(code.rect))
        for code in found
        if code.type in _ZBAR
    ]


@cache
def _zbar() -> Any:
    try:
        from pyzbar import pyzbar
    except ImportError:  # raised too when the system has no libzbar
        return None
    return pyzbar


def _corners(place: Any) -> Corners:
    points = (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    return tuple((float(point.x), float(point.y)) for point in points)


def _box(rect: Any) -> Corners:
    left, top, right, bottom = (
        float(rect.left),
        float(rect.top),
        float(rect.left + rect.width),
        float(rect.top + rect.height),
    )
    return ((left, top), (right, top), (right, bottom), (left, bottom))
