"""The renderer: shows a Scene in a VTK render window, on the screen or off it, and applies only what changed.

VTK rasterises into a float32 G-buffer; a chain of full-screen passes lights it, draws haze or ink, and grades. The camera stands
at the origin; every actor's matrix is its anchor minus the eye, in float64; depth (depth.py) holds 0.1 m to 1e13 m in one picture.
"""

from __future__ import annotations

from time import process_time

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.vtkConstants import VTK_FLOAT
from vtkmodules.vtkCommonCore import vtkCommand
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import vtkTextureObject

from geometry.material import Material
from viewer.camera import Camera
from viewer.drawing.dates import Dates
from viewer.drawing.depth import SWITCH, NearFirst
from viewer.drawing.passes import Pass, bare_renderer, framebuffer, set_uniforms
from viewer.drawing.skylight import Skylight
from viewer.drawing.split import PLATE_RUNS, Run, Side, plate_runs, runs
from viewer.drawing.uniforms import (
    Frame,
    Value,
    cut_counts,
    cut_uniforms,
    eye_uniforms,
    frame_uniforms,
    half_height,
    look_uniforms,
    whole_frame,
)
from viewer.drawing.upload import (
    compile_for,
    fence,
    glyph_actor,
    instance_data,
    nearest_lamps,
    nearest_phase,
    plate_actor,
    row_table,
    surface_data,
)
from viewer.scene import Content, Scene
from viewer.state import Cut

AMBIENT_TAPS, COARSE_TAPS = 12, 4
"""Occlusion taps of a window at rest and while the camera moves; stills take 16."""


NEAR, FAR_LOG = 0.01, 53.2
"""Of the logarithmic depth that the last pass writes, as in common.glsl."""
GROUP = 400_000
"""Triangles drawn in one go: more at once, and a software driver takes half a gigabyte to hold them."""
MOVING = 50_000
"""Triangles of the largest instances, which a coarse picture does with."""
_WIDEST = 4
"""Which pass draws the widest glow."""
LAMPS = 8
"""Lamps near the eye that throw light on what is about them and into the haze."""
_WARM, _COLD = (1.0, 0.66, 0.30), (0.62, 0.90, 1.0)
"""The colours of lamps in the default style: another style's are so much redder or bluer."""


