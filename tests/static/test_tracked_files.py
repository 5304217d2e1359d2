"""Nothing in the tree names one machine or one package registry."""

from __future__ import annotations

import re

import pytest

from tests.static.sources import ROOT, project_files, text_of

# Written in pieces, so that this file does not find itself.
_FORBIDDEN = {
    "a developer's folder": r"/(?:home|Users)/(?!" + r"\.)[a-z][\w.-]*/|/roo" + r"t/[.\w]",
    "a work folder of one machine": r"(?<![\w.])/wor" + r"k/(?:main|shared|\.library)",
    "a scratch folder of one machine": r"/tmp/" + r"(?:bash_jobs|brief)",
    "a package registry": r"pypi\." + r"org|python" + r"hosted\.org|registry\." + r"npmjs",
    "a package index": r"--(?:extra-)?index-" + r"url|--find-" + r"links",
    "a Debian mirror": r"deb\.debian\." + r"org",
}


def _findings(text: str) -> list[str]:
    return [
        f"{what}: {found[0]}"
        for what, pattern in _FORBIDDEN.items()
        for found in re.finditer(pattern, text)
    ]


def test_no_file_names_a_machine_or_a_registry() -> None:
    findings = []
    for path in project_files():
        for finding in _findings(text_of(path) or ""):
            findings.append(f"{path.relative_to(ROOT)}: {finding}")
    assert findings == []


@pytest.mark.parametrize(
    "text",
    [
        "/ho" + "me/someone/project",
        "/wor" + "k/main/dev.py",
        "--index-" + "url https://example.invalid",
        "https://py" + "pi.org/simple",
    ],
)
def test_search_finds_what_it_looks_for(text: str) -> None:
    assert _findings(text)
