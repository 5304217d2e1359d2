"""What of the locked packages a terminal does not need, and why it stays at home.

Source: the libraries that the counter maps while it sells; a package test sells with what is left.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final


@dataclass(frozen=True, slots=True)
class LeftOut:
    """One group of files that is not shipped.

    Args:
        why: the reason, for the list of what was left out.
        patterns: globs below the folder of the installed packages.
    """

    why: str
    patterns: tuple[str, ...]


GROUPS: Final[tuple[LeftOut, ...]] = (
    LeftOut(
        "development tools of Qt: nobody draws forms or translates on a terminal",
        (
            "PySide6/assistant",
            "PySide6/designer",
            "PySide6/linguist",
            "PySide6/lrelease",
            "PySide6/lupdate",
            "PySide6/balsam*",
            "PySide6/qml*",
            "PySide6/qsb",
            "PySide6/svgtoqml",
            "PySide6/Qt/libexec",
            "PySide6/include",
            "PySide6/typesystems",
            "PySide6/glue",
            "PySide6/doc",
            "PySide6/scripts",
            "PySide6/support/deploy_lib",
            "PySide6/Qt/plugins/designer",
            "PySide6/Qt/plugins/qmllint",
            "PySide6/Qt/plugins/qmlls",
            "PySide6/Qt/plugins/qmltooling",
            "PySide6/Qt/lib/libQt6Designer*",
            "PySide6/Qt/lib/libQt6QmlCompiler*",
            "PySide6/Qt/lib/libQt6QuickTest*",
            "PySide6/Qt/metatypes",
            "bin",
        ),
    ),
    LeftOut(
        "descriptions for type checkers and editors",
        (
            "**/*.pyi",
            "PySide6/Qt/qml/**/*.qmltypes",
            "PySide6/Qt/qml/**/designer",
        ),
    ),
    LeftOut(
        "languages of Qt's own dialogs: the product has its own words and no such dialog",
        ("PySide6/Qt/translations",),
    ),
    LeftOut(
        "looks of Qt's controls: the product draws its own",
        (
            "PySide6/Qt/lib/libQt6QuickControls2Fluent*",
            "PySide6/Qt/lib/libQt6QuickControls2Fusion*",
            "PySide6/Qt/lib/libQt6QuickControls2Imagine*",
            "PySide6/Qt/lib/libQt6QuickControls2Material*",
            "PySide6/Qt/lib/libQt6QuickControls2Universal*",
            "PySide6/Qt/lib/libQt6LabsStyleKit*",
            "PySide6/Qt/qml/QtQuick/Controls/FluentWinUI3",
            "PySide6/Qt/qml/QtQuick/Controls/Fusion",
            "PySide6/Qt/qml/QtQuick/Controls/Imagine",
            "PySide6/Qt/qml/QtQuick/Controls/Material",
            "PySide6/Qt/qml/QtQuick/Controls/Universal",
            "PySide6/Qt/qml/Qt/labs/StyleKit",
        ),
    ),
    LeftOut(
        "dialogs that open files, folders and colours: a kiosk must have no way out",
        (
            "PySide6/Qt/lib/libQt6QuickDialogs2*",
            "PySide6/Qt/qml/QtQuick/Dialogs",
            "PySide6/Qt/plugins/printsupport",
        ),
    ),
    LeftOut(
        "Qt Virtual Keyboard, which is GPL-3: the product has a pad of its own",
        (
            "PySide6/Qt/qml/QtQuick/VirtualKeyboard",
            "PySide6/Qt/plugins/platforminputcontexts/*virtualkeyboard*",
        ),
    ),
    LeftOut(
        "databases of Qt: the journal has its own, with its own cipher",
        (
            "PySide6/QtSql.abi3.so",
            "PySide6/Qt/lib/libQt6QmlLocalStorage*",
            "PySide6/Qt/lib/libQt6Sql*",
            "PySide6/Qt/plugins/sqldrivers",
            "PySide6/Qt/qml/QtQuick/LocalStorage",
        ),
    ),
    LeftOut(
        "the Wayland compositor: a terminal is a client of one",
        (
            "PySide6/Qt/lib/libQt6WaylandCompositor*",
            "PySide6/Qt/lib/libQt6WaylandEglCompositor*",
            "PySide6/Qt/plugins/wayland-graphics-integration-server",
            "PySide6/Qt/qml/QtWayland",
        ),
    ),
    LeftOut(
        "windows of the older kind and what goes with them: every screen is Qt Quick",
        (
            "PySide6/Qt/plugins/platformthemes",
            "PySide6/Qt/qml/Qt/labs/platform",
            "PySide6/QtDesigner*",
            "PySide6/QtHelp*",
            "PySide6/QtOpenGLWidgets*",
            "PySide6/QtPrintSupport*",
            "PySide6/QtQuickTest*",
            "PySide6/QtQuickWidgets*",
            "PySide6/QtSvgWidgets*",
            "PySide6/QtTest*",
            "PySide6/QtUiTools*",
            "PySide6/QtWidgets*",
            "PySide6/QtXml*",
            "PySide6/Qt/lib/libQt6Help*",
            "PySide6/Qt/lib/libQt6LabsPlatform*",
            "PySide6/Qt/lib/libQt6OpenGLWidgets*",
            "PySide6/Qt/lib/libQt6PrintSupport*",
            "PySide6/Qt/lib/libQt6QuickWidgets*",
            "PySide6/Qt/lib/libQt6SvgWidgets*",
            "PySide6/Qt/lib/libQt6Test*",
            "PySide6/Qt/lib/libQt6UiTools*",
            "PySide6/Qt/lib/libQt6Widgets*",
        ),
    ),
    LeftOut(
        "PostgreSQL: it is the platform's; a demonstration on a terminal runs on SQLite",
        ("psycopg*", "sqlalchemy/dialects/m[sy]*", "sqlalchemy/dialects/oracle"),
    ),
    LeftOut(
        "picture formats that no screen and no slip has",
        (
            "PIL/_avif*",
            "pillow.libs/libavif*",
            "PySide6/Qt/plugins/imageformats/*tiff*",
            "PySide6/Qt/plugins/imageformats/*webp*",
        ),
    ),
    LeftOut(
        "particles, vector pictures, tests: nothing on the screens uses them",
        (
            "PySide6/Qt/lib/libQt6LottieVectorImage*",
            "PySide6/Qt/lib/libQt6QuickParticles*",
            "PySide6/Qt/lib/libQt6QuickVectorImage*",
            "PySide6/Qt/lib/libQt6QuickTimeline*",
            "PySide6/Qt/plugins/imageformats/libqpdf.so",
            "PySide6/Qt/qml/QtQml/StateMachine",
            "PySide6/Qt/qml/QtQuick/Particles",
            "PySide6/Qt/qml/QtQuick/Pdf",
            "PySide6/Qt/qml/QtQuick/Scene2D",
            "PySide6/Qt/qml/QtQuick/Scene3D",
            "PySide6/Qt/qml/QtQuick/VectorImage",
            "PySide6/Qt/qml/QtQuick/Timeline",
            "PySide6/Qt/qml/QtQuick/tooling",
            "PySide6/Qt/qml/QtTest",
            "PySide6/Qt/plugins/vectorimageformats",
            "pip*",
            "setuptools*",
            "sqlalchemy/testing",
            "alembic/testing",
        ),
    ),
)
"""Reasons and files; a pattern that matches nothing in this version of a package is fine."""


def leave_out(packages: Path) -> dict[str, int]:
    """Remove what is not shipped.

    Args:
        packages: the folder the locked packages were installed into.

    Returns:
        Bytes saved, by reason.
    """
    saved: dict[str, int] = {}
    for group in GROUPS:
        saved[group.why] = sum(
            _remove(path) for pattern in group.patterns for path in _found(packages, pattern)
        )
    return saved


def size_of(path: Path) -> int:
    """Bytes of a file, or of all files below a folder; links count nothing."""
    if path.is_symlink():
        return 0
    if path.is_file():
        return path.stat().st_size
    return sum(size_of(child) for child in path.iterdir())


def _found(packages: Path, pattern: str) -> Iterator[Path]:
    # Listed first: the tree changes while it is walked.
    yield from [path for path in packages.glob(pattern) if path.exists()]


def _remove(path: Path) -> int:
    size = size_of(path)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
    return size
