"""Rules from a district down to a block: the laws of unfolding, and what makes each kind what it is."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import fields
from itertools import combinations

import numpy as np
import pytest

from geometry.address import Address
from geometry.angle import matrix
from geometry.parts import Parts
from geometry.place import Frame, Place
from geometry.rules import canyon, district, rule, shaft
from geometry.rules.masses import Triple, box_about, core, form_of, light_of, partition, spans, variant_of
from geometry.solids import PROTOTYPE_IDS
from geometry.spec import CitySpec

SIZES = {
    "district": (31e3, 31e3, 30e3),
    "tower": (22e3, 22e3, 483e3),
    "block": (800.0, 300.0, 900.0),
    "canyon": (1500.0, 5000.0, 3000.0),
    "shaft": (900.0, 900.0, 3600.0),
    "bridge": (1200.0, 20.0, 24.0),
    "pipes": (900.0, 60.0, 40.0),
    "cables": (200.0, 30.0, 240.0),
}
ODD = [
    ("canyon", (30e3, 30e3, 30e3)),
    ("canyon", (700.0, 1500.0, 1200.0)),
    ("shaft", (30e3, 30e3, 30e3)),
    ("district", (16e3, 16e3, 4e3)),
    ("tower", (5e3, 5e3, 160e3)),
    ("block", (30.0, 6.0, 20.0)),
    ("block", (4e3, 3e3, 900.0)),
    ("bridge", (60.0, 4.0, 8.0)),
]
CASES = [*SIZES.items(), *ODD]


def at(kind: str, size: Triple, seed: int = 7, epoch: float = 4.0, form: int = 0) -> Place:
    address = Address(seed).child(kind, 0)
    return Place(kind, address, address.key, Frame(np.zeros(3), np.eye(3)), size, epoch=epoch, form=form)


def grow(place: Place):  # type: ignore[no-untyped-def]
    return rule(place.kind)(place, CitySpec())


def digest(kind: str, size: Triple, seed: int, epoch: float) -> str:
    grown = grow(at(kind, size, seed, epoch))
    found = hashlib.sha256()
    for field in fields(Parts):
        found.update(getattr(grown.parts, field.name).tobytes())
    for child in grown.children:
        found.update(f"{child.address} {child.key} {child.size} {child.form} {child.frame.origin.tobytes().hex()}".encode())
    return found.hexdigest()


def reach(parts: Parts) -> tuple[np.ndarray, np.ndarray]:
    half = (np.abs(matrix(parts.rotation.astype(np.float64))) @ (parts.scale[:, :, None] / 2.0))[..., 0]
    return parts.position - half, parts.position + half


def overshoot(low: np.ndarray, high: np.ndarray, size: Triple) -> float:
    x, y, z = size
    least, most = np.array([-x / 2, -y / 2, 0.0]), np.array([x / 2, y / 2, z])
    return float(max((least - low).max(), (high - most).max()) / max(size))


@pytest.mark.parametrize(("kind", "size"), CASES)
@pytest.mark.parametrize(("seed", "epoch"), [(1, 0.0), (2, 5.0), (3, 10.0)])
@pytest.mark.parametrize("variant", [0, 1])
def test_grows_inside_its_box(kind: str, size: Triple, seed: int, epoch: float, variant: int) -> None:
    grown = grow(at(kind, size, seed, epoch, variant))
    assert len(grown.parts) > 10
    for name in ("position", "rotation", "scale", "year"):
        assert np.isfinite(getattr(grown.parts, name)).all(), name
    assert (grown.parts.scale > 0.0).all()
    assert overshoot(*reach(grown.parts), size) < 1e-5
    for child in grown.children:
        half = np.abs(child.frame.axes.T) @ np.array([child.size[0] / 2, child.size[1] / 2, 0.0])
        low, high = child.frame.origin - half, child.frame.origin + half + [0.0, 0.0, child.size[2]]
        assert overshoot(low, high, size) < 1e-6, child.address
    steps = [child.address.steps[-1] for child in grown.children]
    assert len(set(steps)) == len(steps)


def test_same_bytes_again_and_in_another_process() -> None:
    cases = [(kind, size, 5, 6.0) for kind, size in SIZES.items()]
    here = [digest(*case) for case in cases]
    assert here == [digest(*case) for case in reversed(cases)][::-1]
    code = f"from tests.test_rules_district import digest; print(*[digest(*case) for case in {cases!r}], sep='\\n')"
    environment = {**os.environ, "PYTHONHASHSEED": "123", "PYTHONPATH": os.getcwd()}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=120)
    assert done.stdout.split() == here
    assert len({digest(kind, size, 6, 6.0) for kind, size, *_ in cases} | set(here)) == 2 * len(cases)


def landed(points: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    inside = (low[None] <= points[:, None]) & (points[:, None] <= high[None])
    return np.asarray(inside.all(axis=2).any(axis=1))


def share_of_bridges_that_land(epoch: float) -> float:
    both = []
    for seed in range(6):
        place = at("canyon", SIZES["canyon"], seed, epoch)
        low, high, side = canyon.masses(place)
        start, end, _, _ = canyon.crossings(place, low, high, side)
        back = 0.5 * SIZES["canyon"][0] * 0.38
        both.append((landed(start, low, high) | (np.abs(start[:, 0]) > back)) & (landed(end, low, high) | (np.abs(end[:, 0]) > back)))
        quarter = at("district", SIZES["district"], seed, epoch)
        low, high, _ = district.masses(quarter)
        for axis in (0, 1):
            start, end, _ = district.crossings(quarter, low, high, axis)
            both.append(landed(start, low, high) & landed(end, low, high))
    return float(np.concatenate(both).mean())


def test_bridges_lead_somewhere() -> None:
    assert share_of_bridges_that_land(0.0) >= 0.95
    assert 0.75 <= share_of_bridges_that_land(10.0) < 0.95


def outline(kind: str) -> np.ndarray:
    """Share of the parts by the octave of their height over their width, -6 to 6."""
    counts = np.zeros(13)
    for seed in range(3):
        low, high = reach(grow(at(kind, SIZES[kind], seed)).parts)
        size = high - low
        octave = np.round(np.log2(size[:, 2] / size[:, :2].max(axis=1))).clip(-6, 6)
        counts += np.bincount(octave.astype(int) + 6, minlength=13)
    return counts / counts.sum()


def test_kinds_have_silhouettes_of_their_own() -> None:
    outlines = {kind: outline(kind) for kind in SIZES}
    for one, other in combinations(SIZES, 2):
        assert np.abs(outlines[one] - outlines[other]).sum() / 2 > 0.08, (one, other)


def test_sizes_follow_a_power_law() -> None:
    low, high, _ = canyon.masses(at("canyon", SIZES["canyon"]))
    volume = np.sort((high - low).prod(axis=1))
    assert volume[-1] / np.median(volume) > 30.0
    assert volume[-len(volume) // 10 :].sum() > 0.4 * volume.sum()


@pytest.mark.parametrize("rule_", [canyon, shaft])
def test_the_viewpoint_is_in_the_open(rule_) -> None:  # type: ignore[no-untyped-def]
    kind = rule_.__name__.rpartition(".")[2]
    for seed in range(8):
        place = at(kind, SIZES[kind], seed)
        eye, focus = (np.array(point) for point in rule_.viewpoint(place))
        parts = grow(place).parts
        parts = parts[parts.prototype != PROTOTYPE_IDS["tube"]]
        turned = matrix(parts.rotation.astype(np.float64))
        for step in np.linspace(0.0, 30.0, 16):
            point = eye + (focus - eye) / np.sqrt(((focus - eye) ** 2).sum()) * step
            local = np.einsum("nji,nj->ni", turned, point - parts.position)
            assert not (np.abs(local) < parts.scale / 2.0).all(axis=1).any(), (seed, step)


def test_the_ledge_and_its_watcher_are_where_the_view_expects_them() -> None:
    place = at("canyon", SIZES["canyon"])
    ledge = next(child for child in grow(place).children if child.kind == "walkway")
    eye, _ = canyon.viewpoint(place)
    local = ledge.frame.to_local(np.array(eye))
    assert (np.abs(local[:2]) < np.array(ledge.size[:2]) / 2).all()
    assert ledge.form & 1


def test_a_block_is_drawn_about_the_core_its_parent_drew() -> None:
    low, high = np.array([-100.0, -40.0, 20.0]), np.array([50.0, 30.0, 420.0])
    offset, size = box_about(low, high)
    inner_low, inner_high = core(size)
    np.testing.assert_allclose(inner_low + offset, low, atol=1e-9)
    np.testing.assert_allclose(inner_high + offset, high, atol=1e-9)


def test_small_helpers() -> None:
    assert variant_of(form_of(11, 0.5)) == 11
    assert abs(light_of(form_of(11, 0.5)) - 0.5) < 0.05
    cuts = partition(at("block", SIZES["block"]).stream, "cuts", 9)
    assert cuts[0] == 0.0
    assert cuts[-1] == 1.0
    assert (np.diff(cuts) > 0).all()
    start = np.array([[0.0, 0.0, 0.0], [1.0, 2.0, 3.0], [4.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    end = np.array([[10.0, 0.0, 0.0], [-5.0, 4.0, 9.0], [-4.0, 0.0, 0.0], [0.0, 0.0, 7.0]])
    centre, length, rotation = spans(start, end)
    tip = centre + (matrix(rotation) @ np.array([0.5, 0.0, 0.0])) * length[:, None]
    np.testing.assert_allclose(tip, end, atol=1e-9)
