"""Walk mode: the eye of somebody on foot. Keys and mouse come from the pilot, the ground from a thread, the rest is viewer.journey.walk."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from viewer.camera import F64, Camera, Vector
from viewer.journey.flight import Flight, looked
from viewer.journey.ground import FRESH, REACH, WIDE, Ground, Surveyor, moved
from viewer.journey.walk import EYE, PACE, RUN, Body, floor_under, landed, nearest, walked
from viewer.qt.overlay import Badge
from viewer.state import ViewState
from viewer.store import Store

WITHIN = 26.0
"""Metres below the eye within which a floor must be, to begin."""
AHEAD = (0.0, 2.0, 4.0, 6.0, 8.0, 11.0, 14.0)
"""Metres ahead of the eye at which a floor is looked for, where none is below it: one often hovers before what one looks at."""
_NEAREST, _FARTHEST = 8.0, 400.0
"""Metres between which the focus lies before a walker: the haze and the scale bar are of that size."""
_MARGIN = 3.0
NO_FLOOR = f"No floor to stand on within {WIDE:.0f} m; go nearer to one and try again"
TOLD = "Walking: W A S D, Shift runs, drag to look, Esc ends"


class Walker(QObject):
    """One walk at a time; it is one step of undo."""

    began = Signal()
    ended = Signal()
    said = Signal(str)
    failed = Signal(object)

    def __init__(self, store: Store, view: QWidget) -> None:
        super().__init__(view)
        self._store = store
        self._surveyor: Surveyor | None = None
        self._ground: Ground | None = None
        self._body: Body | None = None
        self._asked = False
        self._group = 0
        self._eye: Vector | None = None
        self.line = Badge(view, "Walk")
        store.listen(self._watched)

    @property
    def active(self) -> bool:
        """Whether somebody walks, or is about to."""
        return self._surveyor is not None

    def begin(self, group: int) -> None:
        """Look for a floor below the eye; the walk begins when the ground is known."""
        state = self._store.state
        self._group, self._eye = group, state.camera.position
        self._surveyor = Surveyor(state.city)
        self._ask(state.camera.position)
        self.line.say("Walk   looking for the floor")

    def end(self) -> None:
        """Stand still and leave."""
        if self._surveyor is None:
            return
        self._surveyor.close(wait=False)
        self._surveyor = self._ground = self._body = self._eye = None
        self.line.hide()
        self.ended.emit()

    def tick(self, seconds: float, keys: Collection[str], fast: bool) -> None:
        """Some time has passed with some keys down."""
        self._take()
        if self._body is None or self._ground is None or self._surveyor is None:
            return
        feet = np.asarray(self._body.feet)
        if np.abs(feet).max() > FRESH and not self._asked:
            self._ask(_vector(self._ground.frame.to_world(feet)))
        if self._ground.holds(feet, _MARGIN):
            self._body = walked(self._body, self._ground.solid, self._velocity(keys, fast), seconds)
            self._show()

    def look(self, dx: float, dy: float) -> None:
        """Turn the head by a drag, in parts of the picture's height."""
        if self._body is not None:
            self._store.carry(looked(self._store.state.camera, -dx, -dy), "Walk", ("walk", self._group))

    def _ask(self, point: Vector, reach: float = REACH) -> None:
        if self._surveyor is not None:
            self._surveyor.request(point, self._store.state.year, reach)
            self._asked = True

    def _take(self) -> None:
        """What the surveyor found, if it was asked and has come back."""
        if self._surveyor is None or not self._asked:
            return
        try:
            found = self._surveyor.latest()
        except Exception as error:  # noqa: BLE001  # whatever the worker failed with is told, the window lives
            self.end()
            self.failed.emit(error)
            return
        if found is None:
            return
        self._asked = False
        old, self._ground = self._ground, found
        if self._body is None or old is None:
            self._land(found)
        else:
            x, y, z = moved(old, found, np.asarray(self._body.feet)).tolist()
            self._body = replace(self._body, feet=(x, y, z), eye=self._body.eye + z - self._body.feet[2])

    def _land(self, ground: Ground) -> None:
        ahead = ground.frame.axes @ self._store.state.camera.forward
        ahead[2] = 0.0
        ahead /= max(float(np.sqrt(ahead @ ahead)), 1e-6)
        tried = (landed(ground.solid, ahead * step, WITHIN) for step in AHEAD)
        near = next((body for body in tried if body is not None), None)
        self._body = near or nearest(ground.solid, ground.reach - _MARGIN, hidden=ground.reach >= WIDE)
        if self._body is None and ground.reach < WIDE:
            self._ask(self._store.state.camera.position, WIDE)
            self.line.say("Walk   looking farther for a floor")
        elif self._body is None:
            self.end()
            self.said.emit(NO_FLOOR)
        else:
            self.began.emit()
            self.said.emit(TOLD if near is not None else _told_off(self._body))
            self._show()

    def _velocity(self, keys: Collection[str], fast: bool) -> tuple[float, float]:
        """m/s along x and y of the ground, from the keys and the way the eye looks."""
        ahead, right, _ = Flight.direction(keys)
        assert self._ground is not None
        forward = self._ground.frame.axes @ self._store.state.camera.forward
        level = np.array([forward[0], forward[1]])
        length = float(np.sqrt((level * level).sum()))
        if length < 1e-6 or not (ahead or right):
            return 0.0, 0.0
        level /= length
        way = level * ahead + np.array([level[1], -level[0]]) * right
        way *= (RUN if fast else PACE) / float(np.sqrt((way * way).sum()))
        return float(way[0]), float(way[1])

    def _show(self) -> None:
        """Carry the eye to where the body is; the head keeps its sight."""
        assert self._body is not None
        assert self._ground is not None
        x, y, _ = self._body.feet
        frame = self._ground.frame
        eye = frame.to_world(np.array([x, y, self._body.eye + EYE]))
        camera = _standing(self._store.state.camera, eye, frame.axes[2])
        self._eye = camera.position
        if camera != self._store.state.camera:
            self._store.carry(camera, "Walk", ("walk", self._group))
        self.line.say(self._told())

    def _told(self) -> str:
        assert self._body is not None
        assert self._ground is not None
        x, y, z = self._body.feet
        near = self._ground.solid.about(np.array([x, y, z]), 1.0) if not self._body.falling else self._ground.solid
        floor = float(floor_under(near, np.array([x]), np.array([y]), z + 0.05)[0])
        height = self._body.eye + EYE - max(floor, z if not self._body.falling else floor)
        if not np.isfinite(height):
            return f"Walk   falling, no floor within {REACH:.0f} m"
        return f"Walk   {height:.1f} m above the floor{', falling' if self._body.falling else ''}"

    def _watched(self, old: ViewState, new: ViewState) -> None:
        """Whoever is carried elsewhere, or to another City, walks no more; in another year the ground is another."""
        if self.active and (new.camera.position != self._eye or new.city != old.city):
            self.end()
        elif self.active and new.year != old.year:
            self._ask(new.camera.position)


def _told_off(body: Body) -> str:
    """What is said to whom the nearest floor was not below."""
    off = float(np.sqrt(np.square(np.add(body.feet, (0.0, 0.0, EYE))).sum()))
    return f"The nearest floor is {off:.0f} m off: you stand on it now. {TOLD}"


def _standing(camera: Camera, eye: F64, up: F64) -> Camera:
    """The same sight from another eye, upright."""
    reach = float(np.clip(camera.distance, _NEAREST, _FARTHEST))
    forward = camera.forward
    along = float(forward @ up)
    if abs(along) > 0.98:
        side = camera.upward - up * float(camera.upward @ up)
        forward = side / np.sqrt((side * side).sum())
    return replace(camera, position=_vector(eye), focus=_vector(eye + forward * reach), up=_vector(up), parallel=False)


def _vector(values: F64) -> Vector:
    return (float(values[0]), float(values[1]), float(values[2]))
