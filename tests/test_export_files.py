"""STL and GLB: read back, counted, closed, the same bytes twice, cancelled without a trace."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from geometry.address import parse
from geometry.export import Cancelled, LimitError, MeshError, OutputError, Piece, Print, check_mesh, piece_of, write_glb, write_stl
from geometry.export import glb as glb_module
from geometry.export import stl as stl_module
from geometry.export.check import read_extras
from geometry.export.piece import Store
from geometry.material import FINISHES, Material
from geometry.mesh import Mesh
from geometry.parts import Parts, join, parts
from geometry.place import Frame, Place
from geometry.solids import prototypes
from tests.test_bake import scattered

FAR = np.array([8e11, 3e11, -2e11])
TURNED = np.array([[0.6, 0.8, 0], [-0.8, 0.6, 0], [0, 0, 1.0]])


def district() -> list[Piece]:
    """Towers far from the City's centre, one turned, one inside another, one with a skin."""
    box = prototypes()[0]
    skin = Mesh(box.points * np.float32(300), box.normals, box.triangles, int(Material.GROUND))
    above = ("seed 40", "district 3")
    return [
        Piece("tower 0", above, Frame(FAR, np.eye(3)), scattered(400), (skin,)),
        Piece("tower 1", above, Frame(FAR + np.array([1500.0, 0, 0]), TURNED), scattered(300, seed=2)),
        Piece("hall 0", (*above, "tower 1"), Frame(FAR + np.array([1500.0, 300, 0]), TURNED), scattered(60, seed=3)),
    ]


def one(prototype: str) -> list[Piece]:
    """A single part."""
    return [Piece("thing", (), Frame(FAR, TURNED), parts(prototype, [[0, 0, 0]], [20.0, 10.0, 8.0]))]


def triangles_of(pieces: list[Piece]) -> int:
    """How many triangles pieces hold."""
    return sum(piece.parts.triangles + sum(map(len, piece.skin)) for piece in pieces)


