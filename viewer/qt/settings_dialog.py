"""The City's parameters: one row for each field of its table, with unit, range, help and what it rests on."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from geometry.spec import CitySpec, Field, SpecError, fields, number, read_value, with_changes
from viewer.lore.canon import canon_note, contradictions
from viewer.qt.widgets import caption, plain


def _shown(value: int | float | str) -> str:
    return value if isinstance(value, str) else number(value)


class SettingsDialog(QDialog):
    """Made from the table; a new field needs no change here."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget, spec: CitySpec) -> None:
        super().__init__(parent)
        self._spec = spec
        self.setWindowTitle("Settings of the City")
        self.resize(620, 640)
        self.inputs: dict[str, QLineEdit | QComboBox] = {}
        inside = QWidget()
        grid = QGridLayout(inside)
        grid.setContentsMargins(24, 6, 24, 6)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(3)
        for index, row in enumerate(fields()):
            self._add(grid, 2 * index, row)
        grid.setRowStretch(2 * len(fields()), 1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        self.trouble = plain(wrap=True)
        self.trouble.setProperty("role", "alert")
        self.grow, self.cancel = QPushButton("Grow"), QPushButton("Close")
        self.grow.setProperty("role", "primary")
        self.grow.setDefault(True)
        self.grow.clicked.connect(self._take)
        self.cancel.clicked.connect(self.close)
        self._lay_out(area)

    def _lay_out(self, area: QScrollArea) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 20, 0, 20)
        column.setSpacing(12)
        head, foot = QHBoxLayout(), QHBoxLayout()
        for line in (head, foot):
            line.setContentsMargins(24, 0, 24, 0)
        head.addWidget(caption("Settings of the City"))
        foot.addWidget(self.trouble, 1)
        foot.addWidget(self.cancel)
        foot.addWidget(self.grow)
        column.addLayout(head)
        column.addWidget(area, 1)
        column.addLayout(foot)

    def _add(self, grid: QGridLayout, line: int, row: Field) -> None:
        value = getattr(self._spec, row.name)
        if row.choices:
            box = QComboBox()
            box.addItems(list(row.choices))
            box.setCurrentText(str(value))
            self.inputs[row.name] = box
        else:
            self.inputs[row.name] = QLineEdit(_shown(value))
        name = row.name.removesuffix("_km").removesuffix("_m").removesuffix("_h").replace("_", " ").capitalize()
        field = self.inputs[row.name]
        field.setAccessibleName(name)
        field.setAccessibleDescription(row.help)
        field.setToolTip("\n\n".join((row.range, *(f"{found.id}: {found.said}" for found in contradictions(f"field:{row.name}")))))
        label = plain(f"{name}, {row.unit}" if row.unit else name)
        label.setBuddy(field)
        note = plain(f"{row.help} ({canon_note(row.name)})", quiet=True, points=8.0, wrap=True)
        note.setMinimumHeight(22)
        grid.addWidget(label, line, 0)
        grid.addWidget(field, line, 1)
        grid.addWidget(note, line + 1, 0, 1, 2, Qt.AlignmentFlag.AlignTop)

    def _text(self, name: str) -> str:
        field = self.inputs[name]
        return field.currentText() if isinstance(field, QComboBox) else field.text().strip()

    def spec(self) -> CitySpec:
        """The City that is asked for. Raises SpecError. Fields that were not touched keep their last bit."""
        touched = [row for row in fields() if self._text(row.name) != _shown(getattr(self._spec, row.name))]
        return with_changes(self._spec, {row.name: read_value(row.name, self._text(row.name)) for row in touched})

    def _take(self) -> None:
        try:
            spec = self.spec()
        except SpecError as error:
            self.trouble.setText(str(error))
            self.inputs[error.key].setFocus() if error.key in self.inputs else None
            return
        self.chosen.emit(spec)
        self.accept()
