"""Two counters and one platform under arbitrary hands: who gives back what, with any bad luck.

Everything is real but the line: books, use cases, the platform's ledger, intake and gateway. A
request or its answer may be lost, or a request may come after everything else.
"""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from sync.central import gateway, intake, refund_gateway, refund_ledger, schema
from sync.central.platform import Platform, Settings
from sync.wire.messages import ChargeRequest, RefundRequest
from sync.wire.refunds import ClaimRequest
from sync.wire.refusal import Refusal
from terminal.app.refunding import Prepared, Wish
from terminal.domain.attempt import Answer, next_step
from terminal.domain.errors import UserError
from terminal.domain.proof import sale_proof_text
from terminal.store.sync_file import SYNC_FILE
from terminal.store.sync_store import SyncStore
from tests.helpers.outlet import MANAGER, MANAGER_PIN, PIN, SENIOR, SENIOR_PIN
from tests.helpers.payments import payer_code
from tests.helpers.quick_outlet import QuickOutlet, Ready
from tests.helpers.refund_settling import no_code_is_paid_twice, settle_one

PEN = "P0011"
FLOAT_PIECES = 4_000
CAP_FEN = 20_000
GRAIN = 160
"""Pieces that are sold at once; half of them may go back at once."""
FATE = st.sampled_from(["", "", "", "request", "answer", "late"])
DEATH = st.sampled_from(["", "", "", "", "intended", "claimed", "booking"])
WHO = st.integers(0, 1)
_LOST: Mapping[str, Any] = {"outcome": "unknown", "code": "platform.timeout", "result": {}}


