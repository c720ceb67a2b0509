"""kill -9 while files are written, again and again: `python benchmarks/killed.py [TIMES]`.

An export replaces a file, and is killed at another moment of its writing each time. Counts how often the old file was there whole
afterwards, or the new one where it was done before; what lay about, and what the next export swept away. Exits 1 on any other end.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from geometry.export import check_mesh
from geometry.export.atomic import sweep

ROOT = Path(__file__).parent.parent
PLACE = "band 7.16.5 / layer 102345 / tile 3-022222222222222122222 / district 7"
KINDS = ("glb", "stl", "3mf", "ply")
_LONGEST = 60.0
"""Seconds to wait for a writer to begin."""


def export(path: Path, triangles: int) -> subprocess.Popen[bytes]:
    """A process that writes a file over what is there."""
    words = ["-m", "viewer", "export", PLACE, "--max-triangles", str(triangles), "-q", "--force", "-o", str(path)]
    return subprocess.Popen([sys.executable, *words], cwd=ROOT)


def killed(path: Path, after: float) -> bool:
    """Kill an export so many seconds into its writing; whether it was still at it."""
    process, begun = export(path, 300_000), time.monotonic()
    while process.poll() is None and time.monotonic() < begun + _LONGEST:
        if any(path.parent.glob(".megastructure-*")):
            time.sleep(after)
            break
        time.sleep(0.002)
    process.kill()
    return process.wait() < 0


def main(times: int) -> int:
    """Print a line a format."""
    draw, faults = random.Random(1), 0
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as name:
            path, found = Path(name) / f"a.{kind}", {"killed": 0, "old file whole": 0, "new file whole": 0, "strays": 0, "swept": 0}
            export(path, 3000).wait()
            for _ in range(times):
                old = path.read_bytes()
                found["killed"] += killed(path, draw.uniform(0.0, 0.4))
                found["old file whole"] += path.read_bytes() == old
                found["new file whole"] += path.read_bytes() != old and check_mesh(path).ok
                strays = [stray for stray in path.parent.iterdir() if stray != path]
                found["strays"] += len(strays)
                for stray in strays:
                    os.utime(stray, (0, 0))
                found["swept"] += sweep(path.parent)
            bad = times - found["old file whole"] - found["new file whole"] + found["strays"] - found["swept"]
            faults += bad
            print(json.dumps({"format": kind, "times": times, **found, "faults": bad}), flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 12))
