"""The labels of an outlet: on a parcel in two sizes, and on a shelf.

The layout is our own; the words on a parcel's label follow GB/T 28582.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from terminal.documents.words import is_chinese
from terminal.domain.label import Label, LabelBars, LabelPart, LabelQr, LabelRule, LabelText
from terminal.domain.money import Money

_WORDS: Final = {
    "from": ("寄", "From"),
    "to": ("收", "To"),
    "weight": ("重量", "Weight"),
    "sample": ("样张 不可邮寄", "Sample, not for the post"),
}


@dataclass(frozen=True, slots=True)
class ParcelContent:
    """What a parcel's label says.

    Args:
        waybill: printable ASCII.
        sender: name and telephone.
        sender_address: where it comes from.
        receiver: name and telephone.
        receiver_address: where it goes.
        sorting: sorting code of the destination, large on top.
        grams: weight in grams.
        sample: whether it is only there to try the printer.
    """

    waybill: str
    sender: str
    sender_address: str
    receiver: str
    receiver_address: str
    sorting: str
    grams: int
    sample: bool = False


def build_parcel_label(
    content: ParcelContent, width_mm: int, height_mm: int, language: str = "zh_CN"
) -> Label:
    """A parcel's label.

    Args:
        content: the words.
        width_mm: 76 or 100.
        height_mm: 130 or 150.
        language: of the fixed words.
    """
    wide, edge = width_mm - 8, 4
    words = {key: pair[not is_chinese(language)] for key, pair in _WORDS.items()}
    parts: list[LabelPart] = [
        LabelText(edge, 4, wide, content.sorting, double=True, bold=True),
        LabelRule(edge, 12, wide),
        LabelBars(edge + 2, 15, 16, content.waybill, 3 if width_mm >= 100 else 2),
        LabelText(edge + 2, 32, wide, content.waybill, bold=True),
        LabelRule(edge, 37, wide),
        LabelText(edge, 40, wide, f"{words['to']} {content.receiver}", 2, double=True, bold=True),
        LabelText(edge, 54, wide, content.receiver_address, 4, bold=True),
        LabelRule(edge, 70, wide),
        LabelText(edge, 73, wide, f"{words['from']} {content.sender}"),
        LabelText(edge, 77, wide, content.sender_address, 3),
        LabelRule(edge, 90, wide),
        LabelText(
            edge,
            93,
            wide - 30,
            f"{words['weight']} {content.grams // 1000}.{content.grams % 1000:03d} kg",
        ),
        LabelQr(width_mm - 30, 94, content.waybill, 5),
    ]
    if content.sample:
        parts.append(LabelText(edge, height_mm - 8, wide, words["sample"], bold=True))
    return Label(width_mm, height_mm, tuple(parts))


def build_shelf_label(name: str, price: Money, gtin: str) -> Label:
    """A shelf's label of 60 × 40 mm: name, price, and its number as bars."""
    return Label(
        60,
        40,
        (
            LabelText(3, 3, 54, name, 2, bold=True),
            LabelText(3, 12, 54, f"¥{price.text}", double=True, bold=True),
            LabelBars(4, 21, 11, gtin),
            LabelText(4, 33, 52, gtin),
        ),
    )


def sample_label(width_mm: int, height_mm: int) -> Label:
    """A label to try a printer with; nobody and no place on it exists."""
    if width_mm == 60:
        return build_shelf_label("样张 天府茶 㛃𠮷", Money(1250), "6901028075763")
    content = ParcelContent(
        waybill="RA000000000CN",
        sender="测试甲 000-00000000",
        sender_address="虚构省示例市样本区不存在路1号",
        receiver="测试乙䶮 000-00000000",
        receiver_address="虚构省示例市样本区不存在路2号 3栋4单元 丰巢旁",
        sorting="示例 A1-02",
        grams=1250,
        sample=True,
    )
    return build_parcel_label(content, width_mm, height_mm)
