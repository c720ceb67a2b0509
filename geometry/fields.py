"""Powers that reach through the City, as fields: a value from 0 to 1 at any point, drawn from the City's key.

Links of the Netsphere run in the plates (canon S80), the Safeguard answers near them (S70, P08), the loss of the gene spread from one child
(S43, S46), Silicon Life holds regions (S87, S104), Builders work in zones (P74). How far each reaches is our choice.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.history import BY_ID, front, year_of
from geometry.key import Stream, derive, derive_each, derive_many
from geometry.spec import CitySpec
from geometry.strata import Stratum, path_key, strata

F64 = NDArray[np.float64]

ALARM_M = 10_000.0
"""From so far off a plate its Safeguard is half as watchful (canon S70, ? our choice)."""
LINK_M = 30_000.0
"""So far from a plate a link is half as strong (our choice)."""
REGION_M = 6.78e6
"""Across a region of Silicon Life (canon S104, ? our choice)."""
ZONE_M = 5.0e5
"""Across a growth zone (canon P74; the size is our choice)."""
BEHIND = 0.25
"""Widths of the City behind the edge of that wave in which the last have lost it."""
SITES = 7
"""Where the Order set the retrovirus free, in that reading (canon K01; how many is our choice)."""
UNREGISTERED = "unregistered-layer"
"""The landmark whose layer no link runs in."""
SPREAD_PART = 0.1
"""Of the years since the first child without the gene, those that the loss took to reach everybody (canon S43: sooner than could be)."""


def noise(key: int, points: F64, size: float) -> F64:
    """Smooth noise (n,) in [0, 1] at points (n, 3), metres: draws on a lattice of that size, blended between its corners."""
    at = points / size
    low = np.floor(at)
    t = at - low
    t = t * t * (3.0 - 2.0 * t)
    cells = low.astype(np.int64)
    total = np.zeros(len(points))
    for corner in range(8):
        step = np.array([corner & 1, corner >> 1 & 1, corner >> 2])
        x, y, z = (cells + step).T
        keys = derive_each(derive_each(derive_many(key, "x", x), "y", y), "z", z)
        sides = np.where(step == 1, t, 1.0 - t)
        total += (keys >> np.uint64(11)).astype(np.float64) * 2.0**-53 * (sides[:, 0] * sides[:, 1] * sides[:, 2])
    return total


def octaves(key: int, points: F64, size: float) -> F64:
    """Noise (n,) with two finer ones in it."""
    parts = [noise(derive(key, "octave", i), points, size / 3.0**i) / 2.0**i for i in range(3)]
    return np.asarray((parts[0] + parts[1] + parts[2]) / 1.75)


def above(value: F64, least: float, full: float) -> F64:
    """0 up to `least`, 1 from `full` on, smooth between."""
    t = np.clip((value - least) / (full - least), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t))


def to_plate(spec: CitySpec, radii: F64, bands: tuple[int, ...] = ()) -> F64:
    """Metres from radii (n,) to the nearest plate, below or above: 0 within one, and up from the rim beyond it."""
    rows = strata(spec, bands)
    inner, plate, outer = (np.array([row[i] for row in rows]) for i in (2, 3, 4))
    index = np.searchsorted(inner, radii, side="right") - 1
    row = np.maximum(index, 0)
    below = np.minimum(radii - inner[row], plate[row] - radii)
    found = np.where(index < 0, inner[0] - radii, np.where(radii > outer[-1], radii - outer[-1], np.maximum(below, 0.0)))
    solid = (index >= 0) & (radii >= plate[row]) & (radii <= outer[-1])
    for band in np.unique(row[solid]):
        if rows[band].high - rows[band].low > 1:
            here = solid & (row == band)
            found[here] = to_plate(spec, radii[here], (*bands, int(band)))
    return np.asarray(found)


def _near_plates(spec: CitySpec, points: F64, half: float) -> F64:
    """1 in a plate, a half so far from one, on towards 0 (n,)."""
    away = to_plate(spec, np.sqrt((points**2).sum(axis=1))) / half
    return np.asarray(1.0 / (1.0 + away * away))


def _key(spec: CitySpec, name: str) -> int:
    return derive(path_key(spec, ()), name)


def unregistered(spec: CitySpec) -> Stratum | None:
    """The layer that was built off the books (canon P07): that of the landmark of this name; None in a City without room for it."""
    from geometry.landmarks import landmarks  # by far the most of what loads it, and few ask

    own = next((one for one in landmarks(spec) if one.name == UNREGISTERED), None)
    return None if own is None else strata(spec, own.path[0][:-1])[own.path[0][-1]]


def _registered(spec: CitySpec, points: F64) -> F64:
    """0 in the layer that no register knows, 1 elsewhere (n,)."""
    layer = unregistered(spec)
    if layer is None:
        return np.ones(len(points))
    radii = np.sqrt((points**2).sum(axis=1))
    return np.where((radii >= layer.inner) & (radii <= layer.outer), 0.0, 1.0)


def _age(spec: CitySpec, year: float, *marks: tuple[str, float]) -> float:
    """A number between those that it has at the beginning of some stages of the history; exactly that of now in the present."""
    years, values = zip(*((year_of(BY_ID[name], spec), value) for name, value in marks), strict=True)
    return float(np.interp(year, years, values))


def built(spec: CitySpec, points: F64, year: float) -> F64:
    """1 where the City has come to by a year, 0 beyond its edge (n,); 1 everywhere from now on."""
    if year >= 0.0:
        return np.ones(len(points))
    return np.where((points**2).sum(axis=1) <= front(spec, year) ** 2, 1.0, 0.0)


def netsphere(spec: CitySpec, points: F64, year: float) -> F64:
    """How strong the Netsphere's link is (n,): in plates, now here now there, nowhere in the unregistered layer; once it was whole."""
    torn = _age(spec, year, ("gene", 0.0), ("now", 1.0))
    strength = _age(spec, year, ("now", 1.0), ("nse", 0.6), ("reclaimed", 0.75))
    linked = _near_plates(spec, points, LINK_M) * _registered(spec, points) * built(spec, points, year) * strength
    now = 0.35 + 0.65 * above(octaves(_key(spec, "netsphere"), points, 2.0e5), 0.35, 0.65)
    return linked * (now + (1.0 - now) * (1.0 - torn))


