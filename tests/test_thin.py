"""Cables and rails thinner than a pixel: whole from end to end, and no darker than the share of a pixel that they cover."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from vtkmodules.util.numpy_support import vtk_to_numpy
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

from geometry.material import Material
from geometry.parts import Parts, join, parts
from geometry.rules.masses import cables
from tests.scenes import RADIUS, content, look
from tests.screens import rendering
from viewer.camera import Camera
from viewer.drawing.renderer import Renderer
from viewer.scene import Scene

WIDTH, HEIGHT, FOV, AWAY = 160, 90, 40.0, 300.0
PIXEL = 2.0 * AWAY * float(np.tan(np.radians(FOV) / 2.0)) / HEIGHT
"""Metres that a pixel is wide, so far away."""
EYE = (0.0, 0.0, RADIUS)


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    yield from rendering(WIDTH, HEIGHT)


def cable(thick: float, sag: float) -> Parts:
    """One from the left to the right of the picture."""
    return cables(np.array([[-120.0, AWAY, 20.0]]), np.array([[120.0, AWAY, 35.0]]), sag, thick)


def rod(thick: float) -> Parts:
    """A level box."""
    return parts("box", [[0.0, AWAY, 0.37]], [[240.0, thick, thick]], Material.STEEL)


def drawn(renderer: Renderer, what: Parts) -> NDArray[np.float32]:
    renderer.show(Scene(content(what, EYE), Camera(EYE, (0.0, AWAY, RADIUS), (0.0, 0.0, 1.0), FOV), look()))
    renderer.render()
    return renderer.gbuffer()


def pictured(renderer: Renderer) -> NDArray[np.float64]:
    """(h, w) sums of the last picture's colours."""
    raw = vtkUnsignedCharArray()
    renderer.window.GetPixelData(0, 0, WIDTH - 1, HEIGHT - 1, 0, raw, 0)
    return np.asarray(vtk_to_numpy(raw).reshape(HEIGHT, WIDTH, 3).sum(axis=2), np.float64)


def _columns() -> slice:
    reach = int(118.0 / PIXEL)
    return slice(WIDTH // 2 - reach, WIDTH // 2 + reach)


@pytest.mark.parametrize("what", [cable(0.10, 25.0), cable(0.4, 8.0), cable(0.04, 0.5), cable(6.0, 8.0), rod(0.05), rod(1.5)], ids=range(6))
def test_what_is_far_and_thin_is_whole(renderer: Renderer, what: Parts) -> None:
    there = drawn(renderer, what)[:, _columns(), 1] > 0.0
    assert there.any(axis=0).all()


@pytest.mark.parametrize(("what", "thick"), [(rod(0.05), 0.05), (rod(0.5), 0.5), (cable(0.3, 15.0), 0.3), (rod(8.0), 8.0)], ids=range(4))
def test_it_covers_as_much_of_a_pixel_as_it_would(renderer: Renderer, what: Parts, thick: float) -> None:
    found = drawn(renderer, what)[:, _columns()]
    covered = np.where(found[..., 1] > 0.0, found[..., 3], 0.0).sum(axis=0).mean()
    assert covered == pytest.approx(thick / PIXEL, rel=0.35)


def test_a_far_cable_is_seen_through(renderer: Renderer) -> None:
    wall = parts("box", [[0.0, AWAY + 60.0, 0.0]], [[900.0, 1.0, 900.0]], Material.FIGURE)  # without joints
    drawn(renderer, wall)
    bare = pictured(renderer)
    drawn(renderer, join([wall, rod(0.1)]))
    fine = np.abs(pictured(renderer) - bare)[:, _columns()].max()
    drawn(renderer, join([wall, rod(4.0 * PIXEL)]))
    full = np.abs(pictured(renderer) - bare)[:, _columns()].max()
    assert fine < 0.2 * full
