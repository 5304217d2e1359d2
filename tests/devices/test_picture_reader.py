"""The picture reader: codes at any angle and in bad light, none where there is none."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from devices.scanner.camera import decoders, reader
from devices.scanner.camera.decoders import Reading
from devices.scanner.camera.picture import MOST_DOTS, Grey, load_picture
from devices.scanner.camera.reader import read_picture
from devices.scanner.camera.texture import PatchKind, find_patches
from terminal.domain.errors import EnvironmentFault
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

_LINEAR_SETS = ("ean13", "ean8", "upca", "upce", "code128", "code39", "itf")


def _texts(grey: np.ndarray) -> list[str]:
    return [reading.text for reading in read_picture(grey)]


@pytest.mark.parametrize("symbology", CODES)
def test_every_kind_is_read_with_its_name_and_place(symbology: str) -> None:
    code = draw(symbology, CODES[symbology])
    frame = np.full((600, 900), 255, np.uint8)
    frame[150 : 150 + code.shape[0], 200 : 200 + code.shape[1]] = code
    (found,) = read_picture(frame)
    assert (found.symbology, found.text) == (symbology, CODES[symbology])
    xs, ys = zip(*found.corners, strict=True)
    assert 200 <= min(xs) < max(xs) <= 200 + code.shape[1]
    assert 150 <= min(ys) < max(ys) <= 150 + code.shape[0]


@pytest.mark.parametrize("symbology", [name for name in LINEAR if name != "EAN-8"])
def test_bars_are_read_at_any_angle(symbology: str) -> None:
    code = draw(symbology, CODES[symbology])
    read = sum(CODES[symbology] in _texts(turned(code, angle)) for angle in range(0, 360, 15))
    assert read >= 22


def test_what_one_reader_cannot_read_the_ladder_can() -> None:
    code = draw("EAN-13", CODES["EAN-13"])
    hard = [
        noisy(shaded(turned(code, 17)), 22),
        noisy(code, 40),
        smaller(turned(code, 38), 0.5),
        turned(code, 45),
    ]
    alone = [
        [found.text for found in decoders.read_zxing(grey, decoders.LINEAR, thorough=True)]
        for grey in hard
    ]
    assert sum(CODES["EAN-13"] in texts for texts in alone) <= 1
    assert [_texts(grey) for grey in hard] == [[CODES["EAN-13"]]] * 4


def test_a_code_on_a_frame_is_found_among_other_things() -> None:
    read = 0
    for seed, (symbology, text) in enumerate(CODES.items()):
        read += text in _texts(in_frame(turned(draw(symbology, text), 31), seed))
    assert read >= 5


def test_where_no_code_is_none_is_read() -> None:
    assert [_texts(codeless(seed)) for seed in range(6)] == [[]] * 6


def test_a_plain_wall_and_one_edge_are_no_code() -> None:
    wall = np.full((480, 640), 140, np.uint8)
    assert find_patches(wall) == []
    wall[:, 300:] = 20
    assert find_patches(wall) == []


def test_bars_are_told_from_modules_with_their_direction() -> None:
    bars = find_patches(turned(draw("Code 128", CODES["Code 128"], 4), -30))[0]
    assert bars.kind is PatchKind.BARS
    assert abs(bars.turn_deg - 30) < 4
    modules = find_patches(draw("QR", CODES["QR"], 6))
    assert modules[-1].kind is PatchKind.MODULES


def test_a_weak_kind_needs_a_second_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """UPC-E and its like are what a part of a longer code passes for."""
    code = draw("EAN-8", CODES["EAN-8"])
    assert _texts(code) == [CODES["EAN-8"]]
    monkeypatch.setattr("devices.scanner.camera.reader.BAR_RUNGS", ())
    assert _texts(code) == []


def test_looks_that_disagree_are_no_reading() -> None:
    votes = reader.Votes()
    for text in ("6901028075763", "6901028075763", "9787302511236"):
        votes.add(Reading("EAN-13", text, ()))
    winner = votes.winner()
    assert winner is not None
    assert winner.text == "6901028075763"
    votes.add(Reading("EAN-13", "9787302511236", ()))
    assert votes.winner() is None


def test_a_row_of_itf_cut_short_is_no_reading() -> None:
    votes = reader.Votes()
    for text in ("1540014128", "1540014128", "15400141288763"):
        votes.add(Reading("ITF", text, ()))
    assert votes.winner() is None


def test_the_second_reader_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    grey = draw("EAN-13", CODES["EAN-13"])
    assert [found.text for found in decoders.read_zbar(grey)] == [CODES["EAN-13"]]
    monkeypatch.setattr(decoders, "_zbar", lambda: None)
    assert decoders.read_zbar(grey) == []


def test_pictures_that_are_none_are_told(tmp_path: Path) -> None:
    broken = tmp_path / "broken.png"
    Image.new("L", (40, 40)).save(broken)
    broken.write_bytes(broken.read_bytes()[:50])
    huge = tmp_path / "huge.png"
    Image.new("1", (8000, MOST_DOTS // 8000 + 1)).save(huge)
    for file in (broken, huge):
        with pytest.raises(EnvironmentFault, match=r"devices\.no_picture"):
            load_picture(file)
    with pytest.raises(EnvironmentFault, match=r"devices\.file_unreadable"):
        load_picture(tmp_path / "missing.png")


def test_what_is_transparent_is_white(tmp_path: Path) -> None:
    code = Image.fromarray(draw("QR", CODES["QR"]))
    clear = Image.new("RGBA", code.size, (0, 0, 0, 0))
    clear.putalpha(code.point([255 - level for level in range(256)]))
    clear.save(tmp_path / "clear.png")
    assert _texts(load_picture(tmp_path / "clear.png")) == [CODES["QR"]]


@pytest.mark.skipif(PHOTOGRAPHED is None, reason="the photographed codes are not here")
class TestPhotographed:
    """Against pictures that people took; the bars of the reader."""

    def test_bars(self) -> None:
        right, wrong, of = _score(_LINEAR_SETS)
        assert of >= 50
        assert right >= 0.93 * of
        assert wrong <= 0.013 * of

    def test_qr(self) -> None:
        right, wrong, of = _score(("qrcode",))
        assert right >= 0.93 * of
        assert wrong == 0

    def test_bars_askew(self) -> None:
        upright = _score(_LINEAR_SETS)[0]
        askew = _score(_LINEAR_SETS, 60)
        assert askew[0] >= 0.9 * upright
        assert askew[1] <= 0.013 * askew[2]

    def test_no_code(self) -> None:
        assert _score(("falsepositives",))[:2] == (9, 0)

    def test_worse_readers_are_caught(self) -> None:
        """The first reader alone misses too many; one that guesses is wrong."""
        alone = _score(_LINEAR_SETS, reads=_first_alone)
        assert alone[0] < 0.93 * alone[2]
        guessed = _score(_LINEAR_SETS, reads=lambda _grey: [Reading("EAN-13", "6901", ())])
        assert guessed[1] > 0.013 * guessed[2]


def _first_alone(grey: Grey) -> list[Reading]:
    return decoders.read_zxing(grey, decoders.LINEAR, thorough=True)


def _score(
    sets: tuple[str, ...],
    angle: float = 0.0,
    reads: Callable[[Grey], list[Reading]] = read_picture,
) -> tuple[int, int, int]:
    """Right, wrong, and how many there are."""
    right = wrong = of = 0
    for name in sets:
        for _, grey, text in photographed(name):
            texts = [found.text for found in reads(turned(grey, angle) if angle else grey)]
            fine = text in texts if text is not None else not texts
            right, wrong, of = right + fine, wrong + (bool(texts) and not fine), of + 1
    return right, wrong, of
