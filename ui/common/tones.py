"""The colour family of a state."""

from __future__ import annotations

_TONES = {
    "enabled": "ok", "claimed": "ok", "opened": "ok", "ready": "ok", "ok": "ok",
    "offline": "wait", "limited": "wait", "closed": "off", "off": "off", "error": "danger",
}  # fmt: skip


def tone_of(state: str) -> str:
    """The colour family of a state; an unknown one waits for a person's eye."""
    return _TONES.get(state, "wait")
