"""What `--dry-run` says against what then happens: `python benchmarks/estimates.py [TRIANGLES …]`.

Each in a process of its own: triangles, bytes, memory at its peak and seconds of an export, over the estimate's. A ratio of 1 is right.
Seconds hang on what else the machine does between the two; the others do not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
DISTRICT = "band 7.16.5 / layer 102345 / tile 3-022222222222222122222 / district 7"
TILE = "band 7 / tile 3-02"
WAYS: dict[str, tuple[str, ...]] = {
    "merged.glb": (),
    "ao.glb": ("--ao",),
    "instanced.glb": ("--mode", "instanced"),
    "plain.stl": (),
    "base.stl": ("--base", "--thin", "thicken"),
    "plain.3mf": (),
    "base.3mf": ("--base", "--thin", "thicken"),
    "plain.ply": (),
}
_RUN = """
import sys, time
sys.argv[0] = "megastructure"
from viewer.command.cli import main
code = main(sys.argv[1:])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(f"PEAK {int(peak.split()[1]) * 1024}")
sys.exit(code)
"""
KEYS = ("triangles", "bytes", "memory_bytes", "seconds")


def run(words: list[str]) -> dict[str, float]:
    """What the command says as JSON, with its peak of memory."""
    command = [sys.executable, "-c", _RUN, "export", *words, "--json", "--no-config"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, env={**os.environ, "PYTHONPATH": str(ROOT)})
    said, _, peak = done.stdout.rpartition("PEAK ")
    row = json.loads(said)
    row = row[0] if isinstance(row, list) else row
    return {**row, "peak": float(peak)}


def main(amounts: list[int]) -> None:
    """Print a line a way and amount."""
    with tempfile.TemporaryDirectory() as folder:
        for amount in amounts:
            for name, flags in WAYS.items():
                for place in (DISTRICT, TILE):
                    path = Path(folder) / name
                    words = [place, "--max-triangles", str(amount), "-o", str(path), *flags]
                    told, done = run([*words, "--dry-run"]), run(words)
                    done["memory_bytes"] = done["peak"]
                    ratios = {key: round(done[key] / told[key], 3) for key in KEYS}
                    print(
                        json.dumps({"of": place.split(" / ")[-1], "way": name, "triangles": amount, "over the estimate": ratios}),
                        flush=True,
                    )
                    path.unlink()


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or [60_000, 1_000_000])
