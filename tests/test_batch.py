"""Batches, sizes, formats and scouting from the command line: what is asked for becomes stills, or one line that says why not."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PIL import Image

from viewer.command import stills
from viewer.command.cli import main
from viewer.command.options import SIZES, read_size
from viewer.drawing import picture
from viewer.stands import STANDS


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder and no settings."""
    for name in [name for name in os.environ if name.startswith("MEGASTRUCTURE_")]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("signal.signal", lambda *_: None)


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[stills.Still]:
    """Stills are recorded, not drawn."""
    made: list[stills.Still] = []

    def record(job: stills.Still, advance: object = None) -> dict[str, object]:
        made.append(job)
        return {"output": job.output, "triangles": 1, "seconds": 0.0, "link": ""}

    monkeypatch.setattr(stills, "make_still", record)
    return made


def test_seeds_and_hours_make_a_batch(drawn: list[stills.Still]) -> None:
    assert main(["render", "--seed", "1..2,7", "--hour", "0,18.5", "-o", "{n:2}-{seed}-{hour}-{view}-{style}.jpg"]) == 0
    assert [still.output for still in drawn] == [
        f"{n:02}-{seed}-{hour}-opening-concrete.jpg"
        for n, (seed, hour) in enumerate([(seed, hour) for seed in (1, 2, 7) for hour in ("0", "18.5")], 1)
    ]
    assert [(still.state.city.seed, still.state.hour) for still in drawn][:3] == [(1, 0.0), (1, 18.5), (2, 0.0)]


def test_a_batch_of_views_for_every_seed(drawn: list[stills.Still]) -> None:
    assert main(["render", "--seed", "1,2", "--view", "half", "--view", "night", "-o", "{seed}-{view}.png"]) == 0
    assert [still.output for still in drawn] == ["1-half.png", "1-night.png", "2-half.png", "2-night.png"]


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("--seed 8..1", 2, "write 1..8"),
        ("--seed 1..", 2, "not a whole number"),
        ("--seed 1..99999999999", 6, "more than 10000 pictures"),
        ("--seed 1..5000 --hour 1,2,3 -o {n}.png", 6, "15000 pictures"),
        ("--hour 1,x", 2, "not a number"),
        ("--hour 1,25 -o {n}.png", 2, "out of range"),
        ("--seed 1,2 -o a.png", 2, "put {n} or {view} in the name"),
        ("-o a.jpg --transparent", 2, "a jpg cannot hold that"),
        ("-o a.webp --depth 16", 2, "let the name end in .png or .exr"),
        ("-o a.png --depth 12", 2, "--depth '12' is not one of 8, 16"),
        ("-o a.png --passes depth,smell", 2, "write --passes depth,normal"),
        ("-o a.gif", 2, "must end in .png"),
        ("--sheet s.png", 2, "give --compose 16 with it"),
        ("--compose 0", 2, "--compose 0 is out of range; give 1 to 1000"),
        ("--compose 4 --view canyon", 2, "leave out --view"),
        ("--compose 4 -o a.png --sheet a.png", 2, "two files would be 'a.png'"),
        ("--compose 2 --seed 1,2 -o {seed}.png --sheet s.png", 2, "several outputs would be 's.png'"),
        ("--size phones", 2, "not a size"),
    ],
)
def test_what_cannot_be(line: str, code: int, says: str, drawn: list[stills.Still], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["render", *line.split()]) == code
    err = capfd.readouterr().err
    assert says in err
    assert err.count("\n") == 1
    assert drawn == []


def test_the_estimate_knows_how_tiles_are_cut() -> None:
    assert (stills.TILE, stills.MARGIN) == (picture.TILE, picture.MARGIN)
    assert stills.still_bytes((7680, 4320), 2, 4_000_000) < 3e9, "an 8K wallpaper takes no more than this"
    assert stills.still_bytes((7680, 4320), 2, 4_000_000, deep=True) > stills.still_bytes((7680, 4320), 2, 4_000_000)


def test_sizes_have_names() -> None:
    assert read_size("ultrawide") == read_size("ULTRAWIDE") == (3440, 1440)
    assert read_size("superwide") == (5120, 1440)
    assert read_size("dual-4k") == (7680, 2160)
    assert read_size("phone") == (1179, 2556)
    assert all(read_size(name) == pixels for name, pixels in SIZES.items())


@pytest.mark.parametrize("kind", ["jpg", "webp", "exr", "png"])
def test_a_picture_of_every_format_opens_again(kind: str) -> None:
    line = ["render", "model", "--isolate", "0", "--max-triangles", "3000", "--size", "64x48", "--quality", "draft", "--hour", "5"]
    assert main([*line, "-o", f"a.{kind}"]) == 0
    assert main([*line, "-o", f"b.{kind}"]) == 0
    assert Path(f"a.{kind}").read_bytes() == Path(f"b.{kind}").read_bytes(), "the same command gives the same bytes"
    assert main(["render", f"a.{kind}", "--size", "64x48", "--max-triangles", "3000", "--quality", "draft", "-o", f"c.{kind}"]) == 0
    assert Path(f"a.{kind}").read_bytes() == Path(f"c.{kind}").read_bytes(), "and so does its link"


def test_passes_lie_beside_the_picture(capfd: pytest.CaptureFixture[str]) -> None:
    line = "render model --max-triangles 3000 --size 64x48 --depth 16 --passes depth,normal --json -o wall.png"
    assert main(line.split()) == 0
    row = json.loads(capfd.readouterr().out)[0]
    assert row["passes"] == ["wall.depth.exr", "wall.normal.png"]
    assert Path("wall.depth.exr").read_bytes()[:4] == b"\x76\x2f\x31\x01"
    assert Image.open("wall.normal.png").size == Image.open("wall.png").size == (64, 48)
    assert main(line.split()) == 4, "nothing of it is overwritten"


def test_the_best_of_some_viewpoints(capfd: pytest.CaptureFixture[str]) -> None:
    words = "render --compose 2 --size 96x54 --max-triangles 20000 --quality draft --sheet sheet.jpg --style ink --json"
    line = [*words.split(), "-o", "a.png"]
    assert main(line) == 0
    row = json.loads(capfd.readouterr().out)[0]
    assert row["view"] in [f"{stand.name} 1" for stand in STANDS[:2]]
    assert 0.0 < row["score"] <= 10.0
    assert len(row["checks"]) == 10
    assert sum(check["passed"] for check in row["checks"]) == row["passed"]
    assert "style=ink" in row["link"]
    assert Image.open("sheet.jpg").size[0] == 960
    assert main([*line, "--dry-run", "--force"]) == 0
    assert json.loads(capfd.readouterr().out)[0]["viewpoints"] == 2
