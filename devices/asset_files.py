"""Where the data files of the product lie."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ASSETS: Final = Path(__file__).resolve().parent.parent / "assets"
"""The folder with fonts and device profiles."""
