"""Going somewhere: the list of places to go to, what is near, and the way back and forward again.

What searches is imported by who searches: a window that opens waits for none of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from geometry.city import City
from geometry.export import Cancelled
from geometry.place import Place
from geometry.strata import strata
from viewer.errors import InputError, LinkError
from viewer.link import link, parse
from viewer.lore.landmarks import titles
from viewer.measure import length
from viewer.places.query import is_query
from viewer.places.query import parse as parse_query
from viewer.qt.chooser import Choice
from viewer.qt.work import WindowReport, Work
from viewer.state import ViewState
from viewer.views import VIEWS
from viewer.whereabouts import radius_of

if TYPE_CHECKING:
    from viewer.places.query import Query
    from viewer.qt.window import Window

JOURNEY_S = 3.0
"""Seconds to a place of the list."""
BACK_S = 2.2
SEARCH_S = 60.0
MOST_REMEMBERED = 50
BOOKMARKS = range(1, 10)


class Travels:
    """One per window."""

    def __init__(self, window: Window) -> None:
        self._window = window
        self._behind: list[ViewState] = []
        self._ahead: list[ViewState] = []
        self._search: Work | None = None
        self._ending: list[Work] = []
        """Searches that were given up and have not heard it yet."""

    def table(self) -> dict[str, Callable[[], None]]:
        """Requests by name."""
        return {
            "goto": self.goto,
            "back": partial(self._again, True),
            "forward": partial(self._again, False),
            "layer-up": partial(self._layer, 1),
            "layer-down": partial(self._layer, -1),
        }

    def bookmark(self, what: str, number: int) -> None:
        """Store this view as a bookmark, or go to one."""
        settings = self._window.memory.settings
        if what == "store":
            settings.put(f"bookmarks/{number}", link(self._window.state))
            self._window.say(f"Bookmark {number} holds this view")
            return
        text = settings.text(f"bookmarks/{number}")
        if not text:
            self._window.say(f"Bookmark {number} is empty; Ctrl+Alt+{number} fills it")
            return
        self.leave()
        self._window.requests.tried(lambda: self._window.change(parse(text), f"Bookmark {number}"))

    def goto(self) -> None:
        """Named views, what is near, bookmarks, strata; or an address or a link that is typed."""
        from viewer.places import nearby

        rows = [Choice(f"{row.title} · {name}", "view", partial(self._window.requests.open_path, name)) for name, row in VIEWS.items()]
        rows += [
            Choice(card.title, "landmark", partial(self._window.requests.open_path, name), card.tooltip)
            for name, card in titles(self._window.state.city)
        ]
        rows += [Choice("A layer up", "near", partial(self._layer, 1)), Choice("A layer down", "near", partial(self._layer, -1))]
        rows += [Choice(f"Nearest {kind}", "near", partial(self.seek, kind)) for kind in nearby.KINDS]
        rows += self._bookmarks()
        for index, row in enumerate(strata(self._window.state.city)):
            name = f"Stratum {index}, layers {row.low:,} to {row.high - 1:,}"
            rows.append(Choice(name, "stratum", partial(self._window.requests.to_bands, (index,))))
        hint = "A place, “hall near shaft”, “band 7 / tile 3-02”, or a link"
        self._window.stage.chooser.open("Go to", hint, rows, self._typed, self._asked)

    def _asked(self, text: str) -> Choice | None:
        """A row for a text that can be looked for, such as `void >1000 km beside a shaft`."""
        if not is_query(text):
            return None
        try:
            query = parse_query(text)
        except InputError:  # not whole yet; what is wrong is said when it is entered
            return None
        return Choice(f"Look for {text.strip()}", "search", partial(self.look_for, query, text.strip()))

    def _typed(self, text: str) -> str:
        """Go where a text leads. What is wrong with it, in one line, or nothing."""
        if not is_query(text):
            return self._window.requests.open_address(text)
        try:
            parse_query(text)
        except InputError as error:
            return str(error)
        return ""

    def look_for(self, query: Query, text: str) -> None:
        """Look for the nearest place that answers, and travel there. A new wish, or Esc, ends the search."""
        from viewer.places.find import at_first

        state = self._window.state
        self._window.say(f"Looking for {text}; Esc calls it off", SEARCH_S)

        def step(report: WindowReport, part: float) -> None:
            if report.cancelled.is_set():
                raise Cancelled

        self._sought(lambda report: at_first(state, query, partial(step, report)), f"Go to {text}")

    def called_off(self) -> None:
        """Give a search up, if one is out."""
        if self._search is not None and self._search.running:
            self._give_up()
            self._window.say("The search is called off")

    def _bookmarks(self) -> list[Choice]:
        """The bookmarks that hold a view."""
        rows = []
        for number in BOOKMARKS:
            text = self._window.memory.settings.text(f"bookmarks/{number}")
            try:
                rows.append(Choice(f"Bookmark {number}, {_where(parse(text))}", f"Alt+{number}", partial(self.bookmark, "recall", number)))
            except LinkError:  # an empty one, or of another version
                continue
        return rows

    def seek(self, kind: str) -> None:
        """Look for the nearest place of a kind, and travel there."""
        from viewer.places.nearby import at_nearest

        state = self._window.state
        self._window.say(f"Looking for the nearest {kind}")
        self._sought(lambda report: at_nearest(state, kind, report.cancelled.is_set), f"Go to the nearest {kind}")

    def to(self, place: Place) -> None:
        """Travel before a place, or into it."""
        from viewer.places.approach import approach

        state = self._window.state
        self._sought(lambda report: approach(City(state.city), place, state), f"Go to {str(place.address).rpartition(' / ')[2]}")

    def _sought(self, task: Callable[[WindowReport], ViewState], title: str) -> None:
        """Work out in a thread where to stand, and travel there. A new wish ends the one before."""
        self._give_up()
        search = Work(self._window, task)
        search.done.connect(lambda there: self._travel(there, title) if self._search is search else None)
        search.failed.connect(lambda error: self._window.guard.show(error) if self._search is search else None)
        self._search = search
        search.start()

    def _give_up(self) -> None:
        """What the search that is out finds is not wanted any more."""
        search, self._search = self._search, None
        if search is not None:
            search.cancel()
            self._ending = [work for work in (*self._ending, search) if work.running]

    def _layer(self, step: int) -> None:
        from viewer.places.nearby import a_layer

        def go() -> None:
            self._travel(a_layer(self._window.state, step), "A layer up" if step > 0 else "A layer down")

        self._window.requests.tried(go)

    def _travel(self, there: ViewState, title: str) -> None:
        self.leave()
        self._window.stage.welcomed()
        self._window.pilot.travel(there.camera, JOURNEY_S, title, there)

    def leave(self) -> None:
        """Remember this place for the way back; from here there is no way forward any more."""
        self._window.requests.called_off()
        self._behind = [*self._behind[1 - MOST_REMEMBERED :], self._window.state]
        self._ahead = []

    def _again(self, back: bool) -> None:
        """To where the last journey began, or to where one came back from."""
        source, other = (self._behind, self._ahead) if back else (self._ahead, self._behind)
        if not source:
            self._window.say(f"There is no place to go {'back' if back else 'forward'} to")
            return
        now, place = self._window.state, source.pop()
        other.append(now)
        there = place if place.city == now.city else replace(now, camera=place.camera)
        self._window.pilot.travel(place.camera, BACK_S, "Back" if back else "Forward", there)

    def close(self) -> None:
        """A search that is out is let go."""
        self._give_up()
        for search in self._ending:
            search.wait(10.0)


def _where(state: ViewState) -> str:
    """A few words for a bookmark: its City, and how far from the rim it is."""
    height = radius_of(state.camera.position) - state.city.radius_km * 1e3
    return f"City {state.city.seed}, {length(abs(height))} {'above' if height > 0.0 else 'below'} the rim"
