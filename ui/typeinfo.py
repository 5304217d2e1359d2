"""Writes what QML tools need to know about our Python types: ``python -m ui.typeinfo``.

The type file lies beside the views, so that ``qmllint`` checks every property and slot a view uses.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path
from typing import Any

from PySide6.QtCore import QMetaMethod, QMetaObject, QObject

import ui.viewmodels
from ui.common.rows import RowsModel

MODULE = "Outlet.Models"
SHARED = (
    "ui.common.pane",
    "ui.common.page",
    "ui.common.appearance",
    "ui.common.booked_sale",
    "ui.common.cash_amount",
    "ui.common.cash_up_behind",
    "ui.common.cash_up_figures",
    "ui.common.dispute_evidence",
    "ui.common.denominations",
    "ui.common.known_faults",
    "ui.common.payer_code",
    "ui.common.pouch_found",
    "ui.common.pouches_on_the_way",
    "ui.common.stock_counting",
    "ui.common.till_listing",
    "ui.common.till_tables",
    "ui.common.refund_finding",
    "ui.common.refund_pending",
    "ui.common.second_person_form",
    "ui.common.doubt_list",
    "ui.common.tender_entry",
)
ROOTS = ("ui.pages", "ui.counter", "ui.face")
FOLDER = Path(__file__).resolve().parent / "qml" / "Outlet" / "Models"


def model_types() -> list[QMetaObject]:
    """Meta-objects of every class of ``ui.viewmodels`` that QML knows, base classes first."""
    found: dict[str, QMetaObject] = {"RowsModel": _meta(RowsModel)}
    panes = sorted(info.name for info in pkgutil.iter_modules(ui.viewmodels.__path__))
    for name in (*SHARED, *(f"ui.viewmodels.{pane}" for pane in panes), *ROOTS):
        loaded = importlib.import_module(name)
        for title, kind in sorted(vars(loaded).items()):
            if (
                isinstance(kind, type)
                and issubclass(kind, QObject)
                and kind.__module__ == loaded.__name__
            ):
                found[title] = _meta(kind)
    return list(found.values())


def _meta(kind: type[Any]) -> QMetaObject:
    meta: QMetaObject = kind.staticMetaObject
    return meta


def _text(raw: Any) -> str:
    return bytes(raw.data()).decode()


def describe(kind: QMetaObject) -> str:
    """One ``Component`` of a qmltypes file."""
    name, parent = kind.className(), kind.superClass()
    base = parent.className() if parent is not None else "QObject"
    lines = [
        "    Component {",
        f'        name: "{name}"',
        f'        exports: ["{MODULE}/{name} 1.0"]',
        "        exportMetaObjectRevisions: [256]",
        "        isCreatable: false",
        f'        prototype: "{base}"',
    ]
    for index in range(kind.propertyOffset(), kind.propertyCount()):
        lines.append(_property(kind, index))
    for index in range(kind.methodOffset(), kind.methodCount()):
        method = kind.method(index)
        if not _text(method.name()).startswith("_"):
            lines += _method(method)
    return "\n".join([*lines, "    }"])


def _property(kind: QMetaObject, index: int) -> str:
    known = kind.property(index)
    type_name = str(known.typeName())
    pointer = "; isPointer: true" if type_name.endswith("*") else ""
    notify = _text(known.notifySignal().name()) if known.hasNotifySignal() else ""
    change = f'; notify: "{notify}"' if notify else "; isConstant: true"
    name = str(known.name())
    return (
        f'        Property {{ name: "{name}"; type: "{type_name.rstrip("*")}"{pointer}'
        f"; isReadonly: true{change} }}"
    )


def _method(method: QMetaMethod) -> list[str]:
    signal = method.methodType() == QMetaMethod.MethodType.Signal
    lines = [
        f"        {'Signal' if signal else 'Method'} {{",
        f'            name: "{_text(method.name())}"',
    ]
    names = [_text(name) for name in method.parameterNames()]
    for place, raw in enumerate(method.parameterTypes()):
        kind = _text(raw).replace("PyObject", "QVariant")
        lines.append(
            f'            Parameter {{ name: "{names[place] or f"value{place}"}"; type: "{kind}" }}'
        )
    return [*lines, "        }"]


def type_file() -> str:
    """The whole qmltypes file."""
    parts = "\n".join(describe(kind) for kind in model_types())
    return f"import QtQuick.tooling 1.2\n\nModule {{\n{parts}\n}}\n"


def main() -> None:
    """Write the type file and its qmldir."""
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "models.qmltypes").write_text(type_file(), "utf-8")
    (FOLDER / "qmldir").write_text(f"module {MODULE}\ntypeinfo models.qmltypes\n", "utf-8")


if __name__ == "__main__":
    main()
