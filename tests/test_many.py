"""What is done for many at once comes out as if each were done alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.angle import matrix
from geometry.builders.batch import rows_of, spread
from geometry.builders.hosts import hosts, panels
from geometry.builders.recall import remembered
from geometry.builders.sky import exposures
from geometry.city import City
from geometry.key import Stream, Streams
from geometry.nest import Cells, cell_children
from geometry.parts import parts
from geometry.pattern import raised
from geometry.rules.keepout import clear, stacked
from geometry.rules.lots import Planted
from geometry.rules.masses import form_of, forms_of, partition, partitions
from geometry.rules.openings import hollowed
from geometry.rules.ways import landing_room
from geometry.rules.ways_plan import halls, has_hall, plans, tunnel, ways_of
from geometry.search import planar_tiles

PLOT = np.array([2, 0, 0, 2, 1, 2, 0, 1])
VALUE = np.array([3.0, 5.0, 1.0, 9.0, 4.0, 2.0, 5.0, 8.0])


def test_rows_are_summed_ranked_and_chosen_within_their_plot() -> None:
    of, whole = rows_of(PLOT, 4), VALUE.astype(np.int64)
    assert of.count.tolist() == [3, 2, 3, 0]
    assert of.number.tolist() == [0, 0, 1, 1, 0, 2, 2, 1]
    assert of.greatest(VALUE).tolist() == [5.0, 8.0, 9.0, -np.inf]
    assert of.total(whole).tolist() == [11, 12, 14, 0]
    assert of.before(whole, -VALUE).tolist() == [9, 0, 10, 0, 8, 12, 5, 0]
    assert of.largest(VALUE, 2).tolist() == [[1, 6], [7, 4], [3, 0], [-1, -1]]
    assert of.picked(whole, np.array([0, 0, 1, 2, 2]), np.array([0.0, 0.99, 0.4, 0.5, 0.9])).tolist() == [1, 6, 7, 3, 5]


def test_one_plot_goes_the_short_way_to_the_same_rows() -> None:
    alone, first = rows_of(np.zeros(8, dtype=np.int64), 1), rows_of(np.zeros(8, dtype=np.int64), 2)
    whole, share = VALUE.astype(np.int64), np.array([0.1, 0.5, 0.97])
    assert alone.number.tolist() == first.number.tolist()
    assert alone.greatest(VALUE)[0] == first.greatest(VALUE)[0]
    assert alone.total(whole)[0] == first.total(whole)[0]
    assert alone.before(whole, VALUE).tolist() == first.before(whole, VALUE).tolist()
    assert alone.largest(VALUE, 3)[0].tolist() == first.largest(VALUE, 3)[0].tolist()
    where = np.zeros(3, dtype=np.int64)
    assert alone.picked(whole, where, share).tolist() == first.picked(whole, where, share).tolist()


def test_rows_are_spread_over_plots() -> None:
    plot, number = spread(np.array([2, 0, 3]))
    assert plot.tolist() == [0, 0, 2, 2, 2]
    assert number.tolist() == [0, 1, 0, 1, 2]


def test_walls_of_many_plots_see_what_they_see_alone() -> None:
    groups = []
    for plot in range(3):
        centre = Stream(plot).between("centre", 60, 0.0, 300.0).reshape(20, 3)
        groups.append((centre, Stream(plot).between("size", 60, 10.0, 90.0).reshape(20, 3)))
    many = hosts(np.concatenate([c for c, _ in groups]), np.concatenate([s for _, s in groups]), plot=np.repeat([0, 1, 2], 20))
    sides = panels(many)
    together = exposures(sides, many, np.zeros(len(sides)), 3)
    for plot, (centre, size) in enumerate(groups):
        own = panels(hosts(centre, size))
        assert np.array_equal(together[sides.plot == plot], exposures(own, hosts(centre, size), np.zeros(len(own))))


def test_a_clan_that_is_named_works_everywhere() -> None:
    boxes = hosts(np.zeros((2, 3)), (1.0, 1.0, 1.0), plot=[0, 1])
    streams, few = Streams.of(1, 2), np.array([50, 50])
    assert len(set(remembered(streams, 5.0, boxes, few, clan=3)[1].tolist())) == 1
    assert len(remembered(streams, 5.0, boxes, few)[0].fit) == 2


def test_masses_of_a_clan_do_not_hang_on_each_other() -> None:
    streams, foot = Streams.of(5, 6, 7), np.array([[0.0, 0, 0], [500.0, 0, 0], [0, 900.0, 10.0]])
    wide, high = np.array([100.0, 80.0, 90.0]), np.array([50.0, 200.0, 91.0])
    whole = raised(streams, 9, wide, high, foot, epoch=5.0)
    alone = [raised(Streams(streams.keys[[i]]), 9, wide[[i]], high[[i]], foot[[i]], epoch=5.0) for i in range(3)]
    assert np.array_equal(whole.position, np.concatenate([one.position for one in alone]))
    assert np.array_equal(whole.tint, np.concatenate([one.tint for one in alone]))


def test_forms_and_partitions_of_many() -> None:
    light = np.array([-0.2, 0.0, 0.4, 0.85, 1.3])
    assert forms_of(np.array([0, 1, 5, 3, 15]), light) == [form_of(v, lit) for v, lit in zip([0, 1, 5, 3, 15], light.tolist(), strict=True)]
    count, names = np.array([4, 9, 1]), ["a", "b", "c"]
    each = [partition(Stream(3), name, int(n), spread=5) for name, n in zip(names, count, strict=True)]
    assert np.array_equal(partitions(Stream(3), names, count, spread=5), np.concatenate(each))


def test_ways_of_a_block_are_the_same_alone_or_among_hundreds() -> None:
    city = City(seed=40)
    district = next(child for child in city.unfold(next(planar_tiles(city))).children if child.kind == "district")
    blocks = [child for child in city.unfold(district).children if child.kind == "block"]
    blocks += [child for block in blocks[::40] for child in city.unfold(block).children if child.kind == "block"][:400]
    blocks = [replace(block, form=row % 16) for row, block in enumerate(blocks)]
    keys = np.array([block.key for block in blocks], dtype=np.uint64)
    sizes, forms = np.array([block.size for block in blocks]), np.array([block.form for block in blocks])
    found = plans(keys, sizes, forms)
    assert halls(keys, sizes).tolist() == [has_hall(block) for block in blocks]
    (low, high, there), rooms, kinds = found.tunnels(), found.landings(), set()
    for row, block in enumerate(blocks):
        ways, hole = ways_of(block), tunnel(block)
        assert repr(found.row(row, block)) == repr(ways)
        assert (hole is not None) == there[row]
        assert hole is None or np.array_equal(hole, (low[row], high[row]))
        kinds.add(None if ways is None else (ways.hall is None, ways.margin == 0.0))
        if ways is not None and ways.margin:
            assert np.array_equal(landing_room(ways), [corner[row] for corner in rooms])
    assert kinds == {None, (True, False), (False, False), (False, True)}


def test_children_are_made_when_they_are_looked_at() -> None:
    city = City(seed=40)
    district = next(child for child in city.unfold(next(planar_tiles(city))).children if child.kind == "district")
    for place in (district, next(child for child in city.unfold(district).children if child.kind == "canyon")):
        children = city.unfold(place).children
        assert isinstance(children, Planted)
        assert "_made" not in vars(children)
        assert len(children) == len(list(children)) > 300
        for child in children[:400:40]:
            offset = place.frame.to_local(child.frame.origin)
            alone = place.child("block", child.address.steps[-1][1], (0.0, 0.0, 0.0), child.size, form=child.form)
            assert (child.key, child.address, child.size, child.epoch) == (alone.key, alone.address, alone.size, alone.epoch)
            assert np.abs(offset[:2]).max() < max(place.size) / 2


def test_a_mass_with_a_hole_keeps_the_rest() -> None:
    low, high = np.zeros((2, 3)), np.array([[10.0, 8.0, 6.0], [4.0, 4.0, 4.0]])
    owner, a, b = hollowed(low, high, np.array([[-1.0, 2.0, 1.0], [1.0, 1.0, 1.0]]), np.array([[4.0, 5.0, 3.0], [2.0, 2.0, 2.0]]))
    volume = np.bincount(owner, weights=(b - a).prod(axis=1))
    assert volume.tolist() == pytest.approx([480.0 - 24.0, 64.0 - 1.0])


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize("far", [False, True])
def test_what_lies_behind_a_hole_stays_whole(axis: int, far: bool) -> None:
    """A hall is hewn out of it: a joint across it would stand in the hall as a wall."""
    high = np.array([10.0, 8.0, 6.0])
    hole_low, hole_high = np.array([4.0, 4.0, 1.0]), np.array([6.0, 6.0, 3.0])
    hole_low[axis], hole_high[axis] = (high[axis] - 3.0, high[axis] + 1.0) if far else (-1.0, 3.0)
    _, a, b = hollowed(np.zeros((1, 3)), high[None], hole_low[None], hole_high[None])
    behind_low, behind_high = np.zeros(3), high.copy()
    if far:
        behind_high[axis] -= 3.0
    else:
        behind_low[axis] += 3.0
    assert ((a == behind_low).all(axis=1) & (b == behind_high).all(axis=1)).any()


def test_what_stands_in_a_room_is_cleared() -> None:
    stream, n = Stream(8), 400
    made = parts("box", stream.between("at", 3 * n, -50.0, 50.0).reshape(n, 3), stream.between("size", 3 * n, 0.5, 9.0).reshape(n, 3))
    lows = stream.between("low", 60, -50.0, 45.0).reshape(20, 3)
    rooms = [(low, low + 6.0) for low in lows]
    reach = (np.abs(matrix(made.rotation)) * (made.scale[:, None] / 2.0)).sum(axis=2)
    inside = [((made.position + reach > a + 0.02) & (made.position - reach < b - 0.02)).all(axis=1) for a, b in rooms]
    kept = clear(made, *stacked(rooms))
    assert np.array_equal(kept.position, made.position[~np.any(inside, axis=0)])
    assert 0 < len(kept) < n


def test_cells_are_made_when_they_are_looked_at() -> None:
    city = City(seed=40)
    band = city.unfold(city.root).children[5]
    cell = city.unfold(band).children[0]
    cells = cell_children(city.spec, cell)
    assert isinstance(cells, Cells)
    assert "_made" not in vars(cells)
    assert len(cells) == len(list(cells)) > 0
    assert cells[0] is cells[0]
    assert [child.key for child in cells[1:]] == [child.key for child in cells][1:]
