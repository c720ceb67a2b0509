"""Firing in the window: the charge, the shot, the scar, and what it went through."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from geometry.scar import Scar
from viewer.camera import Camera
from viewer.emitter import beam
from viewer.emitter.piercing import Pierced, pierced
from viewer.emitter.shot import CHARGE_S, WHOLE_S, dressed, shot_at
from viewer.qt.work import Work
from viewer.scene import Scene

if TYPE_CHECKING:
    from viewer.qt.window import Window

TICK_MS = 33
SLOWEST_S = 0.2
"""Seconds of a shot that may pass between two pictures: where pictures are slow, it takes longer, and nothing of it is left out."""
SAID_S = 12.0


class Emitter(QObject):
    """One shot at a time. The scar is a step of undo of its own; the light is nobody's state."""

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        self._window = window
        self._scar: Scar | None = None
        self._eye: Camera | None = None
        self._seconds = self._last = 0.0
        self._placed = False
        self._survey: Work | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(TICK_MS)
        self._timer.timeout.connect(self._tick)

    @property
    def firing(self) -> bool:
        """Whether a shot is on its way."""
        return self._scar is not None

    def fire(self) -> None:
        """Pull the trigger; nothing while a shot is on its way."""
        window = self._window
        why = beam.cannot(window.state)
        if why:
            window.say(f"{why[0].upper()}{why[1:]}", 6.0)
            return
        if self.firing and not self._placed:
            return
        window.stage.welcomed()
        window.pilot.stop()
        self._scar, self._eye, self._placed = beam.shot(window.state), window.state.camera, False
        self._seconds, self._last = 0.0, monotonic()
        window.loop.dress = self._dress
        window.say(f"Charging: {beam.told_of(self._scar)[0]}", CHARGE_S + 0.3)
        self._timer.start()

    def told_power(self) -> None:
        """Say which power is set."""
        name, size, _ = beam.told_of(beam.shot(self._window.state))
        self._window.say(f"{name[0].upper()}{name[1:]}: {size}", 5.0)

    def _tick(self) -> None:
        now = monotonic()
        self._seconds, self._last = self._seconds + min(now - self._last, SLOWEST_S), now
        seconds = self._seconds
        if seconds >= CHARGE_S and not self._placed:
            self._place()
        if seconds > WHOLE_S:
            self._end()
        if self.firing:
            self._window.loop.hurry()
        else:
            self._window.loop.rest()

    def _place(self) -> None:
        """The shot: the City has its scar."""
        window, scar = self._window, self._scar
        self._placed = True
        if scar is None or beam.cannot(window.state):
            return
        window.change(beam.scarred(window.state, scar), "Fire the beam")
        spec = window.state.city
        survey = Work(window, lambda report: pierced(spec, scar, report.cancelled.is_set))
        survey.done.connect(self._tell)
        survey.failed.connect(window.guard.show)
        self._survey = survey
        survey.start()

    def _tell(self, found: Pierced) -> None:
        if found.scar in self._window.state.city.scars:  # nobody has undone it meanwhile
            self._window.say(found.said, SAID_S)

    def _dress(self, scene: Scene) -> Scene:
        if self._scar is None or self._eye is None:
            return scene
        return dressed(scene, shot_at(self._scar, self._eye, self._seconds))

    def _end(self) -> None:
        self._timer.stop()
        self._scar = None
        self._window.loop.dress = None

    def close(self) -> None:
        """Stop; a survey under way is waited for."""
        self._end()
        if self._survey is not None:
            self._survey.cancel()
            self._survey.wait(10.0)
