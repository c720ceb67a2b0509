"""Cutting contents in a thread: something to see at once, and then the whole."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from geometry.city import City
from geometry.mesh import F64
from viewer.compose import Size, Unfolder, content, sketch
from viewer.latest import Latest
from viewer.scene import LIVE_TRIANGLES, Content
from viewer.state import ViewState
from viewer.whereabouts import outside

_AFAR, _LARGEST = 8.0, 16_000
"""Picture distances to another place from which it is shown in its largest parts first, and triangles of that."""
Order = tuple[ViewState, Size, int]
"""State, pixels and triangles of a content."""


class Composer(Latest[Order, Content]):
    """Cuts contents in a worker thread. A request replaces one that has not begun, and stops one that has."""

    def __init__(self, city: City, on_ready: Callable[[], None] | None = None, *, sketches_first: bool = True) -> None:
        """`sketches_first`: bare plates come before the very first content; not worth it where no window is there yet to show them."""
        self._unfold = Unfolder(city)
        self._outside = not sketches_first
        self._at: F64 | None = None
        """The eye of the last content that was finished: one that was broken off has shown nothing."""
        super().__init__("composer", self._made, on_ready)

    def request(self, state: ViewState, size: Size, max_triangles: int = LIVE_TRIANGLES) -> None:
        """Ask for the content of a state; whatever was asked before is dropped."""
        self.ask((state, size, max_triangles))

    def _made(self, order: Order, stopped: Callable[[], bool]) -> Content:
        state, size, budget = order
        if state.city.unscarred != self._unfold.city.spec.unscarred:
            self._unfold, self._outside = Unfolder(City(state.city)), False
        self._sketch(state, size)
        self._stand_in(state, size, stopped)
        made = content(self._unfold, state, size, budget, stopped)
        if not stopped():
            self._at = np.asarray(state.camera.position)
        return made

    def _stand_in(self, state: ViewState, size: Size, stopped: Callable[[], bool]) -> None:
        """The largest of a place within to which one came from afar, before the rest: else one would wait in blank haze."""
        here = np.asarray(state.camera.position)
        away = np.zeros(3) if self._at is None or outside(state) else here - self._at
        if float(away @ away) > (_AFAR * state.camera.distance) ** 2:
            made = content(self._unfold, state, size, _LARGEST, stopped)
            if not stopped():
                self._at = here
                self.offer(made)

    def _sketch(self, state: ViewState, size: Size) -> None:
        """Something to see at once, before the first content of a City, or when one comes out of it."""
        came_out, self._outside = not self._outside, outside(state)
        made = sketch(self._unfold.city, state, size) if came_out else None
        if made is not None:
            self.offer(made)
