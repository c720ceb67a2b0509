"""The last of a way down: from over the roofs of a district, along its canyon, to a spot before a place. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.city import City
from geometry.material import Material
from geometry.nest import cell_place
from geometry.place import Cell, Place
from geometry.search import first
from geometry.solids import PROTOTYPE_IDS
from geometry.spec import CitySpec
from geometry.strata import strata
from viewer.holes import SLIT, Bands, Hole, bundle_at, facing, finest_of, holes, length, open_at, row_of, tile_of
from viewer.obstacles import Line, Obstacles

F64 = NDArray[np.float64]
_GOALS = (("district", "canyon", "walkway"), ("district", "walkway"), ("district", "block", "stair"), ("district", "stair"), ("district",))
"""What a dive without an address looks for, the best first."""
_OUT = 0.67
"""Which of its sub-strata a line of shafts leads into, in parts of their number."""
_NEAR_TO = np.array([0.72, -0.52, 0.41])
"""Where on the sphere one looks for it: off the seams of the cube."""
_RAYS = 40
_NEAR = (5.0, 7.0, 10.0, 3.5, 14.0)
"""Metres from which the last picture is taken, the best first."""


class Arrival(NamedTuple):
    """Where a dive ends, and the free points that lead there from the open air."""

    eye: F64
    """(3,) world metres."""
    target: F64
    """(3,) world metres: what one looks at."""
    corners: tuple[tuple[F64, float], ...]
    """Points (3,) from far to near, with the metres that are free about the piece that leads to each."""


def usual_goal(obstacles: Obstacles) -> Place:
    """The place that a dive leads to when no address is given: under a line of great shafts, each with the next one beside it.

    Raises LookupError in a City without districts."""
    city, spec = obstacles.city, obstacles.city.spec
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
    for i, j in ((0, 0), (1, 0), (0, 1), (-1, 0), (0, -1)):
        at = [min(max(int(share * size) + step, 0), size - 1) for share, step in ((column, i), (line, j))]
        if open_at(spec, bands, cells.at(Cell(0, 0, 0.0, 0.0, 0.0, depth, face, at[0], at[1]), 0.0, 0.0)):
            continue
        tile = cell_place(spec, bands, tile_of(face, at[0], at[1], depth))
        for kinds in _GOALS:
            found = next(_line(city, tile, kinds), None)
            if found is not None:
                return found
    return first(city, "district")


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
    for child in city.unfold(place).children:
        if child.kind == kinds[0]:
            yield from [child] if len(kinds) == 1 else _line(city, child, kinds[1:])


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
    """A spot before a place from which it is seen, and the way there."""
    target = target_in(obstacles, place)
    chain = ancestors(obstacles.city, place)
    eye = _spot(obstacles, target, chain[-1])
    return Arrival(eye, target, tuple(_corners(obstacles, eye, chain)))


def _spot(obstacles: Obstacles, target: F64, place: Place) -> F64:
    """A free point near a target with a free sight of it; large places are seen from farther off."""
    scale = 1.0 if place.cell is None and max(place.size) < 400.0 else max(place.size) / 40.0
    best, most = target + place.frame.axes[2] * _NEAR[0] * scale, -1.0
    for distance in _NEAR:
        for turn in np.arange(16) * (np.pi / 8.0):
            level = np.cos(turn) * place.frame.axes[0] + np.sin(turn) * place.frame.axes[1]
            eye = target + (level * 0.97 + place.frame.axes[2] * 0.22) * distance * scale
            line = Line(target + (eye - target) * 0.25, eye, 0.05 * distance * scale)
            if obstacles.plated(eye) or obstacles.met(line) is not None:
                continue
            open_ = sum(obstacles.met(Line(eye, eye + way * 12.0 * distance * scale, 0.3)) is None for way in (level, place.frame.axes[2]))
            if open_ > most:
                best, most = eye, open_
            if open_ == 2:
                return np.asarray(best)
    return np.asarray(best)


def _corners(obstacles: Obstacles, eye: F64, chain: list[Place]) -> list[tuple[F64, float]]:
    """Over the district, over the mouth of the canyon, into it, along it to the spot: whatever of these there is."""
    found: list[tuple[F64, float]] = []
    inner = [place for place in chain if place.cell is None]
    for place in inner:
        x, y, z = place.size
        at = place.frame.to_local(eye)
        if place.kind == "district":
            side = -1.0 if at[1] > 0.0 else 1.0
            found.append((place.frame.to_world(np.array([0.6 * at[0], at[1] + side * 0.3 * y, 1.4 * z])), 0.2 * z))
        if place.kind == "canyon":
            side = -1.0 if at[1] > 0.0 else 1.0
            ends = (0.30 * side * y, 1.5 * z), (0.22 * side * y, 0.72 * z)
            found += [(place.frame.to_world(np.array([0.02 * x, at[1] + along, high])), 0.06 * x) for along, high in ends]
            found.append((place.frame.to_world(np.array([0.3 * at[0], at[1] + 0.05 * side * y, 0.5 * (at[2] + 0.6 * z)])), 0.03 * x))
    found = [(point, room) for point, room in found if obstacles.free(point)]
    return [*found, *_out(obstacles, found[-1][0] if found else None, eye)]


def _out(obstacles: Obstacles, outer: F64 | None, eye: F64) -> list[tuple[F64, float]]:
    """From the spot outward, leg by leg along the longest free sight, until the outer point is seen; given from outside in."""
    up = eye / np.sqrt((eye * eye).sum())
    goal = eye + up * 4e3 if outer is None else outer
    legs: list[tuple[F64, float]] = [(eye, 0.6)]
    point = eye
    for _ in range(8):
        if obstacles.met(Line(point, goal, 0.5)) is None:
            break
        reach, ahead = 0.0, point
        toward = (goal - point) / np.sqrt(((goal - point) ** 2).sum())
        for ray in _rays():
            if ray @ toward < -0.3:
                continue
            far = 2.0 * float(np.sqrt(((goal - point) ** 2).sum()))
            hit = obstacles.met(Line(point, point + ray * far, 0.4))
            free = far * (1.0 if hit is None else hit.share)
            worth = min(free, far / 2.0) * (1.2 + float(ray @ toward))
            if worth > reach:
                reach, ahead = worth, point + ray * min(0.6 * free, far / 2.0)
        if reach <= 0.0:
            break
        point = ahead
        legs.append((point, 0.02 * reach))
    rooms = [legs[i][1] for i in range(len(legs))]
    return [(legs[i][0], max(rooms[i], 0.5)) for i in range(len(legs) - 1, -1, -1)]


def _rays() -> F64:
    """(n, 3) unit vectors spread evenly over the sphere."""
    z = 1.0 - 2.0 * (np.arange(_RAYS) + 0.5) / _RAYS
    turn = np.arange(_RAYS) * 2.399963229728653
    flat = np.sqrt(1.0 - z * z)
    return np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=-1)
