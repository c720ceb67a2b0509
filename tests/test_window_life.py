"""What the window keeps, opens, survives and ends with."""

from __future__ import annotations

import json
import os
import random
import re
import signal
import struct
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit, QSlider, QTreeWidget, QWidget
from pytestqt.qtbot import QtBot

from geometry.city import City
from tests.windows import Ctrl, Left, Middle, Right, Shift, box_content, drag, opened, pixels_of, shown, straight_down, wheel
from viewer.actions import ACTIONS
from viewer.command.cli import main
from viewer.command.report import Report
from viewer.compose import scene
from viewer.drawing.picture import write_png
from viewer.files.jobs import Export
from viewer.files.purposes import PURPOSES
from viewer.link import link, parse
from viewer.qt import app as qt_app
from viewer.qt import theme as themes
from viewer.qt.export_dialog import SEEN, ExportDialog
from viewer.qt.loop import DIMMEST, LEAST, MOST, SCALES, awaiting, budget_after, scale_after
from viewer.qt.settings_dialog import SettingsDialog
from viewer.qt.window import Window
from viewer.qt.work import Task
from viewer.session import Session
from viewer.views import view


@pytest.fixture(name="window")
def _window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    yield from shown(qtbot, tmp_path)


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
    from viewer.drawing.picture import read_link
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


def _dropped(window: Window, path: Path | str) -> None:
    """A file or a text let fall on the window, through the application's own event queue."""
    data = QMimeData()
    if isinstance(path, Path):
        data.setUrls([QUrl.fromLocalFile(str(path))])
    else:
        data.setText(path)
    spot, copy = QPointF(window.rect().center()), Qt.DropAction.CopyAction
    enter = QDragEnterEvent(spot.toPoint(), copy, data, Left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(spot, copy, data, Left, Qt.KeyboardModifier.NoModifier))


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("broken.city.toml", b"seed = = 3\n", "not TOML"),
        ("photo.jpg", b"\xff\xd8", "holds no link"),
        ("plain.png", b"\x89PNG\r\n\x1a\n", "plain.png"),
        ("other.glb", b"glTF", "other.glb"),
        ("gone.glb", None, "no such file"),
    ],
)
def test_a_bad_file_is_one_line_and_no_dialog(window: Window, tmp_path: Path, name: str, content: bytes | None, said: str) -> None:
    path, before = tmp_path / name, window.state
    if content is not None:
        path.write_bytes(content)
    _dropped(window, path)
    toast = window.stage.toast
    assert toast.isVisible()
    assert said in toast.text()
    assert "\n" not in toast.text()
    assert window.guard.dialog is None
    assert window.state == before
    assert window.store.can_undo is None


def test_pictures_models_prints_and_cities_are_dropped_in_one_step(window: Window, tmp_path: Path) -> None:
    before = window.state
    goal = replace(view("half"), hour=3.0)
    picture, model, city = tmp_path / "a.png", tmp_path / "b.glb", tmp_path / "c.city.toml"
    write_png(picture, np.zeros((2, 2, 3), np.uint8), {"city": link(goal)})
    extras = json.dumps({"asset": {"version": "2.0", "extras": {"link": link(goal)}}}).encode()
    extras += b" " * (-len(extras) % 4)
    model.write_bytes(struct.pack("<4sIIII", b"glTF", 2, 20 + len(extras), len(extras), 0x4E4F534A) + extras)
    city.write_text("schema = 1\n[city]\nseed = 9\n")
    for path in (picture, model):
        _dropped(window, path)
        assert window.state == goal
        window.do("undo")
        assert window.state == before
    _dropped(window, link(goal))
    assert window.state == goal
    place = City().at("band 7 / tile 3-02")
    for ending in ("glb", "stl", "3mf"):
        path = tmp_path / f"place.{ending}"
        assert main(["export", "band 7 / tile 3-02", "-o", str(path), "--max-triangles", "1500", "-q"]) == 0
        _dropped(window, path)
        away = np.subtract(window.state.camera.position, place.centre)
        assert 0.0 < float(np.sqrt(away @ away)) < 6.0 * place.radius, ending
        window.do("undo")
        assert window.state == goal
    _dropped(window, city)
    assert window.state.city.seed == 9
    assert window.requests._file == city


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
    qtbot.waitUntil(lambda: dialog.bar.value() > 0, timeout=30_000)
    drag(window, Left, QPoint(30, 0))
    assert window.store.can_undo == "Turn"
    qtbot.mouseClick(dialog.stop, Left)
    qtbot.waitUntil(lambda: dialog.start.isEnabled(), timeout=30_000)
    assert "nothing was written" in dialog.note.text()
    dialog.close()


