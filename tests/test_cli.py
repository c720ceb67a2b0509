"""The command: one table of minimal commands with their exit codes, the order of precedence, the help, and what it never does."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from geometry.cityfile import read
from geometry.export.check import read_extras
from viewer.command import stills
from viewer.command.cli import app, main
from viewer.command.display import problem as no_display
from viewer.command.reference import text as reference
from viewer.errors import exit_code
from viewer.link import parse

DISTRICT = "band 7.16.5 / layer 102345 / tile 3-022222222222222122222 / district 7"
ROOT = Path(__file__).parents[1]
SHOTS = ROOT / "tests" / "help"


@pytest.fixture(autouse=True)
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty folder, no display, no settings of whoever runs the tests."""
    for name in [name for name in os.environ if name.startswith("MEGASTRUCTURE_")] + ["DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"]:
        monkeypatch.delenv(name, raising=False)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    return work


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[stills.Still]:
    """Stills are recorded, not drawn."""
    made: list[stills.Still] = []

    def record(job: stills.Still, advance: object = None) -> dict[str, object]:
        made.append(job)
        return {"output": job.output, "triangles": 1, "seconds": 0.0, "link": "city://1/1"}

    monkeypatch.setattr(stills, "make_still", record)
    return made


COMMANDS = [
    ("--help", 0),
    ("--version", 0),
    ("render --help", 0),
    ("presets", 0),
    ("presets --json", 0),
    ("places", 0),
    ("places wedge", 0),
    ("places void --limit 1", 0),
    ("places hall near shfat", 3),
    ("canon", 0),
    ("canon S13", 0),
    ("canon lifts --json", 0),
    ("canon --missing", 0),
    ("canon nosuchword", 3),
    ("parameters", 0),
    ("info model", 0),
    ("info", 0),
    ("info --json", 0),
    ("new", 0),
    ("new model -o my.city.toml", 0),
    ("new model -o -odd.toml", 0),
    ("render -o -odd.png", 0),
    ("new model --set fill=0.3 --seed 8 -o -", 0),
    ("config path", 0),
    ("config show", 0),
    ("completion bash", 0),
    ("completion zsh", 0),
    ("", 0),
    ("render", 0),
    ("render model -o a.png --size 64x48", 0),
    ("render -o a.png --view night --hour 3 --year -500 --style ink --transparent --quality draft", 0),
    ("render -o a.png --slice wedge:-45,90 --slice plane:-x,0.2 --slice shells:0.4,1 --peel 2 --isolate 3 --explode 0.2", 0),
    ("render -o a.png --do layers.peel --do light.day-night", 0),
    ("render city://1/7?hour=3 -o a.png", 0),
    ("nwe", 2),
    ("render --yaer 3", 2),
    ("render --size 0x0", 2),
    ("render --size big", 2),
    ("render --size -5x5", 2),
    ("render --hour 25", 2),
    ("render --hour nan", 2),
    ("render --hour noon", 2),
    ("render --style oil", 2),
    ("render --slice wegde:1", 2),
    ("render --view openin", 2),
    ("render --peel -1", 2),
    ("render --explode nan", 2),
    ("render --do quit", 2),
    ("render --detail 0", 2),
    ("render --max-triangles 0", 2),
    ("render --max-memory lots", 2),
    ("render -o a.jpg", 0),
    ("render -o a.gif", 2),
    ("render -o {colour}.png", 2),
    ("render --view opening --view wedge -o a.png", 2),
    ("render --set fill", 2),
    ("new nosuch", 2),
    ("completion tcsh", 2),
    ("export -o city.obj", 2),
    ("export -o a.stl --thin melt", 2),
    ("export", 2),
    ("render --set fill=nan", 3),
    ("render --set fil=1", 3),
    ("render --set layers=1000000000000", 3),
    ("render --seed -1", 3),
    ("render nosuch.toml", 3),
    ("render nosuch.png", 3),
    ("render nosuch.glb", 3),
    ("render nosuch", 3),
    ("render city://random", 3),
    ("render city://1/1?hour=nan", 3),
    ("render --view city://1/1?hour=99", 3),
    ("validate nosuch.toml", 3),
    ("validate /dev/zero", 3),
    ("check nosuch.stl", 3),
    ("render -o nosuch/a.png", 4),
    ("render -o /dev/full", 4),
    ("render -o /dev/null --force", 4),
    ("render -o .", 4),
    ("export -o nosuch/a.glb", 4),
    ("view", 5),
    ("view model", 5),
    ("render --size 100000x100000", 6),
    ("render --size 8K --max-memory 100M", 6),
    ("export -o a.3mf --max-triangles 4294967296", 6),
]


