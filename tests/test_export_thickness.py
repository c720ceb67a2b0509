"""Walls that print and the check that measures them: one measure; islands, beds, pins in their holes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from geometry.export import Piece, Print, check_mesh, write_stl
from geometry.export.body import Body
from geometry.export.check import faults_of, read_triangles
from geometry.export.convex import soup_of_parts
from geometry.export.islands import components, islands_of
from geometry.export.manifold import solids_of
from geometry.export.printing import BEDS, PIN_MM, Wish, beds_for, fits, laid_out
from geometry.export.split import carved, surface
from geometry.export.standing import kept_of
from geometry.export.thickness import MINIMUM_WALL, thinnest, welded
from geometry.export.unite import stout
from geometry.export.walls import Thin
from geometry.mesh import Mesh
from geometry.parts import Parts, parts
from geometry.place import Frame
from geometry.solids import PROTOTYPE_IDS, PROTOTYPES, prototypes
from tests.test_export_check import DISTRICT
from tests.test_export_print import heap, town
from viewer.command.cli import main
from viewer.files.soundness import rows_of

CHIPS = ([5.0, 5.0, 5.0], [0.3, 3.0, 3.0], [0.3, 0.3, 0.3])
AT_HOME = Frame(np.zeros(3), np.eye(3))
WHOLE = [number for number, name in enumerate(PROTOTYPES) if name in ("box", "chamfer", "wedge", "frustum", "drum", "cone", "pipe", "tube")]


def boxes(*rows: tuple[float, float, float, float, float, float]) -> Parts:
    """Of a middle and a size each."""
    some = np.array(rows)
    return parts("box", some[:, :3], some[:, 3:])


def as_piece(some: Parts) -> list[Piece]:
    return [Piece("x", (), AT_HOME, some)]


@pytest.mark.parametrize("union", [False, True], ids=["shells", "union"])
@pytest.mark.parametrize("thin", ["thicken", "drop"])
def test_what_is_thickened_or_thinned_out_is_never_frail(tmp_path: Path, thin: Thin, union: bool) -> None:
    report = write_stl(as_piece(heap(29)), tmp_path / "a.stl", Print(24, thin=thin, union=union))
    found = check_mesh(report.path)
    assert report.thin > 8
    assert found.ok
    assert found.solids is not None
    assert found.solids.frail == 0, found.solids
    assert found.solids.thinnest >= 0.99 * MINIMUM_WALL


def test_what_is_kept_is_as_frail_as_the_export_counts(tmp_path: Path) -> None:
    """Of parts of one solid each: every thin part is a frail body, whatever the nozzle."""
    some = heap(290)
    some = some[np.isin(some.prototype, WHOLE)]
    some = replace(some, position=some.position * 50.0)
    for wall in (0.4, 0.6, 1.0):
        report = write_stl(as_piece(some), tmp_path / "a.stl", Print(scale=0.4, wall_mm=wall), force=True)
        found = check_mesh(report.path, wall)
        assert found.solids is not None
        assert found.solids.shells == len(some)
        assert found.solids.frail == report.thin > 0
    assert found.solids.thinnest == pytest.approx(float(thinnest(some).min()) * 0.4, rel=0.02)


def test_islands_are_counted_through_what_touches_contains_and_hangs() -> None:
    def count(*rows: tuple[float, float, float, float, float, float]) -> tuple[int, int]:
        corners = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (-0.5, 0.5)])
        quads = np.array([(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])
        cube = corners[np.concatenate([quads[:, :3], quads[:, [0, 2, 3]]])]
        triangles = np.concatenate([cube * np.array(row[3:]) + row[:3] for row in rows])
        return tuple(islands_of(triangles, np.repeat(np.arange(len(rows)), 12), np.ones(len(rows), bool)))  # type: ignore[return-value]

    floor = (0.0, 0.0, 0.5, 20.0, 20.0, 1.0)
    assert count(floor) == (1, 0)
    assert count(floor, (0, 0, 3, 2, 2, 4.001), (5, 0, 6, 2, 2, 2)) == (2, 1)
    assert count(floor, (8, 8, 4, 2, 2, 6.001), (6.0, 8, 6, 2.001, 2, 1), (0, 0, 0.5, 0.3, 0.3, 0.3)) == (1, 0)
    assert count((0, 0, 2, 4, 4, 4), (4.1, 0, 2, 4, 4, 4)) == (2, 0)
    assert components(5, np.array([[4, 2], [2, 0], [1, 3]])).tolist() == [0, 1, 0, 1, 0]


def test_a_shell_in_a_hollow_is_an_island_of_its_own() -> None:
    def cube(half: float, way: int) -> NDArray[np.float64]:
        corners = np.array([[x, y, z] for x in (-half, half) for y in (-half, half) for z in (-half, half)])
        quads = np.array([(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])
        return corners[np.concatenate([quads[:, :3], quads[:, [0, 2, 3]]])[:, ::way]]

    triangles = np.concatenate([cube(10.0, 1), cube(8.0, -1), cube(3.0, 1)])
    found = solids_of(triangles, welded(triangles))
    assert (found.shells, found.islands, found.afloat, found.frail) == (3, 2, 1, 0)
    assert found.thinnest == pytest.approx(2.0, abs=1e-6) or found.thinnest == pytest.approx(6.0)


@pytest.mark.parametrize("union", [False, True], ids=["shells", "union"])
def test_what_nothing_bears_is_left_out_on_a_base(tmp_path: Path, union: bool) -> None:
    some = as_piece(boxes((0, 0, 5, 40, 40, 10), (0, 0, 20, 5, 5, 20.5), (15, 15, 30, 6, 6, 6)))
    for standing, wanted in ((True, (1, 0, 1)), (False, (2, 1, 0))):
        report = write_stl(some, tmp_path / "a.stl", Print(scale=1.0, union=union, standing=standing), force=True)
        found = check_mesh(report.path).solids
        assert found is not None
        assert (found.islands, found.afloat, report.afloat) == wanted


def test_of_a_skin_and_of_a_part_of_several_solids_what_is_borne_stays(tmp_path: Path) -> None:
    block = prototypes()[PROTOTYPE_IDS["box"]]
    cubes = [block.points * np.float32(4.0) + np.float32([30, 30, z]) for z in (2, 20)]
    faces = np.concatenate([block.triangles, block.triangles + np.int32(len(block.points))])
    skin = Mesh(np.concatenate(cubes), np.concatenate([block.normals] * 2), faces, 0, 0)
    report = write_stl([Piece("x", (), AT_HOME, boxes((0, 0, 1, 9, 9, 2)), (skin,))], tmp_path / "a.stl", Print(scale=1.0, standing=True))
    found = check_mesh(report.path)
    assert found.ok
    assert found.solids is not None
    assert (report.afloat, found.solids.islands, found.solids.afloat) == (1, 2, 0)

    crosses = Body("x", AT_HOME, parts("cross", np.zeros((2, 3)), np.full((2, 3), 9.0)), ())
    kept, last = kept_of(crosses, 1.0, np.array([True, True, False, True]), 0, iter(()))
    assert (last, len(kept.parts), kept.afloat, [len(triangles) for _, triangles in kept.skins]) == (4, 1, 1, [12])


def test_chips_that_a_union_leaves_are_dropped_and_counted() -> None:
    cube = np.concatenate([prototypes()[PROTOTYPE_IDS["box"]].points * size + [10.0 * i, 0, 0] for i, size in enumerate(CHIPS)])
    box = prototypes()[PROTOTYPE_IDS["box"]]
    faces = np.concatenate([box.triangles + np.int32(len(box.points) * i) for i in range(len(CHIPS))])
    assert stout(cube.astype(np.float32), faces, 0.4)[2:] == (1, 2)
    assert stout(cube.astype(np.float32), faces, 0.0)[2:] == (2, 1)


def test_an_export_says_of_itself_what_the_check_says(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.stl"
    assert main(["export", DISTRICT, "--max-triangles", "1500", "--base", "--fit", "60mm", "-o", str(path)]) == 0
    said = capfd.readouterr().out
    told = {name: much for name, much, _ in rows_of(check_mesh(path))}
    for name in ("open edges", "tangled edges", "bodies", "islands", "afloat", "frail bodies"):
        assert f"{told[name]} {name}" in said
    assert f"thinnest body {told['thinnest body']} mm, volume {told['volume']} cm³" in said
    beds = next(note for name, _, note in rows_of(check_mesh(path)) if name == "fits")
    assert f"fits {beds}\n" in said


def test_at_the_edge_of_a_bed_a_hair_is_allowed() -> None:
    size = BEDS["A1 mini, Prusa MINI (180 mm)"]
    assert fits((size[0] + 0.04, size[1], size[2] + 0.04), size)
    assert not fits((size[0] + 0.06, size[1], size[2]), size)
    assert len(beds_for((180.0, 180.0, 180.0004))) == len(BEDS)
    assert len(laid_out(town(), Wish(180.0, bed=(180.0, 180.0, 180.0))).models) == 1
    whole = laid_out(town(), Wish(180.03, bed=(180.0, 180.0, 180.0)))
    assert len(whole.models) == 1
    assert beds_for(whole.size_mm)[0].startswith("A1 mini")


def test_tiles_fit_together_and_pins_go_into_their_holes(tmp_path: Path) -> None:
    """Holes are as wide as a pin and what it needs to slide, and those of neighbours face each other."""
    layout = laid_out(town(), Wish(300.0, base_mm=3.0, bed=(160.0, 320.0, 200.0)))
    found = []
    for model in layout.models:
        report = write_stl(model.pieces, tmp_path / f"{model.tile}.stl", Print(scale=layout.scale))
        found.append(read_triangles(report.path).reshape(-1, 3))
    assert [model.tile for model in layout.models] == ["a1", "b1"]
    left, right = (points - [0.0, *points.min(axis=0)[1:]] for points in found)
    ends = _ends(left, float(left[:, 0].max()) - 6.0), _ends(right, 6.0)
    np.testing.assert_allclose(ends[0], ends[1], atol=3e-3)
    for low, high in ends[0]:
        assert high - low - PIN_MM == pytest.approx([0.2, 0.2], abs=2e-3)


def _ends(points: NDArray[np.floating], deep: float) -> list[NDArray[np.floating]]:
    """[low (2,), high (2,)] of the ends of the two holes that lie in the plane x = `deep`, away from the plate's own sides."""
    wide = float(points[:, 1].max())
    inner = (points[:, 2] > 0.1) & (points[:, 2] < 3.7) & (np.abs(points[:, 1] - wide / 2) < wide / 2 - 1.0)
    end = points[(np.abs(points[:, 0] - deep) < 4e-3) & inner][:, 1:]
    far = end[:, 0] > wide / 2
    return [np.stack([some.min(axis=0), some.max(axis=0)]) for some in (end[~far], end[far])]


def test_two_solids_in_one_place_are_both_closed_where_they_are_cut() -> None:
    twice = boxes((0, 0, 0, 2, 2, 2), (0, 0, 0, 2, 2, 2))
    left = surface(carved(soup_of_parts(twice), [lambda p: p[..., 0] - 0.3, lambda p: p[..., 1] - 0.2]))
    assert faults_of(welded(left.corners))[0] == 0
    assert float((left.corners[:, 0] * np.cross(left.corners[:, 1], left.corners[:, 2])).sum() / 6.0) == pytest.approx(
        2 * (8 - 0.7 * 0.8 * 2)
    )
