"""The strip at the bottom: the hour of the day with play, and the year."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSlider, QWidget

from viewer.measure import clock
from viewer.qt import theme as themes
from viewer.qt.theme import Theme
from viewer.qt.widgets import IconButton, caption, plain
from viewer.state import ViewState
from viewer.whereabouts import is_day, outside

MINUTES = 1440
LATEST = 1000
"""Years ahead that the slider reaches."""
_FRAME_MS = 40
PACES = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0)
"""Hours a second."""


def year_text(year: float) -> str:
    """now, 4,200 years ago, in 300 years."""
    if abs(year) < 0.5:
        return "now"
    return f"{-year:,.0f} years ago" if year < 0 else f"in {year:,.0f} years"


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
        self.hour, self.year = self._slider("Hour of the day", 0, MINUTES - 1), self._slider("Year", -10_000, LATEST)
        self.hour.setPageStep(60)
        self.hour.setSingleStep(10)
        self.year.setPageStep(500)
        self.year.setSingleStep(50)
        self.hour_text, self.year_text = plain("12:00"), plain("now")
        self._timer = QTimer(self)
        self._timer.setInterval(_FRAME_MS)
        self._timer.timeout.connect(lambda: self.played.emit(PACES[self._pace] * _FRAME_MS / 1000.0))
        self.play.clicked.connect(self.toggle_play)
        self.light.clicked.connect(self.day_night_wanted)
        self.styles.clicked.connect(self.style_wanted)
        self.hour.valueChanged.connect(lambda value: self.hour_wanted.emit(value / 60.0))
        self.year.valueChanged.connect(lambda value: self.year_wanted.emit(float(value)))
        self._lay_out()

    def _slider(self, name: str, low: int, high: int) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setAccessibleName(name)
        slider.setRange(low, high)
        slider.setMinimumWidth(40)
        return slider

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 6, 12, 6)
        row.setSpacing(12)
        for text in (self.hour_text, self.year_text):
            text.setFont(themes.text_font(10.0))
        self.hour_text.setFixedWidth(46)
        self.year_text.setFixedWidth(112)
        for widget, stretch in (
            (self.play, 0),
            (caption("Hour"), 0),
            (self.hour_text, 0),
            (self.hour, 3),
            (self.light, 0),
            (caption("Year"), 0),
            (self.year_text, 0),
            (self.year, 2),
            (self.styles, 0),
        ):
            row.addWidget(widget, stretch)

    def show_state(self, state: ViewState) -> None:
        """Follow the state without asking for anything."""
        with QSignalBlocker(self.hour), QSignalBlocker(self.year):
            self.hour.setValue(round(state.hour * 60.0) % MINUTES)
            self.year.setRange(round(state.city.year_first), LATEST)
            self.year.setValue(round(state.year))
        self.hour_text.setText(clock(state.hour))
        self.year_text.setText(year_text(state.year))
        day = is_day(state)
        words = ("It is day; make it night", "It is night; make it day")[not day] if not outside(state) else "Day and night change places"
        self.light.show_as("day" if day else "night", words)

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
