"""What an operator dials is read by name; a mistyped name must not pass for a sound platform."""

from __future__ import annotations

from typing import Any

import pytest

from sync.wire.operation import Faults
from sync.wire.refusal import Refusal


def test_what_is_dialled_is_read_and_the_rest_is_sound() -> None:
    turned: Any = {"lose_answer": 0.5, "paths": ["/v1/payments"]}
    dial = Faults.dialled(turned)
    assert (dial.lose_answer, dial.paths) == (0.5, ("/v1/payments",))
    assert Faults.dialled({}) == Faults()


@pytest.mark.parametrize("dial", [{"lose_answers": 1}, {"seed": 1, "zzz": 2, "offline": True}])
def test_a_name_the_dial_does_not_have_is_refused_by_name(dial: Any) -> None:
    with pytest.raises(Refusal) as refused:
        Faults.dialled(dial)
    assert refused.value.params["field"] in {"lose_answers", "zzz"}
