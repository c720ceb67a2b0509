"""Bake: instances of prototype solids become triangles, the same bytes on every machine (geometry.corners says how)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geometry.corners import BATCH, Corners, Scratch, corners_of, place_normals, place_points, stand
from geometry.mesh import F32, I32, Mesh
from geometry.parts import Parts
from geometry.place import Frame
from geometry.solids import prototypes, triangle_counts

CHUNK_TRIANGLES = 200_000
_RUN = 1 << 13  # indices added to at once


@dataclass(frozen=True, slots=True)
class Pattern:
    """How one prototype is baked."""

    points: Corners
    normals: Corners
    triangles: int
    run: I32
    """(k, 3*triangles): the triangles of k instances in a row."""


@dataclass(frozen=True, slots=True)
class Run:
    """Consecutive instances of one prototype (and of one material where asked) in a `Baked`."""

    prototype: int
    material: int
    """-1 where materials were not asked for."""
    points: slice
    triangles: slice


@dataclass(frozen=True, slots=True)
class Baked:
    """Triangles with a normal a corner. The arrays are views of the buffers: copy them before the next bake."""

    points: F32
    """(n, 3)."""
    normals: F32
    """(n, 3) unit."""
    triangles: I32
    """(m, 3) rows of `points`, counter-clockwise seen from outside."""
    runs: tuple[Run, ...]


class Buffers:
    """Memory that bakes reuse: the first bake into it costs several times a warm one. One bake at a time.

    Two may share a scratch, so that what one holds can be written while the other is filled."""

    def __init__(self, scratch: Scratch | None = None) -> None:
        self._points, self._normals = np.empty((0, 3), np.float32), np.empty((0, 3), np.float32)
        self._triangles = np.empty((0, 3), np.int32)
        self.scratch = scratch or Scratch()

    def take(self, points: int, triangles: int) -> tuple[F32, F32, I32]:
        """Room for so many points and triangles: (points, normals, triangles)."""
        if len(self._points) < points:
            self._points, self._normals = np.empty((points, 3), np.float32), np.empty((points, 3), np.float32)
        if len(self._triangles) < triangles:
            self._triangles = np.empty((triangles, 3), np.int32)
        return self._points[:points], self._normals[:points], self._triangles[:triangles]


def _pattern(mesh: Mesh) -> Pattern:
    index = mesh.triangles.ravel()
    run = np.arange(max(1, _RUN // len(index)), dtype=np.int32)[:, None] * np.int32(len(mesh.points)) + index
    return Pattern(corners_of(mesh.points), corners_of(mesh.normals), len(mesh), run)


@lru_cache(maxsize=1)
def patterns() -> tuple[Pattern, ...]:
    """How each prototype is baked, in the order of geometry.solids.PROTOTYPES."""
    return tuple(_pattern(mesh) for mesh in prototypes())


@lru_cache(maxsize=1)
def corner_counts() -> NDArray[np.int64]:
    """Points of each prototype: int64 (len(PROTOTYPES),)."""
    return np.array([len(mesh.points) for mesh in prototypes()], dtype=np.int64)


def grouped(parts: Parts, by_material: bool = False) -> tuple[Parts, NDArray[np.int64]]:
    """Parts grouped by prototype (within material), and the first of each group (with the count at the end)."""
    key = parts.prototype.astype(np.int64)
    if by_material:
        key += parts.material.astype(np.int64) << 8
    if (key[1:] < key[:-1]).any():
        order = np.argsort(key, kind="stable")
        parts, key = parts[order], key[order]
    starts = np.flatnonzero(np.r_[True, key[1:] != key[:-1]]) if len(key) else np.zeros(0, np.int64)
    return parts, np.append(starts, len(key))


def _number(pattern: Pattern, first: int, out: I32) -> None:
    """The triangles of instances whose first corner is `first`, into (n, 3m): by runs long enough to be added quickly."""
    n, corners, (run, width) = len(out), len(pattern.points), pattern.run.shape
    even = n // run * run
    if even:
        steps = np.int32(first) + np.arange(even // run, dtype=np.int32) * np.int32(run * corners)
        np.add(pattern.run.ravel(), steps[:, None], out=out[:even].reshape(-1, run * width))
    np.add(pattern.run[: n - even], np.int32(first + even * corners), out=out[even:])


def bake(
    parts: Parts,
    out: Buffers | None = None,
    *,
    by_material: bool = False,
    frame: Frame | None = None,
    unit: float = 1.0,
    first: int = 0,
) -> Baked:
    """All parts as triangles, grouped by prototype (within material where asked), in their own frame or in `frame`'s
    parent; lengths are multiplied by `unit`. With `out`, its memory is reused. In `triangles` the first point is number
    `first`. Raises OverflowError beyond 2^31 points."""
    buffers = out if out is not None else Buffers()
    parts, cuts = grouped(parts, by_material)
    kinds = parts.prototype[cuts[:-1]].astype(np.int64)
    points = np.append(0, np.cumsum(np.diff(cuts) * corner_counts()[kinds]))
    triangles = np.append(0, np.cumsum(np.diff(cuts) * triangle_counts()[kinds]))
    if first + int(points[-1]) >= 2**31:
        raise OverflowError(f"{int(points[-1])} points do not fit one mesh: bake in chunks")
    arrays = buffers.take(int(points[-1]), int(triangles[-1]))
    made = []
    for i, kind in enumerate(kinds.tolist()):
        material = int(parts.material[cuts[i]]) if by_material else -1
        made.append(Run(kind, material, slice(int(points[i]), int(points[i + 1])), slice(int(triangles[i]), int(triangles[i + 1]))))
    _fill(parts, cuts, made, frame, unit, first, arrays, buffers.scratch)
    return Baked(*arrays, tuple(made))


def _fill(
    parts: Parts,
    cuts: NDArray[np.int64],
    made: list[Run],
    frame: Frame | None,
    unit: float,
    first: int,
    arrays: tuple[F32, F32, I32],
    scratch: Scratch,
) -> None:
    """Bake the runs, a batch of instances at a time."""
    for low in range(0, len(parts), BATCH):
        high = min(low + BATCH, len(parts))
        stance = stand(parts[low:high], frame, unit, scratch)
        for i in range(int(np.searchsorted(cuts, low, "right")) - 1, int(np.searchsorted(cuts, high, "left"))):
            begin, start, stop = int(cuts[i]), max(low, int(cuts[i])), min(high, int(cuts[i + 1]))
            pattern, run, some = patterns()[made[i].prototype], made[i], stance.of(start - low, stop - low)
            corners, faces = len(pattern.points), pattern.triangles
            from_, to = run.points.start + (start - begin) * corners, run.points.start + (stop - begin) * corners
            place_points(pattern.points, some, arrays[0][from_:to].reshape(stop - start, -1), scratch)
            place_normals(pattern.normals, some, arrays[1][from_:to].reshape(stop - start, -1), scratch)
            rows = slice(run.triangles.start + (start - begin) * faces, run.triangles.start + (stop - begin) * faces)
            _number(pattern, first + from_, arrays[2][rows].reshape(stop - start, -1))


def runs(parts: Parts, triangles: int, *, by_material: bool = False) -> Iterator[Parts]:
    """Parts grouped as `bake` does, in runs of about so many triangles: at most, unless a single part has more."""
    parts, _ = grouped(parts, by_material)
    done = np.cumsum(triangle_counts()[parts.prototype])
    start, before = 0, 0
    while start < len(parts):
        stop = max(start + 1, int(np.searchsorted(done, before + triangles, side="right")))
        yield parts[start:stop]
        start, before = stop, int(done[stop - 1])


def bake_chunks(
    parts: Parts,
    out: Buffers | None = None,
    *,
    by_material: bool = False,
    frame: Frame | None = None,
    unit: float = 1.0,
    triangles: int = CHUNK_TRIANGLES,
) -> Iterator[Baked]:
    """`bake` in pieces of about so many triangles: each is a mesh of its own and stands in the same memory as the last.

    Joined, they hold the same points in the same order as one `bake`."""
    buffers = out if out is not None else Buffers()
    for some in runs(parts, triangles, by_material=by_material):
        yield bake(some, buffers, by_material=by_material, frame=frame, unit=unit)
