"""When a code in view is a scan: what stands for money or is made of bars has to be seen twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from terminal.domain.scan import PLATFORM_CODE_PREFIX, payer_scheme

TOGETHER_MS: Final = 1_000
"""Two looks at one code are no further apart."""
GONE_MS: Final = 1_500
"""A code that was not seen for so long may be scanned again."""

_GUARDED: Final = frozenset({"QR", "Data Matrix", "Aztec", "PDF417"})
_RETAIL: Final = frozenset({"EAN-13", "EAN-8", "UPC-A", "UPC-E"})


@dataclass(slots=True)
class _Sight:
    last_ms: int
    scanned: bool = False


class Agreement:
    """Turns what frames show into scans, each once for as long as the code stays in view.

    Args:
        known: whether the catalogue has that number.
    """

    def __init__(self, known: Callable[[str], bool]) -> None:
        self._known = known
        self._seen: dict[str, _Sight] = {}

    def look(self, codes: list[tuple[str, str]], now_ms: int) -> list[str]:
        """What one frame adds.

        Args:
            codes: symbology and text of every code in the frame.
            now_ms: of a monotonic clock, in milliseconds.

        Returns:
            The texts that are scans now.
        """
        self._seen = {
            text: sight for text, sight in self._seen.items() if now_ms - sight.last_ms <= GONE_MS
        }
        scans = []
        for symbology, text in codes:
            sight = self._seen.get(text)
            fresh = sight is None or (not sight.scanned and now_ms - sight.last_ms > TOGETHER_MS)
            if sight is None or fresh:
                sight = self._seen[text] = _Sight(now_ms)
            sight.last_ms = now_ms
            if not sight.scanned and (not fresh or self._at_once(symbology, text)):
                sight.scanned = True
                scans.append(text)
        return scans

    def _at_once(self, symbology: str, text: str) -> bool:
        """Whether one look is enough."""
        if symbology in _GUARDED:
            return not stands_for_money(text)
        return symbology in _RETAIL and self._known(text)


def stands_for_money(text: str) -> bool:
    """Whether money moves by this code alone: a payer's code or one of the platform's own."""
    return text.startswith(PLATFORM_CODE_PREFIX) or payer_scheme(text) != ""
