"""What the window does about styles: the panel, files of the user's own, and the folder they lie in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer, QUrl
from PySide6.QtGui import QDesktopServices

from geometry.export.atomic import OutputError
from viewer import moves, stylefile, styles
from viewer.errors import InputError
from viewer.qt.chooser import Choice
from viewer.qt.style_panel import label_of

if TYPE_CHECKING:
    from viewer.qt.window import Window

SETTLE_MS = 250
"""After a file in the folder changed: editors write in several steps."""
_NOTE = "Colours are in the style's file: save the style, open its folder, and what you change there shows at once."


class StyleDesk(QObject):
    """Between the panel, the store and the folder."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._asked = ""
        """The name of an existing file that was asked about: given again, it is replaced."""
        self.watcher = QFileSystemWatcher(self)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self.reread)
        self.watcher.directoryChanged.connect(self._settle.start)
        self.watcher.fileChanged.connect(self._settle.start)
        panel = window.stage.style_panel
        panel.tell(_NOTE)
        panel.style_wanted.connect(self.choose)
        panel.number_wanted.connect(self._tune)
        panel.seized.connect(window.let_go)
        panel.reset_wanted.connect(self._reset)
        panel.save_wanted.connect(self.save)
        panel.folder_wanted.connect(self.folder)
        panel.close_wanted.connect(lambda: self.show(False))

    def table(self) -> dict[str, Callable[[], None]]:
        """Requests by name."""
        return {
            "styles": lambda: self.show(not self._window.stage.styling),
            "style.save": self.save,
            "style.folder": self.folder,
            "style.reread": lambda: self._window.say("The styles are read anew" if self.reread() else "Not all styles can be read"),
        }

    def choices(self) -> list[Choice]:
        """Every style, for the palette."""
        return [Choice(f"Style: {styles.style(n).title}", "style", lambda n=n: self.choose(n)) for n in styles.names() if _sound(n)]  # type: ignore[misc]

    def show(self, shown: bool) -> None:
        """Open the panel in the inspector's place, or close it."""
        stage = self._window.stage
        stage.show_styling(shown)
        if shown:
            self.reread()
            stage.style_panel.choice.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            stage.canvas.surface.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose(self, name: str) -> None:
        """Another style, as its file has it."""
        try:
            title = styles.style(name).title
        except InputError as error:
            self._window.stage.style_panel.tell(str(error), True)
            return
        self._window.change(moves.styled(self._window.state, name), f"Style {title.lower()}")

    def _tune(self, name: str, value: float) -> None:
        held = self._window.stage.style_panel.dials[name].slider.isSliderDown()
        self._window.act(moves.tuned(self._window.state, name, value), label_of(name), f"tune.{name}", held)

    def _reset(self, name: str) -> None:
        state = self._window.state
        after = moves.untuned(state, name) if name else moves.style_reset(state)
        self._window.change(after, f"{label_of(name)} as the style has it" if name else "Style as its file has it")

    def save(self) -> None:
        """Ask for a name, and write the style as it is now."""
        self._asked = ""
        self._window.stage.chooser.open("Save as style", "A name, like “Red dawn”", [], self._saved)

    def _saved(self, text: str) -> str:
        """What is wrong with a name, or nothing: then the style is written and chosen."""
        title, state = " ".join(text.split()), self._window.state
        try:
            name = stylefile.name_of(title)
            path = stylefile.path_of(name)
            if path.exists() and name != self._asked:
                self._asked = name
                return f"you have a style '{name}'; press Return again to replace it, or choose another name"
            stylefile.save(styles.style(state.style, state.tuned), title, force=name == self._asked)
        except (InputError, OutputError) as error:
            return str(error)
        self.reread()
        self._window.change(moves.styled(state, name), f"Style {title.lower()}")
        self._window.say(f"Saved {path}", 5.0)
        return ""

    def folder(self) -> None:
        """Show the user's own styles in the desktop's file manager; say where they lie if it has none."""
        try:
            folder = stylefile.path_of("any").parent
            folder.mkdir(parents=True, exist_ok=True)
        except (InputError, OSError) as error:
            self._window.say(str(error), 8.0)
            return
        self._watch()
        opened = QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
        self._window.say(f"Your styles are in {folder}" if opened else f"Your styles go into {folder}", 8.0)

    def reread(self) -> bool:
        """Read all styles again; False, and the panel says why, if a file is wrong."""
        troubles = styles.reread()
        self._watch()
        panel = self._window.stage.style_panel
        panel.tell(troubles[0] if troubles else _NOTE, bool(troubles))
        panel.show_state(self._window.state)
        self._window.loop.wake()
        return not troubles

    def _watch(self) -> None:
        """Hear of changes in the folder, once there is one, and in its files."""
        folder = styles.own_folder()
        wanted = [str(path) for path in _inside(folder)] if folder is not None else []
        heard = {*self.watcher.files(), *self.watcher.directories()}
        fresh = [path for path in wanted if path not in heard]
        if fresh:
            self.watcher.addPaths(fresh)


def _inside(folder: Path) -> list[Path]:
    return [folder, *sorted(folder.glob("*.toml"))[:200]] if folder.is_dir() else []


def _sound(name: str) -> bool:
    try:
        styles.style(name)
    except InputError:
        return False
    return True
