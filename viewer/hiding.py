"""Which places a cut hides whole, so that they need not be unfolded. The shader cuts the rest to the pixel."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from geometry.address import parse
from geometry.bore import near
from geometry.holes import bundle_at, open_at, row_of
from geometry.place import Place
from geometry.scar import Scar
from geometry.spec import CitySpec
from geometry.strata import Stratum, enclosing, strata
from geometry.voids import void_about
from viewer.history import outside_then, tells
from viewer.parting import within
from viewer.state import Cut, Plane, Shells, ViewState, Wedge

Test = Callable[[Place], bool]
_BESIDE = 1.0
"""Metres under a floor, or over a roof, at which the bundle is looked up that is next to it: no plate is thinner."""


def hidden(state: ViewState) -> Test:
    """The test for places of which a state shows nothing: hidden by name, cut away, or behind plates that no cut opens."""
    rest = _unseen(state)
    named = hidden_by_name(state)
    return (lambda place: named(place) or rest(place)) if state.hidden else rest


def _unseen(state: ViewState) -> Test:
    if state.cuts:
        return lambda place: any(hides(cut, place) for cut in state.cuts)
    if state.peel or state.isolated is not None or state.explode or state.hidden or _before_its_plates(state):
        return lambda place: False
    shut = behind_plates(state.city, np.asarray(state.camera.position))
    scars = state.city.scars if state.year >= 0.0 else ()
    return shut if not scars else lambda place: shut(place) and not _bored(place, scars)


def _bored(place: Place, scars: tuple[Scar, ...]) -> bool:
    """Whether a bore comes into a place, so that it is seen through plates. A ball about a cell reaches far beyond its radii."""
    some = near(scars, place.centre, place.radius)
    if place.cell is None or not len(some):
        return len(some) > 0
    centre = np.zeros((1, 3))
    low = some.away(centre)[:, 0] - some.radius
    high = np.sqrt(np.maximum((some.start**2).sum(axis=1), (some.end**2).sum(axis=1))) + some.radius
    return bool(((low < place.cell.outer) & (high > place.cell.inner)).any())


def _before_its_plates(state: ViewState) -> bool:
    """Whether the plates about the eye were not there yet in the state's year: they may be drawn for other years, and hide nothing."""
    return tells(state) and outside_then(state)


def hidden_by_name(state: ViewState) -> Test:
    """The test for places that a person has hidden, and all in them."""
    addresses = [parse(name) for name in state.hidden]
    return lambda place: any(within(place.address, address) for address in addresses)


def buried(state: ViewState) -> Test:
    """The test for cells of whose void nothing is seen, because the eye is in their solid and no cut opens it."""
    eye = np.asarray(state.camera.position)
    radius = float(np.sqrt((eye * eye).sum()))
    if _opened(state):
        return lambda place: False
    shaft = shaft_about(state.city, eye)
    whole = state.city.layers if shaft is None else shaft.high - shaft.low

    def covered(place: Place) -> bool:
        cell = place.cell
        if cell is None or not cell.plate <= radius < cell.outer or cell.high >= state.city.layers:
            return False
        return shaft is None or cell.high - cell.low > whole

    return covered


def beyond(state: ViewState) -> Test:
    """The test for cells that are seen through holes at most: those behind the floor and the roof of the void, or of the shaft, that the
    eye is in, where no cut opens them."""
    eye = np.asarray(state.camera.position)
    if _opened(state) or void_about(state.city, eye) is not None:
        return lambda place: False
    shaft = shaft_about(state.city, eye)
    room = shaft or enclosing(state.city, float(np.sqrt((eye * eye).sum())))
    if room is None:
        return lambda place: place.cell is not None and place.cell.high < state.city.layers
    low, high = room.inner, room.plate if shaft is None else room.outer
    return lambda place: place.cell is not None and (place.cell.outer < low or place.cell.inner > high)


def _opened(state: ViewState) -> bool:
    """Whether cuts, or what is taken away, lay open what plates would hide."""
    return bool(state.cuts or state.peel or state.isolated is not None or state.explode or state.hidden or _before_its_plates(state))


def shaft_about(spec: CitySpec, eye: NDArray[np.float64]) -> Stratum | None:
    """The widest bundle of layers in whose solid, in a hole that goes through all of it, a point (3,) is; None anywhere else."""
    radius = float(np.sqrt((eye * eye).sum()))
    bands = bundle_at(spec, radius)
    for count in range(1, len(bands) + 1):
        row = row_of(spec, bands[:count])
        if radius >= row.plate and open_at(spec, bands[:count], eye):
            return row
    return None


def behind_plates(spec: CitySpec, eye: NDArray[np.float64]) -> Test:
    """From within: all but the void or the shaft the eye is in, and the bundles next to it, whose own holes go on from it. From outside:
    all below the outermost bundle or the horizon."""
    radius = float(np.sqrt((eye * eye).sum()))
    void = void_about(spec, eye)
    if void is not None and void.lined:
        return lambda place: place.cell is not None and place.key not in void.line
    if void is not None:
        low, high = (void.radius * side + float(np.sqrt((void.centre * void.centre).sum())) for side in (-1.0, 1.0))
        return lambda place: place.cell is not None and (place.cell.outer < low or place.cell.inner > high)
    room = shaft_about(spec, eye) or enclosing(spec, radius)
    if room is not None:
        floor, roof = _next_to(spec, room)
        return lambda place: place.cell is not None and (place.cell.outer < floor or place.cell.inner > roof)
    if radius < spec.radius_km * 1e3:
        return lambda place: False
    rim = strata(spec)[-1].inner
    return lambda place: place.cell is not None and (place.cell.outer < rim or _below_horizon(place, eye / radius, radius))


def _next_to(spec: CitySpec, room: Stratum) -> tuple[float, float]:
    """From which radius to which (m) the bundles above and below a void or a shaft reach, its own included."""
    found = []
    for edge, beside in ((room.inner, room.inner - _BESIDE), (room.outer, room.outer + _BESIDE)):
        bands = bundle_at(spec, beside)
        rows = (row_of(spec, bands[:count]) for count in range(1, len(bands) + 1))
        row = next((row for row in rows if edge in (row.inner, row.outer)), row_of(spec, bands) if bands else room)
        found.append(row)
    return min(found[0].inner, room.inner), max(found[1].outer, room.outer)


def _below_horizon(place: Place, toward: NDArray[np.float64], radius: float) -> bool:
    """Whether the sphere's bulge hides the place, its tallest towers included."""
    assert place.cell is not None
    return float(place.centre @ toward) + place.radius < place.cell.plate * place.cell.plate / radius


def hides(cut: Cut, place: Place) -> bool:
    """True if nothing of the place would be left."""
    if isinstance(cut, Plane):
        return float((place.centre - cut.point) @ np.asarray(cut.normal)) > place.radius
    if isinstance(cut, Shells):
        return place.cell is not None and (place.cell.outer < cut.inner or place.cell.inner > cut.outer)
    return _wedge_hides(cut, place)


def _wedge_hides(cut: Wedge, place: Place) -> bool:
    """Inside both half planes by more than the place's radius; a wedge of 180 degrees or more is left to the shader."""
    if cut.angle >= 180.0:
        return False
    start, end = np.radians(cut.start), np.radians(cut.start + cut.angle)
    x, y, _ = place.centre
    return bool(
        -np.sin(start) * x + np.cos(start) * y > place.radius and np.sin(end) * x - np.cos(end) * y > place.radius and cut.tilt == 0.0
    )
