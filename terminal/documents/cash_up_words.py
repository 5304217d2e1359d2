"""The words on slips of cashing up: one row a word, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from terminal.documents.words import is_chinese, slip_words

_WORDS: Final[dict[str, tuple[str, str]]] = {
    "cash_up.interim": ("临时小结 X", "INTERIM REPORT X"),
    "cash_up.closed": ("日终结 Z", "CLOSING REPORT Z"),
    "cash_up.disputed": ("轧帐异议单", "DISPUTED CASH-UP"),
    "outlet.cashed_up": ("网点轧帐单", "OUTLET CASH-UP"),
    "number": ("编号", "No."),
    "should_hold": ("应有", "Expected"),
    "counted": ("实点", "Counted"),
    "over": ("长款", "OVER"),
    "short": ("短款", "SHORT"),
    "even": ("账实相符", "EVEN"),
    "disputed": ("有异议 已冻结", "DISPUTED, FROZEN"),
    "disputed_count": ("有异议的清点", "Disputed count"),
    "count_stands": ("以此次清点为准", "The count that stands"),
    "float": ("备用金", "Float"),
    "cash_in": ("现金收入", "Cash in"),
    "change_out": ("找零", "Change"),
    "refund": ("退款", "Refunds"),
    "reversal": ("冲正", "Reversals"),
    "pay_in": ("领现", "Pay-ins"),
    "hand_in": ("上缴", "Hand-ins"),
    "vault_opening": ("期初库存现金", "In the vault before"),
    "vault_received": ("收上缴款", "Handed in by tills"),
    "vault_sent": ("拨付尾箱", "Issued to tills"),
    "vault_funded": ("领入（银行、上级）", "From bank or centre"),
    "vault_returned": ("解缴（银行、上级）", "To bank or centre"),
    "remaining": ("留存本尾箱", "Stays in the till"),
    "stock_differs": ("库存有差异", "STOCK DIFFERS"),
    "stock_columns": ("应有 / 实点", "expected / counted"),
    "missing": ("缺号", "missing"),
    "extra": ("多号", "too many"),
    "denominations": ("券别明细", "Denominations"),
    "verifier": ("复核", "Verified by"),
    "next_clerk": ("接班柜员", "Next clerk"),
    "parked": ("转下一班挂单", "Baskets carried over"),
    "payments_held": ("已收未结的扫码款", "Payments held, not sold"),
    "in_doubt": ("存疑付款 未计入", "Payments in doubt, not counted"),
    "reason": ("异议理由", "Reason"),
    "above": ("超过可认领上限", "More than may be taken over"),
    "known_fault": ("已知问题", "Known fault"),
    "cash_hidden": ("现金合计 盲点后显示", "Cash: shown after the blind count"),
    "neutral": (
        "差额记入待查，未由任何人承担。证据包已随本单生成，可独立验证。",
        "The difference lies in suspense; nobody has taken it over. The evidence was made with this"
        " slip and can be verified by anybody.",
    ),
    "verify_with": ("验证证据包", "To verify the evidence"),
    "entries": ("账目区间", "Entries"),
    "clerks": ("各尾箱", "Tills"),
    "not_cashed_up": ("未轧帐尾箱", "Tills not cashed up"),
    "counter": ("台席", "Counter"),
    "counter_closed": ("已日结", "day closed"),
    "counter_open": ("未日结 现金未计入", "NOT CLOSED YET, cash left out"),
    "counter_idle": ("当日未营业", "not opened"),
    "counter_unproven": ("无法证实 未计入", "NOT PROVEN, left out"),
    "counter_unasked": ("未能询问 未计入", "NOT ASKED, left out"),
    "in_all": ("全网点", "Outlet"),
    "cash_there": ("现有现金", "Cash now"),
    "difference": ("差额", "difference"),
    "platform_match": ("与平台核对一致", "Agrees with the platform"),
    "compared": ("已核对账目", "Compared entries"),
    "not_compared": ("其后未核对", "Since then, not compared"),
    "platform_differs": ("与平台不一致 账目", "Differs from the platform, entries"),
    "platform_unasked": ("平台不在线 未核对", "Platform not there, not compared"),
}

_TABLES: Final = tuple({key: row[place] for key, row in _WORDS.items()} for place in (0, 1))


def cash_up_words(language: str) -> Mapping[str, str]:
    """The words for a language code, those of all slips among them."""
    return {**slip_words(language), **_TABLES[0 if is_chinese(language) else 1]}
