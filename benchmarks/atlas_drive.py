"""The atlas in the real program on a real X server, by keys alone: an overlay, ages and years, being lost, a search, captions, the ride.

    xvfb-run -a -s "-screen 0 1280x800x24" python benchmarks/atlas_drive.py [--seed 40] [--pictures FOLDER]

Prints what each step changed of the picture. Ends with 1 if a step did not do what it must.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from window_drive import changed, driven, ended, running, save, screen, settled, told, until, xdotool

from geometry.spec import CitySpec
from viewer.link import link, parse
from viewer.state import ViewState
from viewer.views import view

FAST = 0.05
"""Parts of light's speed at which the lift is ridden."""
WAIT = 150.0
"""Seconds that a step may take on a busy machine."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is typed, and the least share of pixels that must change by it."""

    name: str
    keys: tuple[str, ...]
    least: float
    holds: Callable[[ViewState], bool] = lambda state: True
    """What must be true then of the session that the program keeps."""


def named(title: str) -> tuple[str, ...]:
    """The keys that take an action out of the palette."""
    return ("key ctrl+shift+p", f"type --delay 30 {title.replace(' ', '_')}", "sleep 2", "key Return")


STEPS = (
    Step("overlay", named("Safeguard alarm"), 0.02, lambda state: state.power == "alarm"),
    Step("another", named("Builders at work"), 0.02, lambda state: state.power == "builders"),
    Step("taken off", named("Builders at work"), 0.02, lambda state: state.power == ""),
    Step("lost", ("key shift+l",), 0.002, lambda state: state.lost),
    Step("found again", ("key shift+l",), 0.002, lambda state: not state.lost),
    Step("an age before", ("key alt+Down",), 0.02, lambda state: state.year < 0.0),
    Step("years pass", ("key shift+Up", "key shift+Up"), 0.001, lambda state: state.year < 0.0),
    Step("now again", ("key alt+Up",), 0.02, lambda state: state.year == 0.0),
    Step("canon", named("Canon…"), 0.02),
    Step("canon shut", ("key Escape",), 0.02),
    Step("about", named("About"), 0.005),
    Step("about shut", ("key Escape",), 0.005),
    Step("a search", ("key ctrl+f", "type --delay 30 hall near shaft", "key Return"), 0.1),
)


def typed(words: str) -> None:
    """One command of xdotool; what is typed keeps its spaces."""
    if words.startswith("sleep"):
        return time.sleep(float(words.split()[1]))
    if not words.startswith("type"):
        return xdotool(words)
    *head, text = words.split(" ", 3)
    for number, word in enumerate(text.replace("_", " ").split(" ")):
        if number:
            xdotool("key space")
        xdotool(" ".join([*head, word]))
    return None


def drive(spec: CitySpec, folder: Path) -> int:
    """All steps in one window, then the ride; the number of failures."""
    with tempfile.TemporaryDirectory() as home, running(home, link(view("canyon", spec))) as program:
        until(lambda: screen(folder / "atlas")[200:600, 400:800].mean() > 12.0, 240.0)
        xdotool("mousemove 620 380")
        before, faults = settled(folder / "atlas", WAIT), 0
        for step in STEPS:
            for words in step.keys:
                typed(words)
            shown = before

            def other(step: Step = step) -> bool:
                return changed(before, screen(folder / "atlas")) >= step.least  # noqa: B023  asked before the next step begins

            came = until(other, WAIT)
            holds = until(lambda step=step: step.holds(kept(home)), 60.0)
            shown = settled(folder / "atlas", WAIT)
            save(shown, folder / f"atlas_{step.name.replace(' ', '-')}.png")
            said = f"{changed(before, shown):.1%} changed{'' if holds else '; the session says otherwise'}"
            faults += told(step.name, came and holds, said)
            before = shown
        return faults + _ride(home, folder) + ended(program)


def _ride(home: str, folder: Path) -> int:
    """Board the trunk lift; it rides when the session that is kept says so. Esc gets off."""
    xdotool("key shift+Return")
    came = until(lambda: abs(kept(home).beta) > FAST, 2.0 * WAIT)
    speed = abs(kept(home).beta)
    save(screen(folder / "atlas"), folder / "atlas_ride.png")
    xdotool("key Escape")
    return told("ride", came, f"at {speed:.3g} c")


def kept(home: str) -> ViewState:
    """What the running program has last kept; the opening view where there is nothing yet."""
    found = next(iter(Path(home).rglob("*.link")), None)
    return ViewState() if found is None else parse(found.read_text().strip())


if __name__ == "__main__":
    sys.exit(driven(__doc__, drive))
