"""The chain of full-screen passes behind the G-buffer, as VTK renderers in rising layers, without C++.

Layer 0 draws the City into a float32 texture; each later layer is one quad that reads textures and writes its own; the last
writes the window. A layer whose viewport covers part of the window works at that size.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from vtkmodules.util.vtkConstants import VTK_FLOAT
from vtkmodules.vtkCommonCore import vtkCommand
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer, vtkRenderWindow
from vtkmodules.vtkRenderingOpenGL2 import (
    vtkFramebufferPass,
    vtkOpenGLTexture,
    vtkRenderStepsPass,
    vtkTextureObject,
)

from viewer.drawing.depth import drop
from viewer.drawing.shaders import shader
from viewer.drawing.uniforms import Value
from viewer.drawing.upload import mesh_data

_QUAD = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0]], dtype=np.float32)
_QUAD_NORMALS = np.tile(np.array([0, 0, 1], dtype=np.float32), (4, 1))
_QUAD_FACES = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32)


def bare_renderer(window: vtkRenderWindow, layer: int) -> vtkRenderer:
    """A renderer that leaves everything to us: no cullers, no lights, no interaction."""
    renderer = vtkRenderer()
    renderer.SetLayer(layer)
    renderer.GetCullers().RemoveAllItems()
    renderer.AutomaticLightCreationOff()
    renderer.SetBackground(0.0, 0.0, 0.0)
    renderer.SetBackgroundAlpha(0.0)
    window.AddRenderer(renderer)
    return renderer


_BLEND = 0x0BE2


class Opaque:
    """Lets one renderer put what it draws over what is there. VTK always mixes the two; where all is opaque that is a pixel more to read
    for each that is written."""

    def __init__(self, window: vtkRenderWindow, renderer: vtkRenderer) -> None:
        """What is added to `renderer` from now on is drawn so."""
        self._window, self._renderer = window, renderer
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(vtkPolyData())
        mapper.AddObserver(vtkCommand.EndEvent, lambda *_: self._mix(False))
        self._opening = vtkActor()
        """Draws nothing: it is where the renderer has set OpenGL up and drawn nothing yet."""
        self._opening.SetMapper(mapper)
        self._opening.ForceOpaqueOn()
        self._tag = renderer.AddObserver(vtkCommand.EndEvent, lambda *_: self._mix(True))
        renderer.AddActor(self._opening)

    def _mix(self, wanted: bool) -> None:
        state = self._window.GetState()  # type: ignore[attr-defined]
        (state.vtkglEnable if wanted else state.vtkglDisable)(_BLEND)

    def release(self) -> None:
        """Let go of the window before it closes."""
        self._renderer.RemoveObserver(self._tag)
        drop(self._opening, self._window)


def framebuffer(renderer: vtkRenderer, colour: int) -> vtkFramebufferPass:
    """Let a renderer draw into a texture of its own."""
    frame = vtkFramebufferPass()
    frame.SetColorFormat(colour)
    frame.SetDepthFormat(vtkTextureObject.Float32)
    frame.SetDelegatePass(vtkRenderStepsPass())
    renderer.SetPass(frame)
    return frame


def set_uniforms(actor: vtkActor, values: Mapping[str, Value]) -> None:
    """Give an actor's shaders these numbers; 3 x 3 matrices go column by column, as GLSL has them."""
    prop = actor.GetShaderProperty()
    for uniforms in (prop.GetVertexCustomUniforms(), prop.GetFragmentCustomUniforms()):
        for name, value in values.items():
            if not isinstance(value, tuple):
                uniforms.SetUniformf(name, value)
            elif name == "toView":
                uniforms.SetUniformMatrix3x3(name, list(value))
            elif len(value) in (2, 3, 4):
                getattr(uniforms, f"SetUniform{len(value)}f")(name, value)
            else:
                uniforms.SetUniform1fv(name, len(value), value)


Band = tuple[float, float, float, float]
"""From where to where of a picture's width, 0 to 1 from the left, and of its height, from below."""
WHOLE: Band = (0.0, 1.0, 0.0, 1.0)


