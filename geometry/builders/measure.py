"""How ordered a heap of parts is, and whether it hangs together: the measures Builders are judged by."""

from __future__ import annotations

import zlib
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from geometry.angle import matrix
from geometry.builders.motifs import Fragment
from geometry.parts import Parts

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]

_ENDS = 0.02


def boxes_of(group: Parts) -> tuple[F64, F64]:
    """(low, high) corners (n, 3) of the upright box about each part, metres."""
    turned = np.abs(matrix(group.rotation))
    scale = group.scale.astype(np.float64)
    half = (turned[..., 0] * scale[:, 0:1] + turned[..., 1] * scale[:, 1:2] + turned[..., 2] * scale[:, 2:3]) / 2
    where = group.position.astype(np.float64)
    return where - half, where + half


def tokens(group: Parts, unit: float) -> I64:
    """Each part as one whole number: prototype, material, turn and size to the nearest eighth of an octave. (n,)."""
    size = np.round(np.log2(np.maximum(group.scale.astype(np.float64) / unit, 1e-6)) * 8.0).astype(np.int64)
    turn = np.round(group.rotation.astype(np.float64) * 4.0).astype(np.int64)
    columns = np.c_[group.prototype, group.material, turn, size]
    return np.asarray(np.unique(columns, axis=0, return_inverse=True)[1].ravel())


def entropy(symbols: I64) -> float:
    """Shannon entropy of the symbols, bits."""
    share = np.unique(symbols, return_counts=True)[1] / len(symbols)
    return float(-(share * np.log2(share)).sum())


def repetition(symbols: I64) -> float:
    """Share of parts that are not the only one of their kind."""
    _, inverse, count = np.unique(symbols, return_inverse=True, return_counts=True)
    return float((count[inverse.ravel()] > 1).mean())


def packed_bits(group: Parts, unit: float) -> float:
    """Bits a part once sizes and steps between parts, to an eighth of a unit, are packed by zlib."""
    step = np.diff(group.position.astype(np.float64), axis=0, prepend=0.0)
    columns = np.c_[np.round(step / unit * 8.0), np.round(group.scale / unit * 8.0)].astype(np.int32)
    data = np.c_[columns, tokens(group, unit)[:, None]].astype(np.int32).T.tobytes()
    return len(zlib.compress(data, 9)) * 8.0 / len(group)


def coplanarity(group: Parts, unit: float) -> float:
    """Share of sides that lie in a plane with at least seven others, to a sixty-fourth of a unit."""
    low, high = boxes_of(group)
    shared = 0.0
    for axis in range(3):
        plane = np.round(np.concatenate([low[:, axis], high[:, axis]]) / unit * 64.0).astype(np.int64)
        _, inverse, count = np.unique(plane, return_inverse=True, return_counts=True)
        shared += float((count[inverse.ravel()] > 7).mean()) / 3.0
    return shared


def floating(group: Parts, slack: float) -> float:
    """Share of parts not joined, part to touching part, to the ground (z <= slack). Boxes that come within `slack` metres touch."""
    low, high = boxes_of(group)
    return floating_boxes(low, high, low[:, 2] <= slack, slack)


def floating_boxes(low: F64, high: F64, held: NDArray[np.bool_], slack: float) -> float:
    """Share of boxes (n, 3) not joined to one that is `held` (n,)."""
    held, front = held.copy(), np.flatnonzero(held)
    while len(front):
        rest = np.flatnonzero(~held)
        reached = np.zeros(len(rest), dtype=bool)
        for first in range(0, len(front), 64):
            some = front[first : first + 64]
            open_ = np.flatnonzero(~reached)
            near = np.ones((len(open_), len(some)), dtype=bool)
            for axis in range(3):
                near &= low[rest[open_], axis][:, None] <= high[some, axis] + slack
                near &= high[rest[open_], axis][:, None] >= low[some, axis] - slack
            reached[open_] |= near.any(axis=1)
        front = rest[reached]
        held[front] = True
    return float((~held).mean())


def _shapes(fragment: Fragment) -> Counter[tuple[int, ...]]:
    """The parts of a fragment as a bag of shapes, whichever way they are turned."""
    sizes = [sorted(b - a for a, b in zip(part.low, part.high, strict=True)) for part in fragment.parts]
    return Counter((part.prototype, part.material, *size) for part, size in zip(fragment.parts, sizes, strict=True))


def fidelity(first: Fragment, copy: Fragment) -> float:
    """How much of a fragment its copy still holds: parts shared over parts in either, 0 to 1."""
    a, b = _shapes(first), _shapes(copy)
    return (a & b).total() / (a | b).total()


def moored(spans: Parts, low: F64, high: F64) -> float:
    """Share of spans (running along their own x) whose ends both lie within some box (k, 3), give or take."""
    along = matrix(spans.rotation)[..., 0] * (spans.scale[:, 0:1] / 2.0)
    where = spans.position.astype(np.float64)
    reach = spans.scale[:, 1:2].astype(np.float64) * _ENDS
    inside: list[NDArray[np.bool_]] = []
    for sign in (-1.0, 1.0):
        end = where + sign * along
        held = (end[:, None] >= low[None] - reach[:, None]) & (end[:, None] <= high[None] + reach[:, None])
        inside.append(np.any(np.all(held, axis=2), axis=1))
    return float((inside[0] & inside[1]).mean())
