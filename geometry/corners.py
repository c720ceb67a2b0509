"""Corners: where the points and normals of instances of a solid stand, to the same bits on every machine.

One matrix product a prototype would round as the machine's BLAS pleases (fused or not, in its own order). So the sums are
done element by element on the distinct corners (`x*a + y*b + z*c + t`, IEEE 754 operations in a fixed order), and then only *spread*
to the corners of every face: for many instances by a matrix product whose matrix holds 0, 1 and -1, so whatever the order or the
fusing, each result is one exact number; for few by picking. Sums are never -0, and for normals a term +0 settles the sign of zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.mesh import F32, F64
from geometry.parts import Parts
from geometry.place import Frame

BATCH = 8192
"""Instances worked on at once: their scratch stays in the cache, and what Python adds to a batch is little."""
_PRODUCT = 1 << 18  # multiplications up to which OpenBLAS keeps to one thread: two that wait on a busy machine cost 10x
_BLOCK = 8  # distinct corners in one spreading product
_FEW = 1024  # instances up to which picking is faster than several products
_FLATTEST = np.float32(1e12)  # a part this much thinner than long still has a finite normal


@dataclass(frozen=True, slots=True)
class _Block:
    """A run of corners of a prototype and the few distinct vectors they are made of."""

    start: int
    """First of the prototype's corners; `stop` is one past the last."""
    stop: int
    vectors: F32
    """(k, 3) distinct, k <= 8."""
    spread: F32
    """(3k + 1, 3*(stop - start)): 1 where a corner's coordinate is a vector's coordinate; the last row is zero (points do without)."""


@dataclass(frozen=True, slots=True)
class Corners:
    """Vectors of a prototype, one a corner (or face), and the few distinct ones among them."""

    blocks: tuple[_Block, ...]
    vectors: F32
    """(k, 3) distinct."""
    which: NDArray[np.intp]
    """(corners,) row of `vectors`."""
    axes: F32
    """(10, 3*corners): the product that turns rotations into these, where all are +-axes; else (10, 0)."""

    def __len__(self) -> int:
        return len(self.which)


def corners_of(rows: F32) -> Corners:
    """How (n, 3) rows are made."""
    rows = rows + np.float32(0.0)
    vectors, which = np.unique(rows, axis=0, return_inverse=True)
    return Corners(_blocks(rows), vectors, np.ravel(which), _axes(rows))


class Scratch:
    """Memory that one thread works in."""

    def __init__(self) -> None:
        self.sums = np.empty((3 * _BLOCK + 1, BATCH), np.float32)
        self.terms = np.empty((3 * _BLOCK, BATCH), np.float32)
        self.turned = np.empty((10, BATCH), np.float32)
        self.turned[9] = 1.0
        self.linear = np.empty((3, 3, BATCH), np.float32)
        self.columns = np.empty((7, BATCH), np.float32)
        self.offset = np.empty((3, BATCH), np.float32)


class Stance(NamedTuple):
    """How n instances stand. Views of a scratch."""

    turned: F32
    """(10, n): entries row*3 + column of their rotations, then ones."""
    scale: F32
    """(3, n)."""
    linear: F32
    """(3, 3, n): rotation times scale times unit."""
    offset: F32
    """(3, n)."""

    def of(self, start: int, stop: int) -> Stance:
        """Some of them."""
        return Stance(*(array[..., start:stop] for array in self))


def _blocks(rows: F32) -> tuple[_Block, ...]:
    """Cut (n, 3) rows into runs of at most _BLOCK distinct ones."""
    cuts, seen = [0], set[bytes]()
    for index, row in enumerate(rows):
        seen.add(row.tobytes())
        if len(seen) > _BLOCK:
            cuts.append(index)
            seen = {row.tobytes()}
    return tuple(_block(rows, start, stop) for start, stop in zip(cuts, [*cuts[1:], len(rows)], strict=True))


def _block(rows: F32, start: int, stop: int) -> _Block:
    vectors, which = np.unique(rows[start:stop], axis=0, return_inverse=True)
    k = len(vectors)
    spread = np.zeros((3 * k + 1, 3 * (stop - start)), np.float32)
    for corner, vector in enumerate(np.ravel(which)):
        for axis in range(3):
            spread[axis * k + vector, 3 * corner + axis] = 1.0
    return _Block(start, stop, vectors, spread)


def _axes(normals: F32) -> F32:
    """The product that turns rotation entries (row*3 + column) into these normals; (10, 0) unless all of them are +-axes."""
    if not ((np.abs(normals) == 1.0).sum(axis=1) == 1).all():
        return np.zeros((10, 0), np.float32)
    spread = np.zeros((10, 3 * len(normals)), np.float32)
    for corner, normal in enumerate(normals):
        column = int(np.argmax(np.abs(normal)))
        for row in range(3):
            spread[3 * row + column, 3 * corner + row] = normal[column]
    return spread


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


