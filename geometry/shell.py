"""Shell plates: the closed curved slabs of the Megastructure (canon S05), with the holes that pass through them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.key import derive, derive_each, mix, unit_of, word
from geometry.material import Material
from geometry.mesh import Mesh
from geometry.place import Cell, Frame
from geometry.spec import CitySpec
from geometry.strata import path_key

Mask = NDArray[np.bool_]
F64 = NDArray[np.float64]

_APERTURE = 0.006
_WOUND = 0.012
_APERTURE_IN_WOUND = 0.42
_FIRST_DEPTH = 3
"""Above this depth a hole would be a sixth of a face: too large for canon's shafts and fissures."""

DRAWN_IN = 1.0 / 16.0
"""How far along its diagonal a square that touches another at a corner alone draws that corner in."""
_AWAY = ((1, 1), (0, 1), (0, 0), (1, 0))
"""Column and row steps from a square to the lattice point opposite each of its corners."""


def _below(keys: NDArray[np.uint64], purpose: str, limit: float | NDArray[np.floating]) -> Mask:
    return np.asarray((mix(keys ^ np.uint64(word(purpose))) >> np.uint64(11)).astype(np.float64) * 2.0**-53 < limit)


def apertures(spec: CitySpec, bands: tuple[int, ...], tile: tuple[int, ...], levels: int) -> Mask:
    """Which of the 2**levels square sub-cells of a cell are open: great shafts, and fissures in wounded cells (canon S06, P11).

    A hole in a stratum goes through every sub-stratum of it, so holes line up however far the plate is refined.
    Returns bool (2**levels, 2**levels), column first; none is where plates are sealed (canon K06).
    """
    open_: Mask = np.zeros((1 << levels, 1 << levels), dtype=bool)
    if spec.plate_openings == "sealed":
        return open_
    for length in range(1, len(bands) + 1):
        open_ |= _band_apertures(path_key(spec, bands[:length]), tile, levels)
    return open_


def new_apertures(spec: CitySpec, bands: tuple[int, ...], tile: tuple[int, ...], levels: int, *, own: bool) -> Mask:
    """Which of the sub-cells of `apertures` are holes, and not parts of wider ones; `own`: of this bundle, and not of one it lies in."""
    open_ = apertures(spec, bands, tile, levels)
    if not open_.any():
        return open_
    rest = _spread(apertures(spec, bands, tile, levels - 1))
    return open_ & ~(rest | apertures(spec, bands[:-1], tile, levels) if own else rest)


@lru_cache(maxsize=2048)
def _band_apertures(band: int, tile: tuple[int, ...], levels: int) -> Mask:
    """Those of one bundle: asked for again by every bundle within it."""
    if levels == 1:
        return _quarters_open(_cell_key(band, tile), len(tile))
    keys = np.array([[_cell_key(band, tile)]], dtype=np.uint64)
    mask = np.zeros((1, 1), dtype=bool)
    for level in range(levels):
        mask = _spread(mask)
        coarse, keys = keys, derive_each(_spread(keys), "tile", _quarters(level))
        if len(tile) + level >= _FIRST_DEPTH:
            wounded = _spread(_below(coarse, "wound", _WOUND))
            mask |= _below(keys, "aperture", np.where(wounded, _APERTURE_IN_WOUND, _APERTURE))
    return mask


def _quarters_open(key: int, depth: int) -> Mask:
    """Which quarters of one cell are open: the same draws in plain numbers, since a walk down asks at each step."""
    if depth < _FIRST_DEPTH:
        return np.zeros((2, 2), dtype=bool)
    limit = _APERTURE_IN_WOUND if unit_of(key, "wound") < _WOUND else _APERTURE
    return np.array([[unit_of(derive(key, "tile", i + 2 * j), "aperture") < limit for j in range(2)] for i in range(2)])


@lru_cache(maxsize=8192)
def _cell_key(band: int, tile: tuple[int, ...]) -> int:
    """The key of a cell: a step on from the one above it, which was asked for a moment ago."""
    return derive(_cell_key(band, tile[:-1]), "tile", tile[-1]) if tile else band


@lru_cache(maxsize=16)
def _quarters(level: int) -> NDArray[np.int64]:
    """Of 2**(level + 1) squares a side, which quarter of the next larger square each is."""
    side = np.arange(2 << level) & 1
    return side[:, None] + 2 * side[None, :]


def _spread(grid: NDArray) -> NDArray:  # type: ignore[type-arg]
    return grid.repeat(2, axis=0).repeat(2, axis=1)


def plate(cell: Cell, frame: Frame, open_: Mask) -> tuple[Mesh, Mesh]:
    """The slab of one cell as (its top, its underside and walls): closed together, every edge between exactly two faces.

    `open_` is (n, n), column first. Where two squares touch at a corner alone, each keeps that corner a little to itself."""
    up, corners = square_corners(cells.lattice(cell, len(open_)), ~open_)
    return _slab(
        frame.to_local(up * cell.outer), frame.to_local(up * cell.plate), Frame(np.zeros(3), frame.axes).to_local(up), corners, ~open_
    )


def _slab(top: F64, under: F64, upright: F64, corners: NDArray[np.int32], solid: Mask) -> tuple[Mesh, Mesh]:
    """Top, and underside with walls, of the solid squares of a lattice."""
    quads = corners[solid]
    above = _mesh(top, upright, _triangles(quads), Material.GROUND, 235)
    walls, wall_normals = _walls(top, under, corners, solid)
    wall_quads = np.arange(len(walls), dtype=np.int32).reshape(-1, 4) + len(top)
    below = _mesh(
        np.concatenate([under, walls]),
        np.concatenate([-upright, wall_normals]),
        np.concatenate([_triangles(quads[:, ::-1]), _triangles(wall_quads)]),
        Material.MEGASTRUCTURE,
        110,
    )
    return above, below


