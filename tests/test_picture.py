"""Stills: the same twice, the same in tiles, transparent where nothing stands, and a PNG that knows its link."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.scenes import box_ahead
from viewer import picture
from viewer.picture import png, read_link, still, write_png
from viewer.styles import style

SIZE = (120, 80)


def test_the_same_scene_gives_the_same_picture() -> None:
    first, second = (still(box_ahead(10.0, 5.0), SIZE, supersample=1) for _ in range(2))
    assert first.shape == (80, 120, 3)
    assert np.array_equal(first, second)
    assert first.std() > 10


def test_tiles_show_the_same_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = box_ahead(10.0, 5.0)
    whole = still(scene, SIZE, supersample=1).astype(int)
    monkeypatch.setattr(picture, "TILE", 64)
    monkeypatch.setattr(picture, "MARGIN", 24)
    tiled = still(scene, SIZE, supersample=1).astype(int)
    assert np.abs(whole - tiled).mean() < 4.0
    assert np.percentile(np.abs(whole - tiled), 95) < 16


def test_the_background_can_be_left_out() -> None:
    pixels = still(box_ahead(10.0, 2.0), SIZE, supersample=2, transparent=True)
    assert pixels.shape == (80, 120, 4)
    assert pixels[0, 0, 3] == 0
    assert pixels[40, 60, 3] == 255


def test_ink_is_black_on_white() -> None:
    scene = box_ahead(10.0, 4.0)
    pixels = still(replace(scene, look=replace(scene.look, style=style("ink"))), SIZE, supersample=1)
    assert (pixels[:5] == 255).all()
    assert (pixels < 60).mean() > 0.01


@pytest.mark.parametrize("size", [(0, 10), (10, -1)])
def test_no_picture_without_pixels(size: tuple[int, int]) -> None:
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


def test_a_png_reads_back(tmp_path: Path) -> None:
    from vtkmodules.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkIOImage import vtkPNGReader

    pixels = np.random.default_rng(1).integers(0, 256, (9, 4, 4), dtype=np.uint8)
    write_png(tmp_path / "a.png", pixels, {})
    reader = vtkPNGReader()
    reader.SetFileName(str(tmp_path / "a.png"))
    reader.Update()
    back = vtk_to_numpy(reader.GetOutput().GetPointData().GetScalars()).reshape(9, 4, 4)[::-1]
    assert np.array_equal(back, pixels)
