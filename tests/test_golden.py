"""Golden pictures: every style at a view from within and one from outside, as the software renderer draws them.

    UPDATE_PICTURES=1 python -m pytest tests/test_golden.py

accepts the pictures as they are now; look at each before you commit it. Where one differs, the new one and the difference lie in
out/pictures.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from geometry.city import City
from viewer.compose import Unfolder, content, scene
from viewer.drawing.picture import Sampler, offscreen
from viewer.scene import Content
from viewer.state import ViewState
from viewer.styles import project_names, style
from viewer.views import view

U8 = NDArray[np.uint8]
ROOT = Path(__file__).resolve().parents[1]
KEPT, NEW = ROOT / "tests" / "pictures", ROOT / "out" / "pictures"
SIZE, TRIANGLES = (320, 180), 60_000
VIEWS = ("canyon", "opening")
MEAN, SHARE, LEVEL = 0.4, 0.004, 24
"""The most that two pictures of the same may differ: steps of 255 on average, and the part of the pixels that differ by more than LEVEL.
Parts moved by the rounding of a float32 change a picture by 0.05 and 0.0005, ten times that by 0.2 and 0.0015; 5 % more exposure by 0.9
at least, in any style."""


@dataclass
class Stage:
    """What the pictures are drawn of."""

    sampler: Sampler
    contents: dict[str, Content]

    def draw(self, state: ViewState, what: Content) -> U8:
        return self.sampler(scene(state, what))[0]


def renderer() -> str:
    """What the driver calls itself."""
    window = offscreen(8, 8)
    window.Render()
    said = window.ReportCapabilities()
    window.Finalize()
    return next((line.partition(":")[2].strip() for line in said.splitlines() if "renderer string" in line), "unknown")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    name = renderer()
    if "llvmpipe" not in name:
        pytest.skip(f"GOLDEN PICTURES WERE NOT COMPARED: they are llvmpipe's, and this is {name}; set LIBGL_ALWAYS_SOFTWARE=1")
    sampler = Sampler(SIZE, 2, taps=16)
    yield Stage(sampler, {name: content(Unfolder(City(view(name).city)), view(name), SIZE, TRIANGLES) for name in VIEWS})
    sampler.close()


def difference(a: U8, b: U8) -> tuple[float, float]:
    """The mean of it in steps of 255, and the part of the pixels where it is more than LEVEL."""
    steps = np.abs(a.astype(int) - b.astype(int))
    return float(steps.mean()), float((steps.max(axis=2) > LEVEL).mean())


def alike(a: U8, b: U8) -> bool:
    mean, share = difference(a, b)
    return mean <= MEAN and share <= SHARE


def webp(pixels: U8) -> bytes:
    """Without loss, and half as large as a PNG."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "WEBP", lossless=True, quality=100, method=6)
    return file.getvalue()


def read(path: Path) -> U8:
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("drawn", project_names())
def test_pictures_are_as_reviewed(name: str, drawn: str, stage: Stage) -> None:
    """Set UPDATE_PICTURES=1 to accept new ones."""
    pixels, kept = stage.draw(replace(view(name), style=drawn), stage.contents[name]), KEPT / f"{name}-{drawn}.webp"
    if os.environ.get("UPDATE_PICTURES") and not (kept.exists() and alike(pixels, read(kept))):
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(webp(pixels))
    assert kept.exists(), f"{kept} is missing; UPDATE_PICTURES=1 draws it"
    golden = read(kept)
    if alike(pixels, golden):
        return
    NEW.mkdir(parents=True, exist_ok=True)
    steps = np.abs(pixels.astype(int) - golden.astype(int))
    Image.fromarray(pixels).save(NEW / f"{name}-{drawn}.png")
    Image.fromarray(np.minimum(steps * 4, 255).astype(np.uint8)).save(NEW / f"{name}-{drawn}-difference.png")
    mean, share = difference(pixels, golden)
    pytest.fail(
        f"{drawn} at {name} differs by {mean:.2f} of 255 on average (at most {MEAN}), and by more than {LEVEL} in {share:.2%} of its "
        f"pixels (at most {SHARE:.2%}). The new picture and four times the difference are in {NEW}, the old one in {kept.parent}. "
        "If the new one is better: UPDATE_PICTURES=1"
    )


@pytest.mark.parametrize("name", VIEWS)
@pytest.mark.parametrize("drawn", project_names())
def test_rounding_is_forgiven_and_a_change_of_style_is_not(name: str, drawn: str, stage: Stage) -> None:
    state, what = replace(view(name), style=drawn), stage.contents[name]
    pixels = stage.draw(state, what)
    ulp = 3e-7 * np.random.default_rng(1).normal(size=what.instances.position.shape).astype(np.float32)
    moved = replace(what, instances=replace(what.instances, position=what.instances.position * (1 + ulp)))
    assert alike(pixels, stage.draw(state, moved))
    exposure = style(drawn).values["grade.exposure"]
    assert isinstance(exposure, float)
    assert not alike(pixels, stage.draw(replace(state, tuned=(("grade.exposure", 1.05 * exposure),)), what))


def test_the_pictures_are_those_of_the_styles_and_small() -> None:
    files = list(KEPT.iterdir())
    assert {file.name for file in files} == {f"{name}-{drawn}.webp" for name in VIEWS for drawn in project_names()}
    assert sum(file.stat().st_size for file in files) < 1_000_000
