"""Twelve orders of magnitude in one picture: what is nearer wins at every decade, and nothing trembles at the rim."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from geometry.parts import parts
from tests.scenes import RADIUS, content, look
from tests.screens import rendering
from viewer.camera import Camera
from viewer.drawing import depth
from viewer.drawing.renderer import Renderer
from viewer.scene import Scene

COLUMNS, ROWS, CELL = 14, 8, 10
WIDTH, HEIGHT = COLUMNS * CELL, ROWS * CELL
FOV = 40.0
GAP = 1e-4
"""How much farther the farther plate of each pair is, in parts of its distance."""
EYE = (0.0, 0.0, RADIUS)


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    yield from rendering(WIDTH, HEIGHT)


@pytest.mark.parametrize("old", [False, True])
def test_a_board_of_pairs_at_every_decade_is_all_correct(old: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """However depth is told apart: by the rasteriser, or by the shaders where OpenGL is too old."""
    if old:
        monkeypatch.setattr(depth, "clip_from", lambda range_: False)
    for renderer in rendering(WIDTH, HEIGHT):
        _check_board(renderer)
        assert renderer.depth.possible is not old


def _check_board(renderer: Renderer) -> None:
    """One column a decade from 0.1 m to 1e12 m; in each field two plates, the nearer drawn first in one and last in the next."""
    half = float(np.tan(np.radians(FOV) / 2.0))
    places, sizes, nearer = [], [], np.zeros((ROWS, COLUMNS), int)
    for row in range(ROWS):
        for column in range(COLUMNS):
            distance = 10.0 ** (column - 1)
            x = (2.0 * (column + 0.5) / COLUMNS - 1.0) * half * COLUMNS / ROWS
            z = (2.0 * (row + 0.5) / ROWS - 1.0) * half
            nearer[row, column] = len(places) + (row + column) % 2
            for away in (distance, distance * (1.0 + GAP))[:: 1 - 2 * ((row + column) % 2)]:
                places.append((x * away, away, z * away))
                sizes.append((1.9 * half / ROWS * away, 1e-6 * away, 1.9 * half / ROWS * away))
    camera = Camera(EYE, (0.0, 1.0, RADIUS), (0.0, 0.0, 1.0), FOV)
    renderer.show(Scene(content(parts("box", places, sizes, 0), EYE), camera, look()))
    renderer.render()
    seen = np.round(renderer.gbuffer()[..., 2]).astype(int)
    middles = seen[CELL // 2 :: CELL, CELL // 2 :: CELL]
    np.testing.assert_array_equal(middles - middles[0, 0], nearer - nearer[0, 0])


@pytest.mark.parametrize("seed", range(6))
def test_what_is_drawn_at_the_rim_is_where_it_belongs(renderer: Renderer, seed: int) -> None:
    """A plate of 0.4 m, thirty metres off, seen from near and far of what the content was laid about: within 0.3 pixels."""
    draw = np.random.default_rng(seed)
    direction = draw.normal(size=3)
    anchor = direction / np.sqrt((direction**2).sum()) * RADIUS
    eye = anchor + draw.uniform(-400.0, 400.0, 3)
    ahead = np.array([0.0, 1.0, 0.0])
    middle = eye + 30.0 * ahead + np.array([draw.uniform(-6.0, 6.0), 0.0, draw.uniform(-4.0, 4.0)])
    plate = parts("box", [middle - anchor], [[2.0, 1e-3, 2.0]], 0)
    position = (float(eye[0]), float(eye[1]), float(eye[2]))
    focus = eye + 30.0 * ahead
    camera = Camera(position, (float(focus[0]), float(focus[1]), float(focus[2])), (0.0, 0.0, 1.0), FOV)
    what = replace(content(plate), anchor=anchor)
    renderer.show(Scene(what, camera, look()))
    renderer.render()
    there = renderer.gbuffer()[..., 1] > 0.0
    rows, columns = np.nonzero(there)
    assert len(rows) > 20
    scale = HEIGHT / 2.0 / np.tan(np.radians(FOV) / 2.0)
    offset = middle - eye
    expected = np.array([WIDTH / 2.0 + scale * offset[0] / offset[1], HEIGHT / 2.0 + scale * offset[2] / offset[1]])
    found = np.array([columns.mean() + 0.5, rows.mean() + 0.5])
    assert np.abs(found - expected).max() < 0.3
