"""Patterns: masses that a clan of Builders knows by heart, raised again and again at any scale.

At the scale of strata and tiles thousands of masses stand in one view. A clan repeats a few dozen of them, turned and resized, which is
both canon (a fragmented memory of previous structures, S49) and quick: each is accreted once, all of one proportion together.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike

from geometry.angle import QUARTER_TURNS, multiply, rotate
from geometry.builders.memory import CLANS
from geometry.builders.replay import accrete_many
from geometry.key import Stream, Streams, derive
from geometry.parts import EMPTY, Parts, join

REPERTOIRE = 10
"""Masses a clan knows of each proportion."""
PROPORTIONS = (0.125, 0.1875, 0.25, 0.375, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
"""Heights of the masses, in parts of their breadth."""
_PARTS = 50
"""Parts of a mass, about."""


@lru_cache(maxsize=512)
def _masses(clan: int, proportion: int, epoch: int) -> tuple[Parts, ...]:
    """A clan's repertoire of one proportion, on plots one metre square."""
    keys = [derive(derive(clan, "mass", number), "proportion", proportion) for number in range(REPERTOIRE)]
    sizes = [(1.0, 1.0, PROPORTIONS[proportion])] * REPERTOIRE
    mind = int(Stream(clan).whole("mind", 1, 0, CLANS)[0])
    return tuple(accrete_many(Streams.of(*keys), sizes, epoch=float(epoch), budget=_PARTS, unit=1.0 / 48, year=0.0, clan=mind))


def raised(streams: Streams, clan: int, breadth: ArrayLike, height: ArrayLike, foot: ArrayLike, *, epoch: float) -> Parts:
    """Masses of the clan's repertoire, one for each stream: `breadth` (n,) metres square, at most `height` (n,) high, standing on the
    points `foot` (n, 3)."""
    rows = np.arange(len(streams))
    if not len(rows):
        return EMPTY
    drawn = (streams.unit("pattern", rows, np.zeros_like(rows), 2) * np.array([REPERTOIRE, 4])).astype(np.int64)
    slender = (np.asarray(height) / np.asarray(breadth)).tolist()
    proportion = [max(bisect_right(PROPORTIONS, ratio) - 1, 0) for ratio in slender]
    made = [_masses(clan, p, 2 * round(epoch / 2))[number] for p, number in zip(proportion, drawn[:, 0].tolist(), strict=True)]
    mass = np.repeat(rows, [len(one) for one in made])
    whole = join(made)
    wide = np.minimum(breadth, np.asarray(height) / np.array([PROPORTIONS[p] for p in proportion]))[mass, None]
    turn = QUARTER_TURNS["z"][drawn[:, 1]][mass]
    position = rotate(turn, whole.position * wide) + np.asarray(foot)[mass]
    return Parts(
        whole.prototype, position.astype(np.float32), multiply(turn, whole.rotation).astype(np.float32),
        (whole.scale * wide).astype(np.float32), whole.material, whole.exposure, whole.tint, whole.year,
    )  # fmt: skip
