"""Walk mode in the window: keys walk, a drag looks, Esc ends, one walk is one step of undo; without a floor it is refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from geometry.city import City
from geometry.place import Place
from geometry.search import first
from geometry.spec import CitySpec
from tests.windows import drag, shown
from viewer.journey.ground import ground
from viewer.journey.walk import EYE, collides
from viewer.qt.walker import NO_FLOOR
from viewer.qt.window import Window
from viewer.state import ViewState
from viewer.vantage import standing


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    yield from shown(qtbot, tmp_path)


@pytest.fixture(scope="module")
def corridor() -> ViewState:
    """The eye in a corridor on the wall of a block, somewhat above its height."""
    spec = CitySpec(seed=40)

    def hung(place: Place) -> bool:
        return place.address.steps[-1][1] == 2 and max(place.size) > 25.0

    place = first(City(spec), "district", "block", "corridor", fitting=hung)
    x, y, _ = place.size
    way = (1.0, 0.0) if x >= y else (0.0, 1.0)
    long = max(x, y)
    back, ahead = ((share * long * way[0], share * long * way[1], 2.3) for share in (-0.3, 0.4))
    return standing(spec, place, back, ahead, fov=66.0)


def began(window: Window, qtbot: QtBot, state: ViewState) -> None:
    window.change(state, "There")
    window.pilot.key_pressed.emit("Shift+W")
    assert window.pilot.walker.active
    qtbot.waitUntil(lambda: "above the floor" in window.pilot.walker.line.text(), timeout=30_000)


def far(one: ViewState, other: ViewState) -> float:
    return float(np.sqrt(np.square(np.subtract(one.camera.position, other.camera.position)).sum()))


def test_a_walk_is_one_step_of_undo_and_never_in_a_wall(window: Window, qtbot: QtBot, corridor: ViewState) -> None:
    began(window, qtbot, corridor)
    landed = window.state
    assert 0.0 < far(corridor, landed) < 1.0
    surface = window.canvas.surface
    QTest.keyPress(surface, Qt.Key.Key_W)
    qtbot.waitUntil(lambda: far(landed, window.state) > 1.5, timeout=20_000)
    drag(window, Qt.MouseButton.LeftButton, QPoint(60, 10))
    QTest.keyRelease(surface, Qt.Key.Key_W)
    looked = window.state
    assert float(landed.camera.forward @ looked.camera.forward) < 0.999
    found = ground(City(corridor.city), window.state.camera.position, 6.0)
    assert not collides(found.solid, np.array([0.0, 0.0, -EYE]), 0.03)
    assert "1.7 m above the floor" in window.pilot.walker.line.text()
    QTest.keyClick(surface, Qt.Key.Key_Escape)
    assert not window.pilot.walker.active
    assert window.pilot.flight is None
    window.do("undo")
    assert window.state.camera == corridor.camera


def test_without_a_floor_within_reach_it_is_refused_in_one_line(window: Window, qtbot: QtBot, corridor: ViewState) -> None:
    camera = corridor.camera
    up = np.asarray(camera.up) * 60.0
    away = replace(camera, position=tuple(np.add(camera.position, up * 40.0)), focus=tuple(np.add(camera.focus, up * 40.0)))
    window.change(replace(corridor, camera=away), "There")
    said: list[str] = []
    window.pilot.walker.said.connect(said.append)
    window.do("walk")
    qtbot.waitUntil(lambda: not window.pilot.walker.active, timeout=30_000)
    assert said == [NO_FLOOR]
    assert window.state.camera == away


def test_going_elsewhere_ends_the_walk(window: Window, qtbot: QtBot, corridor: ViewState) -> None:
    began(window, qtbot, corridor)
    window.do("view.home")
    assert not window.pilot.walker.active
    assert window.pilot.flight is None
