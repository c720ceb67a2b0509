"""What a dive costs: python benchmarks/dive.py [frames] [width height] [layers]

Draws the usual dive off screen and prints ratios of one run: the slowest frame to the median one, the part of the processor before a frame
is drawn (select and unfold, and lay out), pops (share of pixels that change when, with the same camera, the cut of the frame before gives
way to its own), and the memory of the second half to that of the first. With `layers` the same again for a City of so many.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np

from geometry.city import City
from geometry.spec import CitySpec
from viewer.compose import LIVE_TRIANGLES, Unfolder, content, scene
from viewer.dive import dive
from viewer.drawing.picture import Sampler
from viewer.state import ViewState

_CHANGED = 12
"""Steps of 255 by which a pixel differs that has popped."""


def resident() -> float:
    """Bytes of memory that this process holds now."""
    return float(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096.0


def measure(spec: CitySpec, frames: int, size: tuple[int, int]) -> dict[str, float]:
    """Draw the dive of a City; seconds, shares and bytes by name."""
    start = perf_counter()
    tour = dive(ViewState(city=spec), None, 60.0)
    found = {"route": perf_counter() - start}
    unfold, sampler, before = Unfolder(City(spec)), Sampler(size, 1, taps=16), None
    rows: list[tuple[float, float, float, float]] = []
    for state in tour.states(frames / 60.0):
        began = perf_counter()
        what = content(unfold, state, size, LIVE_TRIANGLES)
        cut = perf_counter() - began
        drawn = sampler(scene(state, what))[0].astype(np.int16)
        whole = perf_counter() - began
        pops = 0.0
        if before is not None:
            old = sampler(scene(state, before))[0].astype(np.int16)
            pops = float((np.abs(old - drawn).max(axis=-1) > _CHANGED).mean())
        rows.append((whole, cut, pops, resident()))
        before = what
    sampler.close()
    table = np.array(rows[2:])
    half = len(table) // 2
    return found | {
        "median": float(np.median(table[:, 0])),
        "slowest": float(table[:, 0].max()),
        "cut": float(np.median(table[:, 1])),
        "pops": float(np.median(table[:, 2])),
        "memory": float(table[half:, 3].mean() / table[:half, 3].mean()),
    }


def main() -> None:
    """Print what was measured."""
    numbers = [int(word) for word in sys.argv[1:]]
    frames = numbers[0] if numbers else 1800
    size = (numbers[1], numbers[2]) if len(numbers) > 2 else (960, 540)
    one = measure(CitySpec(), frames, size)
    print(f"{frames} frames of {size[0]} x {size[1]}; the way was found in {one['route']:.1f} s")
    print(f"slowest / median frame {one['slowest'] / one['median']:.2f} ({1e3 * one['median']:.0f} ms)")
    print(f"select, unfold and lay out {1e3 * one['cut']:.0f} ms, median ({one['cut'] / one['median']:.2f} of a frame)")
    print(f"pops {100.0 * one['pops']:.2f} % of pixels a frame, median")
    print(f"memory, second half / first half {one['memory']:.3f}")
    if len(numbers) > 3:
        few = measure(replace(CitySpec(), layers=numbers[3]), frames, size)
        print(f"{CitySpec().layers:,} layers / {numbers[3]:,}: {one['median'] / few['median']:.2f} of the time a frame")


if __name__ == "__main__":
    main()
