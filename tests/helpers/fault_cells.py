"""What each request that changes something must survive: the scenarios of the fault matrix."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from sync.client.agent import run_once
from sync.client.courier import carried_in, outgoing_beside_a_counter
from sync.client.enrol import PENDING_FILE, enrol
from sync.client.http import PlatformLine
from sync.client.pace import Pace
from sync.client.payments import Payments
from sync.client.session import Session
from sync.client.signing import signer_from
from terminal.app.code_payments import Order
from terminal.domain.errors import OutletError
from terminal.ports.sync_state import PlatformCalls
from terminal.store.identity import IDENTITY_FILE, read_identity
from terminal.store.keystore import key_store
from tests.helpers import approval_cells, deposit_cells, refund_cells
from tests.helpers.central import Central
from tests.helpers.enrolled_terminal import EnrolledTerminal, enrolled_terminal
from tests.helpers.faulty_road import REFUSALS, Fault, FaultyRoad, Request
from tests.helpers.journal_writer import wire_text
from tests.helpers.outlet import STAMP, Outlet
from tests.helpers.payments import Driving, own_line, payer_code

CONTRACT = json.loads(
    (Path(__file__).resolve().parents[2] / "docs" / "openapi.json").read_text(encoding="utf-8")
)
# Nobody waits for a fault that is shorter than this.
PACE = Pace(read_s=0.3, charge_s=0.3, query_s=0.3, rest_s=0.05)
TRIES = 4
Operation = tuple[str, str]
Wrap = Callable[[PlatformCalls], PlatformCalls]


def mutating(contract: Mapping[str, Any]) -> list[Operation]:
    """What a terminal may change; the operator's doors are for people who see the answer."""
    return [
        (method.upper(), path)
        for path, operations in contract["paths"].items()
        for method, operation in operations.items()
        if method != "get"
        and not any(parameter["name"] == "X-Admin" for parameter in operation["parameters"])
    ]


def codes(operation: Operation, fault: Fault) -> list[str]:
    """Every refusal the contract has for this, and one nobody has heard of."""
    if fault not in REFUSALS:
        return [""]
    status = str(REFUSALS[fault])
    said = CONTRACT["paths"][operation[1]][operation[0].lower()]["responses"].get(status, {})
    known = re.findall(r"[a-z]+\.[a-z_]+", said.get("description", ""))
    unheard_of = "idempotency.in_flight" if fault == "409" else "platform.busy"
    return sorted({*known, unheard_of})


def hits(operation: Operation) -> Callable[[Request], bool]:
    method, path = operation
    pattern = re.compile(re.sub(r"{\w+}", "[^/]+", path))
    return lambda request: request.method == method and bool(pattern.fullmatch(request.path))


@dataclass
class Cell:
    """One fault on one request; the parts a scenario may need."""

    operation: Operation
    fault: Fault
    code: str
    road: FaultyRoad
    platform: Central
    folder: Path

    def spring(self) -> None:
        """The next request of this kind meets the fault."""
        self.road.lay(self.fault, hits(self.operation), self.code)

    @property
    def label(self) -> str:
        return f"{self.operation} {self.fault} {self.code}"


def upload(cell: Cell, terminal: EnrolledTerminal) -> None:
    terminal.append(4)
    with (
        terminal.through(cell.road.url),
        closing(Session(terminal.home, terminal.keys, pace=PACE)) as session,
    ):
        cell.spring()
        first = session.uploader.run()
        if cell.fault in ("409", "422") and first.code not in ("", "idempotency.in_flight"):
            assert first.held, cell.label
            with terminal.reader() as reader:
                assert [item.code for item in reader.parked()] == [cell.code]
        else:
            assert not first.held, cell.label
        tries = 1
        while session.uploader.run().code:
            tries += 1
            assert tries < TRIES, cell.label
        cell.road.deliver_late()
        assert session.uploader.run(probe=True).code == ""
    ours = [wire_text(entry) for entry in terminal.written]
    held = [json.dumps(entry, sort_keys=True, ensure_ascii=False) for entry in terminal.held()]
    assert held == ours, cell.label
    with terminal.reader() as reader:
        assert reader.confirmed_head().hash == terminal.written[-1].hash
        assert reader.parked() == []


