"""The frame loop: draws on demand, and keeps asking for a new cut of the City while the camera moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from time import monotonic

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from viewer.camera import Camera
from viewer.history import cut_key
from viewer.qt.canvas import Canvas
from viewer.qt.protocols import Course, Drawing, MakeComposer, MakeScene
from viewer.scene import LIVE_TRIANGLES, Content, Scene
from viewer.state import ViewState
from viewer.store import Store

POLL_MS = 30
PAUSE_S = 0.12
"""Least time between two requests."""
LEAD_MOST_S = 3.0
"""How far ahead of a flying eye is unfolded at most."""
PATIENCE_S = 5.0
"""After this long an unanswered request is replaced by the newest wish; twice as long each time, so that a slow machine gets there."""


LEAST, FIRST, MOST = 150_000, 200_000, 1_600_000
"""Triangles asked for while the picture moves: where frames are slow, at the start, where they are fast."""
FAR, TURNED = 0.5, 0.985
"""A moving eye waits for its rest, unless it has gone so far since the last request, in picture distances, or its sight has turned
so far (a cosine): a content ends a little beside its picture."""
WIDER, SHARPER = 1.15, 1.35
"""How much wider or finer than it was cut for the first content may be shown."""
SLOW_S, FAST_S = 0.2, 0.04
"""Seconds of a frame above and below which fewer or more triangles are asked for."""


SCALES = (1.0, 1 / 2, 1 / 3, 1 / 4)
"""Parts of the resolution that a moving picture is drawn at."""
LAGGING_S = 0.09
"""Seconds of a moving frame above which the next is drawn coarser; finer, where that would take no longer than this."""
REST_MS, REST_FRAMES, REST_MOST_MS = 250, 2.0, 700
"""After so long without a change, and as long as so many frames take, the picture is drawn sharp, in portions."""


def scale_after(scale: float, seconds: float) -> float:
    """The part of the resolution for the next moving frame, after one at `scale` took so long."""
    index = SCALES.index(scale)
    if seconds > SLOW_S:
        return SCALES[-1]
    if seconds > LAGGING_S:
        return SCALES[min(index + 1, len(SCALES) - 1)]
    finer = SCALES[max(index - 1, 0)]
    return finer if seconds < LAGGING_S * (scale / finer) ** 2 else scale


NEAR_BY = 8.0
"""Picture distances from the eye of a content within which it is taken to be of the place in view."""
DIMMEST = 0.16


def awaiting(scene: Scene) -> Scene:
    """The scene, dimmed while nothing of the place in view has arrived: bright empty haze would look like a fault."""
    camera, look = scene.camera, scene.look
    away = np.asarray(camera.position) - scene.content.anchor
    share = float(np.sqrt((away * away).sum())) / (NEAR_BY * camera.distance)
    if not look.inside or look.style.drawing != "paint" or share <= 1.0:
        return scene
    return replace(scene, look=replace(look, gain=look.gain * max(DIMMEST, 1.0 / share)))


def budget_after(budget: int, seconds: float) -> int:
    """How many triangles to ask for after a frame took so long."""
    if seconds > SLOW_S:
        return max(LEAST, budget // 2)
    return min(MOST, budget * 2) if seconds < FAST_S else budget


def cut_for(state: ViewState, size: tuple[int, int]) -> tuple[object, ...]:
    """All of a state that decides which places are unfolded; hour, style and haze are uniforms and are not in it."""
    return (
        state.city,
        state.camera,
        bool(state.beta),
        cut_key(state),
        state.cuts,
        state.peel,
        state.isolated,
        state.hidden,
        state.detail,
        state.figure,
        size,
    )


def serves(made: tuple[int, int], size: tuple[int, int]) -> bool:
    """Whether a content cut for a picture of `made` pixels does for one of `size`: it reaches a little beside the picture, and a part is
    not seen to be a third finer or coarser."""
    wider = size[0] * made[1] / max(made[0] * size[1], 1)
    return wider <= WIDER and 1.0 / SHARPER <= size[1] / made[1] <= SHARPER


def left_behind(asked: Camera, camera: Camera) -> bool:
    """Whether a camera has gone so far that what was asked for elsewhere no longer fills its picture."""
    step = np.asarray(camera.position, dtype=np.float64) - np.asarray(asked.position, dtype=np.float64)
    far = float(np.sqrt((step * step).sum())) > FAR * min(camera.distance, asked.distance)
    inward = float(np.dot(camera.forward, asked.forward)) < TURNED
    return far or (inward and float(np.sqrt((step * step).sum())) < 0.01 * camera.distance) or camera.parallel != asked.parallel


class Loop(QObject):
    """Store, composer and canvas, tied together."""

    ready = Signal()
    """The composer has something new (sent from its thread)."""
    shown = Signal(object)
    """The Scene that a frame drew."""
    busy_changed = Signal(bool)
    failed = Signal(object)

    def __init__(self, store: Store, canvas: Canvas, make_composer: MakeComposer, make_scene: MakeScene) -> None:
        super().__init__(canvas)
        self._store, self._canvas, self._make_scene = store, canvas, make_scene
        self.composer = make_composer(store.state, self.ready.emit)
        self.content: Content | None = None
        self._asked: tuple[object, ...] | None = None
        self._asked_state = store.state
        self._asked_in_passing = False
        self._expected: tuple[ViewState, tuple[int, int]] | None = None
        self.course: Course | None = None
        self.dress: Callable[[Scene], Scene] | None = None
        """What a picture is given beside its state: the light of a shot."""
        self.made_at = self._asked_time = 0.0
        self._answer_s = 0.5
        self._sketchy = False
        self._asked_at = 0.0
        self._patience = PATIENCE_S
        self.budget = FIRST
        self._drawn: Content | None = None
        self._frames = 0
        self._showing = self._seen = store.state
        self._busy = False
        self._scale, self._scale_drawn = SCALES[2], SCALES[2]
        self._resting = QTimer(self)
        self._resting.setSingleShot(True)
        self._resting.timeout.connect(self.wake)
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self.ready.connect(self._poll)
        canvas.before_frame = self._before_frame
        canvas.before_change = self._before_change
        canvas.surface.drawn.connect(self._has_drawn)
        store.listen(self._changed)
        self._timer.start()

    def expect(self, state: ViewState, size: tuple[int, int]) -> None:
        """The composer that came along is at work on this already: for a picture of nearly that size it need not begin again."""
        self._expected = state, size

    def _changed(self, old: ViewState, new: ViewState) -> None:
        if self._only_moved(old, new):
            self._canvas.fade.follow(new.camera)
        else:  # what a hand does is seen at once
            self._canvas.fade.drop()
        self._moved()

    def _only_moved(self, old: ViewState, new: ViewState) -> bool:
        """Whether a state shows what another does, from where its eye is; on a journey the hour goes along."""
        along = self.course is not None
        return replace(old, camera=new.camera, hour=new.hour if along else old.hour, year=new.year if along else old.year) == new

    def _before_change(self) -> None:
        """A sharp picture comes over the coarse one of the same state: it fades in."""
        if self._showing == self._seen:
            self._canvas.keep(self._seen.camera)

    def _has_drawn(self) -> None:
        self._seen = self._showing

    def _moved(self) -> None:
        self._pause()
        self.wake()

    def _pause(self) -> None:
        """Draw quickly for a while."""
        self._resting.start(int(min(max(REST_MS, 1e3 * REST_FRAMES * self._canvas.surface.longest), REST_MOST_MS)))

    @property
    def _passing(self) -> bool:
        """Whether the picture moves, or waits on its way for what is to come."""
        return self._resting.isActive() or self.course is not None

    def rest(self) -> None:
        """The next frame is drawn sharp, even if the picture moved a moment ago."""
        self._resting.stop()
        self._canvas.redraw()

    def hurry(self) -> None:
        """Draw the next frame quickly: something moves that is in no state."""
        self._moved()

    def wake(self) -> None:
        """Something changed: draw it, and see whether another cut is needed."""
        self._canvas.redraw()
        self._timer.start()

    def _poll(self) -> None:
        try:
            newest = self.composer.latest()
        except Exception as error:  # noqa: BLE001  # whatever the worker failed with is told, the window lives
            self.failed.emit(error)
            newest = self.content
        if newest is not None and newest is not self.content:
            self._keep_what_is_seen()
            self.content = newest
            self._canvas.ready = True
            self._patience = PATIENCE_S
            self._sketchy = self.composer.busy
            self._canvas.redraw()
            if not self._sketchy:
                self._answer_s, self.made_at = monotonic() - self._asked_at, self._asked_time
        if self.course is not None:
            self._ask_ahead(self.course)
            return
        wish = cut_for(self._store.state, self._canvas.size)
        self._take_expected(wish)
        waiting = wish != self._asked or (self._asked_in_passing and not self._resting.isActive())
        if waiting and self._may_ask():
            self._ask(wish, self._store.state)
            waiting = False
        busy = waiting or self.composer.busy
        if busy != self._busy:
            self._busy = busy
            self.busy_changed.emit(busy)
        if not busy:
            self._timer.stop()

    def _keep_what_is_seen(self) -> None:
        """A late content fades in where it is of what is seen already: of another City, year or cut it comes at once."""
        now = self._store.state
        if self.content is not None and self._only_moved(self._seen, now):
            self._canvas.keep(self._seen.camera)
            self._canvas.fade.follow(now.camera)

    def _take_expected(self, wish: tuple[object, ...]) -> None:
        """The first wish is as good as asked for if it is what was expected."""
        if self._asked is not None or self._expected is None:
            return
        state, size = self._expected
        if serves(size, self._canvas.size) and cut_for(state, self._canvas.size) == wish:
            self._asked, self._asked_at = wish, monotonic()

    def _may_ask(self) -> bool:
        if self._waits():
            return False
        since = monotonic() - self._asked_at
        if not self.composer.busy:
            return since > PAUSE_S
        if since > self._patience:
            self._patience *= 2.0
            return True
        return False

    def _waits(self) -> bool:
        """A worker that unfolds takes the processor from the frames: what only moves is unfolded when it rests, or is left behind."""
        asked, state = self._asked_state, self._store.state
        if self._asked is None or not self._resting.isActive() or left_behind(asked.camera, state.camera):
            return False
        as_before = replace(state, camera=asked.camera, cuts=asked.cuts)
        return cut_for(as_before, self._canvas.size) == cut_for(asked, self._canvas.size)

    def _ask_ahead(self, course: Course) -> None:
        """Of a way that is known, ask for what will be in view when the answer comes."""
        if not self.composer.busy and monotonic() - self._asked_at > PAUSE_S:
            self._asked_time, there = course(min(self._answer_s, LEAD_MOST_S))
            self._ask(cut_for(there, self._canvas.size), there)

    def _ask(self, wish: tuple[object, ...], state: ViewState) -> None:
        self._asked, self._asked_at, self._asked_state = wish, monotonic(), state
        self._asked_in_passing = self._passing
        budget = self.budget if self._passing else max(self.budget, LIVE_TRIANGLES)
        self.composer.request(state, self._canvas.size, budget)

    def _before_frame(self, renderer: Drawing) -> bool:
        if cut_for(self._store.state, self._canvas.size) != self._asked:
            self._timer.start()
        if self.content is None:
            return False
        surface = self._canvas.surface
        if self._drawn is self.content and self._frames != self._canvas.frames:  # one that uploads, or was broken off, tells no speed
            self._learn(surface.seconds)
        self._drawn, self._frames = self.content, self._canvas.frames
        self._showing = self._store.state
        if surface.bare:  # first a quick picture, then the sharp one over it
            self._pause()
        hurried = self._passing or (self._sketchy and self.composer.busy)
        self._scale_drawn = self._scale if hurried else 1.0
        renderer.coarsen(self._scale_drawn, self._canvas.size)
        scene = awaiting(self._make_scene(self._store.state, self.content))
        renderer.show(scene if self.dress is None else self.dress(scene))
        self.shown.emit(scene)
        return not hurried and self._scale < 1.0

    def _learn(self, seconds: float) -> None:
        """Take the time of the last frame for the next: how coarse a moving one is, and how many triangles a whole one may have."""
        if self._scale_drawn == self._scale:
            self._scale = scale_after(self._scale, seconds)
        if self._scale_drawn == 1.0:
            self.budget = budget_after(self.budget, seconds)

    def close(self) -> None:
        """Stop timer and worker."""
        self._resting.stop()
        self._timer.stop()
        self.composer.close()
