"""What `--dry-run` says against what then happens: `python benchmarks/estimates.py [--only WORD] [TRIANGLES …]`.

Each in a process of its own: triangles, bytes, memory at its peak and processor seconds of an export, over the estimate's. A ratio of 1
is right. Seconds are those of all processors, of the export alone without the start of the program: what else the machine does
between the two then counts for little. Memory is the peak of the process and of the largest it started. Exits 1 where one is more
than a tenth off.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

ROOT = Path(__file__).parent.parent
DISTRICT = "band 7.16.5 / layer 102345 / tile 3-022222222222222122222 / district 7"
TILE = "band 7 / tile 3-02"
PLACES: dict[str, str | None] = {"district": DISTRICT, "tile": TILE, "city": None}
WAYS: dict[str, tuple[str, ...]] = {
    "merged.glb": (),
    "ao.glb": ("--ao",),
    "instanced.glb": ("--mode", "instanced"),
    "plain.stl": (),
    "base.stl": ("--base", "--thin", "thicken"),
    "plain.3mf": (),
    "base.3mf": ("--base", "--thin", "thicken"),
    "plain.ply": (),
    "ao.ply": ("--ao",),
    "plain.usdc": (),
    "nodes.glb": ("--mode", "nodes"),
    "cut.glb": ("--slice", "wedge:-45,90"),
    "cut.stl": ("--slice", "wedge:-45,90"),
    "union.stl": ("--union",),
    "hollow.3mf": ("--hollow", "2mm"),
}
_FEWER = {"nodes.glb": 30_000, "union.stl": 60_000, "hollow.3mf": 60_000}
"""Triangles beyond which a way is not tried: nodes have a limit, a union takes minutes."""
_TENTH = 0.1
_AGAIN = 2
_RUN = """
import os, resource, sys
sys.argv[0] = "megastructure"
from viewer import jobs
from viewer.command.cli import main
def busy():
    now = os.times()
    return now.user + now.system + now.children_user + now.children_system
make, spent = jobs.make_export, [0.0]
def timed(*words):
    start = busy()
    try:
        return make(*words)
    finally:
        spent[0] = busy() - start
jobs.make_export = timed
code = main(sys.argv[1:])
peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
print(f"PEAK {peak * 1024} {spent[0]}")
sys.exit(code)
"""
_OF_THE_CITY = ("merged.glb", "instanced.glb", "plain.3mf", "cut.glb", "cut.stl")
KEYS = ("triangles", "bytes", "memory_bytes", "processor_seconds")


def run(words: list[str]) -> dict[str, float]:
    """What the command says as JSON, with its peak of memory."""
    command = [sys.executable, "-c", _RUN, "export", *words, "--json", "--no-config"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    said, _, peak = done.stdout.rpartition("PEAK ")
    row = json.loads(said)
    row = row[0] if isinstance(row, list) else row
    memory, seconds = map(float, peak.split())
    return row if "processor_seconds" in row else {**row, "memory_bytes": memory, "processor_seconds": seconds}


def tried(folder: Path, name: str, place: str | None, amount: int) -> dict[str, float]:
    """What happened over what was said."""
    path = folder / name
    words = [*([place] if place else []), "--max-triangles", str(min(amount, _FEWER.get(name, amount))), "-o", str(path), *WAYS[name]]
    told, done = run([*words, "--dry-run"]), run(words)
    for _ in range(_AGAIN):  # the least of several: what else the machine does comes and goes
        for row, more in ((told, ["--dry-run"]), (done, ["--force"])):
            row["processor_seconds"] = min(row["processor_seconds"], run([*words, *more])["processor_seconds"])
    path.unlink()
    return {key: round(done[key] / told[key], 3) for key in KEYS}


def main(amounts: list[int], only: str) -> int:
    """Print a line a way, place and amount."""
    off = 0
    with tempfile.TemporaryDirectory() as folder:
        for amount, name, (kind, place) in product(amounts, WAYS, PLACES.items()):
            if only not in f"{kind} {name}" or (kind == "city" and name not in _OF_THE_CITY) or (kind != "city" and "cut" in name):
                continue
            ratios = tried(Path(folder), name, place, amount)
            wrong = [key for key, ratio in ratios.items() if abs(ratio - 1.0) > _TENTH]
            off += bool(wrong)
            print(json.dumps({"of": kind, "way": name, "triangles": amount, "over the estimate": ratios, "off": wrong}), flush=True)
    print(json.dumps({"estimates off by more than a tenth": off}))
    return 1 if off else 0


if __name__ == "__main__":
    words = sys.argv[1:]
    part = words.pop(words.index("--only") + 1) if "--only" in words else ""
    raise SystemExit(main([int(word) for word in words if word.isdigit()] or [100_000, 1_000_000], part))
