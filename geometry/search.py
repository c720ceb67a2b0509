"""Finding a place of a kind without unfolding the City: walk down one line, look round at its end."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from geometry.city import City
from geometry.place import Place

_LINE = 0.62
"""Which child the walk takes, in parts of their number: off the middle, where seams and poles are."""


def planar_tiles(city: City, stratum: int | None = None) -> Iterator[Place]:
    """Tiles whose floor is flat, the nearest relations first, in one drawn stratum (default: two thirds of the way out)."""
    bands = city.unfold(city.root).children[::-1]
    yield from _tiles(city, bands[int(len(bands) * 0.67) if stratum is None else stratum])


def _tiles(city: City, place: Place) -> Iterator[Place]:
    cells = [child for child in city.unfold(place).children if child.cell is not None or child.kind == "band"]
    if not cells:
        if place.cell is not None:
            yield place
        return
    start = int(len(cells) * _LINE)
    for child in cells[start:] + cells[:start]:
        yield from _tiles(city, child)


def first(city: City, kind: str, number: int = 0, *, stratum: int | None = None, within: int = 12) -> Place:
    """The place number `number` of a kind met on the walk through the first `within` tiles and their districts; LookupError if there are fewer."""
    found = (place for tile in islice(planar_tiles(city, stratum), within) for place in _of_kind(city, tile, kind, 2))
    for place in islice(found, number, None):
        return place
    raise LookupError(f"no {kind} number {number} in the first {within} tiles")


def _of_kind(city: City, place: Place, kind: str, levels: int) -> Iterator[Place]:
    children = city.unfold(place).children
    yield from (child for child in children if child.kind == kind)
    if levels > 1:
        for child in children:
            yield from _of_kind(city, child, kind, levels - 1)
