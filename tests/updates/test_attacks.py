"""Ten ways to give a terminal a program that is not the publisher's newest: all refused."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tuf.api.metadata import Metadata, Root

from installer.publish import CHANNEL, Shop
from terminal.domain.errors import EnvironmentFault, OutletError, PlatformRejection
from tests.updates.conftest import Trade

Attack = Callable[[Trade, Path], None]


def _newest(folder: Path, role: str) -> Path:
    files = folder.glob(f"*.{role}.json")
    return max(files, key=lambda path: int(path.name.partition(".")[0]))


def rollback(trade: Trade, tmp_path: Path) -> None:
    """The signed files of last month, after the terminal has seen this month's."""
    shutil.copytree(trade.shop.folder, tmp_path / "last-month")
    trade.offer("1.1.0")
    trade.ask().newest()
    shutil.rmtree(trade.shop.folder)
    shutil.move(tmp_path / "last-month", trade.shop.folder)


def freeze(trade: Trade, _tmp_path: Path) -> None:
    """The same old time stamp for ever: it has an end."""
    shop = replace(trade.shop, now=lambda: datetime.now(UTC) - timedelta(days=46))
    shop.renew()


def mix_and_match(trade: Trade, _tmp_path: Path) -> None:
    """A new snapshot with the list of files of before."""
    before = _newest(trade.metadata, "targets").read_bytes()
    trade.offer("1.1.0")
    _newest(trade.metadata, "targets").write_bytes(before)


def wrong_hash(trade: Trade, _tmp_path: Path) -> None:
    """Another program of the same length under the signed name."""
    for path in trade.files.glob(f"*.{CHANNEL}"):
        content = path.read_bytes()
        path.write_bytes(content[:-2] + bytes((content[-2] ^ 1,)) + content[-1:])


def wrong_length(trade: Trade, _tmp_path: Path) -> None:
    """The signed file with something after its end."""
    for path in trade.files.glob(f"*.{CHANNEL}"):
        path.write_bytes(path.read_bytes() + b" ")


def expired(trade: Trade, _tmp_path: Path) -> None:
    """The list of files is older than it may be; its snapshot and stamp are new."""
    late = replace(trade.shop, now=lambda: datetime.now(UTC) - timedelta(days=181))
    late.sign_targets({})
    trade.shop._seal()


def threshold(trade: Trade, _tmp_path: Path) -> None:
    """A new root of trust that only one of the two needed keys signed."""
    root = Metadata[Root].from_file(str(_newest(trade.metadata, "root")))
    root.signed.version += 1
    root.signatures.clear()
    trade.shop._write(root, ["root-1"])


def skipped_root(trade: Trade, _tmp_path: Path) -> None:
    """A root of trust two numbers on, in the place of the next."""
    root = Metadata[Root].from_file(str(_newest(trade.metadata, "root")))
    root.signed.version += 2
    root.signatures.clear()
    trade.shop._write(root, ["root-1", "root-2"])
    (trade.metadata / "3.root.json").rename(trade.metadata / "2.root.json")


def foreign_publisher(trade: Trade, tmp_path: Path) -> None:
    """Everything signed properly, by somebody else."""
    other = Shop(tmp_path / "other", tmp_path / "other-keys", trade.shop.now)
    other.begin()
    other.sign_targets({CHANNEL: b'{"version": "9.9.9", "archive": "x.tar.gz", "percent": 100}'})
    shutil.rmtree(trade.shop.folder)
    shutil.move(other.folder, trade.shop.folder)


REFUSALS: list[tuple[Attack, str]] = [
    (rollback, "update.older"),
    (freeze, "update.expired"),
    (mix_and_match, "update.damaged"),
    (wrong_hash, "update.damaged"),
    (wrong_length, "update.too_long"),
    (expired, "update.expired"),
    (threshold, "update.not_signed"),
    (skipped_root, "update.older"),
    (foreign_publisher, "update.not_signed"),
]


