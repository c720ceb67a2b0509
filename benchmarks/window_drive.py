"""Drive the real program on a real X server with a hand that is not ours: xdotool moves the mouse and presses the keys.

    xvfb-run -a -s "-screen 0 1280x800x24" python benchmarks/window_drive.py [--seed 40] [--pictures FOLDER]

Prints what each step changed of the picture; ends with 1 if a step that must change it did not, or the program did not end with 0.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
SETTLED = 3.0
"""Seconds without change after which a picture counts as finished."""


@dataclass(frozen=True, slots=True)
class Step:
    """What the hand does, and the least share of pixels that must change by it."""

    name: str
    moves: tuple[str, ...]
    least: float


STEPS = (
    Step("orbit", ("mousemove 560 380 mousedown 1", "mousemove 600 385", "mousemove 690 400", "mousemove 760 410", "mouseup 1"), 0.05),
    Step("wheel", ("mousemove 620 380 click 4", "click 4", "click 4"), 0.05),
    Step("undo", ("key ctrl+z",), 0.05),
    Step("slice", ("key x",), 0.02),
    Step("slice moved", ("key Prior", "key Prior", "key Prior"), 0.005),
    Step("undo slices", ("key ctrl+z", "key ctrl+z"), 0.005),
    Step("night", ("key l",), 0.05),
    Step("day", ("key l",), 0.05),
    Step("panels", ("key Tab",), 0.02),
    Step("panels back", ("key Tab",), 0.02),
    Step("palette", ("key ctrl+shift+p",), 0.01),
    Step("palette shut", ("key Escape",), 0.01),
    Step("key sheet", ("key F1",), 0.05),
    Step("key sheet shut", ("key Escape",), 0.05),
    Step("screenshot", ("key F12",), 0.0),
)


def xdotool(words: str) -> None:
    """One command of xdotool, and time for the program to hear it."""
    subprocess.run(["xdotool", *words.split()], check=True)
    time.sleep(0.15)


def screen(path: Path) -> Pixels:
    """What is on the X screen now: (h, w, 3)."""
    raw = path.with_suffix(".ppm")
    subprocess.run(["import", "-window", "root", "-depth", "8", str(raw)], check=True)
    data = raw.read_bytes()
    raw.unlink()
    _, size, _, pixels = data.split(b"\n", 3)
    width, height = (int(word) for word in size.split())
    return np.frombuffer(pixels, np.uint8).reshape(height, width, 3)


def changed(one: Pixels, other: Pixels) -> float:
    """Share of pixels that differ to the eye."""
    return float((np.abs(one.astype(np.int16) - other).max(axis=2) > 12).mean())


def settled(path: Path, timeout: float) -> Pixels:
    """The screen when nothing has moved for a while."""
    end, last, since = time.monotonic() + timeout, screen(path), time.monotonic()
    while time.monotonic() < end and time.monotonic() - since < SETTLED:
        time.sleep(0.4)
        now = screen(path)
        if changed(last, now) > 0.0005:
            since = time.monotonic()
        last = now
    return last


def save(pixels: Pixels, path: Path) -> None:
    """A picture for people to look at."""
    height, width, _ = pixels.shape
    subprocess.run(["convert", "-size", f"{width}x{height}", "-depth", "8", "rgb:-", str(path)], input=pixels.tobytes(), check=True)


def _environment(home: str) -> dict[str, str]:
    folders = {name: f"{home}/{name}" for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME")}
    env = {**os.environ, **folders, "HOME": home}
    env.pop("WAYLAND_DISPLAY", None)
    return env


def drive(seed: int, folder: Path, wait: float) -> int:
    """Run all steps; 0 if every one did what it must."""
    with tempfile.TemporaryDirectory(prefix="megastructure-drive-") as home:
        command = [sys.executable, "-m", "viewer", "view", "model", "--seed", str(seed)]
        program = subprocess.Popen(command, env=_environment(home))
        failures = 0
        try:
            failures += _first(folder, wait)
            for step in STEPS:
                failures += _do(step, folder, wait)
            made = list(Path(home).rglob("*.png")) + list(Path.cwd().glob(f"megastructure-{seed}-*.png"))
            print(f"{'picture file':16} {'yes' if made else 'NO'}")
            failures += not made
            for path in made:
                path.unlink()
            xdotool("key ctrl+q")
            code = program.wait(60)
        finally:
            if program.poll() is None:
                program.kill()
        print(f"{'exit code':16} {code}")
    return 1 if failures or code else 0


def _first(folder: Path, wait: float) -> int:
    began = time.monotonic()
    while _lit(screen(folder / "x")) < 0.05 and time.monotonic() - began < wait:
        time.sleep(0.3)
    ready = time.monotonic() - began
    picture = settled(folder / "x", wait)
    save(picture, folder / "00-opening.png")
    lit = _lit(picture)
    print(f"{'opening':16} {lit:6.1%} of the screen is lit after {ready:.1f} s", flush=True)
    return lit < 0.05


def _lit(picture: Pixels) -> float:
    return float((picture.max(axis=2) > 60).mean())


def _do(step: Step, folder: Path, wait: float) -> int:
    before = screen(folder / "x")
    for words in step.moves:
        xdotool(words)
    end = time.monotonic() + wait
    while changed(before, screen(folder / "x")) < step.least and time.monotonic() < end:
        time.sleep(0.3)
    after = settled(folder / "x", wait)
    save(after, folder / f"{STEPS.index(step) + 1:02}-{step.name.replace(' ', '-')}.png")
    share = changed(before, after)
    good = share >= step.least
    print(f"{step.name:16} {share:6.1%} of the pixels changed{'' if good else f', at least {step.least:.1%} were expected'}", flush=True)
    return not good


def main() -> int:
    """Read the flags and drive."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=40)
    parser.add_argument("--pictures", type=Path, default=None)
    parser.add_argument("--wait", type=float, default=60.0, help="longest time for one step, seconds")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="megastructure-screens-") as scratch:
        folder = options.pictures or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        return drive(options.seed, folder, options.wait)


if __name__ == "__main__":
    sys.exit(main())