def enrol_machine(cell: Cell, terminal: EnrolledTerminal, forgets: bool = False) -> None:
    del terminal
    code, home = cell.platform.code(), cell.folder / f"new {cell.code}"
    before = _terminals(cell.platform)
    cell.spring()
    tries = 0
    while not (home / IDENTITY_FILE).exists():
        tries += 1
        assert tries < TRIES, f"never enrolled: {cell.label}"
        try:
            enrol(home, cell.road.url, code)
        except OutletError:
            cell.road.deliver_late()
            if forgets:
                (home / PENDING_FILE).unlink()
    cell.road.deliver_late()
    assert _terminals(cell.platform) == before + 1, cell.label
    identity, keys = read_identity(home), key_store(home).load()
    line = PlatformLine(cell.platform.url, identity.terminal_id, signer_from(keys.seed))
    assert line.get(f"/v1/terminals/{identity.terminal_id}/head").outcome == "ok", cell.label
    line.close()
    assert not (home / PENDING_FILE).exists()


def _terminals(platform: Central) -> int:
    line = PlatformLine(platform.url)
    text = line.get("/metrics", raw=True).content.decode()
    line.close()
    return sum(int(count) for count in re.findall(r"postal_terminals{.+} (\d+)", text))


def lease(cell: Cell, terminal: EnrolledTerminal) -> None:
    asked = {"kind": "order", "used_to": 0}
    with (
        terminal.through(cell.road.url),
        closing(Session(terminal.home, terminal.keys, pace=PACE)) as session,
        terminal.reader() as reader,
    ):
        before = reader.ranges("order")
        cell.spring()
        tries = 0
        while reader.ranges("order") == before:
            assert tries < TRIES, f"never leased: {cell.label}"
            reply, tries = session.call("ranges.lease", asked), tries + 1
            assert (reply["outcome"] == "ok") == (reader.ranges("order") != before), cell.label
        cell.road.deliver_late()
        assert session.call("ranges.lease", asked)["outcome"] == "ok"
        leased = sorted((item.lo, item.hi) for item in reader.ranges("order"))
    assert all(low[1] < high[0] for low, high in pairwise(leased)), leased
    assert len(leased) == len(before) + 2


@dataclass
class MoneyDesk:
    """A counter and its own platform, and the two books that must agree."""

    outlet: Outlet
    platform: Central

    def net_fen(self) -> int:
        """What the gateway holds, by its own book."""
        return int(self.platform.admin("GET", "/v1/admin/ledger")["gateway"]["net_fen"])

    def channel_fen(self) -> int:
        """What the journal says it holds."""
        return sum(
            fen
            for account, fen in self.outlet.books.balances().items()
            if account.startswith("channel:")
        )

    @contextmanager
    def driving(self, url: str, wrap: Wrap) -> Iterator[Driving]:
        """The product's driver over the given road."""
        with own_line(self.outlet.home, url) as line:
            driving = Driving(self.outlet, wrap(Payments(line, PACE)))
            try:
                yield driving
            finally:
                driving.stop()

    def arm(self) -> tuple[str, Order]:
        """A basket on the counter and the customer's code asked for."""
        cases = self.outlet.cases
        cases.ordering.add_item(STAMP, 2)
        form = cases.paying.begin()
        return form.form_id, cases.codes.arm(form.form_id, payer_code("paid"))

    def complete(self, form_id: str) -> None:
        """The sale goes through, with the code's money or with cash."""
        paying = self.outlet.cases.paying
        form = paying.finish(form_id)
        if form.done is None:
            form = paying.tender_cash(form_id, form.cash_remaining_text)
        assert form.done is not None

    def agree(self, label: str) -> None:
        """The oracle: the gateway's own book and ours, and nothing left open."""
        assert self.outlet.books.open_attempts() == (), label
        assert self.channel_fen() == self.net_fen(), label


def _as_it_is(calls: PlatformCalls) -> PlatformCalls:
    return calls


def charge(cell: Cell, desk: MoneyDesk, wrap: Wrap = _as_it_is) -> None:
    form_id, order = desk.arm()
    cell.spring()
    with desk.driving(cell.road.url, wrap) as driving:
        state = driving.until_settled(order, payer_code("paid"))
    cell.road.deliver_late()
    if cell.fault == "duplicate":
        assert state == "paid", cell.label
    desk.complete(form_id)
    desk.agree(cell.label)


