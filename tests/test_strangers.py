"""Landings and gangways stand in the open: in nothing that another place has built."""

from __future__ import annotations

import numpy as np
import pytest

from geometry.city import City
from geometry.place import Growth, Place
from geometry.rules.keepout import crossing, meeting
from geometry.rules.ways_plan import CUT, SHUT, Ways, ways_of
from geometry.search import planar_tiles
from viewer.journey.strangers import over_landing, over_walkway, strangers


class Quarter:
    """A tile, its first district and that one's first canyon; each place is unfolded once."""

    def __init__(self, seed: int) -> None:
        self.city = City(seed=seed)
        self._kept: dict[tuple[str, int], Growth] = {}
        self.tile = next(planar_tiles(self.city))
        self.district = next(child for child in self.unfold(self.tile).children if child.kind == "district")
        self.canyon = next(child for child in self.unfold(self.district).children if child.kind == "canyon")

    def unfold(self, place: Place) -> Growth:
        name = (place.kind, place.key)
        if name not in self._kept:
            self._kept[name] = self.city.unfold(place)
        return self._kept[name]

    def hosts(self, place: Place) -> list[tuple[Place, Ways]]:
        """Its blocks on whose walls something hangs."""
        found = ((child, ways_of(child)) for child in self.unfold(place).children if child.kind == "block")
        return [(child, ways) for child, ways in found if ways is not None and ways.margin > 0.0]

    def walkway(self, block: Place) -> Place:
        return next(child for child in self.unfold(block).children if child.kind == "walkway")


@pytest.fixture(scope="module")
def quarter() -> Quarter:
    return Quarter(40)


def test_the_air_over_landings_is_free(quarter: Quarter) -> None:
    hosts = quarter.hosts(quarter.canyon)
    met = [block.address for block, ways in hosts if strangers(quarter.tile, block, over_landing(ways), quarter.unfold)]
    assert len(hosts) >= 20
    assert len(met) <= 0.03 * len(hosts), met


@pytest.mark.parametrize("kind", ["canyon", "district"])
def test_the_air_over_gangways_is_free(quarter: Quarter, kind: str) -> None:
    hosts = [block for block, ways in quarter.hosts(getattr(quarter, kind)) if ways.gangway > 0.0]
    some = [quarter.walkway(block) for block in hosts[:: max(len(hosts) // 20, 1)]]
    met = [place.address for place in some if strangers(quarter.tile, place, over_walkway(place), quarter.unfold)]
    assert len(some) >= 8
    assert len(met) <= 1, met


def test_a_stranger_is_told_by_name(quarter: Quarter) -> None:
    block, ways = quarter.hosts(quarter.canyon)[0]
    below = over_landing(ways) - [0.0, 0.0, 1.0]
    within = np.array(ways.at(-5.0, 0.0, ways.level + 1.0))[None]  # in the core, which the canyon drew
    assert not any(one.place.address == block.address for one in strangers(quarter.tile, block, below, quarter.unfold))
    assert [one.place.address for one in strangers(quarter.tile, block, within, quarter.unfold)][:1] == [quarter.canyon.address]


def test_a_canyon_leaves_walls_to_hang_things_on(quarter: Quarter) -> None:
    forms = np.array([child.form for child in quarter.unfold(quarter.canyon).children if child.kind == "block"])
    shut = forms // SHUT % 16
    assert (shut > 0).any()
    assert (forms & CUT > 0).any()
    assert len(quarter.hosts(quarter.canyon)) > 25


def test_boxes_that_overlap_are_found_in_squares_as_in_a_row() -> None:
    draws = np.random.default_rng(3)
    low, a = draws.uniform(-500.0, 500.0, (400, 3)), draws.uniform(-500.0, 500.0, (300, 3))
    high, b = low + draws.uniform(1.0, 200.0, low.shape), a + draws.uniform(1.0, 60.0, a.shape)
    high[:3] += 2000.0
    found, known = (set(zip(*(rows.tolist() for rows in make(low, high, a, b)), strict=True)) for make in (crossing, meeting))
    assert found == known
    assert len(found) > 100
    assert not len(crossing(low, high, a[:0], b[:0])[0])
