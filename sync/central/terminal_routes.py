"""What a terminal may ask, before and after its enrolment: each route a few lines over its rule."""

from __future__ import annotations

from fastapi import Response
from sqlalchemy import Connection

from sync.central import (
    catalogue,
    enrolment,
    gateway,
    inbox,
    instruments,
    intake,
    metrics,
    outlet_days,
    ranges,
    refund_gateway,
    sessions,
    snapshots,
    totals,
)
from sync.central.calls import Call, json_answer, proven, reader, require_admin, sender
from sync.central.checking import Sent, read_upload
from sync.central.contract import Route
from sync.central.platform import Platform, compact, now_ms
from sync.wire import messages, packed_journal
from sync.wire.fields import LABEL, Text
from sync.wire.inbox import InboxPage
from sync.wire.messages import MAX_ENTRIES
from sync.wire.outlet_days import OutletDay
from sync.wire.refusal import Refusal
from sync.wire.signing import AckAnswer, read_signed
from sync.wire.totals import JournalTotals

_JOURNAL = "/v1/terminals/{terminal_id}/journal"
_INBOX = "/v1/terminals/{terminal_id}/inbox"
_OUTLET_DAY = "/v1/outlet-days/{business_date}"
_DATE = Text(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PAYMENT = "/v1/payments/{out_trade_no}"
_FORMS = (packed_journal.FORM,)


class OpenRoutes:
    """What needs no signature."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def routes(self) -> list[Route]:
        """This part of the contract."""
        refused = (
            "404 enrolment.code_unknown",
            "409 enrolment.code_used",
            "409 enrolment.outlet_full",
            "410 enrolment.code_expired",
            "422 enrolment.bad_csr",
        )
        request, answer = messages.EnrolmentRequest, messages.EnrolmentAnswer
        return [
            Route("GET", "/v1/health", self.health, "anyone", messages.Health),
            Route("POST", "/v1/enrolments", self.enrol, "anyone", answer, request, refused),
            Route("GET", "/metrics", self.metrics, "anyone", "text/plain"),
        ]

    def health(self, _call: Call) -> Response:
        """Whether the platform works, its life and its time."""
        time_ms, epoch = self._platform.stamp()
        return json_answer(messages.Health("ok", epoch, time_ms).format())

    def enrol(self, call: Call) -> Response:
        """Turn a one-time code into a terminal."""
        request = messages.EnrolmentRequest.parse(call.json())
        return json_answer(enrolment.enrol(self._platform, request).format())

    def metrics(self, _call: Call) -> Response:
        """Counts and times for Prometheus, without a name in them."""
        platform = self._platform
        revoked, heard_ms = platform.faults().revoked, now_ms() - sessions.LEASE_MS
        body = platform.database.look(
            lambda connection: platform.metrics.text(connection, revoked, heard_ms)
        )
        return Response(body, media_type=metrics.MEDIA_TYPE)


class TerminalRoutes:
    """What an enrolled terminal may ask, always signed."""

    def __init__(self, platform: Platform, *, forgets: bool) -> None:
        self._platform = platform
        self._forgets = forgets

    def routes(self) -> list[Route]:
        """This part of the contract."""
        return [*self._journal(), *self._reference(), *self._payments()]

    def _journal(self) -> list[Route]:
        names = ("head", "session", "totals")
        head, session, sums = (_JOURNAL.replace("journal", name) for name in names)
        upload, page = messages.JournalUpload, messages.JournalPage
        answer = messages.SessionAnswer
        refused = (
            "409 journal.gap",
            "409 journal.fork",
            "422 journal.bad_epoch",
            "422 journal.bad_hash",
            "422 journal.bad_signature",
            "422 journal.malformed",
        )
        paged = ("from_seq", "limit")
        denied = ("401 admin.denied", "404 terminal.unknown")
        return [
            Route(
                "POST",
                _JOURNAL,
                self.upload,
                "terminal",
                AckAnswer,
                upload,
                refused,
                or_takes=packed_journal.MEDIA_TYPE,
            ),
            Route("GET", _JOURNAL, self.download, "terminal", page, None, denied, paged),
            Route("GET", head, self.head, "terminal", AckAnswer, None, ("404 terminal.unknown",)),
            Route("POST", session, self.renew, "terminal", answer, messages.SessionRequest),
            Route(
                "GET",
                sums,
                self.totals,
                "terminal",
                JournalTotals,
                query=("from_seq", "to_seq"),
            ),
        ]

    def _reference(self) -> list[Route]:
        page, request, answer = messages.FeedPage, messages.RangeRequest, messages.RangeAnswer
        refused = ("404 range.unknown_kind", "409 request.replayed")
        expired, paged = ("410 feed.cursor_expired",), ("cursor", "limit")
        misnamed = ("422 wire.malformed",)
        packed, none, of = "application/gzip", ("404 snapshot.no_index", *expired), ("cursor",)
        return [
            Route("GET", "/v1/snapshot", self.snapshot, "terminal", packed),
            Route("GET", "/v1/snapshot/index", self.index, "terminal", packed, None, none, of),
            Route("GET", "/v1/feeds", self.feeds, "terminal", page, None, expired, paged),
            Route("POST", "/v1/ranges", self.lease, "terminal", answer, request, refused),
            Route("GET", _OUTLET_DAY, self.outlet_day, "terminal", OutletDay, refuses=misnamed),
            Route("GET", _INBOX, self.inbox, "terminal", InboxPage, query=("item", "task")),
        ]

    def _payments(self) -> list[Route]:
        answer, charge = messages.PaymentAnswer, messages.ChargeRequest
        reversal, reverse = messages.ReversalRequest, f"{_PAYMENT}/reverse"
        refused = ("409 payment.reversed", "409 payment.number_used", "502 gateway.failing")
        unknown = ("404 payment.not_found", "422 wire.malformed")
        look, worth = messages.BalanceRequest, messages.BalanceAnswer
        return [
            Route("POST", "/v1/balances", self.balance, "terminal", worth, look),
            Route(
                "POST", "/v1/payments", self.charge, "terminal", answer, charge, refused, keyed=True
            ),
            Route("GET", _PAYMENT, self.query, "terminal", answer, refuses=unknown),
            Route("POST", reverse, self.reverse, "terminal", answer, reversal, unknown, keyed=True),
            self._refund_route(),
        ]

    def upload(self, call: Call) -> Response:
        """Take in journal entries and answer with the platform's signed head."""
        terminal_id, public_key = proven(self._platform, call)
        in_columns = call.headers.get("Content-Type") == packed_journal.MEDIA_TYPE
        if in_columns:
            sent: list[Sent] | None = packed_journal.unpack(call.unpacked(), terminal_id)
        else:
            sent = read_upload(call.unpacked())
        if sent:
            ack = intake.store_sent(
                self._platform, terminal_id, public_key, sent, hashed=in_columns
            )
        else:
            rows = messages.JournalUpload.parse(call.json()).entries
            ack = intake.store(self._platform, terminal_id, rows)
        return json_answer(AckAnswer(ack).format())

    def download(self, call: Call) -> Response:
        """Give back the entries held; the operator (demo: this machine) may read everyone's."""
        if "X-Admin" in call.headers:
            require_admin(self._platform, call)
            terminal_id = call.path["terminal_id"]
        else:
            terminal_id = reader(self._platform, call)
        from_seq = call.number("from_seq", 1, hi=2**53)
        limit = call.number("limit", MAX_ENTRIES, hi=MAX_ENTRIES)
        head = intake.head(self._platform, terminal_id)
        # The stored bytes go out as they came in: nothing is read and written again.
        entries = intake.wire_text(self._platform, terminal_id, from_seq, limit)
        body = f'{{"entries":{entries},"head":{compact(head.format())}}}'
        return Response(body, media_type="application/json")

    def head(self, call: Call) -> Response:
        """The platform's signed head; in the demonstration this machine may read it unsigned."""
        ack = intake.head(self._platform, reader(self._platform, call))
        return json_answer(AckAnswer(ack).format())

    def totals(self, call: Call) -> Response:
        """Add up what was booked here of a stretch of the journal, and tell its first entries."""
        terminal_id = sender(self._platform, call)
        first, last = (call.number(name, 1, hi=2**53) for name in ("from_seq", "to_seq"))
        told = totals.totals(self._platform, terminal_id, first, last)
        return json_answer(told.format())

    def renew(self, call: Call) -> Response:
        """Let a machine go on speaking for its terminal, and say what we hold of it."""
        terminal_id = sender(self._platform, call)
        skew_ms = read_signed(call.headers).time_ms - now_ms()
        wish = messages.SessionRequest.parse(call.json())
        held = sessions.renew(self._platform, terminal_id, wish, skew_ms)
        ack = intake.signed_head(self._platform, terminal_id, held)
        return json_answer(messages.SessionAnswer(ack, self._platform.vault_key, _FORMS).format())

    def snapshot(self, call: Call) -> Response:
        """All reference data as one signed, gzipped SQLite file."""
        sender(self._platform, call)
        packed, headers = snapshots.snapshot(self._platform)
        return Response(packed, headers=headers, media_type="application/gzip")

    def index(self, call: Call) -> Response:
        """The search index of the snapshot with this cursor, as a signed, gzipped SQLite file."""
        sender(self._platform, call)
        packed, headers = snapshots.index(self._platform, call.query.get("cursor", ""))
        return Response(packed, headers=headers, media_type="application/gzip")

    def feeds(self, call: Call) -> Response:
        """The changes after a cursor, tombstones among them."""
        sender(self._platform, call)
        limit = call.number("limit", 500, hi=1000)
        page = catalogue.page(self._platform, call.query.get("cursor", ""), limit)
        return json_answer(page.format())

    def inbox(self, call: Call) -> Response:
        """What the centre tells this terminal: directives, notices, tasks for a person."""
        terminal_id = sender(self._platform, call)
        item, task = (call.number(name, 1, hi=2**53) for name in ("item", "task"))
        return json_answer(inbox.page(self._platform, terminal_id, item, task).format())

    def outlet_day(self, call: Call) -> Response:
        """What the other terminals of the outlet booked about a business day, as they sealed it."""
        terminal_id = sender(self._platform, call)
        date = _DATE.read(call.path["business_date"], "business_date")
        return json_answer(outlet_days.day(self._platform, terminal_id, date).format())

    def lease(self, call: Call) -> Response:
        """Lease numbers or renew a lease; a replayed request is refused."""
        terminal_id = sender(self._platform, call)
        request = messages.RangeRequest.parse(call.json())
        nonce = read_signed(call.headers).nonce

        def work(connection: Connection) -> Response:
            enrolment.refuse_replay(connection, terminal_id, nonce)
            leased = ranges.lease(connection, terminal_id, request, now_ms())
            return json_answer(messages.RangeAnswer((leased,)).format())

        return self._platform.database.transaction(work)

    def charge(self, call: Call) -> Response:
        """Take money by payment code, once for each ``Idempotency-Key``."""
        terminal_id = sender(self._platform, call)
        request = messages.ChargeRequest.parse(call.json())
        effect = gateway.charge_again if self._forgets else gateway.charge
        dialled = self._platform.faults().gateway
        status, answer = gateway.once(
            self._platform,
            self._keyed(call, terminal_id),
            lambda connection: effect(connection, terminal_id, request, dialled),
        )
        return json_answer(answer, status)

    def balance(self, call: Call) -> Response:
        """What a card, an account, points or a voucher is worth; changes nothing."""
        sender(self._platform, call)
        request = messages.BalanceRequest.parse(call.json())
        answer = self._platform.database.look(
            lambda connection: instruments.balance(connection, request)
        )
        return json_answer(answer.format())

    def query(self, call: Call) -> Response:
        """What became of a charge."""
        terminal_id = sender(self._platform, call)
        number = LABEL.read(call.path["out_trade_no"], "out_trade_no")
        answer = self._platform.database.transaction(
            lambda connection: gateway.query(connection, terminal_id, number)
        )
        return json_answer(answer.format())

    def _refund_route(self) -> Route:
        refused = (
            "404 refund.unknown_payment",
            "409 refund.channel_refused",
            "409 refund.exceeds_paid",
            "409 refund.not_paid",
            "409 refund.number_used",
        )
        answer, request = messages.RefundAnswer, messages.RefundRequest
        path = f"{_PAYMENT}/refunds"
        return Route("POST", path, self.refund, "terminal", answer, request, refused)

    def refund(self, call: Call) -> Response:
        """Give a part of a payment back, once for each refund number."""
        terminal_id = sender(self._platform, call)
        number = LABEL.read(call.path["out_trade_no"], "out_trade_no")
        request = messages.RefundRequest.parse(call.json())
        answer = self._platform.database.transaction(
            lambda connection: refund_gateway.refund(connection, terminal_id, number, request)
        )
        return json_answer(answer.format())

    def reverse(self, call: Call) -> Response:
        """Give a charge back, or forbid it when it has not come yet."""
        terminal_id = sender(self._platform, call)
        number = LABEL.read(call.path["out_trade_no"], "out_trade_no")
        amount_fen = messages.ReversalRequest.parse(call.json()).amount_fen
        status, answer = gateway.once(
            self._platform,
            self._keyed(call, terminal_id),
            lambda connection: gateway.reverse(connection, terminal_id, number, amount_fen),
        )
        return json_answer(answer, status)

    def _keyed(self, call: Call, terminal_id: str) -> gateway.Keyed:
        try:
            key = LABEL.read(call.headers.get("Idempotency-Key"), "Idempotency-Key")
        except Refusal as problem:
            raise Refusal(400, "idempotency.missing") from problem
        remembers = not self._forgets
        return gateway.Keyed(terminal_id, key, call.target, call.json(), remembers=remembers)
