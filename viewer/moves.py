"""What actions do to a ViewState. Pure functions: each returns a new state and stays within the ranges of links."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geometry.history import span
from geometry.spec import with_changes
from viewer.camera import F64, Camera, Vector, orbit, pan, zoom
from viewer.navigate import FARTHEST, NEAREST
from viewer.slicing import AXES, flipped, hides_point, last_plane, moved, radius, toggled, with_axis
from viewer.state import Plane, Shells, ViewState, Wedge
from viewer.styles import DEFAULT, PARAMETERS, names, numbers, style
from viewer.views import OPENING, roomy, view
from viewer.whereabouts import is_day, light_at, local_hour, outside

HAZE = "haze"
"""The one number among the sliders of a style that is the view's own."""
NEARLY_UPRIGHT = 1e-4
"""Radians off the vertical for views from above and below, so that up stays a direction across the sight."""

SIDES: dict[str, tuple[float, float, float]] = {
    "front": (0.0, -1.0, 0.0),
    "back": (0.0, 1.0, 0.0),
    "right": (1.0, 0.0, 0.0),
    "left": (-1.0, 0.0, 0.0),
    "top": (0.0, -NEARLY_UPRIGHT, 1.0),
    "bottom": (0.0, -NEARLY_UPRIGHT, -1.0),
}


def home(state: ViewState) -> ViewState:
    """The opening view's camera, with room about it, and its cuts; hour, style and City stay."""
    opening = roomy(view(OPENING, state.city))
    return replace(state, camera=opening.camera, cuts=opening.cuts, peel=0, isolated=None, explode=0.0, hidden=())


def _axes_about(up: Vector) -> F64:
    """(3, 3) rows right, ahead, up for a given up; the world's own axes where up is z."""
    z = np.asarray(up, dtype=np.float64) / np.sqrt(np.square(up).sum())
    ahead = np.array([0.0, 1.0, 0.0]) if abs(z[1]) < 0.9 else np.array([1.0, 0.0, 0.0])
    x = np.cross(ahead, z)
    x /= np.sqrt((x * x).sum())
    return np.stack([x, np.cross(z, x), z])


def seen_from(state: ViewState, side: str) -> ViewState:
    """The focus seen from a side at the same distance; up is the camera's own."""
    camera = state.camera
    offset = np.asarray(SIDES[side]) @ _axes_about(camera.up) * camera.distance
    x, y, z = (float(v) for v in np.asarray(camera.focus) + offset)
    return replace(state, camera=replace(camera, position=(x, y, z)))


def parallel_toggled(state: ViewState) -> ViewState:
    """Orthographic on or off."""
    return _with_camera(state, replace(state.camera, parallel=not state.camera.parallel))


def _with_camera(state: ViewState, camera: Camera) -> ViewState:
    return replace(state, camera=camera)


def turned(state: ViewState, right: float, up: float) -> ViewState:
    """Orbit about the focus by degrees."""
    return _with_camera(state, orbit(state.camera, float(np.radians(right)), float(np.radians(up))))


def slid(state: ViewState, right: float, up: float) -> ViewState:
    """Slide eye and focus by parts of the picture's height."""
    return _with_camera(state, pan(state.camera, right, up))


def nearer(state: ViewState, factor: float) -> ViewState:
    """Bring the eye nearer to the focus."""
    wanted = state.camera.distance * factor
    return state if not NEAREST <= wanted <= FARTHEST else _with_camera(state, zoom(state.camera, factor))


def seed_stepped(state: ViewState, step: int) -> ViewState:
    """The City of the next seed; seeds run in a ring."""
    return replace(state, city=with_changes(state.city, {"seed": (state.city.seed + step) % 2**63}))


def style_cycled(state: ViewState) -> ViewState:
    """The next style, as its file has it."""
    known = names()
    return replace(state, style=known[(known.index(state.style) + 1) % len(known)] if state.style in known else DEFAULT, tuned=())


def styled(state: ViewState, name: str) -> ViewState:
    """A style by name, as its file has it."""
    return replace(state, style=name, tuned=())


def style_number(state: ViewState, name: str) -> float:
    """A number of the style as it is now, or the haze."""
    value = state.haze if name == HAZE else style(state.style, state.tuned).values[name]
    assert isinstance(value, float)
    return value


def tuned(state: ViewState, name: str, value: float) -> ViewState:
    """A number of the style, or the haze, set to a value; kept within its range. The style's own value leaves no trace."""
    if name == HAZE:
        return replace(state, haze=min(10.0, max(0.0, value)))
    row = PARAMETERS[name]
    given = {**dict(state.tuned), name: min(row.high, max(row.low, value))}
    own = style(state.style).values
    return replace(state, tuned=tuple((key, given[key]) for key in numbers() if key in given and given[key] != own[key]))


def untuned(state: ViewState, name: str) -> ViewState:
    """A number as the style has it; the haze as it usually is."""
    if name == HAZE:
        return replace(state, haze=1.0)
    return replace(state, tuned=tuple(row for row in state.tuned if row[0] != name))


def style_reset(state: ViewState) -> ViewState:
    """All numbers as the style has them."""
    return replace(state, tuned=())


def power_toggled(state: ViewState, name: str) -> ViewState:
    """A power or the ghost orbits laid over the view, or taken off (canon S01, S80 to S88)."""
    return replace(state, power="" if state.power == name else name)


