"""Readouts are worked out for the City and the place, and say what they rest on."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from geometry.city import City
from geometry.spec import CitySpec
from viewer import physics
from viewer.actions import apply, find
from viewer.camera import Camera
from viewer.command.cli import main
from viewer.link import link, parse
from viewer.lore import canon
from viewer.lore.readouts import CLIMB, FOLDED, LABELS, Groups, ledger, people, readouts
from viewer.places.tallest import tallest
from viewer.state import ViewState
from viewer.store import Store
from viewer.views import view
from viewer.whereabouts import radius_of, whereabouts

INSIDE = view("canyon")


def value(groups: Groups, label: str) -> str:
    return next(fact.value for _, facts in groups for fact in facts if fact.label == label)


def at(radius: float, spec: CitySpec | None = None) -> ViewState:
    return ViewState(city=spec or CitySpec(), camera=Camera((0.0, 0.0, radius), (0.0, 1e4, radius), (0.0, 0.0, 1.0)))


@pytest.mark.parametrize("name", ["opening", "outside", "canyon", "hall"])
def test_every_readout_has_words_and_rows_that_exist(name: str) -> None:
    state = view(name)
    for title, facts in readouts(replace(state, peel=1, explode=0.5), City(state.city).root):
        assert facts, title
        for fact in facts:
            assert fact.label in LABELS
            assert fact.value
            assert set(re.findall(r"\b[SPKE]\d+\b", fact.note)) <= set(canon.rows()), fact.note


def test_what_nobody_knows_is_said() -> None:
    note = next(fact.note for _, facts in readouts(INSIDE) for fact in facts if fact.label == "Radius")
    assert "unknown" in note
    assert "S02" in note


def test_stars_are_seen_outside_alone() -> None:
    assert value(readouts(view("rim")), "Eye") == "under the stars"
    assert value(readouts(INSIDE), "Eye") == "in a void"
    assert "Local hour" not in [fact.label for _, facts in readouts(view("rim")) for fact in facts]


def test_times_from_here_to_the_rim() -> None:
    """From the centre of canon's City: what canon reckons for its radius (E50, E60)."""
    groups = readouts(at(1e3))
    assert value(groups, "On foot") == "18,300 yr"
    assert value(groups, "Trunk lift") == "1.48 h"
    assert value(groups, "At light's speed") == "44.5 min"
    assert value(groups, "Climbing") == "127,000 yr"
    note = next(fact.note for _, facts in groups for fact in facts if fact.label == "Trunk lift")
    assert note.startswith("1.28 h within")
    lift = readouts(at(8e11 - 6.78e6))
    assert value(lift, "Local lift") == "33.3 d"  # 800 hours
    assert pytest.approx(392, rel=0.01) == 6.78e6 / CLIMB / physics.DAY


def test_layers_and_floors_are_counted() -> None:
    here = whereabouts(INSIDE.city, radius_of(INSIDE.camera.position))
    low, high = here.layers
    assert high - low == 1
    groups = readouts(INSIDE)
    assert value(groups, "Layer") == f"{low:,}"
    height = radius_of(INSIDE.camera.position) - here.rows[-1].inner
    assert int(value(groups, "Floor").replace(",", "")) == int(height / 3.0) + 1
    up = np.asarray(INSIDE.camera.position) * (1.0 + 3.0 / radius_of(INSIDE.camera.position))
    higher = replace(INSIDE, camera=replace(INSIDE.camera, position=tuple(float(x) for x in up)))
    assert int(value(readouts(higher), "Floor").replace(",", "")) == int(height / 3.0) + 2


def test_light_follows_the_hour() -> None:
    found = {value(readouts(replace(INSIDE, hour=float(hour))), "Light") for hour in range(24)}
    assert {"100 lx", "none"} <= found


def test_loneliness_follows_the_city() -> None:
    empty, full = CitySpec(inhabited_fraction=0.0), CitySpec(inhabited_fraction=1.0)
    assert value(readouts(at(4e11, empty)), "People") == "none"
    assert people(full) == 1e6 * people(CitySpec())
    assert value(readouts(at(4e11)), "Nearest person") == "104 million km"
    assert value(readouts(at(4e11, full)), "Nearest person") == "104,000 km"


def test_the_ledger_lacks_what_plates_take() -> None:
    sums = ledger(CitySpec())
    assert sums.missing == sums.need - sums.had > 1e9 * sums.had
    assert value(readouts(INSIDE), "Missing").endswith("times that")
    small = CitySpec(radius_km=7371.0, layers=1, drawn_layers=1, plate_km=1.0)
    assert ledger(small).missing == 0.0
    assert value(readouts(at(7e6, small)), "Missing") == "nothing"


def test_what_is_folded_is_not_worked_out() -> None:
    groups = dict(readouts(INSIDE, None, frozenset(("Matter",))))
    assert groups["Matter"]
    assert all(not groups[title] for title in FOLDED if title != "Matter")


def test_powers_are_none_outside() -> None:
    assert value(readouts(view("outside")), "Safeguard alarm") == "none"
    assert value(readouts(INSIDE), "Gene infection") == "100%"


def test_lost_is_one_step_and_in_the_link() -> None:
    store = Store(INSIDE)
    store.put(apply(find("view.lost"), store.state), "Be lost")
    assert store.state.lost
    assert parse(link(store.state)).lost
    assert "lost" not in link(INSIDE)
    store.undo()
    assert not store.state.lost


def test_the_tallest_thing_in_view() -> None:
    city = City(INSIDE.city)
    found = tallest(city, INSIDE.camera)
    assert found is not None
    assert found.kind not in ("city", "band", "stratum", "tile", "district")
    away = replace(INSIDE.camera, focus=tuple(2 * p - f for p, f in zip(INSIDE.camera.position, INSIDE.camera.focus, strict=True)))
    other = tallest(city, away)
    assert other is None or other.address != found.address or found.size[2] == other.size[2]
    assert tallest(city, view("outside").camera) is None


def test_a_city_is_told_by_the_command(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["info", link(INSIDE), "--json"]) == 0
    told = json.loads(capfd.readouterr().out)
    assert told["readouts"]["Matter"]["Missing"] == value(readouts(INSIDE), "Missing")
    assert told["reckoned"]["E03"][0]["value"] == pytest.approx(2.14e27, rel=0.01)
    assert main(["info", "model"]) == 0
    assert "Nearest person" in capfd.readouterr().out
    assert main(["info", "nowhere"]) in (2, 3)
    assert capfd.readouterr().err.count("\n") == 1
