"""Frame times of every style on this machine's graphics card, with one command: `python benchmarks/gpu.py [--pictures FOLDER]`.

Off screen, against plain VTK Phong with the same triangles, by the clock, until the driver has finished; the camera a little elsewhere in
each frame. Then a still of each style at --still, by the clock. Says first what draws: a software driver is told of, and is no card. On a
machine without a screen VTK takes EGL by itself. `--pictures` keeps one picture a style, to be looked at.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np
from frames import KINDS, OffScreen, by_pass, measured, told

from geometry.city import City
from viewer.command.options import read_size
from viewer.compose import LIVE_TRIANGLES, STILL_TRIANGLES, Unfolder, content, scene
from viewer.drawing.picture import offscreen, still, write_png
from viewer.link import link
from viewer.state import ViewState
from viewer.styles import project_names
from viewer.views import view

SOFTWARE = ("llvmpipe", "softpipe", "swrast", "SwiftShader")


def card() -> str:
    """What the driver calls itself."""
    window = offscreen(8, 8)
    window.Render()
    said = window.ReportCapabilities()
    window.Finalize()
    return next((line.partition(":")[2].strip() for line in said.splitlines() if "renderer string" in line), "unknown")


def frames(name: str, states: dict[str, ViewState], given: argparse.Namespace) -> None:
    """Print the frame times of a view."""
    size = read_size(given.size)
    what = content(Unfolder(City(view(name).city)), view(name), size, given.triangles)
    bench = OffScreen(what, size)
    print(f"{name}: {what.triangles} triangles, {len(what.instances.prototype)} parts, {size[0]} x {size[1]}")
    table = measured(bench, states, what, given.rounds, size)
    fastest = {name: 1.0 / row[0 if name == "plain" else KINDS.index("in one go")][0] for name, row in table.items()}
    print(told("off screen", table))
    print("  frames a second at rest:", ", ".join(f"{style} {rate:.0f}" for style, rate in fastest.items()), flush=True)
    if given.passes:
        print(by_pass(bench, states, what), flush=True)
    bench.ours.release()


def stills(name: str, states: dict[str, ViewState], given: argparse.Namespace) -> None:
    """Print how long a still of each style takes, and keep it if wanted."""
    size = read_size(given.still)
    what = content(Unfolder(City(view(name).city)), view(name), size, given.still_triangles)
    for style, state in states.items():
        began = perf_counter()
        pixels = still(scene(state, what), size, supersample=1)
        seconds = perf_counter() - began
        lit = float(np.ptp(pixels))
        print(
            f"  {name}, {style}, {size[0]} x {size[1]}, {what.triangles} triangles: {seconds:.2f} s{'  BLACK' if lit < 8 else ''}",
            flush=True,
        )
        if given.pictures:
            given.pictures.mkdir(parents=True, exist_ok=True)
            write_png(given.pictures / f"{name}-{style}.png", pixels, {"city": link(state)})


def main() -> int:
    """Print all; 1 where a software driver draws and a card was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--view", nargs="*", default=["canyon", "opening"])
    parser.add_argument("--style", nargs="*", default=project_names())
    parser.add_argument("--size", default="1280x720")
    parser.add_argument("--triangles", type=int, default=LIVE_TRIANGLES)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--still", default="4K", help="size of the stills")
    parser.add_argument("--still-triangles", type=int, default=STILL_TRIANGLES)
    parser.add_argument("--pictures", type=Path, help="a folder for the stills")
    parser.add_argument("--passes", action="store_true", help="processor time of each pass, too: on a card, what the driver itself takes")
    parser.add_argument("--card-only", action="store_true", help="fail where a software driver draws")
    given = parser.parse_args()
    name = card()
    soft = any(word.lower() in name.lower() for word in SOFTWARE)
    print(f"drawn by {name}{': a software driver, no card' if soft else ''}")
    if soft and given.card_only:
        return 1
    for place in given.view:
        states = {style: replace(view(place), style=style) for style in given.style}
        frames(place, states, given)
        stills(place, states, given)
    return 0


if __name__ == "__main__":
    sys.exit(main())
