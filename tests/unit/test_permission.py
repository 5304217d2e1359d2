"""Permissions: what is not allowed is forbidden, and nobody authorises herself."""

from __future__ import annotations

import pytest

from terminal.domain.errors import UserError
from terminal.domain.permission import require, require_second_person

RULES = {"price_override": ["senior_clerk", "branch_manager"]}


def test_one_fitting_role_is_enough() -> None:
    roles = ["clerk"]
    with pytest.raises(UserError):
        require(RULES, "price_override", roles)
    require(RULES, "price_override", [*roles, "senior_clerk"])


@pytest.mark.parametrize(
    ("action", "roles", "would_do"),
    [
        ("price_override", ["clerk"], "senior_clerk,branch_manager"),
        ("price_override", [], "senior_clerk,branch_manager"),
        ("launch_rocket", ["branch_manager"], ""),
    ],
)
def test_what_is_not_allowed_is_forbidden(action: str, roles: list[str], would_do: str) -> None:
    with pytest.raises(UserError) as refused:
        require(RULES, action, roles)
    assert refused.value.code == "permission.denied"
    assert refused.value.params == {"action": action, "roles": would_do}


def test_the_second_person_is_another_person() -> None:
    require_second_person("0312", "0315")
    with pytest.raises(UserError) as refused:
        require_second_person("0312", "0312")
    assert refused.value.code == "permission.same_person"
