"""The widget that VTK draws into: it draws when asked to, and only then."""

from __future__ import annotations

import subprocess
import sys

from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot
from vtkmodules.vtkRenderingCore import vtkRenderer

from viewer.qt.surface import Surface

RED, GREEN = (200, 30, 20), (20, 180, 60)


class Painted:
    """A surface that is filled with one colour, and counts how often it is asked to be."""

    def __init__(self, qtbot: QtBot) -> None:
        self.frames, self.qtbot = 0, qtbot
        self.frame = self.window()
        self.surface = Surface(self.frame, self.before)
        self.renderer = vtkRenderer()
        self.surface.ren_win.AddRenderer(self.renderer)
        self.frame.setCentralWidget(self.surface)

    def window(self) -> QMainWindow:
        frame = QMainWindow()
        frame.resize(120, 80)
        self.qtbot.addWidget(frame)
        return frame

    def before(self) -> None:
        self.frames += 1

    def fill(self, colour: tuple[int, int, int]) -> None:
        self.renderer.SetBackground(*(channel / 255.0 for channel in colour))
        self.surface.redraw()

    def pixel(self) -> tuple[int, int, int]:
        colour = self.surface.grabFramebuffer().pixelColor(60, 40)
        assert colour.alpha() == 255, "what lies behind the window must not shine through"
        return colour.red(), colour.green(), colour.blue()


def test_a_frame_is_drawn_when_asked_for_and_repeated_else(qtbot: QtBot) -> None:
    painted = Painted(qtbot)
    with qtbot.waitExposed(painted.frame):
        painted.frame.show()
    painted.fill(RED)
    assert painted.pixel() == RED
    frames = painted.frames
    painted.renderer.SetBackground(0.0, 0.0, 1.0)
    assert painted.pixel() == RED, "nobody asked for another frame"
    assert painted.frames == frames
    painted.fill(GREEN)
    assert painted.pixel() == GREEN
    painted.surface.close()
    painted.surface.close()  # what is closed may be closed again


def test_the_window_waits_for_no_plotting_library() -> None:
    words = "import sys, viewer.qt.app; print(*sorted({'pyvista', 'pyvistaqt', 'matplotlib', 'qtpy'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == ""
