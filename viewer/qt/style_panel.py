"""The style panel: which style, and a slider for every number of it. It asks; the window does."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from viewer.moves import HAZE, style_number
from viewer.qt.theme import Theme
from viewer.qt.widgets import IconButton, caption, plain, rule, scrolled
from viewer.state import ViewState
from viewer.styles import PARAMETERS, Parameter, names, numbers, style

STEPS = 1000
_GROUPS = {"light": "Light", "grade": "Picture", "line": "Lines", "haze": "Air"}
_LABELS = {"line.weight": "Contours", "line.hatch": "Hatching", "line.black": "Blacks"}
ROWS: dict[str, Parameter] = {
    **{name: PARAMETERS[name] for name in numbers()},
    HAZE: Parameter(1.0, "Haze of this view, in any style.", 0.0, 10.0),
}
"""What has a slider: the numbers of a style, and the haze of the view."""


def label_of(name: str) -> str:
    """`grade.exposure` -> Exposure."""
    return _LABELS.get(name) or name.rpartition(".")[2].capitalize()


def _bent(row: Parameter) -> bool:
    """Whether the lower end of a range is the one that matters, and gets more of the slider."""
    assert isinstance(row.default, float)
    return row.default - row.low < 0.3 * (row.high - row.low)


def to_step(row: Parameter, value: float) -> int:
    """Where on its slider a value stands, 0 to STEPS."""
    share = min(max((value - row.low) / (row.high - row.low), 0.0), 1.0)
    return round(STEPS * (share**0.5 if _bent(row) else share))


def to_value(row: Parameter, step: int) -> float:
    """The value of a slider, to three places that matter."""
    share = step / STEPS
    value = row.low + (row.high - row.low) * (share * share if _bent(row) else share)
    return min(max(float(f"{value:.3g}"), row.low), row.high)


class Dial(QWidget):
    """One number: its name, slider, value, and a way back to the style's own."""

    moved = Signal(float)
    seized = Signal()
    """A hand takes the slider."""
    reset_wanted = Signal()

    def __init__(self, name: str, row: Parameter, theme: Theme) -> None:
        super().__init__()
        self.row = row
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, STEPS)
        self.slider.setSingleStep(10)
        self.slider.setPageStep(100)
        self.value = plain(points=9.0)
        self.value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.value.setFixedWidth(42)
        self.back = IconButton("reset", f"{label_of(name)} as the style has it", theme)
        self.back.setIconSize(QSize(14, 14))
        self.back.setFixedSize(22, 22)
        label = plain(label_of(name), quiet=True)
        label.setFixedWidth(76)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        for widget, stretch in ((label, 0), (self.slider, 1), (self.value, 0), (self.back, 0)):
            line.addWidget(widget, stretch)
        label.setBuddy(self.slider)
        policy = self.back.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.back.setSizePolicy(policy)
        self.slider.setAccessibleName(label_of(name))
        self.slider.setAccessibleDescription(row.help)
        self.setToolTip(f"{row.help} {row.low:g} to {row.high:g}")
        self.slider.valueChanged.connect(lambda step: self.moved.emit(to_value(row, step)))
        self.slider.sliderPressed.connect(self.seized)
        self.back.clicked.connect(self.reset_wanted)

    def show_value(self, value: float, own: float) -> None:
        """Follow the state without asking for anything."""
        with QSignalBlocker(self.slider):
            self.slider.setValue(to_step(self.row, value))
        self.value.setText(f"{value:.3f}" if self.row.high < 1.0 else f"{value:.2f}")
        self.back.setVisible(value != own)
        self.value.setProperty("role", "" if value != own else "quiet")
        self.value.style().polish(self.value)


