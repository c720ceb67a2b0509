"""What `--dry-run` says against what then happens: `python benchmarks/estimates.py [--only WORD] [TRIANGLES …]`.

Each in a process of its own: triangles, bytes, memory at its peak and processor seconds of an export, over the estimate's. A ratio of 1
is right. Seconds are those of all processors, of the export alone without the start of the program; estimate and export are made in
turns. What is small enough to be made whole by the estimate is the same work twice, so the least of several counts: it is what the machine
disturbed least. Of what is reckoned from a share the middle counts, as that errs to both sides. The seconds of the export, and how much
they differ from one time to the next, greatest over least, are told beside them: no estimate of one export can be nearer. Memory is the
peak of the process and of the largest it started. Exits 1 where one is more than a tenth off.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from viewer.files.estimate import WHOLE

ROOT = Path(__file__).resolve().parents[1]
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
    "union.3mf": ("--union",),
    "hollow.3mf": ("--hollow", "2mm"),
    "bed.stl": ("--bed", "120x120x250"),
    "section.svg": (),
    "section.pdf": (),
    "seen.glb": ("--seen", "--size", "640x400"),
}
_FEWER = {"nodes.glb": 30_000, "union.stl": 60_000, "union.3mf": 60_000, "hollow.3mf": 60_000}
"""Triangles beyond which a way is not tried: nodes have a limit, a union takes minutes."""
_TENTH = 0.1
_TIMES, _SHORT_S, _OFTEN = 3, 4.0, 5
"""How often each is made; and how often, if it takes fewer seconds than that: a hiccup of the machine is a large part of those."""
_RUN = """
import os, resource, sys
sys.argv[0] = "megastructure"
from viewer.files import jobs
from viewer.command.cli import main
from viewer.clock import busy
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
_OF_THE_CITY = ("merged.glb", "instanced.glb", "plain.3mf", "cut.glb", "cut.stl", "section.svg", "seen.glb")
_NOT_OF_PLACES = ("cut.glb", "cut.stl", "seen.glb")
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


def tried(folder: Path, name: str, place: str | None, amount: int) -> tuple[dict[str, float], list[float]]:
    """(what happened over what was said; the seconds of each export)."""
    path = folder / name
    words = [*([place] if place else []), "--max-triangles", str(min(amount, _FEWER.get(name, amount))), "-o", str(path), *WAYS[name]]
    told, done = list[dict[str, float]](), list[dict[str, float]]()
    while len(done) < _TIMES or (len(done) < _OFTEN and min(row["processor_seconds"] for row in done) < _SHORT_S):
        told.append(run([*words, "--dry-run"]))
        done.append(run([*words, "--force"]))
    for file in folder.iterdir():
        file.unlink()
    of_several = min if min(row["triangles"] for row in done) <= WHOLE else median
    ratios = {key: round(of_several(row[key] for row in done) / max(of_several(row[key] for row in told), 1e-9), 3) for key in KEYS}
    return ratios, [row["processor_seconds"] for row in done]


def chosen(amounts: list[int], only: str) -> Iterator[tuple[int, str, str, str | None]]:
    """Amounts, ways, kinds and places to try."""
    for amount, name, (kind, place) in product(amounts, WAYS, PLACES.items()):
        fits = name in _OF_THE_CITY if kind == "city" else name not in _NOT_OF_PLACES
        if fits and only in f"{kind} {name}":
            yield amount, name, kind, place


def main(amounts: list[int], only: str) -> int:
    """Print a line a way, place and amount, then the worst."""
    off, worst = 0, (1.0, "")
    print(f"{'of':9}{'way':15}{'at most':>10}{'triangles':>11}{'bytes':>8}{'memory':>8}{'seconds':>9}   its own, and how they differ")
    with tempfile.TemporaryDirectory() as folder:
        for amount, name, kind, place in chosen(amounts, only):
            ratios, spent = tried(Path(folder), name, place, amount)
            triangles, size, memory, seconds = ratios.values()
            wrong = [key for key, ratio in ratios.items() if abs(ratio - 1.0) > _TENTH]
            off += bool(wrong)
            worst = max(worst, *((max(ratio, 1.0 / ratio), f"{kind} {name} {amount} {key}") for key, ratio in ratios.items() if ratio))
            own = f"{min(spent):.2f} s, x {max(spent) / max(min(spent), 1e-9):.2f}"
            line = f"{kind:9}{name:15}{amount:10}{triangles:11.3f}{size:8.3f}{memory:8.3f}{seconds:9.3f}   {own}"
            print(line, *(f"OFF: {', '.join(wrong)}" for _ in wrong[:1]), flush=True)
    print(f"{off} off by more than a tenth; the worst x {worst[0]:.3f}: {worst[1]}")
    return 1 if off else 0


if __name__ == "__main__":
    words = sys.argv[1:]
    part = words.pop(words.index("--only") + 1) if "--only" in words else ""
    raise SystemExit(main([int(word) for word in words if word.isdigit()] or [100_000, 1_000_000], part))
