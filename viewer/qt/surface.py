"""A widget that VTK draws into. Qt owns the OpenGL context and what is shown; VTK draws into frames of its own, which are copied over.

What QVTKOpenGLNativeWidget and its adapter do in VTK's C++, without the interactor: mouse and keys never go to VTK. Nothing but
`vtkmodules` and Qt is loaded for it; a plotting library on top would take longer to load than the window takes to open.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from time import monotonic

from PySide6.QtCore import QThread
from PySide6.QtGui import QGuiApplication, QOpenGLContext, QSurface, QSurfaceFormat
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget
from vtkmodules.vtkCommonCore import vtkCommand
from vtkmodules.vtkRenderingOpenGL2 import vtkGenericOpenGLRenderWindow

# OpenGL's own numbers.
_DRAW_FRAMEBUFFER, _SCISSOR_TEST, _DEPTH_TEST = 0x8CA9, 0x0C11, 0x0B71
_COLOUR_BIT, _LINEAR, _LEQUAL = 0x4000, 0x2601, 0x0203
_POINTS_PER_INCH = 72


def _format() -> QSurfaceFormat:
    """Desktop OpenGL 3.2 core, as VTK's shaders want it; smooth edges are made in our own passes."""
    wanted = QSurfaceFormat()
    wanted.setRenderableType(QSurfaceFormat.RenderableType.OpenGL)
    wanted.setProfile(QSurfaceFormat.OpenGLContextProfile.CoreProfile)
    wanted.setVersion(3, 2)
    wanted.setSwapBehavior(QSurfaceFormat.SwapBehavior.DoubleBuffer)
    for put in (wanted.setRedBufferSize, wanted.setGreenBufferSize, wanted.setBlueBufferSize, wanted.setAlphaBufferSize):
        put(8)
    wanted.setSamples(0)
    return wanted


def _finder() -> int:
    """Address of the function that finds OpenGL's functions for Qt's platform, or 0: VTK then looks for one by itself."""
    wayland = QGuiApplication.platformName().startswith(("wayland", "egl"))
    library, name = ("libEGL.so.1", "eglGetProcAddress") if wayland else ("libGL.so.1", "glXGetProcAddressARB")
    try:
        return ctypes.cast(getattr(ctypes.CDLL(library), name), ctypes.c_void_p).value or 0
    except (OSError, AttributeError):  # another system, or a driver's own way
        return 0