class StylePanel(QFrame):
    """Stands where the inspector stands, while it is open."""

    style_wanted = Signal(str)
    number_wanted = Signal(str, float)
    seized = Signal()
    reset_wanted = Signal(str)
    """The number to set back; all of them if it is empty."""
    save_wanted = Signal()
    folder_wanted = Signal()
    close_wanted = Signal()

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAccessibleName("Style")
        self._listed: tuple[tuple[str, str], ...] = ()
        self.choice = QComboBox()
        self.choice.setAccessibleName("Style")
        self.choice.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.folder = IconButton("folder", "Open the folder of your own styles", theme)
        self.reset = IconButton("reset", "All numbers as the style has them", theme)
        self.shut = IconButton("close", "Close the style panel", theme)
        self.dials = {name: Dial(name, row, theme) for name, row in ROWS.items()}
        self.save = QPushButton("Save as style…")
        self.note = plain(quiet=True, points=8.5, wrap=True)
        self._groups: list[tuple[QWidget, tuple[str, ...]]] = []
        self._lay_out()
        self.choice.activated.connect(lambda row: self.style_wanted.emit(self.choice.itemData(row)))
        self.reset.clicked.connect(lambda: self.reset_wanted.emit(""))
        for button, signal in ((self.save, self.save_wanted), (self.folder, self.folder_wanted), (self.shut, self.close_wanted)):
            button.clicked.connect(signal)
        for name, dial in self.dials.items():
            dial.moved.connect(partial(self.number_wanted.emit, name))
            dial.seized.connect(self.seized)
            dial.reset_wanted.connect(partial(self.reset_wanted.emit, name))
        self.hide()

    def _lay_out(self) -> None:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(16, 12, 12, 4)
        column.setSpacing(7)
        head = QHBoxLayout()
        head.addWidget(caption("Style"))
        head.addStretch()
        for button in (self.reset, self.folder, self.shut):
            head.addWidget(button)
        column.addLayout(head)
        column.addWidget(self.choice)
        for key, title in _GROUPS.items():
            held = tuple(name for name in ROWS if name.partition(".")[0] == key)
            group = self._group(title, held)
            self._groups.append((group, held))
            column.addWidget(group)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolled(inside, self), 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 0, 12, 12)
        foot.setSpacing(8)
        for widget in (rule(), self.note, self.save):
            foot.addWidget(widget)
        outer.addLayout(foot)

    def _group(self, title: str, held: tuple[str, ...]) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(1)
        grid.addWidget(rule(), 0, 0)
        heading: QLabel = caption(title)
        heading.setContentsMargins(0, 4, 0, 1)
        grid.addWidget(heading, 1, 0)
        for index, name in enumerate(held):
            grid.addWidget(self.dials[name], index + 2, 0)
        return box

    @property
    def steps(self) -> tuple[QWidget, ...]:
        """What Tab goes through."""
        ends = [widget for dial in self.dials.values() for widget in (dial.slider, dial.back)]
        return (self.choice, self.reset, self.folder, self.shut, *ends, self.save)

    def show_state(self, state: ViewState) -> None:
        """Follow the state."""
        if self.isHidden():
            return
        self._show_names(state.style)
        now, own = style(state.style, state.tuned), style(state.style)
        for group, held in self._groups:
            for name in held:
                self.dials[name].setHidden(now.drawing not in ROWS[name].only)
            group.setHidden(all(now.drawing not in ROWS[name].only for name in held))
        for name, dial in self.dials.items():
            dial.show_value(style_number(state, name), ROWS[HAZE].default if name == HAZE else own.values[name])  # type: ignore[arg-type]
        self.reset.setEnabled(bool(state.tuned))

    def _show_names(self, chosen: str) -> None:
        known = tuple(dict.fromkeys([*names(), chosen]))
        listed = tuple((name, _title(name)) for name in known)
        with QSignalBlocker(self.choice):
            if listed != self._listed:
                self._listed = listed
                self.choice.clear()
                for name, title in listed:
                    self.choice.addItem(title, name)
            self.choice.setCurrentIndex(known.index(chosen))

    def tell(self, text: str, alert: bool = False) -> None:
        """The line over the button: what can be done, or what is wrong with a file."""
        self.note.setText(text)
        self.note.setProperty("role", "alert" if alert else "quiet")
        self.note.style().polish(self.note)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_wanted.emit()
        else:
            super().keyPressEvent(event)

    def themed(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        for button in (self.folder, self.reset, self.shut, *(dial.back for dial in self.dials.values())):
            button.themed(theme)


def _title(name: str) -> str:
    """Its title; with its name where that says more, and its name alone where its file cannot be read."""
    from viewer.errors import InputError

    try:
        title = style(name).title
    except InputError:
        return name
    return title if "-".join(title.lower().split()) == name else f"{title} ({name})"
