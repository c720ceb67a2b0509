"""Carving: a host becomes a frame of slabs about a recess, a slot or a passage, so that masses have depth, not only growths."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geometry.builders.batch import rows_of
from geometry.builders.hosts import Hosts
from geometry.key import Streams

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

_BACK = 0.25
"""How sheltered the back of a recess is."""


def carved(boxes: Hosts, face: I64, window: F64, depth: F64) -> Hosts:
    """Boxes with an opening each: `face` (n,) 0-3 is the wall it is cut into, `window` (n, 4) u0, u1, v0, v1 in fractions of
    that wall, `depth` (n,) the fraction of the box it is cut through. The pieces of host i are the back, then left, right,
    lower and upper slab; pieces that would be thinner than nothing are left out. The union plus the opening is the box."""
    n = len(boxes)
    axis, positive = face // 2, face % 2 == 0
    along = 1 - axis
    rows = np.arange(n)
    low, high = boxes.low, boxes.high
    w0, w1 = low[rows, axis], high[rows, axis]
    cut = np.where(positive, w1 - depth * (w1 - w0), w0 + depth * (w1 - w0))
    a0 = low[rows, along] + window[:, 0] * boxes.size[rows, along]
    a1 = low[rows, along] + window[:, 1] * boxes.size[rows, along]
    z0 = low[:, 2] + window[:, 2] * boxes.size[:, 2]
    z1 = low[:, 2] + window[:, 3] * boxes.size[:, 2]
    pieces_low = np.repeat(low[:, None], 5, axis=1)
    pieces_high = np.repeat(high[:, None], 5, axis=1)
    pieces_high[rows, 0, axis] = np.where(positive, cut, w1)
    pieces_low[rows, 0, axis] = np.where(positive, w0, cut)
    for piece in range(1, 5):
        pieces_low[rows, piece, axis] = np.where(positive, cut, w0)
        pieces_high[rows, piece, axis] = np.where(positive, w1, cut)
    pieces_high[rows, 1, along] = a0
    pieces_low[rows, 2, along] = a1
    for piece in (3, 4):
        pieces_low[rows, piece, along], pieces_high[rows, piece, along] = a0, a1
    pieces_high[:, 3, 2] = z0
    pieces_low[:, 4, 2] = z1
    return _pieces(boxes, pieces_low, pieces_high)


def _pieces(boxes: Hosts, low: F64, high: F64) -> Hosts:
    size = high - low
    real = (size > 1e-6 * boxes.size.max(axis=1)[:, None, None]).all(axis=2)
    host = np.repeat(np.arange(len(boxes)), 5).reshape(-1, 5)[real]
    shelter = np.maximum(boxes.sheltered[:, None], np.array([_BACK, 0.0, 0.0, 0.0, 0.0]))[real]
    return Hosts(((low + high) / 2)[real], size[real], boxes.faces[host], boxes.material[host], shelter, boxes.plot[host])


def openings(streams: Streams, boxes: Hosts, kept: float) -> tuple[I64, F64, F64]:
    """(face, window, depth) of one opening for every box: niches, tall slots, wide halls, passages right through. In order they sit
    on the axis and on eighths."""
    number = rows_of(boxes.plot, len(streams)).number
    draws = streams.unit("openings", boxes.plot, number, 8)
    wide_x = boxes.size[:, 0] >= boxes.size[:, 1]
    face = np.where(wide_x, 2, 0) + (draws[:, 0] < 0.5)
    form = streams.choice("form", boxes.plot, number, (3, 4, 3, 3))
    width = np.array([0.45, 0.16, 0.76, 0.4])[form] * (0.7 + 0.6 * draws[:, 1])
    height = np.array([0.35, 0.82, 0.22, 0.55])[form] * (0.7 + 0.5 * draws[:, 2])
    width, height = np.minimum(width, 0.84), np.minimum(height, 0.88)
    u = np.where(draws[:, 3] < kept, 0.5, 0.08 + 0.84 * draws[:, 4]) * (1.0 - width)
    v = np.where(form == 1, 0.04, np.where(form == 3, 0.0, np.floor(draws[:, 5] * 6.0) / 6.0)) * (1.0 - height)
    depth = np.where(form == 3, 1.0, np.array([0.35, 0.55, 0.7, 1.0])[form] * (0.6 + 0.5 * draws[:, 6]))
    window = np.stack([u, u + width, v, v + height], axis=1)
    window = np.where(draws[:, 7:8] < kept, np.round(window * 16.0) / 16.0, window)
    window[:, 1] = np.clip(window[:, 1], window[:, 0] + 0.05, 0.96)
    window[:, 3] = np.clip(window[:, 3], window[:, 2] + 0.05, 0.97)
    return face, window, np.minimum(depth, 1.0)
