"""What can be read off at a view, worked out for its City: where, how long, how bright, how lonely, of how much matter. Pure functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from geometry.fields import FIELDS
from geometry.place import Place
from geometry.spec import CitySpec, field
from viewer import physics
from viewer.lore.reckoning import PEOPLE, all_floors, planets, rim
from viewer.measure import LIFT, RULERS, WALK, Fact, clock, digits, duration, length, picture_height
from viewer.state import ViewState
from viewer.whereabouts import Whereabouts, is_day, light_at, local_hour, radius_of, whereabouts

Groups = tuple[tuple[str, tuple[Fact, ...]], ...]

FLOOR_M = 3.0
"""The least height of a floor (canon P13)."""
CLIMB = 0.2
"""m/s upwards on stairs and ladders (canon P05)."""
CEILING_LUX = 100.0
"""What a decayed ceiling gives, lux (canon S61, our choice)."""
OURS = "ours"
"""Short for our own choice, where the story is silent: a line has little room."""
FOLDED = ("Drawn", "Compared", "Powers", "People", "The City", "Matter")
"""Groups that stay shut, and are not worked out, until somebody opens them."""
LABELS = frozenset(
    (
        *("Eye", "Layer", "Floor", "Below the rim", "Above the rim", "Local hour", "Light", "Picture", "To the focus", "Tallest ahead"),
        *("On foot", "Climbing", "Local lift", "Trunk lift", "At light's speed", "By ear", "1 stratum", "Radius", "Peeled", "Pulled apart"),
        *("People", "For each", "Nearest person", "Volume", "Floors", "Plates take", "Matter there was", "Missing"),
        *(power.title for power in FIELDS),
        *(name.removeprefix("a ").removeprefix("the ").capitalize() for _, name in RULERS),
    )
)
"""Every label that a readout may have."""


def readouts(state: ViewState, tallest: Place | None = None, opened: frozenset[str] = frozenset(FOLDED)) -> Groups:
    """Groups of lines for a view; the tallest thing in view, if somebody has looked for it. Folded groups that nobody opened are empty."""
    eye, edge = radius_of(state.camera.position), rim(state.city)
    here = whereabouts(state.city, eye)
    always: Groups = (
        ("Here", _here(state, here, eye, edge)),
        ("Scale", _scale(state, tallest)),
        ("To the rim", _travel(abs(edge - eye), state.city.lift_beta)),
    )
    return always + tuple((title, make(state) if title in opened else ()) for title, make in _MORE.items())


def rests(name: str) -> str:
    """What a parameter rests on, briefly: its row, or that it is our choice."""
    row = field(name)
    return f"{row.canon} · {OURS}" if row.certainty == "?" and row.canon else row.canon or OURS


def _here(state: ViewState, here: Whereabouts, eye: float, edge: float) -> tuple[Fact, ...]:
    low, high = here.layers
    layer = "none" if not here.rows else f"{low:,}" if high - low == 1 else f"{low:,} to {high - 1:,}"
    place = "under the stars" if eye > edge else "in a plate" if here.solid else "in a void"
    rows = [Fact("Eye", place, "S14" if eye > edge else "S06"), Fact("Layer", layer, rests("layers"))]
    if here.rows:
        rows.append(_floor(state.city, here, eye))
    rows.append(Fact("Above the rim" if eye > edge else "Below the rim", length(abs(eye - edge))))
    if not here.outside:
        light = "day" if is_day(state) else "night"
        rows.append(Fact("Local hour", f"{clock(local_hour(state))}, {light}", rests("day_length_h")))
        rows.append(Fact("Light", lux(CEILING_LUX * light_at(state)), f"S61 · {OURS}"))
    return tuple(rows)


def lux(value: float) -> str:
    """Light on a floor in words: 100 lx, or none."""
    return f"{digits(value)} lx" if value >= 0.01 else "none"


def _floor(spec: CitySpec, here: Whereabouts, eye: float) -> Fact:
    """Which floor of three metres: within its layer if that is told apart, else from the innermost up."""
    low, high = here.layers
    if high - low == 1:
        return Fact("Floor", f"{int((eye - here.rows[-1].inner) / FLOOR_M) + 1:,}", "in it · P13")
    return Fact("Floor", digits(float(int((eye - spec.core_km * 1e3) / FLOOR_M) + 1)), "in all · P13")


def _scale(state: ViewState, tallest: Place | None) -> tuple[Fact, ...]:
    height = picture_height(state.camera)
    rows = [Fact("Picture", length(height), against(height)), Fact("To the focus", length(state.camera.distance))]
    if tallest is not None:
        rows.append(Fact("Tallest ahead", length(tallest.size[2]), tallest.kind.replace("-", " ")))
    return tuple(rows)


def against(metres: float) -> str:
    """A size against the nearest thing that people know: 3.2 x Jupiter, 1/40 of a tower."""
    size, name = min(RULERS[:-1], key=lambda ruler: abs(math.log10(metres / ruler[0])))
    return compared(metres / size, f" × {name}", f" of {name}")


def compared(ratio: float, more: str, less: str) -> str:
    """A ratio as people say it: 3.2 x …, 1/40 …."""
    return f"{digits(ratio)}{more}" if ratio >= 1.0 else f"1/{digits(1.0 / ratio)}{less}"


def _travel(metres: float, beta: float) -> tuple[Fact, ...]:
    outside, within = physics.ride(metres, beta)
    return (
        Fact("On foot", duration(metres / WALK), "5 km/h · S73"),
        Fact("Climbing", duration(metres / CLIMB), "20 cm/s · P05"),
        Fact("Local lift", duration(metres / LIFT), "8.5 km/h · P22"),
        Fact("Trunk lift", duration(outside), f"{duration(within)} within · S72"),
        Fact("At light's speed", duration(metres / physics.C), "E10"),
        Fact("By ear", duration(metres / physics.SOUND), "if there is air · E12"),
    )


def _drawn(state: ViewState) -> tuple[Fact, ...]:
    spec = state.city
    each = round(spec.layers / spec.drawn_layers)
    rows = [
        Fact("1 stratum", "1 layer" if each == 1 else f"{digits(each)} layers", rests("layers")),
        Fact("Radius", length(spec.radius_km * 1e3), "unknown · S02"),
    ]
    if state.peel:
        rows.append(Fact("Peeled", f"{state.peel} of {spec.drawn_layers}"))
    if state.explode:
        rows.append(Fact("Pulled apart", f"{digits(state.explode)} radii"))
    return tuple(rows)


def _compared(state: ViewState) -> tuple[Fact, ...]:
    """How high the picture is at the focus, in each thing that people know."""
    metres = picture_height(state.camera)
    return tuple(
        Fact(name.removeprefix("a ").removeprefix("the ").capitalize(), compared(metres / size, " ×", "")) for size, name in RULERS
    )


def _powers(state: ViewState) -> tuple[Fact, ...]:
    if radius_of(state.camera.position) > rim(state.city):
        return tuple(Fact(power.title, "none", f"outside · {power.canon}") for power in FIELDS)
    found = []
    for power in FIELDS:
        value = power.value(state.city, state.camera.position, state.year)
        found.append(Fact(power.title, f"{value:.0%}", f"{power.said(value)} · {power.canon}"))
    return tuple(found)


def people(spec: CitySpec) -> float:
    """How many live now: that part of the most there ever were whose dwellings are lived in (canon S42, S63; our choice)."""
    return PEOPLE * spec.inhabited_fraction


def _people(state: ViewState) -> tuple[Fact, ...]:
    spec = state.city
    count, area = people(spec), all_floors(spec)
    if count <= 0.0:
        return (Fact("People", "none", "S63"),)
    each = area / count / physics.EARTH_LAND
    room = f"{digits(each)} Earths" if each >= 0.01 else f"{digits(area / count / 1e6)} km²"
    return (
        Fact("People", f"{digits(count)}", f"{OURS} · S42, S63"),
        Fact("For each", room, "of floor · E86"),
        Fact("Nearest person", length(physics.between_people(count, area)), "S63"),
    )


def _city(state: ViewState) -> tuple[Fact, ...]:
    spec = state.city
    volume, area = physics.ball(rim(spec)) / physics.ball(physics.EARTH), all_floors(spec) / physics.EARTH_LAND
    return (
        Fact("Volume", f"{digits(volume)} Earths", "S09, E03"),
        Fact("Floors", f"{digits(area)} Earths", "E04"),
    )


@dataclass(frozen=True, slots=True)
class Ledger:
    """Matter that a City's plates take, and what there was, kg."""

    need: float
    had: float

    @property
    def missing(self) -> float:
        """What came from nobody knows where, kg; 0 if there was enough."""
        return max(self.need - self.had, 0.0)


