"""What people print, by name: which place, how it is cut, how large, on what base."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from geometry.address import Address
from geometry.city import City
from geometry.export.printing import MARGIN_MM
from geometry.landmarks import PREFIX, address_of
from geometry.mesh import F64
from geometry.place import Place
from geometry.search import first
from viewer.state import Cut, Plane, Wedge

_SLANT = 0.8660254037844386


@dataclass(frozen=True, slots=True)
class Purpose:
    """A kind of print."""

    title: str
    kind: str
    """Of the place that is looked for where none is named; empty for the whole City or a landmark."""
    cuts: Callable[[Place | None], tuple[Cut, ...]]
    fit_mm: float
    triangles: int
    base_round: bool = False
    base_mm: float = 3.0
    margin_mm: float = MARGIN_MM
    """By which the base stands out: what is slender needs a foot."""
    landmark: str = ""
    """The one place that is printed."""


def _across(place: Place, axis: int, sign: float, share: float) -> Plane:
    """A plane across a place: what lies on the `sign` side of a share of its half size (of its height for z) goes."""
    along = np.asarray(place.frame.axes[axis])
    reach = place.size[axis] * share if axis == 2 else place.size[axis] / 2 * share
    (px, py, pz), (nx, ny, nz) = (place.frame.origin + along * reach).tolist(), (along * sign).tolist()
    return Plane((px, py, pz), (nx, ny, nz))


def _beside(place: Place, way: F64, far: float) -> Plane:
    """A plane so far from a place's axis: what lies beyond, along a unit `way`, goes."""
    (px, py, pz), (nx, ny, nz) = (place.frame.origin + way * far).tolist(), way.tolist()
    return Plane((px, py, pz), (nx, ny, nz))


def _halved(_place: Place | None) -> tuple[Cut, ...]:
    return (Wedge(-45.0, 90.0), Plane((0.0, 0.0, 0.0), (0.0, 0.0, -1.0)))


def _topped(place: Place | None) -> tuple[Cut, ...]:
    """Without the columns that go up to the ceiling, and square at its sides."""
    assert place is not None
    return (*_squared(place), _across(place, 2, 1.0, 0.4))


def _squared(place: Place) -> tuple[Cut, ...]:
    return tuple(_across(place, axis, sign, sign) for axis in (0, 1) for sign in (-1.0, 1.0))


def _sectioned(place: Place | None) -> tuple[Cut, ...]:
    """A length of a canyon between two flat sides: books stand against the one, the chasm opens in the other."""
    assert place is not None
    sides = (_across(place, 0, -1.0, -0.6), _across(place, 0, 1.0, 0.6), _across(place, 1, -1.0, -0.40), _across(place, 1, 1.0, 0.28))
    return (*sides, _across(place, 2, 1.0, 0.9))


def _freed(place: Place | None) -> tuple[Cut, ...]:
    """Toha's drum without what circles it and what hangs from it, flat where it stands."""
    from geometry.rules.landmarks.toha import LOW, RADIUS

    assert place is not None
    x, y = place.frame.axes[0], place.frame.axes[1]
    ways = [a * x + b * y for a, b in ((1.0, 0.0), (0.5, _SLANT), (0.5, -_SLANT))]
    sides = tuple(_beside(place, sign * way, 1.06 * RADIUS) for way in ways for sign in (-1.0, 1.0))
    return (*sides, _across(place, 2, -1.0, (LOW - 250.0) / place.size[2]))


PURPOSES: dict[str, Purpose] = {
    "desk": Purpose("The City cut open, upper half on a round base", "", _halved, 180.0, 2_000_000, base_round=True),
    "district": Purpose("A district on a plate", "district", _topped, 150.0, 900_000),
    "bookend": Purpose("A length of a canyon, books against its flat side", "canyon", _sectioned, 160.0, 900_000),
    "toha": Purpose("Toha's drum, standing", "", _freed, 180.0, 900_000, base_round=True, margin_mm=12.0, landmark="toha"),
}


def place_for(purpose: Purpose, city: City, address: Address | None) -> Address | None:
    """Where a print is of: what is named, its landmark, or the first place of its kind. Raises LookupError, AddressError."""
    if purpose.landmark:
        if address is not None:
            raise LookupError("it is one place, which is known; leave out the place")
        if city.spec.toha_state != "present":
            raise LookupError("Toha has vanished from this City; --set toha_state=present brings it back")
        return address_of(city.spec, PREFIX + purpose.landmark)
    if address is not None or not purpose.kind:
        return address
    return first(city, purpose.kind).address


def cuts_for(purpose: Purpose, city: City, address: Address | None) -> tuple[Cut, ...]:
    """How the print is cut. Raises AddressError."""
    return purpose.cuts(None if address is None else city.at(address))