@pytest.mark.parametrize(("line", "code"), COMMANDS, ids=[line or "(none)" for line, _ in COMMANDS])
def test_minimal_commands(line: str, code: int, drawn: list[stills.Still], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(line.split()) == code
    out, err = capfd.readouterr()
    assert "Traceback" not in out + err
    if code:
        assert out == ""
        assert err.startswith("error: ")
        assert err.count("\n") == 1, "one line"
        assert len(err) < 420
    else:
        assert err == ""
        assert out


def shots() -> list[str]:
    return ["", *sorted(name for name in app if not name.startswith("-"))]


@pytest.mark.parametrize("command", shots(), ids=lambda name: name or "(none)")
def test_help_texts_are_as_reviewed(command: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """Set UPDATE_HELP=1 to accept new ones."""
    monkeypatch.setenv("COLUMNS", "100")
    assert main([*command.split(), "--help"]) == 0
    out = "\n".join(line.rstrip() for line in capfd.readouterr().out.splitlines()) + "\n"
    shot = SHOTS / f"{command or 'megastructure'}.txt"
    if os.environ.get("UPDATE_HELP"):
        SHOTS.mkdir(exist_ok=True)
        shot.write_text(out, encoding="utf-8")
    assert out == shot.read_text(encoding="utf-8")


def test_the_reference_is_current() -> None:
    assert (ROOT / "docs" / "commands.md").read_text(encoding="utf-8") == reference(), (
        "python -m viewer.command.reference > docs/commands.md"
    )


def test_flags_make_the_state(drawn: list[stills.Still]) -> None:
    assert (
        main(
            [
                "render",
                "model",
                "--seed",
                "7",
                "--set",
                "fill=0.3",
                "--hour",
                "24",
                "--style",
                "ink",
                "--slice",
                "none",
                "--peel",
                "2",
                "--detail",
                "2",
                "--size",
                "4k",
                "-o",
                "a.png",
            ]
        )
        == 0
    )
    still = drawn[0]
    assert (still.state.city.seed, still.state.city.fill, still.state.city.layers) == (7, 0.3, 12)
    assert (still.state.hour, still.state.style, still.state.cuts, still.state.peel, still.state.detail) == (0.0, "ink", (), 2, 2.0)
    assert still.size == (3840, 2160)


def test_a_glb_of_ours_opens_its_view(drawn: list[stills.Still], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "layer 3", "--set", "layers=12", "--hour", "7", "--max-triangles", "20000", "-o", "a.glb"]) == 0
    assert main(["render", "a.glb", "-o", "a.png"]) == 0
    assert (drawn[0].state.city.layers, drawn[0].state.hour) == (12, 7.0)
    Path("b.glb").write_bytes(b"glTF")
    assert main(["render", "b.glb", "-o", "b.png"]) == 3


@pytest.mark.parametrize(("thin", "made"), [("keep", 20_000), ("drop", 10_000)])
def test_thin_parts_of_a_print(thin: str, made: int, capfd: pytest.CaptureFixture[str]) -> None:
    line = f"export layer~3 --set layers=12 --max-triangles 20000 -o a.stl --json --fit 20 --thin {thin}"
    assert main([word.replace("~", " ") for word in line.split()]) == 0
    row = json.loads(capfd.readouterr().out)
    assert row["thin"] > 0
    assert made / 2 < row["triangles"] <= made
    assert main(["check", "a.stl"]) == 0


def test_a_layer_too_thin_to_print_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "layer 90000", "-o", "a.stl"]) == 6
    assert "export one tile" in capfd.readouterr().err
    assert main(["export", "layer 90000", "-o", "a.glb", "--dry-run", "--max-triangles", "100000"]) == 0
    assert main(["export", "layer 900000", "-o", "a.glb"]) == 3
    assert main(["export", "band 3.2", "-o", "a.glb", "--dry-run", "--max-triangles", "100000"]) == 0


