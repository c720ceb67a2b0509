"""Walking: floors carry, walls and rails stop, stairs lead up and down, doors let through; the same at any frame rate."""

from __future__ import annotations

import numpy as np
import pytest

from geometry.angle import turn
from geometry.hulls import Hulls, hulls, without
from geometry.parts import Parts, join, parts
from viewer.journey.walk import EYE, PACE, RADIUS, STEP, Body, collides, landed, nearest, walked

FLOOR = parts("box", (0.0, 0.0, -0.1), (40.0, 40.0, 0.2))


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Parts:
    a, b = np.array(low), np.array(high)
    return parts("box", (a + b) / 2, b - a)


def go(solid: Hulls, start: tuple[float, float, float], way: tuple[float, float], seconds: float, frame: float = 1 / 30) -> Body:
    body = Body(start, eye=start[2])
    for _ in range(round(seconds / frame)):
        body = walked(body, solid, way, frame)
        assert not collides(solid, np.array(body.feet), 5e-3)
    return body


def test_a_floor_carries_and_the_pace_is_that_of_a_walker() -> None:
    body = go(hulls(FLOOR), (0.0, 0.0, 0.0), (PACE, 0.0), 3.0)
    assert body.feet == pytest.approx((3 * PACE, 0.0, 0.0), abs=0.02)
    assert not body.falling


def test_a_stair_leads_up_and_down() -> None:
    steps = parts("stairs", (4.0, 0.0, 1.02), (12 * 0.28, 2.0, 12 * 0.17))
    solid = hulls(join([FLOOR, steps, box((5.68, -1, 1.9), (9.0, 1, 2.04))]))
    top = go(solid, (0.0, 0.0, 0.0), (PACE, 0.0), 5.0)
    assert top.feet[2] == pytest.approx(2.04, abs=1e-3)
    down = go(solid, top.feet, (-PACE, 0.0), 5.0)
    assert down.feet[2] == pytest.approx(0.0, abs=1e-3)


def test_a_turned_stair_of_treads_leads_up() -> None:
    turned = turn("z", 0.3)
    one = parts("stairs", (0.0, 0.0, 0.0), (12 * 0.28, 2.0, 12 * 0.17)).moved((4.0, 0.0, 1.02), turned)
    top = go(hulls(join([FLOOR, one])), (2.6, -0.9, 0.0), (PACE * 0.835, PACE * 0.55), 2.2)
    assert top.feet[2] > 1.2


def test_a_wall_stops_and_one_slides_along_it() -> None:
    solid = hulls(join([FLOOR, box((2.0, -9, 0), (2.3, 9, 3))]))
    body = go(solid, (0.0, 0.0, 0.0), (PACE, 0.5 * PACE), 4.0)
    assert body.feet[0] == pytest.approx(2.0 - RADIUS, abs=5e-3)
    assert body.feet[1] > 1.5


@pytest.mark.parametrize(("height", "passes"), [(0.4, True), (0.5, False)])
def test_what_is_lower_than_a_step_is_stepped_on(height: float, passes: bool) -> None:
    solid = hulls(join([FLOOR, box((2.0, -9, 0), (2.3, 9, height))]))
    assert (go(solid, (0.0, 0.0, 0.0), (PACE, 0.0), 3.0).feet[0] > 3.0) == passes
    assert height < STEP or not passes


def test_a_rail_stops_at_the_edge() -> None:
    rail = parts("rail", (3.0, 0.0, 0.55), (8.0, 0.05, 1.1), rotation=turn("z", 1.0))
    solid = hulls(join([box((-5, -5, -0.2), (3.1, 5, 0.0)), rail]))
    body = go(solid, (0.0, 0.0, 0.0), (4.5, 0.0), 3.0)
    assert body.feet[0] < 3.0
    assert not body.falling


def test_over_the_edge_of_a_slab_one_falls_slowly_and_lands() -> None:
    solid = hulls(join([box((-5, -5, -0.2), (1.0, 5, 0.0)), box((-20, -20, -30.2), (20, 20, -30.0))]))
    falling = go(solid, (0.0, 0.0, 0.0), (PACE, 0.0), 2.5)
    assert falling.falling
    assert -12.0 < falling.feet[2] < -0.5
    landed_ = go(solid, falling.feet, (0.0, 0.0), 8.0)
    assert landed_.feet[2] == pytest.approx(-30.0, abs=1e-6)
    assert not landed_.falling


