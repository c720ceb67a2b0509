"""The 24 quarter-turn orientations of a box, numbered `face * 4 + quarter`.

Face 0-5 is +x -x +y -y +z -z: the side of a host that something is built on. Turn `face*4` carries a fragment's
own axes (u along the wall, v up it, w out of it) on to that side; `quarter` turns it about w first. Number 16 is no turn.
Everything is a signed permutation, so composing and applying turns is table look-up and exact.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.angle import from_matrix
from geometry.solids import PROTOTYPES

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

FACES = ("+x", "-x", "+y", "-y", "+z", "-z")
WALLS, TOP, BOTTOM, ALL_FACES = 0b001111, 0b010000, 0b100000, 0b111111
UPRIGHT = 16

_FRAMES = (  # u, v, w of each face
    ((0, 1, 0), (0, 0, 1), (1, 0, 0)),
    ((0, -1, 0), (0, 0, 1), (-1, 0, 0)),
    ((-1, 0, 0), (0, 0, 1), (0, 1, 0)),
    ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
    ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    ((1, 0, 0), (0, -1, 0), (0, 0, -1)),
)


def _matrices() -> F64:
    quarter = np.array([[0, -1, 0], [1, 0, 0], [0, 0, 1]])
    spins = [np.linalg.matrix_power(quarter, k) for k in range(4)]
    return np.array([np.array(frame).T @ spin for frame in _FRAMES for spin in spins], dtype=np.float64)


MATRICES: F64 = _matrices()
"""(24, 3, 3): columns are the turned u, v and w."""

QUATERNIONS: NDArray[np.float32] = from_matrix(MATRICES).astype(np.float32)
"""(24, 4)."""

AXES: I64 = np.abs(MATRICES).argmax(axis=2).astype(np.int64)
"""(24, 3): turned axis i is the fragment's axis AXES[t, i]."""

SIGNS: F64 = np.take_along_axis(MATRICES, AXES[:, :, None], axis=2)[:, :, 0]
"""(24, 3): and this is its sign."""


_TERNARY = 3.0 ** np.arange(9).reshape(3, 3)
"""Of entries -1, 0 and 1 these make a whole number that no other such matrix has."""


def _numbers(matrices: F64) -> NDArray[np.uint8]:
    """Of turns given as matrices (..., 3, 3), their numbers (...)."""
    known, asked = ((of * _TERNARY).sum(axis=(-2, -1)) for of in (MATRICES, matrices))
    order = np.argsort(known)
    return np.asarray(order[np.searchsorted(known[order], asked)], dtype=np.uint8)


PRODUCT: NDArray[np.uint8] = _numbers(MATRICES[:, None] @ MATRICES[None])
"""(24, 24): PRODUCT[a, b] first turns by b, then by a."""

_MIRROR_X = frozenset({"grille", "louvre", "figure"})
"""Prototypes that look the same mirrored in x; all others do in y, which is what lets a mirror be a turn."""


def _mirrors() -> NDArray[np.uint8]:
    flips = np.array([np.diag(np.where(np.arange(3) == axis, -1.0, 1.0)) for axis in range(3)])
    by_own = _numbers(flips[None, :, None] @ MATRICES[None, None] @ flips[:2, None, None])
    return by_own[[0 if name in _MIRROR_X else 1 for name in PROTOTYPES]]


MIRRORED: NDArray[np.uint8] = _mirrors()
"""(prototypes, 3, 24): the turn that shows a prototype mirrored in axis 0-2."""

AXIS_TURNS: NDArray[np.uint8] = _numbers(
    np.array([((1, 0, 0), (0, 0, -1), (0, 1, 0)), ((0, 0, 1), (0, 1, 0), (-1, 0, 0)), ((0, -1, 0), (1, 0, 0), (0, 0, 1))], dtype=np.float64)
)
"""(3,): a quarter turn about u, v and w."""


def permuted(turn: NDArray[np.integer], size: F64) -> F64:
    """Sizes (n, 3) along a thing's own axes as sizes along the frame it is turned into; `turn` (n,) or one."""
    axes = AXES[turn]
    return np.take_along_axis(size, np.broadcast_to(axes, size.shape), axis=-1)


def own_size(turn: NDArray[np.integer], size: F64) -> F64:
    """The inverse of `permuted`: sizes in the frame as sizes along the thing's own axes."""
    result = np.empty_like(size)
    if size.ndim == 2 and turn.ndim == 1:
        result[np.arange(len(size))[:, None], AXES[turn]] = size
        return result
    np.put_along_axis(result, np.broadcast_to(AXES[turn], size.shape), size, axis=-1)
    return result
