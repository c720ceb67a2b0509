"""The table of actions: menu, palette, keys, command and scripts all use these rows.

An action is a pure function ViewState -> ViewState, or the name of a request that the window or command fulfils
(`request.export`). A key is bound to an action's id, never to code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, partial

from geometry.fields import FIELDS
from geometry.history import STAGES
from geometry.scar import POWERS
from viewer import history, moves
from viewer.emitter import beam
from viewer.errors import InputError
from viewer.lore import orbits
from viewer.state import ViewState

Change = Callable[[ViewState], ViewState]

MENUS = ("File", "Edit", "View", "Slice", "Layers", "Light", "Go", "Help")


@dataclass(frozen=True, slots=True)
class Action:
    """One row: `run` is the change it makes, or the name of a request."""

    id: str
    title: str
    menu: str
    keys: tuple[str, ...]
    """In the form of Qt's portable key text: Ctrl+Shift+P, PgUp, \\."""
    run: Change | str

    @property
    def request(self) -> str | None:
        """The name of the request, or None for a change of state."""
        return self.run if isinstance(self.run, str) else None


def apply(action: Action, state: ViewState) -> ViewState:
    """The state after the action; a request leaves it as it is."""
    return state if isinstance(action.run, str) else action.run(state)


def find(name: str) -> Action:
    """The action with this id. Raises InputError with the nearest id."""
    action = by_id().get(name)
    if action is None:
        near = get_close_matches(name, by_id(), 1)
        hint = f"did you mean '{near[0]}'?" if near else "docs/commands.md lists them"
        raise InputError(f"there is no action '{name[:40]}'; {hint}")
    return action


@cache
def by_id() -> Mapping[str, Action]:
    """All actions by id."""
    return {action.id: action for action in ACTIONS}


def by_key(remapped: Mapping[str, tuple[str, ...]] | None = None) -> dict[str, Action]:
    """Actions by key. `remapped` gives other keys to some ids; a key taken that way leaves its former action."""
    other = dict(remapped or {})
    table = {key: action for action in ACTIONS if action.id not in other for key in action.keys}
    table.update({key: find(name) for name, keys in other.items() for key in keys})
    return table


def keys_by_id(remapped: Mapping[str, tuple[str, ...]] | None = None) -> dict[str, tuple[str, ...]]:
    """The keys that each action answers to, after remapping; in the order of the table."""
    table = by_key(remapped)
    other = dict(remapped or {})
    return {a.id: tuple(key for key in other.get(a.id, a.keys) if table[key].id == a.id) for a in ACTIONS}


def search(words: str) -> list[Action]:
    """Actions whose title, menu or id holds every word, for the palette."""
    wanted = words.lower().split()
    return [a for a in ACTIONS if all(word in f"{a.menu} {a.title} {a.id}".lower() for word in wanted)]


def _request(name: str, title: str, menu: str, *keys: str) -> Action:
    return Action(name, title, menu, keys, f"request.{name}")


def _bookmarks() -> tuple[Action, ...]:
    recall = (_request(f"bookmark.recall.{n}", f"Go to bookmark {n}", "Go", f"Alt+{n}") for n in range(1, 10))
    store = (_request(f"bookmark.store.{n}", f"Store bookmark {n}", "Go", f"Ctrl+Alt+{n}") for n in range(1, 10))
    return (*recall, *store)


def _powers() -> tuple[Action, ...]:
    """Each power over the view, on or off, and the ghost orbits."""
    shown = [(one.name, one.title) for one in FIELDS] + [(orbits.NAME, orbits.TITLE)]
    return tuple(_row(f"power.{name}", f"Over the view: {title}", "View", partial(moves.power_toggled, name=name)) for name, title in shown)


def _beam() -> tuple[Action, ...]:
    """The Gravitational Beam Emitter: to fire, its power, and to take a scar away."""
    each = (
        _row(f"beam.power.{number}", f"Power {number}: {one.name}", "Edit", partial(beam.powered, power=number))
        for number, one in enumerate(POWERS, 1)
    )
    return (
        _row("beam.fire", "Fire the beam", "Edit", beam.fired, "B"),
        _row("beam.next", "Next power of the beam", "Edit", beam.stepped, "Shift+B"),
        *each,
        _row("beam.mend", "Mend the last scar", "Edit", beam.mended),
    )


def _ages() -> tuple[Action, ...]:
    """To the beginning of each stage of the history."""
    return tuple(_row(f"age.{one.id}", f"Age: {one.name}", "Light", partial(history.staged, name=one.id)) for one in STAGES)


def _row(name: str, title: str, menu: str, run: Change, *keys: str) -> Action:
    return Action(name, title, menu, keys, run)


