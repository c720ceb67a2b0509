"""Angles from + - * / and square root alone: IEEE 754 rounds these the same on every machine, unlike sin and tan.

Rotations are quaternions (w, x, y, z), float64 or float32 (n, 4).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

F64 = NDArray[np.float64]

_QUARTER_PI = 0.7853981633974483
IDENTITY = np.array([1.0, 0.0, 0.0, 0.0])


def tan_eighths(a: ArrayLike) -> F64:
    """tan(pi/4 * a) for a in [-1, 1], exactly odd and exactly +-1 at the ends (Lambert's continued fraction)."""
    a = np.asarray(a, dtype=np.float64)
    x = a * _QUARTER_PI
    square = x * x
    tail: F64 = np.full_like(x, 23.0)
    for odd in range(21, 0, -2):
        np.subtract(odd, np.divide(square, tail, out=tail), out=tail)
    return np.where(np.abs(a) >= 1.0, np.sign(a), x / tail)


def turn(axis: str, half_tangent: ArrayLike) -> F64:
    """Rotations about a coordinate axis by 2*atan(half_tangent): float64 (..., 4). 0 is none, 1 is a quarter turn,
    large is a half turn."""
    t = np.asarray(half_tangent, dtype=np.float64)
    quaternion = np.zeros((*t.shape, 4))
    scale = 1.0 / np.sqrt(1.0 + t * t)
    quaternion[..., 0] = scale
    quaternion[..., 1 + "xyz".index(axis)] = t * scale
    return quaternion


QUARTER_TURNS: dict[str, F64] = {
    axis: np.stack([turn(axis, 0.0), turn(axis, 1.0), np.eye(4)[1 + index], turn(axis, -1.0)]) for index, axis in enumerate("xyz")
}


def multiply(a: NDArray[np.floating], b: NDArray[np.floating]) -> F64:
    """Hamilton product a*b, broadcast over leading axes: first b turns, then a."""
    aw, ax, ay, az = _components(a)
    bw, bx, by, bz = _components(b)
    return _side_by_side(
        aw * bw - ax * bx - ay * by - az * bz,
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
    )


def _components(values: NDArray[np.floating]) -> list[F64]:
    """The last axis taken apart."""
    wide = np.asarray(values, dtype=np.float64)
    return [wide[..., i] for i in range(wide.shape[-1])]


def _side_by_side(*columns: F64) -> F64:
    """Columns of one shape as a new last axis: np.stack without its checks, which cost more than small arrays do."""
    result = np.empty((*columns[0].shape, len(columns)))
    for i, column in enumerate(columns):
        result[..., i] = column
    return result


def matrix(quaternion: NDArray[np.floating]) -> F64:
    """Rotation matrices (..., 3, 3) whose columns are the turned axes: p' = M @ p."""
    rows = _matrix_rows(quaternion)
    return _side_by_side(*(entry for row in rows for entry in row)).reshape(*rows[0][0].shape, 3, 3)


def _matrix_rows(quaternion: NDArray[np.floating]) -> list[list[F64]]:
    w, x, y, z = _components(quaternion)
    return [
        [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
        [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
        [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
    ]


def from_matrix(m: F64) -> F64:
    """Quaternions (..., 4) of rotation matrices (..., 3, 3), by the largest component (Shepperd 1978)."""
    m = np.asarray(m, dtype=np.float64)
    if m.ndim == 2:
        return _of_one_matrix(*m.tolist())
    xx, yy, zz = m[..., 0, 0], m[..., 1, 1], m[..., 2, 2]
    squares = _side_by_side(1 + xx + yy + zz, 1 + xx - yy - zz, 1 - xx + yy - zz, 1 - xx - yy + zz)
    a, b, c = m[..., 2, 1] - m[..., 1, 2], m[..., 0, 2] - m[..., 2, 0], m[..., 1, 0] - m[..., 0, 1]
    d, e, f = m[..., 1, 0] + m[..., 0, 1], m[..., 0, 2] + m[..., 2, 0], m[..., 2, 1] + m[..., 1, 2]
    w, x, y, z = _components(squares)
    candidates = _side_by_side(w, a, b, c, a, x, d, e, b, d, y, f, c, e, f, z).reshape(*w.shape, 4, 4)
    best = np.argmax(squares, axis=-1).ravel()
    chosen = candidates.reshape(-1, 4, 4)[np.arange(len(best)), best].reshape(*w.shape, 4)
    length = np.sqrt(
        chosen[..., 0] * chosen[..., 0]
        + chosen[..., 1] * chosen[..., 1]
        + chosen[..., 2] * chosen[..., 2]
        + chosen[..., 3] * chosen[..., 3]
    )
    return np.asarray(chosen / length[..., None])


def _of_one_matrix(x: list[float], y: list[float], z: list[float]) -> F64:
    """`from_matrix` of one matrix, given by its rows: the same sums in the same order, and the same bits, in plain numbers."""
    xx, yy, zz = x[0], y[1], z[2]
    a, b, c = z[1] - y[2], x[2] - z[0], y[0] - x[1]
    d, e, f = y[0] + x[1], x[2] + z[0], z[1] + y[2]
    squares = (1 + xx + yy + zz, 1 + xx - yy - zz, 1 - xx + yy - zz, 1 - xx - yy + zz)
    best = squares.index(max(squares))
    own = squares[best]
    p, q, r, s = ((own, a, b, c), (a, own, d, e), (b, d, own, f), (c, e, f, own))[best]
    length = math.sqrt(p * p + q * q + r * r + s * s)
    return np.array([p / length, q / length, r / length, s / length])


def rotate(quaternion: NDArray[np.floating], points: NDArray[np.floating]) -> F64:
    """Points (..., 3) turned by quaternions (..., 4), without a matrix library: sums in a fixed order."""
    x, y, z = _components(points)
    return _side_by_side(*(a * x + b * y + c * z for a, b, c in _matrix_rows(quaternion)))
