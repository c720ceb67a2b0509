"""Hulls: the oriented boxes that stand for parts where somebody walks, for every prototype one or a few.

Composites are taken apart as they are built (a stair flight is its steps, a frame its four bars); round solids become slabs or short
straight pieces; trusses, rails and grilles are their bounds, so that nobody slips through them. Cables give way: they have none.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from geometry.angle import matrix
from geometry.material import Material
from geometry.parts import Parts
from geometry.solids import PROTOTYPES

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
_WHOLE = ((0.0, 0.0, 0.0, 1.0, 1.0, 1.0),)
_PIECES = 16
"""Straight pieces of a ring."""
_WIRE = 0.06
"""Metres: a cable drawn as a pipe no thicker than this gives way too."""


@dataclass(frozen=True, slots=True)
class Hulls:
    """n oriented boxes in one frame."""

    centre: F64
    """(n, 3) metres."""
    axes: F64
    """(n, 3, 3): rows are the unit axes of each box."""
    half: F64
    """(n, 3) half the size along those axes, metres."""

    def __len__(self) -> int:
        return len(self.centre)

    def __getitem__(self, index: NDArray[np.bool_] | NDArray[np.integer] | slice) -> Hulls:
        return Hulls(self.centre[index], self.axes[index], self.half[index])

    @property
    def reach(self) -> F64:
        """(n, 3) half the size of the upright box about each, metres."""
        return np.asarray((np.abs(self.axes) * self.half[:, :, None]).sum(axis=1))

    def about(self, point: F64, radius: float) -> Hulls:
        """Those whose upright boxes come within `radius` metres of a point (3,), along each axis."""
        return self[np.all(np.abs(self.centre - point) <= self.reach + radius, axis=1)]


NO_HULLS = Hulls(np.zeros((0, 3)), np.zeros((0, 3, 3)), np.zeros((0, 3)))


def joined(groups: list[Hulls]) -> Hulls:
    """All of them as one."""
    kept = [group for group in groups if len(group)]
    if not kept:
        return NO_HULLS
    return Hulls(
        np.concatenate([group.centre for group in kept]),
        np.concatenate([group.axes for group in kept]),
        np.concatenate([group.half for group in kept]),
    )


def hulls(made: Parts) -> Hulls:
    """The boxes of parts, in the parts' own frame."""
    wires = (made.material == Material.CABLE) & (np.sort(made.scale, axis=1)[:, 1] <= _WIRE)
    made = made[~wires]
    groups = []
    for prototype in np.unique(made.prototype).tolist():
        local = _pieces(PROTOTYPES[prototype])
        if len(local.centre):
            groups.append(_stand(local, made[made.prototype == prototype]))
    return joined(groups)


def _stand(local: Hulls, made: Parts) -> Hulls:
    """Every piece of a prototype for every part: a stretched piece keeps its first axis, the others are made square to it."""
    n, k = len(made), len(local)
    turned = matrix(made.rotation)
    scale = made.scale.astype(np.float64)
    middle = local.centre[None] * scale[:, None]
    centre = (turned[:, None] * middle[:, :, None, :]).sum(axis=-1) + made.position.astype(np.float64)[:, None]
    edges = local.axes[None] * local.half[None, :, :, None] * scale[:, None, None, :]
    half = np.sqrt((edges * edges).sum(axis=-1))
    unit = edges / np.maximum(half, 1e-12)[..., None]
    axes = (turned[:, None, None] * unit[:, :, :, None, :]).sum(axis=-1)
    return Hulls(centre.reshape(n * k, 3), axes.reshape(n * k, 3, 3), half.reshape(n * k, 3))


def _boxes(rows: object) -> Hulls:
    """Upright pieces of the unit cube from rows of middle x, y, z and size x, y, z."""
    table = np.asarray(rows, dtype=np.float64).reshape(-1, 6)
    return Hulls(table[:, :3], np.broadcast_to(np.eye(3), (len(table), 3, 3)).copy(), table[:, 3:] / 2)


def _spans(rows: object) -> Hulls:
    """Upright pieces from rows x0, x1, y0, y1, z0, z1."""
    table = np.asarray(rows, dtype=np.float64).reshape(-1, 3, 2)
    return _boxes(np.c_[table.mean(axis=2), table[:, :, 1] - table[:, :, 0]])


def _round(low: float, high: float, radius: float = 0.5) -> list[tuple[float, ...]]:
    """An upright drum from z `low` to `high`: three slabs that fill its octagon."""
    wide, middle, narrow = 2 * radius, 1.42 * radius, 0.8 * radius
    z, tall = (low + high) / 2, high - low
    return [(0, 0, z, wide, narrow, tall), (0, 0, z, middle, middle, tall), (0, 0, z, narrow, wide, tall)]


def _ring(inner: float) -> Hulls:
    """A hollow drum in straight pieces."""
    turn = (np.arange(_PIECES) + 0.5) * (2.0 * np.pi / _PIECES)
    x, y = np.cos(turn), np.sin(turn)
    radius = (0.5 + inner) / 2
    out = np.stack([x, y, 0 * x], axis=-1)
    aside = np.stack([-y, x, 0 * x], axis=-1)
    up = np.broadcast_to([0.0, 0.0, 1.0], out.shape)
    half = np.array([(0.5 - inner) / 2, np.tan(np.pi / _PIECES) * radius, 0.5])
    return Hulls(out * radius, np.stack([out, aside, up], axis=1), np.broadcast_to(half, out.shape).copy())


