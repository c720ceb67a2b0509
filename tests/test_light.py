"""Light that falls: shadows on walls, shafts in the air, the map they come from, and lamps that do not flicker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from geometry.address import Address
from geometry.eye import Eye
from geometry.material import Material
from geometry.parts import join, parts
from geometry.place import Frame, Place
from tests.scenes import RADIUS, content, look
from tests.screens import rendering
from viewer.camera import Camera, sides
from viewer.drawing import skylight
from viewer.drawing.passes import read_texture
from viewer.drawing.picture import still
from viewer.drawing.renderer import Renderer
from viewer.drawing.skylight import MOST, falls, sheet, stoppers
from viewer.drawing.upload import nearest_lamps
from viewer.scene import Content, Scene
from viewer.styles import style

WIDTH, HEIGHT = 192, 128
EYE = (0.0, 0.0, RADIUS)
UNLIT = (("light.cast", 0.0), ("light.shafts", 0.0))


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    yield from rendering(WIDTH, HEIGHT)


def _roofed(*, roof: bool = True, hour: float = 12.0, tuned: tuple[tuple[str, float], ...] = (), name: str = "concrete") -> Scene:
    """A floor below the eye, and over part of it a plate."""
    floor = parts("box", [[0.0, 60.0, -11.0]], [200.0, 200.0, 2.0], Material.CONCRETE)
    plate = parts("box", [[0.0, 60.0, 12.0]], [60.0, 60.0, 2.0], Material.CONCRETE)
    what = content(join([floor, plate] if roof else [floor]), EYE)
    air = replace(look(hour), style=style(name, tuned), haze_length=300.0, haze_height=1e9, indoors=False, inside=True)
    return Scene(what, Camera(EYE, (0.0, 60.0, RADIUS - 9.0), (0.0, 0.0, 1.0), 70.0), air)


def _lit(renderer: Renderer, scene: Scene) -> np.ndarray:
    renderer.show(scene)
    renderer.render()
    return np.asarray(renderer.lit()[..., :3].mean(axis=2))


def test_a_plate_throws_a_shadow_by_day_alone(renderer: Renderer) -> None:
    rows = slice(HEIGHT // 2 - 16, HEIGHT // 2)
    open_, under = (_lit(renderer, _roofed(roof=roof, tuned=(("light.shafts", 0.0),)))[rows].mean() for roof in (False, True))
    assert under < 0.85 * open_
    dark = [_lit(renderer, _roofed(hour=0.0, tuned=tuned)) for tuned in ((), UNLIT)]
    assert np.abs(dark[0] - dark[1]).max() < 1e-3


@pytest.mark.parametrize("name", ["concrete", "ink"])
def test_no_light_goes_out_at_once(renderer: Renderer, name: str) -> None:
    """From minute to minute of a dusk: all changes are parts of the whole change."""
    frames = [_lit(renderer, _roofed(hour=17.5 + k / 60.0, name=name)) for k in range(61)]
    steps = np.array([np.abs(b - a).mean() for a, b in pairwise(frames)])
    assert np.abs(frames[-1] - frames[0]).mean() > 0.01
    assert steps.max() < 0.1 * steps.sum()


def test_air_is_dark_under_a_plate_and_light_beside_it(renderer: Renderer) -> None:
    renderer.show(_roofed())
    renderer.render()
    assert renderer.shafts.frame is not None
    under = read_texture(renderer.window, renderer.shafts.frame.GetColorTexture())[..., 0]
    renderer.show(_roofed(roof=False))
    renderer.render()
    free = read_texture(renderer.window, renderer.shafts.frame.GetColorTexture())[..., 0]
    assert free.max() > 0.3
    assert under.mean() < 0.8 * free.mean()


def test_the_map_is_drawn_once_a_content(renderer: Renderer) -> None:
    scene = _roofed()
    renderer.show(scene)
    assert renderer.sky.renderer.GetDraw()
    renderer.render()
    for later in (replace(scene, look=replace(scene.look, hour=15.0)), replace(scene, camera=replace(scene.camera, fov=50.0))):
        renderer.show(later)
        assert not renderer.sky.renderer.GetDraw()
        renderer.render()
    renderer.show(_roofed())
    assert renderer.sky.renderer.GetDraw()


@pytest.mark.parametrize("name", ["blueprint", "netsphere"])
def test_styles_of_lines_have_no_shafts(renderer: Renderer, name: str) -> None:
    renderer.show(_roofed(name=name))
    assert not renderer.shafts.renderer.GetDraw()
    assert not renderer.sky.renderer.GetDraw()


def test_strength_is_a_number_of_the_style() -> None:
    plain = still(_roofed(), (64, 48), supersample=1).astype(int)
    for row in UNLIT:
        assert np.abs(still(_roofed(tuned=(row,)), (64, 48), supersample=1).astype(int) - plain).max() > 3


def test_the_same_light_every_time() -> None:
    assert np.array_equal(still(_roofed(), (64, 48)), still(_roofed(), (64, 48)))


@pytest.mark.parametrize("step", [0.003, 0.02, 0.3])
def test_light_keeps_its_place_when_the_anchor_moves(step: float) -> None:
    """The map's texels, and the lamps over each place: whatever the anchor, the same place has the same light."""
    forward = np.array([0.0, 1.0, 0.0])
    here = content(parts("box", [[0.0, 60.0, -11.0]], [200.0, 200.0, 2.0]), (3.0e11, -4.0e11, 6.0e11 + 1.0e3))
    floor = float(np.sqrt((np.asarray(here.anchor) ** 2).sum())) - 50.0
    one = falls(here, 300.0, forward, 512, floor)
    texel, fold = 2.0 * one.half / one.side, 2
    move = step * one.reach * (one.axes[0] + 0.3 * one.axes[1] + 0.2 * one.up)
    there = replace(here, anchor=np.asarray(here.anchor) + move)
    two = falls(there, 300.0, forward, 512, floor)
    assert (two.half, two.reach) == (one.half, one.reach)
    shift = (np.asarray(two.middle) + two.axes[:2] @ move - one.middle) / (fold * texel)
    assert np.abs(shift - np.round(shift)).max() < 1e-3
    right, upward = (int(k) for k in np.round(shift))
    lamps, moved = sheet(here, one), sheet(there, two)
    assert 0.1 < (lamps > 0.0).mean() < 0.95
    low, high = (slice(max(k, 0), 256 + min(k, 0)) for k in (upward, right))
    back, left = (slice(max(-k, 0), 256 + min(-k, 0)) for k in (upward, right))
    assert np.abs(lamps[low, high] - moved[back, left]).max() < 0.02


