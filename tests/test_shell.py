"""Plates close: tiles meet their neighbours bit for bit, across the seams of the cube too."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest

from geometry import cell as cells
from geometry.angle import from_matrix, matrix, multiply, rotate, tan_eighths, turn
from geometry.mesh import Mesh
from geometry.nest import bands_of, cell_place
from geometry.place import Place
from geometry.shell import apertures, coarsened, plate, squares
from geometry.spec import CitySpec
from geometry.strata import floor_below, strata

SPEC = CitySpec(seed=7)


def quads_of(depth: int) -> list[Place]:
    """Every cell of drawn stratum 5 at a depth."""
    from itertools import product

    return [cell_place(SPEC, (5,), (face, *path)) for face in range(6) for path in product(range(4), repeat=depth)]


def world_triangles(place: Place, n: int) -> np.ndarray:
    """Triangles (m, 3, 3) of a cell's plate as an export has them: float32 metres from the City's centre."""
    assert place.cell is not None
    levels = n.bit_length() - 1
    open_ = apertures(SPEC, bands_of(SPEC, place.address), place.address.tile, levels)
    meshes = plate(place.cell, place.frame, open_)
    return np.concatenate([place.frame.to_world(mesh.points).astype(np.float32)[mesh.triangles] for mesh in meshes])


def open_edges(triangles: np.ndarray) -> int:
    """Directed edges without their opposite, after joining equal points."""
    _, index = np.unique(triangles.reshape(-1, 3), axis=0, return_inverse=True)
    corner = index.reshape(-1, 3)
    edges = np.concatenate([corner[:, [0, 1]], corner[:, [1, 2]], corner[:, [2, 0]]])
    counts = Counter(map(tuple, edges.tolist()))
    return sum(1 for (a, b), number in counts.items() if counts.get((b, a), 0) != number)


def test_every_tile_is_a_closed_solid() -> None:
    assert all(open_edges(world_triangles(place, 8)) == 0 for place in quads_of(2)[::11])


@pytest.mark.parametrize("share", [0.2, 0.4, 0.7])
def test_every_edge_of_a_plate_is_between_two_faces_however_its_holes_touch(share: float) -> None:
    draw, touching = np.random.default_rng(3), 0
    for place in quads_of(1)[::3]:
        assert place.cell is not None
        open_ = draw.random((8, 8)) < share
        a, b, c, d = open_[:-1, :-1], open_[1:, :-1], open_[1:, 1:], open_[:-1, 1:]
        touching += int(((a == c) & (b == d) & (a != b)).sum())
        meshes = plate(place.cell, place.frame, open_)
        triangles = np.concatenate([place.frame.to_world(mesh.points).astype(np.float32)[mesh.triangles] for mesh in meshes])
        _, index = np.unique(triangles.reshape(-1, 3), axis=0, return_inverse=True)
        corner = index.reshape(-1, 3)
        edges = np.concatenate([corner[:, [0, 1]], corner[:, [1, 2]], corner[:, [2, 0]]])
        assert set(Counter(map(tuple, np.sort(edges, axis=1).tolist())).values()) == {2}
        assert set(Counter(map(tuple, edges.tolist())).values()) == {1}
    assert touching > 0, "no holes touch at a corner: nothing was tested"


def test_the_whole_sphere_is_watertight_without_its_inner_walls() -> None:
    """Walls between neighbours stand on the same float32 points, wound oppositely, so they cancel; what is left is closed."""
    corners: Counter[tuple[tuple[float, ...], ...]] = Counter()
    kept = []
    for place in quads_of(1):
        up = cells.lattice(place.cell, 8)
        top, under = up * place.cell.outer, up * place.cell.plate
        border = np.concatenate([up[0], up[-1], up[:, 0], up[:, -1]])
        corners.update(tuple(row) for row in border.tolist())
        kept.append((top, under))
    inner = [count for point, count in corners.items()]
    assert min(inner) >= 2, "a border point of a tile is on no neighbour"
    triangles = np.concatenate([_two_sheets(top, under) for top, under in kept])
    assert open_edges(triangles) == 0


def _two_sheets(top: np.ndarray, under: np.ndarray) -> np.ndarray:
    def sheet(grid: np.ndarray) -> np.ndarray:
        a, b, c, d = grid[:-1, :-1], grid[1:, :-1], grid[1:, 1:], grid[:-1, 1:]
        first, second = np.stack([a, b, c], axis=2), np.stack([a, c, d], axis=2)
        return np.concatenate([first.reshape(-1, 3, 3), second.reshape(-1, 3, 3)])

    return np.concatenate([sheet(top), sheet(under)[:, ::-1]])


def test_plates_are_wound_outward() -> None:
    place = quads_of(2)[3]
    triangles = world_triangles(place, 8).astype(np.float64)
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    middle = place.centre
    volume = np.einsum("ij,ij->", a - middle, np.cross(b - middle, c - middle)) / 6
    open_share = apertures(SPEC, (5,), place.address.tile, 3).mean()
    shell = 4 / 3 * np.pi * (place.cell.outer**3 - place.cell.plate**3) / 96
    assert volume == pytest.approx(shell * (1 - open_share), rel=0.35)
    assert volume > 0


def test_cells_cover_the_sphere_evenly() -> None:
    areas = []
    for place in quads_of(2):
        up = cells.lattice(place.cell, 1)
        areas.append(np.sqrt((np.cross(up[1, 1] - up[0, 0], up[0, 1] - up[1, 0]) ** 2).sum()) / 2)
    assert sum(areas) == pytest.approx(4 * np.pi, rel=0.04)
    assert max(areas) / min(areas) < 1.45


def test_holes_line_up_however_far_a_plate_is_refined() -> None:
    coarse = apertures(SPEC, (5,), (2, 1, 3), 4)
    for quadrant in range(4):
        fine = apertures(SPEC, (5,), (2, 1, 3, quadrant), 3)
        column, row = (quadrant & 1) * 8, (quadrant >> 1) * 8
        assert np.array_equal(fine, coarse[column : column + 8, row : row + 8])
    assert (apertures(SPEC, (5, 3), (2, 1, 3), 4) >= coarse).all(), "a stratum's shaft goes through its sub-strata"


def test_there_are_holes_but_few() -> None:
    share = np.mean([apertures(SPEC, (5,), place.address.tile, 3).mean() for place in quads_of(2)])
    assert 0.001 < share < 0.12


def test_strata_nest_and_leave_voids() -> None:
    rows = strata(SPEC)
    assert rows[0].inner == SPEC.core_km * 1e3
    assert rows[-1].outer == SPEC.radius_km * 1e3
    assert rows[-1].high == SPEC.layers
    assert all(a.outer == b.inner and a.high == b.low for a, b in pairwise(rows))
    inner = strata(SPEC, (7, 3))
    parent = strata(SPEC, (7,))[3]
    assert inner[0].inner == parent.plate
    assert inner[-1].outer == parent.outer
    assert all(row.inner <= row.plate < row.outer for row in inner)


def test_the_floor_is_below_the_eye() -> None:
    for radius in np.geomspace(1e7, 9e11, 50).tolist():
        assert floor_below(SPEC, radius) <= radius


def test_rational_tangent_is_the_tangent() -> None:
    a = np.linspace(-1, 1, 101)
    assert np.allclose(tan_eighths(a), np.tan(np.pi / 4 * a), rtol=1e-14, atol=1e-15)
    assert tan_eighths(1.0) == 1.0
    assert tan_eighths(-1.0) == -1.0


def test_quaternions_turn_as_matrices_do() -> None:
    q = multiply(turn("z", 0.3), multiply(turn("x", 1.0), turn("y", -0.7)))
    assert np.allclose(matrix(from_matrix(matrix(q))), matrix(q))
    assert np.allclose(rotate(q, np.array([1.0, 2.0, 3.0])), matrix(q) @ [1.0, 2.0, 3.0])


@pytest.mark.parametrize("share", [0.0, 0.2])
def test_a_coarser_plate_has_the_same_outline_and_fewer_triangles(share: float) -> None:
    draw, place = np.random.default_rng(5), quads_of(1)[7]
    assert place.cell is not None
    open_ = draw.random((8, 8)) < share
    fine = plate(place.cell, place.frame, open_)
    solid = squares(fine)
    assert solid is not None
    assert np.array_equal(solid, ~open_)
    for step in (1, 2, 4, 8):
        coarse = coarsened(fine, solid, step)
        assert sum(map(len, coarse)) <= sum(map(len, fine))
        assert (sum(map(len, coarse)) == 12) == (step == 8)
        wound = world_volume(coarse)
        assert wound > 0
        if share == 0.0:
            assert open_edges(np.concatenate([mesh.points[mesh.triangles] for mesh in coarse])) == 0
            # its underside is lifted clear of what hangs from the fine one, by half its thickness at most
            assert 0.4 < wound / world_volume(fine) < 1.05


def world_volume(meshes: tuple[Mesh, Mesh]) -> float:
    """Cubic metres within."""
    a, b, c = np.concatenate([mesh.points[mesh.triangles] for mesh in meshes]).astype(np.float64).transpose(1, 0, 2)
    return float(np.einsum("ij,ij->", a, np.cross(b, c)) / 6)
