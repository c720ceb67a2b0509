"""The way through the City between two points: through a hole of every plate between them, round what stands in the voids. Pure.

A hole of a bundle of layers goes through all its sub-strata, so a way down is a few shafts, each a step finer than the last,
with a stretch through the open void between one and the next.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.holes import SLIT, Bands, Hole, bundle_at, holes, length, row_of
from geometry.spec import CitySpec
from geometry.strata import nested
from viewer.journey.detour import PATIENCE, Need, detour, straight
from viewer.journey.obstacles import Hit, Line, Obstacles

F64 = NDArray[np.float64]
_CRUISE = 0.55
"""How high in a void one crosses it, in parts of its height: over most of what stands, under most of what hangs."""
_STAY, _BACK = 0.5, 2.0
"""What it costs to be away from the goal's line after a hole, against flying there: little as long as the next void is as high as
this one, much when the next is a step finer."""
_ROOM = 0.35
"""How much of a void's height is free about one who crosses it."""
_SINK = 0.5
"""The height from which one sinks to a goal, in parts of the void's."""
_LONG = 14.0
"""How long a chord of a way is at most, in the same parts."""
_SAG = 0.25
"""How far a chord of a way may stray from its arc round the sphere, in parts of the room there is."""
_MARGINS = ((straight, 0.15), (detour, 0.12), (straight, 0.03), (detour, 0.03), (detour, 0.005))
"""Ways, and the metres they keep off solids, in parts of the room there is: the first that is found."""
_HASTY = (_MARGINS[0], *_MARGINS[2:4])
"""The same in a search that must come to its end."""
_GRAIN = 3.0
"""Places no larger than this, in parts of the same room, are gone round whole: what is in them is not looked at."""
_ALL_ROUND = np.array([[1.0, 0.2, 0.3], [-1.0, 0.3, 0.2], [0.2, 1.0, 0.3], [0.3, -1.0, 0.2], [0.2, 0.3, 1.0], [0.3, 0.2, -1.0]])
"""A direction in each face of the cube."""
_TRIED, _TRIED_LATE = 100, 40
"""Holes over or under which something stands before the way goes through the next as it is; and in a search that must come to its end."""
_WHOLE = 20
"""Holes over or under which something stands before one looks no farther than just over and under them."""
_WAYS = 4
"""Shafts to which a way is looked for before the first of them is taken, whatever stands before it."""
_MOST_SHAFTS = 200
"""Holes that are looked into before the best of them is taken as it is."""
_OFF = ((0.0, 0.0), (0.2, 0.2), (-0.2, 0.2), (-0.2, -0.2), (0.2, -0.2))
"""Where in a hole one tries to go down, in parts of its width from its middle."""
_KEPT_OFF = 0.3
"""Metres that a way down a hole keeps off what stands over and under it, in parts of the room in the hole."""
_NARROW = 0.42
"""Metres that are free in a hole, in parts of its width from its middle."""
_LEAST = 0.12
"""What is smaller than this part of the room one flies in is no obstacle on the way, only at its end."""


class Stop(NamedTuple):
    """A corner of a way, and the room about the piece that leads to it."""

    point: F64
    """(3,) world metres."""
    room: float
    """Metres to what is near on the piece that leads here: it sets the pace."""
    free: float = 0.0
    """Metres about that piece that are known to be free."""


class Gate(NamedTuple):
    """The solid of a bundle to pass, from the void above to its own below."""

    bands: Bands
    top: float
    """Radius at which one enters it from above, metres."""
    foot: float
    """Radius at which one is through, metres."""
    floor: float
    """Radius of the floor of the void one comes out in; its roof is the foot."""


def gates(spec: CitySpec, high: float, low: float) -> list[Gate]:
    """The solids to pass from one radius (m) down to another, in order."""
    found: list[Gate] = []
    for path, rows in nested(spec, low):
        row = rows[path[-1]]
        entered = [i for i in range(path[-1], len(rows)) if rows[i].plate < high and (i > path[-1] or low < row.plate)]
        found += [Gate((*path[:-1], i), min(high, rows[i].outer), rows[i].plate, rows[i].inner) for i in reversed(entered)]
        if low < row.plate:
            break
        high = min(high, row.outer)
    return found


def route(obstacles: Obstacles, start: F64, goal: F64, room: float) -> list[Stop]:
    """A way between two free points (3,) that enters no plate and, as far as detours help, no solid; `room` metres are free at the goal."""
    if length(start) >= length(goal):
        return _down(obstacles, start, goal, room)
    back = _down(obstacles, goal, start, room)
    return reversed_way(back[0], back[1:])


