"""Prospects: on which roofs of a district one looks far out, and to which side. There its blocks have a terrace."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.key import Stream
from geometry.parts import Parts
from geometry.rules.terrace import LEAST, MOST, TERRACE

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

_TRIED, _CHOSEN = 40, 10
_RAYS = np.array([(1.0, 0.0), (0.96, 0.28), (0.96, -0.28), (0.8, 0.6), (0.8, -0.6)])
"""Directions of sight from an edge that looks to +x, level, no sine needed."""
_NEAR, _FAR = 220.0, 2600.0
"""Metres: nearer than this a wall shuts the view; beyond that there is nothing but haze to see."""


def marks(stream: Stream, rows: I64, low: F64, high: F64, piers: tuple[F64, F64], hulls: tuple[Parts, ...]) -> dict[int, int]:
    """What to add to the forms of blocks: number in `rows` (k,) to bits. `rows` are those of the masses low to high (n, 3) that are blocks;
    `piers` (m, 3) and the upright `hulls` shut the view as well.

    A few dozen roofs by draw are tried, all four ways each: five rays are followed to the first mass they meet."""
    draws = stream.sub("prospects")
    half = [hull.scale / 2.0 for hull in hulls]
    low = np.concatenate([low, piers[0], *(hull.position - side for hull, side in zip(hulls, half, strict=True))])
    high = np.concatenate([high, piers[1], *(hull.position + side for hull, side in zip(hulls, half, strict=True))])
    wide = (high - low)[rows][:, :2].min(axis=1) > 2.0 * LEAST[0]
    lofty = (high - low)[rows].min(axis=1) > 8.0 * LEAST[2]  # the margin over a roof grows with the block
    able = np.flatnonzero(wide & lofty)
    tried = able[np.argsort(draws.unit("tried", len(rows))[able], kind="stable")[:_TRIED]]
    tried = tried[_open_top(rows[tried], low, high)]
    if not len(tried):
        return {}
    views = np.stack([_view(rows[tried], turns, low, high) for turns in range(4)], axis=1)
    best = views.argmax(axis=1)
    good = views.max(axis=1)
    order = np.argsort(-good, kind="stable")[:_CHOSEN]
    return {int(tried[i]): TERRACE * (1 + 2 * int(best[i])) for i in order if good[i] > 0.0}


def _open_top(rows: I64, low: F64, high: F64) -> NDArray[np.bool_]:
    """(k,) whether nothing stands on the roofs of masses, or hangs just over them."""
    a, b = low[rows], high[rows]
    met = (low[:, 2] < b[:, None, 2] + MOST[2]) & (high[:, 2] > b[:, None, 2] + 0.5)
    for axis in (0, 1):
        met &= (low[:, axis] < b[:, None, axis]) & (high[:, axis] > a[:, None, axis])
    return np.asarray(~met.any(axis=1))


def _view(rows: I64, turns: int, low: F64, high: F64) -> F64:
    """(k,) what one sees from the edges of roofs that face `turns` quarters from +x: the share of the rays that end in a mass, and a
    little for how far they go; nought where one of the middle three is shut near."""
    a, b, n = low[rows], high[rows], len(rows)
    out = np.array([(1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0)])[turns]
    along = np.array([-out[1], out[0]])
    eye = (a + b)[:, :2] / 2 + out * (b - a)[:, :2] / 2 * 1.001
    ways = _RAYS[:, :1] * out + _RAYS[:, 1:] * along
    z = b[:, 2] + 3.0
    there = (low[:, 2] < z[:, None]) & (high[:, 2] > z[:, None])
    owner, mass = np.nonzero(there)
    far = np.full((n, len(ways)), _FAR)
    for ray, way in enumerate(ways):
        enter, leave = np.full(len(owner), 0.0), np.full(len(owner), _FAR)
        for axis in (0, 1):
            if way[axis] == 0.0:
                outside = (eye[owner, axis] < low[mass, axis]) | (eye[owner, axis] > high[mass, axis])
                leave[outside] = -1.0
                continue
            one, two = ((corner[mass, axis] - eye[owner, axis]) / way[axis] for corner in (low, high))
            enter, leave = np.maximum(enter, np.minimum(one, two)), np.minimum(leave, np.maximum(one, two))
        met = enter < leave
        np.minimum.at(far[:, ray], owner[met], enter[met])
    seen = (far < _FAR).mean(axis=1) + far.mean(axis=1) / _FAR
    return np.where(far[:, :3].min(axis=1) > _NEAR, seen, 0.0)
