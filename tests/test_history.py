"""The history: stages in canon's order, a growing edge, births that change nothing of now, and years that upload nothing."""

from __future__ import annotations

from dataclasses import fields, replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geometry.births import FOREVER, lives, skin_born, standing
from geometry.city import City
from geometry.history import BODIES, BY_ID, STAGES, begun, consumed, domes, front, ledger, passed, roofed, stage_at, year_of
from geometry.relics import relics
from geometry.rules.earth import home
from geometry.search import first
from geometry.spec import CitySpec
from geometry.strata import strata
from viewer.camera import Camera
from viewer.compose import Unfolder, content, look, scene
from viewer.drawing.dates import SPANS, spans_of
from viewer.errors import InputError
from viewer.files.estimate import dry_export
from viewer.files.jobs import Export
from viewer.history import as_it_was, cut_key, lit, staged, stepped, told
from viewer.journey.chronicle import chronicle
from viewer.journey.ground import ground
from viewer.link import problem
from viewer.state import ViewState
from viewer.styles import style
from viewer.views import view

CITY = City(CitySpec(seed=40))
SPEC = CITY.spec
SMALL = (160, 90)


def test_stages_come_in_canons_order_and_each_names_its_rows() -> None:
    years = [stage.year for stage in STAGES]
    assert years == sorted(set(years))
    assert [stage.number for stage in STAGES] == list(range(len(STAGES)))
    assert all(stage.canon and stage.caption and stage.certainty for stage in STAGES)
    order = ["netsphere", "first-city", "covered", "towers", "dome", "domes", "planets", "gene", "now", "nse", "blame2", "reclaimed"]
    assert [stage.id for stage in STAGES] == order
    assert STAGES[8].id == "now"  # canon S52
    assert BY_ID["now"].year == 0.0


@pytest.mark.parametrize("first_year", [-30_000.0, -3_000.0, -1.0, 0.0])
def test_the_line_stretches_with_the_city(first_year: float) -> None:
    spec = CitySpec(year_first=first_year)
    assert year_of(BY_ID["dome"], spec) == first_year
    assert year_of(BY_ID["nse"], spec) == BY_ID["nse"].year
    assert stage_at(spec, 0.0).id == "now"
    assert stage_at(spec, 1.0e6).id == "reclaimed"


SPECS = [
    SPEC,
    CitySpec(spacing="geometric"),
    CitySpec(radius_km=1.0e5, layers=40, drawn_layers=4),
    CitySpec(radius_km=1e12, drawn_layers=3),
]


@pytest.mark.parametrize("spec", SPECS)
def test_the_edge_only_grows_and_ends_at_the_rim(spec: CitySpec) -> None:
    years = np.linspace(-40_000.0, 0.0, 400)
    radii = [front(spec, float(year)) for year in years]
    assert (np.diff(radii) >= 0.0).all()
    assert radii[0] == spec.core_km * 1e3
    assert radii[-1] == pytest.approx(spec.radius_km * 1e3)
    assert front(spec, passed(spec, 0.5 * radii[-1])) == pytest.approx(0.5 * radii[-1])
    assert [begun(spec, year) for year in (-40_000.0, 0.0)] == [0, len(strata(spec))]
    closed = [roofed(spec, float(year)) for year in years]
    assert all(roof <= reach * 1.000001 for roof, reach in zip(closed, radii, strict=True))


def test_each_dome_is_grander_than_the_last_and_later() -> None:
    rows = domes(SPEC)
    assert rows[0][0] == pytest.approx(7.371e6)  # canon part 5: our choice
    assert all(b[0] > 1.2 * a[0] and b[1] > a[1] for a, b in pairwise(rows))
    assert rows[-1][0] < strata(SPEC)[0].plate


def test_bodies_go_as_the_edge_comes_and_the_ledger_admits_its_deficit() -> None:
    years = [consumed(SPEC, body) for body in BODIES]
    assert years[0] == min(years)  # the Moon first (canon S39)
    assert all(SPEC.year_first < year < year_of(BY_ID["gene"], SPEC) for year in years)
    before, now = ledger(SPEC, years[0] - 1.0), ledger(SPEC, 0.0)
    assert before.bodies == ()
    assert before.supplied == 0.0
    assert set(now.bodies) == {body.name for body in BODIES}
    assert now.supplied == pytest.approx(1.904e27, rel=1e-3)  # E31: 237.5 kg/m2 of the rim
    assert now.deficit > 1e9 * now.supplied  # E33: a single plate takes 332,600 Jupiters
    one = 4.0 * np.pi * (SPEC.radius_km * 1e3) ** 2 * 1e4 * 7850.0
    assert one == pytest.approx(6.3e32, rel=0.01)
    assert now.plates == pytest.approx(one * SPEC.layers / 3.0, rel=0.01)  # 160,000 plates, their area r2 from the core to the rim


