"""A terminal that syncs flat out: appends, uploads and pulls without a pause, with the real agent.

``python -m tests.bench.load sync HOME URL CODE`` is a second terminal at full load;
``python -m tests.bench.load change URL TOKEN`` is a head office that changes goods without a pause.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import requests

from sync.client.enrol import enrol
from sync.client.session import Session
from terminal.store.keystore import key_store
from tests.bench import peers
from tests.bench.counters import Outlet
from tests.helpers.catalogue import demo_items
from tests.helpers.journal_writer import JournalWriter

FLAT_OUT = {"idle_s": 0.02, "feeds_s": 0.02}
"""The pace of the counter's own agent under full load."""


@contextmanager
def full_load(place: Outlet) -> Iterator[None]:
    """Head office and a second terminal at work on the platform of ``place``."""
    module = [sys.executable, "-m", "tests.bench.load"]
    platform, home = place.platform, place.home.parent / "second"
    change = [*module, "change", platform.url, platform.admin_token]
    second = [*module, "sync", str(home), platform.url, platform.code(terminal_no=3)]
    with ExitStack() as stack:
        stack.enter_context(peers.running(change, elsewhere=True))
        stack.enter_context(peers.running(second, elsewhere=True))
        yield


def sync_flat_out(home: Path, url: str, code: str) -> None:
    """Enrol, then append, upload and pull until killed."""
    identity = enrol(home, url, code)
    keys = key_store(home).load()
    writer = JournalWriter(home, keys, identity.terminal_id)
    session = Session(home, keys)
    while True:
        writer.append(100)
        session.uploader.run()
        session.feeds.pull()


def change_flat_out(url: str, token: str) -> None:
    """Change goods and prices until killed."""
    office = requests.Session()
    office.trust_env = False
    office.headers["X-Admin"] = token
    version = 100
    while True:
        version += 1
        items = [row | {"version": version} for row in demo_items()[:20]]
        prices = [_price(row["sku"], version) for row in items]
        for feed, rows in (("items", items), ("prices", prices)):
            office.put(f"{url}/v1/admin/{feed}", json={"upsert": rows}, timeout=30)
        time.sleep(0.01)


def _price(sku: str, version: int) -> dict[str, Any]:
    since = "2026-01-01T00:00:00Z"
    return {"sku": sku, "level": "", "effective_from": since, "fen": 100 + version % 900}


def main() -> None:
    """Run one part."""
    part, *words = sys.argv[1:]
    if part == "sync":
        sync_flat_out(Path(words[0]), words[1], words[2])
    else:
        change_flat_out(*words)


if __name__ == "__main__":
    main()
