"""Ghost orbits over the view: they follow the eye at once, and grow faint behind the City at rest: what viewer.lore.orbits says."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, QTimer
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from viewer.camera import F64
from viewer.lore import orbits
from viewer.qt import theme as themes
from viewer.qt.canvas import Canvas, Veil
from viewer.state import ViewState

REST_MS = 300
"""How long the picture rests before it is asked what lies before a dash."""
_SHADES = 12
"""Steps of strength that dashes are drawn in."""
_MOVING = 0.6
"""How much of a dash is drawn while nobody knows what lies before it."""
_LEGEND = (286, 62)
_TITLE, _QUIET = "#f2f4f4", "#c9d0d3"


class Orbits(Veil):
    """Lies on the view, below all panels; shown while ghost orbits are chosen."""

    def __init__(self, parent: QWidget, canvas: Canvas) -> None:
        super().__init__(parent, self._draw)
        self._canvas = canvas
        self._state: ViewState | None = None
        self._ghosts: tuple[orbits.Ghost, ...] = ()
        self._covers: tuple[F64, ...] | None = None
        self.free = QRectF()
        """The part of the view that no panel covers."""
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(REST_MS)
        self._rest.timeout.connect(self.probe)
        self.setAccessibleName(orbits.TITLE)
        self.setAccessibleDescription(f"{orbits.NOTES[0]}. {orbits.NOTES[1]}. Row {orbits.CANON}")
        self.hide()

    @property
    def names(self) -> tuple[str, ...]:
        """What is written beside the orbits that are drawn."""
        return tuple(one.ring.label for one in self._ghosts if one.box is not None)

    @property
    def probed(self) -> bool:
        """Whether it is known what lies before each dash."""
        return self._covers is not None

    def show_state(self, state: ViewState) -> None:
        """Follow the state: a line that is drawn for another view goes at once."""
        former, self._state = self._state, state
        shown = state.power == orbits.NAME and not state.lost
        self.setVisible(shown)
        if shown and (former is None or replace(former, hour=state.hour, style=state.style) != state or not self._ghosts):
            self._trace()
            self._rest.start()

    def drawn_anew(self) -> None:
        """Another frame was drawn: what lies before a dash is asked again once it rests."""
        if self.isVisible():
            self._trace()
            self._rest.start()

    def _trace(self) -> None:
        """The orbits for the eye and the size of now. A dash keeps its shade until it is known anew, unless another eye looks."""
        if self._state is None:
            return
        metrics = QFontMetricsF(themes.text_font(8.0))
        free = self.free
        box = (free.left(), free.top(), free.right(), free.bottom() - _LEGEND[1] - 8) if free.height() > 160 else None
        size = float(self.width()), float(self.height())
        made = orbits.ghosts(self._state, size, lambda words: (metrics.horizontalAdvance(words) + 8.0, metrics.height()), box)
        if len(made) != len(self._ghosts) or not all(
            one.dashes.shape == other.dashes.shape and bool((one.dashes == other.dashes).all())
            for one, other in zip(made, self._ghosts, strict=True)
        ):
            self._covers = None
        self._ghosts = made
        self.update()

    def probe(self) -> None:
        """Ask what is drawn at each dash."""
        if self.isVisible():
            self._covers = tuple(orbits.covered(one, self._nearest(one)) for one in self._ghosts)
            self.update()

    def _nearest(self, one: orbits.Ghost) -> F64:
        spots = one.dashes[:, 1:3].mean(axis=1)
        found = (self._canvas.depth(float(x), float(y)) for x, y in spots)
        return np.array([np.nan if depth is None else depth for depth in found])

    def _draw(self, painter: QPainter, widget: QWidget) -> None:
        covers = self._covers or tuple(np.full(len(one.dashes), _MOVING * orbits.FREE * one.strength) for one in self._ghosts)
        for one, cover in zip(self._ghosts, covers, strict=True):
            lines = [QPolygonF([QPointF(float(x), float(y)) for x, y in dash]) for dash in one.dashes]
            for wide, colour, much in ((3.0, orbits.SHADE, orbits.SHADED), (1.0, orbits.LINE, 1.0)):
                _strokes(painter, lines, cover * much, wide, colour)
        painter.setFont(themes.text_font(8.0))
        for one in self._ghosts:
            if one.box is not None:
                left, top, right, bottom = one.box
                _words(painter, QRectF(left, top, right - left, bottom - top), one.ring.label, one.strength)
        self._legend(painter)

    def _legend(self, painter: QPainter) -> None:
        wide, high = _LEGEND
        box = QRectF(self.free.right() - wide - 14.0, self.free.bottom() - high, wide, high)
        painter.fillRect(box, QColor(10, 12, 13, 205))
        painter.setFont(themes.text_font(9.5))
        painter.setPen(QColor(_TITLE))
        painter.drawText(box.adjusted(10, 5, -10, 0), int(Qt.AlignmentFlag.AlignLeft), orbits.TITLE)
        painter.setFont(themes.text_font(8.0))
        painter.setPen(QColor(_QUIET))
        painter.drawText(box.adjusted(10, 7, -10, 0), int(Qt.AlignmentFlag.AlignRight), orbits.CANON)
        first, last = orbits.NOTES if self._ghosts else (orbits.NONE, "")
        painter.drawText(box.adjusted(10, 26, -10, 0), int(Qt.AlignmentFlag.AlignLeft), first)
        painter.drawText(box.adjusted(10, 0, -10, -5), int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom), last)


def _strokes(painter: QPainter, lines: list[QPolygonF], cover: F64, wide: float, colour: tuple[int, int, int]) -> None:
    """Dashes, those of a strength with one pen."""
    steps = np.round(cover * _SHADES).astype(int)
    for step in np.unique(steps[steps > 0]):
        pen = QPen(QColor(*colour, round(255 * int(step) / _SHADES)), wide)
        pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        painter.setPen(pen)
        for number in np.nonzero(steps == step)[0]:
            painter.drawPolyline(lines[int(number)])


def _words(painter: QPainter, box: QRectF, text: str, strength: float) -> None:
    """A name that can be read over anything: a plate under it, as in a still."""
    shade = QColor(*orbits.SHADE, round(255 * orbits.PLATED * strength))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(shade)
    painter.drawRoundedRect(box.adjusted(1, 0, -1, 0), 3, 3)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QColor(*orbits.INK, round(255 * orbits.NAMED * strength)))
    painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), text)
