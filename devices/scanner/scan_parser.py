"""Codes out of the byte stream of a scanner: a pure parser."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from terminal.domain.errors import BugError
from terminal.ports.scanner import Scan

_GROUP_SEPARATOR: Final = "\x1d"


@dataclass(frozen=True, slots=True)
class ScanFraming:
    """How a scanner was set up to frame its codes.

    Args:
        prefix: bytes before a code; other bytes before it are noise. Empty for none.
        suffixes: bytes that end a code, any of them, at least one.
        max_length: longest code in bytes, 1 to 4096; a longer one is dropped whole.
    """

    prefix: bytes = b""
    suffixes: tuple[bytes, ...] = (b"\r\n", b"\r", b"\n")
    max_length: int = 1024

    def __post_init__(self) -> None:
        if not self.suffixes or b"" in self.suffixes or not 1 <= self.max_length <= 4096:
            raise BugError("scanner.framing")


@dataclass(slots=True)
class ScanParser:
    """Splits bytes into codes, whatever the pieces they arrive in.

    Args:
        source: name of the device, copied into every scan.
        framing: prefix, suffixes and length limit.
        rejected: codes dropped so far: too long, with control characters, in no known encoding.
    """

    source: str
    framing: ScanFraming = field(default_factory=ScanFraming)
    rejected: int = 0
    _pending: bytearray = field(default_factory=bytearray)
    _too_long: bool = False

    def feed(self, data: bytes) -> list[Scan]:
        """Take bytes as they arrived, give back the codes they completed."""
        scans: list[Scan] = []
        for byte in data:
            self._pending.append(byte)
            suffix = self._suffix()
            if suffix:
                frame = bytes(self._pending[: -len(suffix)])
                self._pending.clear()
                self._finish(frame, scans)
            elif len(self._pending) > self._most:
                self._too_long = True
                del self._pending[: -max(map(len, self.framing.suffixes))]
        return scans

    def idle(self) -> None:
        """Nothing has come for a while: half a code is no code, so it must not glue to the next."""
        if self._pending or self._too_long:
            self.rejected += 1
        self._pending.clear()
        self._too_long = False

    @property
    def _most(self) -> int:
        longest_suffix = max(map(len, self.framing.suffixes))
        return len(self.framing.prefix) + self.framing.max_length + longest_suffix

    def _suffix(self) -> bytes:
        return next((end for end in self.framing.suffixes if self._pending.endswith(end)), b"")

    def _finish(self, frame: bytes, scans: list[Scan]) -> None:
        too_long, self._too_long = self._too_long, False
        if not frame and not too_long:
            return  # the second half of CR LF, or a lone key
        text = None if too_long else self._text(frame)
        if text is None:
            self.rejected += 1
        else:
            scans.append(Scan(text, self.source))

    def _text(self, frame: bytes) -> str | None:
        """The code inside its prefix, or None when it is not fit to be one."""
        at = frame.rfind(self.framing.prefix) if self.framing.prefix else 0
        if at < 0:
            return None
        code = frame[at + len(self.framing.prefix) :]
        if not 0 < len(code) <= self.framing.max_length:
            return None
        for encoding in ("utf-8", "gbk"):
            try:
                text = code.decode(encoding)
            except UnicodeDecodeError:
                continue  # not in this encoding; in none of them, and ``feed`` counts it rejected
            return text if text.replace(_GROUP_SEPARATOR, "").isprintable() else None
        return None
