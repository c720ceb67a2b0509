"""Lots: blocks that their parent plans hundreds of at once, as columns first and as places when the plan is done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geometry.address import Address
from geometry.key import derive_many
from geometry.place import Frame, Place, Postponed
from geometry.rules.masses import MARGIN

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Lots:
    """n blocks of a place that are yet to be made, column by column: a district has hundreds. `lots` makes it."""

    numbers: I64
    keys: NDArray[np.uint64]
    offset: F64
    """(n, 3) the middles of their floors, in the place's frame."""
    sizes: F64
    """(n, 3) metres."""

    def places(self, place: Place, forms: list[int]) -> list[Place]:
        """`place.child("block", ...)` for each, the same bits."""
        year, epoch, phase, axes, home = place.year, place.epoch, place.phase, place.frame.axes, place.address
        seed, bands, layer, tile, steps = home.seed, home.bands, home.layer, home.tile, home.steps
        origins = place.frame.to_world(self.offset)
        sizes = map(tuple, self.sizes.tolist())
        rows = zip(self.numbers.tolist(), self.keys.tolist(), origins, sizes, forms, strict=True)
        return [
            Place(
                "block",
                Address(seed, bands, layer, tile, (*steps, ("block", number))),
                key,
                Frame(at, axes),
                size,
                year,
                epoch,
                phase,
                form,
            )
            for number, key, at, size, form in rows
        ]


def lots(place: Place, numbers: I64, low: F64, high: F64) -> Lots:
    """The blocks about cores low to high (n, 3)."""
    m = MARGIN * (high - low).min(axis=1) / (1.0 - 2.0 * MARGIN)
    offset = np.stack([(low[:, 0] + high[:, 0]) / 2, (low[:, 1] + high[:, 1]) / 2, low[:, 2]], axis=-1)
    return Lots(numbers, derive_many(place.key, "block", numbers), offset, high - low + 2 * m[:, None])


Settled = Callable[[Lots, I64], I64]


def joined(some: Sequence[Lots]) -> Lots:
    """All of them as one."""
    return Lots(*(np.concatenate([getattr(plots, field.name) for plots in some]) for field in fields(Lots)))


class Planted(Postponed):
    """The children of a place: lots, made to blocks when one is first looked at, and what is there already. Of a hundred districts in a
    picture the blocks of a few are asked for. `settle` has a last word on all the blocks' forms, as late."""

    def __init__(self, place: Place, planned: Sequence[tuple[Lots, I64]], others: Sequence[Place], settle: Settled) -> None:
        self._place, self._planned, self._others, self._settle = place, planned, tuple(others), settle

    @cached_property
    def _made(self) -> tuple[Place, ...]:
        plots, forms = joined([plots for plots, _ in self._planned]), np.concatenate([forms for _, forms in self._planned])
        return (*plots.places(self._place, self._settle(plots, forms).tolist()), *self._others)

    def __len__(self) -> int:
        return sum(len(forms) for _, forms in self._planned) + len(self._others)
