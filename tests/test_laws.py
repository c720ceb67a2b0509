"""The laws of unfolding, each on places of every kind the City's chain reaches."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import fields
from itertools import groupby, islice
from pathlib import Path

import numpy as np
import pytest

from geometry.address import AddressError, parse
from geometry.angle import matrix
from geometry.city import City
from geometry.landmarks import PREFIX, names
from geometry.place import Growth, Place
from geometry.relics import relics
from geometry.rules import RULES, terrace
from geometry.search import planar_tiles
from geometry.spec import CitySpec

CITY = City(CitySpec(seed=40))
ROOT = Path(__file__).resolve().parents[1]
CORNERS = np.array([[x, y, z] for x in (-0.5, 0.5) for y in (-0.5, 0.5) for z in (0.0, 1.0)])


def chain(city: City, pick: int, *, sprawl: bool = False) -> list[Place]:
    """A line of descent from the City to something that no longer divides, turning differently for each pick: along cells while there are
    any, or into what stands flat in the first that has such."""
    place, line = city.root, []
    while True:
        line.append(place)
        children = city.unfold(place).children
        cells, flat = ([child for child in children if (child.cell is None) is stands] for stands in (False, True))
        children = flat if flat and (sprawl or not cells) else cells
        if not children:
            return line
        place = children[(pick * 7 + len(line) * pick) % len(children)]


def digest(growth: Growth) -> str:
    """A hash of every byte a growth holds."""
    state = hashlib.sha256()
    for field in fields(growth.parts):
        state.update(getattr(growth.parts, field.name).tobytes())
    for mesh in growth.skin:
        state.update(mesh.points.tobytes() + mesh.normals.tobytes() + mesh.triangles.tobytes())
    for child in growth.children:
        state.update(f"{child.kind} {child.address} {child.key} {child.size} {child.epoch} {child.phase} {child.form}".encode())
        state.update(child.frame.origin.tobytes() + child.frame.axes.tobytes())
    return state.hexdigest()


def sort(place: Place) -> tuple[str, bool]:
    """What a child is: its kind, and whether it is a block with a terrace."""
    return place.kind, place.kind == "block" and terrace.leads(place)


def every_kind(city: City) -> list[Place]:
    """Two places of each kind that stands in a tile, found on a walk from two planar tiles; blocks are not followed into blocks, but there
    are some with a terrace among them."""
    found: dict[str, list[Place]] = {}
    todo = list(islice(planar_tiles(city), 2))
    while todo:
        place = todo.pop()
        for (kind, _), group in groupby(sorted(city.unfold(place).children, key=sort), key=sort):
            for child in islice(group, 3):
                if kind != place.kind:
                    todo.append(child)
                if len(found.setdefault(kind, [])) < 2:
                    found[kind].append(child)
    return [place for kind in sorted(found) for place in found[kind]]


def landmark_places(city: City) -> list[Place]:
    """The landmarks, and the first places of other kinds that they are made of."""
    found: dict[str, Place] = {}
    for name in names(city.spec):
        place: Place = city.at(PREFIX + name)
        while True:
            found.setdefault(f"{place.kind} {place.form % 16}", place)
            inner = [child for child in city.unfold(place).children if child.kind in (place.kind, "room-wall")]
            if not inner or place.address.steps[3:]:
                break
            place = inner[min(len(inner) - 1, 16)]
    return list(found.values())


LINES = [*(chain(CITY, pick) for pick in (1, 2, 3, 5, 8, 13)), *(chain(CITY, pick, sprawl=True) for pick in (2, 3))]
PLACES = [*(place for line in LINES for place in line), *every_kind(CITY), *landmark_places(CITY), *relics(CITY.spec)]
IDS = [f"{place.kind}-{index}" for index, place in enumerate(PLACES)]

SCRIPT = """
import sys
sys.path.insert(0, {root!r} + "/tests")
from test_laws import CITY, PLACES, digest
order = list(range(len(PLACES)))[::-1]
found = {{i: digest(CITY.unfold(PLACES[i])) for i in order}}
print("\\n".join(found[i] for i in sorted(found)))
"""


def test_the_same_bytes_in_any_process_order_and_hash_seed() -> None:
    here = [digest(CITY.unfold(place)) for place in PLACES]
    environment = {**os.environ, "PYTHONHASHSEED": "4242", "PYTHONPATH": str(ROOT)}
    script = SCRIPT.format(root=str(ROOT))
    there = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment, cwd=ROOT)
    assert there.stdout.split() == here


def test_another_seed_grows_another_city() -> None:
    other = City(CitySpec(seed=41))
    place, twin = CITY.at("band 7 / tile 3-02"), other.at("seed 41 / band 7 / tile 3-02")
    assert digest(CITY.unfold(place)) != digest(other.unfold(twin))


@pytest.mark.parametrize("place", PLACES, ids=IDS)
def test_addresses_print_parse_and_lead_back(place: Place) -> None:
    assert parse(str(place.address)) == place.address
    found = CITY.at(str(place.address))
    assert (found.kind, found.key, found.size) == (place.kind, place.key, place.size)
    assert np.array_equal(found.frame.origin, place.frame.origin)


@pytest.mark.parametrize("place", PLACES, ids=IDS)
def test_children_and_parts_stay_in_their_box(place: Place) -> None:
    growth = CITY.unfold(place)
    x, y, z = place.size
    slack = 0.02 * max(place.size)
    low, high = np.array([-x / 2, -y / 2, 0.0]) - slack, np.array([x / 2, y / 2, z]) + slack
    assert np.isfinite(growth.parts.position).all()
    assert np.isfinite(growth.parts.scale).all()
    assert (growth.parts.scale > 0).all()
    assert (growth.parts.position >= low).all()
    assert (growth.parts.position <= high).all()
    if place.cell is None and place.kind not in ("city", "band"):
        low, high = low + 0.9 * slack, high - 0.9 * slack  # curved ground needs the slack, flat ground hardly any
        reach = (np.abs(matrix(growth.parts.rotation.astype(np.float64))) * (growth.parts.scale[:, None, :] / 2)).sum(axis=2)
        assert (growth.parts.position - reach >= low).all()
        assert (growth.parts.position + reach <= high).all()
    for child in growth.children:
        corners = place.frame.to_local(child.frame.to_world(CORNERS * child.size))
        assert place.cell is not None or place.kind in ("city", "band") or ((corners >= low).all() and (corners <= high).all())
        middle = place.frame.to_local(child.centre)
        assert (middle >= low).all()
        assert (middle <= high).all()
        assert child.radius < place.radius * 1.05


def test_the_laws_are_tried_on_every_kind() -> None:
    assert {place.kind for place in PLACES} == set(RULES)


def test_keys_are_those_of_the_address() -> None:
    assert all(place.key == place.address.key for place in PLACES)


def test_one_chain_leads_from_the_whole_to_a_district() -> None:
    kinds = [place.kind for place in LINES[0]]
    assert kinds[:3] == ["city", "band", "stratum"]
    assert "tile" in kinds
    assert PLACES[0].radius / LINES[0][-1].radius > 1e7


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("band 7 / tower", "step 2"),
        ("band 99 / tile 3-0", "no such band"),
        ("layer 5 / tile 9-0", "face 0-5"),
        ("band 7 / tile 3-" + "0" * 40, "parts the other way"),
        ("band 7 / tile 3-0 / tower 3", "no 'tower 3'"),
        ("seed 1/" * 70, "70 steps"),
        ("band 1e9", "step 1"),
        ("tile 3-0", "lies on a band"),
    ],
)
def test_a_wrong_address_says_what_is_wrong(text: str, word: str) -> None:
    with pytest.raises(AddressError, match=word):
        CITY.at(text)
