"""The words on slips: one table, one row a word, one column a language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

_CHINESE, _ENGLISH = 0, 1

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "post": ("中国邮政", "CHINA POST"),
    "phone": ("电话", "Tel"),
    "order": ("单号", "Order"),
    "date": ("日期", "Date"),
    "time": ("时间", "Time"),
    "clerk": ("柜员", "Clerk"),
    "till": ("台席", "Till"),
    "item": ("商品", "Item"),
    "amount": ("金额", "Amount"),
    "subtotal": ("小计", "Subtotal"),
    "discount": ("优惠", "Discount"),
    "rounding": ("抹零", "Rounding"),
    "total": ("合计", "TOTAL"),
    "received": ("实收现金", "Cash received"),
    "change": ("找零", "Change"),
    "cash": ("现金", "Cash"),
    "wechat": ("微信支付", "WeChat Pay"),
    "alipay": ("支付宝", "Alipay"),
    "unionpay": ("云闪付", "UnionPay"),
    "merchant_code": ("收款码", "Our code"),
    "bank_card": ("银行卡", "Bank card"),
    "prepaid_card": ("预付卡", "Prepaid card"),
    "virtual_account": ("虚拟账户", "Virtual account"),
    "points": ("积分支付", "Points"),
    "voucher": ("券", "Voucher"),
    "cash_on_delivery": ("货到付款", "Cash on delivery"),
    "affixed": ("贴票", "Stamps affixed"),
    "on_account": ("记欠", "On account"),
    "scan_to_pay": ("请用手机扫码付款；这不是收据", "Scan to pay. This is no receipt."),
    "doubt_title": ("付款结果待查", "Payment not yet known"),
    "doubt_since": ("发起时间", "Begun at"),
    "doubt_number": ("付款单号", "Payment no."),
    "doubt_explain": (
        "这笔付款的结果暂时查不到。终端会一直自动查询。如果没有扣款，您不用付；如果已经扣款，"
        "由本网点核对后退回原账户，或算作这一单的付款。请凭此单查询，请不要重复付款。",
        "The result of this payment cannot be seen now; the terminal goes on asking. If nothing "
        "was charged you owe nothing for it; if it was, this outlet gives it back to the account "
        "it came from or takes it for this order. Keep this slip and do not pay again.",
    ),
    "doubt_goods_kept": ("商品由网点保留", "The goods stay at the outlet"),
    "doubt_goods_handed_over": ("商品已交顾客", "The goods are handed over"),
    "refund_return": ("退货退款单", "Refund"),
    "refund_reversal": ("冲正单", "Reversal"),
    "refund_no": ("退款单号", "Refund no."),
    "original_no": ("原单号", "Original order"),
    "original_date": ("原营业日期", "Original date"),
    "original_counter": ("原终端", "Sold at counter"),
    "refund_provisional": (
        "暂定退款：受理时无法联系平台，上传后核对。",
        "Provisional: the platform could not be asked; it is checked later.",
    ),
    "authorised_by": ("授权", "Authorised by"),
    "refund_total": ("退款合计", "REFUND"),
    "given_back_by": ("退", "By"),
    "refund_on_its_way": (
        "原路退回处理中，以支付渠道到账为准。",
        "On its way back the way it was paid.",
    ),
    "customer_signature": ("顾客签字", "Customer's signature"),
    "was_refunded": ("已退款", "Refunded"),
    "refunds": ("退款笔数", "Refunds"),
    "refunded": ("退款金额", "Refunded"),
    "in_words": ("大写", "In words"),
    "member_price": ("会员价", "Member price"),
    "list_price": ("原价", "list price"),
    "saved": ("本单已优惠", "You saved"),
    "price_changed": ("改价 授权", "Price changed, authorised by"),
    "reprint": ("第{number}次补打", "REPRINT No. {number}"),
    "reprinted_at": ("补打时间", "Reprinted at"),
    "reprinted_by": ("补打柜员", "Reprinted by"),
    "compensation": ("赔偿规定", "Compensation"),
    "entry": ("账目号", "Entry"),
    "hash": ("校验码", "Check code"),
    "proof": ("扫码可验真伪", "Scan to verify this slip"),
    "thanks": ("请保留小票，谢谢惠顾", "Please keep this slip. Thanks."),
    "outlet_signed_on": ("机构签到", "Outlet sign-on"),
    "outlet_signed_off": ("机构签退", "Outlet sign-off"),
    "clerk_signed_on": ("柜员签到", "Clerk sign-on"),
    "clerk_signed_off": ("柜员签退", "Clerk sign-off"),
    "business_date": ("营业日期", "Business date"),
    "orders": ("订单数", "Orders"),
    "first_order": ("首单号", "First order"),
    "last_order": ("末单号", "Last order"),
    "confirmed_entries": ("已确认账目", "Entries confirmed"),
    "waiting_entries": ("待上传账目（含本笔）", "Entries to upload, with this"),
    "waiting_before": ("往日待上传账目", "Of earlier days, to upload"),
    "pouch_sent": ("款袋交接单", "Cash pouch"),
    "pouch_wrong": ("款袋差错单", "Pouch with wrong content"),
    "pouch_received": ("款袋接收单", "Pouch received"),
    "till_funded": ("金库领缴款单", "Vault funding"),
    "till_checked": ("查库记录", "Till check"),
    "drawer_opened": ("空开钱箱记录", "Drawer opened"),
    "pouch": ("款袋号", "Pouch"),
    "pouch_once": ("扫码接收，一袋只收一次", "Scan to receive, once only"),
    "from_till": ("交出尾箱", "From till"),
    "to_till": ("接收尾箱", "To till"),
    "till_id": ("尾箱", "Till"),
    "source": ("对方", "Other side"),
    "source_bank": ("银行", "Bank"),
    "source_centre": ("上级中心", "Centre"),
    "direction": ("方向", "Direction"),
    "inward": ("领入", "Into the vault"),
    "outward": ("缴出", "Out of the vault"),
    "reason": ("原因", "Reason"),
    "reason_change": ("换零", "Giving change"),
    "reason_wrong_change": ("补找零", "Correcting change"),
    "reason_drawer_check": ("自查现金", "Looking into the drawer"),
    "reason_repair": ("设备检修", "Repair"),
    "authoriser": ("授权", "Authorised by"),
    "checker": ("复核", "Verified by"),
    "expected": ("账面应有", "Booked"),
    "difference": ("差额", "Difference"),
    "stock": ("票证", "Stock"),
    "numbers": ("号段", "Numbers"),
    "giver": ("交款人", "Given by"),
    "taker": ("收款人", "Taken by"),
    "signature": ("签字", "Signature"),
    "test_page": ("打印测试", "Printer test"),
    "printer": ("打印机", "Printer"),
    "rare_characters": ("生僻字", "Rare characters"),
    "styles": ("字号与样式", "Sizes and styles"),
    "bold": ("加粗", "Bold"),
    "underlined": ("下划线", "Underlined"),
    "inverted": ("反白", "Inverse"),
    "wide": ("倍宽", "Wide"),
    "tall": ("倍高", "Tall"),
    "large": ("倍宽倍高", "Large"),
    "test_done": ("边框完整、字迹清晰即为正常", "Good when all lines are whole and sharp"),
}

_TABLES: Final[tuple[Mapping[str, str], Mapping[str, str]]] = (
    {key: row[_CHINESE] for key, row in _WORDS.items()},
    {key: row[_ENGLISH] for key, row in _WORDS.items()},
)


def is_chinese(language: str) -> bool:
    """Whether slips in this language are Chinese: every language but English falls back to it."""
    return not language.lower().startswith("en")


def slip_words(language: str) -> Mapping[str, str]:
    """The words for a language code such as ``zh_CN`` or ``en``."""
    return _TABLES[_CHINESE if is_chinese(language) else _ENGLISH]
