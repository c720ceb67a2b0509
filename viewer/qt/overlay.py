"""What is written over the view itself: the scale bar, what is exaggerated, passing messages, the welcome strip."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from viewer.measure import exaggeration, length, picture_height, round_length
from viewer.qt import theme as themes
from viewer.qt.canvas import Veil
from viewer.qt.widgets import caption, plain
from viewer.state import ViewState

_BUNDLED = 1.0e9
"""Metres from which on a picture shows bundles of layers as one."""
_INK, _QUIET, _SHADE = "#f2f4f4", "#c9d0d3", "#000000"
"""The view is dark in every theme, so this is not of the theme."""


class ScaleBar(Veil):
    """A bar of a round length at the focus, 1e9 km to 10 cm, and what the drawing bundles."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, self._draw)
        self._per_pixel = 1.0
        self._text = ""
        self._note = ""
        self.resize(340, 54)
        self.setAccessibleName("Scale bar")

    def show_state(self, state: ViewState, height: int) -> None:
        """Follow the state; `height` of the view in pixels."""
        self._per_pixel = picture_height(state.camera) / max(height, 1)
        self._metres = round_length(self._per_pixel * 190.0)
        self._text = length(self._metres)
        self._note = exaggeration(state.city) if picture_height(state.camera) > _BUNDLED else ""
        self.setAccessibleDescription(f"{self._text}; {self._note}")
        self.update()

    @property
    def text(self) -> str:
        """The length of the bar in words."""
        return self._text

    def _draw(self, painter: QPainter, widget: QWidget) -> None:
        if not self._text:
            return
        wide = self._metres / self._per_pixel
        shade = QColor(_SHADE)
        shade.setAlpha(110)
        plate = QColor(10, 12, 13, 150)
        note = QFontMetricsF(themes.text_font(8.5)).horizontalAdvance(self._note)
        painter.fillRect(QRectF(0, 0, max(wide, note) + 18, self.height()), plate)
        painter.translate(8, 2)
        y = 28.0
        for offset, colour in ((1.0, shade), (0.0, QColor(_INK))):
            painter.fillRect(QRectF(1 + offset, y + offset, wide, 1.2), colour)
            for x in (0.0, wide / 2, wide):
                tall = 4.0 if x == wide / 2 else 8.0
                painter.fillRect(QRectF(1 + offset + x - (1.2 if x else 0), y + offset - tall, 1.2, tall), colour)
        painter.setFont(themes.text_font(10.5))
        for offset, colour in ((1, shade), (0, QColor(_INK))):
            painter.setPen(colour)
            painter.drawText(1 + offset, 16 + offset, self._text)
        painter.setFont(themes.text_font(8.5))
        for offset, colour in ((1, shade), (0, QColor(_QUIET))):
            painter.setPen(colour)
            painter.drawText(1 + offset, 45 + offset, self._note)


