"""The main window: one store, one loop, one pilot, panels that follow the state, and a row of the action table for every wish."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from time import monotonic

from PySide6.QtCore import QByteArray, QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QMessageBox, QStyle

from geometry.landmarks import PREFIX
from geometry.place import Place
from viewer import parting
from viewer.actions import ACTIONS, MENUS, Action, by_key, find, keys_by_id
from viewer.camera import Camera
from viewer.command.report import log_path
from viewer.measure import light_text
from viewer.moves import cut_away
from viewer.qt import theme as themes
from viewer.qt.emitter import Emitter
from viewer.qt.errors import Guard
from viewer.qt.keysheet import key_label
from viewer.qt.locator import Locator
from viewer.qt.loop import Loop
from viewer.qt.pilot import Pilot
from viewer.qt.protocols import MakeComposer, MakeRenderer, MakeScene
from viewer.qt.requests import Requests
from viewer.qt.settings import Settings
from viewer.qt.stage import Stage
from viewer.session import Session
from viewer.state import ViewState
from viewer.store import Store

SAVE_MS = 4000
"""How often the session is saved."""
PANELS_MS = 80
"""How often at most the panels follow the state."""
BURST_S = 0.5
"""A key that comes again within this time is the same act."""


@dataclass(frozen=True, slots=True)
class Memory:
    """What outlives the window."""

    settings: Settings = field(default_factory=Settings)
    session: Session = field(default_factory=Session)
    keys: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Other keys of some actions, by id."""


def _plain_key(key: str) -> bool:
    """Whether a key may also be typed: such keys belong to the view alone."""
    return not any(key.startswith(word) for word in ("Ctrl+", "Alt+")) and not (key[0] == "F" and key[1:].isdecimal())