def alarm(spec: CitySpec, points: F64, year: float) -> F64:
    """How watchful the Safeguard is (n,): most at a plate. It kept the law before the fall (canon S84), and is rare later (S94)."""
    roused = _age(spec, year, ("gene", 0.12), ("now", 1.0), ("nse", 0.15), ("reclaimed", 0.08))
    return _near_plates(spec, points, ALARM_M) * built(spec, points, year) * roused


def infection(spec: CitySpec, points: F64, year: float) -> F64:
    """What part of people has lost the gene by a year (n,): a wave from the place of one child, all by now."""
    rim, (places, passed) = spec.radius_km * 1e3, wave(spec, year)
    away = np.min([np.sqrt(((points - place) ** 2).sum(axis=1)) for place in places], axis=0) / (2.0 * rim)
    return above(passed - away, 0.0, BEHIND)


def wave(spec: CitySpec, year: float) -> tuple[F64, float]:
    """Where the loss of the gene began (k, 3), world metres: with one child, or at the sites of the Order (canon K01); and how far its wave
    has come by a year, in widths of the City, below 0 before it began."""
    stream, rim = Stream(_key(spec, "infection")), spec.radius_km * 1e3
    places = stream.between("place", 3, -1.0, 1.0).reshape(1, 3)
    if spec.gene_loss == "order":
        places = stream.between("sites", 3 * SITES, -1.0, 1.0).reshape(SITES, 3)
    began = year_of(BY_ID["gene"], spec)
    return places * rim * 0.55, (year - began) / max(-began * SPREAD_PART, 1.0)


def silicon(spec: CitySpec, points: F64, year: float) -> F64:
    """How firmly Silicon Life holds a place (n,): regions far apart, thin traces between. Chaos bred it, a later age hunts it (S130)."""
    held = _age(spec, year, ("gene", 0.0), ("now", 1.0), ("blame2", 0.5), ("reclaimed", 0.1)) * built(spec, points, year)
    return held * (0.02 + 0.98 * above(octaves(_key(spec, "silicon"), points, REGION_M), 0.64, 0.76))


def builders(spec: CitySpec, points: F64, year: float) -> F64:
    """How busy Builders are (n,): growth zones beside strata that they left; the zones wander through the ages."""
    age = int(year // 500.0)
    t = year / 500.0 - age
    key = _key(spec, "builders")
    one, other = (octaves(derive(key, "age", n), points, ZONE_M) for n in (age, age + 1))
    return above(one + (other - one) * t, 0.38, 0.66)


def settlements(spec: CitySpec, points: F64, year: float) -> F64:
    """How likely people are met (n,): far from plates that watch, where nobody builds, in few places (canon S88); once all over."""
    crowd = _age(spec, year, ("gene", 1.0), ("now", 0.0), ("blame2", 0.05), ("reclaimed", 0.35))
    quiet = (1.0 - alarm(spec, points, year)) * (1.0 - builders(spec, points, year)) * (1.0 - silicon(spec, points, year))
    few = quiet * above(octaves(_key(spec, "settlements"), points, 1.0e6), 0.6, 0.8)
    return (few + (1.0 - few) * crowd) * built(spec, points, year)


@dataclass(frozen=True, slots=True)
class Field:
    """A power that can be asked for its value at a place."""

    name: str
    title: str
    canon: str
    """Row of the canon table."""
    at: Callable[[CitySpec, F64, float], F64]
    """Value (n,) in [0, 1] of a City at points (n, 3), world metres, in a year."""
    words: tuple[str, str, str]
    """What next to nothing, some, and much of it is called."""
    grain: float
    """Metres over which it changes: a picture whose points lie farther apart cannot show it."""

    def value(self, spec: CitySpec, point: tuple[float, float, float], year: float = 0.0) -> float:
        """The value at one point."""
        return float(self.at(spec, np.array([point], dtype=np.float64), year)[0])

    def said(self, value: float) -> str:
        """A value in words."""
        return self.words[0 if value < 0.15 else 1 if value < 0.6 else 2]


FIELDS = (
    Field("netsphere", "Netsphere", "S80", netsphere, ("no link", "a weak link", "a link"), LINK_M),
    Field("alarm", "Safeguard alarm", "S70", alarm, ("unnoticed", "listening", "answering"), ALARM_M),
    Field("infection", "Gene infection", "S43", infection, ("not here yet", "spreading", "everybody"), 1.0e11),
    Field("silicon", "Silicon Life", "S87", silicon, ("traces", "raids", "theirs"), REGION_M / 9.0),
    Field("builders", "Builders at work", "P74", builders, ("left alone", "some", "a growth zone"), ZONE_M / 9.0),
    Field("settlements", "Settlements", "S88", settlements, ("none near", "tracks", "likely"), ZONE_M / 9.0),
)
"""All of them, in the order they are told."""
