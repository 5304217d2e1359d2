"""Which scale speaks what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from devices.scale.cas import CasParser
from devices.scale.scale_parser import ScaleParser
from devices.scale.text_scales import AAndDParser, MtSicsParser
from devices.scale.toledo import Toledo8217Parser, ToledoContinuousParser, with_even_parity


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one family of scales is spoken to.

    Args:
        make_parser: a fresh parser.
        question: bytes that ask for a weight; empty for scales that stream.
    """

    make_parser: Callable[[], ScaleParser]
    question: bytes = b""


DIALECTS: Final = {
    "cas": Dialect(CasParser),
    "toledo-8217": Dialect(Toledo8217Parser, b"W"),
    "toledo-8217-7e1": Dialect(partial(Toledo8217Parser, even_parity=True), with_even_parity(b"W")),
    "toledo-continuous": Dialect(ToledoContinuousParser),
    "mt-sics": Dialect(MtSicsParser, b"SI\r\n"),
    "a-and-d": Dialect(AAndDParser),
}
