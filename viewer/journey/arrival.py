"""The last of a way down: from over the roofs of a district, along its canyon, to a spot before a place. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain as one_after_another
from itertools import islice, product, zip_longest
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.city import City
from geometry.holes import SLIT, Bands, Hole, bundle_at, facing, finest_of, holes, length, open_at, row_of, tile_of
from geometry.material import Material
from geometry.nest import cell_place
from geometry.place import Cell, Place
from geometry.rules.ways_plan import Ways, ways_of
from geometry.search import first
from geometry.solids import PROTOTYPE_IDS
from geometry.spec import CitySpec
from geometry.strata import strata
from viewer.journey.crossings import slabs
from viewer.journey.ground import INTERIORS
from viewer.journey.indoors import indoors
from viewer.journey.landings import Stand, stand_before, watched
from viewer.journey.obstacles import Line, Obstacles
from viewer.journey.outlook import planes
from viewer.journey.outward import outward
from viewer.journey.route import Stop, reversed_way

F64 = NDArray[np.float64]
_TILES = 9
"""Tiles in which one looks for such a landing."""
_LOOKED, _COMPARED = 80, 12
"""Watched landings that are looked at in a tile, and good spots among which the best is taken."""
_VISTA_M, _VISTA = 300.0, 0.2
"""How far about one sees over a rail, metres, and what a plane of depth there counts for against what is seen of the landing."""
_GOALS = (
    ("district", "canyon", "block", "corridor"),
    ("district", "block", "corridor"),
    ("district", "canyon", "walkway"),
    ("district", "walkway"),
    ("district", "block", "stair"),
    ("district", "stair"),
    ("district",),
)
"""What a dive without an address ends at where there is no landing with a stair and somebody, the best first."""
_OUT = 0.67
"""Which of its sub-strata a line of shafts leads into, in parts of their number."""
_NEAR_TO = np.array([0.70, -0.54, 0.42])
"""Where on the sphere one looks for it: off the seams of the cube."""
_SPOTS = 6
"""Spots before a place that are tried."""
_RING = ((1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, -1), (1, -1), (-1, 1))
_AROUND = ((0, 0), *((i * far, j * far) for far in (1, 5, 25, 125, 625) for i, j in _RING))
"""Columns and rows from the tile beside a hole to those that are tried, in turn: a mass of a great cell may swallow thousands about it."""
_OVER_ROOFS = 40_000.0
"""Metres over a floor at which there is air over a tile's districts."""
_NEAR = (5.0, 7.0, 10.0, 3.5, 14.0)
"""Metres from which the last picture is taken, the best first."""


class Arrival(NamedTuple):
    """Where a dive ends, and the free points that lead there from the open air."""

    eye: F64
    """(3,) world metres."""
    target: F64
    """(3,) world metres: what one looks at."""
    stops: tuple[Stop, ...]
    """From the open air to the eye."""


def usual_arrival(obstacles: Obstacles) -> Arrival:
    """Where a dive ends when no address is given: on a landing, before its stair, its rail and somebody, under a line of great shafts, each
    with the next one beside it. Raises LookupError in a City without districts."""
    tiles = list(islice(_tiles(obstacles), _TILES))
    for tile in tiles:
        for until, stand in _best_stands(obstacles, tile):
            way = outward(obstacles, stand.eye, until)
            if way is not None:
                return Arrival(stand.eye, stand.target, tuple(reversed_way(Stop(stand.eye, 1.0), way)))
    for goal in _other_goals(obstacles, tiles):
        try:
            return arrive(obstacles, goal)
        except LookupError:  # walled in: the next
            continue
    raise LookupError("there is no district in this City that a way leads to; give an address")


def _best_stands(obstacles: Obstacles, tile: Place) -> list[tuple[float, Stand]]:
    """Metres that are free over the roofs about them, and spots before watched landings of a tile: those first that show most of the
    landing, and of what lies behind it."""
    found: list[tuple[float, Stand]] = []
    for until, block, ways in islice(_watched(obstacles, tile), _LOOKED):
        stand = stand_before(obstacles, block, ways)
        if stand is not None:
            found.append((until, stand))
            if len(found) >= _COMPARED:
                break
    return sorted(found, key=lambda one: -_shown(obstacles, one[1]))


def _shown(obstacles: Obstacles, stand: Stand) -> float:
    sight = (stand.target - stand.eye) / length(stand.target - stand.eye)
    return stand.worth + _VISTA * float(planes(obstacles, stand.eye, sight[None], _VISTA_M)[0])


