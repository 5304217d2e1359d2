"""A real publisher with real keys, and a terminal that knows its first root of trust."""

from __future__ import annotations

import tarfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from installer.publish import Shop
from sync.updates.trusted import Publisher
from sync.updates.trusted import Shop as Address


@dataclass
class Trade:
    """One publisher and one terminal that trusts it.

    Attributes:
        shop: the publisher's side.
        trusted: what the terminal keeps of the metadata.
        arrivals: where the terminal keeps what it fetched.
        first_root: the root of trust it was installed with.
    """

    shop: Shop
    trusted: Path
    arrivals: Path
    first_root: bytes

    @property
    def metadata(self) -> Path:
        """The folder of the publisher's signed files."""
        return self.shop.folder / "metadata"

    @property
    def files(self) -> Path:
        """The folder of the publisher's programs."""
        return self.shop.folder / "targets"

    def ask(self, address: str = "") -> Publisher:
        """The terminal asks; by the folder unless an address is given."""
        shop = Address(address or str(self.shop.folder))
        return Publisher(shop, self.trusted, self.first_root, self.arrivals)

    def offer(self, number: str, *, percent: int = 100, program: bytes = b"") -> None:
        """The publisher offers a version."""
        archive = self.shop.folder / "fresh.tar.gz"
        if program:
            archive.write_bytes(program)
        else:
            small_archive(archive, number)
        self.shop.offer(archive, number, percent)
        archive.unlink()


def small_archive(path: Path, number: str) -> None:
    """A program that can only say its number."""
    said = path.with_name("said.py")
    said.write_text(f"NUMBER = {number!r}\n", encoding="utf-8")
    with tarfile.open(path, "w:gz") as tar:
        tar.add(said, "app/terminal/__init__.py")
    said.unlink()


@pytest.fixture
def trade(tmp_path: Path) -> Trade:
    """A publisher that offers 1.0.0."""
    shop = Shop(tmp_path / "shop", tmp_path / "keys", lambda: datetime.now(UTC))
    shop.begin()
    root = (shop.folder / "metadata" / "1.root.json").read_bytes()
    made = Trade(shop, tmp_path / "trusted", tmp_path / "arrivals", root)
    made.offer("1.0.0")
    return made