class Toast(QLabel):
    """A message that goes by itself."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(themes.text_font(10.0))
        self.setStyleSheet("background: rgba(10, 12, 13, 205); color: #f2f4f4; padding: 7px 16px; border: 1px solid #4a5156;")
        self.setAccessibleName("Message")
        self.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)

    def say(self, text: str, seconds: float = 3.0) -> None:
        """Show a message for some seconds."""
        self.setText(text if len(text) <= 320 else text[:317] + "…")
        parent = self.parentWidget()
        room = parent.width() - 40 if parent is not None else 640
        wide = QFontMetricsF(self.font()).horizontalAdvance(self.text()) + 40
        self.setWordWrap(wide > min(room, 640))
        self.setFixedWidth(int(max(60, min(wide, room, 640))))
        self.setFixedHeight(self.heightForWidth(self.width()) if self.wordWrap() else self.sizeHint().height())
        if parent is not None:
            self.move((parent.width() - self.width()) // 2, 64)
        self.show()
        self.raise_()
        self._timer.start(int(seconds * 1000))


class Badge(QLabel):
    """One line at the top of the view that stays while somebody flies or walks."""

    def __init__(self, view: QWidget, name: str) -> None:
        super().__init__(view)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(themes.text_font(10.0))
        self.setStyleSheet("background: rgba(10, 12, 13, 170); color: #f2f4f4; padding: 4px 12px;")
        self.setAccessibleName(name)
        self.hide()

    def say(self, text: str) -> None:
        """Show another line, or none."""
        if not text:
            self.hide()
            return
        self.setText(text)
        self.adjustSize()
        parent = self.parentWidget()
        if parent is not None:
            self.move((parent.width() - self.width()) // 2, 108)
        self.show()
        self.raise_()


class Growing(Veil):
    """Says, quietly, that the City is being unfolded; larger before there is anything to see."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, self._draw)
        self.resize(300, 34)
        self.setAccessibleName("The City is being unfolded")
        self._first = True
        self._phase = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(400)
        self._timer.timeout.connect(self._step)
        self.hide()

    def show_busy(self, busy: bool, first: bool) -> None:
        """Show it after a moment, or hide it."""
        self._first = first
        self.setVisible(busy)
        if busy:
            self._timer.start()
            self.raise_()
        else:
            self._timer.stop()

    def _step(self) -> None:
        self._phase = (self._phase + 0.1) % 1.0
        self.update()

    def _draw(self, painter: QPainter, widget: QWidget) -> None:
        painter.fillRect(QRectF((self.width() - 170) / 2, 0, 170, self.height()), QColor(10, 12, 13, 150))
        painter.setFont(themes.caps_font(8.5 if self._first else 7.0))
        painter.setPen(QColor(_INK if self._first else _QUIET))
        text = "The City is growing" if self._first else "Unfolding"
        painter.drawText(QRectF(0, 2, self.width(), 20), int(Qt.AlignmentFlag.AlignCenter), text)
        wide = 120.0
        left = (self.width() - wide) / 2
        painter.fillRect(QRectF(left, 27, wide, 1), QColor(255, 255, 255, 50))
        painter.fillRect(QRectF(left + (wide - 24) * (0.5 - abs(self._phase - 0.5)) * 2, 27, 24, 1), QColor(_INK))


SHORTCUTS = (("Drag", "turn"), ("Wheel", "nearer"), ("PgDn", "slice"), ("L", "night"))


class Strip(QFrame):
    """The first thing a newcomer sees: four shortcuts and one button. Also used to offer a session back."""

    accepted = Signal()
    closed = Signal()

    def __init__(self, parent: QWidget, words: tuple[tuple[str, str], ...], yes: str, no: str) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAccessibleName("Welcome")
        self.passing = words == SHORTCUTS
        row = QHBoxLayout(self)
        row.setContentsMargins(22, 10, 12, 10)
        row.setSpacing(9)
        self._words = [(caption(key), plain(text)) if key else (plain(text),) for key, text in words]
        for index, pair in enumerate(self._words):
            pair[0].setContentsMargins(10 if index else 0, 0, 0, 0)
            for label in pair:
                row.addWidget(label)
        row.addSpacing(12)
        self.yes, self.no = QPushButton(yes), QPushButton(no)
        self.yes.setProperty("role", "primary")
        self.yes.setFont(themes.caps_font(8.5))
        self.no.setFont(themes.caps_font(8.5))
        self.yes.clicked.connect(self.accepted)
        self.no.clicked.connect(self.closed)
        for button in (self.yes, self.no):
            row.addWidget(button)

    def fit(self, width: int) -> None:
        """Be no wider than so many pixels: what does not fit goes, the buttons stay."""
        shown = len(self._words)
        while True:
            for index, pair in enumerate(self._words):
                for label in pair:
                    label.setVisible(index < shown)
            self.adjustSize()
            if self.width() <= width or not shown:
                return
            shown -= 1
