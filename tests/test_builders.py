"""The Builders: the same bytes everywhere, nothing beyond the plot, little that floats, and order that fades."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from dataclasses import fields
from itertools import pairwise

import numpy as np
import pytest

from geometry.angle import rotate
from geometry.builders.carve import carved
from geometry.builders.copies import order
from geometry.builders.hosts import hosts, panels
from geometry.builders.masses import as_hosts, composed
from geometry.builders.measure import boxes_of, entropy, fidelity, floating, floating_boxes, moored, repetition, tokens
from geometry.builders.memory import CLANS, SLOTS, fragments_of, memory, pruned
from geometry.builders.motifs import MAX_PARTS, MOTIFS, blueprint
from geometry.builders.replay import accrete, accrete_many, clad
from geometry.builders.spans import bridges, facing_pairs, toward
from geometry.builders.turns import MATRICES, PRODUCT, own_size, permuted
from geometry.key import Stream, Streams
from geometry.parts import Parts
from geometry.solids import PROTOTYPES

PLOT = (300.0, 420.0, 900.0)


def grown(epoch: float = 6, budget: int = 1500, seed: int = 3, plot: tuple[float, float, float] = PLOT, unit: float = 3.0) -> Parts:
    return accrete(Stream(seed), plot, epoch=epoch, budget=budget, unit=unit, year=0.0)


def digest(group: Parts) -> str:
    return hashlib.sha256(b"".join(getattr(group, field.name).tobytes() for field in fields(group))).hexdigest()


def test_same_bytes_in_another_process_and_hash_seed() -> None:
    code = "from tests_digest import grown, digest; print(digest(grown()))".replace("tests_digest", "test_builders")
    path = os.pathsep.join([os.path.dirname(__file__), os.path.dirname(os.path.dirname(__file__))])
    environment = {**os.environ, "PYTHONHASHSEED": "77", "PYTHONPATH": path}
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert other.stdout.strip() == digest(grown())


def test_seeds_epochs_and_budgets_differ() -> None:
    results = {digest(grown()), digest(grown(seed=4)), digest(grown(epoch=2)), digest(grown(budget=1600))}
    assert len(results) == 4


@pytest.mark.parametrize("epoch", [0, 3, 6.5, 10])
@pytest.mark.parametrize(("plot", "unit"), [(PLOT, 3.0), ((40.0, 25.0, 12.0), 3.0), ((9e8, 4e8, 7e8), 1e7)])
def test_nothing_leaves_the_plot(epoch: float, plot: tuple[float, float, float], unit: float) -> None:
    for seed in range(4):
        group = grown(epoch, 900, seed, plot, unit)
        low, high = boxes_of(group)
        slack = 2e-6 * max(plot)
        half = np.array([plot[0] / 2, plot[1] / 2])
        assert (low[:, :2] >= -half - slack).all()
        assert (high[:, :2] <= half + slack).all()
        assert (low[:, 2] >= -slack).all()
        assert (high[:, 2] <= plot[2] + slack).all()


@pytest.mark.parametrize("budget", [0, 50, 700])
def test_a_plot_comes_out_the_same_alone_and_among_others(budget: int) -> None:
    keys, sizes = [5, 6, 7], [PLOT, (50.0, 50.0, 20.0), (90.0, 40.0, 400.0)]
    alone = [accrete(Stream(key), size, epoch=6.5, budget=budget, unit=3.0, year=0.0) for key, size in zip(keys, sizes, strict=True)]
    for turn in (1, -1):
        many = accrete_many(Streams.of(*keys[::turn]), sizes[::turn], epoch=6.5, budget=budget, unit=3.0, year=0.0)
        assert [digest(group) for group in many] == [digest(group) for group in alone[::turn]]


def test_many_streams_draw_what_each_draws() -> None:
    many, number = Streams.of(3, 4).sub("below", 2), np.arange(6)
    for row, stream in enumerate((Stream(3).sub("below", 2), Stream(4).sub("below", 2))):
        rows = np.full(6, row)
        assert many.unit("x", rows, number, 2).ravel().tolist() == stream.unit("x", 12).tolist()
        assert many.choice("y", rows, number, (1, 5, 2)).tolist() == stream.choice("y", 6, (1, 5, 2)).tolist()
    assert Stream(3).units(("x", "y"), 5)[1].tolist() == Stream(3).unit("y", 5).tolist()


def test_parts_are_well_formed() -> None:
    group = grown(8, 4000)
    assert (group.scale > 0).all()
    assert np.isfinite(group.position).all()
    assert np.allclose((group.rotation.astype(np.float64) ** 2).sum(axis=1), 1.0, atol=1e-5)
    assert group.prototype.max() < len(PROTOTYPES)
    assert (group.year <= 0.0).all()
    assert 0.4 * 4000 < len(group) < 1.6 * 4000
    assert len(np.unique(group.prototype)) >= 10


@pytest.mark.parametrize("epoch", [0, 1, 3, 6, 10])
def test_almost_nothing_floats(epoch: float) -> None:
    assert np.mean([floating(grown(epoch, 2500, seed), 0.05) for seed in range(3)]) <= 0.002


def test_what_floats_is_noticed() -> None:
    low = np.array([[0.0, 0, 0], [0, 0, 1], [5, 5, 5]])
    assert floating_boxes(low, low + 1.0, np.array([True, False, False]), 0.01) == pytest.approx(1 / 3)


@pytest.mark.parametrize(("epoch", "least"), [(0, 0.95), (10, 0.75)])
def test_bridges_end_in_something(epoch: float, least: float) -> None:
    shares = []
    for seed in range(12):
        boxes = as_hosts(composed(Stream(seed), PLOT, order(epoch), 12))
        spans, _ = bridges(Streams.of(seed), facing_pairs(boxes, 3.0), order(epoch), 3.0, 40, 0.0)
        spans = spans[spans.prototype != PROTOTYPES.index("rail")]
        shares.append(moored(spans, boxes.low, boxes.high))
    assert np.mean(shares) >= least


def test_order_fades_and_entropy_grows() -> None:
    levels = [order(epoch / 4) for epoch in range(41)]
    assert levels[0] == 1.0
    assert all(a > b for a, b in pairwise(levels))
    measured = []
    for epoch in (0, 4, 10):
        symbols = [tokens(grown(epoch, 4000, seed), 3.0) for seed in range(4)]
        measured.append((np.mean([entropy(s) for s in symbols]), np.mean([repetition(s) for s in symbols])))
    assert measured[0][0] < measured[1][0] < measured[2][0]
    assert measured[0][1] > measured[1][1] > measured[2][1]


def test_memory_fades_slowly() -> None:
    kept = []
    for epoch in (0, 2, 5, 10):
        pairs = []
        for clan in range(CLANS):
            ancestor = clan >> epoch
            pairs += list(zip(fragments_of(ancestor, 0), fragments_of(clan, epoch), strict=True))
        kept.append(np.mean([fidelity(a, b) for a, b in pairs]))
    assert kept[0] == 1.0
    assert kept[1] > 0.5
    assert kept[0] > kept[1] > kept[2] > kept[3] > 0.1


def test_fragments_hang_together() -> None:
    for clan in (0, 5, 15):
        for fragment in fragments_of(clan, 10):
            assert 1 <= len(fragment.parts) <= MAX_PARTS
            assert min(part.low[2] for part in fragment.parts) == 0
            assert pruned(fragment) == fragment
            assert all(a < b for part in fragment.parts for a, b in zip(part.low, part.high, strict=True))
        assert len(fragments_of(clan, 10)) == SLOTS


def test_motifs_are_of_one_piece() -> None:
    loose = {}
    for number, (name, *_) in enumerate(MOTIFS):
        whole = blueprint(number)
        if len(pruned(whole).parts) != len(whole.parts):
            loose[name] = len(whole.parts) - len(pruned(whole).parts)
    assert loose == {}


def test_memory_tables_agree_with_fragments() -> None:
    tables, fragments = memory(3, 4), fragments_of(3, 4)
    for slot, fragment in enumerate(fragments):
        assert tables.count[2 * slot] == len(fragment.parts)
        part, row = fragment.parts[0], tables.start[2 * slot]
        centre = (np.array(part.low) + part.high) / 128.0
        assert np.allclose(tables.centre[16, row], centre)
        assert np.allclose(tables.centre[5, row], MATRICES[5] @ centre)


def test_turns_form_a_group() -> None:
    sizes = np.array([[1.0, 2.0, 3.0]])
    for a in range(24):
        assert np.allclose(own_size(np.array([a]), permuted(np.array([a]), sizes)), sizes)
        for b in range(24):
            assert np.allclose(MATRICES[PRODUCT[a, b]], MATRICES[a] @ MATRICES[b])


def test_struts_point_where_they_should() -> None:
    rng = np.random.default_rng(1)
    way = rng.normal(size=(200, 3))
    way /= np.linalg.norm(way, axis=1, keepdims=True)
    assert np.allclose(rotate(toward(way), np.tile([1.0, 0.0, 0.0], (200, 1))), way, atol=1e-9)


def test_carving_keeps_the_box_less_the_opening() -> None:
    box = hosts([[1.0, 2.0, 3.0]], [4.0, 6.0, 8.0])
    for face in range(4):
        pieces = carved(box, np.array([face]), np.array([[0.25, 0.75, 0.25, 0.5]]), np.array([0.5]))
        volume = pieces.size.prod(axis=1).sum()
        assert len(pieces) == 5
        assert volume == pytest.approx(4 * 6 * 8 * (1 - 0.5 * 0.25 * 0.5))


def test_turned_hosts_turn_their_faces() -> None:
    side = panels(hosts([[0.0, 0.0, 5.0]], [2.0, 6.0, 10.0], turn=1, faces=0b000001))
    assert side.face.tolist() == [2]
    assert side.centre[0].tolist() == [0.0, 1.0, 5.0]
    assert side.width[0] == 6.0


@pytest.mark.parametrize("detail", range(5))
def test_clad_grows_with_detail_and_clings_to_its_hosts(detail: int) -> None:
    boxes = hosts([[0.0, 0.0, 60.0], [90.0, 10.0, 40.0]], [[50.0, 40.0, 120.0], [60.0, 50.0, 80.0]])
    group = clad(Stream(9), boxes, epoch=5, detail=detail, year=-50.0, unit=3.0)
    low, high = boxes_of(group)
    everything = np.concatenate([boxes.low, low]), np.concatenate([boxes.high, high])
    held = np.arange(len(low) + 2) < 2
    assert floating_boxes(*everything, held, 0.05) <= 0.01
    assert len(group) < 4000
    if detail >= 2:
        assert len(group) > 100


def test_clad_refuses_an_unknown_detail() -> None:
    with pytest.raises(ValueError, match="detail"):
        clad(Stream(9), hosts([[0.0, 0.0, 1.0]], [1.0, 1.0, 2.0]), epoch=5, detail=7, year=0.0, unit=3.0)


def test_clad_of_nothing_is_nothing() -> None:
    assert len(clad(Stream(9), hosts(np.zeros((0, 3)), (1.0, 1.0, 1.0)), epoch=5, detail=2, year=0.0, unit=3.0)) == 0


@pytest.mark.parametrize("epoch", [0, 6])
def test_people_find_stairs_doors_and_rails(epoch: float) -> None:
    groups = [grown(epoch, 3000, seed, (60.0, 60.0, 60.0)) for seed in range(6)]
    for name, low, high in (("stairs", 2.0, 4.0), ("rail", 0.9, 1.1), ("frame", 1.9, 2.5)):
        heights = np.concatenate([group.scale[group.prototype == PROTOTYPES.index(name), 2] for group in groups])
        assert ((heights >= low) & (heights <= high)).sum() >= 6, name


@pytest.mark.parametrize("plot", [(1.0, 1.0, 1.0), (3.0, 500.0, 2.0), (200.0, 200.0, 5000.0), (1e11, 1e11, 1e9)])
@pytest.mark.parametrize("budget", [0, 1, 30, 401, 3000])
def test_odd_plots_and_budgets_are_survived(plot: tuple[float, float, float], budget: int) -> None:
    for unit in (3.0, 1e8):
        group = grown(7.3, budget, 1, plot, unit)
        low, high = boxes_of(group)
        assert np.isfinite(group.position).all()
        assert (group.scale > 0).all()
        assert low[:, 2].min() >= -2e-6 * max(plot)
        assert high[:, 2].max() <= plot[2] + 2e-6 * max(plot)
