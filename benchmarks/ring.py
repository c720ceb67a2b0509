"""Whether detail pops up in a ring about the eye: `python benchmarks/ring.py [--view canyon] [--style concrete] [--step 0.02]`.

One camera, drawn with what is cut for its eye, and with what is cut for an eye a little further on (`--step` of the middling distance of
what is seen): what differs is what a cut would change at once in a film without fading. What that eye has passed, or nearly, is left
out. Of pixels by their distance, in even steps of its logarithm: how many change by more than LEVEL of 255, and in how many something else
is seen. A ring of detail would show as one step of distance that changes far more than the others.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geometry.city import City
from viewer.camera import Camera
from viewer.compose import STILL_TRIANGLES, Unfolder, content, scene
from viewer.drawing.picture import Sampler
from viewer.scene import Content
from viewer.state import ViewState
from viewer.views import view

SIZE, LEVEL, MOVED, STEPS, FEWEST, PASSED = (960, 540), 12, 0.02, 12, 0.02, 5.0
"""MOVED: what lies elsewhere by more than this share of its distance has changed. FEWEST: a step of distance with fewer of the pixels says
nothing. PASSED: what is nearer than so many steps of the eye is left out."""
RING = (0.01, 3.0)
"""A step of distance is a ring where more than this share of its pixels shows something else, and so many times the mean."""
F32 = NDArray[np.float32]
Mask = NDArray[np.bool_]


def further(camera: Camera, metres: float) -> Camera:
    """The camera, moved on along its sight."""
    way = np.asarray(camera.forward) * metres
    position, focus = ((np.asarray(point) + way).tolist() for point in (camera.position, camera.focus))
    return replace(camera, position=tuple(position), focus=tuple(focus))


def drawn(sampler: Sampler, state: ViewState, what: Content) -> tuple[F32, F32]:
    """(h, w) luminance 0 to 255, and (h, w) metres along the sight axis."""
    pixels, depth = sampler(scene(state, what))
    return pixels.astype(np.float32) @ np.array([0.2126, 0.7152, 0.0722], np.float32), depth


def by_distance(depth: F32, changed: Mask, elsewhere: Mask) -> list[tuple[float, float, float, float]]:
    """For each step of distance that holds pixels enough: metres to its middle, its share of the pixels, and how many of them change."""
    there = np.isfinite(depth)
    logs = np.log(np.where(there, depth, 1.0))
    edges = np.linspace(*np.quantile(logs[there], (0.002, 0.998)), STEPS + 1)
    found = []
    for low, high in pairwise(edges.tolist()):
        here = there & (logs >= low) & (logs < high)
        if here.mean() >= FEWEST:
            found.append((float(np.exp((low + high) / 2)), float(here.mean()), float(changed[here].mean()), float(elsewhere[here].mean())))
    return found


def main() -> None:
    """Print a row for each step of distance."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--view", default="canyon")
    parser.add_argument("--style", default="concrete")
    parser.add_argument("--step", type=float, default=0.02)
    parser.add_argument("--triangles", type=int, default=STILL_TRIANGLES // 4)
    given = parser.parse_args()
    state = replace(view(given.view), style=given.style)
    unfold, sampler = Unfolder(City(state.city)), Sampler(SIZE, 1, taps=12)
    tone, depth = drawn(sampler, state, content(unfold, state, SIZE, given.triangles))
    metres = given.step * float(np.median(depth[np.isfinite(depth)]))
    onward = replace(state, camera=further(state.camera, metres))
    then, beyond = drawn(sampler, state, content(unfold, onward, SIZE, given.triangles))
    sampler.close()
    with np.errstate(invalid="ignore"):
        elsewhere = ~((np.abs(beyond - depth) <= MOVED * depth) | ~(np.isfinite(depth) | np.isfinite(beyond)))
    ahead = ~(np.minimum(depth, beyond) < PASSED * metres)
    changed, elsewhere, depth = (np.abs(tone - then) > LEVEL) & ahead, elsewhere & ahead, np.where(ahead, depth, np.inf)
    print(f"{given.view}, {given.style}, {SIZE[0]} x {SIZE[1]}; cut for an eye {metres:.4g} m further:")
    print(f"  {changed.mean():.3%} of all pixels change by more than {LEVEL} of 255, {elsewhere.mean():.3%} show something else")
    rows = by_distance(depth, changed, elsewhere)
    for metres, share, pops, moved in rows:
        print(f"  about {metres:10.4g} m ({share:6.1%} of the picture): {pops:.3%} change, {moved:.3%} show something else")
    rings = [metres for metres, _, _, moved in rows if moved > RING[0] and moved > RING[1] * elsewhere[np.isfinite(depth)].mean()]
    print(f"  rings of detail: {', '.join(f'{metres:.4g} m' for metres in rings) or 'none'}")


if __name__ == "__main__":
    main()
