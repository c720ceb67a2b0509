"""How long our frames take against plain VTK Phong with the same triangles. No Qt here, so it runs on any machine with a card."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter, process_time
from typing import Any

import numpy as np
from plain import Plain
from vtkmodules.vtkRenderingOpenGL2 import vtkTextureObject

from viewer.camera import Camera
from viewer.compose import scene
from viewer.drawing.passes import Pass
from viewer.drawing.picture import offscreen
from viewer.drawing.renderer import Renderer
from viewer.scene import Content
from viewer.state import ViewState

Size = tuple[int, int]
SIZE = (1280, 720)
MOVING = 1 / 3
"""The part of the resolution that a slow machine draws a moving picture at, as in viewer/qt/loop.py."""
Seconds = tuple[float, float]
"""By the clock, and of processor: other programs do not lengthen the latter."""
Table = dict[str, list[Seconds]]
KINDS = ("moving", "at rest", "hour", "in one go")
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

    def __init__(self, what: Content, size: Size = SIZE) -> None:
        self.size = size
        self.windows = (offscreen(*size), offscreen(*size))
        self.plain, self.ours = Plain(self.windows[0], what), Renderer(self.windows[1])

    def seconds(self, number: int) -> Seconds:
        """How long one of the windows takes to draw, until the driver has finished."""
        began, before = perf_counter(), process_time()
        self.windows[number].Render()
        self.windows[number].WaitForCompletion()
        return perf_counter() - began, process_time() - before

    def longest(self) -> Seconds:
        """How long the longest of the portions takes that our picture is drawn in at rest."""
        found, portions = [(0.0, 0.0)], self.ours.portions()
        while True:
            began, before = perf_counter(), process_time()
            if next(portions, self) is self:
                return max(found, key=lambda seconds: seconds[1])
            self.windows[1].WaitForCompletion()
            found.append((perf_counter() - began, process_time() - before))


def measured(bench: Any, states: dict[str, ViewState], what: Content, rounds: int, size: Size = SIZE) -> Table:
    """Seconds of plain VTK, and of each style: moving, the longest portion at rest and with another hour, and all portions in one go; the
    best of the rounds."""
    found: Table = {}

    def keep(name: str, column: int, seconds: Seconds) -> None:
        row = found.setdefault(name, [(np.inf, np.inf)] * len(KINDS))
        row[column] = (min(row[column][0], seconds[0]), min(row[column][1], seconds[1]))

    for step in range(rounds):
        for name, state in states.items():
            here = replace(state, camera=turned(state.camera, step))
            bench.plain.look(here.camera)
            keep("plain", 0, bench.seconds(0))
            aside = scene(replace(here, camera=turned(here.camera, 1000)), what)
            for scale, column, seconds in (
                (MOVING, 0, lambda: bench.seconds(1)),
                (1.0, 3, lambda: bench.seconds(1)),
                (1.0, 1, bench.longest),
            ):
                bench.ours.coarsen(scale, size)
                bench.ours.show(aside)
                bench.seconds(1)  # a change of style or size compiles or allocates: not every frame does
                bench.ours.show(scene(here, what))
                keep(name, column, seconds())
            bench.ours.show(scene(replace(here, hour=here.hour + 0.01), what))
            keep(name, 2, bench.longest())
    return found


def told(where: str, found: Table) -> str:
    """The seconds and their ratios as a table."""
    plain = found.pop("plain")[0]
    lines = [f"{where}: plain VTK Phong {plain[0] * 1e3:.1f} ms; times of it by the clock, and in brackets of processor:"]
    for name, row in found.items():
        ratios = (
            f"{kind} {clock * 1e3:6.1f} ms {clock / plain[0]:5.2f} ({spent / plain[1]:.2f})"
            for kind, (clock, spent) in zip(KINDS, row, strict=True)
        )
        lines.append(f"  {name:10} {'   '.join(ratios)}")
    return "\n".join(lines)


def copying(bench: OffScreen) -> float:
    """Seconds of processor that a pass takes which only copies the G-buffer: no pass over the whole picture takes less."""
    window = bench.windows[1]
    step = Pass(window, 2, "bloom.frag.glsl", {"source": bench.ours.masses.frame}, colour=vtkTextureObject.Float32)
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
        bench.ours.coarsen(1.0, bench.size)
        bench.ours.show(scene(state, what))
        bench.seconds(1)
        found = bench.ours.seconds_by_pass()
        passes = ", ".join(f"{step} {seconds * 1e3:.1f}" for step, seconds in found.items())
        least = (found["gbuffer"] + 2 * copy) / plain
        lines.append(f"  {name:10} ms of processor: {passes}; the G-buffer and two passes that only copy: {least:.2f} times plain Phong")
    return "\n".join(lines)
