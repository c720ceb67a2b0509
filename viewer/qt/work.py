"""Long work off the window's thread: exports, with progress and Cancel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from geometry.export import Cancelled
from viewer.command.report import Advance, Report


@dataclass(frozen=True, slots=True)
class WindowReport(Report):
    """A report that moves a bar in the window, and stops the work when it is cancelled."""

    advance: Callable[[float], None] = lambda part: None
    cancelled: Event = field(default_factory=Event)

    def data(self, plain: str, value: Any) -> None:
        """The window shows the outcome itself."""

    def say(self, line: str) -> None:
        """Not on stderr."""

    @contextmanager
    def progress(self, title: str) -> Iterator[Advance]:
        """Each step of the work looks whether it is still wanted."""

        def step(part: float, *words: object) -> None:
            if self.cancelled.is_set():
                raise Cancelled
            self.advance(part)

        yield step


Task = Callable[[WindowReport], Any]


class Work(QObject):
    """One task in one thread."""

    progressed = Signal(float)
    done = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, parent: QObject | None, task: Task) -> None:
        super().__init__(parent)
        self._task = task
        self._stop = Event()
        self._thread = Thread(target=self._run, name="work", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """Stop at the next step; `cancelled` follows."""
        self._stop.set()

    @property
    def running(self) -> bool:
        """Whether the thread is at work."""
        return self._thread.is_alive()

    def wait(self, seconds: float) -> None:
        """Let the thread end."""
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        report = WindowReport(quiet=True, advance=self.progressed.emit, cancelled=self._stop)
        try:
            made = self._task(report)
        except Cancelled:
            self._end(lambda: self.cancelled.emit())
        except Exception as error:  # noqa: BLE001  # shown by the window
            failure = error
            self._end(lambda: self.failed.emit(failure))
        else:
            self._end(lambda: self.done.emit(made))

    def _end(self, tell: Callable[[], None]) -> None:
        """Tell how it ended, if the window that wanted it is still there."""
        if isValid(self):
            tell()
