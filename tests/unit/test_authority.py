"""Dual control: alone up to a limit, with a second person up to another, above that not at all."""

from __future__ import annotations

import pytest

from terminal.domain.authority import Grant, Question, Rule, require_level, rule_of, who_says
from terminal.domain.errors import UserError

RULE = Rule(alone=100, second=500)


@pytest.mark.parametrize(
    ("size", "level"),
    [(0, "alone"), (100, "alone"), (101, "second"), (500, "second"), (501, "refused")],
)
def test_each_limit_belongs_to_the_side_it_allows(size: int, level: str) -> None:
    assert RULE.level(size) == level


def test_an_action_without_a_rule_needs_a_second_person_whatever_its_size() -> None:
    rule = rule_of({"refund": {"alone": 1}}, "no_sale")
    assert (rule.level(0), rule.level(10**9)) == ("second", "second")


def test_a_rule_may_leave_either_limit_out() -> None:
    assert rule_of({"refund": {"alone": 7}}, "refund") == Rule(7, None)
    assert rule_of({"refund": {"second": 0}}, "refund") == Rule(-1, 0)
    assert rule_of({"refund": None}, "refund") == Rule(-1, None)


def test_above_the_limit_the_refusal_says_how_much_may_be() -> None:
    with pytest.raises(UserError) as caught:
        require_level(RULE, Question("refund", 501))
    assert caught.value.code == "permission.above_limit"
    assert caught.value.params == {"action": "refund", "most": 500}
    assert require_level(RULE, Question("refund", 500)) == "second"
    assert require_level(RULE, Question("refund", 100)) == "alone"


def test_nothing_at_all_may_be_forbidden_by_a_limit_of_less_than_nothing() -> None:
    with pytest.raises(UserError) as caught:
        require_level(Rule(-1, -1), Question("refund", 0))
    assert caught.value.params["most"] == -1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (" 0315 ", ("0315", "pin")),
        ("PB1*0315", ("0315", "badge")),
        (" pb1*0315\n", ("0315", "badge")),
        ("PB1*", ("PB1*", "pin")),
        ("PB1*0315*1", ("PB1*0315*1", "pin")),
        ("", ("", "pin")),
    ],
)
def test_a_badge_names_a_person_and_anything_else_is_a_number(
    text: str, said: tuple[str, str]
) -> None:
    assert who_says(text) == said


def test_the_entry_says_who_why_before_and_after() -> None:
    question = Question("refund", 1200, "61020303-02-000001", "wrong_goods", 0, -1200, {"x": 1})
    grant = Grant(question, "0312", "0315", "badge", "id")
    assert grant.by_two
    assert grant.body() == {
        "action": "refund",
        "operator": "0312",
        "authoriser": "0315",
        "means": "badge",
        "reason": "wrong_goods",
        "subject": "61020303-02-000001",
        "size": 1200,
        "before_fen": 0,
        "after_fen": -1200,
        "x": 1,
    }


def test_a_text_before_and_after_is_told_as_text_and_none_is_left_out() -> None:
    body = Grant(Question("no_sale", before="shut", after=""), "0312", "", "", "id").body()
    assert body["before_text"] == "shut"
    assert not {"after_text", "before_fen", "after_fen"} & body.keys()
    assert not Grant(Question("no_sale"), "0312", "", "", "id").by_two
