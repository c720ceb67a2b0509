"""How many landings and gangways of Cities stand in what other places have built: `python benchmarks/landings.py [--count 10]`.

Of each seed so many landings in canyons, gangways there and gangways in districts are drawn by lot; what stands in the air over their
floors up to 2 m is said by kind.
"""

from __future__ import annotations

import argparse
from collections import Counter
from itertools import islice

import numpy as np

from geometry.city import City
from geometry.place import Growth, Place
from geometry.rules.ways_plan import Ways, ways_of
from geometry.search import planar_tiles
from viewer.journey.strangers import Stranger, over_landing, over_walkway, strangers

SEEDS = (40, 3, 7, 12)
TILES = 4
Lot = tuple[Place, Place, Ways]


class Kept:
    """A City whose places are unfolded once."""

    def __init__(self, seed: int) -> None:
        self.city = City(seed=seed)
        self._grown: dict[tuple[str, int], Growth] = {}

    def __call__(self, place: Place) -> Growth:
        name = (place.kind, place.key)
        if name not in self._grown:
            self._grown[name] = self.city.unfold(place)
        return self._grown[name]


def hosts(unfold: Kept, tile: Place, place: Place) -> list[Lot]:
    """The blocks of a place on whose walls something hangs."""
    found = ((block, ways_of(block)) for block in unfold(place).children if block.kind == "block")
    return [(tile, block, ways) for block, ways in found if ways is not None and ways.margin > 0.0]


def met(unfold: Kept, lot: Lot, gangway: bool) -> list[Stranger]:
    """What stands over the floor of a landing, or of the gangway beside it."""
    tile, block, ways = lot
    if not gangway:
        return strangers(tile, block, over_landing(ways), unfold)
    own = next(child for child in unfold(block).children if child.kind == "walkway")
    return strangers(tile, own, over_walkway(own), unfold)


def main() -> None:
    """Print what is counted."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10, help="of each kind and seed")
    each = parser.parse_args().count
    found: dict[str, list[list[Stranger]]] = {"landings of canyons": [], "gangways of canyons": [], "gangways of districts": []}
    for seed in SEEDS:
        unfold, draw = Kept(seed), np.random.default_rng(seed)
        lots: dict[str, list[Lot]] = {name: [] for name in found}
        for tile in islice(planar_tiles(unfold.city), TILES):
            for district in [child for child in unfold(tile).children if child.kind == "district"][:1]:
                canyons = [child for child in unfold(district).children if child.kind == "canyon"]
                lots["landings of canyons"] += [lot for canyon in canyons for lot in hosts(unfold, tile, canyon)]
                lots["gangways of districts"] += [lot for lot in hosts(unfold, tile, district) if lot[2].gangway > 0.0]
        lots["gangways of canyons"] = [lot for lot in lots["landings of canyons"] if lot[2].gangway > 0.0]
        for name, some in lots.items():
            drawn = draw.permutation(len(some))[:each]
            found[name] += [met(unfold, some[row], name.startswith("gangways")) for row in drawn]
    for name, all_met in found.items():
        causes = Counter(" ".join(step[0] for step in one.place.address.steps) or "tile" for some in all_met for one in some[:1])
        print(f"{name}: {sum(map(bool, all_met))} of {len(all_met)}", *(f"{kind} {n}" for kind, n in causes.most_common()), sep="; ")


if __name__ == "__main__":
    main()
