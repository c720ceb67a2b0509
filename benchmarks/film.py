"""Flicker: how evenly a still camera's picture changes while the hour moves.

    python benchmarks/film.py [VIEW]

Draws a whole day at 10 minutes a frame and prints the mean change a frame, and how far the change itself jumps from one frame to the next.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from viewer.drawing.movie import studio
from viewer.tour import day
from viewer.views import view

FRAMES = 144


def main() -> None:
    name = sys.argv[1] if len(sys.argv) > 1 else "canyon"
    states = day(view(name), FRAMES / 24.0).states(24)
    with studio((480, 270), 1, 150_000) as camera:
        frames = [camera.draw(state).astype(np.float32) for state in states]
    change = np.array([np.abs(b - a).mean() / 255.0 for a, b in zip(frames, [*frames[1:], frames[0]], strict=True)])
    jump = np.abs(np.diff(np.append(change, change[0])))
    flicker = np.mean([np.abs(2.0 * b - a - c).mean() / 255.0 for a, b, c in zip(frames, frames[1:], frames[2:], strict=False)])
    print(f"{name}: {FRAMES} frames a day; mean change a frame {change.mean():.4f}, largest {change.max():.4f} (1 is black to white)")
    print(f"the change itself jumps by {jump.mean():.4f} on average, {jump.max():.4f} at most; second difference of a pixel {flicker:.4f}")


if __name__ == "__main__":
    main()
