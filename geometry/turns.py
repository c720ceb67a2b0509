"""Turns: when each part of a cut comes, so that none comes all at once with its place.

A part's turn is the size on screen, in pixels, at which selection has come to it. A place's largest part has the turn of its place, the
others later ones, the smaller the later; all parts with a turn at or above one size are drawn: that at which the triangles are spent. An
eye that moves changes sizes little by little, and so what is drawn part by part.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]
SPREAD = 1.3
"""How much larger a place looks when its smallest part comes than when its largest does."""
_OPENING = 5.4
"""How steeply turns in a place rise once it is large enough to be refined: before it has grown by half they are as large as it is."""
_VAST = 1e38
"""Pixels across, of a place that the eye all but touches: as many as 32 bits hold."""
_PER_OCTAVE, _OCTAVES = 16, 40
"""Steps of the tally to twice the size, and how many times that."""


def turns_of(size: float, widths: F32, least: float) -> F32:
    """(n,) the turns of a place's parts, pixels across each, of which none is drawn below `least`; the place has its turn at `size`."""
    if not len(widths) or not np.isfinite(size):
        return np.full(len(widths), size, np.float32)
    widest = float(widths.max())
    if widest <= least:
        return np.full(len(widths), size, np.float32)
    power = np.log(SPREAD) / np.log(widest / least)
    return np.asarray(np.float32(min(size, _VAST)) * (widths / np.float32(widest)) ** np.float32(power), dtype=np.float32)


def opening(size: float, limit: float, least: float) -> float:
    """The latest turn of anything in a place that looks so large: the `least` of all turns when it is just at the limit of refinement."""
    return least * (max(size / limit, 1.0)) ** _OPENING if np.isfinite(size) else size


@dataclass(slots=True)
class Tally:
    """Triangles by turn, in steps of a sixteenth of an octave: how many there are at or above a size."""

    _steps: I64 = field(default_factory=lambda: np.zeros(_PER_OCTAVE * _OCTAVES + 1, np.int64))

    def add(self, turns: F32, cost: I64) -> None:
        """Note parts by their turns (n,), and the triangles of each (n,)."""
        if len(turns):
            self._steps += np.bincount(_step(turns), weights=cost, minlength=len(self._steps)).astype(np.int64)

    def above(self, size: float) -> int:
        """Triangles with turns after a size, no less than a step after it."""
        return int(self._steps[int(_step(np.float32(size))) + 1 :].sum())


def _step(turns: F32 | np.float32) -> I64:
    with np.errstate(divide="ignore"):
        return np.asarray(np.clip(np.ceil(_PER_OCTAVE * np.log2(turns)), 0, _PER_OCTAVE * _OCTAVES), dtype=np.int64)


def last(turns: F32, cost: I64, most: int) -> float:
    """The turn down to which parts with these turns (n,) and triangles (n,) take no more than `most`; 0 if all of them do not."""
    order = np.argsort(-turns, kind="stable")
    kept = int(np.searchsorted(np.cumsum(cost[order]), most, side="right"))
    return float(np.nextafter(turns[order[kept]], np.float32(np.inf))) if kept < len(order) else 0.0
