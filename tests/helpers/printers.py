"""Documents, printers and readers that the tests of slips share."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import zxingcpp
from PIL import Image

from devices.printer.driver import EscposPrinter, PrinterTiming
from devices.printer.profiles import load_profile
from devices.simulators.virtual_printer import VirtualPrinter
from devices.transport.link import TcpLink
from terminal.documents.receipt import ReceiptContent, ReceiptLine, ReceiptTender

PROOF = "PT1:" + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" * 6
QUICK = PrinterTiming(answer_s=0.3, finish_s=5.0, drawer_s=2.0)

LINES = (
    ReceiptLine("熊猫明信片套装（10枚）", "2", 350, 700),
    ReceiptLine("中国邮政礼仪信封 5号 加厚牛皮纸 100枚装", "1", 1280, 1280, ("会员价 原价 15.00",)),
    ReceiptLine("散装花椒", "0.356kg", 8800, 3133),
    ReceiptLine("饮用天然水 550ml", "3", 200, 600, ("改价 授权 0315",)),
)


def receipt_content(**changes: Any) -> ReceiptContent:
    """A receipt of an invented outlet."""
    values: dict[str, Any] = {
        "outlet_name": "天府新区邮政支局",
        "outlet_address": "四川省成都市天府新区示例街88号",
        "outlet_phone": "028-00000000",
        "business_date": "2026-11-21",
        "time_text": "14:02:11",
        "clerk_id": "0312",
        "till_id": "T02",
        "order_number": "10-0042",
        "lines": LINES,
        "subtotal_fen": 5713,
        "discount_fen": -200,
        "rounding_fen": -3,
        "total_fen": 5510,
        "tenders": (ReceiptTender("wechat", 2000, "42000012340001"), ReceiptTender("cash", 3510)),
        "received_fen": 5000,
        "change_fen": 1490,
        "entry_number": "T02-1-000123",
        "short_hash": "9F3A-C21B-77D0",
        "proof": PROOF,
        "compensation": "未保价邮件最高赔偿不超过所付邮费的三倍（《邮政法》第四十七条）。",
        "notices": ("查询热线 11183",),
        "kick_drawer": True,
    }
    return ReceiptContent(**{**values, **changes})


@contextmanager
def printer_pair(
    profile_name: str = "escpos-80", timing: PrinterTiming = QUICK
) -> Iterator[tuple[EscposPrinter, VirtualPrinter]]:
    """The driver, enabled, over a socket to the simulated machine."""
    profile = load_profile(profile_name)
    with VirtualPrinter(profile) as machine:
        driver = EscposPrinter(TcpLink("127.0.0.1", machine.port), profile, timing)
        driver.open()
        driver.claim("tests")
        driver.enable()
        try:
            yield driver, machine
        finally:
            driver.close()


def read_codes(picture: Image.Image) -> dict[str, str]:
    """Every code on a slip as format → text, read by an independent decoder."""
    found = zxingcpp.read_barcodes(picture.convert("L"))
    return {code.format.name: code.text for code in found}


def spoken_text(job: bytes) -> str:
    """The text in a job without pictures and codes, by strict GBK; commands are skipped by length.

    Raises:
        UnicodeDecodeError: when the bytes are not GBK.
        ValueError: for a command that is not known here.
    """
    text, at = bytearray(), 0
    while at < len(job):
        skip = _command_length(job, at)
        if not skip:
            text.append(job[at])
            if job[at] >= 0x81:
                text.append(job[at + 1])
            skip = 2 if job[at] >= 0x81 else 1
        at += skip
    return text.decode("gbk")


def _command_length(job: bytes, at: int) -> int:
    """Length of the command at a place, 0 for text."""
    first, second = job[at], job[at + 1 : at + 2]
    if first == 0x1B:
        return {b"@": 2, b"p": 5}.get(second, 3)
    if first == 0x1C:
        return 2 if second in (b"&", b".") else 3
    if first != 0x1D:
        return 0
    if second == b"v":
        stride = int.from_bytes(job[at + 4 : at + 6], "little")
        return 8 + stride * int.from_bytes(job[at + 6 : at + 8], "little")
    if second == b"(":
        return 5 + int.from_bytes(job[at + 3 : at + 5], "little")
    if second == b"k":
        return 4 + job[at + 3]
    if second == b"V":
        return 4
    if second in (b"!", b"B", b"h", b"w", b"H", b"a", b"r"):
        return 3
    raise ValueError(f"unknown command {job[at : at + 2]!r}")
