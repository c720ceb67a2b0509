"""Vantage points: where to stand in a place so that it makes a picture. Pure functions of the City."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import numpy as np

from geometry import cell as cells
from geometry.city import City
from geometry.landmarks import PLOTS
from geometry.nest import bands_of
from geometry.place import Place
from geometry.rules import canyon, hall, shaft, terrace
from geometry.search import first, planar_tiles
from geometry.shell import apertures
from geometry.spec import CitySpec
from viewer.camera import Camera, Vector
from viewer.state import ViewState

Triple = tuple[float, float, float]
_DAWN, _NOON, _DUSK, _MIDNIGHT = 6.0, 12.0, 18.1, 0.0


def standing(
    spec: CitySpec,
    place: Place,
    eye: Triple,
    focus: Triple,
    *,
    fov: float = 55.0,
    reach: float = 0.0,
    hour: float = _NOON,
    haze: float = 1.0,
) -> ViewState:
    """A state with the eye at local metres of a place, upright in it. `reach` moves the focus out, and with it how far the haze lets see;
    `hour` is the place's own; `haze` thickens the air."""
    start, end = np.asarray(eye, dtype=np.float64), np.asarray(focus, dtype=np.float64)
    sight = end - start
    length = float(np.sqrt((sight**2).sum()))
    end = start + sight * max(reach / length, 1.0)
    frame = place.frame
    camera = Camera(_vector(frame.to_world(start)), _vector(frame.to_world(end)), _vector(frame.axes[2]), fov)
    return ViewState(city=spec, camera=camera, hour=(hour - 24.0 * place.phase) % 24.0, haze=haze)


def _vector(values: np.ndarray) -> Vector:
    return (float(values[0]), float(values[1]), float(values[2]))


def in_canyon(spec: CitySpec, hour: float = _DUSK, number: int = 0) -> ViewState:
    """From a ledge in the wall of a canyon at dusk, a person at its end."""
    place = first(City(spec), "district", "canyon", fitting=_long, number=number)
    return standing(spec, place, *canyon.viewpoint(place), reach=500.0, hour=hour, haze=2.0)


def _long(place: Place) -> bool:
    return place.size[1] > 3.2 * place.size[0]


def in_canyon_at_night(spec: CitySpec) -> ViewState:
    """The same ledge when the ceiling is dark."""
    return in_canyon(spec, _MIDNIGHT)


def in_district(spec: CitySpec, hour: float = _DUSK, number: int = 3) -> ViewState:
    """Among the masses of a district, a kilometre or two above its ground."""
    place = first(City(spec), "district", number=number)
    x, y, z = place.size
    return standing(spec, place, (-0.45 * x, -0.49 * y, 0.12 * z), (0.4 * x, 0.4 * y, 0.12 * z), hour=hour, haze=2.0)


def on_roof(spec: CitySpec, hour: float = _DUSK, number: int = 6) -> ViewState:
    """From a roof, behind somebody at its edge, over the district and up to the ceiling."""
    place = first(City(spec), "district", "block", "terrace", through=terrace.leads, number=number)
    eye, (x, y, z) = terrace.viewpoint(place)
    return standing(spec, place, eye, (x, y, z + 11.0), fov=78.0, reach=6000.0, hour=hour, haze=1.2)


def in_shaft(spec: CitySpec, hour: float = _DUSK, number: int = 0) -> ViewState:
    """Down a great well, from above its gangway."""
    place = first(City(spec), "district", "shaft", number=number)
    return standing(spec, place, *shaft.viewpoint(place), fov=62.0, hour=hour, haze=1.3)


def up_a_shaft(spec: CitySpec, hour: float = _DUSK, number: int = 0) -> ViewState:
    """Up a great well, from low over its gangway: the light stands at its end."""
    place = first(City(spec), "district", "shaft", number=number)
    eye, (x, y, z) = shaft.viewpoint(place)
    low = (eye[0], eye[1], eye[2] - 30.0)
    return standing(spec, place, low, (x, y, z + 0.5 * place.size[0]), fov=66.0, hour=hour, haze=2.0)


def in_hall(spec: CitySpec, hour: float = _NOON, number: int = 0) -> ViewState:
    """Between the piers of a hall as high as a cathedral and four times as long."""
    place = first(City(spec), "district", "block", "hall", fitting=_lofty, number=number)
    return standing(spec, place, *hall.viewpoint(place), fov=66.0, reach=1000.0, hour=hour)


def _lofty(place: Place) -> bool:
    x, y, z = place.size
    return hall.form_of(place) == 2 and z > 120.0 and z > 0.6 * min(x, y) and max(x, y) > 1.5 * min(x, y)


def under_ceiling(spec: CitySpec) -> ViewState:
    """A layer's void: a field of towers between a floor without a horizon and the lamps of the next plate."""
    place = min(_candidates(City(spec)), key=lambda tile: _torn(spec, tile))
    cell = place.cell
    assert cell is not None
    # over the street between two plots, off the pylons at corners, towards the middle of the cell one is in: no tower, no edge is near
    wider = min(_WIDER, cell.depth)
    wide = replace(cell, depth=cell.depth - wider, i=cell.i >> wider, j=cell.j >> wider)
    ahead = place.frame.to_local(cells.at(wide, 0.0, 0.0) * cell.inner)[:2]
    ahead /= float(np.sqrt((ahead**2).sum()))
    s, t = (np.round(-3.0 * ahead) + [_ALONG, 0.0]) / PLOTS
    ahead = np.array([0.6 * ahead[0] - 0.8 * ahead[1], 0.8 * ahead[0] + 0.6 * ahead[1]])  # past that middle: a mass may stand there
    x, y, floor = place.frame.to_local(cells.at(cell, s, t) * cell.inner).tolist()
    gap = cell.plate - cell.inner
    high, far = min(19e3, 0.3 * gap), min(_FAR, 6.0 * gap)
    focus = (x + far * float(ahead[0]), y + far * float(ahead[1]), floor + high + 0.11 * far)
    return standing(spec, place, (x, y, floor + high), focus, fov=64.0, hour=_DAWN, haze=1.6)


_WIDER, _FAR, _ALONG = 7, 6e5, 0.42


def _candidates(city: City) -> Iterator[Place]:
    """Tiles of a few strata, those about two thirds of the way out first."""
    bands = len(city.unfold(city.root).children)
    first_ = [int(bands * share) for share in (0.34, 0.25, 0.42)]
    for stratum in dict.fromkeys(bands - 1 - row for row in first_):
        yield from islice(planar_tiles(city, stratum), 0, 12, 6)


def _torn(spec: CitySpec, tile: Place) -> float:
    """How much of the plate about a tile is fissures, at the worst of six widths."""
    bands, path = bands_of(spec, tile.address), tile.address.tile
    return max(float(apertures(spec, bands, path[: len(path) - up], 3).mean()) for up in range(min(9, len(path))))