ACTIONS: tuple[Action, ...] = (
    _request("new", "New City…", "File", "Ctrl+N"),
    _request("open", "Open city, link or picture…", "File", "Ctrl+O"),
    _request("save", "Save city", "File", "Ctrl+S"),
    _request("save-as", "Save city as…", "File", "Ctrl+Shift+S"),
    _request("export", "Export…", "File", "Ctrl+E"),
    _request("screenshot", "Save a picture", "File", "F12"),
    _request("copy-link", "Copy the link", "File", "Ctrl+Shift+C"),
    _request("quit", "Quit", "File", "Ctrl+Q"),
    _request("undo", "Undo", "Edit", "Ctrl+Z"),
    _request("redo", "Redo", "Edit", "Ctrl+Shift+Z"),
    _row("seed.next", "Next seed", "Edit", lambda s: moves.seed_stepped(s, 1), "N"),
    _row("seed.previous", "Previous seed", "Edit", lambda s: moves.seed_stepped(s, -1), "Shift+N"),
    *_beam(),
    _request("settings", "Settings…", "Edit", "Ctrl+,"),
    _row("view.home", "Opening view", "View", moves.home, "Home"),
    _row("view.front", "From the front", "View", lambda s: moves.seen_from(s, "front"), "1"),
    _row("view.right", "From the right", "View", lambda s: moves.seen_from(s, "right"), "3"),
    _row("view.top", "From above", "View", lambda s: moves.seen_from(s, "top"), "7"),
    _row("view.back", "From the back", "View", lambda s: moves.seen_from(s, "back"), "Ctrl+1"),
    _row("view.left", "From the left", "View", lambda s: moves.seen_from(s, "left"), "Ctrl+3"),
    _row("view.bottom", "From below", "View", lambda s: moves.seen_from(s, "bottom"), "Ctrl+7"),
    _row("view.parallel", "Orthographic", "View", moves.parallel_toggled, "5"),
    _row("view.orbit-left", "Turn left", "View", lambda s: moves.turned(s, -5.0, 0.0), "Left"),
    _row("view.orbit-right", "Turn right", "View", lambda s: moves.turned(s, 5.0, 0.0), "Right"),
    _row("view.orbit-up", "Turn up", "View", lambda s: moves.turned(s, 0.0, 5.0), "Up"),
    _row("view.orbit-down", "Turn down", "View", lambda s: moves.turned(s, 0.0, -5.0), "Down"),
    _row("view.pan-left", "Slide left", "View", lambda s: moves.slid(s, -0.1, 0.0), "Ctrl+Left"),
    _row("view.pan-right", "Slide right", "View", lambda s: moves.slid(s, 0.1, 0.0), "Ctrl+Right"),
    _row("view.pan-up", "Slide up", "View", lambda s: moves.slid(s, 0.0, 0.1), "Ctrl+Up"),
    _row("view.pan-down", "Slide down", "View", lambda s: moves.slid(s, 0.0, -0.1), "Ctrl+Down"),
    _row("view.zoom-in", "Nearer", "View", lambda s: moves.nearer(s, 0.8), "+", "="),
    _row("view.zoom-out", "Farther", "View", lambda s: moves.nearer(s, 1.25), "-"),
    _row("view.style", "Next style", "View", moves.style_cycled, "T"),
    _request("styles", "Style panel", "View", "Shift+T"),
    _row("style.reset", "Style as its file has it", "View", moves.style_reset),
    _request("style.save", "Save as style…", "View"),
    _request("style.folder", "Open the styles folder", "View"),
    _request("style.reread", "Read the styles again", "View"),
    _row("view.figure", "Human figure", "View", moves.figure_toggled, "G"),
    *_powers(),
    _row("view.lost", "Be lost: no address, scale or readouts", "View", moves.lost_toggled, "Shift+L"),
    _row("view.detail-more", "More detail", "View", lambda s: moves.detailed(s, 1.25), "Ctrl++", "Ctrl+="),
    _row("view.detail-less", "Less detail", "View", lambda s: moves.detailed(s, 0.8), "Ctrl+-"),
    _request("fullscreen", "Full screen", "View", "F11"),
    _request("panels", "Hide or show all panels", "View", "Tab"),
    _request("theme.system", "Theme of the desktop", "View"),
    _request("theme.dark", "Dark theme", "View"),
    _request("theme.light", "Light theme", "View"),
    _row("slice.further", "Slice further", "Slice", lambda s: moves.slice_moved(s, -1.0), "PgDown"),
    _row("slice.back", "Slice back", "Slice", lambda s: moves.slice_moved(s, 1.0), "PgUp"),
    _row("slice.x", "Plane across x", "Slice", lambda s: moves.slice_axis(s, "x"), "X"),
    _row("slice.y", "Plane across y", "Slice", lambda s: moves.slice_axis(s, "y"), "Y"),
    _row("slice.z", "Plane across z", "Slice", lambda s: moves.slice_axis(s, "z"), "Z"),
    _row("slice.flip", "Flip the slice", "Slice", moves.slice_flipped, "\\"),
    _row("slice.plane", "Plane", "Slice", moves.plane_toggled, "P"),
    _row("slice.wedge", "Wedge", "Slice", moves.wedge_toggled, "V"),
    _row("slice.shells", "Shell range", "Slice", moves.shells_toggled, "R"),
    _row("slice.drop", "Remove the last slice", "Slice", moves.slice_dropped, "Backspace"),
    _row("slice.clear", "Remove all slices", "Slice", moves.slices_cleared, "Delete"),
    _row("layers.peel", "Take off a stratum", "Layers", lambda s: moves.peeled(s, 1), "]"),
    _row("layers.unpeel", "Put back a stratum", "Layers", lambda s: moves.peeled(s, -1), "["),
    _row("layers.isolate", "Isolate a stratum, or show all", "Layers", moves.isolation_toggled, "I"),
    _row("layers.isolate-out", "Isolate the next stratum out", "Layers", lambda s: moves.isolation_stepped(s, 1), "Shift+PgUp"),
    _row("layers.isolate-in", "Isolate the next stratum in", "Layers", lambda s: moves.isolation_stepped(s, -1), "Shift+PgDown"),
    _row("layers.explode", "Pull strata apart", "Layers", lambda s: moves.exploded(s, 0.1), "Ctrl+]"),
    _row("layers.implode", "Push strata together", "Layers", lambda s: moves.exploded(s, -0.1), "Ctrl+["),
    _row("layers.all", "All layers, nothing cut", "Layers", moves.made_whole, "Shift+Home"),
    _row("light.day-night", "Day or night", "Light", moves.day_toggled, "L"),
    _row("light.later", "An hour later", "Light", lambda s: moves.hours_passed(s, 1.0), "Shift+Right"),
    _row("light.earlier", "An hour earlier", "Light", lambda s: moves.hours_passed(s, -1.0), "Shift+Left"),
    _row("light.year-later", "A hundred years later", "Light", lambda s: moves.years_passed(s, 100.0), "Shift+Up"),
    _row("light.year-earlier", "A hundred years earlier", "Light", lambda s: moves.years_passed(s, -100.0), "Shift+Down"),
    _row("age.later", "The next age", "Light", lambda s: history.stepped(s, 1), "Alt+Up"),
    _row("age.earlier", "The age before", "Light", lambda s: history.stepped(s, -1), "Alt+Down"),
    *_ages(),
    _row("light.haze-more", "More haze", "Light", lambda s: moves.hazed(s, 0.25), "'"),
    _row("light.haze-less", "Less haze", "Light", lambda s: moves.hazed(s, -0.25), ";"),
    _request("play", "Play or stop time", "Light", "Space"),
    _request("slower", "Time slower", "Light", ","),
    _request("faster", "Time faster", "Light", "."),
    _request("goto", "Go to…", "Go", "Ctrl+F"),
    _request("dive", "Dive", "Go", "Return"),
    _request("ride", "Ride the lift", "Go", "Shift+Return"),
    _request("leave", "Fly out to the stars", "Go", "Ctrl+Return"),
    _request("surprise", "Surprise me", "Go", "Ctrl+R"),
    _request("fly", "Fly", "Go", "Shift+F"),
    _request("walk", "Walk", "Go", "Shift+W"),
    _request("layer-up", "A layer up", "Go", "Ctrl+PgUp"),
    _request("layer-down", "A layer down", "Go", "Ctrl+PgDown"),
    _request("back", "Back to the last place", "Go", "Ctrl+Backspace"),
    _request("forward", "Forward again", "Go", "Ctrl+Shift+Backspace"),
    *_bookmarks(),
    _request("palette", "All actions…", "Help", "Ctrl+Shift+P"),
    _request("keys", "Keys", "Help", "H", "F1"),
    _request("canon", "Canon…", "Help"),
    _request("about", "About", "Help"),
)


def replayed(names: list[str], state: ViewState) -> ViewState:
    """The state after several actions by id, in order. Raises InputError for an unknown id or one that needs the window."""
    for name in names:
        action = find(name)
        if action.request is not None:
            raise InputError(f"action '{name}' needs the window; use one that changes the view")
        state = apply(action, state)
    return state
