"""Slices as people give and move them: text forms, axes, steps. Pure functions over cuts."""

from __future__ import annotations

import math
from dataclasses import replace
from difflib import get_close_matches

import numpy as np

from geometry.spec import CitySpec, shown
from viewer.camera import Vector
from viewer.errors import InputError
from viewer.state import Cut, Plane, Shells, Wedge

AXES: dict[str, Vector] = {"x": (1.0, 0.0, 0.0), "y": (0.0, 1.0, 0.0), "z": (0.0, 0.0, 1.0)}
_FORM = {
    "wedge": "wedge:START,ANGLE[,TILT] in degrees",
    "plane": "plane:AXIS,FRACTION like plane:-x,0.2",
    "shells": "shells:INNER,OUTER like shells:0.4,1",
}
FORMS = f"{_FORM['wedge']}, {_FORM['plane']}, or {_FORM['shells']}"


def radius(city: CitySpec) -> float:
    """The City's radius, metres."""
    return city.radius_km * 1000.0


def read_cut(text: str, city: CitySpec) -> Cut:
    """A cut from its text form; lengths are parts of the City's radius. Raises InputError."""
    kind, _, rest = text.strip().partition(":")
    words = [word.strip() for word in rest.split(",")] if rest else []
    try:
        if kind == "wedge" and len(words) <= 3:
            return _wedge(*map(_number, words))
        if kind == "plane" and len(words) in (1, 2):
            return _plane(words[0], _number(words[1]) if len(words) == 2 else 0.0, city)
        if kind == "shells" and len(words) == 2:
            return _shells(_number(words[0]), _number(words[1]), city)
    except _NoCutError as error:
        raise InputError(f"'{shown(text)}': {error}; write {_FORM[kind]}") from None
    if kind in _FORM:
        raise InputError(f"'{shown(text)}' has {'too few' if len(words) < 2 else 'too many'} numbers; write {_FORM[kind]}")
    near = get_close_matches(kind, _FORM, 1)
    raise InputError(f"'{shown(text)}' is no slice; " + (f"did you mean {_FORM[near[0]]}?" if near else f"write {FORMS}"))


class _NoCutError(Exception):
    """The words are no cut; the message says why."""


def _number(word: str) -> float:
    try:
        return float(word)
    except ValueError:
        raise _NoCutError(f"'{shown(word)}' is not a number") from None


def _wedge(start: float = -45.0, angle: float = 90.0, tilt: float = 0.0) -> Wedge:
    if not (-360 <= start <= 360 and 0 < angle < 360 and -90 < tilt < 90):
        raise _NoCutError("start is -360 to 360, angle 0 to 360, tilt -90 to 90 degrees")
    return Wedge(start, angle, tilt)


def _plane(axis: str, fraction: float, city: CitySpec) -> Plane:
    sign, name = (-1.0, axis[1:]) if axis.startswith("-") else (1.0, axis)
    if name not in AXES or not -1.0 <= fraction <= 1.0:
        raise _NoCutError("the axis is x, y, z, -x, -y or -z and the fraction -1 to 1")
    x, y, z = AXES[name]
    normal = (x * sign, y * sign, z * sign)
    return Plane(_along(normal, sign * fraction * radius(city)), normal)


def _shells(inner: float, outer: float, city: CitySpec) -> Shells:
    if not 0.0 <= inner < outer <= 10.0:
        raise _NoCutError("radii are 0 to 10, the inner first")
    return Shells(inner * radius(city), outer * radius(city))


def _along(direction: Vector, length: float) -> Vector:
    x, y, z = direction
    return (x * length, y * length, z * length)


def moved(cut: Cut, steps: float, pitch: float, city: CitySpec) -> Cut:
    """The cut some steps on: `pitch` metres each, or 5 degrees for a wedge. It stops where it no longer cuts the City."""
    size = radius(city)
    if isinstance(cut, Wedge):
        return replace(cut, start=(cut.start + 5.0 * steps + 180.0) % 360.0 - 180.0)
    if isinstance(cut, Shells):
        return replace(cut, outer=max(cut.inner + 1.0, min(cut.outer + pitch * steps, max(size, cut.outer))))
    x, y, z = cut.normal
    length = math.hypot(x, y, z)
    unit = (x / length, y / length, z / length)
    here = sum(p * n for p, n in zip(cut.point, unit, strict=True))
    limit = max(size, abs(here))
    dx, dy, dz = _along(unit, min(limit, max(-limit, here + pitch * steps)) - here)
    px, py, pz = cut.point
    return replace(cut, point=(px + dx, py + dy, pz + dz))


def flipped(cut: Cut) -> Cut:
    """The cut that hides the other side. A shell range has no other side."""
    if isinstance(cut, Wedge):
        return replace(cut, start=(cut.start + cut.angle + 180.0) % 360.0 - 180.0, angle=360.0 - cut.angle)
    if isinstance(cut, Plane):
        x, y, z = cut.normal
        return replace(cut, normal=(-x, -y, -z))
    return cut


def with_axis(cuts: tuple[Cut, ...], axis: str) -> tuple[Cut, ...]:
    """The last plane turned square to an axis through the centre; one is added where there is none."""
    plane = Plane((0.0, 0.0, 0.0), AXES[axis])
    index = last_plane(cuts)
    return (*cuts, plane) if index is None else (*cuts[:index], plane, *cuts[index + 1 :])


def last_plane(cuts: tuple[Cut, ...]) -> int | None:
    """Index of the last plane, or None."""
    return next((i for i in reversed(range(len(cuts))) if isinstance(cuts[i], Plane)), None)


def toggled(cuts: tuple[Cut, ...], cut: Cut) -> tuple[Cut, ...]:
    """Without the cuts of this kind if there are any, else with this one."""
    others = tuple(other for other in cuts if type(other) is not type(cut))
    return others if len(others) < len(cuts) else (*cuts, cut)


def hides_point(cut: Cut, point: Vector) -> bool:
    """Whether a cut takes away what stands at a point."""
    x, y, z = point
    if isinstance(cut, Plane):
        return float(np.subtract(point, cut.point) @ np.asarray(cut.normal)) > 0.0
    if isinstance(cut, Shells):
        return not cut.inner <= float(np.sqrt(x * x + y * y + z * z)) <= cut.outer
    turn = (float(np.degrees(np.arctan2(y, x))) - cut.start) % 360.0
    return turn < cut.angle
