"""Drive the real program on a real X server with a hand that is not ours: xdotool moves the mouse and presses the keys.

    xvfb-run -a -s "-screen 0 1280x800x24" python benchmarks/window_drive.py [--seed 40] [--pictures FOLDER]

Prints what each step changed of the picture; exports a mesh and checks it; kills the program and takes the lost session up; counts the
frames of an orbit. Ends with 1 if a step did not do what it must, or a program did not end with 0.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geometry.spec import CitySpec

Pixels = NDArray[np.uint8]
ROOT = Path(__file__).resolve().parents[1]
SETTLED = 3.0
"""Seconds without change after which a picture counts as finished."""
ACCENT = (168, 210, 224)
"""Colour of a main button in the dark theme."""
ALERT = (240, 160, 140)
"""Colour of what is wrong in the dark theme."""
FLUENT = 3.0
"""Frames a second that an orbit must have on software OpenGL, canon preset."""


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


@contextmanager
def running(home: str, source: str, *more: str) -> Iterator[subprocess.Popen[bytes]]:
    """The program with a home of its own; it does not outlive the block."""
    environment = _environment(home) | {"PYTHONPATH": str(ROOT)}
    program = subprocess.Popen([sys.executable, "-m", "viewer", "view", source, *more], env=environment, cwd=home)
    try:
        yield program
    finally:
        if program.poll() is None:
            program.kill()
            program.wait()


def told(name: str, good: bool, what: str) -> int:
    """Print a line; 1 for a failure."""
    print(f"{name:16} {what}{'' if good else '  FAILED'}", flush=True)
    return int(not good)


def until(what: Callable[[], bool], seconds: float) -> bool:
    """Wait for something; whether it came."""
    end = time.monotonic() + seconds
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def ended(program: subprocess.Popen[bytes]) -> int:
    """Press Ctrl+Q; 1 if the program does not end with 0."""
    xdotool("key ctrl+q")
    until(lambda: program.poll() is not None, 60.0)
    return told("exit code", program.returncode == 0, str(program.returncode))


def driven(words: str, drive: Callable[[CitySpec, Path], int]) -> int:
    """The command of a drive through one City: 1 if something failed."""
    options = argparse.ArgumentParser(description=words, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--seed", type=int, default=40)
    options.add_argument("--pictures", type=Path, default=Path(tempfile.gettempdir()))
    given = options.parse_args()
    given.pictures.mkdir(parents=True, exist_ok=True)
    return int(drive(CitySpec(seed=given.seed), given.pictures) > 0)


def drive(seed: int, folder: Path, wait: float) -> int:
    """All steps in one window; the number of failures."""
    with tempfile.TemporaryDirectory(prefix="megastructure-drive-") as home, running(home, "model", "--seed", str(seed)) as program:
        failures = _first(folder, wait)
        failures += sum(_do(step, folder, wait) for step in STEPS)
        failures += _travel(folder, wait) + _shrink(folder, wait)
        failures += told("picture file", any(Path(home).rglob("*.png")), "a screenshot was saved")
        failures += _export(Path(home), seed, folder, wait)
        return failures + ended(program)


def _travel(folder: Path, wait: float) -> int:
    """A mistyped place is said in the panel, which keeps the words; the right one is gone to, and one undo leads back."""
    before = settled(folder / "x", wait)
    for words in ("key ctrl+f", "type lyaer", "key space", "type 7", "key Return"):
        xdotool(words)
    wrong = settled(folder / "x", wait)
    save(wrong, folder / "mistyped.png")
    alert = int((np.abs(wrong.astype(np.int16) - ALERT).max(axis=2) < 24).sum())
    failures = told("mistyped place", alert > 40, f"{alert} pixels say what is wrong")
    for words in ("key ctrl+a", "type layer", "key space", "type 7", "key Return"):
        xdotool(words)
    until(lambda: changed(before, screen(folder / "x")) > 0.1, wait)
    there = settled(folder / "x", wait)
    save(there, folder / "place.png")
    far = changed(before, there)
    xdotool("key ctrl+z")
    until(lambda: changed(before, screen(folder / "x")) < 0.3 * far, wait)
    back = changed(before, settled(folder / "x", wait))
    good, what = far > 0.1 and back < 0.3 * far, f"{far:.1%} changed by going, {back:.1%} are left after one undo"
    return failures + told("place and back", good, what)


def _shrink(folder: Path, wait: float) -> int:
    """The window at 1 x 1 and back: it lives and draws."""
    before = settled(folder / "x", wait)
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "Megastructure"], capture_output=True, text=True, check=False)
    if not found.stdout.split():
        return told("1 x 1 and back", False, "the window is not found")
    name = found.stdout.split()[-1]
    height, width, _ = before.shape
    for size in ("1 1", f"{width} {height}"):
        xdotool(f"windowsize {name} {size}")
        time.sleep(2.0)
    until(lambda: _lit(screen(folder / "x")) > 0.05, wait)
    lit = _lit(settled(folder / "x", wait))
    return told("1 x 1 and back", lit > 0.05, f"{lit:.1%} of the screen is lit again")


def button(folder: Path, box: tuple[int, int, int, int] | None = None) -> tuple[int, int] | None:
    """The middle of the main button within a box (x, y, w, h) of the screen, or None."""
    picture = screen(folder / "x").astype(np.int16)
    x, y, w, h = box or (0, 0, picture.shape[1], picture.shape[0])
    alike = np.abs(picture[y : y + h, x : x + w] - ACCENT).max(axis=2) < 10
    rows, columns = np.nonzero(np.lib.stride_tricks.sliding_window_view(alike, (5, 20)).all(axis=(2, 3)))  # no words, no lines of sliders
    return (x + int(np.median(columns)) + 10, y + int(np.median(rows)) + 2) if len(rows) else None


def dialog() -> tuple[int, int, int, int] | None:
    """Where the export dialog is: x, y, w, h; None if there is none."""
    found = subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^Export"], capture_output=True, text=True, check=False)
    for window in found.stdout.split():
        answer = subprocess.run(["xdotool", "getwindowgeometry", "--shell", window], capture_output=True, text=True, check=False)
        numbers = dict(line.split("=") for line in answer.stdout.split() if "=" in line)
        if answer.returncode == 0:
            return int(numbers["X"]), int(numbers["Y"]), int(numbers["WIDTH"]), int(numbers["HEIGHT"])
    return None


def _press_export(folder: Path) -> tuple[int, int] | None:
    """Open the dialog and press its main button; where that is."""
    xdotool("key ctrl+e")
    until(lambda: dialog() is not None, 20.0)
    time.sleep(1.0)
    spot = button(folder, dialog())
    if spot is not None:
        save(screen(folder / "x"), folder / "export.png")
        xdotool(f"mousemove {spot[0]} {spot[1]} click 1")
    return spot


def _export(home: Path, seed: int, folder: Path, wait: float) -> int:
    """Cancel leaves nothing; the second try leaves a mesh that is sound."""
    made = home / f"city-{seed}.glb"
    spot = _press_export(folder)
    if spot is None:
        return told("export", False, "the dialog has no main button")
    xdotool(f"mousemove {spot[0] - 96} {spot[1]} click 1")
    until(lambda: button(folder, dialog()) is not None, wait)
    left = [path.name for path in home.iterdir() if "glb" in path.name]
    failures = told("export cancelled", not left, "no file is left" if not left else f"left {', '.join(left)}")
    xdotool(f"mousemove {spot[0] - 96} {spot[1]} click 1")
    until(lambda: dialog() is None, 10.0)
    began = time.monotonic()
    _press_export(folder)
    there = until(lambda: made.exists() and dialog() is None, 4 * wait)
    size = made.stat().st_size / 1e6 if there else 0.0
    failures += told("export", there, f"{size:.1f} MB after {time.monotonic() - began:.0f} s")
    check = subprocess.run([sys.executable, "-m", "viewer", "check", str(made)], capture_output=True, text=True, check=False, cwd=ROOT)
    return failures + told("export checked", check.returncode == 0, (check.stdout + check.stderr).strip().replace("\n", ", "))


def crash(seed: int, folder: Path, wait: float) -> int:
    """Kill the program without warning; the next one offers the view back, and a click takes it."""
    with tempfile.TemporaryDirectory(prefix="megastructure-drive-") as home:
        with running(home, "model", "--seed", str(seed)) as program:
            _first(folder, wait)
            xdotool("key l")
            night = settled(folder / "x", wait)
            time.sleep(5.0)  # the view is kept every 4 s
            program.send_signal(signal.SIGKILL)
        with running(home, "model", "--seed", str(seed)) as program:
            _first(folder, wait)
            day = settled(folder / "x", wait)
            spot = button(folder)
            if spot is None:
                return told("lost session", False, "is not offered")
            xdotool(f"mousemove {spot[0]} {spot[1]} click 1")
            until(lambda: changed(day, screen(folder / "x")) > 0.05, wait)
            back = settled(folder / "x", wait)
            save(back, folder / "taken-up.png")
            near, far = changed(back, night), changed(day, night)
            failures = told("lost session", near < 0.5 * far, f"{near:.1%} from the view that was lost, {far:.1%} before it was taken up")
            return failures + ended(program)


def orbit(name: str, least: float) -> int:
    """Frames a second of a real drag: a process of its own counts what its canvas draws. Where other programs hold the processors,
    frames a second of processor count: software OpenGL keeps two of them three quarters busy, so two draw 1.5 times as many."""
    with tempfile.TemporaryDirectory(prefix="megastructure-drive-") as home:
        environment = _environment(home) | {"PYTHONPATH": str(ROOT)}
        ran = subprocess.run(
            [sys.executable, str(ROOT / "benchmarks" / "orbit.py"), name],
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            cwd=home,
        )
    words = ran.stdout.split()
    rate = max(float(words[0]), 1.5 * float(words[2])) if ran.returncode == 0 and len(words) > 2 else 0.0
    return told(f"orbit {name}", rate >= least, ran.stdout.strip() or ran.stderr.strip()[-300:])


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
        failures = drive(options.seed, folder, options.wait)
        failures += crash(options.seed, folder, options.wait)
        failures += orbit("model", 0.0) + orbit("canon", FLUENT)
        print("all steps did what they must" if not failures else f"{failures} FAILED", flush=True)
        return int(failures > 0)


if __name__ == "__main__":
    sys.exit(main())
