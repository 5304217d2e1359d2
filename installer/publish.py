#!/usr/bin/env python3
"""Signs programs for terminals: ``python3 installer/publish.py ACTION --shop DIR --keys DIR``.

The folder ``shop`` is what a web server serves or a stick carries, nothing secret in it. The keys
belong on a machine that is not on the network; the root's three are kept apart, two of them sign.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import sys
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from securesystemslib.signer import CryptoSigner
from tuf.api.metadata import (
    Metadata,
    MetaFile,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from installer.package.tree import CODE, version
from installer.setup.steps import ROOT

CHANNEL: Final = "channel.json"
ROOT_KEYS: Final = ("root-1", "root-2", "root-3")
ROOT_THRESHOLD: Final = 2
DAYS: Final = {"root": 730, "targets": 180, "snapshot": 60, "timestamp": 45}
"""How long what is signed is good: a stick may be a month on its way to a village."""
_ROLES: Final = ("targets", "snapshot", "timestamp")


@dataclass(frozen=True)
class Shop:
    """The publisher's folder with its keys.

    Args:
        folder: ``metadata`` and ``targets`` are in it.
        keys: private keys as PEM files, readable by their owner alone.
        now: tells the time; expiry is counted from it.
    """

    folder: Path
    keys: Path
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def begin(self) -> None:
        """Make keys and the first root of trust; nothing is offered yet.

        Raises:
            FileExistsError: there is a shop already.
        """
        for part in ("metadata", "targets"):
            (self.folder / part).mkdir(parents=True)
        self.keys.mkdir(mode=0o700, parents=True, exist_ok=True)
        root = Root(consistent_snapshot=True, expires=self._end("root"))
        for name in (*ROOT_KEYS, *_ROLES):
            role = "root" if name in ROOT_KEYS else name
            root.add_key(self._new_key(name).public_key, role)
        root.roles["root"].threshold = ROOT_THRESHOLD
        self._write(Metadata(root), ROOT_KEYS[:ROOT_THRESHOLD])
        self._write(Metadata(Targets(expires=self._end("targets"))), ["targets"])
        self._seal()

    def offer(self, archive: Path, number: str, percent: int) -> None:
        """Put a program into the shop and make it the newest.

        Args:
            archive: made by ``make_archive``.
            number: its version, three numbers.
            percent: how many of a hundred terminals may have it.
        """
        name = f"postal-terminal-{number}.tar.gz"
        self.sign_targets(
            {
                name: archive.read_bytes(),
                CHANNEL: _json({"version": number, "archive": name, "percent": percent}),
            }
        )

    def stage(self, percent: int) -> None:
        """Let more terminals have the newest program, or none any more (0)."""
        channel = self.targets().targets[CHANNEL]
        held = self.folder / "targets" / _hashed(CHANNEL, channel)
        said = json.loads(held.read_text(encoding="utf-8"))
        self.sign_targets({CHANNEL: _json({**said, "percent": percent})})

    def renew(self) -> None:
        """Sign again what is offered, before it expires."""
        self.sign_targets({})

    def sign_targets(self, files: Mapping[str, bytes]) -> None:
        """Add files, sign the list of them, and seal it."""
        targets = self.targets()
        for name, content in files.items():
            target = TargetFile.from_data(name, content)
            (self.folder / "targets" / _hashed(name, target)).write_bytes(content)
            targets.targets[name] = target
        targets.version += 1
        targets.expires = self._end("targets")
        self._write(Metadata(targets), ["targets"])
        self._seal()

    def targets(self) -> Targets:
        """The newest signed list of files."""
        files = (self.folder / "metadata").glob("*.targets.json")
        newest = max(files, key=lambda path: int(path.name.partition(".")[0]))
        return Metadata[Targets].from_file(str(newest)).signed

    def _seal(self) -> None:
        """A snapshot of the list and a time stamp on it."""
        metadata = self.folder / "metadata"
        number = self.targets().version
        snapshot = Snapshot(
            version=number,
            expires=self._end("snapshot"),
            meta={"targets.json": _meta(metadata / f"{number}.targets.json", number)},
        )
        self._write(Metadata(snapshot), ["snapshot"])
        sealed = _meta(metadata / f"{number}.snapshot.json", number)
        stamp = Timestamp(number, expires=self._end("timestamp"), snapshot_meta=sealed)
        self._write(Metadata(stamp), ["timestamp"])

    def _write(self, metadata: Metadata[Any], names: Sequence[str]) -> None:
        for name in names:
            metadata.sign(self._signer(name), append=True)
        kind = metadata.signed.type
        file = "timestamp.json" if kind == "timestamp" else f"{metadata.signed.version}.{kind}.json"
        metadata.to_file(str(self.folder / "metadata" / file))

    def _new_key(self, name: str) -> CryptoSigner:
        key = Ed25519PrivateKey.generate()
        path = self.keys / f"{name}.pem"
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(pem)
        return CryptoSigner(key)

    def _signer(self, name: str) -> CryptoSigner:
        key = load_pem_private_key((self.keys / f"{name}.pem").read_bytes(), None)
        return CryptoSigner(key)

    def _end(self, role: str) -> datetime:
        return (self.now() + timedelta(days=DAYS[role])).replace(microsecond=0)


def make_archive(source: Path, out: Path) -> None:
    """Pack a checkout's program; the same files give the same archive.

    Args:
        source: folder with ``terminal``, ``ui`` and the rest.
        out: the archive.
    """
    out.parent.mkdir(parents=True, exist_ok=True)
    with (
        out.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for part in CODE:
            for path in sorted((source / part).rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    tar.add(path, f"app/{path.relative_to(source)}", filter=_nobodys)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    return member.replace(uid=0, gid=0, mtime=0, uname="", gname="", deep=False)


def _hashed(name: str, target: TargetFile) -> str:
    return f"{target.hashes['sha256']}.{name}"


def _meta(path: Path, number: int) -> MetaFile:
    return MetaFile.from_data(number, path.read_bytes(), ["sha256"])


def _json(said: Mapping[str, object]) -> bytes:
    return json.dumps(said, sort_keys=True).encode()


def main(words: Sequence[str] | None = None) -> int:
    """The command line.

    Returns:
        0 done, 1 with the reason on standard error.
    """
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("action", choices=["begin", "offer", "stage", "renew"])
    parser.add_argument("--shop", type=Path, required=True, help="what terminals read")
    parser.add_argument("--keys", type=Path, required=True, help="private keys")
    parser.add_argument("--percent", type=int, default=100, choices=range(101), metavar="0-100")
    chosen = parser.parse_args(words)
    shop = Shop(chosen.shop, chosen.keys)
    try:
        if chosen.action == "begin":
            shop.begin()
            print(f"first root of trust: {chosen.shop / 'metadata' / '1.root.json'}")
        elif chosen.action == "offer":
            archive = chosen.shop / f"{version()}.fresh"
            make_archive(ROOT, archive)
            shop.offer(archive, version(), chosen.percent)
            archive.unlink()
        elif chosen.action == "stage":
            shop.stage(chosen.percent)
        else:
            shop.renew()
    except (OSError, ValueError, KeyError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
