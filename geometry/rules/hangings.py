"""Hangings: on which of its walls a block hangs its landing, corridor and gangway, so that they stand in the open.

A block sees nothing of what stands beside it. Its parent does, and shuts the walls before which there is no room.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geometry.parts import Parts
from geometry.place import Place
from geometry.rules.keepout import corners, crossing
from geometry.rules.lots import Lots
from geometry.rules.masses import MARGIN
from geometry.rules.terrace import room_of
from geometry.rules.ways_plan import BITS, CUT, LEAST, OPENED, SHUT, Plans, plans
from geometry.solids import PROTOTYPE_IDS

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
_SLACK = 0.1
"""Metres by which a room may be touched: a block's own core ends at the wall."""


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """What stands in a place beside its blocks: upright boxes between corners (n, 3), metres in its frame."""

    low: F64
    high: F64


def crowd(place: Place, made: Parts, others: Iterable[Place], *more: tuple[F64, F64]) -> Crowd:
    """The parts of a place, the boxes of its other children, and `more` corners (k, 3). Cables give way."""
    groups = [corners(made[made.prototype != PROTOTYPE_IDS["cable"]]), *more]
    boxes = [room_of(place, child) for child in others]
    if boxes:
        groups.append((np.array([box[0] for box in boxes]), np.array([box[1] for box in boxes])))
    return Crowd(np.concatenate([group[0] for group in groups]), np.concatenate([group[1] for group in groups]))


def joined(*some: Crowd) -> Crowd:
    """All of them as one."""
    return Crowd(np.concatenate([one.low for one in some]), np.concatenate([one.high for one in some]))


def hung(stacks: Lots, forms: I64, about: Crowd, roof: float = 1.0) -> I64:
    """The forms of blocks (n,), shut on the walls before which something stands, be it what another block may grow.

    Where only the gangway meets something it is cut off. A block whose wall its parent has opened keeps to that. `roof` says what share of
    the room over a roof, which machines fill here and there, counts where a block has no better wall."""
    rows = np.flatnonzero(stacks.sizes.min(axis=1) >= LEAST)
    forms = forms.copy()
    forms[rows], _ = turned(stacks, forms, rows, about, roof)
    return forms


def turned(stacks: Lots, forms: I64, rows: I64, about: Crowd, roof: float) -> tuple[I64, NDArray[np.bool_]]:
    """The forms of some of the blocks (k,), as `hung` says, and which of them have something hung on a wall."""
    found = plans(stacks.keys[rows], stacks.sizes[rows], forms[rows])
    met, cut = _met(found, stacks.offset[rows], rows, joined(_grown(stacks, 1.0), _grown(stacks, roof), about), len(stacks.keys))
    there = found.sides & (found.margin > 0.0)[:, None]
    free = there & ~met[0]
    free = np.where(free.any(axis=1, keepdims=True), free, there & ~met[1])
    kept = np.where((forms[rows] & OPENED > 0)[:, None], there, free)
    ends = cut[np.arange(len(rows)), found.picked(kept)]
    return forms[rows] | SHUT * ((there & ~kept) * BITS).sum(axis=1) | CUT * ends, np.asarray(kept.any(axis=1))


def _grown(stacks: Lots, roof: float) -> Crowd:
    """What blocks fill with all they grow; of the room over their roofs, for machines, only a share."""
    half = stacks.sizes * [0.5, 0.5, 0.0]
    over = 2.0 * MARGIN * (1.0 - roof) * stacks.sizes.min(axis=1)
    return Crowd(stacks.offset - half, stacks.offset + half + np.stack([0.0 * over, 0.0 * over, stacks.sizes[:, 2] - over], axis=-1))


def _met(found: Plans, at: F64, owner: I64, about: Crowd, blocks: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Before which sides of blocks that stand at (n, 3), numbers `owner` (n,), something is in the way of landing and corridor (2, n, 4),
    and where of the gangway (n, 4). `about` begins with two rows of boxes of so many blocks, of which none meets its own; the first row
    counts in the first answer only."""
    places = [(np.flatnonzero(found.sides[:, side] & (found.margin > 0.0)), side) for side in range(4)]
    row, side = np.concatenate([one for one, _ in places]), np.concatenate([np.full(len(one), side) for one, side in places])
    boxes = [(plan.hung(), plan.gangways()) for plan in (found[one].turned(side) for one, side in places)]
    hung, gangway = ([np.concatenate([box[kind][end] for box in boxes]) + at[row] for end in (0, 1)] for kind in (0, 1))
    other, room = crossing(about.low, about.high, np.minimum(hung[0], gangway[0]) + _SLACK, np.maximum(hung[1], gangway[1]) - _SLACK)
    kept = (other >= 2 * blocks) | (other % max(blocks, 1) != owner[row[room]])
    other, room = other[kept], room[kept]
    found_there = np.zeros((3, len(at), 4), bool)
    for kind, (low, high), least in ((0, hung, 0), (1, hung, blocks), (2, gangway, blocks)):
        met = (about.high[other] > low[room] + _SLACK).all(axis=1) & (about.low[other] < high[room] - _SLACK).all(axis=1)
        met &= other >= least
        found_there[kind, row[room[met]], side[room[met]]] = True
    return found_there[:2], found_there[2]
