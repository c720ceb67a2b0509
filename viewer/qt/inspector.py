"""The inspector: where the eye is, how large that is, how long the way, and what is exaggerated."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from geometry.place import Place
from viewer.lore.canon import note
from viewer.lore.landmarks import Card, card_at
from viewer.lore.readouts import FOLDED, readouts
from viewer.measure import RULERS, address_text, length, picture_height
from viewer.qt import theme as themes
from viewer.qt.fact_groups import FactGroups, tooltip
from viewer.qt.theme import Theme
from viewer.qt.widgets import IconButton, caption, plain, rule, scrolled
from viewer.state import ViewState
from viewer.whereabouts import radius_of, whereabouts

_JOINED = "\u00a0"
"""Holds the word and the number of a step together where an address breaks."""
_LOW, _HIGH = -1.0, 12.6
"""Powers of ten, metres, at the ends of the ladder."""


LOW = 540
"""Points of height below which the ladder would not be seen without scrolling."""


class Ladder(QWidget):
    """All sizes from a hand to the City on one upright line, ten times a step, and how much of it the picture spans."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._metres = 1.0
        self.setMinimumHeight(104)
        self.setAccessibleName("Size of the picture against a human, a tower, Earth, Jupiter and the City")

    def show_height(self, metres: float) -> None:
        """How high the picture is at the focus."""
        self._metres = metres
        self.setAccessibleDescription(f"The picture is {length(metres)} high")
        self.update()

    def themed(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.update()

    def _y(self, metres: float) -> float:
        share = (np.log10(max(metres, 1e-3)) - _LOW) / (_HIGH - _LOW)
        return float(self.height() - 8 - np.clip(share, 0.0, 1.0) * (self.height() - 16))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Ticks at every power of ten, names at what people know, a lamp at the picture."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left = 12.0
        painter.setPen(QPen(QColor(self._theme.line), 1.0))
        painter.drawLine(int(left), 8, int(left), self.height() - 8)
        for power in range(int(_LOW), int(_HIGH) + 1):
            y = self._y(10.0**power)
            painter.drawLine(int(left), int(y), int(left + (7 if power % 3 == 0 else 4)), int(y))
        self._names(painter, left)
        y = self._y(self._metres)
        painter.setPen(QPen(QColor(self._theme.accent), 1.6))
        painter.drawLine(int(left - 8), int(y), int(left + 12), int(y))
        painter.setBrush(QColor(self._theme.accent))
        painter.drawEllipse(QRectF(left - 2.5, y - 2.5, 5.0, 5.0))
        painter.end()

    def _names(self, painter: QPainter, left: float) -> None:
        painter.setFont(themes.text_font(8.5))
        last = float("inf")
        for size, name in RULERS:
            if last - self._y(size) < 10.5:
                continue
            last = self._y(size)
            near = abs(np.log10(size / max(self._metres, 1e-3))) < 0.5
            painter.setPen(QColor(self._theme.accent if near else self._theme.text))
            y = int(self._y(size)) + 4
            painter.drawText(int(left + 18), y, name.removeprefix("a ").removeprefix("the ").capitalize())
            painter.setPen(QColor(self._theme.quiet))
            box = QRectF(self.width() - 120.0, y - 13.0, 118.0, 18.0)
            painter.drawText(box, int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter), length(size))


class Inspector(QFrame):
    """The panel on the right."""

    link_wanted = Signal()
    address_wanted = Signal(str)
    """An address to copy."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAccessibleName("Inspector")
        self.ladder = Ladder(theme)
        self.address = plain(wrap=True)
        self.address.setFont(themes.mono_font(8.5))
        self.address.setAccessibleName("Address")
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard)
        self.note, self.source = plain(points=9.0, wrap=True), plain(quiet=True, points=7.8, wrap=True)
        self.note.setAccessibleName("What the story says of this kind of place")
        self.source.setAccessibleName("Row of the canon table, and how sure it is")
        self.copy = IconButton("link", "Copy the link to this view", theme)
        self.copy.clicked.connect(self.link_wanted)
        self.copy_address = IconButton("copy", "Copy the address of where the eye is", theme)
        self.copy_address.clicked.connect(lambda: self.address_wanted.emit(self.address_text))
        self.facts = FactGroups(FOLDED)
        self.facts.opened.connect(self._again)
        self._state: ViewState | None = None
        self._tallest: tuple[Place | None, tuple[object, ...]] = (None, ())
        self._place: Place | None = None
        self._eye: tuple[object, ...] = ()
        self._lay_out()

    def _lay_out(self) -> None:
        inside = QWidget()
        column = self._column = QVBoxLayout(inside)
        column.setContentsMargins(16, 12, 14, 10)
        column.setSpacing(6)
        head = QHBoxLayout()
        head.addWidget(caption("Inspector"))
        head.addStretch()
        head.addWidget(self.copy_address)
        head.addWidget(self.copy)
        column.addLayout(head)
        column.addWidget(self.address)
        column.addWidget(self.note)
        column.addWidget(self.source)
        column.addWidget(rule())
        column.addWidget(self.facts)
        self._sizes = (rule(), caption("Of all sizes"), self.ladder)
        for widget in self._sizes:
            column.addWidget(widget, int(widget is self.ladder))
        column.addStretch()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside, self))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """A low panel keeps the facts and lets the ladder and the sources go."""
        super().resizeEvent(event)
        for widget in (*self._sizes, self.source):
            widget.setVisible(self.height() >= LOW)
        self._column.setSpacing(6 if self.height() >= LOW else 4)

    def show_state(self, state: ViewState) -> None:
        """Follow the state."""
        self._state = state
        tallest, seen = self._tallest
        shown = tallest if seen == (state.city, state.camera) else None
        self.facts.show_groups(readouts(state, shown, self.facts.wanted))
        if self._place is None or self._eye != (state.city, state.camera.position):
            here = whereabouts(state.city, radius_of(state.camera.position))
            self._show_address(address_text(state, here))
        self.ladder.show_height(picture_height(state.camera))

    def show_place(self, state: ViewState, place: Place) -> None:
        """The smallest place that the eye is in; its address stays until the eye moves."""
        self._place, self._eye = place, (state.city, state.camera.position)
        self._show_address(str(place.address))

    def show_tallest(self, state: ViewState, place: Place | None) -> None:
        """The tallest thing in the view of a state; it stays until the eye moves."""
        self._tallest = (place, (state.city, state.camera))
        self._again()

    def _again(self) -> None:
        if self._state is not None:
            self.show_state(self._state)

    def show_note(self, place: Place) -> None:
        """What a place of this kind rests on; in a landmark, its card."""
        card = None if self._state is None else card_at(self._state.city, place.address)
        if card is not None:
            self.show_card(card)
            return
        found = note(place.kind)
        self.note.setText(f"{place.kind.capitalize() if place.kind != 'tile' else 'Layer'}: {found.text}")
        self.source.setText(found.source)
        self.source.setToolTip(tooltip(found.source))

    def show_card(self, card: Card) -> None:
        """What the story tells of a landmark."""
        self.note.setText(f"{card.title}: {card.text}")
        self.source.setText(card.source)
        self.source.setToolTip(f"Our choice: {card.choice}")

    def _show_address(self, text: str) -> None:
        self.address.setText(" / ".join(step.replace(" ", _JOINED) for step in text.split(" / ")))
        self.address.setAccessibleDescription(text)

    @property
    def address_text(self) -> str:
        """The address that is shown, as it can be given to `Go to`."""
        return self.address.text().replace(_JOINED, " ")

    def themed(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.ladder.themed(theme)
        self.copy.themed(theme)
        self.copy_address.themed(theme)
