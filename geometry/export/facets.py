"""STL records: parts and meshes as triangles of fifty bytes with true normals, a buffer full at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geometry.bake import grouped
from geometry.corners import BATCH, Corners, Scratch, Stance, corners_of, place_normals, place_points, stand
from geometry.mesh import F32, I32, Mesh
from geometry.parts import Parts
from geometry.place import Frame
from geometry.solids import prototypes

CHUNK = 131_072
"""Triangles written at once: enough that handing them to another thread costs little."""
_BATCH = 32_768  # triangles made at once: they stay in the cache
_RECORD = np.dtype([("normal", "V12"), ("corners", "V36"), ("attribute", "V2")])
_SAFE = 2.0**-19
"""Of the longest side: corners further apart than this along an axis stay apart however they are rounded to 32 bits."""
Records = NDArray[np.void]


@dataclass(frozen=True, slots=True)
class Facets:
    """How the triangles of one prototype are made, three corners each."""

    count: int
    corners: Corners
    normals: Corners
    """One a triangle."""
    least: float
    """The shortest edge of any triangle, along the axis in which it is longest."""


def _facets(mesh: Mesh) -> Facets:
    corners = mesh.points[mesh.triangles] + np.float32(0.0)
    edges = np.roll(corners, -1, axis=1).astype(np.float64) - corners
    normals = np.cross(edges[:, 0], edges[:, 1])
    normals /= np.sqrt((normals * normals).sum(axis=1, keepdims=True))
    return Facets(
        len(mesh), corners_of(corners.reshape(-1, 3)), corners_of(normals.astype(np.float32)), float(np.abs(edges).max(axis=2).min())
    )


@lru_cache(maxsize=1)
def facets() -> tuple[Facets, ...]:
    """How each prototype becomes triangles, in the order of geometry.solids.PROTOTYPES."""
    return tuple(_facets(mesh) for mesh in prototypes())


class Desk:
    """Memory that chunks reuse: two buffers of records, so that one can be written while the other fills."""

    def __init__(self) -> None:
        self.scratch = Scratch()
        self._records = (np.zeros(CHUNK, _RECORD), np.zeros(CHUNK, _RECORD))
        self._corners, self._normals = np.empty(9 * _BATCH, np.float32), np.empty(3 * _BATCH, np.float32)
        self._side = 0

    @property
    def records(self) -> Records:
        """The buffer to fill, CHUNK records."""
        return self._records[self._side]

    def turn(self) -> None:
        """What was filled is being written: fill the other buffer."""
        self._side ^= 1

    def room(self, n: int, count: int) -> tuple[F32, F32]:
        """(corners (n, 9*count), normals (n, 3*count))."""
        return self._corners[: 9 * n * count].reshape(n, -1), self._normals[: 3 * n * count].reshape(n, -1)


def part_records(parts: Parts, desk: Desk, frame: Frame, unit: float, longest: float) -> Iterator[tuple[Records, int]]:
    """(records, triangles dropped because two of their corners are equal) of parts by prototype, lengths times `unit`.

    `longest` is the longest side of the whole, in the same lengths as `unit` makes. Call `desk.turn` to keep what was yielded."""
    parts, cuts = grouped(parts)
    used = dropped = 0
    for low in range(0, len(parts), BATCH):
        high = min(low + BATCH, len(parts))
        stance = stand(parts[low:high], frame, unit, desk.scratch)
        for start, stop in pairwise([low, *cuts[(cuts > low) & (cuts < high)].tolist(), high]):
            kind = facets()[int(parts.prototype[start])]
            while start < stop:
                n = min(stop - start, (CHUNK - used) // kind.count, _BATCH // kind.count)
                if not n:
                    yield desk.records[:used], dropped
                    used = dropped = 0
                    continue
                some, room = stance.of(start - low, start - low + n), desk.records[used : used + n * kind.count]
                made = _fill(kind, some, desk, unit, longest, room)
                start, used, dropped = start + n, used + made, dropped + len(room) - made
    if used or dropped:
        yield desk.records[:used], dropped


def _fill(kind: Facets, stance: Stance, desk: Desk, unit: float, longest: float, out: Records) -> int:
    """Records of instances of one prototype into the first of `out`: how many."""
    corners, normals = desk.room(len(out) // kind.count, kind.count)
    risky = float(stance.scale.min()) * unit * kind.least < longest * _SAFE
    place_points(kind.corners, stance, corners, desk.scratch)
    place_normals(kind.normals, stance, normals, desk.scratch)
    out["corners"] = corners.reshape(-1, 9).view("V36")[:, 0]
    out["normal"] = normals.reshape(-1, 3).view("V12")[:, 0]
    return _without(out, collapsed(corners.reshape(-1, 3, 3))) if risky else len(out)


def _without(records: Records, gone: NDArray[np.bool_]) -> int:
    """Close the gaps that leaving some out makes: how many stay."""
    kept = len(records) - int(gone.sum())
    if kept < len(records):
        records[:kept] = records[~gone]
    return kept


def collapsed(corners: F32) -> NDArray[np.bool_]:
    """(n,) whether two corners of a triangle (n, 3, 3) are equal."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    equal: NDArray[np.bool_] = (a == b).all(axis=1) | (b == c).all(axis=1) | (a == c).all(axis=1)
    return equal


def mesh_records(points: F32, triangles: I32, desk: Desk) -> Iterator[tuple[Records, int]]:
    """(records, triangles dropped because two of their corners are equal) of a mesh.

    Slivers whose corners are distinct but in line stay (without them their neighbours' edges would be open), with no normal."""
    for start in range(0, len(triangles), _BATCH):
        corners = points[triangles[start : start + _BATCH]]
        out = desk.records[: len(corners)]
        first, second = (corners[:, end].astype(np.float64) - corners[:, 0] for end in (1, 2))  # slivers need the digits
        exact = np.cross(first, second)
        x, y, z = exact.T
        length = np.sqrt(x * x + y * y + z * z)
        normals = (exact / np.where(length > 0, length, 1.0)[:, None]).astype(np.float32)
        out["corners"] = corners.reshape(-1, 9).view("V36")[:, 0]
        out["normal"] = np.ascontiguousarray(normals).view("V12")[:, 0]
        kept = len(out) if length.all() else _without(out, collapsed(corners))
        yield out[:kept], len(out) - kept
