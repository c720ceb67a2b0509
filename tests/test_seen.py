"""What a view shows, as a file: the same parts as in its picture, none beside it, about its eye, with its camera."""

from __future__ import annotations

import json
import struct
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from geometry.angle import matrix, rotate
from geometry.city import City
from geometry.export import Piece, check_mesh
from geometry.export.check import read_extras
from geometry.scar import Scar
from viewer.command.cli import main
from viewer.compose import BORES, Unfolder, content
from viewer.files import jobs
from viewer.files.regions import holes_of
from viewer.files.seen import cuts_of, edges_of, shown_holes, sight_of
from viewer.history import staged
from viewer.link import link
from viewer.state import Plane, ViewState
from viewer.views import view

SIZE = (320, 180)
BUDGET = 60_000


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="module")
def canyon() -> ViewState:
    return view("canyon")


def job_of(state: ViewState, output: str = "a.glb", budget: int = BUDGET) -> jobs.Export:
    return jobs.Export(state, None, output, budget, cuts=cuts_of(state), seen=SIZE)


def pieces_of(job: jobs.Export) -> list[Piece]:
    return list(jobs.sliced_pieces(job, jobs.pieces_of(job, lambda part: None), City(job.state.city)))


def toward_eye(state: ViewState, piece: Piece) -> np.ndarray[Any, np.dtype[np.float64]]:
    return rotate(piece.frame.rotation, piece.parts.position.astype(np.float64)) + (piece.frame.origin - state.camera.position)


def document(path: str) -> dict[str, Any]:
    data = Path(path).read_bytes()
    found: dict[str, Any] = json.loads(data[20 : 20 + struct.unpack_from("<I", data, 12)[0]])
    return found


def test_the_parts_of_the_picture_are_written_and_none_beside_it(canyon: ViewState) -> None:
    drawn = content(Unfolder(City(canyon.city)), canyon, SIZE, BUDGET)
    pieces = pieces_of(job_of(canyon))
    shown = {tuple(row) for row in np.round(drawn.instances.position.astype(np.float64), 1).tolist()}
    written = np.concatenate([toward_eye(canyon, piece).astype(np.float32) for piece in pieces if len(piece.parts)])
    assert {tuple(row) for row in np.round(written.astype(np.float64), 1).tolist()} <= shown
    assert 0.3 * len(shown) < len(written) < len(drawn.instances.prototype), "a live cut looks a little beside the picture"
    camera = canyon.camera
    for piece in pieces:
        if not len(piece.parts):
            continue
        half = matrix(piece.parts.rotation) * (0.5 * piece.parts.scale.astype(np.float64))[:, None, :]
        signs = np.array([[a, b, c] for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)], np.float64)
        corners = (half[:, None] * signs[None, :, None, :]).sum(axis=-1) + piece.parts.position[:, None]
        world = corners @ piece.frame.axes + (piece.frame.origin - camera.position)
        tall = np.tan(np.radians(camera.fov) / 2)
        ahead = world @ camera.forward
        for way, reach in ((camera.right, tall * SIZE[0] / SIZE[1]), (camera.upward, tall)):
            for side in (-1.0, 1.0):
                assert ((side * (world @ way) <= reach * ahead * (1 + 1e-6) + 1e-3).any(axis=1)).all()