def lost_toggled(state: ViewState) -> ViewState:
    """Without address, readouts and scale, or with them again (canon S68)."""
    return replace(state, lost=not state.lost)


def figure_toggled(state: ViewState) -> ViewState:
    """The human figure on or off."""
    return replace(state, figure=not state.figure)


def detailed(state: ViewState, factor: float) -> ViewState:
    """More or less detail, 0.1 to 10."""
    return replace(state, detail=min(10.0, max(0.1, state.detail * factor)))


def slice_moved(state: ViewState, steps: float) -> ViewState:
    """Move the last slice, a plane along its normal, by a fiftieth of what is in view. Where there is none a plane across x appears."""
    if not state.cuts:
        return slice_axis(state, "x")
    pitch = 0.02 * min(radius(state.city), state.camera.distance)
    return replace(state, cuts=(*state.cuts[:-1], moved(state.cuts[-1], steps, pitch, state.city)))


def slice_axis(state: ViewState, axis: str) -> ViewState:
    """The last plane, or a new one, square to an axis: through the centre, or from within the City through what is looked at, open
    to the eye."""
    cuts = with_axis(state.cuts, axis)
    if outside(state):
        return replace(state, cuts=cuts)
    index = last_plane(cuts)
    assert index is not None
    normal = np.asarray(AXES[axis])
    side = 1.0 if float(normal @ state.camera.forward) <= 0.0 else -1.0
    x, y, z = (float(value) for value in side * normal)
    return replace(state, cuts=(*cuts[:index], Plane(state.camera.focus, (x, y, z)), *cuts[index + 1 :]))


def cut_away(state: ViewState) -> bool:
    """Whether a slice takes away what the camera looks at."""
    return any(hides_point(cut, state.camera.focus) for cut in state.cuts)


def slice_flipped(state: ViewState) -> ViewState:
    """The last slice hides its other side."""
    return replace(state, cuts=(*state.cuts[:-1], flipped(state.cuts[-1]))) if state.cuts else state


def plane_toggled(state: ViewState) -> ViewState:
    """All planes off, or one across y through the centre on."""
    if last_plane(state.cuts) is None:
        return replace(state, cuts=(*state.cuts, Plane((0.0, 0.0, 0.0), (0.0, -1.0, 0.0))))
    return replace(state, cuts=tuple(cut for cut in state.cuts if not isinstance(cut, Plane)))


def wedge_toggled(state: ViewState) -> ViewState:
    """The wedge off, or one that faces the eye on."""
    x, y, _ = state.camera.position
    towards = float(np.degrees(np.arctan2(y, x))) if x or y else 0.0
    return replace(state, cuts=toggled(state.cuts, Wedge(round(towards - 45.0, 3), 90.0)))


def shells_toggled(state: ViewState) -> ViewState:
    """The shell range off, or the outer three fifths of the radius on."""
    size = radius(state.city)
    return replace(state, cuts=toggled(state.cuts, Shells(0.4 * size, size)))


def slice_dropped(state: ViewState) -> ViewState:
    """Without the last slice."""
    return replace(state, cuts=state.cuts[:-1])


def slices_cleared(state: ViewState) -> ViewState:
    """Without slices."""
    return replace(state, cuts=())


def peeled(state: ViewState, strata: int) -> ViewState:
    """Take strata off from outside, or put them back; the last one stays."""
    return replace(state, peel=min(state.city.drawn_layers - 1, max(0, state.peel + strata)))


def isolation_toggled(state: ViewState) -> ViewState:
    """Show one stratum (the outermost that is not peeled), or all again."""
    top = max(0, state.city.drawn_layers - 1 - state.peel)
    return replace(state, isolated=top if state.isolated is None else None)


def isolation_stepped(state: ViewState, step: int) -> ViewState:
    """Isolate the neighbour of the isolated stratum."""
    if state.isolated is None:
        return isolation_toggled(state)
    return replace(state, isolated=min(state.city.drawn_layers - 1, max(0, state.isolated + step)))


def exploded(state: ViewState, step: float) -> ViewState:
    """Pull strata apart, 0 to 2 radii."""
    return replace(state, explode=round(min(2.0, max(0.0, state.explode + step)), 6))


def made_whole(state: ViewState) -> ViewState:
    """Nothing cut, peeled, isolated, hidden or pulled apart."""
    return replace(state, cuts=(), peel=0, isolated=None, explode=0.0, hidden=())


def day_toggled(state: ViewState) -> ViewState:
    """Half a day on; where that is the same light again (at dusk, or by the duty), midnight or noon under the eye's ceiling."""
    later = replace(state, hour=(state.hour + 12.0) % 24.0)
    if abs(light_at(later) - light_at(state)) > 0.95:
        return later
    wanted = 0.0 if is_day(state) else 12.0
    return replace(state, hour=(state.hour + wanted - local_hour(state)) % 24.0)


def hours_passed(state: ViewState, hours: float) -> ViewState:
    """Hours later, round the clock."""
    return replace(state, hour=(state.hour + hours) % 24.0)


def years_passed(state: ViewState, years: float) -> ViewState:
    """Years later: not before the bare Earth, nor beyond the last age there is to tell of."""
    first, last = span(state.city)
    return replace(state, year=min(last, max(first, state.year + years)))


def hazed(state: ViewState, step: float) -> ViewState:
    """More or less haze, 0 to 10."""
    return replace(state, haze=min(10.0, max(0.0, state.haze + step)))
