"""The cut through the tree of places: which of them to unfold for an eye.

Children lie inside their parent's box, so the tree is its own bounding-volume hierarchy. Selection is best-first by projected
size (Luebke et al. 2003, view-dependent refinement): what looks largest is refined first until the budget is spent.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

import numpy as np
from numpy.typing import NDArray

from geometry.parts import Parts
from geometry.place import Growth, Place
from geometry.solids import triangle_counts

F64 = NDArray[np.float64]
Unfold = Callable[[Place], Growth]
REFINE_PIXELS = 420.0
"""A place wider than this on screen is refined."""
PART_PIXELS = 0.8
"""Parts smaller than this on screen are left out, unless the caller asks for fewer."""


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """What selection needs to know of a camera."""

    position: F64
    """(3,) world metres."""
    pixels: float
    """Pixels a radian covers at the middle of the picture."""
    sides: F64 = field(default_factory=lambda: np.zeros((0, 3)))
    """(k, 3) inward unit normals of the planes through the eye that bound the picture."""
    part_pixels: float = PART_PIXELS
    """Width on screen below which a part is left out."""

    def size_of(self, place: Place) -> float:
        """Pixels across; infinite from inside."""
        local = place.frame.to_local(self.position)
        x, y, z = place.size
        outside = np.maximum(np.abs(local - [0.0, 0.0, z / 2]) - [x / 2, y / 2, z / 2], 0.0)
        distance = float(np.sqrt((outside * outside).sum()))
        return np.inf if distance == 0.0 else self.pixels * 2.0 * place.radius / distance

    def sees(self, place: Place) -> bool:
        """Whether the sphere about the place touches the picture."""
        toward = place.centre - self.position
        return bool(np.all(self.sides @ toward >= -place.radius))

    def large_parts(self, place: Place, parts: Parts) -> NDArray[np.bool_]:
        """(n,) which parts are wide enough to draw."""
        local = place.frame.to_local(self.position).astype(np.float32)
        away = parts.position - local
        size = parts.scale.max(axis=1)
        distance = np.sqrt((away * away).sum(axis=1)) - size
        return np.asarray(size * np.float32(self.pixels) > self.part_pixels * distance)


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """One unfolded place of a cut."""

    place: Place
    parts: Parts
    growth: Growth
    skin: bool
    """False once the cells it divides into are shown in its stead."""


def for_eye(
    unfold: Unfold,
    roots: tuple[Place, ...],
    eye: Eye,
    *,
    max_triangles: int,
    detail: float = 1.0,
    hidden: Callable[[Place], bool] = lambda place: False,
    stopped: Callable[[], bool] = lambda: False,
) -> list[Shown]:
    """The places to draw for an eye, refined until nothing looks larger than REFINE_PIXELS / detail or the triangles are spent.

    The cells of a sphere are refined all together, so that their plates leave no gap; other children one by one.
    """
    selection = _Selection(unfold, eye, REFINE_PIXELS / detail)
    for root in roots:
        selection.offer(root)
    while selection.heap and not stopped():
        size, _, place, number = heapq.heappop(selection.heap)
        if selection.spent >= max_triangles and size != -np.inf:
            break
        if number is None:
            selection.show(place)
        else:
            selection.refine(number, hidden)
    return list(selection.shown.values())


class _Selection:
    """The state of one selection: what is shown, and a heap of what to show (no number) or to refine (its number) next."""

    def __init__(self, unfold: Unfold, eye: Eye, limit: float) -> None:
        self.unfold, self.eye, self.limit = unfold, eye, limit
        self.shown: dict[int, Shown] = {}
        self.heap: list[tuple[float, int, Place, int | None]] = []
        self.spent = 0
        self._order = count()

    def offer(self, place: Place) -> None:
        """Put a place on the heap to be shown when its turn comes."""
        whole = place.kind in ("city", "band")
        heapq.heappush(self.heap, (-np.inf if whole else -self.eye.size_of(place), next(self._order), place, None))

    def show(self, place: Place) -> None:
        """Unfold a place and draw it; it may be refined later."""
        growth = self.unfold(place)
        kept = growth.parts[self.eye.large_parts(place, growth.parts)] if len(growth.parts) else growth.parts
        number = next(self._order)
        self.shown[number] = Shown(place, kept, growth, True)
        self.spent += int(triangle_counts()[kept.prototype].sum()) + sum(len(mesh) for mesh in growth.skin)
        size = np.inf if place.kind in ("city", "band") else self.eye.size_of(place)
        if growth.children and size >= self.limit:
            heapq.heappush(self.heap, (-size, number, place, number))

    def refine(self, number: int, hidden: Callable[[Place], bool]) -> None:
        """Show the cells a place divides into in its stead, and offer its other children."""
        parent = self.shown[number]
        seen = [child for child in parent.growth.children if self.eye.sees(child) and not hidden(child)]
        for child in seen:
            if child.cell is not None:
                self.show(child)
            elif child.kind == "band" or self.eye.size_of(child) >= self.limit / 6:
                self.offer(child)
        if any(child.cell is not None for child in parent.growth.children):
            self.shown[number] = Shown(parent.place, parent.parts, parent.growth, False)