def facets(path: Path) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(normals (n, 3), corners (n, 3, 3)) of a binary STL."""
    data = path.read_bytes()
    (count,) = struct.unpack_from("<I", data, 80)
    assert len(data) == 84 + 50 * count
    rows = np.frombuffer(data, np.dtype([("v", "<f4", (4, 3)), ("a", "<u2")]), offset=84)
    assert not rows["a"].any()
    return rows["v"][:, 0], rows["v"][:, 1:]


def document(path: Path) -> tuple[dict[str, Any], bytes]:
    """(JSON, binary chunk) of a GLB, its envelope checked."""
    data = path.read_bytes()
    magic, version, total, size, kind = struct.unpack_from("<4sIIII", data)
    assert (magic, version, total, kind) == (b"glTF", 2, len(data), 0x4E4F534A)
    binary_size, binary_kind = struct.unpack_from("<II", data, 20 + size)
    assert size % 4 == binary_size % 4 == 0
    assert binary_kind == 0x004E4942
    assert 28 + size + binary_size == len(data)
    return json.loads(data[20 : 20 + size]), data[28 + size :]


WRITERS: list[Callable[..., Any]] = [write_stl, write_glb, lambda *a, **k: write_glb(*a, mode="instanced", **k)]


@pytest.mark.parametrize("write", WRITERS)
def test_triangles_come_back_closed(tmp_path: Path, write: Callable[..., Any]) -> None:
    report = write(district(), tmp_path / "d")
    found = check_mesh(tmp_path / "d")
    assert report.triangles + report.dropped == triangles_of(district())
    assert found.triangles == report.triangles
    assert found.ok, found
    assert report.bytes == (tmp_path / "d").stat().st_size
    np.testing.assert_allclose(sorted(found.size), sorted(np.array(report.size) * report.scale), rtol=1e-2)


@pytest.mark.parametrize("write", WRITERS)
def test_same_input_same_bytes_from_list_or_stream(tmp_path: Path, write: Callable[..., Any]) -> None:
    for name, pieces in (("a", district()), ("b", district()), ("c", iter(district()))):
        write(pieces, tmp_path / name)
    first = (tmp_path / "a").read_bytes()
    assert first == (tmp_path / "b").read_bytes() == (tmp_path / "c").read_bytes()


@pytest.mark.parametrize("write", WRITERS)
def test_stream_unfolds_each_piece_once(tmp_path: Path, write: Callable[..., Any]) -> None:
    grown = []

    def unfold() -> Iterator[Piece]:
        for piece in district():
            grown.append(piece.name)
            yield piece

    write(unfold(), tmp_path / "d")
    assert grown == ["tower 0", "tower 1", "hall 0"]


@pytest.mark.parametrize("write", WRITERS)
@pytest.mark.parametrize("after", [0, 2, 4])
def test_cancel_leaves_nothing(tmp_path: Path, write: Callable[..., Any], after: int) -> None:
    asked = []
    with pytest.raises(Cancelled):
        write(district(), tmp_path / "d", cancelled=lambda: asked.append(1) or len(asked) > after)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("write", WRITERS)
def test_progress_rises_to_one(tmp_path: Path, write: Callable[..., Any]) -> None:
    said: list[tuple[float, str]] = []
    write(district(), tmp_path / "d", progress=lambda done, text: said.append((done, text)))
    fractions = [done for done, _ in said]
    assert fractions == sorted(fractions)
    assert fractions[-1] == pytest.approx(1.0)
    texts = [text for _, text in said]
    begun = texts[texts.index("tower 0") :]
    assert set(begun) == {"tower 0", "tower 1", "hall 0"}
    assert set(texts) - set(begun) <= {""}, "before the first place there is nothing to name"


@pytest.mark.parametrize("write", WRITERS)
def test_refusals_leave_nothing(tmp_path: Path, write: Callable[..., Any]) -> None:
    nowhere = parts("box", [[np.nan, 0, 0]], [1.0, 1, 1])
    for pieces in ([], [Piece("x", (), Frame(FAR, np.eye(3)))], [Piece("x", (), Frame(FAR, np.eye(3)), nowhere)]):
        with pytest.raises(LimitError):
            write(pieces, tmp_path / "d")
    (tmp_path / "old").write_bytes(b"old")
    with pytest.raises(OutputError):
        write(district(), tmp_path / "old")
    assert [p.name for p in tmp_path.iterdir()] == ["old"]


@pytest.mark.parametrize("prototype", ["box", "truss", "drum", "cable", "stairs", "fan"])
def test_a_single_solid_is_closed(tmp_path: Path, prototype: str) -> None:
    write_stl(one(prototype), tmp_path / "a.stl")
    write_glb(one(prototype), tmp_path / "a.glb")
    assert check_mesh(tmp_path / "a.stl").ok
    assert check_mesh(tmp_path / "a.glb").ok


def test_stl_is_in_millimetres_from_the_corner(tmp_path: Path) -> None:
    report = write_stl(district(), tmp_path / "d.stl", Print(150), title="district 3")
    normals, corners = facets(tmp_path / "d.stl")
    flat = corners.reshape(-1, 3)
    assert flat.min() > -0.001
    assert 148 < np.ptp(flat, axis=0).max() <= 150
    assert report.scale == pytest.approx(150 / max(report.size))
    cross = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]).astype(float)
    apart = np.abs(normals - cross / np.linalg.norm(cross, axis=1, keepdims=True)).max(axis=1)
    assert np.quantile(apart, 0.998) < 2e-3
    assert apart.max() < 0.05, "the solid's own normals, truer than those of small triangles after rounding"
    header = (tmp_path / "d.stl").read_bytes()[:80]
    assert not header.lower().startswith(b"solid")
    assert b"district 3" in header


def test_stl_is_oriented_outward(tmp_path: Path) -> None:
    write_stl(one("box"), tmp_path / "a.stl", Print(20))
    _, corners = facets(tmp_path / "a.stl")
    c = corners.astype(float)
    volume = np.einsum("ij,ij->i", c[:, 0], np.cross(c[:, 1], c[:, 2])).sum() / 6
    size = np.array([20 * 0.6 + 10 * 0.8, 20 * 0.8 + 10 * 0.6, 8]).max()
    assert volume == pytest.approx(20 * 10 * 8 * (20 / size) ** 3, rel=1e-3)


def test_stl_drops_what_collapses_and_counts_it(tmp_path: Path) -> None:
    speck = join([parts("box", [[0, 0, 0]], [1e6, 1e6, 1e6]), parts("truss", [[4e5, 0, 0]], [0.01, 0.01, 0.01])])
    report = write_stl([Piece("x", (), Frame(FAR, np.eye(3)), speck)], tmp_path / "d.stl")
    assert (report.triangles, report.dropped) == (12, 240)
    assert check_mesh(tmp_path / "d.stl").ok


@pytest.mark.parametrize(("thin", "height", "triangles"), [("keep", 0.02, 24), ("thicken", 0.4, 24), ("drop", None, 12)])
def test_stl_thin_parts(tmp_path: Path, thin: stl_module.Thin, height: float | None, triangles: int) -> None:
    some = join([parts("box", [[0, 0, 50]], [200.0, 200, 20]), parts("box", [[0, 0, 0]], [100.0, 100, 0.02])])
    report = write_stl([Piece("x", (), Frame(FAR, np.eye(3)), some)], tmp_path / "d.stl", Print(thin=thin))
    _, corners = facets(tmp_path / "d.stl")
    assert (report.thin, report.triangles) == (1, triangles)
    if height is not None:
        sheet = corners[corners[:, :, 2].max(axis=1) < 5]
        assert np.ptp(sheet[:, :, 2]) == pytest.approx(height, abs=0.005)


def test_glb_bounds_are_exact_and_arrays_lie_as_said(tmp_path: Path) -> None:
    write_glb(district(), tmp_path / "d.glb")
    said, binary = document(tmp_path / "d.glb")
    for mesh in said["meshes"]:
        (primitive,) = mesh["primitives"]
        accessor = said["accessors"][primitive["attributes"]["POSITION"]]
        view = said["bufferViews"][accessor["bufferView"]]
        assert view["byteOffset"] % 4 == 0
        assert view["target"] == 34962
        points = np.frombuffer(binary, "<f4", accessor["count"] * 3, view["byteOffset"]).reshape(-1, 3)
        assert accessor["min"] == points.min(axis=0).tolist()
        assert accessor["max"] == points.max(axis=0).tolist()
        index = said["accessors"][primitive["indices"]]
        assert index["componentType"] == (5125 if len(points) > 65_535 else 5123)
        assert said["bufferViews"][index["bufferView"]]["target"] == 34963
        normals = said["accessors"][primitive["attributes"]["NORMAL"]]
        rows = np.frombuffer(binary, "<f4", len(points) * 3, said["bufferViews"][normals["bufferView"]]["byteOffset"]).reshape(-1, 3)
        np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1.0, atol=1e-4)


def test_glb_tells_names_materials_and_scale(tmp_path: Path) -> None:
    report = write_glb(district(), tmp_path / "d.glb", title="District 3", extras={"address": "seed 40 / district 3"})
    said, _ = document(tmp_path / "d.glb")
    nodes = said["nodes"]
    assert (nodes[0]["name"], nodes[0]["rotation"]) == ("District 3", [-np.sqrt(0.5), 0, 0, np.sqrt(0.5)])
    by_name = {node["name"]: node for node in nodes}
    under = lambda name: {nodes[child]["name"] for child in by_name[name]["children"]}
    assert under("seed 40") == {"district 3"}
    assert under("district 3") == {"tower 0", "tower 1"}
    assert "hall 0" in under("tower 1")
    assert "tower 0 · ground" in under("tower 0")
    extras = said["asset"]["extras"]
    assert extras["address"] == "seed 40 / district 3"
    assert extras["metres_per_unit"] == 1 / report.scale
    assert 100 <= max(report.size) * report.scale <= 1000
    lamp = next(m for m in said["materials"] if m["name"] == "lamp")
    assert lamp["extensions"]["KHR_materials_emissive_strength"]["emissiveStrength"] == FINISHES[Material.LAMP].strength
    assert lamp["emissiveFactor"] == list(FINISHES[Material.LAMP].emission)
    assert said["extensionsUsed"] == ["KHR_materials_emissive_strength"]


def test_glb_with_many_vertices_uses_wide_indices(tmp_path: Path) -> None:
    n = 4000
    some = parts("box", np.random.default_rng(1).uniform(0, 500, (n, 3)), [3.0, 3.0, 3.0])
    write_glb([Piece("x", (), Frame(FAR, np.eye(3)), some)], tmp_path / "d.glb")
    said, _ = document(tmp_path / "d.glb")
    assert said["accessors"][2]["componentType"] == 5125
    assert check_mesh(tmp_path / "d.glb").triangles == 12 * n


def test_instanced_glb_is_required_and_small(tmp_path: Path) -> None:
    write_glb(district(), tmp_path / "m.glb")
    write_glb(district(), tmp_path / "i.glb", mode="instanced")
    said, _ = document(tmp_path / "i.glb")
    assert said["extensionsRequired"] == ["EXT_mesh_gpu_instancing"]
    assert check_mesh(tmp_path / "i.glb").triangles == check_mesh(tmp_path / "m.glb").triangles
    np.testing.assert_allclose(check_mesh(tmp_path / "i.glb").size, check_mesh(tmp_path / "m.glb").size, rtol=1e-5)


@pytest.mark.parametrize(("longest", "scale"), [(500, 1.0), (1000, 1.0), (1001, 0.5), (1.6e12, 2.0**-31), (1, 512.0), (99, 8.0)])
def test_scene_scale(longest: float, scale: float) -> None:
    assert glb_module.scene_scale(longest) == scale


@pytest.mark.parametrize(("module", "write"), [(stl_module, write_stl), (glb_module, write_glb)])
def test_too_large_for_the_format(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: Any, write: Callable[..., Any]) -> None:
    monkeypatch.setattr(module, "_MOST", 1000)
    with pytest.raises(LimitError, match="at most"):
        write(district(), tmp_path / "d")
    assert list(tmp_path.iterdir()) == []


def test_check_finds_holes_and_degenerate_triangles(tmp_path: Path) -> None:
    write_stl(one("box"), tmp_path / "a.stl")
    data = bytearray((tmp_path / "a.stl").read_bytes())
    data[80:84] = struct.pack("<I", 11)
    (tmp_path / "hole.stl").write_bytes(bytes(data[:-50]))
    found = check_mesh(tmp_path / "hole.stl")
    assert (found.open_edges, found.ok) == (3, False)
    data[80:84] = struct.pack("<I", 12)
    data[84 + 12 : 84 + 24] = data[84 + 24 : 84 + 36]
    (tmp_path / "flat.stl").write_bytes(bytes(data))
    assert check_mesh(tmp_path / "flat.stl").degenerate == 1


def touching(other: list[float]) -> bytes:
    """STL of a box and another one at an offset in its own sizes."""
    box = prototypes()[0]
    corners = np.concatenate([box.points[box.triangles], (box.points + np.array(other, np.float32))[box.triangles]])
    rows = np.zeros(len(corners), np.dtype([("v", "<f4", (4, 3)), ("a", "<u2")]))
    rows["v"][:, 1:] = corners
    return bytes(80) + struct.pack("<I", len(rows)) + rows.tobytes()


@pytest.mark.parametrize(("other", "crowded"), [([0.5, 0.5, 0.5], 0), ([1, 1, 0], 1), ([1, 1, 1], 0)])
def test_solids_that_touch_are_sound_as_long_as_faces_pair(tmp_path: Path, other: list[float], crowded: int) -> None:
    (tmp_path / "a.stl").write_bytes(touching(other))
    found = check_mesh(tmp_path / "a.stl")
    assert (found.crowded, found.tangled, found.ok) == (crowded, 0, True)


def test_faces_that_pair_the_wrong_way_are_tangled(tmp_path: Path) -> None:
    """A slicer pairs the faces at a shared edge as they come; PrusaSlicer turns one of these boxes inside out."""
    data, seen = touching([1, 1, 0]), set()
    for seed in range(12):
        rows = [data[84 + 50 * i : 134 + 50 * i] for i in np.random.default_rng(seed).permutation(24)]
        (tmp_path / "a.stl").write_bytes(data[:84] + b"".join(rows))
        found = check_mesh(tmp_path / "a.stl")
        assert (found.open_edges, found.crowded) == (0, 1)
        seen.add((found.tangled, found.ok))
    assert seen == {(0, True), (2, False)}


def test_a_glb_gives_its_extras_back(tmp_path: Path) -> None:
    write_glb(one("box"), tmp_path / "a.glb", extras={"link": "city://1/7"})
    assert read_extras(tmp_path / "a.glb")["link"] == "city://1/7"
    for junk in (b"", b"glTF", bytes(100), (tmp_path / "a.glb").read_bytes()[:60]):
        (tmp_path / "b.glb").write_bytes(junk)
        with pytest.raises(MeshError):
            read_extras(tmp_path / "b.glb")


def test_check_refuses_garbage(tmp_path: Path) -> None:
    write_glb(district(), tmp_path / "d.glb")
    whole = (tmp_path / "d.glb").read_bytes()
    draw = np.random.default_rng(5)
    cases = [
        b"",
        b"solid x\nfacet normal",
        draw.bytes(84),
        draw.bytes(5000),
        whole[:30],
        whole[: len(whole) // 2],
        b"glTF" + draw.bytes(200),
    ]
    cases += [b"solid x\nfacet normal 0 0 0" + b" " * 200, whole[:20] + b"[" * (len(whole) - 20), bytes(84)]
    for index, case in enumerate(cases):
        (tmp_path / "x").write_bytes(case)
        with pytest.raises(MeshError):
            print(index, check_mesh(tmp_path / "x"))
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(MeshError, match="cannot read"):
            check_mesh(path)


def test_check_survives_flipped_bytes(tmp_path: Path) -> None:
    write_glb(one("box"), tmp_path / "d.glb")
    whole = (tmp_path / "d.glb").read_bytes()
    draw = np.random.default_rng(6)
    for _ in range(300):
        data = bytearray(whole)
        data[int(draw.integers(len(data)))] = int(draw.integers(256))
        (tmp_path / "x").write_bytes(data)
        try:
            check_mesh(tmp_path / "x")
        except MeshError:
            continue


def test_piece_of_a_place_is_nested_by_its_address() -> None:
    address = parse("seed 40 / band 7.2 / layer 5 / tile 3-02 / tower 1")
    place = Place("tower", address, address.key, Frame(FAR, np.eye(3)), (1.0, 1.0, 1.0))
    piece = piece_of(place, scattered(3))
    assert piece.name == "tower 1"
    assert piece.path == ("seed 40", "band 7", "band 7.2", "layer 5", "tile 3", "tile 3-0", "tile 3-02")


def test_parts_survive_the_spool_bit_for_bit(tmp_path: Path) -> None:
    store = Store(iter(district()), str(tmp_path))
    first = list(store.first())
    for kept, piece in zip(store.again(), first, strict=True):
        for name in Parts.__dataclass_fields__:
            assert getattr(kept.parts, name).tobytes() == getattr(piece.parts, name).tobytes()
        assert [mesh.points.tobytes() for mesh in kept.skin] == [mesh.points.tobytes() for mesh in piece.skin]
    store.close()


@pytest.mark.parametrize("write", WRITERS)
def test_a_place_stands_upright_along_the_axes_that_are_asked_for(tmp_path: Path, write: Callable[..., Any]) -> None:
    lying = np.array([[0, 0, 1.0], [0.6, 0.8, 0], [-0.8, 0.6, 0]])
    tower = [Piece("tower", (), Frame(FAR, lying), parts("box", [[0, 0, 50.0]], [20.0, 10.0, 100.0]))]
    write(tower, tmp_path / "a", axes=lying)
    found = check_mesh(tmp_path / "a")
    x, y, z = found.size
    up, *flat = (y, x, z) if found.kind == "glb" else (z, x, y)
    np.testing.assert_allclose(np.array(flat) / up, (0.2, 0.1), rtol=1e-3)
    assert found.ok
