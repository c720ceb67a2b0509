"""The ride in the trunk lift: its clocks, what the passenger sees, and that the window plays it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from geometry.material import Material
from geometry.solids import PROTOTYPE_IDS
from geometry.spec import CitySpec
from tests.windows import shown
from viewer import physics
from viewer.camera import Camera, ray
from viewer.compose import scene
from viewer.drawing.picture import Sampler
from viewer.journey.ride import at_part, at_radius, clock, on, ride, ride_of, told
from viewer.link import LinkError, link, parse
from viewer.motion import SHAPE, brightening, drawn, motion, source
from viewer.qt.journey import Journey, flown_on
from viewer.qt.window import Window
from viewer.scene import Content, Instances, Surface
from viewer.state import ViewState
from viewer.views import view

SPEC = CitySpec()
RIDE = ride_of(SPEC)
BETAS = (0.1, 0.5, 0.9, 0.99)
EYE = (5.0e11, 0.0, 0.0)
SIZE = (240, 136)


@pytest.fixture(name="window")
def _window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    yield from shown(qtbot, tmp_path)


@pytest.mark.parametrize("beta", BETAS)
def test_aberration_and_doppler_agree_with_the_reckoned_rows(beta: float) -> None:
    assert math.degrees(math.acos(physics.seen_ahead(0.0, beta))) == pytest.approx(physics.cone(beta))
    assert physics.pitch(1.0, beta) == pytest.approx(physics.doppler(beta))
    assert physics.pitch(-1.0, beta) == pytest.approx(1.0 / physics.doppler(beta))
    for cosine in (-0.8, 0.0, 0.7):
        assert physics.lies_ahead(physics.seen_ahead(cosine, beta), beta) == pytest.approx(cosine)


def test_a_steady_push_reaches_its_speed_half_way() -> None:
    for beta in BETAS:
        steady = physics.push(8.0e11, beta)
        outside, within, speed = physics.pushed(4.0e11, steady)
        assert speed == pytest.approx(beta)
        assert physics.pushed_way(outside, steady) == pytest.approx(4.0e11)
        assert within < outside


def test_the_car_ages_less_than_the_city() -> None:
    city, car = RIDE.whole
    first, middle, last = (at_part(RIDE, part) for part in (0.0, 0.5, 1.0))
    assert (first.city_s, first.car_s) == (0.0, 0.0)
    assert (last.city_s, last.car_s) == pytest.approx((city, car))
    assert abs(middle.beta) == pytest.approx(SPEC.lift_beta)
    assert middle.city_s == pytest.approx(city / 2)
    assert city - car > 60.0
    assert RIDE.push * RIDE.way / 8.0e11 / physics.WEIGHT == pytest.approx(3_544.0, rel=0.001)  # E53
    steps = [at_part(RIDE, part / 40) for part in range(41)]
    assert all(b.city_s > a.city_s and b.car_s > a.car_s for a, b in pairwise(steps))
    assert at_radius(RIDE, RIDE.end) == last


def test_the_faster_lift_is_the_greater_difference() -> None:
    slow, fast = (ride_of(CitySpec(lift_beta=beta)).whole for beta in (0.1, 0.9))
    assert slow[1] / slow[0] > 0.99
    assert fast[1] / fast[0] < 0.72


def test_a_ride_begins_in_the_tube_and_ends_at_rest() -> None:
    tour = ride(view("opening"), 20.0)
    first, middle, last = (tour.state_at(at) for at in (0.0, 10.0, 20.0))
    assert (first.beta, last.beta) == (0.0, 0.0)
    assert abs(middle.beta) > 0.4
    assert RIDE.in_tube(RIDE.start)
    assert told(first) == ""
    assert "City 1:" in told(middle)
    assert f"{abs(middle.beta):.3f} c" in told(middle)
    assert clock(3723.456) == "1:02:03.46"
    assert parse(link(middle)) == middle


def test_no_link_is_faster_than_is_drawn() -> None:
    with pytest.raises(LinkError, match="beta is out of range"):
        parse("city://1/40?beta=1.0")


def _ahead(beta: float, off: float = 0.0) -> ViewState:
    """An eye that moves outward and looks so many degrees off its way."""
    sight = (math.cos(math.radians(off)) * 1e6, math.sin(math.radians(off)) * 1e6, 0.0)
    focus = (EYE[0] + sight[0], sight[1], 0.0)
    return replace(view("opening"), camera=Camera(EYE, focus, (0.0, 0.0, 1.0), 60.0), beta=beta, cuts=(), hour=0.0)


@pytest.mark.parametrize("off", [0.0, 40.0])
def test_the_wide_picture_holds_all_that_the_passenger_sees(off: float) -> None:
    state = _ahead(0.5, off)
    moving, wide = motion(state), drawn(state)
    assert moving is not None
    half = math.tan(math.radians(wide.fov) / 2)
    for x, y in ((-1.0, -1.0), (1.0, 1.0), (0.0, 1.0), (1.0, 0.0), (0.0, 0.0)):
        way = source(ray(state.camera, x, y, SHAPE), np.asarray(moving.heading), moving.beta)
        depth = way @ wide.forward
        assert depth > 0.0
        assert abs(way @ wide.upward) < half * depth
        assert abs(way @ wide.right) < half * depth * SHAPE
    assert drawn(replace(state, beta=0.0)) == state.camera


def _lamps(degrees: tuple[float, ...]) -> Content:
    """Lamps so many degrees off the way outward, to the left of it."""
    angle = np.radians(degrees)
    position = (np.stack([np.cos(angle), np.sin(angle), np.zeros(len(angle))], axis=1) * 1000.0).astype(np.float32)
    n = len(degrees)
    look = np.tile(np.array([Material.COLD_LIGHT, 255, 0, 0], np.uint8), (n, 1))
    upright = np.tile(np.array([1, 0, 0, 0], np.float32), (n, 1))
    boxes = Instances(np.full(n, PROTOTYPE_IDS["box"], np.uint8), position, upright, np.full((n, 3), 30.0, np.float32), look)
    none = np.zeros((0, 3), np.float32)
    return Content(np.asarray(EYE), boxes, Surface(none, none, np.zeros((0, 3), np.int32), np.zeros((0, 4), np.uint8)), 12 * n)


def test_the_picture_is_bent_as_the_formula_says() -> None:
    """A lamp 60 degrees off the way, out of sight at rest, is seen where canon E55 has it at half the speed of light."""
    sampler = Sampler(SIZE, 1)
    try:
        bare, moving = (sampler(scene(_ahead(0.5), _lamps((off,))))[0].astype(float).sum(axis=2) for off in (150.0, 60.0))
    finally:
        sampler.close()
    row, column = np.unravel_index(int((moving - bare).argmax()), bare.shape)
    assert moving[row, column] - bare[row, column] > 60.0
    seen = math.acos(physics.seen_ahead(0.5, 0.5))
    wanted = SIZE[0] / 2 - math.tan(seen) / math.tan(math.radians(30.0)) * SIZE[1] / 2
    assert float(column) == pytest.approx(wanted, abs=3.0)
    assert float(row) == pytest.approx(SIZE[1] / 2, abs=3.0)


def test_what_lies_ahead_looks_bluer_and_what_lies_behind_redder() -> None:
    ahead, behind = physics.doppler(0.5), 1.0 / physics.doppler(0.5)
    assert brightening(0.465, ahead) > brightening(0.61, ahead) > 1.0
    assert brightening(0.465, behind) < brightening(0.61, behind) < 1.0
    assert brightening(0.55, 1.0) == pytest.approx(1.0)


def test_the_window_rides_with_two_clocks(window: Window, qtbot: QtBot) -> None:
    before, riding = window.state, window.requests.riding
    qtbot.keyClick(window.canvas.surface, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: window.state.beta != 0.0 and riding.badge.isVisible(), timeout=30_000)
    assert window.store.can_undo == "Ride the lift"
    assert riding.badge.text().startswith("City 0:00:")
    assert "Car 0:00:" in riding.badge.text()
    qtbot.keyClick(window.canvas.surface, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not riding.badge.isVisible(), timeout=30_000)
    assert window.state.beta == 0.0
    window.do("undo")
    assert window.state == before


def test_the_window_waits_for_a_look_and_leaps_to_it() -> None:
    """Of two looks with nothing between: it stays in the first until the second is unfolded, and is then there at once."""
    near, far = _ahead(0.5), _ahead(0.5, 60.0)

    def along(at: float) -> ViewState:
        return near if at < 1.0 else far

    way = Journey(near.camera, near.camera, 0.0, 2.0, "Ride", 1, along=along, whole=True, leaps=True)
    for _ in range(30):
        way = flown_on(way, along, 0.0, 0.05)
    assert 0.99 < way.flown < 1.0
    way = flown_on(way, along, 1.4, 0.05)
    assert (way.flown, way.pace) == (1.4, 1.0)
    assert flown_on(way, along, 1.4, 0.05).flown == pytest.approx(1.45)


def test_on_is_what_the_film_shows() -> None:
    assert on(RIDE, view("opening"), 0.25) == ride(view("opening"), 8.0).state_at(2.0)
