"""Vantage points: where to stand in a place so that it makes a picture. Pure functions of the City."""

from __future__ import annotations

import numpy as np

from geometry.city import City
from geometry.place import Place
from geometry.rules import canyon, hall, shaft
from geometry.search import first, planar_tiles
from geometry.spec import CitySpec
from viewer.camera import Camera, Vector
from viewer.state import ViewState

Triple = tuple[float, float, float]
_NOON, _MIDNIGHT = 12.0, 0.0


def standing(
    spec: CitySpec, place: Place, eye: Triple, focus: Triple, *, fov: float = 55.0, reach: float = 0.0, hour: float = _NOON
) -> ViewState:
    """A state with the eye at local metres of a place, upright in it. `reach` moves the focus out, and with it how far the haze lets see;
    `hour` is the place's own."""
    start, end = np.asarray(eye, dtype=np.float64), np.asarray(focus, dtype=np.float64)
    sight = end - start
    length = float(np.sqrt((sight**2).sum()))
    end = start + sight * max(reach / length, 1.0)
    frame = place.frame
    camera = Camera(_vector(frame.to_world(start)), _vector(frame.to_world(end)), _vector(frame.axes[2]), fov)
    return ViewState(city=spec, camera=camera, hour=(hour - 24.0 * place.phase) % 24.0)


def _vector(values: np.ndarray) -> Vector:
    return (float(values[0]), float(values[1]), float(values[2]))


def in_canyon(spec: CitySpec, hour: float = _NOON) -> ViewState:
    """From a ledge in the wall of a canyon, a person at its end."""
    place = first(City(spec), "district", "canyon", fitting=_long)
    return standing(spec, place, *canyon.viewpoint(place), reach=500.0, hour=hour)


def _long(place: Place) -> bool:
    return place.size[1] > 3.2 * place.size[0]


def in_canyon_at_night(spec: CitySpec) -> ViewState:
    """The same ledge when the ceiling is dark."""
    return in_canyon(spec, _MIDNIGHT)


def in_district(spec: CitySpec) -> ViewState:
    """Among the masses of a district, a kilometre or two above its ground."""
    place = first(City(spec), "district", number=3)
    x, y, z = place.size
    return standing(spec, place, (-0.45 * x, -0.49 * y, 0.12 * z), (0.4 * x, 0.4 * y, 0.12 * z))


def in_shaft(spec: CitySpec) -> ViewState:
    """Down a great well, from above its gangway."""
    place = first(City(spec), "shaft")
    return standing(spec, place, *shaft.viewpoint(place), fov=62.0)


def in_hall(spec: CitySpec) -> ViewState:
    """Between the piers of a hall as high as a cathedral and four times as long."""
    place = first(City(spec), "district", "block", "hall", fitting=_lofty)
    return standing(spec, place, *hall.viewpoint(place), fov=66.0)


def _lofty(place: Place) -> bool:
    x, y, z = place.size
    return hall.form_of(place) == 2 and z > 120.0 and z > 0.6 * min(x, y) and max(x, y) > 1.5 * min(x, y)


def under_ceiling(spec: CitySpec) -> ViewState:
    """A layer's void: towers of hundreds of miles between the districts and the lamps of the next plate."""
    place = next(planar_tiles(City(spec)))
    assert place.cell is not None
    floor = place.cell.inner - float(np.sqrt((place.frame.origin**2).sum()))
    x, y, _ = place.size
    gap = place.cell.plate - place.cell.inner
    return standing(spec, place, (-0.5 * x, -0.9 * y, floor + 0.16 * gap), (0.6 * x, 2.0 * y, floor + 0.22 * gap), fov=60.0)
