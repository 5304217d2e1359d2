"""From the operator's door to the clerk's answer and back: the centre's only way to the books."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sync.client.agent import run_once
from terminal.app.directives import DirectiveView
from terminal.bootstrap import open_keys
from terminal.domain.errors import UserError
from terminal.store.database import open_database
from terminal.store.sync_file import SYNC_FILE
from tests.helpers.central import Central
from tests.helpers.inbox import deliver, tell_setting
from tests.helpers.outlet import STAMP, Outlet, Template, connect
from tests.helpers.tampering_proxy import Passing, tampering_proxy, with_body

pytest_plugins = ["tests.helpers.outlet_fixtures"]

SALE_FEN = 120
POSTINGS = [
    {"account": "cash:T02", "fen": -SALE_FEN},
    {"account": "postage:postage", "fen": SALE_FEN},
]


class Bureau:
    """An outlet that sold one stamp, its platform, and an operator at the centre."""

    def __init__(self, outlet: Outlet, platform: Central) -> None:
        self.outlet, self.platform = outlet, platform
        self.outlet.open_day()
        self.outlet.sell(STAMP)
        newest = self.outlet.books.entries(limit=1)[0]
        self.sale_seq, self.terminal_id = newest.seq, newest.terminal_id

    def sync(self) -> None:
        """The agent's work, while the counter stays open."""
        report = run_once(self.outlet.home)
        assert report.code == "", report

    def issue(self, **changes: Any) -> str:
        """The centre issues a correction of the sale; its number."""
        asked = {
            "terminal_id": self.terminal_id,
            "issuer": "演示市局会计科",
            "reason": "重复入账，予以冲销",
            "about_seq": self.sale_seq,
            "postings": POSTINGS,
        }
        self.sync()
        answer = self.platform.admin("POST", "/v1/admin/directives", {**asked, **changes})
        return str(answer["record"]["directive_id"])

    def views(self) -> tuple[DirectiveView, ...]:
        """What the page shows."""
        return self.outlet.cases.directives.inbox().directives

    def standings(self) -> dict[str, tuple[str, str]]:
        """What the centre knows of its directives."""
        told = self.platform.admin("GET", "/v1/admin/directives")["directives"]
        return {one["record"]["directive_id"]: (one["state"], one["answer"]) for one in told}


@pytest.fixture
def bureau(outlet_template: Template, tmp_path: Path) -> Iterator[Bureau]:
    outlet = Outlet(outlet_template.copy_home(tmp_path / "bureau"))
    with outlet_template.running_platform(tmp_path / "centre") as centre:
        connect(outlet.home, centre)
        try:
            yield Bureau(outlet, centre)
        finally:
            outlet.close()


def _tamper(bureau: Bureau, alter: Callable[[dict[str, Any]], None]) -> None:
    """Fetch the inbox through somebody who changes what is in it."""

    def change(passing: Passing) -> Passing:
        if "/inbox" not in passing.path:
            return passing
        body = json.loads(passing.body)
        for item in body["items"]:
            alter(item["record"])
        return with_body(passing, json.dumps(body).encode())

    with tampering_proxy(bureau.platform.url) as proxy:
        proxy.alter = change
        connect(bureau.outlet.home, proxy)  # type: ignore[arg-type]
        bureau.sync()
    connect(bureau.outlet.home, bureau.platform)


def test_an_accepted_directive_books_its_postings_once_and_the_centre_hears_it(
    bureau: Bureau,
) -> None:
    cases, books = bureau.outlet.cases, bureau.outlet.books
    number = bureau.issue()
    before = dict(books.balances())
    bureau.sync()
    (view,) = bureau.views()
    assert (view.state, view.code, cases.directives.waiting()) == ("waiting", "", 1)
    assert view.directive is not None
    assert view.about is not None
    assert (view.directive.issuer, view.directive.reason) == (
        "演示市局会计科",
        "重复入账，予以冲销",
    )
    assert (view.about.seq, view.about.kind) == (bureau.sale_seq, "sale.completed")
    # It has arrived and been shown: nothing counts yet.
    assert dict(books.balances()) == before

    assert cases.directives.accept(number).waiting == 0
    after = dict(books.balances())
    assert {
        name: after[name] - before.get(name, 0) for name in after if after[name] != before[name]
    } == {
        "cash:T02": -SALE_FEN,
        "postage:postage": SALE_FEN,
    }
    (job,) = [job for job in books.print_jobs(limit=9) if job.kind == "directive"]
    assert "重复入账" in json.dumps(job.document, ensure_ascii=False)
    for again in (cases.directives.accept, cases.directives.dispute):
        with pytest.raises(UserError) as pressed:
            again(number)
        assert pressed.value.code == "directive.answered"
        assert pressed.value.params["seq"] == books.head()[0]
    assert dict(books.balances()) == after
    bureau.sync()
    assert bureau.standings() == {number: ("accepted", "")}
    assert bureau.platform.admin("GET", "/v1/admin/tasks")["tasks"] == []
    sums = bureau.platform.admin("GET", "/v1/admin/ledger")["accounts"]
    assert {name: fen for name, fen in sums.items() if fen} == {
        name: fen for name, fen in after.items() if fen
    }


