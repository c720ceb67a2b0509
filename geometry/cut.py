"""The cut through the tree of places: which of them to unfold for an eye.

Children lie inside their parent's box, so the tree is its own bounding-volume hierarchy. Selection is best-first by projected
size (Luebke et al. 2003, view-dependent refinement): what looks largest is refined first until the budget is spent. Parts come one by
one as their turn comes (turns.py).
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from geometry.eye import PART_PIXELS, Boxes, Eye, under_plate
from geometry.parts import EMPTY, Parts
from geometry.place import Divided, Growth, Place
from geometry.shell import coarsened, squares
from geometry.solids import triangle_counts
from geometry.standins import stand_in
from geometry.turns import Tally, last, opening, turns_of

F64 = NDArray[np.float64]
Unfold = Callable[[Place], Growth]
REFINE_PIXELS = 420.0
"""A place wider than this on screen is refined."""
_PLATE_SHARE, _MOST_SLACK = 0.4, 256.0
"""Part of the triangles that plates may take before they are drawn coarser than the eye would like; and how much coarser at most."""
_FAR_SHARE = 0.25
"""Part of the triangles that strata and tiles may take before what stands in them has had its turn."""


_FACING = 2
"""Sub-strata of a plate without a hole that are shown to an eye beside it."""
_LIP = 4.0
"""How many times as wide as others parts must look in a void that is seen down a shaft, for each of its heights that it is away."""
_AT_HOME = 4.0
"""How much larger what stands in the same place as the eye is taken for than what walls may hide: a canyon's before the next district's."""


_WHOLE = ("city", "band")
_AT_ONCE = np.full(1, np.inf, np.float32)


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
    also: tuple[Eye, ...] = (),
    stopped: Callable[[], bool] = lambda: False,
) -> list[Shown]:
    """The places to draw for an eye, refined until nothing looks larger than REFINE_PIXELS / detail or the triangles are spent.

    The cells of a sphere are refined all together, so that their plates leave no gap; other children one by one. A hidden place is left
    out with all that lies in it, of a buried one only its own parts. If the first look alone costs too much, its smallest parts go.
    The same cut serves others `also`, an eye's own places on its way: what any of them sees is there, as fine as any sees it.
    """
    selection = _Selection(unfold, (eye, *also), REFINE_PIXELS / detail)
    for root in roots:
        selection.offer(root)
    for share in (_FAR_SHARE, 1.0):
        selection.run(max_triangles, share, stopped)
    return selection.within(max_triangles)


class _Selection:
    """The state of one selection: what is shown, and a heap of what to show (no number) or to refine (its number) next."""

    def __init__(self, unfold: Unfold, eyes: tuple[Eye, ...], limit: float) -> None:
        self.unfold, self.eyes, self.limit = unfold, eyes, limit
        self.part_pixels = eyes[0].part_pixels
        self.shown: dict[int, Shown] = {}
        self._widths: dict[int, NDArray[np.float32]] = {}
        self._fine: dict[int, Growth] = {}
        self.heap: list[tuple[float, float, int, Place, int | None]] = []
        self.least = limit / 6  # a place that looks smaller is not worth a look
        self._turns: dict[int, NDArray[np.float32]] = {}
        self._near, self._far = Tally(), Tally()
        self._apart: set[int] = set()
        self._held, self._whole = 0.0, False
        self._later: list[tuple[float, float, int, Place, int | None]] = []
        self._order = count()
        self._home: set[int] = set()
        self._deep: set[tuple[int, int, int]] = set()
        self.thrift = np.float32((PART_PIXELS / max(self.part_pixels, PART_PIXELS)) ** 0.5)

    def run(self, max_triangles: int, share: float, stopped: Callable[[], bool]) -> None:
        """Show and refine, largest first. Cells the eye is not in may take only a share of the triangles; the rest of them wait."""
        self._held = 0.0
        while self.heap and not stopped():
            urgent, _, _, place, number = item = heapq.heappop(self.heap)
            size = -urgent
            if size != np.inf and self._spent(size) >= max_triangles:
                return
            if size != np.inf and place.cell is not None and (self._held or self._far.above(size) >= share * max_triangles):
                self._held = self._held or size
                self._later.append(item)
            elif number is None:
                self.show(place, size)
            else:
                self.refine(number)
        self.heap, self._later, self._whole = self._later, [], True
        heapq.heapify(self.heap)

    def _spent(self, size: float) -> int:
        """Triangles of what has had its turn when places of this size have theirs."""
        return self._near.above(0.0 if self._whole else size) + self._far.above(max(size, self._held))

    def offer(self, place: Place) -> None:
        """Put a place on the heap to be shown when its turn comes."""
        self._push(np.inf if place.kind in _WHOLE else self._size_of(place), place, None)

    def _size_of(self, place: Place) -> float:
        """Pixels across, for whom it looks largest."""
        return max(eye.size_of(place) for eye in self.eyes)

    def _asks_for(self, place: Place) -> float:
        """How large it looks when it is its turn to be refined, for whom it looks largest."""
        return np.inf if place.kind in _WHOLE else max(eye.asks_for(place) for eye in self.eyes)

    def _sees(self, place: Place) -> bool:
        return any(eye.sees(place) for eye in self.eyes)

    def _push(self, size: float, place: Place, number: int | None, latest: float = np.inf) -> None:
        """Largest on screen first; of the places the eye is in the smallest, so that the room comes before the district. Its turn comes
        no earlier than at the `latest` size."""
        urgent = size * _AT_HOME if place.key in self._home else size
        heapq.heappush(self.heap, (-min(urgent, latest), place.radius, next(self._order), place, number))

    def show(self, place: Place, turn: float) -> None:
        """Unfold a place and draw it; it may be refined later."""
        growth = self.unfold(place)
        kept, widths, large = self._seen_parts(place, growth.parts)
        kept, number = stand_in(kept[large], widths[large] * self.thrift), next(self._order)
        self.shown[number], self._widths[number] = Shown(place, kept, self._for_the_eye(place, growth), True), widths[large]
        if place.cell is not None:
            self._fine[number] = growth
        self._turns[number] = turns_of(turn, self._widths[number], self.part_pixels)
        far = self._whole or place.cell is not None
        self._apart |= {number} if far else set()
        (self._far if far else self._near).add(self._turns[number], triangle_counts()[kept.prototype])
        self._far.add(_AT_ONCE, np.array([_skin(self.shown[number])]))
        size = self._asks_for(place)
        if growth.children and size >= self.limit:
            self._push(size, place, number, np.inf if place.cell is not None else turn)
            if isinstance(growth.children, Divided):  # what stands in a wide cell does not wait until its plate parts
                self._offer_large(growth.children.flat, opening(size, self.limit, self.least), home=False)

    def _seen_parts(self, place: Place, parts: Parts) -> tuple[Parts, NDArray[np.float32], NDArray[np.bool_]]:
        """The parts of a place, pixels across each, and which of them are large enough for one who sees them."""
        looking = [eye for eye in self.eyes if not eye.buried(place) and (len(self.eyes) == 1 or not eye.hidden(place))]
        if not looking:
            return EMPTY, np.zeros(0, np.float32), np.zeros(0, np.bool_)
        wide = [eye.widths(place, parts) for eye in looking]
        least = [self.part_pixels * eye.veil(place, parts) * self._lip(eye, place, parts) for eye in looking]
        large = [each > enough for enough, each in zip(least, wide, strict=True)]
        return parts, np.maximum.reduce(wide), np.logical_or.reduce(large)

    def _lip(self, eye: Eye, place: Place, parts: Parts) -> NDArray[np.float32] | float:
        """How many times the usual width parts must have in a void that an eye sees down a shaft, past other voids. No more than its lip is
        seen, the narrower the lower it is for how far it is away. What is in its plate lines the shaft, and is seen as before."""
        cell = place.cell
        if cell is None or (id(eye), cell.low, cell.high) not in self._deep:
            return 1.0
        heights = max(cell.inner - eye.height, eye.height - cell.plate) / max(cell.plate - cell.inner, 1.0)
        return np.where(under_plate(place, cell, parts), np.float32(max(1.0, _LIP * heights)), np.float32(1.0))

    def _note_deep(self, cells: list[Place]) -> None:
        """Of the sub-strata of a plate, all but those nearest to an eye are deep in it for that eye."""
        rows = {(cell.low, cell.high): cell for cell in (child.cell for child in cells) if cell is not None}
        for eye in self.eyes:
            away = sorted(rows, key=lambda row: max(rows[row].inner - eye.height, eye.height - rows[row].plate))
            self._deep |= {(id(eye), *row) for row in away[_FACING:]}

    def _seen_of(self, parent: Shown, cells: list[Place], number: int) -> list[Place]:
        """Those of the cells a place divides into that can be seen. Of the sub-strata of a plate without a hole that is the one that faces
        the eye, and the next, which its own holes look on; an eye within the plate is among them."""
        looking = [eye for eye in self.eyes if len(self.eyes) == 1 or any(map(eye.sees, cells))]
        if not parent.growth.within or not all(any(map(eye.beyond, cells)) and not _in_solid(eye, parent.place) for eye in looking):
            return cells
        solid = squares(self._fine[number].skin)
        if solid is None or not solid.all():
            return cells
        order = sorted(cells, key=lambda child: child.cell.inner if child.cell else 0.0)
        over = {parent.place.cell is not None and eye.height >= parent.place.cell.plate for eye in looking}
        faces = {id(child) for outer in over for child in (order[-_FACING:] if outer else order[:_FACING])}
        return [child for child in (reversed(order) if over == {True} else order) if id(child) in faces]

    def _for_the_eye(self, place: Place, growth: Growth, slack: float = 1.0) -> Growth:
        """The growth with a plate that is no finer than can be seen."""
        solid = squares(growth.skin) if place.cell is not None else None
        step = 1 if solid is None else min(eye.plate_step(place, solid, slack) for eye in self.eyes)
        if solid is None or step == 1:
            return growth
        top, under = growth.skin
        return replace(growth, skin=coarsened((top, under), solid, step))

    def refine(self, number: int) -> None:
        """Show the cells a place divides into in its stead, and offer its other children."""
        parent = self.shown[number]
        home = parent.place.cell is None and self._size_of(parent.place) == np.inf
        latest = opening(self._asks_for(parent.place), self.limit, self.least)
        children = parent.growth.children
        cells = list(children.cells) if isinstance(children, Divided) else [child for child in children if child.cell is not None]
        if parent.growth.within and len(self.eyes) > 1:
            self._note_deep(cells)
        for child in self._seen_of(parent, list(filter(self._sees, cells)), number):
            self.show(child, latest)
        if not isinstance(children, Divided):
            for child in children:
                if child.kind == "band" and self._sees(child):
                    self.offer(child)
            self._offer_large([child for child in children if child.cell is None and child.kind != "band"], latest, home=home)
        if cells:  # its plate gives way to theirs
            self._far.add(_AT_ONCE, np.array([-_skin(parent)]))
            self.shown[number] = Shown(parent.place, parent.parts, parent.growth, False)

    def _offer_large(self, children: Sequence[Place], latest: float, *, home: bool) -> None:
        """Offer those of some places, none of them a cell, that are seen and large enough to be worth a look."""
        if not len(children):
            return
        boxes = Boxes.of(children)
        sizes = np.maximum.reduce([eye.sizes_of(boxes) for eye in self.eyes])
        seen = np.logical_or.reduce([eye.may_see(boxes) for eye in self.eyes])
        for row in np.flatnonzero(seen & (sizes >= self.least)).tolist():
            child = children[row]
            if self._sees(child):
                self._home |= {child.key} if home else set()
                self._push(float(sizes[row]), child, None, latest)

    def _settle(self, most: int, plates: int) -> None:
        """Leave out the parts whose turn does not come before the triangles are spent, of which plates have taken some."""
        near, far = (self._gathered(far=far) for far in (False, True))
        share, most = int(_FAR_SHARE * most), most - plates
        if self._whole:
            close = last(*near, most)
            away = last(*far, most - int(near[1][near[0] >= close].sum()))
        elif self._held:
            away = last(*far, max(share - plates, share // 2))
            close = last(*near, most - int(far[1][far[0] >= away].sum()))
        else:
            close = away = last(np.concatenate([near[0], far[0]]), np.concatenate([near[1], far[1]]), most)
        for number, turns in self._turns.items():
            there = turns >= (away if number in self._apart else close)
            if not there.all():
                self.shown[number] = replace(self.shown[number], parts=self.shown[number].parts[there])
                self._widths[number] = self._widths[number][there]

    def _gathered(self, *, far: bool) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Turns and triangles of the parts of all places whose share is that of what is far, or of all others."""
        numbers = [number for number in self.shown if (number in self._apart) is far]
        turns = [self._turns[number] for number in numbers]
        cost = [triangle_counts()[self.shown[number].parts.prototype] for number in numbers]
        return np.concatenate([np.zeros(0, np.float32), *turns]), np.concatenate([np.zeros(0, np.int64), *cost])

    def within(self, max_triangles: int) -> list[Shown]:
        """What is shown, with plates that take no more than their share, and without the smallest parts that go over the budget."""
        plates, slack = sum(map(_skin, self.shown.values())), 1.0
        while plates > _PLATE_SHARE * max_triangles and slack < _MOST_SLACK:
            slack *= 2.0
            for number, fine in self._fine.items():
                self.shown[number] = replace(self.shown[number], growth=self._for_the_eye(self.shown[number].place, fine, slack))
            plates = sum(map(_skin, self.shown.values()))
        if not self.shown:
            return []
        self._settle(max_triangles, plates)
        widths = np.concatenate(list(self._widths.values()))
        cost = np.concatenate([triangle_counts()[shown.parts.prototype] for shown in self.shown.values()])
        if int(cost.sum()) + plates <= 1.15 * max_triangles:
            return list(self.shown.values())
        order = np.argsort(-widths, kind="stable")
        kept = int(np.searchsorted(np.cumsum(cost[order]), max_triangles - plates, side="right"))
        least = widths[order[kept]] if kept < len(order) else np.float32(0.0)
        return [replace(item, parts=item.parts[self._widths[number] > least]) for number, item in self.shown.items()]


def _in_solid(eye: Eye, place: Place) -> bool:
    """Whether an eye is as far out as the solid of a cell."""
    return place.cell is not None and place.cell.plate <= eye.height < place.cell.outer


def _skin(shown: Shown) -> int:
    return sum(map(len, shown.growth.skin)) if shown.skin else 0
