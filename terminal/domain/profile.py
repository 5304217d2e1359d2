"""What the platform decided about this terminal and its outlet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Profile:
    """One terminal's place in the organisation, as given at enrolment.

    Args:
        outlet_code: platform code of the outlet.
        outlet_name_en: "" where nobody wrote one.
        address_en: the same.
        terminal_no: 1 to 99 inside the outlet.
        till_id: the till (尾箱) at this counter, for example ``T02``.
        channel: ``counter``, ``kiosk`` or ``station``.
        language: default language, ``zh_CN`` or ``en``.
        settings: everything that may change later; newer values come through the feeds.
    """

    outlet_code: str
    outlet_name_zh: str
    outlet_name_en: str
    address_zh: str
    phone: str
    terminal_no: int
    till_id: str
    channel: str
    language: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    address_en: str = ""

    def outlet_name(self, language: str) -> str:
        """What the outlet is called in a language, in Chinese where nobody wrote it."""
        return (language == "en" and self.outlet_name_en) or self.outlet_name_zh

    def address(self, language: str) -> str:
        """Where the outlet is, in Chinese where nobody wrote it in that language."""
        return (language == "en" and self.address_en) or self.address_zh

    @staticmethod
    def from_json(body: Mapping[str, Any]) -> Profile:
        """Read the profile of an enrolment answer."""
        outlet = body["outlet"]
        return Profile(
            outlet_code=outlet["code"],
            outlet_name_zh=outlet["name_zh"],
            outlet_name_en=outlet["name_en"],
            address_zh=outlet["address_zh"],
            address_en=outlet.get("address_en", ""),
            phone=outlet["phone"],
            terminal_no=body["terminal_no"],
            till_id=body["till_id"],
            channel=body["channel"],
            language=body["language"],
            settings={key: value for key, value in body.items() if key != "outlet"},
        )
