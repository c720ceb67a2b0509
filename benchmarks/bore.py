"""What a frame costs beside a bore against the same without it: processor time of our renderer, as a ratio. No window is needed.

python benchmarks/bore.py [--view hall] [--power 3] [--size 640x360] [--frames 8]

Ends with 1 where it costs more than half as much again.
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
from viewer.emitter import beam
from viewer.state import ViewState
from viewer.views import VIEWS, view

MOST = 1.5
Size = tuple[int, int]


class Drawer:
    """A window that draws one state's content from a little farther round each time."""

    def __init__(self, state: ViewState, size: Size, triangles: int) -> None:
        self.window = offscreen(*size)
        self.renderer = Renderer(self.window)
        self.state = state
        self.what = content(Unfolder(City(state.city)), state, size, triangles)

    def draw(self, frame: int) -> float:
        """Processor seconds of one frame."""
        shown = scene(replace(self.state, camera=orbit(self.state.camera, 0.0004 * (frame + 1), 0.0)), self.what)
        began = time.process_time()
        self.renderer.show(shown)
        self.window.Render()
        self.window.WaitForCompletion()
        return time.process_time() - began


def main() -> int:
    """Measure by turns, so that a busy machine is busy for both alike."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--view", default="hall", choices=VIEWS)
    parser.add_argument("--power", type=int, default=3)
    parser.add_argument("--size", default="640x360")
    parser.add_argument("--frames", type=int, default=8)
    parser.add_argument("--triangles", type=int, default=400_000)
    options = parser.parse_args()
    wide, high = (int(side) for side in options.size.split("x"))
    whole = beam.powered(view(options.view), options.power)
    drawers = [Drawer(state, (wide, high), options.triangles) for state in (whole, beam.fired(whole))]
    spent = np.array([[drawer.draw(frame) for drawer in drawers] for frame in range(options.frames + 1)])[1:]
    without, beside = np.median(spent, axis=0)
    ratio = float(beside / without)
    print(f"{options.view}, power {options.power}, {wide} x {high}: beside the bore {ratio:.2f} times {without * 1e3:.0f} ms of processor")
    return int(ratio > MOST)


if __name__ == "__main__":
    sys.exit(main())
