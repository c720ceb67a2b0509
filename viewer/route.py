"""The way through the City between two points: through a hole of every plate between them, round what stands in the voids. Pure.

A hole of a bundle of layers goes through all its sub-strata, so a way down is a few shafts, each a step finer than the last,
with a stretch through the open void between one and the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.spec import CitySpec
from geometry.strata import Stratum, strata
from viewer.holes import Bands, Hole, bundle_at, holes, row_of
from viewer.obstacles import Hit, Line, Obstacles

F64 = NDArray[np.float64]
_CRUISE = 0.55
"""How high in a void one crosses it, in parts of its height: over most of what stands, under most of what hangs."""
_ARC = 0.12
"""Radians of the sphere that one chord of a way spans at most."""
_ASIDES = 14
"""Detours looked at."""
_TURNS = 5
"""How many detours may lie within one another."""
_TRIED, _MOST_TRIED = 8, 80
_MOST_SHAFTS = 200
"""Holes that are looked into before the best of them is taken as it is."""
_OFF = ((0.0, 0.0), (0.2, 0.2), (-0.2, 0.2), (-0.2, -0.2), (0.2, -0.2))
"""Where in a hole one tries to go down, in parts of its width from its middle."""
_NARROW = 0.42
"""Metres that are free in a hole, in parts of its width from its middle."""
_LEAST = 0.3
"""What is smaller than this part of the room one flies in is no obstacle on the way, only at its end."""


class Stop(NamedTuple):
    """A corner of a way, and the room about the piece that leads to it."""

    point: F64
    """(3,) world metres."""
    room: float
    """Metres to what is near on the piece that leads here."""


class Gate(NamedTuple):
    """A solid to pass: the sub-strata of a bundle between two radii, from the void above to the void below."""

    bands: Bands
    top: float
    """Radius at which one enters it from above, metres."""
    foot: float
    """Radius at which one is through, metres."""
    floor: float
    """Radius of the floor of the void one comes out in; its roof is the foot."""
    whole: bool
    """Whether the shaft passes sub-strata of the bundle, and not the bundle as one of its siblings."""


def length(vector: F64) -> float:
    """Metres."""
    return float(np.sqrt((vector * vector).sum()))


def gates(spec: CitySpec, high: float, low: float) -> list[Gate]:
    """The solids to pass from one radius (m) down to another, in order."""
    found: list[Gate] = []
    bands: Bands = ()
    while True:
        rows = strata(spec, bands)
        index = next((i for i, row in enumerate(rows) if row.inner <= low < row.outer), None)
        if index is None:
            return found
        row = rows[index]
        entered = [i for i in range(index, len(rows)) if rows[i].plate < high and (i > index or low < row.plate)]
        if bands and entered:
            found.append(_through(rows, bands, entered, high, True))
        elif entered:
            found += [_through(rows, (i,), [i], high, False) for i in reversed(entered)]
        if low < row.plate or row.high - row.low == 1:
            return found
        bands, high = (*bands, index), min(high, row.outer)


def _through(rows: tuple[Stratum, ...], bands: Bands, entered: list[int], high: float, whole: bool) -> Gate:
    last = rows[entered[0]]
    return Gate(bands, min(high, rows[entered[-1]].outer), last.plate, last.inner, whole)


def route(obstacles: Obstacles, start: F64, goal: F64, room: float) -> list[Stop]:
    """A way between two free points (3,) that enters no plate and, as far as detours help, no solid; `room` metres are free at the goal."""
    if length(start) >= length(goal):
        return _down(obstacles, start, goal, room)
    back = _down(obstacles, goal, start, room)
    rooms = [stop.room for stop in back[1:]] + [room]
    return [Stop(stop.point, gap) for stop, gap in zip(reversed(back), reversed([rooms[-1], *rooms[:-1]]), strict=True)]


def _down(obstacles: Obstacles, start: F64, goal: F64, room: float) -> list[Stop]:
    spec = obstacles.city.spec
    stops = [Stop(start, _room_at(spec, start))]
    for _ in range(_MOST_SHAFTS):
        left = gates(spec, length(stops[-1].point), length(goal))
        if not left:
            break
        stops += _pass(obstacles, stops[-1].point, goal, left[0])
    return [*stops, *_leg(obstacles, stops[-1].point, goal, min(room, stops[-1].room))]


def _room_at(spec: CitySpec, point: F64) -> float:
    radius = length(point)
    bands = bundle_at(spec, radius)
    if not bands:
        return 0.3 * max(radius - spec.radius_km * 1e3, 1.0)
    row = row_of(spec, bands)
    return 0.35 * max(row.plate - row.inner, 1e-3 * (row.outer - row.inner))


def _pass(obstacles: Obstacles, at: F64, goal: F64, gate: Gate) -> list[Stop]:
    """From a point in the void above a solid into the lowest void below it to which one shaft is free; at least into the next."""
    spec = obstacles.city.spec
    ranked = _ranked(spec, gate, at, goal)
    if not ranked:
        raise LookupError(f"no hole leads through band {'.'.join(map(str, gate.bands))}")
    voids = _voids(spec, gate, length(at))
    best, most, met, tried = _Shaft(ranked[0].toward, _NARROW * ranked[0].width, ranked[0].width), 0, list[Hit](), 0
    for shaft in (shaft for hole in ranked for shaft in _shafts(hole)):
        before = _before(spec, gate, shaft, at)
        ends = shaft.toward * before, shaft.toward * (voids[0][0] + _CRUISE * (voids[0][1] - voids[0][0]))
        if any(hit.meets(*ends, 0.4 * shaft.room) for hit in met):
            continue
        reached, hit = _reached(obstacles, shaft, before, voids)
        met += [hit] if hit is not None and reached == 0 else []
        tried += 1
        if reached > most:
            best, most = shaft, reached
        if reached == len(voids) or tried >= (_TRIED if most else _MOST_TRIED):
            break
    floor, roof = voids[max(most, 1) - 1]
    above = best.toward * _before(spec, gate, best, at)
    last = most == len(voids) and floor <= length(goal) <= roof
    low = max(floor + _CRUISE * (roof - floor), length(goal) if last else 0.0)
    return [*_leg(obstacles, at, above, _room_at(spec, above)), Stop(best.toward * low, best.room)]


class _Shaft(NamedTuple):
    """A line straight down through a hole, and the room about it."""

    toward: F64
    room: float
    width: float


def _shafts(hole: Hole) -> Iterator[_Shaft]:
    x, y = _level(hole.toward)
    for dx, dy in _OFF:
        turned = hole.toward + (dx * x + dy * y) * hole.angle
        yield _Shaft(turned / length(turned), hole.width * (_NARROW - max(abs(dx), abs(dy))), hole.width)


def _before(spec: CitySpec, gate: Gate, shaft: _Shaft, at: F64) -> float:
    """The radius at which one comes over a shaft, metres."""
    return gate.top + 1.5 * shaft.width if length(at) > spec.radius_km * 1e3 else length(at)


def _voids(spec: CitySpec, gate: Gate, high: float) -> list[tuple[float, float]]:
    """(floor, roof) radii of the voids that a shaft through a solid opens, from above."""
    rows = strata(spec, gate.bands) if gate.whole else ()
    found = [(row.inner, row.plate) for row in reversed(rows) if gate.floor <= row.inner and row.plate < min(high, gate.top)]
    return found or [(gate.floor, gate.foot)]


def _reached(obstacles: Obstacles, shaft: _Shaft, before: float, voids: list[tuple[float, float]]) -> tuple[int, Hit | None]:
    """How many voids down one comes before something stands in a shaft, and what."""

    def blocked(high: float, low: float) -> Hit | None:
        return obstacles.met(Line(shaft.toward * high, shaft.toward * low, 0.4 * shaft.room, _LEAST * shaft.room))

    hit = blocked(before, voids[0][1])
    if hit is not None:
        return 0, hit
    for number, (floor, roof) in enumerate(voids):
        cruise = floor + _CRUISE * (roof - floor)
        if (hit := blocked(roof, cruise)) is not None:
            return number, hit
        if number + 1 < len(voids) and (hit := blocked(cruise, floor)) is not None:
            return number + 1, hit
    return len(voids), None


def _level(up: F64) -> tuple[F64, F64]:
    """Two unit vectors square to a direction."""
    x = np.cross(up, [0.0, 0.6, 0.8])
    x /= length(x)
    return x, np.cross(up, x)


def _ranked(spec: CitySpec, gate: Gate, at: F64, goal: F64) -> list[Hole]:
    """Holes near the way: those that cost the least time come first."""
    void, here, there = gate.foot - gate.floor, at / length(at), goal / length(goal)
    found = {(hole.depth, *hole.toward.tolist()): hole for near in (there, here) for hole in holes(spec, gate.bands, near)}

    def cost(hole: Hole) -> float:
        aside = length(hole.toward - here) + 1.5 * length(hole.toward - there)
        return aside * gate.foot / void + 2.0 * (gate.top - gate.foot) / hole.width + hole.width / void

    return sorted(found.values(), key=cost)


def way(obstacles: Obstacles, a: F64, b: F64, room: float) -> list[Stop]:
    """From a to b within one void, round what stands there; without a."""
    return _leg(obstacles, a, b, room)


def _leg(obstacles: Obstacles, a: F64, b: F64, room: float) -> list[Stop]:
    """From a to b within one void, along the sphere, round what stands there; without a."""
    corners = _arc(a, b)
    found: list[Stop] = []
    for start, end in pairwise(corners):
        found += [Stop(point, room) for point in _round(obstacles, start, end, 0.3 * room, _TURNS)]
    return found


def _arc(a: F64, b: F64) -> list[F64]:
    """Points from a to b whose height changes evenly and whose direction turns on the sphere."""
    la, lb = length(a), length(b)
    cosine = float(np.clip(a @ b / (la * lb), -1.0, 1.0))
    angle = float(np.arccos(cosine)) if cosine < 0.9999999 else length(a / la - b / lb)
    count = int(np.ceil(angle / _ARC)) if angle > _ARC else 1
    if count == 1:
        return [a, b]
    found = []
    for share in np.linspace(0.0, 1.0, count + 1)[1:-1].tolist():
        toward = (np.sin((1 - share) * angle) * a / la + np.sin(share * angle) * b / lb) / np.sin(angle)
        found.append(toward * (la * (lb / la) ** share))
    return [a, *found, b]


def _round(obstacles: Obstacles, a: F64, b: F64, margin: float, turns: int) -> list[F64]:
    """Points after a, ending with b, that lead round what stands between: the shortest of a dozen detours, each checked in turn."""
    hit = obstacles.met(Line(a, b, margin, _LEAST * margin)) if length(b - a) > 0.0 else None
    if hit is None or turns == 0:
        return [b]
    for point in _asides(obstacles, a, b, hit.centre, hit.radius + 1.5 * margin):
        if obstacles.met(Line(a, point, margin, _LEAST * margin)) is None:
            return [point, *_round(obstacles, point, b, margin, turns - 1)]
    return [b]


def _asides(obstacles: Obstacles, a: F64, b: F64, centre: F64, away: float) -> list[F64]:
    """Points beside a solid, square to the line, free and in the same void; the nearest to the line first."""
    spec, step = obstacles.city.spec, b - a
    ahead = step / length(step)
    side = np.cross(ahead, a / length(a))
    side = side / length(side) if length(side) > 1e-9 else np.cross(ahead, [0.0, 0.6, 0.8])
    up = np.cross(side, ahead)
    void = bundle_at(spec, length(a))
    found = []
    for share in (0.6, 1.0, 1.6):
        for angle in np.arange(12) * (np.pi / 6.0):
            point = centre + (side * np.cos(angle) + up * np.sin(angle)) * away * share
            if bundle_at(spec, length(point)) == void:
                found.append(point)
    return sorted(found, key=lambda point: length(point - a) + length(point - b))[:_ASIDES]
