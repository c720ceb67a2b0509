"""What a dive costs: python benchmarks/dive.py [frames] [every] [width height] [layers]

Draws frames of the usual dive off screen, every so manyth of so many and each with its successor, and prints ratios of one run: the
slowest to the median, the processor's part before one is drawn (select, unfold and lay out, with what its predecessor unfolded still
kept), pops (share of pixels that change when, with the same camera, the cut of the frame before gives way to its own), and the memory
of the second half to that of the first. With `layers` the same again for a City of so many.
"""

from __future__ import annotations

import sys
from pathlib import Path
from time import perf_counter, process_time

import numpy as np

from geometry.city import City
from geometry.spec import CitySpec
from viewer.compose import Unfolder, content, scene
from viewer.dive import dive
from viewer.drawing.picture import Sampler
from viewer.scene import LIVE_TRIANGLES
from viewer.state import ViewState

_CHANGED = 12
"""Steps of 255 by which a pixel differs that has popped."""


def resident() -> float:
    """Bytes of memory that this process holds now."""
    return float(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096.0


def measure(spec: CitySpec, frames: int, every: int, size: tuple[int, int]) -> dict[str, float]:
    """Draw pairs of frames of the dive of a City; seconds, shares and bytes by name."""
    start = process_time()
    tour = dive(ViewState(city=spec), None, 60.0)
    found = {"route": process_time() - start}
    unfold, sampler = Unfolder(City(spec)), Sampler(size, 1, taps=16)
    rows: list[tuple[float, float, float, float]] = []
    for index in range(every // 2, frames - 1, every):
        first, second = (tour.state_at(60.0 * at / (frames - 1)) for at in (index, index + 1))
        before = content(unfold, first, size, LIVE_TRIANGLES)
        sampler(scene(first, before))
        began, used = perf_counter(), process_time()
        what = content(unfold, second, size, LIVE_TRIANGLES)
        cut = process_time() - used
        drawn = sampler(scene(second, what))[0].astype(np.int16)
        whole = perf_counter() - began
        old = sampler(scene(second, before))[0].astype(np.int16)
        rows.append((whole, cut, float((np.abs(old - drawn).max(axis=-1) > _CHANGED).mean()), resident()))
    sampler.close()
    table = np.array(rows)
    half = len(table) // 2
    return found | {
        "median": float(np.median(table[:, 0])),
        "slowest": float(table[:, 0].max()),
        "cut": float(np.median(table[:, 1])),
        "pops": float(np.median(table[:, 2])),
        "pops_mean": float(table[:, 2].mean()),
        "memory": float(table[half:, 3].mean() / table[:half, 3].mean()),
        "pairs": float(len(table)),
    }


def main() -> None:
    """Print what was measured."""
    numbers = [int(word) for word in sys.argv[1:]]
    frames, every = numbers[0] if numbers else 1800, numbers[1] if len(numbers) > 1 else 12
    size = (numbers[2], numbers[3]) if len(numbers) > 3 else (960, 540)
    one = measure(CitySpec(), frames, every, size)
    print(f"{one['pairs']:.0f} pairs of {frames} frames of {size[0]} x {size[1]}; the way was found in {one['route']:.1f} s of processor")
    print(f"slowest / median frame {one['slowest'] / one['median']:.2f} ({1e3 * one['median']:.0f} ms)")
    print(f"select, unfold and lay out {1e3 * one['cut']:.0f} ms, median ({one['cut'] / one['median']:.2f} of a frame)")
    print(f"pops {100.0 * one['pops']:.2f} % of pixels a frame, median; {100.0 * one['pops_mean']:.2f} % mean")
    print(f"memory, second half / first half {one['memory']:.3f}")
    if len(numbers) > 4:
        few = measure(CitySpec(layers=numbers[4]), frames, every, size)
        print(f"{CitySpec().layers:,} layers / {numbers[4]:,}: {one['median'] / few['median']:.2f} of the time a frame")


if __name__ == "__main__":
    main()
