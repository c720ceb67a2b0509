"""Fire the Emitter in the real program on a real X server, by keys alone: charge, shot, scar, undo, redo, save.

    xvfb-run -a -s "-screen 0 1280x800x24" python benchmarks/beam_drive.py [--seed 40] [--pictures FOLDER]

Prints what each step changed of the picture and whether the City file holds the scar. Ends with 1 if a step did not do what it must.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
from window_drive import Pixels, changed, driven, ended, running, save, screen, settled, told, until, xdotool

from geometry.cityfile import read
from geometry.spec import CitySpec
from viewer.link import link, parse
from viewer.state import ViewState
from viewer.views import view

WHITE = 0.012
"""Share of the picture that a shot makes white, at least; a coarse picture of the same haze has less."""


def start(spec: CitySpec) -> ViewState:
    """On a ledge of a canyon, looking aslant at its wall."""
    state = view("canyon", spec)
    camera = state.camera
    ahead = camera.forward - 0.45 * camera.right + 0.02 * camera.upward
    x, y, z = (np.asarray(camera.position) + camera.distance * ahead).tolist()
    return replace(state, camera=replace(camera, focus=(x, y, z)))


def light(pixels: Pixels) -> float:
    """Share of the picture that is nearly white."""
    return float((pixels[100:700].min(axis=2) > 225).mean())


def scars(home: str) -> int:
    """How many the running program has last kept."""
    found = next(iter(Path(home).rglob("*.link")), None)
    return -1 if found is None else len(parse(found.read_text().strip()).city.scars)


def drive(spec: CitySpec, folder: Path) -> int:
    """The whole shot; the number of failures."""
    with tempfile.TemporaryDirectory() as home, running(home, link(start(spec))) as program:
        until(lambda: screen(folder / "beam_0")[200:600, 400:800].mean() > 12.0, 240.0)
        xdotool("mousemove 620 380")
        xdotool("key Tab")
        before = settled(folder / "beam_0", 120.0)
        save(before, folder / "beam_0.png")
        xdotool("key shift+b")
        xdotool("key b")
        shown = [before]

        def white() -> bool:
            shown[:] = [max(shown[0], screen(folder / "moment"), key=light)]
            return light(shown[0]) > light(before) + WHITE

        faults = told("flash", until(white, 60.0), f"{light(shown[0]) - light(before):.2%} more of the picture is white")
        save(shown[0], folder / "beam_shot.png")
        until(lambda: scars(home) == 1, 120.0)
        time.sleep(12.0)  # until dust and glow are gone
        after = settled(folder / "beam_1", 120.0)
        save(after, folder / "beam_1.png")
        faults += told("scar", changed(before, after) > 0.02, f"{changed(before, after):.1%} changed")
        until(lambda: scars(home) == 1, 60.0)
        faults += told("kept", scars(home) == 1, f"{scars(home)} scar in the session")
        faults += _undone(folder, home, before, after)
        faults += _saved(folder, Path(home) / "shot.toml")
        return faults + ended(program)


def _undone(folder: Path, home: str, before: Pixels, after: Pixels) -> int:
    xdotool("key ctrl+z")
    until(lambda: scars(home) == 0, 120.0)
    mended = settled(folder / "beam_2", 120.0)
    save(mended, folder / "beam_2.png")
    faults = told("undo", changed(before, mended) < 0.3 * changed(before, after), f"{changed(before, mended):.1%} differs from before")
    xdotool("key ctrl+shift+z")
    until(lambda: scars(home) == 1, 120.0)
    again = settled(folder / "beam_3", 120.0)
    save(again, folder / "beam_3.png")
    faults += told("redo", scars(home) == 1, f"{changed(after, again):.1%} differs from the shot")
    return faults


def _saved(folder: Path, path: Path) -> int:
    xdotool("key ctrl+s")
    until(lambda: subprocess.run(["xdotool", "search", "--name", "Save city"], capture_output=True, check=False).returncode == 0, 60.0)
    time.sleep(2.0)
    xdotool("key ctrl+a")
    xdotool(f"type --delay 30 {path}")
    save(screen(path.with_suffix("")), folder / "beam_save.png")
    xdotool("key Return")
    until(path.exists, 60.0)
    held = len(read(path).spec.scars) if path.exists() else 0
    return told("saved", held == 1, f"{held} scar in the city file")


if __name__ == "__main__":
    sys.exit(driven(__doc__, drive))