def test_a_disputed_directive_moves_nothing_and_the_reason_goes_back(bureau: Bureau) -> None:
    number = bureau.issue()
    bureau.sync()
    before = dict(bureau.outlet.books.balances())
    bureau.outlet.cases.directives.dispute(number, " 当天只卖了一枚 ")
    assert dict(bureau.outlet.books.balances()) == before
    bureau.sync()
    assert bureau.standings() == {number: ("disputed", "当天只卖了一枚")}
    (task,) = bureau.platform.admin("GET", "/v1/admin/tasks")["tasks"]
    assert (task["code"], json.loads(task["evidence"])["answer"]) == (
        "directive.disputed",
        "当天只卖了一枚",
    )


@pytest.mark.parametrize(
    ("postings", "code"),
    [
        ([("cash:T77", -SALE_FEN), ("postage:postage", SALE_FEN)], "directive.unknown_till"),
        ([("transit:TF9", -SALE_FEN), ("cash:T02", SALE_FEN)], "directive.wrong_account"),
        ([("cash:T02", 10**12), ("postage:postage", -(10**12))], "directive.too_much"),
    ],
)
def test_a_directive_that_reaches_too_far_is_refused_and_the_centre_hears_why(
    bureau: Bureau, postings: list[tuple[str, int]], code: str
) -> None:
    number = bureau.issue(postings=[{"account": name, "fen": fen} for name, fen in postings])
    bureau.sync()
    before = dict(bureau.outlet.books.balances())
    (view,) = bureau.views()
    assert (view.state, view.code) == ("refused", code)
    assert bureau.outlet.cases.directives.waiting() == 0
    for answer in (bureau.outlet.cases.directives.accept, bureau.outlet.cases.directives.dispute):
        with pytest.raises(UserError, match=code):
            answer(number)
    assert dict(bureau.outlet.books.balances()) == before
    bureau.sync()
    assert bureau.standings() == {number: ("refused", code)}
    (task,) = bureau.platform.admin("GET", "/v1/admin/tasks")["tasks"]
    assert (task["code"], json.loads(task["evidence"])["code"]) == ("directive.refused", code)


def test_the_limit_of_a_directive_is_the_platforms_signed_one(bureau: Bureau) -> None:
    bureau.issue()
    bureau.sync()
    bureau.outlet.crash()
    limits = {"directive_fen": SALE_FEN - 1}
    tell_setting(bureau.outlet.home, bureau.platform.home, "limits", limits)
    assert [view.code for view in bureau.views()] == ["directive.too_much"]


def test_what_the_platform_could_not_apply_is_a_task_that_a_clerk_settles_by_an_entry(
    bureau: Bureau,
) -> None:
    bureau.sync()
    bureau.platform.execute(
        "INSERT INTO tasks (terminal_id, seq, code, evidence, at) VALUES"
        f" ('{bureau.terminal_id}', {bureau.sale_seq}, 'journal.unknown_kind', 'x', '2026-01-01')"
    )
    bureau.sync()
    desk = bureau.outlet.cases.directives
    (view,) = desk.inbox().tasks
    assert (view.task.code, view.task.about_seq, view.settled) == (
        "journal.unknown_kind",
        bureau.sale_seq,
        None,
    )
    assert desk.waiting() == 1
    before = dict(bureau.outlet.books.balances())
    desk.settle(view.task.task_id, "已电话告知市局")
    assert (desk.waiting(), dict(bureau.outlet.books.balances())) == (0, before)
    for words, code in (("再说一遍", "task.answered"), ("  ", "task.no_words")):
        with pytest.raises(UserError) as refused:
            desk.settle(view.task.task_id, words)
        assert refused.value.code == code
    # A new life of the platform tells the same task again: it is known by its name.
    bureau.platform.admin("POST", "/v1/admin/new-epoch")
    bureau.sync()
    assert desk.waiting() == 0
    bureau.sync()
    assert bureau.platform.admin("GET", "/v1/admin/tasks")["tasks"][0]["seq"] == bureau.sale_seq