def test_what_a_killed_writer_left_is_cleared_away(drawn: list[stills.Still]) -> None:
    for name, age in ((".megastructure-0123456789abcdef.part", 3600), (".megastructure-fresh.part", 0), (".other.part", 3600)):
        Path(name).write_bytes(b"x")
        then = time.time() - age
        os.utime(name, (then, then))
    assert main(["render", "-o", "a.png"]) == 0
    assert sorted(path.name for path in Path().iterdir()) == [".megastructure-fresh.part", ".other.part"]


def test_a_link_keeps_its_camera_and_takes_the_flags(drawn: list[stills.Still]) -> None:
    link = "city://1/7?eye=1.0,2.0,3.0&focus=0.0,0.0,0.0&hour=3"
    assert main(["render", link, "--seed", "9", "--hour", "4", "-o", "a.png"]) == 0
    assert drawn[0].state.camera == parse(link).camera
    assert (drawn[0].state.city.seed, drawn[0].state.hour) == (9, 4.0)


def test_an_address_is_framed(drawn: list[stills.Still]) -> None:
    assert main(["render", "seed 5 / band 7", "-o", "a.png"]) == 0
    assert drawn[0].state.city.seed == 5
    assert drawn[0].state.isolated == 7
    assert np.isfinite(drawn[0].state.camera.position).all()
    assert main(["render", "band 99", "-o", "b.png"]) == 3


def test_batches_and_templates(drawn: list[stills.Still]) -> None:
    assert main(["render", "--view", "opening", "--view", "night", "--size", "HD", "-o", "{n:3}-{seed}-{view}-{size}.png"]) == 0
    assert [still.output for still in drawn] == ["001-40-opening-1280x720.png", "002-40-night-1280x720.png"]
    assert drawn[1].state.hour == 0.0
    drawn.clear()
    assert main(["render", "--size", "10x10", "--size", "20x20", "-o", "a.png", "-o", "b.png"]) == 0
    assert [(still.size, still.output) for still in drawn] == [((10, 10), "a.png"), ((20, 20), "b.png")]


def test_nothing_is_overwritten_unless_told(drawn: list[stills.Still], capfd: pytest.CaptureFixture[str]) -> None:
    Path("a.png").write_text("mine")
    assert main(["render", "-o", "a.png"]) == 4
    assert "--force" in capfd.readouterr().err
    assert drawn == []
    assert main(["render", "-o", "a.png", "--force"]) == 0
    Path("my.toml").write_text("mine")
    assert main(["new", "-o", "my.toml"]) == 4
    assert Path("my.toml").read_text() == "mine"
    Path("megastructure.png").write_text("mine")
    assert main([]) == 0
    assert drawn[-1].output == "megastructure-2.png"


