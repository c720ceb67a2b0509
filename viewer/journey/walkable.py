"""Which floors of a place a person can reach on foot, as a graph over what carries: pure functions.

Solids are cut into upright columns a hand's breadth apart and each column into spans (the heightfield of Mononen's Recast, 2009): a floor
is the top of a span with room for a body above it; floors of neighbouring columns are joined where the step between them is no
higher than a knee. Falling is no way: what is only reached by a drop is not reached.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.hulls import Hulls
from geometry.parts import Parts
from geometry.place import Growth, Place
from geometry.solids import PROTOTYPE_IDS
from viewer.journey.ground import INTERIORS, solids, touches
from viewer.journey.walk import CROWN, STEP

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
CELL = 0.25
"""Metres between columns."""
_TALL = 4096.0
"""Metres: higher than any place that is looked through at once."""
_CHUNK = 2_000_000
_BESIDE = ((1, 0), (-1, 0), (0, 1), (0, -1))
_GIRTH = 0.27
"""Metres: somewhat less than half the width of a body, for it may squeeze."""


@dataclass(frozen=True, slots=True)
class Floors:
    """n bits of floor a column wide, and which of them hang together."""

    low: F64
    """(2,) x and y of the grid's corner, metres."""
    shape: tuple[int, int]
    column: I64
    """(n,) ix * shape[1] + iy."""
    height: F64
    """(n,) metres."""
    group: I64
    """(n,) the same number for all that can be reached from each other."""

    @property
    def points(self) -> F64:
        """(n, 3) metres."""
        ix, iy = np.divmod(self.column, self.shape[1])
        return np.stack([self.low[0] + (ix + 0.5) * CELL, self.low[1] + (iy + 0.5) * CELL, self.height], axis=-1)


def floors(solid: Hulls, low: F64, high: F64) -> Floors:
    """The floors among boxes between two corners (3,)."""
    shape = (int((high[0] - low[0]) / CELL) + 1, int((high[1] - low[1]) / CELL) + 1)
    column, bottom, top = _merged(*_spans(solid, low, high, shape))
    ceiling = np.full(len(top), np.inf)
    same = column[1:] == column[:-1]
    ceiling[:-1][same] = bottom[1:][same]
    stands = (ceiling - top >= CROWN) & (top >= low[2]) & (top <= high[2])
    rows = np.flatnonzero(stands)
    rows = rows[~_crowded(column[rows], top[rows], *_merged(*_spans(_swollen(solid), low, high, shape)))]
    return Floors(low[:2], shape, column[rows], top[rows], _groups(column[rows], top[rows], ceiling[rows], shape))


def _spans(solid: Hulls, low: F64, high: F64, shape: tuple[int, int]) -> tuple[I64, F64, F64]:
    """(column, bottom, top) of every box in every column it stands in."""
    reach = solid.reach
    near = np.all((solid.centre + reach > low) & (solid.centre - reach < high + [0.0, 0.0, CROWN]), axis=1)
    solid, reach = solid[near], reach[near]
    first = np.maximum(np.ceil((solid.centre[:, :2] - reach[:, :2] - low[:2]) / CELL - 0.5), 0).astype(np.int64)
    last = np.minimum(np.floor((solid.centre[:, :2] + reach[:, :2] - low[:2]) / CELL - 0.5), np.array(shape) - 1).astype(np.int64)
    wide = np.maximum(last - first + 1, 0)
    found, count = [], wide.prod(axis=1)
    cuts = np.searchsorted(np.cumsum(count), np.arange(_CHUNK, count.sum() + _CHUNK, _CHUNK), side="left")
    start = 0
    for stop in np.minimum(cuts + 1, len(solid)).tolist():
        if stop > start:
            found.append(_chunk(solid[start:stop], first[start:stop], wide[start:stop], low, shape))
            start = stop
    if not found:
        return np.zeros(0, np.int64), np.zeros(0), np.zeros(0)
    column, bottom, top = (np.concatenate([part[i] for part in found]) for i in range(3))
    return column.astype(np.int64), bottom, top