@dataclass
class Road:
    """A terminal's line to the platform; what befalls the next request is set by the test."""

    platform: Platform
    terminal_id: str
    late: list[Callable[[], object]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._rules = {
            "refund.sale": self._look,
            "refund.claim": self._claim,
            "payment.refund": self._refund,
        }

    def call(self, name: str, params: Mapping[str, Any], fate: str) -> Mapping[str, Any]:
        """Ask; see ``terminal.ports.sync_state.PlatformCalls``."""
        if fate == "late":
            self.late.append(lambda: self._answered(name, params))
        if fate in ("request", "late"):
            return _LOST
        reply = self._answered(name, params)
        return _LOST if fate == "answer" else reply

    def _answered(self, name: str, params: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            answer = self._rules[name](params)
        except Refusal as refusal:
            told = {"outcome": "refused", "code": refusal.code, "params": refusal.params}
            return {**told, "result": {}}
        return {"outcome": "ok", "code": "", "result": answer.format()}

    def _look(self, params: Mapping[str, Any]) -> Any:
        database, me = self.platform.database, self.terminal_id
        name = refund_ledger.SaleName(params["terminal_id"], params["seq"])
        return database.look(lambda connection: refund_ledger.look(connection, me, name))

    def _claim(self, params: Mapping[str, Any]) -> Any:
        request, me = ClaimRequest.parse(dict(params)), self.terminal_id
        key = refund_ledger.SaleName(request.terminal_id, request.seq).key
        return self.platform.database.ordered(
            key, lambda connection: refund_ledger.claim(connection, me, request)
        )

    def _refund(self, params: Mapping[str, Any]) -> Any:
        request = RefundRequest(params["refund_no"], params["amount_fen"])
        number, me = params["out_trade_no"], self.terminal_id
        return self.platform.database.transaction(
            lambda connection: refund_gateway.refund(connection, me, number, request)
        )


@dataclass
class Desk:
    """One counter of a run."""

    outlet: QuickOutlet
    road: Road
    store: SyncStore
    lifted_fen: int = 0

    def line(self, *, up: bool) -> None:
        """What the agent says of the line."""
        self.store.put_state({"online": "1" if up else "0"})

    def upload(self, most: int = 500) -> None:
        """Entries the platform does not have yet, through its own intake."""
        me, platform = self.road.terminal_id, self.road.platform
        held = intake.head(platform, me).seq
        rows = [e.to_wire() for e in self.outlet.books.all_entries() if e.seq > held]
        for at in range(0, min(len(rows), most), 500):
            intake.store(platform, me, rows[at : min(at + 500, most)])

    def given(self, order_no: str) -> int:
        """Pieces given back here."""
        back = self.outlet.books.refunds.given_back(order_no)
        return sum(quantity for quantity, _ in back.lines.values())

    def restart(self) -> None:
        """The process ends; the desk opens again."""
        self.outlet.crash().refunding.resume()
        self.outlet.cases.session.unlock(PIN)


@dataclass(frozen=True)
class Sale:
    """What was sold, and what the customer holds."""

    order_no: str
    pieces: int
    slip: str


class TwoCounters(RuleBasedStateMachine):
    """The rules, and what must hold after every step and at the end."""

    ready: tuple[Ready, Ready]
    template: Path
    folder: Path
    steps = itertools.count()
    happened: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        run = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(self.template, run / "platform")
        self.platform = Platform(Settings(run / "platform"))
        self.desks = [self._desk(ready, run / str(n)) for n, ready in enumerate(self.ready)]
        self.sales: list[Sale] = []
        for who in (0, 1):
            self._sell(who, FLOAT_PIECES, by_code=False)
        self.sales.clear()

    def _desk(self, ready: Ready, home: Path) -> Desk:
        outlet = QuickOutlet(ready, home)
        outlet.cases.session.unlock(PIN)
        store = SyncStore(home / SYNC_FILE, ready.keys.db_key)
        desk = Desk(outlet, Road(self.platform, ready.identity.terminal_id), store)
        desk.line(up=True)
        return desk

    @initialize(pieces=st.integers(1, 2), up=st.tuples(st.booleans(), st.booleans()))
    def begin(self, pieces: int, up: tuple[bool, bool]) -> None:
        """A customer has bought something already, on a good day or a bad one."""
        self.sell(0, pieces, by_code=pieces == 1, uploads=up[0])
        for who in (0, 1):
            self.line(who, up=up[who])

    @rule(who=WHO, pieces=st.integers(1, 3), by_code=st.booleans(), uploads=st.booleans())
    def sell(self, who: int, pieces: int, by_code: bool, uploads: bool) -> None:
        """A customer buys pens."""
        self._sell(who, pieces * GRAIN, by_code=by_code)
        if uploads:
            self.desks[who].upload()

    def _sell(self, who: int, pieces: int, *, by_code: bool) -> None:
        cases = self.desks[who].outlet.cases
        cases.ordering.add_item(PEN, pieces)
        intent = cases.ordering.basket.sale_intent
        if by_code:
            order = cases.codes.arm(intent, payer_code("paid"))
            number, fen = order.attempt.out_trade_no, order.attempt.amount_fen
            me, code = self.desks[who].road.terminal_id, payer_code("paid")
            request = ChargeRequest(number, fen, code, "wechat", "")
            self.platform.database.transaction(
                lambda connection: gateway.charge(connection, me, request)
            )
            cases.codes.record(number, next_step(order.attempt).action, Answer("ok", "paid", fen))
            done = cases.paying.finish(intent).done
        else:
            form = cases.paying.begin()
            done = cases.paying.tender_cash(form.form_id, form.cash_remaining_text).done
        assert done is not None
        (entry,) = self.desks[who].outlet.books.entries(limit=1)
        self.sales.append(Sale(done.order_no, pieces, sale_proof_text(entry)))

    @rule(who=WHO, up=st.booleans())
    def line(self, who: int, up: bool) -> None:
        """The line goes or comes back."""
        self.desks[who].line(up=up)

    @rule(
        who=WHO,
        place=st.integers(0, 2),
        pieces=st.integers(1, 4),
        fates=st.tuples(FATE, FATE),
        death=DEATH,
        manager=st.booleans(),
    )
    def give_back(
        self, who: int, place: int, pieces: int, fates: tuple[str, str], death: str, manager: bool
    ) -> None:
        """A slip is scanned and pieces go back, or the counter dies on the way."""
        if not self.sales:
            return
        desk, sale = self.desks[who], self.sales[place % len(self.sales)]
        second = (MANAGER, MANAGER_PIN) if manager else (SENIOR, SENIOR_PIN)
        try:
            self._give_back(desk, sale, pieces * GRAIN // 2, fates, death, second)
            self.happened["give_back"] += 1
        except UserError as refused:
            self.happened[refused.code] += 1
        except SystemExit:
            self.happened[f"died {death}"] += 1
            desk.restart()

    def _give_back(
        self,
        desk: Desk,
        sale: Sale,
        pieces: int,
        fates: tuple[str, str],
        death: str,
        second: tuple[str, str],
    ) -> None:
        refunding = desk.outlet.cases.refunding
        question = refunding.question(sale.slip)
        word = None if question is None else desk.road.call("refund.sale", question, fates[0])
        form = refunding.begin(sale.slip, word)
        wish = Wish(form.form_id, "return", {form.lines[0].line_id: pieces}, "wrong_goods")
        prepared = refunding.prepare(wish, *second)
        if death == "intended":
            raise SystemExit
        claim = prepared.claim
        word = None if claim is None else desk.road.call("refund.claim", claim, fates[1])
        if death == "claimed":
            raise SystemExit
        desk.outlet.clock.dies_at_next_reading = death == "booking"
        try:
            done = refunding.book(prepared, word)
        finally:
            desk.outlet.clock.dies_at_next_reading = False
        if prepared.grant.question.action == "offline_limit" and done.standing == "provisional":
            desk.lifted_fen += round(float(done.money_text) * 100)
        self._press_again(desk, prepared, word)

    def _press_again(self, desk: Desk, prepared: Prepared, word: Any) -> None:
        """A second press finds what the first one booked."""
        head = desk.outlet.books.head()
        assert desk.outlet.cases.refunding.book(prepared, word).already_saved
        assert desk.outlet.books.head() == head

    @rule(who=WHO)
    def die(self, who: int) -> None:
        """The process ends between two acts."""
        self.desks[who].restart()

    @rule(who=WHO, most=st.sampled_from([1, 2, 5, 500]))
    def upload(self, who: int, most: int) -> None:
        """Some of what waits arrives."""
        self.desks[who].upload(most)

    @rule(who=WHO, fate=FATE)
    def ask_channel(self, who: int, fate: str) -> None:
        """The driver asks for money that goes back through a channel."""
        desk = self.desks[who]
        money = desk.outlet.cases.refund_money
        for payment in money.to_ask():
            asked = {
                "out_trade_no": payment.out_trade_no,
                "refund_no": payment.number,
                "amount_fen": payment.amount_fen,
            }
            money.record(payment.number, desk.road.call("payment.refund", asked, fate))

    @rule(who=WHO, cash=st.booleans(), fate=FATE, dies=st.booleans())
    def settle_refused(self, who: int, cash: bool, fate: str, dies: bool) -> None:
        """Two people pay refused money in cash, or take its refund back, or the counter dies."""
        desk = self.desks[who]
        for payment in desk.outlet.cases.refund_money.pending():
            if payment.state != "refused":
                continue
            try:
                settle_one(desk, payment.number, fate, cash=cash, dies=dies)
                self.happened["paid in cash" if cash else "taken back"] += 1
            except UserError as refused:
                self.happened[refused.code] += 1
            except SystemExit:
                self.happened["died settling"] += 1
                desk.restart()

    @rule(who=WHO)
    def deliver_late(self, who: int) -> None:
        """What was held up on the way arrives now."""
        late, self.desks[who].road.late = self.desks[who].road.late, []
        for request in late:
            request()

    @invariant()
    def postings_sum_to_zero(self) -> None:
        """At both counters."""
        next(TwoCounters.steps)
        for desk in self.desks:
            assert sum(desk.outlet.books.balances().values()) == 0

    @invariant()
    def no_counter_gives_back_more_than_the_cap_unasked(self) -> None:
        """But for what a branch manager allowed."""
        for desk in self.desks:
            books = desk.outlet.books
            given = books.refunds.provisional_fen(books.day().business_date)
            assert given - desk.lifted_fen <= CAP_FEN

    @invariant()
    def a_channel_gives_back_no_more_than_it_took(self) -> None:
        """By the gateway's own book, payment by payment."""
        ledger = schema.gateway_ledger.c
        sums = select(func.sum(ledger.fen)).group_by(ledger.out_trade_no)
        with_read = self.platform.database.look(lambda connection: list(connection.scalars(sums)))
        assert all(int(fen) >= 0 for fen in with_read)

    def teardown(self) -> None:
        """Everything arrives: what exceeds a sale has a task, and nothing else has."""
        try:
            for who, desk in enumerate(self.desks):
                desk.restart()
                self.deliver_late(who)
                for _ in range(3):
                    self.ask_channel(who, "")
            for desk in self.desks:
                desk.upload()
            for who in (0, 1):
                self.settle_refused(who, cash=True, fate="", dies=False)
                self.settle_refused(who, cash=False, fate="", dies=False)
            no_code_is_paid_twice(self.platform, self.desks)
            self._settle()
        finally:
            for desk in self.desks:
                desk.store.close()
                desk.outlet.close()
            self.platform.database.close()

    def _settle(self) -> None:
        tasks, claims = schema.tasks.c, schema.refund_claims.c
        with_tasks = select(tasks.evidence).where(tasks.code == refund_ledger.EXCEEDED)
        named = self.platform.database.look(lambda c: list(c.scalars(with_tasks)))
        for sale in self.sales:
            given = sum(desk.given(sale.order_no) for desk in self.desks)
            told = any(f'"{sale.order_no}"' in evidence for evidence in named)
            self.happened["exceeded"] += told
            assert told == (given > sale.pieces), (sale.order_no, given, sale.pieces)
        kept = select(func.count()).where(claims.state == "reserved")
        assert self.platform.database.look(lambda c: c.scalar(kept)) == 0
        channel = sum(
            fen
            for desk in self.desks
            for name, fen in desk.outlet.books.balances().items()
            if name.startswith("channel:")
        )
        net = select(func.coalesce(func.sum(schema.gateway_ledger.c.fen), 0))
        assert self.platform.database.look(lambda c: c.scalar(net)) == channel
