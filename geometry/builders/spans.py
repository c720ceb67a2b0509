"""What spans the void between masses: bridges, beams, pipes, hanging cables, and the struts that brace what overhangs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.builders.batch import Rows, rows_of, spread
from geometry.builders.hosts import Hosts
from geometry.key import Streams
from geometry.material import Material
from geometry.parts import EMPTY, Parts, join, parts
from geometry.solids import PROTOTYPE_IDS

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

_LARGEST = 96
_ALONG_Y = np.array([np.sqrt(0.5), 0.0, 0.0, np.sqrt(0.5)])
_ALONG_X = np.array([1.0, 0.0, 0.0, 0.0])


def toward(direction: F64) -> F64:
    """Quaternions (n, 4) that turn +x to unit vectors (n, 3) with y kept level: by half-angle square roots only."""
    flat = np.sqrt(direction[:, 0] * direction[:, 0] + direction[:, 1] * direction[:, 1])
    steep = flat < 1e-9
    c = np.where(steep, 1.0, direction[:, 0] / np.where(steep, 1.0, flat))
    yaw_w, yaw_z = np.sqrt(np.maximum(1.0 + c, 0.0) / 2), np.sqrt(np.maximum(1.0 - c, 0.0) / 2) * np.where(direction[:, 1] < 0, -1.0, 1.0)
    pitch_w = np.sqrt((1.0 + flat) / 2)
    pitch_y = -np.sqrt(np.maximum(1.0 - flat, 0.0) / 2) * np.where(direction[:, 2] < 0, -1.0, 1.0)
    return np.stack([yaw_w * pitch_w, -yaw_z * pitch_y, yaw_w * pitch_y, yaw_z * pitch_w], axis=1)


def struts(a: F64, b: F64, width: F64, prototype: str | I64, material: ArrayLike, exposure: float, year: float) -> Parts:
    """Bars from points `a` to `b` (n, 3) metres, `width` (n,) thick, of prototypes that run along x."""
    along = b - a
    length = np.sqrt((along * along).sum(axis=1))
    size = np.stack([length, width, width], axis=1)
    return parts(prototype, (a + b) / 2, size, material, rotation=toward(along / length[:, None]), exposure=exposure * 255.0, year=year)


@dataclass(frozen=True, slots=True)
class Facing:
    """Pairs of hosts that face each other across a void: what both share, and the gap along `axis`."""

    axis: I64
    """(n,) 0 or 1."""
    low: F64
    """(n, 3) lowest corner of the box of void between them, metres."""
    high: F64
    plot: I64
    """(n,) the plot both stand on."""

    def __len__(self) -> int:
        return len(self.axis)

    def __getitem__(self, index: NDArray[np.integer]) -> Facing:
        return Facing(self.axis[index], self.low[index], self.high[index], self.plot[index])

    @property
    def gap(self) -> F64:
        """(n,) metres across the void."""
        rows = np.arange(len(self))
        return self.high[rows, self.axis] - self.low[rows, self.axis]


Spans = tuple[Parts, I64]
"""Parts, and the plot of each."""
NONE: Spans = (EMPTY, np.zeros(0, dtype=np.int64))


def facing_pairs(boxes: Hosts, least: float, plots: int = 1) -> Facing:
    """Every pair of the largest hosts of a plot that are at least `least` metres apart and share that much of their sides."""
    volume = boxes.size[:, 0] * boxes.size[:, 1] * boxes.size[:, 2]
    large = rows_of(boxes.plot, plots).largest(volume, _LARGEST)
    # (p, k, 3); where a plot has fewer hosts the rest are nowhere, and face nobody
    low = np.where(large[:, :, None] < 0, np.inf, boxes.low[large])
    high = np.where(large[:, :, None] < 0, -np.inf, boxes.high[large])
    level = _shared(low[:, :, 2], high[:, :, 2]) > least
    groups = []
    for axis in (0, 1):
        gap = low[:, None, :, axis] - high[:, :, None, axis]
        plot, i, j = np.nonzero((gap > least) & level & (_shared(low[:, :, 1 - axis], high[:, :, 1 - axis]) > least))
        a, b = np.maximum(low[plot, i], low[plot, j]), np.minimum(high[plot, i], high[plot, j])
        a[:, axis], b[:, axis] = high[plot, i, axis], low[plot, j, axis]
        groups.append((np.full(len(i), axis), a, b, plot))
    return Facing(*(np.concatenate(column) for column in zip(*groups, strict=True)))


def _shared(low: F64, high: F64) -> F64:
    """(p, k, k) metres that each two of k spans have in common; less than none where they are apart."""
    low, high = np.ascontiguousarray(low), np.ascontiguousarray(high)
    return np.asarray(np.minimum(high[:, :, None], high[:, None]) - np.maximum(low[:, :, None], low[:, None]))


def _asked(facing: Facing, count: int, plots: int) -> tuple[Rows, I64, I64]:
    """The rows of the pairs, and (plot, number) of `count` spans for every plot that has some."""
    of = rows_of(facing.plot, plots)
    return of, *spread(np.where(of.count > 0, max(count, 0), 0))


def _level(axis: I64) -> F64:
    """(n, 4) quaternions of what runs along x (0) or y (1)."""
    return np.where((axis == 1)[:, None], _ALONG_Y, _ALONG_X)


def _anywhere(streams: Streams, facing: Facing, name: str, count: int, each: int) -> tuple[Facing, F64]:
    """For `count` spans a plot that is to have some: a pair each, all as likely, and `each` draws of which the first is spent on it."""
    of, plot, number = _asked(facing, count, len(streams))
    if not len(plot):
        return facing[plot], np.zeros((0, each))
    draws = streams.unit(name, plot, number, each)
    return facing[of.picked(np.ones(len(facing), dtype=np.int64), plot, draws[:, 0])], draws


def bridges(streams: Streams, facing: Facing, kept: float, unit: float, count: int, year: float) -> Spans:
    """About `count` bridges, girders and pipes a plot across its voids, ends set into both hosts; as order fades some stop in mid-air."""
    of, plot, number = _asked(facing, count, len(streams))
    if not len(plot):
        return NONE
    draws = streams.unit("bridges", plot, number, 8)
    gap = facing.gap
    narrowest = -of.greatest(-gap)[facing.plot]
    weight = (4096.0 / (1.0 + gap / narrowest)).astype(np.int64) + 1
    return _decks(draws, facing[of.picked(weight, plot, draws[:, 0])], kept, unit, year)


def _decks(draws: F64, across: Facing, kept: float, unit: float, year: float) -> Spans:
    n, axis, low, high = len(across), across.axis, across.low, across.high
    rows, other = np.arange(n), 1 - axis
    gap, room = across.gap, (high - low)[rows, other]
    tall = high[:, 2] - low[:, 2]
    deep = np.minimum(np.maximum(gap * (0.015 + 0.09 * draws[:, 1] * draws[:, 1]), 0.7 * unit), np.minimum(0.5 * room, 0.4 * tall))
    slack = room - deep
    place = np.where(draws[:, 2] < kept, 0.5, draws[:, 2])
    level = np.where(draws[:, 3] < kept, np.floor(draws[:, 4] * 8.0) / 8.0, draws[:, 4])
    start = low[rows, axis] - 0.5 * deep
    end = high[rows, axis] + 0.5 * deep
    broken = draws[:, 5] > kept + (1.0 - kept) * 0.82
    end = np.where(broken, start + (end - start) * (0.4 + 0.4 * draws[:, 6]), end)
    kind = (draws[:, 7] * 5).astype(np.int64)
    flat = np.where(kind == 0, 0.35, 1.0)
    size = np.stack([end - start, deep, deep * flat], axis=1)
    centre = np.empty((n, 3))
    centre[rows, axis] = (start + end) / 2
    centre[rows, other] = low[rows, other] + deep / 2 + place * slack
    centre[:, 2] = low[:, 2] + deep / 2 + level * (tall - deep)
    names = np.array([PROTOTYPE_IDS[name] for name in ("box", "truss", "pipe", "box", "truss")])
    material = np.array([Material.CONCRETE, Material.DARK_STEEL, Material.DARK_STEEL, Material.OLD_CONCRETE, Material.STEEL])
    decks = parts(names[kind], centre, size, material[kind], rotation=_level(axis), exposure=150, year=year)
    walked = np.flatnonzero((flat < 1.0) & (deep < 6.0 * unit))
    rails = _rails(centre[walked], size[walked], axis[walked], unit, year)
    return join([decks, *rails]), np.concatenate([across.plot, *(across.plot[walked] for _ in rails)])


def _rails(centre: F64, size: F64, axis: I64, unit: float, year: float) -> list[Parts]:
    """Handrails a third of a unit high on both edges of decks."""
    if not len(centre):
        return []
    sides = []
    for side in (-0.5, 0.5):
        at = centre.copy()
        at[np.arange(len(at)), 1 - axis] += side * 0.96 * size[:, 1]
        at[:, 2] += size[:, 2] / 2 + 0.17 * unit
        span = np.stack([size[:, 0] * 0.98, np.full(len(at), 0.02 * unit), np.full(len(at), 0.36 * unit)], axis=1)
        sides.append(parts("rail", at, span, Material.DARK_STEEL, rotation=_level(axis), exposure=150, year=year))
    return sides


def slants(streams: Streams, facing: Facing, count: int, year: float) -> Spans:
    """About `count` slanting pipes and beams a plot from one host down to another, ends set into both."""
    across, draws = _anywhere(streams, facing, "slants", count, 6)
    if not len(across):
        return NONE
    axis, low, high = across.axis, across.low, across.high
    rows, other = np.arange(len(across)), 1 - axis
    gap, extent = across.gap, high - low
    width = np.minimum(gap * (0.02 + 0.07 * draws[:, 1]), 0.2 * np.minimum(extent[rows, other], extent[:, 2]))
    a, b = np.empty_like(low), np.empty_like(low)
    a[rows, axis], b[rows, axis] = low[rows, axis] - 0.6 * width, high[rows, axis] + 0.6 * width
    side = low[rows, other] + width + draws[:, 2] * (extent[rows, other] - 2 * width)
    a[rows, other] = b[rows, other] = side
    middle = low[:, 2] + extent[:, 2] * (0.2 + 0.6 * draws[:, 3])
    rise = np.minimum(np.minimum(middle - low[:, 2], high[:, 2] - middle) - 0.5 * width, gap) * (2.0 * draws[:, 4] - 1.0)
    a[:, 2], b[:, 2] = middle - rise, middle + rise
    kind = (draws[:, 5] * 3).astype(np.int64)
    names = np.array([PROTOTYPE_IDS[name] for name in ("pipe", "truss", "box")])
    material = np.array([Material.DARK_STEEL, Material.STEEL, Material.OLD_CONCRETE])
    return struts(a, b, width, names[kind], material[kind], 0.45, year), across.plot


def cables(streams: Streams, facing: Facing, unit: float, count: int, year: float) -> Spans:
    """`count` ropes a plot hanging between facing hosts, ends set into both; they never sag below the void they cross."""
    across, draws = _anywhere(streams, facing, "cables", count, 4)
    if not len(across):
        return NONE
    axis, low, high = across.axis, across.low, across.high
    rows, other = np.arange(len(across)), 1 - axis
    gap = across.gap
    thick = np.minimum(np.maximum(gap * (0.002 + 0.008 * draws[:, 1] * draws[:, 1]), 0.03 * unit), 0.3 * (high - low)[rows, other])
    top = low[:, 2] + (0.5 + 0.48 * draws[:, 2]) * (high[:, 2] - low[:, 2])
    thick = np.minimum(thick, 0.3 * (top - low[:, 2]))
    sag = np.minimum(gap * (0.04 + 0.2 * draws[:, 3]), 0.9 * (top - low[:, 2]))
    centre = np.empty_like(low)
    centre[rows, axis] = (low + high)[rows, axis] / 2
    centre[rows, other] = low[rows, other] + thick / 2 + draws[:, 1] * ((high - low)[rows, other] - thick)
    centre[:, 2] = top - sag / 2
    size = np.stack([gap * 1.02, thick, np.maximum(sag, thick)], axis=1)
    return parts("cable", centre, size, Material.CABLE, rotation=_level(axis), exposure=120, year=year), across.plot


def braces(carried: Hosts, carrier: Hosts, streams: Streams, year: float) -> Spans:
    """Struts from the far underside of each carried mass back to the wall of the mass that carries it: row i to row i."""
    n = len(carried)
    if not n:
        return NONE
    draws = streams.unit("braces", carried.plot, rows_of(carried.plot, len(streams)).number)[:, 0]
    beyond_high = carried.high[:, :2] - carrier.high[:, :2]
    beyond_low = carrier.low[:, :2] - carried.low[:, :2]
    reach = np.concatenate([beyond_high, beyond_low], axis=1)
    side = np.argmax(reach, axis=1)
    rows, axis = np.arange(n), side % 2
    far = reach[rows, side]
    wall = np.where(side < 2, carrier.high[rows, axis], carrier.low[rows, axis])
    sign = np.where(side < 2, 1.0, -1.0)
    under = carried.low[:, 2]
    drop = np.minimum(far * (0.7 + 0.8 * draws), under - carrier.low[:, 2] - 0.1 * far)
    ok = (far > 0.0) & (drop > 0.15 * far) & (under < carrier.high[:, 2])
    low = np.maximum(carried.low, carrier.low)[rows, 1 - axis]
    high = np.minimum(carried.high, carrier.high)[rows, 1 - axis]
    ok &= high > low
    ends = []
    for share in (0.2, 0.8):
        a, b = np.empty((n, 3)), np.empty((n, 3))
        a[rows, axis], b[rows, axis] = wall + sign * 0.85 * far, wall - sign * 0.02 * far
        a[rows, 1 - axis] = b[rows, 1 - axis] = low + share * (high - low)
        a[:, 2], b[:, 2] = under + 0.02 * far, under - drop
        ends.append((a[ok], b[ok]))
    width = np.minimum(0.08 * far, 0.2 * (high - low))[ok]
    a, b = (np.concatenate([pair[i] for pair in ends]) for i in range(2))
    return struts(a, b, np.tile(width, 2), "box", Material.OLD_CONCRETE, 0.3, year), np.tile(carried.plot[ok], 2)
