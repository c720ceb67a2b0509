"""What the clans at work on plots recall: the memory they were handed down, and glimpses of the very hosts they stand on."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from geometry.builders.hosts import Hosts
from geometry.builders.memory import CLANS, LAST_EPOCH, Memory, glimpse, joined, memory, minds, remember
from geometry.key import Stream, Streams

I64 = NDArray[np.int64]
Clan = tuple[int, int]

_GLIMPSED = 5000
"""Parts wanted from which on a glimpse is worth its time."""


@lru_cache(maxsize=8)
def _known(clans: tuple[Clan, ...]) -> Memory:
    return minds([memory(*clan) for clan in clans])


def remembered(streams: Streams, epoch: float, boxes: Hosts, budget: I64, clan: int | None = None) -> tuple[Memory, I64]:
    """The memories of the clans at work on p plots, and (p,) which of its minds works where. On every plot works `clan`, or one drawn.
    Between whole epochs a clan has forgotten
    as much as in the one or the other; where `budget` (p,) parts allow, it takes what it sees for memories too."""
    rows, first = np.arange(len(streams)), np.zeros(len(streams), dtype=np.int64)
    drawn = [clan] * len(rows) if clan is not None else streams.choice("clan", rows, first, np.ones(CLANS, dtype=np.int64)).tolist()
    between = epoch > int(epoch)
    whole = int(epoch) + (streams.unit("epoch", rows, first)[:, 0] < epoch - int(epoch) if between else first)
    clans = list(zip(drawn, np.minimum(np.maximum(whole, 0), LAST_EPOCH).tolist(), strict=True))
    glimpsing = (whole >= 1) & (budget >= _GLIMPSED)
    if glimpsing.any():
        glimpsing &= np.bincount(boxes.plot, minlength=len(rows)) >= 3
    if not glimpsing.any():
        distinct = tuple(sorted(set(clans)))
        return _known(distinct), np.array([distinct.index(one) for one in clans], dtype=np.int64)
    each = [_with_glimpses(streams, row, clans[row], boxes) if glimpsing[row] else memory(*clans[row]) for row in rows.tolist()]
    return minds(each), rows


def _with_glimpses(streams: Streams, row: int, clan: Clan, boxes: Hosts) -> Memory:
    own = np.flatnonzero(boxes.plot == row)
    centre, size, material, stream = boxes.centre[own], boxes.size[own], boxes.material[own], Stream(int(streams.keys[row]))
    seen = [glimpse(centre, size, material, stream.sub("glimpse", i)) for i in range(min(1 + clan[1] // 2, 4))]
    return joined(memory(*clan), remember(seen))
