"""Which full-screen passes there are, what each reads, and in which order they draw: from the G-buffer to the graded picture."""

from __future__ import annotations

from collections.abc import Iterator

from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkFramebufferPass

from viewer.drawing.passes import WHOLE, Band, Pass, drawn_by

BANDS = 3
"""Parts that the light of a picture is drawn in, where it comes in portions: each takes less than the G-buffer."""


class Chain:
    """The passes of one window."""

    def __init__(self, window: vtkRenderWindow, gbuffer: vtkFramebufferPass, stopped: vtkFramebufferPass) -> None:
        """`gbuffer` is what is where, `stopped` the map of where light from above is stopped. Takes the layers 1 to 7."""
        self.occlusion = Pass(window, 1, "occlusion.frag.glsl", {"gbuffer": gbuffer}, scale=0.5, exact=True)
        map_ = {"gbuffer": gbuffer, "stopped": stopped}
        self.shafts = Pass(window, 1, "shafts.frag.glsl", map_, scale=0.25, exact=True, tables=("sheet",))
        self.calm = Pass(window, 1, "calm.frag.glsl", {"turns": drawn_by(self.shafts)}, scale=0.25, exact=True)
        sources = {**map_, "occlusion": drawn_by(self.occlusion), "shafts": drawn_by(self.calm)}
        self.light = Pass(window, 2, "light.frag.glsl", sources, tables=("rows", "sheet", "gathered"))
        self.glows = tuple(self._glows(window))
        glows = {f"glow{number}": drawn_by(step) for number, step in enumerate(self.glows, 1)}
        self.glow = Pass(window, 6, "glow.frag.glsl", glows, scale=1 / 4)
        sources = {"gbuffer": gbuffer, "lit": drawn_by(self.light), "glow3": glows["glow3"], "glow": drawn_by(self.glow)}
        self.grade = Pass(window, 7, "grade.frag.glsl", sources, last=True, vertex="grade.vert.glsl")

    def _glows(self, window: vtkRenderWindow) -> Iterator[Pass]:
        """Each blurs the one before it further, the first what is lit; the last is so wide that the picture is exposed by it."""
        source = self.light
        for layer, scale in ((3, 1 / 4), (4, 1 / 16), (5, 1 / 48)):
            source = Pass(window, layer, "bloom.frag.glsl", {"source": drawn_by(source)}, scale=scale)
            yield source

    @property
    def air(self) -> tuple[Pass, ...]:
        """What gathers light in the air; idle where none falls."""
        return self.shafts, self.calm

    @property
    def always(self) -> tuple[Pass, ...]:
        """What every picture needs."""
        return (self.occlusion, self.light, *self.glows, self.glow, self.grade)

    @property
    def all(self) -> tuple[Pass, ...]:
        """Every pass, in the order of drawing."""
        return (self.occlusion, *self.air, *self.always[1:])

    @property
    def portions(self) -> tuple[tuple[tuple[Pass, ...], Band], ...]:
        """The same in portions of like cost: what draws, and how much of the picture."""
        bands = tuple(((self.light,), (number / BANDS, (number + 1) / BANDS)) for number in range(BANDS))
        return (((self.occlusion, *self.air), WHOLE), *bands, ((*self.glows, self.glow, self.grade), WHOLE))

    @property
    def actors(self) -> tuple[vtkActor, ...]:
        """Those whose shaders want numbers."""
        return tuple(step.actor for step in self.all)

    def bind(self) -> None:
        """Let each pass read what those before it have drawn."""
        for step in self.all:
            step.bind()

    def release(self) -> None:
        """Let go of the window before it closes."""
        for step in reversed(self.all):
            step.release()
