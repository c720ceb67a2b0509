"""The handles of the active slice: thin arrows over the view, along which the slice can be drawn with the mouse."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from viewer.grips import Grip, grips, seen
from viewer.qt.canvas import Veil
from viewer.state import ViewState

ARM = 34.0
"""Half an arrow's length, pixels."""
REACH = 13.0
"""Pixels within which the pointer takes hold."""
_EDGE = 46.0
"""Pixels that the middle of an arrow stays away from the edge of the free view."""
_SIDE = 110
_NAMES = {"plane": "plane", "start": "wedge, first edge", "end": "wedge, last edge", "outer": "outer shell", "inner": "inner shell"}


def spot_of(grip: Grip, state: ViewState, width: float, height: float, free: QRectF) -> tuple[QPointF, QPointF] | None:
    """Middle of a handle and its direction (a unit vector), pixels; kept in the free part of the view; None out of sight."""
    if min(free.width(), free.height()) < 3 * _EDGE:
        return None
    step = 0.02 * state.camera.distance
    here, there = (seen(state.camera, p) for p in (grip.point, grip.point + grip.direction * step))
    if here is None or there is None:
        return None
    way = there - here
    long = float(np.sqrt((way * way).sum()))
    way = way / long if long > 1e-4 else np.array([0.0, -1.0])
    x, y = here * height + np.array([width, height]) / 2
    if not (-width < x < 2 * width and -height < y < 2 * height):
        return None
    room = free.adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)
    middle = QPointF(float(np.clip(x, room.left(), room.right())), float(np.clip(y, room.top(), room.bottom())))
    return middle, QPointF(float(way[0]), float(way[1]))


class Arrow(Veil):
    """One arrow."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, self._draw)
        self.grip: Grip | None = None
        self._spot = (QPointF(), QPointF(0.0, -1.0))
        self.resize(_SIDE, _SIDE)
        self.hide()

    def place(self, grip: Grip | None, spot: tuple[QPointF, QPointF] | None) -> None:
        """Stand at a spot for a grip, or go."""
        self.grip = grip if spot is not None else None
        if self.grip is not None and spot is not None:
            self._spot = spot
            self.setAccessibleName(f"Handle of the slice: {_NAMES[self.grip.part]}")
            self.move(round(spot[0].x()) - _SIDE // 2, round(spot[0].y()) - _SIDE // 2)
            self.update()
        self.setVisible(self.grip is not None)

    @property
    def middle(self) -> QPointF:
        """Where it is held, pixels of the view."""
        return self._spot[0]

    def covers(self, where: QPointF) -> bool:
        """Whether a point of the view is on the arrow."""
        middle, way = self._spot
        off = where - middle
        along = off.x() * way.x() + off.y() * way.y()
        across = off.x() * way.y() - off.y() * way.x()
        return self.grip is not None and abs(along) <= ARM + REACH and abs(across) <= REACH

    def _draw(self, painter: QPainter, widget: QWidget) -> None:
        _, way = self._spot
        middle, aside = QPointF(_SIDE / 2, _SIDE / 2), QPointF(-way.y(), way.x())
        ends = (middle - way * ARM, middle + way * ARM)
        for colour, wide in ((QColor(0, 0, 0, 130), 4.0), (QColor("#a9d3de"), 1.4)):
            painter.setPen(QPen(colour, wide, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(*ends)
            for end, back in ((ends[0], way), (ends[1], way * -1.0)):
                for side in (aside, aside * -1.0):
                    painter.drawLine(end, end + back * 7.0 + side * 4.5)
        painter.setBrush(QColor("#0e1012"))
        painter.drawEllipse(middle, 4.0, 4.0)


class Handles(QObject):
    """An arrow for each grip of the active slice; the pilot asks what `held` holds when a button goes down."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.arrows = (Arrow(parent), Arrow(parent))
        self.free = QRectF()
        """The part of the view that no panel covers, pixels."""

    def show_state(self, state: ViewState, width: int, height: int) -> None:
        """Follow the state; the size of the view in pixels."""
        found = grips(state)
        for index, arrow in enumerate(self.arrows):
            grip = found[index] if index < len(found) else None
            arrow.place(grip, None if grip is None else spot_of(grip, state, float(width), float(height), self.free))

    def held(self, where: QPointF) -> Grip | None:
        """The grip under a point of the view."""
        return next((arrow.grip for arrow in self.arrows if arrow.covers(where)), None)

    @property
    def middles(self) -> dict[str, QPointF]:
        """Where the arrows are held, by part, pixels of the view."""
        return {arrow.grip.part: arrow.middle for arrow in self.arrows if arrow.grip is not None}
