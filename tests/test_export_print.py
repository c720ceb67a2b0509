"""Prints: solids cut open and closed again, bases, tiles that fit the bed, 3MF."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from geometry.angle import multiply, turn
from geometry.export import LimitError, Piece, Print, check_mesh, write_stl
from geometry.export.check import _faults
from geometry.export.convex import cells_of_prototypes, soup_of_parts
from geometry.export.printing import PINNED_MM, Model, Wish, fits, laid_out
from geometry.export.slice import Flat, Region, Round, sliced
from geometry.export.split import carved, divide, surface
from geometry.export.threemf import CORE, write_3mf
from geometry.export.walls import walls
from geometry.mesh import F64
from geometry.parts import Parts, parts
from geometry.place import Frame
from geometry.solids import PROTOTYPES, prototypes
from tests.test_export_weld import tiles

FAR = np.array([8e11, 3e11, -2e11])
HALF = 0.7071067811865476
PLATE = tiles([(0, 0)])[0].cell
assert PLATE is not None
MIDDLE = (PLATE.plate + PLATE.outer) / 2


def volume(corners: F64) -> float:
    """What triangles (n, 3, 3) enclose."""
    return float((corners[:, 0] * np.cross(corners[:, 1], corners[:, 2])).sum() / 6.0)


def heap(count: int = 250, seed: int = 3) -> Parts:
    """Parts of every kind, turned, overlapping."""
    draw = np.random.default_rng(seed)
    turned = multiply(turn("z", draw.uniform(-1, 1, count)), turn("x", draw.uniform(-1, 1, count)))
    which = np.arange(count) % len(PROTOTYPES)
    return parts(which, draw.uniform(-5, 5, (count, 3)), draw.uniform(1, 6, (count, 3)), rotation=turned)


def town() -> list[Piece]:
    """Boxes on a floor, 100 m wide, far out."""
    draw = np.random.default_rng(5)
    where = np.c_[draw.uniform(-45, 45, (60, 2)), np.zeros(60)]
    size = draw.uniform(4, 12, (60, 3))
    where[:, 2] = size[:, 2] / 2 + 1
    rows = parts("box", np.concatenate([where, [[0, 0, 1]]]), np.concatenate([size, [[100, 80, 2]]]))
    return [Piece("town", (), Frame(FAR, np.eye(3)), rows)]


@pytest.mark.parametrize("number", range(len(PROTOTYPES)), ids=PROTOTYPES)
def test_a_prototype_as_cells_is_the_same_solid(number: int) -> None:
    cells, mesh = cells_of_prototypes()[number], prototypes()[number]
    bare = cells.corners[~cells.inner]
    assert _faults(bare.astype(np.float32))[0] == 0
    assert volume(bare) == pytest.approx(volume(mesh.points[mesh.triangles].astype(np.float64)), rel=1e-5)
    for cell in range(int(cells.cell.max()) + 1):
        assert _faults(cells.corners[cells.cell == cell].astype(np.float32))[0] == 0


@pytest.mark.parametrize(
    "planes",
    [[(1, 0, 0, 0.0)], [(HALF, HALF, 0, 0.0), (HALF, -HALF, 0, 0.0)], [(1, 0, 0, 0.2), (0, 1, 0, 0.0), (0, 0.6, 0.8, 1.0)]],
    ids=["plane", "wedge", "corner"],
)
def test_what_is_carved_is_closed_and_what_goes_is_the_rest(planes: list[tuple[float, float, float, float]]) -> None:
    some = soup_of_parts(heap())
    cuts = [lambda p, row=row: p[..., 0] * row[0] + p[..., 1] * row[1] + p[..., 2] * row[2] - row[3] for row in planes]
    left, gone = surface(carved(some, cuts)), some
    for cut in cuts:
        gone = divide(gone, cut).above
    open_edges, _, tangled, _ = _faults(left.corners.astype(np.float32))
    assert (open_edges, tangled) == (0, 0)
    assert volume(left.corners) + volume(gone.corners) == pytest.approx(volume(some.corners), rel=1e-9)
    assert 0.1 < volume(left.corners) / volume(some.corners) < 0.95


def test_faces_on_the_plane_itself_are_kept_or_gone_whole() -> None:
    two = parts("box", [[0.5, 0, 0], [-0.5, 0, 0]], [1.0, 1.0, 1.0])
    left = surface(carved(soup_of_parts(two), [lambda p: p[..., 0]]))
    assert volume(left.corners) == pytest.approx(1.0)
    assert len(left) == 12


@pytest.mark.parametrize("regions", [[(Flat((HALF, HALF, 0), (0, 0, 0)), Flat((HALF, -HALF, 0), (0, 0, 0)))], [(Round(MIDDLE),)]])
def test_a_plate_is_cut_and_closed(tmp_path: Path, regions: list[Region]) -> None:
    whole = tiles([(0, 0), (0, 1), (0, 2), (0, 3), (1, 0)], 0.1)
    left = list(sliced(whole, regions, 1e4))
    assert left
    assert write_stl(left, tmp_path / "a.stl").triangles
    assert check_mesh(tmp_path / "a.stl").ok


def test_what_no_cut_touches_stays_as_it_is() -> None:
    (piece,) = sliced(town(), [(Flat((0.0, 0.0, 1.0), (0.0, 0.0, 0.0)),)][:0])
    assert piece.parts is town()[0].parts or np.array_equal(piece.parts.position, town()[0].parts.position)
    far: list[Region] = [(Flat((1.0, 0.0, 0.0), (FAR[0] + 1e3, 0.0, 0.0)),)]
    (kept,) = sliced(town(), far)
    assert np.array_equal(kept.parts.position, town()[0].parts.position)
    assert kept.skin == ()
    gone: list[Region] = [(Flat((1.0, 0.0, 0.0), (FAR[0] - 1e3, 0.0, 0.0)),)]
    assert list(sliced(town(), gone)) == []


def test_a_print_is_as_large_as_asked_base_and_all() -> None:
    layout = laid_out(town(), Wish(120.0, base_mm=3.0))
    assert max(layout.size_mm) == pytest.approx(120.0)
    assert layout.ratio == pytest.approx(100.0 / 0.116, rel=1e-6)
    assert laid_out(town(), Wish(ratio=1000.0)).size_mm[0] == pytest.approx(100.0)
    assert laid_out(town(), Wish(150.0)).pins == 0


def test_a_bed_divides_a_print_into_closed_tiles_with_holes(tmp_path: Path) -> None:
    layout = laid_out(town(), Wish(300.0, base_mm=2.0, bed=(160.0, 160.0, 200.0)))
    assert len(layout.models) == 4
    assert layout.pins == 8
    whole = 0.0
    for model in layout.models:
        report = write_stl(model.pieces, tmp_path / f"{model.tile}.stl", Print(scale=layout.scale))
        found = check_mesh(report.path)
        assert found.ok, (model.tile, found)
        assert fits(found.size, (160.0, 160.0, 200.0)), found.size
        whole += base_volume(model, layout.scale)
    solid = laid_out(town(), Wish(300.0, base_mm=PINNED_MM))
    holes = layout.pins * 2 * 6.0 * 1.95**2
    assert base_volume(solid.models[0], solid.scale) - whole == pytest.approx(holes, rel=0.01)


def base_volume(model: Model, scale: float) -> float:
    """Of the base plate, cubic millimetres."""
    (base,) = (piece for piece in model.pieces if piece.name == "base")
    return sum(volume(mesh.points[mesh.triangles].astype(np.float64)) for mesh in base.skin) * scale**3


def test_too_high_for_the_bed_is_said() -> None:
    with pytest.raises(LimitError, match="high and the bed has 20 mm"):
        laid_out(town(), Wish(400.0, bed=(100.0, 100.0, 20.0)))


def test_walls_are_thickened_specks_go_and_both_are_counted() -> None:
    some = parts("box", np.zeros((3, 3)), [[1.0, 1.0, 0.1], [0.2, 0.2, 0.2], [1.0, 1.0, 1.0]])
    thick = walls(some, 0.4, "thicken")
    assert (thick.thin, thick.gone, len(thick.parts)) == (2, 1, 2)
    assert thick.parts.scale.min() == pytest.approx(0.4)
    assert len(walls(some, 0.4, "drop").parts) == 1
    assert walls(some, 0.4, "keep").parts is some


def test_a_3mf_is_in_millimetres_manifold_and_says_what_it_is(tmp_path: Path) -> None:
    pieces = [*town(), Piece("heap", (), Frame(FAR + [0, 0, 30.0], np.eye(3)), heap(60))]
    report = write_3mf(pieces, tmp_path / "a.3mf", Print(90), title="A <town>", notes={"Description": "1:500", "link": "city://v1?a&b"})
    with zipfile.ZipFile(tmp_path / "a.3mf") as archive:
        assert archive.testzip() is None
        assert set(archive.namelist()) == {"[Content_Types].xml", "_rels/.rels", "3D/3dmodel.model"}
        root = ElementTree.fromstring(archive.read("3D/3dmodel.model"))
    space = {"m": CORE}
    assert root.get("unit") == "millimeter"
    said = {row.get("name"): row.text for row in root.findall("m:metadata", space)}
    assert said == {"Title": "A <town>", "Application": "Megastructure", "Description": "1:500", "city:link": "city://v1?a&b"}
    points = np.array([[float(row.get(axis, "")) for axis in "xyz"] for row in root.iterfind(".//m:vertex", space)])
    faces = np.array([[int(row.get(f"v{i}", "")) for i in (1, 2, 3)] for row in root.iterfind(".//m:triangle", space)])
    assert len(faces) == report.triangles
    assert np.ptp(points, axis=0).max() == pytest.approx(90.0, abs=0.2)
    edges = np.stack([faces, np.roll(faces, -1, axis=1)], axis=-1).reshape(-1, 2)
    assert sorted(map(tuple, edges.tolist())) == sorted(map(tuple, edges[:, ::-1].tolist()))
    assert len({tuple(edge) for edge in edges.tolist()}) == len(edges)
    assert volume(points[faces]) > 0


def test_a_3mf_repeats_to_the_byte(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_3mf(iter(town()), tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert not re.search(rb"20[0-9]{2}-[0-9]{2}", (tmp_path / "a").read_bytes())
