"""The application: one window, signals of the system, the first run, and the session of last time."""

from __future__ import annotations

import os
import signal
import socket
import sys
from collections.abc import Callable, Sequence
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer
from PySide6.QtWidgets import QApplication

from viewer.actions import by_id
from viewer.command.display import problem
from viewer.command.report import LOG, log_path, open_log
from viewer.compose import scene
from viewer.composer_process import OPENING_SIZE, ComposerProcess
from viewer.config import load
from viewer.errors import OK, DisplayError
from viewer.qt import theme as themes
from viewer.qt.collector import Collector
from viewer.qt.overlay import SHORTCUTS, Strip
from viewer.qt.window import Memory, Window
from viewer.session import Lost, Session
from viewer.state import ViewState

_AT_LEISURE_MS = 6000
"""After so long the window has drawn what it opens on, and a way to dive is looked for, before somebody asks."""


def application(argv: Sequence[str] = ()) -> QApplication:
    """The one QApplication of this process."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else _made(argv)
    if app.findChild(Collector) is None:
        Collector(app)
    return app


def _made(argv: Sequence[str]) -> QApplication:
    QApplication.setApplicationName("megastructure")
    QApplication.setApplicationDisplayName("Megastructure")
    QApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
    app = QApplication([*(argv or ["megastructure"])][:1])
    app.setStyle("Fusion")
    app.setFont(themes.text_font())
    app.setWindowIcon(themes.icon("app", themes.DARK.accent, 64))
    return app


def open_window(state: ViewState, memory: Memory | None = None, composer: ComposerProcess | None = None) -> Window:
    """A window on the real City, by a composer that may be at work on this state already. Needs an application."""
    from viewer.drawing.renderer import Renderer

    unfolding = composer or ComposerProcess()
    window = Window(state, lambda _, ready: unfolding.tell(ready), Renderer, scene, memory or Memory())
    if composer is not None:
        window.loop.expect(state, OPENING_SIZE)
    return window


class Signals(QObject):
    """SIGINT and SIGTERM close the window like a person would; Qt alone would not hear them for seconds."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self.code = OK
        self._ours, theirs = socket.socketpair()
        self._theirs = theirs
        for end in (self._ours, theirs):
            end.setblocking(False)
        self._former = {number: signal.signal(number, self._handle) for number in (signal.SIGINT, signal.SIGTERM)}
        self._former_fd = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        self._notifier = QSocketNotifier(self._ours.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self.code = 128 + number

    def _woken(self) -> None:
        self._ours.recv(64)
        if self.code != OK:
            self._window.close()

    def remove(self) -> None:
        """Give the signals back."""
        self._notifier.setEnabled(False)
        signal.set_wakeup_fd(self._former_fd)
        for number, handler in self._former.items():
            signal.signal(number, handler)
        self._ours.close()
        self._theirs.close()


def welcome(window: Window) -> None:
    """The first run shows four shortcuts and the dive; after a crash the lost session is offered instead."""
    settings = window.memory.settings
    if settings.warning:
        window.say(settings.warning, 8.0)
    lost = window.memory.session.lost()
    if lost is not None:
        _offer_lost(window, lost)
    elif not settings.flag("welcomed", False):
        strip = Strip(window.stage, SHORTCUTS, "Dive", "Close")
        strip.accepted.connect(lambda: window.do("dive"))
        _offer(window, strip, lambda: settings.put("welcomed", True))


def _remapped() -> dict[str, tuple[str, ...]]:
    """Keys of the configuration; ids that no action has are logged and left out."""
    wanted = load(None).keys
    for name in wanted.keys() - by_id().keys():
        LOG.warning("keys: there is no action '%s'", name[:40])
    return {name: keys for name, keys in wanted.items() if name in by_id()}


def _offer(window: Window, strip: Strip, after: Callable[[], None]) -> None:
    def gone() -> None:
        strip.setProperty("over", True)
        window.stage.arrange()
        after()
        window.canvas.surface.setFocus()

    strip.accepted.connect(gone)
    strip.closed.connect(gone)
    window.stage.offer(strip)


def _offer_lost(window: Window, lost: Lost) -> None:
    strip = Strip(window.stage, (("", "The last session ended without a goodbye"),), "Take it up", "Leave it")
    strip.accepted.connect(lambda: window.change(lost.state, "Last session"))
    _offer(window, strip, lambda: window.memory.session.forget(lost))


def run(state: ViewState, session: Session, argv: Sequence[str] = (), composer: ComposerProcess | None = None) -> int:
    """Open the window and stay until it closes; the exit code. Raises DisplayError where no window can be opened."""
    trouble = problem(os.environ)
    if trouble is not None:
        raise DisplayError(trouble)
    try:
        open_log(log_path())
    except OSError as error:
        LOG.warning("no log: %s", error)
    app = application(argv or sys.argv)
    memory = Memory(session=session, keys=_remapped())
    window = open_window(state, memory, composer)
    window.guard.install()
    signals = Signals(window)
    window.closed.connect(app.quit)
    window.show()
    window.canvas.surface.setFocus()
    QTimer.singleShot(0, lambda: welcome(window))
    QTimer.singleShot(_AT_LEISURE_MS, lambda: window.requests.wayfinder.expect(window.state.city.unscarred) if window.isVisible() else None)
    code = app.exec()
    signals.remove()
    return signals.code or code
