"""The renderer: shows a Scene in a VTK render window, on the screen or off it, and applies only what changed.

VTK rasterises into a float32 G-buffer; a chain of full-screen passes lights it, draws haze or ink, and grades. The camera stands
at the origin; every actor's matrix is its anchor minus the eye, in float64; depth (depth.py) holds 0.1 m to 1e13 m in one picture.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import process_time

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonCore import vtkCommand
from vtkmodules.vtkRenderingCore import vtkActor, vtkRenderer, vtkRenderWindow

from geometry.material import Material
from viewer.drawing.chain import Chain
from viewer.drawing.dates import Dates
from viewer.drawing.gbuffer import GBuffer
from viewer.drawing.passes import WHOLE, Band, drawn_by, read_texture, set_uniforms
from viewer.drawing.skylight import Skylight
from viewer.drawing.uniforms import (
    MAX_BORES,
    Frame,
    Value,
    cut_counts,
    cut_uniforms,
    eye_uniforms,
    frame_uniforms,
    half_height,
    look_uniforms,
    loss_uniforms,
    motion_uniforms,
    shot_uniforms,
    whole_frame,
)
from viewer.drawing.upload import nearest_lamps, nearest_phase, row_table, table_image
from viewer.scene import Scene

AMBIENT_TAPS, COARSE_TAPS = 12, 4
"""Occlusion taps of a window at rest and while the camera moves; stills take 16."""


NEAR, FAR_LOG = 0.01, 53.2
"""Of the logarithmic depth that the last pass writes, as in common.glsl."""
LAMPS = 8
"""Lamps near the eye that throw light on what is about them and into the haze."""
_WARM, _COLD = (1.0, 0.66, 0.30), (0.62, 0.90, 1.0)
"""The colours of lamps in the default style: another style's are so much redder or bluer."""


