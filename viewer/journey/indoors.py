"""Ways within masses: from an interior along the corridors to a door, and out of it. Pure.

Corridors are open at their ends, rooms towards what they lie in, halls where a corridor meets them: these mouths, and a spot before
each, are the corners of a small graph whose pieces count if a body passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice
from typing import NamedTuple

import numpy as np

from geometry.material import Material
from geometry.place import Place
from viewer.journey.boxes import NO_BOXES
from viewer.journey.detour import Need, over
from viewer.journey.ground import INTERIORS
from viewer.journey.obstacles import F64, Line, Obstacles, inside
from viewer.journey.outward import outward
from viewer.journey.route import Stop, reversed_way
from viewer.parting import within

EYE = 1.62
"""Metres over a floor."""
_FLOORS = {"corridor": 0.28, "room": 0.1, "hall": 1.2, "stair": 0.1}
"""About how thick the floor of an interior is, metres."""
_PACE = 1.6
"""Metres that count as the room about one who walks."""
_MARGIN = 0.32
"""Metres that must be free about one's head."""
_NEAR = 700.0
"""Metres from a place within which corridors belong to its ways."""
_TRIED = 6
"""Free spots in a place from which a way out is looked for."""
_DOORS = 3
"""Doors beyond which a way into the open is looked for, before a place counts as sealed."""
_FIRST = 9.0
"""Metres of the first room about who stands in none that has doors, at least."""
_WIDTHS = (1.0, 2.2, 0.45, 5.0, 11.0)
"""Times that, in which the first step is looked for in turn: the strewn points of one width may all lie behind something."""
_BEFORE = (3.0, 7.5)
"""Metres before a mouth at which one stands outside it."""


class Indoors(NamedTuple):
    """Where one stands in a place, what one looks at, and how one came."""

    eye: F64
    """(3,) world metres."""
    target: F64
    """(3,) world metres."""
    stops: list[Stop]
    """From the open air to the eye."""


def indoors(obstacles: Obstacles, chain: list[Place], until: float) -> Indoors | None:
    """The way into the last place of a chain, an interior, from where `until` metres are free; None if it is sealed."""
    place = chain[-1]
    rooms = _rooms(obstacles, chain)
    known: dict[bytes, list[Stop] | None] = {}
    spots = (spot for spot in _stands(obstacles, place, rooms) if obstacles.met(Line(spot[0], spot[0], _MARGIN, rooms=rooms)) is None)
    for eye, target in islice(spots, _TRIED):
        for way in islice(_ways_out(obstacles, eye, rooms), 2):
            if float((eye - way[0]) @ (target - eye)) < 0.0:  # one would come past what one looks at
                continue
            name = way[-1].tobytes()
            if name not in known:
                if len(known) >= _DOORS:
                    return None
                known[name] = outward(obstacles, way[-1], until)
            beyond = known[name]
            if beyond is not None:
                out = [*(Stop(point, _PACE, _MARGIN) for point in way), *beyond]
                return Indoors(eye, target, reversed_way(Stop(eye, _PACE), out))
    return None


def out_of(obstacles: Obstacles, spot: F64, until: float, first: float) -> list[Stop] | None:
    """Stops from any free spot (3,) out to where `until` metres are free, out of the interior it is in; None if none leads there."""
    line = [place for place in obstacles.about(spot) if place.cell is not None or inside(place, spot)]
    here = next((place for place in reversed(line) if place.kind in INTERIORS), None)
    if here is not None:
        rooms = _rooms(obstacles, [place for place in line if within(here.address, place.address)])
        for way in islice(_ways_out(obstacles, spot, rooms), _DOORS):
            beyond = outward(obstacles, way[-1], until)
            if beyond is not None:
                return [*(Stop(point, _PACE, _MARGIN) for point in way), *beyond]
    # outdoors, or in what is open beside its doors, like a stair on a wall
    tried = (outward(obstacles, spot, until, min(share * max(first, _FIRST), until)) for share in _WIDTHS)
    return next((stops for stops in tried if stops is not None), None)


def _rooms(obstacles: Obstacles, chain: list[Place]) -> tuple[Place, ...]:
    """The interiors near the last place of a chain, itself among them: the children of all that it stands in."""
    place, found = chain[-1], dict[int, Place]()
    for above in chain:
        if above.cell is None:
            near = (child for child in obstacles.unfold(above).children if child.kind in INTERIORS and _gap(child, place) < _NEAR)
            found |= {child.key: child for child in near}
    return tuple((found | {place.key: place}).values())


