"""The places of a whole to write to a file, within a budget of triangles that holds: largest first, no gaps, small parts dropped last.

Cells replace their parent's plate all together or not at all, so a sphere that is written is closed however small the budget.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from geometry.city import City
from geometry.cut import Shown
from geometry.export.piece import Piece, piece_of
from geometry.parts import EMPTY, Parts
from geometry.place import Place
from geometry.solids import triangle_counts

_EVEN = 8
"""How many times the mean a sibling may take: it bounds what is held while siblings are weighed against each other."""
_DEAREST = 400
"""Triangles that buy one part of any prototype."""
_KEPT = 1000
"""Places that wait with all that was unfolded of them, 25 MB or so; what waits beyond them is unfolded once more when its turn comes."""
_WHOLE = ("city", "band")
"""Kinds that are nothing but the sum of their cells: always unfolded."""


def for_budget(
    city: City,
    *roots: Place,
    max_triangles: int,
    min_feature: float = 0.0,
    hidden: Callable[[Place], bool] = lambda place: False,
    heard: Callable[[], None] = lambda: None,
    least: Callable[[int], None] = lambda triangles: None,
) -> Iterator[Shown]:
    """The places to write, largest first, until the next would take more than the triangles that are left.

    Places and parts smaller than `min_feature` metres are left out, and places that are `hidden`. Siblings of a kind come together: where
    they are too much, and where the roots are, each keeps the same share of its parts, the largest, and that is the end. Plates
    always stay, so they are the least that a budget buys: `least` is told how many triangles that is before the first place is
    given, and may raise. `heard` is called before each place unfolds, and may raise.
    Yields each place once nothing more can change of it; the frontier waits in memory without its triangles.
    """
    selection = _Selection(city, max_triangles, min_feature, hidden, heard)
    first = selection.unfolded(roots)
    least(_least(first))
    for one in _thinned(first, max_triangles):
        yield from selection.take(one)
    while selection.heap:
        _, number, group = heapq.heappop(selection.heap)
        grown = selection.siblings(group) if number not in selection.held else selection.cells_of(number)
        if grown is None:
            continue
        if selection.starved:
            break
        room = max_triangles - selection.spent + selection.freed(number)
        if sum(map(_triangles, grown)) > room:
            if number not in selection.held and sum(map(_skin, grown)) <= room:
                yield from (one for one in _thinned(grown, room) if len(one.parts) or one.growth.skin)
            break
        yield from selection.divide(number)
        for one in grown:
            yield from selection.take(one)
    yield from map(selection.whole, selection.held)


def pieces(city: City, place: Place, *, max_triangles: int = 2_000_000, min_feature: float = 0.0) -> Iterator[Piece]:
    """A place and what lies in it, ready to write to a file, largest first."""
    for shown in for_budget(city, place, max_triangles=max_triangles, min_feature=min_feature):
        yield from as_piece(shown)


def as_piece(shown: Shown) -> Iterator[Piece]:
    """What a place gives to a file: one piece, or none."""
    skin = shown.growth.skin if shown.skin else ()
    if len(shown.parts) or skin:
        yield piece_of(shown.place, shown.parts, skin)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """A place that was weighed and put aside."""

    place: Place
    triangles: int
    """Of its parts, as far as they are shown."""
    freed: int
    """Triangles that go when it divides."""


class _Selection:
    """The state of one selection: triangles spent, places that may yet divide, and a heap of what to show or to divide next."""

    def __init__(self, city: City, budget: int, least: float, hidden: Callable[[Place], bool], heard: Callable[[], None]) -> None:
        self.city, self.budget, self.least, self.hidden, self.heard = city, budget, least, hidden, heard
        self.spent = 0
        self.held: dict[int, Shown | _Waiting] = {}
        self.heap: list[tuple[float, int, tuple[Place, ...]]] = []
        self._order = count()
        self.starved = False

    def unfolded(self, roots: tuple[Place, ...]) -> list[Shown]:
        """The roots; in place of the City and of bands, the cells they are made of."""
        shown, waiting = [], list(reversed(roots))
        while waiting:
            one = self.show(waiting.pop())
            shown.append(one)
            if one.place.kind in _WHOLE:
                waiting += [child for child in reversed(one.growth.children) if not self.hidden(child)]
        return shown

    def show(self, place: Place) -> Shown:
        """A place unfolded, without its parts that are too small."""
        self.heard()
        growth = self.city.unfold(place)
        large = growth.parts
        if self.least > 0.0 and len(large):
            large = large[large.scale.max(axis=1) >= self.least]
        return Shown(place, large, growth, True)

    def take(self, one: Shown) -> Iterator[Shown]:
        """Spend a place's triangles and offer what is in it; give it back unless its plate may yet divide."""
        self.spent += _triangles(one)
        if one.place.kind in _WHOLE:
            return
        number = next(self._order)
        if any(child.cell is not None for child in one.growth.children):
            self.hold(number, one)
            heapq.heappush(self.heap, (-one.place.radius, number, (one.place,)))
        else:
            yield one
        kinds: dict[str, list[Place]] = {}
        for child in one.growth.children:
            if child.cell is None and not self.hidden(child) and 2.0 * child.radius >= self.least:
                kinds.setdefault(child.kind, []).append(child)
        for group in kinds.values():
            heapq.heappush(self.heap, (-max(child.radius for child in group), next(self._order), tuple(group)))

    def siblings(self, group: tuple[Place, ...]) -> list[Shown]:
        """Places of one kind in one place; none holds much more than it could keep of what is left."""
        most = _EVEN * max(1, self.budget - self.spent) // len(group) + 1
        shown = (self.show(place) for place in group)
        kept = [one if one.parts.triangles <= most else replace(one, parts=_largest(one.parts, most)) for one in shown]
        # what is left buys not one part of any of them: whatever is in them could have none either
        self.starved = most < _DEAREST and not any(len(one.parts) or one.growth.skin for one in kept)
        return kept

    def hold(self, number: int, one: Shown) -> None:
        """Let a place wait: whole while there are few, else as what it weighs."""
        whole = len(self.held) < _KEPT
        self.held[number] = one if whole else _Waiting(one.place, one.parts.triangles, _triangles(one) - _triangles(_divided(one)))

    def whole(self, number: int) -> Shown:
        """A place that waits, with all that was unfolded of it."""
        one = self.held[number]
        if isinstance(one, Shown):
            return one
        again = self.show(one.place)
        return again if again.parts.triangles == one.triangles else replace(again, parts=_largest(again.parts, one.triangles))

    def cells_of(self, number: int) -> list[Shown] | None:
        """The cells to show in a place's stead, as far as the budget goes and one more; None when they would be too small."""
        held = self.whole(number)
        cells = [child for child in held.growth.children if child.cell is not None and not self.hidden(child)]
        if any(2.0 * child.radius < self.least for child in cells):
            return None
        self.held[number] = held  # it is about to divide
        left, shown = self.budget - self.spent + _triangles(held), []
        for child in cells:
            shown.append(self.show(child))
            left -= _triangles(shown[-1])
            if left < 0:
                break
        return shown

    def freed(self, number: int) -> int:
        """Triangles that go when a held place divides."""
        one = self.held.get(number)
        if isinstance(one, _Waiting):
            return one.freed
        return 0 if one is None else _triangles(one) - _triangles(_divided(one))

    def divide(self, number: int) -> Iterator[Shown]:
        """Give back a held place as it is once its cells stand in its stead."""
        if number in self.held:
            one = self.whole(number)
            del self.held[number]
            self.spent += _triangles(_divided(one)) - _triangles(one)
            yield _divided(one)


