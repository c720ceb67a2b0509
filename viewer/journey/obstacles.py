"""What stands in the way: the solids of the places unfolded about a point or along a line. Pure; unfolds on demand.

Parts are tried as boxes first, then as the triangles of their prototypes, so that one may look through a truss and stand in a tube.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from geometry.angle import matrix
from geometry.city import City
from geometry.holes import plated
from geometry.landmarks import crossing, planted
from geometry.nest import bands_of, cell_children, is_planar
from geometry.parts import Parts
from geometry.place import Cell, Growth, Place
from geometry.rules.reach import NARROW, PART
from geometry.rules.stratum import plots
from geometry.rules.tile import lofty
from geometry.spec import CitySpec
from geometry.strata import Stratum, strata
from geometry.voids import swallowed, voids_near
from viewer.journey.boxes import NO_BOXES, Boxes
from viewer.journey.crossings import encloses, slabs, true_share
from viewer.journey.ground import INTERIORS
from viewer.journey.midair import Air, air_of
from viewer.parting import within

F64 = NDArray[np.float64]
Value = TypeVar("Value")
_SEAM = 0.05
"""Metres by which rooms overlap."""
_NONE: F64 = np.zeros(0)


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
    grain: float = 0.0
    """Metres: places that are no larger, and hold neither end, count as solid boxes and are not looked into."""
    between: tuple[float, float] = (0.0, np.inf)
    """Metres from the City's centre: only what stands there counts, for a void ends at its plates."""
    rooms: tuple[Place, ...] = ()
    """Interiors on the way: what holds them is hollow there, as it is drawn from within."""

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
    reach, whether something stands on its plate or in the shafts through it, and the largest that a part can be; metres."""


_MIDDLE, _AXES, _HALF = slice(0, 3), slice(3, 12), slice(12, 15)
_FLOOR, _PLATE, _TOP, _REACH, _OVER, _LARGEST = range(15, 21)
_BARE, _WORKED, _CROWNED = 0.0, 1.0, 2.0
_STANDS = 0.5
"""How far from floor and plate the parts of a narrow cell stand, in parts of its width, as it bulges; towers apart."""
_LOFTY = 3.1e4
"""Metres: of what stands on a flat tile, only towers and landmarks are larger than this or than a plot."""
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
        self.despaired = 0
        """Searches for a way round something that found none: a search that has many of them must come to an end."""
        self._rows: OrderedDict[tuple[str, int], _Rows] = OrderedDict()
        self._solids: OrderedDict[tuple[str, int], _Solids] = OrderedDict()
        self._airs: OrderedDict[tuple[str, int], Air] = OrderedDict()

    def met(self, line: Line) -> Hit | None:
        """A solid part that a line meets, or None: of the largest places that hold one, the first. Plates are no parts: ask `plated`."""
        for places, lumps in self._along(line):
            near = self._past_air(places, line)
            hits = [_first_part(place, self.unfold(place).parts, self._solid(place), line) for place in near]
            found = [hit for hit in (*hits, _first_lump(lumps, line)) if hit is not None]
            if found:
                return min(found, key=lambda hit: hit.share)
        return None

    def holds(self, point: F64, least: float = 0.0) -> Place | None:
        """The place in a solid part of which a point lies, or None where it is free. Interiors are hollow: what they lie in, whatever
        of it stands there, is not drawn from within them."""
        spot = Line(point, point, 0.0, least)
        places = [place for level, _ in self._along(spot) for place in level]
        rooms = [place.address for place in places if place.kind in INTERIORS and inside(place, point)]
        for place in places:
            hollow = any(room != place.address and within(room, place.address) for room in rooms)
            if not hollow and _inside(place, self.unfold(place).parts, self._solid(place), spot):
                return place
        return None

    def about(self, point: F64) -> list[Place]:
        """The places whose boxes hold a point (3,), the largest first."""
        return [place for places, _ in self._along(Line(point, point, 0.0)) for place in places]

    def crowd(self, line: Line) -> Boxes:
        """All that stands nearer to a line than its margin, as boxes: parts not smaller than its least, and places within its grain."""
        found = [NO_BOXES]
        for places, lumps in self._along(line):
            found.append(Boxes(lumps[:, _MIDDLE], lumps[:, _AXES].reshape(-1, 3, 3), lumps[:, _HALF]))
            near = self._past_air(places, line)
            found += [_boxes_near(place, self.unfold(place).parts, self._solid(place), line) for place in near]
        return Boxes(*(np.concatenate([boxes[k] for boxes in found]) for k in range(3)))

    def plated(self, point: F64) -> bool:
        """Whether a point lies in a plate: in the solid of a single layer where no shaft or fissure goes through it."""
        return plated(self.city.spec, point)

    def free(self, point: F64, least: float = 0.0) -> bool:
        """Whether a point lies neither in a plate nor in a part."""
        return not self.plated(point) and self.holds(point, least) is None

    def _along(self, line: Line) -> Iterator[tuple[list[Place], F64]]:
        """The places whose boxes the line, with its margin, enters, and the numbers of those that count as boxes: generation by
        generation."""
        rows = self._children(self.city.root)
        while rows.places:
            entered, with_parts, lumps = _entered(rows.numbers, line)
            places = [rows.places[i] for i in np.flatnonzero(entered & with_parts & ~lumps)]
            yield [place for place in places if place.kind != "band"], rows.numbers[entered & lumps]
            below = [self._children(rows.places[i], line.least) for i in np.flatnonzero(entered & ~lumps)]
            below = [one for one in below if one.places]
            if not below:
                return
            rows = _Rows([place for one in below for place in one.places], np.concatenate([one.numbers for one in below]))

    def _past_air(self, places: list[Place], line: Line) -> list[Place]:
        """The places but for those of whose parts a line, in mid-air, comes near none."""
        radii = line.low, line.high
        return [place for place in places if not self._air_of(place).holds(line.start, line.end, radii, line.margin)]

    def _air_of(self, place: Place) -> Air:
        name = (place.kind, place.key)
        if name not in self._airs:
            self._airs[name] = air_of(place, self.city.spec)
        return _kept(self._airs, name)

    def _children(self, place: Place, least: float = 0.0) -> _Rows:
        """Those that are not smaller than a least size, metres; some smaller ones, too."""
        few = place.kind == "tile" and least > max(place.size[0] / 8.0, _LOFTY) and place.cell is not None and is_planar(place.cell)
        name = (f"{place.kind} lofty" if few else place.kind, place.key)
        if name not in self._rows:
            children = lofty(place, self.city.spec) if few else self._divided(place)
            self._rows[name] = _Rows(list(children), _numbers(children, self.city.spec))
        return _kept(self._rows, name)

    def _divided(self, place: Place) -> Sequence[Place]:
        """What a place divides into: of a cell that is not flat it can be told without unfolding it."""
        apart = place.cell is not None and not is_planar(place.cell)
        return _divided(self.city.spec, place) if apart else self.unfold(place).children

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


def _divided(spec: CitySpec, place: Place) -> Sequence[Place]:
    """The cells that a cell divides into, its plots of sprawl, and the landmarks it plants."""
    children, near, own = cell_children(spec, place), voids_near(spec, place), planted(spec, place)
    kept = [child for child in children if not swallowed(near, child)] if near else children
    return [*kept, *plots(place, spec), *(landmark.place for landmark in own if landmark.plot < 0)]


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
            row[15:21] = stratum.inner, stratum.plate, stratum.outer, _FAR, _over(spec, stratum), np.inf
        elif cell is not None:
            wide = 2.0 * float(max(half[:2]))
            slender, tower = cell.plate - cell.inner > NARROW * wide, 1.2e3 * spec.tower_height_km
            reach, most = _STANDS * wide + tower if slender else _FAR, PART * wide + tower
            if crossing(spec, place):  # a landmark may stand anywhere
                reach, most = _FAR, 2.0 * half.max()
            row[15:21] = cell.inner, cell.plate, cell.outer, reach, _over(spec, cell), most
    return found


def _over(spec: CitySpec, bundle: Cell | Stratum) -> float:
    """What there is above the underside of a bundle's plate: works in its shafts, and on the outermost a city."""
    return _CROWNED if bundle.high == spec.layers else _WORKED if bundle.high - bundle.low > 1 else _BARE