def _gap(a: Place, b: Place) -> float:
    step = a.centre - b.centre
    return float(np.sqrt(step @ step)) - a.radius - b.radius


def _long(place: Place) -> tuple[F64, float]:
    """The axis (3,) along which a place is longest, of its level ones, and half its length (m)."""
    x, y, _ = place.size
    return (place.frame.axes[0], x / 2) if x >= y else (place.frame.axes[1], y / 2)


def _floor(place: Place) -> float:
    return min(_FLOORS[place.kind], 0.08 * place.size[2])


def _at(place: Place, along: float, aside: float = 0.0) -> F64:
    """(3,) at eye height, some metres along the longer axis from the middle, and aside of it."""
    axis, _ = _long(place)
    up = place.frame.axes[2]
    return np.asarray(place.frame.origin + axis * along + np.cross(up, axis) * aside + up * (_floor(place) + EYE))


def somebody(obstacles: Obstacles, place: Place) -> F64 | None:
    """(3,) the head of a person who stands in a place, or None if nobody does."""
    parts = obstacles.unfold(place).parts
    rows = np.flatnonzero(parts.material == Material.FIGURE)
    if not len(rows):
        return None
    return place.frame.to_world(parts.position[rows[int(parts.position[rows, 2].argmax())]].astype(np.float64))


def _stands(obstacles: Obstacles, place: Place, rooms: tuple[Place, ...]) -> Iterator[tuple[F64, F64]]:
    """Spots in a place and what one looks at from them, the best first: towards its nearest stair, a few metres before whoever stands
    there; else from near an end, along it."""
    axis, half = _long(place)
    stairs = sorted((room for room in rooms if room.kind == "stair"), key=lambda stair: _gap(stair, place))
    ahead = 1.0 if not stairs or float((stairs[0].centre - place.centre) @ axis) > 0.0 else -1.0
    head = somebody(obstacles, place)
    if head is not None and place.kind == "corridor":
        stood = float((head - place.frame.origin) @ axis)
        for off in (6.5, 5.0, 8.0, 10.0, 13.0):
            for way in (ahead, -ahead):
                for aside in (0.0, 0.4, -0.4):
                    if abs(stood - way * off) < half - 1.5:
                        yield _at(place, stood - way * off, aside), head
    for share in (0.62, 0.4, 0.2, 0.8, 0.0):
        for aside in (0.0, 0.45, -0.45):
            for sign in (-ahead, ahead):
                yield _at(place, sign * share * half, aside), _at(place, sign * (share * half - max(0.7 * half, 2.0)))


def _mouths(place: Place) -> list[tuple[F64, ...]]:
    """Points (3,) that lead out of an interior, from within."""
    half = max(place.size[:2]) / 2
    if place.kind == "corridor":
        return [tuple(_at(place, sign * far) for far in (half - 0.8, *(half + step for step in _BEFORE))) for sign in (1.0, -1.0)]
    if place.kind == "room":
        y = place.frame.axes[1] * place.size[1] / 2
        level = place.frame.origin + place.frame.axes[2] * (_floor(place) + 1.3)
        return [(level - y * 0.6, level - y - place.frame.axes[1] * 1.1)]
    return []


def _ways_out(obstacles: Obstacles, eye: F64, rooms: tuple[Place, ...]) -> Iterator[list[F64]]:
    """Ways from a spot to mouths beyond which one is in none of the rooms, the shortest first."""
    points = [eye, *(point for room in rooms for mouth in _mouths(room) for point in mouth)]
    outside = np.array([not any(inside(room, point) for room in rooms) for point in points])
    where = np.array(points)
    gap = where[:, None] - where[None]
    base = np.sqrt((gap * gap).sum(axis=-1))
    np.fill_diagonal(base, np.inf)
    left = outside.copy()
    for _ in count():
        ends = np.flatnonzero(left)
        if not len(ends):
            return
        n = len(points)
        cost = np.full((n + 1, n + 1), np.inf)
        cost[:n, :n] = base
        cost[n, ends] = cost[ends, n] = 1.0
        order = [0, n, *range(1, n)]
        spots = np.concatenate([where, np.full((1, 3), np.nan)])[order]
        chain = over(obstacles, (spots, cost[np.ix_(order, order)]), NO_BOXES, Need(_MARGIN, 0.0, 0.0), rooms)
        if chain is None:
            return
        yield chain[:-1]
        left[int(np.abs(where - chain[-2]).sum(axis=1).argmin())] = False
