"""In the window: being lost, what canon says, readouts that open, the tallest thing ahead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from tests.windows import shown
from viewer.lore import canon
from viewer.lore.readouts import FOLDED, readouts
from viewer.qt.fact_groups import tooltip
from viewer.qt.settings_dialog import SettingsDialog
from viewer.qt.window import Window
from viewer.views import view


@pytest.fixture(name="window")
def _window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    yield from shown(qtbot, tmp_path)


def test_whoever_is_lost_sees_no_address_scale_or_compass(window: Window, qtbot: QtBot) -> None:
    stage = window.stage
    told = (stage.inspector, stage.outline, stage.scale, stage.timeline)
    assert all(panel.isVisible() for panel in told)
    qtbot.keyClick(window.canvas.surface, Qt.Key.Key_L, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: not any(panel.isVisible() for panel in told), timeout=30_000)
    assert "Lost" in window.windowTitle()
    assert "40" not in window.windowTitle()
    window.do("panels")
    window.do("panels")
    assert not any(panel.isVisible() for panel in told), "panels do not give it away"
    window.do("undo")
    qtbot.waitUntil(lambda: all(panel.isVisible() for panel in told), timeout=30_000)


def test_groups_open_by_hand_and_are_worked_out_then(window: Window, qtbot: QtBot) -> None:
    facts = window.stage.inspector.facts
    assert set(facts.folds) == set(FOLDED)
    assert facts.wanted == frozenset()
    qtbot.mouseClick(facts.folds["Matter"], Qt.MouseButton.LeftButton)
    assert facts.wanted == {"Matter"}
    wanted = next(fact.value for title, rows in readouts(window.state) if title == "Matter" for fact in rows if fact.label == "Missing")
    assert facts.text_of("Matter", "Missing") == wanted
    facts.folds["Matter"].setFocus()
    qtbot.keyClick(facts.folds["Matter"], Qt.Key.Key_Space)
    assert facts.wanted == frozenset()
    with pytest.raises(KeyError):
        facts.text_of("Matter", "Missing")


def test_notes_tell_their_rows(window: Window) -> None:
    notes = [label for label in window.stage.inspector.facts.findChildren(QLabel) if "S73" in label.text()]
    assert notes
    assert canon.rows()["S73"].fact in notes[0].toolTip()
    assert tooltip("our choice") == ""


def test_the_tallest_thing_ahead_is_told(window: Window, qtbot: QtBot) -> None:
    window.change(replace(view("canyon"), hour=12.0), "There")
    facts = window.stage.inspector.facts

    def told() -> bool:
        return any(label.text() == "Tallest ahead" for label in facts.findChildren(QLabel) if label.isVisible())

    qtbot.waitUntil(told, timeout=30_000)


def test_canon_is_searched_and_told(window: Window, qtbot: QtBot) -> None:
    window.do("canon")
    qtbot.keyClicks(window.stage.chooser.field, "S72")
    qtbot.keyClick(window.stage.chooser.field, Qt.Key.Key_Return)
    assert window.stage.toast.isVisible()
    assert canon.rows()["S72"].fact in window.stage.toast.text()


def test_settings_cite_both_readings(window: Window, qtbot: QtBot) -> None:
    dialog = SettingsDialog(window, window.state.city)
    qtbot.addWidget(dialog)
    for reading in canon.rows()["K03"].readings:
        assert reading in dialog.inputs["radius_km"].toolTip()