def _entered(rows: F64, line: Line) -> tuple[NDArray[np.bool_], NDArray[np.bool_], NDArray[np.bool_]]:
    """(n,) whether a line enters the boxes, (n,) whether on that piece of it parts may stand, (n,) whether they count as boxes."""
    axes, half = rows[:, _AXES].reshape(-1, 3, 3), rows[:, _HALF] + line.margin
    ends = np.stack([line.start, line.end])[:, None] - rows[:, _MIDDLE]
    a, b = np.einsum("nij,knj->kni", axes, ends)
    near, far = slabs(a, b, half)
    step = line.end - line.start
    flat, steep, square = float(line.start @ line.start), float(line.start @ step), float(step @ step)
    least = np.clip(-steep / square, near, np.maximum(near, far)) if square > 0.0 else near
    radii = np.sqrt(np.maximum(flat + 2.0 * steep * (t := np.stack([near, far, least])) + square * t * t, 0.0))
    low, high = radii.min(axis=0), radii.max(axis=0)
    floor, plate, reach, crowned = rows[:, _FLOOR], rows[:, _PLATE], rows[:, _REACH], rows[:, _OVER] == _CROWNED
    between = (low > floor + reach) & (high < plate - reach)  # no margin: the floor itself is let come as near
    low, high = np.maximum(low - line.margin, line.between[0]), np.minimum(high + line.margin, line.between[1])
    entered = (near <= far) & (floor <= high) & ((low <= rows[:, _TOP]) | crowned)
    bare = rows[:, _HALF]
    about_an_end = (np.abs(a) <= bare).all(axis=1) | (np.abs(b) <= bare).all(axis=1)
    lumps = (plate == _FAR) & (rows[:, _LARGEST] <= line.grain) & ~about_an_end
    return entered & ~between & (rows[:, _LARGEST] >= line.least), (rows[:, _OVER] > _BARE) | (plate > low), lumps


