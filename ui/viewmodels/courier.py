"""Carrying by stick: what can be plugged in, what was written, what was taken in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer

from terminal.domain.errors import OutletError
from ui.common.operation import Operations
from ui.common.pane import Pane
from ui.common.rows import RowsModel
from ui.common.words import Words
from ui.qt import Property, Signal, Slot, view_model

if TYPE_CHECKING:
    from terminal.app.carrying import Carrying, TakenView, WrittenView
    from terminal.ports.media import Medium

LOOK_EVERY_MS = 2_000
"""How often an open pane looks whether a stick was plugged in or pulled out, milliseconds."""
_TONES = {"confirmed": "ok", "delivered": "ok", "stopped": "danger", "refused": "danger"}


@dataclass(frozen=True, slots=True)
class MediumRow:
    """A stick to choose."""

    folder: str
    text: str


@dataclass(frozen=True, slots=True)
class ToldRow:
    """One sentence on what was done."""

    key: str
    text: str
    tone: str


def _room(free_bytes: int) -> str:
    """``14.9 GB``, ``830 MB``."""
    mega = free_bytes // 1024**2
    return f"{mega // 1024}.{mega % 1024 * 10 // 1024} GB" if mega >= 1024 else f"{mega} MB"


@view_model
class CourierPane(Pane):
    """The part of the queue page for a counter without a line."""

    changed = Signal()

    reads = frozenset({"sync", "orders"})

    def __init__(self, operations: Operations, words: Words) -> None:
        super().__init__(operations, words)
        self._open = False
        self._busy = False
        self._waiting = 0
        self._media: tuple[Medium, ...] = ()
        self._folder = ""
        self._tell: Callable[[], list[ToldRow]] = list
        self._rows = RowsModel(MediumRow, "folder", self)
        self._told = RowsModel(ToldRow, "key", self)
        self._looking = QTimer(self)
        self._looking.setInterval(LOOK_EVERY_MS)
        self._looking.timeout.connect(self._look)

    def turn(self, *, in_view: bool) -> None:
        """The page is opened or left."""
        if not in_view and self._open:
            self.fold()

    def refresh(self) -> None:
        """Ask how much waits."""
        if self._open:
            self.operations.run(lambda use: use.queue.summary().waiting, self._show_waiting)

    def reworded(self) -> None:
        """Write everything in the chosen language."""
        self._show_media(self._media)
        self._told.show(self._tell())
        self.changed.emit()

    @Property(bool, notify=changed)
    def open(self) -> bool:
        """Whether the pane is shown."""
        return self._open

    @Property(bool, notify=changed)
    def busy(self) -> bool:
        """Whether something is being written or taken in."""
        return self._busy

    @Property(str, notify=changed)
    def waitingText(self) -> str:
        """How much the platform does not have yet."""
        key = "courier.waiting" if self._waiting else "courier.nothing_waiting"
        return self.words.text(key, count=self._waiting)

    @Property(RowsModel, constant=True)
    def media(self) -> RowsModel:
        """What is plugged in."""
        return self._rows

    @Property(str, notify=changed)
    def chosen(self) -> str:
        """Folder of the chosen stick, "" while none is plugged in."""
        return self._folder

    @Property(RowsModel, constant=True)
    def told(self) -> RowsModel:
        """What was done last."""
        return self._told

    @Slot()
    def carry(self) -> None:
        """Open the pane; when it is open, write."""
        if self._open:
            self.write()
            return
        self._open = True
        self._say(list)
        self._looking.start()
        self._look()
        self.refresh()

    @Slot(str)
    def choose(self, folder: str) -> None:
        """Use another stick."""
        self._folder = folder
        self.changed.emit()

    @Slot()
    def write(self) -> None:
        """Write what waits onto the chosen stick."""
        self._work(lambda carrying, medium: carrying.write(medium), self._written)

    @Slot()
    def take(self) -> None:
        """Take in what somebody brought on the chosen stick."""
        self._work(lambda carrying, medium: carrying.take(medium), self._taken)

    def fold(self) -> None:
        """One step back: the pane is put away."""
        self._open = False
        self._looking.stop()
        self.changed.emit()

    def _look(self) -> None:
        self.operations.call(
            lambda desk, done, failed: desk.carrying.begin(
                lambda carrying: tuple(carrying.media()), done, failed
            ),
            self._show_media,
            once="media",
        )

    def _work(
        self, work: Callable[[Carrying, Medium], Any], done: Callable[[Any, str], None]
    ) -> None:
        medium = next((item for item in self._media if item.folder == self._folder), None)
        if medium is None or not self._open:
            self._say(lambda: [ToldRow("none", self.words.text("courier.no_stick"), "wait")])
            return
        name = medium.name
        self._busy = self.operations.call(
            lambda desk, ok, no: desk.carrying.begin(
                lambda carrying: work(carrying, medium), ok, no
            ),
            lambda result: done(result, name),
            self._failed,
            once="carry",
        )
        self.changed.emit()

    def _written(self, view: WrittenView, name: str) -> None:
        def tell() -> list[ToldRow]:
            if not view.files:
                return [ToldRow("none", self.words.text("courier.nothing_waiting"), "ok")]
            rows = []
            told = {"first": view.first_seq, "last": view.last_seq, "count": view.entries}
            told |= {"files": view.files - view.others, "others": view.others}
            told |= {"size": max(1, view.size_bytes // 1024)}
            if view.entries:
                text = self.words.text("courier.written", {**told, "stick": name})
                rows.append(ToldRow("written", text, "ok"))
            if view.others:
                rows.append(ToldRow("others", self.words.text("courier.others", told), "ok"))
            return [*rows, ToldRow("release", self.words.text("courier.release"), "wait")]

        self._ended(tell)

    def _taken(self, views: Sequence[TakenView], name: str) -> None:
        # Our own bundle lies there for the platform: nobody need read about it.
        news = [view for view in views if view.state_code != "own"]

        def tell() -> list[ToldRow]:
            if not news:
                text = self.words.text("courier.nothing_brought", stick=name)
                return [ToldRow("none", text, "wait")]
            return [self._told_of(view, place) for place, view in enumerate(news)]

        self._ended(tell)

    def _told_of(self, view: TakenView, place: int) -> ToldRow:
        texts = []
        if view.state_code != "refused":
            texts.append(self.words.text(f"courier.{view.state_code}", view.params))
        if view.params["records"]:
            texts.append(self.words.text("courier.records", view.params))
        # Why nothing was taken in says itself that nothing was.
        if view.reason_code:
            texts.append(self.words.error(view.reason_code, view.reason_params))
        return ToldRow(str(place), "\n".join(texts), _TONES.get(view.state_code, "wait"))

    def _failed(self, error: OutletError) -> None:
        self._ended(
            lambda: [ToldRow("failed", self.words.error(error.code, error.params), "danger")]
        )

    def _ended(self, tell: Callable[[], list[ToldRow]]) -> None:
        self._busy = False
        self._say(tell)
        self.refresh()
        self._look()

    def _say(self, tell: Callable[[], list[ToldRow]]) -> None:
        self._tell = tell
        self._told.show(tell())
        self.changed.emit()

    def _show_waiting(self, count: int) -> None:
        self._waiting = count
        self.changed.emit()

    def _show_media(self, media: tuple[Medium, ...]) -> None:
        self._media = media
        self._rows.show(
            [
                MediumRow(
                    medium.folder,
                    self.words.text(
                        "courier.medium", name=medium.name, free=_room(medium.free_bytes)
                    ),
                )
                for medium in media
            ]
        )
        folders = [medium.folder for medium in media]
        if self._folder not in folders:
            self._folder = folders[0] if folders else ""
        self.changed.emit()