def test_a_notice_of_a_known_fault_is_read_by_every_terminal_and_only_when_signed(
    bureau: Bureau,
) -> None:
    told = {
        "issuer": "演示省公司",
        "title_zh": "抹零显示有误",
        "title_en": "Rounding shown wrongly",
        "text_zh": "账目正确，屏幕合计可能差一分。无需处理。",
        "text_en": "The books are right, the total on screen may be one fen off. Nothing to do.",
    }
    bureau.platform.admin("POST", "/v1/admin/notices", told)
    bureau.sync()
    (notice,) = bureau.outlet.cases.directives.notices()
    assert (notice.title_zh, notice.text_en) == (told["title_zh"], told["text_en"])
    assert notice.reference()["notice_id"] == notice.notice_id
    record = json.loads(_inbox_rows(bureau.outlet)[0][1])
    deliver(bureau.outlet, {**record, "text_zh": "请把差额补上"})
    assert bureau.outlet.cases.directives.notices() == (notice,)
    assert bureau.outlet.cases.directives.inbox().directives == ()


def test_nothing_else_that_comes_from_the_platform_can_change_a_balance(bureau: Bureau) -> None:
    """Feeds, receipts, tasks, notices and unanswered directives, all of them, and twice."""
    books = bureau.outlet.books
    before, head = dict(books.balances()), books.head()
    bureau.issue()
    bureau.platform.admin(
        "PUT",
        "/v1/admin/prices",
        {
            "upsert": [
                {
                    "sku": STAMP,
                    "level": "",
                    "effective_from": "2026-01-01T00:00:00.000Z",
                    "fen": 99_999,
                }
            ]
        },
    )
    bureau.platform.admin(
        "PUT",
        "/v1/admin/settings",
        {"upsert": [{"key": "balances", "value": json.dumps({"cash:T02": 1})}]},
    )
    bureau.platform.execute(
        "INSERT INTO tasks (terminal_id, seq, code, evidence, at) VALUES"
        f" ('{bureau.terminal_id}', 1, 'journal.unbalanced', '{{}}', '2026-01-01')"
    )
    bureau.platform.execute("UPDATE postings SET fen = fen * 3")
    bureau.platform.admin("POST", "/v1/admin/new-epoch")
    for _ in range(2):
        bureau.sync()
        bureau.outlet.cases.ranges.take_over()
        assert bureau.outlet.cases.directives.waiting() == 2
        bureau.outlet.crash()
    assert (dict(bureau.outlet.books.balances()), bureau.outlet.books.head()) == (before, head)
    assert bureau.outlet.books.read_model_differences() == []


def test_a_terminal_that_books_what_nobody_asked_for_is_seen_at_the_centre(bureau: Bureau) -> None:
    """Negative control of the platform's own look: an entry that only calls itself an answer."""
    number = bureau.issue()
    bureau.sync()
    (view,) = bureau.views()
    assert view.directive is not None
    postings = [{"account": "cash:T02", "fen": -1}, {"account": "rounding", "fen": 1}]
    body = {"directive_id": number, "directive": view.directive.record, "postings": postings}
    context = bureau.outlet.cases.context
    with context.books.transaction() as tx:
        tx.append(context.draft("directive.accepted", number, "0312", body))
    bureau.sync()
    (task,) = bureau.platform.admin("GET", "/v1/admin/tasks")["tasks"]
    assert task["code"] == "directive.not_issued"


def _inbox_rows(outlet: Outlet) -> list[tuple[int, str]]:
    book = open_database(outlet.home / SYNC_FILE, open_keys(outlet.home).db_key)
    try:
        return list(book.execute("SELECT id, record FROM inbox").fetchall())
    finally:
        book.close()


def test_the_centre_cannot_issue_what_no_books_could_hold(bureau: Bureau) -> None:
    for change, code in (
        ({"terminal_id": "nobody"}, "terminal.unknown"),
        ({"about_seq": 999}, "directive.unknown_entry"),
        ({"postings": POSTINGS[:1]}, "directive.unbalanced"),
        ({"postings": []}, "directive.unbalanced"),
        ({"postings": [{"account": "heaven", "fen": 0}]}, "directive.unknown_account"),
        ({"reason": ""}, "wire.malformed"),
    ):
        with pytest.raises(AssertionError) as refused:
            bureau.issue(**change)
        assert f'"code":"{code}"' in str(refused.value)
    assert bureau.standings() == {}
    bureau.sync()
    assert bureau.views() == ()


def test_a_directive_changed_on_the_way_is_shown_as_forged(bureau: Bureau) -> None:
    number = bureau.issue()
    _tamper(bureau, lambda record: record.update(reason="另一个理由"))
    before = dict(bureau.outlet.books.balances())
    assert [(view.state, view.code) for view in bureau.views()] == [("refused", "directive.forged")]
    with pytest.raises(UserError) as refused:
        bureau.outlet.cases.directives.accept(number)
    assert refused.value.code == "directive.forged"
    assert dict(bureau.outlet.books.balances()) == before
    # Asked again over an honest line nothing new comes: the centre issues it anew.
    bureau.sync()
    assert bureau.outlet.cases.directives.waiting() == 0
