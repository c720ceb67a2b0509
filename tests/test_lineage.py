"""The line of places that a point lies in."""

from __future__ import annotations

import numpy as np
import pytest

from geometry.city import City
from geometry.cityfile import preset
from geometry.spec import CitySpec
from geometry.strata import strata
from viewer.lineage import lineage, reading
from viewer.views import view


@pytest.mark.parametrize(("name", "kind"), [("canyon", "canyon"), ("shaft", "shaft"), ("hall", "hall")])
def test_the_line_leads_to_the_place_the_eye_stands_in(name: str, kind: str) -> None:
    state = view(name)
    line = lineage(City(state.city), state.camera.position)
    assert kind in {place.kind for place in line}
    rows = [text for text, _ in reading(line)]
    assert rows[0] == "City"
    assert rows[1].startswith("Stratum ")
    assert any(text.startswith("Layer ") for text in rows)
    assert len(rows) < 14
    deepest = line[-1]
    assert City(state.city).at(str(deepest.address)).key == deepest.key


def test_from_outside_the_line_is_the_city_alone() -> None:
    state = view("opening")
    assert [place.kind for place in lineage(City(state.city), state.camera.position)] == ["city"]


@pytest.mark.parametrize("name", ["model", "earth"])
def test_a_city_of_single_layers_has_a_line_too(name: str) -> None:
    spec = preset(name).spec
    top = strata(spec)[-1]
    line = lineage(City(spec), (0.0, 0.5 * (top.inner + top.outer), 1.0))
    assert any(text.startswith("Layer ") for text, _ in reading(line))


def test_a_landmark_comes_before_what_gave_way_to_it() -> None:
    city = City(CitySpec(seed=40))
    room = city.at("landmark/jupiter-room")
    x, y, z = room.centre + [0.3 * room.size[0], 0.1 * room.size[1], 0.2 * room.size[2]]
    assert [place.kind for place in lineage(city, (float(x), float(y), float(z)))][-1] == room.kind
    assert reading(lineage(city, (float(x), float(y), float(z))))[-1][0] == "Jupiter room"
    corner = room.centre + np.array([0.49, 0.49, 0.49]) * room.size[0]
    assert room.key not in {place.key for place in lineage(city, (float(corner[0]), float(corner[1]), float(corner[2])))}
