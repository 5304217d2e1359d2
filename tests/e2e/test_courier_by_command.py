"""Sold without a line, carried by hand with the commands, confirmed to the last entry."""

from __future__ import annotations

import json
import random
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from terminal.commands.line import main as command_line
from terminal.store.identity import read_identity
from tests.helpers.central import Central
from tests.helpers.commands import DONE, ENVIRONMENT, REFUSED, json_command, run_command
from tests.helpers.enrolled_terminal import EnrolledTerminal, enrolled_terminal
from tests.helpers.outlet import Outlet, Template, connect
from tests.helpers.platform_books import PlatformBooks, differences
from tests.helpers.soak_run import SoakRun, violations

pytest_plugins = ["tests.helpers.outlet_fixtures"]

ROUND_TRIP_S = 600.0


@pytest.fixture
def carrier(tmp_path: Path, platform: Central) -> Iterator[EnrolledTerminal]:
    with enrolled_terminal(tmp_path / "carrier", platform) as made:
        yield made


@pytest.fixture
def sold(counter: Outlet) -> list[dict[str, Any]]:
    """Sales of a morning without a line."""
    for quantity in range(1, 9):
        counter.sell(quantity=quantity)
    entries = [entry.to_wire() for entry in counter.books.all_entries()]
    counter.close()
    return entries


def _carried(sold_home: Path, carrier_home: Path, stick: Path) -> tuple[dict[str, Any], ...]:
    """Export, import elsewhere, import the answers."""
    wrote = json_command("sync", "export", "--to", stick, home=sold_home)
    brought = json_command("sync", "import", stick, home=carrier_home)
    taken = json_command("sync", "import", stick, home=sold_home)
    return wrote, brought, taken


def _states(report: dict[str, Any]) -> set[str]:
    return {item["state"] for item in report["files"]}


def test_a_morning_travels_by_stick_and_every_entry_is_confirmed(
    sold: list[dict[str, Any]],
    counter: Outlet,
    platform: Central,
    carrier: EnrolledTerminal,
    tmp_path: Path,
) -> None:
    connect(carrier.home, platform)
    stick = tmp_path / "stick"
    books = PlatformBooks(platform, counter.home)
    assert differences(sold, books) != [], "the harness sees that nothing has arrived yet"
    wrote, brought, taken = _carried(counter.home, carrier.home, stick)
    assert (wrote["first_seq"], wrote["last_seq"]) == (2, len(sold)), "enrolment went by the line"
    assert _states(brought) == {"delivered"}
    assert _states(taken) == {"confirmed", "own"}
    head = json_command("journal", "head", home=counter.home)
    assert head["confirmed_seq"] == len(sold)
    connect(counter.home, platform)
    assert differences(sold, books) == []
    again = json_command("sync", "import", stick, home=counter.home)
    assert _states(again) == {"known", "own"}
    refused = run_command("sync", "export", "--to", stick, home=counter.home)
    assert refused.returncode == REFUSED
    assert "Nothing needs to be carried" in refused.stderr


def test_a_morning_travels_as_codes_on_paper(
    sold: list[dict[str, Any]], counter: Outlet, platform: Central, tmp_path: Path
) -> None:
    codes, back = tmp_path / "codes", tmp_path / "back"
    drawn = json_command("sync", "export", "--qr", codes, home=counter.home)["codes"]
    assert len(drawn) > 2
    pictures = [codes / name for name in random.Random(5).sample(drawn, len(drawn))]
    missing = run_command("platform", "import-bundle", *pictures[1:], home=platform.home)
    assert missing.returncode == REFUSED
    lacking = str(drawn.index(pictures[0].name) + 1)
    assert f"still missing: {lacking}." in missing.stderr
    # One picture lies on its side, one comes twice.
    with Image.open(pictures[0]) as upright:
        upright.rotate(90, expand=True).save(pictures[0])
    words = ("platform", "import-bundle", *pictures, pictures[1], "--qr", back)
    brought = json_command(*words, home=platform.home)
    assert [item["confirmed_seq"] for item in brought["files"]] == [len(sold)]
    taken = json_command("sync", "import", *sorted(back.iterdir()), home=counter.home)
    assert _states(taken) == {"confirmed"}


def test_what_cannot_be_taken_is_said_in_words_with_what_is_safe(
    sold: list[dict[str, Any]],
    counter: Outlet,
    platform: Central,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    del sold
    stick, empty = tmp_path / "stick", tmp_path / "empty"
    empty.mkdir()

    def says(*words: str | Path, home: Path) -> tuple[int, str]:
        code = command_line([*map(str, words), "--home", str(home)])
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    assert says("sync", "export", "--to", stick, home=counter.home)[0] == DONE
    (whole,) = stick.iterdir()
    cut, typed = stick / "cut.ptc", stick / "codes.txt"
    cut.write_bytes(whole.read_bytes()[:-1])
    typed.write_text("not a code\n", encoding="utf-8")
    cases = {
        cut: "every entry is safe in the journal",
        typed: "no QR code of a bundle was found",
        empty: "No bundle and no answer was found",
    }
    for place, words in cases.items():
        code, said = says("platform", "import-bundle", place, home=platform.home)
        assert (code, words in said) == (REFUSED, True), said
    code, said = says("platform", "import-bundle", cut, home=empty)
    assert (code, "there is no platform" in said) == (ENVIRONMENT, True), said
    assert list(empty.iterdir()) == []
    code, said = says("sync", "export", home=counter.home)
    assert (code, "--to" in said) == (REFUSED, True), said
    code, said = says("sync", "export", "--to", stick / "one.ptc", home=counter.home)
    assert (code, "one.ptc" in said) == (DONE, True), said
    code, said = says("platform", "import-bundle", stick / "one.ptc", home=platform.home)
    assert (code, "are at the platform" in said) == (DONE, True), said


@pytest.mark.soak
@pytest.mark.timeout(7200)
def test_fifteen_thousand_orders_travel_by_stick(
    outlet_template: Template, platform: Central, tmp_path: Path
) -> None:
    """The month of an outlet without a line, on one stick, to the fen."""
    run = SoakRun(outlet_template.copy_home(tmp_path / "month"), deadline_s=5400.0)
    run.finish(15_000, seed=15)
    entries = run.exported()
    assert violations(run.acks, entries) == []
    stick = tmp_path / "stick"
    with enrolled_terminal(tmp_path / "carrier", platform) as carrier:
        began = time.monotonic()
        wrote = json.loads(run.command("sync", "export", "--to", str(stick), "--json"))
        written_s = time.monotonic() - began
        carried = SoakRun(carrier.home, deadline_s=ROUND_TRIP_S)
        carried.command("sync", "import", str(stick))
        run.command("sync", "import", str(stick))
        took_s = time.monotonic() - began
    head = json.loads(run.command("journal", "head", "--json"))
    print(
        {
            "entries": len(entries),
            "files": len(wrote["files"]),
            "bytes an entry": round(wrote["size"] / len(entries)),
            "written_s": round(written_s, 1),
            "round_trip_s": round(took_s, 1),
        }
    )
    assert head["confirmed_seq"] == len(entries) == wrote["last_seq"]
    connect(run.home, platform)
    assert differences(entries, PlatformBooks(platform, run.home)) == []
    assert took_s <= ROUND_TRIP_S
    assert read_identity(run.home).terminal_id == entries[0]["terminal_id"]
    shutil.rmtree(stick)
    run.command("sync")
