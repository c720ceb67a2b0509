"""What crawls when the eye moves: `python benchmarks/shimmer.py [--view canyon] [--style concrete] [--frames 12]`.

A slow pan, a quarter of a pixel a frame, drawn as the window draws it and with 2 x 2 samples as stills and films have them. Each is held
against a reference of 4 x 4 samples whose surfaces carry the very same detail: panels are sized by the number of samples, and others would
be compared with others. Of each: how much a pixel changes from frame to frame on average (of 255), in how many pixels it jumps,
and how much of the change is not in the reference's: what crawls. Seconds are not measured.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geometry.city import City
from viewer.camera import Camera
from viewer.compose import STILL_TRIANGLES, Unfolder, content, scene
from viewer.drawing.picture import Sampler
from viewer.scene import Content
from viewer.state import ViewState
from viewer.views import view

SIZE, STEP, JUMP, REFERENCE = (640, 360), 0.25, 24.0, 4
F32 = NDArray[np.float32]


def panned(camera: Camera, pixels: float) -> Camera:
    """The camera, its sight moved by so many pixels."""
    wide = 2.0 * np.tan(np.radians(camera.fov) / 2.0) / SIZE[1]
    x, y, z = (np.asarray(camera.focus) + camera.right * camera.distance * wide * pixels).tolist()
    return replace(camera, focus=(x, y, z))


def frames(state: ViewState, what: Content, count: int, factor: int, like: int) -> F32:
    """(count, h, w) luminance, 0 to 255, of the pan, its surfaces as `like` samples have them."""
    sampler = Sampler(SIZE, factor, taps=12, like=like)
    cameras = [panned(state.camera, STEP * number) for number in range(count)]
    found = [sampler(scene(replace(state, camera=camera), what))[0].astype(np.float32).mean(axis=2) for camera in cameras]
    sampler.close()
    return np.stack(found)


def main() -> None:
    """Print a row for each number of samples."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--view", default="canyon")
    parser.add_argument("--style", default="concrete")
    parser.add_argument("--frames", type=int, default=12)
    given = parser.parse_args()
    state = replace(view(given.view), style=given.style)
    what = content(Unfolder(City(state.city)), state, SIZE, STILL_TRIANGLES // 4)
    print(f"{given.view}, {given.style}, {SIZE[0]} x {SIZE[1]}, {given.frames} frames, {STEP} pixels each; of 255:")
    for factor in (1, 2):
        drawn = ((factor, factor), (REFERENCE, factor))
        step, truth = (np.diff(frames(state, what, given.frames, *each), axis=0) for each in drawn)
        jumps, true_jumps = ((np.abs(each) > JUMP).mean() for each in (step, truth))
        print(
            f"  {factor} x {factor} samples: a pixel changes by {np.abs(step).mean():.2f}, the reference's by {np.abs(truth).mean():.2f}; ",
            end="",
        )
        print(f"{jumps:.2%} jump, of the reference's {true_jumps:.2%}; {np.abs(step - truth).mean():.2f} is not in the reference")


if __name__ == "__main__":
    main()
