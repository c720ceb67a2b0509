"""The Builders' memory: fragments of the ordered age, copied from clan to clan with errors (canon S49, P70).

`memory(clan, epoch)` is what a clan of Builders remembers after `epoch` generations of forgetting. Each generation
copies its parent clan's fragments and gets some wrong; a clan's ancestors are fixed, so clans that share them share their errors.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geometry.builders.batch import spread
from geometry.builders.motifs import MAX_PARTS, MOTIFS, Fragment, Part, Side, blueprint
from geometry.builders.turns import AXES, AXIS_TURNS, MIRRORED, PRODUCT, SIGNS, UPRIGHT, own_size
from geometry.key import Stream, Streams, derive, derive_many

F32 = NDArray[np.float32]
I64 = NDArray[np.int64]

CLANS = 16
SLOTS = 24
LAST_EPOCH = 10
_REACH = 1200
"""A fragment wider than this, 1/64 unit, is not stretched further."""

_WINDOW = 14
"""Parts in a glimpse."""

# plain lists: fragments are small, and numbers out of arrays are slow
_AXES: list[list[int]] = AXES.tolist()
_SIGNS: list[list[float]] = SIGNS.tolist()
_PRODUCT: list[list[int]] = PRODUCT.tolist()

Error = Callable[[Fragment, Sequence[int], Sequence[Fragment]], Fragment]


def _change(fragment: Fragment, index: int, part: Part) -> Fragment:
    return replace(fragment, parts=(*fragment.parts[:index], part, *fragment.parts[index + 1 :]))


def _moved(part: Part, axis: int, step: int) -> Part:
    low, high = list(part.low), list(part.high)
    low[axis] += step
    high[axis] += step
    return part._replace(low=(low[0], low[1], low[2]), high=(high[0], high[1], high[2]))


def mirror(fragment: Fragment, draws: Sequence[int], _others: Sequence[Fragment] = ()) -> Fragment:
    """The fragment mirrored along u or v."""
    axis = draws[0] % 2
    flipped = []
    for part in fragment.parts:
        low, high = list(part.low), list(part.high)
        low[axis], high[axis] = -part.high[axis], -part.low[axis]
        turn = int(MIRRORED[part.prototype, axis, part.turn])
        flipped.append(Part(part.prototype, (low[0], low[1], low[2]), (high[0], high[1], high[2]), turn, part.material))
    return replace(fragment, parts=tuple(flipped))


def turned(fragment: Fragment, turn: int) -> Fragment:
    """The fragment under one of the 24 turns."""
    (i, j, k), signs, product = _AXES[turn], _SIGNS[turn], _PRODUCT[turn]
    result = []
    for prototype, low, high, own, material in fragment.parts:
        spans = [(low[axis], high[axis]) if sign > 0 else (-high[axis], -low[axis]) for axis, sign in zip((i, j, k), signs, strict=True)]
        (u0, u1), (v0, v1), (w0, w1) = spans
        result.append(Part(prototype, (u0, v0, w0), (u1, v1, w1), product[own], material))
    return replace(fragment, parts=tuple(result))


def _quarter(fragment: Fragment, draws: Sequence[int], _others: Sequence[Fragment]) -> Fragment:
    return turned(fragment, 17 if draws[0] % 2 else 19)


def _tipped(fragment: Fragment, draws: Sequence[int], _others: Sequence[Fragment]) -> Fragment:
    return turned(fragment, int(AXIS_TURNS[draws[0] % 2]))


def _scaled(part: Part, axis: int, numerator: int, denominator: int, about: int) -> Part:
    low, high = list(part.low), list(part.high)
    low[axis] = about + (low[axis] - about) * numerator // denominator
    high[axis] = max(low[axis] + 1, about + (high[axis] - about) * numerator // denominator)
    return part._replace(low=(low[0], low[1], low[2]), high=(high[0], high[1], high[2]))


def _stretched(fragment: Fragment, draws: Sequence[int], _others: Sequence[Fragment]) -> Fragment:
    axis = draws[0] % 3
    reach = max(part.high[axis] for part in fragment.parts) - min(part.low[axis] for part in fragment.parts)
    ratio = (2, 1) if draws[1] % 2 and reach < _REACH else (1, 2)
    return replace(fragment, parts=tuple(_scaled(part, axis, *ratio, 0) for part in fragment.parts))


def _misplaced(fragment: Fragment, draws: Sequence[int], _others: Sequence[Fragment]) -> Fragment:
    index = draws[0] % len(fragment.parts)
    axis, part = draws[1] % 3, fragment.parts[index]
    step = (8, 16, 32, 64)[draws[2] % 4] * (1 if draws[3] % 2 else -1)
    return _change(fragment, index, _moved(part, axis, step))


def _rescaled(fragment: Fragment, draws: Sequence[int], _others: Sequence[Fragment]) -> Fragment:
    index = draws[0] % len(fragment.parts)
    part = fragment.parts[index]
    for axis in range(3):
        if draws[1] >> axis & 1:
            about = (part.low[axis] + part.high[axis]) // 2
            part = _scaled(part, axis, *((2, 1) if draws[2] % 2 else (1, 2)), about)
    return _change(fragment, index, part)


def _forgotten(fragment: Fragment, draws: Sequence[int], _others: Sequence[Fragment]) -> Fragment:
    index = draws[0] % len(fragment.parts)
    kept = fragment.parts[:index] + fragment.parts[index + 1 :]
    return replace(fragment, parts=kept) if kept else fragment


def _cut_off(fragment: Fragment, draws: Sequence[int], _others: Sequence[Fragment]) -> Fragment:
    """Everything beyond a plane is lost: the copyist stopped there."""
    axis = draws[0] % 3
    low, high = min(p.low[axis] for p in fragment.parts), max(p.high[axis] for p in fragment.parts)
    plane = low + (high - low) * (4 + draws[1] % 4) // 8
    kept = []
    for part in fragment.parts:
        if part.low[axis] < plane:
            end = list(part.high)
            end[axis] = min(end[axis], plane)
            kept.append(part._replace(high=(end[0], end[1], end[2])))
    return replace(fragment, parts=tuple(kept)) if kept else fragment


def _stammered(fragment: Fragment, draws: Sequence[int], _others: Sequence[Fragment]) -> Fragment:
    """One part is built again and again, each a step on."""
    part = fragment.parts[draws[0] % len(fragment.parts)]
    axis = draws[1] % 3
    step = max(4, part.high[axis] - part.low[axis]) * (5 + draws[2] % 4) // 4
    copies = [_moved(part, axis, i * step) for i in range(1, 2 + draws[3] % 4)]
    return replace(fragment, parts=(*fragment.parts, *copies)[:MAX_PARTS])


def _grafted(fragment: Fragment, draws: Sequence[int], others: Sequence[Fragment]) -> Fragment:
    """Another fragment grows out of one of its parts, smaller and turned the wrong way."""
    other = turned(others[draws[0] % len(others)], draws[1] % 24)
    stock = fragment.parts[draws[2] % len(fragment.parts)]
    axis = draws[3] % 3
    base = [min(p.low[i] for p in other.parts) for i in range(3)]
    at = [(stock.low[i] + stock.high[i]) // 2 for i in range(3)]
    at[axis] = stock.high[axis] - 2
    shrink = 1 + draws[4] % 3
    grown = []
    for part in other.parts[: MAX_PARTS // 2]:
        low = tuple(at[i] + (part.low[i] - base[i]) // shrink for i in range(3))
        high = tuple(max(low[i] + 1, at[i] + (part.high[i] - base[i]) // shrink) for i in range(3))
        grown.append(part._replace(low=(low[0], low[1], low[2]), high=(high[0], high[1], high[2])))
    kept = fragment.parts[: MAX_PARTS - len(grown)]
    return replace(fragment, parts=(*kept, *grown))


_ERRORS: tuple[tuple[Error, int], ...] = (
    (mirror, 3), (_quarter, 2), (_tipped, 2), (_stretched, 3), (_misplaced, 4), (_rescaled, 3), (_forgotten, 3), (_cut_off, 1),
    (_stammered, 3), (_grafted, 6),
)  # fmt: skip
_ERROR_BY_DRAW: tuple[Error, ...] = tuple(error for error, weight in _ERRORS for _ in range(weight))
_ERRORS_A_COPY = (0, 0, 0, 0, 0, 1, 1, 1, 1, 2)
"""How many errors one copy of one fragment suffers, by draw: 0.6 on average."""


def pruned(fragment: Fragment) -> Fragment:
    """The fragment let down on to w = 0, without the parts that hang on nothing."""
    ground = min(part.low[2] for part in fragment.parts)
    todo = [part for part in fragment.parts if part.low[2] <= ground + 2]
    loose = [part for part in fragment.parts if part.low[2] > ground + 2]
    while todo and loose:
        holder = todo.pop()
        caught = [part for part in loose if _touch(holder, part)]
        todo += caught
        loose = [part for part in loose if part not in caught] if caught else loose
    if ground == 0 and not loose:
        return fragment
    return replace(fragment, parts=tuple(_moved(part, 2, -ground) for part in fragment.parts if part not in loose))


def _touch(a: Part, b: Part) -> bool:
    (a0, a1, a2), (a3, a4, a5), (b0, b1, b2), (b3, b4, b5) = a.low, a.high, b.low, b.high
    return a0 <= b3 and b0 <= a3 and a1 <= b4 and b1 <= a4 and a2 <= b5 and b2 <= a5


def corrupted(fragments: Sequence[Fragment], stream: Stream) -> tuple[Fragment, ...]:
    """One generation's copy of a memory, with its errors."""
    copies = []
    slots = np.arange(len(fragments))
    each = Streams(derive_many(stream.key, "fragment", slots))
    drawn = (each.bits("errors", slots, np.zeros_like(slots), 16) >> np.uint64(40)).tolist()
    for draws, fragment in zip(drawn, fragments, strict=True):
        copy = fragment
        for error in range(_ERRORS_A_COPY[draws[0] % len(_ERRORS_A_COPY)]):
            wrong = _ERROR_BY_DRAW[draws[1 + error] % len(_ERROR_BY_DRAW)]
            copy = pruned(wrong(copy, draws[4 + 5 * error : 10 + 5 * error], fragments))
        copies.append(copy)
    return tuple(copies)


