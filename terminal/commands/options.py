"""What an option may say: nonsense is wrong usage and is told at once, not deep in the work."""

from __future__ import annotations

from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path

from terminal.domain.enrolment import is_platform_address

_KEY_BYTES = 32
_PIXELS = (320, 16_384)
_DATABASES = ("sqlite", "postgresql")


def whole(lo: int, hi: int) -> Callable[[str], int]:
    """A whole number from ``lo`` to ``hi``."""

    def read(text: str) -> int:
        try:
            number = int(text)
        except ValueError as error:
            raise ArgumentTypeError(f"{text!r} is not a whole number") from error
        if not lo <= number <= hi:
            raise ArgumentTypeError(f"{text} is not between {lo} and {hi}")
        return number

    return read


PORT = whole(0, 65_535)
SEED = whole(0, 2**63 - 1)


def platform_url(text: str) -> str:
    """An address a platform may answer at."""
    if not is_platform_address(text):
        raise ArgumentTypeError(
            f"{text!r} is not an address of a platform; "
            "say https://NAME or http://NAME:PORT, as the platform's operator gave it"
        )
    return text


def database_url(text: str) -> str:
    """An address of a database the platform can keep its books in; "" for its own file."""
    scheme, mark, _ = text.partition("://")
    if text and not (mark and scheme.partition("+")[0] in _DATABASES):
        raise ArgumentTypeError(
            f"{text!r} is not the address of a database; "
            "say postgresql+psycopg://USER@HOST/NAME or sqlite:///FILE"
        )
    return text


def present_file(text: str) -> Path:
    """A file that is there."""
    if not Path(text).is_file():
        raise ArgumentTypeError(f"{text!r} is no file")
    return Path(text)


def new_file(text: str) -> Path:
    """A file that is not there yet, in a folder that is."""
    file = Path(text)
    if file.exists():
        raise ArgumentTypeError(f"{text!r} is there already; nothing is written over")
    if not file.absolute().parent.is_dir():
        raise ArgumentTypeError(f"the folder of {text!r} is not there; make it first")
    return file


def public_key(text: str) -> bytes:
    """An Ed25519 public key in hex."""
    try:
        key = bytes.fromhex(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not hex") from error
    if len(key) != _KEY_BYTES:
        raise ArgumentTypeError(f"a public key has {_KEY_BYTES * 2} hex digits, not {len(text)}")
    return key


def window_size(text: str) -> tuple[int, int]:
    """Width and height in pixels, ``1366x768``."""
    side = whole(*_PIXELS)
    width, mark, height = text.lower().partition("x")
    if not mark:
        raise ArgumentTypeError(f"{text!r} is not WIDTHxHEIGHT, such as 1366x768")
    return side(width), side(height)
