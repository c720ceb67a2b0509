"""The key sheet: every action that has a key, by menu, and the mouse."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QMouseEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from viewer.actions import ACTIONS, MENUS
from viewer.qt import theme as themes
from viewer.qt.widgets import caption, plain

MOUSE = (
    ("Turn about the focus", "Left drag"),
    ("Slide", "Middle drag, Shift+left drag"),
    ("Nearer to the pointer", "Wheel"),
    ("Zoom", "Right drag"),
    ("Go there", "Double click"),
    ("Make it the focus", "Middle click"),
    ("Move the last slice", "Its handle, Ctrl+left drag"),
    ("Fly: ahead, back, aside", "W A S D"),
    ("Fly: up, down", "E Q"),
    ("Fly: five times, a fifth as fast", "Shift, Alt"),
    ("Fly: faster, slower", "Wheel"),
    ("Walk: ahead, back, aside", "W A S D"),
    ("Walk: run", "Shift"),
    ("No longer fly, walk, dive, search", "Esc"),
)


def key_label(keys: tuple[str, ...]) -> str:
    """`PgUp`, `Ctrl+Z`; the first two of many."""
    return "  ".join(keys[:2])


def _groups(keys: Mapping[str, tuple[str, ...]]) -> list[tuple[str, list[tuple[str, str]]]]:
    rows = [("Mouse, flight and walk", list(MOUSE))]
    for menu in MENUS:
        named = [(a.title, key_label(keys[a.id])) for a in ACTIONS if a.menu == menu and keys[a.id] and "bookmark" not in a.id]
        if menu == "Go":
            named.append(("Bookmarks: go to, store", "Alt+1…9  Ctrl+Alt+1…9"))
        if named:
            rows.append((menu, named))
    return rows


class KeySheet(QFrame):
    """Covers the view until a key or a click."""

    turned = Signal()
    """It was shown or hidden."""

    def __init__(self, parent: QWidget, bound: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(parent)
        self.setProperty("role", "sheet")
        self.setAccessibleName("Keys")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(34, 26, 34, 26)
        outer.setSpacing(14)
        title = caption("Keys")
        title.setFont(themes.title_font(15.0))
        outer.addWidget(title)
        row = QHBoxLayout()
        row.setSpacing(40)
        columns = [QVBoxLayout() for _ in range(3)]
        filled = [0, 0, 0]
        for name, rows in _groups(bound):
            shortest = filled.index(min(filled))
            columns[shortest].addWidget(self._group(name, rows))
            filled[shortest] += len(rows) + 2
        for column in columns:
            column.setSpacing(12)
            column.addStretch(1)
            row.addLayout(column, 1)
        outer.addLayout(row, 1)
        self.hide()

    @staticmethod
    def _group(name: str, rows: list[tuple[str, str]]) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(1)
        grid.addWidget(caption(name), 0, 0, 1, 2)
        for index, (title, keys) in enumerate(rows, 1):
            key = plain(keys, points=8.5)
            key.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(plain(title, quiet=True, points=8.5), index, 0)
            grid.addWidget(key, index, 1)
        return box

    def toggle(self) -> None:
        """Show, or hide."""
        self.setVisible(not self.isVisible())
        if self.isVisible():
            self.raise_()
            self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """The panels make room."""
        super().showEvent(event)
        self.turned.emit()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """The panels come back."""
        super().hideEvent(event)
        self.turned.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Any key closes."""
        self._close()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click closes."""
        self._close()

    def _close(self) -> None:
        self.hide()
        parent = self.parentWidget()
        if parent is not None:
            parent.setFocus(Qt.FocusReason.OtherFocusReason)
