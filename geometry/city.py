"""City: the door to everything. `City(seed=40).at("band 7 / tile 3-02")` is a place; `city.unfold(place)` is what stands there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

from geometry.address import Address, AddressError, parse
from geometry.landmarks import address_of, is_landmark
from geometry.nest import FIRST_DEPTH, bands_of, cell_children, cell_place, is_planar, parts_radially
from geometry.place import Cell, Growth, Place
from geometry.relics import relics
from geometry.rules import rule
from geometry.rules.city import band, whole
from geometry.site import Site
from geometry.spec import CitySpec, with_changes


@dataclass(frozen=True, init=False)
class City:
    """A City, grown on demand from its specification. It holds nothing: unfolding is a pure function."""

    spec: CitySpec

    def __init__(self, spec: CitySpec | None = None, /, **fields: Any) -> None:
        """From a specification, or from its fields: City(seed=40, layers=12). SpecError names a field that is wrong."""
        object.__setattr__(self, "spec", with_changes(spec or CitySpec(), fields))

    @property
    def root(self) -> Place:
        """The whole City."""
        return whole(self.spec)

    def unfold(self, place: Place) -> Growth:
        """The parts and children of a place: the same bytes every time, everywhere. What shots have taken away is not among them."""
        if not self.spec.scars:
            return rule(place.kind)(place, self.spec)
        from geometry.rubble import shot_through  # most Cities are whole, and open without it

        return shot_through(rule(place.kind)(place, self.spec.unscarred), place, self.spec.scars)

    def at(self, text: str | Address) -> Site:
        """The place with an address, or with the name of a landmark: `landmark/jupiter-room`. AddressError says which step leads nowhere.

        An address without a seed is one in this City."""
        if isinstance(text, str):
            text = address_of(self.spec, text) if is_landmark(text) else parse(text)
        address = text
        if address.seed not in (None, self.spec.seed):
            raise AddressError(f"{address}: lies in another City than that of seed {self.spec.seed}; leave out the seed, or grow that City")
        place = self._cell(address)
        for kind, number in address.steps:
            children = self.unfold(place).children
            if place.kind == "city":
                children = (*children, *relics(self.spec))
            found = [child for child in children if child.address.steps[-1:] == ((kind, number),)]
            if not found:
                raise AddressError(_not_there(place, children, kind, number))
            place = found[0]
        return Site.of(place, self)

    def _cell(self, address: Address) -> Place:
        """The city, band, stratum or tile an address begins with."""
        try:
            bands = bands_of(self.spec, address)
        except LookupError as error:
            raise AddressError(f"{address}: {error.args[0]}") from error
        if address.tile:
            if not bands:
                raise AddressError(f"{address}: a tile lies on a band or a layer; name one first, like 'band 7 / {address}'")
            place = cell_place(self.spec, bands, address.tile)
            self._check_chain(bands, place)
            return place
        if len(bands) > 1 or (bands and address.steps):
            raise AddressError(f"{address}: names no one place of its sphere; add a tile, like '{self.on_tile(address)}'")
        return band(self.spec, bands[0]) if bands else self.root

    def on_tile(self, address: Address) -> Address:
        """An address without a tile on the first tile of its band or layer that leads on. Raises LookupError if there is no such band."""
        bands = bands_of(self.spec, address)
        place = cell_place(self.spec, bands[:1], (3, 0))
        while not is_planar(_cell_of(place)):
            own = bands_of(self.spec, place.address)
            cells = cell_children(self.spec, place)
            if not cells or (own == bands and not address.steps):
                break
            parts = bands_of(self.spec, cells[0].address) != own
            place = cells[bands[len(own)] if parts and len(own) < len(bands) else len(cells) // 2]
        return replace(place.address, seed=address.seed, steps=address.steps)

    def _check_chain(self, bands: tuple[int, ...], place: Place) -> None:
        """Every cell but the first is a child of another: refuse one that no chain of unfolding reaches."""
        depth = _cell_of(place).depth
        if depth < FIRST_DEPTH:
            raise AddressError(f"{place.address}: a tile has at least {FIRST_DEPTH} quadrant; write one like 3-0")
        at_depth, length = FIRST_DEPTH, 1
        while (length, at_depth) != (len(bands), depth):
            cell = _cell_of(cell_place(self.spec, bands[:length], place.address.tile[: at_depth + 1]))
            if is_planar(cell):
                raise AddressError(f"{place.address}: tiles end at depth {at_depth}; below it are districts")
            if parts_radially(self.spec, bands[:length], cell):
                length += 1
            else:
                at_depth += 1
            if length > len(bands) or at_depth > depth:
                want = "another band or layer step" if length > len(bands) else "more quadrants"
                raise AddressError(f"{place.address}: here the City parts the other way first; the address needs {want}")


def _cell_of(place: Place) -> Cell:
    assert place.cell is not None
    return place.cell


def _not_there(place: Place, children: Sequence[Place], kind: str, number: int) -> str:
    """What to say of a step that leads nowhere: what is there, and what it may have meant."""
    numbers: dict[str, list[int]] = {}
    for child in children:
        for word, n in child.address.steps[-1:]:
            numbers.setdefault(word, []).append(n)
    step = f"no '{kind} {number}' in {place.address}"
    if kind in numbers:
        return f"{step}; it has {len(numbers[kind])} of that kind, {min(numbers[kind])} to {max(numbers[kind])}"
    cells = ("band", "layer", "tile") if place.kind in ("city", "band") else ()
    near = get_close_matches(kind, [*numbers, *cells], 1)
    if near:
        return f"{step}; did you mean '{near[0]} {number}'?"
    if cells:
        return f"{step}; it holds bands and tiles: begin like 'band 7 / tile 3-02'"
    return f"{step}; it holds {', '.join(sorted(numbers)) or 'nothing smaller'}"
