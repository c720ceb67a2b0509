"""The outline: City, bands, layers, down to where the eye is; peel, isolate and go to each."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QSignalBlocker, Qt, Signal, SignalInstance
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from geometry.city import City
from geometry.landmarks import PREFIX
from geometry.nest import cell_place
from geometry.place import Place
from geometry.rules.city import band
from geometry.rules.city import whole as whole_city
from geometry.spec import CitySpec
from geometry.strata import Stratum, strata
from viewer.lineage import reading
from viewer.lore.landmarks import cards, titles
from viewer.measure import digits, length
from viewer.parting import all_round, name_of
from viewer.qt import theme as themes
from viewer.qt.theme import Theme
from viewer.qt.widgets import IconButton, caption, plain, rule
from viewer.state import ViewState
from viewer.whereabouts import radius_of, whereabouts

_PATH = int(Qt.ItemDataRole.UserRole)
_HEADING = "landmark/"
"""What the heading of the landmarks has for a path; the rows under it have their names."""
Bands = tuple[int, ...]
_ROUND = ("Stratum", "Band", "Layer")
"""Rows of the line that mean a whole sphere; the place they come with is the cell of it that the eye is in."""


def row_text(stratum: Stratum, index: int, whole: bool) -> tuple[str, str]:
    """Name of a bundle and how many layers it holds."""
    if stratum.high - stratum.low == 1:
        return f"Layer {stratum.low:,}", ""
    return f"{'Stratum' if whole else 'Band'} {index}", f"{digits(stratum.high - stratum.low)}"


def _place_of(spec: CitySpec, bands: Bands) -> Place:
    """The place of a row of the tree; of a band inside a band the part where a face of the cube has its middle."""
    if not bands:
        return whole_city(spec)
    if len(bands) == 1:
        return band(spec, bands[0])
    return all_round(cell_place(spec, bands, (0, 0)))


def _struck(font: QFont, gone: bool) -> QFont:
    font.setStrikeOut(gone)
    return font


def _hidden_text(state: ViewState, count: int) -> str:
    """What is taken off, shown alone or hidden, and how all of it comes back."""
    words = []
    if state.isolated is not None:
        words.append(f"stratum {state.isolated} alone")
    elif state.peel:
        words.append(f"{state.peel} of {count} strata peeled off")
    if state.hidden:
        words.append(f"{len(state.hidden)} hidden")
    text = ", ".join(words)
    return f"{text[0].upper()}{text[1:]}. Shift+Home shows all" if text else "Nothing is peeled off or hidden"


class Outline(QFrame):
    """The panel on the left. It asks; the window does."""

    peel_wanted = Signal(object)
    isolate_wanted = Signal(object)
    hide_wanted = Signal(object)
    go_wanted = Signal(object)
    """The Place to peel down to, to show alone, to hide or show again, to travel to."""
    copy_wanted = Signal(object)
    """The Place whose address to copy."""
    chosen_changed = Signal(object)
    """The Place of the row that is chosen."""
    landmark_chosen = Signal(object)
    landmark_wanted = Signal(str)
    """The Card of the landmark whose row is chosen; the name of the one to travel to."""

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAccessibleName("Outline of the City")
        self._theme = theme
        self._spec: CitySpec | None = None
        self._state: ViewState | None = None
        self._rows: QWidget | None = None
        self.tree = self._made_tree()
        self.peel = IconButton("peel", "Peel down to this", theme)
        self.isolate = IconButton("isolate", "Show this alone, or all again", theme)
        self.hide_or_show = IconButton("shown", "Hide this, or show it again", theme)
        self.go = IconButton("go", "Go there", theme)
        self.title, self.subtitle = caption("Megastructure"), plain(quiet=True, points=8.5)
        self.title.setFont(themes.title_font(12.5))
        self.title.setProperty("role", "title")
        self.line = self._made_line()
        self.line_title = caption("The eye is in")
        self.note = plain(quiet=True, points=8.5, wrap=True)
        self._lay_out()
        for button, signal in zip(self.buttons, (self.peel_wanted, self.isolate_wanted, self.hide_wanted, self.go_wanted), strict=True):
            button.clicked.connect(partial(self._ask, signal))
        self.tree.currentItemChanged.connect(lambda: self._choose(self.tree))
        self.line.currentItemChanged.connect(lambda: self._choose(self.line))
        for rows in (self.tree, self.line):
            rows.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            rows.customContextMenuRequested.connect(partial(self._menu, rows))
            rows.installEventFilter(self)

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
        tree.setToolTip("Double click or Return goes there")
        tree.itemActivated.connect(lambda: self._ask(self.go_wanted))
        return tree

    def _landmarks(self) -> QTreeWidgetItem:
        """The heading under which the landmarks of the City stand, once it is opened."""
        heading = QTreeWidgetItem(["Landmarks", ""])
        heading.setData(0, _PATH, _HEADING)
        heading.setToolTip(0, "Places of the story; a click tells of one, a double click travels there")
        heading.setChildIndicatorPolicy(QTreeWidgetItem.ChildIndicatorPolicy.ShowIndicator)
        return heading

    def _stand_under(self, heading: QTreeWidgetItem, spec: CitySpec) -> None:
        for name, card in titles(spec):
            row = QTreeWidgetItem([card.title.removeprefix("The ").capitalize() if card.title.startswith("The ") else card.title, ""])
            row.setData(0, _PATH, name)
            row.setToolTip(0, card.source)
            heading.addChild(row)

    def _made_line(self) -> QListWidget:
        line = QListWidget(self)
        line.setAccessibleName("The places the eye is in, from the City inward")
        line.setToolTip("Double click or Return goes there, to see the place from outside")
        line.setFont(themes.text_font(9.0))
        line.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        line.itemActivated.connect(lambda: self._ask(self.go_wanted))
        return line

    def show_line(self, places: tuple[Place, ...]) -> None:
        """The places that contain the eye, from the City inward."""
        with QSignalBlocker(self.line):
            self.line.clear()
            for depth, (text, place) in enumerate(reading(places)[1:]):
                item = QListWidgetItem("  " * depth + text, self.line)
                item.setData(_PATH, all_round(place) if text.startswith(_ROUND) else place)
            self.line.setCurrentRow(self.line.count() - 1)
        if self._state is not None:
            self._mark(self._state)
        if self.line.count():
            self._choose(self.line)
        for widget in (self.line, self.line_title):
            widget.setVisible(len(places) > 1)
        rows = self.line.count()
        self.line.setFixedHeight(min(rows, 10) * max(self.line.sizeHintForRow(0), 18) + 6)

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
        for button in self.buttons:
            head.addWidget(button)
        column.addLayout(head)
        column.addWidget(self.tree, 1)
        column.addWidget(self.line_title)
        column.addWidget(self.line)
        for widget in (self.line, self.line_title):
            widget.hide()
        column.addWidget(self.note)

    @property
    def buttons(self) -> tuple[IconButton, ...]:
        """Peel, isolate, hide, go."""
        return (self.peel, self.isolate, self.hide_or_show, self.go)

    @property
    def chosen(self) -> Place | None:
        """The place of the row that was chosen last, in the tree or in the line; None before there is a City."""
        item = self.line.currentItem()
        if self._rows is self.line and item is not None:
            place: Place = item.data(_PATH)
            return place
        row = self.tree.currentItem()
        if self._spec is None:
            return None
        path = row.data(0, _PATH) if row is not None else ()
        if isinstance(path, str):
            return City(self._spec).at(PREFIX + path) if path != _HEADING else None
        return _place_of(self._spec, tuple(path))

    @property
    def landmark(self) -> str:
        """The name of the landmark whose row is chosen; empty if it is another row."""
        row = self.tree.currentItem() if self._rows is not self.line else None
        path = row.data(0, _PATH) if row is not None else ()
        return path if isinstance(path, str) and path != _HEADING else ""

    def _choose(self, rows: QWidget) -> None:
        self._rows = rows
        for other in (self.tree, self.line):
            if other is not rows:
                other.clearSelection()
        place = self.chosen
        if place is not None:
            self._show_hidden(place)
            self.landmark_chosen.emit(cards()[self.landmark]) if self.landmark else self.chosen_changed.emit(place)

    def _show_hidden(self, place: Place) -> None:
        gone = self._state is not None and name_of(place.address) in self._state.hidden
        self.hide_or_show.show_as("hidden" if gone else "shown", "Show this again" if gone else "Hide this")

    def _ask(self, signal: SignalInstance, *_: object) -> None:
        place = self.chosen
        if self.landmark and signal is self.go_wanted:
            self.landmark_wanted.emit(self.landmark)
        elif place is not None:
            signal.emit(place)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Whichever list has the keyboard is the one whose row the buttons act on."""
        if event.type() == QEvent.Type.FocusIn and watched in (self.tree, self.line) and watched is not self._rows:
            self._choose(self.tree if watched is self.tree else self.line)
        return False

    def _menu(self, rows: QTreeWidget | QListWidget, at: QPoint) -> None:
        """What can be done with a row, under the pointer."""
        self._choose(rows)
        menu = QMenu(self)
        for button, signal in zip(self.buttons, (self.peel_wanted, self.isolate_wanted, self.hide_wanted, self.go_wanted), strict=True):
            menu.addAction(button.icon(), button.toolTip(), partial(self._ask, signal))
        menu.addAction("Copy the address", partial(self._ask, self.copy_wanted))
        menu.popup(rows.viewport().mapToGlobal(at))

    def show_state(self, state: ViewState) -> None:
        """Follow the state: rebuild for another City, else mark what is peeled, isolated and where the eye is."""
        if state.city.unscarred != self._spec:
            self._spec = state.city.unscarred
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
        self.tree.addTopLevelItem(self._landmarks())
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
        if self._spec is not None and item.childCount() == 0 and item.data(0, _PATH) == _HEADING:
            self._stand_under(item, self._spec)
        elif self._spec is not None and item.childCount() == 0:
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
            named = name_of(_place_of(state.city, (index,)).address) in state.hidden
            gone = index >= count - state.peel or state.isolated not in (None, index) or named
            item.setForeground(0, lamp if here[:1] == (index,) else quiet if gone else shown)
            item.setForeground(1, quiet)
            item.setFont(0, _struck(item.font(0), gone))
        for row in range(self.line.count()):
            step = self.line.item(row)
            step.setFont(_struck(step.font(), name_of(step.data(_PATH).address) in state.hidden))
        place = self.chosen
        if place is not None:
            self._show_hidden(place)
        self.note.setText(_hidden_text(state, count))

    def themed(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        for button in self.buttons:
            button.themed(theme)
        if self._state is not None:
            self._mark(self._state)
