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


class Probe:
    """In a process of its own, since the scale of the screen is read once: sizes, depths, the wheel, a slice."""

    def __init__(self, folder: Path) -> None:
        from PySide6.QtTest import QTest

        from tests.windows import opened

        self.window = opened(folder)
        self.window.resize(700, 440)
        self.window.show()
        QTest.qWaitForWindowExposed(self.window)
        self.drawn()
        self.drawn()
        self.surface = self.window.canvas.surface
        self.camera = self.window.state.camera
        content = self.window.loop.content
        assert content is not None
        self.boxes = content.instances.position.astype(np.float64)
        self.away = np.sqrt(((self.boxes - self.camera.position) ** 2).sum(axis=1))

    def drawn(self) -> None:
        """Wait for a frame."""
        from PySide6.QtWidgets import QApplication

        frames, end = self.window.canvas.frames, time.monotonic() + 20.0
        self.window.loop.rest()
        while self.window.canvas.frames == frames and time.monotonic() < end:
            QApplication.processEvents()
        assert self.window.canvas.frames > frames

    def spot(self, point: np.ndarray) -> tuple[float, float]:
        """Where a world point is drawn, points of the view."""
        from viewer.grips import seen

        where = seen(self.window.state.camera, point)
        assert where is not None
        high, wide = self.surface.height(), self.surface.width()
        return where[0] * high + wide / 2, where[1] * high + high / 2

    def sizes(self) -> None:
        """Every pixel of the screen is drawn."""
        surface, ratio, size = self.surface, self.surface.devicePixelRatioF(), self.window.canvas.size
        print(f"ratio {ratio:g}")
        assert size == (round(surface.width() * ratio), round(surface.height() * ratio))
        assert tuple(surface.ren_win.GetSize()) == size
        picture = surface.grabFramebuffer()
        assert (picture.width(), picture.height()) == size

    def depths(self) -> None:
        """What is picked at a box is that box."""
        half, picked = 0.06 * 8.0e11, 0
        for index in np.argsort(self.away)[:12]:  # the nearest boxes hide others and are hidden by none
            x, y = self.spot(self.boxes[index])
            if not (20 < x < self.surface.width() - 20 and 20 < y < self.surface.height() - 20):
                continue
            depth = self.window.canvas.depth(x, y)
            centre = float((self.boxes[index] - self.camera.position) @ self.camera.forward)
            assert depth is not None, index
            assert depth < centre + half, (index, depth, centre)
            picked += abs(depth - centre) < 2.0 * half
            corner = self.window.canvas.depth(self.surface.width() - x, y)
            assert corner is None or corner > 0.0
        assert picked >= 3, picked

    def zoom(self) -> None:
        """The wheel leaves what is under the pointer there."""
        from PySide6.QtCore import QPoint

        from tests.windows import wheel
        from viewer.navigate import point_at

        canvas, at = self.window.canvas, QPoint(*(round(v) for v in self.spot(self.boxes[int(np.argmin(self.away))])))
        under = point_at(self.camera, *canvas.spot(at.x(), at.y()), canvas.aspect, canvas.depth(at.x(), at.y()))
        wheel(self.window, at, 2)
        assert self.window.state.camera.distance < self.camera.distance
        assert np.hypot(*np.subtract(self.spot(under), (at.x(), at.y()))) < 2.0

    def slice(self) -> None:
        """A slice goes as far as the hand that draws it."""
        from PySide6.QtCore import QPoint, QPointF, Qt
        from PySide6.QtTest import QTest
        from PySide6.QtWidgets import QApplication

        from tests.windows import Left, move_event

        window, handles, bare = self.window, self.window.stage.handles, Qt.KeyboardModifier.NoModifier
        window.change(replace(window.state, camera=self.camera, cuts=()), "Back")
        window.do("slice.y")
        self.drawn()
        before = handles.middles["plane"]
        start = before.toPoint()
        assert handles.held(QPointF(start)) is not None
        QTest.mousePress(self.surface, Left, bare, start)
        for step in (8, 16, 22):
            QApplication.sendEvent(self.surface, move_event(self.surface, start + QPoint(0, step), Left, bare))
        QTest.mouseRelease(self.surface, Left, bare, start + QPoint(0, 22))
        way = handles.arrows[0].grip
        assert way is not None
        moved = handles.middles["plane"] - before
        line = np.subtract(self.spot(way.point + way.direction * 1e9), self.spot(way.point))
        line /= np.hypot(*line)
        assert abs((moved.x() * line[0] + moved.y() * line[1]) - 22 * line[1]) < 3.0, (moved, line)

    def close(self) -> None:
        """Leave without a question."""
        self.window.store.saved()
        self.window.close()


def probe() -> None:
    """Everything, in one window."""
    with tempfile.TemporaryDirectory(prefix="megastructure-tests-") as folder:
        one = Probe(Path(folder))
        for step in (one.sizes, one.depths, one.zoom, one.slice, one.close):
            step()


if __name__ == "__main__":
    probe()
