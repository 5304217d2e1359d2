"""What a terminal of the demonstration outlet is told about itself."""

from __future__ import annotations

from typing import Final

from terminal.domain.canonical import Json, JsonObject

OUTLET: Final = "61020303"

_EVERYBODY: Final[list[Json]] = ["clerk", "senior_clerk", "branch_manager"]
_SENIORS: Final[list[Json]] = ["senior_clerk", "branch_manager"]
_MANAGER: Final[list[Json]] = ["branch_manager"]

VAULT: Final = "V01"
"""The till in the strong room (金库)."""

VAULT_TERMINAL: Final = 2
"""Number of the terminal that the vault is counted and moved at."""

_TILLS: Final[list[Json]] = [
    {"till_id": VAULT, "kind": "vault"},
    {"till_id": "T01", "kind": "clerk"},
    {"till_id": "T02", "kind": "clerk"},
    {"till_id": "T03", "kind": "clerk"},
    {"till_id": "K01", "kind": "kiosk"},
]
_DENOMINATIONS_FEN: Final[list[Json]] = [10_000, 5_000, 2_000, 1_000, 500, 100, 50, 10]

SETTINGS: Final[JsonObject] = {
    "permissions": {
        "outlet_sign_on": _SENIORS,
        "outlet_sign_off": _SENIORS,
        "clerk_sign_on": _EVERYBODY,
        "sell": _EVERYBODY,
        "slip_reprint": _EVERYBODY,
        "training": _EVERYBODY,
        "price_override": _SENIORS,
        "refund": _SENIORS,
        "refund_day": _SENIORS,
        "refund_in_cash": _SENIORS,
        "refund_taken_back": _SENIORS,
        "reversal": _SENIORS,
        "till_move": _EVERYBODY,
        "vault_move": _SENIORS,
        "till_check": _SENIORS,
        "no_sale": _SENIORS,
        "manual_weight": _SENIORS,
        "cash_write_off": _SENIORS,
        "offline_limit": _MANAGER,
        "day_reopen": _SENIORS,
        "data_export": _SENIORS,
        "cash_over_limit": _SENIORS,
        "on_account": _SENIORS,
        "payment_late": _SENIORS,
    },
    "dual_control": {
        "price_override": {"second": 50},
        "refund": {"alone": 10_000, "second": 500_000},
        "refund_day": {"alone": 200_000},
        "refund_in_cash": {"second": 500_000},
        "refund_taken_back": {"second": 500_000},
        "reversal": {"second": 5_000_000},
        "vault_move": {},
        "till_check": {},
        "no_sale": {},
        "manual_weight": {},
        "cash_over_limit": {},
        "on_account": {"second": 200_000},
        "payment_late": {},
        "cash_write_off": {"alone": 100, "second": 100_000},
        "offline_limit": {},
        "day_reopen": {},
        "data_export": {},
    },
    "refund_reasons": [
        {"code": "goods_faulty", "name_zh": "商品质量问题", "name_en": "Goods faulty"},
        {"code": "wrong_goods", "name_zh": "拿错商品", "name_en": "Wrong goods"},
        {"code": "customer_wish", "name_zh": "顾客退货", "name_en": "Customer's wish"},
        {
            "code": "keyed_wrong",
            "name_zh": "录入错误",
            "name_en": "Keyed wrong",
            "correction": True,
        },
        {"code": "paid_twice", "name_zh": "重复收款", "name_en": "Taken twice", "correction": True},
    ],
    "limits": {
        "cash_fen_per_sale": 5_000_000,
        "payment_code_fen_per_sale": 5_000_000,
        "price_override_percent": 50,
        "till_fen": 500_000,
        "vault_fen": 20_000_000,
        "pouch_fen": 20_000_000,
        "pouch_pieces": 100_000,
        "goods_in_doubt_fen": 2_000,
        "refund_offline_fen": 20_000,
        "directive_fen": 1_000_000,
    },
    "outlet_tills": _TILLS,
    "denominations_fen": _DENOMINATIONS_FEN,
    "stock_items": [
        {"sku": "P0001", "numbered": False},
        {"sku": "P0002", "numbered": False},
        {"sku": "P0003", "numbered": False},
        {"sku": "P0032", "numbered": True},
    ],
    "member_levels": [{"level": "gold", "name_zh": "金卡会员", "name_en": "Gold member"}],
    "business_codes": [
        {"code": "postage", "name_zh": "邮资票品", "name_en": "Postage"},
        {"code": "postal_supplies", "name_zh": "邮政用品", "name_en": "Postal supplies"},
        {"code": "mail", "name_zh": "函件邮资", "name_en": "Mail postage", "accepts_mail": True},
        {"code": "philately", "name_zh": "集邮品", "name_en": "Philately"},
        {"code": "goods", "name_zh": "日用百货", "name_en": "Goods"},
        {"code": "produce", "name_zh": "散装农产品", "name_en": "Loose produce"},
    ],
    "commission_permille": {"postal_supplies": 80, "philately": 50, "goods": 120, "produce": 60},
    "rounding": "jiao",
    "points": {"points_per_yuan": 100, "most_percent": 50},
    "couriers": [
        {"no": "K07", "name_zh": "演示投递员丁", "name_en": "Demo courier D"},
        {"no": "K08", "name_zh": "演示投递员戊", "name_en": "Demo courier E"},
    ],
    "account_customers": [
        {
            "no": "C1001",
            "name_zh": "演示机关收发室",
            "name_en": "Demo office mail room",
            "limit_fen": 200_000,
        },
        {
            "no": "C1002",
            "name_zh": "演示学校",
            "name_en": "Demo school",
            "limit_fen": 5_000,
        },
    ],
    "in_store_patterns": [
        {"pattern": "21PPPPPVVVVVC", "embedded": "price"},
        {"pattern": "22PPPPPVVVVVC", "embedded": "weight"},
    ],
    "compensation_zh": (
        "给据邮件丢失、损毁、内件短少，保价的按保价额赔偿；未保价的最高不超过所收资费的三倍。"
    ),
    "idle_lock_s": 300,
    "favourites": ["P0001", "P0003", "P0011", "P0013", "P0021", "P0022", "P0031", "L0101"],
}


