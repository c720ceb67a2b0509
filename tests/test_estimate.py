"""What an estimate is made of: the share that is rehearsed stands for the whole; what only making can tell is made."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from geometry.export.islands import lines
from geometry.export.piece import Piece
from geometry.parts import EMPTY, Parts
from geometry.place import Frame
from viewer.command.cli import main
from viewer.rehearsal import FEWER, SAMPLE, Sample, Trial, reading_back

DISTRICT = "band 7.16.5 / layer 102345 / tile 3-022222222222222122222 / district 7"


def piece(count: int) -> Piece:
    """A place of so many parts."""
    columns = (getattr(EMPTY, name) for name in Parts.__dataclass_fields__)
    return Piece("a", (), Frame(np.zeros(3), np.eye(3)), Parts(*(np.zeros((count, *one.shape[1:]), one.dtype) for one in columns)))


def held(pieces: list[Piece]) -> int:
    return sum(one.parts.triangles for one in pieces)


def test_a_sample_holds_its_share_of_large_places_and_of_small_ones() -> None:
    places = [piece(40_000), piece(9_000), *(piece(count) for count in np.linspace(1500, 20, 700).astype(int).tolist())]
    sample = Sample()
    for one in places:
        sample.add(one)
    some = sample.share(1)
    assert SAMPLE * 0.9 < held(some) <= 2 * SAMPLE
    share = held(some) / held(places)
    large = sum(len(one.parts) for one in some[:2]) / 49_000
    assert large == pytest.approx(share, rel=0.15), "neither all of the largest place nor none of it"
    assert held(sample.share(FEWER)) / held(some) == pytest.approx(1 / FEWER, rel=0.15)
    assert 2 * SAMPLE <= held(sample.largest) <= held(places[:1])


def test_what_stands_is_counted_to_the_byte(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.3mf"
    words = ["export", DISTRICT, "--max-triangles", "3000", "--base", "--fit", "40mm", "-o", str(path), "--json"]
    assert main([*words, "--dry-run"]) == 0
    told = json.loads(capfd.readouterr().out)[0]
    assert not path.exists()
    assert main(words) == 0
    done = json.loads(capfd.readouterr().out)
    assert (told["triangles"], told["bytes"], told["output"]) == (done["triangles"], path.stat().st_size, str(path))


def test_reading_a_print_back_takes_time_for_triangles_and_for_lines() -> None:
    few = Trial(28_000, 28_000, 1, 1.0, 0.0, 1, area=80_000.0, size=200.0)
    many = Trial(
        220_000, 220_000, 1, 1.0, 0.0, 1, checked=1.0, looked=0.7, bare=0.2, lines=lines(200.0, 240_000.0), area=240_000.0, size=200.0
    )
    assert reading_back(few, many, 220_000) == pytest.approx(1.7)
    assert 5 * 1.2 + 0.5 < reading_back(few, many, 1_100_000) < 5 * 1.7, "lines lie farther apart on what has a larger surface"
