"""The line of places from the City down to the one that contains a point: what the outline shows and the inspector names."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from geometry.city import City
from geometry.landmarks import SEATS
from geometry.place import Growth, Place
from geometry.spec import CitySpec
from geometry.strata import Stratum, strata

F64 = NDArray[np.float64]
DEEPEST = 48
"""Steps after which the descent ends, whatever is below."""


def contains(spec: CitySpec, place: Place, point: F64) -> bool:
    """Whether a point (3,), world metres, lies in a place: between the radii of a stratum and beside a tile's middle, else in its box."""
    radius = float(np.sqrt((point * point).sum()))
    cell = place.cell
    if place.kind == "band":
        row = _stratum(spec, place)
        return row.inner <= radius < row.outer
    x, y, z = place.frame.to_local(point)
    wide, deep, high = place.size
    if place.kind in SEATS and SEATS[place.kind].void:  # a round room in a square box
        return float(np.sqrt(((place.centre - point) ** 2).sum())) <= wide / 2
    level = 0.0 <= z <= high if cell is None else cell.inner <= radius < cell.outer
    return bool(abs(x) <= wide / 2 and abs(y) <= deep / 2 and level)


def _stratum(spec: CitySpec, place: Place) -> Stratum:
    """The row of strata that a whole sphere is: a bundle by its band, a single one by its layer."""
    bands, layer = place.address.bands, place.address.layer
    if layer is None:
        return strata(spec, bands[:-1])[bands[-1]]
    return next(row for row in strata(spec, bands) if row.low == layer)


def nearest(spec: CitySpec, places: tuple[Place, ...], point: F64) -> Place | None:
    """Of the places that contain a point the one whose middle is nearest for its size, a landmark before all: what else would stand there
    gave way to it. None if none does."""
    holding = [place for place in places if contains(spec, place, point)]
    return min(holding, key=lambda place: (place.kind not in SEATS, _off_centre(place, point)), default=None)


def _off_centre(place: Place, point: F64) -> float:
    return float(np.sqrt(((place.centre - point) ** 2).sum())) / place.radius


def lineage(
    city: City,
    point: tuple[float, float, float],
    unfold: Callable[[Place], Growth] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> tuple[Place, ...]:
    """The places that contain a point, from the root (included) to the smallest that is told apart."""
    where = np.asarray(point, dtype=np.float64)
    unfold = unfold or city.unfold
    line = [city.root]
    while len(line) < DEEPEST and not stopped():
        inner = nearest(city.spec, tuple(unfold(line[-1]).children), where)
        if inner is None:
            break
        line.append(inner)
    return tuple(line)


def reading(line: tuple[Place, ...]) -> tuple[tuple[str, Place], ...]:
    """The line for people: City, Stratum 8, Band 8.14, Layer 114,781, Tile 3-0213, District 5, … and the place of each row.

    Of the tiles in tiles only the last of each sphere is named.
    """
    rows: dict[str, Place] = {}
    for place in line:
        address = place.address
        rows.setdefault("City", place)
        if address.bands and address.layer is None and not address.steps:
            rows[f"{'Band' if address.bands[1:] else 'Stratum'} {'.'.join(map(str, address.bands))}"] = place
        if address.layer is not None and not address.steps:
            rows.setdefault(f"Layer {address.layer:,}", place)
            rows = {text: row for text, row in rows.items() if not text.startswith("Tile")}
            if address.tile:
                rows[_tile(address.tile)] = place
        if address.steps:
            kind, number = address.steps[-1]
            name = kind.replace("-", " ").capitalize()
            rows[name if kind in SEATS else f"{name} {number}"] = place  # a City has each landmark once
    return tuple(rows.items())


def _tile(tile: tuple[int, ...]) -> str:
    quadrants = "".join(map(str, tile[1:]))
    shown = quadrants if len(quadrants) <= 12 else f"{quadrants[:4]}…{quadrants[-4:]}"
    return f"Tile {tile[0]}-{shown}"