class Renderer:
    """Draws scenes into one render window. Independent of Qt; the caller owns the window and asks for frames."""

    def __init__(self, window: vtkRenderWindow, *, taps: int = AMBIENT_TAPS, picked: bool = True, alone: bool = False) -> None:
        """Take over `window`: its renderers' layers 0 to 7 become ours. `taps` occlusion samples a pixel (1 to 16).
        Only where it is `picked` from can `depth_at` be asked. What is drawn `alone` is to be cut out: no sky is mixed into its edges."""
        self.window = window
        self.scene: Scene | None = None
        self.frame: Frame | None = None
        self._told: dict[str, Value] = {}
        self._wanted: tuple[object, ...] = ()
        self._buffered: tuple[object, ...] = ()
        self._wanted_air: tuple[object, ...] = ()
        self._aired: tuple[object, ...] = ()
        self._phase = 0.0
        self._switches: tuple[str, ...] = ()
        self._graded: tuple[str, ...] = ()
        self._picked, self._alone = picked, alone
        self._lamps, self._planet, self._water = np.zeros((0, 8)), False, False
        self._dates = Dates()
        self.scale, self._taps = 1.0, taps
        self._rays = False
        window.SetMultiSamples(0)
        window.SetNumberOfLayers(8)
        self.masses = GBuffer(window, self._dates)
        self.city, self.depth = self.masses.renderer, self.masses.depth
        self.sky = Skylight(window, 1)
        self._chain = Chain(window, self.masses.frame, self.sky.frame)
        self.shafts, self.overlay = self._chain.shafts, self._chain.grade.renderer
        self._count(taps, taps)
        self._tell({"exposure": 0.0})
        self._finished = True
        self._depths: NDArray[np.float32] | None = None
        self._ended = window.AddObserver(vtkCommand.EndEvent, lambda *_: self._kept())

    @property
    def _actors(self) -> tuple[vtkActor, ...]:
        return (*self.masses.actors, *self._chain.actors, *self.sky.actors)

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
            taps = self._taps if scale == 1.0 else min(self._taps, COARSE_TAPS)
            self._count(taps, 2 * taps if scale < 1.0 else taps)

    def _count(self, taps: int, steps: int) -> None:
        """Compile the passes that sample with so many taps of occlusion and steps through the air."""
        self._counted = (taps, steps)
        self._chain.occlusion.switch((f"TAPS {taps}",))
        self._chain.shafts.switch((f"STEPS {steps}",))

    def show(self, scene: Scene, frame: Frame | None = None) -> None:
        """Take over a scene: upload its content if it is another, set uniforms that changed. Draws nothing: the caller renders.

        `frame` says which part of a larger picture the window is (default: the whole).
        """
        shown = self.scene
        if shown is None or shown.content is not scene.content or shown.bores is not scene.bores:  # cuts move, bores come once
            self._upload(scene)
        if self._dates.turned(scene):
            self._lamps = nearest_lamps(scene.content, LAMPS, scene.look.times.year)
        self._place(scene)
        falls = scene.look.inside and scene.look.style.casts
        frame = frame or whole_frame(*self.window.GetSize())
        lamps = self.sky.show(scene, frame, falls, self.scale < 1.0)
        if lamps is not None:
            for step in (self._chain.shafts, self._chain.soft):
                step.look_up("sheet", lamps, smooth=True)
        self._switch(scene)
        self.masses.choose(scene, self.scale < 1.0)
        self._tell(
            {
                **look_uniforms(scene.look),
                **eye_uniforms(scene.camera, scene.look.floor_radius),
                **cut_uniforms(scene),
                **frame_uniforms(scene.camera, frame),
                **motion_uniforms(scene, frame),
                **loss_uniforms(scene),
                "eyePhase": self._phase * 24.0,
                **self._lamp_uniforms(scene),
                **self.sky.uniforms(),
                **shot_uniforms(scene),
            }
        )
        self.scene, self.frame, self._finished = scene, frame, True
        self._chain.bind()
        self._reuse(scene, frame, falls)

    def _reuse(self, scene: Scene, frame: Frame, falls: bool) -> None:
        """Where only light, haze or style differ, the G-buffer and the occlusion of the last picture are still good; where only light or
        style do, the shafts are."""
        size = tuple(self.window.GetSize())
        year, taps = self._dates.key(scene), self._counted
        self._wanted = (scene.content, scene.camera, scene.cuts, scene.bores, scene.shell_radii, scene.explode, frame, size, taps, year)
        self._depths = None
        for step in self._chain.trimmed:
            step.cover(WHOLE)
        for step in self._chain.always:
            step.renderer.SetDraw(True)
        there = self.masses.frame.GetColorTexture().GetHandle() > 0  # not so in a window that has been given another context
        for renderer in (self.city, *(step.renderer for step in self._chain.near)):
            renderer.SetDraw(not there or self._wanted != self._buffered)
        air = (*self._wanted, scene.look.haze_length)
        for step in self._chain.air:
            step.renderer.SetDraw(falls and (not there or air != self._aired))
        self._wanted_air = air

    def _kept(self) -> None:
        self.sky.drawn()
        if self.shafts.renderer.GetDraw():
            self._aired = self._wanted_air
        if self.city.GetDraw():
            self._buffered = ()
        if self._chain.occlusion.renderer.GetDraw():  # the last of what only depends on where things are
            self._buffered = self._wanted

    def trim(self, band: Band) -> None:
        """Light this much alone of what is shown, until something else is."""
        for step in self._chain.trimmed:
            step.cover(band)

    def render(self) -> None:
        """Draw what is shown; a window made off screen is drawn off screen."""
        self.window.Render()

    def portions(self) -> Iterator[None]:
        """Draw what is shown a portion at a time, what is where first: the same picture, once the last is drawn. Who shows another scene
        before has lost what was drawn."""
        steps = (self.city, self.sky.renderer, *(step.renderer for step in self._chain.all))
        due = frozenset(step for step in steps if step.GetDraw())
        for some in self._portions():
            if due.isdisjoint(some):
                continue
            for step in steps:
                step.SetDraw(step in due and step in some)
            self._depths, self._finished = None, self._chain.grade.renderer in some
            self.window.Render()
            yield

    def _portions(self) -> Iterator[tuple[vtkRenderer, ...]]:
        """What draws each."""
        for _ in self.masses.halves():
            yield (self.city,)
        yield (self.sky.renderer,)
        for some, band in self._chain.portions:
            self._chain.light.cover(band)
            yield tuple(step.renderer for step in some)

    def map_light(self) -> None:
        """Draw the map of light alone, into a window as large as it shall be."""
        steps = (self.city, *(step.renderer for step in self._chain.all))
        for renderer in steps:
            renderer.SetDraw(False)
        self.window.Render()
        for renderer in steps:
            renderer.SetDraw(True)

    def seconds_by_pass(self, rounds: int = 3, *, mapped: bool = False) -> dict[str, float]:
        """Seconds of processor that each pass takes alone, all threads, the best of some rounds, once the driver has finished it. The map
        of light is left out if it is `mapped` already."""
        steps: dict[str, vtkRenderer] = {"gbuffer": self.city}
        falls = self.scene is not None and self.scene.look.inside and self.scene.look.style.casts  # else they are not even compiled
        if falls and not mapped:
            steps["map of light"] = self.sky.renderer
        for step in self._chain.all if falls else self._chain.always:
            steps[f"{step.fragment.split('.')[0]} 1/{round(1 / step.share)}"] = step.renderer
        for renderer in steps.values():
            renderer.SetDraw(False)
        found: dict[str, float] = {}
        for name, renderer in steps.items():
            renderer.SetDraw(True)
            for _ in range(rounds):
                began = process_time()
                self.window.Render()
                self.window.WaitForCompletion()
                found[name] = min(found.get(name, np.inf), process_time() - began)
            renderer.SetDraw(False)
        for renderer in steps.values():
            renderer.SetDraw(True)
        return found

    def take_rays(self, gathered: NDArray[np.float32] | None) -> None:
        """Light the next pictures by what rays have gathered (gather.py), (h, w, 4) over the whole of them; None for none."""
        self._rays = gathered is not None
        if gathered is not None:
            self._chain.light.look_up("gathered", table_image(gathered))

    def expose(self) -> float:
        """Keep the exposure that the last frame found for itself, for all that follow: tiles of one picture must not differ."""
        assert self.scene is not None
        glow = read_texture(self.window, drawn_by(self._chain.glows[-1]).GetColorTexture())[..., :3] @ np.array([0.2126, 0.7152, 0.0722])
        rows, columns = ((np.arange(4) * 2 + 1) * side // 8 for side in glow.shape)
        key = np.log2(glow[np.ix_(rows, columns)] + 0.002).mean()
        value = float(np.clip((0.22 * np.exp2(-key)) ** 0.4, 0.72, 1.5)) if self.scene.look.inside else 1.0
        self._tell({"exposure": value})
        return value

    def _upload(self, scene: Scene) -> None:
        content = scene.content
        self._dates.take(content.instances)
        self._planet = bool((content.surface.look[:, 0] == Material.PLANET).any())
        self._water = bool((content.instances.look[:, 0] == Material.WATER).any() or (content.surface.look[:, 0] == Material.WATER).any())
        table, numbers, bore_row = row_table(content.instances, content.surface)
        self._chain.light.look_up("rows", table)
        self.masses.upload(scene, numbers, self._told)
        self._tell({"boreRow": float(bore_row)})
        self._phase = nearest_phase(content.instances, content.surface)
        self._lamps = nearest_lamps(content, LAMPS, scene.look.times.year)

    def _lamp_uniforms(self, scene: Scene) -> dict[str, Value]:
        offset = _from_eye(scene)
        rows = np.zeros((LAMPS + 1, 8))
        rows[: len(self._lamps)] = self._lamps
        warm, cold = (np.asarray(scene.look.style.values[name]) / lamp for name, lamp in (("light.warm", _WARM), ("light.cold", _COLD)))
        rows[:, 3:6] *= np.where((rows[:, 3] > rows[:, 5])[:, None], warm, cold)
        rows[:, :3] += offset
        return {"lamps": tuple(rows.ravel().tolist()), "anchor": tuple(offset.tolist())}

    def _switch(self, scene: Scene) -> None:
        """Compile what this scene needs and no more: a software driver runs every branch of a shader, and unrolls what it can count."""
        cuts, balls, planes = cut_counts(scene)
        drawing, lamps = scene.look.style.switches(), len(self._lamps)
        bores = min(len(scene.bores), MAX_BORES)
        shape = (f"CUTS {cuts}", f"BALLS {balls}", f"PLANES {planes}") if cuts + balls + bores else ()
        if bores:
            shape = (*shape, f"BORES {bores}")
        if scene.explode:
            shape = (*shape, "EXPLODED")
        switches, shape = (*shape, *drawing), (*shape, *self._dates.switches)
        if lamps and "INK" not in drawing:
            switches = (*switches, f"LAMPS {lamps}")
        if scene.look.inside:
            switches = (*switches, "INSIDE", *(("FALL",) if scene.look.style.casts else ()))
        if scene.shot is not None:
            switches = (*switches, "BEAM")
        if self._rays:
            switches = (*switches, "RAYS")
        if self._planet:
            switches = (*switches, "PLANET")
        if self._water:
            switches = (*switches, "WET")
        self.masses.shape(scene, shape)
        if switches != self._switches:
            for step in self._chain.lighting:
                step.switch(switches)
        wave = scene.look.times.loss
        graded = (
            *(("PICKED",) if self._picked else ()),
            *(("ALONE",) if self._alone else ()),
            *(("MOTION",) if scene.motion else ()),
            *((f"LOSS {len(wave.places)}",) if wave else ()),
        )
        if graded != self._graded:
            self._graded = graded
            self._chain.grade.switch(graded)
        self._switches = switches

    def _place(self, scene: Scene) -> None:
        camera = scene.camera
        self.masses.place(_from_eye(scene))
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
        if not self._finished:
            return self._depth_early(x, y)
        share = self.window.GetZbufferDataAtPoint(x, y)  # one pixel; the last pass wrote the G-buffer's depth there
        return NEAR * 2.0 ** (share * FAR_LOG) if share < 1.0 else None

    def _depth_early(self, x: int, y: int) -> float | None:
        """The same of a picture of which only some portions are drawn: the window has no depth yet, the G-buffer has."""
        if self._depths is None:
            self._depths = self.masses.read()[..., 1]
        inverse = float(self._depths[y, x])
        return 1.0 / inverse if inverse > 0.0 else None

    def gbuffer(self) -> NDArray[np.float32]:
        """(h, w, 4) float32: packed normal, 1/depth, row of the part, alpha, as last drawn; bottom row first."""
        return self.masses.read()

    def lit(self) -> NDArray[np.float32]:
        """(h, w, 4) float32: light as last drawn, before glow and grading; bottom row first."""
        return read_texture(self.window, drawn_by(self._chain.light).GetColorTexture())

    def release(self) -> None:
        """Let go of the window before it closes, in the order VTK needs."""
        self.window.RemoveObserver(self._ended)
        self.window.MakeCurrent()
        self._chain.release()
        self.sky.release()
        self.masses.release()
        self.scene = None


def _from_eye(scene: Scene) -> NDArray[np.float64]:
    """(3,) metres from the eye to the anchor of what is drawn."""
    return np.asarray(scene.content.anchor, dtype=np.float64) - np.asarray(scene.camera.position, dtype=np.float64)
