"""The stage: the view over the whole window, and panels of dark glass laid over it."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

from PySide6.QtCore import QRectF
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from viewer.qt.canvas import Canvas
from viewer.qt.chooser import Chooser
from viewer.qt.handle import Handles
from viewer.qt.inspector import Inspector
from viewer.qt.keysheet import KeySheet
from viewer.qt.orbits import Orbits
from viewer.qt.outline import Outline
from viewer.qt.overlay import Growing, ScaleBar, Strip, Toast
from viewer.qt.powers import Powers
from viewer.qt.protocols import MakeRenderer
from viewer.qt.style_panel import StylePanel
from viewer.qt.surprise import Scouting
from viewer.qt.theme import Theme
from viewer.qt.timeline import Timeline

MARGIN = 14
SIDE, WIDE = 236, 288
"""Widths of the panels on the left and right."""
TALL = 46
"""Height of the strip at the bottom."""
NARROW, SHORT = 860, 420
"""Below this size the side panels make room for the view."""


class Stage(QWidget):
    """Places its children itself: they lie over the view, and the view does not shrink for them."""

    def __init__(self, make_renderer: MakeRenderer, theme: Theme, keys: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.canvas = Canvas(self, make_renderer)
        self.powers = Powers(self, self.canvas)
        self.orbits = Orbits(self, self.canvas)
        self.handles = Handles(self)
        self.outline = Outline(self, theme)
        self.inspector = Inspector(self, theme)
        self.style_panel = StylePanel(self, theme)
        self.timeline = Timeline(self, theme)
        self.scale = ScaleBar(self)
        self.chooser = Chooser(self)
        self.keysheet = KeySheet(self, keys)
        self.toast = Toast(self)
        self.growing = Growing(self)
        self.scouting = Scouting(self)
        self.strip: Strip | None = None
        self.panels_shown = True
        self.styling = False
        """Whether the style panel stands in the inspector's place."""
        self.lost = False
        """Whether nothing may say where one is (canon S68)."""
        self.setFocusProxy(self.canvas.surface)
        self.keysheet.turned.connect(self.arrange)
        self._order()

    def _order(self) -> None:
        steps: tuple[QWidget, ...] = (self.canvas.surface, self.outline.tree, self.outline.peel, self.outline.isolate)
        steps += (self.outline.hide_or_show, self.outline.go)
        steps += (
            self.outline.line,
            self.inspector.copy_address,
            self.inspector.copy,
            *self.style_panel.steps,
            self.timeline.play,
            self.timeline.hour,
            self.timeline.light,
            self.timeline.year,
            self.timeline.styles,
        )
        for one, other in pairwise(steps):
            QWidget.setTabOrder(one, other)

    def offer(self, strip: Strip) -> None:
        """Show a strip above the time line, instead of the one before."""
        if self.strip is not None:
            self.strip.deleteLater()
        self.strip = strip
        strip.setVisible(self.panels_shown)
        self.arrange()

    def welcomed(self) -> None:
        """Put the welcome away, as its Close does; an offer that must be answered stays."""
        if self.strip is not None and self.strip.passing and self.strip.isVisible():
            self.strip.closed.emit()

    def show_panels(self, shown: bool) -> None:
        """All panels, or the view alone with its scale bar."""
        self.panels_shown = shown
        self.arrange()

    def show_lost(self, lost: bool) -> None:
        """Nothing that says where one is and how large that is, or all of it again."""
        if lost != self.lost:
            self.lost = lost
            self.arrange()

    def show_scouting(self, shown: bool) -> None:
        """How far the scout has come, while one is out."""
        self.scouting.setVisible(shown)
        self.scouting.raise_()
        self.arrange()

    def show_styling(self, shown: bool) -> None:
        """The style panel, or the inspector again."""
        self.styling = shown
        self.timeline.styles.setChecked(shown)
        self.arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Follow the window."""
        super().resizeEvent(event)
        self.arrange()

    def arrange(self) -> None:
        """Give every child its place."""
        width, height = self.width(), self.height()
        self.canvas.surface.setGeometry(0, 0, width, height)
        shown = self.panels_shown and self.keysheet.isHidden()
        roomy = shown and not self.lost and width >= NARROW and height >= SHORT
        low = shown and width >= 420 and height >= 160
        bottom = height - MARGIN - (TALL + MARGIN if low else 0)
        self.outline.setVisible(roomy)
        self.inspector.setVisible(roomy and not self.styling)
        self.style_panel.setVisible(low and self.styling)
        self.timeline.setVisible(low and not self.lost)
        self.outline.setGeometry(MARGIN, MARGIN, SIDE, max(0, bottom - MARGIN))
        self.inspector.setGeometry(width - MARGIN - WIDE, MARGIN, WIDE, max(0, bottom - MARGIN))
        self.style_panel.setGeometry(self.inspector.geometry())
        self.timeline.setGeometry(MARGIN, height - MARGIN - TALL, max(0, width - 2 * MARGIN), TALL)
        left = 2 * MARGIN + SIDE if roomy else MARGIN
        self.scale.move(left - 2, bottom - self.scale.height())
        self.scale.setVisible(self.keysheet.isHidden() and not self.lost)
        right = MARGIN + WIDE if roomy or self.styling else 0
        self.handles.free = QRectF(left - MARGIN, 0, max(0, width - right - left + MARGIN), bottom)
        for veil in (self.powers, self.orbits):
            veil.setGeometry(0, 0, width, height)
            veil.free = self.handles.free
        self._arrange_middle(width, height, bottom)

    def _arrange_middle(self, width: int, height: int, bottom: int) -> None:
        if self.strip is not None:
            free = self.handles.free
            self.strip.fit(int(free.width()) - 2 * MARGIN)
            fits = self.strip.width() < free.width()
            self.strip.setVisible(self.panels_shown and self.keysheet.isHidden() and fits and not self.strip.property("over"))
            self.strip.move(round(free.center().x()) - self.strip.width() // 2, bottom - self.strip.height() - 62)
        self.scouting.adjustSize()
        self.scouting.move(round(self.handles.free.center().x()) - self.scouting.width() // 2, MARGIN + 48)
        self.growing.move((width - self.growing.width()) // 2, MARGIN)
        wide = min(560, max(0, width - 2 * MARGIN))
        self.chooser.setGeometry((width - wide) // 2, MARGIN + 40, wide, self.chooser.wanted(min(420, max(0, height - 2 * MARGIN - 40))))
        broad, tall = min(1080, max(0, width - 2 * MARGIN)), min(800, max(0, height - 2 * MARGIN))
        self.keysheet.setGeometry((width - broad) // 2, (height - tall) // 2, broad, tall)

    def themed(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        for part in (self.outline, self.inspector, self.style_panel, self.timeline):
            part.themed(theme)
