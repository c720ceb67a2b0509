"""The view's last picture, laid over the next while it goes: what arrives late fades in, as the cuts of a film do.

Nothing is drawn twice: a picture that is there already is mixed in by Qt, for a fifth of a second. At rest nothing is left of it.
"""

from __future__ import annotations

from time import monotonic

import numpy as np
from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer
from PySide6.QtGui import QImage, QPaintDevice, QPainter, QTransform
from PySide6.QtWidgets import QWidget

from viewer.camera import F64, Camera
from viewer.pictures.fading import carried

FADE_S = 0.2
"""Seconds that a picture takes to go."""
_STEP_MS = 16
_LONGEST_S = 0.04
"""What a step counts for at most: where a frame comes between two, the picture goes on from where it was."""


class Fade(QWidget):
    """A picture over the view, less of it each moment; the mouse does not see it."""

    def __init__(self, view: QWidget) -> None:
        super().__init__(view)
        self._view = view
        self.seconds = FADE_S
        """How long a picture takes to go; 0 for pictures that come at once."""
        self._image: QImage | None = None
        self._camera: Camera | None = None
        self._moved: F64 = np.eye(2, 3)
        self._gone = self._stepped = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._go_on)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hide()
        view.installEventFilter(self)

    @property
    def held(self) -> bool:
        """Whether a picture lies over the view, of which nothing has gone yet."""
        return self._image is not None and not self._timer.isActive()

    @property
    def cover(self) -> float:
        """How much of the view is the former picture: 1 while it is held, 0 when it has gone."""
        if self._image is None:
            return 0.0
        if not self._timer.isActive():
            return 1.0
        return 1.0 - self._gone * self._gone * (3.0 - 2.0 * self._gone)

    def hold(self, image: QImage, camera: Camera) -> None:
        """Cover the view with what it shows, for something else to be drawn beneath."""
        if self.seconds <= 0.0 or image.isNull():
            return
        if self._image is not None:  # what still goes is part of what is seen
            self._paint(image)
        self._timer.stop()
        self._image, self._camera, self._moved = image, camera, np.eye(2, 3)
        self.setGeometry(self._view.rect())
        self.show()
        self.update()

    def begin(self) -> None:
        """What is beneath has been drawn: let go."""
        if self.held:
            self._gone, self._stepped = 0.0, monotonic()
            self._timer.start()

    def follow(self, camera: Camera) -> None:
        """The eye has moved: carry the picture along, or drop it where it has moved too far."""
        if self._image is None or self._camera is None:
            return
        moved = carried(self._camera, camera, (float(self.width()), float(self.height())))
        if moved is None:
            self.drop()
        else:
            self._moved = moved
            self.update()

    def drop(self) -> None:
        """Show what is beneath."""
        self._timer.stop()
        self._image = self._camera = None
        self.hide()

    def _go_on(self) -> None:
        now = monotonic()
        self._gone += min(now - self._stepped, _LONGEST_S) / max(self.seconds, _LONGEST_S)
        self._stepped = now
        if self._gone < 1.0:
            self.update()
        else:
            self.drop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Another size is another picture."""
        if event.type() == QEvent.Type.Resize:
            self.drop()
        return False

    def paintEvent(self, event: object) -> None:  # noqa: N802
        """As much of the picture as is left, where the eye sees it now."""
        self._paint(self)

    def _paint(self, onto: QPaintDevice) -> None:
        if self._image is None:
            return
        (xx, xy, x), (yx, yy, y) = self._moved.tolist()
        painter = QPainter(onto)
        painter.setOpacity(self.cover)
        painter.setTransform(QTransform(xx, yx, xy, yy, x, y))
        painter.drawImage(QRectF(self.rect()), self._image)
        painter.end()