class Pass:
    """One full-screen quad: a fragment shader over named textures, into its own texture or the window."""

    def __init__(
        self, window: vtkRenderWindow, layer: int, fragment: str, sources: Mapping[str, vtkFramebufferPass], *, scale: float = 1.0,
        last: bool = False, tables: tuple[str, ...] = (), colour: int = vtkTextureObject.Float16, vertex: str = "quad.vert.glsl",
    ) -> None:  # fmt: skip
        self.window = window
        self.renderer = bare_renderer(window, layer)
        self.renderer.InteractiveOff()
        self.share, self.last = scale, last
        self.renderer.SetViewport(0.0, 0.0, scale, scale)
        self.frame = None if last else framebuffer(self.renderer, colour)
        self.sources = dict(sources)
        self.textures = {name: vtkOpenGLTexture() for name in sources}
        self.fragment, self.vertex = fragment, vertex
        self.samplers = (*self.sources, *tables)
        self._numbers: dict[str, vtkOpenGLTexture] = {}
        self.actor = self._quad()
        self.bound = False
        self._band: Band | None = None
        self.cover(WHOLE)
        self._opaque = None if last else Opaque(window, self.renderer)
        self.renderer.AddActor(self.actor)

    def _quad(self) -> vtkActor:
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(mesh_data(_QUAD, _QUAD_NORMALS, _QUAD_FACES))
        mapper.SetVBOShiftScaleMethod(0)
        actor = vtkActor()
        actor.SetMapper(mapper)
        actor.ForceOpaqueOn()
        actor.GetShaderProperty().SetVertexShaderCode(shader(self.vertex))
        actor.GetShaderProperty().SetFragmentShaderCode(shader(self.fragment, self.samplers))
        return actor

    def cover(self, band: Band) -> None:
        """Draw this much of the picture from now on, and leave the rest as it is."""
        if band != self._band:
            self._band = band
            set_uniforms(self.actor, {"band": band})

    def switch(self, switches: tuple[str, ...]) -> None:
        """Compile the fragment shader with these switches."""
        self.actor.GetShaderProperty().SetFragmentShaderCode(shader(self.fragment, self.samplers, switches))

    def look_up(self, table: str, image: vtkImageData, *, smooth: bool = False) -> None:
        """Take another table of numbers, four floats a texel; what lies between them is looked up too when `smooth`."""
        if table not in self._numbers:
            numbers = self._numbers[table] = vtkOpenGLTexture()
            numbers.SetColorModeToDirectScalars()
            numbers.SetInterpolate(smooth)
            numbers.SetRepeat(False)
            self.actor.GetProperty().SetTexture(table, numbers)
        self._numbers[table].SetInputData(image)

    def bind(self) -> None:
        """Take the textures of the passes before; once they have been drawn into."""
        if self.bound:
            return
        for name, source in self.sources.items():
            texture = self.textures[name]
            smooth = name.startswith("glow")
            stretched = smooth or name == "lit"  # a coarse picture is stretched over the window
            source.GetColorTexture().SetMinificationFilter(vtkTextureObject.Linear if smooth else vtkTextureObject.Nearest)
            source.GetColorTexture().SetMagnificationFilter(vtkTextureObject.Linear if stretched else vtkTextureObject.Nearest)
            source.GetColorTexture().SetWrapS(vtkTextureObject.ClampToEdge)  # or what glows at one side glows at the other
            source.GetColorTexture().SetWrapT(vtkTextureObject.ClampToEdge)
            texture.SetTextureObject(source.GetColorTexture())
            texture.SetInterpolate(smooth)
            self.actor.GetProperty().SetTexture(name, texture)
        self.bound = True

    def release(self) -> None:
        """Give everything back, in the order in which VTK does not complain."""
        self.actor.GetProperty().RemoveAllTextures()
        for texture in self.textures.values():
            texture.SetTextureObject(None)  # type: ignore[arg-type]
        self.renderer.SetPass(None)  # type: ignore[arg-type]
        if self.frame is not None:
            self.frame.ReleaseGraphicsResources(self.window)
        self.renderer.RemoveAllViewProps()
        if self._opaque is not None:
            self._opaque.release()
        self.actor.ReleaseGraphicsResources(self.window)
        self.window.RemoveRenderer(self.renderer)


def drawn_by(step: Pass) -> vtkFramebufferPass:
    """What a pass draws into. Raises ValueError for the one that draws into the window."""
    if step.frame is None:
        raise ValueError(f"{step.fragment} draws into the window")
    return step.frame


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
