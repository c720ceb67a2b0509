"""What stands in the air over a landing or a gangway though it belongs to another place. Pure; unfolds on demand.

A district plants its blocks beside canyons, piers and bridges: what each of them hangs on its walls must stay free of all the others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.angle import matrix
from geometry.hulls import Hulls, hulls
from geometry.parts import Parts
from geometry.place import Growth, Place
from geometry.rules.walkway import deck_height
from geometry.rules.ways_plan import LANDING, Ways
from viewer.journey.ground import touches

F64 = NDArray[np.float64]
_UP = (0.4, 1.0, 1.9)
"""Metres over a floor that somebody fills."""


class Stranger(NamedTuple):
    """A place whose parts stand in air that is another's."""

    place: Place
    share: float
    """Of the air, 0 to 1."""


def over_landing(ways: Ways) -> F64:
    """(n, 3) points of the air over a landing, up to 2 m, in its block's frame."""
    outs, along = (0.8, 0.5 * ways.deep, ways.deep - 0.6), np.linspace(0.6 - LANDING, LANDING - 0.6, 7)
    return np.array([ways.at(out, float(u), ways.level + up) for out in outs for u in along for up in _UP])


def over_walkway(place: Place) -> F64:
    """(n, 3) points of the air over the deck of a walkway, up to 2 m, in its own frame."""
    long, wide, _ = place.size
    half, top = min(wide / 2 - 0.35, 4.5), deck_height(place.size)
    return np.array([(x, y, top + up) for x in np.linspace(-0.47, 0.47, 13) * long for y in (-0.5 * half, 0.0, 0.5 * half) for up in _UP])


def strangers(root: Place, own: Place, points: F64, unfold: Callable[[Place], Growth]) -> list[Stranger]:
    """The places in `root` but `own` in whose parts some of the points (n, 3) lie, `own`'s metres, the greatest share first.

    What is in `own` counts for itself: a landing's own rails do not stand in its way, a room beside it does."""
    world = own.frame.to_world(points)
    middle = (world.min(axis=0) + world.max(axis=0)) / 2
    reach = float(np.abs(world - middle).max())
    found = (
        Stranger(place, _share(place, unfold(place).parts, world))
        for place in _about(root, middle, reach, unfold)
        if place.address != own.address
    )
    return sorted((one for one in found if one.share > 0.0), key=lambda one: -one.share)


def _about(place: Place, middle: F64, reach: float, unfold: Callable[[Place], Growth]) -> Iterator[Place]:
    """A place and those in it whose boxes come near a world point."""
    yield place
    for child in unfold(place).children:
        if child.cell is None and touches(child, middle, reach):
            yield from _about(child, middle, reach, unfold)


def _share(place: Place, made: Parts, world: F64) -> float:
    """The share of world points (n, 3) that lie in the parts of a place."""
    points = place.frame.to_local(world)
    low, high = points.min(axis=0), points.max(axis=0)
    half = np.sqrt((made.scale * made.scale).sum(axis=1))[:, None] / 2
    made = made[((made.position + half > low) & (made.position - half < high)).all(axis=1)]
    half = (np.abs(matrix(made.rotation)) * (made.scale[:, None, :] / 2)).sum(axis=2)
    made = made[((made.position + half > low) & (made.position - half < high)).all(axis=1)]
    return float(_within(hulls(made), points).mean()) if len(made) else 0.0


def _within(solid: Hulls, points: F64) -> NDArray[np.bool_]:
    """(n,) which points (n, 3) lie in a box."""
    local = (solid.axes[None] * (points[:, None, None] - solid.centre[None, :, None])).sum(axis=-1)
    return np.asarray((np.abs(local) < solid.half).all(axis=2).any(axis=1))
