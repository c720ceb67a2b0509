"""Plates of neighbouring cells as one closed shell, without the walls between them: what a printer wants.

Lattice points of the cells' spheres are the same bits from either side of a seam, at the edges and corners of the cube too. So squares
that share an edge share its ends exactly, each corner gets one number, and each number is rounded to the file's precision once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.export.piece import Piece
from geometry.key import mix
from geometry.mesh import F64, I32
from geometry.place import Cell
from geometry.shell import DRAWN_IN

I64 = NDArray[np.int64]
_STEPS = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])
"""Column and row of a square's corners from its own, counter-clockwise."""


@dataclass(frozen=True, slots=True)
class Slab:
    """The plate of one cell."""

    cell: Cell
    solid: NDArray[np.bool_]
    """(n, n), column first."""

    @property
    def kind(self) -> tuple[float, float, int, int]:
        """Slabs of one kind can be welded: same underside, same top, same squares."""
        return self.cell.plate, self.cell.outer, self.cell.depth, len(self.solid)


def slab_of(piece: Piece) -> Slab | None:
    """The plate that is a piece's skin; None where it has none, or another skin, or does not stand where its cell is."""
    if piece.cell is None or len(piece.skin) != 2 or not len(piece.skin[0]):
        return None
    above, below = piece.skin
    n = 1 << (int(np.sqrt(len(above.points))).bit_length() - 1)
    n = n if (n + 1) ** 2 <= len(above.points) else n // 2
    up = cells.lattice(piece.cell, n).reshape(-1, 3) if n else np.zeros((0, 3))
    for mesh, radius in ((above, piece.cell.outer), (below, piece.cell.plate)):
        there = piece.frame.to_local(up * radius).astype(np.float32)
        if not n or len(mesh.points) < len(up) or not np.array_equal(mesh.points[: len(up)], there):
            return None
    solid = _solid(above.triangles, n)
    return Slab(piece.cell, solid) if 2 * int(solid.sum()) == len(above) else None


def _solid(triangles: I32, n: int) -> NDArray[np.bool_]:
    """Which squares (n, n) of a lattice have been cut into two triangles each. Corners past the lattice were drawn in: others tell."""
    quads = np.stack([triangles[0::2, 0], triangles[0::2, 1], triangles[0::2, 2], triangles[1::2, 2]], axis=1)
    column, row = np.divmod(quads, n + 1)
    known = quads < (n + 1) ** 2
    squares = np.where(known, (column - _STEPS[:, 0]) * n + row - _STEPS[:, 1], -1).max(axis=1)
    solid = np.zeros(n * n, dtype=bool)
    solid[squares[(squares >= 0) & (squares < n * n)]] = True
    return solid.reshape(n, n)


def by_kind(slabs: Iterable[Slab]) -> list[list[Slab]]:
    """Slabs that can be welded together, in the order in which they came; each cell once."""
    groups: dict[tuple[float, float, int, int], dict[Cell, Slab]] = defaultdict(dict)
    for slab in slabs:
        groups[slab.kind][slab.cell] = slab
    return [list(group.values()) for group in groups.values()]


def weld(slabs: list[Slab], hair: float, heard: Callable[[], None], least: float = 0.0) -> tuple[F64, I32]:
    """One closed mesh of slabs of a kind: world points (v, 3) in metres and triangles (m, 3), every edge between exactly two of them.

    The top is raised and the underside lowered by half a `hair` (metres), and the plate is `least` metres thick at least. `heard` is called
    now and then, and may raise."""
    up, quads = _numbered(slabs)
    heard()
    starts, ends = quads.ravel(), np.roll(quads, -1, axis=1).ravel()
    rim = ~np.isin(starts * len(up) + ends, ends * len(up) + starts)
    heard()
    up, quads = _parted(up, quads, rim.reshape(-1, 4))
    first, second = quads.ravel()[rim], np.roll(quads, -1, axis=1).ravel()[rim]
    count, cell = len(up), slabs[0].cell
    walls = np.stack([first + count, second + count, second, first], axis=1)
    faces = np.concatenate([quads, quads[:, ::-1] + count, walls])
    low = min(cell.plate, cell.outer - least)
    points = np.concatenate([up * (cell.outer + hair / 2), up * (low - hair / 2)])
    return points, np.ascontiguousarray(faces[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3).astype(np.int32))


def _numbered(slabs: list[Slab]) -> tuple[F64, I64]:
    """Directions (v, 3), each once, and the four of each solid square (q, 4), counter-clockwise seen from outside."""
    n = len(slabs[0].solid)
    up = np.concatenate([cells.lattice(slab.cell, n).reshape(-1, 3) for slab in slabs]) + 0.0
    bits = up.view(np.uint64)
    key = mix(mix(mix(bits[:, 0]) + bits[:, 1]) + bits[:, 2])
    _, kept, ids = np.unique(key, return_index=True, return_inverse=True)
    if not np.array_equal(up[kept][ids], up):
        raise AssertionError("two directions share a key")
    number, column, row = np.nonzero(np.stack([slab.solid for slab in slabs]))
    places = (number[:, None] * (n + 1) + column[:, None] + _STEPS[:, 0]) * (n + 1) + row[:, None] + _STEPS[:, 1]
    return up[kept], ids.ravel()[places].astype(np.int64)


def _parted(up: F64, quads: I64, rim: NDArray[np.bool_]) -> tuple[F64, I64]:
    """Where two squares touch at a corner alone, each keeps that corner a little to itself, as within a plate."""
    leaving = np.bincount(quads[rim], minlength=len(up))
    if not (leaving > 1).any():
        return up, quads
    result, fresh = quads.copy(), list[F64]()
    for square, corner in np.argwhere(leaving[quads] > 1).tolist():
        here, opposite = up[quads[square, corner]], up[quads[square, (corner + 2) % 4]]
        inward = here + DRAWN_IN * (opposite - here)
        result[square, corner] = len(up) + len(fresh)
        fresh.append(inward / np.sqrt((inward * inward).sum()))
    return np.concatenate([up, np.array(fresh)]), result
