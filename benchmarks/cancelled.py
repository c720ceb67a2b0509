"""How soon an export stops: `python benchmarks/cancelled.py [WAY …]`.

Ctrl+C to the command, at several moments of its work: seconds until it has ended (130), with nothing left in the folder. The work is
also cancelled by its caller, as the window does it: seconds until it returns. Where other programs take the processors both take
longer; a sleep of a hundredth of a second, timed beside it, says by how much. Exits 1 where something is left, or another code comes.
"""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from geometry.address import parse
from geometry.city import City
from geometry.export import Cancelled
from viewer.files import jobs
from viewer.views import OPENING, view

ROOT = Path(__file__).parent.parent
DISTRICT = "band 7.16.5 / layer 102345 / tile 3-022222222222222122222 / district 7"
WAYS: dict[str, tuple[str, int, dict[str, object]]] = {
    "merged": ("a.glb", 2_000_000, {}),
    "ao": ("a.glb", 1_000_000, {"occlusion": True}),
    "stl": ("a.stl", 2_000_000, {}),
    "3mf": ("a.3mf", 500_000, {}),
    "ply": ("a.ply", 2_000_000, {}),
    "usd": ("a.usdc", 1_000_000, {}),
    "union": ("a.stl", 150_000, {"union": True}),
    "hollow": ("a.stl", 60_000, {"union": True, "hollow_mm": 2.0}),
}
_FLAGS = {"ao": ["--ao"], "union": ["--union"], "hollow": ["--hollow", "2mm"]}
_MOMENTS = (0.3, 1.0, 2.5)
"""Seconds after the work has begun."""
_PATIENCE = 60.0


def late() -> float:
    """How much later than a hundredth of a second a sleep of so long ends, at worst of twenty."""
    worst = 0.0
    for _ in range(20):
        start = time.perf_counter()
        time.sleep(0.01)
        worst = max(worst, time.perf_counter() - start - 0.01)
    return worst


def interrupted(name: str, folder: Path, after: float) -> tuple[float, int]:
    """(seconds from Ctrl+C to the end, exit code) of the command."""
    file, triangles, _ = WAYS[name]
    words = ["export", DISTRICT, "--max-triangles", str(triangles), "-o", str(folder / file), "-q", "--no-config", *_FLAGS.get(name, [])]
    process, begun = subprocess.Popen([sys.executable, "-m", "viewer", *words], cwd=ROOT), time.monotonic()
    while not any(folder.iterdir()) and process.poll() is None and time.monotonic() < begun + _PATIENCE:
        time.sleep(0.005)
    time.sleep(after)
    start = time.perf_counter()
    process.send_signal(signal.SIGINT)
    code = process.wait(_PATIENCE)
    return time.perf_counter() - start, code


def cancelled(name: str, folder: Path, after: float) -> float:
    """Seconds from a wish to cancel to the return, as the window's Cancel has it."""
    file, triangles, more = WAYS[name]
    asked, wish = [0.0], threading.Event()

    def heard(part: float) -> None:
        if wish.is_set():
            raise Cancelled

    def ask() -> None:
        asked[0] = time.perf_counter()
        wish.set()

    state = view(OPENING)
    job = jobs.Export(state, parse(f"seed {state.city.seed} / {DISTRICT}"), str(folder / file), triangles, force=True, **more)  # type: ignore[arg-type]
    timer = threading.Timer(after, ask)
    timer.start()
    try:
        jobs.made_of(job, City(state.city), jobs.words_of(job), heard, [])
    except Cancelled:
        return time.perf_counter() - asked[0]
    timer.cancel()
    return 0.0


def main() -> int:
    """Print a line a way."""
    faults = 0
    for name in sys.argv[1:] or WAYS:
        worst, codes, inside, left = 0.0, set(), 0.0, 0
        for after in _MOMENTS:
            with tempfile.TemporaryDirectory() as text:
                folder = Path(text)
                took, code = interrupted(name, folder, after)
                if code == 130:
                    worst = max(worst, took)
                codes.add(code)
                inside = max(inside, cancelled(name, folder, after)) if code == 130 else inside
                left += sum(path.name.startswith(".megastructure") for path in folder.iterdir())
        faults += left + len(codes - {0, 130})
        row = {"way": name, "Ctrl+C s": round(worst, 3), "Cancel s": round(inside, 3), "goal s": 0.1, "late s": round(late(), 3)}
        print(json.dumps({**row, "codes": sorted(codes), "left": left}), flush=True)
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
