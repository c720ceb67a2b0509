"""What stands in the way: the solids of the places unfolded about a point or along a line. Pure; unfolds on demand.

Parts are tried as boxes first, then as the triangles of their prototypes, so that one may look through a truss and stand in a tube.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from geometry.angle import matrix
from geometry.city import City
from geometry.nest import bands_of, cell_children, is_planar
from geometry.parts import Parts
from geometry.place import Growth, Place
from geometry.solids import PROTOTYPE_IDS, prototypes
from geometry.spec import CitySpec
from geometry.strata import strata
from viewer.holes import plated

F64 = NDArray[np.float64]
Value = TypeVar("Value")
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
        near, far = slabs(a[None], b[None], self.half[None] + margin)
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


class _Rows(NamedTuple):
    """Places and what must be known of them to tell whether a line enters their boxes: one row each."""

    places: list[Place]
    numbers: F64
    """(n, 21): middle, axes by rows, half sizes, floor, underside and top of a cell's plate, how far from floor and plate its parts
    reach, whether something stands on its plate, and the largest that a part can be; metres."""


_MIDDLE, _AXES, _HALF = slice(0, 3), slice(3, 12), slice(12, 15)
_FLOOR, _PLATE, _TOP, _REACH, _CROWNED, _LARGEST = range(15, 21)
_SLENDER = 3.0
"""A void this many times as high as its cell is wide has no columns: but for towers, parts stay within its width of floor and plate."""
_FAR = 1e30
_KEPT = 6000
"""Places of which the numbers are kept."""


class _Solids(NamedTuple):
    """The parts of a place, ready to be asked."""

    position: F64
    half: F64
    radius: F64
    """(n,) metres from a part's middle to its corners."""
    largest: F64