class Surface(QOpenGLWidget):
    """Draws when told to, and repeats its last frame when only what lies over it has changed."""

    def __init__(self, parent: QWidget, before_frame: Callable[[], None]) -> None:
        # The format has to be everybody's: one of a widget's own does not share with its window on Wayland, and stays black.
        QSurfaceFormat.setDefaultFormat(_format())
        super().__init__(parent)
        self.setUpdateBehavior(QOpenGLWidget.UpdateBehavior.NoPartialUpdate)
        self.setMouseTracking(True)
        self._before_frame = before_frame
        self._stale = True
        self.seconds = 0.0
        """How long the last frame took."""
        self.ren_win = vtkGenericOpenGLRenderWindow()
        self.ren_win.SetReadyForRendering(False)
        self.ren_win.SetFrameBlitModeToNoBlit()
        self.ren_win.SetMultiSamples(0)
        self._home: tuple[QOpenGLContext, QSurface] | None = None
        """Context and surface of the widget, while it has them."""
        asked = ((vtkCommand.WindowMakeCurrentEvent, self._make_current), (vtkCommand.WindowIsCurrentEvent, self._is_current))
        self._observers = [self.ren_win.AddObserver(event, answer) for event, answer in asked]

    # --- what VTK asks ---------------------------------------------------------

    def _make_current(self, *_: object) -> None:
        """By the context, not by QOpenGLWidget.makeCurrent(), which would bind the widget's frame in the middle of VTK's drawing."""
        app = QGuiApplication.instance()
        if self._home is None or app is None or QThread.currentThread() is not app.thread():
            return
        context, surface = self._home
        try:
            context.makeCurrent(surface)
        except RuntimeError:  # Qt has deleted it with the window
            self._home = None

    def _is_current(self, *_: object) -> None:
        self.ren_win.SetIsCurrent(self._home is not None and QOpenGLContext.currentContext() is self._home[0])

    # --- what Qt asks ----------------------------------------------------------

    def initializeGL(self) -> None:  # noqa: N802
        """Let VTK work in the context that Qt has made. The widget stays in its window: another would mean another context."""
        context, window = self.context(), self.ren_win
        self._home = context, context.surface()
        context.aboutToBeDestroyed.connect(self._leave)
        finder = _finder()
        if finder:
            window.SetOpenGLSymbolLoader2(finder, 0)
        window.OpenGLInitContext()
        window.OpenGLInit()
        state = window.GetState()
        state.Reset()
        state.vtkglDepthFunc(_LEQUAL)  # Qt leaves GL_LESS
        state.vtkglEnable(_DEPTH_TEST)
        window.SetForceMaximumHardwareLineWidth(1)
        window.SetReadyForRendering(True)
        window.SetOwnContext(0)

    def _pixels(self) -> tuple[int, int]:
        ratio = self.devicePixelRatioF()
        return max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))

    def resizeGL(self, w: int, h: int) -> None:  # noqa: N802
        """A new size needs a new frame."""
        self._stale = True
        self.ren_win.SetSize(*self._pixels())
        self.ren_win.SetDPI(round(_POINTS_PER_INCH * self.devicePixelRatioF()))

    def redraw(self) -> None:
        """Draw a new frame soon."""
        self._stale = True
        self.update()

    def paintGL(self) -> None:  # noqa: N802
        """One VTK render if something changed, else the last frame again: a hovered button must not cost a whole City."""
        stale, self._stale = self._stale, False
        if stale:
            self._before_frame()
        began = monotonic()
        state = self.ren_win.GetState()
        state.Reset()  # Qt has drawn since
        state.Push()
        state.vtkglDepthFunc(_LEQUAL)
        if stale:
            self.ren_win.Render()
        self.makeCurrent()  # back to the widget's frame
        self._copy()
        state.Pop()
        if stale:
            self.ren_win.WaitForCompletion()  # frames that heap up would be late and look quick
            self.seconds = monotonic() - began

    def _copy(self) -> None:
        """VTK's frame into the widget's, which is made opaque: what lies behind the window must not shine through."""
        raw, window, (width, height) = self.context().functions(), self.ren_win, self._pixels()
        raw.glBindFramebuffer(_DRAW_FRAMEBUFFER, self.defaultFramebufferObject())
        cropped = bool(raw.glIsEnabled(_SCISSOR_TEST))
        if cropped:  # it would crop the copy too
            window.GetState().vtkglDisable(_SCISSOR_TEST)
        window.BlitDisplayFramebuffer(0, 0, 0, *window.GetSize(), 0, 0, width, height, _COLOUR_BIT, _LINEAR)
        raw.glColorMask(False, False, False, True)
        raw.glClearColor(0.0, 0.0, 0.0, 1.0)
        raw.glViewport(0, 0, width, height)
        raw.glClear(_COLOUR_BIT)
        raw.glColorMask(True, True, True, True)
        if cropped:
            window.GetState().vtkglEnable(_SCISSOR_TEST)

    # --- the end ---------------------------------------------------------------

    def _leave(self) -> None:
        """Give back what VTK holds in a context that goes, while it is there: what is freed in another is another's."""
        if self._home is None:
            return
        self._make_current()
        self.ren_win.Finalize()
        self.ren_win.SetReadyForRendering(False)
        self._home = None

    def close(self) -> bool:
        """Let go of OpenGL, then of the ways by which VTK holds this widget."""
        self._leave()
        while self._observers:
            self.ren_win.RemoveObserver(self._observers.pop())
        return super().close()