def test_nobody_falls_through_a_thin_plate_however_slow_the_frames() -> None:
    solid = hulls(join([box((-5, -5, -20.005), (5, 5, -20.0))]))
    assert go(solid, (0.0, 0.0, 0.0), (0.0, 0.0), 8.0, frame=0.2).feet[2] == pytest.approx(-20.0, abs=1e-6)


@pytest.mark.parametrize(("width", "passes"), [(0.9, True), (0.62, True), (0.4, False)])
def test_a_narrow_door_lets_through_and_a_gap_does_not(width: float, passes: bool) -> None:
    walls = [box((2.0, width / 2, 0), (2.2, 9, 3)), box((2.0, -9, 0), (2.2, -width / 2, 3)), box((2.0, -9, 2.1), (2.2, 9, 3))]
    body = go(hulls(join([FLOOR, *walls])), (0.0, 0.0, 0.0), (PACE, 0.0), 3.0)
    assert (body.feet[0] > 3.0) == passes


@pytest.mark.parametrize("frame", [1 / 120, 1 / 47, 1 / 10, 0.2])
def test_the_same_walk_at_any_frame_rate(frame: float) -> None:
    steps = parts("stairs", (4.0, 0.0, 1.02), (12 * 0.28, 2.0, 12 * 0.17))
    solid = hulls(join([FLOOR, steps, box((1.0, 0.1, 0), (1.5, 2.0, 2.0))]))
    usual = go(solid, (0.0, 0.0, 0.0), (PACE, 0.1), 4.0, 1 / 60)
    other = go(solid, (0.0, 0.0, 0.0), (PACE, 0.1), 4.0, frame)
    assert np.abs(np.subtract(usual.feet, other.feet)).max() < 0.08


def test_one_lands_on_the_nearest_floor_below_or_not_at_all() -> None:
    solid = hulls(join([FLOOR, box((-2, -2, 2.5), (2, 2, 2.7))]))
    under, over = landed(solid, np.array([0.0, 0.0, EYE]), 30.0), landed(solid, np.array([0.0, 0.0, 6.0]), 30.0)
    assert under is not None
    assert under.feet[2] == pytest.approx(0.0)
    assert over is not None
    assert over.feet[2] == pytest.approx(2.7)
    assert landed(solid, np.array([0.0, 0.0, 60.0]), 30.0) is None


def test_a_room_is_taken_out_of_the_mass_it_lies_in() -> None:
    mass = hulls(box((-50, -50, 0), (50, 50, 80)))
    left = without(mass, np.array([0.0, 0.0, 20.0]), np.eye(3), np.array([10.0, 5.0, 10.0]))
    assert (left.half * 2).prod(axis=1).sum() == pytest.approx(100 * 100 * 80 - 20 * 10 * 20)
    assert not collides(left, np.array([0.0, 0.0, 15.0]))
    assert collides(left, np.array([0.0, 0.0, 40.0]))


def test_the_nearest_floor_that_is_seen_is_stood_on() -> None:
    far_below, roofed = box((-20.0, -20.0, -61.0), (20.0, 20.0, -60.0)), box((3.0, -2.0, -9.0), (7.0, 2.0, -8.0))
    assert landed(hulls(far_below), np.zeros(3), 26.0) is None
    body = nearest(hulls(far_below), 100.0)
    assert body is not None
    assert body.feet == pytest.approx((0.0, 0.0, -60.0))
    closed = join([roofed, box((2.0, -3.0, -7.0), (8.0, 3.0, -5.5)), box((1.5, -3.0, -9.0), (2.5, 3.0, -5.5))])
    assert nearest(hulls(closed), 12.0) is not None, "on the roof over it"
    assert nearest(hulls(far_below), 30.0) is None
    shut = hulls(join([far_below, box((-30.0, -30.0, -40.0), (30.0, 30.0, -30.0)), box((-30.0, -30.0, -30.0), (30.0, 30.0, -29.0))]))
    body = nearest(shut, 100.0)
    assert body is not None
    assert body.feet[2] == pytest.approx(-29.0)
