"""The Python part of Qt's binding, compiled once instead of at every start.

The binding carries its support modules inside its library and compiles them anew in every process,
a fifth of the time to the first frame. It also reads them from a folder ``files.dir`` beside its
own ``__init__.py`` where one was laid out with ``SBK_EMBED=0``; this module keeps such a folder of
its own, so that nothing in the installed binding is changed, and shows it to the binding while it
loads. Without the folder everything works as it does from the package.

Set-up lays the folder out with ``python -m ui.qt_support``. See docs/adr/0014.

The binding also reads the source of every module that is imported after it, and keeps the lines, to
learn whether the module asks for one of its ``__feature__`` switches. Nothing here does, so it is
told not to look: that is time before the first frame and memory ever after.
"""

from __future__ import annotations

import os
import sys
from importlib.util import find_spec, module_from_spec
from pathlib import Path

BINDING = "shiboken6"
LAID_OUT = "files.dir"
_FOLDER = "postal_terminal_qt_support"


def folder_for(package: Path) -> Path:
    """Where the compiled modules of a binding are; another installation has another folder.

    Args:
        package: the binding's ``__init__.py``.
    """
    installed = package.stat()
    return package.parents[1] / _FOLDER / f"{installed.st_size:x}-{installed.st_mtime_ns:x}"


def use_compiled() -> bool:
    """Load the binding with the compiled modules, when they are there; before any Qt import.

    Returns:
        Whether they were there and Qt was not loaded yet.
    """
    spec = find_spec(BINDING) if BINDING not in sys.modules else None
    if spec is None or spec.origin is None:
        return False
    folder = folder_for(Path(spec.origin))
    if not (folder / LAID_OUT).is_dir():
        return False
    _load_from(folder)
    return True


def leave_sources_alone() -> None:
    """Load the binding and keep it from reading the sources of what is imported after it."""
    import shiboken6  # noqa: F401 - brings its support modules, compiled or not

    # Not imported by name: importing is what it looks at.
    feature = sys.modules["shibokensupport.feature"]
    setattr(feature, "feature_imported", _look_at_nothing)  # noqa: B010 - not typed


def _look_at_nothing(_module: object) -> None:
    """Stands where the binding would search a module's source for a name."""


def lay_out() -> Path:
    """Write the folder for the installed binding, whole or not at all.

    Returns:
        The folder.

    Raises:
        OSError: it cannot be written.
        RuntimeError: the binding is loaded already, not installed, or lays nothing out.
    """
    import compileall
    import shutil
    import tempfile

    spec = find_spec(BINDING)
    if BINDING in sys.modules or spec is None or spec.origin is None:
        raise RuntimeError("the binding is loaded already or not installed")
    folder = folder_for(Path(spec.origin))
    if (folder / LAID_OUT).is_dir():
        return folder
    folder.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        fresh = Path(scratch) / "fresh"
        # The binding lays itself out on request, into a folder that must be there.
        (fresh / LAID_OUT).mkdir(parents=True)
        os.environ["SBK_EMBED"] = "0"
        _load_from(fresh)
        if not any((fresh / LAID_OUT).rglob("*.py")):
            raise RuntimeError("the binding laid nothing out")
        if not compileall.compile_dir(fresh, quiet=1, stripdir=scratch, prependdir=folder.parent):
            raise RuntimeError("a module of the binding does not compile")
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)
    return folder


def _load_from(folder: Path) -> None:
    """Load the binding as if it stood in a folder."""
    spec = find_spec(BINDING)
    if spec is None or spec.loader is None:
        raise RuntimeError("the binding is not installed")
    binding = module_from_spec(spec)
    installed = binding.__file__
    sys.modules[BINDING] = binding
    # It looks for the laid-out modules beside the file it believes to be loaded from.
    binding.__file__ = str(folder / "__init__.py")
    try:
        spec.loader.exec_module(binding)
    finally:
        binding.__file__ = installed


if __name__ == "__main__":
    print(lay_out())
