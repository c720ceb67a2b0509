"""Leaving: ways that begin within the City, their pace, and what happens where none is known."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from windows import straight_down

from geometry.city import City
from geometry.holes import length, plated
from geometry.landmarks import standing
from geometry.spec import CitySpec
from viewer.camera import Camera
from viewer.compose import Unfolder
from viewer.errors import InputError
from viewer.journey import passage as ways
from viewer.journey.dive import dive_from, path_along
from viewer.journey.leaving import dive_in, way_out
from viewer.journey.obstacles import F64, Line, Obstacles
from viewer.journey.route import Stop
from viewer.qt.journey import Journey, ended_at, homeward
from viewer.state import ViewState
from viewer.views import view

SPEC = CitySpec()
RIM = SPEC.radius_km * 1e3


def test_a_way_backwards_is_the_same_way() -> None:
    path = straight_down(SPEC)
    back = path.backwards()
    for share in (0.0, 0.3, 1.0):
        assert back.camera(share).position == pytest.approx(path.camera(1.0 - share).position)
        assert back.camera(share).forward == pytest.approx(path.camera(1.0 - share).forward)
    assert back.hour(0.25) == pytest.approx(path.hour(0.75))


def test_a_dive_from_the_far_side_goes_round_the_city() -> None:
    state = replace(view("outside", SPEC), camera=Camera((1e9, 0.0, -1.3 * RIM), (0.0, 0.0, 0.0)))
    made = dive_from(state, straight_down(SPEC), 40.0)
    assert made.state_at(0.0).camera.position == pytest.approx(state.camera.position)
    assert min(length(np.asarray(made.state_at(at).camera.position)) for at in np.linspace(0.0, 0.9, 60).tolist()) > 1.2 * RIM


def test_from_within_to_a_way_that_begins_elsewhere_there_is_a_cut() -> None:
    path = straight_down(SPEC)
    state = ViewState(city=SPEC, camera=Camera((0.0, 0.5 * RIM, 0.0), (0.0, 0.0, 0.0)))
    made = dive_from(state, path, 40.0)
    assert made.state_at(0.0).camera == path.camera(0.0)
    here = dive_from(replace(state, camera=replace(path.camera(0.0), fov=50.0)), path, 40.0)
    assert here.state_at(0.0).camera.fov == 50.0
    assert all(length(np.asarray(here.state_at(at).camera.position)) <= 1.001 * length(path.offset[0]) for at in (0.5, 1.0, 2.0))


def _from_door_to_door() -> tuple[list[Stop], F64]:
    up = np.array([0.0, 0.6, 0.8])
    aside = np.array([1.0, 0.0, 0.0])
    start, end = up * 0.7 * RIM, up * 0.7 * RIM + aside * 4e6
    high = up * 1e6
    stops = [Stop(start, 1.6), Stop(start + up * 5.0, 1.6, 0.3), Stop(start + high, 3e5, 1e5), Stop(end + high, 3e5, 1e5)]
    return [*stops, Stop(end + up * 5.0, 3e5, 1e5), Stop(end, 1.6, 0.3)], end + aside * 6.0


def test_what_begins_in_a_narrow_place_is_left_as_slowly_as_one_comes_to_the_end() -> None:
    stops, target = _from_door_to_door()
    path = path_along(City(SPEC), stops, target, begins=6.0)
    eyes = np.array([path.camera(share).position for share in np.linspace(0.0, 1.0, 1200)])
    steps = np.sqrt((np.diff(eyes, axis=0) ** 2).sum(axis=1))
    begun, left = (np.sqrt(((eyes[1:] - end.point) ** 2).sum(axis=1)) for end in (stops[0], stops[-1]))
    assert (steps / (np.minimum(begun, left) + 6.0)).max() < 0.2
    assert length(eyes[0] - stops[0].point) < 1e-3
    assert length(eyes[-1] - stops[-1].point) < 1e-3


def test_where_no_way_is_known_one_flies_no_farther_than_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    def wall(obstacles: Obstacles, a: F64, b: F64) -> bool:
        return bool(min(a[0], b[0]) < 500.0 < max(a[0], b[0]))

    monkeypatch.setattr(ways, "barred", wall)
    monkeypatch.setattr(ways, "passable", lambda *asked: None)
    monkeypatch.setattr(Obstacles, "free", lambda *asked: True)
    state = ViewState(city=SPEC, camera=Camera((1000.0, 0.0, 0.0), (0.0, 0.0, 0.0)))
    goal = Camera((100.0, 0.0, 0.0), (0.0, 0.0, 0.0))
    early: list[ways.Passage] = []
    nearer, there = (ways.passage(state, goal, arrives, early.append) for arrives in (False, True))
    assert nearer is not None
    assert there is not None
    assert early == [nearer, there]
    assert 500.0 < nearer.camera_at(nearer.seconds).position[0] < 700.0
    eyes = [there.camera_at(share * there.seconds).position[0] for share in np.linspace(0.0, 1.0, 200).tolist()]
    assert eyes[0] == 1000.0
    assert eyes[-1] == 100.0
    assert sum(a > 500.0 > b for a, b in pairwise(eyes)) == 1  # the cut
    assert not [x for x in eyes if 499.0 < x < 501.0]
    monkeypatch.setattr(ways, "barred", lambda obstacles, a, b: a[0] - b[0] > 800.0)  # all the way at once, but no piece of it
    whole = ways.passage(state, goal)
    assert whole is not None
    assert whole.camera_at(0.5 * whole.seconds).position[0] == pytest.approx(10.0**2.5)


def test_a_way_back_leads_from_where_one_came_to() -> None:
    path = straight_down(SPEC)
    state = view("outside", SPEC)
    along = dive_from(state, path, 10.0).state_at
    way = Journey(state.camera, state.camera, 0.0, 10.0, "Dive", 1, along, whole=True, flown=7.0)
    assert ended_at(way, along(7.0).camera)
    assert not ended_at(way, along(6.0).camera)
    back, seconds = homeward(way)
    assert back(0.0).camera == along(7.0).camera
    assert back(seconds).camera == along(0.0).camera
    with pytest.raises(ValueError, match="needs no way back"):
        homeward(replace(way, along=None))


def test_no_way_leads_out_of_a_solid() -> None:
    city = City(SPEC)
    with pytest.raises(LookupError, match="solid"):
        way_out(Obstacles(city, Unfolder(city)), np.array([0.0, 0.0, 1.0]))


def test_the_first_room_of_a_way_out_is_looked_for_in_several_widths() -> None:
    """On a floor between blocks, at eye height before a wall: points strewn 9 m about it all lie behind something, those 20 m about not."""
    city, spot = City(SPEC), np.array([354022841806.5381, -81018192877.10214, 307016896022.9283])
    obstacles = Obstacles(city, Unfolder(city))
    stops = way_out(obstacles, spot)
    assert np.array_equal(stops[0].point, spot)
    assert all(obstacles.free(stop.point) for stop in stops)


def test_who_went_down_a_stair_on_a_wall_gets_out() -> None:
    """Its doors lead nowhere, and it is open beside them."""
    eye = np.array([352888516919.7278, -80294491810.9884, 308509294620.226])
    obstacles = Obstacles(City(SPEC), Unfolder(City(SPEC)))
    out = way_out(obstacles, eye)
    assert length(out[-1].point - eye) > 3e3
    assert all(obstacles.free(stop.point) for stop in out)


def test_a_dive_from_within_asks_for_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*asked: object) -> None:
        raise InputError("asked")

    monkeypatch.setattr("viewer.journey.leaving.path_from", none)
    with pytest.raises(InputError, match="asked"):
        dive_in(ViewState(city=SPEC, camera=Camera((0.0, 0.0, 0.9 * RIM), (0.0, 0.0, 0.0))), None, 10.0)


def test_landmarks_stand_in_the_way_and_their_spheres_do_not() -> None:
    city = City(SPEC)
    obstacles = Obstacles(city, Unfolder(city))
    stair = standing(SPEC, "spiral-stair").place
    low = stair.frame.to_world(np.array([0.0, 0.0, 0.4 * stair.size[2]]))
    aside = stair.frame.axes[0] * 3e4
    assert obstacles.met(Line(low - aside, low + aside, 0.0)) is not None
    assert stair.key in {place.key for place in obstacles.about(low)}
    assert not plated(SPEC, standing(SPEC, "cavity").centre)
