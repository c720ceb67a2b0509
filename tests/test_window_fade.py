"""What arrives late fades in over what the window showed, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from windows import Boxes, box_content, pixels_of, shown

from viewer.qt.window import Window


@pytest.fixture(name="window")
def _window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    yield from shown(qtbot, tmp_path)


def _arrive(window: Window, high: float) -> None:
    """Another content, of boxes so many times as high."""
    boxes, made = window.loop.composer, box_content()
    assert isinstance(boxes, Boxes)
    scale = (made.instances.scale * np.array([1.0, 1.0, high])).astype(np.float32)
    boxes._content = replace(made, instances=replace(made.instances, scale=scale))
    boxes._ready()


def test_a_late_content_fades_in_and_what_a_hand_does_is_seen_at_once(window: Window, qtbot: QtBot) -> None:
    before, fade = pixels_of(window), window.canvas.fade
    qtbot.waitUntil(lambda: fade.cover == 0.0, timeout=30_000)
    _arrive(window, 0.2)
    assert fade.cover == 1.0  # nothing of it is seen before it is drawn
    over = window.canvas.surface.grab().toImage()
    qtbot.waitUntil(lambda: 0.0 < fade.cover < 1.0, timeout=30_000)
    qtbot.waitUntil(lambda: fade.isHidden(), timeout=30_000)
    assert over != window.canvas.surface.grab().toImage()
    assert (pixels_of(window) != before).mean() > 0.02
    _arrive(window, 1.0)
    assert fade.cover == 1.0
    window.store.put(replace(window.state, hour=window.state.hour + 1.0), "Hour")
    assert fade.cover == 0.0
    window.do("undo")
    qtbot.waitUntil(lambda: window.loop.content is not None and not window.loop._passing, timeout=30_000)
    qtbot.waitUntil(lambda: fade.isHidden(), timeout=30_000)
    assert (pixels_of(window) == before).all()
    fade.seconds = 0.0
    qtbot.waitUntil(lambda: fade.isHidden(), timeout=30_000)
    _arrive(window, 0.2)
    assert fade.cover == 0.0
