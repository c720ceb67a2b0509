"""The dive: ways through plates, round solids, and a camera on them that never jumps."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import defaultdict
from itertools import pairwise

import numpy as np
import pytest

from geometry import cell as cells
from geometry.city import City
from geometry.cityfile import preset
from geometry.holes import bundle_at, facing, holes, length, open_at, plated, row_of, tile_of
from geometry.material import Material
from geometry.nest import bands_of, cell_place
from geometry.place import Cell
from geometry.search import first
from geometry.spec import CitySpec
from viewer.command.film import DIVE_S
from viewer.compose import Unfolder, assemble, content, scene, shown_of
from viewer.drawing.picture import Sampler
from viewer.errors import InputError
from viewer.hiding import shaft_about
from viewer.journey.arrival import _tiles as usual_tiles
from viewer.journey.detour import Need, detour
from viewer.journey.dive import FOV, Path, eased_ends, on, path_to, place_at
from viewer.journey.flyby import start_over
from viewer.journey.landings import stand_before, watched
from viewer.journey.midair import air_of
from viewer.journey.obstacles import Line, Obstacles
from viewer.journey.route import gates
from viewer.link import link, parse
from viewer.state import ViewState

SPEC = CitySpec()


@pytest.fixture(scope="module")
def obstacles() -> Obstacles:
    city = City(SPEC)
    return Obstacles(city, Unfolder(city))


@pytest.fixture(scope="module")
def path() -> Path:
    return path_to(City(SPEC), None)


@pytest.mark.parametrize("seed", [1, 40])
def test_holes_are_open_all_through_their_bundle_and_its_sub_strata(seed: int) -> None:
    spec = CitySpec(seed=seed)
    near = np.array([0.3, -0.8, 0.52])
    for bands in ((11,), (8, 14), (8, 14, 14)):
        found = list(holes(spec, bands, near / length(near)))
        assert found
        for hole in found[:20]:
            row = row_of(spec, bands)
            point = hole.toward * (0.3 * row.plate + 0.7 * row.outer)
            assert open_at(spec, bands, point)
            assert not plated(spec, point)
            shaft = shaft_about(spec, point)
            assert shaft is not None
            assert shaft.high - shaft.low >= row.high - row.low


def test_a_plate_is_neither_whole_nor_gone() -> None:
    rng = np.random.default_rng(5)
    spec = CitySpec()
    ways = rng.normal(size=(60, 3))
    row = row_of(spec, (8, 14, 14, 14))
    shut = [plated(spec, way / length(way) * (row.plate + row.outer) / 2.0) for way in ways]
    assert 10 < sum(shut) < 60


def test_facing_is_the_inverse_of_the_cells_directions() -> None:
    cell = Cell(0, 1, 1.0, 1.0, 1.0, 6, 4, 37, 11)
    face, column, row = facing(cells.at(cell, 0.0, 0.0))
    assert (face, int(column * 64), int(row * 64)) == (4, 37, 11)
    assert tile_of(4, 37, 11, 6)[0] == 4


@pytest.mark.parametrize("seed", [1, 7, 40])
def test_gates_lead_from_outside_to_a_layer_and_leave_no_solid_out(seed: int) -> None:
    spec = CitySpec(seed=seed)
    goal = row_of(spec, (8, 14, 14, 14)).inner + 1e5
    passed = gates(spec, 2e12, goal)
    assert passed[0].top == row_of(spec, (11,)).outer
    assert passed[-1].floor <= goal < passed[-1].foot
    for above, below in pairwise(passed):
        assert below.top == pytest.approx(above.floor)
    assert all(gate.floor < gate.foot < gate.top for gate in passed)


def test_a_solid_is_met_and_an_open_sight_is_not(obstacles: Obstacles) -> None:
    place = first(obstacles.city, "district", "canyon")
    parts = obstacles.unfold(place).parts
    box = place.frame.to_world(parts.position[0].astype(np.float64))
    assert obstacles.holds(box) is not None
    high = place.frame.to_world(np.array([0.0, 0.0, 3.0 * place.size[2]]))
    assert obstacles.met(Line(high, box, 0.0)) is not None
    assert obstacles.met(Line(high, high + place.frame.axes[0] * 5.0, 0.0)) is None


def test_the_way_starts_under_the_stars_and_ends_before_somebody(path: Path) -> None:
    start, end = path.camera(0.0), path.camera(1.0)
    assert length(np.asarray(start.position)) > 2.0 * SPEC.radius_km * 1e3
    assert end.distance < 20.0
    assert end.fov == FOV


def test_the_way_ends_where_stair_rail_and_somebody_are_seen(path: Path, obstacles: Obstacles) -> None:
    end = path.camera(1.0)
    near = ((place, watched(place)) for place in obstacles.about(np.asarray(end.position)) if place.kind == "block")
    block, ways = next((place, ways) for place, ways in near if ways is not None)
    stand = stand_before(obstacles, block, ways)
    assert stand is not None
    assert stand.worth > 0.4
    assert length(stand.eye - np.asarray(end.position)) < 0.1
    assert length(stand.target - np.asarray(end.focus)) < 0.1
    assert (obstacles.unfold(block).parts.material == Material.FIGURE).sum() == 1


def test_the_camera_neither_jumps_nor_snaps(path: Path) -> None:
    cameras = [path.camera(share) for share in np.linspace(0.0, 1.0, 1800)]
    for axis in ("forward", "right"):  # a sight straight down would turn the picture on its head
        axes = np.array([getattr(camera, axis) for camera in cameras])
        turns = np.degrees(np.arccos(np.clip((axes[1:] * axes[:-1]).sum(axis=1), -1.0, 1.0)))
        assert turns.max() < 4.0, axis
    eyes = np.array([camera.position for camera in cameras]) - path.goal
    steps, left = np.sqrt((np.diff(eyes, axis=0) ** 2).sum(axis=1)), np.sqrt((eyes[1:] ** 2).sum(axis=1)) + 5.0
    assert (steps / left).max() < 0.35


def solids_on(path: Path, obstacles: Obstacles, count: int) -> list[int]:
    """Which of so many even samples of a path lie in a plate or in a part."""
    eyes = [np.asarray(path.camera(share).position) for share in np.linspace(0.0, 1.0, count)]
    return [index for index, eye in enumerate(eyes) if not obstacles.free(eye)]


def test_the_eye_passes_through_nothing(path: Path, obstacles: Obstacles) -> None:
    assert solids_on(path, obstacles, 400) == []


def test_nor_in_another_city() -> None:
    """benchmarks/dive_addresses.py looks at more of them."""
    city = City(preset("earth").spec)
    assert solids_on(path_to(city, None), Obstacles(city, Unfolder(city)), 150) == []


def test_a_way_round_a_mass_keeps_off_it(obstacles: Obstacles) -> None:
    place = first(obstacles.city, "district", "canyon")
    x, y, z = place.size
    a, b = (place.frame.to_world(np.array([side * 0.6 * x, 0.1 * y, 0.4 * z])) for side in (-1.0, 1.0))
    assert obstacles.met(Line(a, b, 1.0)) is not None
    found = detour(obstacles, a, b, Need(5.0, 0.5, 0.0))
    assert found is not None
    assert len(found.points) > 1
    for start, end in pairwise([a, *found.points]):
        assert obstacles.met(Line(start, end, found.free, 0.5)) is None


def test_the_way_crosses_ten_powers_of_ten_without_hurry(path: Path) -> None:
    left = np.array([length(np.asarray(path.camera(share).position) - path.goal) for share in np.linspace(0.0, 1.0, 1800)])
    for power in range(2, 12):
        assert ((left > 10.0**power) & (left < 10.0 ** (power + 1))).sum() > 25, power


def test_low_over_the_skin_something_stands_near_and_the_rim_is_far(path: Path) -> None:
    """At 1e12 m to go one flies low and looks along the skin; the start is where the City is seen whole."""
    rim = SPEC.radius_km * 1e3
    eyes = [np.asarray(path.camera(share).position) for share in np.linspace(0.0, 0.4, 801)]
    left = np.array([length(eye - path.goal) for eye in eyes])
    at = int(np.abs(np.log10(left) - 12.0).argmin())
    assert 0.01 < length(eyes[at]) / rim - 1.0 < 0.08
    assert length(eyes[0]) == pytest.approx(2.25 * rim)
    sight = np.asarray(path.camera(at / 2000.0).forward)
    assert abs(float(sight @ eyes[at]) / length(eyes[at])) < 0.5


def test_a_dive_ends_beyond_a_mass_that_swallows_its_tiles() -> None:
    """In this City the nine tiles beside the hole lie all in one mass of a cell above them."""
    city = City(CitySpec(seed=7))
    solid = Obstacles(city, Unfolder(city))
    tile = next(usual_tiles(solid))
    assert tile.cell is not None
    assert solid.free(tile.frame.axes[2] * (tile.cell.inner + 4e4))


def test_a_line_through_the_air_of_a_cell_comes_near_none_of_its_parts() -> None:
    """Cells that are some times as high as wide: what `air_of` says, and what they unfold to."""
    city, seen = City(SPEC), 0
    address = first(city, "district").address
    for depth in (20, 21, 22):
        place = cell_place(SPEC, bands_of(SPEC, address), address.tile[:depth])
        air, grown = air_of(place, SPEC), city.unfold(place).parts
        at = place.frame.to_world(grown.position.astype(np.float64))
        radii = np.sqrt((at * at).sum(axis=1))
        for spot, radius in zip(at, radii.tolist(), strict=True):
            seen += air.low < air.high
            assert not air.holds(spot, spot, (radius, radius), 0.0)
    assert seen > 100


MIX_SIZE, MIX_TRIANGLES = (192, 108), 120_000


def mix(unfold: Unfolder, state: ViewState, sampler: Sampler) -> dict[tuple[str, int, int], float]:
    """Of the pixels in which a part is seen, which share shows each kind of place, prototype and material: a lamp is no rib."""
    shown, eye = shown_of(unfold, state, MIX_SIZE, MIX_TRIANGLES)
    sampler(scene(state, assemble(shown, eye.position, state.city)))
    rows = sampler.rows().ravel()
    prototype, material = (
        np.concatenate(column) for column in zip(*((one.parts.prototype, one.parts.material) for one in shown), strict=True)
    )
    number = np.repeat(np.arange(len(shown)), [len(one.parts) for one in shown])
    seen = rows[(rows >= 0) & (rows < len(prototype))]
    found = defaultdict[tuple[str, int, int], float](float)
    for one, *form in zip(number[seen].tolist(), prototype[seen].tolist(), material[seen].tolist(), strict=True):
        found[shown[one].place.kind, form[0], form[1]] += 1.0 / len(seen)
    return found


def test_what_is_seen_changes_from_decade_to_decade(path: Path) -> None:
    """From 1e12 m, where the City is a globe, to the last metre: no two powers of ten show the same forms."""
    unfold, shares = Unfolder(City(SPEC)), np.linspace(0.0, 1.0, 1801)
    left = np.array([length(np.asarray(path.camera(share).position) - path.goal) for share in shares])
    sampler, mixes = Sampler(MIX_SIZE, 1, taps=4), []
    for power in range(12, -1, -1):
        there = float(shares[int(np.abs(np.log10(left + 1e-9) - power).argmin())])
        mixes.append(mix(unfold, on(path, ViewState(city=SPEC), there), sampler))
    sampler.close()
    apart = {}
    for power, (above, below) in zip(range(11, -1, -1), pairwise(mixes), strict=True):
        apart[power] = 0.5 * sum(abs(above.get(name, 0.0) - below.get(name, 0.0)) for name in {*above, *below})
    assert min(apart.values()) > 0.25, apart


_SHOWN = """
import hashlib, sys
from geometry.city import City
from viewer.compose import Unfolder, content, scene
from viewer.drawing.picture import Sampler
from viewer.link import parse

