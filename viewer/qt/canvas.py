"""The 3D view: a pyvistaqt interactor that draws only when asked and leaves mouse and keys to us."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QWidget

from viewer.camera import Camera
from viewer.qt.embedding import QtInteractor
from viewer.qt.fade import Fade
from viewer.qt.protocols import Drawing, MakeRenderer

_OURS = frozenset(
    {
        QEvent.Type.MouseButtonPress,
        QEvent.Type.MouseButtonRelease,
        QEvent.Type.MouseButtonDblClick,
        QEvent.Type.MouseMove,
        QEvent.Type.Wheel,
        QEvent.Type.KeyPress,
        QEvent.Type.KeyRelease,
        QEvent.Type.Enter,
        QEvent.Type.Leave,
        QEvent.Type.Gesture,
        QEvent.Type.ContextMenu,
    }
)
"""Events that VTK must not see: its own keys (q quits, w turns to wires) and mouse would fight ours."""


class _Surface(QtInteractor):
    """The interactor, taught to repeat its last frame when only what lies over it has changed, and to draw one in portions: until the last
    is drawn the former frame stays."""

    drawn = Signal()
    """A frame is there, whole."""
    nearly = Signal()
    """The last portion of a frame is drawn; the former one is still shown."""

    def __init__(self, parent: QWidget, before_frame: Callable[[], Iterator[None] | None]) -> None:
        """`before_frame` prepares a frame; what it returns draws it portion by portion, None stands for all at once."""
        super().__init__(parent=parent, auto_update=False, multi_samples=0)
        self.setUpdateBehavior(QOpenGLWidget.UpdateBehavior.PartialUpdate)  # or the former frame would not stay
        self._before_frame = before_frame
        self._stale = self.bare = True
        """Whether there is no former frame of this size."""
        self._portions: Iterator[None] | None = None
        self._between = QTimer(self)
        self._between.setInterval(0)
        self._between.timeout.connect(self._next)
        self._spent: list[float] = []
        self.seconds = self.longest = 0.0
        """How long the last frame took, and the longest of its portions."""
        self.setAcceptDrops(False)
        for renderer in list(self.renderers):
            self.GetRenderWindow().RemoveRenderer(renderer)  # type: ignore[no-untyped-call]

    def redraw(self) -> None:
        """Draw a new frame soon, and no more of one that is being drawn."""
        self._stale = True
        self.still()
        self.update()

    def resizeGL(self, w: int, h: int) -> None:  # noqa: N802
        """A new size needs a new frame."""
        self._stale = self.bare = True
        super().resizeGL(w, h)  # type: ignore[no-untyped-call]

    def paintGL(self) -> None:  # noqa: N802
        """One VTK render if something changed, else the last frame again: a hovered button must not cost a whole City."""
        if self._stale:
            self._stale, self._spent = False, []
            self._portions = self._before_frame()
            if self._portions is None:
                with self._timed():
                    super().paintGL()  # type: ignore[no-untyped-call]
                self._whole()
            else:
                self._between.start()
                self._portion(self._portions)  # what is where is known before anything else happens
        elif self._portions is None:
            with self._quiet():
                super().paintGL()  # type: ignore[no-untyped-call]

    def former(self) -> QImage:
        """What the view shows, without drawing anything that is due; nothing where it shows nothing yet."""
        if self.bare:
            return QImage()
        stale, self._stale = self._stale, False
        try:
            return super().grabFramebuffer()
        finally:
            self._stale = stale

    def grabFramebuffer(self) -> QImage:  # type: ignore[override]  # noqa: N802
        """The newest frame, whole."""
        image = super().grabFramebuffer()
        if self._portions is None:
            return image
        while self._portions is not None:
            self._portion(self._portions)
        return super().grabFramebuffer()

    def _next(self) -> None:
        if self._portions is not None:
            self._portion(self._portions)

    def _portion(self, portions: Iterator[None]) -> None:
        with self._quiet(), self._timed():
            drawn = next(portions, self) is None
        if not drawn:
            self.nearly.emit()
            self._whole()
            self.update()

    def _whole(self) -> None:
        self._between.stop()
        self._portions = None
        self.seconds, self.longest = sum(self._spent), max(self._spent)
        self.drawn.emit()

    @contextmanager
    def _quiet(self) -> Iterator[None]:
        """While it lasts, pyvistaqt draws no frame of itself: it copies the one it has, and asks for no other."""
        self._in_paint = True
        try:
            yield
        finally:
            self._in_paint = False

    @contextmanager
    def _timed(self) -> Iterator[None]:
        """Keep how long it takes until the driver has finished: frames that heap up would be late and look quick."""
        began = monotonic()
        yield
        self.GetRenderWindow().WaitForCompletion()  # type: ignore[no-untyped-call]
        self._spent.append(monotonic() - began)

    def still(self) -> None:
        """Draw no more."""
        self._between.stop()
        self._portions = None


class Canvas(QObject):
    """Owns the interactor and the renderer, and hands on the events of the view."""

    event_seen = Signal(object)
    """Each QEvent that is ours, before it is swallowed."""
    failed = Signal(object)
    """An exception while drawing."""

    def __init__(self, parent: QWidget, make_renderer: MakeRenderer) -> None:
        super().__init__(parent)
        self._make_renderer = make_renderer
        self.renderer: Drawing | None = None
        self.before_frame: Callable[[Drawing], bool] = lambda renderer: False
        """Prepares a frame; whether it may come in portions, under the former one."""
        self.ready = False
        """Whether there is something to draw: shaders without their numbers do not link."""
        self.frames = 0
        """How many frames were drawn."""
        self._counts = False
        self.surface = _Surface(parent, self._frame)
        self.surface.setAccessibleName("View of the City")
        self.surface.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.surface.installEventFilter(self)
        self.surface.drawn.connect(self._drawn)
        self.surface.nearly.connect(lambda: self.before_change())
        self.fade = Fade(self.surface)
        """The former picture, while it goes."""
        self.before_change: Callable[[], None] = lambda: None
        """Called when a frame that came in portions takes the former one's place."""
        self._broken = False

    def _frame(self) -> Iterator[None] | None:
        """Everything that has to happen before VTK renders. An exception here would tear Qt's painter down: it is handed on."""
        self._counts = False
        if self._broken or not self.ready:
            return None
        try:
            if self.renderer is None:
                self.renderer = self._make_renderer(self.surface.ren_win)
            patient = self.before_frame(self.renderer)
            self._counts = True
            return self.renderer.portions() if patient else None
        except Exception as error:  # noqa: BLE001
            self._broken = self.renderer is None
            self.failed.emit(error)
        return None

    def _drawn(self) -> None:
        self.frames += self._counts
        self.fade.begin()
        self.surface.bare &= not self._counts

    def redraw(self) -> None:
        """Draw a new frame soon."""
        self.surface.redraw()

    def keep(self, camera: Camera) -> None:
        """Let what the view shows, as seen by a camera, fade into what is drawn next, unless it does so already."""
        if self.fade.seconds > 0.0 and self.surface.isVisible() and not self.fade.held:
            self.fade.hold(self.surface.former(), camera)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in device pixels, at least 1."""
        ratio = self.surface.devicePixelRatioF()
        return max(1, round(self.surface.width() * ratio)), max(1, round(self.surface.height() * ratio))

    @property
    def aspect(self) -> float:
        """Width over height."""
        width, height = self.size
        return width / height

    def spot(self, x: float, y: float) -> tuple[float, float]:
        """A widget position as x right, y down in [-1, 1]."""
        return 2.0 * x / max(self.surface.width(), 1) - 1.0, 2.0 * y / max(self.surface.height(), 1) - 1.0

    def depth(self, x: float, y: float) -> float | None:
        """Metres along the sight to what is drawn at a widget position, or None."""
        if self.renderer is None:
            return None
        ratio = self.surface.devicePixelRatioF()
        return self.renderer.depth_at(int(x * ratio), self.size[1] - 1 - int(y * ratio))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Hand our events on and keep them from VTK."""
        if event.type() not in _OURS:
            return False
        event.ignore()
        self.event_seen.emit(event)
        return True

    def close(self) -> None:
        """Release VTK in the order it needs."""
        self.surface.removeEventFilter(self)
        self.surface.still()
        self.fade.drop()
        if self.renderer is not None:
            self.renderer.release()
            self.renderer = None
        self._broken = True
        self.surface.close()


class Veil(QWidget):
    """Transparent to the mouse: what is written over the view, in the view's own corner."""

    def __init__(self, parent: QWidget, paint: Callable[[QPainter, QWidget], Any]) -> None:
        super().__init__(parent)
        self._paint = paint
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def paintEvent(self, event: object) -> None:  # noqa: N802
        """Paint with soft edges."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint(painter, self)
        painter.end()


def shadowed(painter: QPainter, x: float, y: float, text: str, colour: str, shade: str) -> None:
    """Text that can be read over anything: a soft plate of shade behind it."""
    metrics = painter.fontMetrics()
    box = metrics.boundingRect(text).adjusted(-5, -2, 5, 2).translated(int(x), int(y))
    plate = QColor(shade)
    plate.setAlpha(150)
    painter.fillRect(box, plate)
    painter.setPen(QColor(colour))
    painter.drawText(int(x), int(y), text)
