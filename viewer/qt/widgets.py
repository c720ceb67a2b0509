"""Small pieces that all panels are made of: captions, rules, panels, icon buttons."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from viewer.qt import theme as themes
from viewer.qt.theme import Theme


def caption(text: str, parent: QWidget | None = None) -> QLabel:
    """A heading in small wide capitals."""
    label = QLabel(text, parent)
    label.setProperty("role", "caps")
    label.setFont(themes.caps_font())
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def plain(text: str = "", *, quiet: bool = False, points: float = 9.5, wrap: bool = False) -> QLabel:
    """A label that shows its text as it is, whatever is in it."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setFont(themes.text_font(points))
    label.setWordWrap(wrap)
    if quiet:
        label.setProperty("role", "quiet")
    return label


def rule() -> QFrame:
    """A hairline."""
    line = QFrame()
    line.setProperty("role", "rule")
    return line


def panel(parent: QWidget, name: str) -> tuple[QFrame, QVBoxLayout]:
    """A sheet of dark glass over the view, and its layout."""
    frame = QFrame(parent)
    frame.setProperty("role", "panel")
    frame.setAccessibleName(name)
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(16, 14, 16, 14)
    layout.setSpacing(8)
    return frame, layout


def scrolled(inside: QWidget, parent: QWidget | None = None) -> QScrollArea:
    """What is as wide as its panel and may be higher: it scrolls, without a frame of its own."""
    area = QScrollArea(parent)
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    area.setWidget(inside)
    return area


class IconButton(QToolButton):
    """A button with one of our icons; it is redrawn when the theme changes."""

    def __init__(self, name: str, title: str, theme: Theme, *, checkable: bool = False) -> None:
        super().__init__()
        self._name, self._drawn = name, ("", "")
        self.setCheckable(checkable)
        self.setToolTip(title)
        self.setAccessibleName(title)
        self.setIconSize(QSize(18, 18))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.themed(theme)

    def themed(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        if (self._name, theme.text) != self._drawn:  # a window that is built says twice how it looks
            self._drawn = self._name, theme.text
            self.setIcon(themes.icon(self._name, theme.text))
        self._theme = theme

    def show_as(self, name: str, title: str) -> None:
        """Another icon and name: play becomes pause."""
        self._name = name
        self.setToolTip(title)
        self.setAccessibleName(title)
        self.themed(self._theme)
