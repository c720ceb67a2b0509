"""The first pass: instances and plates drawn into a float32 G-buffer, what is where. A pixel is drawn over many times here.

Contents are split into runs by what cuts make of them (split.py); each run is an actor with the shaders it needs and no more.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkTextureObject

from geometry.bore import NONE, Capsules
from viewer.drawing.dates import Dates
from viewer.drawing.depth import SWITCH, NearFirst, drop
from viewer.drawing.passes import Opaque, bare_renderer, framebuffer, read_texture, set_uniforms
from viewer.drawing.split import PLATE_RUNS, Run, Side, plate_runs, runs
from viewer.drawing.uniforms import Value
from viewer.drawing.upload import compile_for, fence, glyph_actor, instance_data, plate_actor, surface_data
from viewer.scene import Scene
from viewer.state import Cut

GROUP = 400_000
"""Triangles drawn in one go: more at once, and a software driver takes half a gigabyte to hold them."""
MOVING = 50_000
"""Triangles of the largest instances, which a coarse picture does with."""


class GBuffer:
    """What is where in one window."""

    def __init__(self, window: vtkRenderWindow, dates: Dates) -> None:
        """Takes layer 0; `dates` are the years of what is drawn."""
        self.window, self._dates = window, dates
        self.renderer = bare_renderer(window, 0)
        self.frame = framebuffer(self.renderer, vtkTextureObject.Float32)
        self.parts: list[vtkActor] = []
        self._fences: list[vtkActor] = []
        self._runs: list[Run] = []
        self._split: tuple[tuple[Cut, ...], Capsules] = ((), NONE)
        self.depth = NearFirst(window, self.renderer, self._refused)
        self.renderer.AddActor(self.depth.opening)
        self._opaque = Opaque(window, self.renderer)
        self._plates = [plate_actor() for _ in range(PLATE_RUNS)]
        self._plate_runs: list[Run] = []
        for actor in self._plates:
            self.renderer.AddActor(actor)
        self._shape: tuple[str, ...] | None = None
        self._compiled: tuple[tuple[str, ...], bool] = ((), False)

    @property
    def actors(self) -> tuple[vtkActor, ...]:
        """Those whose shaders want numbers."""
        return (*self.parts, *self._plates)

    def upload(self, scene: Scene, plate_rows: NDArray[np.float32], told: dict[str, Value]) -> None:
        """Take over a scene's content, split for its cuts and bores. `plate_rows` are the numbers that the plates' vertices name, `told`
        what every shader has been told so far."""
        content, cuts, bores = scene.content, scene.cuts, scene.bores
        self._split = cuts, bores
        self._runs = runs(content.instances, content.anchor, cuts, bores, moving=MOVING, most=GROUP)
        while len(self.parts) < len(self._runs):
            self._one_more(told)
        for index, actor in enumerate(self.parts):
            rows = self._runs[index].rows if index < len(self._runs) else np.zeros(0, np.intp)
            actor.GetMapper().SetInputDataObject(instance_data(content.instances, rows, self._dates.numbers))
            self._dates.tell(actor)
        self._plate_runs = plate_runs(content.surface, content.anchor, cuts, bores)
        for run, actor in zip(self._plate_runs, self._plates, strict=False):
            self._dates.wants(content.surface, actor)
            actor.GetMapper().SetInputDataObject(surface_data(content.surface, plate_rows, run.rows))
        self._shape = None

    def _one_more(self, told: dict[str, Value]) -> None:
        """An actor for another run of instances, behind a fence."""
        self._fences.append(fence(self.window))
        self.parts.append(glyph_actor())
        for actor in (self._fences[-1], self.parts[-1]):
            self.renderer.AddActor(actor)
        set_uniforms(self.parts[-1], told)

    def choose(self, scene: Scene, coarse: bool) -> None:
        """Draw the runs that are seen, with a fence before what would be too much at once: with other cuts than they were split for,
        both sides of all of them are."""
        self._go_on(False)
        split, heap = self._splits(scene), 0
        for actors, runs_ in ((self.parts, self._runs), (self._plates, self._plate_runs)):
            for index, actor in enumerate(actors):
                run = runs_[index] if index < len(runs_) else None
                seen = run is not None and not (run.small and coarse) and not (run.hidden if split else run.side is Side.BACK)
                actor.SetVisibility(seen)
                if actors is self.parts:
                    heap += run.triangles if run is not None and seen else 0
                    self._fences[index].SetVisibility(heap > GROUP)
                    heap = 0 if heap > GROUP else heap

    def halves(self) -> Iterator[None]:
        """Let the next frame draw the largest of what is chosen, the one after that add the others to it."""
        runs_ = (*zip(self.parts, self._runs, strict=False), *zip(self._plates, self._plate_runs, strict=False))
        seen = [(actor, run.small) for actor, run in runs_ if actor.GetVisibility()]
        for small in (False, True):
            for actor, is_small in seen:
                actor.SetVisibility(is_small == small)
            self._go_on(small)
            yield

    def _go_on(self, begun: bool) -> None:
        """Whether to add to what is drawn, or to begin anew."""
        self.renderer.SetPreserveColorBuffer(begun)
        self.renderer.SetPreserveDepthBuffer(begun)
        self.depth.begun = begun

    def _splits(self, scene: Scene) -> bool:
        """Whether the runs are told apart by the cuts and bores of this scene."""
        cuts, bores = self._split
        return scene.cuts == cuts and scene.bores is bores and not scene.explode

    def shape(self, scene: Scene, shape: tuple[str, ...]) -> None:
        """Compile the shaders with these switches, if they are others, for what this scene is split into."""
        self.depth.wanted = not scene.camera.parallel
        split, depth = self._splits(scene), str(self.depth.wanted and self.depth.possible)
        if (*shape, str(split), depth) != self._shape:
            self._compiled = (shape, split)
            self._compile(*self._compiled)
        self._shape = (*shape, str(split), depth)

    def _refused(self) -> None:
        """OpenGL is too old for depth that it interpolates itself: the shaders write it."""
        self._shape = None
        self._compile(*self._compiled)

    def _compile(self, shape: tuple[str, ...], split: bool) -> None:
        always = (SWITCH,) if self.depth.wanted and self.depth.possible else ()
        shape, always = tuple(switch for switch in shape if switch not in self._dates.switches), (*always, *self._dates.switches)
        for actors, runs_ in ((self.parts, self._runs), (self._plates, self._plate_runs)):
            for run, actor in zip(runs_, actors, strict=False):
                compile_for(actor, shape, run.side if split else Side.BOTH, run.faceted, always)

    def place(self, offset: NDArray[np.float64]) -> None:
        """Put everything where the anchor lies: `offset` (3,) metres from the eye."""
        matrix = vtkMatrix4x4()
        for row in range(3):
            matrix.SetElement(row, 3, float(offset[row]))
        for actor in self.actors:
            actor.SetUserMatrix(matrix)

    def read(self) -> NDArray[np.float32]:
        """(h, w, 4) float32: packed normal, 1/depth, row of the part, alpha, as last drawn; bottom row first."""
        return read_texture(self.window, self.frame.GetColorTexture())

    def release(self) -> None:
        """Let go of the window before it closes."""
        self.depth.release()
        self._opaque.release()
        self.renderer.SetPass(None)  # type: ignore[arg-type]
        self.frame.ReleaseGraphicsResources(self.window)
        self.renderer.RemoveAllViewProps()
        for actor in (*self.parts, *self._fences, *self._plates):
            drop(actor, self.window)
        self.window.RemoveRenderer(self.renderer)