def reverse(cell: Cell, desk: MoneyDesk, wrap: Wrap = _as_it_is) -> None:
    form_id, order = desk.arm()
    before = desk.net_fen()
    with desk.driving(cell.road.url, wrap) as driving:
        assert driving.until_settled(order, payer_code("paid")) == "paid"
    back = desk.outlet.cases.codes.give_back(order.attempt.out_trade_no)
    cell.spring()
    with desk.driving(cell.road.url, wrap) as driving:
        assert driving.until_settled(back) == "reversed", cell.label
    cell.road.deliver_late()
    assert desk.net_fen() == before, cell.label
    desk.complete(form_id)
    desk.agree(cell.label)


def carry(cell: Cell, terminal: EnrolledTerminal) -> None:
    """A terminal brings what another one sealed; here both are one, only the file counts."""
    terminal.append(3)
    stick = cell.folder / f"stick {cell.code}"
    outgoing_beside_a_counter(terminal.home, terminal.keys).to_folder(stick)
    with enrolled_terminal(cell.folder / f"carrier {cell.code}", cell.platform) as carrier:
        run_once(carrier.home)
        with (
            carrier.through(cell.road.url),
            closing(Session(carrier.home, carrier.keys, pace=PACE)) as session,
        ):
            cell.spring()
            (first,) = session.courier.take(carried_in(stick))
            assert (first.state == "refused") == (cell.fault == "422"), (cell.label, first)
            tries = 0
            while first.state != "delivered":
                assert tries < TRIES, f"never delivered: {cell.label}"
                (first,) = session.courier.take(carried_in(stick))
                tries += 1
            cell.road.deliver_late()
            session.courier.deliver_held()
    with closing(Session(terminal.home, terminal.keys, pace=PACE)) as session:
        taken = session.courier.take(carried_in(stick))
    assert {item.state for item in taken} == {"confirmed", "own"}, cell.label
    assert terminal.confirmed() == len(terminal.held()) == terminal.count(), cell.label


def look_up(cell: Cell, terminal: EnrolledTerminal) -> None:
    """A look at a balance may fail in every way; nothing is ever charged by it."""
    asked = {"scheme": "prepaid_card", "number": "690000000018"}
    before = cell.platform.admin("GET", "/v1/admin/ledger")["gateway"]
    with (
        terminal.through(cell.road.url),
        closing(Session(terminal.home, terminal.keys, pace=PACE)) as session,
    ):
        cell.spring()
        first = session.call("payment.balance", asked)
        assert first["outcome"] in {"ok", "unknown"}, (cell.label, first)
    with closing(Session(terminal.home, terminal.keys, pace=PACE)) as session:
        again = session.call("payment.balance", asked)
    assert again["outcome"] == "ok", (cell.label, again)
    cell.road.deliver_late()
    assert cell.platform.admin("GET", "/v1/admin/ledger")["gateway"] == before, cell.label


AT_THE_LINE: dict[Operation, Callable[[Cell, EnrolledTerminal], None]] = {
    ("POST", "/v1/terminals/{terminal_id}/journal"): upload,
    ("POST", "/v1/enrolments"): enrol_machine,
    ("POST", "/v1/ranges"): lease,
    # The lane begins with it: what must be true afterwards is the same.
    ("POST", "/v1/terminals/{terminal_id}/session"): upload,
    ("POST", "/v1/courier"): carry,
    ("POST", "/v1/balances"): look_up,
    ("POST", "/v1/approvals"): approval_cells.ask,
    ("POST", "/v1/approvals/{request_id}/answer"): approval_cells.answer,
    ("POST", "/v1/approvals/{request_id}/cancel"): approval_cells.cancel,
    ("POST", "/v1/terminals/{terminal_id}/vault/{record_id}"): deposit_cells.record,
    ("POST", "/v1/terminals/{terminal_id}/attachments/{address}"): deposit_cells.attachment,
}
AT_THE_COUNTER: dict[Operation, Callable[[Cell, MoneyDesk], None]] = {
    ("POST", "/v1/payments"): charge,
    ("POST", "/v1/payments/{out_trade_no}/reverse"): reverse,
    ("POST", "/v1/payments/{out_trade_no}/refunds"): refund_cells.give_part_back,
    ("POST", "/v1/refunds"): refund_cells.claim,
}
CHARGE = next(iter(AT_THE_COUNTER))
UPLOAD, ENROL, *_ = AT_THE_LINE


def missing(contract: Mapping[str, Any]) -> list[Operation]:
    """Rows of the contract that nobody tries."""
    tried = {*AT_THE_LINE, *AT_THE_COUNTER}
    return [operation for operation in mutating(contract) if operation not in tried]
