"""The export dialog: what, where, how much; then a bar and Cancel. The window stays alive meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QCheckBox,
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
from geometry.city import City
from geometry.export.printing import BASE_MM, Wish
from viewer.command.options import Mode
from viewer.errors import BUG, exit_code, one_line
from viewer.jobs import DRAWINGS, PRINTS, Export, export_bytes, make_export
from viewer.measure import digits, duration
from viewer.purposes import PURPOSES, cuts_for, place_for
from viewer.qt.widgets import caption, plain
from viewer.qt.work import Task, Work
from viewer.state import ViewState
from viewer.whereabouts import outside

MODES: dict[str, Mode] = {
    "One mesh a place: opens everywhere": "merged",
    "Instances: a tenth of the size, for engines": "instanced",
    "A node a part, at most 20,000: to move them about": "nodes",
}
FORMATS = {
    "GLB, for engines and viewers": ".glb",
    "3MF, for printing": ".3mf",
    "STL, for printing": ".stl",
    "PLY, with colours": ".ply",
    "PDF, a section to pin on a wall": ".pdf",
    "SVG, a section to work on": ".svg",
}
PURPOSES_SHOWN: dict[str, str] = {"As it is": "", **{row.title: name for name, row in PURPOSES.items()}}
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
        self.purpose = QComboBox()
        self.purpose.addItems(list(PURPOSES_SHOWN))
        self.purpose.setToolTip("What is printed: place, cut, size and base; or the place above, as it is")
        self.fit = QSpinBox()
        self.fit.setRange(10, 2000)
        self.fit.setValue(200)
        self.fit.setSuffix(" mm")
        self.fit.lineEdit().setTextMargins(7, 0, 0, 0)
        self.base = QCheckBox("On a base plate, thin walls thickened")
        self.sliced = QCheckBox("Cut as the view is cut, cut surfaces closed")
        self.sliced.setEnabled(bool(state.cuts))
        self.sliced.setChecked(bool(state.cuts) and outside(state))
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
        self.purpose.currentTextChanged.connect(self._chosen)
        self.triangles.valueChanged.connect(self._estimated)
        self.browse.clicked.connect(self._choose)
        self.start.clicked.connect(self.begin)
        self.stop.clicked.connect(self._stop)
        self._begun = 0.0
        self._enable(True)

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
            ("Purpose", self.purpose),
            ("Longest side", self.fit),
            ("Base", self.base),
            ("Slice", self.sliced),
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

    @property
    def suffix(self) -> str:
        """The ending that the format means."""
        return FORMATS[self.format.currentText()]

    def _suffixed(self, name: str) -> None:
        self.path.setText(str(Path(self.path.text()).with_suffix(FORMATS[name])))
        self._enable(True)

    def _chosen(self, name: str) -> None:
        """A purpose brings its own size and budget."""
        purpose = PURPOSES.get(PURPOSES_SHOWN[name])
        if purpose is not None:
            self.fit.setValue(round(purpose.fit_mm))
            self.triangles.setValue(purpose.triangles // 1000)
            self.base.setChecked(True)
        self._enable(True)

    def _enable(self, free: bool) -> None:
        """What can be chosen, for the format and the purpose that are."""
        printed, named = self.suffix in PRINTS, bool(PURPOSES_SHOWN[self.purpose.currentText()])
        for widget in (self.format, self.triangles, self.path, self.browse, self.start):
            widget.setEnabled(free)
        self.place.setEnabled(free and not (printed and named))
        self.mode.setEnabled(free and self.suffix == ".glb")
        for of_prints in (self.purpose, self.fit, self.base):
            of_prints.setEnabled(free and printed)
        self.sliced.setEnabled(free and bool(self._state.cuts) and not (printed and named))
        self._estimated()

    def _estimated(self) -> None:
        """About how much it will be, while nothing runs."""
        if self._work is None or not self._work.running:
            size = export_bytes(self.suffix, self.triangles.value() * 1000)
            drawn = self.suffix in DRAWINGS
            self.note.setText("One sheet, A3" if drawn else f"At most about {digits(size / 1e6)} MB")

    def _choose(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in FORMATS.values())
        name, _ = QFileDialog.getSaveFileName(self, "Export to", self.path.text(), f"Exports ({kinds})")
        if name:
            self._asked = name
            self.path.setText(name)

    def job(self) -> Export:
        """What is asked for. Raises AddressError, LookupError."""
        words = self.place.currentText().strip()
        address = None if words == "The whole City" else parse(words)
        name = self.path.text().strip()
        suffix = Path(name).suffix.lower()
        mode = MODES[self.mode.currentText()] if suffix == ".glb" else "merged"
        job = Export(self._state, address, name, self.triangles.value() * 1000, mode=mode, force=name == self._asked)
        job = replace(job, size_mm=float(self.fit.value()))
        if self.sliced.isEnabled() and self.sliced.isChecked():
            job = replace(job, cuts=self._state.cuts)
        return self._printed(job) if suffix in PRINTS else job

    def _printed(self, job: Export) -> Export:
        purpose = PURPOSES.get(PURPOSES_SHOWN[self.purpose.currentText()])
        if purpose is None and not self.base.isChecked():
            return job
        wish = Wish(job.size_mm, base_mm=BASE_MM if self.base.isChecked() else 0.0, thin="thicken", base_round=job.address is None)
        if purpose is None:
            return replace(job, wish=wish, thin="thicken")
        city = City(job.state.city)
        address = place_for(purpose, city, job.address if purpose.kind and job.address is not None and job.address.steps else None)
        wish = replace(wish, base_round=purpose.base_round)
        return replace(job, wish=wish, thin="thicken", address=address, cuts=cuts_for(purpose, city, address))

    def begin(self) -> None:
        """Start the work; the fields rest meanwhile."""
        try:
            job = self.job()
        except (ValueError, LookupError) as error:
            self.note.setText(str(error))
            return
        self._busy(True)
        self.note.setText(f"Writing {Path(job.output).name}")
        self._work = Work(self, self._maker(job))
        self._work.progressed.connect(self._moved)
        self._work.done.connect(self._done)
        self._work.failed.connect(self._failed)
        self._work.cancelled.connect(self._cancelled)
        self._work.start()

    def _busy(self, busy: bool) -> None:
        self._enable(not busy)
        self.stop.setText("Cancel" if busy else "Close")
        self._begun = time.monotonic()
        if not busy:
            self.bar.setValue(0)

    def _moved(self, part: float) -> None:
        self.bar.setValue(round(1000 * part))
        spent = time.monotonic() - self._begun
        if part > 0.02 and spent > 2.0:
            self.note.setText(f"Writing {Path(self.path.text()).name}, {duration(max(1.0, spent * (1.0 - part) / part))} left")

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