def test_export_says_when_it_is_done(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = ExportDialog(window, window.state, "", tmp_path, _exporting(0.05))
    with qtbot.waitSignal(dialog.finished_with, timeout=30_000) as heard:
        dialog.begin()
    assert heard.args is not None
    assert heard.args[0].startswith("Wrote ")


def test_export_is_estimated_before_it_is_made(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = ExportDialog(window, window.state, "", tmp_path, _exporting(0.05))
    qtbot.addWidget(dialog)
    dialog.place.setCurrentText("band 7 / tile 3-02")
    dialog.triangles.setValue(2)
    dialog.show()
    dialog.foresee.click()
    assert not dialog.start.isEnabled()
    qtbot.waitUntil(dialog.start.isEnabled, timeout=60_000)
    told = re.fullmatch(r"[\d,]+ parts of [\d,]+ places, ([\d,]+) triangles, .* MB; takes about .* and .* MB of memory", dialog.note.text())
    assert told, dialog.note.text()
    assert 500 < int(told[1].replace(",", "")) <= 2000
    assert not list(tmp_path.glob("*.glb"))
    assert dialog.isVisible()


def test_an_estimate_can_be_cancelled(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = ExportDialog(window, window.state, "", tmp_path, _exporting(0.05))
    qtbot.addWidget(dialog)
    dialog.triangles.setValue(3000)
    dialog.show()
    dialog.foresee.click()
    qtbot.wait(300)
    start = time.monotonic()
    dialog.stop.click()
    qtbot.waitUntil(dialog.start.isEnabled, timeout=5_000)
    assert time.monotonic() - start < 2.0
    assert "Cancelled" in dialog.note.text()


def test_export_asks_how_a_glb_holds_its_parts(window: Window, tmp_path: Path) -> None:
    dialog = ExportDialog(window, window.state, "", tmp_path, _exporting(0.05))
    assert dialog.job().mode == "merged"
    dialog.mode.setCurrentIndex(1)
    assert dialog.job().mode == "instanced"
    dialog.format.setCurrentText("STL, for printing")
    assert (dialog.mode.isEnabled(), dialog.job().mode, dialog.job().suffix) == (False, "merged", ".stl")
    dialog.close()


def test_export_of_what_the_view_shows(window: Window, tmp_path: Path) -> None:
    dialog = ExportDialog(window, window.state, "", tmp_path, _exporting(0.05), size=window.canvas.size)
    assert dialog.job().seen is None
    dialog.place.setCurrentText(SEEN)
    job = dialog.job()
    assert (job.seen, job.address, job.cuts) == (window.canvas.size, None, window.state.cuts)
    assert not dialog.sliced.isEnabled()
    dialog.format.setCurrentText("PDF, a section to pin on a wall")
    dialog.begin()
    assert "choose one, or another format" in dialog.fault.text()
    dialog.close()


def test_export_of_a_print_is_what_the_purpose_says(window: Window, tmp_path: Path) -> None:
    dialog = ExportDialog(window, window.state, "", tmp_path, _exporting(0.05))
    assert dialog.sliced.isChecked() == bool(dialog.job().cuts)
    assert not dialog.purpose.isEnabled()
    dialog.format.setCurrentText("3MF, for printing")
    dialog.fit.setValue(90)
    plain = dialog.job()
    assert (plain.suffix, plain.size_mm, plain.wish) == (".3mf", 90.0, None)
    dialog.purpose.setCurrentText(PURPOSES["desk"].title)
    job = dialog.job()
    assert job.wish is not None
    assert (job.wish.fit_mm, job.wish.base_round, job.wish.thin, len(job.cuts)) == (PURPOSES["desk"].fit_mm, True, "thicken", 2)
    assert job.max_triangles == PURPOSES["desk"].triangles
    assert "MB" in dialog.note.text()
    dialog.close()


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
    drag(window, Left, QPoint(30, 0))
    assert window.store.can_undo == "Turn"


def test_a_failing_composer_is_told(window: Window, qtbot: QtBot) -> None:
    window.loop.composer.failure = ValueError("no such place")  # type: ignore[attr-defined]
    window.do("view.top")
    qtbot.waitUntil(lambda: window.guard.dialog is not None and window.guard.dialog.isVisible(), timeout=30_000)
    assert window.guard.dialog is not None
    assert "no such place" in window.guard.dialog.details
    window.guard.dialog.close()


@pytest.mark.parametrize("size", [(1, 1), (5, 900), (900, 5), (1400, 900)])
def test_resize_and_back(window: Window, qtbot: QtBot, size: tuple[int, int]) -> None:
    window.resize(*size)
    qtbot.wait(60)
    window.resize(1000, 640)
    frames = window.canvas.frames
    qtbot.waitUntil(lambda: window.canvas.frames > frames, timeout=30_000)
    assert pixels_of(window).max() > 30


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
            drag(
                window,
                rng.choice([Left, Middle, Right]),
                QPoint(rng.randrange(-300, 300), rng.randrange(-200, 200)),
                rng.choice([Ctrl, Shift]),
            )
        elif kind == 2:
            wheel(window, QPoint(rng.randrange(900), rng.randrange(500)), rng.choice([-3, -1, 1, 3]))
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


def test_windows_open_and_close_again_and_again(qtbot: QtBot, tmp_path: Path) -> None:
    """Six times; benchmarks/window_drive.py does it 25 times and more."""
    qt_app.application()
    for _ in range(6):
        made = opened(tmp_path)
        made.resize(360, 240)
        made.show()
        qtbot.waitUntil(lambda made=made: made.canvas.frames > 0, timeout=20_000)  # type: ignore[misc]
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


def test_first_run_shows_the_strip_once(window: Window, qtbot: QtBot) -> None:
    qt_app.welcome(window)
    strip = window.stage.strip
    assert strip is not None
    qtbot.mouseClick(strip.no, Left)
    assert not strip.isVisible()
    assert window.memory.settings.flag("welcomed", False)


def test_dive_flies_and_a_hand_stops_it(window: Window, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window.requests.wayfinder, "path", straight_down)
    before = window.state.camera.distance
    window.do("dive")
    qtbot.waitUntil(lambda: window.state.camera.distance < before, timeout=40_000)
    drag(window, Left, QPoint(20, 0))
    assert not window.pilot.travelling


def test_sigterm_closes_and_keeps_the_session(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    signals = qt_app.Signals(window)
    with qtbot.waitSignal(window.closed, timeout=30_000):
        os.kill(os.getpid(), signal.SIGTERM)
    assert signals.code == 143
    signals.remove()
    assert (tmp_path / "sessions" / "last").exists()


def test_offscreen_platform_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from viewer.errors import DisplayError

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    with pytest.raises(DisplayError, match="offscreen"):
        qt_app.run(view("opening"), Session(tmp_path))


def test_budget_follows_the_frame_rate() -> None:
    assert budget_after(400_000, 1.0) == 200_000
    assert budget_after(200_000, 0.01) == 400_000
    assert budget_after(200_000, 0.1) == 200_000
    assert budget_after(LEAST, 9.0) == LEAST
    assert budget_after(MOST, 0.0) == MOST


def test_a_slow_picture_is_coarse_while_it_moves_and_sharp_at_rest() -> None:
    assert scale_after(1.0, 0.1) == 0.5
    assert scale_after(1.0, 0.5) == SCALES[-1]
    assert scale_after(SCALES[-1], 0.5) == SCALES[-1]
    assert scale_after(0.5, 0.001) == 1.0
    assert scale_after(0.5, 0.03) == 0.5


def test_haze_is_dim_until_the_place_has_arrived() -> None:
    state = view("hall")
    eye = np.asarray(state.camera.position, dtype=np.float64)
    here, far = (scene(state, replace(box_content(), anchor=eye + off)) for off in (0.0, state.camera.distance * 1e6))
    assert here.look.inside
    assert awaiting(here) is here
    assert awaiting(far).look.gain == pytest.approx(DIMMEST * far.look.gain)


@pytest.mark.parametrize("size", [(1280, 800), (960, 600), (880, 500), (560, 320)])
def test_the_welcome_keeps_clear_of_the_panels(window: Window, size: tuple[int, int]) -> None:
    qt_app.welcome(window)
    strip, stage = window.stage.strip, window.stage
    assert strip is not None
    window.resize(*size)
    QApplication.processEvents()
    assert strip.isVisible()
    for panel in (stage.outline, stage.inspector, stage.timeline, stage.scale):
        assert not panel.isVisible() or not panel.geometry().intersects(strip.geometry())
    assert strip.yes.isVisible()


def test_export_asks_all_of_a_print_and_says_below_the_field_what_is_wrong(
    window: Window, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = ExportDialog(window, window.state, "", tmp_path, _exporting(0.05))
    prints = dialog.prints
    assert not prints.body.isEnabled(), "a GLB is no print"
    dialog.format.setCurrentText("3MF, for printing")
    prints.body.setCurrentIndex(2)
    prints.hollow.setValue(1.6)
    prints.thin.setCurrentText("Left out")
    prints.bed.setCurrentIndex(2)
    prints.fit.setValue(400)
    job = dialog.job()
    assert (job.union, job.hollow_mm, job.thin, job.size_mm) == (True, 1.6, "drop", 400.0)
    assert job.wish is not None
    assert (job.wish.bed, job.wish.base_mm) == ((220.0, 220.0, 250.0), 0.0)
    assert "in up to 4 tiles; joining takes about" in dialog.note.text()
    prints.size.setCurrentText("Scale")
    prints.ratio.setText("one to many")
    dialog.begin()
    assert "write 1:100000" in dialog.fault.text()
    assert not dialog.fault.isHidden()
    monkeypatch.setattr("viewer.qt.print_fields.can_unite", lambda: False)
    prints.ratio.setText("1:5e12")
    assert dialog.fault.isHidden()
    assert not prints.body.isEnabled()
    assert "pip install" in prints.body.toolTip()
    assert not dialog.job().union
    dialog.close()
