"""Edges of parts lie between pixels, too, and take nothing of the sky into a picture that is cut out."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

from geometry.material import Material
from geometry.parts import Parts, parts
from tests.scenes import RADIUS, content, look
from tests.screens import rendering
from viewer.camera import Camera
from viewer.drawing.picture import still
from viewer.drawing.renderer import Renderer
from viewer.scene import Content, Scene

WIDTH, HEIGHT, FOV, AWAY = 80, 60, 40.0, 300.0
PIXEL = 2.0 * AWAY * float(np.tan(np.radians(FOV) / 2.0)) / HEIGHT
EYE = (0.0, 0.0, RADIUS)
EIGHTHS = 8


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    yield from rendering(WIDTH, HEIGHT)


def plain(kind: str, wide: float) -> Parts:
    """One that is black all over, so many pixels wide, and as high as the picture."""
    return parts(kind, [[0.0, AWAY, 0.0]], [[wide * PIXEL, wide * PIXEL, 200.0 * PIXEL]], Material.FIGURE)


def pipe(thick: float) -> Parts:
    """Of so many pixels, from the left to the right of the picture."""
    return parts("pipe", [[0.0, AWAY, 0.0]], [[200.0 * PIXEL, thick * PIXEL, thick * PIXEL]], Material.FIGURE)


def seen(what: Content, right: float = 0.0, up: float = 0.0) -> Scene:
    """The scene, sight moved by so many pixels."""
    return Scene(what, Camera(EYE, (right * PIXEL, AWAY, RADIUS + up * PIXEL), (0.0, 0.0, 1.0), FOV), look())


def light(renderer: Renderer, shown: Scene) -> NDArray[np.float64]:
    """(h, w) sums of the picture's colours."""
    renderer.show(shown)
    renderer.render()
    raw = vtkUnsignedCharArray()
    renderer.window.GetPixelData(0, 0, WIDTH - 1, HEIGHT - 1, 0, raw, 0)
    return np.asarray(vtk_to_numpy(raw).reshape(HEIGHT, WIDTH, 3).sum(axis=2), np.float64)


@pytest.mark.parametrize(("kind", "wide"), [("box", 15.3), ("box", 1.4), ("prism", 15.3), ("drum", 20.0), ("drum", 2.7)])
def test_an_edge_moves_with_the_eye_and_does_not_jump(renderer: Renderer, kind: str, wide: float) -> None:
    what = content(plain(kind, wide), EYE)
    rows = np.stack([light(renderer, seen(what, right=step / EIGHTHS))[HEIGHT // 2] for step in range(EIGHTHS + 1)])
    contrast = np.ptp(rows)
    assert np.abs(np.diff(rows, axis=0)).max() < 0.35 * contrast  # an eighth of it, and what is rounded
    assert np.abs(rows[-1] - rows[0]).max() > 0.5 * contrast


def test_a_pipe_moves_and_does_not_jump(renderer: Renderer) -> None:
    what = content(pipe(2.2), EYE)
    columns = np.stack([light(renderer, seen(what, up=step / EIGHTHS))[:, WIDTH // 2] for step in range(EIGHTHS + 1)])
    contrast = np.ptp(columns)
    assert np.abs(np.diff(columns, axis=0)).max() < 0.35 * contrast
    assert np.abs(columns[-1] - columns[0]).max() > 0.5 * contrast


def test_what_is_cut_out_has_no_sky_in_its_edges() -> None:
    pixels = still(seen(content(plain("box", 15.5), EYE)), (WIDTH, HEIGHT), supersample=1, transparent=True)[HEIGHT // 2].astype(int)
    cut, whole = pixels[pixels[:, 3] == 255, :3], still(seen(content(plain("box", 15.5), EYE)), (WIDTH, HEIGHT), supersample=1)[HEIGHT // 2]
    mixed = whole[pixels[:, 3] == 255].astype(int)
    assert np.abs(cut - mixed).sum(axis=1).max() > 60  # the other picture has
    assert np.abs(np.diff(cut.sum(axis=1))).max() < 50