def _few(rows: list[F32], which: NDArray[np.intp], out: F32) -> None:
    """x, y and z (n, k) of distinct vectors picked for every corner, out (n, 3*corners)."""
    n, k = rows[0].shape
    vectors = np.empty((n, k, 3), np.float32)
    for axis, row in enumerate(rows):
        np.add(row, np.float32(0.0), out=vectors[:, :, axis])
    items = out.reshape(n, -1, 3).view("V12")[:, :, 0]
    np.take(vectors.view("V12")[:, :, 0], which, axis=1, out=items, mode="clip")


def place_points(corners: Corners, stance: Stance, out: F32, scratch: Scratch) -> None:
    """The points of n instances, out (n, 3*corners)."""
    linear, offset = stance.linear, stance.offset
    n = linear.shape[2]
    if n < _FEW and len(corners.blocks) > 1:
        x, y, z = corners.vectors.T[:, None]
        rows = [a[:, None] * x + b[:, None] * y + c[:, None] * z + t[:, None] for (a, b, c), t in zip(linear, offset, strict=True)]
        _few(rows, corners.which, out)
        return
    for block in corners.blocks:
        k = len(block.vectors)
        sums, terms = _room(scratch, k, n)
        _sum(linear, block.vectors, sums, terms)
        np.add(sums, offset[:, None], out=sums)
        _spread(scratch.sums[: 3 * k, :n], block.spread[:-1], out[:, 3 * block.start : 3 * block.stop])


def place_normals(corners: Corners, stance: Stance, out: F32, scratch: Scratch) -> None:
    """Normals of a stretched solid, out (n, 3*corners): divided by the stretch, made unit, turned."""
    turned, scale = stance.turned, stance.scale
    if corners.axes.size:
        _spread(turned, corners.axes, out)
        return
    n = turned.shape[1]
    rotation = turned[:9].reshape(3, 3, n)
    thinness = np.minimum(scale.max(axis=0) / np.maximum(scale, np.float32(1e-30)), _FLATTEST)
    if n < _FEW:
        x, y, z = _bent([a[:, None] * b for a, b in zip(thinness, corners.vectors.T, strict=True)])
        _few([a[:, None] * x + b[:, None] * y + c[:, None] * z for a, b, c in rotation], corners.which, out)
        return
    for block in corners.blocks:
        k = len(block.vectors)
        sums, terms = _room(scratch, k, n)
        bent = _bent([a * b[:, None] for a, b in zip(thinness, block.vectors.T, strict=True)])
        for row in range(3):
            np.multiply(rotation[row, 0], bent[0], out=sums[row])
            for column in (1, 2):
                np.multiply(rotation[row, column], bent[column], out=terms[row])
                np.add(sums[row], terms[row], out=sums[row])
        scratch.sums[3 * k, :n] = 1.0
        _spread(scratch.sums[: 3 * k + 1, :n], block.spread, out[:, 3 * block.start : 3 * block.stop])


def _bent(rows: list[F32]) -> list[F32]:
    """x, y and z of vectors, made unit in place."""
    x, y, z = rows
    length = np.sqrt(x * x + y * y + z * z)
    for row in rows:
        np.divide(row, length, out=row)
    return rows


def world_columns(frame: Frame, local: F32) -> F64:
    """World x, y and z, (3, n) float64 metres, of local points (n, 3): to the bit what `frame.to_world` says, in long rows."""
    p = np.empty((3, len(local)))
    p[...] = local.T
    world: F64 = p[0] * frame.axes[0][:, None]
    for other in (1, 2):
        world += p[other] * frame.axes[other][:, None]
    world += frame.origin[:, None]
    return world


def _offsets(parts: Parts, frame: Frame | None, unit: float, out: F32) -> None:
    """Positions in the wanted frame and unit into (3, n): float64 until the last cast."""
    if frame is None:
        np.multiply(parts.position.T, np.float32(unit), out=out)
    else:
        np.multiply(world_columns(frame, parts.position), unit, out=out, casting="same_kind")
    np.add(out, np.float32(0.0), out=out)


def _turn_all(turned: F32, frame: Frame) -> None:
    """Turn the rotations in (9, n) by the frame's axes."""
    axes = frame.axes.astype(np.float32)
    if np.array_equal(axes, np.eye(3)):
        return
    rows = turned.reshape(3, 3, -1)
    first, second, third = rows.copy()
    for row in range(3):
        np.add(axes[0, row] * first + axes[1, row] * second, axes[2, row] * third, out=rows[row])


def stand(parts: Parts, frame: Frame | None, unit: float, scratch: Scratch) -> Stance:
    """How at most BATCH parts stand, in their own frame or in `frame`'s parent, lengths times `unit`. Good until the next call."""
    n = len(parts)
    turned, linear, columns, offset = scratch.turned[:, :n], scratch.linear[:, :, :n], scratch.columns[:, :n], scratch.offset[:, :n]
    _rotation(parts.rotation, turned[:9], columns)
    if frame is not None:
        _turn_all(turned[:9], frame)
    scale, stretch = columns[:3], columns[3:6]
    scale[...] = parts.scale.T
    np.multiply(scale, np.float32(unit), out=stretch)
    np.multiply(turned[:9].reshape(3, 3, n), stretch[None], out=linear)
    _offsets(parts, frame, unit, offset)
    return Stance(turned, scale, linear, offset)
