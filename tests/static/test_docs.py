"""The documents say what is so: links, commands, codes and the verifier are tried out."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
from contextlib import redirect_stdout
from functools import cache
from pathlib import Path

import pytest

from terminal.commands.line import main as command_line
from tests.helpers.outlet import Outlet
from tests.static.sources import ROOT, project_files, text_of
from ui.common.keys import BINDINGS

pytest_plugins = ["tests.helpers.outlet_fixtures"]

_LINK = re.compile(r"\]\(([^)\s]+)\)")
_COMMAND = re.compile(r"postal-terminal ((?:[a-z][a-z-]*)(?: [a-z][a-z-]+)?)([^`\n|]*)")
_OPTION = re.compile(r"(?<!\S)(--[a-z][a-z-]*)")
_CODE = re.compile(r"`([a-z_]+\.[a-z_]+)`")
_DEVELOPMENT = re.compile(r"python3 dev\.py ([a-z]+)")
_FILE = re.compile(
    r"`((?:terminal|ui|devices|sync|tests|installer|assets|docs)/[a-z0-9_./]+\.(?:py|json|qml|csv|txt))`"
)
_OPERATIONS = ROOT / "docs" / "operations.md"
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)


def _documents() -> list[Path]:
    return [path for path in project_files() if path.suffix == ".md"]


def _anchors(text: str) -> set[str]:
    """Anchors of the headings, as code hosts make them."""
    prose = _FENCE.sub("", text)
    headings = re.findall(r"^#+ (.+)$", prose, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in headings}


def _dangling(path: Path, text: str) -> list[str]:
    """Relative links of a document that lead nowhere."""
    found = []
    for target in _LINK.findall(_FENCE.sub("", text)):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name) if name else path
        if not file.exists() or (anchor and anchor not in _anchors(text_of(file) or "")):
            found.append(f"{path.name}: {target}")
    return found


def test_every_relative_link_and_picture_exists() -> None:
    assert [hit for path in _documents() for hit in _dangling(path, text_of(path) or "")] == []


def test_dangling_links_pictures_and_anchors_are_found(tmp_path: Path) -> None:
    path = tmp_path / "page.md"
    path.write_text("# Here it is\n", encoding="utf-8")
    text = "# Here it is\n[a](#here-it-is) [b](gone.md) ![c](gone.png) [d](page.md#gone)"
    assert _dangling(path, text) == [
        "page.md: gone.md",
        "page.md: gone.png",
        "page.md: page.md#gone",
    ]


def _gone(text: str) -> list[str]:
    """Files of the tree a text names that are not there (any more)."""
    return [name for name in _FILE.findall(text) if not (ROOT / name).exists()]


def test_every_file_a_document_names_is_there() -> None:
    found = {path.name: _gone(text_of(path) or "") for path in _documents()}
    assert {name: hits for name, hits in found.items() if hits} == {}
    assert _gone("see `terminal/vanished.py`") == ["terminal/vanished.py"]


@cache
def _help(*words: str) -> str | None:
    """What ``--help`` of a command says; None when there is no such command."""
    said = io.StringIO()
    try:
        with redirect_stdout(said):
            command_line([*words, "--help"])
    except SystemExit as end:
        return said.getvalue() if end.code == 0 else None
    return None


def _unknown_commands(text: str) -> list[str]:
    """Commands and options of a text that ``--help`` does not know."""
    found = []
    for words, rest in _COMMAND.findall(text.replace("\\\n", " ")):
        command, _, action = words.partition(" ")
        grouped = command in ("journal", "mirror", "platform", "sync", "update") and bool(action)
        known = _help(command, action) if grouped else _help(command)
        options = _OPTION.findall(rest)
        found += [words] if known is None else []
        found += [f"{words} {option}" for option in options if option not in (known or "")]
    return found


def test_every_documented_command_and_option_exists() -> None:
    found = {path.name: _unknown_commands(text_of(path) or "") for path in _documents()}
    assert {name: hits for name, hits in found.items() if hits} == {}


def test_every_documented_development_command_exists() -> None:
    said = subprocess.run(
        [sys.executable, str(ROOT / "dev.py"), "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    known = set(re.findall(r"^    ([a-z]+) ", said, re.MULTILINE))
    named = {name for path in _documents() for name in _DEVELOPMENT.findall(text_of(path) or "")}
    assert {"run", "test"} <= named <= known


@pytest.mark.parametrize(
    "text",
    ["postal-terminal vanish", "postal-terminal journal vanish", "postal-terminal sync --vanish"],
)
def test_unknown_commands_are_found(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _unknown_commands(text)
    capsys.readouterr()


def _said_and_raised() -> tuple[set[str], str]:
    """Codes with words in every language, and the program's text."""
    languages = [
        set(json.loads(path.read_text(encoding="utf-8")))
        for path in sorted((ROOT / "assets" / "translations").glob("*.json"))
    ]
    worded = {key.removeprefix("error.") for key in set.intersection(*languages)}
    folders = ("terminal", "sync", "devices", "ui")
    sources = (path for folder in folders for path in sorted((ROOT / folder).rglob("*.py")))
    return worded, "\n".join(path.read_text(encoding="utf-8") for path in sources)


