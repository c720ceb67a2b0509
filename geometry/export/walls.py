"""Walls that print: solids thinner than a printer's line are thickened or left out, and their parts counted."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.angle import from_matrix, multiply, rotate
from geometry.export.convex import numbered_solids
from geometry.export.islands import bodies_of
from geometry.export.piece import Piece
from geometry.export.thickness import SLACK, faces_of_prototypes, normals_of, thinnest, welded, widths
from geometry.mesh import F32, F64
from geometry.parts import Parts, join
from geometry.solids import PROTOTYPE_IDS, prototypes

Thin = Literal["keep", "thicken", "drop"]
Mask = NDArray[np.bool_]
_GRAIN = 1e-3
"""Of a wall: corners so near each other are one."""
_SLIVER = 1000
"""Triangles of a body that may be a sliver, at most: what has more is a plate or a dome."""
_ROUND = ("banded_drum", "tube", "ring", "fan")
"""What becomes a drum where its wall would be too thin."""


class Walls(NamedTuple):
    """Parts as they will be printed."""

    parts: Parts
    thin: int
    """How many were thinner than the minimum."""
    gone: int
    """How many of those are left out."""


class Block(NamedTuple):
    """One solid of a part that is made of several, as a box or a bar in the part's unit cube."""

    middle: F64
    """(3,)."""
    size: F64
    """(3,) of the box; of a bar how wide it is about its line."""
    along: F64 | None
    """(3,) from one end of a bar to the other."""
    round: bool = False
    """A drum instead."""


def shortest(parts: Parts) -> F32:
    """(n,) shortest sides, metres."""
    x, y, z = parts.scale.T
    least: F32 = np.minimum(np.minimum(x, y), z)
    return least


def walls(parts: Parts, minimum: float, thin: Thin) -> Walls:
    """Parts with those that have a solid thinner than `minimum` metres treated as asked. Specks no longer than a wall is thick go."""
    slim = thinnest(parts) < minimum * SLACK
    count = int(slim.sum())
    if thin == "drop":
        return Walls(parts[~slim], count, count)
    if thin == "keep" or not count:
        return Walls(parts, count, 0)
    speck = slim & (parts.scale.max(axis=1) < minimum)
    made = _thickened(parts[slim & ~speck], minimum)
    return Walls(join([parts[~slim], *made]), count, int(speck.sum()))


def without_slivers(piece: Piece, minimum: float) -> Piece:
    """A piece without those small bodies of its skin that a cut has left thinner than `minimum` metres; plates stay."""
    if not minimum or piece.cell is not None or not any(len(mesh) for mesh in piece.skin):
        return piece
    triangles = np.concatenate([mesh.points[mesh.triangles] for mesh in piece.skin])
    kept = ~_slivers(triangles, minimum)
    if kept.all():
        return piece
    ends = np.cumsum([len(mesh) for mesh in piece.skin])[:-1]
    shares = zip(piece.skin, np.split(kept, ends), strict=True)
    return replace(piece, skin=tuple(replace(mesh, triangles=mesh.triangles[share]) for mesh, share in shares if share.any()))


def _slivers(triangles: F32, minimum: float) -> Mask:
    """(n,) triangles of small closed bodies that are thinner than `minimum`. Corners are one that will be one in the file."""
    faces = welded(np.round(triangles / np.float32(_GRAIN * minimum)))
    _, label = np.unique(bodies_of(faces), return_inverse=True)
    order, counts = np.argsort(label, kind="stable"), np.bincount(label)
    starts = np.cumsum(counts) - counts
    small = np.setdiff1d(np.flatnonzero(counts <= _SLIVER), label[_beside_holes(faces)])
    thin = np.zeros(len(counts), bool)
    thin[small] = widths(triangles[order].astype(np.float64), starts[small], counts[small]) < minimum * SLACK
    return thin[label]


def _beside_holes(faces: NDArray[np.int64]) -> Mask:
    """(n,) triangles with an edge that lacks a partner."""
    a, b = faces.ravel(), np.roll(faces, -1, axis=1).ravel()
    _, edge = np.unique(np.minimum(a, b) << 32 | np.maximum(a, b), return_inverse=True)
    open_ = np.bincount(edge, np.sign(b - a)) != 0
    return np.asarray(open_[edge].reshape(-1, 3).any(axis=1))