class Renderer:
    """Draws scenes into one render window. Independent of Qt; the caller owns the window and asks for frames."""

    def __init__(self, window: vtkRenderWindow, *, taps: int = AMBIENT_TAPS) -> None:
        """Take over `window`: its renderers' layers 0 to 7 become ours. `taps` occlusion samples a pixel (1 to 16)."""
        self.window = window
        self.scene: Scene | None = None
        self.frame: Frame | None = None
        self._told: dict[str, Value] = {}
        self._wanted: tuple[object, ...] = ()
        self._buffered: tuple[object, ...] = ()
        self._wanted_air: tuple[object, ...] = ()
        self._aired: tuple[object, ...] = ()
        self._phase = 0.0
        self._shape: tuple[str, ...] | None = None
        self._compiled: tuple[tuple[str, ...], bool] = ((), False)
        self._switches: tuple[str, ...] = ()
        self._lamps, self._planet = np.zeros((0, 7)), False
        self._dates = Dates()
        self.scale, self._taps = 1.0, taps
        window.SetMultiSamples(0)
        window.SetNumberOfLayers(8)
        self.city = bare_renderer(window, 0)
        self.buffer = framebuffer(self.city, vtkTextureObject.Float32)
        self._parts: list[vtkActor] = []
        self._fences: list[vtkActor] = []
        self._runs: list[Run] = []
        self._split: tuple[Cut, ...] = ()
        self.depth = NearFirst(window, self.city, self._refused)
        self.city.AddActor(self.depth.opening)
        self._plates = [plate_actor() for _ in range(PLATE_RUNS)]
        self._plate_runs: list[Run] = []
        for actor in self._plates:
            self.city.AddActor(actor)
        self.sky = Skylight(window, 1)
        self._passes = self._chain(window)
        self.overlay = self._passes[-1].renderer
        self._tell({"taps": float(taps), "steps": float(taps), "exposure": 0.0})
        self._ended = window.AddObserver(vtkCommand.EndEvent, lambda *_: self._kept())

    def _chain(self, window: vtkRenderWindow) -> tuple[Pass, ...]:
        occlusion = Pass(window, 1, "occlusion.frag.glsl", {"gbuffer": self.buffer}, scale=0.5, exact=True)
        assert occlusion.frame is not None
        map_ = {"gbuffer": self.buffer, "stopped": self.sky.frame}
        self.shafts = Pass(window, 1, "shafts.frag.glsl", map_, scale=0.25, exact=True, tables=("sheet",))
        assert self.shafts.frame is not None
        self.calm = Pass(window, 1, "calm.frag.glsl", {"turns": self.shafts.frame}, scale=0.25, exact=True)
        assert self.calm.frame is not None
        light = Pass(
            window, 2, "light.frag.glsl", {**map_, "occlusion": occlusion.frame, "shafts": self.calm.frame}, tables=("rows", "sheet")
        )
        chain = [occlusion, light]
        for layer, scale in ((3, 1 / 4), (4, 1 / 16), (5, 1 / 48)):
            source = chain[-1].frame
            assert source is not None
            chain.append(Pass(window, layer, "bloom.frag.glsl", {"source": source}, scale=scale))
        frames = {name: step.frame for name, step in zip(("lit", "glow1", "glow2", "glow3"), chain[1:], strict=True) if step.frame}
        glow = Pass(window, 6, "glow.frag.glsl", {name: frames[name] for name in ("glow1", "glow2", "glow3")}, scale=1 / 4)
        assert glow.frame is not None
        sources = {"gbuffer": self.buffer, "lit": frames["lit"], "glow3": frames["glow3"], "glow": glow.frame}
        return (*chain, glow, Pass(window, 7, "grade.frag.glsl", sources, last=True, vertex="grade.vert.glsl"))

    @property
    def _actors(self) -> tuple[vtkActor, ...]:
        return (*self._parts, *self._plates, *(step.actor for step in self._passes), self.shafts.actor, self.calm.actor, *self.sky.actors)

    def _tell(self, values: dict[str, Value]) -> None:
        """Send the shaders the numbers that differ from what they know."""
        news = {name: value for name, value in values.items() if self._told.get(name) != value}
        if news:
            for actor in self._actors:
                set_uniforms(actor, news)
            self._told.update(news)

    def coarsen(self, scale: float, whole: tuple[int, int]) -> None:
        """Draw a picture of `whole` pixels at `scale` (0, 1] from now on, for the caller to stretch: a software driver keeps up with a
        moving camera. It has the largest parts alone."""
        size = (max(round(whole[0] * scale), 1), max(round(whole[1] * scale), 1))
        if tuple(self.window.GetSize()) != size:
            self.window.SetSize(*size)
        if scale != self.scale:
            self.scale = scale
            taps = float(self._taps if scale == 1.0 else min(self._taps, COARSE_TAPS))
            self._tell({"taps": taps, "steps": 2.0 * taps if scale < 1.0 else taps})

    def show(self, scene: Scene, frame: Frame | None = None) -> None:
        """Take over a scene: upload its content if it is another, set uniforms that changed. Draws nothing: the caller renders.

        `frame` says which part of a larger picture the window is (default: the whole).
        """
        shown = self.scene
        if shown is None or shown.content is not scene.content:
            self._upload(scene)
        if self._dates.turned(scene):
            self._lamps = nearest_lamps(scene.content.instances, LAMPS, scene.look.times.year)
        self._place(scene.content, scene.camera)
        falls = scene.look.inside and scene.look.style.casts
        frame = frame or whole_frame(*self.window.GetSize())
        lamps = self.sky.show(scene, frame, falls, self.scale < 1.0)
        if lamps is not None:
            for step in (self.shafts, self._passes[1]):
                step.look_up("sheet", lamps, smooth=True)
        self._switch(scene)
        self._choose(scene)
        self._tell(
            {
                **look_uniforms(scene.look),
                **eye_uniforms(scene.camera, scene.look.floor_radius),
                **cut_uniforms(scene),
                **frame_uniforms(scene.camera, frame),
                "eyePhase": self._phase * 24.0,
                **self._lamp_uniforms(scene),
                **self.sky.uniforms(),
            }
        )
        self.scene, self.frame = scene, frame
        for step in (*self._passes, self.shafts, self.calm):
            step.bind()
        self._reuse(scene, frame, falls)

    def _reuse(self, scene: Scene, frame: Frame, falls: bool) -> None:
        """Where only light, haze or style differ, the G-buffer and the occlusion of the last picture are still good; where only light or
        style do, the shafts are."""
        size = tuple(self.window.GetSize())
        year, taps = self._dates.key(scene), self._told["taps"]
        self._wanted = (scene.content, scene.camera, scene.cuts, scene.shell_radii, scene.explode, frame, size, taps, year)
        there = self.buffer.GetColorTexture().GetHandle() > 0  # not so in a window that has been given another context
        for renderer in (self.city, self._passes[0].renderer):
            renderer.SetDraw(not there or self._wanted != self._buffered)
        air = (*self._wanted, scene.look.haze_length)
        for step in (self.shafts, self.calm):
            step.renderer.SetDraw(falls and (not there or air != self._aired))
        self._wanted_air = air

    def _kept(self) -> None:
        self.sky.drawn()
        if self.shafts.renderer.GetDraw():
            self._aired = self._wanted_air
        if self.city.GetDraw():
            self._buffered = self._wanted

    def render(self) -> None:
        """Draw what is shown; a window made off screen is drawn off screen."""
        self.window.Render()

    def map_light(self) -> None:
        """Draw the map of light alone, into a window as large as it shall be."""
        steps = (self.city, self.shafts.renderer, self.calm.renderer, *(step.renderer for step in self._passes))
        for renderer in steps:
            renderer.SetDraw(False)
        self.window.Render()
        for renderer in steps:
            renderer.SetDraw(True)

    def seconds_by_pass(self) -> dict[str, float]:
        """Seconds of processor that each pass takes alone, all threads, the best of three, once the driver has finished it."""
        steps = {"gbuffer": self.city}
        if self.scene is not None and self.scene.look.inside and self.scene.look.style.casts:  # else they are not even compiled
            steps |= {"map of light": self.sky.renderer, "shafts 1/4": self.shafts.renderer, "calm 1/4": self.calm.renderer}
        steps |= {f"{step.fragment.split('.')[0]} 1/{round(1 / step.share)}": step.renderer for step in self._passes}
        for renderer in steps.values():
            renderer.SetDraw(False)
        found: dict[str, float] = {}
        for name, renderer in steps.items():
            renderer.SetDraw(True)
            for _ in range(3):
                began = process_time()
                self.window.Render()
                self.window.WaitForCompletion()
                found[name] = min(found.get(name, np.inf), process_time() - began)
            renderer.SetDraw(False)
        for renderer in steps.values():
            renderer.SetDraw(True)
        return found

    def expose(self) -> float:
        """Keep the exposure that the last frame found for itself, for all that follow: tiles of one picture must not differ."""
        step = self._passes[_WIDEST]
        assert step.frame is not None
        assert self.scene is not None
        glow = read_texture(self.window, step.frame.GetColorTexture())[..., :3] @ np.array([0.2126, 0.7152, 0.0722])
        rows, columns = ((np.arange(4) * 2 + 1) * side // 8 for side in glow.shape)
        key = np.log2(glow[np.ix_(rows, columns)] + 0.002).mean()
        value = float(np.clip((0.22 * np.exp2(-key)) ** 0.4, 0.72, 1.5)) if self.scene.look.inside else 1.0
        self._tell({"exposure": value})
        return value

    def _upload(self, scene: Scene) -> None:
        content = scene.content
        self._split = scene.cuts
        self._runs = runs(content.instances, content.anchor, scene.cuts, moving=MOVING, most=GROUP)
        while len(self._parts) < len(self._runs):
            self._one_more()
        self._dates.take(content.instances)
        self._planet = bool((content.surface.look[:, 0] == Material.PLANET).any())
        for index, actor in enumerate(self._parts):
            rows = self._runs[index].rows if index < len(self._runs) else np.zeros(0, np.intp)
            actor.GetMapper().SetInputDataObject(instance_data(content.instances, rows, self._dates.numbers))
            self._dates.tell(actor)
        table, numbers = row_table(content.instances, content.surface)
        self._passes[1].look_up("rows", table)
        self._plate_runs = plate_runs(content.surface, content.anchor, scene.cuts)
        for run, actor in zip(self._plate_runs, self._plates, strict=False):
            self._dates.wants(content.surface, actor)
            actor.GetMapper().SetInputDataObject(surface_data(content.surface, numbers, run.rows))
        self._phase = nearest_phase(content.instances, content.surface)
        self._lamps = nearest_lamps(content.instances, LAMPS, scene.look.times.year)
        self._shape = None

    def _one_more(self) -> None:
        """An actor for another run of instances, behind a fence."""
        self._fences.append(fence(self.window))
        self._parts.append(glyph_actor())
        for actor in (self._fences[-1], self._parts[-1]):
            self.city.AddActor(actor)
        set_uniforms(self._parts[-1], self._told)

    def _choose(self, scene: Scene) -> None:
        """Draw the runs that are seen, with a fence before what would be too much at once: with other cuts than they were split for,
        both sides of all of them are."""
        split, coarse, heap = self._splits(scene), self.scale < 1.0, 0
        for actors, runs_ in ((self._parts, self._runs), (self._plates, self._plate_runs)):
            for index, actor in enumerate(actors):
                run = runs_[index] if index < len(runs_) else None
                seen = run is not None and not (run.small and coarse) and not (run.hidden if split else run.side is Side.BACK)
                actor.SetVisibility(seen)
                if actors is self._parts:
                    heap += run.triangles if run is not None and seen else 0
                    self._fences[index].SetVisibility(heap > GROUP)
                    heap = 0 if heap > GROUP else heap

    def _splits(self, scene: Scene) -> bool:
        """Whether the runs are told apart by the cuts of this scene."""
        return scene.cuts == self._split and not scene.explode

    def _lamp_uniforms(self, scene: Scene) -> dict[str, Value]:
        offset = np.asarray(scene.content.anchor, dtype=np.float64) - np.asarray(scene.camera.position, dtype=np.float64)
        rows = np.zeros((LAMPS, 8))
        rows[: len(self._lamps), :7] = self._lamps
        warm, cold = (np.asarray(scene.look.style.values[name]) / lamp for name, lamp in (("light.warm", _WARM), ("light.cold", _COLD)))
        rows[:, 3:6] *= np.where((rows[:, 3] > rows[:, 5])[:, None], warm, cold)
        rows[:, :3] += offset
        return {"lamps": tuple(rows.ravel().tolist()), "anchor": tuple(offset.tolist())}

    def _switch(self, scene: Scene) -> None:
        """Compile what this scene needs and no more: a software driver runs every branch of a shader, and unrolls what it can count."""
        cuts, balls, planes = cut_counts(scene)
        drawing, lamps = scene.look.style.switches(), len(self._lamps)
        shape = (f"CUTS {cuts}", f"BALLS {balls}", f"PLANES {planes}") if cuts + balls else ()
        if scene.explode:
            shape = (*shape, "EXPLODED")
        switches, shape = (*shape, *drawing), (*shape, *self._dates.switches)
        if lamps and "INK" not in drawing:
            switches = (*switches, f"LAMPS {lamps}")
        if scene.look.inside:
            switches = (*switches, "INSIDE", *(("FALL",) if scene.look.style.casts else ()))
        if self._planet:
            switches = (*switches, "PLANET")
        self.depth.wanted = not scene.camera.parallel
        split, depth = self._splits(scene), str(self.depth.wanted and self.depth.possible)
        if (*shape, str(split), depth) != self._shape:
            self._compiled = (shape, split)
            self._compile(*self._compiled)
        if switches != self._switches:
            self._passes[1].switch(switches)
        self._shape, self._switches = (*shape, str(split), depth), switches

    def _refused(self) -> None:
        """OpenGL is too old for depth that it interpolates itself: the shaders write it."""
        self._shape = None
        self._compile(*self._compiled)

    def _compile(self, shape: tuple[str, ...], split: bool) -> None:
        always = (SWITCH,) if self.depth.wanted and self.depth.possible else ()
        shape, always = tuple(switch for switch in shape if switch not in self._dates.switches), (*always, *self._dates.switches)
        for actors, runs_ in ((self._parts, self._runs), (self._plates, self._plate_runs)):
            for run, actor in zip(runs_, actors, strict=False):
                compile_for(actor, shape, run.side if split else Side.BOTH, run.faceted, always)

    def _place(self, content: Content, camera: Camera) -> None:
        offset = np.asarray(content.anchor, dtype=np.float64) - np.asarray(camera.position, dtype=np.float64)
        matrix = vtkMatrix4x4()
        for row in range(3):
            matrix.SetElement(row, 3, float(offset[row]))
        for actor in (*self._parts, *self._plates):
            actor.SetUserMatrix(matrix)
        for renderer in (self.city, self.overlay):
            eye = renderer.GetActiveCamera()
            eye.SetPosition(0.0, 0.0, 0.0)
            eye.SetFocalPoint(*camera.forward)
            eye.SetViewUp(*camera.upward)
            eye.SetViewAngle(camera.fov)
            eye.SetParallelProjection(camera.parallel)
            eye.SetParallelScale(half_height(camera))
            eye.SetClippingRange(0.01, 1.0e14)

    def depth_at(self, x: int, y: int) -> float | None:
        """Metres along the sight axis to what was last drawn at a pixel (from the lower left), or None for the background. Pixels are those
        of the whole picture, however coarse it was drawn."""
        width, height = self.window.GetSize()
        x, y = int(x * self.scale), int(y * self.scale)
        if self.scene is None or not (0 <= x < width and 0 <= y < height):
            return None
        share = self.window.GetZbufferDataAtPoint(x, y)  # one pixel; the last pass wrote the G-buffer's depth there
        return NEAR * 2.0 ** (share * FAR_LOG) if share < 1.0 else None

    def gbuffer(self) -> NDArray[np.float32]:
        """(h, w, 4) float32: packed normal, 1/depth, row of the part, alpha, as last drawn; bottom row first."""
        return read_texture(self.window, self.buffer.GetColorTexture())

    def lit(self) -> NDArray[np.float32]:
        """(h, w, 4) float32: light as last drawn, before glow and grading; bottom row first."""
        frame = self._passes[1].frame
        assert frame is not None
        return read_texture(self.window, frame.GetColorTexture())

    def release(self) -> None:
        """Let go of the window before it closes, in the order VTK needs."""
        self.window.RemoveObserver(self._ended)
        self.window.MakeCurrent()
        for step in (*reversed(self._passes), self.calm, self.shafts):
            step.release()
        self.sky.release()
        self.depth.release()
        self.city.SetPass(None)  # type: ignore[arg-type]
        self.buffer.ReleaseGraphicsResources(self.window)
        self.city.RemoveAllViewProps()
        for actor in (*self._parts, *self._fences, *self._plates):
            actor.ReleaseGraphicsResources(self.window)
        self.window.RemoveRenderer(self.city)
        self.scene = None


def read_texture(window: vtkRenderWindow, texture: vtkTextureObject) -> NDArray[np.float32]:
    """(h, w, components) float32 of a texture on the card, bottom row first."""
    window.MakeCurrent()
    height, width, components = texture.GetHeight(), texture.GetWidth(), texture.GetComponents()
    pixels = np.zeros((height, width, components), dtype=np.float32)
    buffer = texture.Download()
    try:
        buffer.Download2D(VTK_FLOAT, pixels, [width, height], components, [0, 0])
    finally:
        buffer.UnRegister(None)  # type: ignore[arg-type]
    return pixels