def _watched(obstacles: Obstacles, tile: Place) -> Iterator[tuple[float, Place, Ways]]:
    """Blocks on whose landing somebody stands, with the metres free over the roofs: those of canyons first, in turn canyon by canyon."""
    for district in (child for child in obstacles.unfold(tile).children if child.kind == "district"):
        children, until = obstacles.unfold(district).children, _open_air([district])
        canyons = [obstacles.unfold(child).children for child in children if child.kind == "canyon"]
        rows = [[block for block in group if block.kind == "block"] for group in (*canyons, children)]
        for block in (block for turn in zip_longest(*rows) for block in turn if block is not None):
            ways = watched(block)
            if ways is not None:
                yield until, block, ways


def _tiles(obstacles: Obstacles) -> Iterator[Place]:
    """Tiles where a dive may end, the best first."""
    spec = obstacles.city.spec
    bands: Bands = (int(len(strata(spec)) * _OUT),)
    near = _NEAR_TO / length(_NEAR_TO)
    while True:
        row = row_of(spec, bands)
        near = _beside_a_hole(obstacles, bands, near)
        if row.high - row.low == 1:
            break
        bands = (*bands, max(int(len(strata(spec, bands)) * _OUT), 1))
    face, column, line = facing(near)
    depth = finest_of(spec, bands) - 3
    size = 1 << depth
    row = row_of(spec, bands)
    air = row.inner + min(_OVER_ROOFS, 0.5 * (row.plate - row.inner))
    for i, j in _AROUND:
        at = [min(max(int(share * size) + step, 0), size - 1) for share, step in ((column, i), (line, j))]
        toward = cells.at(Cell(0, 0, 0.0, 0.0, 0.0, depth, face, at[0], at[1]), 0.0, 0.0)
        if not open_at(spec, bands, toward) and obstacles.holds(toward * air) is None:
            yield cell_place(spec, bands, tile_of(face, at[0], at[1], depth))


def _other_goals(obstacles: Obstacles, tiles: list[Place]) -> Iterator[Place]:
    """Places where a dive ends in a City without such landings, the best first."""
    for tile in tiles:
        for kinds in _GOALS:
            yield from islice(_line(obstacles.city, tile, kinds), 1)
    yield first(obstacles.city, "district")


def _beside_a_hole(obstacles: Obstacles, bands: Bands, near: F64) -> F64:
    """(3,) a direction where a plate is whole, beside the nearest hole over which nothing stands; beside any, if there is none such."""
    spec, row = obstacles.city.spec, row_of(obstacles.city.spec, bands)
    wide = holes(spec, bands, near, SLIT * (row.outer - row.plate))
    found = sorted(wide, key=lambda hole: length(hole.toward - near) - 0.5 * hole.angle)
    if not found:
        raise LookupError(f"no hole leads through band {'.'.join(map(str, bands))}; give an address")
    above = bundle_at(spec, row.outer * (1.0 + 1e-12))
    roof = row_of(spec, above).plate if above else row.outer * 1.1
    spots: list[F64] = []
    for hole in found[:80]:
        spot = _beside(spec, bands, hole, near)
        if spot is None:
            continue
        spots.append(spot)
        column = Line(hole.toward * (0.5 * (roof + row.outer)), hole.toward * (row.plate - 0.4 * (row.plate - row.inner)), 0.2 * hole.width)
        if obstacles.met(replace(column, least=0.1 * hole.width)) is None:
            return spot
    return spots[0] if spots else near


def _beside(spec: CitySpec, bands: Bands, hole: Hole, near: F64) -> F64 | None:
    """(3,) a direction to the side of a hole, where the plate is whole: that from which one comes, if it can be. None in a wound."""
    x = near - hole.toward * float(near @ hole.toward)
    x = np.cross(hole.toward, [0.0, 0.6, 0.8]) if length(x) < 1e-15 else x
    x = x / length(x)
    y = np.cross(hole.toward, x)
    for far in (0.9, 1.3, 2.0, 3.0, 5.0):
        for turn in np.array([0, 1, -1, 2, -2, 3, -3, 4]) * (np.pi / 4.0):
            toward = hole.toward + (x * np.cos(turn) + y * np.sin(turn)) * far * hole.angle
            if not open_at(spec, bands, toward):
                return np.asarray(toward / length(toward))
    return None


def _line(city: City, place: Place, kinds: tuple[str, ...]) -> Iterator[Place]:
    """Places of kinds[-1] in places of the kinds before it, each in the last; of blocks only those with a gangway into the open."""
    for child in city.unfold(place).children:
        if child.kind == kinds[0] and not (kinds[1:] == ("corridor",) and not _has_gangway(child)):
            yield from [child] if len(kinds) == 1 else _line(city, child, kinds[1:])


def _has_gangway(block: Place) -> bool:
    ways = ways_of(block)
    return ways is not None and ways.gangway > 0.0


def ancestors(city: City, place: Place) -> list[Place]:
    """The place and what it stands in, from its tile (or, for a cell, itself) down."""
    steps = place.address.steps
    return [city.at(replace(place.address, steps=steps[:count])) for count in range(len(steps) + 1)]


