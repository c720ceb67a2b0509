"""Strata: how the layers are bundled, and at which radii they lie.

From afar a bundle of layers is one thick stratum. Near, it parts into sub-strata and those into theirs, each with a
void below it and its solid above: Cantor dust, so there are dense strata and great voids at every scale
(canon S04, P04, P10; the spacing is our choice).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from geometry.key import Stream, derive
from geometry.spec import CitySpec

BRANCHING = 24
"""Sub-strata of a stratum below the drawn ones."""
_INNER_FILL = 0.72
_JITTER = 0.45


class Stratum(NamedTuple):
    """A bundle of layers [low, high): void from `inner` to `plate`, solid from `plate` to `outer` (radii in metres)."""

    low: int
    high: int
    inner: float
    plate: float
    outer: float


def path_key(spec: CitySpec, bands: tuple[int, ...]) -> int:
    """Key of a band by its path."""
    key = derive(0, "seed", spec.seed)
    for band in bands:
        key = derive(key, "band", band)
    return key


@lru_cache(maxsize=4096)
def strata(spec: CitySpec, bands: tuple[int, ...] = ()) -> tuple[Stratum, ...]:
    """The sub-strata of a band, from inside out; of the whole City for the empty path."""
    if not bands:
        low, high = 0, spec.layers
        floor, top, count = spec.core_km * 1e3, spec.radius_km * 1e3, min(spec.drawn_layers, spec.layers)
        fill, grow = spec.fill, _growth(spec, count)
    else:
        parent = strata(spec, bands[:-1])[bands[-1]]
        low, high = parent.low, parent.high
        floor, top, count = parent.plate, parent.outer, min(BRANCHING, high - low)
        fill, grow = _INNER_FILL, 1.0
    stream = Stream(path_key(spec, bands)).sub("strata")
    weights = stream.between("height", count, 1.0 - _JITTER, 1.0 + _JITTER) if bands else np.ones(count)
    for index in range(1, count):
        weights[index] *= grow**index
    if not bands and spec.spacing == "linear":
        weights = weights * stream.between("height", count, 0.85, 1.15)
    fills = fill * stream.between("fill", count, 0.75, 1.25)
    edges = floor + (top - floor) * np.concatenate([[0.0], _running(weights)])
    edges[-1] = top
    rows = []
    for index in range(count):
        inner, outer = float(edges[index]), float(edges[index + 1])
        solid = min(fills[index], 0.92) * (outer - inner)
        plate = inner if bands and index == 0 else outer - float(solid)
        first, last = low + (high - low) * index // count, low + (high - low) * (index + 1) // count
        if last - first == 1 and spec.layers > spec.drawn_layers:
            plate = max(plate, outer - spec.plate_km * 1e3)
        rows.append(Stratum(first, last, inner, plate, outer))
    return tuple(rows)


def nested(spec: CitySpec, radius: float) -> Iterator[tuple[tuple[int, ...], tuple[Stratum, ...]]]:
    """The bundles of layers about a radius (m), the widest first, down to a single layer: the path of bands of each, and it among its
    siblings, of which it is number `path[-1]`. None inside the core and beyond the City."""
    path: tuple[int, ...] = ()
    while True:
        rows = strata(spec, path)
        index = next((i for i, row in enumerate(rows) if row.inner <= radius < row.outer), None)
        if index is None:
            return
        path = (*path, index)
        yield path, rows
        if rows[index].high - rows[index].low == 1:
            return


def enclosing(spec: CitySpec, radius: float) -> Stratum | None:
    """The smallest bundle of layers whose void or solid lies at `radius` (m); None inside the core and beyond the City."""
    found: Stratum | None = None
    for path, rows in nested(spec, radius):
        found = rows[path[-1]]
        if radius < found.plate:
            break
    return found


def floor_below(spec: CitySpec, radius: float) -> float:
    """Radius (m) of the top of the plate below `radius`; the core's inside it, the outermost plate's beyond the City."""
    top = spec.radius_km * 1e3
    found = enclosing(spec, radius)
    return found.inner if found else (top if radius >= top else spec.core_km * 1e3)


def _growth(spec: CitySpec, count: int) -> float:
    """Ratio of one stratum's height to that of the one inside it (canon S36: each bigger and grander than the last)."""
    if spec.spacing == "linear" or count == 1:
        return 1.12
    ratio = spec.radius_km / spec.core_km
    low, high = 1.0, ratio
    for _ in range(80):
        middle = (low + high) / 2
        power = 1.0
        for _ in range(count - 1):
            power *= middle
        low, high = (middle, high) if power < ratio else (low, middle)
    return low


def _running(weights: np.ndarray) -> np.ndarray:
    """Rising parts of one, summed left to right: a pairwise sum would round differently from build to build."""
    total, steps = 0.0, []
    for weight in weights.tolist():
        total += weight
        steps.append(total)
    return np.array(steps) / total
