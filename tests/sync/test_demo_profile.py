"""The demonstration outlet fits its goods, its people and what the core asks of a profile."""

from __future__ import annotations

import ast
import csv
import gzip
import json
import sqlite3
import time
from pathlib import Path
from typing import Any

from sync.central import catalogue, snapshots
from sync.central.demo import seed_demo
from sync.central.platform import Platform, Settings
from sync.central.profile import SETTINGS, profile_for
from terminal.domain.tender import TENDERS
from ui.common.words import Words

ROOT = Path(__file__).resolve().parents[2]
OUTLET: Any = SETTINGS
SEED_CPU_S = 3.0


def _table(name: str) -> list[dict[str, str]]:
    with (ROOT / "assets" / "demo" / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_business_code_and_member_level_in_use_has_a_name_in_both_languages() -> None:
    codes = {entry["code"] for entry in OUTLET["business_codes"]}
    levels = {entry["level"] for entry in OUTLET["member_levels"]}
    assert codes == {row["business_code"] for row in _table("items.csv")}
    assert levels | {""} == {row["level"] for row in _table("prices.csv")}
    for entry in (*OUTLET["business_codes"], *OUTLET["member_levels"]):
        assert entry["name_zh"]
        assert entry["name_en"]


def test_every_setting_has_a_name_a_person_reads_when_it_is_refused() -> None:
    for language in ("zh_CN", "en"):
        words = Words(language)
        assert [key for key in OUTLET if not words.has(f"setting.name.{key}")] == []


def test_quick_keys_are_eight_goods_that_are_on_sale() -> None:
    active = {row["sku"] for row in _table("items.csv") if row["state"] == "active"}
    favourites = OUTLET["favourites"]
    assert len(favourites) == len(set(favourites)) == 8
    assert set(favourites) <= active
    assert profile_for("61020303", 2)["favourites"] == favourites


def test_one_price_begins_in_the_future() -> None:
    assert [row["sku"] for row in _table("prices.csv") if row["effective_from"] > "2027"] == [
        "S0003"
    ]


def _snapshot(platform: Platform) -> dict[str, list[dict[str, Any]]]:
    packed, _ = snapshots.snapshot(platform)
    book = sqlite3.connect(":memory:")
    book.deserialize(gzip.decompress(packed))
    tables = {}
    for name in catalogue.COLUMNS:
        rows = book.execute(f"SELECT * FROM {name}")
        titles = [column[0] for column in rows.description]
        tables[name] = [dict(zip(titles, row, strict=True)) for row in rows]
    book.close()
    return tables


def _asked() -> set[str]:
    """Every action the core asks a permission for, read from its calls."""
    found = {tender.action for tender in TENDERS if tender.action}
    for path in (ROOT / "terminal" / "app").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            name = node.func.id if isinstance(node.func, ast.Name) else name
            if name in ("allow", "require", "authorise", "_granted"):
                found |= {
                    argument.value
                    for argument in node.args
                    if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
                }
    return found


def test_permissions_name_every_action_the_core_checks() -> None:
    asked = _asked()
    assert {"sell", "slip_reprint", "outlet_sign_off"} <= asked
    # What two people allow together has a rule of its own, see ``terminal.domain.authority``.
    assert asked | set(OUTLET["dual_control"]) == set(OUTLET["permissions"])


def test_second_person_may_authorise_what_the_first_may_not(tmp_path: Path) -> None:
    platform = Platform(Settings(tmp_path))
    before = time.process_time()
    seed_demo(platform)
    spent_s = time.process_time() - before
    tables = _snapshot(platform)
    platform.database.close()
    roles = {row["clerk_id"]: set(json.loads(row["roles"])) for row in tables["clerks"]}
    may = {
        clerk_id: {action for action, needed in OUTLET["permissions"].items() if held & set(needed)}
        for clerk_id, held in roles.items()
    }
    assert set(may) == {"0312", "0315", "0301"}
    assert "price_override" not in may["0312"]
    assert {"sell", "clerk_sign_on", "slip_reprint"} <= may["0312"]
    assert may["0301"] == set(OUTLET["permissions"])
    assert may["0301"] - may["0315"] == {"offline_limit"}
    assert not may["0312"] & set(OUTLET["dual_control"])
    assert all(row["name"].startswith("演示") for row in tables["clerks"])
    told = {row["key"]: json.loads(row["value"]) for row in tables["settings"]}
    assert told == OUTLET
    assert len(tables["divisions"]) > 40_000
    # A demonstration starts while somebody watches; the bound leaves room for a slow machine.
    assert spent_s < SEED_CPU_S
