"""Where the eye is and what hour it is there: the number people read and the number the shader lights by are one."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from geometry import cell as cells
from geometry.city import City
from geometry.nest import cell_place, phase_over
from geometry.search import planar_tiles
from geometry.spec import CitySpec
from geometry.strata import strata
from viewer import daylight, moves
from viewer.camera import Camera
from viewer.compose import Unfolder, content
from viewer.lore.readouts import readouts
from viewer.measure import light_text
from viewer.state import ViewState
from viewer.vantage import in_canyon
from viewer.views import view
from viewer.whereabouts import is_day, light_at, local_hour, phase_at

SPEC = CitySpec()


def _under(point: np.ndarray, hour: float = 12.0, spec: CitySpec = SPEC) -> ViewState:
    x, y, z = (float(v) for v in point)
    return ViewState(city=spec, camera=Camera((x, y, z), (0.0, 0.0, 0.0)), hour=hour)


def test_the_hour_of_a_point_is_that_of_the_place_it_is_in() -> None:
    rng = np.random.default_rng(3)
    for _ in range(60):
        band = int(rng.integers(0, 12))
        tile = (int(rng.integers(0, 6)), *(int(q) for q in rng.integers(0, 4, 3 + int(rng.integers(0, 4)))))
        place = cell_place(SPEC, (band,), tile)
        row = strata(SPEC)[band]
        point = place.frame.axes[2] * (0.5 * (row.inner + row.plate))
        assert phase_at(SPEC, tuple(point.tolist())) == place.phase


def test_the_inspector_and_the_shader_read_one_clock() -> None:
    city = City(SPEC)
    for tile in islice(planar_tiles(city), 3):
        assert tile.cell is not None
        point = tile.frame.axes[2] * (0.7 * tile.cell.inner + 0.3 * tile.cell.plate)
        state = _under(point, hour=5.5)
        assert local_hour(state) == pytest.approx(_lit_by(state.hour, daylight.coded(tile.phase)), abs=1e-9)


def _lit_by(hour: float, look: int) -> float:
    """The shader's own words: daylight(hour + look.w / 256.0 * 24.0, duty)."""
    return (hour + look / 256.0 * 24.0) % 24.0


def test_what_is_drawn_about_the_eye_is_lit_at_the_hour_that_is_shown() -> None:
    state = replace(view("canyon"), hour=5.5)
    drawn = content(Unfolder(City(state.city)), state, (640, 360), 300_000).instances
    nearest = int(np.einsum("ij,ij->i", drawn.position, drawn.position).argmin())
    shader = _lit_by(state.hour, int(drawn.look[nearest, 3]))
    shown = next(fact.value for title, rows in readouts(state) if title == "Here" for fact in rows if fact.label == "Local hour")
    hour, minute = (int(word) for word in shown.partition(",")[0].split(":"))
    assert (hour + minute / 60.0 - shader + 12.0) % 24.0 - 12.0 == pytest.approx(0.0, abs=0.01)


@pytest.mark.parametrize("hour", [12.0, 0.0, 15.5])
def test_views_are_at_the_hour_they_were_made_for(hour: float) -> None:
    state = in_canyon(SPEC, hour)
    away = (local_hour(state) - hour + 12.0) % 24.0 - 12.0
    assert abs(away) < 24.0 / 256.0 + 1e-9
    assert is_day(state) == (hour > 6.0)


@pytest.mark.parametrize("duty", [0.2, 0.5, 0.9])
def test_day_and_night_change_where_the_eye_is(duty: float) -> None:
    spec = CitySpec(day_duty=duty)
    row = strata(spec)[8]
    for turn in (0.0, 1.0, 2.0, 4.0):
        point = np.array([np.cos(turn), np.sin(turn), 0.1]) * (0.5 * (row.inner + row.plate))
        for hour in (*range(24), 6.5, 17.95):
            state = _under(point, hour, spec)
            other = moves.day_toggled(state)
            assert is_day(other) != is_day(state), (turn, hour)
            assert abs(light_at(other) - light_at(state)) > 0.45, (turn, hour)
            assert light_at(other) in (pytest.approx(0.0, abs=0.05), pytest.approx(1.0, abs=0.05))
            assert f"{'Day' if is_day(other) else 'Night'} here" in light_text(other)


def test_from_outside_the_hour_is_explained() -> None:
    assert "Half of the City has day at any hour" in light_text(view("opening"))
    assert "always lit" in light_text(replace(view("opening"), city=CitySpec(day_duty=1.0)))


def test_a_plates_top_lies_in_the_light_of_the_void_whose_floor_it_is() -> None:
    """Whatever bundle of layers it is drawn as: or floors would turn from day to night as one comes near."""
    spec = CitySpec()
    bundle = strata(spec)[8]
    outermost = strata(spec, (8,))[-1]
    phases = set()
    for bands, row in (((8,), bundle), ((8, len(strata(spec, (8,))) - 1), outermost)):
        cell = cell_place(spec, bands, (0, 2, 3, 2)).cell
        assert cell is not None
        assert row.outer == bundle.outer
        phases.add(phase_over(spec, cell))
        over = cells.at(cell, 0.0, 0.0) * (row.outer * (1.0 + 1e-9))
        assert phase_at(spec, tuple(over.tolist())) == pytest.approx(phase_over(spec, cell))
    assert len(phases) == 1
    top = strata(spec)[-1]
    cell = cell_place(spec, (len(strata(spec)) - 1,), (0, 2)).cell
    assert cell is not None
    assert cell.outer == top.outer
    assert phase_over(spec, cell) == 0.0
