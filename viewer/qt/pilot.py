"""The pilot: turns mouse and keys over the view into changes of the state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent

from viewer import navigate
from viewer.camera import F64, Camera
from viewer.grips import Grip, drawn_by
from viewer.journey import flight as flying
from viewer.measure import length
from viewer.qt.canvas import Canvas
from viewer.qt.clearing import Clearing
from viewer.qt.journey import Journey, Way, ended_at, flown_on, homeward, leads_back, way_there
from viewer.qt.keytexts import key_texts
from viewer.qt.overlay import Badge
from viewer.qt.protocols import Guide
from viewer.qt.walker import Walker
from viewer.qt.work import Work
from viewer.state import ViewState
from viewer.store import Store

Button, Modifier = Qt.MouseButton, Qt.KeyboardModifier
_STEP_MS = 16
SLOWEST = 0.1
"""The least pace that is reckoned with ahead."""
LOOKED_S = 1.0
"""A shorter journey goes straight; for longer ones a way is looked for on which nothing is in between."""
PATIENCE_S, TOLD_S = 5.0, 0.4
"""Seconds of looking after which one goes straight, as far as nothing is in between; after which it is said that one looks."""
SLIDE_S = 0.4
"""Seconds in which an eye that was turned into a solid slides out of it."""
NEARER = "Nearer"
"""The journey of a double click: it need not end where it was meant to."""
_CLICK = 4.0
"""Pixels a click may tremble."""


class Pilot(QObject):
    """One drag, one turn of the wheel, one flight is one step of undo."""

    key_pressed = Signal(str)
    """Portable text of a key that is bound to an action."""
    flight_changed = Signal(bool)
    leaving = Signal()
    """Who double clicks goes somewhere else: here is where the way back leads."""
    set_out = Signal()
    """A journey begins."""
    escaped = Signal()
    """Esc, when nobody flew or walked."""
    moved = Signal()

    def __init__(self, store: Store, canvas: Canvas, bound: Callable[[str], bool]) -> None:
        super().__init__(canvas)
        self._store, self._canvas, self._bound = store, canvas, bound
        self._button: Qt.MouseButton | None = None
        self.holds: Callable[[QPointF], Grip | None] = lambda where: None
        """The grip of the slice under a point of the view."""
        self._held: Grip | None = None
        self._last = self._start = QPointF()
        self._group = 0
        self._wheel_at = 0.0
        self._wheel_depth: tuple[QPointF, float | None] | None = None
        self.flight: flying.Flight | None = None
        self.badge = Badge(canvas.surface, "Fly")
        self.walker = Walker(store, canvas.surface)
        self.walker.ended.connect(self._grounded)
        self.clearing = Clearing(self, lambda camera: self.travel(camera, SLIDE_S, "Turn", joined=True))
        self._modifiers = Modifier.NoModifier
        self._journey: Journey | None = None
        self._guide: Guide | None = None
        self._search: Work | None = None
        self._early: list[Way] = []
        self._behind: Journey | None = None
        self._ticked = self._sounded = 0.0
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._tick)
        self._handlers: dict[QEvent.Type, Callable[..., None]] = {
            QEvent.Type.MouseButtonPress: self._press,
            QEvent.Type.MouseButtonRelease: self._release,
            QEvent.Type.MouseButtonDblClick: self._double,
            QEvent.Type.MouseMove: self._move,
            QEvent.Type.Wheel: self._wheel,
            QEvent.Type.KeyPress: self._key,
            QEvent.Type.KeyRelease: self._key_up,
        }
        canvas.event_seen.connect(self._event)

    def _event(self, event: QEvent) -> None:
        handler = self._handlers.get(event.type())
        if handler is not None:
            handler(event)

    def _camera(self, camera: Camera, title: str, kind: str) -> None:
        state = self._store.state
        self._store.put(replace(state, camera=camera), title, (kind, self._group))
        self.moved.emit()

    def _press(self, event: QMouseEvent) -> None:
        self._canvas.surface.setFocus(Qt.FocusReason.MouseFocusReason)
        self.stop()
        self.clearing.begin()
        self._button, self._last, self._start = event.button(), event.position(), event.position()
        grasping = event.button() == Button.LeftButton and self.flight is None
        self._held = self.holds(event.position()) if grasping else None
        self._group += 1

    def _release(self, event: QMouseEvent) -> None:
        still = (event.position() - self._start).manhattanLength() <= _CLICK
        if self._button == Button.MiddleButton and still:
            camera = self._store.state.camera
            self.travel(navigate.focused(camera, self._point(event.position())), 0.35)
        self.clearing.end(lambda: self._store.state)
        self._button = None

    def _double(self, event: QMouseEvent) -> None:
        if event.button() == Button.LeftButton and self._button is None:
            self._group += 1
            self.leaving.emit()
            self.travel(navigate.approached(self._store.state.camera, self._point(event.position())), 1.4, NEARER)

    def _move(self, event: QMouseEvent) -> None:
        if self._button is None or not event.buttons():
            return
        height = max(self._canvas.surface.height(), 1)
        step = event.position() - self._last
        self._last = event.position()
        dx, dy = step.x() / height, step.y() / height
        if dx or dy:
            self._drag(dx, dy, event.modifiers())

    def _drag(self, dx: float, dy: float, modifiers: Qt.KeyboardModifier) -> None:
        state = self._store.state
        camera = state.camera
        left = self._button == Button.LeftButton
        if left and state.cuts and (self._held is not None or modifiers & Modifier.ControlModifier):
            self._slice(dx, dy)
        elif self._button == Button.MiddleButton or (left and modifiers & Modifier.ShiftModifier):
            self._camera(navigate.panned(camera, dx, dy), "Slide", "drag")
        elif self._button == Button.RightButton:
            self._camera(navigate.pulled(camera, dy), "Zoom", "drag")
        elif left and self.walker.active:
            self.walker.look(dx, dy)
        elif left and self.flight is not None:
            self._camera(flying.looked(camera, -dx, -dy), "Look", "flight")
        elif left:
            turned = navigate.orbited(camera, dx, dy)
            self.clearing.turned(camera, turned)
            self._camera(turned, "Turn", "journey")

    def _slice(self, dx: float, dy: float) -> None:
        """Draw the last cut by the grip that is held, or by the first."""
        self._store.put(drawn_by(self._store.state, self._held, dx, dy), "Move the slice", ("slice", self._group))

    def _point(self, where: QPointF) -> F64:
        return self._point_known(where, self._canvas.depth(where.x(), where.y()))

    def _wheel(self, event: QWheelEvent) -> None:
        notches = (event.angleDelta().y() or event.pixelDelta().y() * 4) / 120.0
        if self.flight is not None:
            self.flight = self.flight.paced(notches)
            self._tell_speed()
            return
        self.stop()
        now, where = monotonic(), event.position()
        if now - self._wheel_at > 0.6 or self._wheel_depth is None or (where - self._wheel_depth[0]).manhattanLength() > _CLICK:
            self._group += now - self._wheel_at > 0.6
            self._wheel_depth = (where, self._canvas.depth(where.x(), where.y()))
            self._target = self._point_known(where, self._wheel_depth[1])
        self._wheel_at = now
        self._camera(navigate.zoomed(self._store.state.camera, notches, self._target), "Zoom", "wheel")

    def _point_known(self, where: QPointF, depth: float | None) -> F64:
        x, y = self._canvas.spot(where.x(), where.y())
        return navigate.point_at(self._store.state.camera, x, y, self._canvas.aspect, depth)

    def _key(self, event: QKeyEvent) -> None:
        self._modifiers = event.modifiers()
        letter = chr(event.key()).lower() if 32 < event.key() < 128 else ""
        if self.flight is not None:
            if event.key() == Qt.Key.Key_Escape:
                self.fly(False)
                return
            if letter in flying.KEYS and not event.modifiers() & Modifier.ControlModifier:
                if not event.isAutoRepeat():
                    self.flight = self.flight.pressed(letter)
                    self._run()
                return
        if event.key() == Qt.Key.Key_Escape:
            self.stop()
            self.escaped.emit()
        text = next((text for text in key_texts(event) if self._bound(text)), None)
        if text is not None:
            self.key_pressed.emit(text)

    def _key_up(self, event: QKeyEvent) -> None:
        self._modifiers = event.modifiers()
        letter = chr(event.key()).lower() if 32 < event.key() < 128 else ""
        if self.flight is not None and not event.isAutoRepeat():
            self.flight = self.flight.released(letter)

    def fly(self, on: bool | None = None) -> None:
        """Begin or end flying; None toggles."""
        wanted = (self.flight is None) if on is None else on
        self._group += 1
        walked = self.walker.active
        self.walker.end()
        self.flight = flying.Flight() if wanted else None
        self._tell_speed()
        if wanted or not walked:
            self.flight_changed.emit(wanted)

    def _haste(self) -> tuple[bool, bool]:
        return bool(self._modifiers & Modifier.ShiftModifier), bool(self._modifiers & Modifier.AltModifier)

    def _tell_speed(self) -> None:
        """What a key would do now, while somebody flies."""
        flies = self.flight if not self.walker.active else None
        self.badge.say(f"Fly   {length(flying.speed(self._store.state.camera, flies, *self._haste()))}/s" if flies else "")

    def _grounded(self) -> None:
        self.flight = None

    def walk(self) -> None:
        """Begin or end walking."""
        if self.walker.active:
            self.fly(False)
            return
        self.stop()
        self._group += 1
        self.flight = flying.Flight()
        self.walker.begin(self._group)
        self._tell_speed()
        self._run()

    def travel(self, goal: Camera, seconds: float, title: str = "Go", there: ViewState | None = None, *, joined: bool = False) -> None:
        """Go to a camera, easing in and out; one step of undo, with all else that `there` changes at the start, or `joined` to the last."""
        self.stop()
        self._group += not joined
        camera = self._store.state.camera
        if there is not None:
            self._store.put(replace(there, camera=camera, beta=0.0), title, ("journey", self._group))
        self._journey = Journey(camera, goal, monotonic(), max(seconds, 0.01), title, self._group)
        behind, self._behind = self._behind, None
        if behind is not None and leads_back(behind, camera, goal):
            along, long = homeward(behind)
            self._go_along(replace(self._journey, seconds=long), along)
        elif seconds >= LOOKED_S:
            self._look_for_a_way(goal, title != NEARER)
        self.set_out.emit()
        self._run()

    def retrace(self, leads: Callable[[ViewState], bool], title: str) -> bool:
        """Fly the last way back, all of its states, if the eye is where it ended and it leads where one will; whether it does."""
        behind = self._behind
        if behind is None or not ended_at(behind, self._store.state.camera):
            return False
        along, long = homeward(behind)
        back = leads(along(long))
        if back:
            self.follow(along, long, title)
        return back

    def _look_for_a_way(self, goal: Camera, arrives: bool) -> None:
        """In a thread; the journey begins when it is found, or when there is no need of one."""
        state, self._early = self._store.state, list[Way]()
        early = self._early
        search = Work(self, lambda report: way_there(state, goal, arrives, early.append))
        search.done.connect(lambda found: self._looked(search, found))
        search.failed.connect(lambda error: self._looked(search, None))
        self._search = search
        search.start()

    def _looked(self, search: Work, found: Way | None) -> None:
        """A search has ended; the journey that waited for it begins."""
        if self._search is not search or self._journey is None:
            return
        self._search = None
        self._journey = replace(self._journey, began=monotonic())
        if found is not None:
            seconds, camera_at, said = found
            if said:
                self.walker.said.emit(said)
            self._go_along(replace(self._journey, seconds=seconds), lambda at: replace(self._store.state, camera=camera_at(at)))

    def _go_along(self, way: Journey, along: Callable[[float], ViewState]) -> None:
        self._journey = replace(way, along=along, flown=0.0)

    def guided(self, guide: Guide) -> None:
        """Dives are flown no faster than this one unfolds them."""
        self._guide = guide

    def follow(self, along: Callable[[float], ViewState], seconds: float, title: str, leaps: bool = False) -> None:
        """Go along a way, from its state at 0 s; one step of undo. One that `leaps` goes on from look to look, once each is unfolded."""
        self._group += 1
        camera = self._store.state.camera
        self._go_along(Journey(camera, camera, monotonic(), max(seconds, 0.01), title, self._group, whole=True, leaps=leaps), along)
        if self._guide is not None:
            self._guide.course, self._guide.made_at = self._ahead, 0.0
        self._run()

    def _ahead(self, seconds: float) -> tuple[float, ViewState]:
        """Where the journey is so many seconds on."""
        way = self._journey
        if way is None or way.along is None:
            return 0.0, self._store.state
        at = min(way.flown + seconds * max(way.pace, SLOWEST), way.seconds)
        return at, way.along(at)

    @property
    def travelling(self) -> bool:
        """Whether a journey is under way."""
        return self._journey is not None

    def stop(self) -> None:
        """Stay where the journey has come to."""
        if self._journey is not None and self._journey.along is not None:
            self._behind = self._journey
        self._journey = self._search = None
        if self._guide is not None:
            self._guide.course = None
        if self._store.state.beta:  # who gets off a lift stands still
            self._store.put(replace(self._store.state, beta=0.0), "Get off", ("journey", self._group))

    def _run(self) -> None:
        if not self._timer.isActive():
            self._ticked = monotonic()
            self._timer.start()

    def _tick(self) -> None:
        now = monotonic()
        passed, self._ticked = min(now - self._ticked, 0.2), now
        if self._journey is not None:
            self._journey_on(self._journey, now, passed)
        elif self.walker.active and self.flight is not None:
            self.walker.tick(passed, self.flight.keys, bool(self._modifiers & Modifier.ShiftModifier))
            self.moved.emit()
        elif self.flight is not None and self.flight.moving:
            self._sound(self.flight, now)
            self._camera(flying.flown(self._store.state.camera, self.flight, passed, *self._haste()), "Fly", "flight")
            self._tell_speed()
        else:
            self._timer.stop()

    def _sound(self, flight: flying.Flight, now: float) -> None:
        """Take the depth at some spots now and then: speed follows what is near."""
        passed = now - self._sounded
        if passed < flying.SOUND_S:
            return
        self._sounded = now
        wide, high = self._canvas.surface.width(), self._canvas.surface.height()
        depths = [self._canvas.depth(wide * (1.0 + x) / 2.0, high * (1.0 + y) / 2.0) for x, y in flying.SPOTS]
        self.flight, camera = flying.sounded(flight, self._store.state.camera, depths, min(passed, 1.0))
        self._camera(camera, "Fly", "flight")

    def _journey_on(self, way: Journey, now: float, passed: float) -> None:
        if way.along is not None:
            self._fly_along(way, way.along, passed)
            return
        if self._search is not None:
            self._wait(now - way.began)
            return
        t = min((now - way.began) / way.seconds, 1.0)
        eased = t * t * (3.0 - 2.0 * t)
        if t >= 1.0:
            self._journey = None
        self._store.carry(navigate.between(way.start, way.goal, eased), way.title, ("journey", way.group))
        self.moved.emit()

    def _wait(self, seconds: float) -> None:
        """A way has been looked for so long."""
        if seconds > PATIENCE_S and self._search is not None:
            self._looked(self._search, self._early[-1] if self._early else None)
        elif TOLD_S < seconds < TOLD_S + _STEP_MS / 400.0:
            self.walker.said.emit("Looking for a way that leads there; Esc stays here")

    def _fly_along(self, way: Journey, along: Callable[[float], ViewState], passed: float) -> None:
        """On along a way: at full pace where it is unfolded, slower the farther the eye is ahead of that."""
        guided = self._guide is not None and self._guide.course is not None
        self._journey = way = flown_on(way, along, self._guide.made_at if self._guide is not None and guided else way.flown, passed)
        there, group = along(way.flown), ("journey", way.group)
        if way.whole:
            self._store.put(there, way.title, group)
        else:  # whatever else was changed meanwhile stays a step of its own
            self._store.carry(there.camera, way.title, group)
        self.moved.emit()
        if way.flown >= way.seconds:
            self.stop()

    def close(self) -> None:
        """No more ticks."""
        self._timer.stop()
        self.clearing.close()
        if (search := self._search) is not None:
            search.wait(10.0)
        self.walker.end()
        self._journey = self.flight = None
