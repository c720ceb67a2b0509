"""What a landmark stands among: a district of its own, with room made where the landmark is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from geometry.angle import matrix
from geometry.key import derive
from geometry.parts import Parts, join
from geometry.place import Frame, Growth, Place
from geometry.rules import district
from geometry.rules.furnish import inside
from geometry.rules.keepout import Box, clear, stacked
from geometry.rules.masses import F64
from geometry.spec import CitySpec


def quarter(place: Place, spec: CitySpec, *hollows: Box, high: float = 0.0) -> tuple[Parts, tuple[Place, ...]]:
    """A district as large as the place, with nothing in the hollows (two corners (3,) each, in its frame); `high` metres at most."""
    wide = min(place.size[0], place.size[1])
    plot = replace(place, size=(wide, wide, min(high or place.size[2], place.size[2])))
    grown = district.unfold(plot, spec)
    low, top = stacked(list(hollows))
    made = clear(grown.parts, low, top, slack=0.0)
    children = tuple(child for child in grown.children if not _meets(place, child, low, top))
    return made, children


def cleared(half: float, deep: float = 0.0, *, low: float = 12.0, high: float = 1e6) -> Box:
    """Room about the middle of a place: so far to either side, and as far or `deep` along y; from `low` up, metres."""
    return np.array([-half, -(deep or half), low]), np.array([half, deep or half, high])


def amid(place: Place, spec: CitySpec, made: Iterable[Parts], within: Iterable[Place], *hollows: Box, high: float) -> Growth:
    """A landmark as most are: what was made for it and the places in it, in a district of its own with room for it."""
    about, children = quarter(place, spec, *hollows, high=high)
    return Growth(inside(place.size, join([about, *made])), (*children, *within))


def _meets(place: Place, child: Place, low: F64, high: F64) -> bool:
    x, y, z = place.frame.to_local(child.frame.origin).tolist()
    wide, deep, tall = child.size
    half = max(wide, deep) / 2 if wide != deep else wide / 2
    a, b = np.array([x - half, y - half, z]), np.array([x + half, y + half, z + tall])
    return bool(((b > low) & (a < high)).all(axis=1).any()) if len(low) else False


def turned(
    parent: Place,
    kind: str,
    number: int,
    offset: F64,
    size: tuple[float, float, float],
    rotation: F64,
    *,
    form: int = 0,
    epoch: float | None = None,
) -> Place:
    """A child that stands at `offset` (3,), the middle of its floor, turned by a quaternion (4,): for what is no quarter turn."""
    own = Frame(np.zeros(3), parent.frame.axes)
    axes = own.to_world(matrix(np.asarray(rotation, dtype=np.float64)).T)
    child = parent.child(kind, number, (0.0, 0.0, 0.0), size, form=form, epoch=epoch)
    return replace(
        child, key=derive(parent.key, kind, number), frame=Frame(parent.frame.to_world(np.asarray(offset, dtype=np.float64)), axes)
    )
