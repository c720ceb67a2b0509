"""The year of a view: which stage it lies in, what has to be unfolded for it, how it is lit, and what is said of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from geometry.births import skin_gone, standing
from geometry.city import City
from geometry.fields import BEHIND, wave
from geometry.history import BODIES, BY_ID, STAGES, Stage, begun, caption_of, consumed, front, ledger, roofed, span, stage_at, year_of
from geometry.place import Growth, Place
from geometry.relics import relics
from geometry.spec import CitySpec
from geometry.strata import strata
from viewer.camera import Vector
from viewer.errors import InputError
from viewer.state import ViewState
from viewer.styles import Style

F64 = NDArray[np.float64]

RISE, _RISE_FAR = 14.0, 60.0
"""Years in which a part rises to its height, near and in views of the whole."""
_FAR = 1.0e6
"""Metres of picture distance from which on views are of the whole."""
LAMPS_OUT = 0.10
"""Share of the ceilings' lamps that are dead now."""
_DARKEST = 0.05
"""Of the sunlight on the ground, once towers stand over all of it (canon S33)."""
_FRAMED, _WHOLE = (2.3, 4.5), 1.6
"""Distances of an eye outside, in radii of what is built, that stay as they are; the City of now may be seen from nearer."""
_SMALLEST = 3.0
"""Pixels: an early body that looks smaller is left out."""


def stage(state: ViewState) -> Stage:
    """The stage that a state's year lies in."""
    return stage_at(state.city, state.year)


def staged(state: ViewState, name: str) -> ViewState:
    """The state in the year in which a stage begins: by its number or its word. An eye outside the City keeps it in its picture.

    Raises InputError with what stages there are."""
    found = next((one for one in STAGES if name in (one.id, str(one.number))), None)
    if found is None:
        known = ", ".join(f"{one.number} {one.id}" for one in STAGES)
        raise InputError(f"there is no stage '{name[:40]}'; give one of {known}")
    return framed(state, year_of(found, state.city))


def stepped(state: ViewState, step: int) -> ViewState:
    """The state at the beginning of the next stage, or of the one before."""
    years = [year_of(one, state.city) for one in STAGES]
    later, earlier = [year for year in years if year > state.year], [year for year in years if year < state.year]
    return framed(state, (later[0] if later else state.year) if step > 0 else (earlier[-1] if earlier else state.year))


def framed(state: ViewState, year: float) -> ViewState:
    """The state in another year; an eye outside the City as it was goes nearer or farther, so that the City as it then is fills as much
    of the picture. Before the first dome nothing is cut."""
    then = replace(state, year=year)
    if not outside_then(state):
        return then
    eye, focus = np.asarray(state.camera.position), np.asarray(state.camera.focus)
    core, away = state.city.core_km * 1e3, float(np.sqrt((eye * eye).sum()))
    before, after = max(reach(state), core), max(reach(then), core)
    low = _FRAMED[0] if after < 0.9e3 * state.city.radius_km else _WHOLE
    wanted = min(max(away / before, low), _FRAMED[1]) * after
    position, middle = eye * (wanted / away), focus * (after / before)
    camera = replace(state.camera, position=_vector(position), focus=_vector(middle))
    return replace(then, camera=camera, cuts=state.cuts if reach(then) else ())


def _vector(values: F64) -> Vector:
    x, y, z = (float(value) for value in values)
    return (x, y, z)


def ticks(spec: CitySpec) -> tuple[tuple[float, str], ...]:
    """(year, name) of what the slider marks: the stages and the bodies that are broken up."""
    rows = [(year_of(one, spec), one.name) for one in STAGES]
    rows += [(consumed(spec, body), f"{body.name} is broken up") for body in BODIES if np.isfinite(consumed(spec, body))]
    return tuple(sorted(rows))


def tells(state: ViewState) -> bool:
    """Whether a state is of another time than now, so that parts are drawn by their years."""
    return state.year != 0.0


def outside_then(state: ViewState) -> bool:
    """Whether the eye is beyond the City as it was in the state's year."""
    eye = np.asarray(state.camera.position)
    return bool((eye * eye).sum() >= reach(state) ** 2)


def reach(state: ViewState) -> float:
    """Metres from the centre to the City's edge in the state's year; none before the first dome."""
    if state.year >= 0.0:
        return state.city.radius_km * 1e3
    return front(state.city, state.year) if state.year >= state.city.year_first else 0.0


