"""What many layers cost: python benchmarks/layers.py [--layers 12] [--size 960 540] [--districts 3] [--rounds 3]

The City as it comes and one of so few layers are seen by one and the same camera: under the stars from the same spot, and over districts
from the same local metres, looking the same way. Prints ratios of one run, by processor time: what the thread that cuts does (select,
unfold and lay out: with nothing kept from before, and again a step on, as one flies), what the picture costs, and each by where the eye is.
The two take turns, the best of some rounds counts; a ratio of several pictures is of the sums over them.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from time import process_time, thread_time

import numpy as np

from geometry.city import City
from geometry.search import first
from geometry.spec import CitySpec
from viewer.compose import Unfolder, content, scene
from viewer.drawing.picture import Sampler
from viewer.scene import LIVE_TRIANGLES
from viewer.state import ViewState
from viewer.vantage import standing
from viewer.views import view

_OUTSIDE = ("outside", "rim", "opening", "half")
_HIGH = (300.0, 3e3, 3e4, 3e5)
"""Metres over the ground of a district: a layer of the usual City is ten times as high as the last."""
_DISTRICTS = (0, 3, 6, 9, 12)
_STEP, _STEPS = 0.02, 4
"""What one flies between two cuts, in parts of the way to what the eye looks at, and how often."""
_TIMES = ("cut", "again", "drawn")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one picture took of one City."""

    where: str
    cut: float
    """Seconds to select, unfold and lay out, by one who has nothing yet."""
    again: float
    """Seconds of the same a step on."""
    drawn: float
    """Seconds of all threads to draw it, its content uploaded."""
    triangles: int


def sights(spec: CitySpec, districts: int) -> Iterator[tuple[str, ViewState]]:
    """Where the eye is, in words, and the state: as many, and in the same order, for any City."""
    for name in _OUTSIDE:
        yield "under the stars", view(name, spec)
    for high in _HIGH:
        for number in _DISTRICTS[:districts]:
            place = first(City(spec), "district", number=number)
            yield f"{high:,.0f} m over a district", standing(spec, place, (0.0, -1.5 * high, high), (0.0, 0.0, 0.0))


def cost(where: str, state: ViewState, sampler: Sampler, size: tuple[int, int]) -> Cost:
    """Cut a state as a window does that has nothing yet, and draw it."""
    began = thread_time()
    unfold = Unfolder(City(state.city))
    what = content(unfold, state, size, LIVE_TRIANGLES)
    cut = thread_time() - began
    again = min(_again(unfold, state, size, _STEP * (step + 1)) for step in range(_STEPS))
    shown = scene(state, what)
    sampler(shown)
    began = process_time()
    sampler.take(scene(state, what))
    sampler._renderer._buffered = ()  # all passes, as if the eye had moved
    sampler._renderer.show(sampler._renderer.scene or shown, sampler._renderer.frame)
    sampler._window.Render()
    sampler._window.WaitForCompletion()
    return Cost(where, cut, again, process_time() - began, what.triangles)


def _again(unfold: Unfolder, state: ViewState, size: tuple[int, int], step: float) -> float:
    """Seconds to cut by one who has flown a part of the way to what the eye looks at."""
    camera = state.camera
    x, y, z = (np.asarray(camera.position) + step * (np.asarray(camera.focus) - camera.position)).tolist()
    began = thread_time()
    content(unfold, replace(state, camera=replace(camera, position=(x, y, z))), size, LIVE_TRIANGLES)
    return thread_time() - began


def best(costs: list[Cost]) -> Cost:
    """The least of some rounds."""
    least = {name: min(getattr(one, name) for one in costs) for name in _TIMES}
    return Cost(costs[0].where, triangles=costs[0].triangles, **least)


def told(where: str, pairs: list[tuple[Cost, Cost]]) -> None:
    """Print how many times what few layers cost the many do."""

    def share(name: str) -> float:
        return float(sum(getattr(many, name) for many, _ in pairs) / sum(getattr(few, name) for _, few in pairs))

    cut, again, drawn, triangles = map(share, (*_TIMES, "triangles"))
    typical = float(np.median([many.drawn / few.drawn for many, few in pairs]))
    parts = f"select and unfold {cut:.2f}, again a step on {again:.2f}, triangles {triangles:.2f}"
    print(f"{where}: drawing {drawn:.2f} (median of the pictures {typical:.2f}), {parts}")


def main() -> None:
    """Measure, and say it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--size", type=int, nargs=2, default=[960, 540])
    parser.add_argument("--districts", type=int, default=3, help=f"up to {len(_DISTRICTS)}")
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    size, samplers, pairs = tuple(given.size), [Sampler(tuple(given.size), 1, taps=16) for _ in range(2)], []
    specs = CitySpec(), CitySpec(layers=given.layers)
    for both in zip(*(sights(spec, given.districts) for spec in specs), strict=True):
        rounds = [[cost(*one, sampler, size) for one, sampler in zip(both, samplers, strict=True)] for _ in range(given.rounds)]
        pairs.append((best([row[0] for row in rounds]), best([row[1] for row in rounds])))
    for sampler in samplers:
        sampler.close()
    print(f"{specs[0].layers:,} layers / {specs[1].layers:,}, {len(pairs)} pictures of {size[0]} x {size[1]} by the same cameras")
    for where, some in groupby(pairs, key=lambda pair: pair[0].where):
        told(where, list(some))
    told("all", pairs)


if __name__ == "__main__":
    main()
