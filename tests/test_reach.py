"""Everything can be walked to: from the whole City every kind of place is reached by unfolding, down to what a hand would hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import islice, pairwise

import numpy as np
import pytest

from geometry.city import City
from geometry.landmarks import PREFIX, SEATS
from geometry.place import Place
from geometry.relics import KINDS, relics
from geometry.rules import RULES, terrace
from geometry.rules.builder import SIZES
from geometry.search import planar_tiles
from geometry.solids import PROTOTYPE_IDS

CITY = City()
_TILES = 3
_EACH = 6
"""How many children of one kind the walk follows in one place."""


def lines(place: Place, above: tuple[Place, ...] = ()) -> Iterator[tuple[Place, ...]]:
    """Lines of descent from a place, itself first, a few children of each kind at a time, blocks in blocks no further than two."""
    line = (*above, place)
    yield line
    if sum(one.kind == "block" for one in line) > 2:
        return
    seen: dict[str, int] = {}
    for child in CITY.unfold(place).children:
        kind = "block with a terrace" if child.kind == "block" and terrace.leads(child) else child.kind
        seen[kind] = seen.get(kind, 0) + 1
        if seen[kind] <= _EACH:
            yield from lines(child, line)


@cache
def reached() -> dict[str, tuple[Place, ...]]:
    """For each kind, and for each class of Builder, the first line of places that leads to it from the City."""
    found: dict[str, tuple[Place, ...]] = {}
    for name in SEATS:
        standing = CITY.at(PREFIX + name)
        host = CITY.at(replace(standing.address, steps=standing.address.steps[:-1]))
        line = (*ancestors(host), host, standing)
        found.setdefault(standing.kind, line)
        for child in CITY.unfold(standing).children:
            found.setdefault(child.kind, (*line, child))
    wanted = {*(set(RULES) - set(KINDS)), *(f"builder {size:g}" for size in SIZES)}
    for tile in islice(planar_tiles(CITY), _TILES):
        above = ancestors(tile)
        for number, place in enumerate(above, 1):
            for child in CITY.unfold(place).children:
                if child.cell is None:
                    found.setdefault(child.kind, (*above[:number], child))
        for line in lines(tile, above):
            for place in line:
                found.setdefault(place.kind, line[: line.index(place) + 1])
            if line[-1].kind == "builder":
                found.setdefault(f"builder {max(line[-1].size):g}", line)
            if wanted <= set(found):
                return found
    return found


def ancestors(tile: Place) -> tuple[Place, ...]:
    """The line from the City down to a tile."""
    line = [CITY.root]
    while line[-1].key != tile.key:
        above = tile.address
        line.append(next(child for child in CITY.unfold(line[-1]).children if leads(child, above.bands, above.layer, above.tile)))
    return tuple(line[:-1])


def leads(place: Place, bands: tuple[int, ...], layer: int | None, tile: tuple[int, ...]) -> bool:
    """Whether a cell lies on the way to the cell with these coordinates."""
    own = place.address
    if own.tile != tile[: len(own.tile)] or own.bands != bands[: len(own.bands)]:
        return False
    return own.layer == layer if own.layer is not None else place.cell is None or layer is None or place.cell.low <= layer < place.cell.high


@pytest.mark.parametrize("kind", KINDS)
def test_what_stood_before_the_city_is_reached_by_its_address(kind: str) -> None:
    place = next(place for place in relics(CITY.spec) if place.kind == kind)
    assert CITY.at(str(place.address)).key == place.key
    assert len(CITY.unfold(place).parts) or CITY.unfold(place).skin


@pytest.mark.parametrize("kind", sorted(set(RULES) - set(KINDS)))
def test_every_kind_is_reached_from_the_city(kind: str) -> None:
    line = reached()[kind]
    assert line[0].key == CITY.root.key
    for above, below in pairwise(line):
        assert below.key in {child.key for child in CITY.unfold(above).children}
    assert CITY.at(line[-1].address).key == line[-1].key


@pytest.mark.parametrize("size", SIZES)
def test_builders_of_every_class_are_at_work(size: float) -> None:
    line = reached()[f"builder {size:g}"]
    assert max(line[-1].size) == size
    assert len(CITY.unfold(line[-1]).parts) > 40


def test_the_walk_goes_from_the_orbit_of_jupiter_to_a_handrail() -> None:
    assert max(CITY.root.size) > 1.0e12
    assert min(max(line[-1].size) for line in reached().values()) < 1.0
    rails = CITY.unfold(reached()["walkway"][-1]).parts
    thin = rails.scale[rails.prototype == PROTOTYPE_IDS["rail"]].min(axis=1)
    assert 0.01 < float(thin.min()) <= 0.1


@pytest.mark.parametrize("kind", ["bridge", "hall", "corridor", "room", "stair", "walkway", "village", "terrace"])
def test_what_people_use_is_detailed_to_the_hand(kind: str) -> None:
    parts = CITY.unfold(reached()[kind][-1]).parts
    assert len(parts) > 40
    assert float(np.partition(parts.scale.min(axis=1), 10)[10]) <= 0.13


def test_a_bridge_of_a_canyon_has_rails_where_its_girder_lies() -> None:
    canyon = reached()["canyon"][-1]
    bridges = [child for child in CITY.unfold(canyon).children if child.kind == "bridge"]
    assert len(bridges) > 8
    for bridge in bridges[:4]:
        parts = CITY.unfold(bridge).parts
        assert (parts.prototype == PROTOTYPE_IDS["rail"]).sum() > 3
