"""Print jobs: persistent, printed once, reprinted only with a mark."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from terminal.app.receipts import laid_out
from terminal.domain.china_time import local_time
from terminal.domain.document import Document
from terminal.domain.errors import OutletError, UserError
from terminal.domain.profile import Profile
from terminal.ports.books import PrintJob
from tests.helpers.documents import words_of
from tests.helpers.inbox import tell_setting
from tests.helpers.outlet import CLERK, RICE, SENIOR, SENIOR_PIN, Outlet, Template

pytest_plugins = ["tests.helpers.outlet_fixtures"]


def _code(act: object) -> str:
    assert callable(act)
    with pytest.raises(OutletError) as refused:
        act()
    return refused.value.code


def _on_paper(outlet: Outlet, job: PrintJob) -> str:
    return words_of(laid_out(outlet.cases.context, job))


def _set(outlet: Outlet, job_id: str, state: str) -> None:
    with outlet.books.transaction() as tx:
        tx.set_print_state(job_id, state, "")


def test_a_reprint_is_journaled_marked_and_numbered(counter: Outlet) -> None:
    order_no = counter.sell()
    assert [counter.cases.slips.reprint().copy, counter.cases.slips.reprint(order_no).copy] == [
        1,
        2,
    ]
    assert counter.books.copies_of(order_no) == 2
    newest, _, original = counter.books.print_jobs(limit=9)
    assert (newest.copy, original.copy) == (2, 0)
    assert "第2次补打" in _on_paper(counter, newest)
    assert "补打" not in _on_paper(counter, original)
    reprints = counter.books.entries(limit=2)
    assert [entry.kind for entry in reprints] == ["slip.reprinted"] * 2
    assert reprints[0].body["slip"] == "receipt"
    assert reprints[0].body["reference"] == reprints[0].body["order_no"] == order_no


def test_a_reprint_names_the_moment_and_the_person_of_its_entry(counter: Outlet) -> None:
    order_no = counter.sell()
    counter.cases.session.sign_off()
    counter.cases.session.sign_on(SENIOR, SENIOR_PIN)
    counter.cases.slips.reprint(order_no)
    (job,), (entry,) = counter.books.print_jobs(limit=1), counter.books.entries(limit=1)
    text = words_of(Document.from_json(job.document))
    made = local_time(entry.recorded_at).strftime("%Y-%m-%d %H:%M:%S")
    assert (entry.kind, job.created_at) == ("slip.reprinted", entry.recorded_at)
    assert f"补打时间|{made}" in text
    assert f"补打柜员|{SENIOR}" in text
    assert f"台席/柜员|T02/{CLERK}" in text


def test_the_outlets_english_address_comes_with_its_profile(counter: Outlet) -> None:
    profile = counter.cases.context.profile
    outlet = {
        "code": profile.outlet_code,
        "name_zh": profile.outlet_name_zh,
        "name_en": profile.outlet_name_en,
        "address_zh": profile.address_zh,
        "address_en": "1 Demo Road, Chengdu",
        "phone": profile.phone,
    }
    told = Profile.from_json({**profile.settings, "outlet": outlet})
    assert told.address("en") == "1 Demo Road, Chengdu"
    assert told.address("zh_CN") == profile.address_zh


@pytest.mark.parametrize(
    ("known", "name", "address"),
    [
        ({}, "Tianfu New Area Post Office", "四川省成都市天府新区（演示地址）"),
        ({"address_en": "1 Demo Road, Chengdu"}, "Tianfu New Area Post Office", "1 Demo Road"),
        ({"outlet_name_en": ""}, "天府新区邮政支局", "四川省成都市天府新区（演示地址）"),
    ],
)
def test_an_english_slip_says_in_english_what_the_platform_wrote_in_english(
    counter: Outlet, known: dict[str, Any], name: str, address: str
) -> None:
    context = counter.cases.context
    context.profile = replace(context.profile, **known)
    counter.cases.settings.set_preference("language", "en")
    counter.sell()
    (job,) = counter.books.print_jobs(limit=1)
    text = _on_paper(counter, job)
    assert name in text
    assert address in text


def test_rules_on_compensation_stand_only_where_mail_is_accepted(
    counter: Outlet, outlet_template: Template
) -> None:
    counter.sell()
    (goods,) = counter.books.print_jobs(limit=1)
    assert "赔偿" not in _on_paper(counter, goods)
    business = {"code": "postage", "name_zh": "邮资", "name_en": "Postage", "accepts_mail": True}
    tell_setting(counter.home, outlet_template.platform, "business_codes", [business])
    counter.sell()
    (mail,) = counter.books.print_jobs(limit=1)
    text = _on_paper(counter, mail)
    assert "赔偿规定" in text
    assert "三倍" in text
    counter.sell(RICE, 500)
    (loose,) = counter.books.print_jobs(limit=1)
    assert "赔偿" not in _on_paper(counter, loose)


def test_the_slip_of_a_sale_is_laid_out_when_it_is_sent_in_the_language_it_was_sold_in(
    counter: Outlet,
) -> None:
    counter.sell()
    (job,) = counter.books.print_jobs(limit=1)
    before = laid_out(counter.cases.context, job)
    counter.cases.settings.set_preference("language", "en")
    counter.crash()
    assert laid_out(counter.cases.context, job) == before
    assert Document.from_json(before.to_json()) == before
    with pytest.raises(UserError, match=r"order\.unknown"):
        laid_out(counter.cases.context, replace(job, order_no="61020303-02-009999"))


def test_there_is_nothing_to_reprint_before_a_sale(counter: Outlet) -> None:
    assert _code(counter.cases.slips.reprint) == "order.unknown"
    assert _code(lambda: counter.cases.slips.reprint("61020303-02-009999")) == "order.unknown"


def test_a_job_that_surely_is_not_on_paper_goes_again_as_it_is(counter: Outlet) -> None:
    counter.sell()
    (job,) = counter.cases.slips.jobs()
    _set(counter, job.job_id, "waiting")
    assert counter.cases.slips.retry(job.job_id).copy == 0
    assert [row.state for row in counter.cases.slips.jobs()] == ["queued"]


def test_a_job_that_may_be_on_paper_goes_again_as_a_marked_reprint(counter: Outlet) -> None:
    counter.sell()
    (job,) = counter.cases.slips.jobs()
    _set(counter, job.job_id, "unconfirmed")
    assert counter.cases.slips.retry(job.job_id).copy == 1
    assert [row.state for row in counter.cases.slips.jobs()] == ["queued", "given_up"]


def test_what_is_printed_or_unknown_is_not_sent_again(counter: Outlet) -> None:
    counter.sell()
    (job,) = counter.cases.slips.jobs()
    _set(counter, job.job_id, "printed")
    assert _code(lambda: counter.cases.slips.retry(job.job_id)) == "print.already_printed"
    assert _code(lambda: counter.cases.slips.retry("no-such-job")) == "print.no_such_job"


def test_a_test_page_may_simply_be_sent_again(counter: Outlet) -> None:
    job = counter.cases.slips.test_page()
    _set(counter, job.job_id, "unconfirmed")
    assert counter.cases.slips.retry(job.job_id).job_id == job.job_id
    assert counter.books.next_print_job() is not None


def _sign_off_unsure(counter: Outlet) -> str:
    """A sign-off whose slip may be on paper; another clerk has signed on since."""
    counter.sell()
    counter.cases.session.sign_off()
    (job, _) = counter.cases.slips.jobs()
    _set(counter, job.job_id, "unconfirmed")
    counter.cases.session.sign_on(SENIOR, SENIOR_PIN)
    return job.job_id


def test_a_sign_off_slip_that_may_be_on_paper_goes_again_marked_and_journaled(
    counter: Outlet,
) -> None:
    job_id = _sign_off_unsure(counter)
    first = counter.books.print_job(job_id)
    assert first is not None
    again = counter.cases.slips.retry(job_id)
    copy, (entry,) = counter.books.print_job(again.job_id), counter.books.entries(limit=1)
    assert copy is not None
    assert (copy.copy, copy.kind, copy.order_no) == (1, "session", "")
    text, original = (words_of(Document.from_json(job.document)) for job in (copy, first))
    assert "第1次补打" in text
    assert f"补打柜员|{SENIOR}" in text
    assert text.endswith(original), "every figure as it was"
    assert (entry.kind, entry.version, entry.clerk_id) == ("slip.reprinted", 2, SENIOR)
    seq = entry.body["original_seq"]
    assert entry.body == {
        "slip": "session",
        "reference": f"#{seq}",
        "copy": 1,
        "original_seq": seq,
    }
    signed_off = counter.books.entry(int(str(seq)))
    assert signed_off is not None
    assert signed_off.kind == "clerk.signed_off"
    states = {job.job_id: job.state for job in counter.cases.slips.jobs()}
    assert (states[job_id], states[again.job_id]) == ("given_up", "queued")


def test_a_copy_of_a_sign_off_slip_is_copied_from_the_original(counter: Outlet) -> None:
    once = counter.cases.slips.retry(_sign_off_unsure(counter))
    _set(counter, once.job_id, "unconfirmed")
    twice = counter.cases.slips.retry(once.job_id)
    assert twice.copy == 2
    job = counter.books.print_job(twice.job_id)
    assert job is not None
    text = words_of(Document.from_json(job.document))
    assert "第2次补打" in text
    assert "第1次补打" not in text
    assert counter.books.read_model_differences() == []


def test_a_sign_off_slip_that_surely_is_not_on_paper_goes_as_it_is(counter: Outlet) -> None:
    job_id = _sign_off_unsure(counter)
    _set(counter, job_id, "waiting")
    assert counter.cases.slips.retry(job_id).job_id == job_id
    assert counter.books.entries(limit=1)[0].kind == "clerk.signed_on"


def test_jobs_survive_a_crash_and_one_in_the_printer_becomes_unconfirmed(counter: Outlet) -> None:
    counter.sell()
    counter.sell()
    newer, older = counter.cases.slips.jobs()
    _set(counter, older.job_id, "printing")
    after = counter.crash().slips.jobs()
    assert [(job.job_id, job.state) for job in after] == [
        (newer.job_id, "queued"),
        (older.job_id, "unconfirmed"),
    ]
    assert after[1].reason_code == "print.interrupted"
    waiting = counter.books.next_print_job()
    assert waiting is not None
    assert waiting.job_id == newer.job_id
