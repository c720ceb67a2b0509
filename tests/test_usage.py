"""What people get wrong on the command line, and what they are told: a code, and one line with what, where and what to do."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from viewer import outputs
from viewer.command import stills
from viewer.command.cli import main
from viewer.files import jobs

PYTHON = re.compile(
    r"Error\b|invalid literal|NoneType|Traceback|could not convert|unable to convert|Errno|codec|\bint\b|\bfloat\b|\bbool\b|\bstr\b"
    r"|Tokens|\[\'|object at|None\b|<class|tuple|positional|keyword|requires an argument|StopIteration|index out of range"
)
"""Words of the language the program is written in, which mean nothing to who uses it."""

BAD: list[tuple[list[str], int, str]] = [
    # words, exit code, what the line must say
    (["film", "dyve"], 2, "there is no film 'dyve'; did you mean 'dive'?"),
    (["film", "xyzzy"], 2, "there is no film 'xyzzy'; `megastructure film --help` lists them"),
    (["film", "--set", "fill=0.3", "dive"], 2, "--set follows the command that it is for; write `megastructure film dive --set fill=0.3`"),
    (["--set", "fill=0.3", "render", "-o", "a.png"], 2, "write `megastructure render --set fill=0.3 -o a.png`"),
    (["render", "--seed", "x"], 2, "--seed 'x' is not a whole number; write one, like --seed 40"),
    (["render", "--seed", "1.5"], 2, "--seed '1.5' is not a whole number"),
    (["render", "--seed", ""], 2, "--seed '' is not a whole number"),
    (["render", "--seed", "-1"], 3, "seed: -1 is out of range; give 0 to 9223372036854775807"),
    (["render", "--seed", "9" * 20], 3, "out of range"),
    (["render", "--seed"], 2, "--seed needs a value, like --seed 40"),
    (["render", "--hour", "noon"], 2, "--hour 'noon' is not a number; write one, like --hour 19.5"),
    (["render", "--hour", "25"], 2, "--hour 25.0 is out of range; give 0 to 24"),
    (["render", "--hour", "nan"], 2, "--hour 'nan' is not a number"),
    (["render", "--hour", "12:30"], 2, "--hour '12:30' is not a number"),
    (["render", "--hour", "1", "--hour", "2"], 2, "--hour is given twice"),
    (["render", "--year", "long ago"], 2, "--year 'long ago' is not a number"),
    (["render", "--year", "1e99"], 2, "--year 1e+99 is out of range; give -1e6 to 1e6"),
    (["render", "--slice", "wedge:foo"], 2, "'wedge:foo': 'foo' is not a number; write wedge:START,ANGLE"),
    (["render", "--slice", "wedge:1,2,3,4"], 2, "too many numbers"),
    (["render", "--slice", "wedge:0,400"], 2, "angle 0 to 360"),
    (["render", "--slice", "wegde:1"], 2, "did you mean wedge:"),
    (["render", "--slice", "plane:w"], 2, "the axis is x, y, z"),
    (["render", "--slice", "plane:x,foo"], 2, "'foo' is not a number; write plane:AXIS"),
    (["render", "--slice", "plane:x,7"], 2, "fraction -1 to 1"),
    (["render", "--slice", "shells:0.4"], 2, "too few numbers; write shells:INNER"),
    (["render", "--slice", "shells:1,0.4"], 2, "the inner first"),
    (["render", "--slice", "sphere"], 2, "no slice; write wedge:"),
    (["render", "--slice"], 2, "--slice needs a value, like --slice wedge:-45,90"),
    (["render", "--peel", "some"], 2, "--peel 'some' is not a whole number"),
    (["render", "--peel", "-1"], 2, "--peel -1 is out of range; give 0 to 64"),
    (["render", "--isolate", "99"], 2, "--isolate 99 is out of range"),
    (["render", "--explode", "x"], 2, "--explode 'x' is not a number"),
    (["render", "--explode", "99"], 2, "--explode 99.0 is out of range; give 0 to 10"),
    (["render", "--haze", "thick"], 2, "--haze 'thick' is not a number"),
    (["render", "--haze", "-1"], 2, "--haze -1.0 is out of range"),
    (["render", "--style", "oil"], 2, "--style oil is out of range; give one of concrete"),
    (["render", "--do", "layers.peal"], 2, "did you mean 'layers.peel'"),
    (["render", "--size", "1"], 2, "--size '1' is not a size; write 3840x2160 or HD"),
    (["render", "--size", "0x0"], 2, "not a size"),
    (["render", "--size", "12x"], 2, "not a size"),
    (["render", "--size", "axb"], 2, "not a size"),
    (["render", "--size", "99999x99999"], 6, "give a smaller size"),
    (["render", "--quality", "super"], 2, "--quality 'super' is not one of draft, good, best"),
    (["render", "--quality", "bets"], 2, "did you mean 'best'"),
    (["render", "--transparent=maybe"], 2, "is a switch"),
    (["render", "--view", "nowhere"], 2, "there is no view 'nowhere'; use one of opening"),
    (["render", "--view", "canyn"], 2, "did you mean 'canyon'"),
    (["render", "--detail", "x"], 2, "--detail 'x' is not a number"),
    (["render", "--detail", "0"], 2, "give 0.01 to 100"),
    (["render", "--max-triangles", "1.5"], 2, "--max-triangles '1.5' is not a whole number"),
    (["render", "--max-triangles", "0"], 2, "give 1 to"),
    (["render", "--max-triangles", "many"], 2, "not a whole number"),
    (["render", "--max-memory", "lots"], 2, "write 500M or 2G"),
    (["render", "--max-memory", "1M"], 6, "lower --size"),
    (["render", "--set", "fill"], 2, "write --set key=value"),
    (["render", "--set", "fill="], 3, "fill: '' is not a number; give 0.05 to 0.95"),
    (["render", "--set", "fil=1"], 3, "did you mean 'fill'"),
    (["render", "--set", "layers=x"], 3, "layers: 'x' is not a whole number"),
    (["render", "--set", "seed=1.5"], 3, "seed: 1.5 is not a whole number"),
    (["render", "--set", "spacing=odd"], 3, "not one of linear, geometric"),
    (["render", "--set", "plate_km=1e400"], 3, "plate_km: "),
    (["render", "--color", "red"], 2, "--color 'red' is not one of auto, always, never"),
    (["render", "--json=3"], 2, "--json '3' is a switch"),
    (["render", "--log-file", "nosuch/a.log"], 4, "name a file in a folder that exists"),
    (["render", "--log-file", "."], 4, "--log-file"),
    (["render", "--config", "nosuch.toml"], 3, "no such configuration file; check the path"),
    (["render", "--config"], 2, "--config needs a value"),
    (["render", "--config", "bad.toml"], 3, "bad.toml: is not UTF-8 text"),
    (["render", "--yaer", "3"], 2, "no option '--yaer' of render; did you mean '--year'?"),
    (["render", "--xyzzy"], 2, "no option '--xyzzy' of render; `megastructure render --help`"),
    (["render", "band", "7"], 2, "'7' is left over; put quotes around what has spaces, like 'band 7'"),
    (["render", "bnad 7"], 3, "did you mean 'band 7'"),
    (["render", "band 99"], 3, "there is no such band; the City has 12; give 0 to 11"),
    (["render", "band 7 / tlie 3-02"], 3, "did you mean 'tile 3-02'"),
    (["render", "band x"], 3, "address step 1 'band x'"),
    (["render", "modle"], 3, "did you mean 'model'"),
    (["render", "canyon"], 3, "--view canyon"),
    (["render", "nosuch.toml"], 3, "nosuch.toml: cannot be read (No such file or directory); check the path"),
    (["render", "nosuch.png"], 3, "there is no such file"),
    (["render", "full.png"], 3, "full.png: "),
    (["render", "city://nonsense"], 3, "link: "),
    (["render", ""], 3, "no preset, city file, link or address"),
    (["render", "-o", "nosuch/a.png"], 4, "nosuch/a.png: there is no folder 'nosuch'; make it first"),
    (["render", "-o", "here.png"], 4, "here.png: exists; add --force"),
    (["render", "-o", "a.bmp"], 2, "-o 'a.bmp' must end in .png"),
    (["render", "-o", "picture"], 2, "must end in .png"),
    (["render", "-o", ""], 2, "-o '' must end in .png"),
    (["render", "-o", "{colour}.png"], 2, "there is no '{colour}'; use {n}"),
    (["render", "-o", "dir.png"], 4, "is not a plain file"),
    (["render", "-o", "a" * 300 + ".png"], 4, "choose another name"),
    (["render", "-o", "a\0.png"], 4, "choose another name"),
    (["render", "--view", "wedge", "--view", "night", "-o", "a.png"], 2, "put {n} or {view} in the name"),
    (["export", "-o", "a.obj"], 2, "must end in .glb or .stl or .3mf"),
    (["export"], 2, "the name of the file is missing; give one with -o"),
    (["export", "-o", "-"], 2, "export writes a file"),
    (["export", "-o", "a.stl", "--fit", "wide"], 2, "--fit 'wide' is not a length; write 200mm or 20cm"),
    (["export", "-o", "a.stl", "--fit", "0"], 2, "give 1mm to 10000mm"),
    (["export", "-o", "a.stl", "--thin", "melt"], 2, "--thin 'melt' is not one of keep, thicken, drop"),
    (["export", "-o", "a.glb", "--mode", "merge"], 2, "did you mean 'merged'"),
    (["export", "-o", "a.stl", "--mode", "instanced"], 2, "--mode instanced is for a .glb"),
    (["export", "-o", "a.glb", "--min-feature", "x"], 2, "--min-feature 'x' is not a number"),
    (["export", "band", "-o", "a.glb"], 3, "'band' is no preset"),
    (["export", "band 7 / tile 9-0", "-o", "a.glb"], 3, "not a face 0-5"),
    (["view", "--seed", "x"], 2, "not a whole number"),
    (["new", "modle"], 2, "did you mean 'model'"),
    (["new", "canon", "x"], 2, "'x' is left over"),
    (["new", "--hour", "3"], 2, "there is no option '--hour' of new"),
    (["view", "--view", "canyn"], 2, "did you mean 'canyon'"),
    (["new", "-o", "a.json"], 2, "must end in .toml"),
    (["new", "-o", "nosuch/a.toml"], 4, "make it first"),
    (["validate"], 2, "CITY is missing"),
    (["validate", "bad.toml"], 3, "bad.toml:1: is not UTF-8 text; save it as UTF-8"),
    (["check"], 2, "MESH is missing"),
    (["check", "nosuch.stl"], 3, "cannot read 'nosuch.stl'"),
    (["check", "full.png"], 3, "full.png"),
    (["completion"], 2, "SHELL is missing"),
    (["completion", "csh"], 2, "not one of bash, zsh, fish"),
    (["config", "whow"], 2, "did you mean 'show'"),
    (["places", "xyzzy"], 3, "nothing"),
    (["places", "canyn"], 3, "did you mean 'canyon'"),
    (["nwe"], 2, "did you mean 'new'"),
    (["frobnicate"], 2, "`megastructure --help` lists them"),
    (["--hour", "noon"], 2, "--hour 'noon' is not a number"),
]


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder with a few wrong things in it, no display, and nothing that draws."""
    for name in [name for name in os.environ if name.startswith("MEGASTRUCTURE_")] + ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"]:
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    work = tmp_path / "work"
    (work / "dir.png").mkdir(parents=True)
    (work / "here.png").write_text("mine")
    (work / "full.png").write_text("not a picture")
    (work / "bad.toml").write_bytes(b"\xff\xfe")
    monkeypatch.chdir(work)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr(stills, "make_still", lambda job, advance=None: pytest.fail("drew"))
    monkeypatch.setattr(jobs, "make_export", lambda job, report: pytest.fail("wrote"))
    return work


