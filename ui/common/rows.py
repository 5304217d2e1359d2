"""One list model for every list on the screen: frozen rows in, the smallest set of moves out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QByteArray,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from ui.qt import Property, Signal, view_model

Index = QModelIndex | QPersistentModelIndex


def camel(name: str) -> str:
    """``amount_text`` → ``amountText``: what a delegate calls the field."""
    head, *tail = name.split("_")
    return head + "".join(part.capitalize() for part in tail)


@view_model
class RowsModel(QAbstractListModel):
    """A list of frozen dataclass rows for a ``ListView``; every field is a role in camelCase.

    Args:
        row_type: the dataclass of the rows.
        key: the field that tells rows apart, so that a changed row is changed and not replaced.
    """

    count_changed = Signal()

    def __init__(self, row_type: type[Any], key: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names = [field.name for field in fields(row_type)]
        self._key = key
        self._rows: list[Any] = []

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt wants one
        """Number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> object:
        """One field of one row."""
        place = role - Qt.ItemDataRole.UserRole
        if not index.isValid() or not 0 <= place < len(self._names):
            return None
        return getattr(self._rows[index.row()], self._names[place])

    def roleNames(self) -> dict[int, QByteArray]:
        """Role number to the delegate's property name."""
        return {
            Qt.ItemDataRole.UserRole + place: QByteArray(camel(name).encode())
            for place, name in enumerate(self._names)
        }

    @Property(int, notify=count_changed)
    def count(self) -> int:
        """Number of rows."""
        return len(self._rows)

    @property
    def rows(self) -> Sequence[Any]:
        """The rows as they are shown."""
        return tuple(self._rows)

    def row_of(self, key: object) -> int:
        """Place of the row with that key, -1 when there is none."""
        keys = [getattr(row, self._key) for row in self._rows]
        return keys.index(key) if key in keys else -1

    def show(self, rows: Sequence[Any]) -> None:
        """Show these rows; what stays is kept, so that only what changed is painted again."""
        new, old = list(rows), self._rows
        head = self._alike(old, new)
        most = min(len(old), len(new)) - head
        tail = min(most, self._alike(reversed(old), reversed(new))) if most else 0
        before = len(self._rows)
        self._replace(head, before - tail, new[head : len(new) - tail])
        self._refresh(new)
        if before != len(new):
            self.count_changed.emit()

    def _alike(self, old: Iterable[Any], new: Iterable[Any]) -> int:
        """How many rows from the beginning on are the same rows, changed or not."""
        key, count = self._key, 0
        for was, is_now in zip(old, new, strict=False):
            if was is not is_now and getattr(was, key) != getattr(is_now, key):
                break
            count += 1
        return count

    def _replace(self, first: int, end: int, new: list[Any]) -> None:
        nowhere = QModelIndex()
        if end > first:
            self.beginRemoveRows(nowhere, first, end - 1)
            del self._rows[first:end]
            self.endRemoveRows()
        if new:
            self.beginInsertRows(nowhere, first, first + len(new) - 1)
            self._rows[first:first] = new
            self.endInsertRows()

    def _refresh(self, new: list[Any]) -> None:
        changed = [
            place
            for place, (was, row) in enumerate(zip(self._rows, new, strict=True))
            if was is not row and was != row
        ]
        for place in changed:
            self._rows[place] = new[place]
            here = self.index(place)
            self.dataChanged.emit(here, here)
