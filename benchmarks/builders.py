"""Measure the Builders: how long what they build takes to unfold, what each generation of forgetting does to order, whether things
hang together, and how fast they build.

Run: python benchmarks/builders.py
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import numpy as np

from geometry.builders.copies import order
from geometry.builders.hosts import hosts
from geometry.builders.masses import as_hosts, composed
from geometry.builders.measure import coplanarity, entropy, fidelity, floating, moored, packed_bits, repetition, tokens
from geometry.builders.memory import CLANS, fragments_of
from geometry.builders.replay import accrete, accrete_many, clad
from geometry.builders.spans import bridges, facing_pairs
from geometry.city import City
from geometry.key import Stream, Streams
from geometry.parts import Parts, join
from geometry.search import planar_tiles
from geometry.solids import PROTOTYPE_IDS
from geometry.spec import CitySpec
from viewer.compose import Unfolder, content
from viewer.scene import LIVE_TRIANGLES
from viewer.views import view

PLOT = (400.0, 400.0, 900.0)
UNIT = 3.0
SEEDS = 4


def plot(epoch: float, budget: int, seed: int) -> Parts:
    """One plot."""
    return accrete(Stream(seed), PLOT, epoch=epoch, budget=budget, unit=UNIT, year=0.0)


def remembered(epoch: int) -> float:
    """Mean fidelity of all clans' fragments to those of their founders."""
    pairs = [pair for clan in range(CLANS) for pair in zip(fragments_of(clan >> epoch, 0), fragments_of(clan, epoch), strict=True)]
    return float(np.mean([fidelity(a, b) for a, b in pairs]))


def bridged(epoch: float) -> float:
    """Share of bridges with both ends in a mass."""
    shares = []
    for seed in range(20):
        boxes = as_hosts(composed(Stream(seed), PLOT, order(epoch), 12))
        spans, _ = bridges(Streams.of(seed), facing_pairs(boxes, UNIT), order(epoch), UNIT, 40, 0.0)
        shares.append(moored(spans[spans.prototype != PROTOTYPE_IDS["rail"]], boxes.low, boxes.high))
    return float(np.mean(shares))


def best(work: Callable[[], Parts], tries: int = 7) -> tuple[float, int]:
    """(processor seconds, parts) of the fastest of some tries, after one to warm up."""
    work()
    times = []
    for _ in range(tries):
        start = time.process_time()
        made = work()
        times.append(time.process_time() - start)
    return min(times), len(made)


def decay() -> None:
    """Print the measures for every epoch."""
    print("epoch  order  parts  entropy  zlib b/part  repetition  coplanar  fidelity  floating  bridges")
    for epoch in range(11):
        groups = [plot(epoch, 6000, seed) for seed in range(SEEDS)]
        row = [
            np.mean([entropy(tokens(group, UNIT)) for group in groups]), np.mean([packed_bits(group, UNIT) for group in groups]),
            np.mean([repetition(tokens(group, UNIT)) for group in groups]), np.mean([coplanarity(group, UNIT) for group in groups]),
            remembered(epoch), np.mean([floating(group, 0.05) for group in groups[:2]]), bridged(epoch),
        ]  # fmt: skip
        count = int(np.mean([len(group) for group in groups]))
        columns = zip(row, (9, 13, 12, 10, 10, 10, 9), (2, 1, 2, 2, 2, 4, 2), strict=True)
        print(f"{epoch:5d}  {order(epoch):5.3f}  {count:5d}" + "".join(f"{value:{width}.{places}f}" for value, width, places in columns))


def speed() -> None:
    """Print how fast plots accrete and hosts are clad."""
    for budget in (200, 2_000, 20_000, 200_000):
        for epoch in (0, 6, 10):
            seconds, count = best(partial(plot, epoch, budget, 5))
            rate = count / seconds / 1e6
            print(f"accrete epoch {epoch:2d} budget {budget:6d}: {seconds * 1e3:7.2f} ms, {count:6d} parts, {rate:5.2f} M/s")
    rng = Stream(1)
    centre = rng.between("centre", 900, -2000.0, 2000.0).reshape(300, 3)
    boxes = hosts(centre, rng.between("size", 900, 30.0, 300.0).reshape(300, 3))
    for detail in range(5):
        seconds, count = best(partial(clad, Stream(5), boxes, epoch=6, detail=detail, year=0.0, unit=UNIT))
        print(f"clad 300 hosts, epoch 6, detail {detail}: {seconds * 1e3:7.2f} ms, {count:6d} parts, {count / seconds / 1e6:5.2f} M/s")


def together() -> None:
    """Print what a mass costs alone and among others."""
    alone = 0.0
    for plots in (1, 10, 100):
        streams, sizes = Streams.of(*range(plots)), [(1.0, 1.0, 0.25 * (1 + plot % 8)) for plot in range(plots)]
        work = partial(accrete_many, streams, sizes, epoch=6, budget=50, unit=1.0 / 48, year=0.0)
        seconds = best(lambda work=work: join(work()))[0] / plots  # type: ignore[misc]
        alone = alone or seconds
        print(f"masses of 50 parts, {plots:3d} together: {seconds * 1e3:6.3f} ms each, {seconds / alone:5.2f} of one alone")


def unfolding() -> None:
    """Print what the opening view unfolds, in a fresh process as a window does, and what a district and a canyon take."""
    city = City(CitySpec(seed=40))
    state = view("opening")
    start = time.process_time()
    made = content(Unfolder(city), state, (1600, 900), LIVE_TRIANGLES)
    print(f"opening view, nothing known yet: {time.process_time() - start:5.2f} s, {len(made.instances.prototype):6d} parts")
    district = next(child for child in city.unfold(next(iter(planar_tiles(city)))).children if child.kind == "district")
    for kind in ("district", "canyon"):
        place = district if kind == "district" else next(child for child in city.unfold(district).children if child.kind == kind)
        seconds, count = best(lambda place=place: city.unfold(place).parts)  # type: ignore[misc]
        print(f"{kind}: {seconds * 1e3:5.1f} ms, {count:6d} parts")


if __name__ == "__main__":
    unfolding()
    together()
    decay()
    speed()
