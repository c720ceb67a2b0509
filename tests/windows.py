"""A window on a few boxes, and a hand that drives it: what the tests of the window share."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from geometry.material import Material
from geometry.solids import PROTOTYPE_IDS
from geometry.spec import CitySpec
from viewer.compose import scene
from viewer.drawing.renderer import Renderer
from viewer.journey.dive import Path as DivePath
from viewer.qt import app as qt_app
from viewer.qt.settings import Settings
from viewer.qt.window import Memory, Window
from viewer.scene import Content, Instances, Surface
from viewer.session import Session
from viewer.state import ViewState
from viewer.views import view

Pixels = NDArray[np.uint8]
R = 8.0e11


def box_content() -> Content:
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
        self._content = box_content()
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


def memory_in(folder: Path) -> Memory:
    return Memory(Settings(folder), Session(folder))


def opened(folder: Path, state: ViewState | None = None) -> Window:
    qt_app.application()
    state = view("opening") if state is None else state
    return Window(replace(state, cuts=()), lambda _, ready: Boxes(ready), Renderer, scene, memory_in(folder))


def shown(qtbot: QtBot, folder: Path) -> Iterator[Window]:
    """A window on the boxes, drawn once; closed at the end."""
    yield from drawn(qtbot, opened(folder))


def drawn(qtbot: QtBot, made: Window) -> Iterator[Window]:
    """A window of the usual size once it has drawn and has the focus; closed at the end, nothing unsaved."""
    made.resize(1000, 640)
    made.show()
    qtbot.waitExposed(made)
    qtbot.waitUntil(lambda: made.canvas.frames > 0, timeout=20_000)
    made.activateWindow()
    made.canvas.surface.setFocus()
    yield made
    made.store.saved()
    dropped(made)


def dropped(window: Window) -> None:
    """Closed, and gone: widgets that linger are styled anew with every window that follows."""
    window.close()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()  # what the windows leave; nothing collects by itself between tests


def pixels_of(window: Window) -> Pixels:
    """The view as it is drawn at rest."""
    window.loop.rest()
    image = window.canvas.surface.grabFramebuffer().convertToFormat(window.grab().toImage().Format.Format_RGB888)
    data = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return data[:, : image.width() * 3].copy()


def share_changed(before: Pixels, after: Pixels) -> float:
    return float((np.abs(before.astype(int) - after) > 12).mean())


def drag(window: Window, button: Qt.MouseButton, by: QPoint, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    from PySide6.QtTest import QTest

    surface = window.canvas.surface
    start = surface.rect().center()
    QTest.mousePress(surface, button, modifier, start)
    for step in range(1, 6):
        point = start + by * step / 5
        move = move_event(surface, point, button, modifier)
        QApplication.sendEvent(surface, move)
    QTest.mouseRelease(surface, button, modifier, start + by)


def move_event(surface: QWidget, point: QPoint, button: Qt.MouseButton, modifier: Qt.KeyboardModifier) -> QEvent:
    from PySide6.QtGui import QMouseEvent

    where = QPointF(point)
    return QMouseEvent(QEvent.Type.MouseMove, where, surface.mapToGlobal(where), Qt.MouseButton.NoButton, button, modifier)


def wheel(window: Window, at: QPoint, notches: int) -> None:
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


def straight_down(spec: CitySpec) -> DivePath:
    """A way of a City's dive that takes no search: straight to its first floor, through whatever is there."""
    down, steps = np.array([0.0, 0.0, -1.0]), 64
    offset = np.geomspace(1.25 * spec.radius_km * 1e3, 10.0, steps)[:, None] * -down
    even = np.ones(steps)
    sight = even[:, None] * np.array([0.6, 0.0, -0.8])
    return DivePath(np.zeros(3), np.linspace(0.0, 1.0, steps), offset, sight, 10.0 * even, 0.0 * even, 20.0)


Left, Middle, Right = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton, Qt.MouseButton.RightButton
Ctrl, Shift = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
