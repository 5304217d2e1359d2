"""A small bundle as QR codes: numbered frames that a scanner reads in any order.

A frame is text of the QR alphanumeric set, so that a scanner that types can read it, too::

    PTC1F · 16 hex digits of the file's SHA-256 · number, 2 digits · of how many, 2 · base32
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable
from typing import Final

from sync.wire.refusal import Refusal

FRAME_BYTES: Final = 580
"""Bytes of a bundle in one frame: with error correction M a code of 97 × 97 modules."""

MOST_FRAMES: Final = 99
"""Above this many frames nobody scans them all."""

_FRAME: Final = re.compile(r"PTC1F([0-9A-F]{16})([0-9]{2})([0-9]{2})([A-Z2-7]+)")


def frames(data: bytes) -> list[str]:
    """Cut a bundle into the texts of QR codes.

    Args:
        data: a file of ``sync.wire.courier``.

    Raises:
        Refusal: ``courier.too_large_for_qr`` (413) with ``frames`` and ``most``.
    """
    parts = [data[at : at + FRAME_BYTES] for at in range(0, len(data), FRAME_BYTES)]
    if len(parts) > MOST_FRAMES:
        params = {"frames": len(parts), "most": MOST_FRAMES}
        raise Refusal(413, "courier.too_large_for_qr", params)
    name = _name(data)
    return [
        f"PTC1F{name}{number:02}{len(parts):02}{base64.b32encode(part).decode().rstrip('=')}"
        for number, part in enumerate(parts, 1)
    ]


def is_frame(text: str) -> bool:
    """Whether a scanned text is a frame."""
    return _FRAME.fullmatch(_plain(text)) is not None


def put_together(texts: Iterable[str]) -> list[bytes]:
    """Put the files together that these frames are of.

    Args:
        texts: frames of one or several files in any order; the same one may come often.

    Returns:
        The files, in the order their first frames came.

    Raises:
        Refusal: ``courier.frame_damaged`` for a text that is no frame; ``courier.frames_missing``
            with ``missing`` (their numbers) and ``of``; ``courier.frames_mixed`` when the frames
            at hand do not make the file they name (422).
    """
    found: dict[tuple[str, int], dict[int, bytes]] = {}
    for text in texts:
        name, number, of, part = _read(text)
        held = found.setdefault((name, of), {})
        if held.setdefault(number, part) != part:
            raise Refusal(422, "courier.frames_mixed")
    return [_whole(name, of, held) for (name, of), held in found.items()]


def _read(text: str) -> tuple[str, int, int, bytes]:
    match = _FRAME.fullmatch(_plain(text))
    if match is None:
        raise Refusal(422, "courier.frame_damaged")
    name, number, of, coded = match[1], int(match[2]), int(match[3]), match[4]
    try:
        part = base64.b32decode(coded + "=" * (-len(coded) % 8))
    except binascii.Error as problem:
        raise Refusal(422, "courier.frame_damaged") from problem
    if not 1 <= number <= of:
        raise Refusal(422, "courier.frame_damaged")
    return name, number, of, part


def _whole(name: str, of: int, held: dict[int, bytes]) -> bytes:
    missing = [str(number) for number in range(1, of + 1) if number not in held]
    if missing:
        raise Refusal(422, "courier.frames_missing", {"missing": ", ".join(missing), "of": of})
    data = b"".join(held[number] for number in range(1, of + 1))
    if _name(data) != name:
        raise Refusal(422, "courier.frames_mixed")
    return data


def _name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16].upper()


def _plain(text: str) -> str:
    """Scanners add blanks and line ends, and may type small letters."""
    return text.strip().upper()
