"""Undo: every change can be taken back, a drag in one step."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from viewer import measure, navigate
from viewer.camera import Camera
from viewer.grips import cut_drawn, grips, seen
from viewer.journey.descent import ledge
from viewer.lore import readouts
from viewer.places import fuzzy
from viewer.slicing import hides_point
from viewer.state import Cut, Plane, Shells, ViewState, Wedge
from viewer.store import DEPTH, Store
from viewer.views import view
from viewer.whereabouts import radius_of, whereabouts

HOUR = [replace(ViewState(), hour=float(h)) for h in range(24)]


def test_undo_and_redo_walk_the_same_way() -> None:
    store = Store(HOUR[0])
    for state in HOUR[1:5]:
        assert store.put(state, f"to {state.hour}")
    assert store.undo() == "to 4.0"
    assert store.state == HOUR[3]
    assert store.can_redo == "to 4.0"
    assert store.redo() == "to 4.0"
    assert store.state == HOUR[4]
    while store.undo():
        pass
    assert store.state == HOUR[0]
    assert store.undo() is None


def test_one_drag_is_one_step() -> None:
    store = Store(HOUR[0])
    for state in HOUR[1:9]:
        store.put(state, "drag", ("drag", 1))
    store.put(HOUR[9], "drag", ("drag", 2))
    store.undo()
    assert store.state == HOUR[8]
    store.undo()
    assert store.state == HOUR[0]


def test_a_group_does_not_grow_after_redo() -> None:
    store = Store(HOUR[0])
    store.put(HOUR[1], "hour", "hour")
    store.undo()
    store.redo()
    store.put(HOUR[2], "hour", "hour")
    store.undo()
    assert store.state == HOUR[1]


def test_a_new_change_forgets_what_was_undone() -> None:
    store = Store(HOUR[0])
    store.put(HOUR[1], "a")
    store.undo()
    store.put(HOUR[2], "b")
    assert store.redo() is None
    assert not store.put(HOUR[2], "the same")


def test_history_is_bounded_and_drift_leaves_none() -> None:
    store = Store(HOUR[0])
    for n in range(DEPTH + 50):
        store.put(replace(HOUR[0], year=float(n + 1)), str(n))
    store.drift(HOUR[7])
    steps = 0
    while store.undo():
        steps += 1
    assert steps == DEPTH


def test_listeners_hear_old_and_new() -> None:
    store, heard = Store(HOUR[0]), []
    store.listen(lambda old, new: heard.append((old.hour, new.hour)))
    store.put(HOUR[5], "x")
    store.undo()
    assert heard == [(0.0, 5.0), (5.0, 0.0)]


def test_unsaved_is_about_the_city_alone() -> None:
    store = Store(HOUR[0])
    store.put(HOUR[1], "hour")
    assert not store.unsaved
    store.put(view("opening", type(HOUR[0].city)(seed=41)), "seed")
    assert store.unsaved
    store.saved()
    assert not store.unsaved


EYE = Camera((3e11, -2e11, 1e11), (1e10, 0.0, 0.0))


def test_zoom_keeps_the_point_under_the_pointer() -> None:
    for x, y in ((0.0, 0.0), (0.6, -0.4), (-0.9, 0.9)):
        target = navigate.point_at(EYE, x, y, 1.6, 2.5e11)
        nearer = navigate.zoomed(EYE, 3.0, target)
        ray = target - np.asarray(nearer.position)
        before = target - np.asarray(EYE.position)
        assert np.allclose(ray / np.linalg.norm(ray), before / np.linalg.norm(before), atol=1e-9)
        assert np.linalg.norm(ray) == pytest.approx(np.linalg.norm(before) * navigate.NOTCH**3, rel=1e-9)


def test_zoom_never_reaches_or_passes_the_point() -> None:
    camera = EYE
    for _ in range(400):
        camera = navigate.zoomed(camera, 1.0)
    assert 0.2 <= camera.distance < 2.0
    for _ in range(400):
        camera = navigate.zoomed(camera, -1.0)
    assert camera.distance <= 1.1 * navigate.FARTHEST


def test_pan_moves_the_picture_with_the_hand() -> None:
    moved = navigate.panned(EYE, 0.25, 0.0)
    shift = (np.asarray(EYE.focus) - np.asarray(moved.focus)) @ EYE.right
    assert shift == pytest.approx(0.25 * measure.picture_height(EYE), rel=1e-9)


def test_up_is_the_axis_from_afar_and_outward_from_near() -> None:
    focus = (0.0, 4e11, 0.0)
    assert navigate.local_up(focus, 4e12) == (0.0, 0.0, 1.0)
    assert navigate.local_up(focus, 1e3) == pytest.approx((0.0, 1.0, 0.0))
    assert navigate.local_up((0.0, 0.0, 0.0), 1.0) == (0.0, 0.0, 1.0)
    assert np.isfinite(navigate.local_up((0.0, 0.0, -4e11), 7.1e10)).all()


@pytest.mark.parametrize("goal", [EYE, Camera((7e11, 1e9, 5.0), (7e11, 1e9, 0.0), (1.0, 0.0, 0.0))])
def test_a_journey_begins_and_ends_where_it_should(goal: Camera) -> None:
    start = Camera((1.5e12, -1e12, 8e11), (0.0, 0.0, 0.0))
    assert navigate.between(start, goal, 0.0) == start
    assert navigate.between(start, goal, 1.0) == goal
    steps = [navigate.between(start, goal, t) for t in np.linspace(0.0, 1.0, 200)]
    assert all(step.distance > 0.0 and np.isfinite(step.right).all() for step in steps)
    ways = [np.log(np.linalg.norm(np.subtract(step.position, goal.focus))) for step in steps]
    assert max(abs(b - a) for a, b in pairwise(ways)) < 0.5


def test_cuts_follow_the_hand() -> None:
    plane = Plane((0.0, 0.0, 0.0), (float(EYE.right[0]), float(EYE.right[1]), float(EYE.right[2])))
    moved = _drawn(plane, "plane", 0.1, 0.0)
    assert isinstance(moved, Plane)
    assert np.asarray(moved.point) @ EYE.right == pytest.approx(0.1 * measure.picture_height(EYE), rel=1e-6)
    shells = _drawn(Shells(1e11, 2e11), "outer", 0.0, 5.0)
    assert isinstance(shells, Shells)
    assert shells.outer > shells.inner
    inner = _drawn(Shells(1e11, 2e11), "inner", 0.0, -5.0)
    assert isinstance(inner, Shells)
    assert 1e11 < inner.inner < inner.outer == 2e11


@pytest.mark.parametrize("cut", [Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0)), Shells(3e11, 6e11), Wedge(-77.0, 96.0)])
def test_what_is_held_stays_under_the_hand(cut: Cut) -> None:
    state = replace(view("opening"), cuts=(cut,))
    for grip in grips(state):
        here = seen(state.camera, grip.point)
        assert here is not None
        way = seen(state.camera, grip.point + grip.direction * 1e9)
        assert way is not None
        step = (way - here) / np.sqrt(((way - here) ** 2).sum()) * 0.01
        after = replace(state, cuts=(cut_drawn(cut, state.camera, grip, float(step[0]), float(step[1])),))
        there = seen(state.camera, next(one for one in grips(after) if one.part == grip.part).point)
        assert there is not None
        assert (there - here) @ step / (step @ step) == pytest.approx(1.0, abs=0.2), grip.part


def test_one_edge_of_a_wedge_turns_and_the_other_stays() -> None:
    wedge = Wedge(-45.0, 90.0)
    for part, far in (("start", 45.0), ("end", -45.0)):
        turned = _drawn(wedge, part, 0.05, 0.0, view("opening").camera)
        assert isinstance(turned, Wedge)
        assert turned != wedge
        kept = turned.start + turned.angle if part == "start" else turned.start
        assert kept == pytest.approx(far)


def _drawn(cut: Cut, part: str, dx: float, dy: float, camera: Camera = EYE) -> Cut:
    state = replace(ViewState(), camera=camera, cuts=(cut,))
    return cut_drawn(cut, camera, next(grip for grip in grips(state) if grip.part == part), dx, dy)


def test_a_dive_ends_inside_at_human_scale() -> None:
    state = view("opening")
    goal = ledge(state)
    assert goal.distance < 1e6
    assert radius_of(goal.position) < 8e11
    assert not any(hides_point(cut, goal.focus) for cut in view("canyon").cuts)


def test_cuts_know_what_they_hide() -> None:
    assert hides_point(Wedge(-90.0, 90.0), (1.0, -1.0, 5.0))
    assert not hides_point(Wedge(-90.0, 90.0), (1.0, 1.0, 5.0))
    assert hides_point(Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0)), (2.0, 0.0, 0.0))
    assert hides_point(Shells(1.0, 2.0), (3.0, 0.0, 0.0))
    assert not hides_point(Shells(1.0, 2.0), (1.5, 0.0, 0.0))


@pytest.mark.parametrize(
    ("metres", "text"),
    [(1e12, "1,000 million km"), (5e8, "500,000 km"), (2.0, "2 m"), (0.1, "10 cm"), (0.005, "5 mm"), (1234.0, "1.23 km")],
)
def test_lengths_read_well(metres: float, text: str) -> None:
    assert measure.length(metres) == text


def test_scale_bar_is_round_and_fits() -> None:
    for power in np.linspace(-2, 13, 61):
        longest = 10.0**power
        size = measure.round_length(longest)
        assert longest / 2.51 < size <= longest * 1.000001
        assert f"{size:.0e}"[0] in "125"


def test_whereabouts_find_the_layer() -> None:
    spec = ViewState().city
    here = whereabouts(spec, spec.core_km * 1e3 * 2)
    assert here.rows
    assert all(a.low <= b.low and b.high <= a.high for a, b in zip(here.rows, here.rows[1:], strict=False))
    assert whereabouts(spec, 9e11).outside
    assert whereabouts(spec, 1.0).rows == ()


def test_every_fact_has_words() -> None:
    for name in ("opening", "wedge", "outside"):
        for title, rows in readouts.readouts(view(name)):
            assert title
            assert all(fact.label and fact.value for fact in rows)


def test_fuzzy_prefers_words_that_begin() -> None:
    rows = ["Opening view", "Pull strata apart", "Peel", "Save city", "Copy the link"]
    assert fuzzy.ranked("pe", rows, str)[0] == "Peel"
    assert fuzzy.ranked("ctl", rows, str) == ["Copy the link"]
    assert fuzzy.ranked("", rows, str) == rows
    assert fuzzy.ranked("zzz", rows, str) == []