def reversed_way(first: Stop, stops: list[Stop]) -> list[Stop]:
    """A way from a first stop over others, turned round: from the last of them to the first."""
    back = [first, *stops]
    pieces = [back[-1], *reversed(back[1:])]
    return [Stop(stop.point, piece.room, piece.free) for stop, piece in zip(reversed(back), pieces, strict=True)]


def _down(obstacles: Obstacles, start: F64, goal: F64, room: float) -> list[Stop]:
    spec = obstacles.city.spec
    stops = [Stop(start, _room_at(spec, start))]
    for _ in range(_MOST_SHAFTS):
        left = gates(spec, length(stops[-1].point), length(goal))
        if not left:
            break
        steps_down = len(left) == 1 or len(left[1].bands) > len(left[0].bands)
        stops += _pass(obstacles, stops[-1].point, goal, left[0], _BACK if steps_down else _STAY)
    return [*stops, *_sink(obstacles, stops[-1], goal, room)]


def _sink(obstacles: Obstacles, last: Stop, goal: F64, room: float) -> list[Stop]:
    """From a point in a void to a goal on its floor: over it at half the height, at an eighth, and so on down to its own room."""
    spec, found = obstacles.city.spec, [last]
    bands = bundle_at(spec, length(goal))
    if bands:
        row = row_of(spec, bands)
        high = _SINK * (row.plate - row.inner)
        while high > 4.0 * room and row.inner + 1.5 * high > length(goal):
            over = goal / length(goal) * (row.inner + high)
            if length(over) > length(goal) + room and obstacles.met(Line(over, over, 0.1 * high, grain=high)) is None:
                found += _leg(obstacles, found[-1].point, over, _ROOM * high)
            high /= 4.0
    return [*found[1:], *_leg(obstacles, found[-1].point, goal, room)]


def _room_at(spec: CitySpec, point: F64) -> float:
    radius = length(point)
    bands = bundle_at(spec, radius)
    if not bands:
        return _ROOM * max(radius - spec.radius_km * 1e3, 1.0)
    row = row_of(spec, bands)
    return _ROOM * max(row.plate - row.inner, 1e-3 * (row.outer - row.inner))


def _pass(obstacles: Obstacles, at: F64, goal: F64, gate: Gate, back: float) -> list[Stop]:
    """From a point in the void above a solid to one in the void below it, by the first hole over and under which nothing stands."""
    spec = obstacles.city.spec
    ranked = _ranked(spec, gate, at, goal, back)
    if not ranked:
        raise LookupError(f"no hole leads through band {'.'.join(map(str, gate.bands))}")
    low = max(gate.floor + _CRUISE * (gate.foot - gate.floor), length(goal) if length(goal) < gate.foot else 0.0)
    best: list[Stop] = []
    met, ways = list[Hit](), 0
    tried, enough = (_TRIED, _WAYS) if obstacles.despaired < PATIENCE else (_TRIED_LATE, 1)
    for shaft in (shaft for hole in ranked for shaft in _shafts(hole)):
        line = _through(spec, gate, shaft, length(at), low, whole=len(met) < _WHOLE)
        if any(hit.meets(line.start, line.end, line.margin) for hit in met):
            continue
        hit = obstacles.met(line)
        if hit is not None:
            met.append(hit)
        if hit is None or len(met) >= tried:
            found = [*_leg(obstacles, at, line.start, _room_at(spec, line.start)), Stop(line.end, shaft.room, line.margin)]
            clear, ways = _clear(obstacles, at, found[:-1]), ways + 1
            best = best or found
            if clear or ways >= enough or len(met) >= tried:
                return found if clear else best
    if not best:
        raise LookupError(f"what stands before the holes of band {'.'.join(map(str, gate.bands))} lets nobody through")
    return best


def _through(spec: CitySpec, gate: Gate, shaft: _Shaft, high: float, low: float, whole: bool) -> Line:
    """The line down a shaft: from the height one is at to that at which one goes on, or, where masses stand under or over it, from
    just over the hole to just under it."""
    above = gate.top + 1.5 * shaft.width if high > spec.radius_km * 1e3 else high
    if not whole:
        above, low = min(above, gate.top + 1.5 * shaft.width), max(low, gate.foot - 1.5 * shaft.width)
    return Line(shaft.toward * above, shaft.toward * low, _KEPT_OFF * shaft.room, _LEAST * shaft.room, shaft.room)


