"""What a wallpaper costs: `python benchmarks/wallpaper.py [--size 8K] [--quality draft] [--view canyon]`.

Our picture, written as a PNG, against the least it could cost: bare VTK (one mesh, one light, Phong, no file) with the very same triangles
and as many samples, drawn in one go and read back, plus our gather of light: the map of where light from above is stopped, and the passes
that ask each sample's surroundings, or that map, how much light reaches it. Neither side counts composing nor writing the file. Goal: 1.3
times that. Seconds of each pass and step, and the most memory that a process of its own ever held; and what is left for all light, air,
glow and grade once the G-buffer, the gather and two passes that only copy are drawn: no picture that is lit after it is drawn has fewer.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from frames import OffScreen, copying
from plain import Plain

from geometry.city import City
from viewer.command.options import read_size
from viewer.command.stills import SUPERSAMPLE, still_bytes
from viewer.compose import STILL_TRIANGLES, Unfolder, content, scene
from viewer.link import link
from viewer.pictures.imagefile import write
from viewer.views import view

LIVE = (1920, 1080)
"""Samples that a pass which only copies is measured with."""
GATHER = ("map", "sparse", "occlusion", "shafts", "calm", "soft")
"""What gathers light, by the first word of its name. A cheaper gather makes the goal harder: see the seconds, too."""


def processor() -> float:
    """Seconds of processor so far, all threads: what the machine is busy with besides counts less."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def ours(name: str, size: tuple[int, int], factor: int) -> dict[str, float]:
    """Seconds of composing, drawing and writing."""
    from viewer.drawing.picture import still

    state = view(name)
    marks = [time.perf_counter()]
    shown = scene(state, content(Unfolder(City(state.city)), state, size, STILL_TRIANGLES))
    marks.append(time.perf_counter())
    before = processor()
    pixels = still(shown, size, supersample=factor)
    busy = processor() - before
    marks.append(time.perf_counter())
    with tempfile.TemporaryDirectory() as folder:
        write(Path(folder) / "wall.png", pixels, {"city": link(state)})
    marks.append(time.perf_counter())
    steps = dict(zip(("compose", "draw", "write"), np.diff(marks).tolist(), strict=True))
    return {
        **steps,
        "busy": busy,
        "triangles": shown.content.triangles,
        "estimate": still_bytes(size, factor, shown.content.triangles) / 1e9,
    }


def passes(name: str, size: tuple[int, int], factor: int) -> dict[str, float]:
    """Seconds of processor that each of our passes takes over all tiles."""
    from viewer.drawing.picture import seconds_by_pass

    state = view(name)
    return seconds_by_pass(scene(state, content(Unfolder(City(state.city)), state, size, STILL_TRIANGLES)), size, factor)


def copied(name: str, size: tuple[int, int], factor: int) -> dict[str, float]:
    """Seconds of processor that a pass takes which only copies so many samples."""
    state = view(name)
    what = content(Unfolder(City(state.city)), state, LIVE, STILL_TRIANGLES)
    bench = OffScreen(what, LIVE)
    bench.ours.show(scene(state, what))
    bench.windows[1].Render()
    return {"copy": copying(bench) * size[0] * size[1] * factor**2 / (LIVE[0] * LIVE[1])}


def bare(name: str, size: tuple[int, int], factor: int) -> dict[str, float]:
    """Seconds that VTK takes to draw the same once, and to hand over the pixels."""
    from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

    from viewer.drawing.picture import offscreen

    state = view(name)
    what = content(Unfolder(City(state.city)), state, size, STILL_TRIANGLES)
    window = offscreen(size[0] * factor, size[1] * factor)
    Plain(window, what).look(state.camera)
    start, before = time.perf_counter(), processor()
    window.Render()
    pixels = vtkUnsignedCharArray()
    window.GetPixelData(0, 0, size[0] * factor - 1, size[1] * factor - 1, 0, pixels, 0)
    return {"draw": time.perf_counter() - start, "busy": processor() - before, "triangles": what.triangles}


def in_a_process(role: str, given: argparse.Namespace) -> dict[str, float]:
    """What one of them says, and the gigabytes it held at most."""
    words = [sys.executable, __file__, "--role", role, "--size", given.size, "--quality", given.quality, "--view", given.view]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Print both and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--size", default="8K")
    parser.add_argument("--quality", default="draft", choices=SUPERSAMPLE)
    parser.add_argument("--view", default="canyon")
    parser.add_argument("--role", choices=["ours", "bare", "passes", "copy"])
    given = parser.parse_args()
    if given.role:
        work = {"ours": ours, "bare": bare, "passes": passes, "copy": copied}[given.role]
        said = work(given.view, read_size(given.size), SUPERSAMPLE[given.quality])
        print(json.dumps({**said, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9}))
        return
    mine, plain, parts, copy = (in_a_process(role, given) for role in ("ours", "bare", "passes", "copy"))
    parts.pop("peak")
    gather = sum(seconds for name, seconds in parts.items() if name.split()[0] in GATHER)
    print(f"{given.view}, {given.size}, {given.quality}: {mine['triangles']:.0f} triangles")
    print(f"ours: compose {mine['compose']:.1f} s, write {mine['write']:.1f} s; ", end="")
    print(f"peak {mine['peak']:.2f} GB (estimated {mine['estimate']:.2f} GB)")
    print(f"ours: draw {mine['draw']:.1f} s ({mine['busy']:.1f} s of processor)")
    print(f"bare VTK: draw {plain['draw']:.1f} s ({plain['busy']:.1f} s of processor); peak {plain['peak']:.2f} GB")
    print("ours, seconds of processor over all tiles:", ", ".join(f"{name} {seconds:.2f}" for name, seconds in parts.items()))
    print(f"drawing: {mine['draw'] / plain['draw']:.2f} times bare VTK by the clock, {mine['busy'] / plain['busy']:.2f} by the processor")
    ratio = mine["busy"] / (plain["busy"] + gather)
    print(f"drawing, by the processor: {ratio:.2f} times bare VTK plus the gather ({gather:.1f} s); goal 1.3")
    least = parts["gbuffer"] + parts["prepare"] + parts["read"] + gather + 2 * copy["copy"]
    print(f"G-buffer, preparation, gather and two passes that only copy ({copy['copy']:.2f} s each): ", end="")
    print(f"{least / (plain['busy'] + gather):.2f} times that, without any light")


if __name__ == "__main__":
    main()
