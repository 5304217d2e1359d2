"""Enrolled terminals with catalogues of any size, made ready to sell and shown on a display."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from terminal.app.context import Context
from terminal.app.usecases import UseCases, make_use_cases
from terminal.attached import DEVICES_FILE
from terminal.bootstrap import HomeSite
from terminal.commands.soak import CLERK, MANAGER, MANAGER_PIN, PIN
from terminal.domain import search_postings, search_terms
from terminal.store import reference_load, reference_schema
from terminal.store.database import open_database
from terminal.store.reference_schema import LINK_NAME, current_generation, generation_file
from tests.bench import peers
from tests.bench.display import Area, Prober
from tests.helpers.central import Central

BASKET = Area(960, 120, 380, 400)
"""Where the lines of the basket stand at 1366 × 768, without its heading and totals."""
SCAN_FIELD = Area(248, 84, 400, 36)
"""Where the text of the scan field stands."""

_SCREEN = Area(0, 0, 1366, 768)
_TRIES, _LOOK_S = 3, 0.02
_COUNTER = """
import json, pathlib, sys
from terminal.bootstrap import make_desk
from ui.run import run_face
home, pace = pathlib.Path(sys.argv[1]), json.loads(sys.argv[2])
run_face(lambda: make_desk(home, sync_pace=pace))
"""


@dataclass(frozen=True)
class Outlet:
    """One enrolled terminal and its platform."""

    home: Path
    platform: Central
    items: int


@contextmanager
def outlet(name: str, items: int) -> Iterator[Outlet]:
    """A terminal enrolled at a real platform of its own, its outlet open and a clerk signed on.

    Args:
        name: of its folder.
        items: invented goods; 0 for the demonstration goods alone.
    """
    folder = peers.fresh(name)
    elsewhere = ["setsid", *peers.behind()]
    platform = Central(folder / "platform", demo=True, behind=elsewhere)
    try:
        platform.start()
        home = folder / "home"
        HomeSite(home).enrol(platform.url, "DEMO-2026")
        if items:
            _graft(home, catalogue(items))
        with at_work(home) as cases:
            cases.session.open_outlet(MANAGER, MANAGER_PIN)
            cases.session.sign_on(CLERK, PIN)
        yield Outlet(home, platform, items)
    finally:
        platform.close()
        shutil.rmtree(folder, ignore_errors=True)


def catalogue(items: int) -> Path:
    """A folder with a built catalogue; built once for each shape of the file."""
    sources = [reference_load, reference_schema, search_postings, search_terms]
    text = "".join(Path(str(module.__file__)).read_text(encoding="utf-8") for module in sources)
    shape = hashlib.sha256(text.encode()).hexdigest()[:12]
    folder = peers.scratch(f"catalogue-{items}-{shape}")
    if not (folder / LINK_NAME).exists():
        from installer.catalogue_generator import write_snapshot

        print(f"building a catalogue of {items} items, once …", file=sys.stderr, flush=True)
        snapshot = folder / "snapshot.sqlite"
        snapshot.unlink(missing_ok=True)
        write_snapshot(snapshot, items)
        reference_load.load_snapshot(folder, snapshot, "c", "e")
        snapshot.unlink()
    return folder


def _graft(home: Path, folder: Path) -> None:
    """Put a big catalogue in the place of the small one; clerks and cursor stay."""
    old = generation_file(home, current_generation(home))
    new = generation_file(home, current_generation(home) + 1)
    shutil.copyfile((folder / LINK_NAME).resolve(), new)
    connection = open_database(new, None, synchronous="NORMAL")
    connection.execute("ATTACH ? AS small KEY ''", (str(old),))
    for table in ("clerks", "divisions"):
        connection.execute(f"INSERT OR REPLACE INTO {table} SELECT * FROM small.{table}")
    connection.execute(
        "UPDATE reference_state SET (cursor, server_epoch) ="
        " (SELECT cursor, server_epoch FROM small.reference_state)"
    )
    connection.close()
    (home / LINK_NAME).unlink()
    (home / LINK_NAME).symlink_to(new.name)


@contextmanager
def at_work(home: Path) -> Iterator[UseCases]:
    """The use cases of a home without a face, as the soak has them."""
    equipment = HomeSite(home).open()
    context = Context(
        books=equipment.books,
        catalogue=equipment.catalogue,
        clock=equipment.clock,
        secrets=equipment.secrets,
        sync=equipment.sync,
        profile=equipment.profile,
    )
    cases = make_use_cases(context)
    cases.ranges.take_over()
    try:
        yield cases
    finally:
        equipment.books.close()
        equipment.release()


def fill_basket(home: Path, codes: Sequence[str]) -> None:
    """Put one line for each code into the basket on the counter."""
    with at_work(home) as cases:
        cases.session.unlock(PIN)
        for code in codes:
            cases.scanning.scan(code, "wedge")


def codes_of(home: Path, count: int) -> list[str]:
    """Barcodes of different goods that have a price, the same ones at every call."""
    connection = open_database(home / LINK_NAME, None, read_only=True)
    rows = connection.execute(
        "SELECT gtin FROM items WHERE gtin <> '' AND state = 'active' AND kind = 'packaged'"
        " ORDER BY id LIMIT 20000"
    ).fetchall()
    connection.close()
    codes = [row[0] for row in rows]
    random.Random(11).shuffle(codes)
    return codes[:count]


def install_devices(home: Path, table: Mapping[str, Any]) -> None:
    """Write the engineer's device table."""
    (home / DEVICES_FILE).write_text(json.dumps(table), encoding="utf-8")


def counter_command(home: Path, pace: Mapping[str, float] | None = None) -> list[str]:
    """The words that open the counter; with ``pace`` its sync agent never rests."""
    if pace is None:
        return [*peers.launcher(), "run", "--home", str(home)]
    return [sys.executable, "-c", _COUNTER, str(home), json.dumps(pace)]


def unlock(prober: Prober) -> None:
    """Type the clerk's secret on the card that a restarted counter shows, wait for the counter.

    Raises:
        TimeoutError: when the counter does not come.
    """
    prober.focus()
    for _ in range(_TRIES):
        card = prober.wait_rest(_SCREEN, quiet_s=1.0)
        prober.type(PIN)
        prober.press("Return")
        if prober.wait_change(BASKET, _cut(card, BASKET), 6.0, _LOOK_S) is not None:
            prober.wait_rest(_SCREEN)
            return
        # The card was still waiting for the core and took the secret for a number.
        for _ in range(len(PIN)):
            prober.press("BackSpace")
    raise TimeoutError("the counter did not open")


def _cut(picture: bytes, area: Area) -> bytes:
    stride, start = 1366 * 4, area.x * 4
    rows = range(area.y, area.y + area.height)
    return b"".join(picture[y * stride + start : y * stride + start + area.width * 4] for y in rows)
