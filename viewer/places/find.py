"""Finding places that answer a query: best first from where one is, without unfolding the City. Pure; nothing is drawn."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from geometry.city import City
from geometry.landmarks import PREFIX, address_of, names
from geometry.nest import bands_of, is_planar
from geometry.place import Place
from geometry.search import planar_tiles
from geometry.spec import CitySpec
from geometry.strata import Stratum, strata
from viewer import daylight
from viewer.errors import InputError
from viewer.lore.readouts import CEILING_LUX
from viewer.navigate import standing
from viewer.places.approach import approach
from viewer.places.nearby import away
from viewer.places.query import VOID, Bound, Near, Query
from viewer.state import ViewState
from viewer.whereabouts import radius_of

F64 = NDArray[np.float64]

OUTDOORS = frozenset(("canyon", "bridge", "shaft", "tower", "village", "cables", "pipes", "district", VOID))
INDOORS = frozenset(("block", "corridor", "hall", "room", "stair", "walkway", "builder", "village", "tower"))
"""Kinds that hold none of those outdoors: they are not opened to look for one."""
_RARE = (VOID, "district", "village", "shaft", "tower", "canyon")
"""Kinds of which there are few, the fewest first: a query that names one is answered from there."""
MOST_UNFOLDED = 2000
"""Places that are unfolded in one City before the search is given up."""


class SpentError(Exception):
    """As many places were unfolded as were allowed."""


@dataclass(frozen=True, slots=True)
class Found:
    """A place that answers, and what stands near it."""

    place: Place
    near: tuple[Place, ...]
    distance: float
    """Metres from where the search began, at least."""


@dataclass(slots=True)
class Search:
    """One search in one City: what it has unfolded, and how much more it may."""

    city: City
    start: F64
    """(3,) world metres: nearer places come first."""
    hour: float = 12.0
    most: int = MOST_UNFOLDED
    advance: Callable[[float], None] = lambda part: None
    """Told the part of the allowance that is used; may raise, to stop."""
    opened: int = 0
    _known: dict[int, Sequence[Place]] = field(default_factory=dict)

    def children(self, place: Place) -> Sequence[Place]:
        """What stands in a place. Raises SpentError."""
        known = self._known.get(place.key)
        if known is None:
            if self.opened >= self.most:
                raise SpentError
            self.opened += 1
            self.advance(self.opened / self.most)
            known = self._known[place.key] = self.city.unfold(place).children
        return known


def begun(city: City, state: ViewState | None = None) -> F64:
    """Where a search begins: at the eye, if that is within the City, else on a flat tile two thirds of the way out."""
    if state is not None and radius_of(state.camera.position) < city.spec.radius_km * 1e3:
        return np.asarray(state.camera.position, dtype=np.float64)
    return next(planar_tiles(city)).frame.origin


def search(work: Search, query: Query) -> Iterator[Found]:
    """Places that answer, the nearest to the start first; ends when the allowance is spent."""
    spec = work.city.spec
    rare = min(query.near, key=lambda near: _rank(spec, near.kind), default=None)
    try:
        yield from (
            _from_neighbours(work, query, rare)
            if rare is not None and _rank(spec, rare.kind) < _rank(spec, query.kind)
            else _direct(work, query)
        )
    except SpentError:
        return


def _rank(spec: CitySpec, kind: str) -> int:
    """How rare a kind is, the rarest first: of a landmark there is one."""
    if kind in names(spec):
        return -1
    return _RARE.index(kind) if kind in _RARE else len(_RARE)


def _direct(work: Search, query: Query) -> Iterator[Found]:
    for place, distance in _outward(work, query.kind, query.bounds):
        near = _neighbours(work, place, query.near)
        if near is not None:
            yield Found(place, near, distance)


def _from_neighbours(work: Search, query: Query, rare: Near) -> Iterator[Found]:
    """The few places of the neighbour's kind first, and round each of them what is asked for."""
    seen: set[int] = set()
    for other, _ in _outward(work, rare.kind, ()):
        for place in _around(work, other, Near(query.kind, rare.within)):
            distance = away(place, work.start)
            if place.key in seen or not _fits(work, place, query.bounds, distance):
                continue
            near = _neighbours(work, place, tuple(near for near in query.near if near is not rare))
            if near is not None:
                seen.add(place.key)
                yield Found(place, (other, *near), distance)


