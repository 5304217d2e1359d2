"""What commands print: words for people, JSON for machines."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from terminal.domain.errors import BugError, OutletError, PlatformRejection
from terminal.domain.wording import filled

_WORDS = Path(__file__).parents[2] / "assets" / "translations"


@contextmanager
def while_read() -> Iterator[None]:
    """Print as long as somebody reads: ``| head`` is a quiet end, not trouble."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # What is still buffered goes nowhere, also when Python flushes at its end.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


def show(result: dict[str, Any], *, as_json: bool) -> None:
    """Print a result: one JSON line, or ``name: value`` lines."""
    with while_read():
        if as_json:
            print(json.dumps(result, ensure_ascii=False, sort_keys=True))
        else:
            for name, value in result.items():
                text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
                print(f"{name}: {text}")


def show_error(error: OutletError, *, as_json: bool) -> None:
    """Print why a command failed: ``{"error": …}`` on standard output, or words beside it."""
    if as_json:
        told = {"code": error.code, "message": message(error) or error.code}
        show({"error": {**told, "params": error.params, "retry": error.retry}}, as_json=True)
    else:
        print(explain(error), file=sys.stderr)


def unexpected(error: Exception) -> BugError:
    """A fault nobody foresaw, as one of our errors."""
    return BugError("bug.unexpected", {"type": type(error).__name__}, hint=str(error))


def explain(error: OutletError) -> str:
    """An error in words, with its code for the engineer."""
    words = message(error)
    return f"{words} [{error.code}]" if words else str(error)


def explain_code(code: str, language: str = "en") -> str:
    """What an error that was written down means, in words, with its code for the engineer."""
    words = worded(f"error.{code}", {}, language)
    return f"{words} [{code}]" if words else code


def explain_hold(code: str, item: str) -> str:
    """What waits for a person, what is safe and what to do, with its code for the engineer."""
    told = {"code": code, "item": item}
    return f"{worded(f'hold.{code}', told) or worded('hold.other', told)} [{code}]"


def explain_printer(code: str, place: str) -> str:
    """What keeps a printer from printing, no slip being under way, and what to do."""
    reason = worded(f"reason.{code}", {}) or code
    return f"{worded('doctor.printer', {'reason': reason, 'place': place})} [{code}]"


def message(error: OutletError) -> str:
    """An error in words alone; "" when there are none for it."""
    text = worded(f"error.{error.code}", error.params)
    if not text and isinstance(error, PlatformRejection):
        # A later platform may know codes that we do not.
        text = worded("error.other", {"code": error.code})
    return " ".join(part for part in (text, error.hint) if part)


def worded(key: str, params: Mapping[str, object], language: str = "en") -> str:
    """A text of the translations with what it names; "" when there is none."""
    file = _WORDS / f"{language}.json"
    words = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    return filled(words.get(key, ""), params)


def counted(number: object, one: str, many: str) -> str:
    """How many there are of something, in English."""
    return filled(f"{{number}} {{number:{one}|{many}}}", {"number": number})
