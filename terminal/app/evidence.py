"""The evidence of a disputed cash-up: one file that anybody can verify without us.

It holds the journal of the period byte for byte, what the platform signed for it, and the public
keys; ``verify_journal.py`` opens it as it is. Source: reliability.md §3.
"""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any, Final

from terminal.app.context import Context
from terminal.app.known_faults import notice_record
from terminal.domain.cash_up import DISPUTED
from terminal.domain.errors import UserError
from terminal.domain.journal import Entry
from terminal.domain.proof import proof_text

_READ_ME: Final = """\
轧帐异议证据包 / Evidence of a disputed cash-up

journal.jsonl   本班次至异议为止的流水，逐字节 / the period up to the dispute, byte for byte
ack.json        平台签发的回执 / the platform's signed receipt
identity.json   终端证书和平台公钥 / the terminal's certificate, the platform's public key
proofs.txt      每张小票的二维码内容 / the QR text of every slip
dispute.json    差额、清点与理由 / the difference, the count, the reason
notice.json     所指的已知问题，平台签名 / the known fault it names, signed by the platform

任何人可验证 / anybody can verify:
    python verify_journal.py {name}
"""
_FIRST_DAY: Final = (1980, 1, 1, 0, 0, 0)
"""The same entries make the same file, whenever it is written."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The file, and what it is about."""

    name: str
    data: bytes
    first_seq: int
    last_seq: int


def evidence_of(context: Context, disputed_seq: int) -> Evidence:
    """Put the evidence of a dispute together. Store thread only.

    Args:
        context: for the books, the receipts and the public keys.
        disputed_seq: the ``cash_up.disputed`` entry; the evidence ends with it, or with the
            entry up to which the platform's first receipt for it goes.

    Raises:
        UserError: ``cash_up.not_disputed``.
    """
    dispute = context.books.entry(disputed_seq)
    if dispute is None or dispute.kind != DISPUTED:
        raise UserError("cash_up.not_disputed")
    body: Any = dispute.body
    count = context.books.entry(body["counted_seq"])
    first = int(count.body["first_seq"]) if count else 1  # type: ignore[arg-type]
    receipt = context.sync.receipt_for(dispute.epoch, disputed_seq)
    last = min(int(receipt["seq"]), context.books.head()[0]) if receipt else disputed_seq
    entries = list(context.books.cash_ups.slice(first, last))
    name = f"evidence-{body['till_id']}-{body['period']:04d}-{disputed_seq}.zip"
    files = {
        "journal.jsonl": "".join(_line(entry.to_wire()) for entry in entries),
        "identity.json": _line(dict(context.public_keys())),
        "proofs.txt": "".join(_proof(entry) for entry in entries if entry.kind == "sale.completed"),
        "dispute.json": json.dumps(
            {"dispute": dispute.to_wire(), "count": count.to_wire() if count else {}},
            ensure_ascii=False,
            indent=2,
        ),
        "README.txt": _READ_ME.format(name=name),
    }
    named = notice_record(context, body["notice"]) if "notice" in body else None
    if named is not None:
        files["notice.json"] = _line(named)
    receipt = receipt or _newest_receipt(context)
    if receipt:
        files["ack.json"] = _line(receipt)
    return Evidence(name, _zipped(files), first, last)


def _newest_receipt(context: Context) -> dict[str, Any] | None:
    """The platform has not heard of the dispute: what it signed goes as far as it goes."""
    head = context.sync.confirmed_head()
    return context.sync.receipt_for(head.epoch, head.seq) if head.seq else None


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def _proof(entry: Entry) -> str:
    text = proof_text(entry)
    return f"#{entry.seq} {entry.body['order_no']} {text}\n"


def _zipped(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as evidence:
        for name, text in files.items():
            evidence.writestr(zipfile.ZipInfo(name, _FIRST_DAY), text.encode("utf-8"))
    return packed.getvalue()
