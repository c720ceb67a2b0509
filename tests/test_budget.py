"""A budget of triangles holds, leaves no gap, and cannot be beaten by small things."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from geometry.address import AddressError
from geometry.budget import for_budget, pieces
from geometry.cell import directions
from geometry.city import City
from geometry.cut import Shown
from geometry.place import Cell, Place
from geometry.search import first, planar_tiles, sphere
from geometry.spec import CitySpec
from geometry.strata import strata

CITY = City(CitySpec(seed=7, layers=40, drawn_layers=4))


@cache
def cells() -> tuple[Place, ...]:
    """The first cells of one stratum."""
    return sphere(CITY, replace(CITY.root.address, bands=(2,)))


def triangles(shown: list[Shown]) -> int:
    """As many as are written."""
    return sum(one.parts.triangles + plate(one) for one in shown)


def plate(one: Shown) -> int:
    """Triangles of its skin, where it is shown."""
    return sum(map(len, one.growth.skin)) if one.skin else 0


def written(*roots: Place, budget: int, least: float = 0.0) -> list[Shown]:
    """All places of a selection."""
    return list(for_budget(CITY, *roots, max_triangles=budget, min_feature=least))


@pytest.mark.parametrize("budget", [30_000, 100_000, 400_000])
def test_the_budget_of_a_whole_holds_and_is_used(budget: int) -> None:
    shown = written(CITY.root, budget=budget)
    plates = sum(map(plate, shown))
    assert triangles(shown) <= max(budget, plates)
    assert triangles(shown) > 0.8 * budget
    assert plates >= 96 * 128, "every first cell keeps its plate"


def test_plates_are_the_least_that_a_budget_buys() -> None:
    shown = written(*cells(), budget=1)
    assert len(shown) == 24
    assert not any(len(one.parts) for one in shown)
    assert all(plate(one) for one in shown)


def test_the_largest_parts_stay_the_same_share_everywhere() -> None:
    everything = {str(one.place.address): one.parts for one in written(*cells(), budget=10**6, least=0.0) if one.place.cell.depth == 1}
    some = written(*cells(), budget=60_000)
    for one in some:
        all_of_it = everything[str(one.place.address)].scale.max(axis=1)
        kept = one.parts.scale.max(axis=1)
        assert 0.0 < len(kept) < len(all_of_it)
        assert kept.min() >= np.sort(all_of_it)[-len(kept) - 20 :].min()


def covers(cell: Cell, up: np.ndarray) -> bool:
    """Whether a direction lies in a cell: by the corners of its square on the cube."""
    size = 1 << cell.depth
    corners = [directions(cell.face, 2 * (cell.i + a) / size - 1, 2 * (cell.j + b) / size - 1) for a, b in ((0, 0), (1, 0), (1, 1), (0, 1))]
    return all(np.cross(corners[k], corners[(k + 1) % 4]) @ up >= 0 for k in range(4))


@pytest.mark.parametrize("budget", [100_000, 800_000])
def test_plates_leave_no_gap_and_do_not_overlap(budget: int) -> None:
    """Over any direction the shown plates hold each layer once, or none where a great shaft takes a whole cell."""
    shown = [one.place.cell for one in written(*cells(), budget=budget) if one.skin and one.place.cell]
    assert (budget > 300_000) == (len(shown) > 24)
    whole = strata(CITY.spec)[2]
    draw = np.random.default_rng(3).normal(size=(60, 3))
    for up in draw / np.linalg.norm(draw, axis=1, keepdims=True):
        spans = sorted((cell.low, cell.high) for cell in shown if covers(cell, up))
        assert all(a[1] == b[0] for a, b in pairwise(spans))
        assert not spans or (spans[0][0], spans[-1][1]) == (whole.low, whole.high)


def test_cells_come_all_together() -> None:
    shown = written(*cells(), budget=800_000)
    assert len(shown) > 24, "something was refined"
    split = [one for one in shown if not one.skin]
    assert split
    names = {str(one.place.address) for one in shown}
    for one in split:
        assert {str(child.address) for child in one.growth.children if child.cell is not None} <= names


def test_small_things_are_left_out() -> None:
    least = 2.0e10
    for one in written(*cells(), budget=10**6, least=least):
        assert 2.0 * one.place.radius >= least
        assert not len(one.parts) or one.parts.scale.max(axis=1).min() >= least


def test_no_place_is_written_twice() -> None:
    names = defaultdict(int)
    for one in written(*cells(), budget=400_000):
        names[str(one.place.address)] += 1
    assert set(names.values()) == {1}


def test_a_place_alone_keeps_the_budget_too() -> None:
    place = first(CITY, "district")
    for budget in (1000, 20_000, 200_000):
        total = sum(piece.parts.triangles + sum(map(len, piece.skin)) for piece in pieces(CITY, place, max_triangles=budget))
        assert 0.5 * budget < total <= budget


def test_what_is_hidden_is_neither_unfolded_nor_paid_for() -> None:
    seen = list(for_budget(CITY, CITY.root, max_triangles=200_000, hidden=lambda place: place.cell is not None and place.centre[0] > 0))
    assert seen
    assert all(one.place.centre[0] <= 0 for one in seen)


def test_a_layer_is_found_without_its_bands() -> None:
    found = sphere(CITY, replace(CITY.root.address, layer=23))
    assert len(found) == 24
    assert {(place.cell.low, place.cell.high) for place in found if place.cell} == {(23, 24)}
    for wrong in (replace(CITY.root.address, layer=40), replace(CITY.root.address, bands=(9,))):
        with pytest.raises(AddressError, match="there is no such"):
            sphere(CITY, wrong)


def test_siblings_share_what_is_left() -> None:
    tile = next(planar_tiles(CITY))
    children = [child for child in CITY.unfold(tile).children if child.kind == "district"]
    shown = [one for one in for_budget(CITY, tile, max_triangles=1_000_000) if one.place.kind == "district"]
    assert len(shown) >= 0.9 * len(children) > 9, "all of them, not the first ones whole"
    assert triangles(shown) > 100_000


def test_a_wish_to_stop_is_heard_before_each_place() -> None:
    class Enough(Exception):  # noqa: N818
        pass

    asked = []

    def heard() -> None:
        asked.append(1)
        if len(asked) == 40:
            raise Enough

    with pytest.raises(Enough):
        list(for_budget(CITY, *cells(), max_triangles=10**6, heard=heard))
    assert len(asked) == 40


def test_places_that_wait_as_what_they_weigh_come_out_as_those_that_wait_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(kept: int) -> list[tuple[str, bool, bytes]]:
        monkeypatch.setattr("geometry.budget._KEPT", kept)
        return [(str(one.place.address), one.skin, one.parts.position.tobytes()) for one in written(*cells(), budget=500_000)]

    whole = told(10**6)
    assert len(whole) > 24, "some have divided"
    assert told(2) == whole
