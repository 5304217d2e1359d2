"""Qt's support modules are compiled once, and nothing breaks without them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ui.qt_support import LAID_OUT, folder_for

_PROBE = """
import sys
from ui.qt_support import use_compiled
used = use_compiled()
import PySide6.QtCore, shiboken6, shibokensupport.signature as support
try:
    PySide6.QtCore.QPoint("not a figure")
except TypeError as error:
    # The words of this error come from the support modules.
    print(used, shiboken6.__file__, support.__file__, "QPoint" in str(error), sep="|")
"""
_LAY_OUT = "from ui.qt_support import lay_out; print(lay_out())"


def _python(code: str, packages: Path) -> str:
    """What a fresh interpreter says, with the packages of a folder before all others."""
    words = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(packages)!r}); {code}"]
    answer = subprocess.run(words, capture_output=True, text=True, check=True, timeout=60)
    return answer.stdout.strip()


def _installed(tmp_path: Path) -> Path:
    """A folder of packages with a binding of its own, made of the installed one."""
    import shiboken6

    real = Path(shiboken6.__file__).parent
    packages = tmp_path / "packages"
    (packages / "shiboken6").mkdir(parents=True)
    for part in real.iterdir():
        if part.name == "__init__.py":
            (packages / "shiboken6" / part.name).write_bytes(part.read_bytes())
        elif part.name != "__pycache__":
            (packages / "shiboken6" / part.name).symlink_to(part)
    return packages


def test_support_modules_are_laid_out_compiled_and_used(tmp_path: Path) -> None:
    packages = _installed(tmp_path)
    folder = Path(_python(_LAY_OUT, packages))
    assert folder == folder_for(packages / "shiboken6" / "__init__.py")
    assert list((folder / LAID_OUT).rglob("*.pyc"))
    assert _python(_LAY_OUT, packages) == str(folder)
    used, binding, support, spoke = _python(f"exec({_PROBE!r})", packages).split("|")
    assert used == "True"
    assert spoke == "True"
    assert Path(support).is_relative_to(folder)
    assert binding == str(packages / "shiboken6" / "__init__.py")


def test_without_the_folder_the_binding_loads_as_it_is(tmp_path: Path) -> None:
    used, _, support, spoke = _python(f"exec({_PROBE!r})", _installed(tmp_path)).split("|")
    assert used == "False"
    assert spoke == "True"
    assert "postal_terminal" not in support


def test_another_installation_does_not_meet_foreign_modules(tmp_path: Path) -> None:
    packages = _installed(tmp_path)
    _python(_LAY_OUT, packages)
    module = packages / "shiboken6" / "__init__.py"
    module.write_bytes(module.read_bytes() + b"# another version\n")
    assert _python(f"exec({_PROBE!r})", packages).startswith("False|")
