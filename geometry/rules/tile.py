"""A tile: a cell of a single layer. Down to 300 km it is a cell like any other; there its floor is flat, and districts stand on it."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from geometry import cell as cells
from geometry.landmarks import planted
from geometry.nest import bands_of, is_planar
from geometry.place import Growth, Place, Postponed
from geometry.rules import stratum
from geometry.rules.colossi import taken
from geometry.rules.columns import room_of
from geometry.shell import Mask
from geometry.spec import CitySpec
from geometry.voids import swallowed, voids_near

_PLAN = 8
"""Plots a side of a planar tile."""
_DISTRICT_HEIGHT = 30_000.0
_KINDS = ("district", "tower", "canyon", "shaft")


class _Districts(Postponed):
    """What stands on the plots of a planar tile, made when it is first looked at: who asks for the tile's own parts alone needs none."""

    def __init__(self, place: Place, spec: CitySpec) -> None:
        self._place, self._spec = place, spec

    @cached_property
    def _made(self) -> tuple[Place, ...]:
        return _standing(self._place, self._spec, _KINDS)

    def __len__(self) -> int:
        whole = "_made" not in self.__dict__ and not planted(self._spec, self._place) and not voids_near(self._spec, self._place)
        return int((~_full(self._place, self._spec)).sum()) if whole else len(self._made)


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Like a stratum's cell; a planar tile holds districts, towers, canyons and shafts instead of smaller tiles."""
    grown = stratum.unfold(place, spec)
    assert place.cell is not None
    return Growth(grown.parts, _Districts(place, spec), grown.skin) if is_planar(place.cell) else grown


def lofty(place: Place, spec: CitySpec) -> tuple[Place, ...]:
    """Of what stands on a planar tile, the towers of hundreds of miles and the landmarks: all that is larger than a plot."""
    return _standing(place, spec, ("tower",))


def _standing(place: Place, spec: CitySpec, kinds: tuple[str, ...]) -> tuple[Place, ...]:
    """The plots of some kinds, but for those that a landmark or a great void takes, and the landmarks."""
    own, near = planted(spec, place), voids_near(spec, place)
    used = {landmark.plot for landmark in own}
    plots = (plot for number, plot in _plan(place, spec, kinds) if number not in used and not swallowed(near, plot))
    return (*plots, *(landmark.place for landmark in own))


def _plan(place: Place, spec: CitySpec, kinds: tuple[str, ...]) -> list[tuple[int, Place]]:
    """Plots on the floor, with their numbers: mostly districts; towers of hundreds of miles, great shafts and canyons among them.

    The plan leans with its tile, the boxes on it stay square: a plot is as wide as the narrower way across allows.
    """
    assert place.cell is not None
    room, stream = room_of(place.cell), place.stream
    full = _full(place, spec).ravel().tolist()
    names = [_KINDS[kind] for kind in stream.choice("plan", _PLAN * _PLAN, [52, 4, 4, 4]).tolist()]
    lean = stream.between("lean", _PLAN * _PLAN, -1.0, 1.0).tolist()
    middles = (np.arange(_PLAN) + 0.5) / _PLAN - 0.5
    s, t = (grid.ravel() for grid in np.meshgrid(middles, middles, indexing="ij"))
    offsets = place.frame.to_local(cells.at(place.cell, s, t) * room.floor).tolist()
    plot, places = cells.depth_across(place.cell, room.floor) / _PLAN, list[tuple[int, Place]]()
    for number, (name, own, (x, y, z)) in enumerate(zip(names, lean, offsets, strict=True)):
        if name not in kinds or full[number]:
            continue
        wide, high = _dimensions(name, plot, room.height, spec)
        size = (wide, wide, min(high, room.height))
        epoch = min(max(place.epoch + 2.0 * own, 0.0), 10.0)
        places.append((number, place.child(name, number, (x, y, z), size, epoch=epoch)))
    return places


def _full(place: Place, spec: CitySpec) -> Mask:
    """(8, 8) plots on which works of the Megastructure stand."""
    assert place.cell is not None
    return taken(spec, bands_of(spec, place.address), place.cell)


def _dimensions(kind: str, plot: float, gap: float, spec: CitySpec) -> tuple[float, float]:
    """(breadth, height) in metres of what stands on a plot."""
    if kind == "tower":
        return plot * 0.7, min(spec.tower_height_km * 1e3, 0.9 * gap)
    return plot * 0.96, min(_DISTRICT_HEIGHT, 0.9 * gap)
