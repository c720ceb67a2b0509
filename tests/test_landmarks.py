"""Landmarks: that they are there, that their cards are whole, and what gives way to them."""

from __future__ import annotations

import importlib.util
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from geometry.address import AddressError
from geometry.angle import matrix
from geometry.city import City
from geometry.landmarks import INNER, PREFIX, SEATS, landmarks, names, planted, standing
from geometry.nest import cell_place
from geometry.place import Place
from geometry.rules import RULES
from geometry.rules.landmarks.room import RADIUS, plates_about
from geometry.solids import PROTOTYPE_IDS
from geometry.spec import CitySpec, fields
from geometry.voids import carved, voids
from viewer.command.sources import resolve
from viewer.compose import Unfolder, content
from viewer.errors import InputError
from viewer.journey.tour import read
from viewer.link import link, parse
from viewer.lore.landmarks import card_at, cards, name_in, titles, tour, view_of
from viewer.pictures.imagefile import read_link
from viewer.places.destination import destination
from viewer.scene import Instances
from viewer.state import ViewState
from viewer.styles import style

ROOT = Path(__file__).parents[1]
_FILE = importlib.util.spec_from_file_location("landmarks_page", ROOT / "benchmarks" / "landmarks.py")
assert _FILE is not None
assert _FILE.loader is not None
benchmark = importlib.util.module_from_spec(_FILE)
_FILE.loader.exec_module(benchmark)
SPEC = CitySpec()
CITY = City(SPEC)
ALL = (*SEATS, *INNER)
SEEDS = (1, 7, 41)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_landmark_stands_in_a_city_of_any_seed(seed: int) -> None:
    spec = CitySpec(seed=seed)
    assert set(names(spec)) == set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_a_name_leads_to_the_place_that_its_address_leads_to(name: str) -> None:
    place = CITY.at(PREFIX + name)
    again = CITY.at(str(place.address))
    assert (again.key, again.kind, again.size) == (place.key, place.kind, place.size)
    assert np.array_equal(again.frame.origin, place.frame.origin)
    assert place.key == place.address.key


@pytest.mark.parametrize("name", SEATS)
def test_a_landmark_is_a_child_of_the_cell_that_plants_it(name: str) -> None:
    own = standing(SPEC, name)
    host = cell_place(SPEC, *own.path)
    assert own in planted(SPEC, host)
    twins = [child for child in CITY.unfold(host).children if child.key == own.place.key]
    assert len(twins) == 1


def test_every_landmark_has_a_card_and_every_card_a_landmark() -> None:
    assert set(cards()) == set(ALL)
    for card in cards().values():
        assert card.rows
        assert card.text
        assert card.choice
        assert card.certainty in {"A", "A+", "B", "C", "D", "X", "?"}


@pytest.mark.parametrize("name", ALL)
def test_the_eye_of_a_card_is_in_the_box_of_its_landmark_or_near_it(name: str) -> None:
    place, state = CITY.at(PREFIX + name), view_of(SPEC, name)
    away = float(np.sqrt(((np.asarray(state.camera.position) - place.centre) ** 2).sum()))
    assert away < 1.2 * place.radius


def test_what_one_types_leads_there() -> None:
    state = ViewState(city=SPEC)
    typed = [destination(text, state).state.camera for text in ("jupiter room", "landmark/jupiter-room", "The Jupiter-sized room")]
    assert typed[0] == typed[1] == typed[2] == view_of(SPEC, "jupiter-room").camera
    assert resolve("landmark/toha").landmark == "landmark/toha"
    assert name_in("band 7") is None


def test_an_unknown_landmark_says_which_it_may_be() -> None:
    with pytest.raises(AddressError, match="did you mean 'jupiter-room'"):
        CITY.at("landmark/jupiter-rom")
    with pytest.raises(InputError, match="landmark/toha"):
        resolve("toha")


def test_a_city_without_room_says_so() -> None:
    small = CitySpec(radius_km=8000.0, core_km=6371.0, layers=12, drawn_layers=12, plate_km=1.0)
    assert "jupiter-room" not in names(small)
    with pytest.raises(AddressError, match="no room"):
        City(small).at("landmark/jupiter-room")


def test_the_eye_in_a_landmark_finds_its_card() -> None:
    inner = CITY.at("landmark/toha-junction / corridor 2")
    assert card_at(SPEC, inner.address) is cards()["toha-junction"]
    assert card_at(SPEC, CITY.at("landmark/toha").address) is cards()["toha"]
    assert card_at(SPEC, CITY.at("band 7 / tile 3-02").address) is None


