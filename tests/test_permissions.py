"""Folders and files that one has no right to: a code, one line, and nothing written."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHUT = [
    (["render", "-o", "shut/a.png"], 4, "shut/a.png: the folder 'shut' may not be written to; choose another folder"),
    (["export", "model", "-o", "shut/a.glb"], 4, "shut/a.glb: the folder 'shut' may not be written to; choose another folder"),
    (["render", "-o", "locked/a.png"], 4, "locked/a.png: cannot be written (Permission denied); choose another name"),
    (["render", "hidden.toml", "-o", "a.png"], 3, "hidden.toml: cannot be read (Permission denied); check the path"),
    (["check", "hidden.toml"], 3, "cannot read 'hidden.toml': permission denied; check the path"),
]


@pytest.mark.parametrize(("words", "code", "says"), SHUT, ids=[" ".join(words) for words, _, _ in SHUT])
def test_what_may_not_be_touched(words: list[str], code: int, says: str, tmp_path: Path) -> None:
    (tmp_path / "shut").mkdir(mode=0o500)
    (tmp_path / "locked").mkdir(mode=0o000)
    (tmp_path / "hidden.toml").touch(mode=0o000)
    # Root is let in everywhere, unless it gives that up.
    plain = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"] if os.getuid() == 0 else []
    command = [*plain, sys.executable, "-m", "viewer", *words]
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, cwd=tmp_path, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (code, "", f"error: {says}\n")
