"""What years cost a frame: the same parts drawn without years, with them, and while the year is scrubbed; processor time, as ratios.

xvfb-run -a python benchmarks/year.py [--frames 12] [--size 640x360] [--view district]
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import replace

import numpy as np

from geometry.city import City
from viewer.camera import orbit
from viewer.compose import Unfolder, content, scene
from viewer.drawing.picture import offscreen
from viewer.drawing.renderer import Renderer
from viewer.scene import Content
from viewer.state import ViewState
from viewer.views import view


def ageless(what: Content, year: float) -> Content:
    """The parts that stand in a year, without their years."""
    instances = what.instances
    assert instances.born is not None
    assert instances.gone is not None
    there = (instances.born <= year) & (instances.gone > year)
    columns = {name: getattr(instances, name)[there] for name in ("prototype", "position", "rotation", "scale", "look")}
    return replace(
        what,
        instances=replace(instances, **columns, born=None, gone=None),
        surface=replace(what.surface, born=None, gone=None),
    )


WAVE = -4_700.0
"""A year in which the wave passes that takes the gene."""


class Drawer:
    """A window that draws one content, again and again."""

    def __init__(self, size: tuple[int, int], state: ViewState, what: Content) -> None:
        self.size = size
        self.window = offscreen(*size)
        self.renderer = Renderer(self.window)
        self.state, self.what = state, what
        self.spent: list[float] = []

    def coarsen(self, scale: float) -> None:
        """Draw as the window does while something moves, for the picture to be stretched."""
        self.renderer.coarsen(scale, self.size)

    def draw(self, turn: float, year: float) -> float:
        """Draw from a little farther round; processor seconds of it."""
        state = replace(self.state, camera=orbit(self.state.camera, turn, 0.0), year=year)
        shown = scene(state, self.what)
        began = time.process_time()
        self.renderer.show(shown)
        self.window.Render()
        self.window.WaitForCompletion()
        return time.process_time() - began


def measured(bare: Drawer, dated: Drawer, scale: float, frames: int) -> dict[str, list[float]]:
    """Seconds of each frame; each of another turn, so that none is drawn from what was kept."""
    for drawer in (bare, dated):
        drawer.coarsen(scale)
    found: dict[str, list[float]] = {"without years": [], "a year": [], "scrubbed": [], "with the wave": []}
    for frame in range(frames + 2):
        turn = 0.0004 * (frame + 1)
        rows = {"without years": bare.draw(turn, -1.0), "a year": dated.draw(turn, -1.0)}
        rows["scrubbed"] = dated.draw(turn, -30.0 - frame)
        rows["with the wave"] = dated.draw(turn, WAVE - frame)
        dated.draw(turn, -1.0)
        for name, spent in rows.items():
            if frame >= 2:
                found[name].append(spent)
    return found


def main() -> int:
    """Measure by turns, so that a busy machine is busy for all alike; print medians as ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=int, default=12)
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--view", default="district")
    parser.add_argument("--triangles", type=int, default=400_000)
    options = parser.parse_args()
    wide, high = (int(side) for side in options.size.split("x"))
    state = replace(view(options.view), year=-1.0)
    what = content(Unfolder(City(state.city)), state, (wide, high), options.triangles)
    bare, dated = Drawer((wide, high), state, ageless(what, -1.0)), Drawer((wide, high), state, what)
    print(f"{options.view}, {wide} x {high}, {what.triangles} triangles, of which {bare.what.instances.prototype.size} parts stand")
    for name, scale in (("as it is scrubbed", 0.5), ("at rest", 1.0)):
        found = measured(bare, dated, scale, options.frames)
        base = float(np.median(found["without years"]))
        print(f"{name}, at {scale:g} of the resolution:")
        for row, times in found.items():
            print(f"  {row:14} {np.median(times) / base:.3f}  (median of {len(times)}, {np.median(times) * 1e3:.0f} ms of processor)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