def _among_blocks(step: float) -> Content:
    """Slabs over a floor, as they are from an anchor `step` metres along."""
    rng = np.random.default_rng(5)
    places = np.stack([rng.uniform(-70, 70, 60), rng.uniform(5, 120, 60), rng.uniform(2, 14, 60)], axis=1)
    blocks = parts("box", places - [0.0, step, 0.0], rng.uniform([8.0, 8.0, 1.0], [18.0, 18.0, 2.0], (60, 3)), Material.CONCRETE)
    floor = parts("box", [[0.0, 60.0 - step, -13.0]], [400.0, 400.0, 2.0], Material.CONCRETE)
    return content(join([floor, blocks]), (0.0, step, RADIUS))


@pytest.mark.parametrize("step", [0.1, 0.9])
def test_another_content_a_step_further_on_moves_no_light(renderer: Renderer, step: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same camera with the content made for it and for the frame before: no shadow, no shaft of light jumps."""
    eye = (0.0, 0.0, RADIUS)
    air = replace(look(12.0), style=style("concrete"), haze_length=300.0, haze_height=1e9, indoors=False, inside=True)
    camera = Camera(eye, (0.0, 60.0, RADIUS - 9.0), (0.0, 0.0, 1.0), 70.0)
    one, two = (_lit(renderer, Scene(_among_blocks(k), camera, air)) for k in (0.0, step))
    dark = _lit(renderer, Scene(_among_blocks(0.0), camera, replace(air, style=style("concrete", UNLIT))))
    monkeypatch.setattr(skylight, "stoppers", lambda instances, fall: np.zeros(0, np.intp))
    free = _lit(renderer, Scene(_among_blocks(0.0), camera, air))
    assert np.abs(one - dark).mean() > 0.1 * one.mean(), "no light falls that could move"
    assert np.abs(one - free).mean() > 0.03 * one.mean(), "there is no shadow that could move"
    change = np.abs(one - two)
    assert change.mean() < 0.004 * one.mean()
    assert (change > 0.1 * one.mean()).mean() < 0.005


def test_what_stops_light_is_large_solid_and_below_the_lamps() -> None:
    rows = join(
        [
            parts("box", [[0.0, 20.0, 0.0]], [20.0, 20.0, 1.0]),
            parts("box", [[0.0, 20.0, 5.0]], [20.0, 20.0, 1.0], Material.LAMP),
            parts("box", [[0.0, 20.0, 0.0]], [1e-3] * 3),
            parts("box", [[0.0, 20.0, 5.0e3]], [20.0, 20.0, 1.0]),
            parts("box", [[9.0e4, 20.0, 0.0]], [20.0, 20.0, 1.0]),
        ]
    )
    what = content(rows, EYE)
    fall = replace(falls(what, 100.0, np.array([0.0, 1.0, 0.0]), 512), half=60.0, level=60.0)
    assert stoppers(what.instances, fall).tolist() == [0]
    many = content(parts("box", np.zeros((MOST // 6, 3)), [20.0, 20.0, 1.0]), EYE)
    assert 0 < len(stoppers(many.instances, fall)) <= MOST // 12


def test_a_failing_lamp_changes_slowly_over_a_filmed_day(renderer: Renderer) -> None:
    lamps = parts("box", [[4.0 * (k - 3), 20.0, 0.0] for k in range(7)], [3.0, 3.0, 3.0], Material.LAMP, tint=[30 + k for k in range(7)])
    scene = Scene(content(lamps, EYE), Camera(EYE, (0.0, 20.0, RADIUS), (0.0, 0.0, 1.0), 60.0), look(12.0))
    minutes = [_lit(renderer, replace(scene, look=replace(scene.look, hour=9.0 + k / 20.0))) for k in range(60)]
    step = np.abs(np.diff([frame[HEIGHT // 2 - 4 : HEIGHT // 2 + 4].mean(axis=0) for frame in minutes], axis=0)).max()
    swing = np.ptp([frame[HEIGHT // 2 - 4 : HEIGHT // 2 + 4].mean(axis=0) for frame in minutes], axis=0).max()
    assert swing > 0.1
    assert step < 0.25 * swing


def test_shafts_are_drawn_again_for_another_haze_and_not_for_another_hour(renderer: Renderer) -> None:
    scene = _roofed()
    dark = replace(scene, look=replace(scene.look, hour=15.0))
    thick = replace(scene, look=replace(scene.look, haze_length=100.0))
    for shown, drawn in ((scene, True), (dark, False), (thick, True), (replace(thick, camera=replace(thick.camera, fov=60.0)), True)):
        renderer.show(shown)
        assert bool(renderer.shafts.renderer.GetDraw()) is drawn
        renderer.render()


@pytest.mark.parametrize(("count", "far"), [(60, 160.0), (7, 60.0)])
def test_no_lamp_is_lit_or_put_out_at_once(count: int, far: float) -> None:
    """An eye moves through lamps, a tenth of a metre a step: each brightens and dims little by little, also where it leaves the picture,
    and where it is left out it was dark before."""
    rng = np.random.default_rng(3)
    at = np.column_stack([rng.uniform(-20, 20, count), rng.uniform(-20, far, count), rng.uniform(-8, 8, count)])
    camera = Camera((0.0, 0.0, 0.0), (0.0, 10.0, 0.0), (0.0, 0.0, 1.0), 60.0)
    place = Place("room", 1, Address(1), Frame(np.zeros(3), np.eye(3)), (400.0, 400.0, 40.0))
    strengths = []
    for moved in np.arange(0.0, 8.0, 0.1):
        eye = Eye(np.array([0.0, moved, 0.0]), 300.0, sides(camera, 1.5), 3.0)
        lamps = parts("box", at, [0.4, 0.4, 0.1], Material.WARM_LIGHT)
        kept = np.flatnonzero(eye.widths(place, lamps) > eye.part_pixels)
        seen = replace(content(lamps[kept]), finest=eye.part_pixels / eye.pixels, sides=eye.sides)
        seen = replace(seen, instances=replace(seen.instances, position=(at[kept] - eye.position).astype(np.float32)))
        rows = nearest_lamps(seen, 8)
        strength = np.zeros(len(at))
        for row in rows:
            strength[np.abs(at - eye.position - row[:3]).sum(axis=1).argmin()] = row[3]
        strengths.append(strength)
    steps = np.abs(np.diff(strengths, axis=0))
    assert np.max(strengths) > 5.0
    assert (np.ptp(strengths, axis=0) > 1.0).any()  # they do change
    assert steps.max() < 0.25 * np.max(strengths)
