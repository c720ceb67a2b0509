"""Taking the City apart at a place: peel down to it, show it alone, hide it. Pure functions ViewState -> ViewState."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from geometry.address import Address
from geometry.nest import bands_of
from geometry.place import Place
from viewer.state import Cut, Plane, Shells, ViewState

MOST_HIDDEN = 16
"""How many places can be hidden one by one."""


def all_round(place: Place) -> Place:
    """A stratum, band or layer all round, from a cell of it."""
    return replace(place, address=replace(place.address, tile=()))


def name_of(address: Address) -> str:
    """An address without its seed, as states and links keep it."""
    return str(address).partition(" / ")[2]


def within(address: Address, outer: Address) -> bool:
    """Whether a place lies in another, or is it, by their addresses."""
    if outer.layer is not None and address.layer != outer.layer:
        return False
    if outer.layer is None and address.bands[: len(outer.bands)] != outer.bands:
        return False
    return address.tile[: len(outer.tile)] == outer.tile and address.steps[: len(outer.steps)] == outer.steps


def stratum_of(state: ViewState, address: Address) -> int | None:
    """Index of the drawn stratum that an address names; None for anything smaller."""
    if address.tile or address.steps:
        return None
    bands = bands_of(state.city, address)
    return bands[0] if len(bands) == 1 else None


def peeled_to(state: ViewState, place: Place) -> ViewState:
    """Take off what lies above a place: whole strata, all beyond a layer's plate, or all above a building's top."""
    index = stratum_of(state, place.address)
    if place.kind == "city":
        return replace(state, peel=0, isolated=None)
    if index is not None:
        return replace(state, peel=state.city.drawn_layers - 1 - index, isolated=None)
    if place.cell is not None:
        return replace(state, cuts=(*(cut for cut in state.cuts if not isinstance(cut, Shells)), Shells(0.0, place.cell.outer)))
    up = place.frame.axes[2]
    top = _plane(place.frame.origin + up * place.size[2], up)
    return replace(state, cuts=(*(cut for cut in state.cuts if not isinstance(cut, Plane)), top))


def alone(state: ViewState, place: Place) -> ViewState:
    """Show a place alone, or all again if it already is."""
    index = stratum_of(state, place.address)
    if place.kind == "city":
        return replace(state, isolated=None, cuts=())
    if index is not None:
        return replace(state, isolated=None if state.isolated == index else index)
    cuts = _walls(place, bool(place.address.tile or place.address.steps))
    return replace(state, cuts=() if state.cuts == cuts else cuts)


def _walls(place: Place, sides: bool) -> tuple[Cut, ...]:
    """Cuts that leave only a place: between its radii if it is curved, inside its box if it has sides."""
    x, y, z = place.frame.axes
    wide, deep, high = place.size
    centre = place.frame.origin
    pairs = ((x, wide / 2), (-x, wide / 2), (y, deep / 2), (-y, deep / 2)) if sides else ()
    planes = tuple(_plane(centre + way * far, way) for way, far in pairs)
    if place.cell is not None:
        return (*planes, Shells(place.cell.inner, place.cell.outer))
    return (*planes, _plane(centre, -z), _plane(centre + z * high, z))


def _plane(point: np.ndarray, normal: np.ndarray) -> Plane:
    (px, py, pz), (nx, ny, nz) = point.tolist(), normal.tolist()
    return Plane((px, py, pz), (nx, ny, nz))


def hidden_toggled(state: ViewState, address: Address) -> ViewState:
    """Hide a place, or show it again; of too many the first hidden comes back. The whole City cannot be hidden: all is shown."""
    name = name_of(address)
    if not name:
        return replace(state, hidden=())
    if name in state.hidden:
        return replace(state, hidden=tuple(other for other in state.hidden if other != name))
    return replace(state, hidden=(*state.hidden, name)[-MOST_HIDDEN:])
