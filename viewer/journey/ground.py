"""The ground about a walker: the boxes of everything that stands near a point, from all places there unfolded to their last part.

What the picture shows is cut to a budget; a walker must not fall through a floor that was too small to be drawn. So this looks for itself.
Interiors are hollow: their room is taken out of the masses that their ancestors built where they lie.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from geometry.angle import matrix
from geometry.bore import in_frame, near
from geometry.city import City
from geometry.hollow import hollowed
from geometry.hulls import NO_HULLS, Hulls, hulls, joined, without
from geometry.nest import cell_children, is_planar
from geometry.parts import Parts
from geometry.place import Frame, Growth, Place
from geometry.spec import CitySpec
from viewer.camera import F64, Vector
from viewer.history import as_it_was
from viewer.latest import Latest
from viewer.lineage import contains

INTERIORS = ("hall", "corridor", "room", "stair")
REACH = 28.0
"""Metres about the walker that are looked at, along each axis."""
WIDE = 150.0
"""Metres about an eye that are looked at where no floor is near."""
FRESH = 12.0
"""Metres from its middle at which a ground is asked for anew."""
_NEVER: Callable[[], bool] = lambda: False


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """What stands near a point."""

    frame: Frame
    """Its origin is the point; its z is up, away from the floor of the layer."""
    solid: Hulls
    """In that frame."""
    reach: float
    """Metres from the origin, along each axis, within which nothing is missing."""
    city: CitySpec

    def holds(self, local: F64, margin: float) -> bool:
        """Whether a point (3,) of the frame lies within by some metres."""
        return bool(np.abs(local).max() <= self.reach - margin)


@dataclass(frozen=True, slots=True)
class _Here:
    frame: Frame
    reach: float
    unfold: Callable[[Place], Growth]
    stopped: Callable[[], bool]


def ground(city: City, point: Vector, reach: float = REACH, unfold: Callable[[Place], Growth] | None = None,
           stopped: Callable[[], bool] = _NEVER) -> Ground:  # fmt: skip
    """The ground within `reach` metres of a world point. Empty where no tile is, as beyond the rim."""
    unfold = unfold or city.unfold
    where = np.asarray(point, dtype=np.float64)
    tiles = [tile for tile in flat_tiles(city, where) if _stands(tile, where, reach, unfold)]
    if not tiles:
        return Ground(Frame(where, _upright(where)), NO_HULLS, reach, city.spec)
    here = _Here(Frame(where, tiles[0].frame.axes), reach, unfold, stopped)
    solid = joined([_collected(tile, here)[0] for tile in tiles])
    solid = hollowed(solid, in_frame(near(city.spec.scars, where, 1.8 * reach), here.frame), reach)
    return Ground(here.frame, solid, reach, city.spec)


def _stands(tile: Place, point: F64, reach: float, unfold: Callable[[Place], Growth]) -> bool:
    """Whether something of a tile stands about a point: the boxes of leaning tiles overlap, what is on them does not."""
    return any(touches(child, point, reach) for child in unfold(tile).children)


def _upright(point: F64) -> F64:
    """(3, 3) axes whose z points away from the City's centre."""
    up = point / max(float(np.sqrt((point * point).sum())), 1e-9)
    aside = np.cross(up, [0.0, 0.0, 1.0] if abs(up[2]) < 0.9 else [1.0, 0.0, 0.0])
    x = aside / np.sqrt((aside * aside).sum())
    return np.stack([x, np.cross(up, x), up])


def flat_tiles(city: City, point: F64) -> tuple[Place, ...]:
    """The flat tiles whose boxes hold a world point: one, or a few where they lean."""
    cells = [child for band in city.unfold(city.root).children if _holds(city.spec, band, point) for child in city.unfold(band).children]
    flat: list[Place] = []
    while cells:
        cells = [cell for cell in cells if _holds(city.spec, cell, point)]
        flat += [cell for cell in cells if cell.cell is not None and is_planar(cell.cell)]
        cells = [child for cell in cells for child in cell_children(city.spec, cell)]
    return tuple(flat)


def _holds(spec: CitySpec, place: Place, point: F64) -> bool:
    """Whether a place holds a point; a tile may be a fifth wider than its box, for what leans over its edge."""
    if place.kind == "band":
        return contains(spec, place, point)
    x, y, z = place.size
    return contains(spec, replace(place, size=(1.2 * x, 1.2 * y, z)), point)


