"""Unions: one watertight body of many, hollowed and drained, made elsewhere and given up at once."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from geometry.export import Cancelled, Piece, Print, check_mesh, write_stl
from geometry.export.check import faults_of
from geometry.export.hollow import Grid, filled, room, skin_of, tangled
from geometry.export.manifold import volumes
from geometry.export.printing import Wish, laid_out
from geometry.export.thickness import welded
from geometry.export.union import Alike
from geometry.export.unite import made, solids_in
from geometry.mesh import F32, I32
from geometry.parts import parts
from geometry.place import Frame
from geometry.solids import PROTOTYPE_IDS, prototypes
from tests.test_export_print import heap, town
from viewer.command.cli import main

BOX = prototypes()[PROTOTYPE_IDS["box"]]
CORNERS, IDS = np.unique(BOX.points, axis=0, return_inverse=True)
FACES: I32 = IDS.ravel()[BOX.triangles].astype(np.int32)


def boxes(*rows: tuple[float, float, float, float, float, float]) -> Alike:
    """Boxes of a middle and a size each, millimetres."""
    some = np.array(rows)
    return Alike((CORNERS[None] * some[:, None, 3:] + some[:, None, :3]).astype(np.float32), FACES)


def enclosed(points: F32, triangles: I32) -> float:
    """What a mesh encloses."""
    return float(volumes(points.astype(np.float64), triangles.astype(np.int64))[1].sum())


def united(*some: Alike, wall: float = 0.0) -> tuple[F32, I32, list[int]]:
    """In this process."""
    points, triangles, counts = made(some, 1e-3, wall, False, lambda part: None)
    open_edges, _, tangles, empty = faults_of(welded(points[triangles]))
    assert (open_edges, tangles, empty) == (0, 0, 0)
    return points, triangles, counts.tolist()


def test_boxes_that_overlap_become_one_body_of_what_both_enclose() -> None:
    points, triangles, counts = united(boxes((0, 0, 0, 10, 10, 10), (5, 0, 0, 10, 4, 4), (40, 0, 0, 2, 2, 2)))
    assert counts == [2, 0, 0, 0]
    assert enclosed(points, triangles) == pytest.approx(1000 + 5 * 16 + 8, rel=1e-5)


def test_boxes_that_meet_in_an_edge_alone_are_drawn_apart_or_joined() -> None:
    points, triangles, _ = united(boxes((0, 0, 0, 10, 10, 10), (10, 10, 0, 10, 10, 10), (0, 0, 30, 0.3, 0.3, 0.3)))
    assert enclosed(points, triangles) == pytest.approx(2000, rel=1e-3)


def test_a_skin_with_a_hollow_stays_hollow() -> None:
    outside, inside = boxes((0, 0, 0, 10, 10, 10)), boxes((0, 0, 0, 6, 6, 6))
    both = np.concatenate([outside.points[0], inside.points[0]])[None]
    (one,) = solids_in(Alike(both, np.concatenate([FACES, FACES[:, ::-1] + len(CORNERS)])))
    assert one.volume() == pytest.approx(1000 - 216)


def test_what_is_deeper_than_its_walls_goes_and_drains() -> None:
    solid = boxes((0, 0, 15, 40, 20, 30))
    points, triangles, counts = united(solid, wall=2.0)
    assert counts == [1, 2, 0, 0]
    hollow = 36 * 16 * 26
    assert 40 * 20 * 30 - enclosed(points, triangles) == pytest.approx(hollow, rel=0.2)
    inner = points[(np.abs(points - [0, 0, 15]) < [19.9, 9.9, 14.9]).all(axis=1)]
    assert (np.abs(inner[:, :2]).max(axis=0) <= [18.0, 8.0]).all()
    assert inner[:, 2].max() <= 28.0
    low = points[points[:, 2] < 1e-3]
    assert len(low) > 8, "the holes go through the floor"


def test_only_what_drains_straight_down_is_hollowed() -> None:
    body = np.zeros((40, 40, 40), bool)
    body[10:30, 10:30, :] = True
    body[:, :, 25:] = True
    cut, seats = room(body, 3, 4)
    assert cut.any()
    assert not cut[:10].any(), "a slab that stands out has no floor to drain through"
    assert not cut[:, :, :3].any()
    assert (cut <= body).all()
    assert seats.any()


def test_cubes_that_meet_in_an_edge_alone_are_found_and_a_skin_is_closed_and_outward() -> None:
    cubes = np.zeros((4, 4, 4), bool)
    cubes[1, 1, 1] = cubes[2, 2, 1] = True
    assert tangled(cubes).sum() == 1
    cubes[1, 2, 1] = True
    assert not tangled(cubes).any()
    points, triangles = skin_of(cubes)
    assert faults_of(triangles.astype(np.int64)) == (0, 0, 0, 0)
    assert enclosed(points.astype(np.float32), triangles) == pytest.approx(3.0)


def test_polygons_fill_the_grid_but_for_their_holes() -> None:
    grid = Grid(np.zeros(3), 0.5, (20, 12, 1))
    square = np.array([[1.0, 1], [9, 1], [9, 5], [1, 5]])
    hole = np.array([[3.0, 2], [3, 4], [5, 4], [5, 2]])
    assert filled([square, hole], grid).sum() * 0.25 == pytest.approx(8 * 4 - 2 * 2)


def test_a_print_is_one_body_made_elsewhere_the_same_each_time(tmp_path: Path) -> None:
    pieces = [*town(), Piece("heap", (), Frame(town()[0].frame.origin + [0, 0, 20.0], np.eye(3)), heap(24))]
    for name in "ab":
        report = write_stl(iter(pieces), tmp_path / f"{name}.stl", Print(120, union=True))
    found = check_mesh(report.path)
    assert found.ok, found
    assert report.joined > 85
    assert found.solids is not None
    assert 0 < report.parted <= found.solids.shells, "voids are shells too"
    assert (tmp_path / "a.stl").read_bytes() == (tmp_path / "b.stl").read_bytes()


def test_a_union_that_is_no_longer_wanted_ends_at_once_and_leaves_nothing(tmp_path: Path) -> None:
    begun = time.monotonic()
    asked: list[float] = []

    def wish() -> bool:
        if time.monotonic() > begun + 0.8:
            asked.append(time.monotonic())
        return bool(asked)

    with pytest.raises(Cancelled):
        write_stl([Piece("heap", (), Frame(np.zeros(3), np.eye(3)), heap(6000))], tmp_path / "a.stl", Print(union=True), cancelled=wish)
    assert time.monotonic() - asked[0] < 0.5
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("flag", [["--union"], ["--hollow", "2mm"]])
def test_without_the_library_it_says_what_to_install(
    tmp_path: Path, flag: list[str], monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("geometry.export.union.find_spec", lambda name: None)
    assert main(["export", "band 7", "-o", str(tmp_path / "a.stl"), *flag]) == 2
    said = capfd.readouterr().err
    assert said.count("\n") == 1
    assert "pip install manifold3d" in said


def test_a_round_base_stands_about_what_it_carries() -> None:
    mast = [Piece("mast", (), Frame(np.array([8e11, 3e11, 0]), np.eye(3)), parts("box", [[3, 0, 50]], [10, 10, 100]))]
    layout = laid_out(mast, Wish(100.0, base_mm=3.0, base_round=True))
    assert layout.size_mm[2] == pytest.approx(100.0)
    assert max(layout.size_mm[:2]) < 16.0


def test_toha_that_has_vanished_is_not_printed(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "--for", "toha", "--set", "toha_state=vanished", "-o", str(tmp_path / "a.stl")]) == 3
    assert "toha_state=present" in capfd.readouterr().err
    assert main(["export", "band 7", "--for", "toha", "-o", str(tmp_path / "a.stl")]) == 3