def square_corners(up: F64, solid: Mask) -> tuple[F64, NDArray[np.int32]]:
    """Directions (m, 3): the lattice's, then those of corners drawn in. And which of them each square has: (n, n, 4), counterclockwise."""
    n = len(solid)
    index = np.arange((n + 1) * (n + 1), dtype=np.int32).reshape(n + 1, n + 1)
    corners = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], axis=-1)
    points = [up.reshape(-1, 3)]
    count = (n + 1) * (n + 1)
    for i, j, corner in _pinched(solid):
        here, opposite = points[0][corners[i, j, corner]], points[0][index[i + _AWAY[corner][0], j + _AWAY[corner][1]]]
        inward = here + DRAWN_IN * (opposite - here)
        x, y, z = inward
        points.append((inward / np.sqrt(x * x + y * y + z * z))[None])
        corners[i, j, corner] = count
        count += 1
    return np.concatenate(points), corners


def _pinched(solid: Mask) -> list[tuple[int, int, int]]:
    """(column, row, corner) of solid squares of which a corner touches one other solid square, across the corner, and no more."""
    a, b, c, d = solid[:-1, :-1], solid[1:, :-1], solid[1:, 1:], solid[:-1, 1:]
    rising, falling = np.argwhere(a & c & ~b & ~d).tolist(), np.argwhere(b & d & ~a & ~c).tolist()
    pairs = [[(i, j, 2), (i + 1, j + 1, 0)] for i, j in rising] + [[(i + 1, j, 3), (i, j + 1, 1)] for i, j in falling]
    return [one for pair in pairs for one in pair]


def _mesh(points: F64, normals: F64, triangles: NDArray[np.int32], material: Material, exposure: int) -> Mesh:
    return Mesh(points.astype(np.float32), normals.astype(np.float32), triangles, int(material), exposure)


def _triangles(quads: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.ascontiguousarray(quads[:, [0, 1, 2, 0, 2, 3]].reshape(-1, 3))


def _walls(top: F64, under: F64, corners: NDArray[np.int32], solid: Mask) -> tuple[F64, F64]:
    """Upright quads wherever a solid square meets a hole or the cell's border: points (4k, 3) and flat normals."""
    n, m = solid.shape
    padded: Mask = np.zeros((n + 2, m + 2), dtype=bool)
    padded[1:-1, 1:-1] = solid
    groups = []
    for (di, dj), (here, there) in {(-1, 0): (3, 0), (1, 0): (1, 2), (0, -1): (0, 1), (0, 1): (2, 3)}.items():
        facing = solid & ~padded[1 + di : n + 1 + di, 1 + dj : m + 1 + dj]
        first, second = corners[facing, here], corners[facing, there]
        quad = np.empty((len(first), 4, 3))
        for k, points in enumerate((under[first], under[second], top[second], top[first])):
            quad[:, k] = points
        groups.append(quad)
    quads = np.concatenate(groups)
    a, b = quads[:, 1] - quads[:, 0], quads[:, 3] - quads[:, 0]
    normal = a[:, [1, 2, 0]] * b[:, [2, 0, 1]] - a[:, [2, 0, 1]] * b[:, [1, 2, 0]]
    length = np.sqrt((normal * normal).sum(axis=1, keepdims=True))
    return quads.reshape(-1, 3), np.repeat(normal / np.where(length > 0, length, 1.0), 4, axis=0)


def squares(skin: tuple[Mesh, ...]) -> Mask | None:
    """Which squares of a plate's lattice are solid: (n, n), n a power of two; None for a mesh that is no plate of ours."""
    if len(skin) != 2:
        return None
    n, quads = 1, skin[0].triangles.reshape(-1, 6)[:, [0, 1, 2, 5]]
    while (2 * n + 1) ** 2 <= len(skin[0].points):
        n *= 2
    row = n + 1
    first = np.where(quads < row * row, quads - np.array([0, row, row + 1, 1]), -1).max(axis=1, initial=-1)
    if (first < 0).any():  # a square all of whose corners are drawn in
        return None
    solid = np.zeros((n, n), dtype=bool)
    solid[first // row, first % row] = True
    return solid


def coarsened(skin: tuple[Mesh, Mesh], solid: Mask, step: int) -> tuple[Mesh, Mesh]:
    """The same slab for the eye alone, on every `step`-th point of its lattice; a block of squares is solid where half of it is.

    Its walls stand on its border as the fine plate's do and hide the seam to a finer neighbour. Not for files: seams do not close.
    """
    n = len(solid)
    kept = np.arange((n + 1) * (n + 1)).reshape(n + 1, n + 1)[::step, ::step].ravel()
    coarse = np.asarray(2 * solid.reshape(n // step, step, n // step, step).sum(axis=(1, 3)) >= step * step)
    upright = skin[0].normals[kept].astype(np.float64)
    top, under = (mesh.points[kept].astype(np.float64) for mesh in skin)
    index = np.arange(len(kept), dtype=np.int32).reshape(n // step + 1, -1)
    corners = np.stack([index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]], axis=-1)
    return _slab(top, under + upright * _lift(top, under, upright), upright, corners, coarse)


def _lift(top: F64, under: F64, upright: F64) -> float:
    """Metres by which the longest chord of a lattice lies below its sphere. What hangs from the fine plate would stand through it, and
    lie bare where it is cut open."""
    edge, turn = under[1] - under[0], upright[1] - upright[0]
    thick = top[0] - under[0]
    bow = np.sqrt((edge * edge).sum() * (turn * turn).sum()) / 4.0
    return float(min(bow, 0.5 * np.sqrt((thick * thick).sum())))
