"""A QR code as the path of one shape: sharp at every size, without an image on disk."""

from __future__ import annotations

QUIET = 4
"""Empty modules around the code, as ISO/IEC 18004 asks for."""


def qr_path(text: str) -> tuple[str, int]:
    """The dark modules of the code of a text.

    Args:
        text: what a phone reads; "" for no code.

    Returns:
        An SVG path in modules, the quiet zone included, and the side of the whole in modules.
    """
    if not text:
        return "", 1
    import segno

    code = segno.make_qr(text, error="m", boost_error=False)
    rows = [bytes(row) for row in code.matrix]
    runs = [
        f"M{QUIET + start} {QUIET + y}h{length}v1h-{length}z"
        for y, row in enumerate(rows)
        for start, length in _runs(row)
    ]
    return "".join(runs), len(rows) + 2 * QUIET


def _runs(row: bytes) -> list[tuple[int, int]]:
    """Start and length of each run of dark modules."""
    runs: list[tuple[int, int]] = []
    for x, dark in enumerate(row):
        if dark and runs and sum(runs[-1]) == x:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        elif dark:
            runs.append((x, 1))
    return runs