@pytest.mark.parametrize(("words", "code", "says"), BAD, ids=[" ".join(words)[:60].replace("\0", "NUL") for words, _, _ in BAD])
def test_bad_input(words: list[str], code: int, says: str, capfd: pytest.CaptureFixture[str], desk: Path) -> None:
    before = sorted(desk.iterdir())
    assert main(words) == code
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith("error: ")
    assert err.count("\n") == 1
    assert says in err
    assert ";" in err, "says what to do"
    assert len(err) <= 420
    assert not PYTHON.search(err), err
    assert sorted(desk.iterdir()) == before


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (FileNotFoundError(2, "No such file or directory"), "takes no new files; choose another folder"),
        (PermissionError(13, "Permission denied"), "takes no new files (Permission denied); choose another folder"),
    ],
    ids=["as /proc", "as /sys"],
)
@pytest.mark.parametrize("words", [["render", "-o", "a.png"], ["export", "-o", "a.glb"], ["film", "day", "-o", "a.mp4"]])
def test_a_folder_that_is_there_and_takes_no_files(
    words: list[str], error: OSError, says: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Root is let in, and yet nothing can be made there: it is said before anything is drawn, and not that the folder is not there."""

    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(outputs, "TemporaryFile", refuse)
    assert main(words) == 4
    assert capfd.readouterr().err == f"error: {words[-1]}: the folder '.' {says}\n"


def test_the_environment_and_the_file_are_named(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    Path("mine.toml").write_text('hour = "noon"\n')
    assert main(["render", "--config", "mine.toml"]) == 2
    assert "hour 'noon' in mine.toml is not a number" in capfd.readouterr().err
    monkeypatch.setenv("MEGASTRUCTURE_HOUR", "noon")
    assert main(["render"]) == 2
    assert "MEGASTRUCTURE_HOUR 'noon' in the environment is not a number" in capfd.readouterr().err


def test_whole_numbers_may_be_written_in_short(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    monkeypatch.setattr(stills, "dry_still", lambda job: made.append(job) or {})
    assert main(["render", "-n", "--max-triangles", "2e6", "--seed", "+7"]) == 0
    assert (made[0].max_triangles, made[0].state.city.seed) == (2_000_000, 7)
