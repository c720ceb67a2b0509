"""Finding a place of a kind without unfolding the City: walk down one line, look round at its end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from geometry.address import Address, AddressError
from geometry.city import City
from geometry.nest import bands_of, cell_place
from geometry.place import Growth, Place

_LINE = 0.62
"""Which child the walk takes, in parts of their number: off the middle, where seams and poles are."""


def sphere(city: City, address: Address) -> tuple[Place, ...]:
    """The first cells, all round, of the band or the single layer that an address without a tile names. Raises AddressError.

    A layer may be named without its bands: they are looked up."""
    try:
        bands = bands_of(city.spec, address)
    except LookupError as error:
        raise AddressError(f"{address}: {error.args[0]}") from error
    tiles = [(face, quadrant) for face in range(6) for quadrant in range(4)]
    return tuple(cell_place(city.spec, bands, tile) for tile in tiles)


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


def first(
    city: City,
    *kinds: str,
    number: int = 0,
    stratum: int | None = None,
    within: int = 12,
    fitting: Callable[[Place], bool] = lambda place: True,
    through: Callable[[Place], bool] = lambda place: True,
) -> Place:
    """The place number `number` met on the walk that is a kinds[-1], in a kinds[-2], … in a tile: first(city, "block", "hall").

    Looks through the first `within` tiles, only at what is `fitting`, and into no place that is not worth looking `through`; LookupError
    if they hold fewer.
    """
    tiles = islice(planar_tiles(city, stratum), within)
    found = (place for tile in tiles for place in line(city.unfold, tile, kinds, through) if fitting(place))
    for place in islice(found, number, None):
        return place
    raise LookupError(f"no {' in which there is a '.join(kinds)} number {number} in the first {within} tiles")


def line(unfold: Callable[[Place], Growth], place: Place, kinds: tuple[str, ...], through: Callable[[Place], bool]) -> Iterator[Place]:
    """All places that are a kinds[-1] in a kinds[-2] … in `place`; those in between are looked into where `through` says so."""
    if not kinds:
        yield place
        return
    for child in unfold(place).children:
        if child.kind == kinds[0] and (len(kinds) == 1 or through(child)):
            yield from line(unfold, child, kinds[1:], through)
