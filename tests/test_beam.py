"""The Gravitational Beam Emitter: scars in files and links, what they take away, holes in pictures and exports, and the shot itself."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from geometry.address import parse as read_address
from geometry.bore import apart, bored, capsules, local, near, swallowed
from geometry.city import City
from geometry.cityfile import CityFile, CityFileError, parse, text_of, write
from geometry.export import write_stl
from geometry.export.check import check_mesh
from geometry.export.piece import Piece
from geometry.export.slice import sliced
from geometry.hollow import hollowed
from geometry.hulls import hulls
from geometry.material import Material
from geometry.parts import join, parts
from geometry.place import Frame
from geometry.scar import MOST_SCARS, POWERS, Scar, ScarError
from geometry.search import first
from geometry.spec import CitySpec, SpecError, with_changes, with_scars
from tests.scenes import RADIUS, content, look
from tests.screens import rendering
from viewer.camera import Camera
from viewer.command.cli import main
from viewer.command.options import What
from viewer.command.report import Report
from viewer.command.sources import resolve, state_of
from viewer.compose import bores_of, scars_of, scene
from viewer.drawing.renderer import Renderer
from viewer.emitter import beam
from viewer.emitter.piercing import _plates
from viewer.emitter.shot import CHARGE_S, SHOT_S, WHOLE_S, shot_at
from viewer.files import fitting, jobs
from viewer.files.estimate import dry_export
from viewer.files.jobs import Export
from viewer.files.regions import holes_of
from viewer.hiding import hidden
from viewer.link import link
from viewer.link import parse as parse_link
from viewer.scene import Scene
from viewer.state import ViewState
from viewer.store import Store
from viewer.views import view

EYE = (0.0, 0.0, RADIUS)
SCAR = Scar(muzzle=(6.1e11, 0.125, -3.0), direction=(0.3, 1.0, 0.2), power=3, seed=11, place="band 7")
NEAR = Scar(muzzle=(0.0, -30.0, 1.0), direction=(0.05, 1.0, 0.02), power=3, seed=3)


@pytest.fixture(scope="module")
def renderer() -> Iterator[Renderer]:
    yield from rendering(120, 80)


def test_the_third_power_is_the_pistol_of_canon_and_each_is_greater_than_the_last() -> None:
    assert (POWERS[2].bore, POWERS[2].reach, POWERS[2].blast) == (5.0, 7.0e4, 50.0)  # P40
    assert POWERS[4].reach >= 1.0e6  # P41
    assert len(POWERS) == 5
    for weaker, stronger in itertools.pairwise(POWERS):
        assert weaker.bore < stronger.bore
        assert weaker.reach < stronger.reach
        assert weaker.blast < stronger.blast


@pytest.mark.parametrize(
    ("name", "value"),
    [("power", 0), ("power", 6), ("power", True), ("muzzle", (1.0, float("nan"), 0.0)), ("muzzle", (1.0, 2.0)), ("direction", (0.0,) * 3),
     ("seed", -1), ("seed", 2**63), ("place", "x" * 500), ("place", "\n")],
)  # fmt: skip
def test_a_number_out_of_its_range_is_no_scar(name: str, value: object) -> None:
    given = {"muzzle": (0.0, 0.0, 0.0), "direction": (1.0, 0.0, 0.0), "power": 1} | {name: value}
    with pytest.raises(ScarError, match=name):
        Scar(**given)  # type: ignore[arg-type]


def test_scars_come_back_from_city_files_and_links_to_the_bit() -> None:
    spec = with_scars(CitySpec(seed=7), (SCAR, replace_power(SCAR, 5)))
    file = CityFile(spec, title="Shot through")
    assert parse(text_of(file).encode()) == file
    state = parse_link(link(ViewState(city=spec, emitter=4)))
    assert [(s.muzzle, s.direction, s.power, s.seed) for s in state.city.scars] == [
        (s.muzzle, s.direction, s.power, s.seed) for s in spec.scars
    ]
    assert state.emitter == 4


def replace_power(scar: Scar, power: int) -> Scar:
    return Scar(muzzle=scar.muzzle, direction=scar.direction, power=power, seed=scar.seed)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("power = 9", "power"),
        ("muzzle = [1, 2]", "muzzle"),
        ("colour = 1", "no such key"),
        ("seed = 1.5", "seed"),
        ("direction = 4", "direct"),
    ],
)
def test_a_bad_scar_is_told_in_one_line_with_its_line(line: str, said: str) -> None:
    rows = {"muzzle": "muzzle = [1.0, 2.0, 3.0]", "direction": "direction = [0, 1, 0]", "power": "power = 2"} | {line.split()[0]: line}
    text = "schema = 1\n\n[[scar]]\n" + "\n".join(rows.values()) + "\n"
    with pytest.raises(CityFileError, match=said) as caught:
        parse(text.encode())
    assert text.split("\n")[(caught.value.line or 0) - 1] == line
    assert "\n" not in str(caught.value)


def test_a_city_keeps_so_many_scars_and_another_seed_has_none() -> None:
    with pytest.raises(SpecError, match="scars"):
        with_scars(CitySpec(), (SCAR,) * (MOST_SCARS + 1))
    scarred = with_scars(CitySpec(), (SCAR,))
    assert with_changes(scarred, {"seed": 41}).scars == ()
    assert with_changes(scarred, {"fill": 0.3}).scars == (SCAR,)
    assert scarred.unscarred == CitySpec()


def test_what_lies_wholly_in_a_bore_is_gone_and_no_byte_else_is_touched() -> None:
    """Law of unfolding 1: the parts that are left are the same bytes, whoever unfolds them and in whatever order."""
    bare = City(CitySpec())
    place = first(bare, "district", "block")
    shot = Scar(muzzle=tuple((place.centre - 900.0 * place.frame.axes[0]).tolist()), direction=tuple(place.frame.axes[0]), power=4, seed=5)
    city = City(with_scars(bare.spec, (shot,)))
    before, after = bare.unfold(place), city.unfold(place)
    some = local(near((shot,), place.centre, place.radius), place)
    gone = swallowed(before.parts, some)
    assert 0 < gone.sum() < len(gone)
    assert not swallowed(after.parts, some).any()
    for name in ("position", "scale", "rotation", "material"):
        assert np.array_equal(getattr(after.parts, name)[: (~gone).sum()], getattr(before.parts[~gone], name))
    away = Scar(muzzle=(1.0e9, 0.0, 0.0), direction=(1.0, 0.0, 0.0), power=5)
    assert bored(before, place, (away,)) is before
    centres = some.away(after.parts.position.astype(np.float64)) < some.radius[:, None]
    small = after.parts.scale.max(axis=1) < 2.0
    assert not (
        centres.any(axis=0) & small & (some.away(after.parts.position.astype(np.float64)) < some.radius[:, None] - 2.0).any(axis=0)
    ).any()


def test_bursts_are_drawn_from_the_seed_and_stay_on_the_way() -> None:
    one, same, other = (
        capsules(SCAR),
        capsules(replace_power(SCAR, 3)),
        capsules(Scar(muzzle=SCAR.muzzle, direction=SCAR.direction, power=3)),
    )
    assert np.array_equal(one.start, same.start)
    assert not np.array_equal(one.radius[1:9], other.radius[1:9])
    assert one.radius[0] == 2.5
    assert (one.radius[1:] <= 50.0).all()
    assert len(one) > 100
    along = (one.start[1:] - np.array(SCAR.muzzle)) @ one.course[0]
    assert (along > 0.0).all()
    assert (along < 7.0e4).all()


def test_an_export_is_closed_and_nothing_of_it_stands_in_the_bore(tmp_path: Path) -> None:
    made = join(
        [
            parts("box", [[0, 50, 0]], [[60, 20, 60.0]]),
            parts("drum", [[0, 120, 0]], [[40, 40, 90.0]]),
            parts("box", [[200, 0, 0]], [[9] * 3]),
        ]
    )
    found = list(sliced([Piece("a", (), Frame(np.zeros(3), np.eye(3)), made)], holes_of((NEAR,), 4.0)))
    points = np.concatenate([mesh.points for mesh in found[0].skin]).astype(np.float64)
    some = capsules(NEAR)[capsules(NEAR).radius >= 2.0]
    assert (some.away(points) - some.radius[:, None]).min() > -1e-5
    assert (some.away(points)[0] < 2.6).any(), "the wall of the bore is there"
    assert len(found[0].parts) == 1, "what no shot touches stays as it is"
    path = tmp_path / "shot.stl"
    write_stl(iter(found), str(path))
    report = check_mesh(str(path))
    assert report.ok
    assert report.open_edges == report.degenerate == 0


def test_an_export_that_was_shot_through_keeps_to_its_triangles() -> None:
    state = beam.fired(beam.powered(view("hall"), 4))
    hall = read_address("band 8.14.14 / layer 114781 / tile 3-2222222221222222222222 / district 0 / block 477 / hall 0")
    assert 400 < dry_export(Export(state, hall, "a.glb", 4_000))["triangles"] <= 4_000  # round holes alone would take 100,000


def test_what_was_shot_through_is_not_unfolded_anew_and_its_file_has_no_empty_triangles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, calls, counted = beam.fired(beam.powered(view("hall"), 4)), list[int](), list[int]()
    hall = read_address("band 8.14.14 / layer 114781 / tile 3-2222222221222222222222 / district 0 / block 477 / hall 0")
    shown, held = jobs._shown, fitting._held
    monkeypatch.setattr(fitting, "_held", lambda *words: counted.append(1) or held(*words))
    monkeypatch.setattr(jobs, "_shown", lambda *words: calls.append(1) or shown(*words))
    job = Export(state, hall, str(tmp_path / "a.glb"), 200_000)
    told = jobs.make_export(job, Report(quiet=True))
    assert len(calls) == len(counted) >= 1, "what fits is written from what was kept when it was counted"
    found = check_mesh(tmp_path / "a.glb")
    assert found.triangles == told["triangles"] > 150_000
    assert found.ok
    assert found.tangled == found.degenerate == 0, "what rounding makes of a sliver is left out, or its edges were paired with others'"
    assert [path.name for path in tmp_path.iterdir()] == ["a.glb"]


def test_a_wall_has_a_round_hole_with_a_scorched_wall_of_its_own(renderer: Renderer) -> None:
    wall = content(parts("box", [[0.0, 30.0, 0.0]], [[40.0, 12.0, 40.0]]), EYE)
    scar = Scar(muzzle=(0.0, -6.0, RADIUS), direction=(0.0, 1.0, 0.0), power=3, seed=1)
    camera = Camera((3.0, 0.0, RADIUS), (0.0, 30.0, RADIUS), (0.0, 0.0, 1.0), 50.0)
    renderer.show(Scene(wall, camera, look(), bores=bores_of((scar,), wall)))
    renderer.render()
    buffer = renderer.gbuffer()
    away, row = buffer[..., 1], np.round(buffer[..., 2]).astype(int)
    hole, scorched = away == 0.0, (away > 0.0) & (row == 1)
    assert hole.sum() > 30
    assert scorched.sum() > 60
    y, x = np.nonzero(hole | (row == 1))
    assert 0.75 < (np.ptp(y) + 1) / (np.ptp(x) + 1) < 1.35, "it is round"
    renderer.show(Scene(wall, camera, look()))
    renderer.render()
    assert (renderer.gbuffer()[..., 1] > 0.0).all()
    assert (np.round(renderer.gbuffer()[..., 2]) == 0).all()


def test_firing_is_a_step_of_undo_and_nobody_fires_into_the_past() -> None:
    store = Store(ViewState(camera=Camera((6.0e11, 0.0, 0.0), (6.0e11, 100.0, 0.0), (1.0, 0.0, 0.0))))
    store.put(beam.fired(store.state), "Fire the beam")
    assert len(store.state.city.scars) == 1
    assert store.unsaved
    assert beam.shot(store.state).seed != store.state.city.scars[0].seed, "the next shot bursts elsewhere"
    assert store.undo() == "Fire the beam"
    assert not store.state.city.scars
    assert store.redo() == "Fire the beam"
    assert len(store.state.city.scars) == 1
    past = replace(store.state, year=-500.0)
    assert beam.cannot(past)
    assert beam.fired(past) == past
    assert scars_of(past) == ()
    assert beam.mended(store.state).city.scars == ()


def test_the_scene_of_a_year_that_is_past_has_no_scar_and_that_of_now_has() -> None:
    state = beam.fired(ViewState())
    state = replace(state, camera=Camera(EYE, (0.0, 100.0, RADIUS), (0.0, 0.0, 1.0)))
    state = beam.fired(beam.mended(state))
    what = content(parts("box", [[0.0, 300.0, 0.0], [9.0e3, 0.0, 0.0]], [[40.0, 500.0, 40.0]]), EYE)
    assert len(scene(state, what).bores) >= 1
    assert scene(state, what).bores is scene(state, what).bores
    assert len(scene(replace(state, year=-500.0), what).bores) == 0


def test_a_plate_yields_to_the_unlocked_beam_alone() -> None:
    spec = CitySpec()
    down = first(City(spec), "district").frame
    muzzle = tuple((down.origin + 2.0 * down.axes[2]).tolist())
    crossed = [_plates(spec, Scar(muzzle=muzzle, direction=tuple(-down.axes[2]), power=power))[2:] for power in (2, 5)]
    assert crossed[1][0] == 1
    assert 7.0e3 < crossed[1][1] < 1.01e4
    assert crossed[0][0] <= 1


def test_a_shot_charges_flashes_and_is_over() -> None:
    camera = Camera(EYE, (0.0, 100.0, RADIUS), (0.0, 0.0, 1.0))
    shots = [shot_at(NEAR, camera, seconds) for seconds in (0.5 * CHARGE_S, CHARGE_S + 0.5 * SHOT_S, WHOLE_S)]
    assert shots[0].charge > 0.3
    assert shots[0].light == 0.0
    assert shots[0].gain < 1.0
    assert shots[1].light == 1.0
    assert shots[1].ring > 0.5
    assert shots[1].kick > 0.0
    assert shots[1].heat > 0.5
    assert shots[2].light == shots[2].heat == shots[2].kick == 0.0
    assert shots[2].dust < 1e-6


def test_bad_shots_are_told_in_one_line(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for words in (["fire", "--power", "9"], ["fire", "--year", "-20000"], ["fire", "-o", str(tmp_path / "x.png")]):
        assert main(words) != 0
        said = capsys.readouterr().err
        assert said.startswith("error: ")
        assert said.count("\n") == 1


def test_a_body_walks_into_the_bore_and_no_box_of_it_is_in_the_way() -> None:
    walls = hulls(join([parts("box", [[0, 20, 0]], [[60, 30, 60.0]]), parts("box", [[100, 0, 0]], [[5, 5, 5.0]])]))
    shot = replace(capsules(NEAR)[:1], radius=np.array([2.5]))
    left = hollowed(walls, shot, 28.0)
    reach = np.sqrt((left.half**2).sum(axis=1))
    depth = shot.away(left.centre)[0] - 2.5
    near_by = (np.abs(left.centre) < 20.0).all(axis=1)
    assert len(left) > 500
    assert (depth[near_by] > -1e-9).all(), "no middle of a box lies in the bore"
    assert (depth + reach > 0.0)[near_by].all()
    assert ((depth < 0.4) & near_by).sum() > 100, "its wall is there, and the floor to stand on"
    assert hollowed(walls, shot[:0], 28.0) is walls


def test_rubble_lies_in_the_face_about_its_hole() -> None:
    place = first(City(CitySpec()), "district", "block")
    along = place.frame.axes[0]
    shot = Scar(muzzle=tuple((place.centre - 900.0 * along).tolist()), direction=tuple(along), power=3, seed=5)
    growth = City(place_spec := with_scars(CitySpec(), (shot,))).unfold(place)
    made = growth.parts[growth.parts.material == Material.SCORCHED]
    assert len(made) >= 40
    assert len(made) == (City(place_spec).unfold(place).parts.material == Material.SCORCHED).sum()
    some = local(capsules(shot)[:1], place)
    off = some.away(made.position.astype(np.float64))[0]
    assert (off > 2.0).all()
    assert (off < 2.5 * 2.0).all()
    assert (made.scale.max(axis=1) < 1.3).all()


def test_flags_fire_and_take_the_scars_of_a_city_file(tmp_path: Path) -> None:
    path = tmp_path / "shot.toml"
    write(path, CityFile(with_scars(CitySpec(), (SCAR,))))
    assert state_of(resolve(None), What(scars=str(path))).city.scars == (SCAR,)
    fired = state_of(resolve(None), What(do=["beam.power.5", "beam.fire"])).city.scars
    assert [scar.power for scar in fired] == [5]


def test_what_is_said_to_lie_apart_from_a_capsule_does() -> None:
    draw = np.random.default_rng(4)
    middle, edges = draw.uniform(-9.0, 9.0, (300, 3)), draw.normal(size=(300, 3, 3)) * draw.uniform(0.1, 2.0, (300, 1, 1))
    some = capsules(NEAR)[:1]
    some = replace(some, start=np.zeros((1, 3)), end=4.0 * some.course, radius=np.array([1.5]))
    found = apart(middle, edges, some)[0]
    shares = draw.uniform(-1.0, 1.0, (400, 3))
    points = middle[:, None] + (edges[:, None] * shares[None, :, None, :]).sum(axis=-1)
    met = (some.away(points.reshape(-1, 3))[0] < 1.5).reshape(300, 400).any(axis=1)
    assert not (found & met).any()
    assert (~met & ~found).mean() < 0.2, "and it says so of most"


def test_plates_go_on_hiding_what_no_bore_comes_into() -> None:
    """A ball about a cell of a sphere reaches over others: they are asked by their radii as well."""
    before = view("canyon")
    after = beam.fired(beam.powered(before, 4))
    eye = np.asarray(before.camera.position)
    radius = float(np.sqrt((eye * eye).sum()))
    bands = [place for place in City(before.city).unfold(City(before.city).root).children if place.cell is None]
    cells = [cell for band in bands for cell in City(before.city).unfold(band).children if cell.cell is not None]
    elsewhere = [place for place in cells if place.cell and not place.cell.inner < radius < place.cell.outer]
    assert elsewhere
    assert [hidden(after)(place) for place in elsewhere] == [hidden(before)(place) for place in elsewhere]
    assert any(hidden(after)(place) and len(near(after.city.scars, place.centre, place.radius)) for place in elsewhere)
