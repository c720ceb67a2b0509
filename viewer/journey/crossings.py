"""Where lines meet solids: boxes by their slabs, prototypes by their triangles. Pure."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geometry.solids import PROTOTYPE_IDS, prototypes

F64 = NDArray[np.float64]
_BOXES = frozenset(PROTOTYPE_IDS[name] for name in ("box", "chamfer", "stack", "louvre"))
"""Prototypes that are taken for the boxes about them."""
_PROBE = np.array([0.217, 0.359, 0.908])
"""A direction along which no face of a prototype lies."""


def slabs(start: F64, end: F64, half: F64) -> tuple[F64, F64]:
    """Shares (n,) of lines at which they enter and leave boxes (n, 3 half sizes) about the origin; entered after it is left: a miss."""
    step = end - start
    with np.errstate(divide="ignore", invalid="ignore"):
        a, b = (-half - start) / step, (half - start) / step
    still = step == 0.0
    outside = still & (np.abs(start) > half)
    low = np.where(still, np.where(outside, 2.0, -np.inf), np.minimum(a, b)).max(axis=1)
    high = np.where(still, np.where(outside, -2.0, np.inf), np.maximum(a, b)).min(axis=1)
    return np.maximum(low, 0.0), np.minimum(high, 1.0)


def true_share(prototype: int, start: F64, end: F64, half: F64, margin: float, near: float) -> float | None:
    """Where a line in a part's own axes meets its solid, grown by the margin; None if it passes through an opening."""
    if prototype in _BOXES or margin > 0.7 * float(half.max()):
        return near
    unit = 2.0 * (half + margin) if prototype not in _hollow() else 2.0 * half
    crossings = _crossings(prototype, start / unit, end / unit)
    if len(crossings):
        return float(crossings[:, 0].min())
    return near if encloses(prototype, start / unit) else None


@lru_cache(maxsize=1)
def _hollow() -> frozenset[int]:
    return frozenset(
        PROTOTYPE_IDS[name] for name in ("tube", "ring", "arch", "vault", "truss", "lattice", "frame", "grille", "fan", "rail")
    )


def _crossings(prototype: int, start: F64, end: F64) -> F64:
    """(k, 2) share of the way and sign (+1 going out) of each triangle of a prototype that a line in its unit cube crosses."""
    mesh = prototypes()[prototype]
    corner = mesh.points[mesh.triangles].astype(np.float64)
    e1, e2, step = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 0], end - start
    normal = np.cross(e1, e2)
    facing = normal @ step
    with np.errstate(divide="ignore", invalid="ignore"):
        to = start - corner[:, 0]
        share = -(to * normal).sum(axis=1) / facing
        turned = np.cross(step, to)
        u, v = (turned * e2).sum(axis=1) / facing, -(turned * e1).sum(axis=1) / facing
    good = (facing != 0.0) & (share >= 0.0) & (share <= 1.0) & (u >= 0.0) & (v >= 0.0) & (u + v <= 1.0)
    return np.stack([share[good], np.sign(facing[good])], axis=-1)


def encloses(prototype: int, point: F64) -> bool:
    """Whether a point of the unit cube lies in a prototype's solid."""
    if np.abs(point).max() > 0.5:
        return False
    if prototype in _BOXES:
        return True
    crossings = _crossings(prototype, point, point + 3.0 * _PROBE)
    return bool(crossings[:, 1].sum() > 0.5) if len(crossings) else False
