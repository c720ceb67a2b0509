"""How one comes before a place: outside what is solid, in the place where it can be walked into, and with one's own hour."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.city import City
from geometry.place import Place
from geometry.spec import CitySpec
from viewer.journey.obstacles import Line, Obstacles
from viewer.lineage import contains
from viewer.places.approach import approach
from viewer.places.nearby import nearest
from viewer.state import ViewState
from viewer.views import framing, view

HOUR = 3.5


@pytest.fixture(scope="module")
def start() -> ViewState:
    return replace(view("district"), hour=HOUR, haze=1.0)


def found(start: ViewState, kind: str) -> tuple[City, Place]:
    city = City(start.city)
    place = nearest(city.unfold, city.root, start.camera.position, kind)
    assert place is not None
    return city, place


@pytest.mark.parametrize("kind", ["canyon", "shaft", "bridge", "cables", "pipes", "builder", "village", "terrace"])
def test_the_eye_is_in_no_solid(start: ViewState, kind: str) -> None:
    city, place = found(start, kind)
    there = approach(city, place, start)
    assert Obstacles(city).holds(np.asarray(there.camera.position)) is None
    assert (there.hour, there.style, there.cuts) == (HOUR, start.style, ())


@pytest.mark.parametrize("kind", ["hall", "corridor", "room", "stair", "village"])
def test_one_stands_in_what_can_be_walked_into(start: ViewState, kind: str) -> None:
    city, place = found(start, kind)
    camera = approach(city, place, start).camera
    assert contains(start.city, place, np.asarray(camera.position))
    assert float(camera.forward @ place.frame.axes[2]) < 0.6


def test_in_a_hall_nothing_stands_right_before_the_eye(start: ViewState) -> None:
    city = City(CitySpec(seed=40))
    place = city.at("band 8.16.16 / layer 115940 / tile 0-2323121310021201312302 / district 4 / canyon 4 / block 90 / hall 0")
    camera = approach(city, place, replace(start, city=city.spec)).camera
    eye, focus = np.asarray(camera.position), np.asarray(camera.focus)
    assert Obstacles(city).met(Line(eye, eye + 0.3 * (focus - eye), 0.0, rooms=(place,))) is None


def test_a_district_is_seen_whole_and_haze_that_was_chosen_stays(start: ViewState) -> None:
    city, district = found(start, "district")
    assert approach(city, district, start) == framing(district, start)
    _, canyon = found(start, "canyon")
    assert approach(city, canyon, start).haze > 1.0
    assert approach(city, canyon, replace(start, haze=0.4)).haze == 0.4


def test_a_framing_can_be_turned_round_its_place(start: ViewState) -> None:
    _, tower = found(start, "tower")
    eyes = [np.asarray(framing(tower, start, turn=turn).camera.position) - tower.centre for turn in (0.0, 90.0, 180.0)]
    lengths = [float(np.sqrt(eye @ eye)) for eye in eyes]
    assert max(lengths) == pytest.approx(min(lengths))
    up = tower.frame.axes[2]
    level = [eye - up * (eye @ up) for eye in eyes]
    assert abs(float(level[0] @ level[1])) < 1e-6 * lengths[0] ** 2
    assert float(level[0] @ level[2]) < 0.0
