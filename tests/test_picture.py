"""Stills: the same twice, the same in tiles, transparent where nothing stands, and a PNG that knows its link."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

from geometry.city import City
from geometry.spec import CitySpec
from tests.scenes import box_ahead
from viewer.compose import Unfolder, content, scene
from viewer.drawing import picture
from viewer.drawing import shaders as render_shaders
from viewer.drawing.picture import behind, offscreen, png, read_link, seconds_by_pass, still, write_png
from viewer.drawing.renderer import Renderer
from viewer.errors import DisplayError
from viewer.journey.tour import turntable
from viewer.styles import style
from viewer.views import view

SIZE = (120, 80)


def test_the_same_scene_gives_the_same_picture() -> None:
    first, second = (still(box_ahead(10.0, 5.0), SIZE, supersample=1) for _ in range(2))
    assert first.shape == (80, 120, 3)
    assert np.array_equal(first, second)
    assert first.std() > 10


def test_a_closed_sampler_leaves_nothing_to_collect() -> None:
    """Or its window would be freed whenever Python collects: in another window's frame, or after its screen has gone."""
    sampler = picture.Sampler(SIZE, 1)
    sampler(box_ahead(10.0, 5.0))
    sampler.close()
    window = weakref.ref(sampler._window)
    gc.disable()
    try:
        del sampler
        assert window() is None
    finally:
        gc.enable()


def test_tiles_show_the_same_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = box_ahead(10.0, 5.0)
    whole = still(scene, SIZE, supersample=1).astype(int)
    monkeypatch.setattr(picture, "TILE", 64)
    monkeypatch.setattr(picture, "MARGIN", 24)
    tiled = still(scene, SIZE, supersample=1).astype(int)
    assert np.abs(whole - tiled).mean() < 0.15  # a tenth of the values by one, in the last place
    assert np.percentile(np.abs(whole - tiled), 99.5) <= 1


def test_the_background_can_be_left_out() -> None:
    pixels = still(box_ahead(10.0, 2.0), SIZE, supersample=2, transparent=True)
    assert pixels.shape == (80, 120, 4)
    assert pixels[0, 0, 3] == 0
    assert pixels[40, 60, 3] == 255


def _tiled_less_whole(monkeypatch: pytest.MonkeyPatch) -> Callable[[], np.ndarray]:
    """What tells how a picture in four tiles differs from one drawn in one go, a number a column, in steps of 255."""
    plain, size = box_ahead(6.0, 9.0, tint=20), (1600, 200)
    scene = replace(plain, look=replace(plain.look, gain=0.9, inside=True))
    whole = still(scene, size, supersample=1).astype(float)
    monkeypatch.setattr(picture, "TILE", 400)
    return lambda: (still(scene, size, supersample=1) - whole).mean(axis=(0, 2))


def _seam(change: np.ndarray) -> float:
    """The largest step along an edge of a tile that the picture in one go does not have."""
    return float(max(abs(change[x] - change[x - 1]) for x in (400, 800, 1200)))


def _spread(change: np.ndarray) -> float:
    """How far the tone drifts from one part of the picture to another, over stretches of 50 columns."""
    return float(np.ptp(change.reshape(-1, 50).mean(axis=1)))


