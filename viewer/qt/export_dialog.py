"""The export dialog: what, where, how much; then a bar and Cancel. The window stays alive meanwhile."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent, QStandardItemModel
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
from geometry.export.atomic import LimitError as TooMuch
from viewer.apart import ask
from viewer.command.options import Mode
from viewer.command.report import Report
from viewer.errors import BUG, LimitError, UsageError, exit_code, one_line
from viewer.files.jobs import DRAWINGS, PRINTS, Export, export_bytes, make_export
from viewer.files.purposes import Purpose
from viewer.measure import digits, duration
from viewer.qt.print_fields import PrintFields, beside
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
    "USD, for Blender": ".usdc",
    "PDF, a section to pin on a wall": ".pdf",
    "SVG, a section to work on": ".svg",
}
WHOLE, SEEN = "The whole City", "What the view shows"
_SOLID = 20
"""Triangles of a solid, about."""
_JOIN_S = 2e-3
"""Seconds to join a solid, about."""
Maker = Callable[[Export], Task]


def making(job: Export) -> Task:
    """The task that writes an export."""
    return lambda report: make_export(job, report)


def foreseeing(job: Export) -> Task:
    """The task that tells what an export would be."""

    def task(report: Report) -> object:
        with report.progress(f"Estimating {job.output}") as advance:
            return ask("viewer.files.estimate", job, lambda: advance(0.0))

    return task


def _foreseen(row: dict[str, Any]) -> str:
    """An estimate in words."""
    amounts = f"{row['parts']:,} parts of {row['places']:,} places, {row['triangles']:,} triangles, {digits(row['bytes'] / 1e6)} MB"
    return f"{amounts}; takes about {duration(max(row['seconds'], 1.0))} and {digits(row['memory_bytes'] / 1e6)} MB of memory"


def _without_usd(formats: QComboBox) -> None:
    """What cannot be written here is shown, and what it needs."""
    if find_spec("pxr") is None:
        row = list(FORMATS.values()).index(".usdc")
        model = formats.model()
        assert isinstance(model, QStandardItemModel)
        model.item(row).setEnabled(False)
        model.item(row).setToolTip("Needs the library usd-core: pip install 'megastructure[usd]'")


class ExportDialog(QDialog):
    """Asks, then works."""

    finished_with = Signal(str)
    """A line to say when it is done."""
    failed = Signal(object)

    def __init__(
        self, parent: QWidget, state: ViewState, address: str, folder: Path, maker: Maker = making, *, size: tuple[int, int] = (1920, 1080)
    ) -> None:
        """`size` of the view's picture, pixels."""
        super().__init__(parent)
        self._state, self._maker, self._size = state, maker, size
        self._work: Work | None = None
        self._asked = ""
        """The file that the save dialog has asked about overwriting."""
        self.setWindowTitle("Export")
        self.setMinimumWidth(520)
        self.place = QComboBox()
        self.place.setEditable(True)
        self.place.addItems([WHOLE, *([address] if "/" in address else []), SEEN])
        self.place.setCurrentIndex(0 if outside(state) else self.place.count() - 2)
        self.place.setToolTip("What the view shows is written about the eye, in metres, with its camera")
        self.format = QComboBox()
        self.format.addItems(list(FORMATS))
        _without_usd(self.format)
        self.mode = QComboBox()
        self.mode.addItems(list(MODES))
        self.mode.setToolTip("Instances say once what a part is and then only where it stands; some viewers cannot read them")
        self.prints = PrintFields(self)
        self.purpose, self.fit, self.base = self.prints.purpose, self.prints.fit, self.prints.base
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
        self.foresee = QPushButton("Estimate")
        self.foresee.setToolTip("How many parts and triangles, how large, how long and how much memory; nothing is kept")
        self.start.setProperty("role", "primary")
        self.start.setDefault(True)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.note = plain(quiet=True, points=8.5, wrap=True)
        self.fault = plain(points=8.5, wrap=True)
        self.fault.setProperty("role", "alert")
        self.fault.hide()
        self._lines: dict[QWidget, int] = {}
        """The line of the grid below each field."""
        self._lay_out()
        self.format.currentTextChanged.connect(self._suffixed)
        self.prints.chosen.connect(self._chosen)
        self.prints.changed.connect(lambda: self._enable(True))
        self.place.currentTextChanged.connect(lambda: self._enable(True))
        self.triangles.valueChanged.connect(self._estimated)
        self.browse.clicked.connect(self._choose)
        self.start.clicked.connect(self.begin)
        self.foresee.clicked.connect(self.estimate)
        self.stop.clicked.connect(self._stop)
        self._begun = 0.0
        self._enable(True)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(14)
        column.addWidget(caption("Export"))
        grid = QGridLayout()
        grid.setVerticalSpacing(4)
        grid.setHorizontalSpacing(14)
        rows: tuple[tuple[str, QWidget, QWidget], ...] = (
            ("Place", self.place, self.place),
            ("Format", self.format, self.format),
            *self.prints.rows,
            ("Slice", self.sliced, self.sliced),
            ("Parts", self.mode, self.mode),
            ("At most triangles", self.triangles, self.triangles),
            ("File", beside(self.path, self.browse), self.path),
        )
        for index, (name, widget, named) in enumerate(rows):
            label = plain(name, quiet=True)
            grid.addWidget(label, 2 * index, 0)
            grid.addWidget(widget, 2 * index, 1)
            grid.setRowMinimumHeight(2 * index, 30)
            named.setAccessibleName(name)
            label.setBuddy(named)
            self._lines[named] = 2 * index + 1
        grid.setColumnStretch(1, 1)
        self._grid = grid
        column.addLayout(grid)
        column.addWidget(self.bar)
        column.addWidget(self.note)
        row = QHBoxLayout()
        row.addWidget(self.foresee)
        row.addStretch(1)
        row.addWidget(self.stop)
        row.addWidget(self.start)
        column.addLayout(row)
        self.bar.setAccessibleName("Progress")

    @property
    def _of_any_place(self) -> bool:
        """Whether the purpose is for a place that may be named."""
        return self.prints.named is not None and bool(self.prints.named.kind)

    @property
    def _seen(self) -> bool:
        """Whether what the view shows is asked for: it is cut as the view is."""
        return self.place.currentText().strip() == SEEN

    @property
    def suffix(self) -> str:
        """The ending that the format means."""
        return FORMATS[self.format.currentText()]

    def _suffixed(self, name: str) -> None:
        self.path.setText(str(Path(self.path.text()).with_suffix(FORMATS[name])))
        self._enable(True)

    def _chosen(self, purpose: Purpose | None) -> None:
        """A purpose brings its own budget."""
        if purpose is not None:
            self.triangles.setValue(purpose.triangles // 1000)
        self._enable(True)

    def _enable(self, free: bool) -> None:
        """What can be chosen, for the format and the purpose that are."""
        printed, named = self.suffix in PRINTS, self.prints.named is not None
        for widget in (self.format, self.triangles, self.path, self.browse, self.start, self.foresee):
            widget.setEnabled(free)
        self.place.setEnabled(free and not (printed and named and not self._of_any_place))
        self.mode.setEnabled(free and self.suffix == ".glb")
        self.prints.enable(free and printed)
        self.sliced.setEnabled(free and bool(self._state.cuts) and not (printed and named) and not self._seen)
        self.fault.hide()
        self._estimated()

    def _estimated(self) -> None:
        """About how much it will be, while nothing runs."""
        if self._work is None or not self._work.running:
            self.note.setText(self._estimate())

    def _estimate(self) -> str:
        if self.suffix in DRAWINGS:
            return "One sheet, A3"
        triangles = self.triangles.value() * 1000
        words = [f"At most about {digits(export_bytes(self.suffix, triangles) / 1e6)} MB"]
        if self.suffix in PRINTS:
            tiles = self.prints.tiles()
            words += [f"in up to {tiles} tiles"] if tiles > 1 else []
            words += [f"joining takes about {duration(triangles / _SOLID * _JOIN_S)}"] if self.prints.joined else []
        return "; ".join(words)

    def _wrong(self, field: QWidget, text: str) -> None:
        """Say in a line below a field what is wrong with it."""
        self._grid.addWidget(self.fault, self._lines[field], 1)
        self.fault.setText(text)
        self.fault.show()
        field.setFocus()
        self.note.setText("Nothing was written")

    def _choose(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in FORMATS.values())
        name, _ = QFileDialog.getSaveFileName(self, "Export to", self.path.text(), f"Exports ({kinds})")
        if name:
            self._asked = name
            self.path.setText(name)

    def job(self) -> Export:
        """What is asked for. Raises AddressError, LookupError, UsageError."""
        words = self.place.currentText().strip()
        address = None if words == WHOLE or self._seen else parse(words)
        name = self.path.text().strip()
        suffix = Path(name).suffix.lower()
        mode = MODES[self.mode.currentText()] if suffix == ".glb" else "merged"
        job = Export(self._state, address, name, self.triangles.value() * 1000, mode=mode, force=name == self._asked)
        if self._seen:
            job = self._pictured(job)
        elif self.sliced.isEnabled() and self.sliced.isChecked():
            job = replace(job, cuts=self._state.cuts)
        return self.prints.applied(job) if suffix in PRINTS else job

    def _pictured(self, job: Export) -> Export:
        """Of what the view shows. Raises ValueError, LookupError."""
        from viewer.files.seen import cuts_of

        if job.suffix in DRAWINGS:
            raise ValueError("A section is drawn of a place; choose one, or another format")
        if job.suffix in PRINTS and self.prints.named is not None:
            raise LookupError("It brings a place of its own; choose As it is, or another place")
        return replace(job, seen=self._size, cuts=cuts_of(self._state))

    def begin(self) -> None:
        """Start the work; the fields rest meanwhile."""
        job = self._wanted()
        if job is not None:
            self._do(self._maker(job), f"Writing {Path(job.output).name}", self._done)

    def estimate(self) -> None:
        """Find out what it would be."""
        job = self._wanted()
        if job is not None:
            self._do(foreseeing(job), "Estimating: what is not too much is made, and thrown away", self._told)
            self.bar.setRange(0, 0)

    def _wanted(self) -> Export | None:
        """What is asked for; None, and what is wrong with it is said, where it cannot be."""
        self.fault.hide()
        try:
            return self.job()
        except UsageError as error:
            self._wrong(self.prints.size, one_line(error))
        except LookupError as error:
            self._wrong(self.prints.purpose if self.prints.purpose.isEnabled() else self.place, str(error.args[0]))
        except ValueError as error:
            self._wrong(self.place, str(error))
        return None

    def _do(self, task: Task, title: str, done: Callable[[Any], None]) -> None:
        self._busy(True)
        self.note.setText(title)
        self._work = Work(self, task)
        self._work.progressed.connect(self._moved)
        self._work.done.connect(done)
        self._work.failed.connect(self._failed)
        self._work.cancelled.connect(self._cancelled)
        self._work.start()

    def _told(self, row: Any) -> None:
        self._busy(False)
        self.note.setText(_foreseen(row))

    def _busy(self, busy: bool) -> None:
        self._enable(not busy)
        self.stop.setText("Cancel" if busy else "Close")
        self._begun = time.monotonic()
        if not busy:
            self.bar.setRange(0, 1000)
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
            self._wrong(self._at_fault(error), one_line(error))

    def _at_fault(self, error: Exception) -> QWidget:
        """The field that an error is about."""
        if isinstance(error, LimitError | TooMuch):
            return self.fit_or_bed if "bed" in str(error) else self.triangles
        return self.path

    @property
    def fit_or_bed(self) -> QWidget:
        """Where it is said how large a print is."""
        return self.prints.bed if self.prints.room is not None else self.prints.size

    def _cancelled(self) -> None:
        self._busy(False)
        self.note.setText("Cancelled; nothing was written")

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Closing cancels, and waits a moment for the thread to clean up after itself."""
        if self._work is not None and self._work.running:
            self._work.cancel()
            self._work.wait(5.0)
        super().closeEvent(event)