def test_the_tour_stops_at_each_and_flies_through_nothing() -> None:
    made = tour(SPEC)
    stops = [view_of(SPEC, name).camera.position for name, _ in titles(SPEC)]
    frames = made.states(4.0)
    seen = [frame.camera.position for frame in frames]
    assert list(dict.fromkeys(seen)) == stops  # one after the other, and the eye is never anywhere else
    for before, after in pairwise(frames):
        if before.camera.position != after.camera.position:
            dark = [
                style(one.style, one.tuned).values["grade.exposure"] / style(one.style).values["grade.exposure"] for one in (before, after)
            ]
            assert max(dark) < 0.3


# What gives way -------------------------------------------------------------------------------------------------------


def _cells_at(void_name: str) -> list[Place]:
    """Cells of layers about the middle of a landmark's sphere, down to the tiles beside it."""
    own = standing(SPEC, void_name)
    found, todo = [], [cell_place(SPEC, *own.path)]
    while todo and len(found) < 60:
        place = todo.pop()
        near = [child for child in CITY.unfold(place).children if child.cell is not None]
        near = [child for child in near if np.sqrt(((child.centre - own.centre) ** 2).sum()) < own.seat.void + child.radius]
        found += near[:6]
        todo += near[:2]
    return found


@pytest.mark.parametrize("name", [name for name, seat in SEATS.items() if seat.void])
def test_nothing_of_the_layers_reaches_into_a_sphere(name: str) -> None:
    own = standing(SPEC, name)
    for place in _cells_at(name):
        made = CITY.unfold(place).parts
        if not len(made):
            continue
        away = made.position.astype(np.float64) - place.frame.to_local(own.centre)
        half = np.sqrt((made.scale.astype(np.float64) ** 2).sum(axis=1)) / 2
        assert (np.sqrt((away * away).sum(axis=1)) - half > own.seat.void).all()


def test_a_layers_plate_ends_at_the_room() -> None:
    cells = [place for place in _cells_at("jupiter-room") if place.cell and place.cell.high - place.cell.low == 1]
    assert cells
    near = tuple(void for void in voids(SPEC) if void.lined)
    masks = [carved(near, place, 8) for place in cells]
    assert any(mask.any() for mask in masks)


def test_elsewhere_nothing_changes() -> None:
    far = CITY.at("band 7 / tile 3-02")
    assert not planted(SPEC, far)
    other = City(CitySpec(toha_state="vanished"))
    assert np.array_equal(CITY.unfold(far).parts.position, other.unfold(other.at("band 7 / tile 3-02")).parts.position)


# Of single ones -------------------------------------------------------------------------------------------------------


def test_the_room_is_as_wide_as_jupiter_and_its_cornices_are_the_plates_of_layers() -> None:
    place = CITY.at("landmark/jupiter-room")
    assert pytest.approx(71_500e3) == RADIUS
    assert 20 < len(plates_about(SPEC, place, RADIUS)) < 300
    wall = CITY.unfold(place).skin[0]
    away = np.sqrt(((wall.points - [0.0, 0.0, place.size[2] / 2]) ** 2).sum(axis=1))
    assert away.min() > RADIUS
    assert away.max() < 1.001 * RADIUS


def test_a_finer_sheet_of_the_wall_lies_before_a_coarser_one() -> None:
    room = CITY.at("landmark/jupiter-room")
    coarse = CITY.unfold(room).children[100]
    fine = CITY.unfold(coarse).children[9]
    radii = []
    for patch in (coarse, fine):
        points = patch.frame.to_world(CITY.unfold(patch).skin[1].points.astype(np.float64))
        radii.append(float(np.sqrt(((points - room.centre) ** 2).sum(axis=1)).min()))
    assert RADIUS < radii[1] < radii[0]


def test_the_stair_is_three_thousand_kilometres_of_steps_for_feet() -> None:
    stair = CITY.at("landmark/spiral-stair")
    assert stair.size[2] == pytest.approx(3_000e3)
    length = CITY.at("landmark/spiral-stair / spiral-stair 16 / spiral-stair 12 / spiral-stair 9")
    parts = CITY.unfold(length).parts
    flights = parts[parts.prototype == PROTOTYPE_IDS["stairs"]]
    assert float(flights.scale[:, 2].sum()) == pytest.approx(length.size[2], rel=0.02)
    assert (flights.scale[:, 2] / 12 < 0.19).all()


def test_toha_has_thirteen_caves_or_has_vanished() -> None:
    there, gone = City(SPEC), City(CitySpec(toha_state="vanished"))
    assert "toha-junction" in names(there.spec)
    assert "toha-junction" not in names(gone.spec)
    place = there.at("landmark/toha")
    middle = place.frame.to_local(place.frame.origin)[:2]

    def inside(city: City) -> int:
        made = city.unfold(city.at("landmark/toha")).parts
        flat = made.position[:, :2] - middle
        return int(((np.sqrt((flat * flat).sum(axis=1)) < 100.0) & (made.scale[:, 0] > 3000.0) & (made.position[:, 2] > 8000.0)).sum())

    assert inside(there) >= 13
    assert inside(gone) == 0


