"""Scouting and its rubric: numbers that tell a picture from a bad one, and the same finds every time."""

from dataclasses import replace

import numpy as np
import pytest

from geometry.city import City
from geometry.search import first
from geometry.spec import CitySpec
from viewer.drawing import scout
from viewer.drawing.sheet import STRIP, contact_sheet, told
from viewer.errors import InputError
from viewer.pictures.rubric import Check, blurred, judge, score
from viewer.stands import STANDS
from viewer.state import ViewState

NOWHERE = np.full((135, 240), np.inf, dtype=np.float32)


def picture() -> tuple[np.ndarray, np.ndarray]:
    """Six planes, darker the nearer, with a few lights: what the rubric looks for."""
    column = np.broadcast_to(np.arange(240) // 40, (135, 240))
    noise = np.random.default_rng(1).normal(0.0, 8.0, (135, 240))
    tone = np.clip(15 + 42 * column + noise + 20 * np.sin(np.arange(135) / 20.0)[:, None], 0, 255)
    tone[::40, ::60] = 255
    depth = (10.0 ** (1.0 + 0.5 * column)).astype(np.float32)
    return np.repeat(tone[..., None], 3, axis=2).astype(np.uint8), depth


def test_a_blank_picture_fails_nearly_everything() -> None:
    checks = judge(np.full((135, 240, 3), 128, np.uint8), NOWHERE)
    assert sum(check.passed for check in checks) <= 2
    assert score(checks) < 4.0


def test_planes_and_a_figure_are_found() -> None:
    pixels, depth = picture()
    checks = {check.name: check for check in judge(pixels, depth, (30.0, 0.5))}
    for name in ("contrast of the large masses", "range of tones", "planes of depth", "brighter with depth", "a figure for scale, pixels"):
        assert checks[name].passed, checks[name]
    assert not {check.name: check for check in judge(255 - pixels, depth)}["brighter with depth"].passed


def _with_lights(rows: np.ndarray, columns: np.ndarray) -> float:
    """What the check of lights says of a grey picture with bright spots there."""
    pixels = np.full((270, 480, 3), 40, np.uint8)
    pixels[rows, columns] = 250
    return {check.name: check.value for check in judge(pixels, np.full((270, 480), np.inf, np.float32))}["lights"]


def test_lights_count_where_they_gather() -> None:
    draw = np.random.default_rng(4)
    where = draw.integers(0, [[270], [480]], (2, 400))
    homes = np.clip(draw.integers(20, [[250], [460]], (2, 12)).repeat(33, axis=1) + draw.normal(0.0, 8.0, (2, 396)).astype(int), 0, 269)
    rows, columns = (values.ravel() for values in np.mgrid[6:270:14, 6:480:24])
    assert 0.001 < _with_lights(*homes) < 0.01
    assert _with_lights(*where) == 0.0
    assert _with_lights(rows, columns) == 0.0


def test_a_blur_keeps_the_mean_of_what_is_even_and_spreads_a_point() -> None:
    assert np.allclose(blurred(np.full((20, 30), 0.5, np.float32), 4.0), 0.5)
    point = np.zeros((41, 41), np.float32)
    point[20, 20] = 1.0
    spread = blurred(point, 3.0)
    rows = np.arange(41) - 20
    assert spread.sum() == pytest.approx(1.0, abs=1e-3)
    assert np.sqrt((spread.sum(axis=1) * rows**2).sum()) == pytest.approx(3.0, rel=0.2)


def test_scouting_finds_the_same_views_in_order_of_merit() -> None:
    steps: list[tuple[int, int]] = []
    finds = scout.scouted(CitySpec(), 2, advance=lambda done, whole: steps.append((done, whole)))
    assert steps == [(1, 2), (2, 2)]
    assert [find.rank for find in finds] == sorted((find.rank for find in finds), reverse=True)
    again = scout.scouted(CitySpec(), 2)
    assert [(find.name, find.state, find.rank) for find in finds] == [(find.name, find.state, find.rank) for find in again]
    assert {find.state.camera for find in finds} == {state.camera for _, state in scout.viewpoints(CitySpec(), 2)}
    wide, high = scout.SIZE
    assert contact_sheet(finds).shape == (high + STRIP, 2 * wide, 3)


def test_a_line_of_the_sheet_names_as_many_checks_as_it_holds_and_counts_the_rest() -> None:
    checks = tuple(
        Check(name, 0.0, low=1.0) for name in ("range of tones", "planes of depth", "flat patches", "a figure for scale, pixels")
    )
    find = scout.Find("hall 1", ViewState(), (*checks, Check("lights", 1.0)), np.zeros((1, 1, 3), np.uint8))
    assert told(find, lambda line: True).endswith("misses range of tones, planes of depth, flat patches, a figure for scale")
    assert told(find, lambda line: len(line) < 60) == "hall 1   1 of 10   misses range of tones and 3 more"
    assert told(find, lambda line: False) == "hall 1   1 of 10"


def test_kinds_of_view_are_many_and_stay_in_their_place() -> None:
    names = [name for name, _ in scout.viewpoints(CitySpec(), len(STANDS))]
    assert len({name.rpartition(" ")[0] for name in names}) >= 11
    place = first(City(), "district", "canyon")
    for name, state in scout.viewpoints(CitySpec(), 6, place.address):
        assert not name.startswith(("well", "hall", "the City"))
        assert np.abs(place.frame.to_local(np.asarray(state.camera.position)) - [0, 0, place.size[2] / 2]).max() < max(place.size)


def test_what_is_asked_for_holds_for_every_viewpoint() -> None:
    finds = scout.scouted(CitySpec(), 1, aspect=9 / 16, dressed=lambda state: replace(state, hour=3.0, style="ink"))
    assert (finds[0].state.hour, finds[0].state.style) == (3.0, "ink")
    high, wide = finds[0].pixels.shape[:2]
    assert wide / high == pytest.approx(9 / 16, abs=0.01)
    assert wide * high == pytest.approx(scout.PIXELS, rel=0.02)


def test_where_nobody_can_stand_is_said() -> None:
    place = first(City(), "district", "pipes")
    with pytest.raises(InputError, match="nowhere to stand"):
        scout.scouted(CitySpec(), 2, place=place.address)


def test_a_count_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="0 viewpoints"):
        scout.scouted(CitySpec(), 0)
