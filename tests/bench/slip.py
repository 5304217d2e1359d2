"""A slip of 34 lines with its proof code, from the journal's words to the printer's bytes."""

from __future__ import annotations

import time
from dataclasses import replace

from devices.printer.escpos import EscposEncoder
from devices.printer.profiles import load_profile
from terminal.documents.receipt import ReceiptContent, build_receipt
from tests.bench.figures import Row, p50, p99
from tests.helpers.printers import LINES, receipt_content

BAR_MS, PRINTED_LINES = 1.0, 34


def run(*, quick: bool) -> list[Row]:
    """Build and encode; beside it, the same text put into GBK and nothing else."""
    profile, encoder = load_profile("escpos-80"), EscposEncoder()
    content = _long_enough()
    text = "\n".join(_words(content)).encode("gbk", "replace").decode("gbk")
    ours: list[float] = []
    bare: list[float] = []
    for _ in range(200 if quick else 1000):
        started = time.perf_counter()
        payload = encoder.encode(build_receipt(content, "zh_CN"), profile)
        between = time.perf_counter()
        text.encode("gbk")
        ours.append((between - started) * 1000)
        bare.append((time.perf_counter() - between) * 1000)
    printed = payload.count(b"\n")
    return [
        Row(
            f"slip of {printed} lines with QR as text",
            p50(ours),
            p99(ours),
            bare="the same words through Python's own GBK codec",
            bare_p50=p50(bare),
            bare_p99=p99(bare),
            ratio=p50(ours) / p50(bare),
            bar=f"p50 ≤ {BAR_MS:g} ms",
            passed=p50(ours) <= BAR_MS,
            note=f"{len(payload)} bytes, {len(ours)} times",
        )
    ]


def _long_enough() -> ReceiptContent:
    """A receipt that prints at least 34 lines."""
    profile, encoder = load_profile("escpos-80"), EscposEncoder()
    content = receipt_content(lines=())
    while encoder.encode(build_receipt(content, "zh_CN"), profile).count(b"\n") < PRINTED_LINES:
        content = replace(content, lines=(*content.lines, LINES[len(content.lines) % len(LINES)]))
    return content


def _words(content: ReceiptContent) -> list[str]:
    return [
        *(f"{line.name} {line.quantity_text} {line.amount_fen}" for line in content.lines),
        content.outlet_name,
        content.compensation,
        content.entry_number,
        content.proof,
    ]