def _neighbours(work: Search, place: Place, wanted: Sequence[Near]) -> tuple[Place, ...] | None:
    """One place near for each that is wanted; None if one has none."""
    found = []
    for near in wanted:
        other = next((other for other in _around(work, place, near) if other.key != place.key), None)
        if other is None:
            return None
        found.append(other)
    return tuple(found)


def _outward(work: Search, kind: str, bounds: tuple[Bound, ...]) -> Iterator[tuple[Place, float]]:
    """Places of a kind within the bounds, the nearest to the start first; of voids one for each layer."""
    if kind == VOID:
        yield from _voids(work, bounds)
        return
    if kind in names(work.city.spec):
        yield from _landmark(work, kind, bounds)
        return
    order = count()
    least = max((bound.value for bound in bounds if bound.measure in ("size", "tall", "wide") and bound.sign == ">"), default=0.0)
    farthest = min((bound.value for bound in bounds if bound.measure == "distance" and bound.sign == "<"), default=float("inf"))
    heap: list[tuple[float, float, int, Place]] = [(0.0, 0.0, next(order), work.city.root)]
    while heap:
        distance, _, _, place = heapq.heappop(heap)
        if distance > farthest:
            return
        if place.kind == kind and _fits(work, place, bounds, distance):
            yield place, distance
        if not may_hold(place, kind) or 2.0 * place.radius <= least:
            continue
        for child in work.children(place):
            heapq.heappush(heap, (max(away(child, work.start), distance), child.radius, next(order), child))


def _landmark(work: Search, kind: str, bounds: tuple[Bound, ...]) -> Iterator[tuple[Place, float]]:
    """The one place of a kind that is a landmark."""
    place: Place = work.city.at(address_of(work.city.spec, PREFIX + kind))
    distance = away(place, work.start)
    if _fits(work, place, bounds, distance):
        yield place, distance


def _voids(work: Search, bounds: tuple[Bound, ...]) -> Iterator[tuple[Place, float]]:
    """The voids of single layers, the nearest along the radius first, each as the tile over the start: strata are asked first."""
    spec, radius = work.city.spec, float(np.sqrt(work.start @ work.start))
    sizes = [bound for bound in bounds if bound.measure in ("size", "tall")]
    heap: list[tuple[float, tuple[int, ...], Stratum | None]] = [(0.0, (), None)]
    while heap:
        distance, bands, row = heapq.heappop(heap)
        if row is None or row.high - row.low > 1:
            for index, part in enumerate(strata(spec, bands)):
                heapq.heappush(heap, (max(part.inner - radius, radius - part.outer, 0.0), (*bands, index), part))
        elif row.plate > row.inner and all(bound.holds(row.plate - row.inner) for bound in sizes):
            distance = max(row.inner - radius, radius - row.plate, 0.0)
            place = _tile(work, bands)
            if is_kind(place, VOID) and _fits(work, place, bounds, distance):  # a landmark may keep the place of its tile free
                yield place, distance


def _tile(work: Search, bands: tuple[int, ...]) -> Place:
    """The flat tile of a layer, by its path of bands, that is nearest to the start. Raises SpentError."""
    place = work.city.root
    while True:
        inside = [child for child in work.children(place) if child.cell is not None or child.kind == "band"]
        inside = [
            child for child in inside if bands[: len(bands_of(work.city.spec, child.address))] == bands_of(work.city.spec, child.address)
        ]
        if not inside:
            return place
        place = min(inside, key=lambda child: away(child, work.start))


def _around(work: Search, place: Place, near: Near) -> Iterator[Place]:
    """Places of a kind so near to a place, or in it, the nearest to its middle first."""
    if near.kind == VOID:
        yield from _void_of(work, place)
        return
    order = count()
    heap: list[tuple[float, int, Place]] = [(0.0, next(order), work.city.root)]
    while heap:
        _, _, other = heapq.heappop(heap)
        if is_kind(other, near.kind) and gap(place, other) <= near.within:
            yield other
        if may_hold(other, near.kind):
            for child in work.children(other):
                if at_least(place, child) <= near.within:
                    heapq.heappush(heap, (away(child, place.centre), next(order), child))