def tills_of(terminal_no: int) -> tuple[str, ...]:
    """Names of the tills that are bound to one terminal."""
    return tuple(str(till["till_id"]) for till in _tills(terminal_no))


def _tills(terminal_no: int) -> list[JsonObject]:
    """The tills that are bound to one terminal: its drawer, at one of them the vault as well."""
    tills: list[JsonObject] = [{"till_id": f"T{terminal_no:02d}", "kind": "clerk"}]
    if terminal_no == VAULT_TERMINAL:
        tills.append({"till_id": VAULT, "kind": "vault"})
    return tills


def profile_for(outlet: str, terminal_no: int) -> JsonObject:
    """The profile of one terminal.

    Args:
        outlet: outlet code.
        terminal_no: 1 to 99.
    """
    return {
        "outlet": {
            "code": outlet,
            "name_zh": "天府新区邮政支局" if outlet == OUTLET else f"邮政支局 {outlet}",
            "name_en": "Tianfu New Area Post Office" if outlet == OUTLET else f"Outlet {outlet}",
            "address_zh": "四川省成都市天府新区（演示地址）",
            "phone": "028-00000000",
        },
        "terminal_no": terminal_no,
        "channel": "counter",
        "till_id": f"T{terminal_no:02d}",
        "tills": list[Json](_tills(terminal_no)),
        "language": "zh_CN",
        "device_profile": {"printer": "escpos-80", "scanner": "wedge", "drawer": "printer"},
        "in_store_prefix": ["21", "22"],
        "parameter_version": 1,
        **SETTINGS,
    }
