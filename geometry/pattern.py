"""Patterns: masses that a clan of Builders knows by heart, raised again and again at any scale.

At the scale of strata and tiles thousands of masses stand in one view. A clan repeats a few dozen of them, turned and resized, which is
both canon (a fragmented memory of previous structures, S49) and quick: each is accreted once.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from geometry.angle import QUARTER_TURNS
from geometry.builders.replay import accrete
from geometry.key import Stream, derive
from geometry.parts import Parts

REPERTOIRE = 10
"""Masses a clan knows of each proportion."""
PROPORTIONS = (0.125, 0.1875, 0.25, 0.375, 0.5, 0.75, 1.0, 1.5, 2.0, 3.0, 4.0)
"""Heights of the masses, in parts of their breadth."""


@lru_cache(maxsize=4096)
def _mass(clan: int, number: int, proportion: int, epoch: int, budget: int) -> Parts:
    """A mass on a plot one metre square."""
    stream = Stream(derive(derive(clan, "mass", number), "proportion", proportion))
    size = (1.0, 1.0, PROPORTIONS[proportion])
    return accrete(stream, size, epoch=float(epoch), budget=budget, unit=1.0 / 48, year=0.0)


def mass(stream: Stream, clan: int, breadth: float, height: float, *, epoch: float, budget: int) -> Parts:
    """A mass of the clan's repertoire, `breadth` metres square and at most `height` high, standing on z = 0 about the origin."""
    fitting = [index for index, ratio in enumerate(PROPORTIONS) if ratio * breadth <= height]
    proportion = fitting[-1] if fitting else 0
    wide = min(breadth, height / PROPORTIONS[proportion])
    number, quarter = (int(x) for x in stream.whole("pattern", 2, 0, REPERTOIRE))
    made = _mass(clan, number, proportion, 2 * round(epoch / 2), budget)
    scaled = replace(made, position=made.position * np.float32(wide), scale=made.scale * np.float32(wide))
    return scaled.moved((0.0, 0.0, 0.0), QUARTER_TURNS["z"][quarter % 4])
