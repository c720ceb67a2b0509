"""The palette and the go-to box: one line to type in, what fits it below."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QListWidget, QListWidgetItem, QSizePolicy, QVBoxLayout, QWidget

from viewer.places.fuzzy import ranked
from viewer.qt import theme as themes
from viewer.qt.widgets import caption, plain

MOST_ROWS = 160
"""Rows that are shown of more."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One row."""

    title: str
    note: str
    """To the right: its keys, or what kind of thing it is."""
    run: Callable[[], None]
    tooltip: str = ""


class Chooser(QFrame):
    """Opens over the view; Return takes the chosen row, Esc closes."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "sheet")
        self.setObjectName("chooser")
        self._choices: Sequence[Choice] = ()
        self._shown: list[Choice] = []
        self._free: Callable[[str], str] | None = None
        self._ask: Callable[[str], Choice | None] = lambda text: None
        self._back: QWidget | None = None
        self._most = 420
        self._title = caption("")
        self.field, self.list = QLineEdit(self), QListWidget(self)
        self.field.setAccessibleName("Search")
        self.field.setFont(themes.text_font(12.0))
        self.field.setClearButtonEnabled(False)
        self.list.setAccessibleName("What fits")
        self.list.setFont(themes.text_font(10.0))
        self.list.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        self.trouble = plain(points=9.5, wrap=True)
        self.trouble.setProperty("role", "alert")
        self.trouble.setAccessibleName("What is wrong")
        for widget in (self._title, self.field, self.trouble, self.list):
            column.addWidget(widget)
        self.field.textChanged.connect(self._filter)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(lambda item: self._take())
        self.list.itemActivated.connect(lambda item: self._take())
        self.list.installEventFilter(self)
        self.hide()

    def open(
        self,
        title: str,
        hint: str,
        choices: Sequence[Choice],
        free: Callable[[str], str] | None = None,
        ask: Callable[[str], Choice | None] = lambda text: None,
    ) -> None:
        """Show rows to choose from. `free` takes a text that no row fits, and answers what is wrong with it, or nothing; `ask` makes a row
        of a text that is a question of its own."""
        self._choices, self._free, self._ask = choices, free, ask
        if not self.isVisible():
            self._back = self.window().focusWidget()
        self._title.setText(title)
        self.setAccessibleName(title)
        self.field.setAccessibleName(title)
        self.field.setPlaceholderText(hint)
        self.field.clear()
        self._filter("")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _filter(self, text: str) -> None:
        self.complain("")
        self._shown = self._fitting(text)[:MOST_ROWS]
        self.list.clear()
        for choice in self._shown:
            item = QListWidgetItem(self.list)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{choice.title} {choice.note}")
            item.setToolTip(choice.tooltip)
            row = QWidget()
            row.setToolTip(choice.tooltip)
            line = QHBoxLayout(row)
            line.setContentsMargins(10, 5, 10, 5)
            title = plain(choice.title, points=10.0)
            title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # a long one gives way to its note
            line.addWidget(title, 1)
            line.addWidget(plain(choice.note, quiet=True, points=9.0))
            item.setSizeHint(QSize(0, row.sizeHint().height()))
            self.list.setItemWidget(item, row)
        self.list.setCurrentRow(0)
        self.resize(self.width(), self.wanted(self._most))

    def _fitting(self, text: str) -> list[Choice]:
        """Rows for a text, best first. One with a number in it may be an address or a seed: then a row must hold all its words."""
        asked = self._ask(text)
        if asked is not None:
            return [asked]
        rows = ranked(text, self._choices, lambda choice: f"{choice.title} {choice.note}")
        if self._free is None or not any(c.isdigit() for c in text):
            return rows
        words = text.lower().split()
        return [row for row in rows if all(word in row.title.lower() for word in words)]

    def wanted(self, most: int) -> int:
        """The height that its rows need, at most so many pixels."""
        self._most = most
        rows = sum(self.list.sizeHintForRow(row) for row in range(min(self.list.count(), 16)))
        line = self.trouble.heightForWidth(max(self.width() - 32, 60)) + 8 if self.trouble.isVisibleTo(self) else 0
        return min(most, 118 + line + max(rows, 4))

    def complain(self, text: str) -> None:
        """Say under the field what is wrong with what is in it; nothing if the text is empty."""
        self.trouble.setText(text[:1].upper() + text[1:])
        self.trouble.setAccessibleDescription(text)
        self.trouble.setVisible(bool(text))
        self.resize(self.width(), self.wanted(self._most))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Arrows move in the list while one types; Return takes; Esc closes."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.dismiss()
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
            return True
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 8, Qt.Key.Key_PageUp: -8}
        if key in steps and watched is self.field:
            row = self.list.currentRow() + steps[Qt.Key(key)]
            self.list.setCurrentRow(max(0, min(self.list.count() - 1, row)))
            return True
        return False

    def _take(self) -> None:
        row, text = self.list.currentRow(), self.field.text()
        choice = self._shown[row] if 0 <= row < len(self._shown) else None
        if choice is not None:
            self.dismiss()
            choice.run()
        elif self._free is not None and text.strip():
            self._try(self._free(text))

    def _try(self, trouble: str) -> None:
        """Close if all went well, else stay, with the text as it was typed."""
        if not trouble:
            self.dismiss()
            return
        self.complain(trouble)
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def dismiss(self) -> None:
        """Close, and give the focus back."""
        self.hide()
        if self._back is not None:
            self._back.setFocus(Qt.FocusReason.OtherFocusReason)
