"""The handle of the active slice: a thin arrow over the view, along which the slice can be drawn with the mouse."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from viewer.camera import F64, Camera
from viewer.qt.canvas import Veil
from viewer.state import Plane, Shells, ViewState, Wedge

ARM = 34.0
"""Half the arrow's length, pixels."""
REACH = 13.0
"""Pixels within which the pointer takes hold."""
_EDGE = 60.0


def _grip(state: ViewState) -> tuple[F64, F64] | None:
    """World point (3,) to hold the last cut by, and the direction (3,) in which it moves; None where there is nothing to hold."""
    if not state.cuts:
        return None
    cut, focus = state.cuts[-1], np.asarray(state.camera.focus, dtype=np.float64)
    if isinstance(cut, Plane):
        normal = np.asarray(cut.normal, dtype=np.float64)
        normal = normal / np.sqrt((normal * normal).sum())
        return focus - normal * float((focus - np.asarray(cut.point)) @ normal), normal
    if isinstance(cut, Shells):
        return None
    return _wedge_grip(cut, state.city.radius_km * 1e3)


def _wedge_grip(cut: Wedge, radius: float) -> tuple[F64, F64]:
    turn = np.radians(cut.start)
    return np.array([np.cos(turn), np.sin(turn), 0.0]) * radius, np.array([-np.sin(turn), np.cos(turn), 0.0])


def _seen(camera: Camera, point: F64) -> F64 | None:
    """(2,) a world point in parts of the picture's height from its middle, y down; None behind the eye."""
    away = point - np.asarray(camera.position)
    along = camera.distance if camera.parallel else float(away @ camera.forward)
    if along <= 0.0:
        return None
    half = along * float(np.tan(np.radians(camera.fov) / 2))
    return np.array([float(away @ camera.right), -float(away @ camera.upward)]) / (2.0 * half)


def handle_at(state: ViewState, width: float, height: float) -> tuple[QPointF, QPointF] | None:
    """Middle of the handle and its direction (a unit vector), pixels; kept inside the view; None without a slice in sight."""
    grip = _grip(state)
    if grip is None or min(width, height) < 4 * _EDGE:
        return None
    point, direction = grip
    step = 0.02 * state.camera.distance
    here, there = (_seen(state.camera, p) for p in (point, point + direction * step))
    if here is None or there is None:
        return None
    way = there - here
    long = float(np.sqrt((way * way).sum()))
    way = way / long if long > 1e-4 else np.array([0.0, -1.0])
    x, y = here * height + np.array([width, height]) / 2
    if not (-width < x < 2 * width and -height < y < 2 * height):
        return None
    return QPointF(float(np.clip(x, _EDGE, width - _EDGE)), float(np.clip(y, _EDGE, height - _EDGE))), QPointF(float(way[0]), float(way[1]))


class Handle(Veil):
    """Paints the arrow; the pilot asks `holds` when a button goes down."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, self._draw)
        self._spot: tuple[QPointF, QPointF] | None = None
        self.setAccessibleName("Handle of the slice")
        self.resize(110, 110)
        self.hide()

    def show_state(self, state: ViewState, width: int, height: int) -> None:
        """Follow the state; the size of the view in pixels."""
        self._spot = handle_at(state, float(width), float(height))
        self.setVisible(self._spot is not None)
        if self._spot is not None:
            self.move(round(self._spot[0].x()) - 55, round(self._spot[0].y()) - 55)
            self.update()

    def holds(self, where: QPointF) -> bool:
        """Whether a point of the view is on the arrow."""
        if self._spot is None or not self.isVisible():
            return False
        middle, way = self._spot
        off = where - middle
        along = off.x() * way.x() + off.y() * way.y()
        across = off.x() * way.y() - off.y() * way.x()
        return abs(along) <= ARM + REACH and abs(across) <= REACH

    @property
    def middle(self) -> QPointF | None:
        """Where it is held, pixels of the view; None when there is none."""
        return None if self._spot is None else self._spot[0]

    def _draw(self, painter: QPainter, widget: QWidget) -> None:
        if self._spot is None:
            return
        _, way = self._spot
        middle, aside = QPointF(55.0, 55.0), QPointF(-way.y(), way.x())
        ends = (middle - way * ARM, middle + way * ARM)
        for colour, wide in ((QColor(0, 0, 0, 130), 4.0), (QColor("#a9d3de"), 1.4)):
            painter.setPen(QPen(colour, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(*ends)
            for end, back in ((ends[0], way), (ends[1], way * -1.0)):
                for side in (aside, aside * -1.0):
                    painter.drawLine(end, end + back * 7.0 + side * 4.5)
        painter.setBrush(QColor("#0e1012"))
        painter.drawEllipse(middle, 4.0, 4.0)
