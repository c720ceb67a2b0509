"""What a cut touches: held against points drawn within each box."""

from __future__ import annotations

import numpy as np
import pytest

from geometry.bore import Capsules
from geometry.parts import parts
from geometry.solids import PROTOTYPE_IDS, triangle_counts
from tests.scenes import RADIUS
from viewer.drawing.split import Side, boxes, runs, touched
from viewer.drawing.uniforms import ball_rows, cut_rows
from viewer.scene import Instances
from viewer.state import Cut, Plane, Shells, Wedge

ANCHOR = np.array([0.0, 0.0, RADIUS])
CUTS: list[tuple[Cut, ...]] = [
    (Plane((0.0, 300.0, RADIUS), (0.3, -1.0, 0.2)),),
    (Wedge(20.0, 75.0),),
    (Wedge(20.0, 75.0, 40.0), Plane((0.0, 300.0, RADIUS), (0.0, 1.0, 0.0))),
    (Wedge(20.0, 250.0),),
    (Shells(RADIUS - 100.0, RADIUS + 250.0),),
]


def _instances(count: int = 400) -> Instances:
    draw = np.random.default_rng(3)
    turn = draw.normal(size=(count, 4))
    what = parts(PROTOTYPE_IDS["box"], draw.uniform(-600, 600, (count, 3)), draw.uniform(5, 400, (count, 3)), 0)
    turn /= np.sqrt((turn**2).sum(axis=1, keepdims=True))
    look = np.zeros((count, 4), np.uint8)
    return Instances(what.prototype, what.position, turn.astype(np.float32), what.scale, look)


def _hidden(points: np.ndarray, cuts: tuple[Cut, ...]) -> np.ndarray:
    gone = np.zeros(points.shape[:-1], bool)
    for row in cut_rows(cuts, ANCHOR):
        gone |= np.logical_and.reduce([points @ np.array(plane[:3]) + plane[3] > 0.0 for plane in row])
    away = np.sqrt(((points + ANCHOR) ** 2).sum(axis=-1))
    for _, _, side, shell in ball_rows(cuts, ANCHOR):
        gone |= side * (away - shell) > 0.0
    return gone


@pytest.mark.parametrize("cuts", CUTS)
def test_no_point_of_an_untouched_box_is_hidden(cuts: tuple[Cut, ...]) -> None:
    instances = _instances()
    what = boxes(instances)
    free, gone = touched(what, ANCHOR, cuts)
    spots = np.random.default_rng(5).uniform(-0.99, 0.99, (len(free), 200, 3))
    hidden = _hidden(what.middle[:, None] + np.einsum("nij,nkj->nki", what.edges, spots), cuts)
    assert free.any()
    assert not hidden[free].any()
    assert hidden[gone].all()
    assert (~free & ~gone).sum() < 1.6 * (hidden.any(axis=1) & ~hidden.all(axis=1)).sum() + 20


@pytest.mark.parametrize("cuts", [(), CUTS[0]])
def test_every_instance_is_in_one_run_and_every_cut_one_in_two(cuts: tuple[Cut, ...]) -> None:
    instances = _instances()
    found = runs(instances, ANCHOR, cuts, moving=2_000, most=1_500)
    fronts = np.sort(np.concatenate([run.rows for run in found if run.side is not Side.BACK]))
    assert np.array_equal(fronts, np.arange(len(instances.prototype)))
    back = [run.rows for run in found if run.side is Side.BACK]
    front = [run.rows for run in found if run.side is Side.FRONT]
    assert len(back) == len(front)
    assert all(np.array_equal(a, b) for a, b in zip(front, back, strict=True))
    large = np.concatenate([run.rows for run in found if not run.small and not run.hidden and run.side is not Side.BACK])
    cost = triangle_counts()[instances.prototype[large]].sum()
    assert 0.9 * 2_000 < cost <= 2_000


def test_what_the_eye_may_be_in_shows_its_back() -> None:
    instances = _instances()
    reach = 0.5 * np.sqrt((instances.scale.astype(np.float64) ** 2).sum(axis=1))
    within = np.flatnonzero((instances.position.astype(np.float64) ** 2).sum(axis=1) < reach**2)
    both = np.concatenate([run.rows for run in runs(instances, ANCHOR, (), moving=2_000, most=99_999) if run.side is Side.WITHIN])
    assert len(within)
    assert np.isin(within, both).all()


def test_what_no_bore_touches_is_drawn_by_shaders_that_know_of_none() -> None:
    instances, aside = _instances(), Capsules(*(np.full((1, 3), far) for far in (1.0e9, 1.1e9)), np.ones(1), np.array([[1.0, 0.0, 0.0]]))
    found = runs(instances, ANCHOR, (), aside, moving=2_000, most=99_999)
    assert {run.side for run in found} == {Side.WHOLE, Side.WITHIN}
    assert not any(run.side.knows_cuts for run in found)
