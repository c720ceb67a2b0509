"""Faults of disks, names and signals, through the command, in every format: a file is whole or it is not there."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.typing import NDArray

from geometry.export import check_mesh
from geometry.export.check import _faults, read_triangles
from geometry.export.piece import portions
from geometry.export.read import read_ply
from viewer.command.cli import main
from viewer.errors import LimitError
from viewer.files.jobs import LONGEST, Export, refuse_too_large
from viewer.state import ViewState

ROOT = Path(__file__).parent.parent
DISTRICT = "band 7.16.5 / layer 102345 / tile 3-022222222222222122222 / district 7"
KINDS = ["glb", "stl", "3mf", "ply", "pdf"]
MESHES = KINDS[:-1]


def line(output: str | Path, *more: str, triangles: int = 3000) -> list[str]:
    """An export of a small district."""
    return ["export", DISTRICT, "--max-triangles", str(triangles), "-q", "-o", str(output), *more]


def started(output: Path, triangles: int = 200_000) -> subprocess.Popen[str]:
    """The same in a process of its own, which hears Ctrl+C even where we, in the background of a shell, do not."""
    words = [sys.executable, "-m", "viewer", *line(output, "--force", triangles=triangles)]

    def hears() -> None:
        signal.signal(signal.SIGINT, signal.SIG_DFL)

    return subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True, preexec_fn=hears)


def strays(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


def when_writing(folder: Path, process: subprocess.Popen[str]) -> None:
    """Wait until the temporary file is there."""
    for _ in range(1200):
        if any(name.startswith(".megastructure-") for name in strays(folder)) or process.poll() is not None:
            return
        time.sleep(0.02)


@pytest.mark.parametrize("kind", KINDS)
def test_1_a_full_disk_leaves_nothing(tmp_path: Path, kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    before, ignored = resource.getrlimit(resource.RLIMIT_FSIZE), signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, before[1]))
        code = main(line(tmp_path / f"a.{kind}"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)
    assert code == 4
    assert strays(tmp_path) == []
    assert capfd.readouterr().err.count("\n") == 1


def mounted(folder: Path, then: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run exports on a tiny disk of their own that no other process sees; `then` is done to it first. Skips where that is not allowed."""
    script = 'mount -t tmpfs -o size=16k none "$1" || exit 99; ' + then + '; shift; "$@"; code=$?; ls -A "$0"; exit $code'
    run = ["unshare", *([] if os.geteuid() == 0 else ["-r"]), "-m", "sh", "-c", script, str(folder), str(folder), *words]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False)
    if done.returncode == 99 or "unshare failed" in done.stderr:
        pytest.skip("no disk can be mounted here")
    return done


