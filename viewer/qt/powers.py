"""A power over the view: its colours on what is drawn once the eye rests, a legend, and the value under the pointer."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QLinearGradient, QMouseEvent, QPainter
from PySide6.QtWidgets import QWidget

from geometry.fields import Field
from viewer.camera import F64
from viewer.lore import powers
from viewer.navigate import point_at
from viewer.qt import theme as themes
from viewer.qt.canvas import Canvas, Veil
from viewer.state import ViewState

REST_MS = 450
"""How long the picture rests before it is coloured."""
WIDE, HIGH = 64, 40
"""Spots of the lattice."""
_LEGEND = (250, 62)
_INK, _QUIET = "#f2f4f4", "#c9d0d3"


class Powers(Veil):
    """Lies on the view, below all panels; shown while a power is chosen."""

    def __init__(self, parent: QWidget, canvas: Canvas) -> None:
        super().__init__(parent, self._draw)
        self._canvas = canvas
        self._state: ViewState | None = None
        self._image: QImage | None = None
        self._under = ""
        self._hidden_part = False
        self.free = QRectF()
        """The part of the view that no panel covers."""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.colour)
        canvas.event_seen.connect(self._pointed)
        self.setAccessibleName("Power over the view")
        self.hide()

    @property
    def field(self) -> Field | None:
        """The power that is shown."""
        return None if self._state is None else powers.BY_NAME.get(self._state.power)

    @property
    def under(self) -> str:
        """The value under the pointer, in words."""
        return self._under

    @property
    def coloured(self) -> bool:
        """Whether the picture has its colours."""
        return self._image is not None

    def show_state(self, state: ViewState) -> None:
        """Follow the state: what was coloured for another view goes at once."""
        former, self._state = self._state, state
        shown = self.field is not None and not state.lost
        self.setVisible(shown)
        if former is None or replace(former, hour=state.hour, style=state.style) != state:
            self._image, self._under = None, ""
            self.update()
        if shown and self._image is None:
            self._rest.start()

    def drawn_anew(self) -> None:
        """Another frame was drawn: what it shows is coloured once it rests."""
        if self.isVisible():
            self._rest.start()

    def colour(self) -> None:
        """Ask what is drawn at each spot, and colour it."""
        state, field = self._state, self.field
        if state is None or field is None or not self.isVisible():
            return
        found = powers.values(state, field, self._depths(), self._canvas.aspect)
        self._hidden_part = bool(np.isnan(found).all())
        pixels = np.ascontiguousarray(powers.coloured(found))
        self._image = QImage(pixels.data, WIDE, HIGH, 4 * WIDE, QImage.Format.Format_RGBA8888).copy()
        field_name = f"{field.title}, row {field.canon}"
        self.setAccessibleDescription(field_name)
        self.update()

    def _depths(self) -> F64:
        wide, high = self._canvas.surface.width(), self._canvas.surface.height()
        spots = ((wide * (x + 0.5) / WIDE, high * (y + 0.5) / HIGH) for y in range(HIGH) for x in range(WIDE))
        return np.array([np.nan if (depth := self._canvas.depth(x, y)) is None else depth for x, y in spots]).reshape(HIGH, WIDE)

    def _pointed(self, event: QEvent) -> None:
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove and not event.buttons() and self.isVisible():
            self.point(event.position())

    def point(self, where: QPointF) -> None:
        """Tell the value at a spot of the view."""
        state, field = self._state, self.field
        if state is None or field is None:
            return
        depth = self._canvas.depth(where.x(), where.y())
        x, y = self._canvas.spot(where.x(), where.y())
        self._under = "" if depth is None else powers.told(state, field, point_at(state.camera, x, y, self._canvas.aspect, depth))
        self.update(self._legend().toAlignedRect())

    def _legend(self) -> QRectF:
        wide, high = _LEGEND
        return QRectF(self.free.right() - wide - 14.0, self.free.bottom() - high, wide, high)

    def _draw(self, painter: QPainter, widget: QWidget) -> None:
        field = self.field
        if field is None:
            return
        if self._image is not None:
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(QRectF(self.rect()), self._image)
        box = self._legend()
        painter.fillRect(box, QColor(10, 12, 13, 205))
        painter.setFont(themes.text_font(9.5))
        painter.setPen(QColor(_INK))
        painter.drawText(box.adjusted(10, 5, -10, 0), int(Qt.AlignmentFlag.AlignLeft), field.title)
        painter.drawText(box.adjusted(10, 5, -10, 0), int(Qt.AlignmentFlag.AlignRight), self._under)
        self._ramp(painter, QRectF(box.left() + 10, box.top() + 27, box.width() - 20, 7))
        painter.setFont(themes.text_font(8.0))
        painter.setPen(QColor(_QUIET))
        low, _, high = field.words
        fine = "too fine to see from here; come nearer" if self._hidden_part and self._image is not None else ""
        foot = box.adjusted(10, 0, -10, -5)
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom), fine or low)
        painter.drawText(foot, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom), "" if fine else f"{high} · {field.canon}")

    def _ramp(self, painter: QPainter, box: QRectF) -> None:
        gradient = QLinearGradient(box.topLeft(), box.topRight())
        for at in np.linspace(0.0, 1.0, 9):
            red, green, blue, _ = (int(value) for value in powers.coloured(np.array([[at]]))[0, 0])
            gradient.setColorAt(float(at), QColor(red, green, blue))
        painter.fillRect(box, gradient)
