"""History: the stages of the City's growth, how far it had come in any year, and what it had taken for material.

Years count from now; the past is negative. Canon gives the order of events and, of times, only "tens of thousands" and "thousands" of
years (canon K02): every year below is our choice, on the line that CitySpec.year_first stretches or shortens.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from geometry.spec import CitySpec
from geometry.strata import strata

LINE = -30_000.0
"""The year of the first dome on the line that the table below is written for (canon K02)."""
AU = 1.495979e11
"""Metres."""
STEEL = 7850.0
"""Density, kg/m3 (canon E33)."""
MOST_DOMES, _LEAST_RATIO = 12, 1.2
_DOME = 7371.0 / 6371.0
"""Radius of the first dome in parts of the Earth's (canon S34, our choice)."""
_DOMED = 0.8
"""Part of the first drawn stratum's time in which single domes follow one another."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One step of the history."""

    number: int
    id: str
    """One word, for flags and actions."""
    name: str
    year: float
    """When it begins, on the line whose first dome was closed at LINE; our choice."""
    caption: str
    canon: str
    """Rows of the canon table."""
    certainty: str
    """Of what is told; the year is always ?."""


STAGES: tuple[Stage, ...] = (
    Stage(0, "netsphere", "The Netsphere", -36_000.0,
          "A bare Earth under a halo of links. People made the net to end all want; those with the gene make things of patterns.",
          "S20 S21 S22", "A"),
    Stage(1, "first-city", "The first City", -34_500.0,
          "Those with the gene live as gods and agree to build for themselves alone: one small and orderly city, raised by Builders.",
          "S23 S24 S25", "A+"),
    Stage(2, "covered", "All of the Earth", -33_000.0,
          "The front goes round the globe. Who stood in its way was cleared away, it seems; no ground is left bare.",
          "S26 S27 S28 S29", "A"),
    Stage(3, "towers", "Towers of hundreds of miles", -31_500.0,
          "Gargantuan Builders raise dwellings and towers that stand out of the air. No sunlight comes down to the ground any more.",
          "S30 S31 S32 S33", "A"),
    Stage(4, "dome", "The first dome", -30_000.0,
          "Builders close the planet and its City in one shell with lamps inside, a sun of their own: the first Megastructure.",
          "S34", "A"),
    Stage(5, "domes", "Dome over dome", -29_700.0,
          "On top of every dome a new city, and over it a new dome, each grander than the last. Thousands of years of ease and law.",
          "S35 S36 S37 S38", "A"),
    Stage(6, "planets", "Moon and planets", -28_900.0,
          "The Moon goes, then the planets, one by one as the front comes to them. What they weigh is far less than what is built.",
          "S39 S40 S41 S42", "A+"),
    Stage(7, "gene", "One child without the gene", -5_000.0,
          "It spreads from one child on one level. Nobody can order Builders to stop: whole peoples are walled in alive, and what goes on"
          " being built comes from torn memories of what was.",
          "S43 S46 S47 S48 S49 S51", "A"),
    Stage(8, "now", "Now", 0.0,
          "Building never ends and follows no order. One armed messenger has been sent.",
          "S50 S52 S120", "A+"),
    Stage(9, "nse", "The Dismantlers", 2_000.0,
          "A later age: the last towers that call the Safeguard are switched off, some lie fallen. Fewer lamps burn.",
          "S94 P78", "A"),
    Stage(10, "blame2", "Humans rule again", 4_000.0,
          "Windows are lit again here and there. Now the Silicon Life is hunted.",
          "S95 S130", "A"),
    Stage(11, "reclaimed", "Reclaimed", 6_000.0,
          "Far on: quarter after quarter is lived in. How far this goes nobody tells.",
          "S95", "?"),
)  # fmt: skip
"""The order is canon's, the words and the years are ours."""
BY_ID = {stage.id: stage for stage in STAGES}


