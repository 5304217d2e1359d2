"""The Qt binding is one that a long shift survives."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib.metadata import version

from tests.static.sources import ROOT

_REQUIREMENTS = ROOT / "installer" / "requirements"

# Enough to abort a binding that drops one reference to None per void call: None starts with a few
# thousand.
_VOID_CALLS = """
import sys
from PySide6.QtGui import QColor, QImage
image, colour = QImage(4, 4, QImage.Format.Format_RGB32), QColor("red")
before = sys.getrefcount(None)
for _ in range(200_000):
    image.fill(colour)
print(sys.getrefcount(None) - before)
"""


def test_installed_qt_binding_is_the_locked_one() -> None:
    lock = (_REQUIREMENTS / "runtime.txt").read_text(encoding="utf-8")
    pinned = re.search(r"^pyside6-essentials==(\S+)", lock, re.MULTILINE)
    assert pinned
    assert version("PySide6-Essentials") == pinned[1]


def test_qt_binding_is_below_the_release_that_aborts() -> None:
    """PySide6 6.12.0 on Python 3.11 loses a reference to None in most void calls."""
    numbers = tuple(int(part) for part in version("PySide6-Essentials").split("."))
    assert (6, 8) <= numbers < (6, 12)


def test_void_calls_leave_the_references_to_none_alone() -> None:
    answer = subprocess.run(
        [sys.executable, "-c", _VOID_CALLS], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert abs(int(answer.stdout)) < 1_000


def test_every_wanted_package_is_locked_with_a_hash() -> None:
    for name in ("runtime", "camera", "dev"):
        wanted = (_REQUIREMENTS / f"{name}.in").read_text(encoding="utf-8")
        locks = "".join(
            path.read_text(encoding="utf-8") for path in sorted(_REQUIREMENTS.glob("*.txt"))
        )
        names = re.findall(r"^([A-Za-z][\w.-]*)", wanted, re.MULTILINE)
        assert names
        for package in names:
            normal = re.sub(r"[-_.]+", "-", package).lower()
            pin = rf"^{re.escape(normal)}(\[\w+\])?==\S+[^\\\n]*\\\n    --hash=sha256:"
            assert re.search(pin, locks, re.MULTILINE), f"{package} is not locked"
