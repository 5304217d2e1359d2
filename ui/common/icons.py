"""The product's own icons, drawn from SVG in whatever colour a palette asks for."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize
from PySide6.QtGui import QImage, QImageReader
from PySide6.QtQuick import QQuickImageProvider

FOLDER = Path(__file__).resolve().parents[2] / "assets" / "icons"
DEFAULT_PX = 24


class IconProvider(QQuickImageProvider):
    """Answers ``image://icon/<name>/<rrggbb>``; an unknown name is an error of ours and raises."""

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)

    def requestImage(self, id: str, size: QSize, requestedSize: QSize) -> QImage:  # noqa: A002 - Qt's name
        """Draw one icon.

        Args:
            id: name and colour, ``cart/0a7a45``.
            size: not used; Qt takes the size from the image.
            requestedSize: pixels wanted; either side may be missing.
        """
        name, _, colour = id.partition("/")
        drawing = (FOLDER / f"{name}.svg").read_text("utf-8").replace("currentColor", f"#{colour}")
        side = max(requestedSize.width(), requestedSize.height())
        buffer = QBuffer()
        buffer.setData(QByteArray(drawing.encode()))
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        reader = QImageReader(buffer, QByteArray(b"svg"))
        reader.setScaledSize(QSize(side or DEFAULT_PX, side or DEFAULT_PX))
        return reader.read()