def year_of(stage: Stage, spec: CitySpec) -> float:
    """When a stage begins in this City: the past is stretched so that the first dome is closed in CitySpec.year_first."""
    return stage.year * (spec.year_first / LINE) if stage.year < 0.0 else stage.year


def stage_at(spec: CitySpec, year: float) -> Stage:
    """The stage that a year lies in; the first one for years before it."""
    found = STAGES[0]
    for stage in STAGES[1:]:
        if year_of(stage, spec) <= year + 1e-9:
            found = stage
    return found


_BY_THE_ORDER = (
    "The Order, a cult, sets a retrovirus free in several places at once. Nobody can order Builders to stop: whole peoples are walled in"
    " alive, and what goes on being built comes from torn memories of what was."
)
"""What is told of the loss of the gene in the other reading (canon K01, S45)."""


def caption_of(stage: Stage, spec: CitySpec) -> str:
    """What is told of a stage in this City."""
    return _BY_THE_ORDER if stage.id == "gene" and spec.gene_loss == "order" else stage.caption


def span(spec: CitySpec) -> tuple[float, float]:
    """The first and the last year there is something to tell of."""
    return min(year_of(STAGES[0], spec), 0.0), STAGES[-1].year + 1000.0


@lru_cache(maxsize=64)
def domes(spec: CitySpec) -> tuple[tuple[float, float], ...]:
    """(radius in metres, year in which it was closed) of the early domes, each larger than the last in one ratio (canon S35, S36).

    They end where the first drawn stratum's plate begins; a City without room for them has none.
    """
    first, last = spec.core_km * 1e3 * _DOME, strata(spec)[0].plate
    count, ratio = 0, 0.0
    for number in range(MOST_DOMES, 0, -1):
        ratio = _root(last / first, number)
        if ratio >= _LEAST_RATIO:
            count = number
            break
    begin, end = spec.year_first, _band_year(spec, 0, 1.0)
    radius, found = first, []
    for number in range(count):
        found.append((radius, begin + (end - begin) * _DOMED * number / count))
        radius *= ratio
    return tuple(found)


def _root(ratio: float, count: int) -> float:
    """The count-th root by halving: the same bits everywhere."""
    low, high = 0.0, max(ratio, 1.0)
    for _ in range(90):
        middle, power = (low + high) / 2, 1.0
        for _ in range(count):
            power *= middle
        low, high = (middle, high) if power < ratio else (low, middle)
    return low


def _band_year(spec: CitySpec, band: int, share: float) -> float:
    """The year in which a share of a drawn stratum's layers is built."""
    row = strata(spec)[band]
    return spec.year_first * (1.0 - (row.low + (row.high - row.low) * share) / spec.layers)


@lru_cache(maxsize=64)
def _knots(spec: CitySpec) -> tuple[tuple[float, float], ...]:
    """(year, radius) points of the growing edge, both rising."""
    rows, core = strata(spec), spec.core_km * 1e3
    closing = year_of(BY_ID["dome"], spec) - year_of(BY_ID["towers"], spec)
    knots = [(year_of(BY_ID["first-city"], spec), core), (spec.year_first - 0.2 * closing, core)]
    knots += [(year, radius) for radius, year in domes(spec)]
    knots.append((_band_year(spec, 0, _DOMED), rows[0].plate))
    knots += [(_band_year(spec, band, 1.0), row.outer) for band, row in enumerate(rows)]
    rising = [knots[0]]
    for year, radius in knots[1:]:
        if year > rising[-1][0] and radius >= rising[-1][1]:
            rising.append((year, radius))
    return tuple(rising)


def front(spec: CitySpec, year: float) -> float:
    """Metres from the centre to the growing edge in a year: the Earth's radius before the first dome, the City's from now on."""
    years, radii = np.array(_knots(spec)).T
    return float(np.interp(year, years, radii))


def passed(spec: CitySpec, radius: float) -> float:
    """The year in which the growing edge came to a distance from the centre, metres."""
    years, radii = np.array(_knots(spec)).T
    last = int(np.searchsorted(radii, radii[0], side="right")) - 1
    return float(np.interp(radius, radii[last:], years[last:]))


