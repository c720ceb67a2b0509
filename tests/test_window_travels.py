"""Going about in the window: the list, what is near, back and forward."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, Qt, QTimer
from pytestqt.qtbot import QtBot

from geometry.city import City
from tests.windows import drag, shown
from viewer.camera import Camera
from viewer.journey import passage
from viewer.lineage import lineage
from viewer.qt import travels
from viewer.qt.locator import REST_MS, Locator
from viewer.qt.window import Window
from viewer.state import ViewState
from viewer.views import view
from viewer.whereabouts import radius_of, whereabouts


@pytest.fixture(name="window")
def _window(qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Window]:
    monkeypatch.setattr(travels, "JOURNEY_S", 0.3)
    monkeypatch.setattr(travels, "BACK_S", 0.3)
    for window in shown(qtbot, tmp_path):
        BEGUN.clear()
        window.pilot.set_out.connect(lambda: BEGUN.append(True))
        yield window


BEGUN: list[bool] = []
"""Journeys that began: a slow frame may see one begin and end at once."""


def arrived(window: Window, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: bool(BEGUN), timeout=20_000)
    qtbot.waitUntil(lambda: not window.pilot.travelling, timeout=20_000)
    BEGUN.clear()


def chosen(window: Window, qtbot: QtBot, words: str) -> None:
    window.do("goto")
    qtbot.keyClicks(window.stage.chooser.field, words)
    qtbot.keyClick(window.stage.chooser.field, Qt.Key.Key_Return)


def test_the_nearest_corridor_is_found_and_gone_to(window: Window, qtbot: QtBot) -> None:
    window.change(view("district"), "There")
    chosen(window, qtbot, "nearest corridor")
    arrived(window, qtbot)
    line = lineage(City(window.state.city), window.state.camera.position)
    assert any(place.kind == "corridor" for place in line)


def test_back_and_forward_end_where_one_was(window: Window, qtbot: QtBot) -> None:
    first = window.state.camera
    window.do("layer-down")
    arrived(window, qtbot)
    second = window.state.camera
    assert radius_of(second.position) < window.state.city.radius_km * 1e3
    window.do("layer-down")
    arrived(window, qtbot)
    third = window.state.camera
    assert radius_of(third.position) < radius_of(second.position)
    for name, wanted in (("back", second), ("back", first), ("forward", second), ("forward", third)):
        window.do(name)
        arrived(window, qtbot)
        np.testing.assert_allclose(window.state.camera.position, wanted.position)
    window.do("forward")
    assert not window.pilot.travelling


def test_a_bookmark_is_in_the_list(window: Window, qtbot: QtBot) -> None:
    window.do("bookmark.store.4")
    kept = window.state
    window.do("view.top")
    chosen(window, qtbot, "bookmark 4")
    assert window.state == kept


def test_nothing_near_is_said(window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    from viewer.places import nearby

    monkeypatch.setattr(nearby, "MOST_UNFOLDED", 3)
    before, told = window.state, list[str]()
    window.guard.told.connect(told.append)
    chosen(window, qtbot, "nearest hall")
    qtbot.waitUntil(lambda: bool(told), timeout=20_000)
    assert "No hall was found" in told[0]
    assert window.state == before


def test_a_question_is_looked_for_and_gone_to(window: Window, qtbot: QtBot) -> None:
    window.do("goto")
    qtbot.keyClicks(window.stage.chooser.field, "void >1000 km")
    qtbot.keyClick(window.stage.chooser.field, Qt.Key.Key_Return)
    arrived(window, qtbot)
    here = whereabouts(window.state.city, radius_of(window.state.camera.position))
    assert not here.solid
    assert here.rows[-1].plate - here.rows[-1].inner > 1e6
    window.do("undo")
    assert radius_of(window.state.camera.position) > window.state.city.radius_km * 1e3, "one step back"


def test_a_bad_question_stays_in_the_box_with_one_line(window: Window, qtbot: QtBot) -> None:
    window.do("goto")
    chooser = window.stage.chooser
    qtbot.keyClicks(chooser.field, "hall near shfat")
    qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
    assert chooser.isVisible()
    assert "did you mean 'shaft'" in chooser.trouble.text()


def test_a_long_search_is_called_off(window: Window, qtbot: QtBot) -> None:
    before = window.state.camera
    window.do("goto")
    qtbot.keyClicks(window.stage.chooser.field, "builder >500 km")
    qtbot.keyClick(window.stage.chooser.field, Qt.Key.Key_Return)
    qtbot.keyClick(window.canvas.surface, Qt.Key.Key_Escape)
    assert "called off" in window.stage.toast.text()
    assert not window.pilot.travelling
    assert window.state.camera == before


def test_an_eye_that_slides_out_of_a_solid_after_a_turn_is_one_step_of_undo_with_it(
    window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Camera] = []

    def half(state: ViewState, cameras: list[Camera]) -> Camera:
        seen[:] = cameras
        return cameras[len(cameras) // 2]

    monkeypatch.setattr(passage, "last_free", half)
    before = window.state
    drag(window, Qt.MouseButton.LeftButton, QPoint(90, 30))
    arrived(window, qtbot)
    assert seen[0] == before.camera
    assert window.state.camera.position == pytest.approx(seen[len(seen) // 2].position)
    assert window.state.camera != seen[-1]
    window.do("undo")
    assert window.state == before


def test_where_a_flying_eye_is_is_told_before_it_rests(qtbot: QtBot) -> None:
    locator, flight, state = Locator(parent := QObject()), QTimer(), view("canyon")
    steps = iter(range(10_000))

    def fly() -> None:
        x, y, z = state.camera.position
        locator.look(replace(state, camera=replace(state.camera, position=(x + 0.1 * next(steps), y, z))))

    flight.timeout.connect(fly)
    flight.start(REST_MS // 7)
    with qtbot.waitSignal(locator.found, timeout=30_000) as told:
        pass
    assert next(steps) > 7
    assert told.args is not None
    assert told.args[0][-1].kind != "city"
    flight.stop()
    locator.close()
    parent.deleteLater()