def solids(place: Place, unfold: Callable[[Place], Growth], low: F64, high: F64) -> Hulls:
    """The boxes of all that stands between two corners (3,) of a place, or near, in its own frame."""
    here = Frame(place.frame.to_world((low + high) / 2), place.frame.axes)
    return within(_collected(place, _Here(here, float(np.abs(high - low).max()), unfold, _NEVER))[0], here, place.frame)


def _collected(place: Place, here: _Here) -> tuple[Hulls, list[Place]]:
    """The boxes of a place and of what is in it, and the interiors met on the way."""
    growth = here.unfold(place)
    own = _near(place, growth.parts, here) if growth.lasting else NO_HULLS
    groups, rooms = [], list[Place]()
    for child in growth.children:
        if child.cell is not None or here.stopped() or not touches(child, here.frame.origin, here.reach):
            continue
        solid, inner = _collected(child, here)
        groups.append(solid)
        rooms += [*inner, child] if child.kind in INTERIORS else inner
    for room in rooms:
        own = _hollowed(own, room, here.frame)
    return joined([own, *groups]), rooms


def touches(place: Place, point: F64, reach: float) -> bool:
    """Whether the box of a place comes within `reach` metres of a world point."""
    x, y, z = place.frame.to_local(point)
    wide, deep, high = place.size
    return bool(abs(x) <= wide / 2 + reach and abs(y) <= deep / 2 + reach and -reach <= z <= high + reach)


def _near(place: Place, made: Parts, here: _Here) -> Hulls:
    """The boxes of those parts that come near, in the frame of the ground."""
    if not len(made):
        return NO_HULLS
    local = place.frame.to_local(here.frame.origin)
    away = np.abs(made.position - local)
    across = np.sqrt((made.scale * made.scale).sum(axis=1)) / 2
    made = made[(away <= across[:, None] + 1.8 * here.reach).all(axis=1)]
    if not len(made):
        return NO_HULLS
    half = (np.abs(matrix(made.rotation)) * (made.scale[:, None, :] / 2.0)).sum(axis=2)
    made = made[(np.abs(made.position - local) <= half + 1.8 * here.reach).all(axis=1)]
    found = within(hulls(made), place.frame, here.frame)
    return found.about(np.zeros(3), here.reach)


def within(solid: Hulls, own: Frame, frame: Frame) -> Hulls:
    """Boxes of one frame as they stand in another."""
    if not len(solid):
        return solid
    upright = Frame(np.zeros(3), frame.axes)
    axes = upright.to_local(Frame(np.zeros(3), own.axes).to_world(solid.axes))
    return Hulls(frame.to_local(own.to_world(solid.centre)), axes, solid.half)


def _hollowed(solid: Hulls, room: Place, frame: Frame) -> Hulls:
    """Boxes without the room of an interior."""
    middle = frame.to_local(room.centre)
    axes = Frame(np.zeros(3), frame.axes).to_local(room.frame.axes)
    return without(solid, middle, axes, np.asarray(room.size) / 2)


def moved(old: Ground, new: Ground, point: F64) -> F64:
    """A point (3,) of one ground's frame in that of another."""
    return new.frame.to_local(old.frame.to_world(point))


class Surveyor(Latest[tuple[Vector, float, float], Ground]):
    """Gathers grounds in a worker thread. A request replaces one that has not begun, and stops one that has."""

    def __init__(self, city: CitySpec) -> None:
        self._city = City(city)
        self._kept: dict[tuple[str, int], Growth] = {}
        super().__init__("surveyor", self._made)

    def request(self, point: Vector, year: float = 0.0, reach: float = REACH) -> None:
        """Ask for the ground about a world point as it was in a year; whatever was asked before is dropped, and its answer is gone."""
        self.ask((point, year, reach), forget=True)

    def _made(self, wish: tuple[Vector, float, float], stopped: Callable[[], bool]) -> Ground:
        point, year, reach = wish
        used: dict[tuple[str, int], Growth] = {}

        def unfold(place: Place) -> Growth:
            name = (place.kind, place.key)
            growth = self._kept.get(name) or self._city.unfold(place)
            used[name] = growth
            return growth

        made = ground(self._city, point, reach, as_it_was(self._city, year, unfold), stopped)
        if not stopped():
            self._kept = used
        return made
