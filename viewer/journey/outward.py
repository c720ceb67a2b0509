"""From a narrow place out into the open: ever wider rooms, one about the other, each reached from the last. Pure.

In a room of some width what stands about is gathered as boxes, no finer than the room asks; of points strewn in it the nearest that
is well free and can be reached is where the next, wider room begins.
"""

from __future__ import annotations

import numpy as np

from geometry.holes import length
from viewer.journey.boxes import Boxes
from viewer.journey.detour import Need, over
from viewer.journey.obstacles import F64, Line, Obstacles
from viewer.journey.route import Stop

_WIDER = 3.6
"""How much wider each room is than the last."""
_FIRST = 9.0
"""Metres about the spot of the first room."""
_FREE = 0.14
"""What must be free about its way on, in parts of a room's width."""
_LEAST = 0.06
"""What is smaller does not count, in the same parts."""
_KEPT_OFF = 0.02
"""Metres that a way keeps off solids, in the same parts."""
_TRIES = ((0.4, 36, (0.3, 0.6, 1.0)), (0.15, 110, (0.12, 0.25, 0.45, 0.7, 1.0)))
"""Which places count as boxes, in the same parts, and the rays and reaches at which points are strewn: coarsely where that will do, since
to look into places takes most of the time; finely where it will not, as in a canyon's depth."""


def outward(obstacles: Obstacles, spot: F64, until: float, first: float = _FIRST) -> list[Stop] | None:
    """Stops from a free spot (3,) out to where `until` metres are free about one; None where no way leads out. The first room is
    `first` metres wide."""
    found, at, wide = list[Stop](), spot, first
    missed = 0
    while wide * _FREE < 2.0 * until:
        step = _step(obstacles, at, wide)
        if step is not None:
            found += step
            at = found[-1].point
        missed = 0 if step is not None else missed + 1
        if missed > 1:
            return None
        wide *= _WIDER
    return None if missed else found


def _step(obstacles: Obstacles, at: F64, wide: float) -> list[Stop] | None:
    """The way to a point with room about it, in a room so many metres wide."""
    found = (_stepped(obstacles, at, wide, grain * wide, _strewn(at / length(at), rays, reaches)) for grain, rays, reaches in _TRIES)
    return next((stops for stops in found if stops is not None), None)


def _stepped(obstacles: Obstacles, at: F64, wide: float, grain: float, ball: F64) -> list[Stop] | None:
    """The same over points (n, 3) of a ball of radius 1, where places of some size count as boxes."""
    crowd = obstacles.crowd(Line(at, at, 1.2 * wide, _LEAST * wide, grain))
    up = at / length(at)
    strewn = at + wide * ball
    free = crowd.clearance(strewn)
    open_ = free >= _FREE * wide
    if not open_.any():
        return None
    points = np.concatenate([at[None], strewn[free > _KEPT_OFF * wide]])
    worth = np.where(free >= _FREE * wide, 0.0, np.inf)[free > _KEPT_OFF * wide] - 0.4 * ((points[1:] - at) @ up)
    margin = _margin(obstacles, at, _KEPT_OFF * wide)
    return _to_open(obstacles, points, worth, crowd, Need(margin, 0.06 * _LEAST * wide, grain), wide)


def _margin(obstacles: Obstacles, at: F64, most: float) -> float:
    """Metres that are free about a point, up to the most."""
    free = (share * most for share in (1.0, 0.5, 0.25, 0.1) if obstacles.met(Line(at, at, share * most)) is None)
    return 0.7 * next(free, 0.0)


def _to_open(obstacles: Obstacles, points: F64, worth: F64, crowd: Boxes, need: Need, wide: float) -> list[Stop] | None:
    """The shortest way from the first of some points to any whose worth is finite: an end that all of these lead to."""
    n = len(points)
    gap = points[:, None] - points[None]
    cost = np.full((n + 1, n + 1), np.inf)
    order = [0, n, *range(1, n)]  # the end stands second, at no place of its own
    cost[:n, :n] = np.sqrt((gap * gap).sum(axis=-1))
    cost[n, 1:n] = cost[1:n, n] = np.maximum(worth + wide, 0.05 * wide)
    np.fill_diagonal(cost, np.inf)
    ends = np.concatenate([points, np.full((1, 3), np.nan)])
    chain = over(obstacles, (ends[order], cost[np.ix_(order, order)]), crowd, need)
    if chain is None:
        return None
    return [Stop(point, 0.5 * wide, need.margin) for point in chain[:-1]]


def _strewn(up: F64, rays: int, reaches: tuple[float, ...]) -> F64:
    """(n, 3) points in a ball of radius 1."""
    z = 1.0 - 2.0 * (np.arange(rays) + 0.5) / rays
    turn = np.arange(rays) * 2.399963229728653
    flat = np.sqrt(1.0 - z * z)
    ways = np.concatenate([np.stack([flat * np.cos(turn), flat * np.sin(turn), z], axis=-1), up[None]])
    return np.concatenate([ways * reach for reach in reaches])
