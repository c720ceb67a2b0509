"""Which full-screen passes there are, what each reads, and in which order they draw: from the G-buffer to the graded picture."""

from __future__ import annotations

from collections.abc import Iterator

from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkFramebufferPass, vtkTextureObject

from viewer.drawing.passes import WHOLE, Band, Pass, drawn_by

EXACT, BYTES = vtkTextureObject.Float32, vtkTextureObject.Fixed8
BANDS = 3
"""Parts that the light of a picture is drawn in, where it comes in portions: each takes less than the G-buffer."""


class Chain:
    """The passes of one window."""

    def __init__(self, window: vtkRenderWindow, gbuffer: vtkFramebufferPass, stopped: vtkFramebufferPass) -> None:
        """`gbuffer` is what is where, `stopped` the map of where light from above is stopped. Takes the layers 1 to 7."""
        self.sparse = Pass(window, 1, "sparse.frag.glsl", {"gbuffer": gbuffer}, scale=0.5, colour=BYTES)
        sources = {"gbuffer": gbuffer, "sparse": drawn_by(self.sparse)}
        self.occlusion = Pass(window, 1, "occlusion.frag.glsl", sources, scale=0.5, colour=EXACT)
        map_ = {"gbuffer": gbuffer, "stopped": stopped}
        self.shafts = Pass(window, 1, "shafts.frag.glsl", map_, scale=0.25, colour=EXACT, tables=("sheet",))
        self.calm = Pass(window, 1, "calm.frag.glsl", {"turns": drawn_by(self.shafts)}, scale=0.25, colour=EXACT)
        sources = {**map_, "occlusion": drawn_by(self.occlusion)}
        self.soft = Pass(window, 1, "soft.frag.glsl", sources, scale=0.5, colour=EXACT, tables=("sheet",))
        self.haze = Pass(window, 1, "air.frag.glsl", {"gbuffer": gbuffer, "shafts": drawn_by(self.calm)}, scale=0.5, colour=EXACT)
        sources = {"gbuffer": gbuffer, "soft": drawn_by(self.soft), "air": drawn_by(self.haze)}
        self.light = Pass(window, 2, "light.frag.glsl", sources, tables=("rows", "gathered"), colour=EXACT)
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
    def near(self) -> tuple[Pass, ...]:
        """What only depends on where things are."""
        return self.sparse, self.occlusion

    @property
    def air(self) -> tuple[Pass, ...]:
        """What gathers light in the air; idle where none falls."""
        return self.shafts, self.calm

    @property
    def lighting(self) -> tuple[Pass, ...]:
        """What is compiled anew for other lamps, skies and styles."""
        return self.soft, self.haze, self.light

    @property
    def trimmed(self) -> tuple[Pass, ...]:
        """What a tile needs nowhere but about what is kept of it: the most costly, and the last."""
        return self.occlusion, *self.lighting, self.grade

    @property
    def always(self) -> tuple[Pass, ...]:
        """What every picture needs."""
        return (*self.near, self.soft, self.haze, self.light, *self.glows, self.glow, self.grade)

    @property
    def all(self) -> tuple[Pass, ...]:
        """Every pass, in the order of drawing."""
        return (*self.near, *self.air, *self.always[len(self.near) :])

    @property
    def portions(self) -> tuple[tuple[tuple[Pass, ...], Band], ...]:
        """The same in portions of like cost: what draws, and how much of the picture."""
        bands = tuple(((self.light,), (0.0, 1.0, number / BANDS, (number + 1) / BANDS)) for number in range(BANDS))
        return (((*self.near, *self.air, self.soft, self.haze), WHOLE), *bands, ((*self.glows, self.glow, self.grade), WHOLE))

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