def cut_key(state: ViewState) -> tuple[object, ...]:
    """What of a state's year decides which places are unfolded. While it stays, scrubbing uploads no more than a uniform."""
    if not tells(state):
        return ("now", -1)
    eye = np.asarray(state.camera.position)
    beyond = bool((eye * eye).sum() >= (state.city.radius_km * 1e3) ** 2)
    then = outside_then(state)
    return ("then", beyond, then, begun(state.city, state.year) if then and not beyond else -1)


def relics_of(state: ViewState, size_of: Callable[[Place], float]) -> tuple[Place, ...]:
    """The early bodies that a state shows: the Earth from its own void at any time, all of them in the past from where they are seen.

    `size_of` says how many pixels across a place looks."""
    spec = state.city
    inmost = strata(spec)[0].plate
    eye = np.asarray(state.camera.position)
    within = float(np.sqrt((eye * eye).sum())) < inmost
    if state.isolated is not None or not (within or (state.year < 0.0 and (state.cuts or outside_then(state)))):
        return ()
    wanted = relics(spec) if state.year < 0.0 else relics(spec)[:1]
    return tuple(place for place in wanted if size_of(place) > _SMALLEST)


def as_it_was(city: City, year: float, unfold: Callable[[Place], Growth] | None = None) -> Callable[[Place], Growth]:
    """`City.unfold` in a year: only what stood then."""
    inner = unfold or city.unfold
    if year == 0.0:
        return inner
    return lambda place: standing(place, inner(place), city.spec, year)


@dataclass(frozen=True, init=False)
class CityThen(City):
    """A City as it was in a year, for those who unfold it themselves."""

    year: float

    def __init__(self, spec: CitySpec, year: float) -> None:
        """`year` counts from now."""
        super().__init__(spec)
        object.__setattr__(self, "year", year)

    def unfold(self, place: Place) -> Growth:
        """What stood there then."""
        return standing(place, super().unfold(place), self.spec, self.year)


def standing_relics(state: ViewState) -> tuple[Place, ...]:
    """The Earth and the domes that stood in a state's year, for an export of the whole."""
    if state.year >= 0.0:
        return ()
    return tuple(place for place in relics(state.city) if place.kind == "earth" or _stood(place, state))


def _stood(place: Place, state: ViewState) -> bool:
    return place.kind == "dome" and place.year <= state.year < skin_gone(place, state.city)


@dataclass(frozen=True, slots=True)
class Loss:
    """The wave in which people lost the gene, while it passes and a while after it (canon S43, S46)."""

    places: tuple[Vector, ...]
    """Where it began, world metres."""
    edge: float
    """How far it has come from there, metres."""
    width: float
    """How far behind its edge the last have lost it, metres."""
    strength: float
    """Of its mark on the picture, 1 while it passes, then less and less."""


_FORGOTTEN = 2.0
"""Widths of the City that the wave would have come by the time its mark has faded."""


def loss(spec: CitySpec, year: float) -> Loss | None:
    """The wave in a year; None before it began and once its mark has faded."""
    places, passed = wave(spec, year)
    if not 0.0 < passed < _FORGOTTEN:
        return None
    wide = 2.0 * spec.radius_km * 1e3
    strength = float(np.interp(passed, [1.0 + BEHIND, _FORGOTTEN], [1.0, 0.0]))
    return Loss(tuple(_vector(place) for place in places), passed * wide, BEHIND * wide, strength)


@dataclass(frozen=True, slots=True)
class Times:
    """The year as the shaders need it."""

    year: float = 0.0
    rise: float = RISE
    """Years in which a part rises, and in which it is taken down."""
    ground: float = 1.0
    """Sunlight that comes down to the Earth's ground, in parts of all."""
    planet: float = 6.371e6
    """Radius of that ground, metres."""
    lamps_out: float = LAMPS_OUT
    """Share of the lamps of ceilings that are dead."""
    lived: float = 0.0
    """How much further quarters with lit windows reach than now."""
    roof: float = 0.0
    """Radius of the outermost shell that is closed, metres; 0 for the City's own."""
    loss: Loss | None = None
    """The wave that takes the gene, where it can be seen."""


