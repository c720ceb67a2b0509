"""The window, with real events on a real screen: what a person does, and what must then have changed."""

from __future__ import annotations

import os
import random
import signal
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QSlider, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from geometry.material import Material
from geometry.solids import PROTOTYPE_IDS
from viewer.actions import ACTIONS
from viewer.compose import scene
from viewer.jobs import Export
from viewer.link import link, parse
from viewer.qt import app as qt_app
from viewer.qt import theme as themes
from viewer.qt.export_dialog import ExportDialog
from viewer.qt.loop import DIMMEST, LEAST, MOST, SCALES, awaiting, budget_after, scale_after
from viewer.qt.settings import Session, Settings
from viewer.qt.settings_dialog import SettingsDialog
from viewer.qt.window import Memory, Window
from viewer.qt.work import Task
from viewer.render import Renderer
from viewer.report import Report
from viewer.scene import Content, Instances, Surface
from viewer.state import Plane, ViewState
from viewer.views import view

Pixels = NDArray[np.uint8]
R = 8.0e11


def _boxes() -> Content:
    """A few hundred lit and dark boxes where the City would be: quick to draw on software OpenGL."""
    rng = np.random.default_rng(1)
    n = 300
    position = (rng.uniform(-0.7, 0.7, (n, 3)) * R).astype(np.float32)
    look = np.full((n, 4), 200, np.uint8)
    look[:, 0] = np.where(rng.random(n) < 0.2, Material.LAMP, Material.CONCRETE)
    look[:, 3] = 0
    boxes = Instances(
        np.full(n, PROTOTYPE_IDS["box"], np.uint8),
        position,
        np.tile(np.array([1, 0, 0, 0], np.float32), (n, 1)),
        np.full((n, 3), 0.12 * R, np.float32),
        look,
    )
    none = np.zeros((0, 3), np.float32)
    return Content(np.zeros(3), boxes, Surface(none, none, np.zeros((0, 3), np.int32), np.zeros((0, 4), np.uint8)), 12 * n)


class Boxes:
    """A composer that answers at once."""

    def __init__(self, ready: Callable[[], None]) -> None:
        self.requests: list[ViewState] = []
        self.failure: Exception | None = None
        self._content = _boxes()
        self._ready = ready

    def request(self, state: ViewState, size: tuple[int, int], max_triangles: int) -> None:
        self.requests.append(state)
        self._ready()

    def latest(self) -> Content | None:
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure
        return self._content if self.requests else None

    @property
    def busy(self) -> bool:
        return False

    def close(self) -> None:
        self.requests.clear()


def _memory(folder: Path) -> Memory:
    return Memory(Settings(folder), Session(folder))


def _opened(folder: Path, state: ViewState | None = None) -> Window:
    qt_app.application()
    state = view("opening") if state is None else state
    return Window(replace(state, cuts=()), lambda _, ready: Boxes(ready), Renderer, scene, _memory(folder))


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    made = _opened(tmp_path)
    made.resize(1000, 640)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: made.canvas.frames > 0, timeout=20000)
    made.activateWindow()
    made.canvas.surface.setFocus()
    yield made
    made.store.saved()
    made.close()


def _pixels(window: Window) -> Pixels:
    """The view as it is drawn at rest."""
    window.loop.rest()
    image = window.canvas.surface.grabFramebuffer().convertToFormat(window.grab().toImage().Format.Format_RGB888)
    data = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return data[:, : image.width() * 3].copy()


def _share_changed(before: Pixels, after: Pixels) -> float:
    return float((np.abs(before.astype(int) - after) > 12).mean())


