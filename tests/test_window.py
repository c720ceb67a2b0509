"""The window, with real events on a real screen: what a person does, and what must then have changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from geometry.city import City
from tests.windows import (
    Boxes,
    Ctrl,
    Left,
    Middle,
    R,
    Right,
    Shift,
    drag,
    memory_in,
    move_event,
    pixels_of,
    share_changed,
    shown,
    straight_down,
    wheel,
)
from viewer.compose import scene
from viewer.drawing.renderer import Renderer
from viewer.lore.landmarks import titles
from viewer.qt.window import Window
from viewer.state import Plane
from viewer.views import view


@pytest.fixture(name="window")
def _window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    yield from shown(qtbot, tmp_path)


def test_orbit_changes_pixels_and_undo_brings_them_back(window: Window) -> None:
    before, camera = pixels_of(window), window.state.camera
    drag(window, Left, QPoint(160, 40))
    turned = window.state.camera
    assert turned.distance == pytest.approx(camera.distance, rel=1e-9)
    assert share_changed(before, pixels_of(window)) > 0.02
    window.do("undo")
    assert window.state.camera == camera
    assert share_changed(before, pixels_of(window)) < 0.002


def test_a_picture_at_rest_comes_in_portions_and_gives_way_to_a_hand(window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    sharp, surface = pixels_of(window), window.canvas.surface
    monkeypatch.setattr(window.loop, "_learn", lambda seconds: None)  # of a slow machine, whatever this one is
    monkeypatch.setattr(window.loop, "_scale", 1 / 4)
    drag(window, Left, QPoint(160, 40))
    qtbot.waitUntil(lambda: surface._portions is not None, timeout=30_000)
    frames = window.canvas.frames
    drag(window, Left, QPoint(-160, -40))
    qtbot.waitUntil(lambda: window.canvas.frames > frames, timeout=30_000)
    assert surface.GetRenderWindow().GetSize()[0] < window.canvas.size[0]
    qtbot.waitUntil(lambda: surface._portions is not None, timeout=30_000)
    frames = window.canvas.frames
    qtbot.waitUntil(lambda: window.canvas.frames > frames, timeout=30_000)
    assert surface.longest < surface.seconds
    assert share_changed(sharp, pixels_of(window)) < 0.01


def test_pan_zoom_and_recentre(window: Window) -> None:
    camera = window.state.camera
    drag(window, Left, QPoint(80, 0), Shift)
    assert window.state.camera.focus != camera.focus
    drag(window, Middle, QPoint(-80, 0))
    assert window.state.camera.focus == pytest.approx(camera.focus, abs=1e-3 * R)
    drag(window, Right, QPoint(0, 100))
    assert window.state.camera.distance < camera.distance


def test_wheel_zooms_to_what_is_under_the_pointer(window: Window) -> None:
    before = window.state.camera
    at = QPoint(380, 260)
    depth = window.canvas.depth(at.x(), at.y())
    wheel(window, at, 1)
    wheel(window, at, 1)
    assert window.state.camera.distance < before.distance
    moved = np.subtract(window.state.camera.position, before.position)
    assert abs(moved @ before.forward) > 0
    assert depth is None or depth > 0
    window.do("undo")
    assert window.state.camera == before


def test_double_click_goes_there_and_back_leads_here(window: Window, qtbot: QtBot) -> None:
    before = window.state.camera
    qtbot.mouseDClick(window.canvas.surface, Left, pos=window.canvas.surface.rect().center())
    qtbot.waitUntil(lambda: not window.pilot.travelling, timeout=30_000)
    assert window.state.camera.distance < before.distance
    window.do("back")
    qtbot.waitUntil(lambda: not window.pilot.travelling, timeout=30_000)
    assert window.state.camera == before


def test_slicing_with_keys_and_by_hand(window: Window, qtbot: QtBot) -> None:
    whole = pixels_of(window)
    asked = len(window.loop.composer.requests)  # type: ignore[attr-defined]
    qtbot.keyClick(window.canvas.surface, Qt.Key.Key_X)
    assert isinstance(window.state.cuts[-1], Plane)
    cut = pixels_of(window)
    assert share_changed(whole, cut) > 0.01
    qtbot.keyClick(window.canvas.surface, Qt.Key.Key_PageDown)
    first = window.state.cuts[-1]
    drag(window, Left, QPoint(120, 0), Ctrl)
    assert window.state.cuts[-1] != first
    assert window.state.camera == window.state.camera
    assert share_changed(cut, pixels_of(window)) > 0.005
    assert window.loop.content is not None
    assert len(window.loop.composer.requests) >= asked  # type: ignore[attr-defined]


def test_night_changes_pixels_and_no_mesh(window: Window, qtbot: QtBot) -> None:
    day, content = pixels_of(window), window.loop.content
    asked = len(window.loop.composer.requests)  # type: ignore[attr-defined]
    qtbot.keyClick(window.canvas.surface, Qt.Key.Key_L)
    assert window.state.hour == 0.0
    assert share_changed(day, pixels_of(window)) > 0.02
    window.loop._poll()
    assert window.loop.content is content
    assert len(window.loop.composer.requests) == asked  # type: ignore[attr-defined]
    assert window.stage.timeline.hour.value() in (0, 720)
    qtbot.keyClick(window.canvas.surface, Qt.Key.Key_L)
    assert share_changed(day, pixels_of(window)) < 0.01


def test_sliders_set_hour_and_year(window: Window, qtbot: QtBot) -> None:
    slider = window.stage.timeline.hour
    slider.setFocus()
    qtbot.keyClick(slider, Qt.Key.Key_PageUp)
    assert window.state.hour == pytest.approx(13.0)
    qtbot.keyClick(window.stage.timeline.year, Qt.Key.Key_Left)
    assert window.state.year == -50.0


def test_play_lets_time_pass_without_undo(window: Window, qtbot: QtBot) -> None:
    hour = window.state.hour
    window.do("play")
    qtbot.waitUntil(lambda: window.state.hour != hour, timeout=30_000)
    window.do("play")
    assert not window.stage.timeline.playing
    assert window.store.can_undo is None


def test_flight_follows_held_keys_and_ignores_autorepeat(window: Window, qtbot: QtBot) -> None:
    surface, before = window.canvas.surface, window.state.camera.position
    qtbot.keyClick(surface, Qt.Key.Key_F, Shift)
    assert window.pilot.flight is not None
    badge = window.pilot.badge
    assert badge.isVisible()
    slow = badge.text()
    assert re.fullmatch(r"Fly   \S.* \S+/s", slow)
    window.pilot.flight = window.pilot.flight.paced(8.0)
    qtbot.keyPress(surface, Qt.Key.Key_W)
    repeat = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_W, Qt.KeyboardModifier.NoModifier, "w", True)
    QApplication.sendEvent(surface, repeat)
    assert window.pilot.flight.keys == {"w"}
    qtbot.waitUntil(lambda: window.state.camera.position != before, timeout=30_000)
    qtbot.keyRelease(surface, Qt.Key.Key_W)
    assert window.pilot.flight.keys == frozenset()
    qtbot.keyClick(surface, Qt.Key.Key_Escape)
    assert window.pilot.flight is None
    assert badge.text() != slow, "the wheel changes the speed"
    assert not badge.isVisible()


def test_what_is_said_of_the_light_goes_when_it_is_no_longer_so(window: Window, qtbot: QtBot) -> None:
    window.do("light.day-night")
    toast = window.stage.toast
    assert toast.isVisible()
    window.change(view("hall", window.state.city), "Elsewhere")
    qtbot.waitUntil(lambda: not toast.isVisible(), timeout=30_000)


def test_vtk_keys_do_nothing(window: Window, qtbot: QtBot) -> None:
    for key in (Qt.Key.Key_Q, Qt.Key.Key_W, Qt.Key.Key_S, Qt.Key.Key_J, Qt.Key.Key_E):
        qtbot.keyClick(window.canvas.surface, key)
    assert window.isVisible()


def test_outline_peels_isolates_and_goes(window: Window, qtbot: QtBot) -> None:
    outline = window.stage.outline
    root = outline.tree.topLevelItem(0)
    assert root is not None
    assert root.childCount() == window.state.city.drawn_layers
    item = root.child(3)
    assert item is not None
    outline.tree.setCurrentItem(item)
    qtbot.mouseClick(outline.peel, Left)
    assert window.state.peel == 3
    qtbot.mouseClick(outline.isolate, Left)
    assert window.state.isolated == window.state.city.drawn_layers - 4
    qtbot.mouseClick(outline.hide_or_show, Left)
    assert window.state.hidden == ("band 8",)
    qtbot.waitUntil(lambda: item.font(0).strikeOut(), timeout=30_000)
    qtbot.mouseClick(outline.hide_or_show, Left)
    assert window.state.hidden == ()
    assert "Megastructure" in window.stage.inspector.note.text()
    item.setExpanded(True)
    assert item.childCount() > 1
    qtbot.mouseClick(outline.go, Left)
    assert window.pilot.travelling


def test_the_outline_lists_the_landmarks_a_click_tells_and_a_double_click_goes(window: Window, qtbot: QtBot) -> None:
    outline, spec = window.stage.outline, window.state.city
    heading = outline.tree.topLevelItem(1)
    assert heading is not None
    assert heading.text(0) == "Landmarks"
    assert heading.childCount() == 0
    heading.setExpanded(True)
    assert heading.childCount() == len(titles(spec))
    row = next(heading.child(i) for i in range(heading.childCount()) if "spiral" in str(heading.child(i).data(0, 256)))
    outline.tree.scrollToItem(row)
    spot = outline.tree.visualItemRect(row).center()
    qtbot.mouseClick(outline.tree.viewport(), Left, pos=spot)
    assert "3,000 km" in window.stage.inspector.note.text()
    assert outline.chosen is not None
    assert outline.chosen.key == City(spec).at("landmark/spiral-stair").key
    qtbot.mouseDClick(outline.tree.viewport(), Left, pos=spot)
    assert window.pilot.travelling
    assert "stair" in (window.store.can_undo or "").lower()


def test_palette_finds_and_runs(window: Window, qtbot: QtBot) -> None:
    window.do("palette")
    chooser = window.stage.chooser
    assert chooser.isVisible()
    qtbot.keyClicks(chooser.field, "day or")
    qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
    assert not chooser.isVisible()
    assert window.state.hour == 0.0


def test_typing_in_the_palette_does_not_drive_the_view(window: Window, qtbot: QtBot) -> None:
    window.do("palette")
    before = window.state
    qtbot.keyClicks(window.stage.chooser.field, "xyzl5h")
    assert window.state == before
    qtbot.keyClick(window.stage.chooser.field, Qt.Key.Key_Escape)
    assert not window.stage.chooser.isVisible()


def test_goto_takes_an_address_and_refuses_nonsense(window: Window, qtbot: QtBot) -> None:
    chooser = window.stage.chooser
    window.do("goto")
    qtbot.keyClicks(chooser.field, "band 7 / towr 3")
    qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
    assert chooser.isVisible()
    assert chooser.field.text() == "band 7 / towr 3"
    assert "did you mean 'tower 3'?" in chooser.trouble.text()
    assert "seed" not in chooser.trouble.text()
    assert window.guard.dialog is None
    chooser.field.clear()
    assert not chooser.trouble.isVisible()
    qtbot.keyClicks(chooser.field, "band 7")
    qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
    assert not chooser.isVisible()
    assert window.pilot.travelling


@pytest.mark.parametrize("text", ["half", "band 7", "layer 102345", "seed 41 / band 7"])
def test_one_journey_is_one_step_of_undo(window: Window, qtbot: QtBot, text: str) -> None:
    before = window.state
    assert window.requests.open_address(text) == ""
    qtbot.wait(120)
    window.do("light.day-night")
    window.do("view.figure")
    qtbot.waitUntil(lambda: not window.pilot.travelling, timeout=30_000)
    there = window.state
    assert not there.figure
    assert there.camera != before.camera
    for _ in range(3):
        window.do("undo")
    assert window.state == before
    assert window.store.can_undo is None
    for _ in range(3):
        window.do("redo")
    assert window.state == there


def test_a_click_in_the_outline_and_a_dive_are_one_step_each(window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window.requests.guide, "path", lambda start: straight_down(start.city))  # by then one is within the City
    before = window.state
    window.stage.outline.go_wanted.emit(City(before.city).at("band 7"))
    qtbot.waitUntil(lambda: window.pilot.travelling, timeout=30_000)
    qtbot.waitUntil(lambda: not window.pilot.travelling, timeout=90_000)
    there = window.state
    window.do("dive")
    qtbot.waitUntil(lambda: window.pilot.travelling, timeout=240_000)
    qtbot.wait(200)
    assert window.store.can_undo == "Dive"
    assert re.search(r"the clock goes from \d+:\d\d to \d+:\d\d; Esc stops", window.stage.toast.text())
    window.do("undo")
    assert not window.pilot.travelling
    assert window.state == there
    window.do("undo")
    assert window.state == before


def test_presses_apart_are_steps_apart_and_a_toggle_undone_by_itself_is_none(window: Window) -> None:
    window.do("slice.x")
    window._last_act = ("", 0, 0.0)
    cuts = window.state.cuts
    window.do("slice.back")
    window.do("slice.back")
    window._last_act = ("slice.back", 9, 0.0)
    once = window.state
    window.do("slice.back")
    window.do("undo")
    assert window.state == once
    window.do("undo")
    assert window.state.cuts == cuts
    window.do("light.day-night")
    window.do("light.day-night")
    assert window.store.can_undo == "Plane across x"


def test_key_sheet_opens_and_closes(window: Window, qtbot: QtBot) -> None:
    window.do("keys")
    assert window.stage.keysheet.isVisible()
    qtbot.keyClick(window.stage.keysheet, Qt.Key.Key_Escape)
    assert not window.stage.keysheet.isVisible()


def test_tab_hides_panels_and_full_screen_comes_back(window: Window, qtbot: QtBot) -> None:
    qtbot.keyClick(window.canvas.surface, Qt.Key.Key_Tab)
    assert not window.stage.timeline.isVisible()
    qtbot.keyClick(window.canvas.surface, Qt.Key.Key_Tab)
    assert window.stage.timeline.isVisible()


@pytest.mark.parametrize(
    ("action", "parts"), [("slice.x", {"plane"}), ("slice.wedge", {"start", "end"}), ("slice.shells", {"outer", "inner"})]
)
def test_a_slice_is_dragged_by_its_handles(window: Window, action: str, parts: set[str]) -> None:
    handles, surface = window.stage.handles, window.canvas.surface
    assert not handles.middles
    window.do(action)
    assert set(handles.middles) == parts
    for part in parts:
        camera, cut = window.state.camera, window.state.cuts[-1]
        middle = handles.middles[part]
        held = handles.held(middle)
        assert held is not None
        start, to = middle.toPoint(), middle.toPoint() + QPoint(25, 20)
        QTest.mousePress(surface, Left, Qt.KeyboardModifier.NoModifier, start)
        QApplication.sendEvent(surface, move_event(surface, to, Left, Qt.KeyboardModifier.NoModifier))
        QTest.mouseRelease(surface, Left, Qt.KeyboardModifier.NoModifier, to)
        assert window.state.cuts[-1] != cut
        assert window.state.camera == camera
        assert window.store.can_undo == "Move the slice"
    assert handles.held(QPointF(2.0, 2.0)) is None


@pytest.mark.parametrize("size", [(1000, 640), (880, 430), (430, 300)])
def test_handles_keep_clear_of_the_panels(window: Window, size: tuple[int, int]) -> None:
    window.resize(*size)
    QApplication.processEvents()
    stage = window.stage
    panels = [panel.geometry() for panel in (stage.timeline, stage.outline, stage.inspector) if panel.isVisible()]
    for name in ("slice.x", "slice.y", "slice.z", "slice.shells", "slice.wedge"):
        window.do(name)
        for height in (-0.9, 0.0, 0.9):
            camera = replace(window.state.camera, focus=(0.0, 0.0, height * R))
            window.change(replace(window.state, camera=camera), "Look")
            for middle in stage.handles.middles.values():
                assert not any(panel.contains(middle.toPoint()) for panel in panels), (name, height)


def test_keys_are_remapped(qtbot: QtBot, tmp_path: Path) -> None:
    memory = replace(memory_in(tmp_path), keys={"light.day-night": ("B",), "view.figure": ("Ctrl+J",), "slice.x": ()})
    window = Window(view("opening"), lambda _, ready: Boxes(ready), Renderer, scene, memory)
    window.resize(700, 500)
    window.show()
    qtbot.waitUntil(lambda: window.canvas.frames > 0, timeout=20_000)
    surface, hour, cuts = window.canvas.surface, window.state.hour, window.state.cuts
    qtbot.keyClick(surface, Qt.Key.Key_L)
    assert window.state.hour == hour
    qtbot.keyClick(surface, Qt.Key.Key_B)
    assert window.state.hour != hour
    qtbot.keyClick(surface, Qt.Key.Key_X)
    assert window.state.cuts == cuts
    assert window.rows["view.figure"].shortcut().toString() == "Ctrl+J"
    assert window.keys["light.day-night"] == ("B",)
    assert any("B" in label.text() for label in window.stage.keysheet.findChildren(QLabel))
    window.store.saved()
    window.close()