def _chunk(solid: Hulls, first: I64, wide: I64, low: F64, shape: tuple[int, int]) -> tuple[I64, F64, F64]:
    count = wide.prod(axis=1)
    row = np.repeat(np.arange(len(solid)), count)
    step = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    ix, iy = first[row, 0] + step // wide[row, 1], first[row, 1] + step % wide[row, 1]
    x = low[0] + (ix + 0.5) * CELL - solid.centre[row, 0]
    y = low[1] + (iy + 0.5) * CELL - solid.centre[row, 1]
    bottom, top = np.full(len(row), -_TALL), np.full(len(row), _TALL)
    for axis in range(3):
        ax, half = solid.axes[row, axis], solid.half[row, axis]
        start, slope = x * ax[:, 0] + y * ax[:, 1], ax[:, 2]
        flat = np.abs(slope) < 1e-6
        safe = np.where(flat, 1.0, slope)
        a, b = (-half - start) / safe, (half - start) / safe
        miss = np.where(np.abs(start) <= half, -_TALL, _TALL)
        bottom = np.maximum(bottom, np.where(flat, miss, np.minimum(a, b)))
        top = np.minimum(top, np.where(flat, -miss, np.maximum(a, b)))
    met = top > bottom
    height = solid.centre[row, 2]
    return (ix * shape[1] + iy)[met], (bottom + height)[met], (top + height)[met]


def _merged(column: I64, bottom: F64, top: F64) -> tuple[I64, F64, F64]:
    """Spans of one column that touch, as one, in order of column and height."""
    order = np.lexsort((bottom, column))
    column, bottom, top = column[order], bottom[order], np.clip(top[order], -_TALL / 2, _TALL / 2)
    offset = column * _TALL * 2
    highest = np.maximum.accumulate(top + offset) - offset
    begins = np.ones(len(column), bool)
    begins[1:] = (column[1:] != column[:-1]) | (bottom[1:] > highest[:-1] + 0.02)
    starts = np.flatnonzero(begins)
    ends = np.append(starts[1:], len(column)) - 1 if len(starts) else starts
    return column[starts], bottom[starts], highest[ends]


def _beside(column: I64, shape: tuple[int, int], dx: int, dy: int) -> I64:
    """The neighbouring column of each, or -1 beyond the edge."""
    ix, iy = np.divmod(column, shape[1])
    ix, iy = ix + dx, iy + dy
    return np.where((ix >= 0) & (ix < shape[0]) & (iy >= 0) & (iy < shape[1]), ix * shape[1] + iy, -1)


def _swollen(solid: Hulls) -> Hulls:
    """Boxes wider all round by the body: where its middle cannot be."""
    level = np.abs(solid.axes[:, :, 2]) < 0.7
    return Hulls(solid.centre, solid.axes, solid.half + np.where(level, _GIRTH, 0.0))


def _crowded(column: I64, height: F64, of: I64, bottom: F64, top: F64) -> NDArray[np.bool_]:
    """Whether a body on a bit of floor would touch what stands about it, higher than a step: spans of swollen boxes."""
    wanted = column * _TALL * 2 + height + STEP
    row = np.minimum(np.searchsorted(of * _TALL * 2 + top, wanted, side="right"), len(of) - 1)
    return np.asarray((of[row] == column) & (bottom[row] < height + CROWN) & (top[row] > height + STEP))


def _groups(column: I64, height: F64, ceiling: F64, shape: tuple[int, int]) -> I64:
    """The lowest row that hangs together with each row."""
    key = column * _TALL * 2 + height
    start, end = [], []
    for dx, dy in _BESIDE:
        beside = _beside(column, shape, dx, dy)
        row = np.searchsorted(key, beside * _TALL * 2 + height + STEP, side="right") - 1
        row = np.maximum(row, 0)
        near = (column[row] == beside) & (np.abs(height[row] - height) <= STEP)
        near &= np.minimum(ceiling, ceiling[row]) - np.maximum(height, height[row]) >= CROWN
        start.append(np.flatnonzero(near))
        end.append(row[near])
    return joined_groups(len(column), np.concatenate(start), np.concatenate(end))


