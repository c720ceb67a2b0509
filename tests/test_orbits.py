"""Ghost orbits over a view: where they run, when they are there, what is written beside them, and what paints them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from geometry.history import AU, SUN
from geometry.spec import CitySpec
from tests.windows import shown
from viewer.camera import Camera
from viewer.command.cli import main
from viewer.drawing.overlay import explained, overlaid
from viewer.grips import seen
from viewer.link import link, parse
from viewer.lore import orbits
from viewer.qt.window import Window
from viewer.state import ViewState
from viewer.views import view

SIZE = (900.0, 600.0)
AT_NOW = replace(view("outside"), power="orbits")


def measure(words: str) -> tuple[float, float]:
    return 6.0 * len(words), 14.0


def above(away: float, about: tuple[float, float] = SUN) -> ViewState:
    """Straight over a spot of the plane of the orbits, looking down."""
    x, y = about
    camera = Camera((x, y, away), (x, y, 0.0), up=(0.0, 1.0, 0.0), fov=40.0)
    return ViewState(camera=camera, power="orbits")


def by_body(state: ViewState, size: tuple[float, float] = SIZE) -> dict[str, orbits.Ghost]:
    return {one.ring.body: one for one in orbits.ghosts(state, size, measure)}


def test_pixels_are_those_of_the_camera() -> None:
    points = np.random.default_rng(3).uniform(-6e11, 6e11, (40, 3))
    found, depth = orbits.projected(AT_NOW.camera, points, SIZE)
    for spot, away, point in zip(found, depth, points, strict=True):
        own = seen(AT_NOW.camera, point)
        assert (own is None) == (away <= 0.0) == bool(np.isnan(spot).any())
        assert own is None or spot == pytest.approx(own * SIZE[1] + np.array(SIZE) / 2.0)


def test_orbits_are_drawn_where_the_bodies_moved() -> None:
    """Seen from over the Sun, each is a circle as wide as astronomy has it; the Earth's goes through the City's middle."""
    away, half = 6.0e12, float(np.tan(np.radians(20.0)))
    found = by_body(above(away))
    assert list(found) == ["Jupiter", "Mars", "Earth", "Venus", "Mercury"][: len(found)]
    for body, radius in (("Jupiter", 5.2044 * AU), ("Mars", 1.5237 * AU)):
        apart = np.hypot(*(found[body].dashes - np.array(SIZE) / 2.0).reshape(-1, 2).T)
        assert apart == pytest.approx(radius / away / half * SIZE[1] / 2.0, rel=1e-9)
        assert found[body].depths == pytest.approx(away)
    earth = next(ring for ring in orbits.rings(AT_NOW) if ring.body == "Earth")
    assert np.hypot(*earth.centre) == earth.radius


def test_dashes_keep_their_places_as_the_eye_turns() -> None:
    near, turned = by_body(above(6.0e12)), by_body(above(6.0e12 * 1.01))
    assert near["Jupiter"].dashes.shape == turned["Jupiter"].dashes.shape
    long = np.hypot(*(near["Jupiter"].dashes[:, -1] - near["Jupiter"].dashes[:, 0]).T)
    apart = np.hypot(*np.diff(near["Jupiter"].dashes[:, 0], axis=0).T)
    assert np.all(long < 0.7 * apart.min())
    assert 8.0 < apart.mean() < 19.0


@pytest.mark.parametrize(("away", "bodies"), [(1e15, set()), (2.2e9, {"Moon"}), (2.5e13, {"Jupiter"}), (1e7, set())])
def test_an_orbit_is_there_while_it_is_neither_tiny_nor_vast(away: float, bodies: set[str]) -> None:
    assert set(by_body(above(away, (0.0, 0.0)))) == bodies


def test_it_comes_and_goes_softly() -> None:
    edge = (SUN[0] + 5.2044 * AU, 0.0)
    views = (by_body(above(float(away), edge)) for away in np.geomspace(5.0e13, 1.0e11, 120))
    strengths = [found["Jupiter"].strength for found in views if "Jupiter" in found]
    assert max(strengths) == 1.0
    assert strengths[0] < 0.4
    assert strengths[-1] < 0.4


def test_a_name_says_what_became_of_a_body() -> None:
    now = {ring.body: ring.label for ring in orbits.rings(AT_NOW)}
    assert now["Mars"] == "Mars, taken apart"
    assert now["Earth"] == "Earth, built over"
    past = {ring.body: ring.label for ring in orbits.rings(replace(AT_NOW, year=-36_000.0))}
    assert past == {body: body for body in now}
    small = {ring.body: ring.label for ring in orbits.rings(ViewState(city=CitySpec(radius_km=3.0e8)))}
    assert (small["Mercury"], small["Jupiter"]) == ("Mercury, taken apart", "Jupiter")


@pytest.mark.parametrize("name", ["opening", "outside", "half", "wedge"])
def test_names_stand_apart_in_the_free_part(name: str) -> None:
    free = (200.0, 40.0, 860.0, 520.0)
    found = orbits.ghosts(replace(view(name), power="orbits"), SIZE, measure, free)
    boxes = [one.box for one in found if one.box is not None]
    assert len(boxes) >= 3
    for left, top, right, bottom in boxes:
        assert free[0] <= left < right <= free[2]
        assert free[1] <= top < bottom <= free[3]
    for one, other in combinations(boxes, 2):
        assert one[0] >= other[2] or other[0] >= one[2] or one[1] >= other[3] or other[1] >= one[3]


def test_what_has_the_city_before_it_is_fainter() -> None:
    one = by_body(above(6.0e12))["Jupiter"]
    nearest = np.full(len(one.depths), np.inf)
    nearest[:5], nearest[5:9] = 5.0e12, np.nan
    cover = orbits.covered(one, nearest)
    assert cover[:5] == pytest.approx(orbits.HIDDEN)
    assert cover[5:] == pytest.approx(orbits.FREE)
    assert orbits.HIDDEN < 0.6 * orbits.FREE


def test_a_still_has_cool_hairlines_fainter_behind_the_city() -> None:
    state, clear = above(6.0e12), np.zeros((600, 900, 3), np.uint8)
    depths = np.full((600, 900), np.inf, np.float32)
    free = overlaid(clear, state, depths).astype(int)
    behind = overlaid(clear, state, np.full_like(depths, 1e12)).astype(int)
    lit = free.max(axis=-1) > 40
    assert 0.002 < lit.mean() < 0.03
    assert (free[lit][:, 2] >= free[lit][:, 0]).all()
    assert behind[lit].sum() < 0.75 * free[lit].sum()
    fine = overlaid(clear.astype(np.uint16), state, depths).astype(int)
    assert np.abs(fine / 257.0 - free).max() < 1.5
    through = overlaid(np.zeros((600, 900, 4), np.uint8), state, depths)
    assert (through[lit][:, 3] > 30).all()
    assert through[0, 0, 3] == 0


def test_nothing_is_laid_over_for_nobody_and_in_a_fast_lift() -> None:
    clear, depths = np.full((60, 90, 3), 7, np.uint8), np.full((60, 90), np.inf, np.float32)
    assert orbits.ghosts(replace(AT_NOW, beta=0.5), SIZE, measure) == ()
    for state in (replace(AT_NOW, beta=0.5), replace(AT_NOW, power="")):
        assert (overlaid(clear, state, depths) == 7).all()
    assert (explained(clear, replace(AT_NOW, power="")) == 7).all()
    assert (explained(clear, AT_NOW)[30:] != 7).any()


def test_they_are_in_the_link_and_a_typo_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    assert parse(link(AT_NOW)) == AT_NOW
    assert main(["render", "--overlay", "orbit", "-o", "x.png"]) == 2
    assert "settlements, orbits" in capfd.readouterr().err


@pytest.fixture(name="window")
def _window(qtbot: QtBot, tmp_path: Path) -> Iterator[Window]:
    yield from shown(qtbot, tmp_path)


def test_the_window_draws_them_at_once_and_knows_what_lies_before(window: Window, qtbot: QtBot) -> None:
    veil = window.stage.orbits
    assert not veil.isVisible()
    window.do("power.orbits")
    qtbot.waitUntil(lambda: veil.isVisible() and veil.probed, timeout=30_000)
    assert not window.stage.powers.isVisible()
    assert "Jupiter, taken apart" in veil.names
    before = veil.names
    window.change(replace(window.state, camera=above(6.0e12).camera), "Another eye")
    qtbot.waitUntil(lambda: not veil.probed, timeout=30_000)  # drawn for this eye, before anybody knows what lies before it
    assert "Jupiter, taken apart" in veil.names != before
    qtbot.waitUntil(lambda: veil.probed, timeout=30_000)
    window.do("view.lost")
    qtbot.waitUntil(lambda: not veil.isVisible(), timeout=30_000)
    window.do("undo")
    qtbot.waitUntil(veil.isVisible, timeout=30_000)
    window.do("power.alarm")
    qtbot.waitUntil(lambda: not veil.isVisible() and window.stage.powers.isVisible(), timeout=30_000)
    window.do("undo")
    window.do("power.orbits")
    qtbot.waitUntil(lambda: not veil.isVisible() and window.state.power == "", timeout=30_000)
