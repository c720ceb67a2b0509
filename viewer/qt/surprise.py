"""Surprise me: a scout in a process of its own looks for a view; a bar and Cancel meanwhile; then the window travels there."""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from geometry import child
from geometry.strata import strata
from viewer.errors import InputError
from viewer.link import link, parse
from viewer.pictures.surprise import COUNT
from viewer.qt import theme as themes
from viewer.qt.widgets import plain
from viewer.state import ViewState

if TYPE_CHECKING:
    from viewer.qt.window import Window

JOURNEY_S = 4.0
_LOOKING = 0.5
"""The part of the time that looking takes; the rest is for developing the best."""
_DYING_MS = 15_000
"""What a busy system may take to end a process."""


class Scouting(QFrame):
    """Says how far the scout has come."""

    cancelled = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setAccessibleName("Scouting")
        self.words = plain("Looking for a view")
        self.words.setMinimumWidth(180)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.cancel = QPushButton("Cancel")
        self.cancel.setFont(themes.caps_font(8.5))
        self.cancel.clicked.connect(self.cancelled)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 8, 10, 10)
        column.setSpacing(8)
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.words, 1)
        row.addWidget(self.cancel)
        column.addLayout(row)
        column.addWidget(self.bar)
        self.hide()

    def say(self, text: str, part: float) -> None:
        """A line, and how far the bar is."""
        self.words.setText(text)
        self.bar.setValue(round(1000 * part))


def command(state: ViewState, aspect: float, band: int) -> list[str]:
    """What is run: this interpreter, without anything of the window in it."""
    return child.command("viewer.pictures.surprise", link(replace(state, cuts=())), str(COUNT), f"{aspect:.4f}", str(band))


class Surprise(QObject):
    """One scout at a time."""

    def __init__(self, window: Window, make: Callable[[ViewState, float, int], list[str]] = command) -> None:
        super().__init__(window)
        self._window, self.make = window, make
        self._process: QProcess | None = None
        self._heard = b""
        self._last: dict[str, Any] = {}
        window.stage.scouting.cancelled.connect(self.cancel)

    @property
    def running(self) -> bool:
        """Whether a scout is out."""
        return self._process is not None

    def begin(self) -> None:
        """Send a scout into one stratum or another; call back the one that is out."""
        if self.running:
            self.cancel()
            return
        state, stage = self._window.state, self._window.stage
        program, *words = self.make(state, self._window.canvas.aspect, secrets.randbelow(len(strata(state.city))))
        process = QProcess(self)
        process.setProcessEnvironment(_surroundings())
        process.setStandardErrorFile(QProcess.nullDevice())
        process.readyReadStandardOutput.connect(self._hear)
        process.finished.connect(self._finished)
        process.errorOccurred.connect(self._not_started)
        self._process, self._heard, self._last = process, b"", {}
        stage.welcomed()
        stage.scouting.say("Looking for a view", 0.0)
        stage.show_scouting(True)
        process.start(program, words)

    def cancel(self) -> None:
        """Call the scout back; the view stays as it is."""
        if self._drop():
            self._window.say("No surprise then")

    def close(self) -> None:
        """The window goes; no process of ours stays."""
        process = self._process
        if self._drop() and process is not None:
            process.waitForFinished(_DYING_MS)

    def _drop(self) -> bool:
        process, self._process = self._process, None
        if process is None:
            return False
        process.finished.disconnect(self._finished)
        process.errorOccurred.disconnect(self._not_started)
        process.finished.connect(process.deleteLater)
        process.kill()
        if process.state() == QProcess.ProcessState.NotRunning:  # it had ended, or never begun
            process.deleteLater()
        self._window.stage.show_scouting(False)
        return True

    def _hear(self) -> None:
        if self._process is None:
            return
        self._heard += bytes(self._process.readAllStandardOutput().data())
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            try:
                row = json.loads(line)
            except ValueError:  # a library's own chatter
                continue
            if isinstance(row, dict):
                self._last = row
                self._show(row)

    def _show(self, row: dict[str, Any]) -> None:
        if "done" not in row:
            return
        done, whole = int(row["done"]), int(row["whole"])
        text = f"Looked at {done} of {whole} places" if done < whole else "Developing the best"
        self._window.stage.scouting.say(text, _LOOKING * done / max(whole, 1))

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._drop()
            self._window.guard.show(InputError(f"'{sys.executable}' could not be started to look for a view; see that it may run"))

    def _finished(self, *_: object) -> None:
        self._hear()
        last = self._last
        self._drop()
        if "link" not in last:
            self._window.guard.show(InputError(str(last.get("error", "the scout found no view; try again, or another seed"))))
            return
        now, found = self._window.state, parse(str(last["link"]))
        if found.city != now.city:
            self._window.say("The City is another one now; the view that was found is left")
            return
        there = replace(found, year=now.year)
        self._window.requests.travels.leave()
        self._window.pilot.travel(there.camera, JOURNEY_S, "Surprise", there)
        self._window.say(f"{str(last.get('view', 'view')).capitalize()}: {last.get('passed', '?')} of 10 checks of a good picture", 6.0)


def _surroundings() -> QProcessEnvironment:
    made = QProcessEnvironment()
    for name, value in child.surroundings().items():
        made.insert(name, value)
    return made
