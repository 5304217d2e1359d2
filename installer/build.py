#!/usr/bin/env python3
"""Makes the Debian package of a terminal: its own environment, nothing fetched when installed.

``python3 installer/build.py --out DIR``. Needs Python 3.11, dpkg-deb and strip.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from installer.package.debian import MAX_INSTALLED, make_package
from installer.package.left_out import size_of
from installer.package.tree import lay_out
from installer.setup import environment
from installer.setup.steps import ROOT, SetupError


def build(out: Path, root_of_trust: Path | None = None) -> Path:
    """Make the package.

    Args:
        out: the folder it goes to.
        root_of_trust: the publisher's first root; without it the machine takes no updates but
            packages.

    Returns:
        The package.

    Raises:
        SetupError: something it needs is missing, or it grew beyond what a terminal may take.
    """
    environment.ensure_environment(environment.RUNTIME)
    with tempfile.TemporaryDirectory(prefix="postal-package-") as folder:
        root = Path(folder) / "root"
        lay_out(root, root_of_trust)
        installed = size_of(root)
        if installed > MAX_INSTALLED:
            raise SetupError(
                f"the package takes {installed / 1e6:.0f} MB, more than {MAX_INSTALLED / 1e6:.0f}: "
                "leave more out in installer/package/left_out.py"
            )
        return make_package(root, out)


def main(words: Sequence[str] | None = None) -> int:
    """The command line.

    Returns:
        0 when the package was made, 1 with the reason on standard error.
    """
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--out", type=Path, default=ROOT / "dist", help="where the package goes")
    parser.add_argument(
        "--root-of-trust",
        type=Path,
        metavar="FILE",
        help="1.root.json of `installer/publish.py begin`, so that the machine takes updates",
    )
    chosen = parser.parse_args(words)
    try:
        print(build(chosen.out.resolve(), chosen.root_of_trust))
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
