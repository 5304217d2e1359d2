"""The typed door to Qt's meta-object decorators.

PySide's own ``Property`` and ``Slot`` are opaque to a type checker. Everything in ``ui`` takes
them from here; at run
time they are PySide's own objects, under the type checker they keep the types of what they
decorate.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar, overload

from PySide6.QtCore import Signal
from PySide6.QtQml import QmlElement, QmlUncreatable

QML_IMPORT_NAME = "Outlet.Models"
QML_IMPORT_MAJOR_VERSION = 1

ValueT = TypeVar("ValueT")
CallT = TypeVar("CallT", bound=Callable[..., Any])

if TYPE_CHECKING:

    class ReadOnly(Generic[ValueT]):
        """What a decorated getter is to a type checker: a read-only attribute."""

        @overload
        def __get__(self, owner: None, kind: type[Any]) -> ReadOnly[ValueT]: ...
        @overload
        def __get__(self, owner: object, kind: type[Any]) -> ValueT: ...
        def __get__(self, owner: object | None, kind: type[Any]) -> object:
            """The attribute's value."""

    def Property(
        kind: object, *, notify: object = None, constant: bool = False
    ) -> Callable[[Callable[[Any], ValueT]], ReadOnly[ValueT]]:
        """Show a getter to QML under ``kind``; state is read-only there, actions are slots."""
        raise NotImplementedError

    def Slot(*kinds: object, result: object = None) -> Callable[[CallT], CallT]:
        """Let QML call a method."""
        raise NotImplementedError

else:
    from PySide6.QtCore import Property, Slot

ClassT = TypeVar("ClassT", bound=type[Any])


def view_model(kind: ClassT) -> ClassT:
    """Make a class known to QML as a type of ``Outlet.Models`` that only Python creates."""
    uncreatable: Any = QmlUncreatable
    element: Any = QmlElement
    named: ClassT = element(uncreatable("view-models are handed down, never created in QML")(kind))
    return named


__all__ = ["Property", "Signal", "Slot", "view_model"]
