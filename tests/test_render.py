"""The renderer: depth at every scale, cuts and their faces, the hour in the shader, and that nothing is uploaded twice."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from geometry.material import Material
from tests.scenes import RADIUS, box_ahead
from tests.screens import rendering
from viewer.camera import Camera
from viewer.daylight import daylight, local_hour
from viewer.drawing.picture import Sampler, offscreen
from viewer.drawing.renderer import Renderer
from viewer.drawing.uniforms import Frame, ball_rows, cut_rows, lattice, lens, whole_frame
from viewer.scene import Scene
from viewer.state import Plane, Shells, Wedge

WIDTH, HEIGHT = 96, 64
SECTION = 2


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    yield from rendering(WIDTH, HEIGHT)


def _drawn(renderer: Renderer, scene: Scene) -> np.ndarray:
    renderer.show(scene)
    renderer.render()
    return renderer.gbuffer()


def _kinds(gbuffer: np.ndarray) -> np.ndarray:
    return np.floor(gbuffer[..., 0] / 4194304).astype(int)


@pytest.mark.parametrize("distance", [4.0, 1.0e3, 1.0e6, 1.8e9, 1.0e12])
def test_depth_is_exact_at_every_scale(renderer: Renderer, distance: float) -> None:
    scene = box_ahead(distance, distance)
    _drawn(renderer, scene)
    assert renderer.depth_at(WIDTH // 2, HEIGHT // 2) == pytest.approx(distance, rel=1e-5)
    assert renderer.depth_at(0, 0) is None
    assert renderer.depth_at(-1, 5) is None


def test_the_nearer_wins_under_logarithmic_depth(renderer: Renderer) -> None:
    near, far = box_ahead(4.0, 1.0), box_ahead(4.0e6, 4.0e6)
    both = [
        np.concatenate([getattr(s.content.instances, f) for s in (near, far)])
        for f in ("prototype", "position", "rotation", "scale", "look")
    ]
    scene = replace(near, content=replace(near.content, instances=type(near.content.instances)(*both)))
    _drawn(renderer, scene)
    assert renderer.depth_at(WIDTH // 2, HEIGHT // 2) == pytest.approx(4.0, rel=1e-5)
    assert renderer.depth_at(WIDTH // 2 + 15, HEIGHT // 2) == pytest.approx(4.0e6, rel=1e-5)


def test_a_plane_cuts_and_its_face_is_drawn_at_the_plane(renderer: Renderer) -> None:
    cut = Plane((0.0, 14.0, RADIUS), (0.0, -1.0, 0.0))
    picture = _drawn(renderer, box_ahead(10.0, 10.0, cuts=(cut,)))
    assert _kinds(picture)[HEIGHT // 2, WIDTH // 2] == SECTION
    assert renderer.depth_at(WIDTH // 2, HEIGHT // 2) == pytest.approx(14.0, rel=1e-4)


def test_a_cut_beyond_the_box_hides_it(renderer: Renderer) -> None:
    cut = Plane((0.0, 30.0, RADIUS), (0.0, -1.0, 0.0))
    assert not (_drawn(renderer, box_ahead(10.0, 10.0, cuts=(cut,)))[..., 1] > 0).any()


def test_several_cuts_at_once_show_the_last_face(renderer: Renderer) -> None:
    cuts = tuple(Plane((0.0, y, RADIUS), (0.0, -1.0, 0.0)) for y in (12.0, 16.0, 13.0))
    picture = _drawn(renderer, box_ahead(10.0, 10.0, cuts=cuts))
    assert _kinds(picture)[HEIGHT // 2, WIDTH // 2] == SECTION
    assert renderer.depth_at(WIDTH // 2, HEIGHT // 2) == pytest.approx(16.0, rel=1e-4)


def _outside_looking_in(cuts: tuple[Plane | Wedge | Shells, ...]) -> Scene:
    scene = box_ahead(1.0e12, 1.0e12, cuts=cuts)
    camera = Camera((0.0, -3.0e12, 0.0), (0.0, 0.0, 0.0), (0.0, 0.0, 1.0), 40.0)
    at = replace(scene.content, anchor=np.array([0.0, -1.5e12, 0.0]))
    return replace(scene, content=at, camera=camera)


def test_shells_are_cut_from_a_box(renderer: Renderer) -> None:
    scene = _outside_looking_in((Shells(0.0, 4.0e11),))
    nearer = replace(scene.content, anchor=np.array([0.0, -1.7e12, 0.0]))
    picture = _drawn(renderer, replace(scene, content=nearer))
    assert _kinds(picture)[HEIGHT // 2, WIDTH // 2] == SECTION
    assert renderer.depth_at(WIDTH // 2, HEIGHT // 2) == pytest.approx(2.6e12, rel=1e-3)
    assert renderer.depth_at(WIDTH // 2 + 15, HEIGHT // 2) is None


@pytest.mark.parametrize(("start", "angle", "hides"), [(-135.0, 90.0, True), (45.0, 90.0, False), (-190.0, 300.0, True)])
def test_wedges(renderer: Renderer, start: float, angle: float, hides: bool) -> None:
    _drawn(renderer, _outside_looking_in((Wedge(start, angle),)))
    depth = renderer.depth_at(WIDTH // 2 + 2, HEIGHT // 2)
    front = depth is not None and depth == pytest.approx(2.5e12, rel=1e-4)
    assert front is not hides


def test_the_shader_knows_the_same_day_as_python(renderer: Renderer) -> None:
    def shine(hour: float) -> float:
        scene = box_ahead(10.0, 10.0, material=Material.LAMP)
        _drawn(renderer, replace(scene, look=replace(scene.look, hour=hour)))
        return float(renderer.lit()[HEIGHT // 2 - 4 : HEIGHT // 2 + 4, WIDTH // 2 - 4 : WIDTH // 2 + 4, :3].sum(axis=2).mean())

    dark, light = shine(0.0), shine(12.0)
    assert light > 5 * dark
    for hour in (5.6, 5.8, 5.9, 6.0, 6.1, 6.2, 17.9, 18.05, 20.0):
        assert (shine(hour) - dark) / (light - dark) == pytest.approx(daylight(hour, 0.5), abs=0.04)


def test_daylight_covers_its_duty() -> None:
    hours = np.linspace(0.0, 24.0, 4801)[:-1]
    for duty in (0.25, 0.5, 0.75, 1.0):
        assert np.mean([daylight(h, duty) for h in hours]) == pytest.approx(duty, abs=2e-3)
    assert daylight(local_hour(0.0, 128), 0.5) == 1.0


def test_only_what_changed_is_applied(renderer: Renderer) -> None:
    scene = box_ahead(10.0, 10.0)
    renderer.show(scene)
    before = renderer.masses.parts[0].GetMapper().GetInputDataObject(0, 0)
    renderer.show(replace(scene, look=replace(scene.look, hour=3.0), cuts=(Wedge(),)))
    assert renderer.masses.parts[0].GetMapper().GetInputDataObject(0, 0) is before
    told = renderer.masses.parts[0].GetShaderProperty().GetMTime()
    renderer.show(replace(scene, look=replace(scene.look, hour=3.0), cuts=(Wedge(),)))
    assert renderer.masses.parts[0].GetShaderProperty().GetMTime() == told


def test_windows_open_and_close_again() -> None:
    for _ in range(3):
        window = offscreen(16, 16)
        drawn = Renderer(window)
        drawn.show(box_ahead(10.0, 10.0))
        drawn.render()
        drawn.release()
        window.Finalize()


def test_a_shell_is_told_in_double_precision() -> None:
    eye = np.array([0.0, 0.0, RADIUS + 2.0])
    (k, _, side, _) = ball_rows((Shells(0.0, RADIUS),), eye)[0]
    assert side == 1.0
    assert k == pytest.approx(2.0, abs=1e-3)


def test_a_wide_wedge_is_two_half_spaces() -> None:
    eye = np.zeros(3)
    assert len(cut_rows((Wedge(0.0, 90.0),), eye)) == 1
    assert len(cut_rows((Wedge(0.0, 270.0),), eye)) == 2
    assert cut_rows((Wedge(0.0, 0.0),), eye) == []


def test_a_tile_looks_through_its_part_of_the_lens() -> None:
    camera = Camera((0.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0), 90.0)
    sx, sy, ox, oy = lens(camera, whole_frame(200, 100))
    assert (sx, sy, ox, oy) == pytest.approx((0.5, 1.0, 0.0, 0.0))
    tx, ty, px, py = lens(camera, Frame(100, 50, (200, 100), (100, 0)))
    assert (tx * 2.0 + px, ty * 0.0 + py) == pytest.approx((1.0, 1.0))


def test_patterns_keep_their_place_to_the_metre_at_the_rim() -> None:
    one, two = (np.array(lattice(np.array([0.0, 0.0, RADIUS + step]))).reshape(16, 4) for step in (0.0, 1.0))
    assert (two - one)[0, 2] == pytest.approx(1.0, abs=1e-3)
    assert (two - one)[1, 2] == pytest.approx(0.125, abs=1e-3)


def test_another_hour_draws_no_part_again(renderer: Renderer) -> None:
    scene = box_ahead(10.0, 10.0, material=Material.LAMP)
    before = _drawn(renderer, replace(scene, look=replace(scene.look, hour=0.0)))
    dark = renderer.lit().sum()
    renderer.show(replace(scene, look=replace(scene.look, hour=12.0)))
    assert not renderer.city.GetDraw()
    renderer.render()
    assert renderer.lit().sum() > dark
    assert np.array_equal(renderer.gbuffer(), before)
    renderer.show(replace(scene, camera=replace(scene.camera, fov=50.0)))
    assert renderer.city.GetDraw()


def test_a_picture_in_portions_is_the_same(renderer: Renderer) -> None:
    scene, aside = (box_ahead(distance, 6.0) for distance in (10.0, 14.0))
    whole = _drawn(renderer, scene), renderer.lit()
    _drawn(renderer, aside)
    renderer.show(scene)
    portions = renderer.portions()
    next(portions)
    assert not np.array_equal(renderer.lit(), whole[1])
    assert sum(1 for _ in portions) >= 4
    assert np.array_equal(renderer.gbuffer(), whole[0])
    assert np.allclose(renderer.lit(), whole[1], atol=2e-3)
    assert renderer.depth_at(WIDTH // 2, HEIGHT // 2) == pytest.approx(10.0, rel=1e-5)


def test_a_picture_that_is_broken_off_spoils_no_other(renderer: Renderer) -> None:
    scene, aside = (box_ahead(distance, 6.0) for distance in (10.0, 14.0))
    whole = _drawn(renderer, scene), renderer.lit()
    renderer.show(aside)
    portions = renderer.portions()
    next(portions)
    next(portions)
    assert renderer.depth_at(WIDTH // 2, HEIGHT // 2) == pytest.approx(14.0, rel=1e-5)
    assert np.array_equal(_drawn(renderer, scene), whole[0])
    assert np.array_equal(renderer.lit(), whole[1])


def test_a_coarse_picture_is_small_and_knows_its_depth(renderer: Renderer) -> None:
    scene = box_ahead(10.0, 10.0)
    renderer.coarsen(0.25, (WIDTH, HEIGHT))
    assert _drawn(renderer, scene).shape[:2] == (HEIGHT // 4, WIDTH // 4)
    assert renderer.depth_at(WIDTH // 2, HEIGHT // 2) == pytest.approx(10.0, rel=1e-4)
    renderer.coarsen(1.0, (WIDTH, HEIGHT))
    assert _drawn(renderer, scene).shape[:2] == (HEIGHT, WIDTH)


def test_a_renderer_that_is_done_leaves_nothing_behind() -> None:
    """Who listens to a mapper and knows the window would keep both, and with them all that was uploaded."""
    sampler = Sampler((32, 24))
    sampler(box_ahead(4.0, 1.0))
    window = weakref.ref(sampler._window)
    actors = [weakref.ref(actor) for actor in sampler._renderer._actors]
    sampler.close()
    del sampler
    gc.collect()
    assert window() is None
    assert [actor for actor in actors if actor() is not None] == []
