"""The strip at the bottom: the hour of the day with play, and the year."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSlider, QStyle, QVBoxLayout, QWidget

from viewer.history import stage, ticks, told, year_text, years
from viewer.measure import clock
from viewer.qt import theme as themes
from viewer.qt.theme import Theme
from viewer.qt.widgets import IconButton, caption, plain
from viewer.state import ViewState
from viewer.whereabouts import is_day, outside

MINUTES = 1440
_HANDLE = 14
"""Pixels of a slider's handle: its middle stands at the value."""
_THEN = 148
"""Pixels for the year and its age."""
_FRAME_MS = 40
PACES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Hours a second."""


class Ages(QSlider):
    """A slider of years with a tick at the beginning of each age."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.marks: tuple[float, ...] = ()

    def mark(self, years: tuple[float, ...]) -> None:
        """Show ticks at these years."""
        if years != self.marks:
            self.marks = years
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """The slider, and its ticks under the groove."""
        super().paintEvent(event)
        painter = QPainter(self)
        colour = QColor(self.palette().color(QPalette.ColorRole.WindowText))
        colour.setAlpha(170)
        painter.setPen(colour)
        room = max(self.width() - _HANDLE, 1)
        for year in self.marks:
            x = _HANDLE // 2 + QStyle.sliderPositionFromValue(self.minimum(), self.maximum(), round(year), room)
            painter.drawLine(x, self.height() // 2 + 6, x, self.height() // 2 + 10)
        painter.end()


class Timeline(QFrame):
    """Two sliders. They ask for an hour or a year; `played` is time that passes by itself."""

    hour_wanted = Signal(float)
    year_wanted = Signal(float)
    day_night_wanted = Signal()
    style_wanted = Signal()
    played = Signal(float)
    """Hours that have passed."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAccessibleName("Time")
        self._pace = 2
        self.play = IconButton("play", "Play time", theme)
        self.light = IconButton("day", "Day or night", theme)
        self.styles = IconButton("style", "Style: how the picture is drawn", theme, checkable=True)
        self.hour, self.year = self._slider(QSlider(Qt.Orientation.Horizontal, self), "Hour of the day"), Ages(self)
        self._slider(self.year, "Year")
        self.hour.setRange(0, MINUTES - 1)
        self.hour.setPageStep(60)
        self.hour.setSingleStep(10)
        self.year.setPageStep(500)
        self.year.setSingleStep(50)
        self.hour_text, self.year_text = plain("12:00"), plain("now")
        self.age = plain("", quiet=True, points=8.0)
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(lambda: self.played.emit(PACES[self._pace] * _FRAME_MS / 1000.0))
        self.play.clicked.connect(self.toggle_play)
        self.light.clicked.connect(self.day_night_wanted)
        self.styles.clicked.connect(self.style_wanted)
        self.hour.valueChanged.connect(lambda value: self.hour_wanted.emit(value / 60.0))
        self.year.valueChanged.connect(lambda value: self.year_wanted.emit(float(value)))
        self._lay_out()

    def _slider(self, slider: QSlider, name: str) -> QSlider:
        slider.setAccessibleName(name)
        slider.setMinimumWidth(40)
        return slider

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 12, 6)
        row.setSpacing(12)
        for text in (self.hour_text, self.year_text):
            text.setFont(themes.text_font(10.0))
        self.hour_text.setFixedWidth(46)
        then = QWidget(self)
        then.setFixedWidth(_THEN)
        lines = QVBoxLayout(then)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(0)
        for text in (self.year_text, self.age):
            lines.addWidget(text)
        for widget, stretch in (
            (self.play, 0),
            (caption("Hour"), 0),
            (self.hour_text, 0),
            (self.hour, 3),
            (self.light, 0),
            (caption("Year"), 0),
            (then, 0),
            (self.year, 2),
            (self.styles, 0),
        ):
            row.addWidget(widget, stretch)

    def show_state(self, state: ViewState) -> None:
        """Follow the state without asking for anything."""
        with QSignalBlocker(self.hour), QSignalBlocker(self.year):
            self.hour.setValue(round(state.hour * 60.0) % MINUTES)
            first, last = years(state.city)
            self.year.setRange(round(first), round(last))
            self.year.setValue(round(state.year))
        self.year.mark(tuple(year for year, _ in ticks(state.city)))
        self.hour_text.setText(clock(state.hour))
        self.year_text.setText(year_text(state.year))
        self._tell(state)
        day = is_day(state)
        words = ("It is day; make it night", "It is night; make it day")[not day] if not outside(state) else "Day and night change places"
        self.light.show_as("day" if day else "night", words)

    def _tell(self, state: ViewState) -> None:
        """The age's name, and on asking its caption and canon rows."""
        found, rows = stage(state), told(state)
        name = "" if found.name.lower() == self.year_text.text().lower() else found.name  # "now" is enough
        self.age.setText(self.age.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, _THEN))
        text = f"{found.name}. {found.caption} ({rows['canon']})"
        for widget in (self.age, self.year_text, self.year):
            widget.setToolTip(text)
        self.year.setAccessibleDescription(text)

    @property
    def playing(self) -> bool:
        """Whether time passes."""
        return self._timer.isActive()

    def toggle_play(self) -> None:
        """Play, or stop."""
        if self.playing:
            self.stop()
        else:
            self._timer.start()
            self.play.show_as("pause", "Stop time")

    def stop(self) -> None:
        """Stop time."""
        self._timer.stop()
        self.play.show_as("play", "Play time")

    def pace(self, step: int) -> float:
        """Faster (1) or slower (-1); the hours a second that this makes."""
        self._pace = min(len(PACES) - 1, max(0, self._pace + step))
        return PACES[self._pace]

    def themed(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self.play.themed(theme)
        self.light.themed(theme)
        self.styles.themed(theme)