def test_flag_beats_environment_beats_file_beats_default(
    drawn: list[stills.Still], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def size_of(*extra: str) -> int:
        drawn.clear()
        assert main(["render", "-o", "a.png", *extra]) == 0
        return drawn[0].size[0]

    assert size_of() == 1920
    settings = tmp_path / "mine.toml"
    settings.write_text('size = "100x100"\nstyle = "ink"\nnonsense = 3\n')
    assert size_of("--config", str(settings)) == 100
    assert drawn[0].state.style == "ink"
    monkeypatch.setenv("MEGASTRUCTURE_CONFIG", str(settings))
    assert size_of() == 100
    assert size_of("--no-config") == 1920
    monkeypatch.setenv("MEGASTRUCTURE_SIZE", "200x200")
    assert size_of() == 200
    assert size_of("--size", "300x300") == 300


@pytest.mark.parametrize("damage", [b"size = ", b"\xff", b"x = " + b"[" * 50_000, b"[table]\na = 1\n", b"x = " + b"9" * 5000])
def test_a_damaged_configuration_is_set_aside_and_said_once(
    damage: bytes, capfd: pytest.CaptureFixture[str], drawn: list[stills.Still]
) -> None:
    from viewer.config import default_path

    path = default_path()
    path.parent.mkdir(parents=True)
    path.write_bytes(damage)
    assert main(["render", "-o", "a.png"]) == 0
    err = capfd.readouterr().err
    assert err.startswith("warning: ")
    assert err.count("\n") == 1
    assert path.with_name(path.name + ".bad").read_bytes() == damage
    assert main(["render", "-o", "b.png"]) == 0
    assert capfd.readouterr().err == ""


def test_a_new_city_validates_and_reads_back(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["new", "model", "--set", "fill=0.3", "--seed", "8", "--title", "Mine", "-o", "my.city.toml"]) == 0
    assert read("my.city.toml").spec.fill == 0.3
    capfd.readouterr()
    assert main(["validate", "my.city.toml", "--json"]) == 0
    row = json.loads(capfd.readouterr().out)
    assert row["changes"] == {"seed": 8, "fill": 0.3}
    Path("my.city.toml").write_text("schema = 1\n[city]\nfill = 2\n")
    assert main(["validate", "my.city.toml"]) == 3
    assert capfd.readouterr().err.startswith("error: my.city.toml:3: fill: ")


def test_json_is_json(capfd: pytest.CaptureFixture[str], drawn: list[stills.Still]) -> None:
    for line in ("presets", "places", "canon", "info", "new", "config path", "render -o a.png", ""):
        assert main([*line.split(), "--json"]) == 0
        json.loads(capfd.readouterr().out)


def test_a_dry_run_counts_and_writes_nothing(bare: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert (
        main(["render", "model", "--isolate", "0", "--size", "64x36", "--max-triangles", "2000", "--dry-run", "--json", "-o", "a.png"]) == 0
    )
    row = json.loads(capfd.readouterr().out)[0]
    assert row["triangles"] > 0
    assert row["memory_bytes"] > 0
    assert list(bare.iterdir()) == []


@pytest.mark.parametrize("kind", ["glb", "stl"])
def test_an_export_is_written_checked_and_not_overwritten(kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    line = f"export earth -o a.{kind} --max-triangles 20000 --json".split()
    assert main([*line, "--dry-run"]) == 0
    dry = json.loads(capfd.readouterr().out)[0]
    assert not Path(f"a.{kind}").exists()
    assert main(line) == 0
    made = json.loads(capfd.readouterr().out)
    assert made["triangles"] + made["dropped"] == pytest.approx(dry["triangles"], rel=0.1), "a print joins plates where they meet"
    assert kind == "stl" or made["triangles"] == dry["triangles"]
    assert made["bytes"] == Path(f"a.{kind}").stat().st_size
    assert 0.3 < dry["bytes"] / made["bytes"] < 3.0
    assert main(["check", f"a.{kind}", "--json"]) in (0, 7)
    checked = json.loads(capfd.readouterr().out)
    assert checked["triangles"] == made["triangles"]
    assert made["checks"] == ([checked] if kind == "stl" else []), "what is said of a print is what `check` says"
    assert main(line) == 4
    assert main([*line, "--force"]) == 0


def test_an_export_leaves_out_what_is_peeled_and_cut(capfd: pytest.CaptureFixture[str]) -> None:
    def least(*extra: str) -> int:
        assert main(["export", "model", "-o", "a.stl", "--max-triangles", "1", "--dry-run", "--json", *extra]) == 6
        found = re.search(r"takes at least (\d+) triangles and 1 are allowed; give --max-triangles (\d+) or more", capfd.readouterr().err)
        assert found is not None
        assert found[1] == found[2]
        return int(found[1])

    one = least("--isolate", "3")
    assert 0 < one <= least("--peel", "9")
    assert main(["export", "model", "-o", "a.stl", "-n", "--isolate", "3", "--slice", "shells:0.99,1"]) == 6
    assert "nothing to export" in capfd.readouterr().err
    assert main(["export", "model", "--isolate", "3", "-o", "a.stl", "--max-triangles", str(one), "--json"]) == 0
    assert json.loads(capfd.readouterr().out)["triangles"] <= one


def test_an_export_that_cannot_fit_writes_nothing(bare: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "model", "--isolate", "0", "--max-triangles", "10", "-o", "a.glb"]) == 6
    assert capfd.readouterr().err.count("\n") == 1
    assert list(bare.iterdir()) == []


def test_instances_make_a_smaller_file(capfd: pytest.CaptureFixture[str]) -> None:
    sizes = {}
    for mode in ("merged", "instanced"):
        line = ["export", DISTRICT, "--max-triangles", "20000", "-o", f"{mode}.glb", "--mode", mode, "--json"]
        assert main([*line, "--dry-run"]) == 0
        dry = json.loads(capfd.readouterr().out)[0]
        assert main(line) == 0
        made = json.loads(capfd.readouterr().out)
        sizes[mode] = made["bytes"]
        assert 0.3 < dry["bytes"] / made["bytes"] < 3.0
        assert main(["check", f"{mode}.glb", "--json"]) == 0
        assert json.loads(capfd.readouterr().out)["triangles"] == made["triangles"]
    assert sizes["instanced"] < 0.3 * sizes["merged"]


def test_a_check_is_in_plain_words(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["export", DISTRICT, "--max-triangles", "2000", "-o", "a.stl"]) == 0
    capfd.readouterr()
    assert main(["check", "a.stl"]) == 0
    lines = capfd.readouterr().out.splitlines()
    named = [line.split("  ")[0] for line in lines]
    assert named[3:8] == ["open edges", "crowded edges", "tangled edges", "empty triangles", "bodies"]
    assert named[8:] == ["islands", "afloat", "inside out", "volume", "thinnest body", "frail bodies", "fits", "verdict"]
    assert all(len(line.split()) > 6 for line in lines[3:9]), "each says what it means"
    data = bytearray(Path("a.stl").read_bytes())
    Path("b.stl").write_bytes(data[:80] + (1).to_bytes(4, "little") + data[84:134])
    assert main(["check", "b.stl"]) == 7
    out, err = capfd.readouterr()
    assert "not sound" in out
    assert err == "error: b.stl: it has 3 open edges; export the place again, or have a mesh program repair it\n"


def test_every_address_that_is_printed_can_be_given_to_every_command(drawn: list[stills.Still], capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["places", "--json"]) == 0
    told = [row["name"] for row in json.loads(capfd.readouterr().out) if row["kind"] == "address"]
    assert main(["render", "layer 102345 / district 7"]) == 3
    found = re.search("like '(.*)'", capfd.readouterr().err)
    assert found is not None
    told.append(found[1])
    assert main(["export", "layer 102345", "-o", "a.stl"]) == 6
    found = re.search("tile of it \\('(.*)'\\)", capfd.readouterr().err)
    assert found is not None
    told.append(found[1])
    assert main(["export", DISTRICT, "--max-triangles", "500", "-o", "d.glb"]) == 0
    told.append(str(read_extras("d.glb")["address"]))
    assert told[-1].startswith("seed 40 / band ")
    for address in told:
        assert main(["render", address, "-o", "a.png"]) == 0, address
        assert main(["export", address, "-n", "-o", "b.glb", "--max-triangles", "150000"]) == 0, address
        assert f"seed {drawn[-1].state.city.seed}" == ("seed 7" if address.startswith("seed 7") else "seed 40")
        assert main(["render", address, "--seed", "40", "-o", "a.png"]) == 0


def test_a_mesh_that_is_none_is_refused() -> None:
    Path("a.stl").write_bytes(b"garbage")
    assert main(["check", "a.stl"]) == 3


def test_a_bug_is_one_line_and_a_log(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(stills, "make_still", lambda job, advance=None: 1 / 0)
    assert main(["render", "-o", "a.png"]) == 1
    err = capfd.readouterr().err
    assert err.count("\n") == 1
    log = Path(err.rsplit(" ", 1)[1].strip())
    assert "ZeroDivisionError" in log.read_text()
    assert "Traceback" in log.read_text()


@pytest.mark.parametrize(
    ("error", "code"), [(KeyboardInterrupt(), 130), (MemoryError(), 6), (SystemExit(143), 143), (BrokenPipeError(), 4)]
)
def test_interruptions_have_their_codes(error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(job: stills.Still, advance: object = None) -> None:
        raise error

    monkeypatch.setattr(stills, "make_still", fail)
    assert main(["render", "-o", "a.png"]) == code


def test_a_full_disk_is_one_line(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    def full(descriptor: int, data: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.write", full)
    assert main(["new", "-o", "my.toml"]) == 4
    assert list(Path().iterdir()) == []
    monkeypatch.undo()
    assert "the disk is full" in capfd.readouterr().err


def test_displays_are_told_apart() -> None:
    assert "DISPLAY is not set" in (no_display({}) or "")
    assert "does not answer" in (no_display({"DISPLAY": ":4711"}) or "")
    assert "does not answer" in (no_display({"DISPLAY": "nonsense"}) or "")
    assert "offscreen" in (no_display({"QT_QPA_PLATFORM": "offscreen", "DISPLAY": ":0"}) or "")
    assert exit_code(ValueError()) == 1


def run(*words: str, **more: object) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=120, env=environment, check=False, **more)  # type: ignore[call-overload,no-any-return]


QUIET = """
import sys, viewer.command.cli as cli
code = cli.main(sys.argv[1:])
sys.exit([name for name in sys.modules if name.split('.')[0] in BAD] or code)
"""
HEAVY = "{'vtk', 'vtkmodules', 'pyvista', 'PySide6', 'pyvistaqt'}"


@pytest.mark.parametrize("line", ["--help", "info", "presets", "new", "render earth --dry-run --size 64x36 --max-triangles 2000"])
def test_small_commands_load_no_vtk_and_no_qt(line: str) -> None:
    done = run("-c", QUIET.replace("BAD", HEAVY), *line.split())
    assert done.returncode == 0, done.stderr


def test_exit_codes_reach_the_shell(bare: Path) -> None:
    assert run("-m", "viewer", "--version").returncode == 0
    assert run("-m", "viewer", "view").returncode == 5
    assert run("-m", "viewer", "render", "city://x").returncode == 3
    with open("/dev/full", "w") as full:
        words = [sys.executable, "-m", "viewer", "canon"]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(words, stdout=full, stderr=subprocess.PIPE, env=environment, check=False)
    assert done.returncode == 4
    assert b"Traceback" not in done.stderr


def test_help_loads_nothing_that_unfolds() -> None:
    """What makes it answer in half a second: neither arrays nor rules nor views are read for it."""
    heavy = "{'numpy', 'msgspec', 'geometry', 'viewer.views'}"
    done = run("-c", QUIET.replace("BAD", heavy), "--help")
    assert done.returncode == 0, done.stderr


def test_a_picture_on_stdout_is_only_the_picture(bare: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    words = [sys.executable, "-m", "viewer", "render", "earth", "--size", "160x90", "--quality", "draft", "-o", "-"]
    done = subprocess.run(words, capture_output=True, env=environment, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(b"\x89PNG")
    assert done.stdout.endswith(b"IEND\xaeB`\x82")
    Path("a.png").write_bytes(done.stdout)
    assert main(["render", "a.png", "--dry-run", "--size", "8x8", "--max-triangles", "10"]) == 0
    assert list(bare.iterdir()) == [bare / "a.png"]
