"""Flicker: how evenly a still camera's picture changes while the hour moves.

    python benchmarks/film.py [VIEW] [--style concrete] [--seconds 60]

Draws a day coarsely, then the hour about which the light changes most, frame by frame as in a film. Prints the mean change a frame, how
far the change itself jumps from one frame to the next, and how much of it is flicker: what a pixel goes forth and back, against the way
it goes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from viewer.drawing.reel import reel
from viewer.journey.tour import day
from viewer.views import view

FPS = 24


@dataclass(frozen=True)
class Evenness:
    """How a film of one place changes. Tones are 0 to 1."""

    change: np.ndarray
    """(n - 1,) mean change of a pixel from each frame to the next."""
    turn: np.ndarray
    """(n - 2,) mean change of that change, pixel by pixel."""

    @property
    def flicker(self) -> float:
        """0 where every pixel goes on as it did, 2 where every pixel goes forth and back."""
        return float(self.turn.sum() / max(np.minimum(self.change[1:], self.change[:-1]).sum(), 1e-9))

    @property
    def jump(self) -> float:
        """The largest step of the mean change itself."""
        return float(np.abs(np.diff(self.change)).max())


def evenness(frames: Iterable[np.ndarray]) -> Evenness:
    """Of (h, w, 3) uint8 frames; three are held at a time."""
    change, turn = [], []
    before: np.ndarray | None = None
    step: np.ndarray | None = None
    for frame in frames:
        now = frame.astype(np.float32) / 255.0
        if before is not None:
            last, step = step, now - before
            change.append(float(np.abs(step).mean()))
            if last is not None:
                turn.append(float(np.abs(step - last).mean()))
        before = now
    return Evenness(np.array(change), np.array(turn))


def liveliest(hours: np.ndarray, change: np.ndarray) -> float:
    """The hour about which the light changes most."""
    return float(hours[int(np.argmax(change))])


def main() -> None:
    """Print the numbers of one view."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("view", nargs="?", default="canyon")
    parser.add_argument("--style", default="concrete")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long the film of a whole day would be")
    given = parser.parse_args()
    state = replace(view(given.view), style=given.style)
    coarse = day(state, 48.0).states(1)
    with reel(coarse, (480, 270), 1, 150_000) as camera:
        whole = evenness(map(camera.draw, [*range(len(coarse)), 0]))
    dusk = liveliest(np.array([frame.hour for frame in coarse]), whole.change)
    hours = np.arange(dusk - 0.5, dusk + 1.0, 24.0 / (given.seconds * FPS))
    fine = [replace(state, hour=float(hour) % 24.0) for hour in hours]
    with reel(fine, (480, 270), 1, 150_000) as camera:
        found = evenness(map(camera.draw, range(len(fine))))
    print(f"{given.view}, {given.style}: a still camera; a day in {given.seconds:.0f} s at {FPS} a second; 1 is black to white")
    print(f"whole day, half an hour a step: mean change {whole.change.mean():.4f}, most at {dusk:.1f} h, {whole.change.max():.4f}")
    print(f"about that hour, frame by frame: largest change {found.change.max():.4f}; it jumps by {found.jump:.4f} at most")
    print(f"flicker {found.flicker:.3f} (0: every pixel goes on as it did, 2: forth and back)")
    print("mean change of each frame, thousandths:", " ".join(f"{1e3 * change:.0f}" for change in found.change))


if __name__ == "__main__":
    main()
