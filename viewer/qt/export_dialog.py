"""The export dialog: what, where, how much; then a bar and Cancel. The window stays alive meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from geometry.address import parse
from viewer.command.options import Mode
from viewer.errors import BUG, exit_code, one_line
from viewer.jobs import Export, make_export
from viewer.measure import digits
from viewer.qt.widgets import caption, plain
from viewer.qt.work import Task, Work
from viewer.state import ViewState
from viewer.whereabouts import outside

MODES: dict[str, Mode] = {"One mesh a place: opens everywhere": "merged", "Instances: a tenth of the size, for engines": "instanced"}
FORMATS = {"GLB, for engines and viewers": ".glb", "STL, for printing": ".stl"}
Maker = Callable[[Export], Task]


def making(job: Export) -> Task:
    """The task that writes an export."""
    return lambda report: make_export(job, report)


class ExportDialog(QDialog):
    """Asks, then works."""

    finished_with = Signal(str)
    """A line to say when it is done."""
    failed = Signal(object)

    def __init__(self, parent: QWidget, state: ViewState, address: str, folder: Path, maker: Maker = making) -> None:
        super().__init__(parent)
        self._state, self._maker = state, maker
        self._work: Work | None = None
        self._asked = ""
        """The file that the save dialog has asked about overwriting."""
        self.setWindowTitle("Export")
        self.setMinimumWidth(520)
        self.place = QComboBox()
        self.place.setEditable(True)
        self.place.addItems(["The whole City", *([address] if "/" in address else [])])
        self.place.setCurrentIndex(0 if outside(state) else self.place.count() - 1)
        self.format = QComboBox()
        self.format.addItems(list(FORMATS))
        self.mode = QComboBox()
        self.mode.addItems(list(MODES))
        self.mode.setToolTip("Instances say once what a part is and then only where it stands; some viewers cannot read them")
        self.triangles = QSpinBox()
        self.triangles.setRange(1, 40_000)
        self.triangles.setValue(500)
        self.triangles.setSuffix(" thousand")
        self.triangles.lineEdit().setTextMargins(7, 0, 0, 0)
        self.path = QLineEdit(str(folder / f"city-{state.city.seed}.glb"))
        self.browse, self.start, self.stop = QPushButton("Choose…"), QPushButton("Export"), QPushButton("Close")
        self.start.setProperty("role", "primary")
        self.start.setDefault(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.note = plain(quiet=True, points=8.5, wrap=True)
        self._lay_out()
        self.format.currentTextChanged.connect(self._suffixed)
        self.browse.clicked.connect(self._choose)
        self.start.clicked.connect(self.begin)
        self.stop.clicked.connect(self._stop)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(14)
        column.addWidget(caption("Export"))
        grid = QGridLayout()
        grid.setVerticalSpacing(9)
        grid.setHorizontalSpacing(14)
        where = QWidget()
        line = QHBoxLayout(where)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.path, 1)
        line.addWidget(self.browse)
        rows = (
            ("Place", self.place),
            ("Format", self.format),
            ("Parts", self.mode),
            ("At most triangles", self.triangles),
            ("File", where),
        )
        for index, (name, widget) in enumerate(rows):
            label = plain(name, quiet=True)
            grid.addWidget(label, index, 0)
            grid.addWidget(widget, index, 1)
            named = self.path if widget is where else widget
            named.setAccessibleName(name)
            label.setBuddy(named)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        column.addWidget(self.bar)
        column.addWidget(self.note)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.stop)
        row.addWidget(self.start)
        column.addLayout(row)
        self.bar.setAccessibleName("Progress")

    def _suffixed(self, name: str) -> None:
        self.path.setText(str(Path(self.path.text()).with_suffix(FORMATS[name])))
        self.mode.setEnabled(FORMATS[name] == ".glb")

    def _choose(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Export to", self.path.text(), "3D files (*.glb *.stl)")
        if name:
            self._asked = name
            self.path.setText(name)

    def job(self) -> Export:
        """What is asked for. Raises AddressError."""
        words = self.place.currentText().strip()
        address = None if words == "The whole City" else parse(words)
        name = self.path.text().strip()
        mode = MODES[self.mode.currentText()] if Path(name).suffix.lower() == ".glb" else "merged"
        return Export(self._state, address, name, self.triangles.value() * 1000, mode=mode, force=name == self._asked)

    def begin(self) -> None:
        """Start the work; the fields rest meanwhile."""
        try:
            job = self.job()
        except ValueError as error:
            self.note.setText(str(error))
            return
        self._busy(True)
        self.note.setText(f"Writing {Path(job.output).name}")
        self._work = Work(self, self._maker(job))
        self._work.progressed.connect(lambda part: self.bar.setValue(round(1000 * part)))
        self._work.done.connect(self._done)
        self._work.failed.connect(self._failed)
        self._work.cancelled.connect(self._cancelled)
        self._work.start()

    def _busy(self, busy: bool) -> None:
        for widget in (self.place, self.format, self.triangles, self.path, self.browse, self.start):
            widget.setEnabled(not busy)
        self.mode.setEnabled(not busy and FORMATS[self.format.currentText()] == ".glb")
        self.stop.setText("Cancel" if busy else "Close")
        if not busy:
            self.bar.setValue(0)

    def _stop(self) -> None:
        if self._work is not None and self._work.running:
            self.note.setText("Stopping…")
            self._work.cancel()
        else:
            self.close()

    def _done(self, made: Any) -> None:
        self._busy(False)
        row = made if isinstance(made, dict) else {}
        size = f", {digits(row['bytes'] / 1e6)} MB" if row.get("bytes") else ""
        self.finished_with.emit(f"Wrote {self.path.text()}{size}")
        self.accept()

    def _failed(self, error: Exception) -> None:
        self._busy(False)
        self.note.setText("Nothing was written")
        if exit_code(error) == BUG:
            self.failed.emit(error)
        else:
            self.note.setText(f"Nothing was written: {one_line(error)}")

    def _cancelled(self) -> None:
        self._busy(False)
        self.note.setText("Cancelled; nothing was written")

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Closing cancels, and waits a moment for the thread to clean up after itself."""
        if self._work is not None and self._work.running:
            self._work.cancel()
            self._work.wait(5.0)
        super().closeEvent(event)
