"""The examples do what they say, with pictures the size of a stamp."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from PIL import Image

from viewer.pictures.imagefile import read_link

ROOT = Path(__file__).parents[1]


def run(name: str, *words: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, str(ROOT / "examples" / name), *words], capture_output=True, text=True, timeout=200, check=False, env=environment
    )


def test_every_hour_has_its_own_picture(tmp_path: Path) -> None:
    folder = tmp_path / "city"
    small = ["--size", "96x54", "--compose", "1", "--quality", "1", "--max-triangles", "20000", "--kind", "jpg"]
    done = run("every_hour.py", str(folder), "--hours", "3", "15", *small)
    assert done.returncode == 0, done.stderr
    assert sorted(path.name for path in folder.iterdir()) == ["03.jpg", "15.jpg"]
    assert Image.open(folder / "03.jpg").size == (96, 54)
    links = [read_link(folder / name) or "" for name in ("03.jpg", "15.jpg")]
    assert "hour=3" in links[0]
    assert "hour=15" in links[1]
    assert links[0].split("?")[0] != links[1].split("?")[0], "another City"
    assert run("every_hour.py", str(folder), "--hours", "3", *small).stdout == "", "what is there is kept"


def test_the_desktop_follows_the_day(tmp_path: Path) -> None:
    for hour in range(24):
        (tmp_path / f"{hour:02}.png").touch()
    before = datetime.now().hour
    for desktop, program in (("gnome", "gsettings"), ("kde", "plasma"), ("feh", "feh"), ("macos", "osascript"), ("windows", "")):
        done = run("follow_the_day.py", str(tmp_path), "--desktop", desktop, "--dry-run")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(program)
        assert any(f"{hour:02}.png" in done.stdout for hour in (before, (before + 1) % 24))


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    done = run("follow_the_day.py", str(tmp_path), "--once")
    assert done.returncode == 1
    assert "fill it with every_hour.py" in done.stderr
    (tmp_path / "00.png").touch()
    done = run("follow_the_day.py", str(tmp_path), "--desktop", "kde", "--once")
    assert done.returncode == 1
    assert "try another --desktop" in done.stderr


def test_the_notebook_runs_from_its_first_cell_to_its_last(tmp_path: Path) -> None:
    cells = json.loads((ROOT / "examples" / "a_district_in_pyvista.ipynb").read_text(encoding="utf-8"))["cells"]
    script = tmp_path / "cells.py"
    script.write_text("\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code").replace("60_000", "5_000"))
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    assert "km²" in done.stdout
    assert Image.open(tmp_path / "district.png").size == (1400, 620)
    assert (tmp_path / "district.stl").stat().st_size > 50 * 1000
