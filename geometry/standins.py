"""Stand-ins: cheaper prototypes of the same outline for parts too small on screen for the difference to be seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geometry.parts import Parts
from geometry.solids import PROTOTYPE_IDS, PROTOTYPES

_TABLE: tuple[tuple[str, str, float], ...] = (
    ("banded_drum", "drum", 26.0),
    ("fan", "drum", 20.0),
    ("dome", "cone", 16.0),
    ("ring", "tube", 16.0),
    ("tube", "drum", 7.0),
    ("cone", "frustum", 7.0),
    ("drum", "prism", 9.0),
    ("pipe", "box", 4.0),
    ("stack", "box", 9.0),
    ("grille", "box", 9.0),
    ("louvre", "box", 9.0),
    ("frame", "box", 5.0),
    ("arch", "box", 6.0),
    ("vault", "box", 6.0),
    ("stairs", "wedge", 9.0),
    ("ladder", "box", 3.0),
    ("truss", "beam", 7.0),
    ("lattice", "beam", 7.0),
    ("beam", "box", 5.0),
    ("rail", "box", 2.5),
    ("chamfer", "box", 6.0),
    ("cross", "box", 4.0),
)
"""Prototype, what stands in for it, and the pixels across its middle dimension below which it does; earlier rows first."""
_FROM = np.array([PROTOTYPE_IDS[row[0]] for row in _TABLE])
_TO = np.array([PROTOTYPE_IDS[row[1]] for row in _TABLE])
_BELOW = np.array([row[2] for row in _TABLE])


def _levels() -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """(stand-in, pixels) of every prototype; itself and none where there is no cheaper one."""
    instead, below = np.arange(len(PROTOTYPES), dtype=np.uint8), np.zeros(len(PROTOTYPES), dtype=np.float32)
    instead[_FROM], below[_FROM] = _TO, _BELOW
    return instead, below


_INSTEAD, _PIXELS = _levels()


def stand_in(parts: Parts, widths: NDArray[np.float32]) -> Parts:
    """The same parts, the small ones with fewer triangles. `widths` (n,) are pixels along the longest side of each."""
    scale = parts.scale
    longest, least = scale.max(axis=1), scale.min(axis=1)
    middle = widths * ((scale.sum(axis=1) - longest - least) / longest)
    solid = parts.prototype
    for _ in range(2):
        solid = np.where(middle < _PIXELS[solid], _INSTEAD[solid], solid)
    return replace(parts, prototype=solid)