def _rows_near(solids: _Solids, a: F64, b: F64, margin: float, least: float) -> NDArray[np.intp]:
    """Rows of parts whose spheres the line from a to b (local metres) touches."""
    radius = solids.radius + margin
    step = b - a
    length = float(step @ step)
    away = solids.position - a
    share = np.zeros(len(away)) if length == 0.0 else np.clip(away @ step / length, 0.0, 1.0)
    off = away - share[:, None] * step
    return np.flatnonzero(((off * off).sum(axis=1) <= radius * radius) & (solids.largest >= least))


def _first_lump(rows: F64, line: Line) -> Hit | None:
    """The first of some places, given by their numbers, whose box a line enters."""
    if not len(rows):
        return None
    axes, half = rows[:, _AXES].reshape(-1, 3, 3), rows[:, _HALF]
    a, b = np.einsum("nij,knj->kni", axes, np.stack([line.start, line.end])[:, None] - rows[:, _MIDDLE])
    near, _ = slabs(a, b, half + line.margin)
    row = int(near.argmin())
    return Hit(float(near[row]), rows[row, _MIDDLE], half[row], axes[row])


def _boxes_near(place: Place, parts: Parts, solids: _Solids, line: Line) -> Boxes:
    """The boxes about those parts of a place that a line comes near."""
    a, b = place.frame.to_local(np.stack([line.start, line.end]))
    rows = _rows_near(solids, a, b, line.margin, line.least)
    if not len(rows):
        return NO_BOXES
    turn = matrix(parts.rotation[rows]).transpose(0, 2, 1) @ place.frame.axes
    return Boxes(place.frame.to_world(solids.position[rows]), turn, solids.half[rows])


def inside(place: Place, point: F64) -> bool:
    """Whether a point (3,) lies in the box of a place that is no cell."""
    x, y, z = place.frame.to_local(point)
    return bool(abs(x) <= place.size[0] / 2 and abs(y) <= place.size[1] / 2 and 0.0 <= z <= place.size[2])


def _hollows(line: Line, place: Place) -> tuple[F64, F64]:
    """Shares (k,) of a line at which it enters and leaves those of its rooms, grown by its margin, that lie in a place."""
    rooms = [room for room in line.rooms if room.address != place.address and within(room.address, place.address)]
    if not rooms:
        return _NONE, _NONE
    ends = [room.frame.to_local(np.stack([line.start, line.end])) - [0.0, 0.0, room.size[2] / 2] for room in rooms]
    half = np.array([room.size for room in rooms]) / 2.0 + line.margin + _SEAM
    near, far = slabs(np.array([pair[0] for pair in ends]), np.array([pair[1] for pair in ends]), half)
    return near[near <= far], far[near <= far]


def _past(start: float, end: float, hollows: tuple[F64, F64]) -> float | None:
    """Where from a start to an end one is first in no hollow; None where one always is."""
    for near, far in sorted(zip(*hollows, strict=True)):
        if near <= start:
            start = max(start, far)
    return start if start < end else None


def _first_part(place: Place, parts: Parts, solids: _Solids, line: Line) -> Hit | None:
    a, b = place.frame.to_local(np.stack([line.start, line.end]))
    rows = _rows_near(solids, a, b, line.margin, line.least)
    if not len(rows):
        return None
    turn = matrix(parts.rotation[rows])
    position, half = solids.position[rows], solids.half[rows]
    start, end = np.einsum("nij,ni->nj", turn, a - position), np.einsum("nij,ni->nj", turn, b - position)
    near, far = slabs(start, end, half + line.margin)
    hollows = _hollows(line, place) if line.rooms else (_NONE, _NONE)
    best: Hit | None = None
    for row in np.argsort(near, kind="stable"):
        if near[row] > far[row] or (best is not None and near[row] >= best.share):
            continue
        if len(hollows[0]) and _past(float(near[row]), float(far[row]), hollows) is None:
            continue
        share = true_share(int(parts.prototype[rows[row]]), start[row], end[row], half[row], line.margin, float(near[row]))
        if share is not None and (best is None or share < best.share):
            best = Hit(share, place.frame.to_world(position[row]), half[row], turn[row].T @ place.frame.axes)
    return best


def _inside(place: Place, parts: Parts, solids: _Solids, spot: Line) -> bool:
    at = place.frame.to_local(spot.start)
    rows = _rows_near(solids, at, at, 0.0, spot.least)
    if not len(rows):
        return False
    turn = matrix(parts.rotation[rows])
    local = np.einsum("nij,ni->nj", turn, at - solids.position[rows]) / (2.0 * solids.half[rows])
    within = np.flatnonzero(np.abs(local).max(axis=1) < 0.5)
    return any(encloses(int(parts.prototype[rows[row]]), local[row]) for row in within)
