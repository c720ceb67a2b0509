"""Dive, walk and come out with a hand that is not ours: xdotool presses the keys of the real program on a real X server.

    xvfb-run -a -s "-screen 0 960x600x24" python benchmarks/walk_drive.py [--seed 40] [--seconds 30] [--patience 900] [--pictures FOLDER]

Begins with the City under the stars. Return dives to a corridor, Shift+W walks there, Ctrl+Return flies out again. Prints how long each
took, how far one came on foot, what changed on the screen, and whether the eye was ever in a solid, in all views that the program saved on
the way. Ends with 1 if a step did not do what it must.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from window_drive import changed, ended, running, save, screen, settled, told, until, xdotool

from geometry.city import City
from geometry.spec import CitySpec
from viewer.compose import Unfolder
from viewer.journey.ground import ground
from viewer.journey.obstacles import Obstacles
from viewer.journey.walk import EYE, collides
from viewer.link import link, parse
from viewer.state import ViewState
from viewer.views import view
from viewer.whereabouts import outside

LEGS = ("w", "w", "shift+w", "d", "w", "a", "shift+w", "s", "w")
"""Keys that are held one after the other."""
_STILL = 8
"""How often a view must be found unchanged to count as at rest: the program saves it every few seconds."""


def where(home: str) -> ViewState | None:
    """The view that the running program last saved."""
    for path in Path(home).rglob("*.link"):
        return parse(path.read_text().strip())
    return None


def clear(spec: CitySpec, state: ViewState) -> bool:
    """Whether a body whose eye this is stands in no solid."""
    found = ground(City(spec), state.camera.position)
    return not collides(found.solid, np.array([0.0, 0.0, -EYE]), 0.02)


def flown(home: str, key: str, there: Callable[[ViewState], bool], patience: float) -> tuple[list[ViewState], float]:
    """The views that were saved from a key on until one rests where one should be, and the seconds that took."""
    began, seen, still = time.monotonic(), list[ViewState](), 0
    xdotool(f"key {key}")
    while time.monotonic() - began < patience and still < _STILL:
        time.sleep(1.5)
        state = where(home)
        if state is not None and (not seen or state.camera != seen[-1].camera):
            seen.append(state)
            still = 0
        elif seen and there(seen[-1]):
            still += 1
    return seen, time.monotonic() - began


def _apart(a: ViewState, b: ViewState) -> float:
    return float(np.sqrt(np.square(np.subtract(a.camera.position, b.camera.position)).sum()))


def in_solids(spec: CitySpec, states: list[ViewState]) -> int:
    """How many of some views are from within a solid."""
    city = City(spec)
    obstacles = Obstacles(city, Unfolder(city))
    return sum(not obstacles.free(np.asarray(state.camera.position)) for state in states)


def walked(home: str, spec: CitySpec, begin: ViewState, seconds: float, folder: Path) -> tuple[float, int]:
    """Metres that keys carried somebody, and how often the body stood in a solid."""
    xdotool("key shift+w")
    time.sleep(4.0)
    last, way, inside = begin, 0.0, 0
    for number, key in enumerate(LEGS):
        for word in key.split("+"):
            xdotool(f"keydown {word}")
        time.sleep(seconds / len(LEGS))
        for word in key.split("+"):
            xdotool(f"keyup {word}")
        time.sleep(4.6)
        state = where(home)
        if state is not None:
            way += _apart(state, last)
            inside += not clear(spec, state)
            last = state
            save(screen(folder / f"walk_{number + 1}"), folder / f"walk_{number + 1}.png")
    xdotool("key Escape")
    return way, inside


def drive(spec: CitySpec, seconds: float, patience: float, folder: Path) -> int:
    """In, on foot, and out; the number of failures."""
    faults = 0
    with tempfile.TemporaryDirectory() as home, running(home, link(view("outside", spec))) as program:
        blank = screen(folder / "blank")
        until(lambda: changed(blank, screen(folder / "walk_0")) > 0.3, 90.0)
        before = settled(folder / "walk_0", 90.0)
        save(before, folder / "walk_0.png")
        xdotool("mousemove 480 300")
        xdotool("key Tab")
        down, took = flown(home, "Return", lambda state: not outside(state) and state.camera.distance < 30.0, patience)
        begin = down[-1]
        faults += told("dived", not outside(begin) and begin.camera.distance < 30.0, f"{took:.0f} s, {len(down)} views saved")
        save(screen(folder / "dived"), folder / "dived.png")
        faults += told("start clear", clear(spec, begin), str(begin.camera.position))
        way, inside = walked(home, spec, begin, seconds, folder)
        faults += told("walked", way > 5.0, f"{way:.1f} m in {seconds:.0f} s of keys")
        faults += told("pixels", changed(before, screen(folder / "after")) > 0.05, "the screen changed")
        faults += told("in a solid on foot", inside == 0, f"{inside} of {len(LEGS)} stops")
        up, took = flown(home, "ctrl+Return", lambda state: outside(state) and state.camera.distance > 1e11, patience)
        faults += told("came out", outside(up[-1]), f"{took:.0f} s, {len(up)} views saved")
        save(screen(folder / "out"), folder / "out.png")
        bad = in_solids(spec, [*down, *up])
        faults += told("in a solid in flight", bad == 0, f"{bad} of {len(down) + len(up)} views")
        xdotool("key ctrl+z")
        time.sleep(5.0)
        state = where(home)
        far = np.inf if state is None else _apart(state, up[0])
        faults += told("one undo step", far < 1e3, f"{far:.3f} m from where the flight out began")
        return faults + ended(program)


def main() -> int:
    """1 if something failed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=40)
    options.add_argument("--seconds", type=float, default=30.0)
    options.add_argument("--patience", type=float, default=900.0, help="seconds that a dive, its search included, may take")
    options.add_argument("--pictures", type=Path, default=Path(tempfile.gettempdir()))
    given = options.parse_args()
    given.pictures.mkdir(parents=True, exist_ok=True)
    return int(drive(CitySpec(seed=given.seed), given.seconds, given.patience, given.pictures) > 0)


if __name__ == "__main__":
    sys.exit(main())