def times(state: ViewState) -> Times:
    """The shaders' numbers for a state's year."""
    spec = state.city
    begin, end = year_of(BY_ID["towers"], spec), year_of(BY_ID["dome"], spec)
    late = float(np.interp(state.year, [begin, end], [0.0, 1.0])) if end > begin else 1.0
    found = lights(state)
    return Times(
        state.year,
        _RISE_FAR if state.camera.distance > _FAR else RISE,
        1.0 - (1.0 - _DARKEST) * late,
        spec.core_km * 1e3,
        found.out,
        found.lived,
        roofed(spec, state.year) if state.year < 0.0 else 0.0,
        loss(spec, state.year),
    )


@dataclass(frozen=True, slots=True)
class Lights:
    """How the City shines at the beginning of a stage, now being 1, 1, LAMPS_OUT, 0 (canon S61, S94, S95; the numbers are our choice)."""

    stage: str
    ceiling: float
    """Strength of ceilings and of the air they light."""
    windows: float
    """Strength of lit windows."""
    out: float
    """Share of the lamps that are dead."""
    lived: float
    """How much further quarters with lit windows reach, 0 as now."""


_LIGHTS = (
    Lights("dome", 1.20, 1.5, 0.0, 0.26),
    Lights("gene", 1.10, 1.3, 0.02, 0.12),
    Lights("now", 1.0, 1.0, LAMPS_OUT, 0.0),
    Lights("nse", 0.42, 0.7, 0.55, -0.12),
    Lights("blame2", 0.55, 1.2, 0.45, 0.12),
    Lights("reclaimed", 1.05, 1.6, 0.06, 0.30),
)
_DIMMED = ("light.ceiling", "air.noon_low", "air.noon_high")


def lights(state: ViewState) -> Lights:
    """How the City shines in a state's year; without lamps before there is a dome to hang them in."""
    spec = state.city
    if not tells(state):
        return _LIGHTS[2]
    if state.year < spec.year_first:
        return Lights("", 0.0, 1.5, 0.0, 0.26)
    rows = [(year_of(BY_ID[row.stage], spec), row) for row in _LIGHTS]
    rows = [row for number, row in enumerate(rows) if number == 0 or row[0] > rows[number - 1][0]]
    years = [year for year, _ in rows]
    columns = ((row.ceiling, row.windows, row.out, row.lived) for _, row in rows)
    return Lights("", *(float(np.interp(state.year, years, column)) for column in zip(*columns, strict=True)))


def lit(style: Style, state: ViewState) -> Style:
    """A style as the lamps of the year make it: bright while the City was in order, dim in the age of the Dismantlers."""
    if not tells(state):
        return style
    found, values = lights(state), dict(style.values)
    for name in _DIMMED:
        value = values[name]
        assert isinstance(value, tuple)
        red, green, blue = (part * found.ceiling for part in value)
        values[name] = (red, green, blue)
    windows = values["light.windows"]
    assert isinstance(windows, float)
    values["light.windows"] = windows * found.windows
    return Style(style.name, style.title, style.drawing, MappingProxyType(values))


def year_text(year: float) -> str:
    """now, 4,200 years ago, in 300 years."""
    if abs(year) < 0.5:
        return "now"
    return f"{-year:,.0f} years ago" if year < 0 else f"in {year:,.0f} years"


def told(state: ViewState) -> dict[str, str]:
    """What is said of a state's year: the stage, its caption and canon rows, the edge of the City, what it is made of."""
    found, account = stage(state), ledger(state.city, min(state.year, 0.0))
    rows = {
        "year": year_text(state.year),
        "stage": f"{found.number} {found.name}",
        "caption": caption_of(found, state.city),
        "canon": f"{found.canon} ({found.certainty}); the year is our choice",
        "reaches": f"{reach(state) / 1e3:,.0f} km from the centre" if reach(state) else "no dome yet",
    }
    if account.plates > 0.0:
        rows["broken up"] = ", ".join(account.bodies) or "nothing yet"
        rows["mass"] = (
            f"{account.supplied:.3g} kg of material for {account.plates:.3g} kg of plates: {account.deficit:.3g} kg cannot be accounted for"
        )
    return rows


def years(spec: CitySpec) -> tuple[float, float]:
    """The first and the last year that a slider reaches."""
    return span(spec)
