"""The tallest thing in view: best first down the tree, as far as the air lets one see. Pure functions."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from itertools import count

import numpy as np

from geometry.city import City
from geometry.place import Growth, Place
from viewer.camera import Camera
from viewer.nearby import away
from viewer.state import ViewState

_HOLDERS = ("city", "band", "stratum", "tile", "district")
"""Kinds that are ground and room: things stand in them."""
_ASPECT = 16.0 / 9.0
MOST_UNFOLDED = 160
"""Places that are unfolded before the search is given up."""


def sight(state: ViewState) -> float:
    """Metres that one sees through the air of a view: what comes through is a fiftieth (Koschmieder 1924, canon E77); 500 km at most."""
    return min(3.912 / max(state.city.haze_per_m * state.haze, 1e-9), 5e5)


def tallest(
    city: City,
    camera: Camera,
    reach: float,
    unfold: Callable[[Place], Growth] | None = None,
    stopped: Callable[[], bool] = lambda: False,
) -> Place | None:
    """The place in the view and within `reach` metres that stands highest along its own up.

    None if there is none, or the search is stopped. A child's height is no more than its parent's extent, so the first thing that
    comes up is the tallest. What hides it is not asked.
    """
    eye, order, opened = np.asarray(camera.position), count(), 0
    unfold = unfold or city.unfold
    heap: list[tuple[float, int, Place]] = [(-2.0 * city.root.radius, next(order), city.root)]
    while heap and opened < MOST_UNFOLDED and not stopped():
        _, _, place = heapq.heappop(heap)
        if place.kind not in _HOLDERS:
            return place
        opened += 1
        for child in unfold(place).children:
            if away(child, eye) <= reach and in_view(camera, child):
                bound = 2.0 * child.radius if child.kind in _HOLDERS else child.size[2]
                heapq.heappush(heap, (-bound, next(order), child))
    return None


def in_view(camera: Camera, place: Place) -> bool:
    """Whether the sphere about a place reaches into the cone of the picture."""
    offset = place.centre - np.asarray(camera.position)
    far = float(np.sqrt(offset @ offset))
    if far <= place.radius:
        return True
    half = np.arctan(np.tan(np.radians(camera.fov) / 2.0) * _ASPECT)
    aside = np.arccos(np.clip(offset @ camera.forward / far, -1.0, 1.0))
    return bool(aside <= half + np.arcsin(place.radius / far))
