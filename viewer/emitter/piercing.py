"""What a shot went through: layers, plates, and solids of the places along it. Pure; unfolds the nearest places first, so many at most."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from geometry.angle import rotate
from geometry.bore import Capsules, begins, heading, local, near, swallowed
from geometry.city import City
from geometry.parts import Parts
from geometry.place import Place
from geometry.scar import Scar
from geometry.spec import CitySpec
from viewer.journey.crossings import slabs
from viewer.lineage import lineage
from viewer.measure import length
from viewer.whereabouts import whereabouts

F64 = NDArray[np.float64]
MOST_PLACES = 160
"""Places that are looked through at most."""
_SAMPLES = 2000


@dataclass(frozen=True, slots=True)
class Pierced:
    """What one shot went through."""

    scar: Scar
    place: str
    """Address of the smallest place the muzzle is in."""
    layers: tuple[int, int]
    """First and last layer, lowest number first; (-1, -1) where there is none."""
    plates: int
    plate_metres: float
    """Metres of plate bored."""
    gone: int
    """Solids of which nothing is left, in the places looked through."""
    bored: int
    """Solids with a hole in them."""
    first: float | None
    """Metres to the first solid; None if none was met."""
    places: int
    whole: bool
    """False if there were more places than were looked through: solids are at least so many."""

    @property
    def said(self) -> str:
        """In one line, for people."""
        power, low, high = self.scar.force, *self.layers
        through = "" if low < 0 else f" in layer {low:,}" if low == high else f" through layers {low:,} to {high:,}"
        plates = (
            f"{self.plates} plate{'s' if self.plates > 1 else ''}, {length(self.plate_metres)} of it; " if self.plates else "no plate; "
        )
        least = "" if self.whole else "at least "
        met = f"first wall at {length(self.first)}; " if self.first is not None else ""
        solids = f"{least}{self.gone:,} solids gone, {self.bored:,} bored"
        return f"Power {self.scar.power}: {length(power.reach)}{through}; {plates}{met}{solids}. Recoil: {power.recoil}"


def pierced(spec: CitySpec, scar: Scar, stopped: Callable[[], bool] = lambda: False) -> Pierced:
    """What a shot goes through in the City as it was built; what others had taken away counts again."""
    city = City(spec.unscarred)
    low, high, plates, metres = _plates(city.spec, scar)
    walk = _Walk(city, scar)
    walk.run(stopped)
    line = lineage(city, scar.muzzle, stopped=stopped)
    place = str(line[-1].address) if len(line) > 1 else ""
    return Pierced(scar, place, (low, high), plates, metres, walk.gone, walk.bored, walk.first, walk.places, not walk.heap)


def _plates(spec: CitySpec, scar: Scar) -> tuple[int, int, int, float]:
    """(first layer, last layer, plates, metres in them) along the axis, by even steps."""
    muzzle, along = np.array(scar.muzzle), heading(scar)
    step = (scar.force.reach - begins(scar)) / _SAMPLES
    layers, runs, inside, was = set[int](), 0, 0, False
    for number in range(_SAMPLES):
        point = muzzle + (begins(scar) + (number + 0.5) * step) * along
        found = whereabouts(spec, float(np.sqrt((point * point).sum())))
        if found.rows and not found.outside:
            layers.add(found.rows[-1].low)
        single = bool(found.rows) and found.rows[-1].high - found.rows[-1].low == 1
        solid = found.solid and single
        runs, inside, was = runs + (solid and not was), inside + solid, solid
    return min(layers, default=-1), max(layers, default=-1), runs, inside * step


class _Walk:
    """A walk through the places that the shot comes near, the nearest to the muzzle first."""

    def __init__(self, city: City, scar: Scar) -> None:
        self.city, self.scar = city, scar
        self.gone = self.bored = self.places = 0
        self.first: float | None = None
        self._order = count()
        self.heap: list[tuple[float, int, Place]] = []
        self._offer(city.root)

    def _offer(self, place: Place) -> None:
        away = float(np.sqrt(((place.centre - np.array(self.scar.muzzle)) ** 2).sum())) - place.radius
        if self._reached(place):
            heapq.heappush(self.heap, (max(away, 0.0), next(self._order), place))

    def _reached(self, place: Place) -> bool:
        """Whether the bore or a burst comes into the box of a place; it does into those of whole spheres that it is in."""
        if place.kind in ("city", "band"):
            return True
        some = near((self.scar,), place.centre, place.radius)
        return bool(len(some)) and _enters(place, local(some, place))

    def run(self, stopped: Callable[[], bool]) -> None:
        """Look through places until there are no more, or enough."""
        while self.heap and self.places < MOST_PLACES and not stopped():
            place = heapq.heappop(self.heap)[2]
            growth = self.city.unfold(place)
            if place.cell is None and place.kind not in ("city", "band"):
                self.places += 1
                self._count(place, growth.parts)
            for child in growth.children:
                self._offer(child)

    def _count(self, place: Place, made: Parts) -> None:
        some = local(near((self.scar,), place.centre, place.radius), place)
        gone = swallowed(made, some)
        self.gone += int(gone.sum())
        share, hit = _crossed(made, self.scar, place)
        self.bored += int((hit & ~gone).sum())
        if hit.any():
            far = begins(self.scar) + float(share[hit].min()) * (self.scar.force.reach - begins(self.scar))
            self.first = far if self.first is None else min(self.first, far)


def _enters(place: Place, some: Capsules) -> bool:
    """Whether any capsule, in the place's frame, comes into its box."""
    x, y, z = place.size
    middle, half = np.array([0.0, 0.0, z / 2]), np.array([x, y, z]) / 2
    for start, end, radius in zip(some.start - middle, some.end - middle, some.radius, strict=True):
        low, high = slabs(start[None], end[None] + 1e-9, (half + radius)[None])
        if low[0] <= high[0]:
            return True
    return False


def _crossed(made: Parts, scar: Scar, place: Place) -> tuple[F64, NDArray[np.bool_]]:
    """Share (n,) of the bore at which its axis enters each part's box, and (n,) whether it does."""
    muzzle, along = np.array(scar.muzzle), heading(scar)
    start, end = (place.frame.to_local(muzzle + far * along) for far in (begins(scar), scar.force.reach))
    back = np.asarray(made.rotation, np.float64) * np.array([1.0, -1.0, -1.0, -1.0])
    a, b = (rotate(back, point - made.position.astype(np.float64)) for point in (start, end))
    low, high = slabs(a, b, made.scale.astype(np.float64) / 2.0)
    return low, low <= high
