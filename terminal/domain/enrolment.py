"""What a person types to enrol a terminal: the platform's address and the one-time code."""

from __future__ import annotations

import unicodedata
from urllib.parse import urlsplit, urlunsplit


def is_platform_address(text: str) -> bool:
    """Whether a platform may answer at an address.

    Args:
        text: as typed, without blanks around it.
    """
    try:
        parts = urlsplit(text)
        sound = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False  # a port that is no number, half a bracket
    return sound and not any(char.isspace() for char in text)


def plain_address(text: str) -> str:
    """One way to write an address: scheme and host small, no slash at the end.

    Args:
        text: an address a platform may answer at.
    """
    parts = urlsplit(text.strip())
    return urlunsplit(parts._replace(netloc=parts.netloc.lower())).rstrip("/")


def plain_code(text: str) -> str:
    """One way to write a one-time code: letters and digits alone, capital.

    Args:
        text: as typed; small letters, blanks, hyphens and wide characters mean the same code.
    """
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(char for char in plain if char.isalnum())