def _arch() -> Hulls:
    """Two piers, and over the opening a piece for every tenth of its round head."""
    turn = np.linspace(0.0, np.pi, 11)
    x, z = np.cos(turn) * 0.34, 0.02 + np.sin(turn) * 0.40
    over = [(x[i + 1], x[i], -0.5, 0.5, (z[i] + z[i + 1]) / 2, 0.5) for i in range(10)]
    return _spans([(-0.5, -0.34, -0.5, 0.5, -0.5, 0.5), (0.34, 0.5, -0.5, 0.5, -0.5, 0.5), *over])


def _vault() -> Hulls:
    """A half drum in straight bounds, twelve a roof."""
    turn = np.linspace(0.0, np.pi, 13)
    y, z = np.cos(turn) * 0.5, np.sin(turn) - 0.5
    inner_y, inner_z = np.cos(turn) * 0.44, np.sin(turn) * 0.88 - 0.5
    rows = []
    for i in range(12):
        ys, zs = (*y[i : i + 2], *inner_y[i : i + 2]), (*z[i : i + 2], *inner_z[i : i + 2])
        rows.append((-0.5, 0.5, min(ys), max(ys), min(zs), max(zs)))
    return _spans(rows)


def _steps(n: int, solid: bool) -> Hulls:
    """Steps rising along +x: as a flight on a soffit, or filled to the ground."""
    at = np.arange(n)
    top = -0.5 + (at + 1) / n
    low = np.full(n, -0.5) if solid else np.maximum(-0.5, top - 3.0 / n)
    return _spans(np.c_[-0.5 + at / n, top, np.full(n, -0.5), np.full(n, 0.5), low, top])


def _stack() -> Hulls:
    floors = [(-0.5, 0.5, -0.5, 0.5, -0.5 + (i + 1) / 5 - 0.048, -0.5 + (i + 1) / 5) for i in range(5)]
    return _spans([(-0.42, 0.42, -0.42, 0.42, -0.5, 0.5), *floors])


def _frame() -> Hulls:
    return _spans(
        [
            (-0.5, -0.36, -0.5, 0.5, -0.5, 0.5),
            (0.36, 0.5, -0.5, 0.5, -0.5, 0.5),
            (-0.36, 0.36, -0.5, 0.5, 0.36, 0.5),
            (-0.36, 0.36, -0.5, 0.5, -0.5, -0.36),
        ]
    )


@cache
def _pieces(name: str) -> Hulls:
    """The boxes of a prototype in its unit cube."""
    if name == "cable":
        return NO_HULLS
    if name in ("tube", "ring"):
        return _ring(0.40 if name == "tube" else 0.46)
    if name in ("drum", "banded_drum", "prism", "fan"):
        return _boxes(_round(-0.5, 0.5))
    if name == "pipe":
        return _boxes([(z, x, y, tall, wide, deep) for x, y, z, wide, deep, tall in _round(-0.5, 0.5)])
    if name in ("cone", "dome", "frustum"):
        tops = {"cone": 0.4, "dome": 0.38, "frustum": 0.36}
        if name == "frustum":
            return _boxes([(0, 0, -0.25, 0.96, 0.96, 0.5), (0, 0, 0.25, 0.76, 0.76, 0.5)])
        return _boxes([*_round(-0.5, 0.0), *_round(0.0, 0.5, tops[name])])
    makers: dict[str, Callable[[], Hulls]] = {
        "arch": _arch,
        "vault": _vault,
        "stairs": lambda: _steps(12, False),
        "wedge": lambda: _steps(8, True),
        "stack": _stack,
        "frame": _frame,
        "cross": lambda: _boxes([(0, 0, 0, 1, 0.34, 1), (0, 0, 0, 0.34, 1, 1)]),
        "lamp_post": lambda: _spans([(-0.5, -0.38, -0.5, 0.5, -0.5, 0.5), (-0.4, 0.5, -0.35, 0.35, 0.465, 0.5)]),
    }
    return makers[name]() if name in makers else _boxes(_WHOLE)


def without(solid: Hulls, middle: F64, axes: F64, half: F64) -> Hulls:
    """Boxes with the room of an upright or turned box taken out of those that lie square to it; others stay as they are.

    A box that the room cuts becomes up to six. `middle` (3,), `axes` (3, 3) rows, `half` (3,), in the frame of the boxes."""
    turned = np.abs((solid.axes[:, :, None, :] * axes[None, None]).sum(axis=-1))
    square = (turned > 0.9999).sum(axis=(1, 2)) == 3
    reach = (turned * solid.half[:, :, None]).sum(axis=1)
    at = ((solid.centre - middle)[:, None, :] * axes[None]).sum(axis=-1)
    cut = square & np.all(np.abs(at) < reach + half - 1e-6, axis=1)
    if not cut.any():
        return solid
    return joined([solid[~cut], _remains(at[cut] - reach[cut], at[cut] + reach[cut], middle, axes, half)])


def _remains(low: F64, high: F64, middle: F64, axes: F64, half: F64) -> Hulls:
    """What is left of boxes (n, 3) corners, in the room's own axes, outside of the room."""
    groups = []
    low, high = low.copy(), high.copy()
    for axis in range(3):
        for sign in (-1, 1):
            a, b = low.copy(), high.copy()
            if sign < 0:
                b[:, axis] = np.minimum(b[:, axis], -half[axis])
                low[:, axis] = np.maximum(low[:, axis], -half[axis])
            else:
                a[:, axis] = np.maximum(a[:, axis], half[axis])
                high[:, axis] = np.minimum(high[:, axis], half[axis])
            kept = np.all(b - a > 1e-6, axis=1)
            size, at = (b - a)[kept] / 2, ((a + b) / 2)[kept]
            centre = middle + (at[:, :, None] * axes[None]).sum(axis=1)
            groups.append(Hulls(centre, np.broadcast_to(axes, (len(at), 3, 3)).copy(), size))
    return joined(groups)
