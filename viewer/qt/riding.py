"""The ride in the trunk lift, as the window plays it: along its line, with two clocks over the view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewer.journey.tour import Tour
from viewer.qt.overlay import Badge
from viewer.qt.work import Work
from viewer.state import ViewState

if TYPE_CHECKING:
    from viewer.qt.window import Window


class Riding:
    """One per window."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._search: Work | None = None
        self.badge = Badge(window.canvas.surface, "Clocks of the ride")
        window.store.listen(lambda old, new: self._follow(new))

    def begin(self) -> None:
        """Board the lift of this City, wherever one is; Back leads back. Where it stands takes a moment to find the first time."""
        from viewer.journey.ride import SECONDS, ride  # with a rule: a window that opens needs neither

        self._window.requests.travels.leave()
        state = self._window.state
        search = Work(self._window, lambda report: ride(state, SECONDS))
        search.done.connect(lambda tour: self._board(tour) if self._search is search else None)
        search.failed.connect(self._window.guard.show)
        self._search = search
        search.start()

    def _board(self, tour: Tour) -> None:
        self._search = None
        self._window.say("Riding the trunk lift; drag or Esc gets off", 4.0)
        self._window.stage.welcomed()
        self._window.pilot.follow(tour.state_at, tour.seconds, "Ride the lift", leaps=True)

    def _follow(self, state: ViewState) -> None:
        if state.beta or self.badge.isVisible():
            from viewer.journey.ride import told

            self.badge.say("" if state.lost else told(state))

    def close(self) -> None:
        """Whoever waits for the lift does no more."""
        search, self._search = self._search, None
        if search is not None:
            search.wait(10.0)