def test_a_file_of_what_is_seen_stands_about_the_eye_and_holds_its_camera(canyon: ViewState, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["export", link(canyon), "--seen", "--size", "320x180", "--max-triangles", str(BUDGET), "-o", "a.glb", "--json"]
    assert main([*words, "--dry-run"]) == 0
    dry = json.loads(capfd.readouterr().out)[0]
    assert main(words) == 0
    made = json.loads(capfd.readouterr().out)
    assert made["triangles"] == dry["triangles"] == check_mesh(Path("a.glb")).triangles <= BUDGET
    assert made["bytes"] == dry["bytes"] == Path("a.glb").stat().st_size
    found, extras = document("a.glb"), read_extras("a.glb")
    assert (extras["metres_per_unit"], extras["origin"][:7], extras["picture"]) == (1.0, "the eye", [320, 180])
    assert extras["centre_metres"] == pytest.approx(list(canyon.camera.position), rel=1e-15)
    assert extras["link"] == made["link"] == link(canyon)
    lens = found["cameras"][0]["perspective"]
    assert lens["yfov"] == pytest.approx(np.radians(canyon.camera.fov))
    assert lens["aspectRatio"] == pytest.approx(16 / 9)
    (eye,) = (node for node in found["nodes"] if "camera" in node)
    x, y, z, w = eye["rotation"]
    ahead = rotate(np.array([w, x, y, z]), np.array([0.0, 0.0, -1.0]))
    assert sight_of(canyon, SIZE).axes.T @ ahead == pytest.approx(canyon.camera.forward, abs=1e-9)
    for node in found["nodes"]:
        assert "mesh" not in node or not node.get("translation"), "near things must not hang on steps to far ones"


@pytest.mark.parametrize("kind", ["glb", "ply"])
def test_a_file_of_what_is_seen_is_called_a_scene_and_no_broken_print(kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    words = ["--seen", "--view", "canyon", "--size", "320x180", "--max-triangles", "12000"]
    assert main(["export", *words, "-q", "-o", f"a.{kind}"]) == 0
    found = check_mesh(f"a.{kind}")
    assert found.view
    assert found.ok
    assert found.open_edges > 0
    assert main(["check", f"a.{kind}"]) == 0
    assert "a scene" in capfd.readouterr().out
    assert main(["export", "band 7 / tile 3-02", "--max-triangles", "3000", "-q", "-o", f"b.{kind}"]) == 0
    assert not check_mesh(f"b.{kind}").view


def test_what_is_seen_from_afar_is_cut_as_the_picture_is(capfd: pytest.CaptureFixture[str]) -> None:
    state = replace(view("opening"), isolated=9)
    half = replace(state, cuts=(Plane((0.0, 0.0, 0.0), (0.0, 0.0, 1.0)),))
    plates = [(piece, mesh) for piece in pieces_of(job_of(half, budget=9_000)) for mesh in piece.skin]
    assert len(plates) > 8
    for piece, mesh in plates:
        assert piece.frame.to_world(mesh.points)[:, 2].max() <= 1e-6 * state.city.radius_km * 1e3
    assert main(["export", "--seen", "--isolate", "9", "--size", "320x180", "--max-triangles", "5000", "-o", "a.stl"]) == 0
    assert "sound: 0 open edges" in capfd.readouterr().out


def test_the_year_and_pulling_apart_hold_as_in_the_picture() -> None:
    def places(**changes: object) -> list[Piece]:
        return list(jobs.pieces_of(job_of(replace(view("opening"), isolated=9, **changes)), lambda part: None))  # type: ignore[arg-type]

    now, apart = (max(float(piece.frame.origin[2]) for piece in some) for some in (places(), places(explode=0.5)))
    assert apart == pytest.approx(now + 0.5 * 9 * 8e11, rel=0.05)
    dome = staged(view("opening"), "dome")
    assert [piece.name for piece in jobs.pieces_of(job_of(dome), lambda part: None)] == ["dome 0", "earth 0"]


def test_of_what_a_shot_has_left_the_holes_that_look_largest_are_there(canyon: ViewState) -> None:
    eye = canyon.camera
    x, y, z = eye.forward.tolist()
    holes = holes_of((Scar(muzzle=eye.position, direction=(x, y, z), power=3, seed=1),), 0.1)
    assert len(holes) > BORES
    shown = shown_holes(holes[::-1], canyon)
    assert len(shown) == BORES
    assert shown[0] == holes[0], "the bore itself begins at the eye"


def test_the_edges_of_a_parallel_view_are_a_box() -> None:
    state = view("opening")
    state = replace(state, camera=replace(state.camera, parallel=True))
    edges = edges_of(state, SIZE)
    assert len(edges) == 4
    away = [abs(float(np.subtract(edge.point, state.camera.position) @ np.asarray(edge.normal))) for edge in edges]
    tall = state.camera.distance * np.tan(np.radians(state.camera.fov) / 2)
    assert away == pytest.approx([tall * 16 / 9] * 2 + [tall] * 2)
    lens = sight_of(state, SIZE).camera(np.full(3, -1e12), np.full(3, 1e12), 1e-9)["orthographic"]
    assert lens["ymag"] == pytest.approx(tall * 1e-9)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("band~7 --seen -o a.glb", "an address is no view; give a link"),
        ("--seen -o a.svg", "leave it out for a .svg"),
        ("--view canyon -o a.glb", "--view says what --seen sees; add --seen"),
        ("--size 4K -o a.glb", "--size says what --seen sees; add --seen"),
        ("--seen --size huge -o a.glb", "is not a size"),
        ("--seen --view nowhere -o a.glb", "there is no view 'nowhere'"),
        ("--seen --for desk -o a.stl", "leave one out"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_line(line: str, said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["export", *(word.replace("~", " ") for word in line.split())]) == 2
    heard = capfd.readouterr().err
    assert said in heard
    assert heard.count("\n") == 1
    assert not any(Path().iterdir())
