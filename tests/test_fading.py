"""A film is cut a few times a second; what one cut shows fades into what the next one does, and frames are the same in any order."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from geometry.city import City
from viewer.camera import Camera, orbit
from viewer.compose import Unfolder, shown_of
from viewer.drawing.reel import reel
from viewer.lore.orbits import projected
from viewer.pictures.fading import MOST, Blend, blends, carried, marks, near, served
from viewer.state import ViewState
from viewer.views import view

SIZE, TRIANGLES = (64, 36), 6_000


def turning(count: int, step: float = 0.01) -> list[ViewState]:
    """A camera that goes round what is in view, so many radians a frame."""
    first = view("outside")
    return [replace(first, camera=orbit(first.camera, step * at, 0.0)) for at in range(count)]


def test_cuts_are_near_each_other_and_every_frame_lies_between_two() -> None:
    states = turning(40)
    found = marks(states)
    assert found[0] == 0
    assert found[-1] == 39
    gaps = np.diff(found)
    assert 1 < gaps.max() <= MOST
    assert all(near(states[a], states[b]) for a, b in pairwise(found))
    faded = blends(found)
    assert len(faded) == 40
    assert [blend.after * blend.share + blend.before * (1.0 - blend.share) for blend in faded] == pytest.approx(range(40))


def test_a_faster_camera_is_cut_more_often() -> None:
    assert len(marks(turning(40, 0.1))) > 2 * len(marks(turning(40)))


def test_nothing_fades_where_a_film_jumps_or_something_else_is_cut_away() -> None:
    here, there = turning(6), [replace(state, peel=1) for state in turning(6)]
    found = marks([*here, *there, view("opening"), view("canyon")])
    assert {5, 6, 11, 12, 13} <= set(found)
    assert served([*here, *there], found, found.index(5)) == (here[0],)
    assert blends(found)[5] == Blend(5, 6, 0.0)


def test_a_still_camera_needs_one_cut() -> None:
    states = [replace(view("outside"), hour=float(hour)) for hour in range(20)]
    found = marks(states)
    assert [served(states, found, which) for which in range(len(found))] == [()] * len(found)


def test_a_cut_has_what_each_of_its_eyes_sees() -> None:
    first = view("outside")
    state, other = first, replace(first, camera=orbit(first.camera, 1.5, 0.0))
    unfold = Unfolder(City(state.city))
    alone, both = (shown_of(unfold, state, SIZE, 40_000, also=also)[0] for also in ((), (other,)))
    beside = shown_of(unfold, other, SIZE, 40_000)[0]
    keys = [{shown.place.key for shown in some} for some in (alone, both, beside)]
    assert len(keys[2] - keys[0]) > 3, "the other eye sees nothing else"
    large = [shown.place.key for shown in beside[: len(beside) // 2]]
    assert np.mean([key in keys[1] for key in large]) > 0.9


def test_frames_come_out_the_same_in_any_order_and_fade() -> None:
    states = turning(9)
    with reel(states, SIZE, 1, TRIANGLES) as camera:
        first, last = marks(states)
        frames = {at: camera.draw(at) for at in (4, 6)}
        ends = [camera.mixed(4, first, last, share) for share in (0.0, 1.0)]
        mean = np.stack([end.astype(np.float64) for end in ends]).mean(axis=0)
        assert np.abs(frames[4] - mean).max() <= 1.0
    with reel(states, SIZE, 1, TRIANGLES) as camera:
        assert np.array_equal(camera.draw(6), frames[6])


def test_the_next_content_is_taken_over_in_a_frame_that_one_renderer_alone_draws() -> None:
    states = turning(9)
    with reel(states, SIZE, 1, TRIANGLES) as camera:
        first, last = marks(states)
        camera._content(first)
        coming = camera._content(last)
        camera.draw(first)
        assert any(shown is coming for shown in camera._shown.values())
        assert np.array_equal(camera.draw(4), camera.mixed(4, first, last, 0.5))


def test_a_picture_is_carried_to_where_the_eye_has_gone() -> None:
    old, size = Camera((0.0, -10.0, 0.0), (0.0, 0.0, 0.0)), (160.0, 90.0)
    nearer, aside = replace(old, position=(0.0, -9.9, 0.0)), replace(old, position=(0.1, -10.0, 0.0), focus=(0.1, 0.0, 0.0))
    for new in (old, nearer, aside):
        moved = carried(old, new, size)
        assert moved is not None
        points = np.array([[2.0, 0.0, 1.0], [-1.0, 0.0, -1.5]])  # at the distance of the focus
        before, after = (projected(camera, points, size)[0] for camera in (old, new))
        assert np.allclose(np.column_stack([before, np.ones(2)]) @ moved.T, after, atol=1e-6)
    assert carried(old, replace(old, position=(0.0, -5.0, 0.0)), size) is None
    assert carried(old, replace(old, position=(0.0, 10.0, 0.0)), size) is None
    assert carried(old, replace(old, parallel=True), size) is None
