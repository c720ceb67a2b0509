"""Export against merely writing the same bytes: seconds, peak memory, cancel.

`python benchmarks/export.py [--large [--only=city]] [DIRECTORY]`.
`--large`: instead, the peak memory of a file of 4 GB against that of one of 40 MB, of many places that come as a stream, and of a
real City; needs the disk. More than 4 GiB, divided, is written by
`megastructure export --max-triangles 120000000 -o city.stl`: two files of 4.16 and 1.64 GB, 116,082,238 triangles, at a peak of 225 MiB.

Raw = the finished file's bytes written again from memory in chunks. Ours includes baking and surveying. Both with and without the
fsync that makes a file survive a power cut: raw with fsync is the fair floor of an atomic write. Making and writing overlap in two
threads: where other programs take the second core, the ratio of processor seconds is what remains. Peak memory: of a child process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from geometry.angle import multiply, turn
from geometry.budget import pieces as unfolded
from geometry.city import City
from geometry.export import Cancelled, Piece, write_glb, write_ply, write_stl
from geometry.parts import parts
from geometry.place import Frame

_NO_SYNC = patch("os.fsync", lambda descriptor: None)
SCENES: dict[str, tuple[Callable[..., Any], int, int, dict[str, Any]]] = {
    "glb": (write_glb, 12, 2_000_000, {}),
    "stl": (write_stl, 25, 5_000_000, {}),
    "instanced": (write_glb, 12, 2_400_000, {"mode": "instanced"}),
}


FLOWS: dict[str, tuple[Callable[..., Any], float]] = {
    "glb": (write_glb, 54.5),
    "stl": (write_stl, 50.0),
    "ply": (write_ply, 67.0),
    "city.stl": (write_stl, 48.2),
    "city.ply": (write_ply, 61.0),
}
"""Formats and their bytes a triangle of boxes, about; `city`: of a real City instead, plates and all."""
MORE_MIB = 200
GOALS = {"glb": (2.0, 20), "stl": (4.0, 40), "instanced": (None, None)}
"""Times raw (of processor seconds), extra MiB."""


def pieces(count: int, triangles: int) -> list[Piece]:
    """`count` places of boxes, one material each, so many triangles in all."""
    n, draw = triangles // 12 // count, np.random.default_rng(2)
    result = []
    for i in range(count):
        turned = multiply(turn("z", draw.uniform(-1, 1, n)), turn("x", draw.uniform(-1, 1, n)))
        some = parts("box", draw.uniform(-1000, 1000, (n, 3)), draw.uniform(1, 20, (n, 3)), i % 12, rotation=turned)
        result.append(Piece(f"tower {i}", ("City",), Frame(np.array([8e11 + 2000.0 * i, 0, 0]), np.eye(3)), some))
    return result


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """(seconds, processor seconds of all threads)."""
    start, busy = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - start, time.process_time() - busy


def raw(data: bytes, path: Path, sync: bool) -> None:
    """The same bytes, nothing else."""
    with path.open("wb", buffering=0) as out:
        for start in range(0, len(data), 1 << 22):
            out.write(memoryview(data)[start : start + (1 << 22)])
        if sync:
            os.fsync(out.fileno())


def seconds(name: str, folder: Path) -> dict[str, Any]:
    """Ours and raw, least of several, in turns."""
    write, count, triangles, extra = SCENES[name]
    scene, ours, floor = pieces(count, triangles), folder / "ours", folder / "raw"
    rows: dict[str, list[tuple[float, float]]] = {"ours": [], "raw": [], "ours, fsync": [], "raw, fsync": []}
    write(scene, ours, force=True, **extra)
    data = ours.read_bytes()
    for _ in range(8):
        for file in (ours, floor):
            file.unlink(missing_ok=True)
        with _NO_SYNC:
            rows["ours"].append(timed(lambda: write(scene, ours, force=True, **extra)))
        rows["raw"].append(timed(lambda: raw(data, floor, False)))
        for file in (ours, floor):
            file.unlink(missing_ok=True)
        rows["ours, fsync"].append(timed(lambda: write(scene, ours, force=True, **extra)))
        rows["raw, fsync"].append(timed(lambda: raw(data, floor, True)))
    least = {key: min(values)[0] for key, values in rows.items()}
    busy = [min(spent for _, spent in rows[key]) for key in ("ours", "raw")]
    ratio = {
        "x raw, processor": busy[0] / busy[1],
        "x raw": least["ours"] / least["raw"],
        "x raw, fsync": least["ours, fsync"] / least["raw, fsync"],
    }
    return {"scene": name, "MB": len(data) / 1e6} | {key: round(value, 3) for key, value in (least | ratio).items()}


def peak(name: str, folder: Path) -> float:
    """Extra MiB at the peak of an export, in this process: run it in a fresh one."""
    write, count, triangles, extra = SCENES[name]
    scene = pieces(count, triangles)
    write(pieces(1, 1200), folder / "warm", force=True, **extra)
    before = high_water()
    write(scene, folder / "peak", force=True, **extra)
    return high_water() - before


def stream(triangles: int) -> Iterator[Piece]:
    """Places of 12,000 triangles in eight materials, made as they are asked for."""
    draw = np.random.default_rng(3)
    for i in range(triangles // 12_000):
        materials = np.repeat(np.arange(8), 125)
        some = parts("box", draw.uniform(-500, 500, (1000, 3)), draw.uniform(1, 20, (1000, 3)), materials)
        yield Piece(
            f"tower {i}", ("City", f"district {i // 50}"), Frame(np.array([1000.0 * (i % 90), 1000.0 * (i // 90), 0]), np.eye(3)), some
        )


def flow(name: str, size: int, folder: Path) -> dict[str, float]:
    """Peak MiB of this fresh process, and processor seconds, when it writes a file of about so many bytes."""
    write, each = FLOWS[name]
    triangles, city = int(size / each), City(seed=40)
    report = write(unfolded(city, city.root, max_triangles=triangles) if "city" in name else stream(triangles), folder / "flow")
    (folder / "flow").unlink()
    return {"bytes": report.bytes, "triangles": report.triangles, "peak MiB": high_water(), "processor s": time.process_time()}


def large(folder: Path, only: str) -> bool:
    """Print a line a format; whether each holds to its memory."""
    good = True
    for name in (name for name in FLOWS if only in name):
        rows = []
        for size in (40_000_000, 4_000_000_000):
            child = subprocess.run([sys.executable, __file__, "--flow", name, str(size), str(folder)], capture_output=True, check=True)
            rows.append(json.loads(child.stdout))
        more = rows[1]["peak MiB"] - rows[0]["peak MiB"]
        good &= more < MORE_MIB
        print(json.dumps({"format": name, "small": rows[0], "large": rows[1], "more MiB": round(more, 1), "goal": MORE_MIB}), flush=True)
    return good


def high_water() -> float:
    """Peak memory of this process in MiB (Linux: its own, not what its parent had)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def cancel(name: str, folder: Path) -> float:
    """Seconds from the wish to cancel to the return, with nothing left."""
    write, count, triangles, extra = SCENES[name]
    scene, wish, asked = pieces(count, triangles), threading.Event(), [0.0]

    def ask() -> None:
        asked[0] = time.perf_counter()
        wish.set()

    timer = threading.Timer(0.04, ask)
    timer.start()
    try:
        write(scene, folder / f"cancelled {name}", cancelled=wish.is_set, **extra)
    except Cancelled:
        assert not (folder / f"cancelled {name}").exists()
        return time.perf_counter() - asked[0]
    timer.cancel()
    return 0.0


def main(arguments: list[str]) -> int:
    """Print a line a scene."""
    if arguments[:1] == ["--peak"]:
        print(peak(arguments[1], Path(arguments[2])))
        return 0
    if arguments[:1] == ["--flow"]:
        print(json.dumps(flow(arguments[1], int(arguments[2]), Path(arguments[3]))))
        return 0
    only = next((word.removeprefix("--only=") for word in arguments if word.startswith("--only=")), "")
    where = [word for word in arguments if not word.startswith("--")]
    with tempfile.TemporaryDirectory(dir=where[0] if where else None) as name:
        folder = Path(name)
        if "--large" in arguments:
            return 0 if large(folder, only) else 1
        for scene in SCENES:
            row = seconds(scene, folder)
            child = subprocess.run([sys.executable, __file__, "--peak", scene, name], capture_output=True, text=True, check=True)
            told = {"extra MiB": round(float(child.stdout), 1), "cancel s": round(cancel(scene, folder), 3)}
            print(json.dumps(row | told | {"goal (x raw, MiB, cancel s)": [*GOALS[scene], 0.1]}), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
