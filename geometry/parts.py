"""Parts: instances of prototype solids, as a struct of arrays in the frame of the place that grew them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from operator import attrgetter

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geometry.angle import IDENTITY, multiply, rotate
from geometry.material import Material
from geometry.solids import PROTOTYPE_IDS, triangle_counts

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Parts:
    """n instances. A prototype fills the unit cube about its origin, so `scale` is the part's size and `position` its centre."""

    prototype: U8
    """(n,) index into geometry.solids.PROTOTYPES."""
    position: F32
    """(n, 3) metres, in the place's frame."""
    rotation: F32
    """(n, 4) unit quaternions w, x, y, z."""
    scale: F32
    """(n, 3) metres along the prototype's own axes."""
    material: U8
    """(n,) geometry.material.Material."""
    exposure: U8
    """(n,) how much of the lit ceiling the part sees, 0 to 255: baked while unfolding, costs nothing to draw."""
    tint: U8
    """(n,) hashed variation: weathering, which windows are lit, lamp phase."""
    year: F32
    """(n,) years since now (negative: the past) in which the part was built."""

    def __len__(self) -> int:
        return len(self.prototype)

    def __getitem__(self, index: slice | NDArray[np.bool_] | NDArray[np.integer]) -> Parts:
        return Parts(*(column[index] for column in _columns(self)))

    @property
    def triangles(self) -> int:
        """How many triangles these parts bake to."""
        return int(triangle_counts()[self.prototype].sum())

    def moved(self, offset: ArrayLike, rotation: ArrayLike = IDENTITY) -> Parts:
        """The same parts turned by one quaternion about the origin, then shifted by `offset` (3,)."""
        quaternion = np.asarray(rotation, dtype=np.float64)
        position = rotate(quaternion, self.position) + np.asarray(offset, dtype=np.float64)
        turned = multiply(quaternion, self.rotation)
        return replace(self, position=position.astype(np.float32), rotation=turned.astype(np.float32))


_columns = attrgetter(*(field.name for field in fields(Parts)))


def _column(value: ArrayLike, n: int, dtype: type) -> NDArray:  # type: ignore[type-arg]
    column: NDArray = np.empty(n, dtype=dtype)  # type: ignore[type-arg]
    column[...] = np.asarray(value)
    return column


def _rows(value: ArrayLike, n: int, width: int) -> F32:
    rows = np.empty((n, width), dtype=np.float32)
    rows[...] = value
    return rows


def parts(
    prototype: str | ArrayLike,
    position: ArrayLike,
    scale: ArrayLike,
    material: ArrayLike = Material.CONCRETE,
    *,
    rotation: ArrayLike = IDENTITY,
    exposure: ArrayLike = 200,
    tint: ArrayLike = 128,
    year: ArrayLike = 0.0,
) -> Parts:
    """Build parts from anything that broadcasts: position (n, 3), scale (3,) or (n, 3), the rest scalars or (n,)."""
    where = np.atleast_2d(np.asarray(position, dtype=np.float64))
    sizes = np.asarray(scale, dtype=np.float64)
    n = max(len(where), len(sizes) if sizes.ndim == 2 else 1)
    ids = PROTOTYPE_IDS[prototype] if isinstance(prototype, str) else prototype
    return Parts(
        _column(ids, n, np.uint8),
        _rows(where if len(where) == n else where[0], n, 3),
        _rows(rotation, n, 4),
        _rows(sizes, n, 3),
        _column(material, n, np.uint8),
        _column(exposure, n, np.uint8),
        _column(tint, n, np.uint8),
        _column(year, n, np.float32),
    )


def join(groups: Iterable[Parts]) -> Parts:
    """All groups in order, as one."""
    kept = [group for group in groups if len(group)]
    if not kept:
        return EMPTY
    return Parts(*(np.concatenate(columns) for columns in zip(*map(_columns, kept), strict=True)))


EMPTY = Parts(
    np.zeros(0, np.uint8),
    np.zeros((0, 3), np.float32),
    np.zeros((0, 4), np.float32),
    np.zeros((0, 3), np.float32),
    np.zeros(0, np.uint8),
    np.zeros(0, np.uint8),
    np.zeros(0, np.uint8),
    np.zeros(0, np.float32),
)