def _drag(window: Window, button: Qt.MouseButton, by: QPoint, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    from PySide6.QtTest import QTest

    surface = window.canvas.surface
    start = surface.rect().center()
    QTest.mousePress(surface, button, modifier, start)
    for step in range(1, 6):
        point = start + by * step / 5
        move = _moved(surface, point, button, modifier)
        QApplication.sendEvent(surface, move)
    QTest.mouseRelease(surface, button, modifier, start + by)


def _moved(surface: QWidget, point: QPoint, button: Qt.MouseButton, modifier: Qt.KeyboardModifier) -> QEvent:
    from PySide6.QtGui import QMouseEvent

    where = QPointF(point)
    return QMouseEvent(QEvent.Type.MouseMove, where, surface.mapToGlobal(where), Qt.MouseButton.NoButton, button, modifier)


def _wheel(window: Window, at: QPoint, notches: int) -> None:
    surface, where = window.canvas.surface, QPointF(at)
    event = QWheelEvent(
        where,
        surface.mapToGlobal(where),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(surface, event)


Left, Middle, Right = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
Ctrl, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier


def test_orbit_changes_pixels_and_undo_brings_them_back(window: Window) -> None:
    before, camera = _pixels(window), window.state.camera
    _drag(window, Left, QPoint(160, 40))
    turned = window.state.camera
    assert turned.distance == pytest.approx(camera.distance, rel=1e-9)
    assert _share_changed(before, _pixels(window)) > 0.02
    window.do("undo")
    assert window.state.camera == camera
    assert _share_changed(before, _pixels(window)) < 0.002


def test_pan_zoom_and_recentre(window: Window) -> None:
    camera = window.state.camera
    _drag(window, Left, QPoint(80, 0), Shift)
    assert window.state.camera.focus != camera.focus
    _drag(window, Middle, QPoint(-80, 0))
    assert window.state.camera.focus == pytest.approx(camera.focus, abs=1e-3 * R)
    _drag(window, Right, QPoint(0, 100))
    assert window.state.camera.distance < camera.distance


def test_wheel_zooms_to_what_is_under_the_pointer(window: Window) -> None:
    before = window.state.camera
    at = QPoint(380, 260)
    depth = window.canvas.depth(at.x(), at.y())
    _wheel(window, at, 1)
    _wheel(window, at, 1)
    assert window.state.camera.distance < before.distance
    moved = np.subtract(window.state.camera.position, before.position)
    assert abs(moved @ before.forward) > 0
    assert depth is None or depth > 0
    window.do("undo")
    assert window.state.camera == before


def test_double_click_goes_there(window: Window, qtbot: QtBot) -> None:
    before = window.state.camera.distance
    qtbot.mouseDClick(window.canvas.surface, Left, pos=window.canvas.surface.rect().center())
    qtbot.waitUntil(lambda: not window.pilot.travelling, timeout=15000)
    assert window.state.camera.distance < before


def test_slicing_with_keys_and_by_hand(window: Window, qtbot: QtBot) -> None:
    whole = _pixels(window)
    asked = len(window.loop.composer.requests)  # type: ignore[attr-defined]
    qtbot.keyClick(window.canvas.surface, Qt.Key.Key_X)
    assert isinstance(window.state.cuts[-1], Plane)
    cut = _pixels(window)
    assert _share_changed(whole, cut) > 0.01
    qtbot.keyClick(window.canvas.surface, Qt.Key.Key_PageDown)
    first = window.state.cuts[-1]
    _drag(window, Left, QPoint(120, 0), Ctrl)
    assert window.state.cuts[-1] != first
    assert window.state.camera == window.state.camera
    assert _share_changed(cut, _pixels(window)) > 0.005
    assert window.loop.content is not None
    assert len(window.loop.composer.requests) >= asked  # type: ignore[attr-defined]


def test_night_changes_pixels_and_no_mesh(window: Window, qtbot: QtBot) -> None:
    day, content = _pixels(window), window.loop.content
    asked = len(window.loop.composer.requests)  # type: ignore[attr-defined]
    qtbot.keyClick(window.canvas.surface, Qt.Key.Key_L)
    assert window.state.hour == 0.0
    assert _share_changed(day, _pixels(window)) > 0.02
    window.loop._poll()
    assert window.loop.content is content
    assert len(window.loop.composer.requests) == asked  # type: ignore[attr-defined]
    assert window.stage.timeline.hour.value() in (0, 720)
    qtbot.keyClick(window.canvas.surface, Qt.Key.Key_L)
    assert _share_changed(day, _pixels(window)) < 0.01


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
    qtbot.waitUntil(lambda: window.state.hour != hour, timeout=5000)
    window.do("play")
    assert not window.stage.timeline.playing
    assert window.store.can_undo is None


def test_flight_follows_held_keys_and_ignores_autorepeat(window: Window, qtbot: QtBot) -> None:
    surface, before = window.canvas.surface, window.state.camera.position
    qtbot.keyClick(surface, Qt.Key.Key_F, Shift)
    assert window.pilot.flight is not None
    qtbot.keyPress(surface, Qt.Key.Key_W)
    repeat = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_W, Qt.KeyboardModifier.NoModifier, "w", True)
    QApplication.sendEvent(surface, repeat)
    assert window.pilot.flight.keys == {"w"}
    qtbot.waitUntil(lambda: window.state.camera.position != before, timeout=5000)
    qtbot.keyRelease(surface, Qt.Key.Key_W)
    assert window.pilot.flight.keys == frozenset()
    qtbot.keyClick(surface, Qt.Key.Key_Escape)
    assert window.pilot.flight is None


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
    item.setExpanded(True)
    assert item.childCount() > 1
    qtbot.mouseClick(outline.go, Left)
    assert window.pilot.travelling


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


def test_goto_takes_an_address_and_refuses_nonsense(window: Window) -> None:
    window.requests.open_address("band 7")
    assert window.pilot.travelling
    window.requests.open_address("nowhere 99 of this world")
    assert window.guard.dialog is not None
    assert window.guard.dialog.isVisible()
    window.guard.dialog.close()


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


def test_copy_link_round_trips(window: Window) -> None:
    window.do("copy-link")
    assert parse(QGuiApplication.clipboard().text()) == window.state


def test_bookmarks_store_and_recall(window: Window) -> None:
    window.do("bookmark.store.3")
    kept = window.state
    window.do("view.top")
    window.do("bookmark.recall.3")
    assert window.state == kept


def test_screenshot_carries_the_link(window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from viewer.picture import read_link
    from viewer.qt import requests

    monkeypatch.setattr(requests, "_pictures", lambda: tmp_path)
    window.do("screenshot")
    (picture,) = tmp_path.glob("*.png")
    found = read_link(picture)
    assert found is not None
    assert parse(found) == window.state


def test_a_city_file_is_saved_and_opened(window: Window, tmp_path: Path) -> None:
    window.do("seed.next")
    assert window.store.unsaved
    path = tmp_path / "my.city.toml"
    window.requests._save(path)
    assert not window.store.unsaved
    window.do("seed.next")
    window.requests.open_path(str(path))
    assert window.state.city.seed == 41
    assert window.memory.settings.recent()[0] == str(path)


def _exporting(seconds: float) -> Callable[[Export], Task]:
    def make(job: Export) -> Task:
        def work(report: Report) -> dict[str, object]:
            with report.progress("Writing") as advance:
                for step in range(100):
                    advance(step / 100)
                    import time

                    time.sleep(seconds / 100)
            return {"bytes": 1000}

        return work

    return make


def test_export_works_in_its_thread_and_can_be_cancelled(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = ExportDialog(window, window.state, "", tmp_path, _exporting(20.0))
    dialog.show()
    dialog.begin()
    qtbot.waitUntil(lambda: dialog.bar.value() > 0, timeout=5000)
    _drag(window, Left, QPoint(30, 0))
    assert window.store.can_undo == "Turn"
    qtbot.mouseClick(dialog.stop, Left)
    qtbot.waitUntil(lambda: dialog.start.isEnabled(), timeout=5000)
    assert "nothing was written" in dialog.note.text()
    dialog.close()


def test_export_says_when_it_is_done(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = ExportDialog(window, window.state, "", tmp_path, _exporting(0.05))
    with qtbot.waitSignal(dialog.finished_with, timeout=5000) as heard:
        dialog.begin()
    assert heard.args is not None
    assert heard.args[0].startswith("Wrote ")


def test_settings_dialog_is_made_of_the_table(window: Window) -> None:
    dialog = SettingsDialog(window, window.state.city)
    assert dialog.spec() == window.state.city
    field = dialog.inputs["seed"]
    assert isinstance(field, QLineEdit)
    field.setText("77")
    assert dialog.spec().seed == 77
    field.setText("-1")
    dialog._take()
    assert "seed" in dialog.trouble.text()
    dialog.close()


def test_an_exception_in_a_slot_is_shown_and_the_window_lives(window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    window.guard.install()

    def broken() -> None:
        raise RuntimeError("a slot broke")

    window.stage.timeline.light.clicked.connect(broken)
    qtbot.mouseClick(window.stage.timeline.light, Left)
    dialog = window.guard.dialog
    assert dialog is not None
    assert dialog.isVisible()
    qtbot.mouseClick(dialog.copy, Left)
    assert "a slot broke" in QGuiApplication.clipboard().text()
    dialog.close()
    window.guard.remove()
    _drag(window, Left, QPoint(30, 0))
    assert window.store.can_undo == "Turn"


def test_a_failing_composer_is_told(window: Window, qtbot: QtBot) -> None:
    window.loop.composer.failure = ValueError("no such place")  # type: ignore[attr-defined]
    window.do("view.top")
    qtbot.waitUntil(lambda: window.guard.dialog is not None and window.guard.dialog.isVisible(), timeout=5000)
    assert window.guard.dialog is not None
    assert "no such place" in window.guard.dialog.details
    window.guard.dialog.close()


@pytest.mark.parametrize("size", [(1, 1), (5, 900), (900, 5), (1400, 900)])
def test_resize_and_back(window: Window, qtbot: QtBot, size: tuple[int, int]) -> None:
    window.resize(*size)
    qtbot.wait(60)
    window.resize(1000, 640)
    frames = window.canvas.frames
    qtbot.waitUntil(lambda: window.canvas.frames > frames, timeout=10000)
    assert _pixels(window).max() > 30


def test_a_storm_of_events(window: Window, qtbot: QtBot) -> None:
    rng = random.Random(7)
    surface = window.canvas.surface
    skip = {"quit", "open", "save", "save-as", "about", "export", "settings", "screenshot", "new", "fullscreen"}
    names = [action.id for action in ACTIONS if action.id not in skip]
    for _ in range(200):
        kind = rng.randrange(6)
        if kind == 0:
            window.do(rng.choice(names))
        elif kind == 1:
            _drag(
                window,
                rng.choice([Left, Middle, Right]),
                QPoint(rng.randrange(-300, 300), rng.randrange(-200, 200)),
                rng.choice([Ctrl, Shift]),
            )
        elif kind == 2:
            _wheel(window, QPoint(rng.randrange(900), rng.randrange(500)), rng.choice([-3, -1, 1, 3]))
        elif kind == 3:
            qtbot.keyClick(surface, rng.choice([Qt.Key.Key_X, Qt.Key.Key_V, Qt.Key.Key_BracketRight, Qt.Key.Key_5, Qt.Key.Key_Delete]))
        elif kind == 4:
            window.resize(rng.randrange(300, 1200), rng.randrange(200, 800))
        else:
            QApplication.processEvents()
    window.pilot.close()
    window.stage.timeline.stop()
    camera = window.state.camera
    assert np.isfinite([*camera.position, *camera.focus, *camera.up]).all()
    assert parse(link(window.state)) == window.state
    assert window.isVisible()
    assert window.guard.dialog is None or not window.guard.dialog.isVisible()


@pytest.mark.slow
def test_twenty_five_windows_open_and_close(qtbot: QtBot, tmp_path: Path) -> None:
    qt_app.application()
    for _ in range(25):
        made = _opened(tmp_path)
        made.resize(360, 240)
        made.show()
        qtbot.waitUntil(lambda made=made: made.canvas.frames > 0, timeout=20000)  # type: ignore[misc]
        made.close()
        assert made.canvas.renderer is None
        made.deleteLater()
        QApplication.processEvents()


def test_everything_has_a_name_and_the_keyboard_reaches_it(window: Window) -> None:
    kinds = (QAbstractButton, QSlider, QTreeWidget, QLineEdit, QComboBox)
    for widget in window.stage.findChildren(QWidget):
        if isinstance(widget, kinds) and not widget.objectName().startswith("qt_"):
            text = widget.text() if isinstance(widget, QAbstractButton) else ""
            assert widget.accessibleName() or text, widget
            assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget


@pytest.mark.parametrize("theme", [themes.DARK, themes.LIGHT], ids=lambda t: t.name)
def test_text_has_contrast(theme: themes.Theme) -> None:
    glass = [themes.behind_glass(theme, view) for view in ("#000000", "#ffffff")]
    for ground in (theme.ground, theme.raised, theme.pressed, *glass):
        for ink in (theme.text, theme.quiet, theme.accent):
            assert themes.contrast(ink, ground) >= 4.5, (ink, ground)
    assert themes.contrast(theme.on_accent, theme.accent) >= 4.5
    assert themes.contrast(theme.alert, theme.ground) >= 4.5
    assert "$" not in themes.style_sheet(theme)


def test_theme_follows_the_wish(window: Window) -> None:
    window.set_theme("light")
    assert window.theme is themes.LIGHT
    assert window.memory.settings.text("theme") == "light"
    window.set_theme("dark")


def test_session_survives_a_kill(tmp_path: Path) -> None:
    state = replace(view("opening"), hour=3.25)
    session = Session(tmp_path)
    session.save(state)
    own = tmp_path / "sessions" / f"{os.getpid()}.link"
    assert session.lost() is None
    os.rename(own, own.with_name("999999999.link"))
    lost = session.lost()
    assert lost is not None
    assert lost.state == state
    Session.forget(lost)
    assert session.lost() is None
    session.save(replace(state, hour=4.0))
    session.end(state)
    assert session.last() == state
    (tmp_path / "sessions" / "999999998.link").write_bytes(b"\xff\x00 not a link")
    assert session.lost() is None


def test_damaged_settings_are_kept_as_bad(tmp_path: Path) -> None:
    (tmp_path / "window.ini").write_bytes(b"[General\x00\xff\xfe theme=")
    settings = Settings(tmp_path)
    assert "window.ini.bad" in settings.warning
    assert (tmp_path / "window.ini.bad").exists()
    settings.put("theme", "dark")
    settings.sync()
    assert Settings(tmp_path).text("theme") == "dark"
    assert not Settings(tmp_path).warning


def test_two_instances_share_settings(tmp_path: Path) -> None:
    one, other = Settings(tmp_path), Settings(tmp_path)
    one.put("a", "1")
    other.put("b", "2")
    one.sync()
    other.sync()
    third = Settings(tmp_path)
    assert (third.text("a"), third.text("b")) == ("1", "2")


def test_first_run_shows_the_strip_once(window: Window, qtbot: QtBot) -> None:
    qt_app.welcome(window)
    strip = window.stage.strip
    assert strip is not None
    qtbot.mouseClick(strip.no, Left)
    assert not strip.isVisible()
    assert window.memory.settings.flag("welcomed", False)


def test_dive_flies_and_a_hand_stops_it(window: Window, qtbot: QtBot) -> None:
    before = window.state.camera.distance
    window.do("dive")
    qtbot.waitUntil(lambda: window.state.camera.distance < before, timeout=40000)
    _drag(window, Left, QPoint(20, 0))
    assert not window.pilot.travelling


def test_sigterm_closes_and_keeps_the_session(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    signals = qt_app.Signals(window)
    with qtbot.waitSignal(window.closed, timeout=5000):
        os.kill(os.getpid(), signal.SIGTERM)
    assert signals.code == 143
    signals.remove()
    assert (tmp_path / "sessions" / "last").exists()


def test_offscreen_platform_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    from viewer.errors import DisplayError

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    with pytest.raises(DisplayError, match="offscreen"):
        qt_app.run(view("opening"))


def test_budget_follows_the_frame_rate() -> None:
    assert budget_after(200_000, 1.0) == 100_000
    assert budget_after(200_000, 0.01) == 400_000
    assert budget_after(200_000, 0.1) == 200_000
    assert budget_after(LEAST, 9.0) == LEAST
    assert budget_after(MOST, 0.0) == MOST


def test_the_handle_of_a_slice_is_dragged_without_ctrl(window: Window) -> None:
    from PySide6.QtTest import QTest

    assert not window.stage.handle.isVisible()
    window.do("slice.x")
    middle = window.stage.handle.middle
    assert middle is not None
    assert window.stage.handle.holds(middle)
    assert not window.stage.handle.holds(middle + QPointF(90.0, 90.0))
    surface, camera, cut = window.canvas.surface, window.state.camera, window.state.cuts[-1]
    start = middle.toPoint()
    QTest.mousePress(surface, Left, Qt.KeyboardModifier.NoModifier, start)
    QApplication.sendEvent(surface, _moved(surface, start + QPoint(60, 30), Left, Qt.KeyboardModifier.NoModifier))
    QTest.mouseRelease(surface, Left, Qt.KeyboardModifier.NoModifier, start + QPoint(60, 30))
    assert window.state.cuts[-1] != cut
    assert window.state.camera == camera


def test_a_slow_picture_is_coarse_while_it_moves_and_sharp_at_rest() -> None:
    assert scale_after(1.0, 0.1) == 0.5
    assert scale_after(1.0, 0.5) == SCALES[-1]
    assert scale_after(SCALES[-1], 0.5) == SCALES[-1]
    assert scale_after(0.5, 0.001) == 1.0
    assert scale_after(0.5, 0.03) == 0.5


def test_haze_is_dim_until_the_place_has_arrived() -> None:
    state = view("hall")
    eye = np.asarray(state.camera.position, dtype=np.float64)
    here, far = (scene(state, replace(_boxes(), anchor=eye + off)) for off in (0.0, state.camera.distance * 1e6))
    assert here.look.inside
    assert awaiting(here) is here
    assert awaiting(far).look.gain == pytest.approx(DIMMEST * far.look.gain)


def test_a_good_end_is_taken_up_and_a_lost_one_is_offered(tmp_path: Path) -> None:
    first, ended = view("opening"), replace(view("opening"), hour=3.25)
    memory = _memory(tmp_path)
    assert qt_app.beginning(first, memory, True) == first
    memory.session.end(ended)
    assert qt_app.beginning(first, memory, True) == ended
    assert qt_app.beginning(first, memory, False) == first
    (tmp_path / "sessions" / "999999999.link").write_text(link(replace(ended, hour=5.0)))
    assert qt_app.beginning(first, memory, True) == first
