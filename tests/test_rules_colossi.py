"""The works of a layer's floor: each in its box, none on a hole or in a district, and other ones from decade to decade."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from geometry import cell as cells
from geometry.city import City
from geometry.nest import bands_of
from geometry.place import Cell, Place
from geometry.rules import colossi
from geometry.rules.kit import KNOWN, kit
from geometry.rules.kits import DECK, HUNG, MESA, TOP, WORKS
from geometry.rules.reach import MASS
from geometry.search import planar_tiles
from geometry.shell import apertures
from geometry.spec import CitySpec

SPEC = CitySpec()
CITY = City(SPEC)
TILE = next(planar_tiles(CITY))


def above(tile: Place, shift: int) -> Cell:
    """The cell so many quarterings above a tile's."""
    assert tile.cell is not None
    return replace(tile.cell, depth=tile.cell.depth - shift, i=tile.cell.i >> shift, j=tile.cell.j >> shift)


def planned(tile: Place, shift: int) -> colossi.Plan:
    """The works of the cell so many quarterings above a tile's."""
    plan = colossi._plan(SPEC, bands_of(SPEC, tile.address), above(tile, shift))
    assert plan is not None
    return plan


@pytest.mark.parametrize("form", range(len(WORKS.forms)))
def test_a_kit_fills_its_box_with_three_sizes_of_things(form: int) -> None:
    for number in range(KNOWN):
        made, crosswise = kit(WORKS, 5, form, number)
        size = np.where(crosswise[:, None], made.scale[:, [1, 0, 2]], made.scale)
        assert (size > 0.0).all()
        assert (np.abs(made.position[:, :2]) + size[:, :2] / 2.0).max() < 0.62
        assert -1e-6 < (made.position[:, 2] - size[:, 2] / 2.0).min() < 0.01
        assert 0.85 < (made.position[:, 2] + size[:, 2] / 2.0).max() < 1.03
        bulk = np.cbrt(size.prod(axis=1))
        assert all(((bulk > low) & (bulk <= high)).any() for low, high in ((0.0, 0.1), (0.1, 0.2), (0.2, 1.1))), np.sort(bulk)


def test_no_district_stands_in_a_work() -> None:
    for tile in islice(planar_tiles(CITY), 0, 12, 2):
        full = colossi.taken(SPEC, bands_of(SPEC, tile.address), above(tile, 0))
        plots = {place.address.steps[-1][1] for place in CITY.unfold(tile).children if not place.kind.startswith("landmark")}
        assert full.any()
        assert not plots & set(np.flatnonzero(full.ravel()).tolist())


def test_districts_have_much_of_the_floor() -> None:
    bands, cell, rng = bands_of(SPEC, TILE.address), above(TILE, 0), np.random.default_rng(3)
    spots = rng.integers(0, 1 << cell.depth, (150, 2)).tolist()
    full = [float(colossi.taken(SPEC, bands, replace(cell, i=i, j=j)).mean()) for i, j in spots]
    assert 0.25 < float(np.mean(full)) < 0.6


@pytest.mark.parametrize("shift", range(6))
def test_works_stand_on_whole_squares_and_no_higher_than_masses(shift: int) -> None:
    cell, plan = above(TILE, shift), planned(TILE, shift)
    bands = bands_of(SPEC, TILE.address)
    open_ = apertures(SPEC, bands, TILE.address.tile[: cell.depth + 1], 3)
    middle = np.floor(plan.sites.foot[:, :2]).astype(int)
    assert not open_[middle[:, 0], middle[:, 1]].any()
    assert len({*map(tuple, middle.tolist())}) == len(middle)
    wide, high = cells.width(cell, cell.plate), cell.plate - cell.inner
    assert (plan.sites.size[:, 2] <= high * (1.0 + 1e-9)).all()
    if wide < 1.5 * high:
        assert (plan.sites.size[:, 2] <= 1.1 * MASS * wide).all()


def test_a_hung_bridge_lies_on_the_plateaus_beside_it() -> None:
    hung = 0
    for tile in islice(planar_tiles(CITY), 8):
        sites = planned(tile, 0).sites
        for row in np.flatnonzero(sites.form == HUNG):
            assert sites.form[row - 1] == sites.form[row + 1] == MESA
            assert DECK * sites.size[row, 2] == pytest.approx(TOP * sites.size[row - 1, 2])
            hung += 1
    assert hung > 2


def test_countries_differ_and_are_as_wide_as_some_voids() -> None:
    bands, cell = bands_of(SPEC, TILE.address), above(TILE, 5)
    near = {colossi._country(SPEC, bands, above(TILE, shift)) for shift in range(5)}
    assert len(near) == 1
    far = [colossi._country(SPEC, bands, replace(cell, i=cell.i + 8 * step)) for step in range(40)]
    assert len({*far}) == len(colossi._LINES[0])


def test_what_is_ten_times_nearer_is_another_thing() -> None:
    bands, mixes = bands_of(SPEC, TILE.address), []
    for shift in (5, 3, 0):
        cell = above(TILE, shift)
        plans = [colossi._plan(SPEC, bands, replace(cell, i=cell.i + 40 * step)) for step in range(30)]
        forms = np.concatenate([plan.sites.form for plan in plans if plan is not None])
        mixes.append(np.bincount(forms, minlength=len(WORKS.forms)) / len(forms))
    apart = [0.5 * float(np.abs(mixes[a] - mixes[b]).sum()) for a, b in ((0, 1), (0, 2), (1, 2))]
    assert min(apart) > 0.25, apart


def test_a_cell_too_wide_for_its_void_carries_none() -> None:
    assert colossi._plan(SPEC, bands_of(SPEC, TILE.address), above(TILE, 9)) is None
