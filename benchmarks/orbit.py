"""Frames a second of an orbit in the real window: mouse events go through Qt, every drawn frame is counted.

xvfb-run -a python benchmarks/orbit.py [PRESET] [--seconds 8]
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from geometry.cityfile import preset
from viewer.qt.app import application, open_window
from viewer.qt.settings import Settings
from viewer.qt.window import Memory, Window
from viewer.session import Session
from viewer.views import view


def _until(app: QApplication, what: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        app.processEvents()
        time.sleep(0.002)


def gaps(app: QApplication, window: Window, seconds: float) -> list[float]:
    """Seconds from frame to frame of a drag that never rests."""
    surface, canvas = window.canvas.surface, window.canvas
    middle, began = surface.rect().center(), time.monotonic()
    found: list[float] = []
    QTest.mousePress(surface, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    last = began
    while last - began < seconds:
        where = QPointF(middle + QPoint((len(found) + 1) * 6 % 300, 0))
        buttons = (Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        app.sendEvent(surface, QMouseEvent(QEvent.Type.MouseMove, where, surface.mapToGlobal(where), *buttons))
        drawn = canvas.frames
        _until(app, lambda drawn=drawn: canvas.frames > drawn, 20.0)  # type: ignore[misc]
        now = time.monotonic()
        found.append(now - last)
        last = now
    QTest.mouseRelease(surface, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
    return found


def main() -> int:
    """Open a preset, turn it, print frames a second, the worst gap and the triangles drawn."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("preset", nargs="?", default="canon")
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    app = application()
    with tempfile.TemporaryDirectory() as folder:
        memory = Memory(Settings(Path(folder)), Session(Path(folder)))
        window = open_window(view("opening", preset(options.preset).spec), memory)
        window.resize(1280, 720)
        window.show()
        began, loop = time.monotonic(), window.loop
        _until(app, lambda: loop.content is not None and not loop.composer.busy and window.canvas.frames >= 1, 120.0)
        ready = time.monotonic() - began
        spent = time.process_time()
        found = sorted(gaps(app, window, options.seconds))
        spent = time.process_time() - spent
        triangles = loop.content.triangles if loop.content is not None else 0
        print(
            f"{len(found) / sum(found):.1f} frames/s, {len(found) / spent:.1f} a second of processor, "
            f"median {found[len(found) // 2] * 1e3:.0f} ms, worst {found[-1] * 1e3:.0f} ms, "
            f"first picture after {ready:.1f} s, {triangles} triangles"
        )
        window.store.saved()
        window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