def _founding(clan: int) -> tuple[Fragment, ...]:
    """A founding clan's 24 of the motifs of the ordered age: all that people use, some of the rest."""
    rank = Stream(derive(word_of_clan(clan), "motifs")).bits("rank", len(MOTIFS)) >> np.uint64(1)
    human = np.array([grain == "human" for *_, grain in MOTIFS])
    chosen = sorted(np.argsort(np.where(human, np.uint64(0), rank), kind="stable")[:SLOTS].tolist())
    return tuple(_original(motif) for motif in chosen)


@cache
def _original(motif: int) -> Fragment:
    return pruned(blueprint(motif))


def word_of_clan(clan: int) -> int:
    """The key of a clan's lineage."""
    return derive(0, "clan", clan)


@lru_cache(maxsize=CLANS * (LAST_EPOCH + 1))
def fragments_of(clan: int, epoch: int) -> tuple[Fragment, ...]:
    """A clan's fragments after `epoch` generations (0-10): its parent clan's, copied with errors."""
    if epoch <= 0:
        return _founding(clan)
    errors = Stream(derive(word_of_clan(clan), "copy", epoch))
    return corrupted(fragments_of(clan // 2, epoch - 1), errors)


def glimpse(centre: NDArray[np.float64], size: NDArray[np.float64], material: I64, stream: Stream) -> Fragment:
    """What stands round one of the boxes (n, 3), taken for a fragment at the wrong scale: the whole as an ornament of itself."""
    near = centre - centre[int(stream.whole("about", 1, 0, len(centre))[0])]
    distance = near[:, 0] * near[:, 0] + near[:, 1] * near[:, 1] + near[:, 2] * near[:, 2]
    window = np.argsort(distance, kind="stable")[:_WINDOW]
    low, high = (centre - size / 2)[window], (centre + size / 2)[window]
    middle, reach = (low.min(axis=0) + high.max(axis=0)) / 2, (high.max(axis=0) - low.min(axis=0)).max()
    width = (96, 160, 288, 448)[int(stream.whole("width", 1, 0, 4)[0])]
    lows = np.floor((low - middle) * (width / reach)).astype(np.int64)
    highs = np.maximum(np.ceil((high - middle) * (width / reach)).astype(np.int64), lows + 1)
    rows = zip(lows.tolist(), highs.tolist(), material[window].tolist(), strict=True)
    boxes = tuple(Part(0, (a[0], a[1], a[2]), (b[0], b[1], b[2]), UPRIGHT, m) for a, b, m in rows)
    side: Side = "wall" if stream.one("side") < 0.6 else "floor"
    seen = Fragment(boxes, side, "middle", -1)
    return pruned(turned(seen, int(stream.whole("turn", 1, 0, 24)[0])))


@dataclass(frozen=True, slots=True)
class Memory:
    """Fragments of one mind or of several as tables, each followed by its mirror image: fragment 2i and 2i + 1."""

    start: I64
    """(f,) first row of each fragment."""
    count: I64
    """(f,) rows of each fragment."""
    low: NDArray[np.float64]
    """(24, f, 3) lowest corner of the turned fragment, units."""
    high: NDArray[np.float64]
    """(24, f, 3) highest corner."""
    perch: NDArray[np.float64]
    """(f, 2, 3) corners of the part that carries what is built on it later."""
    kind: I64
    """(f,) 0 wall, 1 floor, 2 ceiling."""
    grain: I64
    """(f,) 0 giant, 1 middle, 2 human."""
    prototype: NDArray[np.uint8]
    material: NDArray[np.uint8]
    turn: NDArray[np.uint8]
    size: F32
    """(r, 3) units along each prototype's own axes."""
    centre: F32
    """(24, r, 3) units."""
    shade: F32
    """(r,) how open a part stands: less against the wall."""
    tint: NDArray[np.uint8]
    """(r,) by how much a part's tint differs from that of its fragment's first."""
    fit: I64
    """(minds, 3, 3, f) each mind's fragments of each kind and grain, padded; where none is of that grain, those of the kind, or all."""
    fits: I64
    """(minds, 3, 3) how many of each row of `fit` are real."""


_KINDS = ("wall", "floor", "ceiling")
_GRAINS = ("giant", "middle", "human")


def _rotated(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """(n, 3) under all 24 turns: (24, n, 3)."""
    return (points.T[AXES] * SIGNS[:, :, None]).transpose(0, 2, 1) + 0.0


def remember(fragments: Sequence[Fragment]) -> Memory:
    """The tables of fragments and their mirror images."""
    rows = [(one.prototype, *one.low, *one.high, one.turn, one.material) for fragment in fragments for one in fragment.parts]
    table = np.array(rows, dtype=np.int64).reshape(-1, 9)
    each = np.array([len(fragment.parts) for fragment in fragments], dtype=np.int64)
    count = np.repeat(each, 2)
    owner, step = spread(count)
    table, start = _mirrored(table[np.repeat(np.cumsum(each) - each, 2)[owner] + step], owner % 2 == 1), np.cumsum(count) - count
    prototype, turn, material = (table[:, column].astype(np.uint8) for column in (0, 7, 8))
    low, high = table[:, 1:4] / 64.0, table[:, 4:7] / 64.0
    extent = high - low
    f_low, f_high = np.minimum.reduceat(low, start), np.maximum.reduceat(high, start)
    a, b = _rotated(f_low), _rotated(f_high)
    bulk = np.where(prototype <= 1, extent[:, 0] * extent[:, 1] * extent[:, 2], -1.0)
    best = np.lexsort((-bulk, owner))[start]
    top = np.repeat(f_high[:, 2], count)
    kind = np.repeat([_KINDS.index(fragment.side) for fragment in fragments], 2)
    grain = np.repeat([_GRAINS.index(fragment.grain) for fragment in fragments], 2)
    return Memory(
        start, count, np.minimum(a, b), np.maximum(a, b), np.stack([low[best], high[best]], axis=1), kind, grain,
        prototype, material, turn, own_size(turn, extent).astype(np.float32), _rotated((low + high) / 2).astype(np.float32),
        (0.62 + 0.38 * (low + high)[:, 2] / (2 * top)).astype(np.float32), (step * 29).astype(np.uint8), *_fitting(kind, grain),
    )  # fmt: skip


def _mirrored(table: I64, which: NDArray[np.bool_]) -> I64:
    """Rows of prototype, low, high, turn and material, some of them mirrored along u as `mirror` does."""
    flipped = table.copy()
    flipped[:, 1], flipped[:, 4] = -table[:, 4], -table[:, 1]
    flipped[:, 7] = MIRRORED[table[:, 0], 0, table[:, 7]]
    return np.where(which[:, None], flipped, table)


def _fitting(kind: I64, grain: I64) -> tuple[I64, I64]:
    table, count = np.zeros((1, 3, 3, len(kind)), dtype=np.int64), np.zeros((1, 3, 3), dtype=np.int64)
    for k in range(3):
        of_kind = np.flatnonzero(kind == k) if (kind == k).any() else np.arange(len(kind))
        for g in range(3):
            exact = of_kind[grain[of_kind] == g]
            fit = exact if len(exact) else of_kind
            table[0, k, g, : len(fit)], count[0, k, g] = fit, len(fit)
    return table, count


@lru_cache(maxsize=4 * CLANS)
def memory(clan: int, epoch: int) -> Memory:
    """What clan `clan` (0-15) remembers after `epoch` generations (0-10)."""
    return remember(fragments_of(clan, epoch))


def joined(first: Memory, second: Memory) -> Memory:
    """Both memories as those of one mind; the second's fragments come last."""
    tables = _tables((first, second))
    return replace(tables, fit=(found := _fitting(tables.kind, tables.grain))[0], fits=found[1])


def minds(each: Sequence[Memory]) -> Memory:
    """Memories of one mind each side by side: mind i of the result knows what the i-th knew."""
    if len(each) == 1:
        return each[0]
    start = np.cumsum([0, *(len(one.start) for one in each[:-1])])
    fit = np.zeros((len(each), 3, 3, max(one.fit.shape[-1] for one in each)), dtype=np.int64)
    for mind, (one, shift) in enumerate(zip(each, start.tolist(), strict=True)):
        fit[mind, :, :, : one.fit.shape[-1]] = one.fit[0] + shift
    return replace(_tables(each), fit=fit, fits=np.concatenate([one.fits for one in each]))


def _tables(each: Sequence[Memory]) -> Memory:
    """The fragments of many memories in order; `fit` and `fits` are still those of the first."""
    rows = np.cumsum([0, *(len(one.prototype) for one in each[:-1])]).tolist()

    def along(name: str, axis: int = 0) -> NDArray[Any]:
        return np.concatenate([getattr(one, name) for one in each], axis=axis)

    return Memory(
        np.concatenate([one.start + first for one, first in zip(each, rows, strict=True)]), along("count"), along("low", 1),
        along("high", 1), along("perch"), along("kind"), along("grain"), along("prototype"), along("material"), along("turn"),
        along("size"), along("centre", 1), along("shade"), along("tint"), each[0].fit, each[0].fits,
    )  # fmt: skip
