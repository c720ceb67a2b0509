"""Bake: instances of prototype solids become triangles, the same bytes on every machine.

One matrix product a prototype would round as the machine's BLAS pleases (fused or not, in its own order). So the sums are
done element by element on the distinct corners (`x*a + y*b + z*c + t`, IEEE 754 operations in a fixed order), and the matrix
product only *spreads* them to the corners of every face: its matrix holds 0, 1 and -1, so whatever the order or
the fusing, each result is one exact number. The sums are never -0, and for normals a row of ones times +0 settles the sign of zero.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geometry.mesh import F32, F64, I32, Mesh
from geometry.parts import Parts
from geometry.place import Frame
from geometry.solids import prototypes, triangle_counts

CHUNK_TRIANGLES = 200_000
BATCH = 8192
"""Instances worked on at once: their scratch stays in the cache, and what Python adds to a batch is little."""
_PRODUCT = 1 << 18  # multiplications up to which OpenBLAS keeps to one thread: two that wait on a busy machine cost 10x
_BLOCK = 8  # distinct corners in one spreading product
_RUN = 1 << 13  # indices added to at once
_FLATTEST = np.float32(1e12)  # a part this much thinner than long still has a finite normal


@dataclass(frozen=True, slots=True)
class Block:
    """A run of corners of a prototype and the few distinct vectors they are made of."""

    start: int
    """First of the prototype's corners; `stop` is one past the last."""
    stop: int
    vectors: F32
    """(k, 3) distinct, k <= 8."""
    spread: F32
    """(3k + 1, 3*(stop - start)): 1 where a corner's coordinate is a vector's coordinate; the last row is zero (points do without)."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """How one prototype is baked."""

    corners: int
    triangles: I32
    """(3m,) rows of the prototype's points."""
    points: tuple[Block, ...]
    normals: tuple[Block, ...]
    """Empty when every normal is an axis: then `axes` does it in one product."""
    axes: F32
    """(10, 3*corners): 1 or -1 where a normal is an axis; the last row is zero."""
    run: I32
    """(k, 3m): the triangles of k instances in a row."""


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


class Scratch:
    """Memory that one thread works in."""

    def __init__(self) -> None:
        self.sums = np.empty((3 * _BLOCK + 1, BATCH), np.float32)
        self.terms = np.empty((3 * _BLOCK, BATCH), np.float32)
        self.turned = np.empty((10, BATCH), np.float32)
        self.turned[9] = 1.0
        self.linear = np.empty((3, 3, BATCH), np.float32)
        self.columns = np.empty((7, BATCH), np.float32)
        self.offsets = np.empty((3, BATCH), np.float32)


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


def blocks_of(rows: F32) -> tuple[Block, ...]:
    """Cut (n, 3) rows into runs of at most _BLOCK distinct ones."""
    cuts, seen = [0], set[bytes]()
    for index, row in enumerate(rows):
        seen.add(row.tobytes())
        if len(seen) > _BLOCK:
            cuts.append(index)
            seen = {row.tobytes()}
    return tuple(_block(rows, start, stop) for start, stop in zip(cuts, [*cuts[1:], len(rows)], strict=True))


def _block(rows: F32, start: int, stop: int) -> Block:
    vectors, which = np.unique(rows[start:stop], axis=0, return_inverse=True)
    k = len(vectors)
    spread = np.zeros((3 * k + 1, 3 * (stop - start)), np.float32)
    for corner, vector in enumerate(np.ravel(which)):
        for axis in range(3):
            spread[axis * k + vector, 3 * corner + axis] = 1.0
    return Block(start, stop, vectors, spread)


def axes_of(normals: F32) -> F32:
    """The product that turns rotation entries (row*3 + column) into these normals; (10, 0) unless all of them are +-axes."""
    if not ((np.abs(normals) == 1.0).sum(axis=1) == 1).all():
        return np.zeros((10, 0), np.float32)
    spread = np.zeros((10, 3 * len(normals)), np.float32)
    for corner, normal in enumerate(normals):
        column = int(np.argmax(np.abs(normal)))
        for row in range(3):
            spread[3 * row + column, 3 * corner + row] = normal[column]
    return spread