def test_what_the_publisher_signed_is_taken(trade: Trade) -> None:
    """The control of every attack below: without one, all is well."""
    publisher = trade.ask()
    release = publisher.newest()
    assert (release.version, release.percent) == ("1.0.0", 100)
    assert publisher.archive(release).stat().st_size > 0
    trade.offer("1.1.0")
    assert trade.ask().newest().version == "1.1.0"


@pytest.mark.parametrize(("attack", "code"), REFUSALS, ids=[a.__name__ for a, _ in REFUSALS])
def test_an_attack_is_refused_and_named(
    trade: Trade, tmp_path: Path, attack: Attack, code: str
) -> None:
    attack(trade, tmp_path)
    with pytest.raises(PlatformRejection) as refusal:
        trade.ask().newest()
    assert refusal.value.code == code
    assert not list(trade.arrivals.glob("*.tar.gz"))


def test_a_stick_with_one_changed_byte_in_any_file_is_refused(trade: Trade) -> None:
    """Every file of the stick, in turn; the stick and the server have the same files."""
    publisher = trade.ask()
    publisher.archive(publisher.newest())
    shutil.rmtree(trade.trusted)
    shutil.rmtree(trade.arrivals)
    files = [path for path in trade.shop.folder.rglob("*") if path.is_file()]
    needed = [path for path in files if not path.name.startswith(("1.targets", "1.snapshot"))]
    # Nobody asks for the root of trust the terminal has already.
    needed = [path for path in needed if path.name != "1.root.json"]
    assert len(needed) == 5
    for path in needed:
        content = bytearray(path.read_bytes())
        content[len(content) // 2] ^= 1
        whole = path.read_bytes()
        path.write_bytes(content)
        with pytest.raises(OutletError) as refusal:
            stick = trade.ask()
            stick.archive(stick.newest())
        assert refusal.value.code.startswith("update."), path.name
        path.write_bytes(whole)
        shutil.rmtree(trade.trusted)
        shutil.rmtree(trade.arrivals)


@contextmanager
def _endless_server() -> Iterator[str]:
    """A server that never stops sending."""

    class Endless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(b"a" * 65536)
            except OSError:
                pass

        def log_message(self, *_args: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Endless)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def test_data_without_an_end_is_cut_off(trade: Trade) -> None:
    with _endless_server() as address, pytest.raises(OutletError) as refusal:
        trade.ask(address).newest()
    assert refusal.value.code == "update.too_long"
    assert sum(path.stat().st_size for path in trade.trusted.rglob("*.json")) < 100_000


def test_no_publisher_is_an_environments_trouble(trade: Trade, tmp_path: Path) -> None:
    for address in ("http://127.0.0.1:9", str(tmp_path / "no-stick")):
        with pytest.raises(EnvironmentFault) as refusal:
            trade.ask(address).newest()
        assert refusal.value.code == "update.unreachable"


@pytest.mark.parametrize(
    "said",
    [
        {"version": "1.0", "archive": "a.tar.gz", "percent": 100},
        {"version": "1.0.0", "archive": "../a.tar.gz", "percent": 100},
        {"version": "1.0.0", "archive": "a.tar.gz", "percent": 101},
        {"version": "1.0.0", "archive": "a.tar.gz", "percent": True},
        {"version": "1.0.0"},
        [],
    ],
)
def test_a_signed_release_that_is_none_is_refused(trade: Trade, said: object) -> None:
    trade.shop.sign_targets({CHANNEL: json.dumps(said).encode()})
    with pytest.raises(PlatformRejection) as refusal:
        trade.ask().newest()
    assert refusal.value.code == "update.unreadable"


def test_a_new_root_of_trust_signed_by_two_is_followed(trade: Trade) -> None:
    root = Metadata[Root].from_file(str(_newest(trade.metadata, "root")))
    root.signed.version += 1
    root.signatures.clear()
    trade.shop._write(root, ["root-2", "root-3"])
    assert trade.ask().newest().version == "1.0.0"
    # The terminal goes on from there: the root it was installed with opens nothing older.
    (trade.metadata / "2.root.json").unlink()
    assert trade.ask().newest().version == "1.0.0"
