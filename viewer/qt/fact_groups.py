"""Groups of readouts in the inspector: a heading, lines of label, what it rests on, and value. Some stay folded until they are wanted."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from viewer.lore.canon import told
from viewer.measure import Fact
from viewer.qt import theme as themes
from viewer.qt.widgets import caption, plain, rule

Groups = tuple[tuple[str, tuple[Fact, ...]], ...]

_ROW = re.compile(r"\b[SPKE]\d+\b")


def tooltip(note: str) -> str:
    """The canon rows that a note names, in full."""
    return "\n\n".join(text for text in (told(name) for name in _ROW.findall(note)) if text)


class Fold(QPushButton):
    """A heading that opens and shuts what is below it."""

    def __init__(self, title: str, is_open: bool) -> None:
        super().__init__()
        self._title = title
        self.setCheckable(True)
        self.setChecked(is_open)
        self.setFont(themes.caps_font())
        self.setProperty("role", "fold")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(f"{title}: show or hide")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.toggled.connect(self._told)
        self._told(is_open)

    def _told(self, is_open: bool) -> None:
        self.setText(f"{'▾' if is_open else '▸'} {self._title}")


class FactGroups(QWidget):
    """All groups; rebuilt only when their labels change."""

    opened = Signal()
    """A group was opened, or shut."""

    def __init__(self, folded: tuple[str, ...]) -> None:
        super().__init__()
        self._folded = folded
        self._open: set[str] = set()
        self._shape: tuple[tuple[str, ...], ...] = ()
        self._values: dict[str, tuple[QLabel, QLabel]] = {}
        self.folds: dict[str, Fold] = {}
        """Headings of the groups that fold, by title."""
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)

    @property
    def wanted(self) -> frozenset[str]:
        """Titles of folded groups that are open."""
        return frozenset(self._open)

    def show_groups(self, groups: Groups) -> None:
        """Follow the facts; a folded group may come without any."""
        shape = tuple((title, *(fact.label for fact in facts)) for title, facts in groups)
        if shape != self._shape:
            self._shape = shape
            self._rebuild(groups)
        for title, facts in groups:
            for fact in facts:
                value, note = self._values[f"{title}/{fact.label}"]
                value.setText(fact.value)
                if note.text() != fact.note:
                    note.setText(fact.note)
                    note.setToolTip(tooltip(fact.note))

    def text_of(self, title: str, label: str) -> str:
        """The value of a line that is there."""
        return self._values[f"{title}/{label}"][0].text()

    def _rebuild(self, groups: Groups) -> None:
        focused = next((title for title, fold in self.folds.items() if fold.hasFocus()), None)
        while self._column.count():
            taken = self._column.takeAt(0)
            widget = taken.widget() if taken is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._values.clear()
        self.folds.clear()
        for index, (title, facts) in enumerate(groups):
            if index and title not in self._folded:
                self._column.addWidget(rule())
            self._column.addWidget(self._group(title, facts))
        if focused in self.folds:
            self.folds[focused].setFocus(Qt.FocusReason.OtherFocusReason)

    def _group(self, title: str, facts: tuple[Fact, ...]) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(1)
        grid.addWidget(self._heading(title), 0, 0, 1, 3)
        grid.setRowMinimumHeight(0, 18)
        for index, fact in enumerate(facts):
            value, note = plain(points=9.5), plain(quiet=True, points=7.8)
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            value.setAccessibleName(fact.label)
            note.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
            note.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            grid.addWidget(plain(fact.label, quiet=True), index + 1, 0)
            grid.addWidget(note, index + 1, 1)
            grid.addWidget(value, index + 1, 2)
            self._values[f"{title}/{fact.label}"] = (value, note)
        grid.setColumnStretch(1, 1)
        return box

    def _heading(self, title: str) -> QWidget:
        if title not in self._folded:
            return caption(title)
        fold = Fold(title, title in self._open)
        fold.toggled.connect(lambda is_open: self._fold(title, is_open))
        self.folds[title] = fold
        return fold

    def _fold(self, title: str, is_open: bool) -> None:
        (self._open.add if is_open else self._open.discard)(title)
        self.opened.emit()
