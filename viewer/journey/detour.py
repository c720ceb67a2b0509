"""A way round what stands between two points of one void: the shortest over a few points strewn about, its pieces tested lazily. Pure.

A lazy roadmap (Bohlin and Kavraki, "Path planning using lazy PRM", 2000): every piece counts as free until the shortest way wants it.
What a piece then meets takes away, as a box, all the pieces that it lies across. What stands about is gathered once, as boxes; only a
way on which nothing of that stands is asked after for good.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.holes import bundle_at, length, row_of
from geometry.place import Place
from geometry.spec import CitySpec
from viewer.journey.boxes import Boxes
from viewer.journey.crossings import slabs
from viewer.journey.obstacles import Hit, Line, Obstacles

F64 = NDArray[np.float64]
_POINTS = ((100, 12.0, 0.3), (600, 40.0, 1.2))
"""Points strewn, how far aside in heights of the void, and how far about the line things are gathered, in parts of its length: first
a few near, then many, for some masses are walls. Those that lie in what stands about fall out."""
_GATHERED = 1.0
"""How far about the line things are gathered at most, in heights of the void: what stands farther aside is asked when a way meets it."""
PATIENCE = 12
"""Searches over all points that may fail before one looks over the few alone: in a void that is full one would look for minutes."""
_TRIES = 40
"""Ways tried, with so many points, before there counts as being none."""
_NEXT = 16
"""How many pieces lead from a point to others near it."""
_SEEN = 0.15
"""What is gathered is no smaller than this part of how far about."""
_CROWDED = 3.0
"""How much denser they lie near the line than far from it, as a power of e."""
_EDGE = 0.12
"""What is left free at the floor and the roof, in parts of the void's height."""
_GOLDEN = 1.2207440846057596
"""The root of x**4 = x + 1: its powers strew points evenly in three dimensions (Roberts, 2018)."""


class _Void(NamedTuple):
    """Radii (m) between which the points lie, and the height that counts as the void's there."""

    low: float
    high: float
    height: float
    between: tuple[float, float]
    """Radii (m) of its floor and its roof."""


class Need(NamedTuple):
    """What is asked of a way."""

    margin: float
    """Metres to be free about it."""
    least: float
    """Metres: what is smaller does not count."""
    grain: float
    """Metres: places no larger are gone round whole."""


class Detour(NamedTuple):
    """A way that was found."""

    points: list[F64]
    """(3,) world metres, after the first."""
    free: float
    """Metres that are free about its pieces."""


def straight(obstacles: Obstacles, a: F64, b: F64, line: Need) -> Detour | None:
    """The line between two points (3,), if nothing of a size that counts stands nearer to it than is to be free; about points that
    have less room than that, less is asked."""
    margin = min(_free_about(obstacles, point, line) for point in (a, b))
    return Detour([b], margin) if obstacles.met(Line(a, b, margin, line.least, line.grain)) is None else None


def detour(obstacles: Obstacles, a: F64, b: F64, line: Need) -> Detour | None:
    """A way round what `straight` meets, with the same room about it; None if none was found."""
    line = line._replace(margin=min(_free_about(obstacles, point, line) for point in (a, b)))
    void = _void(obstacles.city.spec, a, b, line.margin)
    for count, wide, far in _POINTS[: 1 if obstacles.despaired >= PATIENCE else None]:
        about = far * max(length(b - a), void.height)
        least = max(line.least, _SEEN * min(about, 3.0 * void.height))
        crowd = obstacles.crowd(Line(a, b, min(about, _GATHERED * void.height), least, line.grain, void.between))
        points = _in_the_open(_strewn(void, a, b, count, wide), crowd, line.margin)
        found = over(obstacles, (points, _lengths(points - a, a, void)), crowd, line)
        if found is not None:
            return Detour(found, line.margin)
    obstacles.despaired += 1
    return None


def _free_about(obstacles: Obstacles, point: F64, line: Need) -> float:
    """Metres about a point that are free, up to a margin; none, if it stands in a solid."""
    for share in (1.0, 0.3, 0.1, 0.03):
        margin = share * line.margin
        if obstacles.met(Line(point, point, margin, min(line.least, 0.1 * margin), line.grain)) is None:
            return margin
    return 0.0


def _void(spec: CitySpec, a: F64, b: F64, margin: float) -> _Void:
    ends, span = (length(a), length(b)), 3.0 * length(b - a)
    bands = bundle_at(spec, min(ends))
    if not bands:
        return _Void(min(spec.radius_km * 1e3 + margin, *ends), max(ends) + span, span / 3.0, (spec.radius_km * 1e3 - 1.0, np.inf))
    row = row_of(spec, bands)
    high = row.plate - row.inner
    low, top = row.inner + _EDGE * high, row.plate - _EDGE * high
    return _Void(
        min(max(low, min(ends) - span), *ends),
        max(min(top, max(ends) + span), *ends),
        min(high, span / 3.0),
        (row.inner + 1.0, row.plate - 1.0),
    )


