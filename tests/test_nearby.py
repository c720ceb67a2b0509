"""A layer up or down, and the nearest place of a kind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.city import City
from geometry.place import Place
from geometry.spec import CitySpec, with_changes
from geometry.strata import strata
from viewer.errors import InputError
from viewer.lineage import lineage
from viewer.places.nearby import KINDS, a_layer, at_nearest, away, nearest
from viewer.state import ViewState
from viewer.views import view
from viewer.whereabouts import radius_of, whereabouts

FEW = with_changes(CitySpec(), {"layers": 40, "drawn_layers": 3})


def inside(state: ViewState) -> float:
    return radius_of(state.camera.position)


def met(state: ViewState, step: int) -> tuple[list[float], ViewState, str]:
    """The radii of the eye from here to the last layer one way, the state there, and what is said to whoever would go on."""
    found = [inside(state)]
    while True:
        try:
            state = a_layer(state, step)
        except InputError as error:
            return found, state, str(error)
        found.append(inside(state))


def test_all_voids_are_met_on_the_way_out_and_again_on_the_way_in() -> None:
    outermost = strata(FEW)[-1].outer
    state = replace(view("opening", FEW), city=FEW)
    state = a_layer(state, -1)
    inward, state, said = met(state, -1)
    assert "innermost" in said
    outward, state, said = met(state, 1)
    assert "outermost" in said
    np.testing.assert_allclose(outward, inward[::-1])
    assert np.all(np.diff(outward) > 0.0)
    assert outward[-1] < outermost
    assert not any(whereabouts(FEW, radius).solid for radius in outward)
    lows = {whereabouts(FEW, radius).layers[0] for radius in outward}
    assert len(lows) > 30, "single layers are not stepped over"


def test_the_nearest_of_a_kind_is_the_nearest_of_all() -> None:
    state = view("district")
    city = City(state.city)
    where = np.asarray(state.camera.position)
    district = next(place for place in lineage(city, state.camera.position) if place.kind == "district")
    found = nearest(city.unfold, district, state.camera.position, "canyon")
    canyons = [place for place in city.unfold(district).children if place.kind == "canyon"]
    assert len(canyons) > 1
    assert found is not None
    assert away(found, where) == min(away(place, where) for place in canyons)


def test_the_eye_stands_in_the_nearest_corridor() -> None:
    there = at_nearest(view("district"), "corridor")
    line = lineage(City(there.city), there.camera.position)
    assert line[-1].kind == "corridor" or any(place.kind == "corridor" for place in line)
    assert there.hour == view("district").hour


@pytest.mark.parametrize("kind", ["shaft", "tower"])
def test_what_stands_outdoors_is_found_without_opening_blocks(kind: str) -> None:
    state = view("district")
    city, opened = City(state.city), set[str]()

    def unfold(place: Place) -> object:
        opened.add(place.kind)
        return city.unfold(place)

    found = nearest(unfold, city.root, state.camera.position, kind)  # type: ignore[arg-type]
    assert found is not None
    assert found.kind == kind
    assert "block" not in opened


def test_a_search_that_is_stopped_or_finds_nothing_says_so() -> None:
    state = view("opening")
    city = City(state.city)
    assert nearest(city.unfold, city.root, state.camera.position, "hall", lambda: True) is None
    with pytest.raises(InputError, match="no hall was found"):
        at_nearest(state, "hall", lambda: True)
    assert "hall" in KINDS
