"""The outline: City, bands, layers, down to where the eye is; peel, isolate and go to each."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from geometry.place import Place
from geometry.spec import CitySpec
from geometry.strata import Stratum, strata
from viewer.lineage import reading
from viewer.measure import digits, length
from viewer.qt import theme as themes
from viewer.qt.theme import Theme
from viewer.qt.widgets import IconButton, caption, plain, rule
from viewer.state import ViewState
from viewer.whereabouts import radius_of, whereabouts

_PATH = int(Qt.ItemDataRole.UserRole)
Bands = tuple[int, ...]


def row_text(stratum: Stratum, index: int, whole: bool) -> tuple[str, str]:
    """Name of a bundle and how many layers it holds."""
    if stratum.high - stratum.low == 1:
        return f"Layer {stratum.low:,}", ""
    return f"{'Stratum' if whole else 'Band'} {index}", f"{digits(stratum.high - stratum.low)}"


class Outline(QFrame):
    """The panel on the left. It asks; the window does."""

    peel_wanted = Signal(int)
    """How many strata to take off."""
    isolate_wanted = Signal(object)
    """Index of a drawn stratum, or None for all."""
    go_wanted = Signal(tuple)
    """Path of bands."""
    place_wanted = Signal(object)
    """A Place of the line to where the eye is."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAccessibleName("Outline of the City")
        self._theme = theme
        self._spec: CitySpec | None = None
        self._state: ViewState | None = None
        self.tree = self._made_tree()
        self.peel = IconButton("peel", "Peel down to this stratum", theme)
        self.isolate = IconButton("isolate", "Show this stratum alone, or all", theme)
        self.go = IconButton("go", "Go there", theme)
        self.title, self.subtitle = caption("Megastructure"), plain(quiet=True, points=8.5)
        self.title.setFont(themes.title_font(12.5))
        self.title.setProperty("role", "title")
        self.line = self._made_line()
        self.line_title = caption("The eye is in")
        self.note = plain(quiet=True, points=8.5, wrap=True)
        self._lay_out()
        self.peel.clicked.connect(self._peel)
        self.isolate.clicked.connect(self._isolate)
        self.go.clicked.connect(lambda: self.go_wanted.emit(self.chosen))

    def _made_tree(self) -> QTreeWidget:
        tree = QTreeWidget(self)
        tree.setAccessibleName("Bands and layers")
        tree.setColumnCount(2)
        tree.setHeaderHidden(True)
        tree.setIndentation(14)
        tree.header().setStretchLastSection(False)
        tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        tree.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        tree.setFont(themes.text_font(9.5))
        tree.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        tree.itemExpanded.connect(self._fill)
        tree.itemActivated.connect(lambda item, column: self.go_wanted.emit(item.data(0, _PATH)))
        return tree

    def _made_line(self) -> QListWidget:
        line = QListWidget(self)
        line.setAccessibleName("The places the eye is in, from the City inward")
        line.setToolTip("Click to see the place from outside")
        line.setFont(themes.text_font(9.0))
        line.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        line.itemActivated.connect(lambda item: self.place_wanted.emit(item.data(_PATH)))
        line.itemClicked.connect(lambda item: self.place_wanted.emit(item.data(_PATH)))
        return line

    def show_line(self, places: tuple[Place, ...]) -> None:
        """The places that contain the eye, from the City inward."""
        self.line.clear()
        for depth, (text, place) in enumerate(reading(places)[1:]):
            item = QListWidgetItem("  " * depth + text, self.line)
            item.setData(_PATH, place)
            item.setToolTip(str(place.address))
        self.line.setCurrentRow(self.line.count() - 1)
        for widget in (self.line, self.line_title):
            widget.setVisible(len(places) > 1)
        rows = self.line.count()
        self.line.setFixedHeight(min(rows, 9) * max(self.line.sizeHintForRow(0), 18) + 6)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 12, 12)
        column.setSpacing(9)
        column.addWidget(self.title)
        column.addWidget(self.subtitle)
        column.addWidget(rule())
        head = QHBoxLayout()
        head.addWidget(caption("Outline"))
        head.addStretch()
        for button in (self.peel, self.isolate, self.go):
            head.addWidget(button)
        column.addLayout(head)
        column.addWidget(self.tree, 1)
        column.addWidget(self.line_title)
        column.addWidget(self.line)
        for widget in (self.line, self.line_title):
            widget.hide()
        column.addWidget(self.note)

    @property
    def chosen(self) -> Bands:
        """Path of the selected row; empty for the City."""
        item = self.tree.currentItem()
        return tuple(item.data(0, _PATH)) if item is not None else ()

    def show_state(self, state: ViewState) -> None:
        """Follow the state: rebuild for another City, else mark what is peeled, isolated and where the eye is."""
        if state.city != self._spec:
            self._spec = state.city
            self._rebuild(state.city)
        self._state = state
        self._mark(state)

    def _rebuild(self, spec: CitySpec) -> None:
        self.subtitle.setText(f"Seed {spec.seed} · radius {length(spec.radius_km * 1e3)}")
        self.tree.clear()
        root = QTreeWidgetItem(["City", f"{spec.layers:,}"])
        root.setData(0, _PATH, ())
        root.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.tree.addTopLevelItem(root)
        root.addChildren(self._children(spec, ()))
        root.setExpanded(True)
        self.tree.setCurrentItem(root)

    def _children(self, spec: CitySpec, bands: Bands) -> list[QTreeWidgetItem]:
        rows = []
        for index, stratum in reversed(list(enumerate(strata(spec, bands)))):
            item = QTreeWidgetItem(list(row_text(stratum, index, not bands)))
            item.setData(0, _PATH, (*bands, index))
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setToolTip(0, f"layers {stratum.low:,} to {stratum.high - 1:,}")
            if stratum.high - stratum.low > 1:
                item.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
            rows.append(item)
        return rows

    def _fill(self, item: QTreeWidgetItem) -> None:
        if self._spec is not None and item.childCount() == 0:
            item.addChildren(self._children(self._spec, tuple(item.data(0, _PATH))))
            if self._state is not None:
                self._mark(self._state)

    def _mark(self, state: ViewState) -> None:
        root = self.tree.topLevelItem(0)
        if root is None:
            return
        shown, quiet, lamp = QColor(self._theme.text), QColor(self._theme.quiet), QColor(self._theme.accent)
        here = whereabouts(state.city, radius_of(state.camera.position)).bands
        count = root.childCount()
        for row in range(count):
            item = root.child(row)
            assert item is not None
            index = item.data(0, _PATH)[0]
            gone = index >= count - state.peel or state.isolated not in (None, index)
            item.setForeground(0, lamp if here[:1] == (index,) else quiet if gone else shown)
            item.setForeground(1, quiet)
            font = item.font(0)
            font.setStrikeOut(gone)
            item.setFont(0, font)
        hidden = state.peel if state.isolated is None else count - 1
        self.note.setText(f"{hidden} of {count} strata hidden" if hidden else "Every stratum is shown")

    def _peel(self) -> None:
        if self._spec is not None:
            count = min(self._spec.drawn_layers, self._spec.layers)
            self.peel_wanted.emit(count - 1 - self.chosen[0] if self.chosen else 0)

    def _isolate(self) -> None:
        alone = self.chosen[0] if self.chosen else None
        self.isolate_wanted.emit(None if self._state is not None and self._state.isolated == alone else alone)

    def themed(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        for button in (self.peel, self.isolate, self.go):
            button.themed(theme)
        if self._state is not None:
            self._mark(self._state)
