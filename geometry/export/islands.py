"""Islands: how many pieces a print falls into, and which hang in the air.

Bodies are looked through along each axis on a grid of lines. Between where a line enters matter and where it leaves it for good, all
bodies that it crosses are one. So what touches by less than a cell of the grid is apart, as it is for a nozzle.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geometry.mesh import F64

I64 = NDArray[np.int64]
Corners = NDArray[np.floating]
Crossings = tuple[I64, F64, NDArray[np.int8], NDArray[np.int32]]
"""Line, how deep, 1 where matter is entered and -1 where it is left, row; (n,) each."""
Mask = NDArray[np.bool_]
_PITCH_MM = 0.2
"""Between lines: half a wall."""
_MOST = 700
"""Lines along the longest side, at most."""
_CROSSINGS = 1_500_000
"""That are worked on at once, about: of what has a larger surface, lines lie farther apart."""
_STEPS = 4
"""In which the distance between lines doubles: what is nearly the same print is looked through along the same lines."""
_ROOM = 400_000
"""Places where a line may meet a triangle, tried at once."""
_ROWS = 65_536
"""Triangles worked on at once."""
_OFF = np.array([0.3819660113, 0.7236067977])
"""Where in its cell a line lies: no edge of ours lies so, nor the diagonal of a square."""
RESTING_MM = 0.05
"""Millimetres over the bed at which something still stands on it."""


class Islands(NamedTuple):
    """Pieces of a print."""

    pieces: int
    afloat: int
    """Of those that do not reach down to the bed."""


def islands_of(triangles: Corners, label: I64, solid: Mask) -> Islands:
    """Of closed bodies: triangles (n, 3, 3), the number of each one's body (n,), counted from 0; which of them are no hollows (bodies,)."""
    piece, feet = pieces_of(triangles, label, len(solid))
    reached = feet[np.unique(piece[solid])]
    return Islands(len(reached), int((reached > RESTING_MM).sum()))


def pieces_of(triangles: Corners, label: NDArray[np.integer], count: int, heard: Callable[[], None] = lambda: None) -> tuple[I64, F64]:
    """((bodies,) the least body that each hangs together with; (bodies,) how high that piece begins over the bed) of closed bodies:
    triangles (n, 3, 3), the number of each one's body (n,), counted from 0. `heard` is called now and then, and may raise."""
    low = triangles.reshape(-1, 3).min(axis=0).astype(np.float64)
    pitch = _apart(float((triangles.reshape(-1, 3).max(axis=0) - low).max()), area_of(triangles))
    edges = [_joined(triangles, label, low, axis, pitch, heard) for axis in range(3)]
    piece = components(count, np.concatenate(edges))
    feet = np.full(count, np.inf)
    np.minimum.at(feet, piece[label], triangles[:, :, 2].min(axis=1) - low[2])
    return piece, feet


def _runs_of(count: int) -> Iterator[slice]:
    return (slice(start, start + _ROWS) for start in range(0, count, _ROWS))


def area_of(triangles: Corners) -> float:
    """The area of triangles (n, 3, 3)."""
    area = 0.0
    for rows in _runs_of(len(triangles)):
        some = triangles[rows].astype(np.float64)
        area += np.abs(np.cross(some[:, 1] - some[:, 0], some[:, 2] - some[:, 0])).sum() / 2.0
    return float(area)


def _apart(size: float, area: float) -> float:
    """Between the lines through what has a longest side and such an area: all steps are parts of a doubling."""
    pitch = max(_PITCH_MM, size / _MOST, float(np.sqrt(area / (3 * _CROSSINGS))))
    return float(_PITCH_MM * 2.0 ** (np.ceil(_STEPS * np.log2(pitch / _PITCH_MM)) / _STEPS))


def components(count: int, edges: I64) -> I64:
    """(count,) the least number that each of `count` things hangs together with, by edges (m, 2).

    Roots are hooked to lesser ones and chains halved, until every edge lies in one tree (Shiloach and Vishkin 1982)."""
    label = np.arange(count)
    while len(edges):
        edges = label[edges]
        edges = edges[edges[:, 0] != edges[:, 1]]
        np.minimum.at(label, edges.max(axis=1), edges.min(axis=1))
        while not np.array_equal(label, above := label[label]):
            label = above
    return label


