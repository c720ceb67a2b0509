"""What hangs on walls, what stands in for small parts, and that a plate keeps to its own side."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest

from geometry.angle import IDENTITY, QUARTER_TURNS, matrix
from geometry.builders.measure import floating_boxes
from geometry.city import City
from geometry.cut import for_eye
from geometry.eye import Eye
from geometry.key import Stream
from geometry.material import Material
from geometry.parts import Parts, parts
from geometry.place import Place
from geometry.rules import canyon, canyon_works, stratum
from geometry.rules.columns import Room, columns, room_of
from geometry.rules.masses import walls
from geometry.rules.wallwork import clusters, conduits, shelves
from geometry.search import first, planar_tiles
from geometry.solids import PROTOTYPE_IDS, PROTOTYPES, triangle_counts
from geometry.standins import stand_in

CITY = City()
WALLS = walls([[0.0, 0.0, 50.0], [40.0, 3.0, 60.0]], np.stack([IDENTITY, QUARTER_TURNS["z"][1]]), [80.0, 60.0], [100.0, 70.0], 0.4, 0.9)


def reach(made: Parts) -> tuple[np.ndarray, np.ndarray]:
    half = (np.abs(matrix(made.rotation.astype(np.float64))) @ (made.scale[:, :, None] / 2.0))[..., 0]
    return made.position - half, made.position + half


def in_wall(made: Parts, wall: int) -> tuple[np.ndarray, np.ndarray]:
    """Corners along, out of and up a wall, for the parts that lie before it."""
    axes = matrix(WALLS.rotation[wall])
    low, high = reach(made.moved(-WALLS.centre[wall]))
    ends = np.stack([low @ axes, high @ axes])
    low, high = ends.min(axis=0), ends.max(axis=0)
    return low * [1, 1, 1], high


@pytest.mark.parametrize("work", ["shelves", "clusters", "conduits"])
def test_what_hangs_on_a_wall_touches_it_and_stays_on_it(work: str) -> None:
    for seed in range(6):
        at = np.zeros(5, dtype=np.int64)
        if work == "shelves":
            made = shelves(Stream(seed), WALLS, at, Stream(seed).between("up", 5, -60.0, 40.0), np.full(5, 4.0), year=0.0)
        elif work == "clusters":
            made = clusters(Stream(seed), WALLS, at, 9.0, each=6, year=0.0)
        else:
            made = conduits(Stream(seed), WALLS, at, 0.6, year=0.0)
        low, high = in_wall(made, 0)
        assert len(made) > 20
        assert low[:, 0].min() > -40.5
        assert high[:, 0].max() < 40.5
        assert low[:, 2].min() >= -50.01
        assert high[:, 1].max() < 4.0  # the wall faces -y: nothing is behind it but what is let in
        # clutter stands on its shelf; everything else is let into the wall
        assert (high[:, 1] > -0.01).mean() > (0.25 if work == "shelves" else 0.99)


def test_nothing_hangs_on_no_walls() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert len(shelves(Stream(1), WALLS, none, np.zeros(0), np.zeros(0), year=0.0)) == 0
    assert len(conduits(Stream(1), WALLS, none, 1.0, year=0.0)) == 0


def test_stand_ins_are_cheaper_and_of_the_same_outline() -> None:
    ids = np.arange(len(PROTOTYPES))
    made = parts(ids, np.zeros((len(ids), 3)), np.tile([4.0, 3.0, 2.0], (len(ids), 1)))
    far, near = stand_in(made, np.full(len(made), 2.0, np.float32)), stand_in(made, np.full(len(made), 900.0, np.float32))
    assert np.array_equal(near.prototype, made.prototype)
    assert (triangle_counts()[far.prototype] <= triangle_counts()[made.prototype]).all()
    assert far.triangles < 0.5 * made.triangles
    assert np.array_equal(far.scale, made.scale)
    kept = far.prototype[[PROTOTYPE_IDS[name] for name in ("figure", "cable", "lamp_post")]]
    assert kept.tolist() == [PROTOTYPE_IDS[name] for name in ("figure", "cable", "lamp_post")]


def test_a_thin_pipe_however_long_is_small() -> None:
    pipe = parts("drum", [[0.0, 0.0, 0.0]], [[1.0, 1.0, 200.0]])
    assert stand_in(pipe, np.array([400.0], np.float32)).prototype[0] == PROTOTYPE_IDS["prism"]
    assert stand_in(pipe, np.array([9000.0], np.float32)).prototype[0] == PROTOTYPE_IDS["drum"]


def ancestors() -> list[Place]:
    """Cells of one layer, from the widest to a planar one."""
    tile = next(planar_tiles(CITY))
    text = str(tile.address)
    found: list[Place] = []
    for cut in range(12):
        try:
            found.append(CITY.at(text[: len(text) - cut]))
        except ValueError:
            break
    return found


@pytest.mark.parametrize("place", [*ancestors(), *islice(planar_tiles(CITY), 1, 3)], ids=lambda place: f"{place.size[0]:.0f}")
def test_ribs_and_columns_stay_below_the_top_of_their_plate(place: Place) -> None:
    """They once stood hundreds of kilometres into the layer above, as walls from horizon to horizon."""
    assert place.cell is not None
    room = room_of(place.cell)
    ground = stratum.Ground(place.kind, place.stream, room, np.zeros((8, 8), dtype=bool), place.epoch, 1)
    for made in (stratum.coffers(ground), columns(ground.stream, room, ground.open, ground.epoch), stratum.masses(ground)):
        high = made.position[:, 2] + made.scale[:, 2] / 2
        assert not len(made) or float(high.max()) <= room.height + 0.5 * room.solid


@pytest.mark.parametrize("idiom", stratum.IDIOMS)
def test_lamps_of_a_wide_cell_do_not_wall_off_its_low_void(idiom: stratum.Idiom) -> None:
    """Nobody found a way between them: they reached from the ceiling to the floor."""
    room = Room(1e8, 2e5, 4e11, 1e6)
    ground = stratum.Ground("stratum", CITY.root.stream, room, np.zeros((8, 8), dtype=bool), 1.0, 1, idiom)
    made = stratum.coffers(ground)
    lamps = made.material == Material.LAMP
    assert lamps.any()
    assert float(made.scale[lamps, 2].max()) < 0.1 * room.height
    assert float((made.position[lamps, 2] + made.scale[lamps, 2] / 2).max()) <= room.height


def test_masses_hang_over_districts_and_none_stands_among_them() -> None:
    tile = next(planar_tiles(CITY))
    assert tile.cell is not None
    room = room_of(tile.cell)
    made = [stratum.Ground(kind, tile.stream, room, np.zeros((8, 8), dtype=bool), 5.0, 1) for kind in ("stratum", "tile")]
    assert [len(stratum.masses(ground)) > 0 for ground in made] == [True, False]
    wide = [float(np.ptp(stratum._grow(ground, purpose="hanging", count=1, tall=4e5).position[:, 0])) for ground in made]
    assert 0.3 * wide[0] < wide[1] < 0.7 * wide[0]


def test_a_canyon_has_niches_and_an_outside() -> None:
    place = first(CITY, "district", "canyon")
    low, high, side = canyon.masses(place)
    assert (high > low).all()
    assert len(low) > 200
    assert set(side.tolist()) == {0, 1}
    out_low, out_high, out_side = canyon_works.outworks(place)
    half = place.size[0] / 2
    assert (out_low[out_side == 0, 0] < -0.85 * half).all()
    assert (out_high[out_side == 1, 0] > 0.85 * half).all()
    kinds = [child.kind for child in CITY.unfold(place).children]
    assert kinds.count("block") >= len(low) + len(out_low)


def test_what_stands_about_the_eye_comes_first() -> None:
    """With few triangles to spend, the blocks of the canyon one stands in are unfolded before other districts."""
    place = first(CITY, "district", "canyon")
    spot = place.frame.to_world(np.array(canyon.viewpoint(place)[0]))
    eye = Eye(spot, 600.0, part_pixels=3.0)
    tile = next(planar_tiles(CITY))
    shown = for_eye(CITY.unfold, (tile,), eye, max_triangles=700_000)
    own = [item for item in shown if item.place.kind == "block" and "canyon" in str(item.place.address)]
    others = [item for item in shown if item.place.kind == "district"]
    assert len(own) > 2 * len(others)


@pytest.mark.parametrize("kinds", [("district", "canyon"), ("canyon",), ("district",)])
def test_almost_nothing_floats_in_a_void(kinds: tuple[str, ...]) -> None:
    shares = []
    for number in range(3):
        place = first(CITY, *kinds, number=number)
        low, high = reach(CITY.unfold(place).parts)
        shares.append(floating_boxes(low, high, low[:, 2] <= 0.001 * place.size[2], 0.0003 * min(place.size)))
    assert float(np.mean(shares)) <= 0.002