def _divided(one: Shown) -> Shown:
    return replace(one, skin=False, parts=one.parts if one.growth.lasting else EMPTY)


def _skin(one: Shown) -> int:
    return sum(len(mesh) for mesh in one.growth.skin) if one.skin else 0


def _triangles(one: Shown) -> int:
    return one.parts.triangles + _skin(one)


def _least(shown: list[Shown]) -> int:
    """The fewest triangles that places can be shown with: their plates, or the smallest part where there are none."""
    smallest = (int(triangle_counts()[one.parts.prototype].min()) for one in shown if len(one.parts))
    return sum(map(_skin, shown)) or min(smallest, default=0)


def _thinned(shown: list[Shown], budget: int) -> list[Shown]:
    """The same places, each with the same share of its parts, the largest, so that all fit the budget as far as plates let them."""
    plates, all_parts = sum(map(_skin, shown)), sum(one.parts.triangles for one in shown)
    room = max(0, budget - plates)
    if all_parts <= room:
        return shown
    return [replace(one, parts=_largest(one.parts, one.parts.triangles * room // all_parts)) for one in shown]


def _largest(parts: Parts, triangles: int) -> Parts:
    """The largest parts by their longest side that fit, in their old order."""
    order = np.argsort(-parts.scale.max(axis=1), kind="stable")
    fits = np.cumsum(triangle_counts()[parts.prototype[order]]) <= triangles
    return parts[np.sort(order[fits])]
