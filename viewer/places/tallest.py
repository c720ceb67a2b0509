"""The tallest thing ahead, in the layer that the eye is in: best first down the tree. Pure functions."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

import numpy as np

from geometry.city import City
from geometry.place import Growth, Place
from viewer.camera import Camera
from viewer.places.nearby import away

_HOLDERS = ("city", "band", "stratum", "tile", "district")
"""Kinds that are ground and room: things stand in them."""
_ASPECT = 16.0 / 9.0
FAR_M = 5e5
"""So far ahead is looked: through clear air a tower can just be told there (canon E77)."""
MOST_UNFOLDED = 400
"""Places that are unfolded before the search is given up."""


def tallest(
    city: City,
    camera: Camera,
    reach: float = FAR_M,
    unfold: Callable[[Place], Growth] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Place | None:
    """The place in the view and within `reach` metres that stands highest along its own up.

    None if there is none, or the search is stopped. A child's height is no more than its parent's extent, so the first thing that
    comes up is the tallest. What hides it is not asked.
    """
    eye, order, opened = np.asarray(camera.position), count(), 0
    radius = float(np.sqrt(eye @ eye))
    unfold = unfold or city.unfold
    heap: list[tuple[float, int, Place]] = [(-2.0 * city.root.radius, next(order), city.root)]
    while heap and opened < MOST_UNFOLDED and not stopped():
        _, _, place = heapq.heappop(heap)
        if place.kind not in _HOLDERS:
            return place
        opened += 1
        for child in unfold(place).children:
            if _about(child, radius) and away(child, eye) <= reach and in_view(camera, child):
                bound = 2.0 * child.radius if child.kind in _HOLDERS else child.size[2]
                heapq.heappush(heap, (-bound, next(order), child))
    return None


def _about(place: Place, radius: float) -> bool:
    """Whether a place is in the layer at a radius, or no whole layer: one sees through no plate."""
    return place.cell is None or place.cell.inner <= radius <= place.cell.outer


def in_view(camera: Camera, place: Place) -> bool:
    """Whether the sphere about a place reaches into the cone of the picture."""
    offset = place.centre - np.asarray(camera.position)
    far = float(np.sqrt(offset @ offset))
    if far <= place.radius:
        return True
    half = np.arctan(np.tan(np.radians(camera.fov) / 2.0) * _ASPECT)
    aside = np.arccos(np.clip(offset @ camera.forward / far, -1.0, 1.0))
    return bool(aside <= half + np.arcsin(place.radius / far))
