"""Our window's cold start against a bare QtInteractor that shows the very same triangles; each in a process of its own.

    xvfb-run -a -s "-screen 0 1280x800x24" python benchmarks/window.py [PRESET] [--rounds N]

Prints seconds from the start of the process until all modules are loaded, until the window is shown, until it has a picture of the
City, and until that is whole; the same in seconds of processor, which other programs do not lengthen; the peak of memory; and ratios.
The bare window gets its triangles ready-made from a file, ours has to unfold them: what that takes alone, from the start of a process
that does nothing else, is printed too, and what either window would come to without one of the things it waits for.

Both find their modules as bytecode, as in any installed program: a round that nobody counts writes it, into a folder of this benchmark.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

BEGAN = time.monotonic()
ROOT = Path(__file__).resolve().parents[1]
SIZE = (1280, 720)
ROLES = ("ours", "bare", "unfolding")


def peak() -> float:
    """MB of memory this process has held at once."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def now() -> tuple[float, float]:
    """Seconds since the process began, by the clock and of processor."""
    return time.monotonic() - BEGAN, time.process_time()


def until(app: Any, what: Callable[[], bool], seconds: float = 180.0) -> None:
    """Let Qt work until something is true."""
    end = time.monotonic() + seconds
    while not what() and time.monotonic() < end:
        app.processEvents()
        time.sleep(0.001)


