"""What an estimate is made of: the share that is rehearsed stands for the whole; what only making can tell is made."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from geometry.child import surroundings
from geometry.export.piece import Piece
from geometry.parts import EMPTY, Parts
from geometry.place import Frame
from viewer.command.cli import main
from viewer.files import estimate, rehearsal
from viewer.files.rehearsal import FEWER, SAMPLE, Sample

DISTRICT = "band 7.16.5 / layer 102345 / tile 3-022222222222222122222 / district 7"


def piece(count: int) -> Piece:
    """A place of so many parts."""
    columns = (getattr(EMPTY, name) for name in Parts.__dataclass_fields__)
    return Piece("a", (), Frame(np.zeros(3), np.eye(3)), Parts(*(np.zeros((count, *one.shape[1:]), one.dtype) for one in columns)))


def held(pieces: list[Piece]) -> int:
    return sum(one.parts.triangles for one in pieces)


def test_a_sample_holds_its_share_of_large_places_and_of_small_ones() -> None:
    places = [piece(160_000), piece(36_000), *(piece(count) for count in np.linspace(1500, 20, 700).astype(int).tolist())]
    sample = Sample()
    for one in places:
        sample.add(one)
    some = sample.share(1)
    assert SAMPLE * 0.9 < held(some) <= 2 * SAMPLE
    share = held(some) / held(places)
    large = sum(len(one.parts) for one in some[:2]) / 196_000
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


@pytest.mark.parametrize(
    ("name", "flags"),
    [
        ("a.glb", ()),
        ("b.glb", ("--mode", "instanced")),
        ("c.stl", ()),
        ("d.3mf", ("--bed", "80x80x200", "--fit", "150mm")),
        ("e.ply", ("--ao",)),
        ("f.svg", ()),
    ],
)
def test_what_is_small_is_told_exactly(name: str, flags: tuple[str, ...], tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["export", DISTRICT, "--max-triangles", "4000", "-o", str(tmp_path / name), *flags, "--json"]
    assert main([*words, "--dry-run"]) == 0
    told = json.loads(capfd.readouterr().out)[0]
    assert not list(tmp_path.iterdir()), "an estimate leaves nothing"
    assert main(words) == 0
    done = json.loads(capfd.readouterr().out)
    assert (told["triangles"], told["bytes"]) == (done["triangles"], done["bytes"])
    assert told["output"] == ", ".join(str(path) for path in sorted(tmp_path.iterdir()))
    assert told["parts"] > told["places"] > 0


@pytest.mark.parametrize("name", ["a.glb", "c.stl", "e.ply"])
def test_of_what_is_large_a_share_tells(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["export", DISTRICT, "--max-triangles", "60000", "-o", str(tmp_path / name), "--json"]
    monkeypatch.setattr(estimate, "WHOLE", 1000)
    monkeypatch.setattr(rehearsal, "SAMPLE", 10_000)
    made = []
    monkeypatch.setattr(estimate, "_made", lambda *_: made.append(1))
    assert main([*words, "--dry-run"]) == 0
    told = json.loads(capfd.readouterr().out)[0]
    assert main(words) == 0
    done = json.loads(capfd.readouterr().out)
    assert not made
    assert min(told["processor_seconds"], told["memory_bytes"]) > 0.0
    assert told["triangles"] == pytest.approx(done["triangles"], rel=0.02)
    assert told["bytes"] == pytest.approx(done["bytes"], rel=0.02)


def test_what_is_small_though_more_is_allowed_is_told_exactly(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    block = f"{DISTRICT} / block 0"
    words = ["export", block, "--max-triangles", "30000", "-o", str(tmp_path / "a.3mf"), "--json"]
    monkeypatch.setattr(estimate, "WHOLE", 29_800)
    monkeypatch.setattr(rehearsal, "SAMPLE", 5000)
    assert main([*words, "--dry-run"]) == 0
    told = json.loads(capfd.readouterr().out)[0]
    assert main(words) == 0
    done = json.loads(capfd.readouterr().out)
    assert told["triangles"] < 29_800
    assert (told["triangles"], told["bytes"]) == (done["triangles"], done["bytes"])


def test_memory_of_who_started_it_is_not_counted() -> None:
    held = np.ones(60_000_000)
    run = [sys.executable, "-c", "from viewer.files.rehearsal import peak; print(peak())"]
    told = int(subprocess.run(run, env=surroundings(), capture_output=True, text=True, check=True).stdout)
    assert 1_000_000 < told < held.nbytes
