"""The year in the window, with real events: scrubbing changes pixels and cuts nothing anew; ages by keys, named under the year."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from geometry.births import FOREVER
from geometry.history import BY_ID, STAGES, year_of
from tests.windows import Boxes, box_content, drawn, memory_in, pixels_of, share_changed
from viewer.compose import scene
from viewer.drawing.renderer import Renderer
from viewer.qt.window import Window
from viewer.scene import Content
from viewer.views import view


def dated_boxes() -> Content:
    """The boxes, born one after another in the last 500 years; a tenth of them was taken down 50 years ago."""
    what = box_content()
    n = len(what.instances.prototype)
    born = np.linspace(-500.0, -60.0, n).astype(np.float32)
    gone = np.where(np.arange(n) % 10 == 0, np.float32(-50.0), FOREVER).astype(np.float32)
    none = np.zeros(0, np.float32)
    return replace(what, instances=replace(what.instances, born=born, gone=gone), surface=replace(what.surface, born=none, gone=none))


class DatedBoxes(Boxes):
    """A composer that answers at once, with years."""

    def __init__(self, ready: Callable[[], None]) -> None:
        super().__init__(ready)
        self._content = dated_boxes()


@pytest.fixture(name="window")
def _window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    from viewer.qt import app

    app.application()
    state = replace(view("opening"), cuts=(), year=-50.0)
    yield from drawn(qtbot, Window(state, lambda _, ready: DatedBoxes(ready), Renderer, scene, memory_in(tmp_path)))


def lit(window: Window) -> int:
    """Pixels that are not dark: the boxes."""
    return int((pixels_of(window)[200:400] > 40).sum())


def test_scrubbing_changes_pixels_and_cuts_nothing_anew(window: Window, qtbot: QtBot) -> None:
    now, content = pixels_of(window), window.loop.content
    asked = len(window.loop.composer.requests)  # type: ignore[attr-defined]
    boxes = [lit(window)]
    for _ in range(8):
        qtbot.keyClick(window.stage.timeline.year, Qt.Key.Key_Left)
        boxes.append(lit(window))
    assert window.state.year == -450.0
    assert share_changed(now, pixels_of(window)) > 0.01
    assert boxes[-1] < 0.8 * max(boxes)
    window.loop._poll()
    assert window.loop.content is content
    assert len(window.loop.composer.requests) == asked  # type: ignore[attr-defined]
    for _ in range(8):
        qtbot.keyClick(window.stage.timeline.year, Qt.Key.Key_Right)
    assert share_changed(now, pixels_of(window)) < 0.005


def test_ages_by_keys_are_named_under_the_year(window: Window, qtbot: QtBot) -> None:
    timeline = window.stage.timeline
    qtbot.keyClick(window.canvas.surface, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert window.state.year == year_of(BY_ID["gene"], window.state.city)
    qtbot.waitUntil(lambda: timeline.age.text() == BY_ID["gene"].name, timeout=30_000)
    assert "S43" in timeline.year.toolTip()
    window.do("age.netsphere")
    qtbot.waitUntil(lambda: timeline.age.text() == BY_ID["netsphere"].name, timeout=30_000)
    assert timeline.year.value() == timeline.year.minimum()
    assert len(timeline.year.marks) >= len(STAGES)
    window.do("undo")
    assert window.state.year == year_of(BY_ID["gene"], window.state.city)
