"""Mutation testing of what counts money: every small mistake somebody could make must fail a test.

The tree is copied to a scratch folder, mutmut changes one thing at a time there and runs the tests
listed under ``tool.mutmut`` in pyproject.toml. The score is the share of mutants that a test
noticed; besides, no mutant that turns a sign or a comparison may live, whatever the score.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import tokenize
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from installer.setup.environment import PYTHON
from installer.setup.steps import ROOT, SCRATCH, SetupError

LEAST_PERCENT = 95
"""Mutants of a hundred that a test must notice."""

_FOLDER = SCRATCH / "mutation"
_COPIED = ("terminal", "sync", "ui", "devices", "installer", "assets", "docs", "tests")
_FILES = ("dev.py", "pyproject.toml")
_SURVIVED = 0
_NO_TESTS = 33
_SKIPPED = 34
_HEADS = ("---", "+++")
_OPERATORS = frozenset(
    ["+", "-", "*", "/", "//", "%", "<", "<=", ">", ">=", "==", "!=", "+=", "-=", "*="]
)


@dataclass(frozen=True)
class Mutant:
    """One change and what became of it.

    Attributes:
        name: As mutmut calls it.
        code: Exit code of the tests; None when they never ran.
        change: The changed lines, before with ``-`` and after with ``+``; empty unless it lives.
    """

    name: str
    code: int | None
    change: tuple[str, ...] = ()

    @property
    def lives(self) -> bool:
        """Whether no test noticed it."""
        return self.code in (_SURVIVED, _NO_TESTS, None)


def run_mutation(arguments: Sequence[str]) -> int:
    """Changes, tests, counts.

    Args:
        arguments: Words for ``mutmut run``, for example ``terminal.domain.money*``.

    Returns:
        0 when the score is high enough and no sign or comparison was turned unnoticed, else 1.

    Raises:
        SetupError: mutmut could not work at all.
    """
    _copy_tree()
    words = [str(PYTHON), "-m", "mutmut"]
    children = str(len(os.sched_getaffinity(0)))
    done = subprocess.run(
        [*words, "run", "--max-children", children, *arguments],
        cwd=_FOLDER,
        stdin=subprocess.DEVNULL,
        stdout=(SCRATCH / "mutation.log").open("w", encoding="utf-8"),
        stderr=subprocess.STDOUT,
        check=False,
    )
    tried = [one for one in _results() if one.code is not None or not arguments]
    if not tried:
        raise SetupError(f"mutmut ended with {done.returncode}; see {SCRATCH / 'mutation.log'}")
    tried = [_with_change(one) if one.lives else one for one in tried]
    print("\n".join(report(tried)), flush=True)
    return 0 if passes(tried) else 1


def score(mutants: Sequence[Mutant]) -> int:
    """Noticed mutants of ten thousand, rounded down."""
    noticed = sum(not one.lives for one in mutants)
    return 10_000 * noticed // len(mutants)


def passes(mutants: Sequence[Mutant]) -> bool:
    """Whether the score is high enough and no sign or comparison was turned unnoticed."""
    turned = any(one.lives and turns_an_operator(one.change) for one in mutants)
    return score(mutants) >= 100 * LEAST_PERCENT and not turned


def report(mutants: Sequence[Mutant]) -> Iterator[str]:
    """What a person reads: the score by module, then every mutant that lives."""
    modules: dict[str, list[Mutant]] = {}
    for one in mutants:
        modules.setdefault(one.name.rpartition(".")[0], []).append(one)
    for module, ones in sorted(modules.items()):
        noticed = sum(not one.lives for one in ones)
        yield f"  {module:<36} {noticed:>5} of {len(ones):<5} {_percent(ones)}"
    for one in mutants:
        if one.lives:
            mark = "SIGN OR COMPARISON " if turns_an_operator(one.change) else ""
            yield f"\n{mark}{one.name}"
            yield from (f"    {line}" for line in one.change)
    noticed = sum(not one.lives for one in mutants)
    yield f"\n{noticed} of {len(mutants)} noticed, {_percent(mutants)} (at least {LEAST_PERCENT} %)"


def _percent(mutants: Sequence[Mutant]) -> str:
    whole, rest = divmod(score(mutants), 100)
    return f"{whole}.{rest:02} %"


def turns_an_operator(change: Sequence[str]) -> bool:
    """Whether a change puts another sign or comparison in the place of one."""
    before = _operators(line[1:] for line in change if line.startswith("-"))
    after = _operators(line[1:] for line in change if line.startswith("+"))
    return before != after


def _operators(lines: Iterator[str]) -> list[str]:
    found: list[str] = []
    text = "\n".join(line.strip() for line in lines)
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.OP and token.string in _OPERATORS:
                found.append(token.string)
    except (tokenize.TokenError, IndentationError):
        # A line of a longer statement: what came before its end was read.
        return found
    return found


def _copy_tree() -> None:
    shutil.rmtree(_FOLDER, ignore_errors=True)
    _FOLDER.mkdir(parents=True)
    stale = shutil.ignore_patterns("__pycache__", "*.pyc", ".hypothesis")
    for name in _COPIED:
        shutil.copytree(ROOT / name, _FOLDER / name, ignore=stale)
    for name in _FILES:
        shutil.copy(ROOT / name, _FOLDER / name)


def _results() -> Iterator[Mutant]:
    for module in _modules():
        meta = _FOLDER / "mutants" / f"{module}.meta"
        if not meta.exists():
            raise SetupError(f"{module} was not changed; see {SCRATCH / 'mutation.log'}")
        codes = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
        yield from (Mutant(name, code) for name, code in codes.items() if code != _SKIPPED)


def _modules() -> list[str]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return list(settings["tool"]["mutmut"]["only_mutate"])


def _with_change(mutant: Mutant) -> Mutant:
    shown = subprocess.run(
        [str(PYTHON), "-m", "mutmut", "show", mutant.name],
        cwd=_FOLDER,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    lines = [line for line in shown.splitlines() if line[:1] in "-+" and line[:3] not in _HEADS]
    return Mutant(mutant.name, mutant.code, tuple(lines))
