"""The film of the history: from the bare Earth to now and beyond, the eye drawing back as the City outgrows its picture.

Years pass unevenly: each stage has its share of the time. The eye keeps its distance from the growing edge, so its way grows by equal
parts in equal times; at last the City is cut open, as in the opening view, and the lights of later ages go by.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from geometry.history import BY_ID, front, ledger, span, year_of
from geometry.rules.earth import home
from geometry.spec import CitySpec
from viewer.camera import F64, Camera, Vector
from viewer.history import reach, stage, year_text
from viewer.journey.tour import Tour, eased
from viewer.measure import length
from viewer.state import ViewState, Wedge
from viewer.views import OPENING, view

SECONDS = 48.0
"""How long it lasts where nobody says."""
_FIRST, _LAST = (-112.0, 20.0), (-30.96, 30.67)
"""Degrees round the axis and above the plane from where the eye looks: at the sunlit side, and as the opening view does."""
_NEAR = (3.3, 3.3, 3.2)
"""Distances of the eye in radii of the growing edge: about the Earth, domes and the City."""
_FOUNDING, _LOW = (0.02, 0.075, 0.10, 0.17), 1.42
"""Parts of the time between which the eye comes down to the first City, stays over it, and draws back; and how near it comes then."""
_OPENS = (0.66, 0.84)
"""Parts of the time between which the City is cut open."""
_MIDDLE, _ANGLE = -29.0, 96.0
_PACE: tuple[tuple[float, str, float], ...] = (
    (0.00, "netsphere", 0.0),
    (0.05, "first-city", -200.0),
    (0.10, "first-city", 240.0),
    (0.17, "covered", 50.0),
    (0.19, "towers", -450.0),
    (0.29, "dome", -290.0),
    (0.38, "domes", -120.0),
    (0.60, "planets", 1400.0),
    (0.76, "gene", -2500.0),
    (0.85, "now", 0.0),
    (0.91, "nse", 300.0),
    (1.00, "reclaimed", 800.0),
)
"""(part of the time, stage, years after its beginning): what is shown when."""


def chronicle(state: ViewState, seconds: float) -> Tour:
    """The tour. Style, hour and City are the state's; camera, cuts and year are the film's."""
    return Tour(seconds, lambda at: shown(state, at / seconds))


def told(state: ViewState) -> str:
    """What is written over a frame: the age, the year, how far the City reaches, and which bodies were taken apart for it."""
    edge, bodies = reach(state), ledger(state.city, min(state.year, 0.0)).bodies
    said = [stage(state).name, year_text(state.year)]
    said += [f"{length(edge)} from the centre to the edge"] if edge else []
    return "   ".join([*said, *([f"taken apart: {', '.join(bodies)}"] if bodies else [])])


def shown(state: ViewState, part: float) -> ViewState:
    """The state at a part of the time, 0 to 1."""
    spec, part = state.city, min(max(part, 0.0), 1.0)
    open_ = eased((part - _OPENS[0]) / (_OPENS[1] - _OPENS[0]))
    angle = _ANGLE * open_
    cuts = (Wedge(_MIDDLE - angle / 2, angle),) if angle > 0.5 else ()
    year = year_at(spec, part)
    return replace(state, year=year, camera=_camera(spec, part, open_), cuts=cuts, peel=0, isolated=None, explode=0.0, hidden=())


def year_at(spec: CitySpec, part: float) -> float:
    """The year at a part of the time."""
    low, high = span(spec)
    stretch = spec.year_first / BY_ID["dome"].year
    years = [year_of(BY_ID[name], spec) + after * (stretch if BY_ID[name].year < 0.0 else 1.0) for _, name, after in _PACE]
    return float(np.clip(np.interp(part, [row[0] for row in _PACE], years), low, high))


def _camera(spec: CitySpec, part: float, open_: float) -> Camera:
    """An eye that looks at the middle from a few radii of what is built; at last the opening view's."""
    last = view(OPENING, spec).camera
    reach = _smooth_front(spec, part)
    near = float(np.interp(part, [0.0, 0.19, 0.29, 0.45, 0.70], [_NEAR[0], _NEAR[0], _NEAR[1], _NEAR[2], _NEAR[2]]))
    end = last.distance / (spec.radius_km * 1e3)
    near = math.exp((1.0 - open_) * math.log(near) + open_ * math.log(end))
    turn = eased(part / _OPENS[1])
    azimuth, lift = (a + (b - a) * turn for a, b in zip(_FIRST, _LAST, strict=True))
    cos, sin = math.cos(math.radians(azimuth)), math.sin(math.radians(azimuth))
    level, high = math.cos(math.radians(lift)), math.sin(math.radians(lift))
    focus = np.asarray(last.focus) * open_ * (reach / (spec.radius_km * 1e3))
    toward, near = _by_the_first_city(spec, part, np.array([cos * level, sin * level, high]), near)
    eye = focus + reach * near * toward
    return Camera(_vector(eye), _vector(focus), (0.0, 0.0, 1.0), 40.0 + (last.fov - 40.0) * open_)


def _by_the_first_city(spec: CitySpec, part: float, toward: F64, near: float) -> tuple[F64, float]:
    """(unit vector to the eye, its distance in radii): over the first City while it is founded, which from afar would be a dot."""
    begin, low, high, end = _FOUNDING
    share = eased((part - begin) / (low - begin)) * (1.0 - eased((part - high) / (end - high)))
    if share <= 0.0:
        return toward, near
    mixed = (1.0 - share) * toward + share * home(spec)
    return mixed / np.sqrt((mixed * mixed).sum()), math.exp((1.0 - share) * math.log(near) + share * math.log(_LOW))


def _smooth_front(spec: CitySpec, part: float) -> float:
    """Metres to the growing edge, evened out over a while so that the eye draws back steadily."""
    parts = np.clip(part + np.linspace(-0.05, 0.05, 21), 0.0, 1.0)
    return math.exp(float(np.mean([math.log(front(spec, year_at(spec, float(p)))) for p in parts])))


def _vector(values: np.ndarray) -> Vector:
    x, y, z = (float(v) for v in values)
    return (x, y, z)
