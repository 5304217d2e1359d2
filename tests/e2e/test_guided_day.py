"""The guided day, as ``dev.py run`` plays it without a display, and the same day killed."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from terminal.bootstrap import open_keys
from terminal.domain.identifiers import order_number
from terminal.store.database import open_database
from terminal.store.reading import SqlReading

DAY_S = 110.0
KILLS = 4


@dataclass
class Day:
    """One run of the demo."""

    code: int | None
    said: list[str] = field(default_factory=list)

    @property
    def acknowledged(self) -> list[tuple[str, str, int]]:
        rows = [line.split() for line in self.said if line.startswith("ACK ")]
        return [(row[1], row[2], int(row[3])) for row in rows]

    @property
    def found(self) -> tuple[int, int] | None:
        rows = [line.split() for line in self.said if line.startswith("FOUND ")]
        return (int(rows[0][1]), int(rows[0][2])) if rows else None

    @property
    def left_a_basket(self) -> bool:
        """Whether the last thing it showed was a line in the basket."""
        shown = [line for line in self.said if line.startswith(("ACK ", "BASKET "))]
        return bool(shown) and shown[-1].startswith("BASKET ")


def play_day(out: Path, *words: str, kill_after_s: float | None = None) -> Day:
    """Play the day; ``kill_after_s`` later than its first word from the counter all is killed."""
    command = [sys.executable, "-m", "terminal", "demo", "--headless", "--out", str(out), *words]
    log = (out.parent / f"{out.name}.log").open("a")
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=log, text=True, start_new_session=True
    )
    day = Day(None)
    deadline = time.monotonic() + DAY_S
    assert process.stdout is not None
    try:
        for line in process.stdout:
            day.said.append(line.strip())
            if kill_after_s is not None and line.startswith(("ACK ", "BASKET ", "FOUND ")):
                time.sleep(kill_after_s)
                os.killpg(process.pid, signal.SIGKILL)
                break
            if time.monotonic() > deadline:
                break
        day.said += [line.strip() for line in process.stdout]
        day.code = process.wait(20)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
        process.stdout.close()
        log.close()
    return day


def terminal(*arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "terminal", *arguments], capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stdout


def sales_in(home: Path) -> list[dict[str, Any]]:
    _, text = terminal("journal", "export", "--jsonl", "--home", str(home))
    return [
        entry for entry in map(json.loads, text.splitlines()) if entry["kind"] == "sale.completed"
    ]


def check_books(home: Path, acknowledged: list[tuple[str, str, int]]) -> set[str]:
    """Nothing acknowledged is missing or doubled, numbers have no gap, the chain is sound.

    Returns:
        Order numbers of sales that were durable before anybody said so.
    """
    code, text = terminal("journal", "verify", "--json", "--home", str(home))
    assert code == 0, text
    sales = sales_in(home)
    numbers = [sale["body"]["order_no"] for sale in sales]
    assert len(set(numbers)) == len(numbers)
    assert numbers == [order_number("61020303", 2, n) for n in range(1, len(numbers) + 1)]
    held = {(s["body"]["order_no"], s["intent_id"], s["body"]["total_fen"]) for s in sales}
    assert set(acknowledged) <= held
    return set(numbers) - {number for number, _, _ in acknowledged}


def parked_baskets(home: Path) -> int:
    """How many baskets lie aside."""
    key = open_keys(home).db_key
    with closing(open_database(home / "journal.db", key, read_only=True)) as connection:
        return SqlReading(connection).parked_count()


@pytest.fixture(scope="module")
def whole_day(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Day]:
    out = tmp_path_factory.mktemp("day") / "out"
    return out, play_day(out)


@pytest.mark.timeout(180)
def test_guided_day_goes_through_and_everything_is_confirmed(whole_day: tuple[Path, Day]) -> None:
    out, day = whole_day
    summary = json.loads((out / "summary.json").read_text())
    assert (day.code, summary["errors"]) == (0, [])
    assert summary["orders"] == len(day.acknowledged) >= 10
    assert summary["journal_head"] == summary["confirmed_head"] == summary["uploaded"]
    assert summary["max_queue_offline"] >= 3
    assert summary["total_fen"] == sum(summary["tenders"].values())
    assert summary["total_fen"] == sum(total for _, _, total in day.acknowledged)
    assert set(summary["tenders"]) == {"cash", "wechat"}
    check_books(out / "terminal", day.acknowledged)


def test_every_slip_of_the_day_is_on_paper_and_proves_itself(whole_day: tuple[Path, Day]) -> None:
    out, _ = whole_day
    papers = sorted((out / "slips").glob("*.png"))
    assert len(papers) == len(list((out / "slips").glob("*.bin"))) >= 12
    proofs = [code.text for paper in papers for code in zxingcpp.read_barcodes(Image.open(paper))]
    proofs = [text for text in proofs if text.startswith("PT1*")]
    assert len(proofs) >= 11
    code, text = terminal(
        "journal", "verify-receipt", proofs[0], "--json", "--home", str(out / "terminal")
    )
    assert code == 0
    assert json.loads(text)["genuine"]
    forged = proofs[0][:-9] + ("A" if proofs[0][-9] != "A" else "B") + proofs[0][-8:]
    code, text = terminal("journal", "verify-receipt", forged, "--home", str(out / "terminal"))
    assert code == 1


def test_pictures_of_the_day_show_something(whole_day: tuple[Path, Day]) -> None:
    out, _ = whole_day
    pictures = sorted((out / "screens").glob("*.png"))
    assert len(pictures) >= 36
    tills = {"03b-vault-from-the-bank", "03e-float-in-the-drawer", "19b-transfer-on-the-way"}
    assert {*tills, "22d-handed-in"} <= {picture.stem for picture in pictures}
    for picture in pictures:
        # Every fourth dot of every fourth row tells a screen from an empty one as well.
        dots = Image.open(picture).convert("RGB")
        sample = dots.resize((dots.width // 4, dots.height // 4), Image.Resampling.NEAREST)
        colours = sample.getcolors(1 << 24) or []
        assert len(colours) > 100, f"{picture.name} is empty"


@pytest.mark.soak
@pytest.mark.timeout(300)
def test_second_day_in_the_same_folder_counts_itself_and_speaks_as_asked(
    whole_day: tuple[Path, Day], tmp_path: Path
) -> None:
    first, before = whole_day
    out = tmp_path / "out"
    shutil.copytree(first, out, symlinks=True)
    for stale in ("screens/99-where-it-stopped.png", "slips/999.png", "slips/999.bin"):
        (out / stale).write_bytes(b"of another day")
    day = play_day(out, "--language", "en")
    old, new = (json.loads((home / "summary.json").read_text()) for home in (first, out))
    assert (day.code, new["errors"]) == (0, [])
    assert new["orders"] == len(day.acknowledged) == len(before.acknowledged)
    assert new["total_fen"] == sum(total for _, _, total in day.acknowledged)
    assert new["journal_head"] == new["confirmed_head"] == old["journal_head"] + new["uploaded"]
    left, found = ({path.name for path in home.glob("s[cl]*/*.*")} for home in (first, out))
    assert left - found == {"01-enrolment.png"}
    assert found <= left
    receipts = [slip.read_bytes() for slip in (out / "slips").glob("*.bin")]
    assert any(b"TOTAL" in slip for slip in receipts)
    assert not any("合计".encode("gbk") in slip for slip in receipts)
    check_books(out / "terminal", [*before.acknowledged, *day.acknowledged])


@pytest.mark.long
@pytest.mark.timeout(420)
def test_killed_day_goes_on_with_its_basket_and_books(tmp_path: Path) -> None:
    """Kill −9 while it sells, start again: the basket is back, nothing is missing or doubled."""
    dice = random.Random(20261121)
    out = tmp_path / "out"
    acknowledged: list[tuple[str, str, int]] = []
    unsaid: set[str] = set()
    parked, owed_a_basket = 0, False
    for _ in range(KILLS):
        day = play_day(out, kill_after_s=dice.uniform(0, 6))
        assert day.found is not None, "the counter did not open again"
        if owed_a_basket:
            assert day.found[0] > 0, "the basket did not come back"
        acknowledged += day.acknowledged
        unsaid_before, unsaid = unsaid, check_books(out / "terminal", acknowledged)
        parked_before, parked = parked, parked_baskets(out / "terminal")
        # The last basket shown may have been sold or parked before anything was said of it.
        went_on = bool(unsaid - unsaid_before) or parked > parked_before
        owed_a_basket = day.left_a_basket and not went_on


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_day_killed_a_hundred_times(tmp_path: Path) -> None:
    dice = random.Random(7)
    out = tmp_path / "out"
    acknowledged: list[tuple[str, str, int]] = []
    for _ in range(100):
        day = play_day(out, kill_after_s=dice.uniform(0, 12))
        assert day.found is not None, "the counter did not open again"
        acknowledged += day.acknowledged
        check_books(out / "terminal", acknowledged)
