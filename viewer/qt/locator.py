"""Finds the places that the eye is in, in a thread of its own, once the eye has come to rest, and now and then while it flies."""

from __future__ import annotations

from threading import Thread

from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from geometry.city import City
from geometry.place import Place
from viewer.lineage import lineage
from viewer.state import ViewState

REST_MS = 350
"""How long the eye rests before it is looked where it is."""
FLYING_MS = 1500
"""How long it is not known, at most, where an eye is that does not rest."""


class Locator(QObject):
    """One search at a time; a newer place of the eye replaces an older one."""

    found = Signal(object)
    """The line of places, from the City inward: tuple[Place, ...]."""
    tallest_found = Signal(object, object)
    """A state, and the tallest thing ahead in it: Place or None."""
    failed = Signal(object)
    _answered = Signal(object, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._wanted: ViewState | None = None
        self._known: tuple[object, ...] | None = None
        self._closing = False
        self._thread: Thread | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REST_MS)
        self._timer.timeout.connect(self._begin)
        self._answered.connect(self._tell)
        self._waited = QElapsedTimer()

    def look(self, state: ViewState) -> None:
        """The eye is there now."""
        self._wanted = state
        if (state.city, state.camera.position) != self._known:
            self._wait()

    def _wait(self) -> None:
        """For the eye to rest, but not for ever."""
        if not self._timer.isActive():
            self._waited.start()
        if not self._timer.isActive() or self._waited.elapsed() < FLYING_MS - REST_MS:
            self._timer.start()

    def _begin(self) -> None:
        state = self._wanted
        if state is None or self._closing or (self._thread is not None and self._thread.is_alive()):
            return
        self._known = (state.city, state.camera.position)
        self._thread = Thread(target=self._work, args=(state,), name="locator", daemon=True)
        self._thread.start()

    def _work(self, state: ViewState) -> None:
        line: tuple[Place, ...] = ()
        try:
            line = lineage(City(state.city), state.camera.position, stopped=lambda: self._closing)
        except Exception as error:  # noqa: BLE001  # shown by the window
            self.failed.emit(error)
        if not self._closing:
            self._answered.emit(state, line)
        self._look_up(state)

    def _look_up(self, state: ViewState) -> None:
        """For the tallest thing ahead, until the eye moves."""
        if self._closing:
            return
        from viewer.places.tallest import tallest  # loads more than a window that opens needs

        try:
            place = tallest(City(state.city), state.camera, stopped=lambda: self._closing or self._moved_on(state))
        except Exception as error:  # noqa: BLE001  # shown by the window
            self.failed.emit(error)
            return
        if not self._closing and not self._moved_on(state):
            self.tallest_found.emit(state, place)

    def _moved_on(self, state: ViewState) -> bool:
        wanted = self._wanted
        return wanted is not None and (wanted.city, wanted.camera) != (state.city, state.camera)

    def _tell(self, state: ViewState, line: tuple[Place, ...]) -> None:
        if line and not self._closing:
            self.found.emit(line)
        if self._wanted is not None and (self._wanted.city, self._wanted.camera.position) != self._known:
            self._wait()

    def close(self) -> None:
        """No more answers; the thread ends at its next step."""
        self._closing = True
        self._timer.stop()
        if self._thread is not None:
            self._thread.join(5.0)
