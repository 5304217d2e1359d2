"""What ships with a terminal may be shipped: no GPL, and LGPL only where it is known and linked."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution, metadata

import pytest
from packaging.requirements import Requirement

from tests.static.sources import ROOT

_LGPL_ALLOWED = {"pyside6-essentials", "shiboken6", "psycopg", "psycopg-binary"}

# Words by which a licence is known when a package only encloses its text; strong ones first.
_KNOWN_TEXTS = {
    "GPL": "GNU GENERAL PUBLIC LICENSE",
    "AGPL": "GNU AFFERO GENERAL PUBLIC LICENSE",
    "LGPL": "GNU LESSER GENERAL PUBLIC LICENSE",
    "Apache-2.0": "Apache License Version 2.0",
    "MIT": "Permission is hereby granted, free of charge, to any person",
    "Zlib": "Permission is granted to anyone to use this software for any purpose",
}


def _locked() -> list[Requirement]:
    locks = [ROOT / "installer/requirements" / name for name in ("runtime.txt", "camera.txt")]
    lock = "\n".join(file.read_text(encoding="utf-8") for file in locks)
    lines = re.findall(r"^([a-z0-9][^\\\n]*==[^\\\n]*)", lock, re.MULTILINE)
    return [Requirement(line.strip()) for line in lines]


def _licence_of(name: str) -> str:
    found = metadata(name).json
    classifiers = [text for text in found.get("classifier", ()) if text.startswith("License ::")]
    # The free-text field sometimes holds the whole licence: its first line is its name.
    free = str(found.get("license", "")).strip().partition("\n")[0]
    named = [str(found.get("license_expression", "")), free, *classifiers]
    return " | ".join(filter(None, named)) or _recognised(_enclosed_text(name))


def _enclosed_text(name: str) -> str:
    files = distribution(name).files or []
    return "\n".join(
        file.read_text() for file in files if re.search(r"licen[cs]e|copying", str(file), re.I)
    )


def _recognised(text: str) -> str:
    flowing = " ".join(text.split())
    known = (name for name, words in _KNOWN_TEXTS.items() if words in flowing)
    return next(known, "")


def _refusal(name: str, licence: str) -> str | None:
    if not licence:
        return f"{name}: says no licence"
    # A package offered under several licences is taken under the one that fits.
    choices = [word for word in re.split(r" OR | \| ", licence) if word]
    lesser = [word for word in choices if re.search(r"LGPL|Lesser General Public", word)]
    strong = [
        word
        for word in choices
        if word not in lesser and re.search(r"\bA?GPL|General Public License", word)
    ]
    if lesser and name not in _LGPL_ALLOWED:
        return f"{name}: {licence}"
    if strong and not lesser:
        return f"{name}: {licence}"
    return None


def test_every_locked_runtime_package_may_be_shipped() -> None:
    locked = _locked()
    assert len(locked) > 15
    refusals = []
    for requirement in locked:
        if requirement.marker and not requirement.marker.evaluate():
            continue
        try:
            licence = _licence_of(requirement.name)
        except PackageNotFoundError:
            refusals.append(f"{requirement.name}: locked but not installed")
            continue
        refusals.append(_refusal(requirement.name, licence) or "")
    assert [refusal for refusal in refusals if refusal] == []


@pytest.mark.parametrize(
    "licence",
    [
        "GPL-3.0-only",
        "AGPL-3.0-or-later",
        "License :: OSI Approved :: GNU General Public License",
        "",
    ],
)
def test_package_under_a_strong_licence_is_refused(licence: str) -> None:
    assert _refusal("some-package", licence)


def test_enclosed_licence_text_is_recognised() -> None:
    assert _recognised("GNU GENERAL\n  PUBLIC LICENSE Version 3") == "GPL"
    assert _recognised("All rights reserved.") == ""


def test_lesser_licence_is_allowed_by_name_only() -> None:
    assert _refusal("psycopg", "LGPL-3.0-only") is None
    assert _refusal("some-package", "LGPL-3.0-only")
