"""What crawls when the eye moves: `python benchmarks/shimmer.py [--view canyon] [--style concrete] [--frames 12]`.

A slow pan, a quarter of a pixel a frame, drawn as the window draws it and with 2 x 2 samples as stills and films have them. Each is held
against a reference of 4 x 4 samples whose surfaces carry the very same detail: panels are sized by the number of samples, and others would
be compared with others. So is VTK as it comes, with the same triangles in Phong, against 4 x 4 samples of its own: with one sample a pixel
and with the eight of its multisampling. Of each: how much a pixel changes from frame to frame on average (of 255), in how many pixels it
jumps, and how much of the change is not in the reference's, which is what crawls. Seconds are not measured.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from plain import Plain
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkRenderingCore import vtkWindowToImageFilter

from geometry.city import City
from viewer.camera import Camera
from viewer.compose import STILL_TRIANGLES, Unfolder, content, scene
from viewer.drawing.picture import Sampler, offscreen
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


def plain_frames(state: ViewState, what: Content, count: int, factor: int, samples: int) -> F32:
    """The same of VTK as it comes, with so many multisamples."""
    window = offscreen(SIZE[0] * factor, SIZE[1] * factor)
    plain = Plain(window, what)
    window.SetMultiSamples(samples)
    taker, found = vtkWindowToImageFilter(input=window, read_front_buffer=False, should_rerender=False), list[F32]()
    for number in range(count):
        plain.look(panned(state.camera, STEP * number))
        window.Render()
        taker.Modified()
        taker.Update()
        flat = vtk_to_numpy(taker.GetOutput().GetPointData().GetScalars()).astype(np.float32).mean(axis=1)
        found.append(flat.reshape(SIZE[1], factor, SIZE[0], factor).mean(axis=(1, 3)))
    plain.release()
    return np.stack(found)


def told(name: str, drawn: F32, reference: F32) -> None:
    """Print what of a pan crawls."""
    step, truth = np.diff(drawn, axis=0), np.diff(reference, axis=0)
    jumps, true_jumps = (float((np.abs(each) > JUMP).mean()) for each in (step, truth))
    moved, crawls = float(np.abs(truth).mean()), float(np.abs(step - truth).mean())
    print(f"  {name}: a pixel changes by {np.abs(step).mean():.2f}, the reference's by {moved:.2f}; {jumps:.2%} jump, of the", end=" ")
    print(f"reference's {true_jumps:.2%}; {crawls:.2f} is not in the reference")


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
        told(f"{factor} x {factor} samples", *(frames(state, what, given.frames, *each) for each in drawn))
    truth = plain_frames(state, what, given.frames, REFERENCE, 0)
    for samples in (0, 8):
        told(f"VTK's Phong, {max(samples, 1)} a pixel", plain_frames(state, what, given.frames, 1, samples), truth)


if __name__ == "__main__":
    main()
