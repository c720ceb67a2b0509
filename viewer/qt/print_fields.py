"""The fields of the export dialog that say how a print is made: what for, how large, for which bed, how thin, of one body or many."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QHBoxLayout, QLineEdit, QSpinBox, QStackedWidget, QWidget

from geometry.city import City
from geometry.export.printing import BASE_MM, BEDS, MARGIN_MM, Wish
from geometry.export.thickness import MINIMUM_WALL
from geometry.export.union import can_unite
from geometry.export.walls import Thin
from viewer.command.options import read_ratio
from viewer.files.jobs import Export
from viewer.files.purposes import PURPOSES, Purpose, cuts_for, place_for

AS_IT_IS = "As it is"
PURPOSES_SHOWN: dict[str, str] = {AS_IT_IS: "", **{row.title: name for name, row in PURPOSES.items()}}
BODIES = ("Solids that overlap: slicers join them", "One watertight body", "Hollow, with holes to drain it")
WHOLE = "In one piece, however large"
THIN: dict[str, Thin] = {"Kept": "keep", "Thickened": "thicken", "Left out": "drop"}
INSTALL = "Needs the library manifold3d: pip install 'megastructure[print]'"
assert set(THIN.values()) == set(get_args(Thin))


def beside(*widgets: QWidget) -> QWidget:
    """Widgets in a line; the first takes what room there is."""
    box = QWidget()
    line = QHBoxLayout(box)
    line.setContentsMargins(0, 0, 0, 0)
    for number, widget in enumerate(widgets):
        line.addWidget(widget, 1 if number == 0 else 0)
    return box


def millimetres(least: float, most: float, value: float) -> QDoubleSpinBox:
    """A field for a length."""
    field = QDoubleSpinBox()
    field.setRange(least, most)
    field.setDecimals(2 if most < 20 else 1)
    field.setSingleStep(0.1)
    field.setValue(value)
    field.setSuffix(" mm")
    field.lineEdit().setTextMargins(7, 0, 0, 0)
    return field


class PrintFields(QObject):
    """Widgets, each in a row of the dialog, and the wish that they say."""

    changed = Signal()
    """Something else is asked for."""
    chosen = Signal(object)
    """A Purpose, or None for what is as it is."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.purpose = QComboBox()
        self.purpose.addItems(list(PURPOSES_SHOWN))
        self._made_size()
        self.bed = QComboBox()
        self.bed.addItems([WHOLE, *(f"Tiles for {name}" for name in BEDS)])
        self.thin = QComboBox()
        self.thin.addItems(list(THIN))
        self.wall = millimetres(0.05, 10.0, MINIMUM_WALL)
        self.body = QComboBox()
        self.body.addItems(list(BODIES))
        self.hollow = millimetres(0.8, 50.0, 2.0)
        self.base = QCheckBox("On a base plate")
        self.rows: tuple[tuple[str, QWidget, QWidget], ...] = (
            ("Purpose", self.purpose, self.purpose),
            ("Size", beside(self.size, self.measure), self.size),
            ("Bed", self.bed, self.bed),
            ("Thin walls", beside(self.thin, self.wall), self.thin),
            ("Body", beside(self.body, self.hollow), self.body),
            ("Base", self.base, self.base),
        )
        self._name()
        self._connect()

    def _made_size(self) -> None:
        self.size = QComboBox()
        self.size.addItems(["Longest side", "Scale"])
        self.fit = QSpinBox()
        self.fit.setRange(10, 2000)
        self.fit.setValue(200)
        self.fit.setSuffix(" mm")
        self.fit.lineEdit().setTextMargins(7, 0, 0, 0)
        self.ratio = QLineEdit("1:50000")
        self.measure = QStackedWidget()
        self.measure.addWidget(self.fit)
        self.measure.addWidget(self.ratio)
        self.measure.setMaximumWidth(150)
        self.measure.setMaximumHeight(self.fit.sizeHint().height())

    def _name(self) -> None:
        for widget, name, tip in (
            (self.fit, "Longest side", "Of all of it, base and all"),
            (self.ratio, "Scale, 1:N", "One to how many: 1:50000 or 1:5e12"),
            (self.wall, "Minimum wall", "One line of the nozzle: 0.4 mm of the usual one"),
            (self.hollow, "Walls of what is hollow", "What lies deeper is taken out"),
            (self.purpose, "Purpose", "What is printed: place, cut, size and base; or the place above, as it is"),
            (self.bed, "Bed", "What is larger is divided into tiles, with holes for pins in their base"),
            (self.thin, "Thin walls", "What becomes of what is thinner than the minimum wall"),
            (self.base, "Base", "The model stands in it; of one watertight body, what nothing bears is left out"),
            (self.body, "Body", ""),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(tip)

    def _connect(self) -> None:
        self.purpose.currentTextChanged.connect(self._purposed)
        self.size.currentIndexChanged.connect(self.measure.setCurrentIndex)
        for some in (
            self.size.currentIndexChanged,
            self.bed.currentIndexChanged,
            self.thin.currentIndexChanged,
            self.body.currentIndexChanged,
        ):
            some.connect(self.changed)
        for value in (self.fit.valueChanged, self.wall.valueChanged, self.hollow.valueChanged, self.ratio.textChanged, self.base.toggled):
            value.connect(self.changed)

    @property
    def named(self) -> Purpose | None:
        """The purpose, where one is chosen."""
        return PURPOSES.get(PURPOSES_SHOWN[self.purpose.currentText()])

    def _purposed(self) -> None:
        """A purpose brings its own size, base and walls."""
        purpose = self.named
        if purpose is not None:
            self.size.setCurrentIndex(0)
            self.fit.setValue(round(purpose.fit_mm))
            self.base.setChecked(True)
            self.thin.setCurrentText("Thickened")
        self.chosen.emit(purpose)

    def enable(self, free: bool) -> None:
        """What can be chosen: all of it of a print, and one body only with the library that makes it."""
        joins = can_unite()
        for _, row, _ in self.rows:
            row.setEnabled(free)
        self.body.setEnabled(free and joins)
        self.body.setToolTip("What overlaps becomes one body, with nothing inside" if joins else INSTALL)
        self.wall.setEnabled(free and self.thin.currentText() != "Kept")
        self.hollow.setEnabled(free and joins and self.body.currentIndex() == 2)

    @property
    def joined(self) -> bool:
        """Whether one body is asked for."""
        return self.body.isEnabled() and self.body.currentIndex() > 0

    @property
    def room(self) -> tuple[float, float, float] | None:
        """Of the bed that it is divided for."""
        return None if self.bed.currentIndex() == 0 else list(BEDS.values())[self.bed.currentIndex() - 1]

    def tiles(self) -> int:
        """How many tiles there will be at most, about."""
        room, fit = self.room, float(self.fit.value())
        return 1 if room is None or self.size.currentIndex() else round(-(-fit // room[0]) * -(-fit // room[1]))

    def applied(self, job: Export) -> Export:
        """A job with what the fields say. Raises UsageError for what is no scale; LookupError, AddressError."""
        hollow = self.hollow.value() if self.body.currentIndex() == 2 else 0.0
        job = replace(job, size_mm=float(self.fit.value()), thin=THIN[self.thin.currentText()])
        job = replace(job, union=self.joined, hollow_mm=hollow if self.joined else 0.0)
        purpose = self.named
        plain = self.size.currentIndex() == 0 and self.room is None and not self.base.isChecked() and self.wall.value() == MINIMUM_WALL
        if purpose is None:
            return job if plain else replace(job, wish=self._wish(job, None))
        city = City(job.state.city)
        named = job.address if purpose.kind and job.address is not None and job.address.steps else None
        address = place_for(purpose, city, named)
        return replace(job, wish=self._wish(job, purpose), address=address, cuts=cuts_for(purpose, city, address))

    def _wish(self, job: Export, purpose: Purpose | None) -> Wish:
        base = BASE_MM if purpose is None else purpose.base_mm
        return Wish(
            job.size_mm,
            ratio=read_ratio(self.ratio.text()) if self.size.currentIndex() else None,
            base_mm=base if self.base.isChecked() else 0.0,
            base_round=job.address is None if purpose is None else purpose.base_round,
            margin_mm=MARGIN_MM if purpose is None else purpose.margin_mm,
            bed=self.room,
            thin=job.thin,
            wall_mm=self.wall.value(),
        )
