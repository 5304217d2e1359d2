"""What accounts are called on paper."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from terminal.documents.words import is_chinese

_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "cash": ("现金", "Cash"),
    "channel": ("支付渠道", "Payment channel"),
    "sales": ("营业收入", "Sales"),
    "postage": ("邮资（免税）", "Postage (tax-free)"),
    "transit": ("在途款", "In transit"),
    "funding": ("资金来源", "Funding"),
    "deposits": ("代收款", "Held for others"),
    "cod": ("代收货款", "Cash on delivery"),
    "receivable": ("记欠", "On account"),
    "vouchers": ("代金券", "Vouchers"),
    "float": ("备付金", "Agent float"),
    "over_short": ("长短款", "Over/short"),
    "suspense": ("待查款", "Suspense"),
    "payments_held": ("已扫码待入账", "Payments held"),
    "rounding": ("抹零", "Rounding"),
    "points": ("积分抵现", "Points"),
    "affixed": ("贴票", "Stamps affixed"),
}


def account_name(account: str, language: str) -> str:
    """An account as a person reads it: its kind in words, then what it belongs to.

    Args:
        account: for example ``cash:T02``; one of a kind nobody has named is told as it is.
        language: ``zh_CN`` or ``en``.
    """
    kind, _, owner = account.partition(":")
    zh, en = _NAMES.get(kind, (kind, kind))
    name = zh if is_chinese(language) else en
    return f"{name} {owner}" if owner else name
