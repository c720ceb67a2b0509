"""Going through the City and out again: every leg through real holes and doors, none through a solid."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from geometry.city import City
from geometry.search import first
from geometry.spec import CitySpec
from viewer.camera import Camera
from viewer.compose import Unfolder
from viewer.journey.arrival import ancestors, arrive
from viewer.journey.boxes import Boxes
from viewer.journey.indoors import indoors, out_of
from viewer.journey.obstacles import F64, Line, Obstacles, inside
from viewer.journey.passage import barred, last_free, passage
from viewer.journey.route import Stop
from viewer.state import ViewState

SPEC = CitySpec()
UNTIL = 300.0
"""Metres of open air that these ways lead to."""


@pytest.fixture(name="obstacles", scope="module")
def _obstacles() -> Obstacles:
    city = City(SPEC)
    return Obstacles(city, Unfolder(city))


def in_solids(obstacles: Obstacles, stops: list[Stop], each: int = 12) -> list[F64]:
    """Points of the legs between stops that lie in a solid."""
    points = [a.point + (b.point - a.point) * t for a, b in pairwise(stops) for t in np.linspace(0.0, 1.0, each).tolist()]
    return [point for point in points if not obstacles.free(point)]


def test_many_boxes_are_met_as_one_by_one() -> None:
    rng = np.random.default_rng(3)
    axes = np.linalg.qr(rng.normal(size=(40, 3, 3)))[0]
    boxes = Boxes(rng.uniform(-10.0, 10.0, (40, 3)) + 7e11, axes, rng.uniform(0.2, 2.0, (40, 3)))
    a, b = (rng.uniform(-12.0, 12.0, (60, 3)) + 7e11 for _ in range(2))
    line = np.linspace(0.0, 1.0, 400)[:, None]
    near = boxes.clearance(np.concatenate([a[k] + (b[k] - a[k]) * line for k in range(60)])).reshape(60, 400).min(axis=1)
    met = boxes.bar(a, b, 0.0)
    assert 5 < met.sum() < 55
    assert (near[~met] > 0.0).all()
    assert (near[met] < 0.2).all()


def test_a_corridor_is_entered_by_its_mouth(obstacles: Obstacles) -> None:
    place = first(obstacles.city, "district", "block", "corridor", fitting=lambda one: one.address.steps[-1] == ("corridor", 2))
    found = indoors(obstacles, ancestors(obstacles.city, place), UNTIL)
    assert found is not None
    assert inside(place, found.eye)
    assert not inside(place, found.stops[0].point)
    assert in_solids(obstacles, found.stops) == []
    assert obstacles.met(Line(found.stops[0].point, found.stops[0].point, 0.5 * UNTIL, 0.1 * UNTIL)) is None


def test_what_is_sealed_is_seen_from_outside(obstacles: Obstacles) -> None:
    place = first(obstacles.city, "district", "block", "hall", fitting=lambda one: max(one.size) > 60.0)
    found = arrive(obstacles, place)
    assert obstacles.free(found.eye)
    assert in_solids(obstacles, list(found.stops), 6) == []


def test_one_comes_out_of_a_corridor_again(obstacles: Obstacles) -> None:
    place = first(obstacles.city, "district", "block", "corridor", fitting=lambda one: one.address.steps[-1] == ("corridor", 2))
    found = indoors(obstacles, ancestors(obstacles.city, place), UNTIL)
    assert found is not None
    away = out_of(obstacles, found.eye, UNTIL, 0.0)
    assert away is not None
    assert in_solids(obstacles, [Stop(found.eye, 1.0), *away]) == []


def test_a_flight_goes_round_what_is_between(obstacles: Obstacles) -> None:
    place = first(obstacles.city, "district", "canyon")
    x, _, z = place.size
    up = place.frame.axes[2]
    a, b = (place.frame.to_world(np.array([side * 0.7 * x, 0.0, 0.9 * z])) for side in (-1.0, 1.0))
    a, b = (next(spot + up * high for high in range(0, 9000, 150) if obstacles.free(spot + up * high)) for spot in (a, b))
    start, goal = (Camera(tuple(spot.tolist()), tuple((spot + place.frame.axes[1] * 90.0).tolist()), tuple(up.tolist())) for spot in (a, b))
    state = ViewState(city=SPEC, camera=start)
    found = passage(state, goal)
    if not barred(obstacles, a, b):
        assert found is None
        return
    assert found is not None
    eyes = [np.asarray(found.camera_at(found.seconds * t).position) for t in np.linspace(0.0, 1.0, 120)]
    assert [eye for eye in eyes if not obstacles.free(eye)] == []
    assert (found.camera_at(0.0), found.camera_at(found.seconds)) == (start, goal)


def test_views_that_are_cut_are_left_straight() -> None:
    state = ViewState(city=SPEC)
    assert passage(replace(state, peel=3), replace(state.camera, position=(1.0e11, 2.0e11, 3.0e11))) is None


def test_an_eye_turned_into_a_solid_slides_back(obstacles: Obstacles) -> None:
    place = first(obstacles.city, "district", "canyon")
    solid = place.frame.to_world(obstacles.unfold(place).parts.position[0].astype(np.float64))
    assert obstacles.holds(solid) is not None
    up = place.frame.axes[2]
    free = next(solid + up * high for high in range(0, 9000, 150) if obstacles.free(solid + up * high))
    cameras = [Camera(tuple(eye.tolist()), tuple((eye + up * 50.0).tolist())) for eye in (free, solid)]
    state = ViewState(city=SPEC, camera=cameras[-1])
    assert last_free(state, cameras) is cameras[0]
    assert last_free(state, cameras[:1]) is None
    assert last_free(replace(state, peel=2), cameras) is None