class Obstacles:
    """The solids of a City."""

    def __init__(self, city: City, unfold: Callable[[Place], Growth] | None = None) -> None:
        self.city = city
        self.unfold = unfold or city.unfold
        self._rows: OrderedDict[tuple[str, int], _Rows] = OrderedDict()
        self._solids: OrderedDict[tuple[str, int], _Solids] = OrderedDict()

    def met(self, line: Line) -> Hit | None:
        """A solid part that a line meets, or None: of the largest places that hold one, the first. Plates are no parts: ask `plated`."""
        for places in self._along(line):
            hits = [_first_part(place, self.unfold(place).parts, self._solid(place), line) for place in places]
            found = [hit for hit in hits if hit is not None]
            if found:
                return min(found, key=lambda hit: hit.share)
        return None

    def holds(self, point: F64, least: float = 0.0) -> Place | None:
        """The place in a solid part of which a point lies, or None where it is free."""
        spot = Line(point, point, 0.0, least)
        places = (place for level in self._along(spot) for place in level)
        return next((place for place in places if _inside(place, self.unfold(place).parts, self._solid(place), spot)), None)

    def plated(self, point: F64) -> bool:
        """Whether a point lies in a plate: in the solid of a single layer where no shaft or fissure goes through it."""
        return plated(self.city.spec, point)

    def free(self, point: F64, least: float = 0.0) -> bool:
        """Whether a point lies neither in a plate nor in a part."""
        return not self.plated(point) and self.holds(point, least) is None

    def _along(self, line: Line) -> Iterator[list[Place]]:
        """The places whose boxes the line, with its margin, enters: generation by generation."""
        rows = self._children(self.city.root)
        while rows.places:
            entered, with_parts = _entered(rows.numbers, line)
            places = [rows.places[i] for i in np.flatnonzero(entered & with_parts)]
            yield [place for place in places if place.kind != "band"]
            below = [self._children(rows.places[i]) for i in np.flatnonzero(entered)]
            below = [one for one in below if one.places]
            if not below:
                return
            rows = _Rows([place for one in below for place in one.places], np.concatenate([one.numbers for one in below]))

    def _children(self, place: Place) -> _Rows:
        name = (place.kind, place.key)
        if name not in self._rows:
            cell = place.cell
            apart = cell is not None and not is_planar(cell)  # what such a place divides into can be told without unfolding it
            children = cell_children(self.city.spec, place) if apart else self.unfold(place).children
            self._rows[name] = _Rows(list(children), _numbers(children, self.city.spec))
        return _kept(self._rows, name)

    def _solid(self, place: Place) -> _Solids:
        name = (place.kind, place.key)
        if name not in self._solids:
            parts = self.unfold(place).parts
            scale = parts.scale.astype(np.float64)
            radius = 0.5 * np.sqrt((scale * scale).sum(axis=1))
            self._solids[name] = _Solids(parts.position.astype(np.float64), scale / 2.0, radius, scale.max(axis=1, initial=0.0))
        return _kept(self._solids, name, _KEPT // 10)


def _kept(cache: OrderedDict[tuple[str, int], Value], name: tuple[str, int], most: int = _KEPT) -> Value:
    cache.move_to_end(name)
    while len(cache) > most:
        cache.popitem(last=False)
    return cache[name]


def _numbers(places: Sequence[Place], spec: CitySpec) -> F64:
    """(n, 21) numbers of `_Rows`."""
    found = np.empty((len(places), 21))
    for row, place in zip(found, places, strict=True):
        cell, half = place.cell, np.array(place.size) / 2.0
        row[_MIDDLE], row[_AXES], row[_HALF] = place.centre, place.frame.axes.ravel(), half
        row[15:21] = 0.0, _FAR, _FAR, _FAR, 0.0, 2.0 * half.max()
        if place.kind == "band":
            stratum = strata(spec)[bands_of(spec, place.address)[-1]]
            row[_HALF] = np.inf
            row[15:21] = stratum.inner, stratum.plate, stratum.outer, _FAR, stratum.high == spec.layers, np.inf
        elif cell is not None:
            wide = 2.0 * float(max(half[:2]))
            slender = cell.plate - cell.inner > _SLENDER * wide
            reach, most = (wide + 1.2e3 * spec.tower_height_km, wide + 1e3 * spec.tower_height_km) if slender else (_FAR, 2.0 * half.max())
            row[15:21] = cell.inner, cell.plate, cell.outer, reach, cell.high == spec.layers, most
    return found


def _entered(rows: F64, line: Line) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """(n,) whether a line enters the boxes, and (n,) whether on that piece of it parts may stand."""
    axes, half = rows[:, _AXES].reshape(-1, 3, 3), rows[:, _HALF] + line.margin
    ends = np.stack([line.start, line.end])[:, None] - rows[:, _MIDDLE]
    a, b = np.einsum("nij,knj->kni", axes, ends)
    near, far = slabs(a, b, half)
    step = line.end - line.start
    flat, steep, square = float(line.start @ line.start), float(line.start @ step), float(step @ step)
    least = np.clip(-steep / square, near, np.maximum(near, far)) if square > 0.0 else near
    radii = np.sqrt(np.maximum(flat + 2.0 * steep * (t := np.stack([near, far, least])) + square * t * t, 0.0))
    low, high = radii.min(axis=0), radii.max(axis=0)
    floor, plate, reach, crowned = rows[:, _FLOOR], rows[:, _PLATE], rows[:, _REACH], rows[:, _CROWNED] > 0.0
    between = (low > floor + reach) & (high < plate - reach)  # no margin: the floor itself is let come as near
    low, high = low - line.margin, high + line.margin
    entered = (near <= far) & (floor <= high) & ((low <= rows[:, _TOP]) | crowned)
    return entered & ~between & (rows[:, _LARGEST] >= line.least), crowned | (plate > low)


def slabs(start: F64, end: F64, half: F64) -> tuple[F64, F64]:
    """Shares (n,) of lines at which they enter and leave boxes (n, 3 half sizes) about the origin; entered after it is left: a miss."""
    step = end - start
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (-half - start) / step, (half - start) / step
    still = step == 0.0
    outside = still & (np.abs(start) > half)
    low = np.where(still, np.where(outside, 2.0, -np.inf), np.minimum(a, b)).max(axis=1)
    high = np.where(still, np.where(outside, -2.0, np.inf), np.maximum(a, b)).min(axis=1)
    return np.maximum(low, 0.0), np.minimum(high, 1.0)


def _rows_near(solids: _Solids, a: F64, b: F64, margin: float, least: float) -> NDArray[np.intp]:
    """Rows of parts whose spheres the line from a to b (local metres) touches."""
    radius = solids.radius + margin
    step = b - a
    length = float(step @ step)
    away = solids.position - a
    share = np.zeros(len(away)) if length == 0.0 else np.clip(away @ step / length, 0.0, 1.0)
    off = away - share[:, None] * step
    return np.flatnonzero(((off * off).sum(axis=1) <= radius * radius) & (solids.largest >= least))


def _first_part(place: Place, parts: Parts, solids: _Solids, line: Line) -> Hit | None:
    a, b = place.frame.to_local(np.stack([line.start, line.end]))
    rows = _rows_near(solids, a, b, line.margin, line.least)
    if not len(rows):
        return None
    turn = matrix(parts.rotation[rows])
    position, half = solids.position[rows], solids.half[rows]
    start, end = np.einsum("nij,ni->nj", turn, a - position), np.einsum("nij,ni->nj", turn, b - position)
    near, far = slabs(start, end, half + line.margin)
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


def _inside(place: Place, parts: Parts, solids: _Solids, spot: Line) -> bool:
    at = place.frame.to_local(spot.start)
    rows = _rows_near(solids, at, at, 0.0, spot.least)
    if not len(rows):
        return False
    turn = matrix(parts.rotation[rows])
    local = np.einsum("nij,ni->nj", turn, at - solids.position[rows]) / (2.0 * solids.half[rows])
    within = np.flatnonzero(np.abs(local).max(axis=1) < 0.5)
    return any(_winding(int(parts.prototype[rows[row]]), local[row]) for row in within)
