"""Links: exact for every state that can be shown, and one line about everything else."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geometry.spec import CitySpec, with_changes
from geometry.version import GENERATOR_VERSION
from viewer.camera import Camera
from viewer.errors import LinkError, exit_code
from viewer.link import SCHEME, link, parse, problem
from viewer.slicing import flipped, moved, read_cut
from viewer.state import Plane, Shells, ViewState, Wedge
from viewer.styles import names

reals = st.floats(-1e15, 1e15)
points = st.tuples(reals, reals, reals)
planes = st.builds(Plane, points, points.filter(lambda n: math.hypot(*n) > 1e-3))
wedges = st.builds(Wedge, st.floats(-360, 360), st.floats(0.001, 359.0), st.floats(-89, 89))
shells = st.tuples(st.floats(0, 1e11), st.floats(1e-3, 1e12)).filter(lambda p: p[0] < p[0] + p[1]).map(lambda p: Shells(p[0], p[0] + p[1]))
cameras = st.builds(Camera, points, points, points, st.floats(1.0, 120.0), st.booleans())
cities = st.builds(
    lambda seed, fill, spacing, phase: with_changes(
        CitySpec(), {"seed": seed, "fill": fill, "spacing": spacing, "phase_per_layer_h": phase}
    ),
    st.integers(0, 2**63 - 1),
    st.floats(0.05, 0.95),
    st.sampled_from(["linear", "geometric"]),
    st.floats(0.0, 24.0),
)
states = st.builds(
    ViewState,
    city=cities,
    camera=cameras,
    hour=st.floats(0.0, 23.999),
    year=st.floats(-1e6, 1e6),
    cuts=st.lists(st.one_of(planes, wedges, shells), max_size=4).map(tuple),
    peel=st.integers(0, 64),
    isolated=st.none() | st.integers(0, 63),
    explode=st.floats(0.0, 10.0),
    tuned=st.sampled_from([(), (("grade.glow", 1.5), ("line.weight", 0.25))]),
    style=st.sampled_from(names()),
    haze=st.floats(0.0, 100.0),
    detail=st.floats(0.01, 100.0),
    figure=st.booleans(),
    lost=st.booleans(),
    power=st.sampled_from(["", "netsphere", "alarm"]),
).filter(lambda state: problem(state) is None)


@settings(max_examples=300, deadline=None)
@given(states)
def test_a_link_reads_back_to_the_last_bit(state: ViewState) -> None:
    text = link(state)
    assert parse(text) == state
    assert link(parse(text)) == text
    assert text.isascii()
    assert " " not in text


def test_a_link_reads_as_one_expects() -> None:
    state = ViewState(city=CitySpec(seed=7), hour=19.5, cuts=(Wedge(),), style="ink")
    assert link(state) == (
        "city://1/7?eye=1200000000000.0,-1200000000000.0,800000000000.0&focus=0.0,0.0,0.0"
        "&hour=19.5&year=0.0&style=ink&cut=wedge:-45.0,90.0,0.0"
    )
    assert parse("city://1/7").city.seed == 7
    assert parse("CITY://1").city == CitySpec()
    assert parse("city://1/7?hour=3&cut=wedge%3A1,2,3").cuts == (Wedge(1.0, 2.0, 3.0),)


BAD = [
    "",
    "http://example.org",
    "city://",
    "city://x/1",
    f"city://{GENERATOR_VERSION + 1}/1",
    "city://0/1",
    "city://1/-1",
    "city://1/" + "9" * 5000,
    "city://1/1?hour=nan",
    "city://1/1?hour=inf",
    "city://1/1?hour=24",
    "city://1/1?hour=1&hour=2",
    "city://1/1?hour",
    "city://1/1?hours=2",
    "city://1/1?eye=0,0,0",
    "city://1/1?eye=1,2",
    "city://1/1?eye=1e300,0,0",
    "city://1/1?up=0,0,0",
    "city://1/1?fov=0",
    "city://1/1?fill=2",
    "city://1/1?layers=1e12",
    "city://1/1?peel=-1",
    "city://1/1?peel=1.5",
    "city://1/1?style=<b>",
    "city://1/1?cut=wedge:1",
    "city://1/1?cut=plane:0,0,0,0,0,0",
    "city://1/1?cut=shells:5,1",
    "city://1/1?" + "&".join(["cut=wedge:1,2,3"] * 9),
    "city://1/1?figure=yes",
    "city://1/1?\x1b[31m=1",
    "city://1/" + "x" * 10_000,
]


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_garbage_is_one_line(text: str) -> None:
    with pytest.raises(LinkError) as caught:
        parse(text)
    message = str(caught.value)
    assert "\n" not in message
    assert "\x1b" not in message
    assert len(message) < 300
    assert exit_code(caught.value) == 3


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_random_text_is_a_link_or_an_error(text: str) -> None:
    try:
        assert problem(parse(SCHEME + text)) is None
    except LinkError as error:
        said = str(error)
    else:
        said = ""
    assert "\n" not in said


def test_slices_read_from_text() -> None:
    city = CitySpec()
    size = city.radius_km * 1000.0
    assert read_cut("wedge:-45,90", city) == Wedge(-45.0, 90.0, 0.0)
    assert read_cut("plane:x,0.2", city) == Plane((0.2 * size, 0.0, 0.0), (1.0, 0.0, 0.0))
    assert read_cut("plane:-y,0.5", city) == Plane((0.0, 0.5 * size, 0.0), (0.0, -1.0, 0.0))
    assert read_cut("shells:0.4,1.0", city) == Shells(0.4 * size, size)


@settings(deadline=None)
@given(st.one_of(wedges, planes), st.floats(-5, 5))
def test_a_moved_or_flipped_slice_can_still_be_linked(cut: Wedge | Plane, steps: float) -> None:
    for other in (moved(cut, steps, 1e10, CitySpec()), flipped(cut)):
        assert problem(ViewState(cuts=(other,))) is None
    assert flipped(flipped(Wedge(-45.0, 90.0))) == Wedge(-45.0, 90.0)
