"""What reading prints back takes, before they are made: the manifold report looks through each file along lines, so each counts alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geometry.mesh import F64
from viewer.clock import spent

_TINY = 1e-4
_AGAIN = 2
"""How often a reading is timed: the least is nearest to what it takes."""


@dataclass(frozen=True, slots=True)
class Print:
    """A file to be."""

    triangles: int
    shadows: F64
    """(3,) square millimetres along x, y and z (geometry.export.shadow)."""
    size: float
    """Its longest side, millimetres."""

    @property
    def crossings(self) -> F64:
        """(3,) how often lines along each axis cross it, about."""
        from geometry.export.islands import lines

        area = float(self.shadows.sum())
        return np.asarray(self.shadows * (lines(self.size, area) / max(area, 1e-300)))


@dataclass(frozen=True, slots=True)
class Read:
    """What reading back took. Processor seconds."""

    triangles: int
    each: float
    """What takes as long as there are triangles."""
    crossings: float = 0.0
    along: float = 0.0
    """What takes as long as lines cross them so often."""
    once: float = 0.0
    """That only the first reading took."""


NOTHING = Read(1, 0.0)


def read_back(path: Path) -> Read:
    """Read a print back, and time it. Raises MeshError, OSError."""
    from geometry.export.behind import attended
    from geometry.export.check import check_mesh, triangles_of
    from geometry.export.shadow import projected

    def checked() -> float:
        return spent(lambda: attended(lambda: check_mesh(path), lambda: None))  # in a thread, as it will be: there memory is had anew

    cold, whole = checked(), min(checked() for _ in range(_AGAIN))
    some = triangles_of(path)
    size = float(np.ptp(some.reshape(-1, 3), axis=0).max())
    crossings = float(Print(len(some), projected(some.astype(np.float64)), size).crossings.sum())
    looked, bare = (_looked(some * some.dtype.type(much)) for much in (1.0, _TINY))  # so small that no line meets it
    along = max(looked - bare, 0.0)
    return Read(len(some), max(whole - along, 1e-3), crossings, along, max(cold - whole, 0.0))


def _looked(triangles: NDArray[np.floating]) -> float:
    """Processor seconds that looking through triangles (n, 3, 3) for islands takes."""
    from geometry.export.islands import pieces_of

    return min(spent(lambda: pieces_of(triangles, np.zeros(len(triangles), np.int64), 1)) for _ in range(_AGAIN))


def is_read(prints: Sequence[Print]) -> bool:
    """Whether these are read back at all: what is too large is not."""
    from viewer.files.soundness import LARGEST

    return sum(one.triangles for one in prints) <= LARGEST


def seconds(few: Read, many: Read, prints: Sequence[Print]) -> float:
    """Processor seconds of the manifold reports of prints, after two that were tried. Corners that are one, edges that meet and
    crossings of a line are found by sorting."""
    if not is_read(prints):
        return 0.0
    return many.once + sum(_of_triangles(few, many, one.triangles) + _of_lines(many, float(one.crossings.sum())) for one in prints)


def _of_triangles(few: Read, many: Read, triangles: int) -> float:
    x, far, at = (_sorting(count) for count in (few.triangles, many.triangles, triangles))
    if far <= 1.3 * x:
        return many.each * at / far
    return max(few.each + (many.each - few.each) / (far - x) * (at - x), many.each * at / far / 2.0)


def _of_lines(many: Read, crossings: float) -> float:
    return many.along * _sorting(crossings) / _sorting(many.crossings)


def _sorting(count: float) -> float:
    return count * float(np.log(max(count, 2.0)))


def held(prints: Sequence[Print], now: int) -> int:
    """Bytes of memory that a process that holds so many `now` holds at most while prints are read back, one after the other, about; 0
    where they are not."""
    from viewer.files.soundness import MEMORY

    if not is_read(prints):
        return 0
    alone, triangle, crossing = MEMORY
    return now + alone + max(round(triangle * one.triangles + crossing * float(one.crossings.max())) for one in prints)