def joined_groups(n: int, a: I64, b: I64) -> I64:
    """Connected components of n nodes under edges a-b: (n,) the lowest node of each (label propagation with pointer jumping)."""
    label = np.arange(n)
    while True:
        least = np.minimum(label[a], label[b])
        new = label.copy()
        np.minimum.at(new, label[a], least)
        np.minimum.at(new, label[b], least)
        while True:
            jumped = new[new]
            if np.array_equal(jumped, new):
                break
            new = jumped
        if np.array_equal(new, label):
            return label
        label = new


@dataclass(frozen=True, slots=True)
class Way:
    """What of a place can be reached."""

    kind: str
    address: str
    area: float
    """Square metres of floor in it, but for the tops of things."""
    share: float
    """Part of that area that hangs together with the door."""
    top: float
    """Part of its height up to which that is so."""


@dataclass(frozen=True, slots=True)
class Reach:
    """What can be walked of a place from one spot."""

    ways: tuple[Way, ...]
    shut: int
    """Door leaves on walls: doors that lead nowhere (canon P70)."""

    @property
    def share(self) -> float:
        """Part of all floors of the interiors that can be reached."""
        area = sum(way.area for way in self.ways)
        return sum(way.area * way.share for way in self.ways) / area if area else 0.0

    def reached(self, kind: str) -> list[Way]:
        """The places of a kind that one comes into: a tenth of the floor and a square metre at least."""
        return [way for way in self.ways if way.kind == kind and way.share * way.area >= max(1.0, 0.1 * way.area)]

    @property
    def blind(self) -> int:
        """Stairs to nowhere: one comes in but not to their head."""
        return sum(way.kind == "stair" and way.top < 0.6 for way in self.reached("stair"))


_LEAST = 1.5
"""Square metres of floor: less is the top of a thing."""


def interiors(place: Place, unfold: Callable[[Place], Growth]) -> list[Place]:
    """The interiors and the walkways in a place, those in others included; not those of blocks in it."""
    found = []
    for child in unfold(place).children:
        if child.kind in (*INTERIORS, "walkway"):
            found += [child, *interiors(child, unfold)]
    return found


def reach(place: Place, unfold: Callable[[Place], Growth], door: F64, low: F64, high: F64) -> Reach:
    """What can be walked of a place between two corners from a spot (3,), all in its own frame."""
    solid = solids(place, unfold, low, high)
    middle, half_way = place.frame.to_world((low + high) / 2), float(np.abs(high - low).max()) / 2
    ground = floors(solid, low, high)
    where = ground.points
    size = np.bincount(ground.group, minlength=len(where))[ground.group] * CELL * CELL
    away = np.abs(where - door).max(axis=1)
    start = ground.group[int(away.argmin())]
    ways = []
    inside = [inner for inner in interiors(place, unfold) if touches(inner, middle, half_way)]
    for inner in inside:
        local = inner.frame.to_local(place.frame.to_world(where))
        half = np.array([inner.size[0] / 2, inner.size[1] / 2])
        here = (np.abs(local[:, :2]) < half).all(axis=1) & (local[:, 2] > -0.05) & (local[:, 2] < inner.size[2] - 0.4) & (size > _LEAST)
        mine = here & (ground.group == start)
        top = float(local[mine, 2].max() / inner.size[2]) if mine.any() else 0.0
        n = int(here.sum())
        ways.append(Way(inner.kind, str(inner.address), n * CELL * CELL, float(mine.sum()) / max(n, 1), top))
    return Reach(tuple(ways), sum(_leaves(unfold(inner).parts) for inner in inside))


def _leaves(made: Parts) -> int:
    """How many door leaves there are."""
    size = made.scale
    upright = (np.abs(size[:, 1] - 0.06) < 1e-3) & (size[:, 2] > 1.9) & (size[:, 2] < 2.3) & (size[:, 0] < 1.2)
    return int((upright & (made.prototype == PROTOTYPE_IDS["box"])).sum())


def corners(place: Place) -> tuple[F64, F64]:
    """The corners of a place's box in its own frame."""
    x, y, z = place.size
    return np.array([-x / 2, -y / 2, 0.0]), np.array([x / 2, y / 2, z])