def _pattern(mesh: Mesh) -> Pattern:
    normals = mesh.normals + np.float32(0.0)
    axes = axes_of(normals)
    blocks = () if axes.size else blocks_of(normals)
    index = mesh.triangles.ravel()
    run = np.arange(max(1, _RUN // len(index)), dtype=np.int32)[:, None] * np.int32(len(mesh.points)) + index
    return Pattern(len(mesh.points), index, blocks_of(mesh.points + np.float32(0.0)), blocks, axes, run)


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


def _rotation(quaternion: F32, out: F32, columns: F32) -> None:
    """Entries row*3 + column of the rotation matrices of (n, 4) quaternions into (9, n)."""
    w, x, y, z, double, first, second = columns
    columns[:4] = quaternion.T
    for i, (a, b, c) in enumerate(((x, y, z), (y, z, x), (z, x, y))):
        j = (i + 1) % 3
        np.add(a, a, out=double)
        np.multiply(double, a, out=out[4 * i])
        np.multiply(double, b, out=first)
        np.multiply(w, c, out=second)
        np.add(second, second, out=second)
        np.subtract(first, second, out=out[3 * i + j])
        np.add(first, second, out=out[3 * j + i])
    np.add(out[4], out[8], out=first)
    np.add(out[0], out[8], out=second)
    np.add(out[0], out[4], out=out[8])
    for entry, squares in ((0, first), (4, second), (8, out[8])):
        np.subtract(np.float32(1.0), squares, out=out[entry])


def _sum(linear: F32, vectors: F32, sums: F32, terms: F32) -> None:
    """linear (3, 3, n) times each of the k vectors: sums (3, k, n), in a fixed order."""
    x, y, z = (vectors[:, axis][None, :, None] for axis in range(3))
    np.multiply(linear[:, 0, None], x, out=sums)
    np.multiply(linear[:, 1, None], y, out=terms)
    np.add(sums, terms, out=sums)
    np.multiply(linear[:, 2, None], z, out=terms)
    np.add(sums, terms, out=sums)


def _room(scratch: Scratch, k: int, n: int) -> tuple[F32, F32]:
    """Two (3, k, n)."""
    return scratch.sums[: 3 * k, :n].reshape(3, k, n), scratch.terms[: 3 * k, :n].reshape(3, k, n)


def _spread(vectors: F32, spread: F32, out: F32) -> None:
    """vectors (k, n) spread to the corners, out (n, columns): in products small enough for one thread."""
    k, n = vectors.shape
    rows = max(8, _PRODUCT // spread.size)
    even = n // rows * rows
    if even:
        groups = vectors[:, :even].reshape(k, -1, rows).transpose(1, 2, 0)
        np.matmul(groups, spread, out=out[:even].reshape(-1, rows, spread.shape[1]))
    if even < n:
        np.matmul(vectors[:, even:].T, spread, out=out[even:])


def place_points(blocks: tuple[Block, ...], linear: F32, offset: F32, out: F32, scratch: Scratch) -> None:
    """The corners of n instances, out (n, 3*corners), from their matrices (3, 3, n) and offsets (3, n)."""
    n = linear.shape[2]
    for block in blocks:
        k = len(block.vectors)
        sums, terms = _room(scratch, k, n)
        _sum(linear, block.vectors, sums, terms)
        np.add(sums, offset[:, None], out=sums)
        _spread(scratch.sums[: 3 * k, :n], block.spread[:-1], out[:, 3 * block.start : 3 * block.stop])


def place_normals(blocks: tuple[Block, ...], axes: F32, turned: F32, scale: F32, out: F32, scratch: Scratch) -> None:
    """Normals of a stretched solid, out (n, 3*corners): divided by the stretch (3, n), made unit, turned by (10, n)."""
    if axes.shape[1]:
        _spread(turned, axes, out)
        return
    n = turned.shape[1]
    thinness = np.minimum(scale.max(axis=0) / np.maximum(scale, np.float32(1e-30)), _FLATTEST)
    for block in blocks:
        k = len(block.vectors)
        sums, terms = _room(scratch, k, n)
        bent = block.vectors.T[:, :, None] * thinness[:, None]
        bent /= np.sqrt(bent[0] * bent[0] + bent[1] * bent[1] + bent[2] * bent[2])
        rows = turned[:9].reshape(3, 3, n)
        for row in range(3):
            np.multiply(rows[row, 0], bent[0], out=sums[row])
            for column in (1, 2):
                np.multiply(rows[row, column], bent[column], out=terms[row])
                np.add(sums[row], terms[row], out=sums[row])
        scratch.sums[3 * k, :n] = 1.0
        _spread(scratch.sums[: 3 * k + 1, :n], block.spread, out[:, 3 * block.start : 3 * block.stop])


def world_columns(frame: Frame, local: F32) -> F64:
    """World x, y and z, (3, n) float64 metres, of local points (n, 3): to the bit what `frame.to_world` says, in long rows."""
    p = np.empty((3, len(local)))
    p[...] = local.T
    world, term = np.empty_like(p), np.empty(len(local))
    for axis, row in enumerate(world):
        np.multiply(p[0], frame.axes[0, axis], out=row)
        for other in (1, 2):
            np.multiply(p[other], frame.axes[other, axis], out=term)
            np.add(row, term, out=row)
        np.add(row, frame.origin[axis], out=row)
    return world


def _offsets(parts: Parts, frame: Frame | None, unit: float, out: F32) -> None:
    """Positions in the wanted frame and unit into (3, n): float64 until the last cast."""
    if frame is None:
        np.multiply(parts.position.T, np.float32(unit), out=out)
    else:
        for row, world in enumerate(world_columns(frame, parts.position)):
            np.multiply(world, unit, out=out[row], casting="same_kind")
    np.add(out, np.float32(0.0), out=out)


def _turn_all(turned: F32, frame: Frame) -> None:
    """Turn the rotations in (9, n) by the frame's axes."""
    axes = frame.axes.astype(np.float32)
    if np.array_equal(axes, np.eye(3)):
        return
    m = turned[:9].reshape(3, 3, -1).copy()
    for row in range(3):
        for column in range(3):
            a = axes[0, row] * m[0, column] + axes[1, row] * m[1, column]
            turned[3 * row + column] = a + axes[2, row] * m[2, column]


def stand(parts: Parts, frame: Frame | None, unit: float, scratch: Scratch) -> tuple[F32, F32, F32, F32]:
    """Of n <= BATCH parts: turns (10, n) with a last row of ones, stretches (3, n), matrices (3, 3, n), offsets (3, n). In `scratch`."""
    n = len(parts)
    turned, linear, columns = scratch.turned[:, :n], scratch.linear[:, :, :n], scratch.columns[:, :n]
    _rotation(parts.rotation, turned[:9], columns)
    if frame is not None:
        _turn_all(turned, frame)
    scale, stretch, offset = columns[:3], columns[3:6], scratch.offsets[:, :n]
    scale[...] = parts.scale.T
    np.multiply(scale, np.float32(unit), out=stretch)
    np.multiply(turned[:9].reshape(3, 3, n), stretch[None], out=linear)
    _offsets(parts, frame, unit, offset)
    return turned, scale, linear, offset


def _number(pattern: Pattern, first: int, out: I32) -> None:
    """The triangles of instances whose first corner is `first`, into (n, 3m): by runs long enough to be added quickly."""
    n, (run, width) = len(out), pattern.run.shape
    even = n // run * run
    steps = np.int32(first) + np.arange(even // run, dtype=np.int32) * np.int32(run * pattern.corners)
    np.add(pattern.run.ravel(), steps[:, None], out=out[:even].reshape(-1, run * width))
    np.add(pattern.run[: n - even], np.int32(first + even * pattern.corners), out=out[even:])


def _bake_run(
    parts: Parts, pattern: Pattern, frame: Frame | None, unit: float, first: int, out: tuple[F32, F32, I32], scratch: Scratch
) -> None:
    """Instances of one prototype, a batch at a time."""
    points, normals, triangles = out[0].reshape(len(parts), -1), out[1].reshape(len(parts), -1), out[2].reshape(len(parts), -1)
    for low in range(0, len(parts), BATCH):
        some = slice(low, low + BATCH)
        turned, scale, linear, offset = stand(parts[some], frame, unit, scratch)
        place_points(pattern.points, linear, offset, points[some], scratch)
        place_normals(pattern.normals, pattern.axes, turned, scale, normals[some], scratch)
        _number(pattern, first + low * pattern.corners, triangles[some])


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
    firsts = parts.prototype[cuts[:-1]].astype(np.int64)
    counts = np.diff(cuts)
    table = patterns()
    corners = counts * corner_counts()[firsts]
    triangles = counts * np.array([len(table[p].triangles) // 3 for p in firsts], dtype=np.int64)
    if first + int(corners.sum()) >= 2**31:
        raise OverflowError(f"{int(corners.sum())} points do not fit one mesh: bake in chunks")
    arrays = buffers.take(int(corners.sum()), int(triangles.sum()))
    point_ends, triangle_ends = np.append(0, np.cumsum(corners)), np.append(0, np.cumsum(triangles))
    runs = []
    for i, prototype in enumerate(firsts.tolist()):
        some, rows, faces = (slice(int(ends[i]), int(ends[i + 1])) for ends in (cuts, point_ends, triangle_ends))
        where = arrays[0][rows], arrays[1][rows], arrays[2][faces]
        _bake_run(parts[some], table[prototype], frame, unit, first + rows.start, where, buffers.scratch)
        runs.append(Run(prototype, int(parts.material[some.start]) if by_material else -1, rows, faces))
    return Baked(*arrays, tuple(runs))


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