def target_in(obstacles: Obstacles, place: Place) -> F64:
    """(3,) what there is to look at in a place: the head of somebody, the nearest rail to its middle, or its middle."""
    parts = obstacles.unfold(place).parts
    for rows in (np.flatnonzero(parts.material == Material.FIGURE), np.flatnonzero(parts.prototype == PROTOTYPE_IDS["rail"])):
        if len(rows):
            at = parts.position[rows].astype(np.float64)
            middle = np.array([0.0, 0.0, place.size[2] / 2.0])
            return place.frame.to_world(at[int(((at - middle) ** 2).sum(axis=1).argmin())] + [0.0, 0.0, 0.3])
    return place.centre


def arrive(obstacles: Obstacles, place: Place) -> Arrival:
    """A spot before a place from which it is seen, or in it if one can walk into it, and the way there. What is sealed is seen from
    before the mass that holds it. Raises LookupError where nothing leads there."""
    chain = ancestors(obstacles.city, place)
    until = _open_air(chain)
    if place.kind in ("hall", "corridor", "room"):
        found = indoors(obstacles, chain, until)
        if found is not None:
            return Arrival(found.eye, found.target, tuple(found.stops))
        chain = [one for one in chain if one.kind not in INTERIORS]
    for seen in reversed(chain):
        target = target_in(obstacles, seen)
        near = ((eye, target) for eye in _spots(obstacles, target, seen))
        for eye, target in one_after_another(near, _before(obstacles, seen, place)):
            way = outward(obstacles, eye, until, max(0.8 * length(eye - target), 9.0))
            if way is not None:
                return Arrival(eye, target, tuple(reversed_way(Stop(eye, 1.0), way)))
    raise LookupError(f"{place.address}: no way leads there")


def _open_air(chain: list[Place]) -> float:
    """Metres that are free about one over the roofs of what a place stands in."""
    outdoors = [place for place in chain if place.cell is None]
    return 0.12 * outdoors[0].size[2] if outdoors else 0.02 * max(chain[-1].size)


def _spots(obstacles: Obstacles, target: F64, place: Place) -> Iterator[F64]:
    """Free points near a target from which it is seen, the best first; large places are seen from farther off."""
    scale = 1.0 if place.cell is None and max(place.size) < 400.0 else max(place.size) / 40.0
    found = 0
    for distance in (*_NEAR, 20.0, 30.0, 50.0):
        for turn in np.arange(16) * (np.pi / 8.0):
            level = np.cos(turn) * place.frame.axes[0] + np.sin(turn) * place.frame.axes[1]
            eye = target + (level * 0.97 + place.frame.axes[2] * 0.22) * distance * scale
            line = Line(target + (eye - target) * 0.25, eye, 0.05 * distance * scale, grain=0.3 * distance * scale)
            if not obstacles.plated(eye) and obstacles.met(line) is None and obstacles.free(eye):
                yield np.asarray(eye)
                found += 1
            if found >= _SPOTS:
                return


def _before(obstacles: Obstacles, place: Place, wanted: Place) -> Iterator[tuple[F64, F64]]:
    """Free points from which a place is seen whole, nothing between, and its middle; of a cell, points over its floor, and what lies below
    them or, in it, the place that is wanted. The best first."""
    if place.cell is None:
        middle, scale, fars, steeps = place.centre, place.radius, (1.3, 1.8, 1.05, 2.6), (0.3, 0.7)
    else:
        middle = place.frame.origin if wanted is place else wanted.centre
        scale, fars, steeps = min(place.size), (0.03, 0.01, 0.1, 0.3), (0.6, 0.9)
    found = 0
    for far, steep, turn in product(fars, steeps, np.arange(12) * (np.pi / 6.0) + 0.4):
        level = np.cos(turn) * place.frame.axes[0] + np.sin(turn) * place.frame.axes[1]
        eye = middle + (level * np.sqrt(1.0 - steep * steep) + place.frame.axes[2] * steep) * far * scale
        line = Line(eye, eye + (middle - eye) * _entered(place, eye), 0.01 * far * scale, grain=0.1 * far * scale)
        if obstacles.free(eye) and obstacles.met(line) is None:
            yield np.asarray(eye), middle
            found += 1
        if found >= _SPOTS:
            return


def _entered(place: Place, eye: F64) -> float:
    """The share of the way from an eye (3,) to a place's middle at which its box is entered; 0 for a cell, which one is in."""
    if place.cell is not None:
        return 0.0
    half = np.array(place.size) / 2.0
    near, _ = slabs((place.frame.to_local(eye) - [0.0, 0.0, half[2]])[None], np.zeros((1, 3)), half[None])
    return 0.98 * float(near[0])
