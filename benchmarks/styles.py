"""Frame time of each style, live at 1280 x 720, against plain VTK Phong with the same triangles.

    xvfb-run -a -s "-screen 0 1600x1000x24" python benchmarks/styles.py [--view canyon] [--rounds 5] [--passes]

Off screen and in the Qt window, all in one run and in turn, the camera a little elsewhere in every frame so that nothing is reused;
the best of the rounds. `moving` is what the window really draws while the camera moves on a slow machine: a third of the resolution and
the largest parts. `at rest` is the longest of the portions in which it draws the sharp picture over that, and `hour` when nothing but the
light changed; between two of them it answers. `in one go` is all of them at once. Goals: concrete 2 times plain VTK at most, ink 2.5.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from time import process_time
from typing import Any

from frames import SIZE, OffScreen, Seconds, by_pass, measured, told
from plain import Plain
from PySide6.QtWidgets import QApplication, QMainWindow

from geometry.city import City
from viewer.compose import LIVE_TRIANGLES, Unfolder, content, scene
from viewer.drawing.renderer import Renderer
from viewer.qt.canvas import Canvas
from viewer.scene import Content
from viewer.state import ViewState
from viewer.styles import project_names
from viewer.views import view


class InWindow:
    """Plain VTK and ours, each in a widget as the window has it, side by side in time only."""

    def __init__(self, what: Content, state: ViewState) -> None:
        def ours(window: Any) -> Renderer:
            renderer = Renderer(window)
            renderer.show(scene(state, what))
            return renderer

        self.app = QApplication.instance() or QApplication([])
        self.frames: list[QMainWindow] = [QMainWindow(), QMainWindow()]
        self.canvases = (self._canvas(0, lambda window: Plain(window, what)), self._canvas(1, ours))
        self.seconds(0)
        self.seconds(1)
        self.plain: Any = self.canvases[0].renderer
        self.ours: Any = self.canvases[1].renderer

    def _canvas(self, number: int, make: Callable[[Any], Any]) -> Canvas:
        frame = self.frames[number]
        canvas = Canvas(frame, make)
        frame.setCentralWidget(canvas.surface)
        frame.resize(*SIZE)
        frame.show()
        self.app.processEvents()
        canvas.ready = True
        return canvas

    def seconds(self, number: int) -> Seconds:
        """How long one of the widgets takes to paint a frame, until the driver has finished."""
        canvas = self.canvases[number]
        before, spent = canvas.frames, process_time()
        canvas.redraw()
        while canvas.frames == before:
            self.app.processEvents()
        return canvas.surface.seconds, process_time() - spent

    def longest(self) -> Seconds:
        """How long the longest of the portions takes, with what the widget does about it; of processor, as a share of the whole frame."""
        self.canvases[1].before_frame = lambda renderer: True
        _, spent = self.seconds(1)
        self.canvases[1].before_frame = lambda renderer: False
        surface = self.canvases[1].surface
        return surface.longest, spent * surface.longest / surface.seconds


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--view", default="canyon")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--triangles", type=int, default=LIVE_TRIANGLES)
    parser.add_argument("--style", nargs="*", default=project_names())
    parser.add_argument("--passes", action="store_true", help="where the time goes, too")
    parser.add_argument("--off-screen", action="store_true", help="no window")
    given = parser.parse_args()
    state = view(given.view)
    what = content(Unfolder(City(state.city)), state, SIZE, given.triangles)
    states = {name: replace(state, style=name) for name in given.style}
    print(f"{given.view}: {what.triangles} triangles, {len(what.instances.prototype)} parts, {SIZE[0]} x {SIZE[1]}")
    off = OffScreen(what)
    print(told("off screen", measured(off, states, what, given.rounds)), flush=True)
    if given.passes:
        print(by_pass(off, states, what), flush=True)
    if not given.off_screen:
        inside = InWindow(what, state)
        print(told("in the Qt window", measured(inside, states, what, given.rounds)), flush=True)
        for canvas in inside.canvases:
            canvas.close()
    off.ours.release()


if __name__ == "__main__":
    main()
