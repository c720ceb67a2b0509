"""What stands in the way: the solids of the places unfolded about a point or along a line. Pure; unfolds on demand.

Parts are tried as boxes first, then as the triangles of their prototypes, so that one may look through a truss and stand in a tube.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.angle import matrix
from geometry.city import City
from geometry.nest import bands_of
from geometry.parts import Parts
from geometry.place import Growth, Place
from geometry.solids import PROTOTYPE_IDS, prototypes
from geometry.spec import CitySpec
from geometry.strata import strata
from viewer.holes import plated

F64 = NDArray[np.float64]
_BOXES = frozenset(PROTOTYPE_IDS[name] for name in ("box", "chamfer", "stack", "louvre"))
"""Prototypes that are taken for the boxes about them."""
_PROBE = np.array([0.217, 0.359, 0.908])
"""A direction along which no face of a prototype lies."""


class Hit(NamedTuple):
    """Where a line first meets a solid."""

    share: float
    """Of the way, 0 to 1."""
    centre: F64
    """(3,) world metres: the middle of the solid."""
    half: F64
    """(3,) metres from its middle to its faces, along its own axes."""
    axes: F64
    """(3, 3) rows are its own axes in the world."""

    @property
    def radius(self) -> float:
        """Metres from its middle to its corners."""
        return float(np.sqrt((self.half * self.half).sum()))

    def meets(self, start: F64, end: F64, margin: float) -> bool:
        """Whether a line between two points (3,) enters the box about it, grown by a margin."""
        a, b = (self.axes @ (point - self.centre) for point in (start, end))
        near, far = _slabs(a[None], b[None], self.half[None] + margin)
        return bool(near[0] <= far[0])


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """A piece of a way and the room it takes."""

    start: F64
    """(3,) world metres."""
    end: F64
    """(3,) world metres."""
    margin: float
    """Metres to keep free about it."""
    least: float = 0.0
    """Metres: what is smaller in every direction does not count."""

    @property
    def low(self) -> float:
        """Least distance of the line from the City's centre, metres."""
        along = self.end - self.start
        length = float((along * along).sum())
        share = 0.0 if length == 0.0 else float(np.clip(-(self.start @ along) / length, 0.0, 1.0))
        near = self.start + share * along
        return float(np.sqrt((near * near).sum()))

    @property
    def high(self) -> float:
        """Greatest distance of the line from the City's centre, metres."""
        return float(np.sqrt(max((self.start**2).sum(), (self.end**2).sum())))


class Obstacles:
    """The solids of a City."""

    def __init__(self, city: City, unfold: Callable[[Place], Growth] | None = None) -> None:
        self.city = city
        self.unfold = unfold or city.unfold

    def met(self, line: Line) -> Hit | None:
        """A solid part that a line meets, or None: of the largest places that hold one, the first. Plates are no parts: ask `plated`."""
        for places in self._along(line):
            hits = [_first_part(place, self.unfold(place).parts, line) for place in places]
            found = [hit for hit in hits if hit is not None]
            if found:
                return min(found, key=lambda hit: hit.share)
        return None

    def holds(self, point: F64, least: float = 0.0) -> Place | None:
        """The place in a solid part of which a point lies, or None where it is free."""
        spot = Line(point, point, 0.0, least)
        places = (place for level in self._along(spot) for place in level)
        return next((place for place in places if _inside(place, self.unfold(place).parts, point, least)), None)

    def plated(self, point: F64) -> bool:
        """Whether a point lies in a plate: in the solid of a single layer where no shaft or fissure goes through it."""
        return plated(self.city.spec, point)

    def free(self, point: F64, least: float = 0.0) -> bool:
        """Whether a point lies neither in a plate nor in a part."""
        return not self.plated(point) and self.holds(point, least) is None

    def _along(self, line: Line) -> Iterator[list[Place]]:
        """The places whose boxes the line, with its margin, enters: generation by generation."""
        low, high, spec = line.low - line.margin, line.high + line.margin, self.city.spec
        places = [place for place in self.unfold(self.city.root).children if _enters(place, line, low, high, spec)]
        while places:
            yield [place for place in places if place.kind != "band" and _holds_parts(place, low, spec)]
            children = (child for place in places for child in self.unfold(place).children)
            places = [child for child in children if _enters(child, line, low, high, spec)]


def _holds_parts(place: Place, low: float, spec: CitySpec) -> bool:
    """Whether parts of a place reach up to a radius: a cell's stand in its void, those of the outermost on its plate too."""
    return place.cell is None or place.cell.high == spec.layers or place.cell.plate > low


def _enters(place: Place, line: Line, low: float, high: float, spec: CitySpec) -> bool:
    cell = place.cell
    if cell is not None and (cell.inner > high or (cell.outer < low and cell.high < spec.layers)):
        return False
    if max(place.size) < 1.5 * line.least or (cell is not None and cell.outer - cell.inner < line.least):
        return False
    if place.kind == "band":
        return _band_reached(spec, place, low, high)
    ends = place.frame.to_local(np.stack([line.start, line.end]))
    half = np.array(place.size) / 2.0 + line.margin
    near, far = _slabs(ends[0:1] - [0.0, 0.0, place.size[2] / 2.0], ends[1:2] - [0.0, 0.0, place.size[2] / 2.0], half[None])
    return bool(near[0] <= far[0])