def merged(content: Any) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Points and triangles of a content as one mesh."""
    from geometry.angle import matrix
    from geometry.solids import prototypes

    what, start = content.instances, len(content.surface.points)
    points, triangles = [content.surface.points], [content.surface.triangles]
    for kind in np.unique(what.prototype).tolist():
        rows, mesh = what.prototype == kind, prototypes()[kind]
        turned = np.einsum("nij,npj->npi", matrix(what.rotation[rows]), mesh.points[None] * what.scale[rows][:, None])
        points.append((turned + what.position[rows][:, None]).reshape(-1, 3).astype(np.float32))
        first = start + len(mesh.points) * np.arange(rows.sum())
        triangles.append((mesh.triangles[None] + first[:, None, None]).reshape(-1, 3).astype(np.int32))
        start += len(points[-1])
    return np.concatenate(points), np.concatenate(triangles)


def ours(folder: Path, name: str) -> str:
    """Open the real window; keep the triangles of its first picture, and say what it took."""
    from viewer.composer_process import ComposerProcess, begun

    composer = ComposerProcess()
    from geometry.cityfile import preset
    from viewer.views import view

    state = view("opening", preset(name).spec)
    begun(state, composer)
    gc.disable()  # as the command does
    from viewer.qt.app import application, open_window
    from viewer.qt.settings import Settings
    from viewer.qt.window import Memory
    from viewer.session import Session

    loaded, app = now(), application()
    window = open_window(state, Memory(Settings(folder), Session(folder)), composer)
    window.resize(*SIZE)
    window.show()
    loop, marks, drawn = window.loop, [loaded, now()], [None]
    loop.shown.connect(lambda scene: drawn.append(scene.content))
    until(app, lambda: drawn[-1] is not None)  # a frame is drawn before Qt's events are through
    marks.append(now())
    until(app, lambda: not loop.composer.busy and drawn[-1] is loop.content)
    marks.append(now())
    content = loop.content
    assert content is not None
    line = " ".join(f"{wall} {processor}" for wall, processor in marks) + f" {peak()}"
    points, triangles = merged(content)
    np.savez(folder / "triangles.npz", points=points, triangles=triangles, eye=content.anchor)
    window.store.saved()
    window.close()
    return line


def bare(folder: Path) -> str:
    """A QtInteractor with one mesh, one light and Phong, as it comes."""
    import pyvista
    from PySide6.QtWidgets import QApplication
    from pyvistaqt import QtInteractor

    loaded, app = now(), QApplication([])
    widget = QtInteractor(auto_update=False, multi_samples=0)
    widget.resize(*SIZE)
    data = np.load(folder / "triangles.npz")
    faces = np.insert(data["triangles"], 0, 3, axis=1).ravel()
    far = float(np.abs(data["points"]).max())
    widget.add_mesh(pyvista.PolyData(data["points"] / far, faces), smooth_shading=False)
    widget.camera.position, widget.camera.focal_point = (0.0, 0.0, 0.0), tuple((-data["eye"] / far).tolist())
    widget.camera.view_angle = 50.0
    widget.reset_camera_clipping_range()
    frames: list[float] = []
    widget.GetRenderWindow().AddObserver("EndEvent", lambda *_: frames.append(time.monotonic()))
    widget.show()
    shown = now()
    until(app, lambda: bool(frames))
    widget.GetRenderWindow().WaitForCompletion()
    done = now()
    line = " ".join(f"{wall} {processor}" for wall, processor in (loaded, shown, done, done)) + f" {peak()}"
    widget.close()
    return line


def unfolding(name: str) -> str:
    """What the opening view asks for, and nothing else: no window, no picture."""
    from geometry.city import City
    from geometry.cityfile import preset
    from viewer.compose import Unfolder, content
    from viewer.scene import LIVE_TRIANGLES
    from viewer.views import view

    loaded, state = now(), view("opening", preset(name).spec)
    content(Unfolder(City(state.city)), state, SIZE, LIVE_TRIANGLES)
    done = now()
    return " ".join(f"{wall} {processor}" for wall, processor in (loaded, done, done, done)) + f" {peak()}"


def run(role: str, folder: Path, name: str) -> list[float]:
    """Seconds by the clock and of processor until loaded, the window, the first, the whole picture; and MB; from a process of its own."""
    words = [sys.executable, __file__, name, "--role", role, "--folder", str(folder)]
    surroundings = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    surroundings["PYTHONPYCACHEPREFIX"] = str(folder / "bytecode")
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=ROOT, env=surroundings)
    return [float(word) for word in done.stdout.split()[-9:]]


def main() -> None:
    """Both windows some times, in turn; the better of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("preset", nargs="?", default="canon")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--role", choices=ROLES)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    if options.role:
        print(played(options.role, options.folder, options.preset), flush=True)
        return
    with tempfile.TemporaryDirectory(prefix="megastructure-window-") as scratch:
        folder = Path(scratch)
        rounds = [[run(role, folder, options.preset) for role in ROLES] for _ in range(options.rounds + 1)][1:]
        count = len(np.load(folder / "triangles.npz")["triangles"])
    mine, plain, work = (min(rows) for rows in zip(*rounds, strict=True))
    print(f"{count} triangles, {SIZE[0]} x {SIZE[1]}")
    for who, row in (("bare", plain), ("ours", mine)):
        stages = zip(("loaded", "window", "first picture", "whole picture"), row[0:8:2], row[1:8:2], strict=True)
        words = ", ".join(f"{what} {wall:.2f} s ({processor:.2f} s of processor)" for what, wall, processor in stages)
        print(f"{who}   {words}, {row[8]:.0f} MB")
    print(f"ratio  {told(mine, plain)}")
    print(f"unfolding alone {work[6]:.2f} s ({work[7]:.2f} s of processor); a bare window that then drew it at once would come to", end=" ")
    print(f"{(work[6] + plain[6] - plain[2]) / plain[6]:.2f}, one that began only then to {(work[6] + plain[6]) / plain[6]:.2f}")
    rest = mine[6] - max(mine[2], work[6])
    print(
        f"ours waits for the later of its window and the unfolding, then draws for {rest:.2f} s: drawn at once, it would come to", end=" "
    )
    print(f"{(mine[6] - rest) / plain[6]:.2f}; with nothing but the bare window's modules to load, to", end=" ")
    print(f"{(mine[6] - max(0.0, mine[0] - plain[0])) / plain[6]:.2f}")


def played(role: str, folder: Path, name: str) -> str:
    """One role's line of numbers."""
    return {"ours": lambda: ours(folder, name), "bare": lambda: bare(folder), "unfolding": lambda: unfolding(name)}[role]()


def told(mine: list[float], plain: list[float]) -> str:
    """Ratios of ours to the bare window's, by the clock and of processor."""
    stages = (("first picture", 4), ("whole picture", 6))
    return ", ".join(f"{what} {mine[n] / plain[n]:.2f} ({mine[n + 1] / plain[n + 1]:.2f} of processor)" for what, n in stages)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
