"""Sizes, times and whereabouts in words that a person can picture. Pure functions; the inspector and the scale bar show them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from geometry.spec import CitySpec
from viewer.camera import Camera
from viewer.state import ViewState
from viewer.whereabouts import Whereabouts, is_day, local_hour, outside

YEAR = 365.25 * 86400.0
LIGHT = 299_792_458.0
"""m/s."""
WALK = 5.0 / 3.6
"""m/s: 5 km/h, as Killy walks (canon S73)."""
LIFT = 8.475 / 3.6
"""m/s: the local lift that takes 800 h for 6,780 km (canon P22)."""

_LENGTHS = ((1e12, 1e9, "million km"), (1e9, 1e9, "million km"), (1e3, 1e3, "km"), (1.0, 1.0, "m"), (0.01, 0.01, "cm"), (0.0, 0.001, "mm"))
_TIMES = ((1e9 * YEAR, "billion yr"), (1e6 * YEAR, "million yr"), (YEAR, "yr"), (86400.0, "d"), (3600.0, "h"), (60.0, "min"), (0.0, "s"))
RULERS = ((1.7, "a human"), (90e3, "Tokyo"), (483e3, "a tower"), (12.742e6, "Earth"), (1.398e8, "Jupiter"), (1.6e12, "the City"))
"""Metres across what people know. Tokyo: its prefecture on the mainland, from east to west."""


def digits(value: float) -> str:
    """Three significant digits, thousands set apart: 13,300; 0.45; 6.4e15 as 6.4 x 10^15."""
    if value == 0.0:
        return "0"
    if abs(value) >= 1e12:
        power = int(np.floor(np.log10(abs(value))))
        return f"{value / 10.0**power:.1f} × 10{str(power).translate(_RAISED)}"
    places = max(0, 2 - int(np.floor(np.log10(abs(value)))))
    text = f"{float(f'{value:.3g}'):,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


_RAISED = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


def length(metres: float) -> str:
    """A length with its unit: 1.2 million km, 840 km, 3 m, 10 cm."""
    for least, unit, name in _LENGTHS:
        if abs(metres) >= least:
            return f"{digits(metres / unit)} {name}"
    return f"{digits(metres * 1000)} mm"


def duration(seconds: float) -> str:
    """A time with its unit: 44 min, 18,000 yr."""
    for least, name in _TIMES:
        if seconds >= least:
            return f"{digits(seconds / max(least, 1.0))} {name}"
    return f"{digits(seconds)} s"


def round_length(longest: float) -> float:
    """The largest of 1, 2, 5 x 10^n metres that is not longer."""
    power = 10.0 ** np.floor(np.log10(longest))
    return float(max(step * power for step in (1.0, 2.0, 5.0) if step * power <= longest * 1.0000001))


def picture_height(camera: Camera) -> float:
    """Metres from the bottom to the top of the picture, at the focus."""
    return float(2.0 * camera.distance * np.tan(np.radians(camera.fov) / 2))


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of the inspector."""

    label: str
    value: str
    note: str = ""
    """What it rests on: a canon row, its certainty, or how it is exaggerated."""


def exaggeration(spec: CitySpec) -> str:
    """What the drawing of the whole bundles."""
    each = spec.layers / spec.drawn_layers
    return f"1 drawn stratum = {digits(round(each))} layers" if each > 1.0 else "every layer is drawn"


def address_text(state: ViewState, here: Whereabouts) -> str:
    """Seed, bands and layer of the focus, in the form of an address."""
    words = [f"seed {state.city.seed}"]
    low, high = here.layers
    single = bool(here.rows) and high - low == 1
    bands = here.bands[:-1] if single else here.bands
    if bands:
        words.append("band " + ".".join(map(str, bands)))
    if single:
        words.append(f"layer {low}")
    return " / ".join(words)


def clock(hour: float) -> str:
    """19:30."""
    minutes = round(hour * 60.0) % 1440
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def light_text(state: ViewState) -> str:
    """What the hour means where the eye is, in one line: what day and night look like depends on whether one is under a ceiling."""
    duty = state.city.day_duty
    if duty >= 1.0:
        return "The ceilings of this City are always lit (day_duty is 1)"
    if not outside(state):
        return f"{'Day' if is_day(state) else 'Night'} here: it is {clock(local_hour(state))} under this ceiling"
    part = "Half of the City has" if abs(duty - 0.5) < 0.02 else f"{duty:.0%} of the City have"
    return f"{part} day at any hour; at {clock(state.hour)} day and night have changed places. Within, it gets dark and light around you"
