"""City: the door to everything. `City(seed=40).at("layer 7 / tile 3-02")` is a place; `city.unfold(place)` is what stands there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from geometry.address import Address, AddressError, parse
from geometry.nest import FIRST_DEPTH, bands_of, cell_place, is_planar, parts_radially
from geometry.place import Growth, Place
from geometry.rules import rule
from geometry.rules.city import band, whole
from geometry.spec import CitySpec, with_changes
from geometry.strata import strata


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
        """The parts and children of a place: the same bytes every time, everywhere."""
        return rule(place.kind)(place, self.spec)

    def at(self, text: str | Address) -> Place:
        """The place with an address; AddressError says which step leads nowhere."""
        address = parse(text) if isinstance(text, str) else text
        place = self._cell(address)
        for kind, number in address.steps:
            children = self.unfold(place).children
            found = [child for child in children if child.address.steps[-1:] == ((kind, number),)]
            if not found:
                raise AddressError(f"no '{kind} {number}' in {place.address}; it holds {_held(place, children)}")
            place = found[0]
        return place

    def _cell(self, address: Address) -> Place:
        """The city, band, stratum or tile an address begins with."""
        try:
            bands = bands_of(self.spec, address)
            for length in range(1, len(bands) + 1):
                strata(self.spec, bands[:length][:-1])[bands[length - 1]]
        except IndexError as error:
            raise AddressError(f"{address}: there is no such band") from error
        except LookupError as error:
            raise AddressError(f"{address}: {error.args[0]}") from error
        if not address.tile:
            if len(bands) > 1:
                raise AddressError(f"{address}: a band inside a band is only told apart on a tile; add one, like 'tile 3-0213'")
            return band(self.spec, bands[0]) if bands else self.root
        if not bands:
            raise AddressError(f"{address}: a tile lies on a band or a layer; name one first, like 'band 7'")
        place = cell_place(self.spec, bands, address.tile)
        self._check_chain(bands, place)
        return place

    def _check_chain(self, bands: tuple[int, ...], place: Place) -> None:
        """Every cell but the first is a child of another: refuse one that no chain of unfolding reaches."""
        assert place.cell is not None
        depth = place.cell.depth
        if depth < FIRST_DEPTH:
            raise AddressError(f"{place.address}: a tile needs at least {FIRST_DEPTH} quadrant, like 3-0")
        at_depth, length = FIRST_DEPTH, 1
        while (length, at_depth) != (len(bands), depth):
            cell = cell_place(self.spec, bands[:length], place.address.tile[: at_depth + 1]).cell
            assert cell is not None
            if is_planar(cell):
                raise AddressError(f"{place.address}: tiles end at depth {at_depth}; below it are districts")
            if parts_radially(self.spec, bands[:length], cell):
                length += 1
            else:
                at_depth += 1
            if length > len(bands) or at_depth > depth:
                want = "another band or layer step" if length > len(bands) else "more quadrants"
                raise AddressError(f"{place.address}: here the City parts the other way first; the address needs {want}")


def _held(place: Place, children: tuple[Place, ...]) -> str:
    """What one may ask of a place, in words."""
    if place.kind in ("city", "band"):
        return "bands and tiles: begin like 'band 7 / tile 3-02'"
    kinds = sorted({child.address.steps[-1][0] for child in children if child.address.steps})
    return ", ".join(kinds) or "nothing smaller"