def _band_reached(spec: CitySpec, place: Place, low: float, high: float) -> bool:
    row = strata(spec)[bands_of(spec, place.address)[-1]]
    return row.inner <= high and (low <= row.outer or row.high == spec.layers)


def _slabs(start: F64, end: F64, half: F64) -> tuple[F64, F64]:
    """Shares (n,) of a line at which it enters and leaves boxes (n, 3 half sizes) about the origin; enters after it leaves: a miss."""
    step = end - start
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (-half - start) / step, (half - start) / step
    still = step == 0.0
    outside = still & (np.abs(start) > half)
    low = np.where(still, np.where(outside, 2.0, -np.inf), np.minimum(a, b)).max(axis=1)
    high = np.where(still, np.where(outside, -2.0, np.inf), np.maximum(a, b)).min(axis=1)
    return np.maximum(low, 0.0), np.minimum(high, 1.0)


def _rows_near(parts: Parts, a: F64, b: F64, margin: float, least: float) -> NDArray[np.intp]:
    """Rows of parts whose spheres the line from a to b (local metres) touches."""
    scale, position = parts.scale.astype(np.float64), parts.position.astype(np.float64)
    radius = 0.5 * np.sqrt((scale * scale).sum(axis=1)) + margin
    step = b - a
    length = float((step * step).sum())
    away = position - a
    share = np.zeros(len(away)) if length == 0.0 else np.clip(away @ step / length, 0.0, 1.0)
    off = away - share[:, None] * step
    return np.flatnonzero(((off * off).sum(axis=1) <= radius * radius) & (scale.max(axis=1) >= least))


def _first_part(place: Place, parts: Parts, line: Line) -> Hit | None:
    a, b = place.frame.to_local(np.stack([line.start, line.end]))
    rows = _rows_near(parts, a, b, line.margin, line.least)
    if not len(rows):
        return None
    turn = matrix(parts.rotation[rows])
    position, half = parts.position[rows].astype(np.float64), parts.scale[rows].astype(np.float64) / 2.0
    start, end = np.einsum("nij,ni->nj", turn, a - position), np.einsum("nij,ni->nj", turn, b - position)
    near, far = _slabs(start, end, half + line.margin)
    best: Hit | None = None
    for row in np.argsort(near, kind="stable"):
        if near[row] > far[row] or (best is not None and near[row] >= best.share):
            continue
        share = _true_share(int(parts.prototype[rows[row]]), start[row], end[row], half[row], line.margin, float(near[row]))
        if share is not None and (best is None or share < best.share):
            best = Hit(share, place.frame.to_world(position[row]), half[row], turn[row].T @ place.frame.axes)
    return best


def _true_share(prototype: int, start: F64, end: F64, half: F64, margin: float, near: float) -> float | None:
    """Where a line in a part's own axes meets its solid, grown by the margin; None if it passes through an opening."""
    if prototype in _BOXES or margin > 0.7 * float(half.max()):
        return near
    unit = 2.0 * (half + margin) if prototype not in _hollow() else 2.0 * half
    crossings = _crossings(prototype, start / unit, end / unit)
    if len(crossings):
        return float(crossings[:, 0].min())
    return near if _winding(prototype, start / unit) else None


@lru_cache(maxsize=1)
def _hollow() -> frozenset[int]:
    return frozenset(
        PROTOTYPE_IDS[name] for name in ("tube", "ring", "arch", "vault", "truss", "lattice", "frame", "grille", "fan", "rail")
    )


def _crossings(prototype: int, start: F64, end: F64) -> F64:
    """(k, 2) share of the way and sign (+1 going out) of each triangle of a prototype that a line in its unit cube crosses."""
    mesh = prototypes()[prototype]
    corner = mesh.points[mesh.triangles].astype(np.float64)
    e1, e2, step = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0], end - start
    normal = np.cross(e1, e2)
    facing = normal @ step
    with np.errstate(divide="ignore", invalid="ignore"):
        to = start - corner[:, 0]
        share = -(to * normal).sum(axis=1) / facing
        turned = np.cross(step, to)
        u, v = (turned * e2).sum(axis=1) / facing, -(turned * e1).sum(axis=1) / facing
    good = (facing != 0.0) & (share >= 0.0) & (share <= 1.0) & (u >= 0.0) & (v >= 0.0) & (u + v <= 1.0)
    return np.stack([share[good], np.sign(facing[good])], axis=-1)


def _winding(prototype: int, point: F64) -> bool:
    """Whether a point of the unit cube lies in a prototype's solid."""
    if np.abs(point).max() > 0.5:
        return False
    if prototype in _BOXES:
        return True
    crossings = _crossings(prototype, point, point + 3.0 * _PROBE)
    return bool(crossings[:, 1].sum() > 0.5) if len(crossings) else False


def _inside(place: Place, parts: Parts, point: F64, least: float) -> bool:
    at = place.frame.to_local(point)
    rows = _rows_near(parts, at, at, 0.0, least)
    if not len(rows):
        return False
    turn = matrix(parts.rotation[rows])
    local = np.einsum("nij,ni->nj", turn, at - parts.position[rows].astype(np.float64)) / parts.scale[rows]
    within = np.flatnonzero(np.abs(local).max(axis=1) < 0.5)
    return any(_winding(int(parts.prototype[rows[row]]), local[row]) for row in within)
