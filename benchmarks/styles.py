"""Frame time of each style, live at 1280 x 720, against plain VTK Phong with the same triangles.

    xvfb-run -a -s "-screen 0 1600x1000x24" python benchmarks/styles.py [--view canyon] [--rounds 5] [--passes]

Off screen and in the Qt window, all in one run and in turn, the camera a little elsewhere in every frame so that nothing is reused;
the best of the rounds. `moving` is what the window really draws while the camera moves on a slow machine: a third of the resolution and
the largest parts. `hour` is a frame in which nothing but the light changed. Goals: concrete 2 times plain VTK at most, ink 2.5.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from time import perf_counter, process_time
from typing import Any

import numpy as np
from plain import Plain
from PySide6.QtWidgets import QApplication, QMainWindow

from geometry.city import City
from viewer.camera import Camera
from viewer.compose import LIVE_TRIANGLES, Unfolder, content, scene
from viewer.drawing.passes import Pass
from viewer.drawing.picture import offscreen
from viewer.drawing.renderer import Renderer
from viewer.qt.canvas import Canvas
from viewer.qt.loop import SCALES
from viewer.scene import Content
from viewer.state import ViewState
from viewer.styles import project_names
from viewer.views import view

SIZE = (1280, 720)
Seconds = tuple[float, float]
"""By the clock, and of processor: other programs do not lengthen the latter."""
Table = dict[str, list[Seconds]]
MOVING = SCALES[2]
_COPY = """//VTK::System::Dec
out vec4 fragOutput0;
uniform sampler2D source;
void main() { fragOutput0 = texelFetch(source, ivec2(gl_FragCoord.xy), 0); }
"""


def turned(camera: Camera, step: int) -> Camera:
    """The camera, its sight moved by so many ten-thousandths of the distance."""
    focus = np.asarray(camera.focus) + camera.right * camera.distance * 1e-4 * step
    return replace(camera, focus=tuple(focus.tolist()))


class OffScreen:
    """Plain VTK and ours, each in a window without a screen."""

    def __init__(self, what: Content) -> None:
        self.windows = (offscreen(*SIZE), offscreen(*SIZE))
        self.plain, self.ours = Plain(self.windows[0], what), Renderer(self.windows[1])

    def seconds(self, number: int) -> Seconds:
        """How long one of the windows takes to draw, until the driver has finished."""
        began, before = perf_counter(), process_time()
        self.windows[number].Render()
        self.windows[number].WaitForCompletion()
        return perf_counter() - began, process_time() - before


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


def measured(bench: Any, states: dict[str, ViewState], what: Content, rounds: int) -> Table:
    """Seconds of plain VTK, and of each style at rest, moving and with another hour; the best of the rounds."""
    found: Table = {}

    def keep(name: str, column: int, seconds: Seconds) -> None:
        row = found.setdefault(name, [(np.inf, np.inf)] * 3)
        row[column] = (min(row[column][0], seconds[0]), min(row[column][1], seconds[1]))

    for step in range(rounds):
        for name, state in states.items():
            here = replace(state, camera=turned(state.camera, step))
            bench.plain.look(here.camera)
            keep("plain", 0, bench.seconds(0))
            for column, scale in ((1, MOVING), (0, 1.0)):
                bench.ours.coarsen(scale, SIZE)
                bench.ours.show(scene(replace(here, camera=turned(here.camera, 1000)), what))
                bench.seconds(1)  # a change of style or size compiles or allocates: not every frame does
                bench.ours.show(scene(here, what))
                keep(name, column, bench.seconds(1))
            bench.ours.show(scene(replace(here, hour=here.hour + 0.01), what))
            keep(name, 2, bench.seconds(1))
    return found


def told(where: str, found: Table) -> str:
    """The seconds and their ratios as a table."""
    plain = found.pop("plain")[0]
    lines = [f"{where}: plain VTK Phong {plain[0] * 1e3:.1f} ms; times of it by the clock, and in brackets of processor:"]
    for name, row in found.items():
        ratios = (
            f"{kind} {clock * 1e3:6.1f} ms {clock / plain[0]:5.2f} ({spent / plain[1]:.2f})"
            for kind, (clock, spent) in zip(("at rest", "moving", "hour"), row, strict=True)
        )
        lines.append(f"  {name:10} {'   '.join(ratios)}")
    return "\n".join(lines)


def copying(bench: OffScreen) -> float:
    """Seconds of processor that a pass takes which only copies the G-buffer: no pass over the whole picture takes less."""
    window = bench.windows[1]
    step = Pass(window, 2, "bloom.frag.glsl", {"source": bench.ours.masses.frame}, exact=True)
    step.actor.GetShaderProperty().SetFragmentShaderCode(_COPY)
    step.bind()
    others = [one for one in window.GetRenderers() if one is not step.renderer]
    drawing = [one.GetDraw() for one in others]
    for one in others:
        one.SetDraw(False)
    best = min(bench.seconds(1)[1] for _ in range(4))
    for one, drawn in zip(others, drawing, strict=True):
        one.SetDraw(drawn)
    step.release()
    return best


def by_pass(bench: OffScreen, states: dict[str, ViewState], what: Content) -> str:
    """Where the processor's time of each style goes, and the least that a pass can take."""
    plain, copy = min(bench.seconds(0)[1] for _ in range(4)), copying(bench)
    lines = [
        f"  plain VTK Phong {plain * 1e3:.1f} ms of processor; a pass that only copies {copy * 1e3:.1f} ms: {copy / plain:.2f} times that"
    ]
    for name, state in states.items():
        bench.ours.coarsen(1.0, SIZE)
        bench.ours.show(scene(state, what))
        bench.seconds(1)
        passes = ", ".join(f"{step} {seconds * 1e3:.1f}" for step, seconds in bench.ours.seconds_by_pass().items())
        lines.append(f"  {name:10} ms of processor: {passes}")
    return "\n".join(lines)


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
