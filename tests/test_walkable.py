"""A person can walk through a block, from the landing on its wall into hall, corridors, stair and rooms; and from a canyon's ledge into
the wall behind it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from geometry.angle import matrix, turn
from geometry.city import City
from geometry.hulls import hulls
from geometry.parts import join, parts
from geometry.place import Place
from geometry.rules.canyon_passage import Passage, corridors, passage
from geometry.rules.canyon_plan import ledge_of, masses
from geometry.rules.ways_plan import OPENED, has_hall, tunnel, ways_of
from geometry.search import first
from geometry.spec import CitySpec
from viewer.journey.walkable import Reach, corners, floors, joined_groups, reach


def block(seed: int, number: int = 0) -> tuple[City, Place]:
    """A smaller block with a hall, its wall opened as a district does it."""
    city = City(CitySpec(seed=seed))

    def fitting(place: Place) -> bool:
        return bool(place.form & OPENED) and has_hall(place) and max(place.size) < 150.0

    return city, first(city, "district", "block", fitting=fitting, number=number)


def walked(seed: int, number: int = 0) -> Reach:
    city, place = block(seed, number)
    ways = ways_of(place)
    assert ways is not None
    low, high = corners(place)
    high[2] = ways.level + 12.0
    return reach(place, city.unfold, np.array(ways.at(ways.deep / 2, 0.0, ways.level)), low, high)


def test_floors_hang_together_over_a_stair_and_not_over_a_gap() -> None:
    flat = parts("box", [(0, 0, -0.1), (6, 0, 1.94), (0, 8, -0.1)], (4.0, 4.0, 0.2))
    stair = parts("stairs", (3.0, 0.0, 1.02), (2.2, 1.2, 2.04))
    found = floors(hulls(join([flat, stair])), np.array([-3.0, -3, -1]), np.array([9.0, 11, 4]))
    where, group = found.points, found.group

    def at(x: float, y: float, z: float) -> int:
        return int(group[np.abs(where - [x, y, z]).max(axis=1).argmin()])

    assert at(0, 0, 0) == at(6, 0, 2.04)
    assert at(0, 0, 0) != at(0, 8, 0)


def test_a_wall_parts_a_floor_and_a_door_joins_it() -> None:
    floor = parts("box", (0, 0, -0.1), (8.0, 8.0, 0.2))
    wall = parts("box", [(0, 2.5, 1.5), (0, -2.5, 1.5)], (0.2, 4.0, 3.0), rotation=turn("z", 0.0))
    shut = parts("box", (0, 0, 1.5), (0.2, 9.0, 3.0))
    box = np.array([-4.0, -4, -1]), np.array([4.0, 4, 4])
    for made, apart in ((join([floor, wall]), False), (join([floor, shut]), True)):
        found = floors(hulls(made), *box)
        sizes = np.sort(np.append(np.bincount(found.group), 0))
        assert (sizes[-2] > 200) == apart


def test_groups_are_connected_components() -> None:
    groups = joined_groups(6, np.array([0, 3, 4]), np.array([2, 4, 5]))
    assert groups.tolist() == [0, 1, 0, 3, 3, 3]


@pytest.mark.parametrize(("seed", "number"), [(40, 3), (41, 2), (7, 1)])  # no furnaces: a kettle may stand before a room's door
def test_hall_corridors_stair_and_rooms_are_reached_from_the_landing(seed: int, number: int) -> None:
    found = walked(seed, number)
    for kind in ("hall", "corridor", "stair"):
        assert found.reached(kind), (kind, found)
    rooms = [way for way in found.ways if way.kind == "room" and way.area > 0.0]
    assert len(found.reached("room")) >= 0.6 * len(rooms)
    foot = next(way for way in found.ways if way.kind == "stair" and "hall" not in way.address)
    assert foot.share > 0.8
    assert found.share > 0.6
    assert found.shut > 0


def test_a_district_opens_the_walls_of_its_halls() -> None:
    city = City(CitySpec(seed=40))
    district = first(city, "district")
    growth = city.unfold(district)
    opened = [child for child in growth.children if child.kind == "block" and child.form & OPENED]
    assert len(opened) > 20
    boxes = growth.parts[growth.parts.prototype == 0]
    half = boxes.scale / 2.0
    for child in opened[::12]:
        hole = tunnel(child)
        assert hole is not None
        middle = district.frame.to_local(child.frame.to_world((hole[0] + hole[1]) / 2))
        own = np.all(np.abs(boxes.position - middle) < half, axis=1) & (boxes.scale.max(axis=1) < 2.0 * max(child.size))
        plain = replace(child, form=child.form & ~OPENED)
        assert tunnel(plain) is not None
        assert own.sum() <= 1  # another mass may stand in this one, its own does not


def canyon(seed: int) -> tuple[City, Place, Passage]:
    """A canyon with a way into the wall behind its ledge."""
    city = City(CitySpec(seed=seed))
    place = first(city, "district", "canyon", fitting=lambda place: passage(place, *masses(place)[:2]) is not None)
    way = passage(place, *masses(place)[:2])
    assert way is not None
    return city, place, way


def test_one_walks_from_the_gangway_of_a_canyon_through_the_wall_behind_it() -> None:
    city, place, way = canyon(7)
    x, y, z = ledge_of(place)
    low, high = np.array([way.x - 6.0, way.y[0] - 6.0, z - 4.0]), np.array([x + 6.0, y + 30.0, z + 3.0])
    found = reach(place, city.unfold, np.array([x, y + 20.0, z]), low, high)
    passed = [one for one in found.ways if one.kind == "corridor"]
    assert len(passed) == len(corridors(place, way)) > 1
    assert found.reached("corridor") == passed
    assert len(found.reached("room")) > 10


def test_nothing_stands_in_the_way_through_the_wall() -> None:
    city, place, way = canyon(40)
    made = city.unfold(place).parts
    reach_ = (np.abs(matrix(made.rotation)) * (made.scale[:, None] / 2.0)).sum(axis=2)
    low, high = way.rooms()
    met = [
        np.all((made.position + reach_ > a + 0.05) & (made.position - reach_ < b - 0.05), axis=1) for a, b in zip(low, high, strict=True)
    ]
    assert not met[0].any()
    assert made.scale[met[1] | met[2]].max() < 6.0  # thresholds and portals
    small = replace(place, size=(place.size[0], 100.0, place.size[2]))
    assert passage(small, np.zeros((0, 3)), np.zeros((0, 3))) is None
    assert passage(place, low[:1], high[:1]) is None
