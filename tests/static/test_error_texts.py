"""Every error a person can meet has words in every language, and no words are left over."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Iterator
from inspect import signature
from pathlib import Path
from typing import get_args

from devices.transport import link
from sync.client import mirror_place, mirror_server
from terminal.app import leaving, tender_offers
from terminal.domain import directive
from terminal.store import database
from tests.static.sources import ROOT

_FOLDERS = ("terminal", "sync/client", "devices")
_MADE_BY = {"UserError": 0, "EnvironmentFault": 0, "PlatformRejection": 0}
# These hand a code on to an error: the code is their argument at this place.
_HANDED_ON_BY = {"_fault": 0, "ProcessLock": 1}
# Where a code is put together: all that can come of it is listed in ``_put_together``.
_PUT_TOGETHER_IN = {
    "devices/label/label_printer.py",
    "devices/transport/link.py",
    "devices/transport/printer_links.py",
    "sync/client/mirror_lan.py",
    "sync/client/mirror_place.py",
    "terminal/app/directives.py",
    "terminal/commands/device_trial.py",
    "terminal/app/leaving.py",
    "terminal/app/tender_offers.py",
    "terminal/domain/journal.py",
    "terminal/store/database.py",
    "terminal/store/keystore.py",
    "terminal/store/process_lock.py",
}
_LINK_FAULTS = ("unreachable", "silent", "connection_lost")


def _calls(source: str) -> Iterator[tuple[str, ast.Call]]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            made = node.func
            name = made.id if isinstance(made, ast.Name) else getattr(made, "attr", "")
            yield name, node


def _codes(source: str) -> tuple[set[str], bool]:
    """The codes written out in one module, and whether it puts others together."""
    found, composed = set(), False
    for name, call in _calls(source):
        place = {**_MADE_BY, **_HANDED_ON_BY}.get(name)
        if place is None or len(call.args) <= place:
            continue
        for code in _branches(call.args[place]):
            if isinstance(code, ast.Constant) and isinstance(code.value, str):
                found.add(code.value)
            else:
                composed = composed or name in _MADE_BY
    return {code for code in found if "." in code}, composed


def _branches(code: ast.expr) -> list[ast.expr]:
    return [code.body, code.orelse] if isinstance(code, ast.IfExp) else [code]


def _modules() -> Iterator[Path]:
    for folder in _FOLDERS:
        yield from sorted((ROOT / folder).rglob("*.py"))


def _put_together() -> set[str]:
    """What the composed codes can become."""
    devices = {str(signature(link.make_link).parameters["device"].default)}
    for module in _modules():
        for _, call in _calls(module.read_text(encoding="utf-8")):
            devices |= {
                str(word.value.value)
                for word in call.keywords
                if word.arg == "device" and isinstance(word.value, ast.Constant)
            }
    return {
        *(f"{device}.{fault}" for device in devices for fault in _LINK_FAULTS),
        *database._FAULTS.values(),
        *mirror_place._CODES.values(),
        "mirror.disk",
        *mirror_server._STATUS,
        *leaving.REASONS,
        *get_args(directive.Refusal),
        *(f"tender.worth.{state}" for state in tender_offers.WORTHLESS),
        "mirror.unreachable",
        "journal.bad_hash",
        "journal.bad_signature",
        "keystore.damaged",
        "keystore.wrong_passphrase",
    }


def _needed() -> set[str]:
    return _put_together().union(
        *(_codes(module.read_text(encoding="utf-8"))[0] for module in _modules())
    )


def _worded() -> dict[str, set[str]]:
    return {
        path.stem: {
            key.removeprefix("error.")
            for key in json.loads(path.read_text(encoding="utf-8"))
            if key.startswith("error.")
        }
        for path in sorted((ROOT / "assets" / "translations").glob("*.json"))
    }


def _left_over(worded: Iterable[str], needed: set[str], sources: str) -> list[str]:
    """Texts whose code nothing raises and nothing names."""
    return sorted(code for code in worded if code not in needed and f'"{code}"' not in sources)


def test_every_error_has_words_in_every_language() -> None:
    needed = _needed()
    assert len(needed) > 100
    assert {language: sorted(needed - worded) for language, worded in _worded().items()} == {
        "en": [],
        "zh_CN": [],
    }


def test_no_words_are_left_over() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("terminal", "sync", "devices", "ui")
        for path in (ROOT / folder).rglob("*.py")
    )
    # `Words.error` falls back to it.
    worded = set().union(*_worded().values()) - {"other"}
    assert _left_over(worded, _needed(), sources) == []


def test_codes_are_put_together_only_where_the_list_knows() -> None:
    places = {
        module.relative_to(ROOT).as_posix()
        for module in _modules()
        if _codes(module.read_text(encoding="utf-8"))[1]
    }
    assert places == _PUT_TOGETHER_IN


def test_codes_are_found_however_they_are_raised() -> None:
    source = (
        'raise UserError("a.one")\n'
        'x = errors.EnvironmentFault("a.two" if y else "a.three")\n'
        'lock = ProcessLock(file, "a.four")\n'
        'raise BugError("a.five")\n'
    )
    assert _codes(source) == ({"a.one", "a.two", "a.three", "a.four"}, False)
    assert _codes('raise UserError(f"a.{b}")') == (set(), True)


def test_words_nobody_says_are_noticed() -> None:
    assert _left_over(["a.gone", "a.named", "a.raised"], {"a.raised"}, 'x = "a.named"') == [
        "a.gone"
    ]
