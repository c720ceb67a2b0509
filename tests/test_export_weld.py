"""Seams between tiles, across edges and corners of the cube, on the triangles of finished files."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from geometry import cell as cells
from geometry.budget import pieces
from geometry.cell import lattice
from geometry.city import City
from geometry.export import Piece, check_mesh, piece_of, write_glb, write_stl
from geometry.export.atomic import Cancelled
from geometry.export.weld import by_kind, slab_of, weld
from geometry.mesh import F64
from geometry.nest import cell_place
from geometry.parts import EMPTY
from geometry.place import Cell
from geometry.shell import plate
from geometry.spec import CitySpec
from tests.test_export_files import document, facets

SPEC = CitySpec(seed=7)
N = 4
Tile = tuple[int, ...]
AROUND_AN_EDGE: list[Tile] = [(face, quadrant) for face in (0, 1) for quadrant in range(4)]
AROUND_A_CORNER: list[Tile] = [(face,) for face in (0, 1, 4)]
SPHERE: list[Tile] = [(face,) for face in range(6)]


def tiles(paths: Iterable[Tile], holes: float = 0.0, seed: int = 1) -> list[Piece]:
    """Plates of cells of one stratum, some of their squares open."""
    draw, result = np.random.default_rng(seed), []
    for path in paths:
        place = cell_place(SPEC, (5,), path)
        assert place.cell is not None
        result.append(piece_of(place, EMPTY, plate(place.cell, place.frame, draw.random((N, N)) < holes)))
    return result


@dataclass(frozen=True)
class Surface:
    """What an STL is, its corners welded where they are the same 32-bit numbers."""

    shells: int
    euler: int
    """Corners - edges + faces."""
    worst: int
    """Faces at the edge with the most."""
    lone: int
    """Edges with a single face."""


def surface(path: Path) -> Surface:
    """Read an STL back."""
    _, corners = facets(path)
    _, ids = np.unique(np.ascontiguousarray(corners.reshape(-1, 3)).view("V12")[:, 0], return_inverse=True)
    faces = ids.reshape(-1, 3)
    edges, counts = np.unique(
        np.sort(np.stack([faces, np.roll(faces, -1, axis=1)], axis=-1).reshape(-1, 2), axis=1), axis=0, return_counts=True
    )
    return Surface(shells(edges, faces), int(ids.max()) + 1 - len(edges) + len(faces), int(counts.max()), int((counts == 1).sum()))


def shells(edges: NDArray[np.int64], faces: NDArray[np.int64]) -> int:
    """How many connected surfaces."""
    label = np.arange(faces.max() + 1)
    while True:
        low = np.minimum(label[edges[:, 0]], label[edges[:, 1]])
        before = label.copy()
        np.minimum.at(label, edges.ravel(), np.repeat(low, 2))
        if np.array_equal(before, label):
            return len(np.unique(label))


@pytest.mark.parametrize(("paths", "shells", "euler", "rim"), [(AROUND_AN_EDGE, 1, 2, 48), (AROUND_A_CORNER, 1, 2, 24), (SPHERE, 2, 4, 0)])
def test_tiles_become_one_shell_without_inner_walls(tmp_path: Path, paths: list[Tile], shells: int, euler: int, rim: int) -> None:
    """A patch is one closed surface like a ball; a sphere is two, its inside and its outside."""
    report = write_stl(tiles(paths), tmp_path / "a.stl")
    assert surface(tmp_path / "a.stl") == Surface(shells, euler, 2, 0)
    assert report.triangles == len(paths) * N * N * 4 + rim * 2
    assert report.dropped == 0
    assert check_mesh(tmp_path / "a.stl").ok


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("paths", [AROUND_AN_EDGE, AROUND_A_CORNER, SPHERE])
def test_holes_at_seams_leave_every_edge_between_two_faces(tmp_path: Path, paths: list[Tile], seed: int) -> None:
    write_stl(tiles(paths, 0.45, seed), tmp_path / "a.stl")
    found = surface(tmp_path / "a.stl")
    assert (found.worst, found.lone) == (2, 0)
    assert check_mesh(tmp_path / "a.stl").ok


@pytest.mark.parametrize(("paths", "face"), [(AROUND_AN_EDGE, 1), (AROUND_A_CORNER, 4), (SPHERE, 2)])
def test_a_gap_at_a_seam_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, paths: list[Tile], face: int) -> None:
    """A hair's breadth of a billionth between one face and the others, and the shells fall apart."""
    whole = write_stl(tiles(paths), tmp_path / "whole.stl").triangles

    def apart(cell: Cell, n: int) -> F64:
        return lattice(cell, n) * (1.0 + 1e-9 * (cell.face == face))

    monkeypatch.setattr(cells, "lattice", apart)
    report = write_stl(tiles(paths), tmp_path / "a.stl")
    assert report.triangles > whole, "walls stand at the gap"
    assert surface(tmp_path / "a.stl") != surface(tmp_path / "whole.stl")