def _thickened(parts: Parts, minimum: float) -> list[Parts]:
    """Parts of one solid grown along the axes that are too short; of those of several each solid by itself, as a block of its own."""
    found = []
    for kind in np.unique(parts.prototype).tolist():
        some, blocks = parts[parts.prototype == kind], _blocks()[kind]
        if not blocks:
            least = (minimum * _growth()[kind]).astype(np.float32)
            found.append(replace(some, scale=np.maximum(some.scale, least)))
        else:
            found += [_grown(some, block, minimum) for block in blocks]
    return found


@lru_cache(maxsize=1)
def _growth() -> F64:
    """(prototypes, 3) how long each axis must be, in walls, so that no face's width is less than one."""
    rows = []
    for faces in faces_of_prototypes():
        shares = np.sqrt((np.abs(faces.normals) > 1e-6).sum(axis=1))
        rows.append((np.abs(faces.normals) * (shares / faces.widths)[:, None]).max(axis=0))
    return np.array(rows)


@lru_cache(maxsize=1)
def _blocks() -> tuple[tuple[Block, ...], ...]:
    """The solids of each prototype; none of one that is convex. What is round is one block: a drum."""
    result = list[tuple[Block, ...]]()
    for name, number in PROTOTYPE_IDS.items():
        solids = [points[faces].astype(np.float64) for points, faces in numbered_solids(prototypes()[number])]
        if name in _ROUND:
            result.append((Block(np.zeros(3), np.ones(3), None, True),))
        elif name == "cable":
            result.append(_lengths(solids[0]))
        else:
            result.append(tuple(map(_block, solids)) if len(solids) > 1 else ())
    return tuple(result)


def _block(solid: F64) -> Block:
    """The box about a solid (n, 3, 3); of what leans, a bar."""
    points = np.unique(solid.reshape(-1, 3), axis=0)
    low, high = points.min(axis=0), points.max(axis=0)
    upright = (np.abs(normals_of(solid)).max(axis=1) > 0.999).all()
    if upright or len(points) != 8 or np.sort(high - low)[1] < 0.2:
        return Block((low + high) / 2, high - low, None)
    return _bar(points)


def _bar(points: F64) -> Block:
    """Of the corners of what leans or bends: from the middle of its one end to that of the other."""
    away = points - points.mean(axis=0)
    farthest = away[(away * away).sum(axis=1).argmax()]
    order = points[np.argsort(away @ farthest, kind="stable")]
    a, b = order[: len(order) // 2], order[len(order) // 2 :]
    return Block(points.mean(axis=0), np.ptp(a, axis=0), b.mean(axis=0) - a.mean(axis=0))


def _lengths(rope: F64) -> tuple[Block, ...]:
    """A cable's lengths."""
    points = np.unique(rope.reshape(-1, 3), axis=0)
    rings = np.split(points, np.flatnonzero(np.diff(points[:, 0]) > 1e-3) + 1)
    wide = np.array([0.0, 1.0, float(np.ptp(rings[0][:, 2]))])
    middles = [np.array([ring[0, 0], 0.0, (ring[:, 2].min() + ring[:, 2].max()) / 2]) for ring in rings]
    return tuple(Block((a + b) / 2, wide, b - a) for a, b in pairwise(middles))


def _grown(parts: Parts, block: Block, minimum: float) -> Parts:
    """One solid of each of parts of a kind, no side of it less than the minimum."""
    scale = parts.scale.astype(np.float64)
    place = parts.position + rotate(parts.rotation.astype(np.float64), block.middle * scale)
    turns, sides = parts.rotation.astype(np.float64), np.maximum(block.size * scale, minimum)
    if block.along is not None:
        axes, length = _about(block.along * scale)
        turns = multiply(turns, from_matrix(axes))
        wide = (np.abs(axes) * (block.size * scale)[:, :, None]).sum(axis=1)
        sides = np.c_[length + minimum, np.maximum(wide[:, 1:], minimum)]
    return replace(
        parts,
        prototype=np.full(len(parts), PROTOTYPE_IDS["drum" if block.round else "box"], np.uint8),
        position=place.astype(np.float32),
        rotation=turns.astype(np.float32),
        scale=sides.astype(np.float32),
    )


def _about(along: F64) -> tuple[F64, F64]:
    """(axes (n, 3, 3) whose columns' first runs along (n, 3), lengths (n,))."""
    length = np.sqrt((along * along).sum(axis=1))
    x = along / np.maximum(length, 1e-30)[:, None]
    helper = np.where(np.abs(x[:, 2:]) < 0.9, [[0.0, 0.0, 1.0]], [[0.0, 1.0, 0.0]])
    y = np.cross(helper, x)
    y /= np.sqrt((y * y).sum(axis=1, keepdims=True))
    return np.stack([x, y, np.cross(x, y)], axis=2), length