def first_band(spec: CitySpec) -> float:
    """The year in which the first drawn stratum follows the single domes."""
    return _band_year(spec, 0, _DOMED) if domes(spec) else spec.year_first


def begun(spec: CitySpec, year: float) -> int:
    """How many drawn strata had been begun by a year."""
    starts = [first_band(spec), *(_band_year(spec, band, 0.0) for band in range(1, len(strata(spec))))]
    return sum(start <= year for start in starts)


def roofed(spec: CitySpec, year: float) -> float:
    """Metres to the outermost shell that was closed by a year: what is farther out has no ceiling. 0 before the first dome."""
    shells = [(radius, closed) for radius, closed in domes(spec)]
    shells += [(row.outer, _band_year(spec, band, 1.0)) for band, row in enumerate(strata(spec))]
    return max((radius for radius, closed in shells if closed <= year), default=0.0)


@dataclass(frozen=True, slots=True)
class Body:
    """A body that was there before the City. Orbits and masses are astronomy's; where on its orbit it stood is our choice."""

    name: str
    orbit: float
    """Radius of its orbit, metres."""
    about: str
    """What it went round: the Sun or the Earth."""
    at: tuple[float, float]
    """Unit vector from what it went round to where it stood, in the plane of the orbits."""
    mass: float
    """kg."""


SUN = (-AU, 0.0)
"""Where the Sun stood, seen from the Earth's middle (canon K07)."""
BODIES: tuple[Body, ...] = (
    Body("Moon", 3.844e8, "Earth", (0.8, 0.6), 7.35e22),
    Body("Mercury", 0.3871 * AU, "Sun", (0.28, -0.96), 3.30e23),
    Body("Venus", 0.7233 * AU, "Sun", (0.96, 0.28), 4.87e24),
    Body("Mars", 1.5237 * AU, "Sun", (0.936, -0.352), 6.42e23),
    Body("Jupiter", 5.2044 * AU, "Sun", (0.8, 0.6), 1.898e27),
)
"""What canon S39 names or means by the nearby planets, with Jupiter for the room of its size (canon S13)."""


def place_of(body: Body) -> tuple[float, float, float]:
    """Where a body stood, metres from the City's centre."""
    x, y = SUN if body.about == "Sun" else (0.0, 0.0)
    return (x + body.orbit * body.at[0], y + body.orbit * body.at[1], 0.0)


def consumed(spec: CitySpec, body: Body) -> float:
    """The year in which a body was broken up: when the growing edge came to it, or before, while Builders still took orders; inf for one
    that the City does not reach."""
    x, y, z = place_of(body)
    away = float(np.sqrt(x * x + y * y + z * z))
    orders = year_of(BY_ID["gene"], spec)
    return min(passed(spec, away), orders - 0.1 * abs(orders)) if away <= spec.radius_km * 1e3 else float(np.inf)


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the City weighs and what it was made of, in kg."""

    bodies: tuple[str, ...]
    """Those broken up by then."""
    supplied: float
    """Their mass."""
    plates: float
    """Mass of the plates built by then, were they of steel."""

    @property
    def deficit(self) -> float:
        """What cannot be accounted for."""
        return max(self.plates - self.supplied, 0.0)


def ledger(spec: CitySpec, year: float) -> Ledger:
    """The mass ledger of a year (canon S39, K17, E30-E33): the plates of the layers built, each CitySpec.plate_km of steel."""
    taken = [body for body in BODIES if consumed(spec, body) <= year]
    core, reach = spec.core_km * 1e3, front(spec, year) if year >= spec.year_first else 0.0
    height = (spec.radius_km * 1e3 - core) / spec.layers
    volume = 4.0 / 3.0 * np.pi * max(reach**3 - core**3, 0.0)
    return Ledger(
        tuple(body.name for body in taken), sum(body.mass for body in taken), float(volume / height * spec.plate_km * 1e3 * STEEL)
    )
