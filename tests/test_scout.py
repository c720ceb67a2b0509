"""Scouting and its rubric: numbers that tell a picture from a bad one, and the same finds every time."""

import numpy as np
import pytest

from geometry.spec import CitySpec
from viewer import scout
from viewer.rubric import blurred, judge, score

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
    assert [find.score for find in finds] == sorted((find.score for find in finds), reverse=True)
    assert [state for _, state in scout.viewpoints(CitySpec(), 2)] == [state for _, state in scout.viewpoints(CitySpec(), 2)]
    assert {find.state.camera for find in finds} == {state.camera for _, state in scout.viewpoints(CitySpec(), 2)}
    assert scout.contact_sheet(finds).shape == (scout.SIZE[1], 2 * scout.SIZE[0], 3)


def test_a_count_of_none_is_refused() -> None:
    with pytest.raises(ValueError, match="0 viewpoints"):
        scout.scouted(CitySpec(), 0)