TRIED = """
import sys
from viewer.command.cli import main
codes = [main([*sys.argv[2:], "-o", f"{sys.argv[1]}/a.{kind}"]) for kind in ("glb", "stl", "3mf", "ply", "usda", "svg")]
sys.exit(len(codes) - codes.count(4))
"""


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare")
@pytest.mark.parametrize("then", [":", 'mount -o remount,ro "$1"'], ids=["full", "read-only"])
def test_1_3_a_disk_that_is_full_or_read_only(tmp_path: Path, then: str) -> None:
    export = ["export", DISTRICT, "--max-triangles", "9000", "-q"]
    done = mounted(tmp_path, then, sys.executable, "-c", TRIED, str(tmp_path), *export)
    assert done.returncode == 0, (done.stdout, done.stderr)
    assert done.stdout == "", "nothing is left on it"
    assert done.stderr.count("\n") == 6
    assert done.stderr.count("free some space" if then == ":" else "may not be written to") == 6, done.stderr


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["nosuch/a.", "taken/a.", "é ü 'x'.", "-a.", "n" * 251 + ".", "n" * 300 + "."])
def test_2_8_9_names(tmp_path: Path, kind: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("taken").write_text("a file, not a folder")
    good = name[0] in "é-" or len(name) == 252
    assert main(line(name + kind)) == (0 if good else 4)
    if good:
        assert Path(name + kind).stat().st_size > 500
        assert main(line(name + kind)) == 4, "it exists"
    else:
        assert strays(tmp_path) == ["taken"]


@pytest.mark.parametrize("kind", KINDS)
def test_3_10_what_is_no_file_is_refused(tmp_path: Path, kind: str) -> None:
    (tmp_path / f"d.{kind}").mkdir()
    os.mkfifo(tmp_path / f"f.{kind}")
    (tmp_path / f"n.{kind}").symlink_to("/dev/full")
    for name in "dfn":
        assert main(line(tmp_path / f"{name}.{kind}", "--force")) == 4
    assert len(strays(tmp_path)) == 3


def test_10_where_nobody_reads_what_is_said_the_file_is_whole(tmp_path: Path) -> None:
    """The pipe that is written to is closed at its other end."""
    listens, speaks = os.pipe()
    os.close(listens)
    words = [word for word in line(tmp_path / "a.stl") if word != "-q"]
    with os.fdopen(speaks, "w") as closed:
        done = subprocess.run(
            [sys.executable, "-m", "viewer", *words], cwd=ROOT, stdout=closed, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 4
    assert done.stderr.count("\n") == 1
    assert strays(tmp_path) == ["a.stl"]
    assert check_mesh(tmp_path / "a.stl").ok


@pytest.mark.parametrize("kind", ["glb", "3mf"])
def test_4_a_killed_writer_leaves_the_old_file(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.{kind}"
    assert main(line(path)) == 0
    old = path.read_bytes()
    process = started(path)
    when_writing(tmp_path, process)
    process.kill()
    process.communicate()
    if path.read_bytes() != old:  # it was done before the signal came
        assert check_mesh(path).triangles > 3000
        return
    left = [name for name in strays(tmp_path) if name != path.name]
    for name in left:
        os.utime(tmp_path / name, (0, 0))
    assert main(line(path, "--force")) == 0
    assert strays(tmp_path) == [path.name], "the next export sweeps what the killed one left"


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_5_6_signals_end_it_in_good_order(tmp_path: Path, number: signal.Signals, code: int) -> None:
    process = started(tmp_path / "a.3mf", triangles=1_500_000)
    when_writing(tmp_path, process)
    process.send_signal(number)
    _, said = process.communicate(timeout=30)
    assert process.returncode == code
    assert strays(tmp_path) == []
    assert "Traceback" not in said


def test_7_two_writers_make_one_whole_file(tmp_path: Path) -> None:
    path = tmp_path / "a.3mf"
    both = [started(path, triangles=20_000) for _ in range(2)]
    for process in both:
        process.communicate(timeout=60)
        assert process.returncode == 0
    assert strays(tmp_path) == ["a.3mf"]
    assert check_mesh(path).ok


@pytest.mark.parametrize("kind", [*KINDS, "svg"])
def test_11_the_same_command_makes_the_same_bytes(tmp_path: Path, kind: str) -> None:
    for name in "ab":
        assert main(line(tmp_path / f"{name}.{kind}")) == 0
    assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()


def test_12_what_no_file_holds_is_refused_before_it_starts(tmp_path: Path) -> None:
    assert main(line(tmp_path / "a.3mf", triangles=2**32)) == 6
    assert strays(tmp_path) == []
    with pytest.raises(LimitError, match="lower --max-triangles"):
        refuse_too_large(Export(ViewState(), None, "a.usdc", 2**32))
    for name in ("a.glb", "a.stl", "a.ply"):
        refuse_too_large(Export(ViewState(), None, name, 2**36))  # divided, however many files that makes


def test_12_more_than_an_stl_can_count_is_divided_so_that_no_file_holds_too_many() -> None:
    refuse_too_large(Export(ViewState(), None, "a.stl", 2**32 + 1))
    each = 2**32 // 1000 * 50
    shares = portions([each] * 1000, LONGEST)
    assert [number for share in shares for number in share] == list(range(1000))
    assert len(shares) >= 50
    assert all(len(share) * each <= LONGEST < 50 * 2**32 for share in shares)


def test_12_however_many_files_a_glb_takes_it_is_divided_where_the_disk_holds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("viewer.files.jobs.LARGEST", 25_000)
    words = ["export", "--max-triangles", "100000", "-o", str(tmp_path / "a.glb"), "--force"]
    assert main(words) == 0
    names = strays(tmp_path)
    assert len(names) > 64
    assert f"written as {len(names)}" in capfd.readouterr().out
    whole = sum((tmp_path / name).stat().st_size for name in names)
    for name in names:
        (tmp_path / name).unlink()
    monkeypatch.setattr("viewer.files.dividing.shutil.disk_usage", lambda folder: SimpleNamespace(free=whole // 2))
    assert main(words) == 4
    assert "free some space" in capfd.readouterr().err
    assert strays(tmp_path) == [], "not even the first is written"


@pytest.mark.parametrize("kind", ["stl", "ply"])
def test_12_places_too_large_for_one_file_stand_together_in_several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], kind: str
) -> None:
    monkeypatch.setattr("viewer.files.soundness.LARGEST", 0)  # a print of two metres is looked through for long
    words = ["export", "band 7", "--max-triangles", "25000", *(["--fit", "2000mm"] if kind == "stl" else []), "-q"]
    assert main([*words, "-o", str(tmp_path / f"whole.{kind}")]) == 0
    monkeypatch.setattr("viewer.files.jobs.LONGEST", 500_000)
    assert main([*words[:-1], "-o", str(tmp_path / f"a.{kind}")]) == 0
    assert "which stand together" in capfd.readouterr().out
    names = [name for name in strays(tmp_path) if name.startswith("a-")]
    assert len(names) >= 2
    assert max((tmp_path / name).stat().st_size for name in names) <= 500_000
    some = [triangles_of(tmp_path / name) for name in names]
    assert [_faults(one)[0] for one in some] == [0] * len(names), "each is closed by itself"
    corners, whole = np.concatenate(some).reshape(-1, 3), triangles_of(tmp_path / f"whole.{kind}").reshape(-1, 3)
    wide = float(np.ptp(whole, axis=0).max())
    assert np.abs(corners.min(axis=0) - whole.min(axis=0)).max() < 1e-4 * wide
    assert np.abs(corners.max(axis=0) - whole.max(axis=0)).max() < 1e-4 * wide


def triangles_of(path: Path) -> NDArray[np.floating]:
    """(n, 3, 3) of an STL or a PLY."""
    return read_triangles(path) if path.suffix == ".stl" else read_ply(path.read_bytes()).triangles


def test_12_a_glb_that_is_too_large_is_split_and_stands_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("viewer.files.jobs.LARGEST", 600_000)
    assert main(["export", "band 7", "--max-triangles", "25000", "-o", str(tmp_path / "a.glb")]) == 0
    names = strays(tmp_path)
    assert len(names) >= 3
    assert names[0] == "a-1.glb"
    assert "which stand together" in capfd.readouterr().out
    from geometry.export.check import read_extras

    told = [read_extras(tmp_path / name) for name in names]
    assert len({str(row["centre_metres"]) for row in told}) == len({row["metres_per_unit"] for row in told}) == 1
    assert all(check_mesh(tmp_path / name).ok for name in names)
    assert sum(check_mesh(tmp_path / name).triangles for name in names) > 15_000


def test_a_print_that_is_divided_is_refused_where_a_tile_exists(tmp_path: Path) -> None:
    (tmp_path / "a-a1.stl").write_text("mine")
    more = ("--base", "--fit", "500mm", "--bed", "300x300x900")
    assert main(line(tmp_path / "a.stl", *more)) == 4
    assert strays(tmp_path) == ["a-a1.stl"]
    assert main(line(tmp_path / "a.stl", *more, "--force")) == 0
    assert all(check_mesh(tmp_path / name).ok for name in strays(tmp_path))