PLACES = [first(CITY, kind) for kind in ("district", "tower", "canyon")]


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.kind)
def test_everything_of_now_was_born_by_now_and_what_stood_before_is_gone(place: object) -> None:
    parts = CITY.unfold(place).parts  # type: ignore[arg-type]
    told_ = lives(place, parts, SPEC)  # type: ignore[arg-type]
    n = len(parts)
    assert (told_.born < 0.0).all()
    assert (told_.gone[:n] > 0.0).all()
    assert (told_.gone[n:] < 0.0).all()
    assert (told_.born < told_.gone).all()
    assert len(told_.parts) > 1.01 * n
    now = told_.at(0.0)
    for field in fields(parts):
        assert np.array_equal(getattr(now, field.name), getattr(parts, field.name))
    recent = (told_.born[:n] > -500.0).mean()
    assert 0.02 < recent < 0.6


def test_a_part_has_one_life_whichever_others_are_asked_about() -> None:
    place = PLACES[0]
    parts = CITY.unfold(place).parts
    whole, some = lives(place, parts, SPEC), lives(place, parts[100:400], SPEC)
    assert np.array_equal(whole.born[100:400], some.born[:300])


def test_earlier_years_hold_less_and_every_year_holds_what_is_born() -> None:
    place = PLACES[0]
    growth = CITY.unfold(place)
    counts = [len(standing(place, growth, SPEC, year).parts) for year in (-9_000.0, -6_000.0, -3_000.0, -300.0, 0.0)]
    assert counts[0] == 0
    assert counts == sorted(counts)
    assert standing(place, growth, SPEC, 0.0) is growth


def test_a_plate_closes_along_an_edge_within_the_time_of_its_layers() -> None:
    cell = CITY.at("band 7 / tile 3-02")
    points = cell.frame.to_world(CITY.unfold(cell).skin[0].points)
    born = skin_born(cell, points, SPEC)
    assert cell.cell is not None
    start, end = (SPEC.year_first * (1.0 - layer / SPEC.layers) for layer in (cell.cell.low, cell.cell.high))
    assert start < born.min() < born.max() <= end
    assert len(set(np.round(born, 1))) > 4


@pytest.mark.parametrize("place", relics(SPEC)[:2] + relics(SPEC)[-1:], ids=lambda place: place.kind)
def test_relics_lead_back_and_stay_in_their_box(place: object) -> None:
    found = CITY.at(str(place.address))  # type: ignore[attr-defined]
    assert (found.kind, found.key, found.size) == (place.kind, place.key, place.size)  # type: ignore[attr-defined]
    growth = CITY.unfold(found)
    half = found.size[0] / 2
    assert np.abs(growth.parts.position[:, :2]).max() <= half
    assert growth.parts.position[:, 2].min() >= 0.0
    assert growth.parts.position[:, 2].max() <= found.size[2]
    for child in growth.children[:2]:
        assert CITY.at(str(child.address)).key == child.key


def test_towers_are_hundreds_of_miles_tall_and_stand_before_the_dome() -> None:
    earth = relics(SPEC)[0]
    parts = CITY.unfold(earth).parts
    spines = parts[(parts.scale[:, 2] > 1.5e5) & (parts.scale[:, 2] > 3.0 * parts.scale[:, 0])]
    assert len(spines) > 60
    assert 160.0 < np.median(spines.scale[:, 2]) / 1e3 < 800.0  # canon S32
    assert (parts.year < SPEC.year_first).all()


def _early(year: float, distance: float = 2.2e7) -> ViewState:
    x, y, z = (float(v) for v in home(SPEC) * distance)
    return ViewState(city=SPEC, camera=Camera((x, y, z), (0.0, 0.0, 0.0)), year=year)


def test_scrubbing_asks_for_no_other_content() -> None:
    district = view("district")
    keys = {cut_key(replace(district, year=float(year))) for year in range(-500, 0, 10)}
    assert len(keys) == 1
    opening = view("opening")
    assert len({cut_key(replace(opening, year=float(year))) for year in range(-36_000, 0, 250)}) == 1
    assert cut_key(opening) != cut_key(replace(opening, year=-1.0))


def test_one_content_holds_many_years() -> None:
    unfold = Unfolder(CITY)
    bare, grown = _early(-35_900.0), _early(-30_600.0)
    what = content(unfold, bare, (640, 360), 400_000)
    assert cut_key(bare) == cut_key(grown)
    times = [scene(state, what).look.times for state in (bare, grown)]
    assert times[0].ground == 1.0
    assert times[1].ground < 0.6  # canon S33
    born = what.instances.born
    assert born is not None
    counts = [int((born <= time.year).sum()) for time in times]
    assert 0 < counts[0] < 0.6 * counts[1]