def test_finer_neighbours_stay_closed_by_themselves(tmp_path: Path) -> None:
    """A coarse cell's edge is a chord of its fine neighbour's: they touch in corners, and a hair keeps them apart."""
    write_stl(tiles([(0,), *((1, quadrant) for quadrant in range(4)), (4,)]), tmp_path / "a.stl")
    found = surface(tmp_path / "a.stl")
    assert (found.shells, found.worst, found.lone) == (2, 2, 0)


def test_a_skin_that_is_no_plate_or_is_moved_is_left_alone(tmp_path: Path) -> None:
    (piece,) = tiles([(0,)], 0.3)
    assert slab_of(piece) is not None
    moved = Piece(piece.name, piece.path, piece_of(cell_place(SPEC, (5,), (1,)), EMPTY).frame, EMPTY, piece.skin, piece.cell)
    fewer = Piece(piece.name, piece.path, piece.frame, EMPTY, piece.skin[:1], piece.cell)
    assert slab_of(moved) is slab_of(fewer) is None
    write_stl([moved], tmp_path / "a.stl")
    assert check_mesh(tmp_path / "a.stl").ok


def test_slabs_are_read_from_plates_whatever_their_holes() -> None:
    for seed in range(20):
        draw = np.random.default_rng(seed)
        open_ = draw.random((8, 8)) < draw.random()
        place = cell_place(SPEC, (3,), (2, 1))
        assert place.cell is not None
        slab = slab_of(piece_of(place, EMPTY, plate(place.cell, place.frame, open_)))
        if not open_.all():
            assert slab is not None
            np.testing.assert_array_equal(slab.solid, ~open_)


def test_the_same_cell_twice_is_welded_once() -> None:
    slabs = [slab for slab in map(slab_of, tiles([(0,), (0,)])) if slab is not None]
    assert [len(group) for group in by_kind(slabs)] == [1]


def test_welding_hears_a_cancel() -> None:
    def stop() -> None:
        raise Cancelled

    slabs = [slab for slab in map(slab_of, tiles([(0,)])) if slab is not None]
    with pytest.raises(Cancelled):
        weld(slabs, 0.0, stop)


def test_a_band_of_the_city_is_whole(tmp_path: Path) -> None:
    """Its plates, ribs, columns and masses, as the command writes them."""
    city = City(CitySpec(seed=40))
    report = write_stl(pieces(city, city.at("band 4"), max_triangles=120_000), tmp_path / "a.stl")
    found = check_mesh(tmp_path / "a.stl")
    assert (found.open_edges, found.tangled, found.degenerate) == (0, 0, 0)
    assert report.triangles > 20_000


def test_seams_in_a_glb_are_closer_than_a_screen_shows(tmp_path: Path) -> None:
    """There every plate is a closed mesh of its own, in its own frame: they meet to a millionth of the scene."""
    for paths in (AROUND_AN_EDGE, AROUND_A_CORNER):
        report = write_glb(tiles(paths), tmp_path / "a.glb", force=True)
        assert check_mesh(tmp_path / "a.glb").open_edges == 0
        said, _ = document(tmp_path / "a.glb")
        assert len(said["meshes"]) == 2 * len(paths)
        corners = np.concatenate(_groups(tmp_path / "a.glb"))
        near = np.unique(np.round(corners / (max(report.size) * report.scale * 1e-6)).astype(np.int64), axis=0)
        exact = np.unique(np.concatenate([lattice(piece.cell, N).reshape(-1, 3) for piece in tiles(paths) if piece.cell]), axis=0)
        assert 2 * len(exact) <= len(near) <= 2 * len(exact) * 1.2, "rounding splits a few; a gap would split every seam"


def _groups(path: Path) -> list[F64]:
    from geometry.export.check import _document, _glb

    return [group.reshape(-1, 3) for group in _glb(path.read_bytes(), _document(path.read_bytes()))]
