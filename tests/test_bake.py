"""Baking: against the plain formula, the same bytes however it is cut, closed solids."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from geometry.angle import multiply, rotate, turn
from geometry.bake import Buffers, bake, bake_chunks, corner_counts
from geometry.parts import EMPTY, Parts, parts
from geometry.place import Frame
from geometry.solids import PROTOTYPES, prototypes


def scattered(n: int, seed: int = 1) -> Parts:
    """n parts of every prototype and material, turned every way."""
    draw = np.random.default_rng(seed)
    turned = multiply(turn("z", draw.uniform(-2, 2, n)), turn("x", draw.uniform(-2, 2, n)))
    turned[: n // 3] = [1, 0, 0, 0]
    kinds = np.arange(n) % len(PROTOTYPES)
    return parts(kinds, draw.uniform(-500, 500, (n, 3)), draw.uniform(0.1, 40, (n, 3)), draw.integers(0, 15, n), rotation=turned)


def plainly(one: Parts) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Points and normals of a single part by the formula, float64."""
    mesh = prototypes()[int(one.prototype[0])]
    points = rotate(one.rotation[0], mesh.points.astype(float) * one.scale[0]) + one.position[0]
    normals = rotate(one.rotation[0], mesh.normals.astype(float) / one.scale[0])
    return points, normals / np.linalg.norm(normals, axis=1, keepdims=True)


@pytest.mark.parametrize("prototype", range(len(PROTOTYPES)), ids=PROTOTYPES)
def test_points_and_normals_follow_the_formula(prototype: int) -> None:
    some = scattered(40 * len(PROTOTYPES))
    some = some[some.prototype == prototype]
    baked, corners = bake(some), int(corner_counts()[prototype])
    assert len(baked.points) == corners * len(some)
    for i in range(len(some)):
        points, normals = plainly(some[i : i + 1])
        rows = slice(i * corners, (i + 1) * corners)
        np.testing.assert_allclose(baked.points[rows], points, atol=1e-3)
        np.testing.assert_allclose(baked.normals[rows], normals, atol=2e-5)
        np.testing.assert_array_equal(baked.triangles[i * len(prototypes()[prototype])] - rows.start, prototypes()[prototype].triangles[0])


def test_chunks_join_to_one_bake() -> None:
    some = scattered(3000)
    whole = bake(some, by_material=True)
    points, normals, triangles, first = [], [], [], 0
    for chunk in bake_chunks(some, by_material=True, triangles=5000):
        points.append(chunk.points.copy())
        normals.append(chunk.normals.copy())
        triangles.append(chunk.triangles + first)
        first += len(chunk.points)
    assert len(points) > 10
    for got, wanted in ((points, whole.points), (normals, whole.normals), (triangles, whole.triangles)):
        assert np.concatenate(got).tobytes() == wanted.tobytes()


def test_batch_and_reused_memory_change_nothing() -> None:
    box = scattered(20_000)
    box = box[box.prototype == 0]
    buffers = Buffers()
    bake(scattered(500, seed=2), buffers)
    again, alone = bake(box, buffers), bake(box[7:8])
    assert again.points[7 * 24 : 8 * 24].tobytes() == alone.points.tobytes()
    assert again.normals[7 * 24 : 8 * 24].tobytes() == alone.normals.tobytes()


def test_no_negative_zero_whose_sign_a_matrix_library_could_choose() -> None:
    some = parts(np.arange(len(PROTOTYPES)), np.zeros((len(PROTOTYPES), 3)), [2.0, 2.0, 2.0])
    baked = bake(some)
    for values in (baked.points, baked.normals):
        assert not np.signbit(values[values == 0]).any()


def test_runs_name_prototype_and_material() -> None:
    some = scattered(800)
    baked = bake(some, by_material=True)
    assert sum(run.triangles.stop - run.triangles.start for run in baked.runs) == some.triangles == len(baked.triangles)
    for run in baked.runs:
        faces = baked.triangles[run.triangles]
        assert faces.min() == run.points.start
        assert faces.max() < run.points.stop
        wanted = (some.prototype == run.prototype) & (some.material == run.material)
        assert len(faces) == some[wanted].triangles


def test_frame_and_unit_are_applied_in_float64() -> None:
    axes = np.array([[0.6, 0.8, 0], [-0.8, 0.6, 0], [0, 0, 1.0]])
    frame = Frame(np.array([10.0, 20.0, 30.0]), axes)
    some = scattered(120)
    here, there = bake(some), bake(some, frame=frame, unit=0.5)
    np.testing.assert_allclose(there.points, frame.to_world(here.points) * 0.5, atol=2e-4)
    np.testing.assert_allclose(there.normals, Frame(np.zeros(3), axes).to_world(here.normals), atol=1e-5)


def test_hair_thin_and_flat_parts_keep_finite_unit_normals() -> None:
    some = parts("drum", np.zeros((3, 3)), [[1e6, 1e6, 1e-6], [1, 1, 0], [1e-9, 1e9, 1]])
    lengths = np.linalg.norm(bake(some).normals.astype(float), axis=1)
    np.testing.assert_allclose(lengths, 1.0, atol=1e-5)


def test_nothing_bakes_to_nothing() -> None:
    assert len(bake(EMPTY).points) == 0
    assert list(bake_chunks(EMPTY)) == []
