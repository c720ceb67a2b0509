"""Flying: keys, and a speed that follows what is near."""

from __future__ import annotations

import numpy as np
import pytest

from viewer.camera import Camera
from viewer.journey.flight import Flight, flown, sounded

EYE = Camera((0.0, -100.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 40.0)


def flying(flight: Flight, camera: Camera, depths: list[float | None], seconds: float) -> tuple[Flight, Camera]:
    """After soundings that all find the same."""
    for _ in range(round(seconds / 0.2)):
        flight, camera = sounded(flight, camera, depths, 0.2)
    return flight, camera


def test_flight_follows_the_keys_that_are_down() -> None:
    flight = Flight().pressed("w").pressed("d").pressed("x")
    assert flight.keys == {"w", "d"}
    moved = flown(EYE, flight, 1.0)
    step = np.subtract(moved.position, EYE.position)
    assert step @ EYE.forward > 0.0
    assert step @ EYE.right > 0.0
    assert not flight.released("w").released("d").moving
    assert not Flight().pressed("w").pressed("s").moving


def test_what_is_near_brakes_and_what_is_far_speeds_up() -> None:
    ahead = Flight().pressed("w")
    usual = np.linalg.norm(np.subtract(flown(EYE, ahead, 1.0).position, EYE.position))
    close, _ = flying(ahead, EYE, [40.0, 2.0, None, 90.0, 60.0], 4.0)
    far, _ = flying(ahead, EYE, [9_000.0, 8_000.0, None, None, 8_500.0], 4.0)
    assert close.near == pytest.approx(2.0, rel=0.05)
    assert np.linalg.norm(np.subtract(flown(EYE, close, 1.0).position, EYE.position)) < 0.03 * usual
    assert np.linalg.norm(np.subtract(flown(EYE, far, 1.0).position, EYE.position)) > 50.0 * usual


def test_a_post_in_passing_hardly_brakes() -> None:
    steady, _ = flying(Flight(), EYE, [50.0] * 5, 3.0)
    once, _ = sounded(steady, EYE, [50.0, 50.0, 0.4, 50.0, 50.0], 0.05)
    assert steady.near is not None
    assert once.near is not None
    assert once.near > 0.5 * steady.near


def test_the_focus_stays_unless_it_is_far_off_what_is_seen() -> None:
    _, same = flying(Flight(), EYE, [30.0, 200.0, 60.0, None, 500.0], 2.0)
    assert same.distance == pytest.approx(EYE.distance)
    _, nearer = flying(Flight(), EYE, [1.0, 2.0, 1.5, 1.0, None], 6.0)
    assert 1.0 < nearer.distance < 20.0
    np.testing.assert_allclose(nearer.forward, EYE.forward, atol=1e-9)
    assert nearer.position == EYE.position


def test_the_empty_sky_leaves_all_as_it_is() -> None:
    flight, camera = sounded(Flight(near=3.0), EYE, [None] * 5, 0.2)
    assert (flight.near, camera) == (None, EYE)
