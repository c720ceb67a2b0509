"""The rules of human scale keep the laws of unfolding: same bytes, inside their boxes, standing on something, fit for feet."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest

from geometry.address import Address
from geometry.angle import matrix
from geometry.material import Material
from geometry.parts import Parts
from geometry.place import Frame, Growth, Place
from geometry.rules import rule
from geometry.rules.furnish import STEP_RUN, along, yaw
from geometry.rules.walkway import deck_height
from geometry.solids import PROTOTYPE_IDS, PROTOTYPES
from geometry.spec import CitySpec

CASES = [
    ("hall", (300.0, 90.0, 110.0), 4),
    ("hall", (60.0, 62.0, 40.0), 4),
    ("hall", (120.0, 480.0, 200.0), 4),
    ("corridor", (200.0, 12.0, 7.0), 2),
    ("corridor", (4.0, 40.0, 3.2), 2),
    ("room", (6.0, 5.0, 3.2), 3),
    ("room", (12.0, 14.0, 5.0), 3),
    ("stair", (16.0, 16.0, 80.0), 3),
    ("stair", (9.0, 7.0, 40.0), 3),
    ("walkway", (48.0, 6.0, 8.0), 7),
    ("walkway", (5.0, 120.0, 7.0), 3),
    ("terrace", (60.0, 64.0, 30.0), 1),
    ("terrace", (24.0, 20.0, 9.0), 1),
    ("builder", (50.0, 50.0, 50.0), 4),
    ("builder", (0.3, 0.3, 0.3), 4),
    ("builder", (900.0, 1000.0, 700.0), 4),
    ("village", (90.0, 90.0, 70.0), 2),
    ("village", (120.0, 50.0, 50.0), 2),
]
SAMPLES = [(kind, size, form, epoch) for kind, size, forms in CASES for form in range(forms + 1) for epoch in (0.0, 9.5)[: 1 + (form < 2)]]
HOLLOW = {PROTOTYPE_IDS[name] for name in ("arch", "vault", "frame", "tube", "ring", "truss", "lattice", "fan", "cable", "rail")}


def place(kind: str, size: tuple[float, float, float], form: int = 0, epoch: float = 5.0, number: int = 0) -> Place:
    """A place of a kind, standing nowhere in particular."""
    address = Address(40, steps=((kind, number),))
    return Place(kind, address, address.key, Frame(np.zeros(3), np.eye(3)), size, epoch=epoch, form=form)


def grown(*args: object, **kwargs: object) -> Growth:
    """What such a place unfolds to."""
    what = place(*args, **kwargs)  # type: ignore[arg-type]
    return rule(what.kind)(what, CitySpec())


def digest(growth: Growth) -> str:
    """A digest of everything a growth holds."""
    held = hashlib.sha256()
    for field in fields(Parts):
        held.update(np.ascontiguousarray(getattr(growth.parts, field.name)).tobytes())
    for child in growth.children:
        held.update(repr((child.kind, child.key, child.size, child.form, child.frame.origin.tobytes())).encode())
    return held.hexdigest()


def boxes(parts: Parts) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest corners of the upright boxes about parts."""
    reach = (np.abs(matrix(parts.rotation)) * (parts.scale[:, None, :] / 2)).sum(axis=2)
    return parts.position - reach, parts.position + reach


@pytest.mark.parametrize(("kind", "size", "form", "epoch"), SAMPLES)
def test_laws(kind: str, size: tuple[float, float, float], form: int, epoch: float) -> None:
    first, again = grown(kind, size, form, epoch), grown(kind, size, form, epoch)
    assert digest(first) == digest(again)
    parts = first.parts
    assert len(parts) > 40
    for field in fields(Parts):
        assert np.isfinite(getattr(parts, field.name)).all()
    assert (parts.scale > 0).all()
    assert parts.material.max() <= max(Material)
    assert np.abs((parts.rotation.astype(float) ** 2).sum(axis=1) - 1).max() < 1e-5
    low, high = boxes(parts)
    slack = 2e-4 * max(size)
    assert (low >= np.array([-size[0] / 2, -size[1] / 2, 0]) - slack).all()
    assert (high <= np.array([size[0] / 2, size[1] / 2, size[2]]) + slack).all()


@pytest.mark.parametrize(("kind", "size", "forms"), CASES)
def test_children_lie_inside(kind: str, size: tuple[float, float, float], forms: int) -> None:
    for form in range(forms + 1):
        for child in grown(kind, size, form).children:
            corners = np.array(
                [[i * child.size[0] / 2, j * child.size[1] / 2, k * child.size[2]] for i in (-1, 1) for j in (-1, 1) for k in (0, 1)]
            )
            local = child.frame.to_world(corners)
            assert (np.abs(local[:, :2]) <= np.array(size[:2]) / 2 + 1e-6).all()
            assert local[:, 2].min() >= -1e-6
            assert local[:, 2].max() <= size[2] + 1e-6


def test_same_bytes_in_a_fresh_process() -> None:
    here = [digest(grown(kind, size)) for kind, size, _ in CASES]
    code = "from tests.test_rules_human import *\nprint('\\n'.join(digest(grown(kind, size)) for kind, size, _ in CASES))"
    for seed in ("0", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path])}
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True, timeout=120)
        assert done.stdout.split() == here


