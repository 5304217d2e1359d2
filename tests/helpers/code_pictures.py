"""Pictures of codes as a bad camera sees them, and where the photographed ones lie."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import zxingcpp

from devices.scanner.camera.picture import Grey, load_picture

_FORMATS: Final = {
    "EAN-13": zxingcpp.BarcodeFormat.EAN13,
    "EAN-8": zxingcpp.BarcodeFormat.EAN8,
    "Code 128": zxingcpp.BarcodeFormat.Code128,
    "Code 39": zxingcpp.BarcodeFormat.Code39,
    "ITF": zxingcpp.BarcodeFormat.ITF,
    "QR": zxingcpp.BarcodeFormat.QRCode,
    "Data Matrix": zxingcpp.BarcodeFormat.DataMatrix,
    "Aztec": zxingcpp.BarcodeFormat.Aztec,
    "PDF417": zxingcpp.BarcodeFormat.PDF417,
}
CODES: Final = {
    "EAN-13": "6901028075763",
    "EAN-8": "96385074",
    "Code 128": "RA123456785CN",
    "Code 39": "PT-2041",
    "ITF": "15400141288763",
    "QR": "https://example.com/p/10-0042",
    "Data Matrix": "AB1234567",
    "Aztec": "T20260101",
    "PDF417": "postal terminal 17",
}
"""One text for each kind of code."""

LINEAR: Final = tuple(CODES)[:5]


def draw(symbology: str, text: str, module: int = 3) -> Grey:
    """A code with its quiet zone, by another library than the product's printer."""
    image = np.asarray(zxingcpp.create_barcode(text, _FORMATS[symbology]).to_image(scale=module))
    if symbology in LINEAR:
        size = (image.shape[1], image.shape[1] * 9 // 20)
        image = cv2.resize(image, size, interpolation=cv2.INTER_NEAREST)
    image = cv2.copyMakeBorder(image, 20, 20, 24, 24, cv2.BORDER_CONSTANT, value=(255,))
    return image.astype(np.uint8)


def turned(grey: Grey, degrees: float, ground: int = 200) -> Grey:
    """Turned about its middle, on a plain ground that holds all of it."""
    height, width = grey.shape
    turn = math.radians(degrees)
    cos, sin = abs(math.cos(turn)), abs(math.sin(turn))
    size = (int(height * sin + width * cos) + 20, int(height * cos + width * sin) + 20)
    move = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    move[0, 2] += size[0] / 2 - width / 2
    move[1, 2] += size[1] / 2 - height / 2
    return cv2.warpAffine(grey, move, size, borderValue=(ground,)).astype(np.uint8)


def noisy(grey: Grey, spread: float, seed: int = 1) -> Grey:
    """With the grain of a cheap sensor."""
    grain = np.random.default_rng(seed).normal(0, spread, grey.shape)
    return np.clip(grey + grain, 0, 255).astype(np.uint8)


def shaded(grey: Grey) -> Grey:
    """With a hand's shadow over it."""
    return (grey * np.linspace(0.35, 1, grey.shape[1])[None, :]).astype(np.uint8)


def smaller(grey: Grey, factor: float) -> Grey:
    """From further away."""
    size = (round(grey.shape[1] * factor), round(grey.shape[0] * factor))
    return cv2.resize(grey, size, interpolation=cv2.INTER_AREA).astype(np.uint8)


def codeless(seed: int) -> Grey:
    """A frame of 720 lines with stripes, lettering and grain, and no code."""
    random = np.random.default_rng(seed)
    frame = np.full((720, 1280), 170, np.uint8)
    for _ in range(25):
        x, y = int(random.integers(0, 1100)), int(random.integers(0, 650))
        words = "".join(chr(c) for c in random.integers(65, 90, 9))
        ink = (int(random.integers(0, 110)),)
        cv2.putText(frame, words, (x, y), 0, float(random.uniform(0.5, 1.6)), ink, 2)
        wide = int(random.integers(3, 30))
        cv2.rectangle(frame, (x, y), (x + wide, y + 6 * wide), ink, -1)
    for x in range(40, 400, 18):  # a radiator
        cv2.rectangle(frame, (x, 480), (x + 8, 700), (90,), -1)
    return noisy(frame, 6, seed)


def in_frame(code: Grey, seed: int) -> Grey:
    """A code held somewhere into a codeless frame."""
    frame = codeless(seed)
    x, y = (seed * 131) % (1260 - code.shape[1]), (seed * 57) % (700 - code.shape[0])
    frame[y : y + code.shape[0], x : x + code.shape[1]] = code
    return cv2.GaussianBlur(frame, (0, 0), 0.7).astype(np.uint8)


PHOTOGRAPHED: Final = next(
    (
        folder
        for parent in Path(__file__).resolve().parents
        if (folder := parent / "shared" / "data" / "barcodes").is_dir()
    ),
    None,
)
"""Photographed codes with their texts beside them; they stay outside the project."""

MISLABELLED: Final = frozenset({"ean13-2/28.webp"})
"""The number printed under the bars is another than the text beside the picture."""


def photographed(first: str) -> list[tuple[str, Grey, str | None]]:
    """The photographed pictures whose folder's name begins so: name, picture, text or None."""
    found: list[tuple[str, Grey, str | None]] = []
    if PHOTOGRAPHED is None:
        return found
    for file in sorted(PHOTOGRAPHED.glob(f"{first}*/*")):
        name, text = f"{file.parent.name}/{file.name}", file.with_suffix(".txt")
        if file.suffix not in (".png", ".webp", ".jpg") or name in MISLABELLED:
            continue
        if text.exists():
            found.append((name, load_picture(file), text.read_bytes().decode("utf-8")))
        elif first == "falsepositives":
            found.append((name, load_picture(file), None))
    return found