def _first_cells(text: str) -> list[str]:
    rows = [line.split("|")[1] for line in text.splitlines() if line.startswith("| `")]
    return [code for cell in rows for code in _CODE.findall(cell)]


def test_every_code_in_operations_is_raised_and_says_words() -> None:
    worded, program = _said_and_raised()
    codes = _first_cells(_OPERATIONS.read_text(encoding="utf-8"))
    assert len(codes) > 40
    assert [code for code in codes if code not in worded] == []
    # Raised by its name, or told by the contract behind a status.
    assert [code for code in codes if f'{code}"' not in program] == []


def test_every_key_of_the_counter_is_on_the_clerks_page() -> None:
    page = (ROOT / "docs" / "clerk.md").read_text(encoding="utf-8")
    table = page.split("## Keys")[1].split("## ")[0]
    named = set(re.findall(r"`([^`]+)`|\b(F\d+|Ctrl\+\w|Del|Esc)\b", table))
    keys = {quoted or plain for quoted, plain in named}
    assert {binding.combo for binding in BINDINGS} <= keys


def test_every_kind_of_entry_is_on_the_journals_page() -> None:
    page = (ROOT / "docs" / "journal.md").read_text(encoding="utf-8")
    table = page.split("## Kinds")[1].split("## ")[0]
    texts = json.loads((ROOT / "assets/translations/en.json").read_text(encoding="utf-8"))
    kinds = {".".join(key.split(".")[1:3]) for key in texts if key.startswith("entry.")}
    assert set(_first_cells(table)) == kinds


def _verifier() -> str:
    page = (ROOT / "docs" / "journal.md").read_text(encoding="utf-8")
    programs = (str(code) for language, code in _FENCE.findall(page) if language == "python")
    return next(programs)


def _verify(folder: Path, books: str, identity: Path) -> subprocess.CompletedProcess[str]:
    program, export = folder / "verify.py", folder / "books.jsonl"
    program.write_text(_verifier(), encoding="utf-8")
    export.write_text(books, encoding="utf-8")
    # -W ignore: the page's program keeps its files open, which is fine for fifteen lines.
    words = [sys.executable, "-W", "ignore", str(program), str(export), str(identity)]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)


def test_verifier_of_the_page_proves_a_real_export_and_finds_a_changed_fen(
    counter: Outlet, tmp_path: Path
) -> None:
    for quantity in (1, 3):
        counter.sell(quantity=quantity)
    export = tmp_path / "export.jsonl"
    home = str(counter.home)
    assert command_line(["journal", "export", "--jsonl", "--home", home, "--out", str(export)]) == 0
    books = export.read_text(encoding="utf-8")
    identity = counter.home / "identity.json"
    seq, head = counter.books.head()
    proven = _verify(tmp_path, books, identity)
    assert proven.stdout.split() == [str(seq), head], proven.stderr
    lines = books.splitlines(keepends=True)
    for changed in (
        books.replace('"total_fen": 360', '"total_fen": 361'),
        "".join(lines[:2] + lines[3:]),
    ):
        assert changed != books
        assert _verify(tmp_path, changed, identity).returncode != 0