def test_tiles_leave_no_seam(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the margin about a tile its edges are seen, and this test says so."""
    tiled = _tiled_less_whole(monkeypatch)
    assert _seam(tiled()) < 0.2
    monkeypatch.setattr(picture, "_span", lambda start, end, length: (start, end))
    assert _seam(tiled()) > 0.5


def test_tiles_are_exposed_and_darkened_to_the_corners_as_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tile that finds its own exposure, or has corners of its own, is seen as a patch, and this test says so."""
    tiled = _tiled_less_whole(monkeypatch)
    change = tiled()
    assert np.abs(change).max() < 1.0
    assert abs(change.mean()) < 0.1
    assert _spread(change) < 0.1
    monkeypatch.setattr(picture, "_expose", lambda renderer, scene, size: None)
    assert _spread(tiled()) > 1.0


def test_sixteen_bits_are_the_same_shownmore_finely() -> None:
    scene = box_ahead(10.0, 5.0)
    shallow, deep = still(scene, SIZE, supersample=1), still(scene, SIZE, supersample=1, deep=True)
    assert deep.dtype == np.uint16
    assert np.abs(shallow - deep / 257.0).max() < 0.6
    assert len(np.unique(deep)) > 8 * len(np.unique(shallow))


def test_what_lies_behind_the_pixels() -> None:
    depth, normal = behind(box_ahead(10.0, 5.0), SIZE)
    assert depth[40, 60] == pytest.approx(10.0, rel=1e-3)
    assert np.isinf(depth[0, 0])
    assert np.allclose(normal[40, 60], (0.0, -1.0, 0.0), atol=1e-2)
    assert not normal[0, 0].any()


def test_a_shader_that_does_not_compile_is_an_error(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    real = render_shaders._read
    monkeypatch.setattr(render_shaders, "_read", lambda name: real(name).replace("vec3 colour", "vec7 colour"))
    render_shaders.shader.cache_clear()
    try:
        with pytest.raises(DisplayError, match=r"could not draw the picture \(.*error"):
            still(box_ahead(10.0, 4.0), SIZE, supersample=1)
    finally:
        render_shaders.shader.cache_clear()
    assert "vec7" not in "".join(capfd.readouterr()), "nobody wants to read the shader"


def test_what_each_pass_costs_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "TILE", 64)
    found = seconds_by_pass(box_ahead(10.0, 5.0), SIZE, supersample=1)
    assert {"map of light", "prepare", "read", "gbuffer", "occlusion 1/2", "light 1/1", "grade 1/1"} <= found.keys()
    assert all(seconds >= 0.0 for seconds in found.values())
    assert found["gbuffer"] > 0.0


def test_ink_is_black_on_white() -> None:
    scene = box_ahead(10.0, 4.0)
    pixels = still(replace(scene, look=replace(scene.look, style=style("ink"))), SIZE, supersample=1)
    assert (pixels[:5] == 255).all()
    assert (pixels < 60).mean() > 0.01


@pytest.mark.parametrize("size", [(0, 10), (10, -1)])
def test_no_shownwithout_pixels(size: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="cannot be drawn"):
        still(box_ahead(10.0, 4.0), size)


def test_a_png_carries_its_link(tmp_path: Path) -> None:
    pixels = np.arange(5 * 7 * 3, dtype=np.uint8).reshape(5, 7, 3)
    target = tmp_path / "wall ü.png"
    write_png(target, pixels, {"city": "city://40/there", "Software": "megastructure"})
    assert read_link(target) == "city://40/there"
    assert [path.name for path in tmp_path.iterdir()] == ["wall ü.png"]
    assert png(pixels, {"city": "x"}) == png(pixels, {"city": "x"})


def test_other_files_have_no_link(tmp_path: Path) -> None:
    for name, data in (
        ("a.png", b"\x89PNG\r\n\x1a\n"),
        ("b.png", b"hello"),
        ("c.png", b""),
        ("d.png", png(np.zeros((2, 2, 3), np.uint8), {})),
    ):
        (tmp_path / name).write_bytes(data)
        assert read_link(tmp_path / name) is None


@pytest.mark.parametrize("high", [9, 512, 700])
def test_a_png_reads_back(tmp_path: Path, high: int) -> None:
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkIOImage import vtkPNGReader

    pixels = np.random.default_rng(1).integers(0, 256, (high, 4, 4), dtype=np.uint8)
    write_png(tmp_path / "a.png", pixels, {})
    reader = vtkPNGReader()
    reader.SetFileName(str(tmp_path / "a.png"))
    reader.Update()
    back = vtk_to_numpy(reader.GetOutput().GetPointData().GetScalars()).reshape(high, 4, 4)[::-1]
    assert np.array_equal(back, pixels)


def test_a_shownnobody_picks_from_is_the_same() -> None:
    """A still writes no depth into its window; what it shows does not hang on that."""
    found = []
    for picked in (True, False):
        window = offscreen(*SIZE)
        renderer = Renderer(window, taps=4, picked=picked)
        renderer.show(box_ahead(10.0, 5.0))
        renderer.render()
        raw = vtkUnsignedCharArray()
        window.GetPixelData(0, 0, SIZE[0] - 1, SIZE[1] - 1, 0, raw, 0)
        found.append(vtk_to_numpy(raw).copy())
        renderer.release()
        window.Finalize()
    assert found[0].std() > 10.0
    assert np.array_equal(*found)


@pytest.mark.parametrize("edge", [63.5, 8.5])
def test_the_skin_keeps_its_light_where_the_eye_comes_before_a_cut(edge: float) -> None:
    """The air that a cut lays open is behind its faces, not over the skin beside it."""
    tour, seen = turntable(view("wedge"), 72.0), []
    unfold = Unfolder(City(CitySpec()))
    for at in (edge - 0.5, edge + 0.5):
        state = tour.state_at(at)
        shown = still(scene(state, content(unfold, state, (160, 90), 100_000)), (160, 90))
        skin = shown[:, :48] if edge > 36.0 else shown[:, 104:130]
        seen.append(float(np.median(skin)))
    assert abs(seen[0] - seen[1]) < 15.0
