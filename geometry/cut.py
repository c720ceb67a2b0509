"""The cut through the tree of places: which of them to unfold for an eye.

Children lie inside their parent's box, so the tree is its own bounding-volume hierarchy. Selection is best-first by projected
size (Luebke et al. 2003, view-dependent refinement): what looks largest is refined first until the budget is spent.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

import numpy as np
from numpy.typing import NDArray

from geometry.parts import EMPTY, Parts
from geometry.place import Cell, Divided, Growth, Place
from geometry.shell import Mask, coarsened, squares
from geometry.shining import SHINES, counted, lit_area
from geometry.solids import triangle_counts
from geometry.standins import stand_in

F64 = NDArray[np.float64]
Unfold = Callable[[Place], Growth]
Test = Callable[[Place], bool]
REFINE_PIXELS = 420.0
"""A place wider than this on screen is refined."""
PART_PIXELS = 1.6
"""Parts smaller than this on screen are left out, unless the caller asks for fewer."""


_ACROSS = 1.73
"""The diagonal of a cube, in parts of its side."""
_QUARTER_TURN = 1.5707964
"""Radians along the edge of a face of the cube."""
_CURVE = 0.25
"""How far a plate may stray from its curve on screen, in parts of the width of the smallest part drawn."""
_PLATE_SHARE, _MOST_SLACK = 0.4, 256.0
"""Part of the triangles that plates may take before they are drawn coarser than the eye would like; and how much coarser at most."""
_FAR_SHARE = 0.25
"""Part of the triangles that strata and tiles may take before what stands in them has had its turn."""


_FACING = 2
"""Sub-strata of a plate without a hole that are shown to an eye beside it."""
_BEYOND, _NOT_SO_NEAR = 4.0, 0.3
"""How many times as wide as others parts must look in a void beyond the plates about the eye; and for how large its cells are taken."""
_LIP = 4.0
"""How many times as wide as others parts must look in a void that is seen down a shaft, for each of its heights that it is away."""
_AT_HOME = 4.0
"""How much larger what stands in the same place as the eye is taken for than what walls may hide: a canyon's before the next district's."""


def _never(place: Place) -> bool:
    del place
    return False


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
    hidden: Test = _never
    """Whether nothing of a place is seen, nor of what lies in it."""
    buried: Test = _never
    """Whether nothing is seen of a place's own parts."""
    beyond: Test = _never
    """Whether a place lies beyond the plates about the eye: it is seen through holes at most, and drawn coarser."""

    def distance(self, place: Place) -> float:
        """Metres to the place's box; 0 from inside. To a cell's, no less than to the radii it lies between: its box bulges over others."""
        local = place.frame.to_local(self.position)
        x, y, z = place.size
        outside = np.maximum(np.abs(local - [0.0, 0.0, z / 2]) - [x / 2, y / 2, z / 2], 0.0)
        away = float(np.sqrt((outside * outside).sum()))
        return away if place.cell is None else max(away, place.cell.inner - self.height, self.height - place.cell.outer)

    @property
    def height(self) -> float:
        """Metres from the City's centre."""
        return float(np.sqrt((self.position * self.position).sum()))

    def size_of(self, place: Place) -> float:
        """Pixels across, by the middle one of its three sizes: a tower is as wide as its shaft; infinite from inside."""
        distance = self.distance(place)
        return np.inf if distance == 0.0 else self.pixels * _ACROSS * sorted(place.size)[1] / distance

    def plate_step(self, place: Place, solid: Mask, slack: float) -> int:
        """Every how-manieth lattice point of a place's plate is enough: its curve stays within a part of a pixel of the fine one's,
        and only holes as small as parts that are left out close. `slack` times as much is allowed."""
        assert place.cell is not None
        least = slack * self.part_pixels
        n, away = len(solid), self.distance(place)
        pixels = self.pixels / away if away > 0.0 else np.inf
        wide = _QUARTER_TURN / (1 << place.cell.depth) / n
        step = 1
        while 2 * step <= n:
            blocks = solid.reshape(n // (2 * step), 2 * step, n // (2 * step), 2 * step).sum(axis=(1, 3))
            whole = bool(((blocks == 0) | (blocks == 4 * step * step)).all())
            sagitta = pixels * place.cell.outer * (2 * step * wide) ** 2 / 8.0
            hole = 0.0 if whole else pixels * place.cell.outer * wide * 2 * step
            if sagitta > _CURVE * least or hole > least:
                break
            step *= 2
        return step

    def sees(self, place: Place) -> bool:
        """Whether the sphere about the place touches the picture, and it is not hidden."""
        toward = place.centre - self.position
        return bool(np.all(self.sides @ toward >= -place.radius)) and not self.hidden(place)

    def asks_for(self, place: Place) -> float:
        """How large a place looks when it is its turn to be refined; 0 for one that is hidden."""
        if self.hidden(place):
            return 0.0
        return self.size_of(place) * (_NOT_SO_NEAR if place.cell is not None and self.beyond(place) else 1.0)

    def widths(self, place: Place, parts: Parts) -> NDArray[np.float32]:
        """(n,) pixels across each part; none for one out of the picture."""
        local = place.frame.to_local(self.position).astype(np.float32)
        away = parts.position - local
        size = parts.scale.max(axis=1)
        distance = np.maximum(np.sqrt((away * away).sum(axis=1)) - size, size * np.float32(1e-6))
        wide = size * np.float32(self.pixels) / distance
        # none for a part whose sphere misses the picture: of a cell about the eye, most parts lie behind it. Lamps light what is seen
        sides = np.einsum("ij,kj->ki", place.frame.axes, self.sides)
        lamps = np.flatnonzero(SHINES[parts.material])
        shining = wide[lamps] * counted(away[lamps], lit_area(parts.scale[lamps]), sides).astype(np.float32)
        for side in sides.astype(np.float32):
            wide[away[:, 0] * side[0] + away[:, 1] * side[1] + away[:, 2] * side[2] < -np.float32(0.9) * size] = 0.0
        wide[lamps] = np.maximum(wide[lamps], shining)
        return np.asarray(wide)

    def veil(self, place: Place, parts: Parts) -> NDArray[np.float32] | float:
        """How many times the usual width parts must have to be shown: those in a void that is seen through holes at most, more."""
        cell = place.cell
        if cell is None or not len(parts) or not self.beyond(place):
            return 1.0
        return np.where(_under_plate(place, cell, parts), np.float32(_BEYOND), np.float32(1.0))


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
        self.spent = self.far = 0
        self._later: list[tuple[float, float, int, Place, int | None]] = []
        self._order = count()
        self._home: set[int] = set()
        self._deep: set[tuple[int, int, int]] = set()
        self.thrift = np.float32((PART_PIXELS / max(self.part_pixels, PART_PIXELS)) ** 0.5)

    def run(self, max_triangles: int, share: float, stopped: Callable[[], bool]) -> None:
        """Show and refine, largest first. Cells the eye is not in may take only a share of the triangles; the rest of them wait."""
        while self.heap and not stopped():
            size, _, _, place, number = item = heapq.heappop(self.heap)
            if size != -np.inf and self.spent >= max_triangles:
                break
            if size != -np.inf and place.cell is not None and self.far >= share * max_triangles:
                self._later.append(item)
            elif number is None:
                self.show(place)
            else:
                self.refine(number)
        self.heap, self._later = self._later, []
        heapq.heapify(self.heap)

    def offer(self, place: Place) -> None:
        """Put a place on the heap to be shown when its turn comes."""
        whole = place.kind in ("city", "band")
        self._push(np.inf if whole else self._size_of(place), place, None)

    def _size_of(self, place: Place) -> float:
        """Pixels across, for whom it looks largest."""
        return max(eye.size_of(place) for eye in self.eyes)

    def _sees(self, place: Place) -> bool:
        return any(eye.sees(place) for eye in self.eyes)

    def _push(self, size: float, place: Place, number: int | None) -> None:
        """Largest on screen first; of the places the eye is in the smallest, so that the room comes before the district."""
        urgent = size * _AT_HOME if place.key in self._home else size
        heapq.heappush(self.heap, (-urgent, place.radius, next(self._order), place, number))

    def show(self, place: Place) -> None:
        """Unfold a place and draw it; it may be refined later."""
        growth = self.unfold(place)
        kept, widths, large = self._seen_parts(place, growth.parts)
        kept, number = stand_in(kept[large], widths[large] * self.thrift), next(self._order)
        self.shown[number], self._widths[number] = Shown(place, kept, self._for_the_eye(place, growth), True), widths[large]
        if place.cell is not None:
            self._fine[number] = growth
        cost = int(triangle_counts()[kept.prototype].sum()) + _skin(self.shown[number])
        self.spent += cost
        self.far += cost if place.cell is not None else 0
        size = np.inf if place.kind in ("city", "band") else max(eye.asks_for(place) for eye in self.eyes)
        if growth.children and size >= self.limit:
            self._push(size, place, number)
            if isinstance(growth.children, Divided):  # what stands in a wide cell does not wait until its plate parts
                self._offer_large(growth.children.flat, home=False)

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
        return np.where(_under_plate(place, cell, parts), np.float32(max(1.0, _LIP * heights)), np.float32(1.0))

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
        seen = [child for child in parent.growth.children if self._sees(child)]
        if parent.growth.within and len(self.eyes) > 1:
            self._note_deep([child for child in parent.growth.children if child.cell is not None])
        for child in self._seen_of(parent, [child for child in seen if child.cell is not None], number):
            self.show(child)
        if not isinstance(parent.growth.children, Divided):
            self._offer_large([child for child in seen if child.cell is None], home=home)
        if any(child.cell is not None for child in parent.growth.children):
            self.shown[number] = Shown(parent.place, parent.parts, parent.growth, False)

    def _offer_large(self, children: Sequence[Place], *, home: bool) -> None:
        """Offer those of some places, none of them a cell, that are seen and large enough to be worth a look."""
        for child in children:
            if child.kind == "band" or (self._size_of(child) >= self.limit / 6 and self._sees(child)):
                self._home |= {child.key} if home else set()
                self.offer(child)

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
        widths = np.concatenate(list(self._widths.values()))
        cost = np.concatenate([triangle_counts()[shown.parts.prototype] for shown in self.shown.values()])
        if int(cost.sum()) + plates <= 1.15 * max_triangles:
            return list(self.shown.values())
        order = np.argsort(-widths, kind="stable")
        kept = int(np.searchsorted(np.cumsum(cost[order]), max_triangles - plates, side="right"))
        least = widths[order[kept]] if kept < len(order) else np.float32(0.0)
        return [replace(item, parts=item.parts[self._widths[number] > least]) for number, item in self.shown.items()]


def _under_plate(place: Place, cell: Cell, parts: Parts) -> NDArray[np.bool_]:
    """(n,) whether parts of a cell stand in its void."""
    away = parts.position - place.frame.to_local(np.zeros(3)).astype(np.float32)
    return np.asarray((away * away).sum(axis=1) < cell.plate * cell.plate)


def _in_solid(eye: Eye, place: Place) -> bool:
    """Whether an eye is as far out as the solid of a cell."""
    return place.cell is not None and place.cell.plate <= eye.height < place.cell.outer


def _skin(shown: Shown) -> int:
    return sum(map(len, shown.growth.skin)) if shown.skin else 0
