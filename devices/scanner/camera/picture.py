"""Pictures as rows of brightness, and how they come out of files."""

from __future__ import annotations

from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image

from terminal.domain.errors import EnvironmentFault

Grey: TypeAlias = npt.NDArray[np.uint8]
Floats: TypeAlias = npt.NDArray[np.float32]

MOST_DOTS: Final = 40_000_000
"""A larger picture is none of a counter's cameras."""


def load_picture(file: Path) -> Grey:
    """A picture from a file, in shades of grey; what is transparent is white.

    Raises:
        EnvironmentFault: ``devices.file_unreadable`` when the file cannot be read;
            ``devices.no_picture`` when it is no picture, or one that is far too large.
    """
    try:
        with Image.open(file) as picture:
            if picture.width * picture.height > MOST_DOTS:
                raise _no_picture(file, f"more than {MOST_DOTS // 1_000_000} million dots")
            if picture.mode in ("RGBA", "LA", "PA", "P"):
                seen = picture.convert("RGBA")
                white = Image.new("RGBA", seen.size, "white")
                return np.asarray(Image.alpha_composite(white, seen).convert("L"))
            return np.asarray(picture.convert("L"))
    except (FileNotFoundError, IsADirectoryError, PermissionError) as error:
        raise EnvironmentFault("devices.file_unreadable", hint=str(error)) from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        # Pillow says with any of these that the bytes are no sound picture.
        raise _no_picture(file, "") from error


def _no_picture(file: Path, hint: str) -> EnvironmentFault:
    return EnvironmentFault("devices.no_picture", {"file": file.name}, retry=False, hint=hint)
