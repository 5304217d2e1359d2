"""What commands print: words for people, JSON for machines."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from terminal.domain.errors import OutletError

_WORDS = Path(__file__).parents[2] / "assets" / "translations" / "en.json"


def show(result: dict[str, Any], *, as_json: bool) -> None:
    """Print a result: one JSON line, or ``name: value`` lines."""
    if as_json:
        print(json.dumps(result, ensure_ascii=False, sort_keys=True))
    else:
        for name, value in result.items():
            text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            print(f"{name}: {text}")
    sys.stdout.flush()


def explain(error: OutletError) -> str:
    """An error in words, with its code for the engineer."""
    words = json.loads(_WORDS.read_text(encoding="utf-8")) if _WORDS.exists() else {}
    text = words.get(f"error.{error.code}") or words.get(error.code) or ""
    for name, value in error.params.items():
        text = text.replace("{" + name + "}", str(value))
    parts = [part for part in (text, error.hint) if part]
    return " ".join([*parts, f"[{error.code}]"]) if parts else str(error)
