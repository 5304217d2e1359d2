"""The reference database: search, prices, deltas, snapshots."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from sqlcipher3 import dbapi2

from terminal.domain import search_postings
from terminal.domain.errors import BugError, EnvironmentFault, UserError
from terminal.domain.money import Money
from terminal.domain.search_terms import Searchable, terms_of
from terminal.store.reference import ReferenceReader
from terminal.store.reference_apply import ReferenceWriter
from terminal.store.reference_load import load_snapshot
from terminal.store.reference_schema import current_generation
from tests.helpers.catalogue import item, load_demo, write_snapshot_file

NOW = "2026-11-21T02:00:00.000Z"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    load_demo(tmp_path)
    return tmp_path


@pytest.fixture
def reader(home: Path) -> ReferenceReader:
    return ReferenceReader(home)


def upsert(row: dict[str, Any], feed: str = "items", key: Any = None) -> dict[str, Any]:
    return {"feed": feed, "op": "upsert", "key": key or row.get("sku", ""), "data": row}


def delete(key: Any, feed: str = "items") -> dict[str, Any]:
    return {"feed": feed, "op": "delete", "key": key}


def names(reader: ReferenceReader, text: str, limit: int = 20) -> list[str]:
    return [found.name_zh for found in reader.search(text, limit)]


@pytest.mark.parametrize(
    "text",
    [
        "农", "农夫", "夫山", "山泉", "农夫山泉", "农夫550", "nf550", "n", "nf", "fs", "nfsq",
        "nong", "nongf", "nongfu", "nongfushanquan", "shanq", "农fu", "农夫 550", "泉 农",
        "NFSQ", "ｎｆ", "550ml", "S0001", "s0001", "6921168509256", "692116850", "农夫山泉 550ml",
    ],
)  # fmt: skip
def test_water_is_found_by(reader: ReferenceReader, text: str) -> None:
    assert "农夫山泉 550ml" in names(reader, text)


@pytest.mark.parametrize(
    "text",
    ["", "  ", "水牛", "zzz", "nfqs", "ongfu", "农夫 330", "农夫 可乐", "%", "'", "99999999"],
)
def test_nothing_is_found_by(reader: ReferenceReader, text: str) -> None:
    assert names(reader, text) == []


def test_hits_come_in_order_of_popularity_up_to_the_limit(reader: ReferenceReader) -> None:
    ranks = [found.rank for found in reader.search("k", 5)]
    assert len(ranks) == 5
    assert ranks == sorted(ranks)
    with pytest.raises(BugError):
        reader.search("k", 0)


def test_latin_letters_in_a_name_are_found(reader: ReferenceReader) -> None:
    assert names(reader, "ad钙") == ["娃哈哈AD钙奶 220g"]
    assert names(reader, "adgn") == ["娃哈哈AD钙奶 220g"]


def test_codes_are_exact_and_forgiving_about_zeros(reader: ReferenceReader) -> None:
    assert reader.by_gtin("06921168509256") == reader.by_gtin("6921168509256")
    assert reader.by_gtin("6921168509257") is None
    rice = reader.by_code("101")
    assert rice is not None
    assert (rice.name_zh, rice.weighed) == ("绿邮大米 散装", True)
    assert reader.by_code("00101") == rice
    assert reader.by_code("l0101") == rice
    stamp = reader.by_code("P0001")
    assert stamp is not None
    assert (stamp.tax, stamp.refundable) == ("exempt", False)


def test_prices_by_level_and_day(reader: ReferenceReader) -> None:
    assert reader.price_at("S0003", "", "2027-12-31T15:59:59.999Z") == Money(300)
    assert reader.price_at("S0003", "", "2027-12-31T16:00:00.000Z") == Money(350)
    assert reader.price_at("S0001", "gold", NOW) == Money(180)
    assert reader.price_at("S0002", "gold", NOW) == Money(200)
    with pytest.raises(UserError):
        reader.price_at("nothing", "", NOW)


def test_prices_of_a_list_leave_out_what_has_none(reader: ReferenceReader) -> None:
    day = "2026-06-01T00:00:00Z"
    skus = [item.sku for item in reader.search("0", 200)]
    priced = reader.prices_at([*skus, "no-such-sku"], "", day)
    assert priced
    assert "no-such-sku" not in priced
    for sku, price in priced.items():
        assert price == reader.price_at(sku, "", day)
    assert reader.prices_at(skus, "", "1999-01-01T00:00:00Z") == {}
    assert reader.prices_at([], "", day) == {}


def test_clerks_divisions_and_state(reader: ReferenceReader) -> None:
    clerk = reader.clerk("0312")
    assert clerk is not None
    assert clerk["roles"] == '["clerk"]'
    assert reader.clerk("9999") is None
    assert [d.name for d in reader.divisions_under("51")] == ["成都市", "绵阳市"]
    division = reader.division("51")
    assert division is not None
    assert division.parent == ""
    assert reader.division("99") is None
    state = reader.state()
    assert (state.loaded, state.cursor, state.generation, state.items) == (True, "c1", 1, 63)


def test_before_the_first_snapshot_everything_is_empty(tmp_path: Path) -> None:
    reader = ReferenceReader(tmp_path)
    assert reader.search("农") == ()
    assert reader.by_gtin("6921168509256") is None
    assert not reader.state().loaded
    with pytest.raises(EnvironmentFault) as error:
        ReferenceWriter(tmp_path)
    assert error.value.code == "reference.not_loaded"
    load_demo(tmp_path)
    assert len(reader.search("农")) == 1


def test_delta_brings_changes_and_removes(home: Path, reader: ReferenceReader) -> None:
    page = [
        upsert(item("N1", "新疆葡萄干 250g", rank=14, gtin="6900000000014")),
        upsert({"sku": "N1", "level": "", "effective_from": "", "fen": 990}, "prices"),
        upsert(item("S0001", "农夫果园 500ml", rank=13, version=2)),
        upsert(item("S0002", "怡宝 555ml", state="withdrawn", version=2, gtin="6901285991219")),
        delete("S0003"),
        delete("never-heard-of"),
        delete(["S0004", "", "2026-01-01T00:00:00Z"], "prices"),
        delete("5107", "divisions"),
        delete("0312", "clerks"),
    ]
    with ReferenceWriter(home) as writer:
        for _ in range(2):
            done = writer.apply_changes(page, "c2", at_utc=NOW)
            assert (done.applied, done.refused) == (9, ())
            assert done.flags == {"catalogue", "clerks"}
        assert (writer.cursor, writer.server_epoch) == ("c2", "epoch-1")
    assert names(reader, "葡萄干") == ["新疆葡萄干 250g"]
    assert reader.price_at("N1", "", NOW) == Money(990)
    assert names(reader, "山泉") == []
    assert names(reader, "果园") == ["农夫果园 500ml"]
    assert names(reader, "怡宝") == []
    withdrawn = reader.by_gtin("6901285991219")
    assert withdrawn is not None
    assert not withdrawn.sellable
    assert reader.by_code("S0003") is None
    assert reader.prices("S0003") == ()
    assert reader.prices("S0004") == ()
    assert reader.clerk("0312") is None
    state = reader.state()
    assert (state.cursor, state.changed_at, state.items) == ("c2", NOW, 62)


def test_newcomer_stands_at_its_rank(home: Path, reader: ReferenceReader) -> None:
    with ReferenceWriter(home) as writer:
        writer.apply_changes([upsert(item("N1", "可可奶 1L", rank=15, version=1))], "c2")
        writer.apply_changes([upsert(item("N2", "可可粉 1kg", rank=999, version=1))], "c3")
        writer.apply_changes([upsert(item("N0", "可可豆 1kg", rank=0, version=1))], "c4")
    ranks = [found.rank for found in reader.search("可")]
    assert ranks == sorted(ranks)
    assert {0, 15, 999} <= set(ranks)


def test_older_version_read_again_does_not_win(home: Path, reader: ReferenceReader) -> None:
    with ReferenceWriter(home) as writer:
        writer.apply_changes([upsert(item("S0001", "新名字", version=5))], "c2")
        writer.apply_changes([upsert(item("S0001", "旧名字", version=4))], "c3")
    assert names(reader, "名字") == ["新名字"]


@pytest.mark.parametrize(
    "bad",
    [
        {"feed": "weather", "op": "upsert", "key": "x", "data": {}},
        {"feed": "items", "op": "rename", "key": "x"},
        {"feed": "items", "op": "upsert", "key": "x", "data": {"sku": "x"}},
        {"feed": "items", "op": "upsert", "key": "x", "data": None},
        {"feed": "items", "op": "delete", "key": ""},
        {"feed": "prices", "op": "delete", "key": "S0001"},
        upsert(item("X", "坏", kind="gas")),
        upsert(item("X", "坏", rank="first")),
        upsert(item("X", "坏", gtin=5)),
        upsert({"sku": "X", "level": "", "effective_from": "soon", "fen": 1}, "prices"),
    ],
)
def test_one_bad_change_is_set_aside_and_the_rest_goes_on(
    home: Path, reader: ReferenceReader, bad: dict[str, Any]
) -> None:
    with ReferenceWriter(home) as writer:
        done = writer.apply_changes([bad, upsert(item("N1", "好东西"))], "c2")
    assert [change for change, _ in done.refused] == [bad]
    assert names(reader, "好东西") == ["好东西"]
    assert reader.state().cursor == "c2"


def test_failed_page_leaves_data_and_cursor(home: Path, reader: ReferenceReader) -> None:
    def page() -> Any:
        yield upsert(item("N1", "半途而废"))
        raise KeyboardInterrupt

    with ReferenceWriter(home) as writer, pytest.raises(KeyboardInterrupt):
        writer.apply_changes(page(), "c2")
    assert names(reader, "半途") == []
    assert reader.state().cursor == "c1"


def test_deltas_lead_to_the_same_answers_as_a_snapshot(home: Path, tmp_path: Path) -> None:
    rows = [item(f"N{n}", f"试验品{n} {n}ml", rank=n) for n in range(700)]
    other = tmp_path / "other"
    other.mkdir()
    snapshot = write_snapshot_file(tmp_path / "s.sqlite", rows, [])
    load_snapshot(other, snapshot, "c", "e")
    load_snapshot(home, write_snapshot_file(tmp_path / "e.sqlite", [], []), "c", "e")
    with ReferenceWriter(home) as writer:
        for start in range(0, 700, 100):
            writer.apply_changes(map(upsert, rows[start : start + 100]), str(start))
    by_delta, by_snapshot = ReferenceReader(home), ReferenceReader(other)
    for text in ("试验", "syp", "shiyan", "69", "5ml", "品7", "n6"):
        assert set(by_delta.search(text, 200)) == set(by_snapshot.search(text, 200)) or (
            len(by_delta.search(text, 200)) == 200
        )
        assert by_snapshot.search(text, 200)


def test_new_snapshot_is_noticed_by_an_open_reader(home: Path, reader: ReferenceReader) -> None:
    assert names(reader, "农夫") == ["农夫山泉 550ml"]
    for number in range(2, 5):
        snapshot = write_snapshot_file(
            home / f"s{number}", [item("S0001", f"农夫第{number}代")], []
        )
        assert load_snapshot(home, snapshot, f"c{number}", "epoch-1") == number
        assert names(reader, "农夫") == [f"农夫第{number}代"]
    left = sorted(file.name for file in home.glob("reference-*.db"))
    assert left == ["reference-00000003.db", "reference-00000004.db"]


@pytest.mark.parametrize("step", ["names", "index", "check"])
def test_interrupted_load_leaves_the_old_generation(
    home: Path, reader: ReferenceReader, step: str
) -> None:
    def cut(name: str, done: int, total: int) -> None:
        if name == step:
            raise KeyboardInterrupt

    snapshot = write_snapshot_file(home / "s2", [item("S0001", "新货")], [])
    with pytest.raises(KeyboardInterrupt):
        load_snapshot(home, snapshot, "c2", "epoch-2", progress=cut)
    assert current_generation(home) == 1
    assert not list(home.glob("reference-00000002.db*"))
    assert names(reader, "农夫") == ["农夫山泉 550ml"]
    assert load_snapshot(home, snapshot, "c2", "epoch-2") == 2
    assert names(reader, "新货") == ["新货"]


def test_snapshot_without_a_table_or_with_a_broken_row_is_refused(home: Path) -> None:
    snapshot = write_snapshot_file(home / "s2", [item("S0001", "新货")], [])
    connection = dbapi2.connect(str(snapshot), isolation_level=None)
    connection.execute("UPDATE items SET rank = NULL")
    with pytest.raises(EnvironmentFault) as error:
        load_snapshot(home, snapshot, "c2", "e")
    assert error.value.code == "reference.bad_snapshot"
    connection.execute("DROP TABLE prices")
    connection.close()
    with pytest.raises(EnvironmentFault) as error:
        load_snapshot(home, snapshot, "c2", "e")
    assert error.value.code == "reference.bad_snapshot"
    assert current_generation(home) == 1


def test_file_that_is_no_database_is_refused(home: Path) -> None:
    (home / "s2").write_bytes(b"not a database" * 100)
    with pytest.raises(EnvironmentFault):
        load_snapshot(home, home / "s2", "c2", "e")
    assert current_generation(home) == 1


def test_codes_asked_by_index_only(home: Path) -> None:
    connection = dbapi2.connect(str(home / "reference.db"))
    for where in (
        "gtin IN (?, ?, ?, ?) AND gtin <> ''",
        "sku = ? COLLATE NOCASE",
        "plu IN (?, ?, ?, ?, ?) AND plu <> ''",
    ):
        marks = where.count("?")
        plan = connection.execute(
            f"EXPLAIN QUERY PLAN SELECT name_zh FROM items WHERE {where}", ["1"] * marks
        ).fetchall()
        assert all("SEARCH items USING INDEX" in row[3] for row in plan), plan
    connection.close()


def _index_file(path: Path, digest: str) -> Path:
    """An index as the platform sends it, of a catalogue without names."""
    connection = dbapi2.connect(str(path), isolation_level=None)
    connection.executescript(search_postings.TABLES + search_postings.INDEX_OF)
    about = (search_postings.INDEX_VERSION, digest)
    connection.execute("INSERT INTO index_of VALUES (1, ?, ?)", about)
    connection.close()
    return path


def test_index_that_came_is_taken_as_it_is(home: Path, reader: ReferenceReader) -> None:
    snapshot = write_snapshot_file(home / "s2", [item("S0001", "新货", gtin="6901234567892")], [])
    index = _index_file(home / "i2", "ab")
    assert load_snapshot(home, snapshot, "c2", "e", index=index, digest="ab") == 2
    assert names(reader, "新货") == []
    assert names(reader, "6901234567892") == ["新货"]
    assert not index.exists()


@pytest.mark.parametrize(
    ("digest", "more"),
    [
        ("cd", ""),
        ("ab", "UPDATE index_of SET version = version + 1"),
        ("ab", "CREATE TABLE more(one)"),
        ("ab", "CREATE TRIGGER t AFTER INSERT ON terms BEGIN DELETE FROM terms; END"),
        ("ab", "DROP TABLE index_of"),
        ("ab", "DELETE FROM index_of"),
    ],
)
def test_index_of_something_else_is_made_here(
    home: Path, reader: ReferenceReader, digest: str, more: str
) -> None:
    snapshot = write_snapshot_file(home / "s2", [item("S0001", "新货")], [])
    index = _index_file(home / "i2", "ab")
    connection = dbapi2.connect(str(index), isolation_level=None)
    connection.executescript(more)
    connection.close()
    assert load_snapshot(home, snapshot, "c2", "e", index=index, digest=digest) == 2
    assert names(reader, "新货") == ["新货"]


def test_other_index_of_the_same_items_has_another_version() -> None:
    """When this fails, raise ``INDEX_VERSION``: terminals must not take the other kind."""
    texts = [
        ("农夫山泉 550ml", "nong fu shan quan 550 ml", "nfsq550ml"),
        ("Ｎo.5 香皂 250g", "no.5 xiang zao 250 g", ""),
        ("红富士苹果", "hong fu shi ping guo", "hfspg"),
    ]
    builder = search_postings.PostingsBuilder()
    for place in range(1, 2_400):
        item_id = search_postings.stride_for(2_400) * place
        builder.add(item_id, terms_of(Searchable.of(*texts[place % 3])))
    postings, terms = builder.rows()
    blocks: dict[int, list[tuple[int, str]]] = {}
    for number, bits in postings:
        blocks.setdefault(number // 4096, []).append((number % 4096, bits.hex()))
    made = [(term, docs, blocks[number]) for term, number, docs in terms]
    shape = hashlib.sha256(repr((search_postings.TABLES, made)).encode()).hexdigest()
    assert (search_postings.INDEX_VERSION, shape[:16]) == (1, "7227dee809f848c8")