def test_the_ways_of_the_junction_lead_all_six_ways() -> None:
    hall = CITY.at("landmark/toha-junction")
    ways = [hall.frame.to_local(way.centre) - [0.0, 0.0, hall.size[2] / 2] for way in hall.children]
    assert {(int(np.argmax(np.abs(way))), bool(way[int(np.argmax(np.abs(way)))] > 0.0)) for way in ways} == {
        (axis, side) for axis in range(3) for side in (False, True)
    }
    ups = {tuple(np.round(way.frame.axes[2] @ hall.frame.axes.T).tolist()) for way in hall.children}
    assert len(ups) >= 4


def test_no_way_leads_out_of_the_sealed_quarter() -> None:
    """From its middle every level line and the line up end at concrete that is a hundred metres thick."""
    place = CITY.at("landmark/sealed-quarter")
    made = CITY.unfold(place).parts
    walls = made[(made.scale.min(axis=1) > 100.0) & (made.prototype == PROTOTYPE_IDS["box"])]
    low, high = walls.position - walls.scale / 2, walls.position + walls.scale / 2
    middle = np.array([0.0, 0.0, 680.0])
    for way in ([1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]):
        spots = middle + np.arange(0.0, 900.0, 10.0)[:, None] * np.asarray(way)
        assert ((spots[:, None] >= low) & (spots[:, None] <= high)).all(axis=2).any()


def _stopped(origin: np.ndarray, ways: np.ndarray, what: Instances) -> np.ndarray:
    """Which rays (n, 3) from a point meet the box of a part."""
    axes = matrix(what.rotation)
    start = np.einsum("nij,ni->nj", axes, origin - what.position)
    way = np.einsum("nij,ki->nkj", axes, ways)
    half = 0.5 * what.scale.astype(np.float64)[:, None]
    with np.errstate(divide="ignore"):
        one, other = (-half - start[:, None]) / way, (half - start[:, None]) / way
    near, far = np.minimum(one, other).max(axis=2), np.maximum(one, other).min(axis=2)
    return np.asarray(((near <= far) & (far > 0.0)).any(axis=0))


@pytest.mark.parametrize("seed", [7, 40])
def test_the_stars_are_seen_over_the_sea_at_the_rim(seed: int) -> None:
    spec = CitySpec(seed=seed)
    state = view_of(spec, "rim")
    what = content(Unfolder(City(spec)), state, (160, 100), 150_000)
    about = np.radians(np.linspace(65.0, 115.0, 24))
    for height, most in ((0.4, 2), (0.02, 24)):  # the sky; and what stands at the horizon, or nothing would be tested
        ways = np.column_stack([np.cos(about), np.sin(about), np.full(24, height)]) @ standing(spec, "rim").place.frame.axes
        stopped = int(_stopped(np.asarray(state.camera.position) - what.anchor, ways, what.instances).sum())
        assert most - 8 < stopped <= most


def test_every_kind_of_a_landmark_has_a_rule() -> None:
    assert all(own.place.kind in RULES for own in landmarks(SPEC))
    assert "toha_state" in {field.name for field in fields()}


# The page -------------------------------------------------------------------------------------------------------------


def test_the_page_is_current_and_its_pictures_are_small() -> None:
    home = ROOT / "docs" / "landmarks"
    assert benchmark.PAGE.read_text(encoding="utf-8") == benchmark.page(), "python benchmarks/landmarks.py --page"
    assert sorted(path.stem for path in home.iterdir()) == sorted((*cards(), benchmark.RIDE))
    assert all(path.stat().st_size <= benchmark.MOST_BYTES for path in home.iterdir())


@pytest.mark.parametrize("name", ALL)
def test_a_picture_is_that_of_its_card(name: str) -> None:
    inside = read_link(ROOT / "docs" / "landmarks" / f"{name}.webp")
    assert inside is not None
    assert parse(inside).camera == parse(link(view_of(SPEC, name))).camera, f"python benchmarks/landmarks.py {name}"


def test_the_picture_of_the_ride_is_one_of_its_looks() -> None:
    assert read_link(ROOT / "docs" / "landmarks" / f"{benchmark.RIDE}.webp") == benchmark.ridden(), "python benchmarks/landmarks.py ride"


def test_a_tour_file_may_stop_at_a_landmark(tmp_path: Path) -> None:
    keys = tmp_path / "tour.toml"
    keys.write_text('[[key]]\nat = 0.0\nview = "opening"\n[[key]]\nat = 3.0\nview = "landmark/toha"\n')
    assert read(keys, SPEC).state_at(3.0).camera == view_of(SPEC, "toha").camera
