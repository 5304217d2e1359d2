"""What the operator may do, and the tests through the same door."""

from __future__ import annotations

from typing import Final

from fastapi import Response
from sqlalchemy import Connection, func, select

from sync.central import catalogue, enrolment, inbox, schema, sessions
from sync.central.calls import Call, json_answer, require_admin
from sync.central.contract import Route
from sync.central.platform import Platform
from sync.wire import inbox as inbox_wire
from sync.wire import operation
from sync.wire.messages import Change

_RELEASE: Final = "/v1/admin/terminals/{terminal_id}/release"


class OperatorRoutes:
    """Every route asks for the operator's token."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def routes(self) -> list[Route]:
        """This part of the contract."""
        unknown = ("404 terminal.unknown",)
        number, dial = ("422 terminal.number_out_of_range",), operation.Faults
        code, codes = operation.CodeAnswer, "/v1/admin/enrolment-codes"
        epoch, changed = operation.EpochAnswer, operation.ChangeAnswer
        changes = operation.RecordChanges
        feeds = [
            Route("PUT", f"/v1/admin/{feed}", self.change, "operator", changed, changes)
            for feed in catalogue.COLUMNS
        ]
        return [
            Route("GET", "/v1/faults", self.dial, "operator", dial),
            Route("PUT", "/v1/faults", self.turn_dial, "operator", dial, dial),
            Route("POST", codes, self.new_code, "operator", code, operation.CodeRequest, number),
            Route("POST", "/v1/admin/new-epoch", self.new_epoch, "operator", epoch),
            Route("POST", _RELEASE, self.release, "operator", operation.Released, None, unknown),
            Route("GET", "/v1/admin/ledger", self.ledger, "operator", operation.LedgerAnswer),
            Route("GET", "/v1/admin/tasks", self.tasks, "operator", operation.TaskList),
            *feeds,
            *self._corrections(),
        ]

    def _corrections(self) -> list[Route]:
        issued, path = inbox_wire.Issued, "/v1/admin/directives"
        refused = (
            "404 terminal.unknown",
            "404 directive.unknown_entry",
            "422 directive.unbalanced",
            "422 directive.unknown_account",
        )
        asked, told = inbox_wire.DirectiveRequest, inbox_wire.NoticeRequest
        return [
            Route("POST", path, self.issue, "operator", issued, asked, refused),
            Route("GET", path, self.directives, "operator", inbox_wire.DirectiveList),
            Route("POST", "/v1/admin/notices", self.announce, "operator", issued, told),
        ]

    def dial(self, call: Call) -> Response:
        """The fault dial as it stands."""
        require_admin(self._platform, call)
        return json_answer(self._platform.faults().format())

    def turn_dial(self, call: Call) -> Response:
        """Set the fault dial; what is not named is off, a name it does not have is refused."""
        require_admin(self._platform, call)
        self._platform.turn_dial(operation.Faults.dialled(call.json()))
        return self.dial(call)

    def new_code(self, call: Call) -> Response:
        """Issue a one-time enrolment code."""
        require_admin(self._platform, call)
        request = operation.CodeRequest.parse(call.json())
        code = enrolment.new_code(self._platform, request)
        return json_answer(operation.CodeAnswer(code).format())

    def new_epoch(self, call: Call) -> Response:
        """Begin a new life of this database, after it was restored from a backup."""
        require_admin(self._platform, call)
        epoch = self._platform.begin_new_epoch()
        # What the backup says is what counts now, whatever was signed after it was made.
        catalogue.renew_settings(self._platform)
        return json_answer(operation.EpochAnswer(epoch).format())

    def release(self, call: Call) -> Response:
        """Let another machine speak for a terminal: its disk moved, or its copy is switched off."""
        require_admin(self._platform, call)
        terminal_id = call.path["terminal_id"]
        sessions.release(self._platform, terminal_id)
        return json_answer(operation.Released(terminal_id).format())

    def change(self, call: Call) -> Response:
        """Upsert or delete records of one feed, all or nothing."""
        require_admin(self._platform, call)
        feed = call.target.rpartition("/")[2]
        request = operation.RecordChanges.parse(call.json())
        changes = [
            catalogue.upsert(feed, catalogue.signed(self._platform, feed, record))
            for record in request.upsert
        ]
        changes += [
            Change.parse({"feed": feed, "op": "delete", "key": key})  # type: ignore[dict-item]
            for key in request.delete
        ]
        change_no = catalogue.apply(self._platform, changes)
        return json_answer(operation.ChangeAnswer(change_no).format())

    def issue(self, call: Call) -> Response:
        """Ask a terminal for a correction; it counts only when a clerk there accepts it."""
        require_admin(self._platform, call)
        request = inbox_wire.DirectiveRequest.parse(call.json())
        record = inbox.issue(self._platform, request)
        return json_answer(inbox_wire.Issued(record).format())

    def directives(self, call: Call) -> Response:
        """Every directive and what the clerk answered."""
        require_admin(self._platform, call)
        return json_answer(inbox.directives(self._platform).format())

    def announce(self, call: Call) -> Response:
        """Tell terminals of a fault of the system that is known."""
        require_admin(self._platform, call)
        record = inbox.announce(self._platform, inbox_wire.NoticeRequest.parse(call.json()))
        return json_answer(inbox_wire.Issued(record).format())

    def ledger(self, call: Call) -> Response:
        """Sums over all journals, and beside them the gateway's own count."""
        require_admin(self._platform, call)
        book, posted = schema.gateway_ledger.c, schema.postings.c

        def work(connection: Connection) -> operation.LedgerAnswer:
            sums = select(posted.account, func.sum(posted.fen)).group_by(posted.account)
            accounts = {row[0]: int(row[1]) for row in connection.execute(sums)}
            charges = [int(fen) for fen in connection.scalars(select(book.fen))]
            taken = [fen for fen in charges if fen > 0]
            net_fen = sum(charges)
            gateway = operation.GatewayBook(len(taken), sum(taken), sum(taken) - net_fen, net_fen)
            return operation.LedgerAnswer({**accounts}, gateway)

        return json_answer(self._platform.database.transaction(work).format())

    def tasks(self, call: Call) -> Response:
        """What waits for a person."""
        require_admin(self._platform, call)

        def work(connection: Connection) -> operation.TaskList:
            rows = connection.execute(select(schema.tasks).order_by(schema.tasks.c.id))
            return operation.TaskList(tuple(operation.Task(**row._mapping) for row in rows))

        return json_answer(self._platform.database.transaction(work).format())
