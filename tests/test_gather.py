"""Light gathered by rays: what is under a roof is dark, softly so; nothing else is asked of who has no Embree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.material import Material
from geometry.parts import parts
from tests.scenes import RADIUS, content, look
from viewer.camera import Camera
from viewer.command import batch
from viewer.drawing.picture import behind, still
from viewer.errors import UsageError
from viewer.scene import Scene

SIZE = (64, 36)


def _roofed() -> Scene:
    """A floor under the eye, the left half of it under a slab."""
    eye = (0.0, 0.0, RADIUS)
    where, size = [[0.0, 40.0, -5.5], [-20.0, 40.0, 4.0]], [[80.0, 80.0, 1.0], [40.0, 60.0, 1.0]]
    scene = Scene(content(parts("box", where, size, Material.CONCRETE, tint=200), eye), Camera(eye, (0.0, 20.0, RADIUS - 4.0)), look())
    return replace(scene, look=replace(scene.look, haze_length=400.0, inside=True, indoors=False))


def _rays() -> None:
    pytest.importorskip("embreex", reason="rays need the extra [bake]")


def test_rays_are_stopped_by_a_roof() -> None:
    _rays()
    from viewer.drawing.gather import gathered

    scene = _roofed()
    first, second = (gathered(scene, *behind(scene, SIZE), 16) for _ in range(2))
    assert np.array_equal(first, second)
    row = first[20]  # on the floor, amid the roof's length; bottom row first
    assert row[:8, 0].mean() < 0.35 < 0.8 < row[-8:, 0].mean()
    assert np.abs(np.diff(row[:, 0])).max() < 0.1, "no edge as hard as the roof's"
    assert row[:8, 1].mean() > 3.0 * row[-8:, 1].mean(), "the roof throws light back"


def test_a_still_is_lit_by_what_rays_gather() -> None:
    _rays()
    plain, lit = (still(_roofed(), SIZE, supersample=1, rays=rays)[20].mean(axis=-1) for rays in (0, 4))
    assert plain[-8:].mean() - plain[:8].mean() < 0.5 * (lit[-8:].mean() - lit[:8].mean())


def test_rays_without_embree_are_refused_before_anything_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "find_spec", lambda name: None)
    batch.check_rays(0)
    with pytest.raises(UsageError, match="pip install embreex"):
        batch.check_rays(16)
