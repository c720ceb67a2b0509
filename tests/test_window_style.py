"""The style panel and the surprise, by hand: live, one drag one step back, kept in the link, files written whole."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider
from pytestqt.qtbot import QtBot

from tests.windows import Left, move_event, pixels_of, share_changed, shown
from viewer import styles
from viewer.link import link, parse
from viewer.qt.style_panel import ROWS, to_step, to_value
from viewer.qt.window import Window
from viewer.views import view


@pytest.fixture(name="own")
def _own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "styles"
    monkeypatch.setenv("MEGASTRUCTURE_STYLES", str(folder))
    styles.reread()
    yield folder
    monkeypatch.undo()
    styles.reread()


@pytest.fixture(name="window")
def _window(qtbot: QtBot, tmp_path: Path, own: Path) -> Iterator[Window]:
    for made in shown(qtbot, tmp_path):
        made.do("styles")
        yield made


def dragged(slider: QSlider, by: int) -> None:
    """Take the handle and draw it so many points aside, in four moves."""
    share = slider.value() / slider.maximum()
    start = QPoint(round(1 + share * (slider.width() - 3)), slider.height() // 2)
    none = Qt.KeyboardModifier.NoModifier
    QTest.mousePress(slider, Left, none, start)
    for step in range(1, 5):
        QApplication.sendEvent(slider, move_event(slider, start + QPoint(by * step // 4, 0), Left, none))
    QTest.mouseRelease(slider, Left, none, start + QPoint(by, 0))


@pytest.mark.parametrize("name", ROWS)
def test_a_slider_has_the_whole_range_and_the_style_s_own_value(name: str) -> None:
    row = ROWS[name]
    assert (to_value(row, 0), to_value(row, 1000)) == (row.low, row.high)
    assert isinstance(row.default, float)
    assert to_value(row, to_step(row, row.default)) == pytest.approx(row.default, abs=0.003 * (row.high - row.low))


def test_every_number_of_a_style_has_a_slider_with_its_help(window: Window) -> None:
    panel = window.stage.style_panel
    assert panel.isVisible()
    assert not window.stage.inspector.isVisible()
    for name in styles.numbers():
        assert styles.PARAMETERS[name].help in panel.dials[name].toolTip()
        assert panel.dials[name].slider.accessibleName()


def test_one_drag_is_seen_at_once_and_is_one_step_back(window: Window) -> None:
    slider = window.stage.style_panel.dials["grade.exposure"].slider
    before, plain = pixels_of(window), window.state
    dragged(slider, 30)
    once = window.state
    assert dict(once.tuned)["grade.exposure"] > 1.0
    assert share_changed(before, pixels_of(window)) > 0.02
    assert parse(link(once)) == once
    dragged(slider, 20)
    assert window.state != once
    window.do("undo")
    assert window.state == once
    window.do("undo")
    assert window.state == plain
    assert window.store.can_undo is None


def test_two_drags_of_the_hour_are_two_steps_back(window: Window) -> None:
    slider = window.stage.timeline.hour
    dragged(slider, 40)
    once = window.state
    dragged(slider, 40)
    assert window.state.hour > once.hour
    window.do("undo")
    assert window.state == once


def test_a_number_goes_back_to_the_style_s_own(window: Window, qtbot: QtBot) -> None:
    panel = window.stage.style_panel
    for name in ("grade.glow", "grade.grain"):
        qtbot.keyClick(panel.dials[name].slider, Qt.Key.Key_Right)
    qtbot.waitUntil(lambda: panel.dials["grade.glow"].back.isVisible(), timeout=30_000)
    assert not panel.dials["grade.contrast"].back.isVisible()
    qtbot.mouseClick(panel.dials["grade.glow"].back, Left)
    assert [name for name, _ in window.state.tuned] == ["grade.grain"]
    window.do("style.reset")
    assert window.state.tuned == ()


def test_styles_are_chosen_by_name_and_show_what_they_have(window: Window, qtbot: QtBot) -> None:
    panel = window.stage.style_panel
    panel.choice.setFocus()
    row = panel.choice.findData("ink")
    panel.choice.setCurrentIndex(row)
    panel.choice.activated.emit(row)
    assert window.state.style == "ink"
    qtbot.waitUntil(lambda: not panel.dials["grade.contrast"].isVisible(), timeout=30_000)
    assert panel.dials["line.hatch"].isVisible()
    window.do("view.style")
    assert window.state.style == "netsphere"
    qtbot.waitUntil(lambda: panel.choice.currentData() == "netsphere", timeout=30_000)


def saved_as(window: Window, qtbot: QtBot, name: str) -> str:
    window.do("style.save")
    chooser = window.stage.chooser
    qtbot.keyClicks(chooser.field, name)
    qtbot.keyClick(chooser.field, Qt.Key.Key_Return)
    return chooser.trouble.text() if chooser.isVisible() else ""


def test_a_style_is_saved_and_nothing_is_overwritten_silently(window: Window, qtbot: QtBot, own: Path) -> None:
    exposure = window.stage.style_panel.dials["grade.exposure"].slider
    exposure.setValue(700)
    wanted = dict(window.state.tuned)["grade.exposure"]
    assert "cannot name a style" in saved_as(window, qtbot, "../x")
    assert "program's own" in saved_as(window, qtbot, "Ink")
    assert saved_as(window, qtbot, "Red dawn") == ""
    path = own / "red-dawn.toml"
    assert styles.read(path).values["grade.exposure"] == wanted
    assert (window.state.style, window.state.tuned) == ("red-dawn", ())
    written = path.read_bytes()
    exposure.setValue(300)
    assert "press Return again to replace it" in saved_as(window, qtbot, "Red dawn")
    assert path.read_bytes() == written
    qtbot.keyClick(window.stage.chooser.field, Qt.Key.Key_Return)
    assert path.read_bytes() != written
    assert [entry.name for entry in own.iterdir()] == ["red-dawn.toml"]


def test_a_file_that_changes_is_seen_and_a_broken_one_leaves_the_picture(window: Window, qtbot: QtBot, own: Path) -> None:
    assert saved_as(window, qtbot, "mine") == ""
    path, panel = own / "mine.toml", window.stage.style_panel
    good, before = path.read_text(encoding="utf-8"), pixels_of(window)
    path.write_text(good.replace("exposure = 1.0", "exposure = 3.0"), encoding="utf-8")
    qtbot.waitUntil(lambda: styles.style("mine").values["grade.exposure"] == 3.0, timeout=30_000)
    bright = pixels_of(window)
    assert share_changed(before, bright) > 0.02
    path.write_text(good.replace("exposure = 1.0", "exposure = ["), encoding="utf-8")
    window.do("style.reread")
    assert "mine.toml" in panel.note.text()
    assert share_changed(bright, pixels_of(window)) < 0.002
    path.unlink()
    window.do("style.reread")
    assert share_changed(bright, pixels_of(window)) < 0.002
    assert panel.choice.findData("mine") >= 0
    window.do("view.style")
    assert window.state.style in styles.names()


def test_the_palette_lists_styles(window: Window, qtbot: QtBot) -> None:
    window.do("palette")
    qtbot.keyClicks(window.stage.chooser.field, "style: blueprint")
    qtbot.keyClick(window.stage.chooser.field, Qt.Key.Key_Return)
    assert window.state.style == "blueprint"


def scout(program: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(program)]


def test_a_surprise_travels_and_is_one_step_back(window: Window, qtbot: QtBot) -> None:
    there = link(view("outside"))
    window.requests.surprise.make = lambda *_: scout(
        f"""
        import json
        print("chatter of a library")
        print(json.dumps({{"done": 1, "whole": 2}}), flush=True)
        print(json.dumps({{"link": {there!r}, "view": "outside 1", "passed": 9}}))
        """
    )
    before = window.state
    window.do("surprise")
    assert window.stage.scouting.isVisible()
    qtbot.waitUntil(lambda: not window.requests.surprise.running, timeout=30_000)
    assert not window.stage.scouting.isVisible()
    qtbot.waitUntil(lambda: not window.pilot.travelling, timeout=20_000)
    assert window.state.camera == parse(there).camera
    window.do("undo")
    assert window.state == before


def test_a_scout_is_called_back_or_says_what_is_wrong(window: Window, qtbot: QtBot) -> None:
    surprise, before = window.requests.surprise, window.state
    surprise.make = lambda *_: scout("import time; time.sleep(60)")
    window.do("surprise")
    qtbot.mouseClick(window.stage.scouting.cancel, Left)
    assert not surprise.running
    surprise.make = lambda *_: scout('print(\'{"error": "there is nowhere to stand"}\')')
    window.do("surprise")
    qtbot.waitUntil(lambda: not surprise.running, timeout=30_000)
    assert "nowhere to stand" in window.stage.toast.text()
    assert window.state == before