@pytest.mark.parametrize("form", [1, 2, 3, 4])
@pytest.mark.parametrize("size", [(300.0, 90.0, 110.0), (90.0, 300.0, 110.0), (70.0, 60.0, 50.0)])
def test_hall_is_open_at_both_ends(form: int, size: tuple[float, float, float]) -> None:
    parts = grown("hall", size, form).parts
    solid = parts[~np.isin(parts.prototype, list(HOLLOW))]
    low, high = boxes(solid)
    run = 0 if size[0] >= size[1] else 1
    floor = 0.03 * size[2] + 0.5
    for end in (-1.0, 1.0):
        gate_low, gate_high = np.zeros(3), np.zeros(3)
        gate_low[run], gate_high[run] = sorted((end * size[run] / 2, end * (size[run] / 2 - 4.0)))
        gate_low[1 - run], gate_high[1 - run] = -0.6, 0.6
        gate_low[2], gate_high[2] = floor, floor + 1.8
        inside = ((low < gate_high) & (high > gate_low)).all(axis=1)
        assert not inside.any(), [PROTOTYPES[i] for i in solid.prototype[inside]]


@pytest.mark.parametrize("form", [1, 2, 3, 4])
def test_hall_has_walls_floor_and_ceiling(form: int) -> None:
    size = (300.0, 90.0, 110.0)
    low, high = boxes(grown("hall", size, form).parts)
    spans = high - low
    assert (spans[:, 0] * spans[:, 1] > 0.5 * size[0] * size[1])[low[:, 2] < 1.0].any()
    over = (high[:, 2] > size[2] - 1.0) & (spans[:, 0] * spans[:, 1] > 0.2 * size[1] * size[1])
    assert over.any()


@pytest.mark.parametrize("form", [1, 2])
@pytest.mark.parametrize("height", [12.0, 80.0, 110.0])
def test_steps_fit_feet(form: int, height: float) -> None:
    parts = grown("stair", (14.0, 14.0, height), form, 0.0).parts
    thick, run = (0.08, None) if form == 1 else (None, STEP_RUN)
    own = parts.prototype == PROTOTYPE_IDS["box"]
    tread = own & (np.abs(parts.scale[:, 2] - thick) < 1e-4 if thick else np.abs(parts.scale[:, 0] - run) < 1e-4)
    rises = np.diff(np.sort(parts.position[tread][:, 2]))
    assert tread.sum() >= 0.7 * height / 0.17  # the last metres of a shaft are room for the head
    assert rises.min() > 0.15
    assert rises.max() < 0.2


def test_tall_stairs_grow_from_children_with_the_same_steps() -> None:
    growth = grown("stair", (16.0, 16.0, 1000.0), 1, 0.0)
    assert 2 <= len(growth.children) <= 16
    child = growth.children[0]
    parts = rule("stair")(child, CitySpec()).parts
    treads = parts[(parts.prototype == PROTOTYPE_IDS["box"]) & (np.abs(parts.scale[:, 2] - 0.08) < 1e-4)]
    rises = np.diff(np.sort(treads.position[:, 2]))
    assert 0.15 < rises.min() <= rises.max() < 0.2


def floating(parts: Parts, reach: float) -> float:
    """Share of parts whose boxes, grown by `reach`, do not hang together with the largest part's."""
    low, high = boxes(parts)
    low, high = low - reach, high + reach
    seen = np.zeros(len(parts), bool)
    front = np.array([int(parts.scale.prod(axis=1).argmax())])
    seen[front] = True
    while len(front):
        touched = np.zeros(len(parts), bool)
        for row in front:
            touched |= ((low < high[row]) & (high > low[row])).all(axis=1)
        front = np.flatnonzero(touched & ~seen)
        seen[front] = True
    return float(1.0 - seen.mean())


@pytest.mark.parametrize(("kind", "size", "forms"), [case for case in CASES if case[1][0] > 1.0])
def test_things_stand_or_hang(kind: str, size: tuple[float, float, float], forms: int) -> None:
    for form in range(1, forms + 1):
        share = floating(grown(kind, size, form, 6.0).parts, 0.03 if kind != "builder" else 0.004 * max(size))
        assert share <= 0.02, (form, share)


def test_no_two_builders_alike_and_a_key_keeps_its_looks_at_every_size() -> None:
    assert len({digest(grown("builder", (50.0, 50.0, 50.0), 1, number=n)) for n in range(12)}) == 12
    small, large = grown("builder", (5.0, 5.0, 5.0), 4).parts, grown("builder", (1000.0, 1000.0, 1000.0), 4).parts
    assert len(small) == len(large)
    assert np.allclose(small.position * 200, large.position, atol=0.05)


def test_corridors_forget_what_doors_are_for() -> None:
    def doors(epoch: float) -> float:
        counts = [(grown("corridor", (120.0, 6.0, 4.0), 1, epoch, n).parts.prototype == PROTOTYPE_IDS["louvre"]).sum() for n in range(8)]
        return float(np.mean(counts))

    assert doors(10.0) > 2 * doors(0.0)


def test_somebody_looks_out_from_the_walkway() -> None:
    size = (48.0, 6.0, 8.0)
    parts = grown("walkway", size, 1).parts
    people = parts[parts.material == Material.FIGURE]
    assert len(people) == 1
    assert people.position[0, 2] - people.scale[0, 2] / 2 == pytest.approx(deck_height(size), abs=0.01)
    assert people.position[0, 0] > 0.4 * size[0]
    assert (parts.material == Material.COLD_LIGHT).any()


def test_angles_without_a_sine() -> None:
    turns = np.linspace(-1.2, 1.7, 59)
    across = matrix(yaw(turns))[:, :, 0]
    assert np.allclose(across[:, 0], np.cos(2 * np.pi * turns), atol=1e-9)
    assert np.allclose(across[:, 1], np.sin(2 * np.pi * turns), atol=1e-9)
    ways = np.array([[0.0, 0.0, 2.0], [0.0, 0.0, -1.0], [3.0, 4.0, 12.0], [-1.0, 0.0, 0.0]])
    length, rotation = along(ways)
    assert np.allclose(matrix(rotation)[:, :, 0] * length[:, None], ways, atol=1e-9)
