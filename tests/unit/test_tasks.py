"""What a person can do about a refused business is offered, and nothing else."""

from __future__ import annotations

import pytest

from terminal.domain.tasks import ALL, choices
from tests.helpers.outlet import Outlet
from tests.unit.test_queue import park

pytest_plugins = ["tests.helpers.outlet_fixtures"]


@pytest.mark.parametrize(
    ("lane", "code", "offered"),
    [
        ("vault", "sealed_box.not_opened", ("reverse", "reroute")),
        ("attachments", "attachment.too_large", ("reroute",)),
        ("attachments", "attachment.damaged", ()),
        ("vault", "deposit.bad_receipt", ()),
        ("vault", "wire.malformed", ()),
        ("journal", "terminal.revoked", ()),
    ],
)
def test_known_refusal_offers_what_helps(lane: str, code: str, offered: tuple[str, ...]) -> None:
    assert choices(lane, code) == offered


def test_refusal_nobody_has_heard_of_offers_everything(counter: Outlet) -> None:
    park(counter, "vault", "addressee.embargoed", "R-1")
    (hold,) = counter.cases.queue.holds()
    assert (hold.reason_code, hold.choices) == ("addressee.embargoed", ALL)