def _void_of(work: Search, place: Place) -> Iterator[Place]:
    """The tile that a place stands on: the void that it is in."""
    other = work.city.root
    while not is_kind(other, VOID):
        inside = [child for child in work.children(other) if child.cell is not None or child.kind == "band"]
        held = min(inside, key=lambda child: away(child, place.centre), default=None)
        if held is None:
            return
        other = held
    yield other


def is_kind(place: Place, kind: str) -> bool:
    """Whether a place is of a kind; a void is a tile of one layer that has room."""
    if kind != VOID:
        return place.kind == kind
    cell = place.cell
    return cell is not None and is_planar(cell) and cell.high - cell.low == 1 and cell.plate > cell.inner


def may_hold(place: Place, kind: str) -> bool:
    """Whether something of a kind may stand in a place."""
    return not (place.kind in INDOORS and kind in OUTDOORS) and not (kind in (VOID, "district") and place.kind in OUTDOORS)


def _fits(work: Search, place: Place, bounds: tuple[Bound, ...], distance: float) -> bool:
    return all(bound.holds(measured(work, place, bound.measure, distance)) for bound in bounds)


def measured(work: Search, place: Place, measure: str, distance: float = 0.0) -> float:
    """A measure of a place: metres, lux, a part of chaos, or the number of its layer."""
    x, y, z = place.size
    void = is_kind(place, VOID) and place.cell is not None
    tall = place.cell.plate - place.cell.inner if void and place.cell is not None else z
    if measure == "size":
        return tall if void else max(x, y, z)
    if measure == "light":
        spec = work.city.spec
        return CEILING_LUX * daylight.daylight(daylight.local_hour(work.hour, daylight.coded(place.phase)), spec.day_duty)
    others = {"tall": tall, "wide": max(x, y), "distance": distance, "chaos": min(place.epoch / 10.0, 1.0)}
    return others[measure] if measure in others else float(place.address.layer if place.address.layer is not None else -1)


def _clamped(place: Place, point: F64) -> F64:
    """The point of a place's box that is nearest to a point (3,), world."""
    x, y, z = place.size
    local = place.frame.to_local(point)
    return place.frame.to_world(np.clip(local, [-x / 2, -y / 2, 0.0], [x / 2, y / 2, z]))


def at_least(place: Place, other: Place) -> float:
    """Metres that lie between a place and another at the least: to the sphere about the other, and between their radii."""
    middle = other.centre
    offset = middle - _clamped(place, middle)
    least = float(np.sqrt(offset @ offset)) - other.radius
    if other.cell is None:
        return least
    top = place.frame.to_world(np.array([0.0, 0.0, place.size[2]]))
    low, high = (float(np.sqrt(point @ point)) for point in (place.frame.origin, top))
    return max(least, other.cell.inner - high, low - other.cell.outer)


def gap(place: Place, other: Place) -> float:
    """Metres between the boxes of two places, by turns from one to the other (von Neumann's alternating projections)."""
    point = place.centre
    for _ in range(6):
        other_point = _clamped(other, point)
        point = _clamped(place, other_point)
    offset = point - other_point
    return float(np.sqrt(offset @ offset))


def seen(city: City, found: Found, base: ViewState) -> ViewState:
    """The state before a place that was found, or in it."""
    place = found.place
    if not is_kind(place, VOID) or place.cell is None:
        return approach(city, place, base)
    room = place.cell.plate - place.cell.inner
    toward = found.near[0].centre if found.near else place.centre
    return replace(base, camera=standing(toward, place.cell.inner, 0.35 * room, 0.6 * room), cuts=(), peel=0)


def at_first(state: ViewState, query: Query, stopped: Callable[[float], None] = lambda part: None) -> ViewState:
    """The state at the nearest place that answers a query. Raises InputError if there is none about."""
    city = City(state.city)
    work = Search(city, begun(city, state), state.hour, advance=stopped)
    found = next(search(work, query), None)
    if found is None:
        raise InputError(nothing(query, work))
    return seen(city, found, state)


def nothing(query: Query, work: Search) -> str:
    """What to say when nothing answers."""
    return f"no such {query.kind} was found in {work.opened:,} places about there; ask for less, or begin elsewhere"