def bodies_of(faces: I64) -> I64:
    """(n,) a number a triangle, the same for triangles joined by corners."""
    edges = np.concatenate([faces[:, :2], faces[:, 1:]])
    return components(int(faces.max()) + 1, edges)[faces[:, 0]]


def _joined(triangles: Corners, label: NDArray[np.integer], low: F64, axis: int, pitch: float, heard: Callable[[], None]) -> I64:
    """(m, 2) pairs of bodies that lines along an axis find to be one."""
    found = []
    for rows in _runs_of(len(triangles)):
        heard()
        found += _met(triangles[rows].astype(np.float64) - low, axis, pitch, rows.start)
    if not found:
        return np.zeros((0, 2), np.int64)
    line, depth, sign, row = (np.concatenate(column) for column in zip(*found, strict=True))
    found.clear()
    heard()
    order = np.lexsort((depth, line))
    del depth
    return _runs(line[order], sign[order], label[row[order]].astype(np.int64))


def _met(triangles: F64, axis: int, pitch: float, start: int) -> list[Crossings]:
    """Where lines along an axis meet triangles (n, 3, 3), numbered from `start`."""
    across = np.take(triangles, [(axis + 1) % 3, (axis + 2) % 3], axis=2) / pitch - _OFF
    first, last = np.ceil(across.min(axis=1)).astype(np.int64), np.floor(across.max(axis=1)).astype(np.int64)
    spans = np.maximum(last - first + 1, 0)
    number = spans.prod(axis=1)
    rows = np.flatnonzero(number)
    ends = np.cumsum(number[rows])
    parts = np.split(rows, np.searchsorted(ends, np.arange(_ROOM, int(ends[-1]) if len(ends) else 0, _ROOM)))
    return [_crossed(across[some], triangles[some, :, axis], first[some], spans[some], start + some) for some in parts if len(some)]


def _crossed(across: F64, depth: F64, first: I64, spans: I64, rows: I64) -> Crossings:
    """(line, how deep, 1 where matter is entered and -1 where it is left, row) of each crossing of lines with triangles (n, 3, 2)."""
    a, b, c = across[:, 0], across[:, 1], across[:, 2]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    flat = np.where(area == 0.0, np.nan, area)
    shares = [_share(b, c, flat), _share(c, a, flat)]
    number = spans.prod(axis=1)
    which = np.repeat(np.arange(len(number)), number)
    place = np.arange(len(which)) - np.repeat(np.cumsum(number) - number, number)
    column, row = np.divmod(place, spans[which, 1])
    u, v = first[which, 0] + column, first[which, 1] + row
    one, two = (x[which] * u + y[which] * v + z[which] for x, y, z in shares)
    hit = (one > 0) & (two > 0) & (one + two < 1)
    which, one, two = which[hit], one[hit], two[hit]
    deep = one * depth[which, 0] + two * depth[which, 1] + (1.0 - one - two) * depth[which, 2]
    return u[hit] << 32 | (v[hit] & 0xFFFFFFFF), deep, np.where(area[which] < 0, 1, -1).astype(np.int8), rows[which].astype(np.int32)


def _share(a: F64, b: F64, area: F64) -> tuple[F64, F64, F64]:
    """How much of a triangle lies between a point (u, v) and its side from a to b: x, y, z of x u + y v + z."""
    x, y = (a[:, 1] - b[:, 1]) / area, (b[:, 0] - a[:, 0]) / area
    return x, y, -(x * a[:, 0] + y * a[:, 1])


def _runs(line: I64, sign: NDArray[np.int8], body: I64) -> I64:
    """Pairs of bodies that are crossed one after the other without air between, on lines sorted from near to far."""
    if len(line) < 2:
        return np.zeros((0, 2), np.int64)
    within = np.cumsum(sign, dtype=np.int32)[:-1] > 0
    same = within & (line[1:] == line[:-1]) & (body[1:] != body[:-1])
    one, other = body[:-1][same], body[1:][same]
    del line, sign, body, within, same  # there may be as many pairs as crossings
    pairs = np.minimum(one, other) << 32  # as numbers: rows take ten times as long to sort
    pairs |= np.maximum(one, other, out=one)
    del one, other
    pairs = np.unique(pairs)
    return np.stack([pairs >> 32, pairs & 0xFFFFFFFF], axis=1)
