"""Printer models as data: assets/device_profiles/printers.json."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from typing import Any

from devices.asset_files import ASSETS
from terminal.domain.errors import BugError, UserError
from terminal.ports.printer import Cutter, HanziRom, PrinterProfile


def profile_names() -> tuple[str, ...]:
    """Names of all known printer models."""
    return tuple(_table())


@cache
def load_profile(name: str) -> PrinterProfile:
    """The profile of a printer model.

    Raises:
        UserError: ``printer.profile_unknown`` with ``name``.
        BugError: ``printer.profile_malformed`` when the data file is wrong.
    """
    data = _table().get(name)
    if data is None:
        raise UserError("printer.profile_unknown", {"name": name})
    return make_profile(name, data)


def make_profile(name: str, data: Mapping[str, object]) -> PrinterProfile:
    """A profile from plain data, checked.

    Raises:
        BugError: ``printer.profile_malformed`` with ``name`` and ``key``.
    """
    values: dict[str, Any] = {"name": name}
    declared = {field.name: str(field.type) for field in fields(PrinterProfile)}
    for key, value in data.items():
        if key == "name" or not _fits(declared.get(key, ""), value):
            raise BugError("printer.profile_malformed", {"name": name, "key": key})
        values[key] = value
    if "hanzi_rom" in values:
        values["hanzi_rom"] = HanziRom(values["hanzi_rom"])
    if "cutter" in values:
        values["cutter"] = Cutter(values["cutter"])
    if not {"dots", "columns"} <= set(values):
        raise BugError("printer.profile_malformed", {"name": name, "key": "dots"})
    profile = PrinterProfile(**values)
    if profile.columns * profile.column_dots > profile.dots or profile.columns < 16:
        raise BugError("printer.profile_malformed", {"name": name, "key": "columns"})
    return profile


def _fits(declared: str, value: object) -> bool:
    if declared == "HanziRom":
        return value in list(HanziRom)
    if declared == "Cutter":
        return value in list(Cutter)
    return type(value).__name__ == declared


@cache
def _table() -> dict[str, dict[str, object]]:
    text = (ASSETS / "device_profiles" / "printers.json").read_text(encoding="utf-8")
    table: dict[str, dict[str, object]] = json.loads(text)
    return table
