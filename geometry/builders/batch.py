"""Many plots in one set of arrays. Every row knows its plot, and what is drawn, summed or chosen for it hangs on the rows of that plot
alone, in their order: a plot comes out the same bytes whatever it is worked on with.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


def spread(count: I64) -> tuple[I64, I64]:
    """(plot, number) of all rows, where plot i has count[i] of them, numbered from 0."""
    plot = np.arange(len(count)).repeat(count)
    return plot, np.arange(len(plot)) - (count.cumsum() - count).repeat(count)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """n rows of p plots, in any order. Make them with `rows_of`."""

    plot: I64
    """(n,) 0 to p - 1."""
    order: I64
    """(n,) the rows plot by plot, those of one plot as they come."""
    first: I64
    """(p,) where each plot begins in `order`."""
    count: I64
    """(p,)."""

    @property
    def number(self) -> I64:
        """(n,) how many rows of its own plot come before each."""
        if len(self.count) == 1:
            return self.order
        result = np.empty_like(self.order)
        result[self.order] = np.arange(len(self.order)) - self.first.repeat(self.count)
        return result

    def greatest(self, values: F64) -> F64:
        """(p,) the greatest of each plot's values (n,); -infinity where it has none."""
        if len(self.count) == 1:
            return np.array([values.max(initial=-np.inf)])
        result = np.full(len(self.count), -np.inf)
        np.maximum.at(result, self.plot, values)
        return result

    def total(self, whole: I64) -> I64:
        """(p,) the sums of whole numbers (n,)."""
        if len(self.count) == 1:
            return np.array([whole.sum()])
        steps = np.concatenate([np.zeros(1, dtype=np.int64), whole[self.order].cumsum()])
        return np.asarray(steps[self.first + self.count] - steps[self.first])

    def before(self, whole: I64, rank: F64) -> I64:
        """(n,) the sum of whole numbers (n,) of the rows of the same plot that have a lower rank (n,)."""
        turn = self._sorted(rank)
        steps = np.concatenate([np.zeros(1, dtype=np.int64), whole[turn].cumsum()])
        result = np.empty_like(whole)
        result[turn] = steps[:-1] - steps[self.first].repeat(self.count)
        return result

    def picked(self, weight: I64, plot: I64, share: F64) -> I64:
        """(k,) rows of the plots (k,), which have some: where `share` (k,) 0 to 1 of the plot's whole-number weights (n,) is reached."""
        last = (self.first + self.count - 1)[plot]
        if len(self.count) == 1:
            steps = weight.cumsum()
            return np.asarray(np.minimum(steps.searchsorted((share * float(steps[-1])).astype(np.int64), side="right"), last))
        steps = weight[self.order].cumsum()
        base = (steps - weight[self.order])[self.first[plot]]
        at = base + (share * (steps[last] - base).astype(np.float64)).astype(np.int64)
        found: I64 = self.order[np.minimum(steps.searchsorted(at, side="right"), last)]
        return found

    def largest(self, values: F64, most: int) -> I64:
        """(p, k) rows of each plot's `most` largest values, largest first; -1 where a plot has no more."""
        turn = self._sorted(-values)
        k = min(int(self.count.max(initial=0)), most)
        at = self.first[:, None] + np.arange(k)
        return np.where(np.arange(k) < self.count[:, None], turn[np.minimum(at, len(turn) - 1)], -1)

    def _sorted(self, rank: F64) -> I64:
        """(n,) rows plot by plot, those of lower rank (n,) first, equals as they come."""
        return rank.argsort(kind="stable") if len(self.count) == 1 else np.lexsort((rank, self.plot))


def rows_of(plot: I64, plots: int) -> Rows:
    """The rows of `plots` plots, given the plot of each."""
    if plots == 1:  # most work is on one plot, and of few rows
        return Rows(plot, np.arange(len(plot)), np.zeros(1, dtype=np.int64), np.array([len(plot)]))
    count = np.bincount(plot, minlength=plots)
    return Rows(plot, plot.argsort(kind="stable"), count.cumsum() - count, count)
