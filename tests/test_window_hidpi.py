"""The window on a screen with two pixels to a point: what the pointer is on is what the hand gets."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.parametrize("factor", ["1", "1.5", "2"])
def test_the_pointer_is_where_it_seems(factor: str) -> None:
    environment = {**os.environ, "QT_SCALE_FACTOR": factor, "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, __file__], env=environment, capture_output=True, text=True, check=False, timeout=240)
    assert ran.returncode == 0, ran.stdout[-1500:] + ran.stderr[-3000:]
    assert f"ratio {float(factor):g}" in ran.stdout


def probe() -> None:
    """In a process of its own, since the scale of the screen is read once: pick, zoom, double click, draw a slice."""
    from PySide6.QtCore import QPoint, QPointF, Qt
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication

    from tests.windows import Left, move_event, opened, wheel
    from viewer.grips import seen
    from viewer.qt.window import Window

    def drawn(window: Window) -> None:
        frames, end = window.canvas.frames, time.monotonic() + 20.0
        window.loop.rest()
        while window.canvas.frames == frames and time.monotonic() < end:
            QApplication.processEvents()
        assert window.canvas.frames > frames

    def spot(window: Window, point: np.ndarray) -> tuple[float, float]:
        """Where a world point is drawn, points of the view."""
        where = seen(window.state.camera, point)
        assert where is not None
        surface = window.canvas.surface
        return where[0] * surface.height() + surface.width() / 2, where[1] * surface.height() + surface.height() / 2

    with tempfile.TemporaryDirectory(prefix="megastructure-tests-") as folder:
        window = opened(Path(folder))
        window.resize(700, 440)
        window.show()
        QTest.qWaitForWindowExposed(window)
        drawn(window)
        drawn(window)
        surface, ratio = window.canvas.surface, window.canvas.surface.devicePixelRatioF()
        print(f"ratio {ratio:g}")
        assert window.canvas.size == (round(surface.width() * ratio), round(surface.height() * ratio))
        assert tuple(surface.ren_win.GetSize()) == window.canvas.size
        picture = surface.grabFramebuffer()
        assert (picture.width(), picture.height()) == window.canvas.size

        content = window.loop.content
        assert content is not None
        camera = window.state.camera
        boxes = content.instances.position.astype(np.float64)
        half = 0.06 * 8.0e11
        away = np.sqrt(((boxes - camera.position) ** 2).sum(axis=1))
        picked = 0
        for index in np.argsort(away)[:12]:  # the nearest boxes hide others and are hidden by none
            x, y = spot(window, boxes[index])
            if not (20 < x < surface.width() - 20 and 20 < y < surface.height() - 20):
                continue
            depth = window.canvas.depth(x, y)
            centre = float((boxes[index] - camera.position) @ camera.forward)
            assert depth is not None, index
            assert depth < centre + half, (index, depth, centre)
            picked += abs(depth - centre) < 2.0 * half
            corner = window.canvas.depth(surface.width() - x, y)
            assert corner is None or corner > 0.0
        assert picked >= 3, picked

        at = QPoint(*(round(v) for v in spot(window, boxes[int(np.argmin(away))])))
        x, y = window.canvas.spot(at.x(), at.y())
        from viewer.navigate import point_at

        under = point_at(camera, x, y, window.canvas.aspect, window.canvas.depth(at.x(), at.y()))
        wheel(window, at, 2)
        assert window.state.camera.distance < camera.distance
        assert np.hypot(*np.subtract(spot(window, under), (at.x(), at.y()))) < 2.0, "zoom leaves what is under the pointer there"

        window.change(replace(window.state, camera=camera, cuts=()), "Back")
        window.do("slice.y")
        drawn(window)
        before = window.stage.handles.middles["plane"]
        start, to = before.toPoint(), before.toPoint() + QPoint(0, 22)
        assert window.stage.handles.held(QPointF(start)) is not None
        QTest.mousePress(surface, Left, Qt.KeyboardModifier.NoModifier, start)
        for step in (8, 16, 22):
            QApplication.sendEvent(surface, move_event(surface, start + QPoint(0, step), Left, Qt.KeyboardModifier.NoModifier))
        QTest.mouseRelease(surface, Left, Qt.KeyboardModifier.NoModifier, to)
        way = window.stage.handles.arrows[0].grip
        assert way is not None
        moved = window.stage.handles.middles["plane"] - before
        line = np.subtract(spot(window, way.point + way.direction * 1e9), spot(window, way.point))
        line /= np.hypot(*line)
        assert abs((moved.x() * line[0] + moved.y() * line[1]) - 22 * line[1]) < 3.0, (moved, line)
        window.store.saved()
        window.close()


if __name__ == "__main__":
    probe()