class Window(QMainWindow):
    """The City in a window."""

    closed = Signal()

    def __init__(
        self, state: ViewState, make_composer: MakeComposer, make_renderer: MakeRenderer, make_scene: MakeScene, memory: Memory
    ) -> None:
        super().__init__()
        self.memory = memory
        self.store = Store(state)
        self._keys = by_key(memory.keys)
        self.keys = keys_by_id(memory.keys)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self._wish = memory.settings.text("theme", "system")
        self.theme = themes.chosen(application, self._wish)
        self.stage = Stage(make_renderer, self.theme, self.keys)
        self.canvas = self.stage.canvas
        self.setCentralWidget(self.stage)
        self.guard = Guard(self, str(log_path()))
        self.loop = Loop(self.store, self.canvas, make_composer, make_scene)
        self.pilot = Pilot(self.store, self.canvas, lambda key: key in self._keys)
        self.pilot.holds = self.stage.handles.held
        self.pilot.guided(self.loop)
        self.requests = Requests(self)
        self.emitter = Emitter(self)
        self.locator = Locator(self)
        self._follow = QTimer(self)
        self._follow.setSingleShot(True)
        self._follow.setInterval(PANELS_MS)
        self._saving = QTimer(self)
        self._reading = QTimer(self)
        self._reading.setSingleShot(True)
        self._unread: Place | None = None
        self._last_act = ("", 0, 0.0)
        self._light_said = ""
        self._build_menus()
        self._connect()
        self._restore_geometry()
        self.set_theme(self._wish)
        self.setAcceptDrops(True)
        self._show_panels()
        self._saving.start(SAVE_MS)

    def _build_menus(self) -> None:
        self.rows: dict[str, QAction] = {}
        bar = self.menuBar()
        bar.setNativeMenuBar(False)
        bar.setFont(themes.text_font(9.5))
        for name in MENUS:
            menu = bar.addMenu(name)
            menu.setFont(themes.text_font(9.5))
            shelves = {
                "bookmark": QMenu("Bookmarks", menu),
                "theme": QMenu("Theme", menu),
                "style": QMenu("Style", menu),
                "power": QMenu("Overlays", menu),
                "beam": QMenu("Gravitational Beam Emitter", menu),
            }
            for action in ACTIONS:
                if action.menu == name:
                    shelves.get(action.id.partition(".")[0], menu).addAction(self._row(action))
            for shelf in shelves.values():
                shelf.setFont(menu.font())
                if shelf.actions():
                    menu.addMenu(shelf)
            if name == "File":
                self._recent_menu(menu)

    def _row(self, action: Action) -> QAction:
        """Keys that may also be typed are only shown here: the view handles them, so that fields and sliders keep theirs."""
        row = QAction(action.title, self)
        shortcuts = [key for key in self.keys[action.id] if not _plain_key(key)]
        typed = [key for key in self.keys[action.id] if _plain_key(key)]
        if shortcuts:
            row.setShortcuts([QKeySequence(key) for key in shortcuts])
        elif typed:
            row.setText(f"{action.title}\t{typed[0]}")
        row.triggered.connect(partial(self.do, action.id))
        self.rows[action.id] = row
        return row

    def _recent_menu(self, menu: QMenu) -> None:
        recent = QMenu("Recent", menu)
        recent.setFont(menu.font())
        recent.aboutToShow.connect(lambda: self._fill_recent(recent))
        menu.insertMenu(self.rows["save"], recent)

    def _fill_recent(self, menu: QMenu) -> None:
        menu.clear()
        for path in self.memory.settings.recent():
            menu.addAction(path.replace("&", "&&"), partial(self.requests.open_path, path))
        if not menu.actions():
            menu.addAction("None yet").setEnabled(False)

    def _connect(self) -> None:
        stage = self.stage
        self.store.listen(self._changed)
        self._follow.timeout.connect(self._show_panels)
        self._saving.timeout.connect(self.save_session)
        self.pilot.key_pressed.connect(lambda key: self.do(self._keys[key].id))
        self.pilot.flight_changed.connect(self._flight_said)
        self.pilot.set_out.connect(self.stage.welcomed)
        self.pilot.leaving.connect(self.requests.travels.leave)
        self.pilot.escaped.connect(self.requests.called_off)
        self.pilot.escaped.connect(self.requests.travels.called_off)
        self.pilot.walker.said.connect(lambda line: self.say(line, 5.0))
        self.pilot.walker.failed.connect(self.guard.show)
        self.pilot.walker.began.connect(stage.welcomed)
        self.loop.busy_changed.connect(lambda busy: stage.growing.show_busy(busy, self.loop.content is None))
        for source in (self.loop.failed, self.canvas.failed):
            source.connect(self.guard.show)
        stage.outline.peel_wanted.connect(lambda place: self.change(parting.peeled_to(self.state, place), "Peel"))
        stage.outline.isolate_wanted.connect(lambda place: self.change(parting.alone(self.state, place), "Isolate"))
        stage.outline.hide_wanted.connect(lambda place: self.change(parting.hidden_toggled(self.state, place.address), "Hide or show"))
        stage.outline.go_wanted.connect(self.requests.to_place)
        stage.outline.copy_wanted.connect(lambda place: self.requests.copy_text(str(place.address)))
        stage.outline.chosen_changed.connect(self._chosen)
        stage.outline.landmark_chosen.connect(stage.inspector.show_card)
        stage.outline.landmark_wanted.connect(lambda name: self.requests.open_path(PREFIX + name))
        stage.inspector.address_wanted.connect(self.requests.copy_text)
        self.guard.told.connect(lambda line: self.say(line, 9.0))
        self.loop.shown.connect(lambda scene: self._drawn())
        self._reading.timeout.connect(self._read)
        self.locator.found.connect(self._located)
        self.locator.tallest_found.connect(stage.inspector.show_tallest)
        self.locator.failed.connect(self.guard.show)
        stage.inspector.link_wanted.connect(lambda: self.do("copy-link"))
        stage.timeline.day_night_wanted.connect(lambda: self.do("light.day-night"))
        stage.timeline.style_wanted.connect(lambda: self.do("styles"))
        for slider in (stage.timeline.hour, stage.timeline.year):
            slider.sliderPressed.connect(self.let_go)
        stage.timeline.hour_wanted.connect(self._set_hour)
        stage.timeline.year_wanted.connect(self._set_year)
        stage.timeline.played.connect(lambda hours: self.store.drift(replace(self.state, hour=(self.state.hour + hours) % 24.0)))
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._scheme_changed)

    @property
    def state(self) -> ViewState:
        """The present state."""
        return self.store.state

    def change(self, state: ViewState, title: str, group: Hashable = None) -> None:
        """One step of undo. Another eye ends a journey."""
        if state.camera != self.state.camera:
            if state.beta == self.state.beta:
                state = replace(state, beta=0.0)  # whoever goes elsewhere rides no more
            self.pilot.stop()
        self.store.put(state, title, group)

    def do(self, name: str, *_: object) -> None:
        """Run an action of the table, by id."""
        action = find(name)
        if action.request is not None:
            self.requests.run(name)
        elif name == "beam.fire":  # the same change, after a charge
            self.emitter.fire()
        elif callable(action.run):
            former = self.state
            self.change(action.run(former), action.title, self._act(name))
            if cut_away(self.state) and not cut_away(former):
                self.say("What you look at is cut away; Ctrl+Z brings it back", 8.0)
            if name == "view.lost" and self.state.lost:
                self.say(f"Lost: nothing says where you are. {key_label(self.keys[name])} or Ctrl+Z finds you again", 6.0)
            if name == "beam.next" or name.startswith("beam.power"):
                self.emitter.told_power()
            if name == "light.day-night":
                self._light_said = light_text(self.state)
                self.say(self._light_said, 6.0)

    def _act(self, name: str, held: bool = False) -> tuple[str, int]:
        """The group of undo: a key or slider that is held, or pressed again at once, is one act."""
        last, number, at = self._last_act
        now = monotonic()
        if last != name or not (held or now - at < BURST_S):
            number += 1
        self._last_act = (name, number, now)
        return name, number

    def act(self, state: ViewState, title: str, name: str, held: bool) -> None:
        """A change by a slider: what is done in one drag is one step of undo."""
        self.change(state, title, self._act(name, held))

    def let_go(self) -> None:
        """A slider is taken in hand: what follows is another act."""
        self._last_act = ("", self._last_act[1], 0.0)

    def go(self, camera: Camera, seconds: float = 2.2, title: str = "Go") -> None:
        """Travel to a camera; whoever travels needs no welcome."""
        self.stage.welcomed()
        self.pilot.travel(camera, seconds, title)

    def _changed(self, old: ViewState, new: ViewState) -> None:
        self.stage.handles.show_state(new, self.stage.width(), self.stage.height())
        if not self._follow.isActive():
            self._follow.start()

    def _show_panels(self) -> None:
        state, stage = self.state, self.stage
        if stage.toast.text() == self._light_said != light_text(state):
            stage.toast.hide()  # what it says is no longer so here
        self.locator.look(state)
        stage.outline.show_state(state)
        stage.inspector.show_state(state)
        stage.timeline.show_state(state)
        stage.style_panel.show_state(state)
        stage.scale.show_state(state, stage.height())
        stage.show_lost(state.lost)
        stage.powers.show_state(state)
        stage.orbits.show_state(state)
        stage.handles.show_state(state, stage.width(), stage.height())
        mark = " •" if self.store.unsaved else ""
        self.setWindowTitle(f"{'Lost' if state.lost else f'City {state.city.seed}'}{mark} — Megastructure")
        for name, title in (("undo", self.store.can_undo), ("redo", self.store.can_redo)):
            self.rows[name].setEnabled(title is not None)
            self.rows[name].setText(f"{name.capitalize()} {title.lower()}" if title else name.capitalize())

    def _chosen(self, place: Place) -> None:
        """Another place in the outline. The first picture waits for nothing that canon says of it."""
        self._unread = place
        if self.loop.content is not None:
            self._read()

    def _drawn(self) -> None:
        self.stage.powers.drawn_anew()
        self.stage.orbits.drawn_anew()
        if self._unread is not None:
            self._reading.start(0)

    def _read(self) -> None:
        place, self._unread = self._unread, None
        if place is not None:
            self.stage.inspector.show_note(place)

    def _located(self, line: tuple[Place, ...]) -> None:
        self.stage.outline.show_line(line)
        self.stage.inspector.show_place(self.state, line[-1])

    def _set_hour(self, hour: float) -> None:
        held = self.stage.timeline.hour.isSliderDown()
        self.act(replace(self.state, hour=hour % 24.0), "Hour", "hour", held)

    def _set_year(self, year: float) -> None:
        held = self.stage.timeline.year.isSliderDown()
        self.act(replace(self.state, year=year), "Year", "year", held)

    def say(self, text: str, seconds: float = 3.0) -> None:
        """A passing message."""
        self.stage.toast.say(text, seconds)

    def _flight_said(self, flying: bool) -> None:
        self.stage.welcomed()
        self.say("Flying: W A S D, E Q up and down, drag to look, wheel for speed, Esc ends" if flying else "No longer flying", 5.0)

    def set_theme(self, wish: str) -> None:
        """dark, light or system."""
        self._wish = wish
        self.memory.settings.put("theme", wish)
        for name in ("system", "dark", "light"):
            self.rows[f"theme.{name}"].setCheckable(True)
            self.rows[f"theme.{name}"].setChecked(name == wish)
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        self.theme = themes.chosen(application, wish)
        application.setPalette(themes.palette(self.theme))
        application.setStyleSheet(themes.style_sheet(self.theme))
        self.stage.themed(self.theme)

    def _scheme_changed(self) -> None:
        if self._wish == "system":
            self.set_theme("system")

    def _restore_geometry(self) -> None:
        room = QGuiApplication.primaryScreen().availableSize()
        frame = self.style().pixelMetric(QStyle.PixelMetric.PM_TitleBarHeight)  # the screen holds it, too, and a size is told without it
        self.resize(min(1440, room.width()), min(900, room.height() - frame))
        block = self.memory.settings.block("geometry")
        if block.isEmpty() or not self.restoreGeometry(block):
            return
        screens = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        if screens and not any(screen.intersects(self.frameGeometry()) for screen in screens):
            self.move(screens[0].topLeft())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Another size is another cut and another scale."""
        super().resizeEvent(event)
        self.loop.wake()
        self._follow.start()

    def save_session(self) -> None:
        """Keep the view, so that a kill -9 loses little."""
        self.memory.session.save(self.state)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """A city file, a picture of ours, or a link."""
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Open what was dropped."""
        urls = event.mimeData().urls()
        self.requests.open_path(urls[0].toLocalFile() if urls and urls[0].isLocalFile() else event.mimeData().text())

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Save the session, then take everything down in the order VTK needs."""
        if self.store.unsaved and event.spontaneous() is False and self.requests.quitting and not self._may_lose():
            self.requests.quitting = False
            event.ignore()
            return
        self._saving.stop()
        self._follow.stop()
        self._reading.stop()
        self.stage.timeline.stop()
        self.pilot.close()
        self.requests.close()
        self.emitter.close()
        self.locator.close()
        self.memory.session.end(self.state)
        self.memory.settings.put("geometry", QByteArray(self.saveGeometry()))
        self.memory.settings.sync()
        QGuiApplication.styleHints().colorSchemeChanged.disconnect(self._scheme_changed)
        self.loop.close()
        self.canvas.close()
        self.guard.remove()
        super().closeEvent(event)
        self.closed.emit()

    def _may_lose(self) -> bool:
        answer = QMessageBox.question(
            self,
            "Megastructure",
            "This City is not saved. Quit all the same?",
            QMessageBox.StandardButton.Discard | QMessageBox.StandardButton.Cancel,
        )
        return answer == QMessageBox.StandardButton.Discard
