"""What spans the void between masses: bridges, beams, pipes, hanging cables, and the struts that brace what overhangs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.builders.hosts import Hosts
from geometry.key import Stream
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


def struts(a: F64, b: F64, width: F64, prototype: str, material: int, exposure: F64, year: float) -> Parts:
    """Bars from points `a` to `b` (n, 3) metres, `width` (n,) thick, of a prototype that runs along x."""
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

    def __len__(self) -> int:
        return len(self.axis)


def facing_pairs(boxes: Hosts, least: float) -> Facing:
    """Every pair of the largest hosts that are at least `least` metres apart and share that much of their sides."""
    volume = boxes.size[:, 0] * boxes.size[:, 1] * boxes.size[:, 2]
    large = np.argsort(-volume, kind="stable")[:_LARGEST]
    low, high = boxes.low[large], boxes.high[large]
    axes, lows, highs = [], [], []
    for axis in (0, 1):
        gap = low[None, :, axis] - high[:, None, axis]
        shared = np.minimum(high[:, None], high[None]) - np.maximum(low[:, None], low[None])
        i, j = np.nonzero((gap > least) & (shared[:, :, 1 - axis] > least) & (shared[:, :, 2] > least))
        a, b = np.maximum(low[i], low[j]), np.minimum(high[i], high[j])
        a[:, axis], b[:, axis] = high[i, axis], low[j, axis]
        axes.append(np.full(len(i), axis))
        lows.append(a)
        highs.append(b)
    return Facing(np.concatenate(axes), np.concatenate(lows), np.concatenate(highs))


def bridges(stream: Stream, facing: Facing, kept: float, unit: float, count: int, year: float) -> Parts:
    """About `count` bridges, girders and pipes across the voids, ends set into both hosts; as order fades some stop in mid-air."""
    if not len(facing) or count <= 0:
        return EMPTY
    axis, low, high = facing.axis, facing.low, facing.high
    draws = stream.unit("bridges", count * 8).reshape(count, 8)
    gap = (high - low)[np.arange(len(axis)), axis]
    weight = (4096.0 / (1.0 + gap / gap.min())).astype(np.int64) + 1
    steps = np.cumsum(weight)
    pick = np.searchsorted(steps, (draws[:, 0] * float(steps[-1])).astype(np.int64), side="right")
    return _decks(draws, axis[pick], low[pick], high[pick], kept, unit, year)


def _decks(draws: F64, axis: I64, low: F64, high: F64, kept: float, unit: float, year: float) -> Parts:
    n = len(axis)
    rows, other = np.arange(n), 1 - axis
    gap, room = (high - low)[rows, axis], (high - low)[rows, other]
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
    rotation = np.where((axis == 1)[:, None], _ALONG_Y, _ALONG_X)
    decks = parts(names[kind], centre, size, material[kind], rotation=rotation, exposure=150, year=year)
    walked = np.flatnonzero((flat < 1.0) & (deep < 6.0 * unit))
    return join([decks, *_rails(centre[walked], size[walked], axis[walked], unit, year)])


def _rails(centre: F64, size: F64, axis: I64, unit: float, year: float) -> list[Parts]:
    """Handrails a third of a unit high on both edges of decks."""
    if not len(centre):
        return []
    rotation = np.where((axis == 1)[:, None], _ALONG_Y, _ALONG_X)
    sides = []
    for side in (-0.5, 0.5):
        at = centre.copy()
        at[np.arange(len(at)), 1 - axis] += side * 0.96 * size[:, 1]
        at[:, 2] += size[:, 2] / 2 + 0.17 * unit
        span = np.stack([size[:, 0] * 0.98, np.full(len(at), 0.02 * unit), np.full(len(at), 0.36 * unit)], axis=1)
        sides.append(parts("rail", at, span, Material.DARK_STEEL, rotation=rotation, exposure=150, year=year))
    return sides


def slants(stream: Stream, facing: Facing, count: int, year: float) -> Parts:
    """About `count` slanting pipes and beams from one host down to another, ends set into both."""
    if not len(facing) or count <= 0:
        return EMPTY
    draws = stream.unit("slants", count * 6).reshape(count, 6)
    pick = (draws[:, 0] * len(facing)).astype(np.int64)
    axis, low, high = facing.axis[pick], facing.low[pick], facing.high[pick]
    rows, other = np.arange(count), 1 - axis
    gap, extent = (high - low)[rows, axis], high - low
    width = np.minimum(gap * (0.02 + 0.07 * draws[:, 1]), 0.2 * np.minimum(extent[rows, other], extent[:, 2]))
    a, b = np.empty((count, 3)), np.empty((count, 3))
    a[rows, axis], b[rows, axis] = low[rows, axis] - 0.6 * width, high[rows, axis] + 0.6 * width
    side = low[rows, other] + width + draws[:, 2] * (extent[rows, other] - 2 * width)
    a[rows, other] = b[rows, other] = side
    middle = low[:, 2] + extent[:, 2] * (0.2 + 0.6 * draws[:, 3])
    rise = np.minimum(np.minimum(middle - low[:, 2], high[:, 2] - middle) - 0.5 * width, gap) * (2.0 * draws[:, 4] - 1.0)
    a[:, 2], b[:, 2] = middle - rise, middle + rise
    kinds = ("pipe", "truss", "box")
    kind = (draws[:, 5] * 3).astype(np.int64)
    materials = (Material.DARK_STEEL, Material.STEEL, Material.OLD_CONCRETE)
    groups = [(np.flatnonzero(kind == k), kinds[k], materials[k]) for k in range(3)]
    seen = np.full(count, 0.45)
    return join([struts(a[i], b[i], width[i], name, material, seen[i], year) for i, name, material in groups if len(i)])


def cables(stream: Stream, facing: Facing, unit: float, count: int, year: float) -> Parts:
    """Ropes hanging between facing hosts, ends set into both; they never sag below the void they cross."""
    if not len(facing) or count <= 0:
        return EMPTY
    axis, low, high = facing.axis, facing.low, facing.high
    draws = stream.unit("cables", count * 4).reshape(count, 4)
    pick = (draws[:, 0] * len(axis)).astype(np.int64)
    axis, low, high = axis[pick], low[pick], high[pick]
    rows, other = np.arange(count), 1 - axis
    gap = (high - low)[rows, axis]
    thick = np.minimum(np.maximum(gap * (0.002 + 0.008 * draws[:, 1] * draws[:, 1]), 0.03 * unit), 0.3 * (high - low)[rows, other])
    top = low[:, 2] + (0.5 + 0.48 * draws[:, 2]) * (high[:, 2] - low[:, 2])
    thick = np.minimum(thick, 0.3 * (top - low[:, 2]))
    sag = np.minimum(gap * (0.04 + 0.2 * draws[:, 3]), 0.9 * (top - low[:, 2]))
    centre = np.empty((count, 3))
    centre[rows, axis] = (low + high)[rows, axis] / 2
    centre[rows, other] = low[rows, other] + thick / 2 + draws[:, 1] * ((high - low)[rows, other] - thick)
    centre[:, 2] = top - sag / 2
    size = np.stack([gap * 1.02, thick, np.maximum(sag, thick)], axis=1)
    rotation = np.where((axis == 1)[:, None], _ALONG_Y, _ALONG_X)
    return parts("cable", centre, size, Material.CABLE, rotation=rotation, exposure=120, year=year)


def braces(carried: Hosts, carrier: Hosts, stream: Stream, year: float) -> Parts:
    """Struts from the far underside of each carried mass back to the wall of the mass that carries it: row i to row i."""
    n = len(carried)
    if not n:
        return EMPTY
    draws = stream.unit("braces", n)
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
    return struts(a, b, np.tile(width, 2), "box", Material.OLD_CONCRETE, np.full(len(a), 0.3), year) if len(a) else EMPTY
