"""Depth as 1/distance in float32, the nearest largest: as exact at 1e12 m as at 1 m (Reed 2015, "Depth Precision Visualized").

The logarithm of the distance is as exact, but a fragment shader has to write it, and so the driver shades what lies hidden, too: twice
the time of a G-buffer. 1/distance is what the rasteriser interpolates anyway. OpenGL keeps it whole once it is told that clip space ends
at 0 and 1 (`glClipControl`, OpenGL 4.5); VTK has loaded that function, but does not offer it. Where it is missing, the logarithm stays.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import vtkmodules
from vtkmodules.vtkCommonCore import vtkCommand
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper, vtkRenderer, vtkRenderWindow

_LOWER_LEFT, _FROM_MINUS_ONE, _FROM_ZERO = 0x8CA1, 0x935E, 0x935F
_LEQUAL, _GEQUAL, _DEPTH_BUFFER = 0x0203, 0x0206, 0x0100
SWITCH = "NEAR_FIRST"
"""What shaders are compiled with that leave depth to the rasteriser."""


@lru_cache(maxsize=1)
def _functions() -> ctypes.CDLL | None:
    """VTK's table of OpenGL's functions."""
    for path in sorted(Path(vtkmodules.__file__).parent.glob("*vtkglad*")):
        try:
            return ctypes.CDLL(str(path))
        except OSError:
            continue
    return None


def clip_from(range_: int) -> bool:
    """Tell the current context where clip space begins; False where it cannot be told."""
    table = _functions()
    try:
        address = None if table is None else ctypes.c_void_p.in_dll(table, "vtk_glad_glClipControl").value
    except ValueError:
        return False
    if not address:
        return False
    ctypes.CFUNCTYPE(None, ctypes.c_uint, ctypes.c_uint)(address)(_LOWER_LEFT, range_)
    return True


def drop(actor: vtkActor, window: vtkRenderWindow) -> None:
    """Let go of what an actor has in a window, and of who listens to its mapper: one that knows the window would keep both for ever."""
    actor.GetMapper().RemoveAllObservers()
    actor.ReleaseGraphicsResources(window)


class NearFirst:
    """Lets one renderer test depth so while it draws, and leaves OpenGL as it was. Its first actor must be `opening`."""

    def __init__(self, window: vtkRenderWindow, renderer: vtkRenderer, refused: Callable[[], None]) -> None:
        """`refused()` is called before anything is drawn where OpenGL cannot do it."""
        self._window, self._refused = window, refused
        self.possible = True
        self.wanted = False
        self.begun = False
        """Whether the renderer goes on with what it has drawn before."""
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(vtkPolyData())
        mapper.AddObserver(vtkCommand.EndEvent, lambda *_: self._begin())
        self.opening = vtkActor()
        """Draws nothing: it is where the renderer has cleared its buffer and drawn nothing yet."""
        self.opening.SetMapper(mapper)
        self.opening.ForceOpaqueOn()
        self._changed = False
        self._tag = renderer.AddObserver(vtkCommand.EndEvent, lambda *_: self.end())
        self._renderer = renderer

    def _begin(self) -> None:
        if not self.wanted or not self.possible:
            return
        self.possible = self._changed = clip_from(_FROM_ZERO)
        if not self.possible:
            self._refused()
            return
        state = self._window.GetState()  # type: ignore[attr-defined]
        state.vtkglDepthFunc(_GEQUAL)
        state.vtkglClearDepth(0.0)
        if not self.begun:
            state.vtkglClear(_DEPTH_BUFFER)

    def end(self) -> None:
        """Give OpenGL its own depth back."""
        if self._changed:
            clip_from(_FROM_MINUS_ONE)
            state = self._window.GetState()  # type: ignore[attr-defined]
            state.vtkglDepthFunc(_LEQUAL)
            state.vtkglClearDepth(1.0)
            self._changed = False

    def release(self) -> None:
        """Let go of the window before it closes."""
        self._renderer.RemoveObserver(self._tag)
        self._refused = lambda: None  # who asked holds this one too: the window would wait for both to be collected
        drop(self.opening, self._window)
