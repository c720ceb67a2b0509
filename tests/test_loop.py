"""What is seen first, and when a moving eye has something unfolded."""

from __future__ import annotations

from dataclasses import replace
from threading import Event

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from geometry.city import City
from viewer.camera import Camera
from viewer.compose import scene, sketch
from viewer.composer import Composer
from viewer.qt.canvas import Canvas
from viewer.qt.loop import SCALES, Loop, left_behind, scale_after, serves
from viewer.qt.pilot import Pilot
from viewer.qt.protocols import Course
from viewer.scene import Content
from viewer.state import ViewState
from viewer.store import Store
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


def test_no_sketch_is_made_for_a_window_that_is_not_there_yet() -> None:
    state, seen = view("opening"), Event()
    composer = Composer(City(state.city), seen.set, sketches_first=False)
    composer.request(state, (640, 360), 100_000)
    assert seen.wait(60.0)
    found = composer.latest()
    composer.close()
    assert found is not None
    assert len(found.instances.prototype) > 0


@pytest.mark.parametrize(
    ("made", "size", "serves_"),
    [
        ((1440, 868), (1440, 868), True),
        ((1440, 868), (1280, 688), True),
        ((1440, 868), (1920, 1048), True),
        ((1440, 868), (2560, 868), False),
        ((1440, 868), (3840, 2128), False),
        ((1440, 868), (100, 30), False),
    ],
)
def test_a_content_serves_a_picture_of_nearly_its_size(made: tuple[int, int], size: tuple[int, int], serves_: bool) -> None:
    assert serves(made, size) is serves_


class Idle:
    """A composer that answers nothing and keeps what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[ViewState] = []
        self.busy = True

    def request(self, state: ViewState, size: tuple[int, int], max_triangles: int) -> None:
        self.asked.append(state)

    def latest(self) -> Content | None:
        return None

    def close(self) -> None:
        pass


@pytest.mark.parametrize(("expected", "asked"), [("opening", 0), ("half", 1)])
def test_what_is_being_unfolded_already_is_not_asked_for_again(qtbot: QtBot, expected: str, asked: int) -> None:
    window, idle = QWidget(), Idle()
    qtbot.addWidget(window)
    canvas = Canvas(window, lambda _: pytest.fail("nothing is drawn here"))
    canvas.surface.resize(640, 360)
    loop = Loop(Store(view("opening")), canvas, lambda state, ready: idle, scene)
    loop.expect(view(expected), (640, 380))
    idle.busy = False
    qtbot.wait(400)
    assert idle.asked == [view("opening")] * asked
    loop.close()
    canvas.close()


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


class Held:
    """A guide that has unfolded a way up to some time, and no farther."""

    def __init__(self, made_at: float) -> None:
        self.course: Course | None = None
        self.made_at = made_at


def test_an_eye_waits_for_what_it_flies_into(qtbot: QtBot) -> None:
    """Along a way from 1e9 m to 1 m: it goes on where it is unfolded, and stops before it has left that behind."""
    start = view("opening")

    def along(at: float) -> ViewState:
        away = 10.0 ** (9.0 - 0.9 * at)
        return replace(start, camera=Camera((0.0, -away, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 40.0))

    window = QWidget()
    qtbot.addWidget(window)
    store, canvas = Store(start), Canvas(window, lambda _: pytest.fail("nothing is drawn here"))
    pilot, guide = Pilot(store, canvas, lambda key: False), Held(0.0)
    pilot.guided(guide)
    pilot.follow(along, 10.0, "Dive")
    guide.made_at = 3.0
    qtbot.wait(6_000)
    assert pilot.travelling
    reached = np.log10(store.state.camera.distance)
    assert 9.0 - 0.9 * 3.0 - 0.6 < reached < 9.0 - 0.9 * 3.0 + 0.01
    assert guide.course is not None
    at, ahead = guide.course(2.0)
    assert at > 3.0
    assert ahead.camera.distance < store.state.camera.distance
    guide.made_at = 10.0
    qtbot.waitUntil(lambda: not pilot.travelling, timeout=20_000)
    assert store.state == along(10.0)
    assert guide.course is None
    pilot.close()
    canvas.close()


def test_a_place_one_comes_to_from_afar_is_seen_in_its_largest_parts_first() -> None:
    far, near = view("opening"), view("canyon")
    seen: list[int] = []

    def ready() -> None:
        found = composer.latest()
        if found is not None:
            seen.append(found.triangles)

    composer = Composer(City(far.city), ready, sketches_first=False)
    for state in (replace(far, city=near.city), near):
        composer.request(state, SIZE, 60_000)
        assert composer.wait() is not None
    composer.close()
    assert len(seen) == 3
    assert 0 < seen[1] < seen[2]


def test_what_was_broken_off_has_not_been_seen() -> None:
    """A flight asks for its end ahead and thinks better of it: who arrives still sees the largest parts first."""
    far, near = view("opening"), view("canyon")
    inside = replace(near, camera=replace(near.camera, position=tuple(0.999 * x for x in near.camera.position)))
    offered: list[Content] = []

    class Overheard(Composer):
        def offer(self, found: Content) -> None:
            offered.append(found)

    composer = Overheard(City(far.city), sketches_first=False)
    composer._made((inside, SIZE, 20_000), lambda: False)
    composer._made((near, SIZE, 20_000), lambda: True)
    assert not offered
    composer._made((near, SIZE, 20_000), lambda: False)
    composer._made((near, SIZE, 20_000), lambda: False)
    composer.close()
    assert len(offered) == 1
