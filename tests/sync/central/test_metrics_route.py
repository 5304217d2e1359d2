"""What a monitoring system reads: the published format, true counts, nobody's name."""

from __future__ import annotations

import re

import pytest
import requests

from sync.central.metrics import Histogram
from tests.helpers.bare_terminal import Terminal, error
from tests.helpers.central import Central

SAMPLE = re.compile(r'(postal_[a-z_]+)({([a-z]+="[^"\n]*",?)+})? (-?[0-9.e+-]+)')


def scrape(central: Central) -> dict[str, float]:
    with requests.Session() as session:
        session.trust_env = False
        answer = session.get(central.url + "/metrics", timeout=10)
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    found: dict[str, float] = {}
    for line in answer.text.splitlines():
        if not line.startswith("#"):
            match = SAMPLE.fullmatch(line)
            assert match, line
            found[match[1] + (match[2] or "")] = float(match[4])
    return found


def test_uploads_refusals_and_states_are_counted_and_nobody_is_named(terminal: Terminal) -> None:
    central = terminal.central
    before = scrape(central)
    entries = [terminal.add() for _ in range(3)]
    terminal.ack(terminal.upload(entries))
    assert error(terminal.upload([terminal.add(), terminal.add()][1:]))[1] == "journal.gap"
    after = scrape(central)
    route = "POST /v1/terminals/{terminal_id}/journal"

    def more(name: str) -> float:
        return after[name] - before.get(name, 0)

    assert more(f'postal_requests_total{{route="{route}",outcome="ok"}}') == 1
    assert more(f'postal_requests_total{{route="{route}",outcome="journal.gap"}}') == 1
    assert more(f'postal_request_seconds_count{{route="{route}"}}') == 2
    assert more(f'postal_request_seconds_bucket{{route="{route}",le="+Inf"}}') == 2
    assert more("postal_intake_entries_total") == 3
    assert more('postal_intake_batch_entries_bucket{le="5"}') == 2
    assert more("postal_journal_entries") == 3
    assert more('postal_terminals{state="speaking"}') == 1
    assert not any(terminal.id in name for name in after)


def test_a_buckets_bound_belongs_to_it_and_each_holds_those_before() -> None:
    histogram = Histogram((1, 5))
    for value in (1, 2, 9):
        histogram.add(value)
    found = [
        (labels[-1][1], count) for end, labels, count in histogram.samples() if end == "_bucket"
    ]
    assert found == [("1", 1), ("5", 2), ("+Inf", 3)]


@pytest.mark.parametrize("running", ["sqlite"], indirect=True)
def test_whatever_a_code_is_made_of_stays_on_its_line(central: Central) -> None:
    central.execute(
        "INSERT INTO tasks (terminal_id, seq, code, evidence, at)"
        " VALUES ('x', 1, 'a\"b\\c' || char(10), '', '')"
    )
    with requests.Session() as session:
        session.trust_env = False
        text = session.get(central.url + "/metrics", timeout=10).text
    assert 'postal_tasks_waiting{code="a\\"b\\\\c\\n"} 1' in text.splitlines()
    central.execute("DELETE FROM tasks WHERE terminal_id = 'x'")