def test_a_content_of_now_carries_no_years() -> None:
    what = content(Unfolder(CITY), view("opening"), SMALL, 30_000)
    assert what.instances.born is None
    assert what.surface.born is None
    assert spans_of(what.instances) is None


def test_spans_are_near_the_years_they_stand_for() -> None:
    state = replace(view("district"), year=-200.0)
    instances = content(Unfolder(CITY), state, SMALL, 60_000).instances
    found = spans_of(instances)
    assert found is not None
    assert instances.born is not None
    assert instances.gone is not None
    number, table = found
    assert len(table) == 2 * SPANS
    years = np.array(table).reshape(-1, 2)[number]
    assert np.array_equal(years[:, 1] > FOREVER / 2, instances.gone > FOREVER / 2)
    off = np.abs(years[:, 0] - instances.born)[instances.born > -500.0]
    assert np.median(off) < 15.0


def test_the_walkers_ground_obeys_the_year() -> None:
    state = view("canyon")
    now = ground(CITY, state.camera.position)
    then = ground(CITY, state.camera.position, unfold=as_it_was(CITY, -20_000.0))
    assert len(now.solid) > 0
    assert len(then.solid) == 0


@pytest.mark.parametrize(("year", "least", "most"), [(-35_000.0, 12_000, 40_000), (-29_000.0, 12_000, 120_000)])
def test_exports_obey_the_year(year: float, least: int, most: int) -> None:
    state = replace(view("opening"), year=year)
    job = Export(state, None, "a.glb", most)
    assert least < dry_export(job)["triangles"] <= 1.2 * most
    place = PLACES[0].address
    then, now = (dry_export(Export(replace(state, year=when), place, "a.glb", 60_000))["parts"] for when in (-7_500.0, 0.0))
    assert 0 < then < now


def test_the_film_goes_from_the_bare_earth_to_the_last_age() -> None:
    states = chronicle(view("opening"), 20.0).states(5.0)
    years = [state.year for state in states]
    assert years == sorted(years)
    assert stage_at(SPEC, years[0]).id == "netsphere"
    assert stage_at(SPEC, years[-1]).id == "reclaimed"
    assert {stage_at(SPEC, year).id for year in years} == {stage.id for stage in STAGES}
    away = np.array([state.camera.distance for state in states])
    lowest = int(away.argmin())
    assert stage_at(SPEC, years[lowest]).id == "first-city"  # the eye comes down to see it
    assert (away[lowest + 1 :] > 0.97 * away[lowest:-1]).all()  # and draws back from there
    assert (away[1:] < 1.9 * away[:-1]).all()  # and does not leap
    edges = np.array([front(SPEC, year) for year in years])
    assert (away > 1.4 * edges).all()
    assert states[0].cuts == ()
    assert states[-1].cuts


def test_stages_by_number_word_and_step() -> None:
    state = view("opening")
    assert staged(state, "4").year == staged(state, "dome").year == SPEC.year_first
    assert stepped(state, -1).year == year_of(BY_ID["gene"], SPEC)
    assert stepped(stepped(state, 1), -1).year == 0.0
    assert stepped(replace(state, year=1e6), 1).year == 1e6
    with pytest.raises(InputError, match="there is no stage 'atlantis'"):
        staged(state, "atlantis")
    rows = told(staged(state, "planets"))
    assert rows["stage"].startswith("6 ")
    assert "cannot be accounted for" in told(state)["mass"]


@pytest.mark.parametrize("name", [stage.id for stage in STAGES])
def test_an_eye_outside_keeps_the_city_in_its_picture(name: str) -> None:
    state = view("opening")
    there = staged(state, name)
    away = float(np.sqrt(np.square(there.camera.position).sum()))
    edge = max(front(SPEC, there.year), SPEC.core_km * 1e3)
    assert 1.5 * edge < away < 5.0 * edge
    assert problem(there) is None
    inside = view("district")
    assert staged(inside, name).camera == inside.camera


def test_later_eras_are_darker_then_more_lived_in() -> None:
    state, plain = view("district"), style("plate")
    windows = [lit(plain, staged(state, name)).values["light.windows"] for name in ("now", "nse", "blame2", "reclaimed")]
    assert windows[1] < windows[0] < windows[2] < windows[3]  # type: ignore[operator]
    assert lit(plain, state) is plain
    assert not look(_early(-35_000.0)).inside


@given(st.floats(-5.0e4, 1.0e4))
def test_any_year_has_a_stage_and_a_text(year: float) -> None:
    rows = told(replace(ViewState(city=SPEC), year=year))
    assert rows["caption"]