def _strewn(void: _Void, a: F64, b: F64, count: int, heights: float) -> F64:
    """Points (n, 3), a and b first."""
    up = a / length(a)
    flat = (b - a) - up * float((b - a) @ up)
    far = length(flat)
    ahead = flat / far if far > 1e-6 * void.height else np.cross(up, [0.31, 0.62, 0.72])
    ahead = ahead / length(ahead)
    side = np.cross(up, ahead)
    wide = max(heights * void.height, far)
    u = (0.5 + np.arange(1, count + 1)[:, None] * _GOLDEN ** -np.arange(1.0, 4.0)) % 1.0
    along = -wide / 4.0 + u[:, 0] * (far + wide / 2.0)
    aside = np.sign(u[:, 1] - 0.5) * wide * np.expm1(_CROWDED * np.abs(2.0 * u[:, 1] - 1.0)) / np.expm1(_CROWDED)
    ground = a + along[:, None] * ahead + aside[:, None] * side
    radius = void.low + u[:, 2] * (void.high - void.low)
    return np.concatenate([a[None], b[None], ground * (radius / np.sqrt((ground * ground).sum(axis=1)))[:, None]])


def _in_the_open(points: F64, crowd: Boxes, margin: float) -> F64:
    """The points (n, 3) but for those in boxes; the two ends stay."""
    kept = crowd.clearance(points) >= margin
    kept[:2] = True
    return np.asarray(points[kept])


def _lengths(offset: F64, a: F64, void: _Void) -> F64:
    """(n, n) metres between points given by their offsets (n, 3) from one of them; infinite where a piece would dip into the floor."""
    gap = offset[:, None] - offset[None]
    square = (gap * gap).sum(axis=-1)
    point = offset + a
    radius = np.sqrt((point * point).sum(axis=1))
    # the lowest a chord comes between two ends: its middle, for heights that differ less than it is long
    middle = 0.5 * (point[:, None] + point[None])
    dip = np.minimum(np.sqrt((middle * middle).sum(axis=-1)), np.minimum(radius[:, None], radius[None]))
    found: F64 = np.sqrt(square)
    found[dip < void.low - 0.02 * void.height] = np.inf
    np.fill_diagonal(found, np.inf)
    return found


def over(obstacles: Obstacles, strewn: tuple[F64, F64], crowd: Boxes, line: Need, rooms: tuple[Place, ...] = ()) -> list[F64] | None:
    """The shortest way over points (n, 3) with pieces of some lengths (n, n), changed here, whose every piece is free: from the first
    point to the second, without the first. An end that stands nowhere, all NaN, is met by nothing."""
    points, cost = strewn
    _thinned(cost)
    _cleared(cost, points, crowd.apart_from(points[:2], line.margin), line.margin)
    nowhere = np.flatnonzero(np.isnan(points).any(axis=1)).tolist()
    free = {(min(i, j), max(i, j)) for j in nowhere for i in range(len(points))}
    for _ in range(_TRIES):
        chain = _shortest(cost)
        if chain is None:
            return None
        wanted = [(min(i, j), max(i, j)) for i, j in pairwise(chain)]
        hit: Hit | None = None
        for i, j in (pair for pair in wanted if pair not in free):
            hit = obstacles.met(Line(points[i], points[j], line.margin, line.least, line.grain, rooms=rooms))
            if hit is not None:
                cost[i, j] = cost[j, i] = np.inf
                _bar(cost, points, hit, line.margin)
                break
            free.add((i, j))
        if hit is None:
            return [points[i] for i in chain[1:]]
    return None


def _thinned(cost: F64) -> None:
    """Leave the pieces from every point to those nearest to it, and all from the two ends."""
    far = np.partition(cost, min(_NEXT, len(cost) - 1), axis=1)[:, min(_NEXT, len(cost) - 1)]
    kept = (cost <= far[:, None]) | (cost <= far[None])
    kept[:2] = kept[:, :2] = True
    cost[~kept] = np.inf


def _cleared(cost: F64, points: F64, known: Boxes, margin: float) -> None:
    """Take away the pieces that meet boxes."""
    i, j = np.nonzero(np.triu(np.isfinite(cost)))
    met = known.bar(points[i], points[j], margin)
    cost[i[met], j[met]] = cost[j[met], i[met]] = np.inf


def _bar(cost: F64, points: F64, hit: Hit, margin: float) -> None:
    """Take away the pieces that lie across a box. One about an end bars nothing: from there one must get out."""
    local = (points - hit.centre) @ hit.axes.T
    half = hit.half + margin
    if (np.abs(local[:2]) < half).all(axis=1).any():
        return
    i, j = np.nonzero(np.triu(np.isfinite(cost)))
    near, far = slabs(local[i], local[j], half[None])
    i, j = i[near <= far], j[near <= far]
    cost[i, j] = cost[j, i] = np.inf


def _shortest(cost: F64) -> list[int] | None:
    """The shortest chain from point 0 to point 1 (Dijkstra, in rows), or None."""
    n = len(cost)
    best, before, left = np.full(n, np.inf), np.zeros(n, dtype=np.intp), np.ones(n, dtype=bool)
    best[0] = 0.0
    for _ in range(n):
        here = int(np.argmin(np.where(left, best, np.inf)))
        if here == 1 or not np.isfinite(best[here]):
            break
        left[here] = False
        through = best[here] + cost[here]
        better = through < best
        best[better], before[better] = through[better], here
    if not np.isfinite(best[1]):
        return None
    chain = [1]
    while chain[-1] != 0:
        chain.append(int(before[chain[-1]]))
    return chain[::-1]
