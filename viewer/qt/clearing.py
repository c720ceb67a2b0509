"""An eye that was turned about something does not stay in a solid: it slides back to where it last was free."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from viewer.camera import Camera
from viewer.qt.work import Work
from viewer.state import ViewState

_MOST = 400
"""Cameras of one drag that are remembered."""


class Clearing(QObject):
    """The cameras of one drag, and the search for the last free one in a thread."""

    def __init__(self, parent: QObject, slide: Callable[[Camera], None]) -> None:
        super().__init__(parent)
        self._slide = slide
        self._cameras: list[Camera] = []
        self._search: Work | None = None

    def begin(self) -> None:
        """A drag begins; what was looked for is not wanted any more."""
        self._cameras, self._search = [], None

    def turned(self, before: Camera, after: Camera) -> None:
        """One step of the drag."""
        self._cameras = [*(self._cameras or [before])[-_MOST:], after]

    def end(self, now: Callable[[], ViewState]) -> None:
        """The drag is over: look, and slide back if the eye is still where the drag left it."""
        cameras, state = self._cameras, now()
        if not cameras or state.camera != cameras[-1]:
            return

        def look(report: object) -> Camera | None:
            from viewer.journey.passage import last_free  # what ways are found by is loaded when one is looked for

            return last_free(state, cameras)

        search = Work(self, look)

        def looked(found: Camera | None) -> None:
            if found is not None and self._search is search and now().camera == cameras[-1]:
                self._slide(found)

        search.done.connect(looked)
        self._search = search
        search.start()

    def close(self) -> None:
        """Let the thread end."""
        search, self._search = self._search, None
        if search is not None:
            search.wait(10.0)
