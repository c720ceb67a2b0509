"""Walk through the City with a hand that is not ours: xdotool presses the keys of the real program on a real X server.

    xvfb-run -a -s "-screen 0 960x600x24" python benchmarks/walk_drive.py [--seed 40] [--seconds 30] [--pictures FOLDER]

Begins in the hung corridor of a block, walks and runs, comes out, and quits. Prints how far it came, what changed on the screen, and
whether the body was ever in a solid, by the same boxes that stop it. Ends with 1 if a step did not do what it must.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from window_drive import changed, ended, running, save, screen, settled, told, until, xdotool

from geometry.city import City
from geometry.place import Place
from geometry.search import first
from geometry.spec import CitySpec
from viewer.ground import ground
from viewer.link import link, parse
from viewer.state import ViewState
from viewer.vantage import standing
from viewer.walk import EYE, collides

LEGS = ("w", "w", "shift+w", "d", "w", "a", "shift+w", "s", "w")
"""Keys that are held one after the other."""


def start(spec: CitySpec) -> ViewState:
    """The eye in a corridor hung on the wall of a block, looking along it."""
    place = first(City(spec), "district", "block", "corridor", fitting=_hung)
    x, y, _ = place.size
    ahead = (0.4 * x, 0.0, 1.8) if x >= y else (0.0, 0.4 * y, 1.8)
    back = (-0.3 * x, 0.0, 1.98) if x >= y else (0.0, -0.3 * y, 1.98)
    return standing(spec, place, back, ahead, fov=66.0)


def _hung(place: Place) -> bool:
    return place.address.steps[-1][1] == 2 and max(place.size) > 25.0


def where(home: str) -> ViewState | None:
    """The view that the running program last saved."""
    for path in Path(home).rglob("*.link"):
        return parse(path.read_text().strip())
    return None


def clear(spec: CitySpec, state: ViewState) -> bool:
    """Whether a body whose eye this is stands in no solid."""
    found = ground(City(spec), state.camera.position)
    return not collides(found.solid, np.array([0.0, 0.0, -EYE]), 0.02)


def drive(spec: CitySpec, seconds: float, folder: Path) -> int:
    """The whole walk; the number of failures."""
    begin = start(spec)
    faults = told("start clear", clear(spec, begin), str(begin.camera.position))
    with tempfile.TemporaryDirectory() as home, running(home, link(begin)) as program:
        blank = screen(folder / "blank")
        until(lambda: changed(blank, screen(folder / "walk_0")) > 0.3, 90.0)
        before = settled(folder / "walk_0", 90.0)
        save(before, folder / "walk_0.png")
        xdotool("mousemove 480 300")
        xdotool("key Tab")
        xdotool("key shift+w")
        time.sleep(4.0)
        last, way, inside = begin, 0.0, 0
        for number, key in enumerate(LEGS):
            held = key.split("+")
            for word in held:
                xdotool(f"keydown {word}")
            time.sleep(seconds / len(LEGS))
            for word in held:
                xdotool(f"keyup {word}")
            time.sleep(4.6)
            state = where(home)
            if state is None:
                continue
            way += float(np.sqrt(np.square(np.subtract(state.camera.position, last.camera.position)).sum()))
            inside += not clear(spec, state)
            last = state
            save(screen(folder / f"walk_{number + 1}"), folder / f"walk_{number + 1}.png")
        after = screen(folder / "after")
        faults += told("walked", way > 5.0, f"{way:.1f} m in {seconds:.0f} s of keys")
        faults += told("pixels", changed(before, after) > 0.05, f"{changed(before, after):.1%} changed")
        faults += told("in a solid", inside == 0, f"{inside} of {len(LEGS)} stops")
        xdotool("key Escape")
        time.sleep(0.5)
        xdotool("key ctrl+z")
        back = settled(folder / "walk_undone", 60.0)
        save(back, folder / "walk_undone.png")
        time.sleep(4.6)
        state = where(home)
        far = np.inf if state is None else float(np.abs(np.subtract(state.camera.position, begin.camera.position)).max())
        faults += told("one undo step", far < 0.01, f"{far:.3f} m from the start")
        return faults + ended(program)


def main() -> int:
    """1 if something failed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seed", type=int, default=40)
    options.add_argument("--seconds", type=float, default=30.0)
    options.add_argument("--pictures", type=Path, default=Path(tempfile.gettempdir()))
    given = options.parse_args()
    given.pictures.mkdir(parents=True, exist_ok=True)
    return int(drive(CitySpec(seed=given.seed), given.seconds, given.pictures) > 0)


if __name__ == "__main__":
    sys.exit(main())
