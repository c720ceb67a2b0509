"""Places by where they are from the eye: a layer up or down, the nearest hall. Pure functions."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from geometry.city import City
from geometry.place import Growth, Place
from geometry.spec import CitySpec
from geometry.strata import Stratum, strata
from viewer.camera import Vector
from viewer.errors import InputError
from viewer.navigate import standing
from viewer.places.approach import approach
from viewer.state import ViewState
from viewer.whereabouts import radius_of

F64 = NDArray[np.float64]
_OUTDOORS = ("canyon", "bridge", "shaft", "tower", "village", "cables", "pipes")
_CLOSED = ("block", "corridor")
"""Kinds that hold none of those outdoors: they are not opened to look for one."""
KINDS = ("hall", "corridor", "stair", "room", "builder", "terrace", *_OUTDOORS)
"""Kinds of places that can be asked for by name."""
MOST_UNFOLDED = 500
"""Places that are unfolded in a search before it is given up."""


def away(place: Place, point: F64) -> float:
    """At least so many metres lie between a point (3,), world, and a place: to its box, and to its radii if it is a cell of a sphere."""
    x, y, z = place.size
    local = place.frame.to_local(point)
    outside = np.maximum(np.abs(local - [0.0, 0.0, z / 2]) - [x / 2, y / 2, z / 2], 0.0)
    box = float(np.sqrt((outside * outside).sum()))
    if place.cell is None:
        return box
    radius = float(np.sqrt((point * point).sum()))
    return max(box, place.cell.inner - radius, radius - place.cell.outer)


def nearest(
    unfold: Callable[[Place], Growth], root: Place, point: Vector, kind: str, stopped: Callable[[], bool] = lambda: False
) -> Place | None:
    """The place of a kind nearest to a point; None if the search is stopped, or ends without one.

    Best first by the distance to each box: children lie inside their parent's, so the first found is the nearest (Hjaltason and
    Samet 1999, distance browsing).
    """
    from geometry.rules import terrace  # loads more rules than a window that opens needs

    where, order, opened = np.asarray(point, dtype=np.float64), count(), 0
    heap: list[tuple[float, float, int, Place]] = [(0.0, root.radius, next(order), root)]
    while heap and opened < MOST_UNFOLDED and not stopped():
        _, _, _, place = heapq.heappop(heap)
        if place.kind == kind:
            return place
        if (place.kind in _CLOSED and kind in _OUTDOORS) or (kind == "terrace" and not terrace.leads(place)):
            continue
        opened += 1
        for child in unfold(place).children:
            heapq.heappush(heap, (away(child, where), child.radius, next(order), child))
    return None


def at_nearest(state: ViewState, kind: str, stopped: Callable[[], bool] = lambda: False) -> ViewState:
    """The state at the nearest place of a kind: within what one can walk into, before anything else. Raises InputError if there is none."""
    city = City(state.city)
    found = nearest(city.unfold, city.root, state.camera.position, kind, stopped)
    if found is None:
        raise InputError(f"no {kind} was found about here; go nearer to the ground of a layer and ask again")
    return approach(city, found, state)


def a_layer(state: ViewState, step: int) -> ViewState:
    """The eye in the next void up (`step` 1) or down (-1), in the same direction from the centre. Raises InputError beyond the last."""
    radius = radius_of(state.camera.position)
    void = _above(state.city, (), radius) if step > 0 else _below(state.city, (), radius)
    if void is None:
        raise InputError("no layer is above; this is the outermost" if step > 0 else "no layer is below; this is the innermost")
    room = void.plate - void.inner
    return replace(state, camera=standing(np.asarray(state.camera.position), void.inner, 0.35 * room, 0.6 * room), cuts=(), peel=0)


def _above(spec: CitySpec, bands: tuple[int, ...], radius: float) -> Stratum | None:
    """The first void over a radius, among the strata of a band: each has its void below its solid, and more of both in the solid."""
    for index, row in enumerate(strata(spec, bands)):
        if row.outer <= radius:
            continue
        if row.plate > row.inner > radius:
            return row
        found = _above(spec, (*bands, index), radius) if row.high - row.low > 1 else None
        if found is not None:
            return found
    return None


def _below(spec: CitySpec, bands: tuple[int, ...], radius: float) -> Stratum | None:
    """The first void that ends under a radius."""
    rows = strata(spec, bands)
    for index in reversed(range(len(rows))):
        row = rows[index]
        if row.plate >= radius:
            continue
        found = _below(spec, (*bands, index), radius) if row.high - row.low > 1 else None
        if found is not None or row.plate > row.inner:
            return found or row
    return None
