"""What the window does for the rows of the action table that are requests: files, palette, flight, pictures.

What a request works with is imported when it is made: a window that opens waits for none of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from difflib import get_close_matches
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QStandardPaths
from PySide6.QtGui import QGuiApplication, QImage
from PySide6.QtWidgets import QFileDialog, QMessageBox

from geometry.cityfile import CityFile, preset, preset_names, write
from geometry.nest import bands_of
from geometry.place import Place
from geometry.spec import with_changes
from viewer.about import ABOUT
from viewer.actions import ACTIONS
from viewer.errors import BUG, InputError, exit_code, one_line
from viewer.journey.descent import band_camera
from viewer.journey.wayfinder import Start, Wayfinder
from viewer.link import link
from viewer.lore import canon
from viewer.measure import clock
from viewer.qt.chooser import Choice
from viewer.qt.keysheet import key_label
from viewer.qt.riding import Riding
from viewer.qt.style_desk import StyleDesk
from viewer.qt.surprise import Surprise
from viewer.qt.travels import JOURNEY_S, Travels
from viewer.qt.work import Work
from viewer.state import ViewState
from viewer.views import view
from viewer.whereabouts import outside

if TYPE_CHECKING:
    from viewer.journey.dive import Path as Way
    from viewer.journey.tour import Tour
    from viewer.places.destination import Destination
    from viewer.qt.export_dialog import ExportDialog
    from viewer.qt.settings_dialog import SettingsDialog
    from viewer.qt.window import Window

SEARCH_MOST_S = 120.0
DIVE_S = 45.0
"""Seconds from outside the City to somebody in it: twelve powers of ten."""

OPENED = "Cities, pictures and models (*.toml *.png *.jpg *.jpeg *.webp *.exr *.glb);;All files (*)"


class Requests:
    """One method a request; `run` finds it by the action's id."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._file: Path | None = None
        self._search: Work | None = None
        self.dialog: ExportDialog | SettingsDialog | None = None
        self.styles = StyleDesk(window)
        self.surprise = Surprise(window)
        self.travels = Travels(window)
        self.riding = Riding(window)
        self.wayfinder, self.guide = Wayfinder(), Wayfinder()
        self.quitting = False
        self._table: dict[str, Callable[[], None]] = {
            "new": self.new,
            "open": self.open,
            "save": self.save,
            "save-as": self.save_as,
            "export": self.export,
            "screenshot": self.screenshot,
            "copy-link": self.copy_link,
            "quit": self.quit,
            "undo": lambda: self._history(window.store.undo, "Undone"),
            "redo": lambda: self._history(window.store.redo, "Done again"),
            "settings": self.settings,
            "fullscreen": self.fullscreen,
            "panels": lambda: window.stage.show_panels(not window.stage.panels_shown),
            "theme.system": lambda: window.set_theme("system"),
            "theme.dark": lambda: window.set_theme("dark"),
            "theme.light": lambda: window.set_theme("light"),
            "play": window.stage.timeline.toggle_play,
            "slower": lambda: window.say(f"{window.stage.timeline.pace(-1):g} hours a second"),
            "faster": lambda: window.say(f"{window.stage.timeline.pace(1):g} hours a second"),
            "dive": self.dive,
            "ride": self.riding.begin,
            "leave": self.leave,
            "fly": window.pilot.fly,
            "walk": window.pilot.walk,
            "palette": self.palette,
            "keys": window.stage.keysheet.toggle,
            "about": self.about,
            "canon": self.canon,
            "surprise": self.surprise.begin,
            **self.styles.table(),
            **self.travels.table(),
        }

    def run(self, name: str) -> None:
        """Fulfil a request. KeyError for one that nobody knows."""
        if name.startswith("bookmark."):
            _, what, number = name.split(".")
            self.travels.bookmark(what, int(number))
        else:
            self._table[name]()

    def close(self) -> None:
        """A dialog at work is cancelled; a search for a way down is let go."""
        self.surprise.close()
        self.travels.close()
        self.riding.close()
        self.wayfinder.close()
        self.guide.close()
        if self._search is not None:
            self._search.wait(10.0)
        if self.dialog is not None:
            self.dialog.close()

    def _history(self, step: Callable[[], str | None], word: str) -> None:
        """Undo or redo; a journey on its way ends here."""
        self._window.pilot.stop()
        title = step()
        nothing = "Nothing to take back" if word == "Undone" else "Nothing to do again"
        self._window.say(f"{word}: {title[0].lower()}{title[1:]}" if title else nothing)

    def tried(self, work: Callable[[], None]) -> None:
        """Errors that people can do something about are shown, not raised."""
        try:
            work()
        except Exception as error:  # noqa: BLE001
            self._window.guard.show(error)

    def _answered(self, work: Callable[[], None]) -> str:
        """What was wrong with what a person typed, in one line; empty if nothing was. A bug of ours is shown as one."""
        try:
            work()
        except Exception as error:  # noqa: BLE001
            if exit_code(error) == BUG:
                self._window.guard.show(error)
                return "this is a bug in the program; details are in the message and in the log"
            return one_line(error)
        return ""

    # Cities

    def new(self) -> None:
        """Choose a preset to start from."""
        rows = [Choice(preset(name).title or name, name, lambda name=name: self._begin(name)) for name in preset_names()]  # type: ignore[misc]
        self._window.stage.chooser.open("New City", "A preset, or a seed", rows, lambda text: self._answered(lambda: self._seeded(text)))

    def _begin(self, name: str) -> None:
        self._file = None
        self._show(view("opening", preset(name).spec), "New City")

    def _seeded(self, text: str) -> None:
        word = text.strip()
        if not (word.isascii() and word.isdecimal() and len(word) < 19):
            near = get_close_matches(word.lower(), preset_names(), 1, 0.4)
            hint = f"did you mean '{near[0]}'?" if near else "type a whole number of at most 18 digits"
            raise InputError(f"'{word[:40]}' is no preset and no seed; {hint}")
        spec = with_changes(self._window.state.city, {"seed": int(word)})
        self._file = None
        self._show(replace(self._window.state, city=spec), "New seed")

    def _show(self, state: ViewState, title: str) -> None:
        self._window.change(state, title)
        self._window.store.saved()

    def open(self) -> None:
        """Ask for a city file or a picture of ours."""
        name, _ = QFileDialog.getOpenFileName(self._window, "Open", str(_documents()), OPENED)
        if name:
            self.open_path(name)

    def open_path(self, text: str) -> None:
        """Open a city file, a picture or model of ours, or a link."""
        self.tried(lambda: self._open(self._destination(text)))

    def _destination(self, text: str) -> Destination:
        from viewer.places.destination import destination

        return destination(text, self._window.state)

    def _open(self, found: Destination) -> None:
        """One step of undo, whatever it was."""
        window = self._window
        self.travels.leave()
        if found.travel:
            window.stage.welcomed()
            window.pilot.travel(found.state.camera, JOURNEY_S, found.title, found.state)
            return
        self._show(found.state, found.title)
        self._file = found.file
        if found.file is not None:
            window.memory.settings.add_recent(os.path.abspath(found.file))
        window.say(found.title.replace("Open", "Opened", 1))

    def save(self) -> None:
        """To the file it came from."""
        if self._file is None:
            self.save_as()
        else:
            self.tried(lambda: self._save(self._file or Path()))

    def save_as(self) -> None:
        """Ask where."""
        start = self._file or _documents() / f"city-{self._window.state.city.seed}.city.toml"
        name, _ = QFileDialog.getSaveFileName(self._window, "Save city", str(start), "City files (*.toml)")
        if name:
            self.tried(lambda: self._save(Path(name if name.endswith(".toml") else name + ".city.toml")))

    def _save(self, path: Path) -> None:
        write(path, CityFile(self._window.state.city, title=f"City {self._window.state.city.seed}"))
        self._file = path
        self._window.store.saved()
        self._window.memory.settings.add_recent(str(path.absolute()))
        self._window.say(f"Saved {path.name}")

    def export(self) -> None:
        """The export dialog."""
        from viewer.qt.export_dialog import ExportDialog

        window = self._window
        self.dialog = ExportDialog(window, window.state, window.stage.inspector.address_text, _documents(), size=window.canvas.size)
        self.dialog.finished_with.connect(lambda text: window.say(text, 6.0))
        self.dialog.failed.connect(window.guard.show)
        self.dialog.show()

    def screenshot(self) -> None:
        """The view as it is, without panels, with its link inside."""
        self.tried(self._screenshot)

    def _screenshot(self) -> None:
        from viewer.drawing.picture import write_png

        window = self._window
        window.loop.rest()
        image = window.canvas.surface.grabFramebuffer().convertToFormat(QImage.Format.Format_RGB888)
        rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
        pixels = rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3)
        path = _free(_pictures(), f"megastructure-{window.state.city.seed}", ".png")
        write_png(path, pixels, {"city": link(window.state), "Software": "megastructure"})
        window.say(f"Saved {path}", 5.0)

    def copy_link(self) -> None:
        """To the clipboard."""
        QGuiApplication.clipboard().setText(link(self._window.state))
        self._window.say("The link to this view is on the clipboard")

    def settings(self) -> None:
        """The City's parameters."""
        from viewer.qt.settings_dialog import SettingsDialog

        self.dialog = SettingsDialog(self._window, self._window.state.city)
        self.dialog.chosen.connect(lambda spec: self._window.change(replace(self._window.state, city=spec), "Settings"))
        self.dialog.show()

    def quit(self) -> None:
        """Asks if the City is unsaved."""
        self.quitting = True
        self._window.close()

    # The window

    def fullscreen(self) -> None:
        """On or off."""
        window = self._window
        full = window.isFullScreen()
        window.menuBar().setVisible(full)
        window.showNormal() if full else window.showFullScreen()

    def palette(self) -> None:
        """All actions, by name."""
        rows = [Choice(a.title, key_label(self._window.keys[a.id]) or a.menu, lambda name=a.id: self._window.do(name)) for a in ACTIONS]  # type: ignore[misc]
        self._window.stage.chooser.open("All actions", "What do you want to do?", [*rows, *self.styles.choices()])

    def about(self) -> None:
        """What this is."""
        QMessageBox.about(self._window, "Megastructure", ABOUT)

    def canon(self) -> None:
        """What the story says, row by row, to search in; one that is chosen is told whole."""
        rows = [
            Choice(f"{row.id}  {row.said}", row.certainty, partial(self._tell, row.id), canon.told(row.id)) for row in canon.rows().values()
        ]
        self._window.stage.chooser.open("Canon", "A row, or words: “lifts”, “S13”", rows)

    def _tell(self, name: str) -> None:
        self._window.say(canon.told(name), 12.0)

    # Going

    def to_bands(self, bands: tuple[int, ...]) -> None:
        """Travel into the void of a stratum or band; for the whole City, out."""
        self.travels.leave()
        name = f"stratum {bands[0]}" if len(bands) == 1 else f"band {'.'.join(map(str, bands))}" if bands else "the City"
        self._window.go(band_camera(self._window.state, bands), 3.5, f"Go to {name}")

    def open_address(self, text: str) -> str:
        """Travel to an address; a link or a file is opened. What is wrong with the text, in one line, or nothing."""
        return self._answered(lambda: self._open(self._destination(text)))

    def to_place(self, place: Place) -> None:
        """Travel before a place, or into it."""
        if not place.address.tile and not place.address.steps:
            self.to_bands(bands_of(self._window.state.city, place.address))
            return
        self.travels.to(place)

    def copy_text(self, text: str) -> None:
        """An address, to the clipboard."""
        QGuiApplication.clipboard().setText(text)
        self._window.say("The address is on the clipboard")

    def dive(self) -> None:
        """From wherever one is down to somebody at a landing's rail. Finding the way takes a while, so it is waited for in a thread."""
        state = self._window.state
        inside = Start(state.city, state.camera, out=False) if not outside(state) else None
        self._look(
            "Looking for a way down", lambda: self.guide.path(inside) if inside else self.wayfinder.path(state.city.unscarred), "Dive"
        )

    def leave(self) -> None:
        """Out under the stars: back on the way that one came, if one has just come, or on one that is looked for."""
        state = self._window.state
        if outside(state):
            self._window.say("This is outside the City already")
        elif not self._window.pilot.retrace(outside, "Fly out"):
            self._look("Looking for a way out", lambda: self.guide.path(Start(state.city, state.camera, out=True)), "Fly out")

    def _look(self, said: str, way: Callable[[], Way], title: str) -> None:
        """Wait in a thread for a way from where the eye is, and fly it."""
        self.travels.leave()
        state = self._window.state
        self._window.say(f"{said}; Esc calls it off", SEARCH_MOST_S)

        def look(report: object) -> Tour:
            from viewer.journey.dive import dive_from

            return dive_from(state, way(), DIVE_S)

        search = Work(self._window, look)
        search.done.connect(lambda tour: self._dive_along(tour, title) if self._search is search else None)
        search.failed.connect(lambda error: self._failed(error) if self._search is search else None)
        self._search = search
        search.start()

    def called_off(self) -> None:
        """No dive any more, if a way for one is still looked for; what is found comes too late."""
        if self._search is not None:
            self._search = None
            self.guide.close()
            self._window.say("The search for a way is called off")

    def _failed(self, error: BaseException) -> None:
        self._search = None
        self._window.guard.show(error)

    def _dive_along(self, tour: Tour, title: str) -> None:
        self._search = None
        ends, state = tour.state_at(tour.seconds), self._window.state
        turned = f"; the clock goes from {clock(state.hour)} to {clock(ends.hour)}" if clock(ends.hour) != clock(state.hour) else ""
        self._window.say(f"{'Diving' if title == 'Dive' else 'Flying out'}{turned}; Esc stops", 5.0 if turned else 3.0)
        self._window.stage.welcomed()
        self._window.pilot.follow(tour.state_at, tour.seconds, title)


def _folder(kind: QStandardPaths.StandardLocation) -> Path:
    found = Path(QStandardPaths.writableLocation(kind) or ".")
    return found if found.is_dir() else Path.cwd()


def _documents() -> Path:
    return _folder(QStandardPaths.StandardLocation.DocumentsLocation)


def _pictures() -> Path:
    return _folder(QStandardPaths.StandardLocation.PicturesLocation)


def _free(folder: Path, stem: str, suffix: str) -> Path:
    """The first of stem-1, stem-2, … that does not exist."""
    return next(path for n in range(1, 1_000_000) if not (path := folder / f"{stem}-{n}{suffix}").exists())
