"""A tile: a cell of a single layer. Down to 300 km it is a cell like any other; there its floor is flat, and districts stand on it."""

from __future__ import annotations

import numpy as np

from geometry import cell as cells
from geometry.landmarks import planted
from geometry.nest import is_planar
from geometry.place import Growth, Place
from geometry.rules import stratum
from geometry.spec import CitySpec
from geometry.voids import swallowed, voids_near

_PLAN = 8
"""Plots a side of a planar tile."""
_DISTRICT_HEIGHT = 30_000.0


def unfold(place: Place, spec: CitySpec) -> Growth:
    """Like a stratum's cell; a planar tile holds districts, towers, canyons and shafts instead of smaller tiles."""
    grown = stratum.unfold(place, spec)
    assert place.cell is not None
    if not is_planar(place.cell):
        return grown
    own, near = planted(spec, place), voids_near(spec, place)
    taken = {landmark.plot for landmark in own}
    plots = (plot for number, plot in enumerate(_plan(place, spec)) if number not in taken and not swallowed(near, plot))
    return Growth(grown.parts, (*plots, *(landmark.place for landmark in own)), grown.skin)


def _plan(place: Place, spec: CitySpec) -> tuple[Place, ...]:
    """Plots on the floor: mostly districts; towers of hundreds of miles, great shafts and canyons among them.

    The plan leans with its tile, the boxes on it stay square: a plot is as wide as the narrower way across allows.
    """
    assert place.cell is not None
    room, stream = stratum.room_of(place.cell), place.stream
    middles = (np.arange(_PLAN) + 0.5) / _PLAN - 0.5
    s, t = (grid.ravel() for grid in np.meshgrid(middles, middles, indexing="ij"))
    offsets = place.frame.to_local(cells.at(place.cell, s, t) * room.floor).tolist()
    plot = cells.depth_across(place.cell, room.floor) / _PLAN
    kinds = stream.choice("plan", _PLAN * _PLAN, [52, 4, 4, 4])
    lean = stream.between("lean", _PLAN * _PLAN, -1.0, 1.0)
    places = []
    for number, (kind, own, (x, y, z)) in enumerate(zip(kinds.tolist(), lean.tolist(), offsets, strict=True)):
        epoch = float(np.clip(place.epoch + 2.0 * own, 0.0, 10.0))
        name, wide, high = _dimensions(("district", "tower", "canyon", "shaft")[kind], plot, room.height, spec)
        places.append(place.child(name, number, (x, y, z), (wide, wide, min(high, room.height)), epoch=epoch))
    return tuple(places)


def _dimensions(kind: str, plot: float, gap: float, spec: CitySpec) -> tuple[str, float, float]:
    """(kind, breadth, height) in metres of what stands on a plot."""
    if kind == "tower":
        return kind, plot * 0.7, min(spec.tower_height_km * 1e3, 0.9 * gap)
    return kind, plot * 0.96, min(_DISTRICT_HEIGHT, 0.9 * gap)
