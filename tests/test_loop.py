"""What is seen first, and when a moving eye has something unfolded."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import numpy as np
import pytest

from geometry.city import City
from viewer.camera import Camera
from viewer.compose import Composer, sketch
from viewer.qt.loop import SCALES, left_behind, scale_after
from viewer.scene import Content
from viewer.views import view

SIZE = (160, 90)


def test_a_sketch_is_the_bare_plates_and_none_is_made_within() -> None:
    state = view("opening")
    city = City(state.city)
    made = sketch(city, state, SIZE)
    assert made is not None
    assert len(made.instances.prototype) == 0
    assert made.triangles == len(made.surface.triangles) > 1_000
    reach = np.sqrt(((made.surface.points + made.anchor) ** 2).sum(axis=1).max())
    assert 0.9 < reach / (state.city.radius_km * 1e3) < 1.1
    assert sketch(city, view("canyon"), SIZE) is None


def test_the_sketch_comes_before_the_content() -> None:
    state, done = view("opening"), Event()
    seen: list[Content] = []

    def ready() -> None:
        found = composer.latest()
        if found is not None:
            seen.append(found)
        if len(seen) > 1:
            done.set()

    composer = Composer(City(state.city), ready)
    composer.request(state, (640, 360), 100_000)
    assert done.wait(60.0)
    composer.close()
    first, last = (len(found.instances.prototype) for found in seen)
    assert first == 0 < last


@pytest.mark.parametrize(
    ("eye", "focus", "behind"),
    [
        ((0.0, -10.0, 0.0), (0.0, 0.0, 0.0), False),
        ((2.0, -9.8, 0.0), (0.0, 0.0, 0.0), False),
        ((10.0, 0.0, 0.0), (0.0, 0.0, 0.0), True),
        ((0.0, -10.0, 0.0), (6.0, -2.0, 0.0), True),
        ((0.0, -2.0, 0.0), (0.0, 0.0, 0.0), True),
    ],
    ids=["stays", "turns a little about it", "a quarter round it", "looks aside", "goes near"],
)
def test_what_is_left_behind(eye: tuple[float, float, float], focus: tuple[float, float, float], behind: bool) -> None:
    asked = Camera((0.0, -10.0, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 40.0)
    assert left_behind(asked, replace(asked, position=eye, focus=focus)) is behind


def test_the_scale_settles() -> None:
    """Where a frame takes as long as its pixels, no scale leads back and forth."""
    for slowness in np.geomspace(0.005, 5.0, 40):
        scale, seen = SCALES[2], []
        for _ in range(12):
            scale = scale_after(scale, slowness * scale * scale)
            seen.append(scale)
        assert len(set(seen[-4:])) == 1
