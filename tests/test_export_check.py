"""The check of files for printers and of drawings, PLY, and files that open the place they show."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray

from geometry.export import MeshError, Piece, Print, check_mesh, write_3mf, write_glb, write_ply, write_stl
from geometry.export.check import faults_of
from geometry.export.drawing import Text, marks, pdf, svg, write_drawing
from geometry.export.manifold import solids_of
from geometry.export.read import read_ply
from geometry.export.section import cutting, laid_on, nice, section_of
from geometry.export.slice import Flat
from geometry.parts import parts
from geometry.place import Frame
from tests.test_export_files import district, document, one, triangles_of
from tests.test_export_print import FAR, town
from viewer import heap
from viewer.command.cli import main
from viewer.places.destination import destination
from viewer.state import ViewState

DISTRICT = "band 7.16.5 / layer 102345 / tile 3-022222222222222122222 / district 7"


def slabs() -> list[Piece]:
    """Two bodies: a cube of 10 m and a plate a metre thick, apart."""
    return [Piece("x", (), Frame(FAR, np.eye(3)), parts("box", [[0, 0, 5], [50, 0, 0.5]], [[10.0, 10, 10], [50, 20, 1]]))]


@pytest.mark.parametrize("write", [write_stl, write_3mf])
def test_bodies_volume_and_the_thinnest_wall_are_found(tmp_path: Path, write: object) -> None:
    path = tmp_path / ("a.stl" if write is write_stl else "a.3mf")
    write(slabs(), path, Print(scale=1.0))  # type: ignore[operator]
    found = check_mesh(path)
    assert found.ok
    assert found.solids is not None
    assert (found.solids.shells, found.solids.inside_out, found.solids.frail) == (2, 0, 0)
    assert found.solids.volume == pytest.approx(2000.0, rel=1e-3)
    assert found.solids.thinnest == pytest.approx(1.0, rel=1e-2)


def test_a_large_body_is_looked_through(tmp_path: Path) -> None:
    write_stl(one("dome"), tmp_path / "a.stl", Print(scale=1.0))
    found = check_mesh(tmp_path / "a.stl")
    assert found.solids is not None
    assert 1.0 < found.solids.thinnest <= 8.1


def test_a_body_inside_out_is_not_sound(tmp_path: Path) -> None:
    write_stl(slabs(), tmp_path / "a.stl", Print(scale=1.0))
    data = bytearray((tmp_path / "a.stl").read_bytes())
    rows = np.frombuffer(data, np.dtype([("v", "<f4", (4, 3)), ("a", "<u2")]), offset=84)
    rows["v"][12:, [1, 2]] = rows["v"][12:, [2, 1]]
    (tmp_path / "b.stl").write_bytes(data)
    found = check_mesh(tmp_path / "b.stl")
    assert found.solids is not None
    assert (found.solids.inside_out, found.open_edges, found.ok) == (1, 0, False)


@pytest.mark.parametrize("cut", [0, 10, 200, 900])
@pytest.mark.parametrize("suffix", [".3mf", ".ply"])
def test_a_cut_off_file_is_refused_in_words(tmp_path: Path, suffix: str, cut: int) -> None:
    write = write_3mf if suffix == ".3mf" else write_ply
    write(town(), tmp_path / f"a{suffix}")
    data = (tmp_path / f"a{suffix}").read_bytes()
    (tmp_path / f"b{suffix}").write_bytes(data[:cut] if cut < 900 else data[:-cut])
    with pytest.raises(MeshError):
        check_mesh(tmp_path / f"b{suffix}")


def test_a_3mf_with_an_open_edge_fails_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_3mf(slabs(), tmp_path / "a.3mf")
    with zipfile.ZipFile(tmp_path / "a.3mf") as archive:
        model = archive.read("3D/3dmodel.model").decode()
    first = model.index("<triangle ")
    with zipfile.ZipFile(tmp_path / "b.3mf", "w") as archive:
        archive.writestr("3D/3dmodel.model", model[:first] + model[model.index("\n", first) + 1 :])
    assert main(["check", str(tmp_path / "a.3mf"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["fits"]
    assert main(["check", str(tmp_path / "b.3mf")]) == 7
    assert "3 open edges" in capsys.readouterr().err


def test_a_ply_holds_what_it_says(tmp_path: Path) -> None:
    report = write_ply(district(), tmp_path / "a.ply", notes={"link": "city://1/7"})
    mesh = read_ply((tmp_path / "a.ply").read_bytes())
    assert len(mesh.faces) == report.triangles == triangles_of(district())
    np.testing.assert_allclose(np.ptp(mesh.points, axis=0), report.size, rtol=1e-2)
    assert check_mesh(tmp_path / "a.ply").open_edges == 0
    assert b"comment link city://1/7" in (tmp_path / "a.ply").read_bytes()[:400]


def test_corners_are_darker_where_things_meet(tmp_path: Path) -> None:
    write_ply(town(), tmp_path / "lit.ply")
    write_ply(town(), tmp_path / "dark.ply", occlusion=True)
    lit, dark = ((tmp_path / name).read_bytes() for name in ("lit.ply", "dark.ply"))
    assert len(lit) == len(dark)
    write_glb(town(), tmp_path / "a.glb", occlusion=True)
    tree, binary = document(tmp_path / "a.glb")
    for mesh in tree["meshes"]:
        accessor = tree["accessors"][mesh["primitives"][0]["attributes"]["COLOR_0"]]
        view = tree["bufferViews"][accessor["bufferView"]]
        light = np.frombuffer(binary, "<f4", 3 * accessor["count"], view["byteOffset"]).reshape(-1, 3)
        assert (light[:, 0] == light[:, 1]).all()
        assert 0.2 < light.min() < 0.9
        assert light.max() <= 1.0
        top = 0.9
        assert light.max() > top


def test_a_glb_of_nodes_and_of_a_night(tmp_path: Path) -> None:
    report = write_glb(district(), tmp_path / "n.glb", mode="nodes", light="night")
    tree, _ = document(tmp_path / "n.glb")
    shown = [node for node in tree["nodes"] if "mesh" in node]
    assert len(shown) == sum(len(piece.parts) for piece in district()) + 1
    assert check_mesh(tmp_path / "n.glb").triangles == report.triangles == triangles_of(district())
    lit = {row["name"] for row in tree["materials"] if "emissiveFactor" in row}
    assert "lamp" not in lit
    assert "dwelling" in lit


def test_a_section_is_cut_where_the_plane_is_and_drawn_at_a_round_scale(tmp_path: Path) -> None:
    (piece,) = town()
    plane = Flat((0.0, -1.0, 0.0), tuple(FAR.tolist()))  # type: ignore[arg-type]
    section = section_of([piece], cutting(plane, np.array([0.0, 0.0, 1.0])))
    low, high = section.bounds
    assert (high - low)[0] == pytest.approx(100.0)
    boxes = piece.parts
    met = np.abs(boxes.position[:, 1]) < boxes.scale[:, 1] / 2
    assert len(section.plates) + len(section.solids) == int(met.sum())
    area = sum(abs(float((x * np.roll(y, -1) - y * np.roll(x, -1)).sum())) / 2 for x, y in (p.T for p in section.solids + section.plates))
    assert area == pytest.approx(float((boxes.scale[met, 0] * boxes.scale[met, 2]).sum()), rel=1e-6)
    sheet = laid_on(section, "A4", "Town", ["a < b"], lambda metres: f"{metres:g} m", "out", "city://1/7")
    assert 1000.0 / sheet.scale == pytest.approx(400.0)
    assert ElementTree.fromstring(svg(sheet)).get("width") == "297mm"
    assert pdf(sheet) == pdf(sheet)
    report = write_drawing(sheet, tmp_path / "a.pdf")
    data = (tmp_path / "a.pdf").read_bytes()
    assert report.bytes == len(data)
    start = int(data.split(b"startxref\n")[1].split(b"\n")[0])
    assert data[start : start + 4] == b"xref"
    texts = [mark.words for mark in marks(sheet) if isinstance(mark, Text)]
    assert {"Town", "a < b", "1 : 400 on A4", "1.7 m"} <= set(texts), "somebody stands beside the scale bar"
    small = [mark.words for mark in marks(replace(sheet, scale=sheet.scale / 10)) if isinstance(mark, Text)]
    assert "1.7 m" not in small
    ahead = np.array([0.6, 0.8, 0.0])
    plan = cutting(Flat((0.0, 0.0, 1.0), (0.0, 0.0, 0.0)), np.array([0.0, 0.0, 1.0]), ahead)
    assert plan.up == pytest.approx(ahead), "a plan lies on the sheet as its place does"
    assert [nice(value) for value in (1.0, 4.9, 5.0, 73.0, 0.19)] == [1.0, 2.0, 5.0, 50.0, 0.1]


def test_triangles_of_no_area_are_counted_and_tangle_nothing() -> None:
    faces = np.array([[0, 0, 1], [0, 0, 2], [0, 0, 3]])
    assert faults_of(faces)[2:] == (0, 3)


@pytest.mark.parametrize("suffix", [".stl", ".3mf", ".ply", ".glb"])
def test_a_model_of_ours_opens_the_place_it_shows(tmp_path: Path, suffix: str) -> None:
    path = str(tmp_path / f"a{suffix}")
    assert main(["export", DISTRICT, "-o", path, "--max-triangles", "3000", "-q"]) == 0
    found = destination(path, ViewState())
    assert found.title == f"Open a{suffix}"
    here = destination(DISTRICT, ViewState()).state.camera.focus
    away = np.subtract(found.state.camera.focus, here)
    assert float(np.sqrt((away * away).sum())) < 1e5


@pytest.mark.parametrize("suffix", [".usdc", ".usda"])
def test_a_usd_holds_every_part_once_and_stands_where_it_should(tmp_path: Path, suffix: str) -> None:
    usd = pytest.importorskip("pxr.Usd")
    from pxr import UsdGeom

    from geometry.export.usd import write_usd

    report = write_usd(district(), tmp_path / f"a{suffix}", notes={"link": "city://1/7"})
    stage = usd.Stage.Open(str(tmp_path / f"a{suffix}"))
    assert UsdGeom.GetStageUpAxis(stage) == "Z"
    parts = UsdGeom.PointInstancer(stage.GetPrimAtPath("/City/Parts"))
    kinds = parts.GetProtoIndicesAttr().Get()
    assert len(kinds) == sum(len(piece.parts) for piece in district())
    prims = [stage.GetPrimAtPath(path) for path in parts.GetPrototypesRel().GetTargets()]
    faces = [len(UsdGeom.Mesh(prim).GetFaceVertexCountsAttr().Get()) for prim in prims]
    skins = [UsdGeom.Mesh(prim) for prim in stage.GetPrimAtPath("/City/Plates").GetChildren()]
    assert sum(faces[kind] for kind in kinds) + sum(len(s.GetFaceVertexCountsAttr().Get()) for s in skins) == report.triangles
    box = UsdGeom.BBoxCache(usd.TimeCode.Default(), ["default"]).ComputeWorldBound(stage.GetPrimAtPath("/City")).ComputeAlignedRange()
    np.testing.assert_allclose(np.array(box.GetSize()), np.array(report.size) * report.scale, rtol=0.02)
    assert stage.GetPrimAtPath("/City").GetCustomData()["link"] == "city://1/7"
    assert [path.name for path in tmp_path.iterdir()] == [f"a{suffix}"]


def test_a_hollow_is_no_body_inside_out() -> None:
    def cube(half: float, out: int) -> NDArray[np.float64]:
        corners = np.array([[x, y, z] for x in (-half, half) for y in (-half, half) for z in (-half, half)])
        quads = np.array([(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)])
        return corners[np.concatenate([quads[:, :3], quads[:, [0, 2, 3]]])[:, ::out]]

    for shift, wrong in ((0.0, 0), (9.0, 1)):
        triangles = np.concatenate([cube(2.0, 1), cube(1.0, -1) + shift])
        _, faces = np.unique(triangles.reshape(-1, 3), axis=0, return_inverse=True)
        found = solids_of(triangles, faces.reshape(-1, 3))
        assert (found.shells, found.inside_out) == (2, wrong)
        assert found.volume == pytest.approx(64.0 - 8.0)


def test_a_file_too_large_for_this_machine_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "large.stl"
    with path.open("wb") as file:
        file.truncate(4_000_000_000)  # a hole: nothing on disk
    monkeypatch.setattr(heap, "machine_bytes", lambda: 16_000_000_000)
    assert main(["check", str(path)]) == 6
    said = capsys.readouterr().err
    assert "takes about 29 GB of memory and this machine has 16" in said
    assert said.count("\n") == 1
