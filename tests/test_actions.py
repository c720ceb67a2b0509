"""The table of actions: each row does what it says, to a copy; no key means two things."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from geometry.spec import CitySpec
from viewer.actions import ACTIONS, MENUS, apply, by_id, by_key, find, replayed, search
from viewer.emitter.beam import fired
from viewer.errors import InputError
from viewer.link import problem
from viewer.state import Plane, Shells, ViewState, Wedge
from viewer.views import VIEWS, view

START = replace(
    view("opening"),
    hour=12.0,
    year=-100.0,
    peel=2,
    isolated=5,
    explode=0.5,
    haze=1.0,
    cuts=(Plane((1e10, 0.0, 0.0), (0.6, 0.0, 0.8)),),
    tuned=(("grade.glow", 1.5),),
)

TOUCHES = {
    "seed": {"city"},
    "view": {"camera", "cuts", "peel", "isolated", "explode", "style", "tuned", "figure", "lost", "detail"},
    "style": {"tuned"},
    "power": {"power"},
    "slice": {"cuts"},
    "layers": {"peel", "isolated", "explode", "cuts"},
    "light": {"hour", "year", "haze"},
    "age": {"year", "camera", "cuts"},
    "beam": {"city", "emitter"},
}


def start_of(name: str) -> ViewState:
    """A state in which an action has something to change: nobody fires in the past, or mends what is whole."""
    if not name.startswith("beam"):
        return START
    power = int(name[-1]) % 5 + 1 if name[-1].isdecimal() else 4
    return fired(replace(START, year=0.0, emitter=power))


def changed(before: ViewState, after: ViewState) -> set[str]:
    return {field.name for field in fields(ViewState) if getattr(before, field.name) != getattr(after, field.name)}


@pytest.mark.parametrize("action", [a for a in ACTIONS if a.request is None], ids=lambda a: a.id)
def test_a_change_changes_what_its_name_says_and_nothing_else(action) -> None:  # type: ignore[no-untyped-def]
    start = start_of(action.id)
    copy = replace(start)
    after = apply(action, start)
    assert copy == start, "an action must not touch the state it was given"
    found = changed(start, after)
    assert found, "it must change something"
    assert found <= TOUCHES[action.id.partition(".")[0]]
    assert problem(after) is None
    assert apply(action, start) == after


@pytest.mark.parametrize("action", [a for a in ACTIONS if a.request is None], ids=lambda a: a.id)
def test_fifty_times_over_stays_within_what_a_link_can_hold(action) -> None:  # type: ignore[no-untyped-def]
    for state in (START, ViewState(), view("opening", CitySpec(layers=1, drawn_layers=1))):
        for _ in range(50):
            state = apply(action, state)
        assert problem(state) is None


def test_requests_leave_the_state_alone() -> None:
    for action in ACTIONS:
        if action.request is not None:
            assert action.request == f"request.{action.id}"
            assert apply(action, START) is START


def test_ids_and_keys_are_unique_and_q_is_free() -> None:
    assert len(by_id()) == len(ACTIONS)
    keys = [key for action in ACTIONS for key in action.keys]
    assert len(set(keys)) == len(keys)
    assert not {"q", "Q"} & set(keys)
    assert all(action.title and action.menu in MENUS for action in ACTIONS)


PROMISED = (
    "1 3 7 5 Home PgUp PgDown X Y Z \\ L Space , . Ctrl+Shift+P Ctrl+F H F1 Ctrl+Z Ctrl+Shift+Z Ctrl+O Ctrl+S Ctrl+E "
    "F12 F11 Tab Ctrl+Shift+C Ctrl+Q Shift+F Alt+1 Alt+9 Ctrl+Alt+1 Ctrl+Alt+9"
)


@pytest.mark.parametrize("key", PROMISED.split())
def test_promised_keys_are_there(key: str) -> None:
    assert key in by_key()


def test_keys_can_be_given_to_other_actions() -> None:
    keys = by_key({"light.day-night": ("N",), "quit": ()})
    assert keys["N"].id == "light.day-night"
    assert "L" not in keys
    assert "Ctrl+Q" not in keys


def run(name: str, state: ViewState = START) -> ViewState:
    return apply(find(name), state)


def test_day_turns_to_night_and_back() -> None:
    assert run("light.day-night").hour == 0.0
    assert run("light.day-night", replace(START, hour=0.0)).hour == 12.0
    assert run("light.day-night", replace(START, hour=17.0)).hour == 5.0


def test_slices_move_turn_and_flip() -> None:
    further = run("slice.further", replace(START, cuts=(Plane((0.0, 0.0, 0.0), (1.0, 0.0, 0.0)),))).cuts[0]
    assert isinstance(further, Plane)
    assert further.point[0] < 0, "further cuts more away: the plane moves against its normal"
    assert run("slice.z").cuts == (Plane((0.0, 0.0, 0.0), (0.0, 0.0, 1.0)),)
    assert run("slice.flip").cuts[0] == Plane((1e10, 0.0, 0.0), (-0.6, -0.0, -0.8))
    assert isinstance(run("slice.wedge").cuts[-1], Wedge)
    assert isinstance(run("slice.shells").cuts[-1], Shells)
    assert run("slice.wedge", run("slice.wedge")).cuts == START.cuts
    assert run("slice.clear").cuts == ()


def test_a_wedge_opens_towards_the_eye() -> None:
    state = run("slice.wedge", replace(START, cuts=()))
    wedge = state.cuts[0]
    assert isinstance(wedge, Wedge)
    x, y, _ = state.camera.position
    away = (np.degrees(np.arctan2(y, x)) - wedge.start) % 360.0
    assert 0 < away < wedge.angle


def test_layers_peel_and_stop() -> None:
    assert run("layers.peel").peel == 3
    bare = START
    for _ in range(99):
        bare = run("layers.peel", bare)
    assert bare.peel == START.city.drawn_layers - 1
    assert run("layers.isolate").isolated is None
    assert run("layers.isolate", replace(START, isolated=None)).isolated == 9


@pytest.mark.parametrize(
    ("name", "direction"),
    [("front", (0, -1, 0)), ("back", (0, 1, 0)), ("right", (1, 0, 0)), ("left", (-1, 0, 0)), ("top", (0, 0, 1)), ("bottom", (0, 0, -1))],
)
def test_the_six_sides(name: str, direction: tuple[int, int, int]) -> None:
    camera = run(f"view.{name}").camera
    seen = camera.offset / camera.distance
    assert np.allclose(seen, direction, atol=1e-3)
    assert camera.distance == pytest.approx(START.camera.distance)
    assert np.all(np.isfinite(camera.right))


def test_scripts_replay_actions() -> None:
    assert replayed(["layers.peel", "light.day-night"], START) == run("light.day-night", run("layers.peel"))
    with pytest.raises(InputError, match=r"did you mean 'layers\.peel'"):
        replayed(["layers.pel"], START)
    with pytest.raises(InputError, match="needs the window"):
        replayed(["quit"], START)


def test_the_palette_finds_by_words() -> None:
    assert {a.id for a in search("strat apart")} == {"layers.explode"}
    assert search("no such thing") == []


@pytest.mark.parametrize("name", VIEWS)
def test_named_views_can_be_shown_for_every_preset(name: str) -> None:
    from geometry.cityfile import preset, preset_names

    for city in preset_names():
        state = view(name, preset(city).spec)
        assert problem(state) is None
        assert state.city == preset(city).spec
