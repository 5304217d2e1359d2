"""Codes read from pictures, with zxing-cpp alone beside it on the same pictures."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
import zxingcpp

from devices.scanner.camera.picture import Grey
from devices.scanner.camera.reader import read_picture
from tests.bench.figures import Row, p50, skip
from tests.helpers.code_pictures import (
    CODES,
    LINEAR,
    PHOTOGRAPHED,
    codeless,
    draw,
    in_frame,
    noisy,
    photographed,
    shaded,
    smaller,
    turned,
)

LINEAR_SETS = ("ean13", "ean8", "upca", "upce", "code128", "code39", "itf")
OTHER_SETS = ("datamatrix", "aztec", "pdf417")

Pictures = Sequence[tuple[Grey, str | None]]
Reads = Callable[[Grey], list[str]]


def run(*, quick: bool) -> list[Row]:
    """Right and wrong for each set, then the time of a frame of 720 lines."""
    angles = range(15, 180, 45 if quick else 15)
    made = _made(quick=quick)
    return [
        *_photographed(angles),
        _share("generated bars: noise, shade, distance, any angle", made(LINEAR), 0.0, 0.013),
        _share("generated modules and PDF417, the same", made(list(CODES)[5:]), 0.0, 0.0),
        *_frames(20 if quick else 60),
    ]


def _photographed(angles: Sequence[int]) -> list[Row]:
    if PHOTOGRAPHED is None:
        return [skip("photographed codes", "they are not on this machine")]
    bars = _set(LINEAR_SETS)
    upright = sum(text in _ours(grey) for grey, text in bars) / len(bars)
    askew = [(turned(grey, angle), text) for angle in angles for grey, text in bars]
    return [
        _share("photographed bars", bars, 0.93, 0.013),
        _share("photographed bars at any angle", askew, 0.9 * upright, 0.013),
        _share("photographed QR", _set(("qrcode",)), 0.94, 0.0),
        _share("photographed Data Matrix, Aztec, PDF417", _set(OTHER_SETS), 0.0, 0.0),
        _share("photographed, no code", _set(("falsepositives",)), 1.0, 0.0),
    ]


def _set(names: Sequence[str]) -> Pictures:
    return [(grey, text) for name in names for _, grey, text in photographed(name)]


def _made(*, quick: bool) -> Callable[[Sequence[str]], Pictures]:
    looks: tuple[Callable[[Grey], Grey], ...] = (
        lambda grey: grey,
        lambda grey: noisy(shaded(grey), 22),
        lambda grey: noisy(grey, 40),
        lambda grey: smaller(grey, 0.5),
    )
    angles = (0, 38) if quick else (0, 17, 38, 63, 90, 131)

    def pictures(kinds: Sequence[str]) -> Pictures:
        return [
            (look(turned(draw(kind, CODES[kind]), angle)), CODES[kind])
            for kind in kinds
            for angle in angles
            for look in looks
        ]

    return pictures


def _share(name: str, pictures: Pictures, least: float, most_wrong: float) -> Row:
    ours, wrong = _count(_ours, pictures)
    alone, alone_wrong = _count(_alone, pictures)
    bars = [f"≥ {least:.1%} right"] * (least > 0) + [f"≤ {most_wrong:.1%} wrong"]
    return Row(
        name,
        ours=100 * ours,
        unit="%",
        bare="zxing-cpp alone",
        bare_p50=100 * alone,
        bar=", ".join(bars),
        passed=ours >= least and wrong <= most_wrong,
        note=f"{len(pictures)} pictures; wrong {wrong:.1%}, alone {alone_wrong:.1%}",
    )


def _count(reads: Reads, pictures: Pictures) -> tuple[float, float]:
    """Shares of right and of wrong ones."""
    right = wrong = 0
    for grey, text in pictures:
        texts = reads(grey)
        fine = text in texts if text is not None else not texts
        right, wrong = right + fine, wrong + (bool(texts) and not fine)
    return right / len(pictures), wrong / len(pictures)


def _frames(count: int) -> list[Row]:
    kinds = list(CODES.items())
    codes = [
        in_frame(turned(draw(kind, text), 13.0 * seed), seed)
        for seed in range(count)
        for kind, text in [kinds[seed % len(kinds)]]
    ]
    return [
        _pace("a frame of 720 lines with a code", codes),
        _pace("a frame of 720 lines without one", [codeless(seed) for seed in range(count)]),
    ]


def _pace(name: str, frames: Sequence[Grey]) -> Row:
    ours = [min(_took(_ours, frame) for _ in range(3)) for frame in frames]
    alone = [min(_took(_alone, frame) for _ in range(3)) for frame in frames]
    ratio = _p95(ours) / _p95(alone)
    return Row(
        name,
        p50(ours),
        _p95(ours),
        bare="zxing-cpp alone",
        bare_p50=p50(alone),
        bare_p99=_p95(alone),
        ratio=ratio,
        bar="p95 ≤ 2 × alone",
        passed=ratio <= 2,
        note=f"{len(frames)} frames; the second figure is p95",
    )


def _took(reads: Reads, grey: Grey) -> float:
    started = time.perf_counter()
    reads(grey)
    return (time.perf_counter() - started) * 1000


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[max(0, -(-len(values) * 95 // 100) - 1)]


def _ours(grey: Grey) -> list[str]:
    return [reading.text for reading in read_picture(grey)]


def _alone(grey: Grey) -> list[str]:
    plain = zxingcpp.TextMode.Plain
    found = zxingcpp.read_barcodes(np.ascontiguousarray(grey), text_mode=plain)
    return [code.text for code in found]
