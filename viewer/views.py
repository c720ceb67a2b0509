"""Named views: where a picture starts from. Each is a pure function of the City's specification."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches

import numpy as np

from geometry.place import Place
from geometry.spec import CitySpec
from viewer.camera import F64, Camera, Vector
from viewer.errors import InputError
from viewer.slicing import radius
from viewer.state import Plane, Shells, ViewState, Wedge

OPENING = "opening"
_SLICE = Wedge(-77.0, 96.0)
"""Off the seams of the cube, so that no wall of a cell lies in the cut."""
_ROOM = 1.3
_GAPE = Wedge(-77.0, 120.0)
_BALCONY, _HEART = (1.20, -0.72, 0.83), (0.06, 0.05, -0.04)


@dataclass(frozen=True, slots=True)
class View:
    """A named view: what it shows, and how to make it."""

    name: str
    title: str
    make: Callable[[CitySpec], ViewState]


def view(name: str, city: CitySpec | None = None) -> ViewState:
    """The state of a named view. Raises InputError, with the nearest name, for an unknown one."""
    found = VIEWS.get(name)
    if found is None:
        near = get_close_matches(name, VIEWS, 1)
        raise InputError(f"there is no view '{name[:40]}'; " + (f"did you mean '{near[0]}'?" if near else f"use one of {', '.join(VIEWS)}"))
    return found.make(CitySpec() if city is None else city)


def roomy(state: ViewState) -> ViewState:
    """The state seen from farther off, so that the panels of a window do not lie on what it shows."""
    camera = state.camera
    eye = np.asarray(camera.focus) + _ROOM * camera.offset
    return replace(state, camera=replace(camera, position=_vector(eye)))


def framing(place: Place, base: ViewState, fill: float = 0.6, turn: float = 0.0) -> ViewState:
    """The base state with the eye before a place, high to one side, so that it fills a part of the picture's height.

    `turn`: degrees round the place from its usual side. A drawn stratum stands alone, cut open; what lies above a tile is cut away.
    """
    if place.kind == "band":
        opening = _opening(base.city)
        size = place.size[2] / (2.6e3 * base.city.radius_km)  # the box of a sphere is 1.3 times as wide, so that nothing leaves it
        eye = opening.camera.offset * size
        return replace(base, camera=replace(opening.camera, position=_vector(eye)), cuts=opening.cuts, isolated=place.form)
    half = np.tan(np.radians(base.camera.fov) / 2.0)
    x, y, z = place.frame.axes
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    sight = np.array([0.62 * cos + 0.68 * sin, 0.62 * sin - 0.68 * cos, 0.40]) @ np.stack([x, y, z])
    distance = place.radius / (half * fill)
    eye = place.centre + sight / np.sqrt((sight**2).sum()) * distance
    cuts = base.cuts if place.cell is None else (*base.cuts, Shells(0.0, place.cell.outer * 1.0001))
    return replace(base, camera=Camera(_vector(eye), _vector(place.centre), _vector(z), base.camera.fov), cuts=cuts)


def _vector(values: F64) -> Vector:
    x, y, z = (float(v) for v in values)
    return (x, y, z)


def _scaled(city: CitySpec, position: Vector, focus: Vector = (0.0, 0.0, 0.0), fov: float = 40.0) -> Camera:
    """A camera given in parts of the City's radius."""
    size = radius(city)
    (px, py, pz), (fx, fy, fz) = position, focus
    return Camera((px * size, py * size, pz * size), (fx * size, fy * size, fz * size), fov=fov)


def _opening(city: CitySpec) -> ViewState:
    return ViewState(city=city, camera=_scaled(city, _BALCONY, _HEART, 60.0), cuts=(_SLICE,), hour=12.0)


def _wedge(city: CitySpec) -> ViewState:
    return ViewState(city=city, camera=_scaled(city, (0.92, -0.55, 0.86), (0.15, 0.15, -0.18), 62.0), cuts=(_GAPE,), hour=12.0)


def _half(city: CitySpec) -> ViewState:
    plane = Plane((0.0, 0.0, 0.0), (0.0, -1.0, 0.0))
    return ViewState(city=city, camera=_scaled(city, (0.0, -2.75, 0.0)), cuts=(plane,), hour=12.0)


def _night(city: CitySpec) -> ViewState:
    return ViewState(city=city, camera=_scaled(city, _BALCONY, _HEART, 60.0), cuts=(_SLICE,), hour=0.0)


def _outside(city: CitySpec) -> ViewState:
    return ViewState(city=city, camera=_scaled(city, (1.75, -1.0, 0.55), (0.0, 0.28, 0.16), 46.0), hour=12.0)


def _rim(city: CitySpec) -> ViewState:
    """Low over the dark outside, along it to where it meets the stars."""
    camera = _scaled(city, (0.62, -0.74, 0.33), (-0.25, -1.0, 0.36), 52.0)
    return ViewState(city=city, camera=replace(camera, up=(0.61, -0.73, 0.32)), hour=12.0)


def _stand(name: str) -> Callable[[CitySpec], ViewState]:
    """A function of viewer.vantage. The rules of the places that it looks for are loaded with it: a window that opens on the whole City
    does not wait for them."""

    def make(city: CitySpec) -> ViewState:
        from viewer import vantage

        made: ViewState = getattr(vantage, name)(city)
        return made

    return make


VIEWS: dict[str, View] = {
    row.name: row
    for row in (
        View(OPENING, "The whole City, cut open", _opening),
        View("wedge", "Into the wedge, near the section", _wedge),
        View("half", "One half, face on: every stratum on a ruler", _half),
        View("night", "The whole City at midnight", _night),
        View("outside", "The City whole, under the stars", _outside),
        View("rim", "Low over the outside, under the stars", _rim),
        View("ceiling", "A layer's void, from floor to lamps", _stand("under_ceiling")),
        View("district", "Among the masses of a district", _stand("in_district")),
        View("roof", "From a roof, past somebody at its edge", _stand("on_roof")),
        View("canyon", "A canyon from a ledge at dusk, with a person", _stand("in_canyon")),
        View("canyon-night", "The same ledge when the ceiling is dark", _stand("in_canyon_at_night")),
        View("shaft", "Down a great well", _stand("in_shaft")),
        View("hall", "Inside a hall", _stand("in_hall")),
    )
}
"""All named views, in the order of the menu. A new view is one function and one line."""
