"""The words of reports on paper and in files: one table, one row a word, one column a language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from terminal.documents.words import is_chinese

_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "title": ("营业日报", "Daily report"),
    "post": ("中国邮政", "CHINA POST"),
    "day": ("营业日期", "Business date"),
    "made_at": ("打印时间", "Made at"),
    "clerk_no": ("打印柜员", "Printed by"),
    "head": ("账目截至", "Journal up to"),
    "still_open": ("营业日未结束 数字还会变", "DAY STILL OPEN - figures may grow"),
    "cash_hidden": (
        "现金盲点后显示，此处只有其他支付方式",
        "Cash: shown after the blind count; other tenders only",
    ),
    "total": ("合计", "Total"),
    "entries": ("笔", "entries"),
    "business": ("按业务", "By business"),
    "tender": ("按支付方式", "By tender"),
    "clerk": ("按柜员", "By clerk"),
    "hour": ("按时段", "By hour"),
    "channel": ("按渠道", "By channel"),
    "tax": ("按税别", "By tax"),
    "commission": ("酬金", "Commission"),
    "journal": ("当日账目", "The day's journal"),
    "table": ("表", "Table"),
    "key": ("项目", "Row"),
    "amount": ("金额（元）", "Amount (yuan)"),
    "count": ("笔数", "Entries"),
    "rate": ("费率‰", "Rate ‰"),
    "base": ("基数（元）", "Base (yuan)"),
    "seq": ("账目号", "Entry"),
    "at": ("时间", "Time"),
    "kind": ("类型", "Kind"),
    "called": ("类型名称", "What it is"),
    "order_no": ("单号", "Order"),
    "cash": ("现金", "Cash"),
    "wechat": ("微信支付", "WeChat Pay"),
    "alipay": ("支付宝", "Alipay"),
    "unionpay": ("云闪付", "UnionPay"),
    "bank_card": ("银行卡", "Bank card"),
    "merchant_code": ("收款码", "Our code"),
    "payer_code": ("付款码", "Payer code"),
    "prepaid_card": ("预付卡", "Prepaid card"),
    "virtual_account": ("虚拟账户", "Virtual account"),
    "points": ("积分支付", "Points"),
    "voucher": ("券", "Voucher"),
    "affixed": ("贴票", "Stamps affixed"),
    "cash_on_delivery": ("货到付款", "Cash on delivery"),
    "on_account": ("记欠", "On account"),
    "deposits": ("代收款", "Collected for others"),
    "float": ("备付金", "Agent's float"),
    "funding": ("资金来源", "Bank or centre"),
    "over_short": ("长短款", "Over or short"),
    "suspense": ("待查差额", "Suspense"),
    "transit": ("在途款", "On the way"),
    "payments_held": ("已扫码待入账", "Payments held"),
    "rounding": ("抹零", "Rounding"),
    "counter": ("营业柜台", "Counter"),
    "kiosk": ("自助终端", "Kiosk"),
    "station": ("便民站", "Station"),
    "taxable": ("应税", "Taxable"),
    "exempt": ("免税邮资", "Tax-free postage"),
    "unsorted": ("未分税别", "Not sorted"),
    "signature": ("签字", "Signature"),
    "differs": ("数字不符！请勿签字，告知支持人员", "FIGURES DIFFER - do not sign, tell support"),
    "shown": ("按账目", "By entries"),
    "kept": ("按总账", "By the ledger"),
}


def report_words(language: str) -> dict[str, str]:
    """The words for a language code such as ``zh_CN`` or ``en``."""
    place = 0 if is_chinese(language) else 1
    return {key: row[place] for key, row in _WORDS.items()}
