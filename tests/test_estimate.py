"""What an estimate is made of: the share that is rehearsed stands for the whole; what only making can tell is made."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from geometry.address import parse as read_address
from geometry.budget import pieces
from geometry.city import City
from geometry.export import write_stl
from geometry.export.check import read_triangles
from geometry.export.piece import Piece
from geometry.export.shadow import projected, shadows
from geometry.parts import EMPTY, Parts
from geometry.place import Frame
from viewer.command.cli import main
from viewer.files import reading_back
from viewer.files.reading_back import Print, Read, seconds
from viewer.files.rehearsal import FEWER, SAMPLE, Sample

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


def a_print(triangles: int, area: float) -> Print:
    return Print(triangles, np.full(3, area / 3), 200.0)


def test_reading_a_print_back_takes_time_for_triangles_and_for_lines() -> None:
    tried = a_print(220_000, 240_000.0)
    few = Read(28_000, 0.1)
    many = Read(220_000, 1.0, crossings=float(tried.crossings.sum()), along=0.5, once=0.2)
    assert seconds(few, many, [tried]) == pytest.approx(1.7)
    assert 5 * 1.0 + 0.7 < seconds(few, many, [a_print(1_100_000, 1_200_000.0)]) < 7 * 1.7, "lines lie farther apart on a larger surface"
    assert seconds(few, many, [tried] * 4) == pytest.approx(0.2 + 4 * 1.5), "each file is looked through by itself"
    assert seconds(few, many, [a_print(3_000_000, 1.0)] * 2) == 0.0, "so many triangles are not read back"


def test_what_a_print_is_as_seen_along_each_axis_is_known_before_it_is_made(tmp_path: Path) -> None:
    city = City(seed=40)
    place = city.at(read_address(DISTRICT))
    for axes, some in (
        (place.frame.axes, list(pieces(city, place, max_triangles=8_000))),
        (None, list(pieces(city, place, max_triangles=900))),
    ):
        report = write_stl(some, tmp_path / "a.stl", axes=axes, force=True)
        told = sum(shadows(piece, axes) for piece in some) * report.scale**2
        assert told == pytest.approx(projected(read_triangles(tmp_path / "a.stl").astype(np.float64)), rel=2e-3)


def test_of_a_print_in_tiles_each_is_weighed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weighed: list[Print] = []
    monkeypatch.setattr(reading_back, "seconds", lambda few, many, prints: weighed.extend(prints) or 0.0)
    words = ["export", DISTRICT, "--max-triangles", "4000", "--fit", "150mm", "--bed", "80x80x200", "-o", str(tmp_path / "a.stl")]
    assert main([*words, "--dry-run"]) == 0
    assert main(words) == 0
    made = [read_triangles(path).astype(np.float64) for path in sorted(tmp_path.glob("*.stl"))]
    assert len(made) == 4
    for told, triangles in zip(weighed, made, strict=True):
        assert told.triangles == pytest.approx(len(triangles), rel=0.01)
        assert told.shadows == pytest.approx(projected(triangles), rel=0.01)
        assert told.size == pytest.approx(np.ptp(triangles.reshape(-1, 3), axis=0).max(), rel=0.01)