state = parse(sys.argv[1])
made = content(Unfolder(City(state.city)), state, (160, 90), 40_000)
sampler = Sampler((160, 90), 1, taps=8)
rows = made.instances
arrays = (rows.prototype, rows.position, rows.rotation, rows.scale, rows.look, sampler(scene(state, made))[0])
sampler.close()
print(*(hashlib.sha256(array.tobytes()).hexdigest() for array in arrays))
"""


def test_a_place_dived_to_is_the_one_that_its_link_shows_elsewhere(path: Path) -> None:
    end = on(path, ViewState(city=SPEC), 1.0)
    here = parse(link(end))
    unfold = Unfolder(City(SPEC))
    for share in (0.9, 0.97):  # others were looked at on the way
        content(unfold, on(path, ViewState(city=SPEC), share), (160, 90), 40_000)
    made = content(unfold, here, (160, 90), 40_000)
    sampler = Sampler((160, 90), 1, taps=8)
    rows = made.instances
    arrays = (rows.prototype, rows.position, rows.rotation, rows.scale, rows.look, sampler(scene(here, made))[0])
    sampler.close()
    own = [hashlib.sha256(array.tobytes()).hexdigest() for array in arrays]
    fresh = subprocess.run([sys.executable, "-c", _SHOWN, link(end)], check=True, capture_output=True, text=True, timeout=120)
    assert fresh.stdout.split() == own


def test_states_on_a_way_are_whole(path: Path) -> None:
    state = on(path, ViewState(city=SPEC, peel=3, explode=1.0), 0.5)
    assert (state.peel, state.explode, state.cuts) == (0, 0.0, ())
    assert 0.0 <= state.hour < 24.0


def test_an_address_that_is_not_there_is_one_line() -> None:
    for text in ("band 99", "band 7", "tower twelve", "band 8 / tile 9-9"):
        with pytest.raises(InputError) as error:
            place_at(SPEC, text)
        assert "\n" not in str(error.value)


def test_ease_and_start() -> None:
    shares = [eased_ends(t) for t in np.linspace(0.0, 1.0, 200)]
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert all(b >= a for a, b in pairwise(shares))
    goal = np.array([4e11, 1e11, 2e11])
    assert length(start_over(City(CitySpec()), goal)) == pytest.approx(1.8e12)
    assert bundle_at(CitySpec(), 1.8e12) == ()
    assert DIVE_S > 10.0