def ledger(spec: CitySpec) -> Ledger:
    """Plates of steel at every layer against all planets, the Moon with them (canon S39, E30 to E34): the plates alone, nothing that stands
    on them."""
    return Ledger(all_floors(spec) * spec.plate_km * 1e3 * physics.STEEL, planets())


def _matter(state: ViewState) -> tuple[Fact, ...]:
    sums = ledger(state.city)
    lacking, note = f"{digits(sums.missing / sums.had)} times that" if sums.missing else "nothing", "from nowhere? · K17"
    if state.city.matter_source == "planets":  # then no more can be there than they weighed
        thick = min(sums.had / sums.need, 1.0) * state.city.plate_km * 1e3
        lacking, note = "nothing", f"{length(thick)} of plate at most · K17"
    elif state.city.matter_source == "nothing":
        note = "made of nothing · K17"
    suns = sums.need / physics.SUN
    need = f"{digits(suns)} Suns" if suns >= 1.0 else f"{digits(sums.need / physics.PLANETS['Earth'])} Earths"
    return (
        Fact("Plates take", need, "as steel · E33"),
        Fact("Matter there was", f"{digits(sums.had / physics.PLANETS['Jupiter'])} Jupiters", "all planets · S39"),
        Fact("Missing", lacking, note),
    )


_MORE: dict[str, Callable[[ViewState], tuple[Fact, ...]]] = dict(
    zip(FOLDED, (_drawn, _compared, _powers, _people, _city, _matter), strict=True)
)