def _clear(obstacles: Obstacles, at: F64, stops: list[Stop]) -> bool:
    """Whether a way over some stops meets nothing."""
    points = [at, *(stop.point for stop in stops)]
    return all(
        obstacles.met(Line(a, b.point, 0.0, 0.3 * _LEAST * b.room, _GRAIN * b.room)) is None
        for a, b in zip(points[:-1], stops, strict=True)
    )


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


def _level(up: F64) -> tuple[F64, F64]:
    """Two unit vectors square to a direction."""
    x = np.cross(up, [0.0, 0.6, 0.8])
    x /= length(x)
    return x, np.cross(up, x)


def _ranked(spec: CitySpec, gate: Gate, at: F64, goal: F64, back: float) -> list[Hole]:
    """Holes near the way: those that cost the least time come first."""
    void, here, there = gate.foot - gate.floor, at / length(at), goal / length(goal)
    slit = SLIT * (gate.top - gate.foot)
    wide = [hole for near in (there, here) for hole in holes(spec, gate.bands, near, slit)]
    if not wide:  # a band of thousands of layers has few: they are looked for all round
        wide = [hole for near in _ALL_ROUND for hole in holes(spec, gate.bands, near, slit)]
    found = {(hole.depth, *hole.toward.tolist()): hole for hole in wide}
    before = _room_at(spec, at) / _ROOM

    def cost(hole: Hole) -> float:
        aside = length(hole.toward - here) / before + back * length(hole.toward - there) / void
        return aside * gate.foot + 2.0 * (gate.top - gate.foot) / hole.width + hole.width / void

    return sorted(found.values(), key=cost)


def way(obstacles: Obstacles, a: F64, b: F64, room: float) -> list[Stop]:
    """From a to b within one void, round what stands there; without a."""
    return _leg(obstacles, a, b, room)


def _leg(obstacles: Obstacles, a: F64, b: F64, room: float) -> list[Stop]:
    """From a to b within one void, along the sphere, round what stands there; without a."""
    found: list[Stop] = []
    at = a
    arc = _arc(a, b, room)
    margins = _MARGINS if obstacles.despaired < PATIENCE else _HASTY
    for corner in [*(_settled(obstacles, point, room) for point in arc[1:-1]), b]:
        if corner is None:
            continue
        needs = ((look, Need(share * room, _LEAST * share * room, _GRAIN * room)) for look, share in margins)
        ways = (look(obstacles, at, corner, need) for look, need in needs)
        round_ = next((way for way in ways if way is not None), None)
        if round_ is not None:
            found += [Stop(point, room, round_.free) for point in round_.points]
            at = corner
        elif corner is b:
            found.append(Stop(b, room))
    return found


def _settled(obstacles: Obstacles, point: F64, room: float) -> F64 | None:
    """A free point over or under one on the way, as near to it in height as can be; None where the void is full."""
    spec = obstacles.city.spec
    for candidate in (point, *_levels(spec, (point,), bundle_at(spec, length(point)))):
        if obstacles.met(Line(candidate, candidate, 0.3 * room, _LEAST * 0.3 * room, _GRAIN * room)) is None:
            return candidate
    return None


def _arc(a: F64, b: F64, room: float) -> list[F64]:
    """Points from a to b whose height changes evenly and whose direction turns on the sphere."""
    la, lb = length(a), length(b)
    cosine = float(np.clip(a @ b / (la * lb), -1.0, 1.0))
    angle = float(np.arccos(cosine)) if cosine < 0.9999999 else length(a / la - b / lb)
    widest = float(np.sqrt(8.0 * _SAG * room / max(la, lb)))
    count = min(int(np.ceil(max(angle / widest, angle * max(la, lb) / (_LONG * room)))), 64)
    if count <= 1:
        return [a, b]
    found = []
    for share in np.linspace(0.0, 1.0, count + 1)[1:-1].tolist():
        toward = (np.sin((1 - share) * angle) * a / la + np.sin(share * angle) * b / lb) / np.sin(angle)
        found.append(toward * (la * (lb / la) ** share))
    return [a, *found, b]


def _levels(spec: CitySpec, points: tuple[F64, ...], void: Bands) -> list[F64]:
    """The same points at other heights of a void: the way over and under what is too wide to go round."""
    if not void:
        return []
    row = row_of(spec, void)
    high = [row.inner + share * (row.plate - row.inner) for share in (0.72, 0.85, 0.4, 0.93, 0.25)]
    return [point / length(point) * radius for radius in high for point in points]
